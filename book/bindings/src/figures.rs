//! What the small figures of the chapters compute.

use ndarray::{Array1, Array2};
use no_magic::by_hand;
use no_magic::softmax;
use wasm_bindgen::prelude::*;

use crate::refuse;

/// Softmax of some logits: the stable one, or as the formula says.
#[wasm_bindgen]
pub fn softmax(z: &[f64], stable: bool) -> Result<Vec<f64>, JsError> {
    if z.is_empty() {
        return refuse("softmax needs at least one score");
    }
    let z = Array1::from(z.to_vec());
    let probabilities =
        if stable { softmax::softmax(&z) } else { softmax::naive(&z) };
    Ok(probabilities.to_vec())
}

/// One layer with the activation ReLU, without a bias.
#[wasm_bindgen]
pub struct Layer {
    layer: by_hand::Layer,
}

#[wasm_bindgen]
impl Layer {
    /// A layer with these weights, row after row.
    #[wasm_bindgen(constructor)]
    pub fn new(n_out: usize, n_in: usize, w: &[f64]) -> Result<Layer, JsError> {
        if n_out == 0 || n_in == 0 {
            return refuse("a layer needs inputs and outputs");
        }
        let w = Array2::from_shape_vec((n_out, n_in), w.to_vec())?;
        let layer = by_hand::Layer::from_parts(
            w,
            Array1::zeros(n_out),
            by_hand::Activation::Relu,
        );
        Ok(Self { layer })
    }

    /// The output for an input.
    pub fn forward(&mut self, x: &[f64]) -> Result<Vec<f64>, JsError> {
        if x.len() != self.layer.n_in() {
            return refuse("x needs one entry for each column of W");
        }
        Ok(self.layer.forward(&Array1::from(x.to_vec())).to_vec())
    }

    /// The gradient of the input, without an update.
    pub fn backward(&mut self, grad: &[f64]) -> Result<Vec<f64>, JsError> {
        if grad.len() != self.layer.n_out() {
            return refuse("grad needs one entry for each row of W");
        }
        Ok(self.layer.backward(&Array1::from(grad.to_vec()), 0.0).to_vec())
    }
}
