//! Judges `src/dropout.rs`.

#[cfg(not(feature = "solution-dropout"))]
#[path = "../src/dropout.rs"]
mod answer;
#[cfg(feature = "solution-dropout")]
use solutions::dropout as answer;

use checks::{Verdict, dropout as check, judge};

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
