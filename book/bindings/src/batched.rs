//! The same training in batches, by one of the optimizers of Part II.

use ndarray::{Array1, ArrayViewMut1};
use no_magic::batched::{self, Adam, Network, Sgd};
use no_magic::by_hand;
use no_magic::dataset::Dataset;
use rand::rngs::ChaCha8Rng;
use wasm_bindgen::prelude::*;

use crate::refuse;
use crate::training::Training;

/// A training in shuffled batches.
#[wasm_bindgen]
pub struct BatchedTraining {
    network: Network,
    optimizer: Optimizer,
    batch_size: usize,
    data: Dataset,
    rng: ChaCha8Rng,
}

#[wasm_bindgen]
impl BatchedTraining {
    /// Goes on from another training, which is used up: with its examples, its
    /// weights, and the generator that shuffles.
    ///
    /// The optimizers are `sgd`, `momentum` (0.9) and `adam`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        start: Training,
        optimizer: &str,
        batch_size: usize,
    ) -> Result<BatchedTraining, JsError> {
        if batch_size == 0 {
            return refuse("a batch needs at least one example");
        }
        // Each epoch gets its own learning rate.
        let optimizer = match optimizer {
            "sgd" => Optimizer::Sgd(Sgd::new(0.0)),
            "momentum" => Optimizer::Sgd(Sgd { momentum: 0.9, ..Sgd::new(0.0) }),
            "adam" => Optimizer::Adam(Adam::new(0.0)),
            _ => return refuse("the optimizers are sgd, momentum and adam"),
        };
        let Training { network, data, rng } = start;
        Ok(Self {
            network: Network::from(&by_hand::NeuralNet::from(&network)),
            optimizer,
            batch_size,
            data,
            rng,
        })
    }

    /// Trains for one epoch; the mean loss of its examples.
    pub fn epoch(&mut self, learning_rate: f64) -> Result<f64, JsError> {
        if !(learning_rate.is_finite() && learning_rate >= 0.0) {
            return refuse("the learning rate is a number, zero or more");
        }
        batched::Optimizer::set_lr(&mut self.optimizer, learning_rate);
        Ok(self.network.train_epoch(
            &mut self.optimizer,
            &self.data,
            self.batch_size,
            &mut self.rng,
        ))
    }

    /// The share of the examples that the network gets right, from 0 to 1.
    pub fn accuracy(&self) -> f64 {
        self.network.accuracy(&self.data)
    }

    /// All weights and biases: of each layer `W`, row after row, and then `b`.
    pub fn parameters(&mut self) -> Vec<f64> {
        let parameters = self.network.parameters_mut();
        parameters.iter().flatten().copied().collect()
    }
}

/// An optimizer that is chosen while the program runs.
enum Optimizer {
    Sgd(Sgd),
    Adam(Adam),
}

impl batched::Optimizer for Optimizer {
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        match self {
            Self::Sgd(sgd) => sgd.step(parameters, gradients),
            Self::Adam(adam) => adam.step(parameters, gradients),
        }
    }

    fn set_lr(&mut self, lr: f64) {
        match self {
            Self::Sgd(sgd) => sgd.set_lr(lr),
            Self::Adam(adam) => adam.set_lr(lr),
        }
    }
}
