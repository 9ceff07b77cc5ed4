//! The lesson's NumPy, line by line: every operation makes a new array, as it does there.

use ndarray::{Array1, Array2, ArrayView1, Axis};
use no_magic::by_hand::{self, Activation};

use super::Rung;

struct Layer {
    w: Array2<f64>,
    b: Array1<f64>,
    activation: Activation,
    x: Array1<f64>,
    z: Array1<f64>,
}

impl Layer {
    fn forward(&mut self, x: &Array1<f64>) -> Array1<f64> {
        self.x = x.clone();
        self.z = &self.w.dot(x) + &self.b;
        match self.activation {
            Activation::Relu => self.z.map(|z| z.max(0.0)),
            Activation::Softmax => {
                let max = self.z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
                let exp = (&self.z - max).map(|&z| libm::exp(z));
                &exp / exp.sum()
            }
        }
    }

    // ANCHOR: literal_backward
    fn backward(&mut self, grad: &Array1<f64>, lr: f64) -> Array1<f64> {
        let dz = match self.activation {
            Activation::Relu => grad * &self.z.map(|&z| if z > 0.0 { 1.0 } else { 0.0 }),
            Activation::Softmax => grad.clone(),
        };
        let dw = outer(&dz, &self.x);
        let dx = self.w.t().dot(&dz);
        self.w -= &(lr * &dw);
        self.b -= &(lr * &dz);
        dx
    }
    // ANCHOR_END: literal_backward
}

fn outer(column: &Array1<f64>, row: &Array1<f64>) -> Array2<f64> {
    column
        .view()
        .insert_axis(Axis(1))
        .dot(&row.view().insert_axis(Axis(0)))
}

/// The network, literally.
pub struct NeuralNet {
    layers: Vec<Layer>,
}

impl NeuralNet {
    /// Starts from the weights of the network that it is compared with.
    pub fn with_weights_of(network: &by_hand::NeuralNet) -> Self {
        let layers = network.layers().iter().map(|layer| Layer {
            w: layer.w().to_owned(),
            b: layer.b().to_owned(),
            activation: layer.activation(),
            x: Array1::zeros(0),
            z: Array1::zeros(0),
        });
        Self {
            layers: layers.collect(),
        }
    }

    fn predict(&mut self, x: ArrayView1<'_, f64>) -> Array1<f64> {
        let mut a = x.to_owned();
        for layer in &mut self.layers {
            a = layer.forward(&a);
        }
        a
    }
}

impl Rung for NeuralNet {
    fn train_step(&mut self, x: ArrayView1<'_, f64>, y: usize, lr: f64) -> f64 {
        let yhat = self.predict(x);
        let mut grad = yhat.clone();
        grad[y] -= 1.0;
        for layer in self.layers.iter_mut().rev() {
            grad = layer.backward(&grad, lr);
        }
        -libm::log(yhat[y] + 1e-7)
    }

    fn parameters(&self) -> Vec<f64> {
        let layers = self.layers.iter();
        layers
            .flat_map(|layer| layer.w.iter().chain(&layer.b))
            .copied()
            .collect()
    }
}
