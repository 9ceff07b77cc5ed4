//! Exercise `overflow`, answered.

use checks::overflow::Outcome;
use ndarray::{Array1, ArrayView1};

/// `exp(z) / Σ exp(z)`, just as it stands there.
pub fn naive_softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    let exp = z.mapv(f64::exp);
    let sum = exp.sum();
    exp / sum
}

/// What the following become in an `f64`, in this order:
///
/// 1. `exp(1000)`
/// 2. `exp(-1000)`
/// 3. entry 0 of `naive_softmax([1000, 1001, 1002])`
/// 4. entry 0 of `naive_softmax([-1000, -1001, -1002])`
/// 5. entry 1 of `naive_softmax([1000, 0])`
pub fn outcomes() -> [Outcome; 5] {
    // Infinity and zero are no disaster by themselves. Their ratios are.
    [Outcome::Infinite, Outcome::Zero, Outcome::NaN, Outcome::NaN, Outcome::Zero]
}

/// Softmax, right for any finite `z`.
pub fn stable_softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    // With the maximum taken out, the largest exponent is 0, so the sum is at least
    // 1.
    let max = max(z);
    naive_softmax(z.mapv(|z| z - max).view())
}

/// `ln Σ exp(z)`, right for any finite `z`.
pub fn log_sum_exp(z: ArrayView1<'_, f64>) -> f64 {
    // exp(max) is a factor of the sum, so max is a term of its logarithm.
    let max = max(z);
    max + z.mapv(|z| (z - max).exp()).sum().ln()
}

/// The logarithm of softmax, right for any finite `z`.
pub fn log_softmax(z: ArrayView1<'_, f64>) -> Array1<f64> {
    // ln(exp(z) / Σ exp(z)) = z - ln Σ exp(z): no probability is ever formed. The
    // maximum goes first, because beside a score of 1e16 the rest of log_sum_exp
    // would be rounded away.
    let max = max(z);
    let shifted = z.mapv(|z| z - max);
    let log_sum_exp = log_sum_exp(shifted.view());
    shifted - log_sum_exp
}

/// Cross-entropy from the scores: how surprised softmax is by the right class `y`.
pub fn cross_entropy(z: ArrayView1<'_, f64>, y: usize) -> f64 {
    -log_softmax(z)[y]
}

fn max(z: ArrayView1<'_, f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, &z| max.max(z))
}
