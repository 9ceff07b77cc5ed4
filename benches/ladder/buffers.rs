//! The literal translation, operation for operation, but each result goes into room that the layer
//! owns: nothing is allocated.

use ndarray::linalg::general_mat_vec_mul;
use ndarray::{Array1, Array2, ArrayView1, azip};
use no_magic::by_hand::{self, Activation};
use no_magic::softmax::softmax_into;

use super::Rung;

struct Layer {
    w: Array2<f64>,
    b: Array1<f64>,
    activation: Activation,
    x: Array1<f64>,
    z: Array1<f64>,
    a: Array1<f64>,
    dz: Array1<f64>,
    dx: Array1<f64>,
    dw: Array2<f64>,
    lr_dw: Array2<f64>,
    lr_dz: Array1<f64>,
}

impl Layer {
    fn with_weights_of(layer: &by_hand::Layer) -> Self {
        let (n_out, n_in) = layer.w().dim();
        Self {
            w: layer.w().to_owned(),
            b: layer.b().to_owned(),
            activation: layer.activation(),
            x: Array1::zeros(n_in),
            z: Array1::zeros(n_out),
            a: Array1::zeros(n_out),
            dz: Array1::zeros(n_out),
            dx: Array1::zeros(n_in),
            dw: Array2::zeros((n_out, n_in)),
            lr_dw: Array2::zeros((n_out, n_in)),
            lr_dz: Array1::zeros(n_out),
        }
    }

    fn forward(&mut self, x: ArrayView1<'_, f64>) -> ArrayView1<'_, f64> {
        self.x.assign(&x);
        general_mat_vec_mul(1.0, &self.w, &x, 0.0, &mut self.z);
        self.z += &self.b;
        match self.activation {
            Activation::Relu => azip!((a in &mut self.a, &z in &self.z) *a = z.max(0.0)),
            Activation::Softmax => softmax_into(self.z.view(), self.a.view_mut()),
        }
        self.a.view()
    }

    // ANCHOR: buffers_backward
    fn backward(&mut self, grad: ArrayView1<'_, f64>, lr: f64) -> ArrayView1<'_, f64> {
        match self.activation {
            Activation::Relu => {
                azip!((dz in &mut self.dz, &grad in &grad, &z in &self.z) {
                    *dz = grad * if z > 0.0 { 1.0 } else { 0.0 };
                });
            }
            Activation::Softmax => self.dz.assign(&grad),
        }
        azip!((mut dw in self.dw.rows_mut(), &dz in &self.dz) {
            azip!((dw in &mut dw, &x in &self.x) *dw = dz * x);
        });
        general_mat_vec_mul(1.0, &self.w.t(), &self.dz, 0.0, &mut self.dx);
        azip!((lr_dw in &mut self.lr_dw, &dw in &self.dw) *lr_dw = lr * dw);
        self.w -= &self.lr_dw;
        azip!((lr_dz in &mut self.lr_dz, &dz in &self.dz) *lr_dz = lr * dz);
        self.b -= &self.lr_dz;
        self.dx.view()
    }
    // ANCHOR_END: buffers_backward
}

/// The network, with room for all that it computes.
pub struct NeuralNet {
    layers: Vec<Layer>,
    grad: Array1<f64>,
}

impl NeuralNet {
    pub fn with_weights_of(network: &by_hand::NeuralNet) -> Self {
        Self {
            layers: network
                .layers()
                .iter()
                .map(Layer::with_weights_of)
                .collect(),
            grad: Array1::zeros(network.n_out()),
        }
    }
}

impl Rung for NeuralNet {
    fn train_step(&mut self, x: ArrayView1<'_, f64>, y: usize, lr: f64) -> f64 {
        let mut a = x;
        for layer in &mut self.layers {
            a = layer.forward(a);
        }
        let loss = -libm::log(a[y] + 1e-7);

        self.grad.assign(&a);
        self.grad[y] -= 1.0;
        let mut grad = self.grad.view();
        for layer in self.layers.iter_mut().rev() {
            grad = layer.backward(grad, lr);
        }
        loss
    }

    fn parameters(&self) -> Vec<f64> {
        let layers = self.layers.iter();
        layers
            .flat_map(|layer| layer.w.iter().chain(&layer.b))
            .copied()
            .collect()
    }
}
