//! candle behind the traits.

use candle_core::{DType, Result};
use candle_nn::SGD;
use ndarray::{Array2, ArrayView2};

use super::{OpenPeer, Peer};
use crate::Parameters;
use crate::candle::{Network, array, floats, labels};

/// candle.
pub struct Candle {
    network: Network,
    optimizer: SGD,
}

impl Candle {
    const DTYPE: DType = DType::F64;

    /// From these weights and biases.
    pub fn new(parameters: &Parameters, learning_rate: f64) -> Result<Self> {
        let network = Network::from_parameters(parameters, Self::DTYPE)?;
        let optimizer = network.sgd(learning_rate)?;
        Ok(Self { network, optimizer })
    }

    fn step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> Result<f64> {
        let x = floats(x, Self::DTYPE)?;
        let y = labels(y)?;
        self.network.train_step(&mut self.optimizer, &x, &y)?.to_scalar()
    }
}

impl Peer for Candle {
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64 {
        self.step(x, y).expect("a batch of the network")
    }

    fn parameters(&self) -> Parameters {
        self.network.parameters().expect("tensors of floats")
    }
}

impl OpenPeer for Candle {
    fn logits(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let logits = || {
            let x = floats(x, Self::DTYPE)?;
            array(&self.network.predict(&x)?)
        };
        logits().expect("a batch of the network")
    }

    fn gradients(&self, x: ArrayView2<'_, f64>, y: &[usize]) -> Parameters {
        let gradients = || {
            let x = floats(x, Self::DTYPE)?;
            self.network.gradients(&x, &labels(y)?)
        };
        gradients().expect("a batch of the network")
    }
}
