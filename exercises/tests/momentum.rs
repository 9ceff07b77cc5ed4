//! Judges `src/momentum.rs`.
