//! Exercise `momentum`: backward computes gradients, and an optimizer applies them.
//!
//! Read `book/src/exercises/momentum.md`. Judge with
//! `cargo test --package exercises momentum`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::momentum::{Gradients, Moments, Settings, Trace, Velocity};
use ndarray::Array1;
use no_magic::by_hand::Layer;

/// The gradients of a layer's parameters, and `dx` for the layer before. Nothing
/// changes.
///
/// `grad` is `dL/da`; for a softmax layer it is `dL/dz`, because the gradient of
/// softmax and cross-entropy is taken together, upstream. `x` and `z` are in the
/// trace: the ones that the layer keeps belong to another example.
pub fn gradients(
    layer: &Layer,
    trace: &Trace,
    grad: &Array1<f64>,
) -> (Gradients, Array1<f64>) {
    todo!("question 1: gradients as values")
}

/// A step of plain gradient descent: `W -= lr dW`, `b -= lr db`.
pub fn sgd(layer: &mut Layer, gradients: &Gradients, lr: f64) {
    todo!("question 2: the update by itself")
}

/// A step with momentum: `v = mu v + g`, then `w -= lr v`, for every weight and
/// bias.
///
/// `velocity` is what the steps before have left, and what the next one will find.
pub fn momentum(
    layer: &mut Layer,
    gradients: &Gradients,
    velocity: &mut Velocity,
    lr: f64,
    mu: f64,
) {
    todo!("question 3: momentum")
}

/// A step of Adam, for every weight and bias.
///
/// In step `t`, which counts from 1:
///
/// ```text
/// m = beta1 m + (1 - beta1) g
/// v = beta2 v + (1 - beta2) g²
/// m̂ = m / (1 - beta1^t)
/// v̂ = v / (1 - beta2^t)
/// w -= lr m̂ / (√v̂ + epsilon)
/// ```
///
/// `moments` keeps `t`, `m` and `v` from step to step; at first they are 0.
pub fn adam(
    layer: &mut Layer,
    gradients: &Gradients,
    moments: &mut Moments,
    settings: &Settings,
) {
    todo!("question 4: Adam")
}
