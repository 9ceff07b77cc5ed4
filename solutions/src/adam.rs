//! Exercise `adam`, answered.

use checks::adam::{AdamW, Fate, RmsProp};
use ndarray::{Array1, ArrayViewMut1, azip};

/// Where plain gradient descent on `L = ½ (x² + 100 y²)` ends: `[x, y]`, after
/// `steps` steps from `start`.
pub fn valley(start: [f64; 2], lr: f64, steps: usize) -> [f64; 2] {
    let [mut x, mut y] = start;
    for _ in 0..steps {
        // The ½ cancels the 2 of the derivative.
        x -= lr * x;
        y -= lr * 100.0 * y;
    }
    [x, y]
}

/// What becomes of `[x, y]` in this valley, from `[1, 1]` and after very many
/// steps, with
///
/// 1. plain gradient descent, `η = 0.015`
/// 2. plain gradient descent, `η = 0.02`
/// 3. plain gradient descent, `η = 0.021`
/// 4. momentum with `μ = 0.9`, `η = 0.03`
/// 5. momentum with `μ = 0.9`, `η = 0.04`
pub fn fates() -> [Fate; 5] {
    // A step multiplies y by 1 - 100 η, which has to be above -1: η below 2 / 100.
    // Momentum moves the limit to 2 (1 + μ) / 100 = 0.038.
    [Fate::Settles, Fate::Bounces, Fate::BlowsUp, Fate::Settles, Fate::BlowsUp]
}

/// A step of RMSprop. For every number `p` of every parameter, with its gradient
/// `g`:
///
/// ```text
/// v  = β v + (1 - β) g²
/// p -= η g / (√v + ε)
/// ```
///
/// `optimizer.v` has a row for each parameter, which is as long as the parameter;
/// before the first step there are no rows, and all numbers count as 0.
pub fn rmsprop(
    optimizer: &mut RmsProp,
    parameters: &mut [ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
) {
    if optimizer.v.is_empty() {
        optimizer.v = zeros(gradients);
    }
    let RmsProp { lr, beta, epsilon, .. } = *optimizer;
    for ((p, g), v) in parameters.iter_mut().zip(gradients).zip(&mut optimizer.v) {
        azip!((p in p, &g in g, v in v) {
            // The new gradient counts at once, or the first step would divide by ε
            // alone.
            *v = beta * *v + (1.0 - beta) * g * g;
            *p -= lr * g / (v.sqrt() + epsilon);
        });
    }
}

/// A step of AdamW. In step `t`, which counts from 1, for every number `p` of every
/// parameter, with its gradient `g`:
///
/// ```text
/// p -= η λ p
/// m  = β₁ m + (1 - β₁) g
/// v  = β₂ v + (1 - β₂) g²
/// m̂  = m / (1 - β₁ᵗ)
/// v̂  = v / (1 - β₂ᵗ)
/// p -= η m̂ / (√v̂ + ε)
/// ```
///
/// `optimizer` keeps `t`, `m` and `v` from step to step: at first `t` is 0, and `m`
/// and `v` are as `v` of RMSprop is.
pub fn adamw(
    optimizer: &mut AdamW,
    parameters: &mut [ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
) {
    if optimizer.t == 0 {
        optimizer.m = zeros(gradients);
        optimizer.v = zeros(gradients);
    }
    // Once a step, not once a parameter.
    optimizer.t += 1;
    let AdamW { lr, beta1, beta2, epsilon, weight_decay, t, .. } = *optimizer;
    let memory = optimizer.m.iter_mut().zip(&mut optimizer.v);
    for ((p, g), (m, v)) in parameters.iter_mut().zip(gradients).zip(memory) {
        azip!((p in p, &g in g, m in m, v in v) {
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * g * g;
            let m_hat = *m / (1.0 - beta1.powi(t));
            let v_hat = *v / (1.0 - beta2.powi(t));
            // The decay is no gradient: it goes past m and v, and past the
            // division.
            *p -= lr * weight_decay * *p;
            *p -= lr * m_hat / (v_hat.sqrt() + epsilon);
        });
    }
}

/// An optimizer learns the shapes of its memory from the first gradients that it
/// sees.
fn zeros(gradients: &[Array1<f64>]) -> Vec<Array1<f64>> {
    gradients.iter().map(|g| Array1::zeros(g.len())).collect()
}
