//! Judges `src/overflow.rs`.

use checks::{Verdict, overflow as check};

use crate::judge;
use crate::src::overflow as answer;

#[test]
fn naive_softmax() -> Verdict {
    judge("overflow", "naive_softmax", || {
        check::naive_softmax(answer::naive_softmax, answer::outcomes)
    })
}

#[test]
fn stable_softmax() -> Verdict {
    judge("overflow", "stable_softmax", || {
        check::stable_softmax(answer::stable_softmax)
    })
}

#[test]
fn log_sum_exp() -> Verdict {
    judge("overflow", "log_sum_exp", || check::log_sum_exp(answer::log_sum_exp))
}

#[test]
fn log_softmax() -> Verdict {
    judge("overflow", "log_softmax", || check::log_softmax(answer::log_softmax))
}

#[test]
fn cross_entropy() -> Verdict {
    judge("overflow", "cross_entropy", || {
        check::cross_entropy(answer::cross_entropy)
    })
}
