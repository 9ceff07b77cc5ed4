//! The linear part of a layer, for a whole batch at a time.

use ndarray::{Array1, Array2, Axis};
use rand::Rng;

use crate::random::standard_normal;

/// `Z = X Wᵀ + b`, with a row for each example.
///
/// | name | shape | |
/// |---|---|---|
/// | `X`, `dX` | `(batch, n_in)` | the inputs and their gradient |
/// | `Z`, `dZ` | `(batch, n_out)` | the outputs and their gradient |
/// | `W`, `dW` | `(n_out, n_in)` | the weights, as in Part I, and their gradient |
/// | `b`, `db` | `(n_out,)` | the bias and its gradient |
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::Linear;
///
/// let layer = Linear { w: array![[1.0, 2.0], [3.0, -4.0]], b: array![0.5, 0.5] };
/// let x = array![[1.0, 1.0], [0.0, 2.0]];
/// assert_eq!(layer.forward(&x), array![[3.5, -0.5], [4.5, -7.5]]);
///
/// let dz = array![[1.0, 0.0], [1.0, 1.0]];
/// let (dw, db) = layer.gradients(&x, &dz);
/// assert_eq!(dw, array![[1.0, 3.0], [0.0, 2.0]]); // summed over the batch
/// assert_eq!(db, array![2.0, 1.0]);
/// assert_eq!(layer.backward(&dz), array![[1.0, 2.0], [4.0, -2.0]]);
/// ```
// ANCHOR: linear
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// The weights, `(n_out, n_in)`.
    pub w: Array2<f64>,
    /// The bias, `(n_out,)`.
    pub b: Array1<f64>,
}
// ANCHOR_END: linear

impl Linear {
    /// A layer with He's initial weights. The same generator gives the same
    /// weights as in Part I.
    ///
    /// ```
    /// use no_magic::batched::Linear;
    /// use no_magic::by_hand::{Activation, Layer};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let rng = || ChaCha8Rng::seed_from_u64(0);
    /// let by_hand = Layer::new(36, 16, Activation::Relu, &mut rng());
    /// assert_eq!(Linear::new(36, 16, &mut rng()).w, by_hand.w);
    /// ```
    ///
    /// # Panics
    ///
    /// If `n_in` or `n_out` is zero.
    #[track_caller]
    pub fn new(n_in: usize, n_out: usize, rng: &mut impl Rng) -> Self {
        assert!(
            n_in > 0 && n_out > 0,
            "a layer needs at least one input and one output, but W would have \
             shape ({n_out}, {n_in})"
        );
        let scale = (2.0 / n_in as f64).sqrt();
        let w = Array2::from_shape_simple_fn((n_out, n_in), || {
            standard_normal(rng) * scale
        });
        Self { w, b: Array1::zeros(n_out) }
    }

    /// `Z = X Wᵀ + b`.
    ///
    /// Shapes: `x` is `(batch, n_in)`, the result `(batch, n_out)`.
    ///
    /// # Panics
    ///
    /// If `x.ncols() != n_in`, or if `b.len() != n_out`.
    #[track_caller]
    // ANCHOR: linear_forward
    pub fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        self.check_inputs(x);
        x.dot(&self.w.t()) + &self.b
    }
    // ANCHOR_END: linear_forward

    /// The gradients of the parameters: `dW = dZᵀ X`, and `db`, the sum of `dZ`
    /// over the batch.
    ///
    /// Shapes: `x` is the input of forward, `dz` is `(batch, n_out)`. The results
    /// are `(n_out, n_in)` and `(n_out,)`.
    ///
    /// # Panics
    ///
    /// If `x.ncols() != n_in`, if `dz.ncols() != n_out`, or if
    /// `x.nrows() != dz.nrows()`.
    #[track_caller]
    // ANCHOR: linear_gradients
    pub fn gradients(
        &self,
        x: &Array2<f64>,
        dz: &Array2<f64>,
    ) -> (Array2<f64>, Array1<f64>) {
        self.check_batch(x, dz);
        let dw = dz.t().dot(x);
        let db = dz.sum_axis(Axis(0));
        (dw, db)
    }
    // ANCHOR_END: linear_gradients

    /// The gradient to pass back: `dX = dZ W`.
    ///
    /// Shapes: `dz` is `(batch, n_out)`, the result `(batch, n_in)`.
    ///
    /// # Panics
    ///
    /// If `dz.ncols() != n_out`.
    #[track_caller]
    // ANCHOR: linear_backward
    pub fn backward(&self, dz: &Array2<f64>) -> Array2<f64> {
        dz.dot(&self.w)
    }
    // ANCHOR_END: linear_backward

    #[track_caller]
    fn check_inputs(&self, x: &Array2<f64>) {
        let (n_out, n_in) = self.w.dim();
        assert!(
            self.b.len() == n_out,
            "the layer has {n_out} outputs, but its bias has length {}",
            self.b.len()
        );
        assert!(
            x.ncols() == n_in,
            "the layer takes {n_in} inputs, but x has shape {:?}",
            x.dim()
        );
    }

    #[track_caller]
    fn check_batch(&self, x: &Array2<f64>, dz: &Array2<f64>) {
        self.check_inputs(x);
        let shape = (x.nrows(), self.w.nrows());
        assert!(
            dz.dim() == shape,
            "the layer's outputs have shape {shape:?}, but dz has shape {:?}",
            dz.dim()
        );
    }
}
