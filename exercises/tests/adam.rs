//! Judges `src/adam.rs`.

#[cfg(not(feature = "solution-adam"))]
#[path = "../src/adam.rs"]
mod answer;
#[cfg(feature = "solution-adam")]
use solutions::adam as answer;

use checks::{Verdict, adam as check, judge};

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
