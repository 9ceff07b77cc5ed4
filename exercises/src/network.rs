//! Exercise `network`: layers become a network, and the network learns.
//!
//! Read `book/src/exercises/network.md`. Judge with
//! `cargo test --package exercises network`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use ndarray::Array1;
use no_magic::by_hand::Layer;
use no_magic::dataset::Dataset;
use rand::rngs::ChaCha8Rng;

/// A layer for each size and the next: ReLU, and softmax for the last.
///
/// `[36, 16, 3]` gives two layers, one from 36 inputs to 16 outputs and one from 16
/// to 3. The weights are He's, drawn from `rng`, and every bias is 0.
pub fn stack(sizes: &[usize], rng: &mut ChaCha8Rng) -> Vec<Layer> {
    todo!("question 1: build the layers")
}

/// The probability of each class: forward through all layers, first to last.
///
/// Shapes: `x` is `(n_in,)`, the result `(n_out,)`.
pub fn predict(layers: &mut [Layer], x: &Array1<f64>) -> Array1<f64> {
    todo!("question 1: forward through all layers")
}

/// `yhat - one_hot(y)`: the gradient of the loss at the last layer's `z`.
///
/// Shapes: `yhat` and the result are `(classes,)`.
pub fn output_gradient(yhat: &Array1<f64>, y: usize) -> Array1<f64> {
    todo!("question 2: the gradient at the output")
}

/// One step of gradient descent on one example; returns its loss from before the
/// step, `-ln(yhat[y] + 1e-7)`.
pub fn train_step(layers: &mut [Layer], x: &Array1<f64>, y: usize, lr: f64) -> f64 {
    todo!("question 3: one training step")
}

/// A training step for each example, in a new random order; returns the mean of
/// their losses.
pub fn train_epoch(
    layers: &mut [Layer],
    data: &Dataset,
    lr: f64,
    rng: &mut ChaCha8Rng,
) -> f64 {
    todo!("question 4: one epoch")
}

/// A network `[36, 16, 3]` that is right about 95% of the patterns it has never
/// seen.
pub fn capstone(rng: &mut ChaCha8Rng) -> Vec<Layer> {
    todo!("question 5: build, draw, train")
}
