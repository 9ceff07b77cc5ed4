//! Part II: gradients become values, a batch is a matrix, and an optimizer
//! takes the steps.
//!
//! In Part I, `backward` computes gradients *and* applies them. Here
//! [`Network::forward`] returns what backward needs, [`Network::backward`] returns
//! gradients, and an [`Optimizer`] decides what to do with them. Only the optimizer
//! changes a parameter.
//!
//! Each step allocates its activations, its trace and its gradients, and frees them
//! when it's over. Part IV shows how to avoid that.

mod adam;
mod batch_norm;
mod batches;
mod dropout;
mod early_stopping;
mod linear;
mod loss;
mod network;
mod optimizer;
pub mod schedule;
mod sgd;
mod training;

pub use adam::Adam;
pub use batch_norm::BatchNorm;
pub use batches::Batches;
pub use dropout::{Dropout, DropoutError};
pub use early_stopping::EarlyStopping;
pub use linear::Linear;
pub use loss::mean_cross_entropy;
pub use network::{Layer, Network};
pub use optimizer::Optimizer;
pub use sgd::Sgd;
