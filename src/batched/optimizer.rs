//! What to do with gradients.

use ndarray::{Array1, ArrayViewMut1};

/// Changes parameters by their gradients.
///
/// An optimizer does not know what a layer is. It sees parameters as rows of numbers, always the
/// same ones in the same order, and a gradient for each; what it remembers of earlier steps is its
/// own.
// ANCHOR: optimizer
pub trait Optimizer {
    /// Takes one step.
    ///
    /// # Panics
    ///
    /// If a parameter and its gradient differ in length.
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    );

    /// Sets the learning rate, for the steps to come.
    fn set_learning_rate(&mut self, learning_rate: f64);
}
// ANCHOR_END: optimizer

/// Memory of an optimizer: a row of zeros for each parameter, made at the first step.
pub(super) fn remember(
    memory: &mut Vec<Array1<f64>>,
    gradients: &[Array1<f64>],
) {
    if memory.is_empty() {
        *memory =
            gradients.iter().map(|g| Array1::zeros(g.len())).collect();
    }
}
