//! Learning rates that change while the network learns.

use std::f64::consts::PI;

/// Halves the learning rate every so many epochs: `η · ½^⌊epoch / every⌋`.
///
/// ```
/// use no_magic::batched::schedule::halving;
///
/// assert_eq!([0, 9, 10, 25].map(|epoch| halving(0.8, 10, epoch)), [0.8, 0.8, 0.4, 0.2]);
/// ```
///
/// # Panics
///
/// If `every` is zero.
#[track_caller]
// ANCHOR: halving
pub fn halving(learning_rate: f64, every: usize, epoch: usize) -> f64 {
    let times = i32::try_from(epoch / every).unwrap_or(i32::MAX);
    learning_rate * 0.5_f64.powi(times)
}
// ANCHOR_END: halving

/// Goes down along half a cosine, from `η` at epoch 0 to 0 at the last: `η (1 + cos(π epoch /
/// epochs)) / 2`.
///
/// ```
/// use no_magic::batched::schedule::cosine;
///
/// assert_eq!(cosine(0.1, 100, 0), 0.1);
/// assert!((cosine(0.1, 100, 50) - 0.05).abs() < 1e-15);
/// assert!(cosine(0.1, 100, 100) < 1e-15);
/// ```
///
/// Source: Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, 2017,
/// equation 5, without restarts.
// ANCHOR: cosine
pub fn cosine(learning_rate: f64, epochs: usize, epoch: usize) -> f64 {
    let share = epoch as f64 / epochs as f64;
    learning_rate * (1.0 + libm::cos(PI * share)) / 2.0
}
// ANCHOR_END: cosine
