//! The loss of a batch, and where backward starts.

use ndarray::{Array2, ArrayView2};

use crate::softmax::max;

/// The mean cross-entropy of a batch, and its gradient with respect to the logits.
///
/// `L = (1/batch) Σₙ -ln ŷ[n, y[n]]` and `dZ = (ŷ - one_hot(y)) / batch`, with `ŷ` the softmax of each
/// row. The mean, not the sum: a batch of 64 takes steps as long as a batch of 1.
///
/// Shapes: `logits` and the gradient are `(batch, classes)`; there is a label for each row.
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::mean_cross_entropy;
///
/// let logits = array![[0.0, 0.0], [0.0, 0.0]];
/// let (loss, grad) = mean_cross_entropy(logits.view(), &[0, 1]);
/// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(grad, array![[-0.25, 0.25], [0.25, -0.25]]);
/// ```
///
/// # Panics
///
/// If there is not one label for each row, or a label is none of the classes.
#[track_caller]
// ANCHOR: mean_cross_entropy
pub fn mean_cross_entropy(
    logits: ArrayView2<'_, f64>,
    labels: &[usize],
) -> (f64, Array2<f64>) {
    let batch = logits.nrows();
    assert_eq!(labels.len(), batch, "each row needs one label");
    let mut loss = 0.0;
    let mut grad = logits.to_owned();
    for (mut dz, &y) in grad.rows_mut().into_iter().zip(labels) {
        dz -= max(dz.view());
        loss -= dz[y];
        dz.mapv_inplace(libm::exp);
        let sum = dz.sum();
        loss += libm::log(sum);
        dz /= sum;
        dz[y] -= 1.0;
    }
    grad /= batch as f64;
    (loss / batch as f64, grad)
}
// ANCHOR_END: mean_cross_entropy
