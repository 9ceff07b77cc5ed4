//! The rectified linear unit: positive numbers pass, the rest become 0.

/// `max(0, z)`.
///
/// A NaN stays NaN. `f64::max` would turn it into 0, and a network that has broken
/// down would look healthy.
///
/// ```
/// use no_magic::relu::relu;
///
/// assert_eq!([-2.0, 0.0, 3.0].map(relu), [0.0, 0.0, 3.0]);
/// assert!(relu(f64::NAN).is_nan());
/// ```
// ANCHOR: relu
pub fn relu(z: f64) -> f64 {
    if z < 0.0 { 0.0 } else { z }
}
// ANCHOR_END: relu

/// The slope of ReLU at `z`: 1 where `z > 0`, otherwise 0.
///
/// At exactly 0 there's a kink and no derivative. Like everyone else, we use 0.
///
/// ```
/// use no_magic::relu::relu_slope;
///
/// assert_eq!([-2.0, 0.0, 3.0].map(relu_slope), [0.0, 0.0, 1.0]);
/// ```
// ANCHOR: relu_slope
pub fn relu_slope(z: f64) -> f64 {
    if z > 0.0 { 1.0 } else { 0.0 }
}
// ANCHOR_END: relu_slope
