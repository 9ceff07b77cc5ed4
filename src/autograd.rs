//! Part III: the machine does the calculus.
//!
//! A [`Tape`] records each operation while it computes, and [`Var::backward`] goes
//! back through the record with one rule for each kind of operation. So we don't
//! derive gradients by hand anymore.
//!
//! Read it in this order:
//!
//! 1. [`scalar`]: the whole idea with plain numbers, on one screen.
//! 2. [`Tape`] and [`Var`]: the same with matrices.
//! 3. `operation.rs`: the formula of each operation, and the formula
//!    of its gradient.
//! 4. [`Var::backward`] and [`Gradients`]: from the loss back to every gradient.
//! 5. [`Network`]: the network of Part I, in a few lines.
//!
//! ```
//! use ndarray::array;
//! use no_magic::autograd::Tape;
//!
//! let tape = Tape::new();
//! let x = tape.var(array![[1.0, 1.0]]);
//! let w = tape.var(array![[1.0, 2.0], [3.0, -4.0]]);
//! let b = tape.var(array![[0.5, 0.5]]);
//! let loss = (x.matmul(w.t()) + b).relu().sum();
//! assert_eq!(loss.item(), 3.5);
//!
//! let gradients = loss.backward();
//! assert_eq!(gradients.wrt(w), array![[1.0, 1.0], [0.0, 0.0]]);
//! assert_eq!(gradients.wrt(x), array![[1.0, 2.0]]);
//! ```

mod broadcast;
mod gradients;
mod network;
mod operation;
pub mod scalar;
mod tape;
mod var;

pub use gradients::Gradients;
pub use network::Network;
pub use tape::{Node, Tape};
pub use var::Var;
