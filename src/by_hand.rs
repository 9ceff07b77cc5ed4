//! Part I: the lesson, one example at a time.
//!
//! [`Layer::backward`] computes the gradients *and* applies them, as the lesson
//! does. Each line is a formula, and most results go into new arrays.
//! [`fast`](crate::fast) computes the same numbers without those allocations.

mod layer;
mod neural_net;
mod training;

pub use layer::{Activation, Layer};
pub use neural_net::NeuralNet;
