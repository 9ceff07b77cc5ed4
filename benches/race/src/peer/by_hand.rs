//! Part I behind the trait.

use ndarray::ArrayView2;
use no_magic::by_hand::NeuralNet;
use no_magic::cross_entropy;

use super::Peer;
use crate::Parameters;

/// Part I. It takes one example at a time.
pub struct ByHand {
    network: NeuralNet,
    learning_rate: f64,
}

impl ByHand {
    /// From these weights and biases.
    pub fn new(parameters: &Parameters, learning_rate: f64) -> Self {
        let network = NeuralNet::from_parameters(parameters.clone())
            .expect("parameters of a network");
        Self { network, learning_rate }
    }
}

impl Peer for ByHand {
    /// The loss is computed from the logits, as in the others: the 1e-7 in Part I's
    /// own is for its log.
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64 {
        let &[y] = y else { panic!("one example at a time") };
        let x = x.row(0).to_owned();
        self.network.train_step(&x, y, self.learning_rate);
        let last = self.network.layers.last();
        cross_entropy::from_logits(&last.expect("a layer").z, y)
    }

    fn parameters(&self) -> Parameters {
        let layers = self.network.layers.iter();
        layers.map(|layer| (layer.w.clone(), layer.b.clone())).collect()
    }
}
