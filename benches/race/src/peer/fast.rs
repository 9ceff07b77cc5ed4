//! The fast networks behind the trait.

use ndarray::{Array1, Array2, ArrayView2, NdFloat};
use no_magic::{by_hand, fast};

use super::Peer;
use crate::Parameters;

/// The fast network that takes one example at a time.
pub struct Fast {
    network: fast::NeuralNet,
    learning_rate: f64,
}

impl Fast {
    /// From these weights and biases.
    pub fn new(parameters: &Parameters, learning_rate: f64) -> Self {
        let network = by_hand::NeuralNet::from_parameters(parameters.clone())
            .expect("parameters of a network");
        let network = fast::NeuralNet::from(&network);
        Self { network, learning_rate }
    }
}

impl Peer for Fast {
    /// With the lesson's own loss, which has the 1e-7 in it.
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64 {
        let &[y] = y else { panic!("one example at a time") };
        self.network.train_step(&x.row(0), y, self.learning_rate)
    }

    fn parameters(&self) -> Parameters {
        let network = by_hand::NeuralNet::from(&self.network);
        let layers = network.layers.into_iter();
        layers.map(|layer| (layer.w, layer.b)).collect()
    }
}

/// The fast network that takes batches, with numbers of either width.
pub struct FastBatches<F> {
    network: fast::Network<F>,
    shapes: Vec<(usize, usize)>,
    learning_rate: f64,
}

impl<F: NdFloat> FastBatches<F> {
    /// From these weights and biases.
    pub fn new(parameters: &Parameters, learning_rate: f64) -> Self {
        let network = fast::Network::from_parameters(parameters.clone())
            .expect("parameters of a network");
        let shapes = parameters.iter().map(|(w, _)| w.dim()).collect();
        Self { network, shapes, learning_rate }
    }
}

impl<F: NdFloat> Peer for FastBatches<F> {
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64 {
        let x = x.mapv(narrow::<F>);
        wide(self.network.train_step(&x, y, narrow(self.learning_rate)))
    }

    fn parameters(&self) -> Parameters {
        let numbers = self.network.parameters();
        let mut numbers = numbers.into_iter().map(wide);
        let layers = self.shapes.iter().map(|&(n_out, n_in)| {
            let w = numbers.by_ref().take(n_out * n_in).collect();
            let b: Array1<f64> = numbers.by_ref().take(n_out).collect();
            let w = Array2::from_shape_vec((n_out, n_in), w);
            (w.expect("as many as W has"), b)
        });
        layers.collect()
    }
}

fn narrow<F: NdFloat>(number: f64) -> F {
    F::from(number).expect("a float of any width holds it, rounded")
}

fn wide<F: NdFloat>(number: F) -> f64 {
    number.to_f64().expect("a float of any width")
}
