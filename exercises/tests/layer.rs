//! Judges `src/layer.rs`.

#[cfg(not(feature = "solution-layer"))]
#[path = "../src/layer.rs"]
mod answer;
#[cfg(feature = "solution-layer")]
use solutions::layer as answer;

use checks::{Verdict, judge, layer as check};

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
