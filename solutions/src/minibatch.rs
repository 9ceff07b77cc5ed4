//! Exercise `minibatch`, answered.

use checks::minibatch::Gradients;
use ndarray::{Array1, Array2, Axis};
use no_magic::softmax::log_softmax;

/// The order, cut into batches of `size` examples; the last one is short if they
/// don't divide evenly.
///
/// `order` holds indices of examples; it may be empty. `size` is at least 1.
pub fn batches(order: &[usize], size: usize) -> Vec<Vec<usize>> {
    // chunks keeps the short rest, and gives no empty one; chunks_exact would drop
    // it.
    order.chunks(size).map(<[usize]>::to_vec).collect()
}

/// `Z = X Wᵀ + b`, a row for each example.
///
/// Shapes: `w` is `(n_out, n_in)`, `b` is `(n_out,)`, `x` is `(batch, n_in)`, the
/// result `(batch, n_out)`.
pub fn forward(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>) -> Array2<f64> {
    // ndarray stretches b over the rows, and so adds it to each example.
    x.dot(&w.t()) + b
}

/// The mean cross-entropy of a batch, and its gradient `dZ` with respect to the
/// logits.
///
/// Right for large logits as well. Shapes: `logits` and `dZ` are
/// `(batch, classes)`; `labels` has the right class of each row.
pub fn loss_and_gradient(
    logits: &Array2<f64>,
    labels: &[usize],
) -> (f64, Array2<f64>) {
    let batch = labels.len() as f64;
    let mut loss = 0.0;
    let mut dz = logits.clone();
    // Row by row, so that each has a maximum and a sum of its own.
    for (mut row, &y) in dz.rows_mut().into_iter().zip(labels) {
        let ln_yhat = log_softmax(&row.to_owned());
        loss -= ln_yhat[y];
        row.assign(&ln_yhat.exp());
        row[y] -= 1.0;
    }
    // The loss is divided, and so is everything that is derived from it.
    (loss / batch, dz / batch)
}

/// `dW`, `db` and `dX`, from what forward got and the gradient `dZ` of what it
/// returned.
///
/// Shapes: `w` and `dW` are `(n_out, n_in)`, `x` and `dX` are `(batch, n_in)`, `dz`
/// is `(batch, n_out)`, `db` is `(n_out,)`.
pub fn gradients(w: &Array2<f64>, x: &Array2<f64>, dz: &Array2<f64>) -> Gradients {
    // All examples share W and b, so theirs are sums. Nothing is divided: the mean
    // is in dZ already.
    Gradients { dw: dz.t().dot(x), db: dz.sum_axis(Axis(0)), dx: dz.dot(w) }
}
