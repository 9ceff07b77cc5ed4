//! Exercise `network`, answered.

use ndarray::Array1;
use no_magic::by_hand::{Activation, Layer};
use no_magic::dataset::Dataset;
use no_magic::patterns;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

/// A layer for each size and the next: ReLU, and softmax for the last.
///
/// `[36, 16, 3]` gives two layers, one from 36 inputs to 16 outputs and one from 16
/// to 3. The weights are He's, drawn from `rng`, and every bias is 0.
pub fn stack(sizes: &[usize], rng: &mut ChaCha8Rng) -> Vec<Layer> {
    let n_layers = sizes.len() - 1;
    (0..n_layers)
        .map(|l| {
            // Only the last layer's output has to be probabilities.
            let activation = if l + 1 == n_layers {
                Activation::Softmax
            } else {
                Activation::Relu
            };
            Layer::new(sizes[l], sizes[l + 1], activation, rng)
        })
        .collect()
}

/// The probability of each class: forward through all layers, first to last.
///
/// Shapes: `x` is `(n_in,)`, the result `(n_out,)`.
pub fn predict(layers: &mut [Layer], x: &Array1<f64>) -> Array1<f64> {
    // What one layer returns is what the next one gets.
    let mut a = x.clone();
    for layer in layers {
        a = layer.forward(&a);
    }
    a
}

/// `yhat - one_hot(y)`: the gradient of the loss at the last layer's `z`.
///
/// Shapes: `yhat` and the result are `(classes,)`.
pub fn output_gradient(yhat: &Array1<f64>, y: usize) -> Array1<f64> {
    // one_hot(y) is 0 at every other class, so only one entry changes.
    let mut grad = yhat.clone();
    grad[y] -= 1.0;
    grad
}

/// One step of gradient descent on one example; returns its loss from before the
/// step, `-ln(yhat[y] + 1e-7)`.
pub fn train_step(layers: &mut [Layer], x: &Array1<f64>, y: usize, lr: f64) -> f64 {
    let yhat = predict(layers, x);
    // The loss comes from the yhat that led to this step, so it's taken before the
    // weights move.
    let loss = -(yhat[y] + 1e-7).ln();

    let mut grad = output_gradient(&yhat, y);
    // Each layer returns dx, which is the gradient for the layer before it.
    for layer in layers.iter_mut().rev() {
        grad = layer.backward(&grad, lr);
    }
    loss
}

/// A training step for each example, in a new random order; returns the mean of
/// their losses.
pub fn train_epoch(
    layers: &mut [Layer],
    data: &Dataset,
    lr: f64,
    rng: &mut ChaCha8Rng,
) -> f64 {
    // Shuffle the indices and not the data, so that each input stays with its
    // label.
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.shuffle(rng);

    let mut total = 0.0;
    for i in order {
        let x = data.x(i).to_owned();
        total += train_step(layers, &x, data.y(i), lr);
    }
    total / data.len() as f64
}

/// A network `[36, 16, 3]` that is right about 95% of the patterns it has never
/// seen.
pub fn capstone(rng: &mut ChaCha8Rng) -> Vec<Layer> {
    // More drawings help more than more epochs: the network has to guess what it
    // hasn't seen.
    let data = patterns::dataset([300; 3], rng).expect("there are examples");
    let mut layers = stack(&[36, 16, 3], rng);
    for _ in 0..100 {
        train_epoch(&mut layers, &data, 0.05, rng);
    }
    layers
}
