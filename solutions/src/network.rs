//! Exercise `network`, answered.
