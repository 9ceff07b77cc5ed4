//! Question 1: forward, with the statistics of the batch.

use ndarray::{Array1, Array2, Axis, array};

use super::{
    BatchNorm, Trace, deviation, layers_and_batches, mean, told_of_shapes, trace,
    variance,
};
use crate::Verdict;
use crate::case::Case;

type Forward = fn(&BatchNorm, &Array2<f64>) -> (Array2<f64>, Trace);

/// `fn forward(norm, x) -> (Array2<f64>, Trace)`
pub fn forward(answer: Forward) -> Verdict {
    let [first, second] = layers_and_batches();
    // Alone in its batch, an example is its own mean.
    let alone = (first.0.clone(), array![[5.0, -3.0]]);
    for (norm, x) in [first, second, alone] {
        let case = Case::new()
            .input("gamma", &norm.gamma)
            .input("beta", &norm.beta)
            .number("epsilon", norm.epsilon)
            .input("x", &x);
        let (y, kept) = case
            .run({
                let (norm, x) = (norm.clone(), x.clone());
                move || answer(&norm, &x)
            })
            .map_err(told_of_shapes)?;
        judge_mean(&case, &norm, &x, &kept.mean)?;
        judge_variance(&case, &norm, &x, &kept.variance)?;
        judge_x_hat(&case, &norm, &x, &kept.x_hat)?;
        judge_y(&case, &norm, &x, &y)?;
    }
    Ok(())
}

fn judge_mean(
    case: &Case,
    norm: &BatchNorm,
    x: &Array2<f64>,
    yours: &Array1<f64>,
) -> Verdict {
    let over_all = Array1::from_elem(x.ncols(), x.sum() / x.len() as f64);
    case.expect("mean", &mean(x))
        .unless(
            &mean(&x.t().to_owned()),
            "this is the mean of each example; take that of each feature, over \
             the batch",
        )
        .unless(
            &x.sum_axis(Axis(0)),
            "this is the sum; divide it by the number of examples",
        )
        .unless(
            &(x.sum_axis(Axis(0)) / x.ncols() as f64),
            "you divided by the number of features; the mean goes over the \
             examples",
        )
        .unless(
            &over_all,
            "this is the mean of all numbers; each feature has its own",
        )
        .unless(
            &norm.running_mean,
            "this is the running mean; it is for predictions, and training goes \
             by the batch",
        )
        .judge(yours)
}

fn judge_variance(
    case: &Case,
    norm: &BatchNorm,
    x: &Array2<f64>,
    yours: &Array1<f64>,
) -> Verdict {
    let variance = variance(x);
    let n = x.nrows() as f64;
    case.expect("variance", &variance)
        .unless(
            &(&variance * (n / (n - 1.0))),
            "you divided by batch - 1; in forward it is a plain mean, over batch",
        )
        .unless(
            &(&variance * n),
            "this is the sum of the squares; divide it by the number of examples",
        )
        .unless(
            &variance.sqrt(),
            "this is the standard deviation; the variance is its square",
        )
        .unless(
            &(&variance + norm.epsilon),
            "epsilon is in the variance that you keep; it belongs into the root, \
             where x is divided",
        )
        .unless(
            &deviation(&variance, norm.epsilon),
            "this is the root, with epsilon; keep the variance",
        )
        .unless(&mean(&(x * x)), "the mean is not subtracted before you square")
        .unless(
            &x.var_axis(Axis(1), 0.0),
            "this is the variance of each example; take that of each feature, \
             over the batch",
        )
        .unless(
            &Array1::from_elem(x.ncols(), x.var(0.0)),
            "this is the variance of all numbers; each feature has its own",
        )
        .unless(
            &norm.running_variance,
            "this is the running variance; it is for predictions, and training \
             goes by the batch",
        )
        .unless(
            &mean(&(x - &mean(x)).abs()),
            "this is the mean distance; square the distances",
        )
        .judge(yours)
}

fn judge_x_hat(
    case: &Case,
    norm: &BatchNorm,
    x: &Array2<f64>,
    yours: &Array2<f64>,
) -> Verdict {
    let Trace { mean, variance, x_hat } = trace(norm, x);
    let n = x.nrows() as f64;
    let (epsilon, centered) = (norm.epsilon, x - &mean);
    let unbiased = &variance * (n / (n - 1.0));
    let running = deviation(&norm.running_variance, epsilon);
    case.expect("x_hat", &x_hat)
        .unless(
            &(&centered / (variance.sqrt() + epsilon)),
            "epsilon is outside of the root; it belongs inside",
        )
        .unless(
            &(&centered / (&variance + epsilon)),
            "you divided by the variance; take the root",
        )
        .unless(
            &(&centered / variance.sqrt()),
            "epsilon is left out; add it to the variance inside the root",
        )
        .unless(
            &(&centered / deviation(&variance, epsilon * epsilon)),
            "epsilon is squared; add it as it is",
        )
        .unless(
            &(&centered / deviation(&unbiased, epsilon)),
            "you divided by the root of the unbiased variance; forward takes the \
             variance over batch",
        )
        .unless(&(x / &deviation(&variance, epsilon)), "the mean is not subtracted")
        .unless(&centered, "x is centered, but not scaled: divide it by the root")
        .unless(
            &(&centered * &deviation(&variance, epsilon)),
            "you multiplied by the root; divide by it",
        )
        .unless(&-&x_hat, "the sign: x less the mean, not the other way round")
        .unless(
            &((x - &norm.running_mean) / &running),
            "you normalized with the running statistics; they are for predictions",
        )
        .unless(
            &(&x_hat * &norm.gamma + &norm.beta),
            "this is y; x_hat is without gamma and beta",
        )
        .unless(
            &(&x_hat * &norm.gamma),
            "gamma is in x_hat; it comes after, when y is made",
        )
        .unless(x, "this is x as it came")
        .judge(yours)
}

fn judge_y(
    case: &Case,
    norm: &BatchNorm,
    x: &Array2<f64>,
    yours: &Array2<f64>,
) -> Verdict {
    let x_hat = &trace(norm, x).x_hat;
    let BatchNorm { gamma, beta, .. } = norm;
    case.expect("y", &(x_hat * gamma + beta))
        .unless(x_hat, "gamma and beta are left out")
        .unless(&(x_hat * gamma), "beta is left out")
        .unless(&(x_hat + beta), "gamma is left out")
        .unless(
            &(x_hat * beta + gamma),
            "gamma and beta are swapped; gamma scales, beta shifts",
        )
        .unless(
            &((x_hat + beta) * gamma),
            "gamma has scaled beta as well; scale first, then shift",
        )
        .unless(&(x_hat * gamma - beta), "the sign of beta: it is added")
        .unless(&(x_hat / gamma + beta), "you divided by gamma; it multiplies")
        .unless(
            &(x * gamma + beta),
            "gamma and beta are for x_hat; you applied them to x",
        )
        .judge(yours)
}
