//! Broadcasting: an axis of length 1 is repeated to fit.

use ndarray::{Array2, Axis};

/// Whether the shapes fit: each axis is equal, or 1 in one of them.
pub(super) fn fits(a: (usize, usize), b: (usize, usize)) -> bool {
    let fits = |m, n| m == n || m == 1 || n == 1;
    fits(a.0, b.0) && fits(a.1, b.1)
}

/// Sums a gradient over the axes along which a value of this shape was repeated.
///
/// What was used several times gets a gradient from each use, and they add up.
// ANCHOR: sum_to
pub(super) fn sum_to(
    mut gradient: Array2<f64>,
    shape: (usize, usize),
) -> Array2<f64> {
    if shape.0 == 1 && gradient.nrows() != 1 {
        gradient = gradient.sum_axis(Axis(0)).insert_axis(Axis(0));
    }
    if shape.1 == 1 && gradient.ncols() != 1 {
        gradient = gradient.sum_axis(Axis(1)).insert_axis(Axis(1));
    }
    gradient
}
// ANCHOR_END: sum_to
