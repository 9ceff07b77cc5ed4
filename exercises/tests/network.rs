//! Judges `src/network.rs`.

use checks::{Verdict, network as check};

use crate::judge;
use crate::src::network as answer;

#[test]
fn predict() -> Verdict {
    judge("network", "predict", || check::predict(answer::stack, answer::predict))
}

#[test]
fn output_gradient() -> Verdict {
    judge("network", "output_gradient", || {
        check::output_gradient(answer::output_gradient)
    })
}

#[test]
fn train_step() -> Verdict {
    judge("network", "train_step", || check::train_step(answer::train_step))
}

#[test]
fn train_epoch() -> Verdict {
    judge("network", "train_epoch", || check::train_epoch(answer::train_epoch))
}

#[test]
fn capstone() -> Verdict {
    judge("network", "capstone", || check::capstone(answer::capstone))
}
