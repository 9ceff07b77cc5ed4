//! Judges `src/data_balance.rs`.

#[cfg(not(feature = "solution-data_balance"))]
#[path = "../src/data_balance.rs"]
mod answer;
#[cfg(feature = "solution-data_balance")]
use solutions::data_balance as answer;

use checks::{Verdict, data_balance as check, judge};

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
