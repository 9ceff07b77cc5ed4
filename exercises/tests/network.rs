//! Judges `src/network.rs`.
