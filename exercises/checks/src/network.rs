//! Checks of the exercise `network`: layers become a network, and the network
//! learns.

mod capstone;
mod epoch;
mod predict;
mod step;

use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Activation, Layer, NeuralNet};

use crate::case::Case;

pub use capstone::{Capstone, capstone};
pub use epoch::{TrainEpoch, train_epoch};
pub use predict::{Predict, Stack, predict};
pub use step::{OutputGradient, TrainStep, output_gradient, train_step};

/// The weights and biases of layers, from first to last.
type Parameters = Vec<(Array2<f64>, Array1<f64>)>;

/// Two layers with as many outputs as inputs, so that a mistake in their order
/// shows in numbers rather than in a product that does not fit.
fn square() -> Parameters {
    vec![
        (array![[1.0, -1.0], [0.5, 2.0]], array![0.5, -1.0]),
        (array![[1.0, 0.5], [-1.0, 1.0]], array![0.5, 0.0]),
    ]
}

fn three_layers() -> Parameters {
    vec![
        (array![[1.0, -0.5], [-1.0, 1.0], [0.5, 1.0]], array![0.0, 0.5, -0.25]),
        (array![[0.5, 1.0, -1.0], [1.0, -0.5, 0.5]], array![0.25, 0.0]),
        (array![[1.0, -1.0], [0.5, 0.5], [-1.0, 1.5]], array![0.0, 0.1, -0.1]),
    ]
}

fn one_layer() -> Parameters {
    vec![(array![[0.5, -1.0, 1.0], [1.0, 0.25, -0.5]], array![0.0, 0.5])]
}

/// The layers with these weights: ReLU, and softmax for the last.
fn layers(parameters: Parameters) -> Vec<Layer> {
    let last = parameters.len() - 1;
    let activation = |l| {
        if l == last { Activation::Softmax } else { Activation::Relu }
    };
    (0..)
        .zip(parameters)
        .map(|(l, (w, b))| Layer::from_parts(w, b, activation(l)))
        .collect()
}

fn network(layers: &[Layer]) -> NeuralNet {
    NeuralNet { layers: layers.to_vec() }
}

fn case(layers: &[Layer]) -> Case {
    (0..).zip(layers).fold(Case::new(), |case, (l, layer)| {
        case.input(&w_name(l), &layer.w).input(&b_name(l), &layer.b)
    })
}

fn w_name(l: usize) -> String {
    format!("layers[{l}].w")
}

fn b_name(l: usize) -> String {
    format!("layers[{l}].b")
}

/// Forward through these layers; `None` if one does not fit the one before.
fn forward<'a>(
    layers: impl IntoIterator<Item = &'a mut Layer>,
    x: &Array1<f64>,
) -> Option<Array1<f64>> {
    let mut a = x.clone();
    for layer in layers {
        if layer.n_in() != a.len() {
            return None;
        }
        a = layer.forward(&a);
    }
    Some(a)
}

/// Back through these layers; `None` if one does not fit the one before.
fn backward<'a>(
    layers: impl IntoIterator<Item = &'a mut Layer>,
    grad: &Array1<f64>,
    lr: f64,
) -> Option<()> {
    let mut grad = grad.clone();
    for layer in layers {
        if layer.n_out() != grad.len() {
            return None;
        }
        grad = layer.backward(&grad, lr);
    }
    Some(())
}

/// All weights and biases in one row.
fn flatten(layers: &[Layer]) -> Array1<f64> {
    network(layers).parameters().into()
}
