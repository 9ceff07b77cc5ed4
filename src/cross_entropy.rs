//! The loss: how surprised the network is by the right answer.

use ndarray::Array1;

use crate::softmax::{log_softmax, softmax};

/// The lesson's loss: `-ln(yhat[y] + 1e-7)`, from probabilities.
///
/// The `1e-7` keeps `ln` away from zero where a probability has underflowed. The
/// price is a small bias, which takes a perfect prediction's loss to -1e-7, and a
/// ceiling of 16.1. That is good enough for a log that people read. Frameworks use
/// [`from_logits`], which needs no such crutch.
///
/// Shapes: `yhat` is `(n,)`, `y` one of its `n` classes. Natural logarithm, one
/// example.
///
/// ```
/// use ndarray::array;
/// use no_magic::cross_entropy;
///
/// let loss = cross_entropy::from_probabilities(&array![0.25, 0.75], 1);
/// assert!((loss - 0.287_682).abs() < 1e-6);
/// ```
///
/// # Panics
///
/// If `y` is not a class of `yhat`, or if `yhat[y]` is not between 0 and 1.
#[track_caller]
// ANCHOR: from_probabilities
pub fn from_probabilities(yhat: &Array1<f64>, y: usize) -> f64 {
    check_label(y, yhat.len());
    check_probability(yhat[y]);
    -libm::log(yhat[y] + 1e-7)
}
// ANCHOR_END: from_probabilities

/// Cross-entropy from logits: `-log_softmax(z)[y]`.
///
/// Shapes: `z` is `(n,)`, `y` one of its `n` classes. Natural logarithm, one
/// example.
///
/// Right for any finite `z`, as far as an `f64` can hold the result, because it
/// never takes the logarithm of a probability: a score 2,000 below the best costs
/// 2,000, not 16.1 and not infinity.
///
/// ```
/// use ndarray::array;
/// use no_magic::cross_entropy;
///
/// assert_eq!(cross_entropy::from_logits(&array![0.0, -2000.0], 1), 2000.0);
/// ```
///
/// # Panics
///
/// If `y` is not a class of `z`.
#[track_caller]
// ANCHOR: from_logits
pub fn from_logits(z: &Array1<f64>, y: usize) -> f64 {
    check_label(y, z.len());
    -log_softmax(z)[y]
}
// ANCHOR_END: from_logits

/// The gradient of [`from_logits`] with respect to `z`: `softmax(z) - one_hot(y)`.
///
/// Shapes: `z` and the result are `(n,)`. Softmax and cross-entropy are
/// differentiated together, because together almost everything cancels.
///
/// Source: Goodfellow, Bengio and Courville, *Deep Learning*, section 6.2.2.3.
///
/// ```
/// use ndarray::array;
/// use no_magic::cross_entropy;
///
/// assert_eq!(cross_entropy::gradient(&array![3.0, 3.0], 0), array![-0.5, 0.5]);
/// ```
///
/// # Panics
///
/// If `y` is not a class of `z`.
#[track_caller]
// ANCHOR: gradient
pub fn gradient(z: &Array1<f64>, y: usize) -> Array1<f64> {
    check_label(y, z.len());
    let mut grad = softmax(z);
    grad[y] -= 1.0;
    grad
}
// ANCHOR_END: gradient

/// Makes sure that a number can be a probability. NaN passes, so that a loss shows
/// it.
#[track_caller]
fn check_probability(p: f64) {
    assert!(
        p.is_nan() || (0.0..=1.0 + 1e-9).contains(&p),
        "{p} is not a probability; for logits there is from_logits"
    );
}

/// Makes sure that a label is one of the classes.
#[track_caller]
pub(crate) fn check_label(y: usize, classes: usize) {
    assert!(
        y < classes,
        "the label {y} is not below the number of classes, {classes}"
    );
}
