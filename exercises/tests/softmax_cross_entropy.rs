//! Judges `src/softmax_cross_entropy.rs`.
