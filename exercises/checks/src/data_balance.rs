//! Checks of the exercise `data_balance`.
