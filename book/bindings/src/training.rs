//! Training from scratch, an epoch at a time.

use no_magic::dataset::Dataset;
use no_magic::drawing::PIXELS;
use no_magic::fast::NeuralNet;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use wasm_bindgen::prelude::*;

use crate::refuse;

/// A network, the examples that it learns from, and the generator that shuffles
/// them.
#[wasm_bindgen]
pub struct Training {
    pub(crate) network: NeuralNet,
    pub(crate) data: Dataset,
    pub(crate) rng: ChaCha8Rng,
}

#[wasm_bindgen]
impl Training {
    /// Draws the examples, so many of each class, and then the initial weights, as
    /// the program's `train` does.
    ///
    /// `noise` is the probability with which a pixel of an example is flipped.
    #[wasm_bindgen(constructor)]
    pub fn new(
        horizontal: usize,
        vertical: usize,
        x: usize,
        hidden: usize,
        noise: f64,
        seed: u32,
    ) -> Result<Training, JsError> {
        if !(0.0..=1.0).contains(&noise) {
            return refuse("the noise is a probability, from 0 to 1");
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed.into());
        let data =
            patterns::noisy_dataset([horizontal, vertical, x], noise, &mut rng)?;
        let network = NeuralNet::new(&[PIXELS, hidden, data.classes()], &mut rng)?;
        Ok(Self { network, data, rng })
    }

    /// Trains for one epoch; the mean loss of its examples.
    pub fn epoch(&mut self, learning_rate: f64) -> f64 {
        self.network.train_epoch(&self.data, learning_rate, &mut self.rng)
    }

    /// The share of the examples that the network gets right, from 0 to 1.
    pub fn accuracy(&mut self) -> f64 {
        self.network.accuracy(&self.data)
    }

    /// The number of examples.
    pub fn examples(&self) -> usize {
        self.data.len()
    }

    /// All weights and biases: of each layer `W`, row after row, and then `b`.
    pub fn parameters(&self) -> Vec<f64> {
        self.network.parameters()
    }
}
