//! The outer product of two vectors.

use ndarray::{Array1, Array2};

/// The outer product: every entry of `column` times every entry of `row`.
///
/// `outer(u, v)[i, j] = u[i] · v[j]`
///
/// Shapes: `column` is `(m,)`, `row` is `(n,)`, the result is `(m, n)`.
///
/// ```
/// use ndarray::array;
/// use no_magic::outer::outer;
///
/// let product = outer(&array![1.0, 10.0], &array![2.0, 3.0, 4.0]);
/// assert_eq!(product, array![[2.0, 3.0, 4.0], [20.0, 30.0, 40.0]]);
/// ```
// ANCHOR: outer
pub fn outer(column: &Array1<f64>, row: &Array1<f64>) -> Array2<f64> {
    let shape = (column.len(), row.len());
    Array2::from_shape_fn(shape, |(i, j)| column[i] * row[j])
}
// ANCHOR_END: outer
