//! The sized network for one example at a time, with the same bits as Part I.

use std::array;
use std::iter::zip;

use ndarray::ArrayRef1;

use crate::by_hand;
use crate::fast::vector::{
    self, descend, dot, softmax, transposed_product, weighted_rows,
};
use crate::fast::{check_features, two_layers};
use crate::learning_rate::check_lr;
use crate::relu::{relu, relu_slope};

/// A network with one hidden layer. In both weight matrices, each row has one entry
/// for each hidden unit.
// ANCHOR: sized
#[repr(C, align(64))] // Rows start at a cache line if HIDDEN is a multiple of 8.
#[derive(Clone, Debug)]
pub struct NeuralNet<const IN: usize, const HIDDEN: usize, const OUT: usize> {
    pub(super) w1: [[f64; HIDDEN]; IN],
    pub(super) b1: [f64; HIDDEN],
    pub(super) w2: [[f64; HIDDEN]; OUT],
    pub(super) b2: [f64; OUT],
}
// ANCHOR_END: sized

/// Starts with the weights of `network`.
///
/// # Panics
///
/// If the sizes of `network` are not `[IN, HIDDEN, OUT]`.
impl<const IN: usize, const HIDDEN: usize, const OUT: usize>
    From<&by_hand::NeuralNet> for NeuralNet<IN, HIDDEN, OUT>
{
    #[track_caller]
    fn from(network: &by_hand::NeuralNet) -> Self {
        let [hidden, output] = two_layers(network);
        let (w1, w2) = (&hidden.w, &output.w);
        let sizes = [hidden.n_in(), hidden.n_out(), output.n_out()];
        assert!(
            sizes == [IN, HIDDEN, OUT],
            "the network has sizes {sizes:?}, but its type says {:?}",
            [IN, HIDDEN, OUT]
        );
        Self {
            w1: array::from_fn(|j| array::from_fn(|i| w1[[i, j]])),
            b1: array::from_fn(|i| hidden.b[i]),
            w2: array::from_fn(|i| array::from_fn(|j| w2[[i, j]])),
            b2: array::from_fn(|i| output.b[i]),
        }
    }
}

impl<const IN: usize, const HIDDEN: usize, const OUT: usize>
    NeuralNet<IN, HIDDEN, OUT>
{
    /// Takes one step on one example, and returns its loss before the step.
    ///
    /// # Panics
    ///
    /// If `x.len() != IN`, if `x` is not contiguous in memory, if `y >= OUT`, or if
    /// `lr` is NaN, infinite or negative.
    // Inlined, so that it's compiled with all instructions that its caller may use.
    #[inline(always)]
    // ANCHOR: sized_train_step
    pub fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
        check_lr(lr);
        check_features(x.len(), IN);
        let x = x.as_slice().expect("the example must be contiguous in memory");

        // z = W1 x + b1, all units at once, and a = relu(z)
        let mut z = [0.0; HIDDEN];
        weighted_rows(&mut z, self.w1.as_flattened(), x);
        let mut a = [0.0; HIDDEN];
        for i in 0..HIDDEN {
            z[i] += self.b1[i];
            a[i] = relu(z[i]);
        }

        // yhat = softmax(W2 a + b2)
        let (mut logits, mut yhat) = ([0.0; OUT], [0.0; OUT]);
        let rows = zip(&self.w2, &self.b2);
        for (logit, (w, b)) in zip(&mut logits, rows) {
            *logit = dot(w, &a) + b;
        }
        softmax(&logits, &mut yhat);
        let loss = vector::loss(&yhat, y);

        // da = W2ᵀ (yhat - one_hot(y)), and the output layer's step
        let mut dlogits = yhat;
        dlogits[y] -= 1.0;
        let mut da = [0.0; HIDDEN];
        transposed_product(self.w2.as_flattened(), &dlogits, &mut da);
        let rows = zip(&mut self.w2, &mut self.b2);
        for ((w, b), dz) in zip(rows, dlogits) {
            descend(w, lr, dz, &a);
            *b -= lr * dz;
        }

        // dz = da * relu_slope(z), and the hidden layer's step, where
        // the input isn't 0
        let mut dz = [0.0; HIDDEN];
        for i in 0..HIDDEN {
            dz[i] = da[i] * relu_slope(z[i]);
        }
        for (w, &x) in zip(&mut self.w1, x) {
            if x != 0.0 {
                descend(w, lr, x, &dz);
            }
        }
        for (b, dz) in zip(&mut self.b1, dz) {
            *b -= lr * dz;
        }
        loss
    }
    // ANCHOR_END: sized_train_step

    /// All parameters in one vector: for each layer, `W` row by row, then `b`.
    pub fn parameters(&self) -> Vec<f64> {
        let w1 = (0..HIDDEN).flat_map(|i| self.w1.iter().map(move |row| &row[i]));
        w1.chain(&self.b1)
            .chain(self.w2.as_flattened())
            .chain(&self.b2)
            .copied()
            .collect()
    }
}
