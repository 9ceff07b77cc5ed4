//! Checks of the exercise `momentum`.
