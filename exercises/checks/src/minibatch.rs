//! Checks of the exercise `minibatch`: a step's four pieces, for a batch of
//! examples at a time.

mod batches;
mod forward;
mod gradients;
mod loss;

use ndarray::{Array1, Array2};

use crate::case::Case;
use crate::feedback::Feedback;

pub use batches::batches;
pub use forward::forward;
pub use gradients::gradients;
pub use loss::loss_and_gradient;

/// What backward returns: the gradients of a layer's parameters, and of its input.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// `dL/dW`, `(n_out, n_in)`.
    pub dw: Array2<f64>,
    /// `dL/db`, `(n_out,)`.
    pub db: Array1<f64>,
    /// `dL/dX`, `(batch, n_in)`.
    pub dx: Array2<f64>,
}

/// Whether there are as many examples as inputs and outputs.
///
/// Each check begins with such a batch, where a product of the wrong sides goes
/// unnoticed and the numbers tell what is wrong.
fn is_square(w: &Array2<f64>, x: &Array2<f64>) -> bool {
    w.is_square() && x.is_square()
}

/// After the first batch, what goes wrong may just be a matter of shape.
fn suspect_shapes(
    feedback: Box<Feedback>,
    w: &Array2<f64>,
    x: &Array2<f64>,
) -> Box<Feedback> {
    let new_shapes = !is_square(w, x) && !feedback.unanswered;
    let mistake = format!(
        "it went well with 2 examples, 2 inputs and 2 outputs; here they are {}, \
         {} and {}",
        x.nrows(),
        w.ncols(),
        w.nrows(),
    );
    feedback.likely(new_shapes, &mistake)
}

fn case(w: &Array2<f64>, x: &Array2<f64>) -> Case {
    Case::new().input("W", w).input("X", x)
}

/// A matrix of zeros, but for one row.
fn only_row(matrix: &Array2<f64>, row: usize) -> Array2<f64> {
    let mut only = Array2::zeros(matrix.dim());
    only.row_mut(row).assign(&matrix.row(row));
    only
}
