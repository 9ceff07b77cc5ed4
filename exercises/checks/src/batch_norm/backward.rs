//! Question 3: backward, in which each input acts in three ways.

use ndarray::{Array1, Array2, Axis, array};

use super::{
    BatchNorm, Trace, deviation, layers_and_batches, mean, told_of_shapes, trace,
};
use crate::Verdict;
use crate::case::Case;
use crate::comparison::difference;

type Backward =
    fn(&BatchNorm, &Trace, &Array2<f64>) -> (Array1<f64>, Array1<f64>, Array2<f64>);

/// `fn backward(norm, trace, dy) -> (Array1<f64>, Array1<f64>, Array2<f64>)`
pub fn backward(answer: Backward) -> Verdict {
    let dys = [
        array![[1.0, -2.0], [0.5, 3.0], [2.0, 1.0]],
        array![
            [2.0, -1.0, 0.5],
            [-1.5, 3.0, 1.0],
            [0.5, 2.5, -2.0],
            [1.0, 0.0, 4.0]
        ],
    ];
    for ((norm, x), dy) in layers_and_batches().into_iter().zip(dys) {
        let trace = trace(&norm, &x);
        let case = Case::new()
            .input("gamma", &norm.gamma)
            .number("epsilon", norm.epsilon)
            .input("trace.variance", &trace.variance)
            .input("trace.x_hat", &trace.x_hat)
            .input("dy", &dy);
        let (dgamma, dbeta, dx) = case
            .run({
                let (norm, trace, dy) = (norm.clone(), trace.clone(), dy.clone());
                move || answer(&norm, &trace, &dy)
            })
            .map_err(told_of_shapes)?;
        judge_dgamma(&case, &norm, &trace, &dy, [&dgamma, &dbeta])?;
        judge_dbeta(&case, &norm, &trace, &dy, &dbeta)?;
        judge_dx(&case, &norm, &trace, &dy, &dx)?;
    }
    Ok(())
}

fn sum(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(0))
}

fn judge_dgamma(
    case: &Case,
    norm: &BatchNorm,
    trace: &Trace,
    dy: &Array2<f64>,
    [yours, dbeta]: [&Array1<f64>; 2],
) -> Verdict {
    let each = dy * &trace.x_hat;
    let without_x_hat = if difference(&sum(&each), dbeta).is_none() {
        "dgamma and dbeta are swapped; dgamma comes first"
    } else {
        "x_hat is left out: gamma multiplies it, so it multiplies dy as well"
    };
    let x = &trace.x_hat * &deviation(&trace.variance, norm.epsilon) + &trace.mean;
    case.expect("dgamma", &sum(&each))
        .unless(&sum(dy), without_x_hat)
        .unless(
            &mean(&each),
            "this is the mean; gamma acts on every example, so its gradient is \
             the sum",
        )
        .unless(
            &each.sum_axis(Axis(1)),
            "the sum goes over the features; it goes over the batch, for each \
             feature",
        )
        .unless(
            &(sum(&each) * &norm.gamma),
            "gamma is in it; the derivative of gamma · x_hat with respect to \
             gamma is x_hat",
        )
        .unless(
            &(sum(dy) * sum(&trace.x_hat)),
            "you multiplied two sums; multiply entry by entry, then sum",
        )
        .unless(&sum(&(dy * &x)), "you took x for x_hat")
        .unless(&sum(&trace.x_hat), "dy is left out")
        .unless(
            &-sum(&each),
            "the sign: the minus comes with the update, not with the gradient",
        )
        .judge(yours)
}

fn judge_dbeta(
    case: &Case,
    norm: &BatchNorm,
    trace: &Trace,
    dy: &Array2<f64>,
    yours: &Array1<f64>,
) -> Verdict {
    case.expect("dbeta", &sum(dy))
        .unless(
            &mean(dy),
            "this is the mean; beta acts on every example, so its gradient is the \
             sum",
        )
        .unless(
            &dy.sum_axis(Axis(1)),
            "the sum goes over the features; it goes over the batch, for each \
             feature",
        )
        .unless(
            &(sum(dy) * &norm.gamma),
            "gamma is in it, but beta is added after gamma has multiplied",
        )
        .unless(
            &sum(&(dy * &trace.x_hat)),
            "this is dgamma; beta is only added, so x_hat has no part in it",
        )
        .unless(
            &-sum(dy),
            "the sign: the minus comes with the update, not with the gradient",
        )
        .judge(yours)
}

