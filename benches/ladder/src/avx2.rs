//! The same code for newer processors, whose registers hold four numbers instead of
//! two.
//!
//! It leaves out their fused multiply-add, which rounds once where a multiplication
//! and an addition round twice: so the results are the same to the last bit.

use ndarray::ArrayRef1;
use no_magic::fast::sized;

use super::Rung;

// ANCHOR: avx2
/// A network on a processor that has AVX2.
pub struct NeuralNet(sized::NeuralNet<36, 16, 3>);

impl NeuralNet {
    /// `None` on a processor without AVX2.
    pub fn new(network: sized::NeuralNet<36, 16, 3>) -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(network))
    }

    #[target_feature(enable = "avx2")]
    fn step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
        self.0.train_step(x, y, lr)
    }
}

impl Rung for NeuralNet {
    #[allow(unsafe_code)]
    fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
        // SAFETY: `new` makes a network only if the processor has AVX2.
        unsafe { self.step(x, y, lr) }
    }
    // ANCHOR_END: avx2

    fn parameters(&self) -> Vec<f64> {
        self.0.parameters()
    }
}
