//! Exercise `minibatch`: one step for a whole batch of examples.
//!
//! Read `book/src/exercises/minibatch.md`. Judge with
//! `cargo test --package exercises minibatch`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::minibatch::Gradients;
use ndarray::{Array1, Array2};

/// The order, cut into batches of `size` examples; the last one is short if they
/// don't divide evenly.
///
/// `order` holds indices of examples; it may be empty. `size` is at least 1.
pub fn batches(order: &[usize], size: usize) -> Vec<Vec<usize>> {
    todo!("question 1: the batches")
}

/// `Z = X Wᵀ + b`, a row for each example.
///
/// Shapes: `w` is `(n_out, n_in)`, `b` is `(n_out,)`, `x` is `(batch, n_in)`, the
/// result `(batch, n_out)`.
pub fn forward(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>) -> Array2<f64> {
    todo!("question 2: forward")
}

/// The mean cross-entropy of a batch, and its gradient `dZ` with respect to the
/// logits.
///
/// Right for large logits as well. Shapes: `logits` and `dZ` are
/// `(batch, classes)`; `labels` has the right class of each row.
pub fn loss_and_gradient(
    logits: &Array2<f64>,
    labels: &[usize],
) -> (f64, Array2<f64>) {
    todo!("question 3: the mean loss and its gradient")
}

/// `dW`, `db` and `dX`, from what forward got and the gradient `dZ` of what it
/// returned.
///
/// Shapes: `w` and `dW` are `(n_out, n_in)`, `x` and `dX` are `(batch, n_in)`, `dz`
/// is `(batch, n_out)`, `db` is `(n_out,)`.
pub fn gradients(w: &Array2<f64>, x: &Array2<f64>, dz: &Array2<f64>) -> Gradients {
    todo!("question 4: the gradients")
}
