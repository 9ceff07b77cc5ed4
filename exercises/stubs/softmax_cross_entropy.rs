//! Exercise `softmax_cross_entropy`.
