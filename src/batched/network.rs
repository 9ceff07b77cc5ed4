//! A stack of layers. Neither forward nor backward changes it.

use ndarray::{Array1, Array2, ArrayViewMut1};
use rand::Rng;

use super::{BatchNorm, Dropout, Linear};
use crate::by_hand;
use crate::network_error::{NetworkError, check_sizes};
use crate::relu::{relu, relu_slope};

/// One layer of a network.
// ANCHOR: layer
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// `Z = X Wᵀ + b`.
    Linear(Linear),
    /// `max(0, z)`, entry by entry.
    Relu,
    /// Silences units at random, but only in training.
    Dropout(Dropout),
    /// Gives each feature mean 0 and variance 1.
    BatchNorm(BatchNorm),
}
// ANCHOR_END: layer

/// A network of layers. Its output is logits, not probabilities.
///
/// ```
/// use ndarray::Array2;
/// use no_magic::batched::Network;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let network = Network::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(0))?;
/// let logits = network.predict(&Array2::zeros((5, 36)));
/// assert_eq!(logits.dim(), (5, 3));
/// # Ok::<(), no_magic::NetworkError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// The layers, from first to last.
    pub layers: Vec<Layer>,
}

/// The network of Part I, with the same weights and biases.
///
/// # Panics
///
/// If the layers of `network` don't fit together, if the last layer isn't softmax,
/// or if any other layer isn't ReLU.
impl From<&by_hand::NeuralNet> for Network {
    #[track_caller]
    fn from(network: &by_hand::NeuralNet) -> Self {
        network.check_layers();
        let mut layers = Vec::new();
        for layer in &network.layers {
            if !layers.is_empty() {
                layers.push(Layer::Relu);
            }
            let (w, b) = (layer.w.clone(), layer.b.clone());
            layers.push(Layer::Linear(Linear { w, b }));
        }
        Self { layers }
    }
}

impl Network {
    /// The network of Part I: linear layers with the given sizes, and
    /// ReLU between them.
    ///
    /// The same generator gives the same weights as in
    /// [`NeuralNet`](crate::by_hand::NeuralNet).
    ///
    /// # Errors
    ///
    /// If there are fewer than two sizes, or if a size is zero.
    // ANCHOR: network_new
    pub fn new(sizes: &[usize], rng: &mut impl Rng) -> Result<Self, NetworkError> {
        check_sizes(sizes)?;
        let mut layers = Vec::new();
        for pair in sizes.windows(2) {
            if !layers.is_empty() {
                layers.push(Layer::Relu);
            }
            let linear = Linear::new(pair[0], pair[1], rng);
            layers.push(Layer::Linear(linear));
        }
        Ok(Self { layers })
    }
    // ANCHOR_END: network_new

    /// Computes the logits of each example. Nothing is random, and nothing is kept.
    ///
    /// Shapes: `x` is `(batch, n_in)`, the result `(batch, classes)`.
    ///
    /// # Panics
    ///
    /// If `x.ncols() != n_in`, or if a layer doesn't fit the layer before it.
    #[track_caller]
    // ANCHOR: network_predict
    pub fn predict(&self, x: &Array2<f64>) -> Array2<f64> {
        let mut a = x.clone();
        for layer in &self.layers {
            a = match layer {
                Layer::Linear(linear) => linear.forward(&a),
                Layer::Relu => a.mapv(relu),
                Layer::Dropout(_) => a,
                Layer::BatchNorm(norm) => norm.predict(&a),
            };
        }
        a
    }
    // ANCHOR_END: network_predict

    /// Forward in training: returns the logits, and the trace, which has one array
    /// for each layer.
    ///
    /// Every layer keeps its input for backward, except dropout, which keeps its
    /// mask. Dropout is random, so forward takes a generator. That generator is the
    /// only thing forward changes.
    ///
    /// Shapes: `x` is `(batch, n_in)`, the logits are `(batch, classes)`.
    ///
    /// # Panics
    ///
    /// Where [`predict`](Self::predict) panics, and if the network has batch
    /// normalization and the batch has fewer than two examples.
    #[track_caller]
    // ANCHOR: network_forward
    pub fn forward(
        &self,
        x: &Array2<f64>,
        rng: &mut impl Rng,
    ) -> (Array2<f64>, Vec<Array2<f64>>) {
        let mut a = x.clone();
        let mut trace = Vec::new();
        for layer in &self.layers {
            let (output, kept) = match layer {
                Layer::Linear(linear) => (linear.forward(&a), a),
                Layer::Relu => (a.mapv(relu), a),
                Layer::Dropout(dropout) => dropout.forward(&a, rng),
                Layer::BatchNorm(norm) => (norm.forward(&a), a),
            };
            trace.push(kept);
            a = output;
        }
        (a, trace)
    }
    // ANCHOR_END: network_forward

