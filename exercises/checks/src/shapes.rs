//! Checks of the exercise `shapes`: which shapes a layer's gradients have, and why.

mod gradient_shapes;
mod update;
mod weight_gradient;

use thiserror::Error;

pub use gradient_shapes::gradient_shapes;
pub use update::update;
pub use weight_gradient::weight_gradient;

use crate::Provable;

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(gradient_shapes::question()),
        Box::new(weight_gradient::question()),
        Box::new(update::question()),
    ]
}

/// The shapes of the three arrays in `dW = outer(dz, x)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shapes {
    /// The shape of `dz`.
    pub dz: (usize,),
    /// The shape of `x`.
    pub x: (usize,),
    /// The shape of `dW`, rows first.
    pub dw: (usize, usize),
}

/// Which array has the wrong shape, and how it differs from what `W` expects.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// `dz` doesn't have an entry for each row of `W`.
    #[error("dz has {found} entries, but W has {expected} rows")]
    Dz {
        /// The number of rows of `W`.
        expected: usize,
        /// The length of `dz`.
        found: usize,
    },
    /// `x` doesn't have an entry for each column of `W`.
    #[error("x has {found} entries, but W has {expected} columns")]
    X {
        /// The number of columns of `W`.
        expected: usize,
        /// The length of `x`.
        found: usize,
    },
    /// `dW` doesn't have the shape of `W`.
    #[error("dW has the shape {found:?}, but W has the shape {expected:?}")]
    Dw {
        /// The shape of `W`.
        expected: (usize, usize),
        /// The shape of `dW`.
        found: (usize, usize),
    },
}
