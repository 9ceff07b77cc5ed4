//! Part IV: the same networks, as fast as we can make them.
//!
//! One example at a time, there is the network of Part I in versions that are each
//! faster than the one before. All of these end with the same bits:
//!
//! 1. [`by_hand::NeuralNet`]: the code of Part I.
//! 2. [`buffers::NeuralNet`]: the same operations, without an allocation.
//! 3. [`NeuralNet`]: without the work that isn't needed. The program and the live
//!    demo use this one.
//! 4. [`input_major::NeuralNet`]: the weights stored so that sums grow next to each
//!    other.
//! 5. [`sized::NeuralNet`]: its sizes are part of its type.
//!
//! For batches there are [`Network`] and [`sized::Network`], which agree with Part
//! II up to rounding.
//!
//! The same bits hold for finite numbers, for weights stored row after row (as
//! `new` and `from_parameters` store them) and for examples that lie in memory in
//! one piece. The sign of a weight that is exactly 0 may differ.

pub mod buffers;
mod cross_entropy;
pub mod floor;
pub mod input_major;
mod network;
mod neural_net;
pub mod sized;
mod vector;

pub use network::Network;
pub use neural_net::NeuralNet;

use crate::by_hand;

/// The hidden and the output layer of a network that has just these two.
#[track_caller]
fn two_layers(network: &by_hand::NeuralNet) -> [&by_hand::Layer; 2] {
    network.check_layers();
    let [hidden, output] = &network.layers[..] else {
        panic!(
            "this network needs exactly two layers, a hidden one and an output, \
             not {}",
            network.layers.len()
        );
    };
    [hidden, output]
}
