//! The same training step on every rung of the ladder, behind one trait: from the
//! code of Part I to the fastest that we found. All of them train to the same bits.
//!
//! The rungs themselves are in the library, in [`no_magic::by_hand`] and
//! [`no_magic::fast`]. Only what needs `unsafe` is here: `avx2`, `fma` (for
//! batches, whose bits differ), and the processor's own [`peak`].

#[cfg(target_arch = "x86_64")]
pub mod avx2;
#[cfg(target_arch = "x86_64")]
pub mod fma;
pub mod peak;

use ndarray::ArrayRef1;
use no_magic::by_hand;
use no_magic::fast::{self, buffers, input_major, sized};

/// A network that can be trained, one example at a time.
pub trait Rung {
    /// One step on one example; returns its loss from before the step.
    fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64;

    /// Of each layer `W`, row after row, and then `b`.
    fn parameters(&self) -> Vec<f64>;
}

/// The rungs that this processor can climb, each with the weights of `network`, a
/// 36-16-3.
pub fn rungs(network: &by_hand::NeuralNet) -> Vec<(&'static str, Box<dyn Rung>)> {
    let mut rungs: Vec<(_, Box<dyn Rung>)> = vec![
        ("by_hand", Box::new(network.clone())),
        ("buffers", Box::new(buffers::NeuralNet::from(network))),
        ("fast", Box::new(fast::NeuralNet::from(network))),
        ("input_major", Box::new(input_major::NeuralNet::from(network))),
        ("sized", Box::new(sized::NeuralNet::<36, 16, 3>::from(network))),
    ];
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = avx2::NeuralNet::new(sized::NeuralNet::from(network)) {
        rungs.push(("avx2", Box::new(avx2)));
    }
    rungs
}

impl Rung for by_hand::NeuralNet {
    fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
        self.train_step(&x.to_owned(), y, lr)
    }

    fn parameters(&self) -> Vec<f64> {
        self.parameters()
    }
}

macro_rules! rung {
    ($network:ty) => {
        impl Rung for $network {
            fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
                self.train_step(x, y, lr)
            }

            fn parameters(&self) -> Vec<f64> {
                self.parameters()
            }
        }
    };
}

rung!(buffers::NeuralNet);
rung!(fast::NeuralNet);
rung!(input_major::NeuralNet);
rung!(sized::NeuralNet<36, 16, 3>);
