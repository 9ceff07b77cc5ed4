//! Stochastic gradient descent, plain and with momentum.

use ndarray::{Array1, ArrayViewMut1, azip};

use super::Optimizer;
use super::optimizer::remember;

/// Stochastic gradient descent.
///
/// With the gradient `g` of a parameter `p`, in this order:
///
/// ```text
/// g += λ p                 weight decay, if λ > 0
/// v  = μ v + g             velocity, if μ > 0
/// p -= η v                 or, for Nesterov, p -= η (g + μ v)
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
/// Sources: Robbins and Monro, *A Stochastic Approximation Method*, 1951; Sutskever, Martens, Dahl and
/// Hinton, *On the importance of initialization and momentum in deep learning*, 2013, section 2, in
/// the form that PyTorch uses, with the learning rate outside the velocity.
#[derive(Clone, Debug, PartialEq)]
pub struct Sgd {
    /// The learning rate `η`.
    pub learning_rate: f64,
    /// How much of the velocity is kept from step to step, `μ`; 0 for plain gradient descent.
    pub momentum: f64,
    /// Whether to look ahead along the velocity, as Nesterov does.
    pub nesterov: bool,
    /// The weight decay `λ`.
    pub weight_decay: f64,
    /// The velocity of each parameter; empty before the first step, and without momentum.
    pub velocity: Vec<Array1<f64>>,
}

impl Sgd {
    /// Plain gradient descent.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            momentum: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            velocity: Vec::new(),
        }
    }

    /// A step without momentum, which has nothing to remember.
    // ANCHOR: sgd_plain_step
    fn plain_step(
        &self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        let (lr, decay) = (self.learning_rate, self.weight_decay);
        for (p, g) in parameters.iter_mut().zip(gradients) {
            azip!((p in p, &g in g) *p -= lr * (g + decay * *p));
        }
    }
    // ANCHOR_END: sgd_plain_step
}

impl Optimizer for Sgd {
    // ANCHOR: sgd_step
    fn step(
        &mut self,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        if self.momentum == 0.0 {
            return self.plain_step(parameters, gradients);
        }
        remember(&mut self.velocity, gradients);
        let (lr, mu) = (self.learning_rate, self.momentum);
        let (decay, nesterov) = (self.weight_decay, self.nesterov);
        for ((p, g), v) in
            parameters.iter_mut().zip(gradients).zip(&mut self.velocity)
        {
            azip!((p in p, &g in g, v in v) {
                let g = g + decay * *p;
                *v = mu * *v + g;
                *p -= lr * if nesterov { g + mu * *v } else { *v };
            });
        }
    }
    // ANCHOR_END: sgd_step

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }
}
