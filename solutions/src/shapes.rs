//! Exercise `shapes`, answered.

use checks::shapes::{Mismatch, Shapes};
use ndarray::{Array1, Array2, Axis};

/// The shapes of `dz`, `x` and `dW` in a layer with `n_in` inputs and `n_out`
/// outputs.
pub fn gradient_shapes(n_in: usize, n_out: usize) -> Shapes {
    // A gradient has the shape of what it is the gradient of: dz that of z, dW that
    // of W.
    Shapes { dz: (n_out,), x: (n_in,), dw: (n_out, n_in) }
}

/// `dW = outer(dz, x)`, if `dz` fits the rows of `W` and `x` its columns.
///
/// Compare `dz` first, then `x`.
pub fn weight_gradient(
    w: &Array2<f64>,
    dz: &Array1<f64>,
    x: &Array1<f64>,
) -> Result<Array2<f64>, Mismatch> {
    let (n_out, n_in) = w.dim();
    if dz.len() != n_out {
        return Err(Mismatch::Dz { expected: n_out, found: dz.len() });
    }
    if x.len() != n_in {
        return Err(Mismatch::X { expected: n_in, found: x.len() });
    }
    // dz as a column times x as a row: entry (i, j) is dz[i] · x[j].
    Ok(&dz.view().insert_axis(Axis(1)) * x)
}

/// `W -= lr dW`, if `dW` has the shape of `W`; otherwise `W` stays as it is.
pub fn update(
    w: &mut Array2<f64>,
    dw: &Array2<f64>,
    lr: f64,
) -> Result<(), Mismatch> {
    // Without this, ndarray would stretch a single row or column over the whole of
    // W.
    if dw.dim() != w.dim() {
        return Err(Mismatch::Dw { expected: w.dim(), found: dw.dim() });
    }
    w.scaled_add(-lr, dw);
    Ok(())
}