fn judge_dx(
    case: &Case,
    norm: &BatchNorm,
    trace: &Trace,
    dy: &Array2<f64>,
    yours: &Array2<f64>,
) -> Verdict {
    let (x_hat, gamma, n) = (&trace.x_hat, &norm.gamma, dy.nrows() as f64);
    let (variance, epsilon) = (&trace.variance, norm.epsilon);
    let root = &deviation(variance, epsilon);
    let scaled = &(dy * gamma);
    // What would only move the mean, and what would only change the scale.
    let shift = &mean(scaled);
    let stretch = &(x_hat * &mean(&(scaled * x_hat)));
    let whole = &(scaled - shift - stretch);
    case.expect("dx", &(whole / root))
        .unless(
            &(scaled / root),
            "x acts through the mean and the variance as well; both terms are \
             left out",
        )
        .unless(
            &((scaled - stretch) / root),
            "x acts through the mean as well; its term is left out",
        )
        .unless(
            &((scaled - shift) / root),
            "x acts through the variance as well; its term, with x_hat, is left \
             out",
        )
        .unless(&(whole / root / gamma), "gamma is left out: dx_hat is gamma · dy")
        .unless(
            &((scaled - shift / gamma - stretch / gamma) / root),
            "gamma is only in the first term; both means are of dx_hat, which has \
             it as well",
        )
        .unless(
            &((dy - shift - stretch) / root),
            "gamma is left out of the first term: dx_hat is gamma · dy",
        )
        .unless(&(whole / root * gamma), "gamma is in it twice")
        .unless(
            &((scaled - shift * n - stretch * n) / root),
            "these are sums for means; divide them by the number of examples",
        )
        .unless(
            &((scaled * n - shift * n - stretch * n) / root),
            "the whole is too large by the number of examples; divide by it",
        )
        .unless(
            &((scaled - (shift + stretch) * (n / (n - 1.0))) / root),
            "you divided the sums by a number below that of the examples: one \
             less, or always 2? both are plain means",
        )
        .unless(
            &((scaled - shift - &mean(&(scaled * x_hat))) / root),
            "the last term lacks its x_hat outside of the mean",
        )
        .unless(
            &((scaled - shift - x_hat * shift) / root),
            "the last mean is that of dx_hat · x_hat; its x_hat is left out",
        )
        .unless(
            &((scaled + shift + stretch) / root),
            "the signs: both means are subtracted",
        )
        .unless(
            &((scaled - shift + stretch) / root),
            "the sign of the last term: it is subtracted",
        )
        .unless(
            &((scaled + shift - stretch) / root),
            "the sign of the mean: it is subtracted",
        )
        .unless(whole, "the root is left out; divide by it")
        .unless(&(whole * root), "you multiplied by the root; divide by it")
        .unless(
            &(whole / (variance + epsilon)),
            "you divided by the variance; take the root",
        )
        .unless(
            &(whole / (variance.sqrt() + epsilon)),
            "epsilon is outside of the root; it belongs inside",
        )
        .unless(
            &(whole / variance.sqrt()),
            "epsilon is left out; add it to the variance inside the root",
        )
        .unless(
            &(whole / &deviation(&(variance * (n / (n - 1.0))), epsilon)),
            "you took the root of the unbiased variance; forward divided by that \
             of the trace",
        )
        .unless(
            scaled,
            "this is dx_hat; from there it goes on through the normalization",
        )
        .unless(dy, "this is dy as it came")
        .unless(
            &-(whole / root),
            "the sign: the minus comes with the update, not with the gradient",
        )
        .unless(
            &Array2::zeros(dy.dim()),
            "all zeros: that is dx only if every output stays what it is",
        )
        .judge(yours)
}
