//! Exercise `dropout`, answered.

use checks::dropout::{Mask, Stop};
use ndarray::Array2;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// A fresh mask: each entry is 0 with the probability `rate`, else
/// `1 / (1 - rate)`.
///
/// Each entry is drawn by itself, from `rng`. `rate` is at least 0 and below 1.
pub fn mask(shape: (usize, usize), rate: f64, rng: &mut ChaCha8Rng) -> Array2<f64> {
    // Scaled here, in training, so that predictions need not know of dropout.
    let kept = 1.0 / (1.0 - rate);
    let draw = || if rng.random_bool(rate) { 0.0 } else { kept };
    // `from_elem(shape, draw())` would draw once, and fill the mask with copies.
    Array2::from_shape_simple_fn(shape, draw)
}

/// Forward in training: the output `a`, and the mask, which backward needs.
///
/// Shapes: `x`, `a` and the mask are `(batch, features)`.
///
/// `mask` is handed in, so that your own need not be right for this one.
pub fn forward(
    x: &Array2<f64>,
    rate: f64,
    rng: &mut ChaCha8Rng,
    mask: Mask,
) -> (Array2<f64>, Array2<f64>) {
    // Drawn once: the output and backward must agree on who was silent.
    let mask = mask(x.dim(), rate, rng);
    (x * &mask, mask)
}

/// `dx`, from the mask that forward returned, and from `da`, the gradient at its
/// output.
///
/// Shapes: all are `(batch, features)`.
pub fn backward(mask: &Array2<f64>, da: &Array2<f64>) -> Array2<f64> {
    // The derivative of mask · x is the mask: silent units get nothing, the others
    // are scaled.
    mask * da
}

/// Forward for predictions, in a layer that was trained with this rate.
///
/// Shapes: `x` and the result are `(batch, features)`.
pub fn predict(x: &Array2<f64>, _rate: f64) -> Array2<f64> {
    // Training has made up for the silence already.
    x.clone()
}

/// When to stop, and which epoch was best.
///
/// `losses[i]` is the loss on held-out data after epoch `i`, from 0. Stop as soon
/// as `patience` losses in a row were no better than the best one before them, or
/// when there are no more. `losses` is not empty, and `patience` is at least 1.
pub fn early_stopping(losses: &[f64], patience: usize) -> Stop {
    let mut best = 0;
    for (epoch, &loss) in losses.iter().enumerate() {
        // Asked this way round, a loss that is NaN is never better.
        if loss < losses[best] {
            best = epoch;
        }
        // How long we have waited is the distance to the best: no counter to forget
        // about.
        if epoch - best == patience {
            let epochs = epoch + 1;
            return Stop { epochs, best };
        }
    }
    let epochs = losses.len();
    Stop { epochs, best }
}
