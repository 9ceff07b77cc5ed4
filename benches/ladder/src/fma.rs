//! The small network in batches, for processors that multiply and add in one
//! operation.

use ndarray::ArrayRef2;
use no_magic::by_hand;
use no_magic::fast::sized;

// ANCHOR: fma
/// A network on a processor that has AVX2 and fused multiply-add.
pub struct Network(sized::Network<36, 16, 3>);

impl Network {
    /// Starts from the weights of another network; `None` on a processor without
    /// AVX2 and FMA.
    pub fn new(network: &by_hand::NeuralNet) -> Option<Self> {
        let found =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        found.then(|| Self(network.into()))
    }

    /// One step on a batch; returns its mean loss from before the step.
    #[allow(unsafe_code)]
    pub fn train_step(&mut self, x: &ArrayRef2<f64>, y: &[usize], lr: f64) -> f64 {
        // SAFETY: `new` makes a network only if the processor has AVX2 and FMA.
        unsafe { self.step(x, y, lr) }
    }

    #[target_feature(enable = "avx2,fma")]
    fn step(&mut self, x: &ArrayRef2<f64>, y: &[usize], lr: f64) -> f64 {
        self.0.train_step::<true>(x, y, lr)
    }
    // ANCHOR_END: fma

    /// Of each layer `W`, row after row, and then `b`.
    pub fn parameters(&self) -> Vec<f64> {
        self.0.parameters()
    }
}
