//! Checks of the exercise `softmax_cross_entropy`: the gradient of the two
//! together, step by step.

mod chain_rule;
mod loss_gradient;
mod simplified;
mod softmax_jacobian;

use ndarray::{Array1, Array2, Axis};

pub use chain_rule::chain_rule;
pub use loss_gradient::loss_gradient;
pub use simplified::simplified;
pub use softmax_jacobian::softmax_jacobian;

use crate::Provable;
use crate::draws::Draws;

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(loss_gradient::question()),
        Box::new(softmax_jacobian::question()),
        Box::new(chain_rule::question()),
        Box::new(simplified::question()),
    ]
}

fn one_hot(n: usize, c: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| f64::from(u8::from(i == c)))
}

/// `dL/dŷ`.
fn gradient_of_loss(yhat: &Array1<f64>, c: usize) -> Array1<f64> {
    Array1::from_shape_fn(yhat.len(), |i| if i == c { -1.0 / yhat[c] } else { 0.0 })
}

/// The Jacobian of softmax.
fn jacobian(yhat: &Array1<f64>) -> Array2<f64> {
    Array2::from_diag(yhat) - &yhat.view().insert_axis(Axis(1)) * yhat
}

/// Draws `n` numbers, drops their signs, and divides them by their sum.
fn probabilities(n: usize, draws: &mut Draws) -> Array1<f64> {
    normalized(draws.array(n).abs())
}

fn normalized(numbers: Array1<f64>) -> Array1<f64> {
    let sum = numbers.sum();
    numbers / sum
}

fn argmax(numbers: &Array1<f64>) -> usize {
    (0..numbers.len()).fold(0, |i, j| if numbers[j] > numbers[i] { j } else { i })
}
