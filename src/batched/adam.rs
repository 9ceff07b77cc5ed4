//! Adam: every parameter gets its own step size.

use ndarray::{Array1, ArrayViewMut1, azip};

use super::Optimizer;
use super::optimizer::{check_fraction, check_step, check_weight_decay, remember};
use crate::learning_rate::check_lr;

/// The optimizer Adam. With weight decay, it is AdamW.
///
/// In step `t`, counted from 1, with the gradient `g` of a parameter `p`:
///
/// ```text
/// p = p - η λ p                  weight decay, separate from the gradient: AdamW
/// m = β₁ m + (1 - β₁) g          a fading mean of the gradients
/// v = β₂ v + (1 - β₂) g²         a fading mean of their squares
/// m̂ = m / (1 - β₁ᵗ)              m and v start at 0 and are too small at first;
/// v̂ = v / (1 - β₂ᵗ)              m̂ and v̂ correct that
/// p = p - η m̂ / (√v̂ + ε)
/// ```
///
/// The first step has length `η` for every parameter, however large its gradient:
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
/// Sources: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, 2015,
/// algorithm 1; Loshchilov and Hutter, *Decoupled Weight Decay Regularization*,
/// 2019, algorithm 2.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    /// The learning rate `η`.
    pub lr: f64,
    /// `β₁`, the fraction of `m` that each step keeps: at least 0, below 1.
    pub beta1: f64,
    /// `β₂`, the fraction of `v` that each step keeps: at least 0, below 1.
    pub beta2: f64,
    /// `ε`, which prevents a division by zero: finite, at least 0.
    pub epsilon: f64,
    /// The weight decay `λ`: finite, at least 0.
    pub weight_decay: f64,
    /// The number of steps taken, `t`. It stops at `i32::MAX`. By then the
    /// corrections have long been 1.
    pub t: i32,
    /// The fading mean of each parameter's gradients, empty before the first step.
    pub m: Vec<Array1<f64>>,
    /// The fading mean of the gradients' squares, empty before the first step.
    pub v: Vec<Array1<f64>>,
}

impl Adam {
    /// Adam with `β₁ = 0.9`, `β₂ = 0.999`, `ε = 1e-8` and no weight decay, as the
    /// paper suggests.
    ///
    /// # Panics
    ///
    /// If the learning rate is NaN, infinite or negative.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        check_lr(lr);
        Self {
            lr,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.0,
            t: 0,
            m: Vec::new(),
            v: Vec::new(),
        }
    }

    /// Panics unless all settings are in range. They are public, so anyone may
    /// have changed them.
    #[track_caller]
    fn check_settings(&self) {
        check_fraction("beta1", self.beta1);
        check_fraction("beta2", self.beta2);
        check_weight_decay(self.weight_decay);
        assert!(
            self.epsilon >= 0.0 && self.epsilon.is_finite(),
            "epsilon is {:?}; it must be finite and at least 0",
            self.epsilon
        );
        assert!(
            self.t >= 0,
            "t is {}; a number of steps can't be negative",
            self.t
        );
    }
}

impl Optimizer for Adam {
    #[track_caller]
    // ANCHOR: adam_step
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        self.check_settings();
        check_step(self.lr, parameters, gradients);
        remember(&mut self.m, gradients);
        remember(&mut self.v, gradients);
        self.t = self.t.saturating_add(1);

        let (lr, lambda, t) = (self.lr, self.weight_decay, self.t);
        let Self { beta1, beta2, epsilon, .. } = *self;
        for (i, p) in parameters.iter_mut().enumerate() {
            let (m, v) = (&mut self.m[i], &mut self.v[i]);
            azip!((p in p, &g in &gradients[i], m in m, v in v) {
                *p -= lr * lambda * *p;
                *m = beta1 * *m + (1.0 - beta1) * g;
                *v = beta2 * *v + (1.0 - beta2) * g * g;
                let m_hat = *m / (1.0 - beta1.powi(t));
                let v_hat = *v / (1.0 - beta2.powi(t));
                *p -= lr * m_hat / (v_hat.sqrt() + epsilon);
            });
        }
    }
    // ANCHOR_END: adam_step

    #[track_caller]
    fn set_lr(&mut self, lr: f64) {
        check_lr(lr);
        self.lr = lr;
    }
}
