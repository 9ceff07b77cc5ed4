//! Exercise `overflow`: softmax and cross-entropy that survive large scores.
//!
//! Read `book/src/exercises/overflow.md`. Judge with
//! `cargo test --package exercises overflow`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::overflow::Outcome;
use ndarray::{Array1, ArrayView1};

/// `exp(z) / Σ exp(z)`, just as it stands there.
pub fn naive_softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    todo!("question 1: the naive softmax")
}

/// What the following become in an `f64`, in this order:
///
/// 1. `exp(1000)`
/// 2. `exp(-1000)`
/// 3. entry 0 of `naive_softmax([1000, 1001, 1002])`
/// 4. entry 0 of `naive_softmax([-1000, -1001, -1002])`
/// 5. entry 1 of `naive_softmax([1000, 0])`
pub fn outcomes() -> [Outcome; 5] {
    todo!("question 1: what becomes of large and small scores")
}

/// Softmax, right for any finite `z`.
pub fn stable_softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    todo!("question 2: the stable softmax")
}

/// `ln Σ exp(z)`, right for any finite `z`.
pub fn log_sum_exp(z: ArrayView1<'_, f64>) -> f64 {
    todo!("question 3: log-sum-exp")
}

/// The logarithm of softmax, right for any finite `z`.
pub fn log_softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    todo!("question 4: log-softmax")
}

/// Cross-entropy from the scores: how surprised softmax is by the right class `y`.
pub fn cross_entropy(z: ArrayView1<'_, f64>, y: usize) -> f64 {
    todo!("question 5: cross-entropy from logits")
}
