//! A network to ask, to look into, and to train by a single step.

use ndarray::{Array1, Array2};
use no_magic::by_hand::{Layer, NeuralNet};
use no_magic::cross_entropy;
use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;
use no_magic::relu::relu_slope;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use wasm_bindgen::prelude::*;

use crate::refuse;

const CLASSES: usize = Pattern::ALL.len();

/// A network of two layers, `[36, hidden, 3]`, and the numbers of its last passes.
#[wasm_bindgen]
pub struct Network {
    network: NeuralNet,
    a: [Array1<f64>; 2],
    dz: [Array1<f64>; 2],
    dx: [Array1<f64>; 2],
}

#[wasm_bindgen]
impl Network {
    /// A network with the parameters of
    /// [`Training::parameters`](crate::training::Training::parameters).
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
        self.forward(&drawing(pixels)?);
        Ok(self.a[1].to_vec())
    }

    /// One training step on a drawing; its loss from before the step.
    #[wasm_bindgen(js_name = trainStep)]
    pub fn train_step(
        &mut self,
        pixels: &[f64],
        label: usize,
        learning_rate: f64,
    ) -> Result<f64, JsError> {
        if label >= CLASSES {
            return refuse("the label is none of the classes");
        }
        self.forward(&drawing(pixels)?);
        let yhat = &self.a[1];
        let loss = cross_entropy::from_probabilities(yhat, label);

        let mut grad = yhat.clone();
        grad[label] -= 1.0;
        let [hidden, output] = &mut self.network.layers[..] else {
            return refuse("the network has two layers");
        };
        let dx = output.backward(&grad, learning_rate);
        let dz = &dx * hidden.z.mapv(relu_slope);
        self.dx = [hidden.backward(&dx, learning_rate), dx];
        self.dz = [dz, grad];
        Ok(loss)
    }

    /// A layer's weights, row after row.
    pub fn w(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.w.iter().copied().collect())
    }

    /// A layer's bias.
    pub fn b(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.b.to_vec())
    }

    /// A layer's `z` in the last forward pass.
    pub fn z(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        Ok(self.layer(layer)?.z.to_vec())
    }

    /// A layer's activations in the last forward pass.
    pub fn a(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        of_layer(&self.a, layer)
    }

    /// A layer's `dz` in the last backward pass.
    pub fn dz(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        of_layer(&self.dz, layer)
    }

    /// The gradient that a layer passed back in the last backward pass.
    pub fn dx(&self, layer: usize) -> Result<Vec<f64>, JsError> {
        of_layer(&self.dx, layer)
    }

    fn layer(&self, layer: usize) -> Result<&Layer, JsError> {
        match self.network.layers.get(layer) {
            Some(layer) => Ok(layer),
            None => refuse("the network has the layers 0 and 1"),
        }
    }
}

impl Network {
    fn forward(&mut self, x: &Array1<f64>) {
        let [hidden, output] = &mut self.network.layers[..] else {
            return;
        };
        let a = hidden.forward(x);
        self.a = [a.clone(), output.forward(&a)];
    }
}

impl From<NeuralNet> for Network {
    fn from(network: NeuralNet) -> Self {
        let empty = || [Array1::zeros(0), Array1::zeros(0)];
        let (a, dz, dx) = (empty(), empty(), empty());
        Self { network, a, dz, dx }
    }
}

fn of_layer(arrays: &[Array1<f64>; 2], layer: usize) -> Result<Vec<f64>, JsError> {
    match arrays.get(layer) {
        Some(array) => Ok(array.to_vec()),
        None => refuse("the network has the layers 0 and 1"),
    }
}

fn drawing(pixels: &[f64]) -> Result<Array1<f64>, JsError> {
    if pixels.len() != PIXELS {
        return refuse("a drawing has 36 pixels");
    }
    Ok(Array1::from(pixels.to_vec()))
}

/// A drawing of the class with this label, as the generator makes it from a seed:
/// 36 pixels.
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
