//! Judges `src/minibatch.rs`.

use checks::{Verdict, minibatch as check};

use crate::judge;
use crate::src::minibatch as answer;

#[test]
fn batches() -> Verdict {
    judge("minibatch", "batches", || check::batches(answer::batches))
}

#[test]
fn forward() -> Verdict {
    judge("minibatch", "forward", || check::forward(answer::forward))
}

#[test]
fn loss_and_gradient() -> Verdict {
    judge("minibatch", "loss_and_gradient", || {
        check::loss_and_gradient(answer::loss_and_gradient)
    })
}

#[test]
fn gradients() -> Verdict {
    judge("minibatch", "gradients", || check::gradients(answer::gradients))
}
