//! Exercise `data_balance`.
