//! Checks of the exercise `dropout`: masks, the way through them and back, and when
//! to stop.

mod early_stopping;
mod forward;
mod mask;

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;

pub use early_stopping::early_stopping;
pub use forward::forward;
pub use mask::mask;

use crate::Provable;

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(mask::question()),
        Box::new(forward::question()),
        Box::new(early_stopping::question()),
    ]
}

/// Draws a mask of a shape, with a rate, from a generator, as `mask` of this
/// exercise does.
pub type Mask = fn((usize, usize), f64, &mut ChaCha8Rng) -> Array2<f64>;

/// Where early stopping has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// How many epochs were trained.
    pub epochs: usize,
    /// The epoch with the lowest loss among them, counted from 0; of equal ones,
    /// the first.
    pub best: usize,
}
