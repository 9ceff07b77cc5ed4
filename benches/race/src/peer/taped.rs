//! Part III behind the trait.

use ndarray::{ArrayView2, Axis};
use no_magic::autograd::Network;
use no_magic::by_hand::NeuralNet;

use super::Peer;
use crate::Parameters;

/// Part III.
pub struct Taped {
    network: Network,
    learning_rate: f64,
}

impl Taped {
    /// From these weights and biases.
    pub fn new(parameters: &Parameters, learning_rate: f64) -> Self {
        let by_hand = NeuralNet::from_parameters(parameters.clone())
            .expect("parameters of a network");
        Self { network: Network::from(&by_hand), learning_rate }
    }
}

impl Peer for Taped {
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64 {
        self.network.train_step(&x.to_owned(), y, self.learning_rate)
    }

    fn parameters(&self) -> Parameters {
        let layers = self.network.layers().iter();
        layers
            .map(|(w, b)| (w.clone(), b.index_axis(Axis(0), 0).to_owned()))
            .collect()
    }
}
