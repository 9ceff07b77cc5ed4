//! One layer: weights, a bias, an activation, and what forward keeps for backward.

use ndarray::{
    Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1,
    ArrayViewMut2, azip,
};
use rand::Rng;

use crate::random::standard_normal;
use crate::softmax::softmax_into;

/// What a layer does to `z = W x + b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `a = max(0, z)`, entry by entry.
    Relu,
    /// `a = exp(z) / Σ exp(z)`: the last layer's probabilities.
    Softmax,
}

/// A fully connected layer, `a = activation(W x + b)`.
///
/// | name | shape | |
/// |---|---|---|
/// | `W` | `(n_out, n_in)` | weights, one row per output |
/// | `b` | `(n_out,)` | bias |
/// | `x`, `dx` | `(n_in,)` | input, and the loss's gradient with respect to it |
/// | `z`, `a`, `dz` | `(n_out,)` | before and after the activation, and the gradient at `z` |
///
/// The layer owns room for all of them, so that a training step allocates nothing.
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
/// assert_eq!(layer.forward(x.view()), array![3.5, 0.0]);
///
/// let grad = array![1.0, 1.0]; // dL/da, from the next layer
/// let dx = layer.backward(grad.view(), 0.5);
/// assert_eq!(dx, array![1.0, 2.0]); // Wᵀ dz, with dz = [1, 0]
/// assert_eq!(layer.w(), array![[0.5, 1.5], [3.0, -4.0]]); // W - 0.5 outer(dz, x)
/// ```
// ANCHOR: layer
#[derive(Clone, Debug)]
pub struct Layer {
    w: Array2<f64>,
    b: Array1<f64>,
    activation: Activation,
    // The cache: what forward keeps for backward.
    x: Array1<f64>,
    z: Array1<f64>,
    // The output.
    a: Array1<f64>,
    // What backward computes.
    dz: Array1<f64>,
    dx: Array1<f64>,
}
// ANCHOR_END: layer

impl Layer {
    /// A layer with He's initial weights, `W ~ N(0, 1) · sqrt(2 / n_in)`, and `b = 0`.
    ///
    /// Shapes: `W` is `(n_out, n_in)`, `b` is `(n_out,)`. ReLU silences about half of the units. The
    /// 2 makes up for it, so that the activations of a deep stack neither fade nor explode.
    ///
    /// ```
    /// use no_magic::by_hand::{Activation, Layer};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let layer = Layer::new(200, 100, Activation::Relu, &mut rng);
    /// assert_eq!(layer.w().dim(), (100, 200));
    /// assert!((layer.w().std(0.0) - 0.1).abs() < 0.002); // sqrt(2 / 200)
    /// ```
    ///
    /// Source: He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*, 2015, equation 10.
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

    /// A layer with the given weights `W`, `(n_out, n_in)`, and bias `b`, `(n_out,)`.
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
    /// If `b` has not one entry for each row of `w`.
    #[track_caller]
    pub fn from_parts(
        w: Array2<f64>,
        b: Array1<f64>,
        activation: Activation,
    ) -> Self {
        let (n_out, n_in) = w.dim();
        assert_eq!(
            b.len(),
            n_out,
            "b needs one entry for each of the {n_out} rows of W"
        );
        Self {
            w: w.as_standard_layout().into_owned(),
            b,
            activation,
            x: Array1::zeros(n_in),
            z: Array1::zeros(n_out),
            a: Array1::zeros(n_out),
            dz: Array1::zeros(n_out),
            dx: Array1::zeros(n_in),
        }
    }

    /// `a = activation(W x + b)`.
    ///
    /// Keeps `x` and `z` for [`backward`](Self::backward).
    ///
    /// Shapes: `x` is `(n_in,)`, the result `(n_out,)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::{Activation, Layer};
    ///
    /// let w = array![[1.0, 2.0], [3.0, -4.0]];
    /// let mut layer = Layer::from_parts(w, array![0.5, 0.5], Activation::Relu);
    /// assert_eq!(layer.forward(array![1.0, 1.0].view()), array![3.5, 0.0]);
    /// assert_eq!(layer.z(), array![3.5, -0.5]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `x` has not `n_in` entries.
    #[track_caller]
    // ANCHOR: layer_forward
    pub fn forward(
        &mut self,
        x: ArrayView1<'_, f64>,
    ) -> ArrayView1<'_, f64> {
        assert_eq!(
            x.len(),
            self.n_in(),
            "x needs one entry for each column of W"
        );
        self.x.assign(&x);

        // z = W x + b
        azip!((
            z in &mut self.z, w in self.w.rows(), &b in &self.b
        ) *z = w.dot(&self.x) + b);

