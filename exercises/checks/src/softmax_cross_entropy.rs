//! Checks of the exercise `softmax_cross_entropy`.
