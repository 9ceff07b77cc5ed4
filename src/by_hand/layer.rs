//! One layer: weights, a bias, an activation, and what forward keeps for backward.

use ndarray::{Array1, Array2};
use rand::Rng;

use crate::outer::outer;
use crate::random::standard_normal;
use crate::relu::{relu, relu_slope};
use crate::softmax::softmax;

/// The activation function of a layer, applied to `z = W x + b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `a = max(0, z)`, entry by entry.
    Relu,
    /// `a = exp(z) / Σ exp(z)`, the probabilities that the last layer outputs.
    Softmax,
}

/// A fully connected layer, `a = activation(W x + b)`.
///
/// | name | shape | |
/// |---|---|---|
/// | `W`, `dW` | `(n_out, n_in)` | the weights and their gradient |
/// | `b`, `db` | `(n_out,)` | the bias and its gradient |
/// | `x`, `dx` | `(n_in,)` | the input and its gradient |
/// | `z`, `dz` | `(n_out,)` | the sums before the activation and their gradient |
/// | `a`, `grad` | `(n_out,)` | the output and its gradient |
///
/// Comparing two layers with `==` also compares the `x` and `z` of their
/// last forward pass.
///
/// ```
/// use ndarray::array;
/// use no_magic::by_hand::{Activation, Layer};
///
/// let w = array![[1.0, 2.0], [3.0, -4.0]];
/// let b = array![0.5, 0.5];
/// let mut layer = Layer::from_parts(w, b, Activation::Relu);
///
/// let x = array![1.0, 1.0];
/// assert_eq!(layer.forward(&x), array![3.5, 0.0]);
///
/// let grad = array![1.0, 1.0]; // dL/da, from the next layer
/// let dx = layer.backward(&grad, 0.5);
/// assert_eq!(dx, array![1.0, 2.0]); // Wᵀ dz, with dz = [1, 0]
/// assert_eq!(layer.w, array![[0.5, 1.5], [3.0, -4.0]]); // W - 0.5 outer(dz, x)
/// ```
// ANCHOR: layer
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The weights `W`, `(n_out, n_in)`: one row for each output.
    pub w: Array2<f64>,
    /// The bias `b`, `(n_out,)`.
    pub b: Array1<f64>,
    /// The activation function.
    pub activation: Activation,
    /// The last input, `(n_in,)`. Forward keeps it for backward.
    pub x: Array1<f64>,
    /// The last `z = W x + b`, `(n_out,)`. Forward keeps it too.
    pub z: Array1<f64>,
}
// ANCHOR_END: layer

impl Layer {
    /// A layer with He's initial weights,
    /// `W ~ N(0, 1) · sqrt(2 / n_in)`, and `b = 0`.
    ///
    /// Shapes: `W` is `(n_out, n_in)`, `b` is `(n_out,)`. ReLU silences about half
    /// of the units. The factor of 2 makes up for that, so the activations neither
    /// vanish nor explode in a deep network.
    ///
    /// ```
    /// use no_magic::by_hand::{Activation, Layer};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let layer = Layer::new(200, 100, Activation::Relu, &mut rng);
    /// assert_eq!(layer.w.dim(), (100, 200));
    /// assert!((layer.w.std(0.0) - 0.1).abs() < 0.002); // sqrt(2 / 200)
    /// ```
    ///
    /// Source: He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*,
    /// 2015, equation 10.
    ///
    /// # Panics
    ///
    /// If `n_in` or `n_out` is zero.
    #[track_caller]
    // ANCHOR: layer_new
    pub fn new(
        n_in: usize,
        n_out: usize,
        activation: Activation,
        rng: &mut impl Rng,
    ) -> Self {
        let scale = (2.0 / n_in as f64).sqrt();
        let w = Array2::from_shape_simple_fn((n_out, n_in), || {
            standard_normal(rng) * scale
        });
        let b = Array1::zeros(n_out);
        Self::from_parts(w, b, activation)
    }
    // ANCHOR_END: layer_new

