//! Exercise `layer`: one layer by hand, from its first weights to its backward
//! pass.
//!
//! Read `book/src/exercises/layer.md`. Judge with
//! `cargo test --package exercises layer`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use ndarray::{Array1, Array2};
use no_magic::by_hand::Layer;
use rand::rngs::ChaCha8Rng;

/// He's initial weights: `W ~ N(0, 1) · sqrt(2 / n_in)`, of shape `(n_out, n_in)`.
///
/// All randomness comes from `rng`.
pub fn he_weights(n_in: usize, n_out: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    todo!("question 1: He's initial weights")
}

/// `a = activation(z)` with `z = W x + b`; keeps `x` and `z` in the layer.
///
/// Shapes: `x` is `(n_in,)`, the result `(n_out,)`. Right for any finite `z`.
pub fn forward(layer: &mut Layer, x: &Array1<f64>) -> Array1<f64> {
    todo!("question 2: the forward pass")
}

/// Takes the gradient back through the layer, and takes one step of gradient
/// descent.
///
/// `grad` is `dL/da`, and for a softmax layer already `dL/dz`. The result is
/// `dL/dx`, for the weights as they were in forward. `w` and `b` take a step with
/// the learning rate `lr`; the rest of the layer stays as it is.
///
/// Shapes: `grad` is `(n_out,)`, the result `(n_in,)`.
pub fn backward(layer: &mut Layer, grad: &Array1<f64>, lr: f64) -> Array1<f64> {
    todo!("question 3: the backward pass and the update")
}
