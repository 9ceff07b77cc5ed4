//! What to do with gradients.

use ndarray::{Array1, ArrayViewMut1};

use crate::learning_rate::check_lr;

/// Changes parameters by their gradients.
///
/// An optimizer doesn't know what a layer is. It sees parameters as rows of
/// numbers, and one gradient for each. They must be the same parameters in the same
/// order at every step, because the optimizer may remember something about each.
// ANCHOR: optimizer
pub trait Optimizer {
    /// Takes one step.
    ///
    /// # Panics
    ///
    /// If there isn't one gradient of the right length for each
    /// parameter, if the optimizer remembers parameters of other
    /// lengths (make a new one for a new network: it can't tell
    /// networks of the same sizes apart), or if the learning rate or
    /// another setting is out of its range.
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    );

    /// Sets the learning rate for the steps to come.
    ///
    /// # Panics
    ///
    /// If the learning rate is NaN, infinite or negative.
    fn set_lr(&mut self, lr: f64);
}
// ANCHOR_END: optimizer

/// Makes sure that a step can be taken: a learning rate, and a gradient for each
/// parameter.
#[track_caller]
pub(super) fn check_step(
    lr: f64,
    parameters: &[ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
) {
    check_lr(lr);
    assert!(
        parameters.len() == gradients.len(),
        "each parameter needs one gradient, but the parameters number {} and the \
         gradients {}",
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

/// What an optimizer remembers of each parameter: rows of zeros, made at the first
/// step.
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
         lengths {:?}; make a new optimizer for a new network",
        lengths(memory),
        lengths(gradients)
    );
}

/// Makes sure that a share of what is kept from step to step is at least 0 and
/// below 1.
#[track_caller]
pub(super) fn check_share(name: &str, share: f64) {
    assert!(
        (0.0..1.0).contains(&share),
        "{name} is {share:?}; it must be at least 0 and below 1"
    );
}

/// Makes sure that a weight decay is a finite number and not negative.
#[track_caller]
pub(super) fn check_weight_decay(weight_decay: f64) {
    assert!(
        weight_decay.is_finite() && weight_decay >= 0.0,
        "the weight decay is {weight_decay:?}; it must be a finite number and not \
         negative"
    );
}
