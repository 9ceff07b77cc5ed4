//! From scores to probabilities.
//!
//! The last layer's pre-activations `z`, also called logits, are any numbers at all. Softmax makes
//! them positive and lets them sum to one.

use ndarray::{Array1, ArrayView1, ArrayViewMut1, azip};

/// Softmax: `a[i] = exp(z[i] - max z) / Σⱼ exp(z[j] - max z)`.
///
/// Shapes: `z` and the result are `(n,)`.
///
/// Subtracting the largest score changes nothing in exact arithmetic, because it multiplies
/// numerator and denominator by the same factor. In floating point it makes every exponent zero or
/// less, so that nothing overflows: the result is right for any finite `z`. Equal scores get exactly
/// equal probabilities. Where `z` holds a NaN or `+∞`, or nothing but `-∞`, every probability is NaN.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::softmax;
///
/// assert_eq!(softmax(array![7.0, 7.0].view()), array![0.5, 0.5]);
/// assert_eq!(softmax(array![1e308, -1e308].view()), array![1.0, 0.0]);
/// ```
///
/// # Panics
///
/// If `z` is empty.
///
/// Source: Goodfellow, Bengio and Courville, *Deep Learning*, section 4.1.
#[track_caller]
pub fn softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    let mut a = Array1::zeros(z.len());
    softmax_into(z, a.view_mut());
    a
}

/// Softmax as the formula says, `a[i] = exp(z[i]) / Σⱼ exp(z[j])`, to see how it breaks.
///
/// Shapes: `z` and the result are `(n,)`. From `z = 710` on, `exp(z)` is infinite, and `∞ / ∞` is not
/// a number; use [`softmax`].
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax;
///
/// assert_eq!(softmax::naive(array![7.0, 7.0].view()), array![0.5, 0.5]);
/// assert!(softmax::naive(array![1000.0, 1001.0, 1002.0].view()).iter().all(|a| a.is_nan()));
/// ```
pub fn naive(z: ArrayView1<'_, f64>) -> Array1<f64> {
    let exp = z.mapv(libm::exp);
    let sum = exp.sum();
    exp / sum
}

/// [`softmax`] into an array that is already there, so that nothing is allocated.
///
/// Shapes: `z` and `a` are `(n,)`.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::softmax_into;
///
/// let mut a = array![0.0, 0.0];
/// softmax_into(array![7.0, 7.0].view(), a.view_mut());
/// assert_eq!(a, array![0.5, 0.5]);
/// ```
///
/// # Panics
///
/// If `z` is empty, or if `a` and `z` differ in length.
#[track_caller]
// ANCHOR: softmax
pub fn softmax_into(
    z: ArrayView1<'_, f64>,
    mut a: ArrayViewMut1<'_, f64>,
) {
    assert_eq!(
        a.len(),
        z.len(),
        "softmax gives a probability for each score"
    );
    let max_z = max(z);
    azip!((a in &mut a, &z in &z) *a = libm::exp(z - max_z));
    let sum = a.sum();
    a /= sum;
}
// ANCHOR_END: softmax

/// The logarithm of softmax: `z[i] - log_sum_exp(z)`.
///
/// Shapes: `z` and the result are `(n,)`. Natural logarithm.
///
/// Right for any finite `z`, as far as an `f64` can hold the result: `1e308` and `-1e308` are
/// further apart than that, and give `-∞`.
///
/// Taking `ln` of a softmax fails where a probability is too small for an `f64` and has become
/// zero. Here the logarithm is never taken of anything that small.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::log_softmax;
///
/// assert_eq!(log_softmax(array![0.0, -2000.0].view()), array![0.0, -2000.0]);
/// ```
///
/// # Panics
///
/// If `z` is empty.
#[track_caller]
// ANCHOR: log_softmax
pub fn log_softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    let max_z = max(z);
    let ln_sum =
        libm::log(z.iter().map(|z| libm::exp(z - max_z)).sum());
    z.mapv(|z| (z - max_z) - ln_sum)
}
// ANCHOR_END: log_softmax

/// `ln Σⱼ exp(z[j])`, computed as `max z + ln Σⱼ exp(z[j] - max z)`.
///
/// Shapes: `z` is `(n,)`, the result a number. Natural logarithm. Right for any finite `z`.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::log_sum_exp;
///
/// assert_eq!(log_sum_exp(array![1000.0].view()), 1000.0);
/// ```
///
/// # Panics
///
/// If `z` is empty.
#[track_caller]
pub fn log_sum_exp(z: ArrayView1<'_, f64>) -> f64 {
    let max_z = max(z);
    max_z + libm::log(z.iter().map(|z| libm::exp(z - max_z)).sum())
}

/// The index of the largest entry, the first of equals; `None` where any entry is NaN, or there is
/// none.
///
/// Shape: `values` is `(n,)`.
///
/// A network that has broken down has no opinion, and this says so rather than naming a class.
///
/// ```
/// use ndarray::array;
/// use no_magic::softmax::argmax;
///
/// assert_eq!(argmax(array![0.1, 0.7, 0.2].view()), Some(1));
/// assert_eq!(argmax(array![0.5, 0.5].view()), Some(0));
/// assert_eq!(argmax(array![0.5, f64::NAN].view()), None);
/// ```
pub fn argmax(values: ArrayView1<'_, f64>) -> Option<usize> {
    if values.iter().any(|value| value.is_nan()) {
        return None;
    }
    (0..values.len()).reduce(|best, i| {
        if values[i] > values[best] { i } else { best }
    })
}

#[track_caller]
pub(crate) fn max(z: ArrayView1<'_, f64>) -> f64 {
    assert!(
        !z.is_empty(),
        "softmax needs at least one score, got none"
    );
    z.fold(f64::NEG_INFINITY, |max, &z| max.max(z))
}
