//! Checks of the exercise `layer`: one layer's weights, its forward pass and its
//! backward pass.

mod backward;
mod forward;
mod weights;

use crate::case::Case;
use crate::feedback::Feedback;

pub use backward::{Backward, backward};
pub use forward::{Forward, forward};
pub use no_magic::by_hand::{Activation, Layer};
pub use weights::{HeWeights, he_weights};

fn case(layer: &Layer) -> Case {
    Case::new()
        .input("W", &layer.w)
        .input("b", &layer.b)
        .note("activation", &format!("{:?}", layer.activation))
}

/// Each check begins with a square `W`, where a product of the wrong sides goes
/// unnoticed and the numbers tell what is wrong. After that, what goes wrong may
/// just be a matter of shape.
fn suspect_shapes(layer: &Layer, feedback: Box<Feedback>) -> Box<Feedback> {
    let (rows, columns) = layer.w.dim();
    let rectangular = rows != columns && !feedback.unanswered;
    feedback.likely(
        rectangular,
        &format!(
            "a square W went well; this one has {rows} rows and {columns} columns"
        ),
    )
}
