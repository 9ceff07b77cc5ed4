//! A stack of layers, and one training step.

use ndarray::{Array1, Array2, ArrayView1};
use rand::Rng;
use thiserror::Error;

use super::layer::{Activation, Layer};
use crate::cross_entropy;

/// A network of fully connected layers: ReLU everywhere but the last layer, which is softmax.
///
/// ```
/// use ndarray::array;
/// use no_magic::by_hand::NeuralNet;
///
/// // One layer, 2 inputs, 2 classes, all weights 0: both classes are equally likely.
/// let mut network = NeuralNet::from_parameters(vec![(array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0])])?;
/// let x = array![1.0, 0.0];
/// assert_eq!(network.predict(x.view()), array![0.5, 0.5]);
///
/// let loss = network.train_step(x.view(), 0, 1.0);
/// assert!((loss - 0.693_147).abs() < 1e-6); // ln 2
/// assert_eq!(network.layers()[0].w(), array![[0.5, 0.0], [-0.5, 0.0]]);
/// # Ok::<(), no_magic::by_hand::NetworkError>(())
/// ```
// ANCHOR: neural_net
#[derive(Clone, Debug)]
pub struct NeuralNet {
    layers: Vec<Layer>,
    grad: Array1<f64>,
}
// ANCHOR_END: neural_net

impl NeuralNet {
    /// A network with the given sizes and He's initial weights.
    ///
    /// `[36, 16, 3]` takes 36 inputs, has one hidden layer of 16 units, and tells 3 classes apart.
    ///
    /// ```
    /// use no_magic::by_hand::NeuralNet;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let network = NeuralNet::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(0))?;
    /// assert_eq!(network.layers()[0].w().dim(), (16, 36));
    /// assert_eq!(network.layers()[1].w().dim(), (3, 16));
    /// # Ok::<(), no_magic::by_hand::NetworkError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there are fewer than two sizes, or if one of them is zero.
    // ANCHOR: neural_net_new
    pub fn new(
        sizes: &[usize],
        rng: &mut impl Rng,
    ) -> Result<Self, NetworkError> {
        check_sizes(sizes)?;
        let n_layers = sizes.len() - 1;
        let layers = (0..n_layers)
            .map(|l| {
                Layer::new(
                    sizes[l],
                    sizes[l + 1],
                    activation(l, n_layers),
                    rng,
                )
            })
            .collect();
        Ok(Self::from_layers(layers))
    }
    // ANCHOR_END: neural_net_new

    /// A network with the given weights and biases, `(W, b)` for each layer from first to last.
    ///
    /// ReLU everywhere but the last layer, which is softmax.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let network = NeuralNet::from_parameters(vec![
    ///     (array![[1.0, 2.0, 3.0]], array![0.0]),
    ///     (array![[1.0], [-1.0]], array![0.0, 0.0]),
    /// ])?;
    /// assert_eq!((network.n_in(), network.n_out()), (3, 2));
    /// # Ok::<(), no_magic::by_hand::NetworkError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no layer; if a layer has no inputs or outputs, or a bias that does not fit its
    /// weights; if a layer's inputs are not as many as the outputs before it; if a number is NaN or
    /// infinite.
    pub fn from_parameters(
        parameters: Vec<(Array2<f64>, Array1<f64>)>,
    ) -> Result<Self, NetworkError> {
        check_parameters(&parameters)?;
        let n_layers = parameters.len();
        let layers = parameters
            .into_iter()
            .enumerate()
            .map(|(l, (w, b))| {
                Layer::from_parts(w, b, activation(l, n_layers))
            })
            .collect();
        Ok(Self::from_layers(layers))
    }

    fn from_layers(layers: Vec<Layer>) -> Self {
        let n_out = layers[layers.len() - 1].n_out();
        Self { layers, grad: Array1::zeros(n_out) }
    }

    /// The probability of each class: forward through all layers, first to last.
    ///
    /// Shapes: `x` is `(n_in,)`, the result `(n_out,)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
    /// let mut network = NeuralNet::from_parameters(vec![zeros])?;
    /// assert_eq!(network.predict(array![1.0, -3.0].view()), array![0.5, 0.5]);
    /// # Ok::<(), no_magic::by_hand::NetworkError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `x` has not as many entries as the network has inputs.
    #[track_caller]
    // ANCHOR: predict
    pub fn predict(
        &mut self,
        x: ArrayView1<'_, f64>,
    ) -> ArrayView1<'_, f64> {
        forward(&mut self.layers, x)
    }
    // ANCHOR_END: predict

    /// One step of gradient descent on one example; returns its loss from before the step.
    ///
    /// Shapes: `x` is `(n_in,)`; `y` is the label, `lr` the learning rate. The loss is
    /// `-ln(yhat[y] + 1e-7)`, see [`cross_entropy::from_probabilities`].
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
    /// let mut network = NeuralNet::from_parameters(vec![zeros])?;
    /// let x = array![1.0, 0.0];
    /// let loss = network.train_step(x.view(), 0, 1.0);
    /// assert!((loss - 0.693_147).abs() < 1e-6); // ln 2
    /// assert_eq!(network.layers()[0].w(), array![[0.5, 0.0], [-0.5, 0.0]]);
    /// # Ok::<(), no_magic::by_hand::NetworkError>(())
    /// ```
    ///
    /// Source: Rumelhart, Hinton and Williams, *Learning representations by back-propagating
    /// errors*, 1986.
    ///
    /// # Panics
    ///
    /// If `x` has not as many entries as the network has inputs, or if `y` is not one of its classes.
    #[track_caller]
    // ANCHOR: train_step
    pub fn train_step(
        &mut self,
        x: ArrayView1<'_, f64>,
        y: usize,
        lr: f64,
    ) -> f64 {
        // 1. Forward through all layers.
        let yhat = forward(&mut self.layers, x);
        let loss = cross_entropy::from_probabilities(yhat, y);

        // 2. The gradient at the output: softmax and cross-entropy in one.
        self.grad.assign(&yhat);
        self.grad[y] -= 1.0;

        // 3. Back through each layer, handing dx on.
        // 4. Each layer updates its own weights on the way.
        let (first, rest) = self
            .layers
            .split_first_mut()
            .expect("a network has a layer");
        let mut grad = self.grad.view();
        for layer in rest.iter_mut().rev() {
            grad = layer.backward(grad, lr);
        }
        first.backward_first(grad, lr);
        loss
    }
    // ANCHOR_END: train_step

    /// The layers, from first to last.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layers, to change their weights.
    pub fn layers_mut(&mut self) -> &mut [Layer] {
        &mut self.layers
    }

    /// The number of inputs.
    pub fn n_in(&self) -> usize {
        self.layers[0].n_in()
    }

    /// The number of outputs, one for each class.
    pub fn n_out(&self) -> usize {
        self.grad.len()
    }
}

