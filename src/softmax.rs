//! From scores to probabilities.
//!
//! The scores `z` of the last layer, also called logits, can be any numbers.
//! Softmax makes them positive, and makes them sum to 1.

use ndarray::Array1;

/// Softmax: `a[i] = exp(z[i] - max z) / Σⱼ exp(z[j] - max z)`.
///
/// Shapes: `z` and the result are `(n,)`.
///
/// Subtracting the largest score changes nothing in exact arithmetic, because it
/// multiplies numerator and denominator by the same factor. In floating point it
/// makes every exponent zero or less, so nothing overflows, and the result is right
/// for any finite `z`. Equal scores get exactly equal probabilities. If `z`
/// contains NaN or `+∞`, or nothing but `-∞`, every probability is NaN.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::softmax;
///
/// assert_eq!(softmax(&array![7.0, 7.0]), array![0.5, 0.5]);
/// assert_eq!(softmax(&array![1e308, -1e308]), array![1.0, 0.0]);
/// ```
///
/// Source: Goodfellow, Bengio and Courville, *Deep Learning*, section 4.1.
///
/// # Panics
///
/// If `z` is empty.
#[track_caller]
// ANCHOR: softmax
pub fn softmax(z: &Array1<f64>) -> Array1<f64> {
    let exp = (z - max(z)).mapv(libm::exp);
    let sum = exp.sum();
    exp / sum
}
// ANCHOR_END: softmax

/// Softmax exactly as in the formula, `a[i] = exp(z[i]) / Σⱼ exp(z[j])`, to show
/// how it breaks.
///
/// Shapes: `z` and the result are `(n,)`. From `z = 710` on, `exp(z)` is infinite,
/// and `∞ / ∞` is NaN. Use [`softmax`] instead.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax;
///
/// assert_eq!(softmax::naive(&array![7.0, 7.0]), array![0.5, 0.5]);
/// assert!(
///     softmax::naive(&array![1000.0, 1001.0, 1002.0])
///         .iter()
///         .all(|a| a.is_nan())
/// );
/// ```
pub fn naive(z: &Array1<f64>) -> Array1<f64> {
    let exp = z.mapv(libm::exp);
    let sum = exp.sum();
    exp / sum
}

/// The logarithm of softmax: `z[i] - log_sum_exp(z)`.
///
/// Shapes: `z` and the result are `(n,)`. The logarithm is the natural one.
///
/// The result is right for any finite `z`, as long as an `f64` can hold it. (The
/// difference between `1e308` and `-1e308` overflows, and the result is `-∞`.)
///
/// Taking `ln` of a softmax fails if a probability is too small for an `f64` and
/// has become zero. Here we take the logarithm of a sum that is at least 1.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::log_softmax;
///
/// assert_eq!(log_softmax(&array![0.0, -2000.0]), array![0.0, -2000.0]);
/// ```
///
/// # Panics
///
/// If `z` is empty.
#[track_caller]
// ANCHOR: log_softmax
pub fn log_softmax(z: &Array1<f64>) -> Array1<f64> {
    let shifted = z - max(z);
    let sum = shifted.mapv(libm::exp).sum();
    shifted - libm::log(sum)
}
// ANCHOR_END: log_softmax

/// `ln Σⱼ exp(z[j])`, computed as `max z + ln Σⱼ exp(z[j] - max z)`.
///
/// Shapes: `z` is `(n,)`, the result is a number. The logarithm is the natural one.
/// The result is right for any finite `z`.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::log_sum_exp;
///
/// assert_eq!(log_sum_exp(&array![1000.0]), 1000.0);
/// ```
///
/// # Panics
///
/// If `z` is empty.
#[track_caller]
pub fn log_sum_exp(z: &Array1<f64>) -> f64 {
    let max_z = max(z);
    max_z + libm::log((z - max_z).mapv(libm::exp).sum())
}

/// The index of the largest entry, or of the first one if several tie. It is `None`
/// if any entry is NaN, or if there are no entries.
///
/// A network that outputs NaN has broken down, and `None` says so instead of
/// naming a class.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::argmax;
///
/// assert_eq!(argmax(&array![0.1, 0.7, 0.2]), Some(1));
/// assert_eq!(argmax(&array![0.5, 0.5]), Some(0));
/// assert_eq!(argmax(&array![0.5, f64::NAN]), None);
/// ```
pub fn argmax<'a>(values: impl IntoIterator<Item = &'a f64>) -> Option<usize> {
    let mut largest: Option<(usize, f64)> = None;
    for (i, &value) in values.into_iter().enumerate() {
        if value.is_nan() {
            return None;
        }
        if largest.is_none_or(|(_, largest)| value > largest) {
            largest = Some((i, value));
        }
    }
    largest.map(|(i, _)| i)
}

/// The largest entry.
#[track_caller]
fn max(z: &Array1<f64>) -> f64 {
    assert!(!z.is_empty(), "softmax needs at least one score, but z is empty");
    z.fold(f64::NEG_INFINITY, |max, &z| max.max(z))
}
