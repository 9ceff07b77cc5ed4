//! The hidden layer's weights stored input by input: what one pixel gives to all hidden units lies
//! side by side, so that several sums grow at a time, and none waits for another.

use std::iter::zip;

use ndarray::ArrayView1;
use no_magic::by_hand;

use super::vector::{add_scaled, dot, relu, softmax};
use super::{Rung, two_layers};

/// A network with one hidden layer. Each row of both matrices has an entry for each hidden unit.
// ANCHOR: input_major
pub struct Network {
    w1: Vec<f64>, // (n_in, hidden): a row for each input
    b1: Vec<f64>,
    w2: Vec<f64>, // (n_out, hidden): a row for each output
    b2: Vec<f64>,
    a: Vec<f64>,
    da: Vec<f64>,
    yhat: Vec<f64>,
}
// ANCHOR_END: input_major

impl Network {
    pub fn with_weights_of(network: &by_hand::NeuralNet) -> Self {
        let [hidden, output] = two_layers(network);
        Self {
            w1: hidden.w().t().iter().copied().collect(),
            b1: hidden.b().to_vec(),
            w2: output.w().iter().copied().collect(),
            b2: output.b().to_vec(),
            a: vec![0.0; hidden.n_out()],
            da: vec![0.0; hidden.n_out()],
            yhat: vec![0.0; output.n_out()],
        }
    }

    fn train_step(&mut self, x: &[f64], y: usize, lr: f64) -> f64 {
        let Self {
            w1,
            b1,
            w2,
            b2,
            a,
            da,
            yhat,
        } = self;
        let hidden = a.len();

        // a = relu(W1 x + b1), one input after the other
        a.copy_from_slice(b1);
        for (w, &x) in zip(w1.chunks_exact(hidden), x) {
            add_scaled(a, x, w);
        }
        relu(a);

        // yhat = softmax(W2 a + b2)
        for ((z, w), b) in zip(zip(&mut *yhat, w2.chunks_exact(hidden)), &*b2) {
            *z = b + dot(w, a);
        }
        softmax(yhat);
        let loss = -libm::log(yhat[y] + 1e-7);

        // da = W2ᵀ dz, and the output layer's step
        let dz = yhat;
        dz[y] -= 1.0;
        da.fill(0.0);
        for (w, &dz) in zip(w2.chunks_exact_mut(hidden), &*dz) {
            add_scaled(da, dz, w);
            add_scaled(w, -lr * dz, a);
        }
        add_scaled(b2, -lr, dz);

        // the hidden layer's step, one input after the other
        let step = da;
        for (step, &a) in zip(&mut *step, &*a) {
            *step = if a > 0.0 { -lr * *step } else { 0.0 };
        }
        for (w, &x) in zip(w1.chunks_exact_mut(hidden), x) {
            add_scaled(w, x, step);
        }
        add_scaled(b1, 1.0, step);
        loss
    }
}

impl Rung for Network {
    fn train_step(&mut self, x: ArrayView1<'_, f64>, y: usize, lr: f64) -> f64 {
        let x = x.to_slice().expect("an example lies in one piece");
        self.train_step(x, y, lr)
    }

    fn parameters(&self) -> Vec<f64> {
        let hidden = self.b1.len();
        let w1 = (0..hidden).flat_map(|unit| self.w1.iter().skip(unit).step_by(hidden));
        w1.chain(&self.b1)
            .chain(&self.w2)
            .chain(&self.b2)
            .copied()
            .collect()
    }
}
