//! Question 1: forward, with the statistics of the batch.

use ndarray::{Array1, Array2, Axis, array};

use super::{
    BatchNorm, Input, MODEL, Model, Trace, around, deviation, mean, unbiased,
    variance,
};
use crate::{Outcome, Question, Verdict, mistakes};

type Forward = fn(&BatchNorm, &Array2<f64>) -> (Array2<f64>, Trace);

/// `fn forward(norm, x) -> (Array2<f64>, Trace)`
pub fn forward(answer: Forward) -> Verdict {
    question().judge(move |input| observe(answer, input))
}

fn observe(
    answer: impl Fn(&BatchNorm, &Array2<f64>) -> (Array2<f64>, Trace),
    (norm, x): &Input,
) -> Outcome {
    let (y, trace) = answer(norm, x);
    Outcome::new()
        .value("mean", &trace.mean)
        .value("variance", &trace.variance)
        .value("x_hat", &trace.x_hat)
        .value("y", &y)
}

fn inputs() -> impl Iterator<Item = Input> {
    let inputs = super::inputs();
    // Alone in its batch, an example is its own mean.
    let alone = super::inputs().map(|(norm, _)| (norm, array![[5.0, -3.0]]));
    inputs.chain(alone.take(1)).chain([super::far_from_0()])
}

pub(super) fn question() -> Question<Input, Model> {
    let run = |model: &Model, input: &Input| {
        observe(|norm, x| model.forward(norm, x), input)
    };
    Question::new("batch_norm.forward", MODEL, run)
        .given(|(norm, x)| super::given(norm).value("x", x))
        .kinds(|(_, x)| {
            let mut kinds = super::kinds(x.nrows(), x.ncols());
            let far = x.iter().any(|x| x.abs() > 1e5);
            kinds.extend([("values far from 0", far), ("values near 0", !far)]);
            kinds
        })
        .cases(inputs())
        .mistakes(mistakes! { Model;
        // The mean
        mean_is_sum: "The mean is a sum: it isn't divided by `batch`.",
            mean = |_, x| x.sum_axis(Axis(0));
        mean_is_sum_everywhere:
            "The mean is a sum that isn't divided by `batch`, and the variance is \
             computed with it.",
            mean = |_, x| x.sum_axis(Axis(0)),
            variance = |_, x, mean| around(x, mean);
        // The variance
        variance_unbiased:
            "The variance is divided by `batch - 1` instead of `batch`.",
            variance = |_, x, _| variance(x) * unbiased(x.nrows());
        variance_is_sum: "The variance is a sum: it isn't divided by `batch`.",
            variance = |_, x, _| variance(x) * x.nrows() as f64;
        variance_not_centered:
            "The variance is the mean of the squares: the mean isn't subtracted \
             from `x` before squaring.",
            variance = |_, x, _| mean(&(x * x));
        variance_as_difference:
            "The variance is the mean of the squares less the square of the mean, \
             which is inexact when the values are far from 0.",
            variance = |_, x, mean| super::mean(&(x * x)) - mean.pow2();
        variance_is_deviation:
            "What you use as the variance is its root, the standard deviation.",
            variance = |_, x, _| variance(x).sqrt();
        // Both
        of_all:
            "The mean and the variance are those of all numbers together, instead \
             of each feature.",
            mean = |_, x| all(x, x.sum() / x.len() as f64),
            variance = |_, x, _| all(x, x.var(0.0));
        of_examples:
            "The mean and the variance are those of each example instead of each \
             feature: `Axis(1)` goes along the features.",
            mean = |_, x| mean_of_examples(x),
            variance = |_, x, _| x.var_axis(Axis(1), 0.0),
            centered = |x, mean| minus_rows(x, mean),
            scaled = |centered, root| {
                (&centered.t() / root).reversed_axes()
            };
        of_examples_unfit:
            "The mean and the variance are those of each example, but they're \
             applied to the features: `Axis(1)` goes along the features.",
            mean = |_, x| mean_of_examples(x),
            variance = |_, x, _| x.var_axis(Axis(1), 0.0);
        running:
            "`forward` uses the running mean and variance, which are meant for \
             `predict`.",
            mean = |norm, _| norm.running_mean.clone(),
            variance = |norm, _, _| norm.running_variance.clone();
        y_from_x: "γ and β are applied to `x` instead of x̂.",
            y = |norm, _, x| x * &norm.gamma + &norm.beta;
        // What is kept
        epsilon_in_variance:
            "The trace holds `variance + ε` instead of the variance.",
            trace = |trace, norm, _| {
                Trace { variance: &trace.variance + norm.epsilon, ..trace }
            };
        epsilon_kept_and_added:
            "The trace holds `variance + ε` instead of the variance, and ε is \
             added once more under the root.",
            variance = |norm, x, _| variance(x) + norm.epsilon;
        deviation_kept:
            "The trace holds the standard deviation instead of the variance.",
            trace = |trace, _, _| {
                Trace { variance: trace.variance.sqrt(), ..trace }
            };
        y_kept: "The trace holds `y` instead of x̂.",
            trace = |trace, _, y| Trace { x_hat: y.clone(), ..trace };
        centered_kept: "The trace holds `x - mean` instead of x̂.",
            trace = |trace, norm, _| {
                let root = deviation(&trace.variance, norm.epsilon);
                Trace { x_hat: &trace.x_hat * &root, ..trace }
            };
        })
        .mistakes(super::mistakes())
}

fn all(x: &Array2<f64>, number: f64) -> Array1<f64> {
    Array1::from_elem(x.ncols(), number)
}

fn mean_of_examples(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(1)) / x.ncols() as f64
}

fn minus_rows(x: &Array2<f64>, mean: &Array1<f64>) -> Array2<f64> {
    (&x.t() - mean).reversed_axes()
}
