//! The loss of a batch, and the gradient that backward starts from.

use ndarray::Array2;

use crate::cross_entropy::{self, check_labels};

/// The mean cross-entropy of a batch, and its gradient with respect to the logits.
///
/// `L = (1/batch) Σₙ -ln ŷ[n, y[n]]` and `dZ = (ŷ - one_hot(y)) / batch`, where `ŷ`
/// is the softmax of each row. Because the loss is the mean and not the sum, the
/// best learning rate depends much less on the batch size.
///
/// Shapes: `logits` and the gradient are `(batch, classes)`; `labels` has one
/// class for each row.
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::mean_cross_entropy;
///
/// let logits = array![[0.0, 0.0], [0.0, 0.0]];
/// let (loss, grad) = mean_cross_entropy(&logits, &[0, 1]);
/// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(grad, array![[-0.25, 0.25], [0.25, -0.25]]);
/// ```
///
/// # Panics
///
/// If there are no rows, if `labels.len() != logits.nrows()`, or if a label is not
/// below `logits.ncols()`.
#[track_caller]
// ANCHOR: mean_cross_entropy
pub fn mean_cross_entropy(
    logits: &Array2<f64>,
    labels: &[usize],
) -> (f64, Array2<f64>) {
    check_labels(labels, logits.dim());
    let batch = labels.len() as f64;
    let mut loss = 0.0;
    let mut grad = Array2::zeros(logits.dim());
    for (n, &y) in labels.iter().enumerate() {
        let z = logits.row(n).to_owned();
        loss += cross_entropy::from_logits(&z, y);
        grad.row_mut(n).assign(&cross_entropy::gradient(&z, y));
    }
    (loss / batch, grad / batch)
}
// ANCHOR_END: mean_cross_entropy
