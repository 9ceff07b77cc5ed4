//! What an optimizer is, and the checks that all optimizers share.

use ndarray::{Array1, ArrayViewMut1};

use crate::learning_rate::check_lr;

/// Updates parameters, given their gradients.
///
/// An optimizer doesn't know what a layer is. It sees each parameter as a row of
/// numbers, with a gradient of the same length. Every step must pass the same
/// parameters in the same order, because the optimizer may remember something
/// about each of them.
// ANCHOR: optimizer
pub trait Optimizer {
    /// Takes one step.
    ///
    /// # Panics
    ///
    /// If a parameter has no gradient of its length, if the optimizer remembers
    /// parameters of different lengths, or if the learning rate or another setting
    /// is out of range.
    ///
    /// Use a new optimizer for a new network: an optimizer can't tell two networks
    /// of the same sizes apart.
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    );

    /// Sets the learning rate of the next steps.
    ///
    /// # Panics
    ///
    /// If the learning rate is NaN, infinite or negative.
    fn set_lr(&mut self, lr: f64);
}
// ANCHOR_END: optimizer

/// Panics unless the learning rate is in range and each parameter has one gradient
/// of its length.
#[track_caller]
pub(super) fn check_step(
    lr: f64,
    parameters: &[ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
) {
    check_lr(lr);
    assert!(
        parameters.len() == gradients.len(),
        "each parameter needs one gradient, but parameters.len() is {} and \
         gradients.len() is {}",
        parameters.len(),
        gradients.len()
    );
    for (i, (p, g)) in parameters.iter().zip(gradients).enumerate() {
        assert!(
            p.len() == g.len(),
            "parameters[{i}] has length {}, but its gradient has length {}",
            p.len(),
            g.len()
        );
    }
}

/// Fills an optimizer's memory with zeros at the first step: one row for each
/// parameter. Panics if the lengths change at a later step.
#[track_caller]
pub(super) fn remember(memory: &mut Vec<Array1<f64>>, gradients: &[Array1<f64>]) {
    if memory.is_empty() {
        *memory = gradients.iter().map(|g| Array1::zeros(g.len())).collect();
    }
    let lengths = |rows: &[Array1<f64>]| -> Vec<usize> {
        rows.iter().map(Array1::len).collect()
    };
    assert!(
        lengths(memory) == lengths(gradients),
        "this optimizer remembers parameters of lengths {:?}, but now they have \
         lengths {:?}; use a new optimizer for a new network",
        lengths(memory),
        lengths(gradients)
    );
}

/// Panics unless a fraction is at least 0 and below 1.
#[track_caller]
pub(super) fn check_fraction(name: &str, fraction: f64) {
    assert!(
        (0.0..1.0).contains(&fraction),
        "{name} is {fraction:?}; it must be at least 0 and below 1"
    );
}

/// Panics unless a weight decay is finite and at least 0.
#[track_caller]
pub(super) fn check_weight_decay(weight_decay: f64) {
    assert!(
        weight_decay.is_finite() && weight_decay >= 0.0,
        "the weight decay is {weight_decay:?}; it must be finite and at least 0"
    );
}
