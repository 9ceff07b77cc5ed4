//! Checks of the exercise `batch_norm`: normalizing by the batch, predicting
//! without it, and the way back.

mod backward;
mod forward;
mod observe;

use ndarray::{Array1, Array2, Axis, array};

pub use backward::backward;
pub use forward::forward;
pub use observe::observe;

use crate::Feedback;

/// Batch normalization: what it has learned, what it has seen, and its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// The scale that is learned, `(features,)`; on paper `γ`.
    pub gamma: Array1<f64>,
    /// The shift that is learned, `(features,)`; on paper `β`.
    pub beta: Array1<f64>,
    /// The mean for predictions, `(features,)`.
    pub running_mean: Array1<f64>,
    /// The variance for predictions, `(features,)`.
    pub running_variance: Array1<f64>,
    /// How much a batch counts for the running statistics.
    pub momentum: f64,
    /// What keeps the division from zero; on paper `ε`.
    pub epsilon: f64,
}

/// What forward keeps of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The mean over the batch, `(features,)`.
    pub mean: Array1<f64>,
    /// The variance over the batch, `(features,)`, divided by `batch` and without
    /// epsilon.
    pub variance: Array1<f64>,
    /// The normalized input `x̂`, `(batch, features)`.
    pub x_hat: Array2<f64>,
}

/// Layers and batches for which all statistics are numbers that can be read.
/// Epsilon is large, so that its place can be seen.
fn layers_and_batches() -> [(BatchNorm, Array2<f64>); 2] {
    [
        (
            BatchNorm {
                gamma: array![2.0, -0.5],
                beta: array![0.5, 3.0],
                running_mean: array![1.0, -2.0],
                running_variance: array![0.25, 7.0],
                momentum: 0.25,
                epsilon: 2.0,
            },
            array![[1.0, 0.0], [4.0, 3.0], [4.0, -6.0]],
        ),
        (
            BatchNorm {
                gamma: array![1.5, -1.0, 3.0],
                beta: array![-1.0, 0.25, 2.0],
                running_mean: array![0.5, 4.0, -1.0],
                running_variance: array![5.0, 0.5, 12.0],
                momentum: 0.1,
                epsilon: 4.0,
            },
            array![
                [-5.0, 2.0, 2.0],
                [3.0, -1.0, 2.0],
                [3.0, 2.0, 2.0],
                [3.0, -1.0, 2.0]
            ],
        ),
    ]
}

/// What forward is to keep.
fn trace(norm: &BatchNorm, x: &Array2<f64>) -> Trace {
    let mean = mean(x);
    let variance = variance(x);
    let x_hat = (x - &mean) / deviation(&variance, norm.epsilon);
    Trace { mean, variance, x_hat }
}

/// The mean over the batch.
fn mean(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(0)) / x.nrows() as f64
}

/// The mean over the batch of the squared distances to the mean.
fn variance(x: &Array2<f64>) -> Array1<f64> {
    mean(&(x - &mean(x)).pow2())
}

/// `√(variance + ε)`
fn deviation(variance: &Array1<f64>, epsilon: f64) -> Array1<f64> {
    variance.mapv(|v| (v + epsilon).sqrt())
}

/// Names the likely reason, when rows of numbers did not fit a matrix.
fn told_of_shapes(feedback: Box<Feedback>) -> Box<Feedback> {
    let said = |word| feedback.comparison.iter().any(|line| line.contains(word));
    let shapes = said("IncompatibleShape") || said("could not broadcast");
    feedback.likely(
        shapes,
        "a row of numbers did not fit the columns; statistics have an entry for \
         each feature, and Axis(0) goes down the columns",
    )
}
