//! Exercise `softmax_cross_entropy`, answered.

use ndarray::{Array1, Array2};

/// `dL/dŷ` for the loss `L = -ln(ŷ[c])`.
///
/// Shapes: `yhat` and the result are `(n,)`; `c` is the right class.
pub fn loss_gradient(yhat: &Array1<f64>, c: usize) -> Array1<f64> {
    // L looks at ŷ[c] alone, so no other probability can change it.
    let mut gradient = Array1::zeros(yhat.len());
    gradient[c] = -1.0 / yhat[c];
    gradient
}

/// The Jacobian of softmax: `J[i, j] = dŷ[i]/dz[j]`, written with nothing but
/// `ŷ = softmax(z)`.
///
/// Shapes: `yhat` is `(n,)`, the result `(n, n)`.
pub fn softmax_jacobian(yhat: &Array1<f64>) -> Array2<f64> {
    // The quotient rule: z[j] is in every denominator, and in the numerator where i
    // = j.
    Array2::from_shape_fn((yhat.len(), yhat.len()), |(i, j)| {
        let delta = if i == j { 1.0 } else { 0.0 };
        yhat[i] * (delta - yhat[j])
    })
}

/// `dL/dz`, from `dL/dŷ` and any Jacobian `J[i, j] = dŷ[i]/dz[j]`.
///
/// Shapes: `loss_gradient` is `(n,)`, `jacobian` is `(n, m)`, the result `(m,)`.
pub fn chain_rule(
    loss_gradient: &Array1<f64>,
    jacobian: &Array2<f64>,
) -> Array1<f64> {
    // z[j] reaches the loss through every ŷ[i], so the sum goes down the rows of J.
    jacobian.t().dot(loss_gradient)
}

/// The same `dL/dz`, straight from the scores, after everything has canceled.
///
/// Right for any finite `z`. Shapes: `z` and the result are `(n,)`; `c` is the
/// right class.
pub fn simplified(z: &Array1<f64>, c: usize) -> Array1<f64> {
    // -1/ŷ[c] times ŷ[c] (δ - ŷ[j]): the division cancels, and with it the danger
    // that ŷ[c] is 0.
    let mut gradient = softmax(z);
    gradient[c] -= 1.0;
    gradient
}

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    // With the maximum taken out, no exponent is above 0.
    let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
    let exp = z.mapv(|z| (z - max).exp());
    let sum = exp.sum();
    exp / sum
}
