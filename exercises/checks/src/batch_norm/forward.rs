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
        mean_is_sum:
            "The mean is a sum: it isn't divided by the number of examples.",
            mean = |_, x| x.sum_axis(Axis(0));
        mean_is_sum_everywhere:
            "The mean is a sum, and the variance is computed with it.",
            mean = |_, x| x.sum_axis(Axis(0)),
            variance = |_, x, mean| around(x, mean);
        mean_over_features:
            "The mean's sum is divided by the number of features, not of examples.",
            mean = |_, x| x.sum_axis(Axis(0)) / x.ncols() as f64;
        mean_over_features_everywhere:
            "The mean's sum is divided by the number of features, and the variance \
             is computed with it.",
            mean = |_, x| x.sum_axis(Axis(0)) / x.ncols() as f64,
            variance = |_, x, mean| around(x, mean);
        mean_over_one_less: "The mean's sum is divided by batch - 1.",
            mean = |_, x| x.sum_axis(Axis(0)) / (x.nrows() as f64 - 1.0);
        mean_of_all: "The mean is that of all numbers, instead of each feature's.",
            mean = |_, x| all(x, x.sum() / x.len() as f64);
        mean_running: "The mean is the running one.",
            mean = |norm, _| norm.running_mean.clone();
        mean_of_first: "The mean is the first example.",
            mean = |_, x| x.row(0).to_owned();
        mean_of_last:
            "The mean has the share of the last example alone. Is there an `=` for \
             a `+=`?",
            mean = |_, x| last(x) / x.nrows() as f64,
            variance = |_, x, mean| around(x, mean);
        mean_of_examples:
            "The mean is that of each example: Axis(1) goes along the features.",
            mean = |_, x| mean_of_examples(x),
            centered = |x, mean| minus_rows(x, mean);
        // The variance
        variance_unbiased: "The variance is divided by batch - 1 instead of batch.",
            variance = |_, x, _| variance(x) * unbiased(x.nrows());
        variance_is_sum:
            "The variance is a sum: it isn't divided by the number of examples.",
            variance = |_, x, _| variance(x) * x.nrows() as f64;
        variance_of_last:
            "The variance has the share of the last example alone. Is there an `=` \
             for a `+=`?",
            variance = |_, x, mean| (last(x) - mean).pow2() / x.nrows() as f64;
        variance_over_features:
            "The variance's sum is divided by the number of features, not of \
             examples.",
            variance = |_, x, _| {
                variance(x) * (x.nrows() as f64 / x.ncols() as f64)
            };
        variance_not_centered: "The mean isn't subtracted before x is squared.",
            variance = |_, x, _| mean(&(x * x));
        variance_as_difference:
            "The mean of the squares less the square of the mean: that difference \
             is inexact when the values are far from 0.",
            variance = |_, x, mean| super::mean(&(x * x)) - mean.pow2();
        variance_minus_mean:
            "The mean isn't squared where it's subtracted from the squares.",
            variance = |_, x, mean| super::mean(&(x * x)) - mean;
        variance_negative:
            "The square of the mean comes first: the variance is negative.",
            variance = |_, x, _| -variance(x);
        variance_not_squared: "The distances to the mean aren't squared.",
            variance = |_, x, mean| super::mean(&(x - mean));
        variance_of_magnitudes:
            "The variance is the mean of |x - mean|, without a square.",
            variance = |_, x, mean| super::mean(&(x - mean).abs());
        variance_of_all:
            "The variance is that of all numbers, instead of each feature's.",
            variance = |_, x, _| all(x, x.var(0.0));
        variance_around_mean_of_all:
            "The mean is that of all numbers, and the variance is taken around it.",
            mean = |_, x| all(x, x.sum() / x.len() as f64),
            variance = |_, x, mean| around(x, mean);
        variance_running: "The variance is the running one.",
            variance = |norm, _, _| norm.running_variance.clone();
        variance_is_deviation: "The variance is the standard deviation.",
            variance = |_, x, _| variance(x).sqrt();
        // Both
        of_all:
            "Mean and variance are those of all numbers, instead of each \
             feature's.",
            mean = |_, x| all(x, x.sum() / x.len() as f64),
            variance = |_, x, _| all(x, x.var(0.0));
        of_examples:
            "Mean and variance are those of each example: Axis(1) goes along the \
             features.",
            mean = |_, x| mean_of_examples(x),
            variance = |_, x, _| x.var_axis(Axis(1), 0.0),
            centered = |x, mean| minus_rows(x, mean),
            scaled = |centered, root| {
                (&centered.t() / root).reversed_axes()
            };
        of_examples_unfit:
            "Mean and variance are those of each example, but go with the \
             features: Axis(1) goes along the features.",
            mean = |_, x| mean_of_examples(x),
            variance = |_, x, _| x.var_axis(Axis(1), 0.0);
        running:
            "Mean and variance are the running ones, which are for predictions.",
            mean = |norm, _| norm.running_mean.clone(),
            variance = |norm, _, _| norm.running_variance.clone();
        y_from_x: "γ and β are applied to x instead of x̂.",
            y = |norm, _, x| x * &norm.gamma + &norm.beta;
        // What is kept
        epsilon_in_variance: "ε is added to the variance that you keep.",
            trace = |trace, norm, _| {
                Trace { variance: &trace.variance + norm.epsilon, ..trace }
            };
        deviation_kept: "What you keep as the variance is the standard deviation.",
            trace = |trace, _, _| {
                Trace { variance: trace.variance.sqrt(), ..trace }
            };
        root_kept: "What you keep as the variance is the root, with ε.",
            trace = |trace, norm, _| {
                let variance = deviation(&trace.variance, norm.epsilon);
                Trace { variance, ..trace }
            };
        unbiased_kept: "What you keep as the variance is divided by batch - 1.",
            trace = |trace, _, _| {
                let factor = unbiased(trace.x_hat.nrows());
                Trace { variance: &trace.variance * factor, ..trace }
            };
        running_kept: "What you keep are the running statistics.",
            trace = |trace, norm, _| Trace {
                mean: norm.running_mean.clone(),
                variance: norm.running_variance.clone(),
                ..trace
            };
        kept_swapped: "Mean and variance are swapped where you keep them.",
            trace = |Trace { mean, variance, x_hat }, _, _| {
                Trace { mean: variance, variance: mean, x_hat }
            };
        y_kept: "What you keep as x̂ is y.",
            trace = |trace, _, y| Trace { x_hat: y.clone(), ..trace };
        scaled_kept: "What you keep as x̂ is γ x̂.",
            trace = |trace, norm, _| {
                Trace { x_hat: &trace.x_hat * &norm.gamma, ..trace }
            };
        centered_kept: "What you keep as x̂ is x - mean.",
            trace = |trace, norm, _| {
                let root = deviation(&trace.variance, norm.epsilon);
                Trace { x_hat: &trace.x_hat * &root, ..trace }
            };
        x_kept: "What you keep as x̂ is x.",
            trace = |trace, norm, _| {
                let root = deviation(&trace.variance, norm.epsilon);
                Trace { x_hat: &trace.x_hat * &root + &trace.mean, ..trace }
            };
        })
        .mistakes(super::mistakes())
}

fn all(x: &Array2<f64>, number: f64) -> Array1<f64> {
    Array1::from_elem(x.ncols(), number)
}

fn last(x: &Array2<f64>) -> Array1<f64> {
    x.row(x.nrows() - 1).to_owned()
}

fn mean_of_examples(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(1)) / x.ncols() as f64
}

fn minus_rows(x: &Array2<f64>, mean: &Array1<f64>) -> Array2<f64> {
    (&x.t() - mean).reversed_axes()
}
