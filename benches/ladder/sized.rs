//! The sizes in the type: the compiler knows how long each row is, unrolls the loops over it, and
//! keeps the sums in registers.

use std::array;
use std::iter::zip;

use ndarray::ArrayView1;
use no_magic::by_hand;

use super::vector::{add_scaled, dot, relu, softmax};
use super::{Rung, two_layers};

/// A network with one hidden layer. Each row of both matrices has an entry for each hidden unit.
// ANCHOR: sized
#[derive(Clone)]
pub struct Network<const IN: usize, const HIDDEN: usize, const OUT: usize> {
    w1: [[f64; HIDDEN]; IN],
    b1: [f64; HIDDEN],
    w2: [[f64; HIDDEN]; OUT],
    b2: [f64; OUT],
}
// ANCHOR_END: sized

impl<const IN: usize, const HIDDEN: usize, const OUT: usize> Network<IN, HIDDEN, OUT> {
    pub fn with_weights_of(network: &by_hand::NeuralNet) -> Self {
        let [hidden, output] = two_layers(network);
        let (w1, w2) = (hidden.w(), output.w());
        assert_eq!((w1.dim(), w2.dim()), ((HIDDEN, IN), (OUT, HIDDEN)));
        Self {
            w1: array::from_fn(|input| array::from_fn(|unit| w1[[unit, input]])),
            b1: array::from_fn(|unit| hidden.b()[unit]),
            w2: array::from_fn(|class| array::from_fn(|unit| w2[[class, unit]])),
            b2: array::from_fn(|class| output.b()[class]),
        }
    }

    // ANCHOR: sized_train_step
    #[inline(always)]
    pub fn train_step(&mut self, x: &[f64; IN], y: usize, lr: f64) -> f64 {
        // a = relu(W1 x + b1), one input after the other
        let mut a = self.b1;
        for (w, &x) in zip(&self.w1, x) {
            add_scaled(&mut a, x, w);
        }
        relu(&mut a);

        // yhat = softmax(W2 a + b2)
        let mut yhat = self.b2;
        for (z, w) in zip(&mut yhat, &self.w2) {
            *z += dot(w, &a);
        }
        softmax(&mut yhat);
        let loss = -libm::log(yhat[y] + 1e-7);

        // da = W2ᵀ dz, and the output layer's step
        let mut dz = yhat;
        dz[y] -= 1.0;
        let mut da = [0.0; HIDDEN];
        for (w, &dz) in zip(&mut self.w2, &dz) {
            add_scaled(&mut da, dz, w);
            add_scaled(w, -lr * dz, &a);
        }
        add_scaled(&mut self.b2, -lr, &dz);

        // the hidden layer's step, one input after the other
        let mut step = da;
        for (step, &a) in zip(&mut step, &a) {
            *step = if a > 0.0 { -lr * *step } else { 0.0 };
        }
        for (w, &x) in zip(&mut self.w1, x) {
            add_scaled(w, x, &step);
        }
        add_scaled(&mut self.b1, 1.0, &step);
        loss
    }
    // ANCHOR_END: sized_train_step

    /// The example as an array, whose length is part of its type.
    pub fn example<'a>(x: ArrayView1<'a, f64>) -> &'a [f64; IN] {
        let x = x.to_slice().expect("an example lies in one piece");
        x.try_into()
            .expect("an example has an entry for each input")
    }
}

impl<const IN: usize, const HIDDEN: usize, const OUT: usize> Rung
    for Network<IN, HIDDEN, OUT>
{
    fn train_step(&mut self, x: ArrayView1<'_, f64>, y: usize, lr: f64) -> f64 {
        self.train_step(Self::example(x), y, lr)
    }

    fn parameters(&self) -> Vec<f64> {
        let w1 = (0..HIDDEN).flat_map(|unit| self.w1.iter().map(move |w| &w[unit]));
        let w2 = self.w2.as_flattened();
        w1.chain(&self.b1)
            .chain(w2)
            .chain(&self.b2)
            .copied()
            .collect()
    }
}
