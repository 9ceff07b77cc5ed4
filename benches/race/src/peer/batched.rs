//! Part II behind the traits.

use ndarray::{Array2, ArrayView2};
use no_magic::batched::{self, Layer, Linear, Network, Sgd};
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::{OpenPeer, Peer};
use crate::Parameters;

/// Part II.
pub struct Batched {
    network: Network,
    optimizer: Sgd,
}

impl Batched {
    /// From these weights and biases.
    pub fn new(parameters: &Parameters, learning_rate: f64) -> Self {
        let mut layers = Vec::new();
        for (w, b) in parameters.clone() {
            if !layers.is_empty() {
                layers.push(Layer::Relu);
            }
            layers.push(Layer::Linear(Linear { w, b }));
        }
        Self { network: Network { layers }, optimizer: Sgd::new(learning_rate) }
    }
}

impl Peer for Batched {
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64 {
        self.network.train_step(
            &mut self.optimizer,
            &x.to_owned(),
            y,
            &mut ChaCha8Rng::seed_from_u64(0),
        )
    }

    fn parameters(&self) -> Parameters {
        let layers = self.network.layers.iter();
        layers
            .filter_map(|layer| match layer {
                Layer::Linear(Linear { w, b }) => Some((w.clone(), b.clone())),
                _ => None,
            })
            .collect()
    }
}

impl OpenPeer for Batched {
    fn logits(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        self.network.predict(&x.to_owned())
    }

    fn gradients(&self, x: ArrayView2<'_, f64>, y: &[usize]) -> Parameters {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let (logits, trace) = self.network.forward(&x.to_owned(), &mut rng);
        let (_, grad) = batched::mean_cross_entropy(&logits, y);
        let mut gradients = self.network.backward(&trace, &grad).into_iter();
        let mut next = || gradients.next().expect("as many");
        self.parameters()
            .into_iter()
            .map(|(w, _)| {
                let dw = next().into_shape_with_order(w.dim());
                (dw.expect("as long as W"), next())
            })
            .collect()
    }
}
