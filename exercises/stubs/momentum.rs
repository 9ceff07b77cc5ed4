//! Exercise `momentum`.
