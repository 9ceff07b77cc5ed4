//! The network of Part I, with the hidden layer's weights stored input by input.
//!
//! All weights of one pixel lie side by side, one for each hidden unit. So the
//! sums of all the units can grow at the same time, and no addition has to
//! wait for another.

use std::iter::zip;

use ndarray::ArrayRef1;

use super::vector::{
    self, descend, dot, softmax, transposed_product, weighted_rows,
};
use super::{check_features, two_layers};
use crate::by_hand;
use crate::learning_rate::check_lr;
use crate::relu::{relu, relu_slope};

/// A network with one hidden layer. In both weight matrices, each row has one entry
/// for each hidden unit.
// ANCHOR: input_major
#[derive(Clone, Debug)]
pub struct NeuralNet {
    w1: Vec<f64>, // (n_in, hidden): a row for each input
    b1: Vec<f64>,
    w2: Vec<f64>, // (n_out, hidden): a row for each output
    b2: Vec<f64>,
    // The results of a step:
    z: Vec<f64>,
    a: Vec<f64>,
    dz: Vec<f64>,
    logits: Vec<f64>,
    yhat: Vec<f64>,
}
// ANCHOR_END: input_major

/// Starts with the weights of `network`.
///
/// # Panics
///
/// If `network` doesn't have exactly two layers, the first with ReLU and the
/// second with softmax.
impl From<&by_hand::NeuralNet> for NeuralNet {
    #[track_caller]
    fn from(network: &by_hand::NeuralNet) -> Self {
        let [hidden, output] = two_layers(network);
        let row = || vec![0.0; hidden.n_out()];
        Self {
            w1: hidden.w.t().iter().copied().collect(),
            b1: hidden.b.to_vec(),
            w2: output.w.iter().copied().collect(),
            b2: output.b.to_vec(),
            z: row(),
            a: row(),
            dz: row(),
            logits: vec![0.0; output.n_out()],
            yhat: vec![0.0; output.n_out()],
        }
    }
}

impl NeuralNet {
    /// Takes one step on one example, and returns its loss before the step.
    ///
    /// # Panics
    ///
    /// If `x.len() != n_in`, if `x` is not contiguous in memory, if `y >= n_out`,
    /// or if `lr` is NaN, infinite or negative.
    #[track_caller]
    pub fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
        check_lr(lr);
        check_features(x.len(), self.w1.len() / self.b1.len());
        let x = x.as_slice().expect("the example must be contiguous in memory");
        let Self { w1, b1, w2, b2, z, a, dz, logits, yhat } = self;
        let hidden = z.len();

        // z = W1 x + b1, all units at once, and a = relu(z)
        weighted_rows(z, w1, x);
        for ((a, z), b) in zip(zip(&mut *a, &mut *z), &*b1) {
            *z += b;
            *a = relu(*z);
        }

        // yhat = softmax(W2 a + b2)
        let rows = w2.chunks_exact(hidden);
        for ((logit, w), b) in zip(zip(&mut *logits, rows), &*b2) {
            *logit = dot(w, a) + b;
        }
        softmax(logits, yhat);
        let loss = vector::loss(yhat, y);

        // da = W2ᵀ (yhat - one_hot(y)), and the output layer's step
        let da = &mut *dz;
        yhat[y] -= 1.0;
        transposed_product(w2, yhat, da);
        let rows = w2.chunks_exact_mut(hidden);
        for ((w, b), &dz) in zip(zip(rows, b2), &*yhat) {
            descend(w, lr, dz, a);
            *b -= lr * dz;
        }

        // dz = da * relu_slope(z), and the hidden layer's step, where
        // the input isn't 0
        for (dz, &z) in zip(&mut *dz, &*z) {
            *dz *= relu_slope(z);
        }
        for (w, &x) in zip(w1.chunks_exact_mut(hidden), x) {
            if x != 0.0 {
                descend(w, lr, x, dz);
            }
        }
        for (b, dz) in zip(b1, dz) {
            *b -= lr * *dz;
        }
        loss
    }

    /// All parameters in one vector: for each layer, `W` row by row, then `b`.
    pub fn parameters(&self) -> Vec<f64> {
        let hidden = self.b1.len();
        let w1 =
            (0..hidden).flat_map(|unit| self.w1.iter().skip(unit).step_by(hidden));
        w1.chain(&self.b1).chain(&self.w2).chain(&self.b2).copied().collect()
    }
}
