//! Broadcasting: an axis of length 1 is repeated to match a longer one.

use ndarray::{Array2, Axis};

/// Whether two shapes fit together: along each axis, the lengths are equal or
/// one of them is 1.
pub(super) fn fits(a: (usize, usize), b: (usize, usize)) -> bool {
    let axis_fits = |m, n| m == n || m == 1 || n == 1;
    axis_fits(a.0, b.0) && axis_fits(a.1, b.1)
}

/// Sums a gradient over the axes along which a value of this shape was broadcast.
///
/// The value was used several times, and each use adds its share to the gradient.
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
