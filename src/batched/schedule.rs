//! Learning rates that change while the network learns. Epochs are counted from 0.

use std::f64::consts::PI;

use crate::learning_rate::check_lr;

/// Halves the learning rate every `every` epochs: `η · ½^⌊epoch / every⌋`.
///
/// ```
/// use no_magic::batched::schedule::halving;
///
/// assert_eq!(
///     [0, 9, 10, 25].map(|epoch| halving(0.8, 10, epoch)),
///     [0.8, 0.8, 0.4, 0.2]
/// );
/// ```
///
/// # Panics
///
/// If `every` is zero, or if the learning rate is NaN, infinite or negative.
#[track_caller]
// ANCHOR: halving
pub fn halving(lr: f64, every: usize, epoch: usize) -> f64 {
    check_schedule(lr, every);
    let times = i32::try_from(epoch / every).unwrap_or(i32::MAX);
    lr * 0.5_f64.powi(times)
}
// ANCHOR_END: halving

/// Follows half a cosine wave, from `η` in epoch 0 down to 0 in epoch `epochs`:
/// `η (1 + cos(π epoch / epochs)) / 2`.
///
/// After that, it stays at 0.
///
/// ```
/// use no_magic::batched::schedule::cosine;
///
/// assert_eq!(cosine(0.1, 100, 0), 0.1);
/// assert!((cosine(0.1, 100, 50) - 0.05).abs() < 1e-15);
/// assert_eq!(cosine(0.1, 100, 100), 0.0);
/// assert_eq!(cosine(0.1, 100, 200), 0.0);
/// ```
///
/// Source: Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm
/// Restarts*, 2017, equation 5, without restarts.
///
/// # Panics
///
/// If `epochs` is zero, or if the learning rate is NaN, infinite or negative.
#[track_caller]
// ANCHOR: cosine
pub fn cosine(lr: f64, epochs: usize, epoch: usize) -> f64 {
    check_schedule(lr, epochs);
    let share = epoch.min(epochs) as f64 / epochs as f64;
    lr * (1.0 + libm::cos(PI * share)) / 2.0
}
// ANCHOR_END: cosine

#[track_caller]
fn check_schedule(lr: f64, epochs: usize) {
    check_lr(lr);
    assert!(epochs > 0, "a schedule needs at least one epoch");
}
