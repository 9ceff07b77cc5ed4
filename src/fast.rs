//! Part IV: the same networks, as fast as we can make them.
//!
//! For one example at a time, here is the network of Part I in five versions,
//! each faster than the version before it. After the same steps, all of them have
//! the same bits:
//!
//! 1. [`by_hand::NeuralNet`]: the code of Part I, line by line.
//! 2. [`buffers::NeuralNet`]: the same operations, but nothing is allocated.
//! 3. [`NeuralNet`]: no work that isn't needed. The program and the live demo train
//!    with this version.
//! 4. [`input_major::NeuralNet`]: the hidden layer's weights are stored input by
//!    input, so that many sums can grow at the same time.
//! 5. [`sized::NeuralNet`]: the sizes are part of the type.
//!
//! For batches, there are [`Network`] and [`sized::Network`]. They agree with Part
//! II up to rounding.
//!
//! The bits are the same as long as all numbers are finite, the weights are in
//! row-major order (as `new` and `from_parameters` store them), and each example is
//! contiguous in memory. Only the sign of a weight that is exactly 0 may differ.

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

/// The hidden layer and the output layer of a network that has exactly these two.
#[track_caller]
fn two_layers(network: &by_hand::NeuralNet) -> [&by_hand::Layer; 2] {
    network.check_layers();
    let [hidden, output] = &network.layers[..] else {
        panic!(
            "this version needs exactly two layers, hidden and output, but the \
             network has {}",
            network.layers.len()
        );
    };
    [hidden, output]
}

/// Panics unless the examples have one feature for each input of the network.
#[inline]
#[track_caller]
fn check_features(features: usize, n_in: usize) {
    assert!(
        features == n_in,
        "each example has {features} features, but the network takes {n_in} inputs"
    );
}