        match self.activation {
            Activation::Relu => {
                azip!((a in &mut self.a, &z in &self.z) *a = relu(z));
            }
            Activation::Softmax => {
                softmax_into(self.z.view(), self.a.view_mut());
            }
        }
        self.a.view()
    }
    // ANCHOR_END: layer_forward

    /// Takes the gradient back through the layer, and takes one step of gradient descent.
    ///
    /// `grad` is `dL/da`, from the next layer; for a softmax layer it is `dL/dz`, because the
    /// gradient of softmax and cross-entropy is taken together, upstream. The result is `dL/dx`
    /// for the layer before, computed with the weights as they were in forward.
    ///
    /// Shapes: `grad` is `(n_out,)`, the result `(n_in,)`. Call [`forward`](Self::forward) first: a
    /// layer that has seen no `x` has nothing to learn from.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::{Activation, Layer};
    ///
    /// let w = array![[1.0, 2.0], [3.0, -4.0]];
    /// let mut layer = Layer::from_parts(w, array![0.5, 0.5], Activation::Relu);
    /// layer.forward(array![1.0, 1.0].view());
    ///
    /// let grad = array![1.0, 1.0];
    /// assert_eq!(layer.backward(grad.view(), 0.5), array![1.0, 2.0]); // the second unit is silent
    /// assert_eq!(layer.w(), array![[0.5, 1.5], [3.0, -4.0]]);
    /// assert_eq!(layer.b(), array![0.0, 0.5]);
    /// ```
    ///
    /// Source: Rumelhart, Hinton and Williams, *Learning representations by back-propagating
    /// errors*, 1986.
    ///
    /// # Panics
    ///
    /// If `grad` has not `n_out` entries.
    #[track_caller]
    // ANCHOR: layer_backward
    pub fn backward(
        &mut self,
        grad: ArrayView1<'_, f64>,
        lr: f64,
    ) -> ArrayView1<'_, f64> {
        self.activation_backward(grad);

        // dx = Wᵀ dz, taken before the update
        self.dx.fill(0.0);
        azip!((w in self.w.rows(), &dz in &self.dz) {
            self.dx.scaled_add(dz, &w);
        });

        self.update(lr);
        self.dx.view()
    }
    // ANCHOR_END: layer_backward

    /// [`backward`](Self::backward) for the first layer, below which nobody waits for `dx`.
    ///
    /// Shape: `grad` is `(n_out,)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::by_hand::{Activation, Layer};
    ///
    /// let mut layer = Layer::from_parts(array![[1.0, 2.0]], array![0.0], Activation::Relu);
    /// layer.forward(array![1.0, 1.0].view());
    /// layer.backward_first(array![2.0].view(), 0.5);
    /// assert_eq!(layer.w(), array![[0.0, 1.0]]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `grad` has not `n_out` entries.
    #[track_caller]
    // ANCHOR: layer_backward_first
    pub fn backward_first(
        &mut self,
        grad: ArrayView1<'_, f64>,
        lr: f64,
    ) {
        self.activation_backward(grad);
        self.update(lr);
    }
    // ANCHOR_END: layer_backward_first

    /// `dz = grad * (z > 0)` for ReLU; for softmax `grad` itself.
    #[track_caller]
    // ANCHOR: layer_activation_backward
    fn activation_backward(&mut self, grad: ArrayView1<'_, f64>) {
        assert_eq!(
            grad.len(),
            self.n_out(),
            "grad needs one entry for each row of W"
        );
        match self.activation {
            Activation::Relu => {
                azip!((dz in &mut self.dz, &g in &grad, &z in &self.z) {
                    *dz = if z > 0.0 { g } else { 0.0 };
                });
            }
            Activation::Softmax => self.dz.assign(&grad),
        }
    }
    // ANCHOR_END: layer_activation_backward

    /// `W -= lr dW` with `dW = outer(dz, x)`, whose row `i` is `dz[i] x`; `b -= lr db` with `db = dz`.
    // ANCHOR: layer_update
    fn update(&mut self, lr: f64) {
        azip!((mut w in self.w.rows_mut(), &dz in &self.dz) {
            // A silent unit stays as it is.
            if dz != 0.0 {
                w.scaled_add(-lr * dz, &self.x);
            }
        });
        self.b.scaled_add(-lr, &self.dz);
    }
    // ANCHOR_END: layer_update

    /// The number of inputs, `n_in`.
    pub fn n_in(&self) -> usize {
        self.w.ncols()
    }

    /// The number of outputs, `n_out`.
    pub fn n_out(&self) -> usize {
        self.w.nrows()
    }

    /// The activation.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// The weights `W`, `(n_out, n_in)`.
    pub fn w(&self) -> ArrayView2<'_, f64> {
        self.w.view()
    }

    /// The weights, to change them.
    pub fn w_mut(&mut self) -> ArrayViewMut2<'_, f64> {
        self.w.view_mut()
    }

    /// The bias `b`, `(n_out,)`.
    pub fn b(&self) -> ArrayView1<'_, f64> {
        self.b.view()
    }

    /// The bias, to change it.
    pub fn b_mut(&mut self) -> ArrayViewMut1<'_, f64> {
        self.b.view_mut()
    }

    /// `z = W x + b` of the last forward pass, `(n_out,)`: a softmax layer's logits.
    pub fn z(&self) -> ArrayView1<'_, f64> {
        self.z.view()
    }

    /// The activations of the last forward pass, `(n_out,)`.
    pub fn a(&self) -> ArrayView1<'_, f64> {
        self.a.view()
    }

    /// The gradient at `z` in the last backward pass, `(n_out,)`.
    pub fn dz(&self) -> ArrayView1<'_, f64> {
        self.dz.view()
    }

    /// What the last [`backward`](Self::backward) handed on, `(n_in,)`.
    pub fn dx(&self) -> ArrayView1<'_, f64> {
        self.dx.view()
    }
}

/// `max(0, z)`. A NaN stays NaN, where `f64::max` would hide it.
fn relu(z: f64) -> f64 {
    if z < 0.0 { 0.0 } else { z }
}
