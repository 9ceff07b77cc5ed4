//! Judges `src/layer.rs`.

use checks::{Verdict, layer as check};

use crate::judge;
use crate::src::layer as answer;

#[test]
fn he_weights() -> Verdict {
    judge("layer", "he_weights", || check::he_weights(answer::he_weights))
}

#[test]
fn forward() -> Verdict {
    judge("layer", "forward", || check::forward(answer::forward))
}

#[test]
fn backward() -> Verdict {
    judge("layer", "backward", || check::backward(answer::backward))
}
