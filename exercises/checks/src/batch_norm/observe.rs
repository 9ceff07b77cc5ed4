//! Question 2: running statistics, and predictions that need nothing else.

use ndarray::{Array1, Array2, array};

use super::{
    BatchNorm, Trace, deviation, layers_and_batches, told_of_shapes, trace,
};
use crate::Verdict;
use crate::case::Case;

type Observe = fn(&mut BatchNorm, &Trace);
type Predict = fn(&BatchNorm, &Array2<f64>) -> Array2<f64>;

/// `fn observe(norm, trace)`, and with it `fn predict(norm, x) -> Array2<f64>`
pub fn observe(observe: Observe, predict: Predict) -> Verdict {
    for (norm, x) in layers_and_batches() {
        judge_observe(observe, &norm, &trace(&norm, &x))?;
    }
    let [(norm, x), (other_norm, other_x)] = layers_and_batches();
    let alone = array![[3.0, 0.5]];
    for (norm, x) in [(&norm, &x), (&other_norm, &other_x), (&norm, &alone)] {
        judge_predict(predict, norm, x)
            .map_err(|feedback| feedback.in_function("predict"))?;
    }
    Ok(())
}

fn judge_observe(answer: Observe, norm: &BatchNorm, trace: &Trace) -> Verdict {
    let case = Case::new()
        .note("function", "observe")
        .input("running_mean", &norm.running_mean)
        .input("running_variance", &norm.running_variance)
        .number("momentum", norm.momentum)
        .input("trace.mean", &trace.mean)
        .input("trace.variance", &trace.variance)
        .number("shape of trace.x_hat", trace.x_hat.dim());
    let yours = case
        .run({
            let (mut norm, trace) = (norm.clone(), trace.clone());
            move || {
                answer(&mut norm, &trace);
                norm
            }
        })
        .map_err(told_of_shapes)?;
    judge_running_mean(&case, norm, trace, &yours.running_mean)?;
    judge_running_variance(&case, norm, trace, &yours.running_variance)?;
    let rest = |norm: &BatchNorm| {
        (norm.gamma.clone(), norm.beta.clone(), norm.momentum, norm.epsilon)
    };
    if rest(norm) == rest(&yours) {
        return Ok(());
    }
    let sentence =
        "The running statistics are right, but something else has changed.";
    Err(case.wrong(sentence.to_owned()).likely(
        true,
        "gamma and beta are learned by gradients, and the settings stay; observe \
         leaves them alone",
    ))
}

/// The old value moved towards the new one by a share of the way.
fn moved(old: &Array1<f64>, new: &Array1<f64>, share: f64) -> Array1<f64> {
    old * (1.0 - share) + new * share
}

fn judge_running_mean(
    case: &Case,
    norm: &BatchNorm,
    trace: &Trace,
    yours: &Array1<f64>,
) -> Verdict {
    let (old, new, share) = (&norm.running_mean, &trace.mean, norm.momentum);
    case.expect("running_mean", &moved(old, new, share))
        .unless(
            old,
            "running_mean is unchanged; observe writes both statistics into the \
             norm that it is given",
        )
        .unless(
            new,
            "nothing is left of the batches before; momentum says how much this \
             one counts",
        )
        .unless(
            &moved(old, new, 1.0 - share),
            "the wrong way round: momentum is the share of the new batch, not of \
             what was there",
        )
        .unless(
            &(old + new * share),
            "what was there does not fade: it keeps only the share 1 - momentum",
        )
        .unless(
            &(old * (1.0 - share) + new),
            "the new mean counts whole; momentum is its share",
        )
        .unless(
            &moved(old, new, -share),
            "the sign: the running mean moves away from the batch's",
        )
        .unless(
            &moved(old, new, 0.1),
            "you took 0.1 for momentum; use the one that you are given",
        )
        .unless(
            &moved(old, &trace.variance, share),
            "mean and variance are swapped",
        )
        .judge(yours)
}

