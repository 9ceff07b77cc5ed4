//! Part I's code, operation by operation. But each result goes into an array that
//! the layer keeps, so a step allocates nothing.

use ndarray::linalg::general_mat_vec_mul;
use ndarray::{Array1, Array2, ArrayRef1, azip};

use super::{check_features, vector};
use crate::by_hand::{self, Activation};
use crate::learning_rate::check_lr;
use crate::relu::{relu, relu_slope};

#[derive(Clone, Debug)]
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
}

impl From<&by_hand::Layer> for Layer {
    fn from(layer: &by_hand::Layer) -> Self {
        let (n_out, n_in) = layer.w.dim();
        Self {
            w: layer.w.clone(),
            b: layer.b.clone(),
            activation: layer.activation,
            x: Array1::zeros(n_in),
            z: Array1::zeros(n_out),
            a: Array1::zeros(n_out),
            dz: Array1::zeros(n_out),
            dx: Array1::zeros(n_in),
            dw: Array2::zeros((n_out, n_in)),
        }
    }
}

impl Layer {
    fn forward(&mut self, x: &ArrayRef1<f64>) -> &ArrayRef1<f64> {
        self.x.assign(x);
        general_mat_vec_mul(1.0, &self.w, &self.x, 0.0, &mut self.z);
        self.z += &self.b;
        match self.activation {
            Activation::Relu => {
                azip!((a in &mut self.a, &z in &self.z) *a = relu(z));
            }
            Activation::Softmax => {
                vector::softmax(slice(&self.z), slice_mut(&mut self.a));
            }
        }
        &self.a
    }

    // ANCHOR: buffers_backward
    fn backward(&mut self, grad: &ArrayRef1<f64>, lr: f64) -> &ArrayRef1<f64> {
        self.dz.assign(grad);
        if self.activation == Activation::Relu {
            azip!((dz in &mut self.dz, &z in &self.z) {
                *dz *= relu_slope(z);
            });
        }

        // dw = outer(dz, x)
        azip!((mut dw in self.dw.rows_mut(), &dz in &self.dz) {
            azip!((dw in &mut dw, &x in &self.x) *dw = dz * x);
        });

        // dx = Wᵀ dz
        let w_t = self.w.t();
        general_mat_vec_mul(1.0, &w_t, &self.dz, 0.0, &mut self.dx);

        // w -= lr * dw and b -= lr * db
        self.dw *= lr;
        self.w -= &self.dw;
        azip!((b in &mut self.b, &dz in &self.dz) *b -= lr * dz);
        &self.dx
    }
    // ANCHOR_END: buffers_backward
}

/// The network of Part I, with memory for every array that a step computes.
///
/// ```
/// use ndarray::array;
/// use no_magic::by_hand::NeuralNet;
/// use no_magic::fast::buffers;
///
/// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
/// let mut by_hand = NeuralNet::from_parameters(vec![zeros])?;
/// let mut network = buffers::NeuralNet::from(&by_hand);
///
/// let x = array![1.0, 0.0];
/// assert_eq!(network.train_step(&x, 0, 1.0), by_hand.train_step(&x, 0, 1.0));
/// assert_eq!(network.parameters(), by_hand.parameters());
/// # Ok::<(), no_magic::NetworkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NeuralNet {
    layers: Vec<Layer>,
    grad: Array1<f64>,
}

/// Starts with the weights of `network`.
///
/// # Panics
///
/// If the layers of `network` don't fit together, if the last layer isn't softmax,
/// or if any other layer isn't ReLU.
impl From<&by_hand::NeuralNet> for NeuralNet {
    #[track_caller]
    fn from(network: &by_hand::NeuralNet) -> Self {
        network.check_layers();
        Self {
            layers: network.layers.iter().map(Layer::from).collect(),
            grad: Array1::zeros(network.n_out()),
        }
    }
}

impl NeuralNet {
    /// Takes one step on one example, and returns its loss before the step.
    ///
    /// # Panics
    ///
    /// If `x.len() != n_in`, if `y >= n_out`, or if `lr` is NaN,
    /// infinite or negative.
    #[track_caller]
    pub fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
        check_lr(lr);
        check_features(x.len(), self.layers[0].x.len());
        let mut a = x;
        for layer in &mut self.layers {
            a = layer.forward(a);
        }
        let loss = vector::loss(slice(a), y);

        self.grad.assign(a);
        self.grad[y] -= 1.0;
        let mut grad = &*self.grad;
        for layer in self.layers.iter_mut().rev() {
            grad = layer.backward(grad, lr);
        }
        loss
    }

    /// All parameters in one vector: for each layer, `W` row by row, then `b`.
    pub fn parameters(&self) -> Vec<f64> {
        let layers = self.layers.iter();
        layers.flat_map(|layer| layer.w.iter().chain(&layer.b).copied()).collect()
    }
}

fn slice(a: &ArrayRef1<f64>) -> &[f64] {
    a.as_slice().expect("a layer's own arrays are contiguous")
}

fn slice_mut(a: &mut ArrayRef1<f64>) -> &mut [f64] {
    a.as_slice_mut().expect("a layer's own arrays are contiguous")
}
