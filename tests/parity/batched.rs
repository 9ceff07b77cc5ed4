//! Part II's cases: batches, every optimizer, the schedules, and dropout.

use ndarray::Array1;
use no_magic::batched::schedule::{cosine, halving};
use no_magic::batched::{Adam, Dropout, Layer, Sgd};

use crate::arrays::{Arrays, add};
use crate::inputs::{DROPOUT_RATE, LESSON, SMALL, network};
use crate::training::{first_batch, train};

/// As many epochs as a training begins.
const EPOCHS: usize = 334;

pub fn batches() -> Arrays {
    let mut arrays = first_batch("Batches", &network(&LESSON));
    let sgd = Sgd::new(0.1);
    arrays.extend(train("Batches", network(&LESSON), sgd, |_| 0.1));
    arrays
}

pub fn optimizers() -> Arrays {
    let momentum = Sgd { momentum: 0.9, ..Sgd::new(0.05) };
    let nesterov = Sgd { nesterov: true, ..momentum.clone() };
    let weight_decay = Sgd { weight_decay: 0.01, ..momentum.clone() };
    let adam = Adam::new(0.01);
    let adamw = Adam { weight_decay: 0.1, ..adam.clone() };
    let small = || network(&SMALL);
    [
        train("Momentum", small(), momentum, |_| 0.05),
        train("Nesterov's momentum", small(), nesterov, |_| 0.05),
        train("Momentum and weight decay", small(), weight_decay, |_| 0.05),
        train("Adam", small(), adam, |_| 0.01),
        train("AdamW", small(), adamw, |_| 0.01),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn schedules() -> Arrays {
    let halving = |epoch| halving(0.2, 50, epoch);
    let cosine = |epoch| cosine(0.2, EPOCHS, epoch);
    let mut arrays = scheduled("Halved learning rate", halving);
    arrays.extend(scheduled("Cosine learning rate", cosine));
    arrays
}

/// The learning rate of every tenth epoch, and a training with it.
fn scheduled(case: &str, lr: impl Fn(usize) -> f64) -> Arrays {
    let epochs = (0..EPOCHS).step_by(10);
    let rates: Array1<f64> = epochs.map(&lr).collect();
    let sgd = Sgd::new(lr(0));
    let mut arrays = train(case, network(&SMALL), sgd, lr);
    add(&mut arrays, format!("{case}/schedule/learning rates"), &rates);
    arrays
}

pub fn dropout() -> Arrays {
    let dropout = Dropout::new(DROPOUT_RATE).unwrap();
    let mut network = network(&SMALL);
    network.layers.insert(2, Layer::Dropout(dropout));
    let mut arrays = first_batch("Dropout", &network);
    arrays.extend(train("Dropout", network, Sgd::new(0.1), |_| 0.1));
    arrays
}
