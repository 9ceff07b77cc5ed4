//! The training step in its four parts, and the epoch.

use ndarray::Array2;
use rand::Rng;

use super::{Batches, Network, Optimizer, mean_cross_entropy};
use crate::dataset::Dataset;
use crate::softmax::argmax;

/// One step on a batch; returns its mean loss from before the step.
///
/// Shapes: `x` is `(batch, n_in)`, with a label for each row.
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::{Layer, Linear, Network, Sgd, train_step};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let linear = Linear { w: array![[0.0, 0.0], [0.0, 0.0]], b: array![0.0, 0.0] };
/// let mut network = Network { layers: vec![Layer::Linear(linear)] };
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
///
/// let x = array![[1.0, 0.0], [0.0, 1.0]];
/// let loss = train_step(&mut network, &mut Sgd::new(1.0), x, &[0, 1], &mut rng);
/// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
/// let Layer::Linear(linear) = &network.layers[0] else { unreachable!() };
/// assert_eq!(linear.w, array![[0.25, -0.25], [-0.25, 0.25]]);
/// ```
///
/// # Panics
///
/// If `x` does not fit the network, or the labels don't fit `x` or the classes.
#[track_caller]
// ANCHOR: train_step
pub fn train_step(
    network: &mut Network,
    optimizer: &mut impl Optimizer,
    x: Array2<f64>,
    y: &[usize],
    rng: &mut impl Rng,
) -> f64 {
    let (logits, trace) = network.forward(x, rng);
    let (loss, grad) = mean_cross_entropy(logits.view(), y);
    let gradients = network.backward(&trace, grad);
    optimizer.step(&mut network.parameters_mut(), &gradients);
    network.observe(&trace);
    loss
}
// ANCHOR_END: train_step

/// One epoch in shuffled batches; returns the mean loss of its examples, each taken before the step
/// of its batch.
///
/// # Panics
///
/// If the examples don't fit the network, or the batch size is zero.
#[track_caller]
// ANCHOR: train_epoch
pub fn train_epoch(
    network: &mut Network,
    optimizer: &mut impl Optimizer,
    data: &Dataset,
    batch_size: usize,
    rng: &mut impl Rng,
) -> f64 {
    let mut total = 0.0;
    for (x, y) in Batches::new(data, batch_size, rng) {
        let batch = y.len() as f64;
        total += batch * train_step(network, optimizer, x, &y, rng);
    }
    total / data.len() as f64
}
// ANCHOR_END: train_epoch

/// The share of examples whose class the network gets right, from 0 to 1.
///
/// # Panics
///
/// If the examples don't fit the network.
#[track_caller]
pub fn accuracy(network: &Network, data: &Dataset) -> f64 {
    let logits = network.predict(data.inputs());
    let right = logits
        .rows()
        .into_iter()
        .zip(data.labels())
        .filter(|&(z, &y)| argmax(z) == Some(y));
    right.count() as f64 / data.len() as f64
}

/// The mean cross-entropy of the network's predictions.
///
/// # Panics
///
/// If the examples don't fit the network.
#[track_caller]
pub fn mean_loss(network: &Network, data: &Dataset) -> f64 {
    mean_cross_entropy(
        network.predict(data.inputs()).view(),
        data.labels(),
    )
    .0
}
