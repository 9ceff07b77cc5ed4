//! Judges `src/softmax_cross_entropy.rs`.

use checks::{Verdict, softmax_cross_entropy as check};

use crate::judge;
use crate::src::softmax_cross_entropy as answer;

#[test]
fn loss_gradient() -> Verdict {
    judge("softmax_cross_entropy", "loss_gradient", || {
        check::loss_gradient(answer::loss_gradient)
    })
}

#[test]
fn softmax_jacobian() -> Verdict {
    judge("softmax_cross_entropy", "softmax_jacobian", || {
        check::softmax_jacobian(answer::softmax_jacobian)
    })
}

#[test]
fn chain_rule() -> Verdict {
    judge("softmax_cross_entropy", "chain_rule", || {
        check::chain_rule(answer::chain_rule)
    })
}

#[test]
fn simplified() -> Verdict {
    judge("softmax_cross_entropy", "simplified", || {
        check::simplified(answer::simplified)
    })
}
