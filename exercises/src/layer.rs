//! Exercise `layer`.
