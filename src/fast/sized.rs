//! Networks whose sizes are part of their type. The compiler knows the length of
//! each row, so it unrolls the loops and keeps the sums in registers.

mod network;
mod neural_net;

pub use network::Network;
pub use neural_net::NeuralNet;
