//! Exercise `softmax_cross_entropy`: why the gradient of the two together is so
//! short.
//!
//! Read `book/src/exercises/softmax_cross_entropy.md`. Judge with
//! `cargo test --package exercises softmax_cross_entropy`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use ndarray::{Array1, Array2};

/// `dL/dŷ` for the loss `L = -ln(ŷ[c])`.
///
/// Shapes: `yhat` and the result are `(n,)`; `c` is the right class.
pub fn loss_gradient(yhat: &Array1<f64>, c: usize) -> Array1<f64> {
    todo!("question 1: how the loss changes with each probability")
}

/// The Jacobian of softmax: `J[i, j] = dŷ[i]/dz[j]`, written with nothing but
/// `ŷ = softmax(z)`.
///
/// Shapes: `yhat` is `(n,)`, the result `(n, n)`.
pub fn softmax_jacobian(yhat: &Array1<f64>) -> Array2<f64> {
    todo!("question 2: how each probability changes with each score")
}

/// `dL/dz`, from `dL/dŷ` and any Jacobian `J[i, j] = dŷ[i]/dz[j]`.
///
/// Shapes: `loss_gradient` is `(n,)`, `jacobian` is `(n, m)`, the result `(m,)`.
pub fn chain_rule(
    loss_gradient: &Array1<f64>,
    jacobian: &Array2<f64>,
) -> Array1<f64> {
    todo!("question 3: how the loss changes with each score")
}

/// The same `dL/dz`, straight from the scores, after everything has canceled.
///
/// Right for any finite `z`. Shapes: `z` and the result are `(n,)`; `c` is the
/// right class.
pub fn simplified(z: &Array1<f64>, c: usize) -> Array1<f64> {
    todo!("question 4: the short way")
}
