//! Checks of the exercise `layer`.
