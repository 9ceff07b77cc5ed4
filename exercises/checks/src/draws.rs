//! Random inputs, the same ones each time.

use ndarray::{Array, Dimension, ShapeBuilder};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Draws numbers that are easy to read: multiples of 1/4 between -3 and 3.
pub(crate) struct Draws(pub ChaCha8Rng);

impl Draws {
    /// Always the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number, which is never 0.
    pub fn number(&mut self) -> f64 {
        let sign = if self.0.random::<bool>() { 0.25 } else { -0.25 };
        sign * f64::from(self.0.random_range(1..=12))
    }

    /// Numbers in a shape.
    pub fn array<D: Dimension, S: ShapeBuilder<Dim = D>>(
        &mut self,
        shape: S,
    ) -> Array<f64, D> {
        Array::from_shape_simple_fn(shape, || self.number())
    }
}
