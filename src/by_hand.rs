//! Part I: the lesson, one example at a time.
//!
//! [`Layer::backward`] computes the gradients *and* applies them, as the lesson does.

mod layer;
mod neural_net;
mod training;

pub use layer::{Activation, Layer};
pub use neural_net::{NetworkError, NeuralNet};
pub use training::{EpochReport, Training, TrainingError};
