//! A neural network written by hand, with [`ndarray`] and nothing hidden.
//!
//! This is the code that the workbook explains. Read it in this order:
//!
//! 1. [`by_hand::Layer`]: one layer, its forward pass, its backward pass
//!    and its update.
//! 2. [`softmax`] and [`cross_entropy`]: from scores to probabilities to a loss.
//! 3. [`by_hand::NeuralNet`]: a stack of layers and one training step.
//! 4. [`by_hand::NeuralNet::train_epoch`] and [`training::Training`]: shuffled
//!    epochs over a [`dataset::Dataset`].
//! 5. [`patterns`] and [`drawing`]: the data, 6×6 pictures of lines and crosses.
//! 6. [`gradient_check`]: is the gradient right?
//! 7. [`batched`]: gradients as values, mini-batches, optimizers, dropout and batch
//!    normalization. [`digits`] is a larger data set to train on.
//! 8. [`autograd`]: the machine finds the gradients of any formula.
//! 9. [`fast`]: the same networks, faster and faster.
//!
//! ```
//! use no_magic::by_hand::NeuralNet;
//! use no_magic::patterns;
//! use no_magic::training::Training;
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(0);
//! let data = patterns::dataset([120; 3], &mut rng)?;
//! let mut network = NeuralNet::new(&[36, 16, 3], &mut rng)?;
//! for report in Training::new(&mut network, &data, 0.05, &mut rng)?.take(50) {
//!     println!("{}", report?);
//! }
//! assert!(network.accuracy(&data) > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The same numbers everywhere
//!
//! With the same seed, Part I computes the same bits on every machine, in debug and
//! in release builds. The caller passes in the random number generator, `exp` and
//! `ln` come from the crate `libm` instead of the platform, and every sum is taken
//! in an order that doesn't depend on the processor.
//!
//! The exceptions are [`batched`] and those networks of [`fast`] that take batches.
//! Their matrix products use the processor's special instructions, so their last
//! bits may differ from one machine to another.

#![forbid(unsafe_code)]

pub mod autograd;
pub mod batched;
pub mod by_hand;
pub mod cross_entropy;
pub mod dataset;
pub mod digits;
pub mod drawing;
pub mod fast;
pub mod gradient_check;
mod learning_rate;
mod network_error;
pub mod outer;
pub mod patterns;
pub mod random;
pub mod relu;
pub mod softmax;
pub mod training;

pub use network_error::NetworkError;

/// The book's own snippets, tested as doctests of this crate.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../book/src/welcome.md")]
    struct Welcome;
    #[doc = include_str!("../book/src/layer.md")]
    struct Layer;
    #[doc = include_str!("../book/src/softmax.md")]
    struct Softmax;
    #[doc = include_str!("../book/src/network.md")]
    struct Network;
    #[doc = include_str!("../book/src/training.md")]
    struct Training;
    #[doc = include_str!("../book/src/gradient-check.md")]
    struct GradientCheck;
    #[doc = include_str!("../book/src/batched.md")]
    struct Batched;
    #[doc = include_str!("../book/src/optimizers.md")]
    struct Optimizers;
    #[doc = include_str!("../book/src/regularization.md")]
    struct Regularization;
    #[doc = include_str!("../book/src/batch-norm.md")]
    struct BatchNorm;
    #[doc = include_str!("../book/src/real-size.md")]
    struct RealSize;
    #[doc = include_str!("../book/src/autograd.md")]
    struct Autograd;
}
