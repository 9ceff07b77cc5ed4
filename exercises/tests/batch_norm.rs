//! Judges `src/batch_norm.rs`.

use checks::{Verdict, batch_norm as check};

use crate::judge;
use crate::src::batch_norm as answer;

#[test]
fn forward() -> Verdict {
    judge("batch_norm", "forward", || check::forward(answer::forward))
}

#[test]
fn observe() -> Verdict {
    judge("batch_norm", "observe", || {
        check::observe(answer::observe, answer::predict)
    })
}

#[test]
fn backward() -> Verdict {
    judge("batch_norm", "backward", || check::backward(answer::backward))
}