fn judge_running_variance(
    case: &Case,
    norm: &BatchNorm,
    trace: &Trace,
    yours: &Array1<f64>,
) -> Verdict {
    let (rows, columns) = trace.x_hat.dim();
    let (n, features) = (rows as f64, columns as f64);
    let (old, biased, share) =
        (&norm.running_variance, &trace.variance, norm.momentum);
    let new = biased * (n / (n - 1.0));
    case.expect("running_variance", &moved(old, &new, share))
        .unless(
            old,
            "running_variance is unchanged; observe writes both statistics into \
             the norm that it is given",
        )
        .unless(
            &new,
            "nothing is left of the batches before; momentum says how much this \
             one counts",
        )
        .unless(
            &moved(old, biased, share),
            "the variance of the trace is over batch; the running one needs the \
             unbiased variance, over batch - 1",
        )
        .unless(
            &moved(old, &new, 1.0 - share),
            "the wrong way round: momentum is the share of the new batch, not of \
             what was there",
        )
        .unless(
            &moved(old, biased, 1.0 - share),
            "the wrong way round: momentum is the share of the new batch; and the \
             variance is to be the unbiased one",
        )
        .unless(
            &moved(old, &(biased * ((n - 1.0) / n)), share),
            "the factor is upside down: the unbiased variance is the larger one",
        )
        .unless(
            &moved(old, &(biased / (n - 1.0)), share),
            "you divided by batch - 1, but the variance of the trace is divided \
             by batch already",
        )
        .unless(
            &moved(old, &(biased * n), share),
            "this is the sum of the squares; divide it by batch - 1",
        )
        .unless(
            &moved(old, &(biased * (features / (features - 1.0))), share),
            "you counted the features; the unbiased variance counts the examples",
        )
        .unless(
            &moved(old, &new.sqrt(), share),
            "you took the standard deviation; what is kept is the variance",
        )
        .unless(
            &(moved(old, biased, share) * (n / (n - 1.0))),
            "the running variance is unbiased already; the factor is for the \
             batch's alone",
        )
        .unless(
            &moved(old, &deviation(biased, norm.epsilon), share),
            "you took the root; what is kept is the variance",
        )
        .unless(
            &moved(old, &(&new + norm.epsilon), share),
            "epsilon is in it; it comes with the root, in predict",
        )
        .unless(
            &(old + &new * share),
            "what was there does not fade: it keeps only the share 1 - momentum",
        )
        .unless(
            &moved(old, &new, 0.1),
            "you took 0.1 for momentum; use the one that you are given",
        )
        .unless(&moved(old, &trace.mean, share), "mean and variance are swapped")
        .judge(yours)
}

fn judge_predict(answer: Predict, norm: &BatchNorm, x: &Array2<f64>) -> Verdict {
    let case = Case::new()
        .note("function", "predict")
        .input("gamma", &norm.gamma)
        .input("beta", &norm.beta)
        .number("epsilon", norm.epsilon)
        .input("running_mean", &norm.running_mean)
        .input("running_variance", &norm.running_variance)
        .input("x", x);
    let yours = case
        .run({
            let (norm, x) = (norm.clone(), x.clone());
            move || answer(&norm, &x)
        })
        .map_err(told_of_shapes)?;
    let BatchNorm { gamma, beta, epsilon, .. } = norm;
    let centered = x - &norm.running_mean;
    let variance = &norm.running_variance;
    let x_hat = &centered / deviation(variance, *epsilon);
    let scaled = |x_hat: Array2<f64>| x_hat * gamma + beta;
    let of_batch = trace(norm, x);
    case.expect("y", &scaled(x_hat.clone()))
        .unless(
            &scaled(of_batch.x_hat.clone()),
            "these are the statistics of the batch; a prediction must not depend \
             on its neighbors",
        )
        .unless(
            &scaled((x - &of_batch.mean) / deviation(variance, *epsilon)),
            "the mean is that of the batch; take the running one",
        )
        .unless(
            &scaled(&centered / deviation(&of_batch.variance, *epsilon)),
            "the variance is that of the batch; take the running one",
        )
        .unless(
            &scaled(&centered / (variance.sqrt() + *epsilon)),
            "epsilon is outside of the root; it belongs inside",
        )
        .unless(
            &scaled(&centered / (variance + *epsilon)),
            "you divided by the variance; take the root",
        )
        .unless(
            &scaled(&centered / variance.sqrt()),
            "epsilon is left out; add it to the variance inside the root",
        )
        .unless(
            &scaled(x / &deviation(variance, *epsilon)),
            "the mean is not subtracted",
        )
        .unless(
            &scaled(centered.clone()),
            "x is centered, but not scaled: divide it by the root",
        )
        .unless(
            &scaled(x.clone()),
            "x is not normalized; gamma and beta come after that",
        )
        .unless(
            &x_hat,
            "gamma and beta are left out; predictions need them as training does",
        )
        .unless(&(&x_hat * gamma), "beta is left out")
        .unless(&(&x_hat + beta), "gamma is left out")
        .unless(
            &(&x_hat * beta + gamma),
            "gamma and beta are swapped; gamma scales, beta shifts",
        )
        .judge(&yours)
}
