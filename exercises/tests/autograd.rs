//! Judges `src/autograd.rs`.

use checks::{Verdict, autograd as check};

use crate::judge;
use crate::src::autograd as answer;

#[test]
fn slopes() -> Verdict {
    judge("autograd", "slopes", || check::slopes(answer::slopes))
}

#[test]
fn backward() -> Verdict {
    judge("autograd", "backward", || check::backward(answer::backward))
}

#[test]
fn matmul_backward() -> Verdict {
    judge("autograd", "matmul_backward", || {
        check::matmul_backward(answer::matmul_backward)
    })
}

#[test]
fn sum_to() -> Verdict {
    judge("autograd", "sum_to", || check::sum_to(answer::sum_to))
}
