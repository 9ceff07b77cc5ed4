//! Randomness that is the same on every machine.
//!
//! The caller always passes the generator in, so the seed determines every number.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

/// Draws from the normal distribution with mean 0 and standard deviation 1.
///
/// The sample is rounded to `f32`. Samples far from 0, which are rare, are computed
/// with the platform's `ln`, whose last bit may differ from one platform to
/// another. Rounding removes that difference, except in about one of a hundred
/// million cases.
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
