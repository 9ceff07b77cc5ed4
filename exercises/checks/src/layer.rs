//! Checks of the exercise `layer`: one layer's weights, its forward pass and its backward pass.

mod backward;
mod forward;
mod weights;

use ndarray::{Array1, Array2};
use no_magic::by_hand;

use crate::case::Case;
use crate::feedback::Feedback;

pub use backward::{Backward, backward};
pub use forward::{Forward, forward};
pub use no_magic::by_hand::Activation;
pub use weights::{HeWeights, he_weights};

/// A fully connected layer, `a = activation(W x + b)`, with `n_in` inputs and `n_out` outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The weights `W`, `(n_out, n_in)`: one row per output.
    pub w: Array2<f64>,
    /// The bias `b`, `(n_out,)`.
    pub b: Array1<f64>,
    /// What the layer does to `z`.
    pub activation: Activation,
    /// The input, `(n_in,)`, which forward keeps for backward.
    pub x: Array1<f64>,
    /// `z = W x + b`, `(n_out,)`, which forward keeps for backward.
    pub z: Array1<f64>,
}

impl Layer {
    fn reference(&self) -> by_hand::Layer {
        by_hand::Layer::from_parts(self.w.clone(), self.b.clone(), self.activation)
    }

    fn case(&self) -> Case {
        Case::new()
            .input("W", &self.w)
            .input("b", &self.b)
            .note("activation", &format!("{:?}", self.activation))
    }

    /// Each check begins with a square `W`, where a product of the wrong sides goes unnoticed and
    /// the numbers tell what is wrong. After that, what goes wrong may just be a matter of shape.
    fn suspect_shapes(&self, feedback: Box<Feedback>) -> Box<Feedback> {
        let (rows, columns) = self.w.dim();
        let rectangular = rows != columns && !feedback.unanswered;
        feedback.likely(
            rectangular,
            &format!(
                "a square W went well; this one has {rows} rows and {columns} columns"
            ),
        )
    }
}

fn relu(z: &Array1<f64>) -> Array1<f64> {
    z.mapv(|z| z.max(0.0))
}
