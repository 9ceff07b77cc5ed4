//! Checks of the exercise `layer`: one layer's weights, its forward pass and its
//! backward pass.

mod backward;
mod forward;
mod weights;

use ndarray::{Array1, Zip};

pub use backward::{Backward, backward};
pub use forward::{Forward, forward};
pub use no_magic::by_hand::{Activation, Layer};
pub use weights::{HeWeights, he_weights};

use crate::draws::Draws;
use crate::{Given, Provable};

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(weights::question()),
        Box::new(forward::question()),
        Box::new(backward::question()),
    ]
}

/// A random layer whose cache still holds another example.
fn layer(
    n_in: usize,
    n_out: usize,
    activation: Activation,
    draws: &mut Draws,
) -> Layer {
    Layer {
        w: draws.array((n_out, n_in)),
        b: draws.array(n_out),
        activation,
        x: Array1::from_elem(n_in, 7.0),
        z: Array1::from_elem(n_out, 7.0),
    }
}

/// Layers of many shapes, with both activations.
fn layers() -> impl Iterator<Item = (Layer, Draws)> {
    let sizes = [(2, 2), (2, 3), (4, 1), (1, 3), (3, 3), (5, 4)];
    let activations = [Activation::Relu, Activation::Softmax];
    let layers = activations.into_iter().flat_map(move |activation| {
        sizes.map(|(n_in, n_out)| (n_in, n_out, activation))
    });
    (1..).zip(layers).map(|(seed, (n_in, n_out, activation))| {
        let mut draws = Draws::new(seed);
        (layer(n_in, n_out, activation, &mut draws), draws)
    })
}

fn given(layer: &Layer) -> Given {
    Given::new()
        .value("W", &layer.w)
        .value("b", &layer.b)
        .number("activation", layer.activation)
}

fn kinds(layer: &Layer) -> Vec<(&'static str, bool)> {
    let softmax = layer.activation == Activation::Softmax;
    vec![
        ("a ReLU layer", !softmax),
        ("a softmax layer", softmax),
        ("a square W", layer.w.is_square()),
        ("a W that isn't square", !layer.w.is_square()),
        ("a single output", layer.n_out() == 1),
        ("a single input", layer.n_in() == 1),
    ]
}

/// The gradient where `passes` says so of `z`, and 0 elsewhere.
pub(crate) fn masked(
    grad: &Array1<f64>,
    z: &Array1<f64>,
    passes: impl Fn(f64) -> bool,
) -> Array1<f64> {
    let pass = |&grad: &f64, &z: &f64| if passes(z) { grad } else { 0.0 };
    Zip::from(grad).and(z).map_collect(pass)
}
