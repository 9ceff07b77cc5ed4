//! Judges `src/data_balance.rs`.
