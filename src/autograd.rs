//! Part III: the machine does the calculus.
//!
//! 1. [`scalar`]: the whole idea on plain numbers, in a screenful.

pub mod scalar;
