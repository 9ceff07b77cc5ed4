//! What all three start from: the data, its order, the weights, the masks, and a
//! few small arrays.

use ndarray::{Array, Array1, Array2, Array3, Dimension, ShapeBuilder, s};
use no_magic::batched::{Batches, Dropout, Layer, Linear, Network};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns;
use no_magic::random::standard_normal;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::arrays::{Arrays, add};

pub const BATCH: usize = 32;
/// Two whole batches and a short one.
pub const BATCHES_PER_EPOCH: usize = 3;
const COUNTS: [usize; 3] = [25, 25, 24];
/// After so many epochs, the orders repeat.
const ORDERS: usize = 10;
pub const DROPOUT_RATE: f64 = 0.25;
pub const LESSON: [usize; 3] = [36, 16, 3];
pub const SMALL: [usize; 3] = [36, 4, 3];

pub fn seeded(seed: usize) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed as u64)
}

pub fn data() -> Dataset {
    patterns::dataset(COUNTS, &mut seeded(0)).unwrap()
}

/// The order of the examples in an epoch: that of [`Batches`] with the same
/// generator.
pub fn order(epoch: usize, data: &Dataset) -> Vec<usize> {
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.shuffle(&mut seeded(epoch % ORDERS));
    order
}

/// The batch of a step, counted from 0.
pub fn batch(step: usize, data: &Dataset) -> (Array2<f64>, Vec<usize>) {
    let epoch = step / BATCHES_PER_EPOCH;
    Batches::new(data, BATCH, &mut seeded(epoch % ORDERS))
        .nth(step % BATCHES_PER_EPOCH)
        .expect("a batch of the epoch")
}

/// The generator from which a step's mask is drawn: the same for each epoch.
pub fn mask_rng(step: usize) -> ChaCha8Rng {
    seeded(step % BATCHES_PER_EPOCH)
}

/// He's weights, and biases that are not all zero.
pub fn parameters(sizes: &[usize]) -> Vec<(Array2<f64>, Array1<f64>)> {
    let mut rng = seeded(1);
    let network = NeuralNet::new(sizes, &mut rng).unwrap();
    let layers = network.layers.iter();
    layers
        .map(|layer| {
            let b = normal(layer.n_out(), &mut rng) * 0.1;
            (layer.w.clone(), b)
        })
        .collect()
}

/// The network of Part II with these weights, ReLU between the layers.
pub fn network(sizes: &[usize]) -> Network {
    let mut layers = vec![];
    for (w, b) in parameters(sizes) {
        if !layers.is_empty() {
            layers.push(Layer::Relu);
        }
        layers.push(Layer::Linear(Linear { w, b }));
    }
    Network { layers }
}

/// The arrays of batch normalization: five batches, the last of which is for
/// predictions.
pub struct BatchNormInputs {
    pub x: Array3<f64>,
    pub dy: Array2<f64>,
    pub gamma: Array1<f64>,
    pub beta: Array1<f64>,
}

pub fn batch_norm(features: usize) -> BatchNormInputs {
    let mut rng = seeded(2);
    BatchNormInputs {
        x: normal((5, 7, features), &mut rng) * 2.0 + 1.0,
        dy: normal((7, features), &mut rng),
        gamma: normal(features, &mut rng) * 0.3 + 1.0,
        beta: normal(features, &mut rng),
    }
}

/// The operands of the tape's operations, by name.
pub fn operands() -> Vec<(&'static str, Array2<f64>)> {
    let mut rng = seeded(3);
    let shapes = [
        ("a", (2, 3)),
        ("b", (2, 3)),
        ("c", (3, 4)),
        ("row", (1, 3)),
        ("column", (2, 1)),
        ("scalar", (1, 1)),
    ];
    let mut operands =
        shapes.map(|(name, shape)| (name, normal(shape, &mut rng))).to_vec();
    let positive = normal((2, 3), &mut rng).mapv(|x| x.abs() + 0.1);
    operands.push(("positive", positive));
    operands
}

/// How much each entry of a result counts in the scalar whose gradient is taken.
pub fn counts(shape: (usize, usize)) -> Array2<f64> {
    let counts: Array2<f64> = normal((4, 4), &mut seeded(4));
    counts.slice(s![..shape.0, ..shape.1]).to_owned()
}

/// The class that `pick` takes from each row.
pub const LABELS: [usize; 2] = [2, 0];

fn normal<D: Dimension>(
    shape: impl ShapeBuilder<Dim = D>,
    rng: &mut ChaCha8Rng,
) -> Array<f64, D> {
    Array::from_shape_simple_fn(shape, || standard_normal(rng))
}

/// Everything that the programs in Python read.
pub fn export() -> Arrays {
    let data = data();
    let mut arrays = Arrays::new();

    add(&mut arrays, "patterns/x", data.inputs());
    add(&mut arrays, "patterns/y", &numbers(data.labels()));
    for epoch in 0..ORDERS {
        let order = numbers(&order(epoch, &data));
        add(&mut arrays, format!("order/{epoch}"), &order);
    }
    for (name, sizes) in [("lesson", LESSON), ("small", SMALL)] {
        for (number, (w, b)) in (1..).zip(parameters(&sizes)) {
            add(&mut arrays, format!("{name}/w{number}"), &w);
            add(&mut arrays, format!("{name}/b{number}"), &b);
        }
    }
    let dropout = Dropout::new(DROPOUT_RATE).unwrap();
    for step in 0..BATCHES_PER_EPOCH {
        let shape = (batch(step, &data).1.len(), SMALL[1]);
        let mask = dropout.mask(shape, &mut mask_rng(step));
        add(&mut arrays, format!("mask/{step}"), &mask);
    }
    let norm = batch_norm(SMALL[1]);
    add(&mut arrays, "batch norm/x", &norm.x);
    add(&mut arrays, "batch norm/dy", &norm.dy);
    add(&mut arrays, "batch norm/gamma", &norm.gamma);
    add(&mut arrays, "batch norm/beta", &norm.beta);
    for (name, operand) in operands() {
        add(&mut arrays, format!("tape/{name}"), &operand);
    }
    add(&mut arrays, "tape/counts", &counts((4, 4)));
    add(&mut arrays, "tape/labels", &numbers(&LABELS));
    arrays
}

fn numbers(values: &[usize]) -> Array1<f64> {
    values.iter().map(|&value| value as f64).collect()
}
