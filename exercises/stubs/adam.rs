//! Exercise `adam`: learning rates that are too large, and optimizers that give
//! every number its own.
//!
//! Read `book/src/exercises/adam.md`. Judge with
//! `cargo test --package exercises adam::`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::adam::{AdamW, Fate, RmsProp};
use ndarray::{Array1, ArrayViewMut1};

/// Where plain gradient descent on `L = ½ (x² + 100 y²)` ends: `[x, y]`, after
/// `steps` steps from `start`.
pub fn valley(start: [f64; 2], lr: f64, steps: usize) -> [f64; 2] {
    todo!("question 1: gradient descent in a valley")
}

/// What becomes of `[x, y]` in this valley, from `[1, 1]` and after very many
/// steps, with
///
/// 1. plain gradient descent, `η = 0.015`
/// 2. plain gradient descent, `η = 0.02`
/// 3. plain gradient descent, `η = 0.021`
/// 4. momentum with `μ = 0.9`, `η = 0.03`
/// 5. momentum with `μ = 0.9`, `η = 0.04`
pub fn fates() -> [Fate; 5] {
    todo!("question 1: which learning rates blow up")
}

/// A step of RMSprop. For every number `p` of every parameter, with its gradient
/// `g`:
///
/// ```text
/// v  = β v + (1 - β) g²
/// p -= η g / (√v + ε)
/// ```
///
/// `optimizer.v` has a row for each parameter, which is as long as the parameter;
/// before the first step there are no rows, and all numbers count as 0.
pub fn rmsprop(
    optimizer: &mut RmsProp,
    parameters: &mut [ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
) {
    todo!("question 2: RMSprop")
}

/// A step of AdamW. In step `t`, which counts from 1, for every number `p` of every
/// parameter, with its gradient `g`:
///
/// ```text
/// p -= η λ p
/// m  = β₁ m + (1 - β₁) g
/// v  = β₂ v + (1 - β₂) g²
/// m̂  = m / (1 - β₁ᵗ)
/// v̂  = v / (1 - β₂ᵗ)
/// p -= η m̂ / (√v̂ + ε)
/// ```
///
/// `optimizer` keeps `t`, `m` and `v` from step to step: at first `t` is 0, and `m`
/// and `v` are as `v` of RMSprop is.
pub fn adamw(
    optimizer: &mut AdamW,
    parameters: &mut [ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
) {
    todo!("question 3: AdamW")
}
