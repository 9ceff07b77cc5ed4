//! All networks behind one trait, in `f64`: the same examples go in, and numbers to
//! compare come out.

mod batched;
mod burn;
mod by_hand;
mod candle;
mod fast;
mod taped;

pub use batched::Batched;
pub use burn::Burn;
pub use by_hand::ByHand;
pub use candle::Candle;
pub use fast::{Fast, FastBatches};
pub use taped::Taped;

use ndarray::{Array2, ArrayView2};

use crate::Parameters;

/// A network that learns by plain gradient descent.
pub trait Peer {
    /// One step on a batch; returns its mean loss from before the step.
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64;

    /// The weights and biases.
    fn parameters(&self) -> Parameters;
}

/// A peer that gives its logits and gradients away.
pub trait OpenPeer: Peer {
    /// The logits of each example.
    fn logits(&self, x: ArrayView2<'_, f64>) -> Array2<f64>;

    /// The gradient of the mean loss for each of the parameters.
    fn gradients(&self, x: ArrayView2<'_, f64>, y: &[usize]) -> Parameters;
}
