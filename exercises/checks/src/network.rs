//! Checks of the exercise `network`: layers become a network, and the network
//! learns.

mod capstone;
mod epoch;
mod gradient;
mod predict;
mod step;

use ndarray::{Array, Array1, Array2, Dimension, array};
use no_magic::by_hand::{Activation, Layer};
use no_magic::softmax::argmax;

pub use capstone::{Capstone, capstone};
pub use epoch::{TrainEpoch, train_epoch};
pub use gradient::{OutputGradient, output_gradient};
pub use predict::{Predict, Stack, predict};
pub use step::{TrainStep, train_step};

use crate::comparison::close;
use crate::draws::Draws;
use crate::{Given, Outcome, Provable};

/// The questions that are data.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(predict::question()),
        Box::new(gradient::question()),
        Box::new(step::question()),
        Box::new(epoch::question()),
    ]
}

/// The layers with these weights: ReLU, and softmax for the last. What they keep
/// for backward is still that of another example.
fn layers(parameters: Vec<(Array2<f64>, Array1<f64>)>) -> Vec<Layer> {
    let last = parameters.len() - 1;
    let layer = |(l, (w, b)): (usize, (Array2<f64>, Array1<f64>))| {
        let (n_out, n_in) = w.dim();
        Layer {
            w,
            b,
            activation: [Activation::Relu, Activation::Softmax]
                [usize::from(l == last)],
            x: Array1::from_elem(n_in, 0.25),
            z: Array1::from_elem(n_out, 0.75),
        }
    };
    (0..).zip(parameters).map(layer).collect()
}

/// Networks with an example for each: a few to follow by hand, and random ones of
/// many shapes, which are neither sure nor undecided.
fn examples() -> Vec<(Vec<Layer>, Array1<f64>)> {
    // As many outputs as inputs, so that a wrong order gives numbers, not a panic.
    let square = || {
        layers(vec![
            (array![[1.0, -1.0], [0.5, 2.0]], array![0.5, -1.0]),
            (array![[1.0, 0.5], [-1.0, 1.0]], array![0.5, 0.0]),
        ])
    };
    let mut examples =
        vec![(square(), array![2.0, 1.0]), (square(), array![1.0, 2.0])];
    let sizes: [&[usize]; 6] =
        [&[3, 3, 3, 3], &[3, 2], &[2, 3, 2, 3], &[3, 4, 3], &[2, 2, 2, 2], &[4, 4]];
    let mut draws = Draws::new(1);
    while examples.len() < 2 + 2 * sizes.len() {
        let sizes = sizes[examples.len() % sizes.len()];
        let parameters = sizes.windows(2).map(|pair| {
            let w = 0.5 * draws.array((pair[1], pair[0]));
            (w, 0.5 * draws.array(pair[1]))
        });
        let (layers, x) = (layers(parameters.collect()), draws.array(sizes[0]));
        let yhat = forward(&mut layers.clone(), &x);
        let max = yhat[likeliest(&yhat)];
        let contenders = yhat.iter().filter(|&&p| p > max - 0.01).count();
        if contenders == 1 && yhat.iter().all(|&p| p > 0.01) {
            examples.push((layers, x));
        }
    }
    examples
}

fn forward(layers: &mut [Layer], x: &Array1<f64>) -> Array1<f64> {
    layers.iter_mut().fold(x.clone(), |a, layer| layer.forward(&a))
}

fn back(layers: &mut [Layer], grad: &Array1<f64>, lr: f64) {
    let layers = layers.iter_mut().rev();
    layers.fold(grad.clone(), |grad, layer| layer.backward(&grad, lr));
}

/// One step of gradient descent, and its loss.
fn one_step(layers: &mut [Layer], x: &Array1<f64>, y: usize, lr: f64) -> f64 {
    let yhat = forward(layers, x);
    back(layers, &(&yhat - one_hot(&yhat, y)), lr);
    loss(yhat[y])
}

fn loss(p: f64) -> f64 {
    -(p + 1e-7).ln()
}

/// A mean loss. Where the 1e-7 hardly matters, one without it is as good.
fn without_epsilon(losses: &[f64], yours: f64) -> f64 {
    let mean = |of: fn(f64) -> f64| {
        losses.iter().map(|&loss| of(loss)).sum::<f64>() / losses.len() as f64
    };
    let without = mean(|loss| -((-loss).exp() - 1e-7).ln());
    let matters = losses.iter().any(|&loss| loss > 7.0);
    if !matters && close(without, yours) { mean(|loss| loss) } else { yours }
}

/// # Panics
///
/// If there is no class `y`.
fn one_hot(yhat: &Array1<f64>, y: usize) -> Array1<f64> {
    let mut one_hot = Array1::zeros(yhat.len());
    one_hot[y] = 1.0;
    one_hot
}

fn likeliest(yhat: &Array1<f64>) -> usize {
    argmax(yhat).unwrap_or(0)
}

fn given(layers: &[Layer]) -> Given {
    (0..).zip(layers).fold(Given::new(), |given, (l, layer)| {
        given.value(&w_name(l), &layer.w).value(&b_name(l), &layer.b)
    })
}

/// How far the layers have moved, from the last to the first: a mistake in one
/// shows in all below it.
fn changes(outcome: Outcome, before: &[Layer], after: &[Layer]) -> Outcome {
    fn change<D: Dimension>(
        to: &Array<f64, D>,
        from: &Array<f64, D>,
    ) -> Array<f64, D> {
        if to.dim() == from.dim() { to - from } else { to.clone() }
    }
    let pairs = before.iter().zip(after).enumerate().rev();
    pairs.fold(outcome, |outcome, (l, (before, after))| {
        let names = [w_name(l), b_name(l)].map(|name| format!("change of {name}"));
        outcome
            .value(&names[0], &change(&after.w, &before.w))
            .value(&names[1], &change(&after.b, &before.b))
    })
}

fn w_name(l: usize) -> String {
    format!("layers[{l}].w")
}

fn b_name(l: usize) -> String {
    format!("layers[{l}].b")
}
