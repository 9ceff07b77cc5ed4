//! Exercise `batch_norm`: every feature with mean 0 and variance 1 over the batch,
//! and the way back.
//!
//! Read `book/src/exercises/batch_norm.md`. Judge with
//! `cargo test --package exercises batch_norm`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::batch_norm::{BatchNorm, Trace};
use ndarray::{Array1, Array2};

/// Forward in training: `y = γ x̂ + β` with `x̂ = (x - mean) / √(variance + ε)`.
///
/// Mean and variance are those of the batch, for each feature; the variance is the
/// mean squared distance to the mean, over `batch`. Returned with `y` is what
/// backward needs.
///
/// Shapes: `x`, `y` and `x̂` are `(batch, features)`, mean and variance
/// `(features,)`.
pub fn forward(norm: &BatchNorm, x: &Array2<f64>) -> (Array2<f64>, Trace) {
    todo!("question 1: forward in training")
}

/// Moves the running statistics towards those of a batch:
/// `r = (1 - momentum) r + momentum s`.
///
/// For the variance, `s` is the unbiased one, over `batch - 1`. A batch has two
/// examples at least.
pub fn observe(norm: &mut BatchNorm, trace: &Trace) {
    todo!("question 2: running statistics")
}

/// Forward for predictions: as in training, but with the running statistics.
///
/// Shapes: `x` and the result are `(batch, features)`.
pub fn predict(norm: &BatchNorm, x: &Array2<f64>) -> Array2<f64> {
    todo!("question 2: forward for predictions")
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
    todo!("question 3: backward")
}
