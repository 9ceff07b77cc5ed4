//! The same code for newer processors, whose registers hold four numbers instead of two.
//!
//! Without their fused multiply-add: the sums wait for one addition after the other, and it takes
//! longer than an addition. So the results are the same to the last bit.

use ndarray::ArrayView1;

use super::{Rung, sized};

type Sized = sized::Network<36, 16, 3>;

// ANCHOR: avx2
/// A network on a processor that has AVX2.
pub struct Network(Sized);

impl Network {
    /// `None` on a processor without.
    pub fn new(network: Sized) -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(network))
    }

    #[target_feature(enable = "avx2")]
    fn train_step(&mut self, x: &[f64; 36], y: usize, lr: f64) -> f64 {
        self.0.train_step(x, y, lr)
    }
}

impl Rung for Network {
    #[allow(unsafe_code)]
    fn train_step(&mut self, x: ArrayView1<'_, f64>, y: usize, lr: f64) -> f64 {
        // SAFETY: `new` gives no network to a processor without AVX2.
        unsafe { self.train_step(Sized::example(x), y, lr) }
    }
    // ANCHOR_END: avx2

    fn parameters(&self) -> Vec<f64> {
        self.0.parameters()
    }
}
