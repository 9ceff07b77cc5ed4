//! Exercise `batch_norm`, answered.

use checks::batch_norm::{BatchNorm, Trace};
use ndarray::{Array1, Array2, Axis};

/// Forward in training: `y = γ x̂ + β` with `x̂ = (x - mean) / √(variance + ε)`.
///
/// Mean and variance are those of the batch, for each feature; the variance is the
/// mean squared distance to the mean, over `batch`. Returned with `y` is what
/// backward needs.
///
/// Shapes: `x`, `y` and `x̂` are `(batch, features)`, mean and variance
/// `(features,)`.
pub fn forward(norm: &BatchNorm, x: &Array2<f64>) -> (Array2<f64>, Trace) {
    let mean = x.mean_axis(Axis(0)).expect("a batch has examples");
    let variance = x.var_axis(Axis(0), 0.0);
    let x_hat = (x - &mean) / deviation(&variance, norm.epsilon);
    let y = &x_hat * &norm.gamma + &norm.beta;
    // The variance goes without epsilon: observe needs it as it is.
    let trace = Trace { mean, variance, x_hat };
    (y, trace)
}

/// Moves the running statistics towards those of a batch:
/// `r = (1 - momentum) r + momentum s`.
///
/// For the variance, `s` is the unbiased one, over `batch - 1`. A batch has two
/// examples at least.
pub fn observe(norm: &mut BatchNorm, trace: &Trace) {
    let batch = trace.x_hat.nrows() as f64;
    // From n examples the variance comes out too small, because their mean is
    // fitted to them.
    let unbiased = &trace.variance * (batch / (batch - 1.0));
    let share = norm.momentum;
    // The formula as a move: a share of the way from the old to the new.
    norm.running_mean += &(share * (&trace.mean - &norm.running_mean));
    norm.running_variance += &(share * (unbiased - &norm.running_variance));
}

/// Forward for predictions: as in training, but with the running statistics.
///
/// Shapes: `x` and the result are `(batch, features)`.
pub fn predict(norm: &BatchNorm, x: &Array2<f64>) -> Array2<f64> {
    // Nothing here depends on the batch, so a prediction is the same in any
    // company.
    let deviation = deviation(&norm.running_variance, norm.epsilon);
    (x - &norm.running_mean) / deviation * &norm.gamma + &norm.beta
}

/// The gradients `dγ`, `dβ` and `dx`, in this order, from `dy`, the gradient at the
/// output.
///
/// Shapes: `dγ` and `dβ` are `(features,)`, `dy` and `dx` are `(batch, features)`.
pub fn backward(
    norm: &BatchNorm,
    trace: &Trace,
    dy: &Array2<f64>,
) -> (Array1<f64>, Array1<f64>, Array2<f64>) {
    let batch = dy.nrows() as f64;
    let dbeta = dy.sum_axis(Axis(0));
    let dgamma = (dy * &trace.x_hat).sum_axis(Axis(0));
    // γ is the same for all of a column, so all three terms can share it.
    let scale = &norm.gamma / deviation(&trace.variance, norm.epsilon);
    let rest = dy - &dbeta / batch - &trace.x_hat * (&dgamma / batch);
    (dgamma, dbeta, rest * scale)
}

/// `√(variance + ε)`, for each feature. Epsilon is inside, so that the root is
/// never that of 0.
fn deviation(variance: &Array1<f64>, epsilon: f64) -> Array1<f64> {
    variance.mapv(|v| (v + epsilon).sqrt())
}
