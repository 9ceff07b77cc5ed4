//! Dropout: silence units at random, but only in training.

use ndarray::Array2;
use rand::{Rng, RngExt};
use thiserror::Error;

/// Sets each number to 0 with probability `rate`, and scales up the rest.
///
/// This is *inverted* dropout: training already divides the remaining numbers by
/// `1 - rate`. So each number's expected value stays the same, and predictions
/// don't need dropout at all.
///
/// ```
/// use no_magic::batched::Dropout;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let dropout = Dropout::new(0.5)?;
/// let mask = dropout.mask((100, 100), &mut ChaCha8Rng::seed_from_u64(0));
/// assert!(mask.iter().all(|&m| m == 0.0 || m == 2.0));
/// assert!((mask.mean().unwrap() - 1.0).abs() < 0.05);
/// # Ok::<(), no_magic::batched::DropoutError>(())
/// ```
///
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov,
/// *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, 2014,
/// sections 4 and 10.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    rate: f64,
}

impl Dropout {
    /// Dropout that sets each number to 0 with probability `rate`.
    ///
    /// # Errors
    ///
    /// If `rate` is negative, NaN, or at least 1.
    pub fn new(rate: f64) -> Result<Self, DropoutError> {
        if !(0.0..1.0).contains(&rate) {
            return Err(DropoutError { rate });
        }
        Ok(Self { rate })
    }

    /// Draws a mask: each entry is 0 with probability `rate`, and otherwise
    /// `1 / (1 - rate)`.
    ///
    /// Forward and backward multiply by the same mask: `a = mask · z` and
    /// `dz = mask · da`.
    // ANCHOR: dropout_mask
    pub fn mask(&self, shape: (usize, usize), rng: &mut impl Rng) -> Array2<f64> {
        let kept = 1.0 / (1.0 - self.rate);
        Array2::from_shape_simple_fn(shape, || {
            if rng.random_bool(self.rate) { 0.0 } else { kept }
        })
    }
    // ANCHOR_END: dropout_mask

    /// Forward in training: returns the output, and the mask for backward.
    ///
    /// Shapes: `x`, the output and the mask are all `(batch, features)`.
    // ANCHOR: dropout_forward
    pub fn forward(
        &self,
        x: &Array2<f64>,
        rng: &mut impl Rng,
    ) -> (Array2<f64>, Array2<f64>) {
        let mask = self.mask(x.dim(), rng);
        (x * &mask, mask)
    }
    // ANCHOR_END: dropout_forward
}

/// The dropout rate is not a probability, or it would silence every unit.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("the dropout rate is {rate}; it must be at least 0 and below 1")]
pub struct DropoutError {
    /// The dropout rate.
    pub rate: f64,
}
