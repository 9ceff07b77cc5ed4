//! Burn behind the traits.

use burn::optim::{ModuleOptimizer, SgdConfig};
use burn::tensor::{DType, Device};
use ndarray::{Array2, ArrayView2};

use super::{OpenPeer, Peer};
use crate::Parameters;
use crate::burn::{Network, array, floats, labels};

/// Burn, on its processor backend Flex.
pub struct Burn {
    network: Network,
    optimizer: ModuleOptimizer,
    learning_rate: f64,
    device: Device,
}

impl Burn {
    const DTYPE: DType = DType::F64;

    /// From these weights and biases.
    pub fn new(parameters: &Parameters, learning_rate: f64) -> Self {
        let device = Device::flex().autodiff();
        Self {
            network: Network::from_parameters(parameters, &device, Self::DTYPE),
            optimizer: SgdConfig::new().init(),
            learning_rate,
            device,
        }
    }
}

impl Peer for Burn {
    fn train_step(&mut self, x: ArrayView2<'_, f64>, y: &[usize]) -> f64 {
        let (network, loss) = self.network.clone().train_step(
            &mut self.optimizer,
            self.learning_rate,
            floats(x, &self.device, Self::DTYPE),
            labels(y, &self.device),
        );
        self.network = network;
        loss.into_scalar()
    }

    fn parameters(&self) -> Parameters {
        self.network.parameters()
    }
}

impl OpenPeer for Burn {
    fn logits(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let x = floats(x, &self.device, Self::DTYPE);
        array(self.network.forward(x))
    }

    fn gradients(&self, x: ArrayView2<'_, f64>, y: &[usize]) -> Parameters {
        let x = floats(x, &self.device, Self::DTYPE);
        let y = labels(y, &self.device);
        self.network.gradients(x, y)
    }
}
