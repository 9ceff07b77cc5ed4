//! Judges `src/data_balance.rs`.

use checks::{Verdict, data_balance as check};

use crate::judge;
use crate::src::data_balance as answer;

#[test]
fn training_set() -> Verdict {
    judge("data_balance", "training_set", || {
        check::training_set(answer::training_set)
    })
}

#[test]
fn measure() -> Verdict {
    judge("data_balance", "measure", || check::measure(answer::measure))
}

#[test]
fn experiment() -> Verdict {
    judge("data_balance", "experiment", || check::experiment(answer::experiment))
}
