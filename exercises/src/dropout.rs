//! Exercise `dropout`: silence units at random while training, and stop in time.
//!
//! Read `book/src/exercises/dropout.md`. Judge with
//! `cargo test --package exercises dropout`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::dropout::{Mask, Stop};
use ndarray::Array2;
use rand::rngs::ChaCha8Rng;

/// A fresh mask: each entry is 0 with the probability `rate`, else
/// `1 / (1 - rate)`.
///
/// Each entry is drawn by itself, from `rng`. `rate` is at least 0 and below 1.
pub fn mask(shape: (usize, usize), rate: f64, rng: &mut ChaCha8Rng) -> Array2<f64> {
    todo!("question 1: a mask")
}

/// Forward in training: the output `a`, and the mask, which backward needs.
///
/// Shapes: `x`, `a` and the mask are `(batch, features)`.
///
/// `mask` is handed in, so that your own need not be right for this one.
pub fn forward(
    x: &Array2<f64>,
    rate: f64,
    rng: &mut ChaCha8Rng,
    mask: Mask,
) -> (Array2<f64>, Array2<f64>) {
    todo!("question 2: forward in training")
}

/// `dx`, from the mask that forward returned, and from `da`, the gradient at its
/// output.
///
/// Shapes: all are `(batch, features)`.
pub fn backward(mask: &Array2<f64>, da: &Array2<f64>) -> Array2<f64> {
    todo!("question 2: backward")
}

/// Forward for predictions, in a layer that was trained with this rate.
///
/// Shapes: `x` and the result are `(batch, features)`.
pub fn predict(x: &Array2<f64>, rate: f64) -> Array2<f64> {
    todo!("question 2: forward for predictions")
}

/// When to stop, and which epoch was best.
///
/// `losses[i]` is the loss on held-out data after epoch `i`, from 0. Stop as soon
/// as `patience` losses in a row were no better than the best one before them, or
/// when there are no more. `losses` is not empty, and `patience` is at least 1.
pub fn early_stopping(losses: &[f64], patience: usize) -> Stop {
    todo!("question 3: early stopping")
}
