//! Exercise `network`.
