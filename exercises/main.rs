//! The exercises, in one program: your answers from `src`, and a test for each
//! question from `tests`.

use std::alloc::System;

use cap::Cap;

/// The answers: yours, or the solution where an instructor asked for it.
mod src {
    #[cfg(not(feature = "solution-adam"))]
    pub mod adam;
    #[cfg(feature = "solution-adam")]
    pub use solutions::adam;

    #[cfg(not(feature = "solution-autograd"))]
    pub mod autograd;
    #[cfg(feature = "solution-autograd")]
    pub use solutions::autograd;

    #[cfg(not(feature = "solution-batch_norm"))]
    pub mod batch_norm;
    #[cfg(feature = "solution-batch_norm")]
    pub use solutions::batch_norm;

    #[cfg(not(feature = "solution-data_balance"))]
    pub mod data_balance;
    #[cfg(feature = "solution-data_balance")]
    pub use solutions::data_balance;

    #[cfg(not(feature = "solution-dropout"))]
    pub mod dropout;
    #[cfg(feature = "solution-dropout")]
    pub use solutions::dropout;

    #[cfg(not(feature = "solution-layer"))]
    pub mod layer;
    #[cfg(feature = "solution-layer")]
    pub use solutions::layer;

    #[cfg(not(feature = "solution-minibatch"))]
    pub mod minibatch;
    #[cfg(feature = "solution-minibatch")]
    pub use solutions::minibatch;

    #[cfg(not(feature = "solution-momentum"))]
    pub mod momentum;
    #[cfg(feature = "solution-momentum")]
    pub use solutions::momentum;

    #[cfg(not(feature = "solution-network"))]
    pub mod network;
    #[cfg(feature = "solution-network")]
    pub use solutions::network;

    #[cfg(not(feature = "solution-overflow"))]
    pub mod overflow;
    #[cfg(feature = "solution-overflow")]
    pub use solutions::overflow;

    #[cfg(not(feature = "solution-shapes"))]
    pub mod shapes;
    #[cfg(feature = "solution-shapes")]
    pub use solutions::shapes;

    #[cfg(not(feature = "solution-softmax_cross_entropy"))]
    pub mod softmax_cross_entropy;
    #[cfg(feature = "solution-softmax_cross_entropy")]
    pub use solutions::softmax_cross_entropy;
}

mod tests {
    mod adam;
    mod autograd;
    mod batch_norm;
    mod data_balance;
    mod dropout;
    mod layer;
    mod minibatch;
    mod momentum;
    mod network;
    mod overflow;
    mod shapes;
    mod softmax_cross_entropy;
}

/// An answer that prints or collects without end stops at the limit, here 1 GiB,
/// instead of taking the whole machine's memory.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, 1 << 30);
