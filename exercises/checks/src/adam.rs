//! Checks of the exercise `adam`: learning rates that are too large, and optimizers
//! that see rows of numbers.

mod adamw;
mod rmsprop;
mod steps;
mod valley;

use ndarray::Array1;

pub use adamw::adamw;
pub use rmsprop::rmsprop;
pub use valley::{Fate, valley};

use crate::Provable;

/// The questions; the first one asks for two things.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(valley::question()),
        Box::new(valley::fates()),
        Box::new(rmsprop::question()),
        Box::new(adamw::question()),
    ]
}

/// The settings of RMSprop, and what it remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct RmsProp {
    /// The learning rate `η`.
    pub lr: f64,
    /// How much of the mean of squares is kept from step to step, `β`.
    pub beta: f64,
    /// A small number that keeps us from dividing by zero, `ε`.
    pub epsilon: f64,
    /// The fading mean of the squared gradients, a row for each parameter; empty
    /// before the first step.
    pub v: Vec<Array1<f64>>,
}

/// The settings of AdamW, and what it remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamW {
    /// The learning rate `η`.
    pub lr: f64,
    /// How much of the mean is kept from step to step, `β₁`.
    pub beta1: f64,
    /// How much of the mean of squares is kept, `β₂`.
    pub beta2: f64,
    /// A small number that keeps us from dividing by zero, `ε`.
    pub epsilon: f64,
    /// The weight decay `λ`.
    pub weight_decay: f64,
    /// The steps taken so far.
    pub t: i32,
    /// The fading mean of the gradients, not corrected, a row for each parameter;
    /// empty before the first step.
    pub m: Vec<Array1<f64>>,
    /// The fading mean of the squared gradients, not corrected, a row for each
    /// parameter; empty before the first step.
    pub v: Vec<Array1<f64>>,
}
