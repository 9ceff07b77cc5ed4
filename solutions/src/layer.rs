//! Exercise `layer`, answered.
