//! Judges `src/layer.rs`.