    /// A layer with the given weights `W`, `(n_out, n_in)`, and bias
    /// `b`, `(n_out,)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::{Activation, Layer};
    ///
    /// let w = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    /// let layer = Layer::from_parts(w, array![0.0, 0.0], Activation::Softmax);
    /// assert_eq!((layer.n_in(), layer.n_out()), (3, 2));
    /// ```
    ///
    /// # Panics
    ///
    /// If `w` has no rows or no columns, or if `b.len() != w.nrows()`.
    #[track_caller]
    pub fn from_parts(
        w: Array2<f64>,
        b: Array1<f64>,
        activation: Activation,
    ) -> Self {
        let (n_out, n_in) = w.dim();
        assert!(
            n_out > 0 && n_in > 0,
            "a layer needs at least one input and one output, but W has shape \
             ({n_out}, {n_in})"
        );
        assert!(
            b.len() == n_out,
            "W has {n_out} rows, so b needs length {n_out}, not {}",
            b.len()
        );
        Self {
            // Row by row, so that sums are taken in the same order everywhere.
            w: w.as_standard_layout().into_owned(),
            b: b.as_standard_layout().into_owned(),
            activation,
            x: Array1::zeros(n_in),
            z: Array1::zeros(n_out),
        }
    }

    /// `a = activation(W x + b)`. Keeps `x` and `z` for
    /// [`backward`](Self::backward).
    ///
    /// Shapes: `x` is `(n_in,)`, the result `(n_out,)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::{Activation, Layer};
    ///
    /// let w = array![[1.0, 2.0], [3.0, -4.0]];
    /// let mut layer = Layer::from_parts(w, array![0.5, 0.5], Activation::Relu);
    /// assert_eq!(layer.forward(&array![1.0, 1.0]), array![3.5, 0.0]);
    /// assert_eq!(layer.z, array![3.5, -0.5]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `x.len() != n_in`.
    #[track_caller]
    // ANCHOR: layer_forward
    pub fn forward(&mut self, x: &Array1<f64>) -> Array1<f64> {
        self.x = x.clone();
        self.z = self.w.dot(x) + &self.b;
        match self.activation {
            Activation::Relu => self.z.mapv(relu),
            Activation::Softmax => softmax(&self.z),
        }
    }
    // ANCHOR_END: layer_forward

    /// Passes the gradient back through the layer, and takes one step of gradient
    /// descent with the learning rate `lr`.
    ///
    /// `grad` is `dL/da`, which the next layer passes back. For a softmax
    /// layer, `grad` is `dL/dz` instead, because softmax and cross-entropy are
    /// differentiated together. The result is `dL/dx`, for the layer before
    /// this one. It is computed with the weights that forward used, before the
    /// step changes them.
    ///
    /// Shapes: `grad` is `(n_out,)`, the result `(n_in,)`. Call
    /// [`forward`](Self::forward) first: backward uses the `x` and `z` that it
    /// kept. The learning rate isn't checked: with a negative learning rate the
    /// loss goes up, and with NaN or `∞` the weights become NaN or infinite.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::{Activation, Layer};
    ///
    /// let w = array![[1.0, 2.0], [3.0, -4.0]];
    /// let mut layer = Layer::from_parts(w, array![0.5, 0.5], Activation::Relu);
    /// layer.forward(&array![1.0, 1.0]);
    ///
    /// let grad = array![1.0, 1.0];
    /// // The second unit is silent.
    /// assert_eq!(layer.backward(&grad, 0.5), array![1.0, 2.0]);
    /// assert_eq!(layer.w, array![[0.5, 1.5], [3.0, -4.0]]);
    /// assert_eq!(layer.b, array![0.0, 0.5]);
    /// ```
    ///
    /// Source: Rumelhart, Hinton and Williams, *Learning representations by
    /// back-propagating errors*, 1986.
    ///
    /// # Panics
    ///
    /// If `grad.len() != n_out`. (But if `grad` has length 1, a ReLU layer doesn't
    /// panic: `ndarray` broadcasts `grad` to all outputs.)
    #[track_caller]
    // ANCHOR: layer_backward
    pub fn backward(&mut self, grad: &Array1<f64>, lr: f64) -> Array1<f64> {
        let dz = match self.activation {
            Activation::Relu => grad * self.z.mapv(relu_slope),
            Activation::Softmax => grad.clone(),
        };
        let dw = outer(&dz, &self.x);
        let db = &dz;
        let dx = self.w.t().dot(&dz);

        self.w -= &(lr * dw);
        self.b -= &(lr * db);
        dx
    }
    // ANCHOR_END: layer_backward

    /// The number of inputs, `n_in`.
    pub fn n_in(&self) -> usize {
        self.w.ncols()
    }

    /// The number of outputs, `n_out`.
    pub fn n_out(&self) -> usize {
        self.w.nrows()
    }
}
