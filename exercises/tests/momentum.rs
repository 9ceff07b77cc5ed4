//! Judges `src/momentum.rs`.

use checks::{Verdict, momentum as check};

use crate::judge;
use crate::src::momentum as answer;

#[test]
fn gradients() -> Verdict {
    judge("momentum", "gradients", || check::gradients(answer::gradients))
}

#[test]
fn sgd() -> Verdict {
    judge("momentum", "sgd", || check::sgd(answer::sgd))
}

#[test]
fn momentum() -> Verdict {
    judge("momentum", "momentum", || check::momentum(answer::momentum))
}

#[test]
fn adam() -> Verdict {
    judge("momentum", "adam", || check::adam(answer::adam))
}
