//! Question 1: which learning rates are too large for a valley.

use ndarray::{Array1, array};

use crate::Verdict;
use crate::case::Case;

/// What becomes of `x` and `y` after very many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Both come nearer and nearer to 0.
    Settles,
    /// One of them goes on for ever, neither to 0 nor beyond all bounds.
    Bounces,
    /// One of them grows beyond all bounds.
    BlowsUp,
}

type Valley = fn([f64; 2], f64, usize) -> [f64; 2];

/// `fn valley(start, lr, steps) -> [f64; 2]`, and `fn fates() -> [Fate; 5]`
pub fn valley(answer: Valley, fates: fn() -> [Fate; 5]) -> Verdict {
    for (start, lr, steps) in [
        ([2.0, -1.0], 0.004, 2),
        ([-3.0, 0.5], 0.015, 4),
        ([1.0, 1.0], 0.02, 7),
        ([1.0, -2.0], 0.025, 6),
        ([4.0, 3.0], 0.01, 0),
    ] {
        judge(answer, start, lr, steps)?;
    }
    let yours = Case::new().run(fates)?;
    for ((what, expected, why), yours) in FATES.into_iter().zip(yours) {
        Case::new()
            .expect_equal(what, &expected, &yours)
            .map_err(|feedback| feedback.likely(true, why))?;
    }
    Ok(())
}

fn judge(answer: Valley, start: [f64; 2], lr: f64, steps: usize) -> Verdict {
    let case = Case::new()
        .input("start", &Array1::from_iter(start))
        .number("lr", lr)
        .number("steps", steps);
    let yours = case.run(move || answer(start, lr, steps))?;
    let n = i32::try_from(steps).expect("a few steps");
    // Each step multiplies each number by the same factor.
    let by = |factors: [f64; 2], n: i32| {
        array![start[0] * factors[0].powi(n), start[1] * factors[1].powi(n)]
    };
    let factors = |[x, y]: [f64; 2]| [1.0 - lr * x, 1.0 - lr * y];
    let right = factors([1.0, 100.0]);
    let straight = |n: f64| {
        array![start[0] * (1.0 - lr * n), start[1] * (1.0 - lr * 100.0 * n)]
    };
    case.expect("place", &by(right, n))
        .unless(
            &by(factors([-1.0, -100.0]), n),
            "you went uphill: gradient descent subtracts",
        )
        .unless(&by(right, 1), "this is a single step; take as many as steps says")
        .unless(&by(right, n + 1), "this is one step too many")
        .unless(&by(right, n - 1), "this is one step too few")
        .unless(
            &straight(f64::from(n)),
            "every step uses the gradient of the start; compute it again at each \
             step, where you are",
        )
        .unless(
            &by(factors([1.0, 1.0]), n),
            "the slope of ½·100·y² has the 100 in it",
        )
        .unless(
            &by(factors([1.0, 10.0]), n),
            "these are the roots of 1 and 100; the slope of ½·100·y² is 100 y",
        )
        .unless(
            &by(factors([2.0, 200.0]), n),
            "the ½ is missing: it cancels the 2 of the derivative",
        )
        .unless(
            &by(factors([0.5, 50.0]), n),
            "the ½ is still there, but the derivative of y² is 2 y, which cancels \
             it",
        )
        .unless(
            &by(factors([100.0, 1.0]), n),
            "x and y are swapped; it is y that has the 100",
        )
        .unless(&by([0.0, -99.0], n), "you left out the learning rate")
        .unless(
            &by([-lr, -100.0 * lr], n),
            "you replaced the place by the step; the step is added to it",
        )
        .unless(
            &Array1::from_iter(start),
            "nothing moves; is the step written into x and y?",
        )
        .judge(&Array1::from_iter(yours))
}

const FATES: [(&str, Fate, &str); 5] = [
    (
        "The fate of gradient descent with η = 0.015",
        Fate::Settles,
        "a step multiplies y by 1 - 100 η = -0.5: it changes sides, but comes \
         nearer each time",
    ),
    (
        "The fate of gradient descent with η = 0.02",
        Fate::Bounces,
        "a step multiplies y by 1 - 100 η, which is exactly -1",
    ),
    (
        "The fate of gradient descent with η = 0.021",
        Fate::BlowsUp,
        "a step multiplies y by 1 - 100 η = -1.1, however well x is doing",
    ),
    (
        "The fate of momentum 0.9 with η = 0.03",
        Fate::Settles,
        "the velocity resists the changes of sign: with momentum μ the limit is 2 \
         (1 + μ) / 100; try some steps",
    ),
    (
        "The fate of momentum 0.9 with η = 0.04",
        Fate::BlowsUp,
        "momentum moves the limit to 2 (1 + μ) / 100, and this is above it; try \
         some steps",
    ),
];
