//! Checks of the exercise `network`.
