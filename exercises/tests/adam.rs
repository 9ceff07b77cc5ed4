//! Judges `src/adam.rs`.

use checks::{Verdict, adam as check};

use crate::judge;
use crate::src::adam as answer;

#[test]
fn valley() -> Verdict {
    judge("adam", "valley", || check::valley(answer::valley, answer::fates))
}

#[test]
fn rmsprop() -> Verdict {
    judge("adam", "rmsprop", || check::rmsprop(answer::rmsprop))
}

#[test]
fn adamw() -> Verdict {
    judge("adam", "adamw", || check::adamw(answer::adamw))
}