// ANCHOR: forward
#[track_caller]
fn forward<'a>(
    layers: &'a mut [Layer],
    x: ArrayView1<'_, f64>,
) -> ArrayView1<'a, f64> {
    let (first, rest) =
        layers.split_first_mut().expect("a network has a layer");
    let mut a = first.forward(x);
    for layer in rest {
        a = layer.forward(a);
    }
    a
}
// ANCHOR_END: forward

fn activation(layer: usize, n_layers: usize) -> Activation {
    if layer + 1 == n_layers {
        Activation::Softmax
    } else {
        Activation::Relu
    }
}

fn check_sizes(sizes: &[usize]) -> Result<(), NetworkError> {
    if sizes.len() < 2 {
        return Err(NetworkError::TooFewSizes {
            sizes: sizes.to_vec(),
        });
    }
    match sizes.iter().position(|&size| size == 0) {
        Some(index) => Err(NetworkError::ZeroSize {
            position: index + 1,
            sizes: sizes.to_vec(),
        }),
        None => Ok(()),
    }
}

fn check_parameters(
    parameters: &[(Array2<f64>, Array1<f64>)],
) -> Result<(), NetworkError> {
    if parameters.is_empty() {
        return Err(NetworkError::NoLayers);
    }
    let mut outputs_before = None;
    for (layer, (w, b)) in (1..).zip(parameters) {
        let (n_out, n_in) = w.dim();
        if n_in == 0 || n_out == 0 {
            return Err(NetworkError::EmptyLayer {
                layer,
                n_in,
                n_out,
            });
        }
        if b.len() != n_out {
            return Err(NetworkError::Bias {
                layer,
                n_out,
                bias: b.len(),
            });
        }
        if let Some(outputs) =
            outputs_before.filter(|&outputs| outputs != n_in)
        {
            return Err(NetworkError::Stack { layer, n_in, outputs });
        }
        if let Some(&value) =
            w.iter().chain(b).find(|value| !value.is_finite())
        {
            return Err(NetworkError::NotFinite { layer, value });
        }
        outputs_before = Some(n_out);
    }
    Ok(())
}

/// Why a network can't be built. Layers and positions count from 1.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NetworkError {
    /// A network needs an input size and an output size.
    #[error("a network needs at least two sizes, its inputs and its outputs; {sizes:?} has {}", sizes.len())]
    TooFewSizes {
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// A layer without units.
    #[error(
        "size {position} of {sizes:?} is zero; every layer needs at least one unit"
    )]
    ZeroSize {
        /// Which of the sizes is zero.
        position: usize,
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// No weights were given.
    #[error("a network needs at least one layer")]
    NoLayers,
    /// A weight matrix without rows or columns.
    #[error(
        "the weights of layer {layer} have the shape ({n_out}, {n_in}); neither may be zero"
    )]
    EmptyLayer {
        /// The layer.
        layer: usize,
        /// The columns of its weights.
        n_in: usize,
        /// The rows of its weights.
        n_out: usize,
    },
    /// A bias that does not fit its weights.
    #[error(
        "layer {layer} has {n_out} outputs, but its bias has the length {bias}"
    )]
    Bias {
        /// The layer.
        layer: usize,
        /// The rows of its weights.
        n_out: usize,
        /// The entries of its bias.
        bias: usize,
    },
    /// A layer that does not fit onto the one before.
    #[error(
        "layer {layer} takes {n_in} inputs, but the layer before it has {outputs} outputs"
    )]
    Stack {
        /// The layer.
        layer: usize,
        /// Its inputs.
        n_in: usize,
        /// The outputs of the layer before it.
        outputs: usize,
    },
    /// A weight or bias is NaN or infinite.
    #[error(
        "layer {layer} has {value} among its weights; every weight must be a finite number"
    )]
    NotFinite {
        /// The layer.
        layer: usize,
        /// The value.
        value: f64,
    },
}
