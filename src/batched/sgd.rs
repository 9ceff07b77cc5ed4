//! Stochastic gradient descent, plain and with momentum.

use ndarray::{Array1, ArrayViewMut1, azip};

use super::Optimizer;
use super::optimizer::{check_fraction, check_step, check_weight_decay, remember};
use crate::learning_rate::check_lr;

/// Stochastic gradient descent.
///
/// With the gradient `g` of a parameter `p`, in this order:
///
/// ```text
/// g = g + λ p              weight decay, if λ > 0
/// v = μ v + g              velocity, if μ > 0
/// p = p - η v              or, for Nesterov, p - η (g + μ v)
/// ```
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::{Optimizer, Sgd};
///
/// let mut p = array![1.0];
/// let mut sgd = Sgd { momentum: 0.5, ..Sgd::new(0.1) };
/// for expected in [0.8, 0.5] {
///     sgd.step(&mut [p.view_mut()], &[array![2.0]]);
///     assert!((p[0] - expected).abs() < 1e-15); // v = 2, then v = 3
/// }
/// ```
///
/// Sources: Robbins and Monro, *A Stochastic Approximation Method*, 1951;
/// Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and
/// momentum in deep learning*, 2013, section 2, in the form that PyTorch uses, with
/// the learning rate outside the velocity.
#[derive(Clone, Debug, PartialEq)]
pub struct Sgd {
    /// The learning rate `η`.
    pub lr: f64,
    /// The momentum `μ`, the fraction of the velocity that each step keeps: at
    /// least 0, below 1. With 0, this is plain gradient descent.
    pub momentum: f64,
    /// Whether to use Nesterov's form, which looks ahead along the velocity.
    pub nesterov: bool,
    /// The weight decay `λ`: finite, at least 0.
    pub weight_decay: f64,
    /// The velocity `v` of each parameter. It is empty before the first step, and
    /// stays empty without momentum.
    pub velocity: Vec<Array1<f64>>,
}

impl Sgd {
    /// Plain gradient descent.
    ///
    /// # Panics
    ///
    /// If the learning rate is NaN, infinite or negative.
    #[track_caller]
    pub fn new(lr: f64) -> Self {
        check_lr(lr);
        Self {
            lr,
            momentum: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            velocity: Vec::new(),
        }
    }

    /// A step without momentum. It has no velocity to remember.
    // ANCHOR: sgd_plain_step
    fn plain_step(
        &self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        let (lr, lambda) = (self.lr, self.weight_decay);
        for (p, g) in parameters.iter_mut().zip(gradients) {
            azip!((p in p, &g in g) {
                let g = g + lambda * *p;
                *p -= lr * g;
            });
        }
    }
    // ANCHOR_END: sgd_plain_step

    /// Panics unless all settings are in range. They are public, so anyone may
    /// have changed them.
    #[track_caller]
    fn check_settings(&self) {
        check_fraction("momentum", self.momentum);
        check_weight_decay(self.weight_decay);
    }
}

impl Optimizer for Sgd {
    #[track_caller]
    // ANCHOR: sgd_step
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        self.check_settings();
        check_step(self.lr, parameters, gradients);
        if self.momentum == 0.0 {
            return self.plain_step(parameters, gradients);
        }
        remember(&mut self.velocity, gradients);
        let (lr, mu) = (self.lr, self.momentum);
        let (lambda, nesterov) = (self.weight_decay, self.nesterov);
        for (i, p) in parameters.iter_mut().enumerate() {
            let (g, v) = (&gradients[i], &mut self.velocity[i]);
            azip!((p in p, &g in g, v in v) {
                let g = g + lambda * *p;
                *v = mu * *v + g;
                *p -= lr * if nesterov { g + mu * *v } else { *v };
            });
        }
    }
    // ANCHOR_END: sgd_step

    #[track_caller]
    fn set_lr(&mut self, lr: f64) {
        check_lr(lr);
        self.lr = lr;
    }
}
