//! A network to ask, to look into, and to train by a single step.

use ndarray::{Array1, Array2, ArrayView1};
use no_magic::by_hand::{Layer, NeuralNet};
use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use wasm_bindgen::prelude::*;

use crate::refuse;

const CLASSES: usize = Pattern::ALL.len();

/// A network of two layers, `[36, hidden, 3]`.
#[wasm_bindgen]
pub struct Network {
    network: NeuralNet,
}

#[wasm_bindgen]
impl Network {
    /// A network with the parameters of [`Training::parameters`](crate::training::Training::parameters).
    #[wasm_bindgen(constructor)]
    pub fn new(hidden: usize, parameters: &[f64]) -> Result<Network, JsError> {
        let sizes = [PIXELS, hidden, CLASSES];
        let mut left = parameters;
        let mut take = |count: usize| -> Result<Vec<f64>, JsError> {
            let Some((taken, rest)) = left.split_at_checked(count) else {
                return refuse("there are fewer parameters than the network has");
            };
            left = rest;
            Ok(taken.to_vec())
        };
        let mut layers = Vec::new();
        for size in sizes.windows(2) {
            let (n_in, n_out) = (size[0], size[1]);
            let w = Array2::from_shape_vec((n_out, n_in), take(n_in * n_out)?)?;
            let b = Array1::from_vec(take(n_out)?);
            layers.push((w, b));
        }
        if !left.is_empty() {
            return refuse("there are more parameters than the network has");
        }
        Ok(NeuralNet::from_parameters(layers)?.into())
    }

    /// The probability of each class for a drawing of 36 pixels, row after row.
    pub fn predict(&mut self, pixels: &[f64]) -> Result<Vec<f64>, JsError> {
        check(pixels)?;
        Ok(self.network.predict(ArrayView1::from(pixels)).to_vec())
    }

    /// One training step on a drawing; its loss from before the step.
    #[wasm_bindgen(js_name = trainStep)]
    pub fn train_step(
        &mut self,
        pixels: &[f64],
        label: usize,
        learning_rate: f64,
    ) -> Result<f64, JsError> {
        check(pixels)?;
        if label >= CLASSES {
            return refuse("the label is none of the classes");
        }
        Ok(self
            .network
            .train_step(ArrayView1::from(pixels), label, learning_rate))
    }

    /// A layer's weights, row after row.
    pub fn w(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.w().iter().copied().collect())
    }

    /// A layer's bias.
    pub fn b(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.b().to_vec())
    }

    /// A layer's `z` in the last forward pass.
    pub fn z(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.z().to_vec())
    }

    /// A layer's activations in the last forward pass.
    pub fn a(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.a().to_vec())
    }

    /// A layer's `dz` in the last backward pass.
    pub fn dz(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.dz().to_vec())
    }

    /// What a layer handed on in the last backward pass; the first hands on nothing.
    pub fn dx(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.dx().to_vec())
    }

    fn layer(&self, layer: usize) -> Result<&Layer, JsError> {
        match self.network.layers().get(layer) {
            Some(layer) => Ok(layer),
            None => refuse("the network has the layers 0 and 1"),
        }
    }
}

impl From<NeuralNet> for Network {
    fn from(network: NeuralNet) -> Self {
        Self { network }
    }
}

fn check(pixels: &[f64]) -> Result<(), JsError> {
    if pixels.len() != PIXELS {
        return refuse("a drawing has 36 pixels");
    }
    Ok(())
}

/// All weights and biases: of each layer `W`, row after row, and then `b`.
pub fn parameters(network: &NeuralNet) -> Vec<f64> {
    let layers = network.layers().iter();
    layers
        .flat_map(|layer| layer.w().into_iter().chain(layer.b()).copied())
        .collect()
}

/// A drawing of the class with this label, as the generator makes it from a seed: 36 pixels.
#[wasm_bindgen]
pub fn draw(label: usize, seed: u32) -> Result<Vec<f64>, JsError> {
    let Some(pattern) = Pattern::ALL.get(label) else {
        return refuse("the label is none of the classes");
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed.into());
    Ok(pattern.draw(&mut rng).pixels().to_vec())
}

/// The names of the classes, each at the index that is its label.
#[wasm_bindgen]
pub fn classes() -> Vec<String> {
    Pattern::ALL.iter().map(Pattern::to_string).collect()
}
