//! Checks of the exercise `momentum`: gradients become values, and an optimizer
//! applies them.

mod adam;
mod gradients;
mod parameter;
mod reference;
mod sgd;
mod velocity;

use ndarray::{Array1, Array2};
use no_magic::by_hand::Layer;

pub use adam::adam;
pub use gradients::gradients;
pub use sgd::sgd;
pub use velocity::momentum;

/// What a forward pass leaves behind for backward, kept apart from the layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The layer's input, `(n_in,)`.
    pub x: Array1<f64>,
    /// `z = W x + b`, `(n_out,)`.
    pub z: Array1<f64>,
}

/// The loss's gradients with respect to a layer's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// `dL/dW`, `(n_out, n_in)`.
    pub dw: Array2<f64>,
    /// `dL/db`, `(n_out,)`.
    pub db: Array1<f64>,
}

/// What momentum remembers of a layer: a velocity for each of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Velocity {
    /// The velocity of `W`, `(n_out, n_in)`.
    pub w: Array2<f64>,
    /// The velocity of `b`, `(n_out,)`.
    pub b: Array1<f64>,
}

impl Velocity {
    /// At rest, as it is before the first step.
    pub fn zeros(layer: &Layer) -> Self {
        Self { w: Array2::zeros(layer.w.dim()), b: Array1::zeros(layer.b.dim()) }
    }
}

/// What Adam remembers of a layer: two moments for each of its parameters, and the
/// steps taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// The steps taken so far.
    pub t: i32,
    /// The first moment of `dW`, not corrected: a running mean.
    pub m_w: Array2<f64>,
    /// The second moment of `dW`, not corrected: a running mean of the squares.
    pub v_w: Array2<f64>,
    /// The first moment of `db`, not corrected.
    pub m_b: Array1<f64>,
    /// The second moment of `db`, not corrected.
    pub v_b: Array1<f64>,
}

impl Moments {
    /// All zero, as before the first step.
    pub fn zeros(layer: &Layer) -> Self {
        Self {
            t: 0,
            m_w: Array2::zeros(layer.w.dim()),
            v_w: Array2::zeros(layer.w.dim()),
            m_b: Array1::zeros(layer.b.dim()),
            v_b: Array1::zeros(layer.b.dim()),
        }
    }
}

/// The settings of Adam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The learning rate; the paper's α.
    pub lr: f64,
    /// How much of the first moment stays from step to step.
    pub beta1: f64,
    /// How much of the second moment stays from step to step.
    pub beta2: f64,
    /// What keeps the division from being one by zero.
    pub epsilon: f64,
}

impl Default for Settings {
    /// The settings that the paper suggests.
    fn default() -> Self {
        Self { lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}
