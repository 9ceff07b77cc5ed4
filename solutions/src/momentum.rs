//! Exercise `momentum`, answered.
