//! The linear part of a layer, for a batch at a time.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::Rng;

use crate::random::standard_normal;

/// `Z = X Wᵀ + b`, a row for each example.
///
/// | name | shape | |
/// |---|---|---|
/// | `X`, `dX` | `(batch, n_in)` | inputs, and the loss's gradient with respect to them |
/// | `Z`, `dZ` | `(batch, n_out)` | outputs, and the gradient there |
/// | `W`, `dW` | `(n_out, n_in)` | weights, as in Part I |
/// | `b`, `db` | `(n_out,)` | bias |
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::Linear;
///
/// let layer = Linear { w: array![[1.0, 2.0], [3.0, -4.0]], b: array![0.5, 0.5] };
/// let x = array![[1.0, 1.0], [0.0, 2.0]];
/// assert_eq!(layer.forward(x.view()), array![[3.5, -0.5], [4.5, -7.5]]);
///
/// let dz = array![[1.0, 0.0], [1.0, 1.0]];
/// let (dw, db) = layer.gradients(x.view(), dz.view());
/// assert_eq!(dw, array![[1.0, 3.0], [0.0, 2.0]]); // summed over the batch
/// assert_eq!(db, array![2.0, 1.0]);
/// assert_eq!(layer.backward(dz.view()), array![[1.0, 2.0], [4.0, -2.0]]);
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
    /// A layer with He's initial weights, as in Part I: from the same generator, the same weights.
    ///
    /// ```
    /// use no_magic::batched::Linear;
    /// use no_magic::by_hand::{Activation, Layer};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let rng = || ChaCha8Rng::seed_from_u64(0);
    /// let by_hand = Layer::new(36, 16, Activation::Relu, &mut rng());
    /// assert_eq!(Linear::new(36, 16, &mut rng()).w, by_hand.w());
    /// ```
    pub fn new(n_in: usize, n_out: usize, rng: &mut impl Rng) -> Self {
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
    /// If `x` has not `n_in` columns.
    #[track_caller]
    // ANCHOR: linear_forward
    pub fn forward(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        x.dot(&self.w.t()) + &self.b
    }
    // ANCHOR_END: linear_forward

    /// The gradients of the parameters: `dW = dZᵀ X`, and `db`, the sum of `dZ` over the batch.
    ///
    /// Shapes: `x` is what forward got, `dz` is `(batch, n_out)`; the results are `(n_out, n_in)` and
    /// `(n_out,)`.
    ///
    /// # Panics
    ///
    /// If `x` and `dz` differ in rows.
    #[track_caller]
    // ANCHOR: linear_gradients
    pub fn gradients(
        &self,
        x: ArrayView2<'_, f64>,
        dz: ArrayView2<'_, f64>,
    ) -> (Array2<f64>, Array1<f64>) {
        (dz.t().dot(&x), dz.sum_axis(Axis(0)))
    }
    // ANCHOR_END: linear_gradients

    /// The gradient to hand on: `dX = dZ W`.
    ///
    /// Shapes: `dz` is `(batch, n_out)`, the result `(batch, n_in)`.
    ///
    /// # Panics
    ///
    /// If `dz` has not `n_out` columns.
    #[track_caller]
    // ANCHOR: linear_backward
    pub fn backward(&self, dz: ArrayView2<'_, f64>) -> Array2<f64> {
        dz.dot(&self.w)
    }
    // ANCHOR_END: linear_backward
}
