//! The loss: how surprised the network is by the right answer.

use ndarray::Array1;

use crate::softmax::{log_softmax, softmax};

/// The lesson's loss: `-ln(yhat[y] + 1e-7)`, from probabilities.
///
/// The `1e-7` keeps `ln` away from zero where a probability has underflowed. The
/// price is a small bias (a perfect prediction has a loss of -1e-7) and a ceiling
/// of about 16.1. That's good enough for a loss that we only print. Frameworks use
/// [`from_logits`], which doesn't need this trick.
///
/// Shapes: `yhat` is `(n,)`, and `y` is one of the `n` classes. The logarithm is
/// the natural one.
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
/// If `y >= yhat.len()`, or if `yhat[y]` is not between 0 and 1.
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
/// Shapes: `z` is `(n,)`, and `y` is one of the `n` classes. The logarithm is
/// the natural one.
///
/// It gives the right answer for any finite `z`, as long as an `f64` can hold it,
/// because it never takes the logarithm of a probability. A score that is 2,000
/// below the best costs 2,000, and not 16.1 or infinity.
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
/// If `y >= z.len()`.
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
/// differentiated together, because almost everything cancels.
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
/// If `y >= z.len()`.
#[track_caller]
// ANCHOR: gradient
pub fn gradient(z: &Array1<f64>, y: usize) -> Array1<f64> {
    check_label(y, z.len());
    let mut grad = softmax(z);
    grad[y] -= 1.0;
    grad
}
// ANCHOR_END: gradient

/// Panics unless a number can be a probability. NaN passes, so that it
/// shows in the loss.
#[track_caller]
fn check_probability(p: f64) {
    assert!(
        p.is_nan() || (0.0..=1.0 + 1e-9).contains(&p),
        "{p} is not a probability; for logits, use from_logits"
    );
}

/// Panics unless there is one label for each row of the logits, below `classes`.
#[track_caller]
pub(crate) fn check_labels(labels: &[usize], (rows, classes): (usize, usize)) {
    assert!(rows > 0, "a batch needs at least one example");
    assert!(
        labels.len() == rows,
        "each row of the logits needs one label, but there are {rows} rows, and \
         labels.len() is {}",
        labels.len()
    );
    for &label in labels {
        check_label(label, classes);
    }
}

/// Panics unless a label is below the number of classes.
#[track_caller]
pub(crate) fn check_label(y: usize, classes: usize) {
    assert!(
        y < classes,
        "the label is {y}, but it must be below the number of classes, {classes}"
    );
}
