//! A stack of layers, and one training step.

use ndarray::{Array1, Array2};
use rand::Rng;

use super::layer::{Activation, Layer};
use crate::cross_entropy;
use crate::network_error::{NetworkError, check_parameters, check_sizes};

/// A network of fully connected layers. The last layer is softmax, and all the
/// others are ReLU.
///
/// ```
/// use ndarray::array;
/// use no_magic::by_hand::NeuralNet;
///
/// // One layer, 2 inputs, 2 classes. With weights of 0, both are equally likely.
/// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
/// let mut network = NeuralNet::from_parameters(vec![zeros])?;
/// let x = array![1.0, 0.0];
/// assert_eq!(network.predict(&x), array![0.5, 0.5]);
///
/// let loss = network.train_step(&x, 0, 1.0);
/// assert!((loss - 0.693_147).abs() < 1e-6); // ln 2
/// assert_eq!(network.layers[0].w, array![[0.5, 0.0], [-0.5, 0.0]]);
/// # Ok::<(), no_magic::NetworkError>(())
/// ```
// ANCHOR: neural_net
#[derive(Clone, Debug, PartialEq)]
pub struct NeuralNet {
    /// The layers, from first to last. The last is softmax, the others are ReLU.
    pub layers: Vec<Layer>,
}
// ANCHOR_END: neural_net

impl NeuralNet {
    /// A network with the given sizes and He's initial weights.
    ///
    /// With `[36, 16, 3]`, the network takes 36 inputs, has one hidden layer of 16
    /// units, and tells 3 classes apart.
    ///
    /// ```
    /// use no_magic::by_hand::NeuralNet;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let network =
    ///     NeuralNet::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(0))?;
    /// assert_eq!(network.layers[0].w.dim(), (16, 36));
    /// assert_eq!(network.layers[1].w.dim(), (3, 16));
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there are fewer than two sizes, or if a size is zero.
    // ANCHOR: neural_net_new
    pub fn new(sizes: &[usize], rng: &mut impl Rng) -> Result<Self, NetworkError> {
        check_sizes(sizes)?;
        let mut layers = Vec::new();
        let last = sizes.len() - 2;
        for l in 0..=last {
            let activation =
                if l < last { Activation::Relu } else { Activation::Softmax };
            let (n_in, n_out) = (sizes[l], sizes[l + 1]);
            layers.push(Layer::new(n_in, n_out, activation, rng));
        }
        Ok(Self { layers })
    }
    // ANCHOR_END: neural_net_new

    /// A network with the given weights and biases, `(W, b)` for each layer from
    /// first to last.
    ///
    /// The last layer is softmax, and all the others are ReLU.
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
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - If there are no layers.
    /// - If a layer has no inputs or no outputs, or if `b.len() != w.nrows()`.
    /// - If a layer takes more or fewer inputs than the layer before
    ///   it has outputs.
    /// - If a weight or a bias is NaN or infinite.
    pub fn from_parameters(
        parameters: Vec<(Array2<f64>, Array1<f64>)>,
    ) -> Result<Self, NetworkError> {
        check_parameters(&parameters)?;
        let last = parameters.len() - 1;
        let activation = |l| {
            if l < last { Activation::Relu } else { Activation::Softmax }
        };
        let layers = parameters
            .into_iter()
            .enumerate()
            .map(|(l, (w, b))| Layer::from_parts(w, b, activation(l)))
            .collect();
        Ok(Self { layers })
    }

    /// Computes the probability of each class: forward through all layers, from
    /// first to last.
    ///
    /// Shapes: `x` is `(n_in,)`, the result `(n_out,)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
    /// let mut network = NeuralNet::from_parameters(vec![zeros])?;
    /// assert_eq!(network.predict(&array![1.0, -3.0]), array![0.5, 0.5]);
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `x.len() != n_in`.
    #[track_caller]
    // ANCHOR: predict
    pub fn predict(&mut self, x: &Array1<f64>) -> Array1<f64> {
        let mut a = x.clone();
        for layer in &mut self.layers {
            a = layer.forward(&a);
        }
        a
    }
    // ANCHOR_END: predict

    /// Takes one step of gradient descent on one example, and returns its loss
    /// before the step.
    ///
    /// Shapes: `x` is `(n_in,)`; `y` is the label, `lr` the learning rate. The loss
    /// is [`cross_entropy::from_probabilities`], which is `-ln(yhat[y] + 1e-7)`.
    ///
    /// The learning rate isn't checked here: with a negative learning rate
    /// the loss goes up, and with NaN or `∞` the weights become NaN or
    /// infinite. [`Training::new`](crate::training::Training::new) rejects
    /// such learning rates.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
    /// let mut network = NeuralNet::from_parameters(vec![zeros])?;
    /// let loss = network.train_step(&array![1.0, 0.0], 0, 1.0);
    /// assert!((loss - 0.693_147).abs() < 1e-6); // ln 2
    /// assert_eq!(network.layers[0].w, array![[0.5, 0.0], [-0.5, 0.0]]);
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    ///
    /// Source: Rumelhart, Hinton and Williams, *Learning representations by
    /// back-propagating errors*, 1986.
    ///
    /// # Panics
    ///
    /// If `x.len() != n_in`, or if `y >= n_out`.
    #[track_caller]
    // ANCHOR: train_step
    pub fn train_step(&mut self, x: &Array1<f64>, y: usize, lr: f64) -> f64 {
        // 1. Forward through all layers.
        let yhat = self.predict(x);
        let loss = cross_entropy::from_probabilities(&yhat, y);

        // 2. The gradient at the output: softmax and cross-entropy in one.
        let mut grad = yhat;
        grad[y] -= 1.0;

        // 3. Back through each layer, passing dx on.
        // 4. Each layer updates its own weights on the way.
        for layer in self.layers.iter_mut().rev() {
            grad = layer.backward(&grad, lr);
        }
        loss
    }
    // ANCHOR_END: train_step

    /// Panics unless the layers form a network. The layers are public, so anyone
    /// may have changed them.
    #[track_caller]
    pub(crate) fn check_layers(&self) {
        assert!(!self.layers.is_empty(), "a network needs at least one layer");
        let last = self.layers.len() - 1;
        for (l, layer) in self.layers.iter().enumerate() {
            let (n_in, n_out) = (layer.n_in(), layer.n_out());
            assert!(
                layer.b.len() == n_out,
                "layers[{l}] has {n_out} outputs, but its bias has length {}",
                layer.b.len()
            );
            let outputs = if l > 0 { self.layers[l - 1].n_out() } else { n_in };
            assert!(
                n_in == outputs,
                "layers[{l}] takes {n_in} inputs, but the layer before it has \
                 {outputs} outputs"
            );
            assert!(
                (layer.activation == Activation::Softmax) == (l == last),
                "layers[{l}] is {:?}; the last layer must be softmax, and all \
                 the others ReLU",
                layer.activation
            );
        }
    }

    /// The number of inputs.
    pub fn n_in(&self) -> usize {
        self.layers[0].n_in()
    }

    /// The number of outputs, one for each class.
    pub fn n_out(&self) -> usize {
        self.layers[self.layers.len() - 1].n_out()
    }

    /// All parameters in one vector: for each layer, `W` row by row, then `b`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let layer = (array![[1.0, 2.0], [3.0, 4.0]], array![5.0, 6.0]);
    /// let network = NeuralNet::from_parameters(vec![layer])?;
    /// assert_eq!(network.parameters(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    pub fn parameters(&self) -> Vec<f64> {
        let layers = self.layers.iter();
        layers.flat_map(|layer| layer.w.iter().chain(&layer.b).copied()).collect()
    }
}
