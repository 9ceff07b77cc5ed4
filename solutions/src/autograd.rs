//! Exercise `autograd`, answered.

use checks::autograd::{Line, Operation};
use ndarray::{Array2, Axis};

/// How fast the result changes with each input: a slope for each, in their order.
pub fn slopes(operation: Operation) -> Vec<f64> {
    match operation {
        Operation::Add(..) => vec![1.0, 1.0],
        Operation::Sub(..) => vec![1.0, -1.0],
        Operation::Mul(a, b) => vec![b, a],
        // a / b is a · b⁻¹, and a power is brought down: -1 · a · b⁻².
        Operation::Div(a, b) => vec![1.0 / b, -a / (b * b)],
        // At 0 there is a kink and no slope; 0 is what the whole workbook takes.
        Operation::Relu(a) => vec![if a > 0.0 { 1.0 } else { 0.0 }],
        Operation::Exp(a) => vec![a.exp()],
        Operation::Ln(a) => vec![1.0 / a],
    }
}

/// How fast the number on the line `loss` changes with that on each line of the
/// tape.
///
/// A line names its inputs, each with a slope; they all stand before it.
pub fn backward(lines: &[Line], loss: usize) -> Vec<f64> {
    let mut gradients = vec![0.0; lines.len()];
    // The loss changes with itself at the rate 1. With 0, nothing would ever arrive
    // anywhere.
    gradients[loss] = 1.0;
    // From the back: when a line's turn comes, all that was computed from it has
    // had its own.
    for i in (0..=loss).rev() {
        for &(input, slope) in &lines[i] {
            gradients[input] += slope * gradients[i];
        }
    }
    gradients
}

/// `dA` and `dB`, from `dC`, where `C = A B`.
///
/// Shapes: `A` is `(m, k)`, `B` is `(k, n)`, and `dC` is `(m, n)`.
pub fn matmul_backward(
    a: &Array2<f64>,
    b: &Array2<f64>,
    dc: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    // (m, n) by (n, k) is as A, and (k, m) by (m, n) is as B: the shapes leave no
    // choice.
    (dc.dot(&b.t()), a.t().dot(dc))
}

/// The gradient of a matrix of this shape, which was broadcast to the shape of
/// `gradient`.
///
/// Shapes: each axis of `shape` is that of `gradient`, or 1.
pub fn sum_to(gradient: &Array2<f64>, shape: (usize, usize)) -> Array2<f64> {
    let mut gradient = gradient.clone();
    // An axis that was 1 already needs no question of its own: the sum of one
    // number is the number.
    if shape.0 == 1 {
        gradient = gradient.sum_axis(Axis(0)).insert_axis(Axis(0));
    }
    if shape.1 == 1 {
        gradient = gradient.sum_axis(Axis(1)).insert_axis(Axis(1));
    }
    gradient
}
