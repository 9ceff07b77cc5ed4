//! Is the gradient right? Ask the loss itself.
//!
//! Nudge one number up and down, see how the loss changes, and compare that with
//! the gradient from backpropagation. This is slow, but it needs no calculus. So it
//! won't repeat a mistake in our calculus, and that makes it a good judge.

use ndarray::Array1;
use thiserror::Error;

/// The nudge: large enough that the loss visibly changes, small enough that its
/// curve looks straight.
///
/// For a number beyond ±1, the nudge is this fraction of the number, because a
/// nudge of 1e-5 would vanish when added to 1e12.
pub const STEP: f64 = 1e-5;

/// The smallest number that an error is divided by.
///
/// The loss has about 16 correct digits, so its differences, divided by [`STEP`],
/// are off by at least 1e-11 or so. Compared with a tiny gradient, even such an
/// error would look large.
pub const FLOOR: f64 = 1e-4;

/// Computes the gradient of `f` at `p` by central differences:
/// `(f(p + h eᵢ) - f(p - h eᵢ)) / 2h`.
///
/// Shapes: `p` and the result are `(n,)`. `h` is [`STEP`] times `|p[i]|`, or
/// [`STEP`] if `p[i]` is between -1 and 1. The error shrinks with `h²`. If we
/// nudged to one side only, it would shrink with `h`.
///
/// ```
/// use ndarray::array;
/// use no_magic::gradient_check::central_differences;
///
/// let gradient =
///     central_differences(|p| p[0] * p[0] * p[1], &array![3.0, 5.0]);
/// assert!((gradient[0] - 30.0).abs() < 1e-8);
/// assert!((gradient[1] - 9.0).abs() < 1e-8);
/// ```
///
/// Source: Goodfellow, Bengio and Courville, *Deep Learning*, section 11.5.
// ANCHOR: central_differences
pub fn central_differences(
    mut f: impl FnMut(&Array1<f64>) -> f64,
    p: &Array1<f64>,
) -> Array1<f64> {
    let mut p = p.clone();
    (0..p.len())
        .map(|i| {
            let value = p[i];
            let h = STEP * value.abs().max(1.0);
            p[i] = value + h;
            let above = f(&p);
            p[i] = value - h;
            let below = f(&p);
            p[i] = value;
            (above - below) / (2.0 * h)
        })
        .collect()
}
// ANCHOR_END: central_differences

/// The difference between two numbers, relative to the larger one:
/// `|a - b| / max(|a|, |b|, FLOOR)`.
///
/// ```
/// use no_magic::gradient_check::relative_error;
///
/// assert_eq!(relative_error(4.0, 3.0), 0.25);
/// assert_eq!(relative_error(0.0, 0.0), 0.0);
/// assert!(relative_error(f64::NAN, 1.0).is_nan());
/// ```
pub fn relative_error(a: f64, b: f64) -> f64 {
    (a - b).abs() / a.abs().max(b.abs()).max(FLOOR)
}

/// Compares `gradient` with the central differences of `f` at `p`, and returns the
/// largest relative error.
///
/// Shapes: `p` and `gradient` are `(n,)`. `name` is the gradient's name in
/// error messages.
///
/// ```
/// use ndarray::array;
/// use no_magic::gradient_check;
///
/// let f = |p: &ndarray::Array1<f64>| p[0] * p[0];
/// let p = array![3.0];
/// assert!(gradient_check::check("df", f, &p, &array![6.0], 1e-6)? < 1e-9);
///
/// let wrong =
///     gradient_check::check("df", f, &p, &array![3.0], 1e-6).unwrap_err();
/// assert!(
///     wrong
///         .to_string()
///         .starts_with("df[0] is 3e0, but finite differences say ")
/// );
/// # Ok::<(), gradient_check::GradientError>(())
/// ```
///
/// # Errors
///
/// If the largest relative error is above `tolerance` or NaN. The error names the
/// entry of the gradient.
///
/// # Panics
///
/// If `p` is empty, if `gradient.len() != p.len()`, or if `tolerance` is not at
/// least 0 and below 1.
#[track_caller]
// ANCHOR: gradient_check
pub fn check(
    name: &str,
    f: impl FnMut(&Array1<f64>) -> f64,
    p: &Array1<f64>,
    gradient: &Array1<f64>,
    tolerance: f64,
) -> Result<f64, GradientError> {
    check_arguments(p, gradient, tolerance);
    let differences = central_differences(f, p);
    let mut worst = (0.0, 0);
    for (i, (&received, &expected)) in gradient.iter().zip(&differences).enumerate()
    {
        let error = relative_error(received, expected);
        if error > worst.0 || error.is_nan() {
            worst = (error, i);
        }
        if error.is_nan() {
            break;
        }
    }
    let (error, index) = worst;
    if error <= tolerance {
        return Ok(error);
    }
    let (received, expected) = (gradient[index], differences[index]);
    Err(GradientError { name: name.to_owned(), index, received, expected })
}
// ANCHOR_END: gradient_check

#[track_caller]
fn check_arguments(p: &Array1<f64>, gradient: &Array1<f64>, tolerance: f64) {
    assert!(
        (0.0..1.0).contains(&tolerance),
        "the tolerance is {tolerance:?}; it must be at least 0 and below 1"
    );
    assert!(!p.is_empty(), "there are no parameters to check");
    assert!(
        gradient.len() == p.len(),
        "a gradient needs one entry for each parameter, but p.len() is {} and \
         gradient.len() is {}",
        p.len(),
        gradient.len()
    );
}

/// An entry of a gradient that finite differences contradict.
#[derive(Clone, Debug, PartialEq, Error)]
#[error(
    "{name}[{index}] is {received:e}, but finite differences say {expected:e} \
     (relative error {:.1e})", relative_error(*.received, *.expected)
)]
pub struct GradientError {
    /// The gradient's name.
    pub name: String,
    /// The index of the entry, counted from 0.
    pub index: usize,
    /// The entry, according to backpropagation.
    pub received: f64,
    /// The entry, according to finite differences.
    pub expected: f64,
}