    /// Computes the gradients of all parameters, in the order of
    /// [`parameters_mut`](Self::parameters_mut).
    ///
    /// Shapes: `grad` is `dL/dlogits`, `(batch, classes)`. Each gradient has the
    /// length of its parameter.
    ///
    /// # Panics
    ///
    /// If `trace` is from a different network, or if `grad` is from a
    /// different batch.
    #[track_caller]
    // ANCHOR: network_backward
    pub fn backward(
        &self,
        trace: &[Array2<f64>],
        grad: &Array2<f64>,
    ) -> Vec<Array1<f64>> {
        self.check_trace(trace, grad);
        let mut grad = grad.clone();
        let mut gradients = Vec::new();
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let kept = &trace[i];
            grad = match layer {
                Layer::Linear(linear) => {
                    let (dw, db) = linear.gradients(kept, &grad);
                    gradients.extend([db, dw.into_flat()]);
                    if i == 0 {
                        break; // No layer before this one needs dX.
                    }
                    linear.backward(&grad)
                }
                Layer::Relu => grad * kept.mapv(relu_slope),
                Layer::Dropout(_) => grad * kept,
                Layer::BatchNorm(norm) => {
                    let (dgamma, dbeta, dx) = norm.backward(kept, &grad);
                    gradients.extend([dbeta, dgamma]);
                    dx
                }
            };
        }
        gradients.reverse();
        gradients
    }
    // ANCHOR_END: network_backward

    /// All parameters, from the first layer to the last, each as one row of
    /// numbers: `W` and `b`, or `γ` and `β`.
    ///
    /// If a weight matrix is not in row-major order, it is reordered first.
    // ANCHOR: network_parameters_mut
    pub fn parameters_mut(&mut self) -> Vec<ArrayViewMut1<'_, f64>> {
        let mut parameters = Vec::new();
        for layer in &mut self.layers {
            match layer {
                Layer::Linear(Linear { w, b }) => {
                    parameters.extend([flat_mut(w), b.view_mut()]);
                }
                Layer::BatchNorm(BatchNorm { gamma, beta, .. }) => {
                    parameters.extend([gamma.view_mut(), beta.view_mut()]);
                }
                Layer::Relu | Layer::Dropout(_) => {}
            }
        }
        parameters
    }
    // ANCHOR_END: network_parameters_mut

    /// Moves the running averages of batch normalization toward those of the batch.
    ///
    /// # Panics
    ///
    /// If `trace` is from a different network.
    #[track_caller]
    pub fn observe(&mut self, trace: &[Array2<f64>]) {
        self.check_length(trace);
        for (layer, kept) in self.layers.iter_mut().zip(trace) {
            if let Layer::BatchNorm(norm) = layer {
                norm.observe(kept);
            }
        }
    }

    #[track_caller]
    fn check_length(&self, trace: &[Array2<f64>]) {
        assert!(
            trace.len() == self.layers.len(),
            "the trace is from a different network: it has length {}, but this \
             network has {} layers",
            trace.len(),
            self.layers.len()
        );
    }

    /// Goes through the shapes from last to first, just as backward goes
    /// through the numbers.
    #[track_caller]
    fn check_trace(&self, trace: &[Array2<f64>], grad: &Array2<f64>) {
        self.check_length(trace);
        let (batch, mut width) = grad.dim();
        for (i, layer) in self.layers.iter().enumerate().rev() {
            if let Layer::Linear(linear) = layer {
                let (n_out, n_in) = linear.w.dim();
                assert!(
                    width == n_out,
                    "layers[{i}] has {n_out} outputs, but its gradient has shape \
                     {:?}",
                    (batch, width)
                );
                width = n_in;
            }
            assert!(
                trace[i].dim() == (batch, width),
                "the trace is from a different network or batch: trace[{i}] has \
                 shape {:?}, but it must be {:?}",
                trace[i].dim(),
                (batch, width)
            );
        }
    }
}

/// A view of a matrix as one row of numbers, in row-major order.
fn flat_mut(matrix: &mut Array2<f64>) -> ArrayViewMut1<'_, f64> {
    if !matrix.is_standard_layout() {
        *matrix = matrix.as_standard_layout().into_owned();
    }
    let length = matrix.len();
    matrix
        .view_mut()
        .into_shape_with_order(length)
        .expect("the matrix is in row-major order")
}
