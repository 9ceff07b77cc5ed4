//! The network of Part I, without a backward pass of its own.

use ndarray::{Array2, Axis};
use rand::Rng;

use super::tape::Tape;
use super::var::Var;
use crate::NetworkError;
use crate::by_hand::NeuralNet;
use crate::learning_rate::check_lr;

/// A network of fully connected layers with ReLU between them. The tape finds
/// its gradients.
///
/// It computes the same as [`NeuralNet`], for a batch at a time. `W` is
/// `(n_out, n_in)`, as in [`NeuralNet`], and `b` is a row, `(1, n_out)`.
///
/// ```
/// use ndarray::array;
/// use no_magic::autograd::Network;
/// use no_magic::by_hand::NeuralNet;
///
/// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
/// let mut network =
///     Network::from(&NeuralNet::from_parameters(vec![zeros])?);
/// let x = array![[1.0, 0.0]];
/// let loss = network.train_step(&x, &[0], 1.0);
/// assert!((loss - 0.693_147).abs() < 1e-6); // ln 2
/// assert_eq!(network.layers()[0].0, array![[0.5, 0.0], [-0.5, 0.0]]);
/// # Ok::<(), no_magic::NetworkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network {
    layers: Vec<(Array2<f64>, Array2<f64>)>,
}

/// A network with the same weights and biases.
///
/// # Panics
///
/// If the layers of `network` don't fit together, if the last layer isn't softmax,
/// or if any other layer isn't ReLU.
impl From<&NeuralNet> for Network {
    #[track_caller]
    fn from(network: &NeuralNet) -> Self {
        network.check_layers();
        let layers = network
            .layers
            .iter()
            .map(|layer| (layer.w.clone(), layer.b.clone().insert_axis(Axis(0))));
        Self { layers: layers.collect() }
    }
}

impl Network {
    /// A network with the given sizes and the same initial weights as
    /// [`NeuralNet::new`].
    ///
    /// ```
    /// use no_magic::autograd::Network;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let network =
    ///     Network::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(0))?;
    /// let (w, b) = &network.layers()[0];
    /// assert_eq!((w.dim(), b.dim()), ((16, 36), (1, 16)));
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there are fewer than two sizes, or if a size is zero.
    pub fn new(sizes: &[usize], rng: &mut impl Rng) -> Result<Self, NetworkError> {
        Ok(Self::from(&NeuralNet::new(sizes, rng)?))
    }

    /// The weights and biases, `(W, b)` for each layer from first to last.
    pub fn layers(&self) -> &[(Array2<f64>, Array2<f64>)] {
        &self.layers
    }

    /// Computes the probability of each class, for each example.
    ///
    /// Shapes: `x` is `(batch, n_in)`, the result `(batch, n_out)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Network;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
    /// let network = Network::from(&NeuralNet::from_parameters(vec![zeros])?);
    /// let x = array![[1.0, -3.0], [0.0, 2.0]];
    /// assert_eq!(network.predict(&x), array![[0.5, 0.5], [0.5, 0.5]]);
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `x.ncols() != n_in`.
    #[track_caller]
    pub fn predict(&self, x: &Array2<f64>) -> Array2<f64> {
        let tape = Tape::new();
        let z = forward(&self.record(&tape), tape.var(x.clone()));
        z.log_softmax().exp().value()
    }

    /// Takes one step of gradient descent on a batch, and returns its mean loss
    /// before the step.
    ///
    /// Shapes: `x` is `(batch, n_in)`, `y` has one label for each row. The loss of
    /// a row is [`from_logits`](crate::cross_entropy::from_logits), which is
    /// `-log_softmax(z)[y]`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Network;
    /// use no_magic::by_hand::NeuralNet;
    ///
    /// let zeros = (array![[0.0], [0.0]], array![0.0, 0.0]);
    /// let mut network =
    ///     Network::from(&NeuralNet::from_parameters(vec![zeros])?);
    /// let x = array![[1.0], [-1.0]];
    /// network.train_step(&x, &[0, 1], 1.0);
    /// let (w, b) = &network.layers()[0];
    /// assert_eq!(w, array![[0.5], [-0.5]]);
    /// assert_eq!(b, array![[0.0, 0.0]]);
    /// # Ok::<(), no_magic::NetworkError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// - If `x.ncols() != n_in`, if `y.len() != x.nrows()`, or if
    ///   there are no rows.
    /// - If a label is not below `n_out`.
    /// - If the learning rate is NaN, infinite or negative.
    #[track_caller]
    // ANCHOR: network_train_step
    pub fn train_step(&mut self, x: &Array2<f64>, y: &[usize], lr: f64) -> f64 {
        check_lr(lr);
        let tape = Tape::new();
        let layers = self.record(&tape);
        let z = forward(&layers, tape.var(x.clone()));
        let loss = -z.log_softmax().pick(y).mean();

        let gradients = loss.backward();
        for ((w, b), (w_var, b_var)) in self.layers.iter_mut().zip(layers) {
            *w -= &(lr * gradients.wrt(w_var));
            *b -= &(lr * gradients.wrt(b_var));
        }
        loss.item()
    }
    // ANCHOR_END: network_train_step

    /// Puts the weights and biases on the tape.
    fn record<'t>(&self, tape: &'t Tape) -> Vec<(Var<'t>, Var<'t>)> {
        let layers = self.layers.iter();
        layers.map(|(w, b)| (tape.var(w.clone()), tape.var(b.clone()))).collect()
    }
}

/// The logits: `Z = A Wᵀ + b` in each layer, with ReLU after all but the last.
#[track_caller]
// ANCHOR: network_forward
fn forward<'t>(layers: &[(Var<'t>, Var<'t>)], x: Var<'t>) -> Var<'t> {
    let (&(w, b), hidden) = layers.split_last().expect("a network has layers");
    let mut a = x;
    for &(w, b) in hidden {
        a = (a.matmul(w.t()) + b).relu();
    }
    a.matmul(w.t()) + b
}
// ANCHOR_END: network_forward
