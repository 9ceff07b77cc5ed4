//! Exercise `shapes`: which shapes meet in a layer's backward pass, and why.
//!
//! Read `book/src/exercises/shapes.md`. Judge with
//! `cargo test --package exercises shapes`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::shapes::{Mismatch, Shapes};
use ndarray::{Array1, Array2};

/// The shapes of `dz`, `x` and `dW` in a layer with `n_in` inputs and `n_out`
/// outputs.
pub fn gradient_shapes(n_in: usize, n_out: usize) -> Shapes {
    todo!("question 1: the shapes of dz, x and dW")
}

/// `dW = outer(dz, x)`, if `dz` fits the rows of `W` and `x` its columns.
///
/// Compare `dz` first, then `x`.
pub fn weight_gradient(
    w: &Array2<f64>,
    dz: &Array1<f64>,
    x: &Array1<f64>,
) -> Result<Array2<f64>, Mismatch> {
    todo!("question 2: dW, or what does not fit")
}

/// `W -= lr dW`, if `dW` has the shape of `W`; otherwise `W` stays as it is.
pub fn update(
    w: &mut Array2<f64>,
    dw: &Array2<f64>,
    lr: f64,
) -> Result<(), Mismatch> {
    todo!("question 3: the update, or what does not fit")
}
