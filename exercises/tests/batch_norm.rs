//! Judges `src/batch_norm.rs`.

#[cfg(not(feature = "solution-batch_norm"))]
#[path = "../src/batch_norm.rs"]
mod answer;
#[cfg(feature = "solution-batch_norm")]
use solutions::batch_norm as answer;

use checks::{Verdict, batch_norm as check, judge};

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
