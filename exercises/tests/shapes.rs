//! Judges `src/shapes.rs`.

use checks::{Verdict, shapes as check};

use crate::judge;
use crate::src::shapes as answer;

#[test]
fn gradient_shapes() -> Verdict {
    judge("shapes", "gradient_shapes", || {
        check::gradient_shapes(answer::gradient_shapes)
    })
}

#[test]
fn weight_gradient() -> Verdict {
    judge("shapes", "weight_gradient", || {
        check::weight_gradient(answer::weight_gradient)
    })
}

#[test]
fn update() -> Verdict {
    judge("shapes", "update", || check::update(answer::update))
}
