//! Exercise `data_balance`, answered.
