//! Checks of the exercise `minibatch`: the four pieces of a training step on a
//! batch of examples.

mod batches;
mod forward;
mod gradients;
mod loss;

use ndarray::{Array1, Array2, Axis};

pub use batches::batches;
pub use forward::forward;
pub use gradients::gradients;
pub use loss::loss_and_gradient;

use crate::Provable;

/// What `gradients` returns: the gradients of a layer's parameters and its input.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// `dL/dW`, `(n_out, n_in)`.
    pub dw: Array2<f64>,
    /// `dL/db`, `(n_out,)`.
    pub db: Array1<f64>,
    /// `dL/dX`, `(batch, n_in)`.
    pub dx: Array2<f64>,
}

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(batches::question()),
        Box::new(forward::question()),
        Box::new(loss::question()),
        Box::new(gradients::question()),
    ]
}

/// Numbers of examples, inputs and outputs. Many of them are equal, so that some
/// products of the wrong matrices fit.
const SIZES: [(usize, usize, usize); 7] =
    [(3, 3, 3), (4, 3, 2), (1, 2, 3), (2, 1, 3), (3, 2, 2), (2, 3, 2), (5, 4, 1)];

fn kinds(w: &Array2<f64>, x: &Array2<f64>) -> Vec<(&'static str, bool)> {
    let equal = w.is_square() && x.is_square();
    let batch = x.nrows();
    vec![
        ("equal numbers of examples, inputs and outputs", equal),
        ("different numbers of examples, inputs and outputs", !equal),
        ("a batch of one", batch == 1),
        ("more than one example", batch > 1),
        ("a square W", w.is_square()),
        ("a W that isn't square", !w.is_square()),
        ("as many examples as outputs", batch == w.nrows()),
    ]
}

/// A vector as a matrix of one row.
fn row(vector: &Array1<f64>) -> Array2<f64> {
    vector.clone().insert_axis(Axis(0))
}

/// A vector as a matrix of one column.
fn column(vector: &Array1<f64>) -> Array2<f64> {
    vector.clone().insert_axis(Axis(1))
}
