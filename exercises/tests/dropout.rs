//! Judges `src/dropout.rs`.

use checks::{Verdict, dropout as check};

use crate::judge;
use crate::src::dropout as answer;

#[test]
fn mask() -> Verdict {
    judge("dropout", "mask", || check::mask(answer::mask))
}

#[test]
fn forward() -> Verdict {
    judge("dropout", "forward", || {
        check::forward(answer::forward, answer::backward, answer::predict)
    })
}

#[test]
fn early_stopping() -> Verdict {
    judge("dropout", "early_stopping", || {
        check::early_stopping(answer::early_stopping)
    })
}
