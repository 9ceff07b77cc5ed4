//! A stack of layers, of which forward and backward change nothing.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, azip};
use rand::Rng;

use super::{BatchNorm, BatchNormTrace, Dropout, Linear};

/// A piece of a network.
// ANCHOR: layer
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// `Z = X Wᵀ + b`.
    Linear(Linear),
    /// `max(0, z)`, entry by entry.
    Relu,
    /// Silences at random, in training alone.
    Dropout(Dropout),
    /// Mean 0 and variance 1 for each feature.
    BatchNorm(BatchNorm),
}

/// What a layer keeps for backward.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerTrace {
    /// The input.
    Linear(Array2<f64>),
    /// The output: where it is 0, the gradient is too.
    Relu(Array2<f64>),
    /// The mask.
    Dropout(Array2<f64>),
    /// The normalized input, and its statistics.
    BatchNorm(BatchNormTrace),
}
// ANCHOR_END: layer

/// A network: layers from first to last, ending in logits.
///
/// ```
/// use no_magic::batched::Network;
/// use ndarray::Array2;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let network = Network::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(0));
/// let logits = network.predict(Array2::zeros((5, 36)).view());
/// assert_eq!(logits.dim(), (5, 3));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// The layers.
    pub layers: Vec<Layer>,
}

impl Network {
    /// The network of Part I: linear layers of these sizes with ReLU between them.
    ///
    /// From the same generator it gets the same weights as [`NeuralNet`](crate::by_hand::NeuralNet).
    // ANCHOR: network_new
    pub fn new(sizes: &[usize], rng: &mut impl Rng) -> Self {
        let mut layers = Vec::new();
        for pair in sizes.windows(2) {
            if !layers.is_empty() {
                layers.push(Layer::Relu);
            }
            let linear = Linear::new(pair[0], pair[1], rng);
            layers.push(Layer::Linear(linear));
        }
        Self { layers }
    }
    // ANCHOR_END: network_new

    /// The logits of each example. Nothing is random, and nothing is kept.
    ///
    /// Shapes: `x` is `(batch, n_in)`, the result `(batch, classes)`.
    ///
    /// # Panics
    ///
    /// If `x` does not fit the first layer, or a layer does not fit the one before.
    #[track_caller]
    // ANCHOR: network_predict
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut a = x.to_owned();
        for layer in &self.layers {
            a = match layer {
                Layer::Linear(linear) => linear.forward(a.view()),
                Layer::Relu => relu(a),
                Layer::Dropout(_) => a,
                Layer::BatchNorm(norm) => norm.predict(a.view()),
            };
        }
        a
    }
    // ANCHOR_END: network_predict

    /// Forward in training: the logits, and what each layer keeps for backward.
    ///
    /// It takes a generator, because dropout is random. Nothing changes but the generator.
    ///
    /// # Panics
    ///
    /// As [`predict`](Self::predict).
    #[track_caller]
    // ANCHOR: network_forward
    pub fn forward(
        &self,
        x: Array2<f64>,
        rng: &mut impl Rng,
    ) -> (Array2<f64>, Vec<LayerTrace>) {
        let mut a = x;
        let mut trace = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let kept;
            (a, kept) = match layer {
                Layer::Linear(linear) => {
                    (linear.forward(a.view()), LayerTrace::Linear(a))
                }
                Layer::Relu => {
                    let a = relu(a);
                    (a.clone(), LayerTrace::Relu(a))
                }
                Layer::Dropout(dropout) => {
                    let (a, mask) = dropout.forward(a.view(), rng);
                    (a, LayerTrace::Dropout(mask))
                }
                Layer::BatchNorm(norm) => {
                    let (a, kept) = norm.forward(a.view());
                    (a, LayerTrace::BatchNorm(kept))
                }
            };
            trace.push(kept);
        }
        (a, trace)
    }
    // ANCHOR_END: network_forward

    /// The gradients of all parameters, in the order of [`parameters_mut`](Self::parameters_mut).
    ///
    /// Shapes: `grad` is `∂L/∂logits`, `(batch, classes)`; each gradient is as long as its parameter.
    ///
    /// # Panics
    ///
    /// If `trace` or `grad` is not of this network and one batch.
    #[track_caller]
    // ANCHOR: network_backward
    pub fn backward(
        &self,
        trace: &[LayerTrace],
        grad: Array2<f64>,
    ) -> Vec<Array1<f64>> {
        let mut grad = grad;
        let mut gradients = Vec::new();
        for (i, layer) in self.layers.iter().enumerate().rev() {
            grad = match (layer, &trace[i]) {
                (Layer::Linear(linear), LayerTrace::Linear(x)) => {
                    let (dw, db) =
                        linear.gradients(x.view(), grad.view());
                    gradients.extend([db, dw.into_flat()]);
                    if i == 0 {
                        break; // Nobody waits for dX.
                    }
                    linear.backward(grad.view())
                }
                (Layer::Relu, LayerTrace::Relu(a)) => {
                    azip!((g in &mut grad, &a in a) {
                        *g = if a <= 0.0 { 0.0 } else { *g };
                    });
                    grad
                }
                (Layer::Dropout(_), LayerTrace::Dropout(mask)) => {
                    grad * mask
                }
                (
                    Layer::BatchNorm(norm),
                    LayerTrace::BatchNorm(kept),
                ) => {
                    let (dgamma, dbeta, dx) =
                        norm.backward(kept, grad.view());
                    gradients.extend([dbeta, dgamma]);
                    dx
                }
                _ => panic!("the trace is of another network"),
            };
        }
        gradients.reverse();
        gradients
    }
    // ANCHOR_END: network_backward

    /// All parameters as rows of numbers, from first layer to last: `W` and `b`, or `γ` and `β`.
    // ANCHOR: network_parameters_mut
    pub fn parameters_mut(&mut self) -> Vec<ArrayViewMut1<'_, f64>> {
        let mut parameters = Vec::new();
        for layer in &mut self.layers {
            match layer {
                Layer::Linear(Linear { w, b }) => {
                    parameters.extend([flat_mut(w), b.view_mut()]);
                }
                Layer::BatchNorm(BatchNorm { gamma, beta, .. }) => {
                    parameters
                        .extend([gamma.view_mut(), beta.view_mut()]);
                }
                Layer::Relu | Layer::Dropout(_) => {}
            }
        }
        parameters
    }
    // ANCHOR_END: network_parameters_mut

    /// Moves the running statistics of batch normalization towards those of a batch.
    pub fn observe(&mut self, trace: &[LayerTrace]) {
        for (layer, kept) in self.layers.iter_mut().zip(trace) {
            if let (
                Layer::BatchNorm(norm),
                LayerTrace::BatchNorm(kept),
            ) = (layer, kept)
            {
                norm.observe(kept);
            }
        }
    }
}

/// `max(0, z)`, in place. A NaN stays NaN.
fn relu(mut z: Array2<f64>) -> Array2<f64> {
    z.mapv_inplace(|z| if z < 0.0 { 0.0 } else { z });
    z
}

/// A matrix as one row of numbers, row after row.
fn flat_mut(matrix: &mut Array2<f64>) -> ArrayViewMut1<'_, f64> {
    let length = matrix.len();
    matrix
        .view_mut()
        .into_shape_with_order(length)
        .expect("weights lie in memory row after row")
}
