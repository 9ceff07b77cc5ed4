//! Randomness that is the same on every machine.
//!
//! Generators are always passed in, so a seed fixes everything that follows from
//! it.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

/// Draws from the normal distribution with mean 0 and standard deviation 1.
///
/// The sample is drawn in `f32` and widened. Its rare tail is computed with the
/// platform's `ln`, whose last bit may differ from one platform to the next;
/// rounding to `f32` takes that bit away, but for one case in some hundred million.
///
/// ```
/// use no_magic::random::standard_normal;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let mean = (0..10_000).map(|_| standard_normal(&mut rng)).sum::<f64>()
///     / 10_000.0;
/// assert!(mean.abs() < 0.03);
/// ```
pub fn standard_normal(rng: &mut impl Rng) -> f64 {
    let sample: f32 = rng.sample(StandardNormal);
    f64::from(sample)
}
