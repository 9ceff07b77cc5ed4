//! Networks whose sizes are part of their type. The compiler knows how long each
//! row is, unrolls the loops over it, and keeps the sums in registers.

mod network;
mod neural_net;

pub use network::Network;
pub use neural_net::NeuralNet;
