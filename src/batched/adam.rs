//! Adam: every parameter gets a step size of its own.

use ndarray::{Array1, ArrayViewMut1, azip};

use super::Optimizer;
use super::optimizer::remember;

/// Adam, and with weight decay AdamW.
///
/// In step `t`, counted from 1, with the gradient `g` of a parameter `p`:
///
/// ```text
/// p -= η λ p                        weight decay, apart from the gradient: AdamW
/// m  = β₁ m + (1 - β₁) g            the mean of the gradients,
/// v  = β₂ v + (1 - β₂) g²           and of their squares, both fading
/// m̂  = m / (1 - β₁ᵗ)                both start at 0, which this makes up for
/// v̂  = v / (1 - β₂ᵗ)
/// p -= η m̂ / (√v̂ + ε)
/// ```
///
/// The first step is `η` long for every parameter, however large its gradient:
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::{Adam, Optimizer};
///
/// let mut p = array![1.0, 1.0];
/// Adam::new(0.1).step(&mut [p.view_mut()], &[array![1000.0, 0.001]]);
/// assert!((p[0] - 0.9).abs() < 1e-5);
/// assert!((p[1] - 0.9).abs() < 1e-5);
/// ```
///
/// Sources: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, 2015, algorithm 1; Loshchilov
/// and Hutter, *Decoupled Weight Decay Regularization*, 2019, algorithm 2.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    /// The learning rate `η`.
    pub learning_rate: f64,
    /// How much of the mean is kept from step to step, `β₁`.
    pub beta1: f64,
    /// How much of the mean of squares is kept, `β₂`.
    pub beta2: f64,
    /// What keeps the division from zero, `ε`.
    pub epsilon: f64,
    /// The weight decay `λ`; with it, this is AdamW.
    pub weight_decay: f64,
    /// How many steps it has taken, `t`.
    pub t: i32,
    /// The fading mean of each parameter's gradients; empty before the first step.
    pub m: Vec<Array1<f64>>,
    /// The fading mean of their squares.
    pub v: Vec<Array1<f64>>,
}

impl Adam {
    /// Adam with `β₁ = 0.9`, `β₂ = 0.999`, `ε = 1e-8` and no weight decay, as the paper suggests.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.0,
            t: 0,
            m: Vec::new(),
            v: Vec::new(),
        }
    }
}

impl Optimizer for Adam {
    // ANCHOR: adam_step
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        remember(&mut self.m, gradients);
        remember(&mut self.v, gradients);
        self.t += 1;
        let Self { learning_rate: lr, beta1, beta2, epsilon, .. } =
            *self;
        let keep = 1.0 - lr * self.weight_decay;
        let m_scale = 1.0 / (1.0 - beta1.powi(self.t));
        let v_scale = 1.0 / (1.0 - beta2.powi(self.t));
        let memory = self.m.iter_mut().zip(&mut self.v);
        for ((p, g), (m, v)) in
            parameters.iter_mut().zip(gradients).zip(memory)
        {
            azip!((p in p, &g in g, m in m, v in v) {
                *m = beta1 * *m + (1.0 - beta1) * g;
                *v = beta2 * *v + (1.0 - beta2) * g * g;
                let m_hat = *m * m_scale;
                let v_hat = *v * v_scale;
                *p = keep * *p - lr * m_hat / (v_hat.sqrt() + epsilon);
            });
        }
    }
    // ANCHOR_END: adam_step

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }
}
