//! Exercise `autograd`: the rules that an autograd knows, and the way back through
//! its tape.
//!
//! Read `book/src/exercises/autograd.md`. Judge with
//! `cargo test --package exercises autograd`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::autograd::{Line, Operation};
use ndarray::Array2;

/// How fast the result changes with each input: a slope for each, in their order.
pub fn slopes(operation: Operation) -> Vec<f64> {
    todo!("question 1: the slopes of each operation")
}

/// How fast the number on the line `loss` changes with that on each line of the
/// tape.
///
/// A line names its inputs, each with a slope; they all stand before it.
pub fn backward(lines: &[Line], loss: usize) -> Vec<f64> {
    todo!("question 2: the way back")
}

/// `dA` and `dB`, from `dC`, where `C = A B`.
///
/// Shapes: `A` is `(m, k)`, `B` is `(k, n)`, and `dC` is `(m, n)`.
pub fn matmul_backward(
    a: &Array2<f64>,
    b: &Array2<f64>,
    dc: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    todo!("question 3: back through a product of matrices")
}

/// The gradient of a matrix of this shape, which was broadcast to the shape of
/// `gradient`.
///
/// Shapes: each axis of `shape` is that of `gradient`, or 1.
pub fn sum_to(gradient: &Array2<f64>, shape: (usize, usize)) -> Array2<f64> {
    todo!("question 4: back through broadcasting")
}
