//! Checks of the exercise `autograd`: the rules that an autograd knows, and the way
//! back.

mod backward;
mod matmul;
mod slopes;
mod sum_to;

pub use backward::backward;
pub use matmul::{MatmulBackward, matmul_backward};
pub use slopes::slopes;
pub use sum_to::sum_to;

use crate::Provable;

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(slopes::question()),
        Box::new(backward::question()),
        Box::new(matmul::question()),
        Box::new(sum_to::question()),
    ]
}

/// An operation, with the numbers that go in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// `a + b`
    Add(f64, f64),
    /// `a - b`
    Sub(f64, f64),
    /// `a · b`
    Mul(f64, f64),
    /// `a / b`
    Div(f64, f64),
    /// `max(0, a)`
    Relu(f64),
    /// `eᵃ`
    Exp(f64),
    /// The natural logarithm of `a`.
    Ln(f64),
}

/// A line of the tape: its inputs, named by the lines they stand on, each with the
/// slope of the result in that input.
pub type Line = Vec<(usize, f64)>;
