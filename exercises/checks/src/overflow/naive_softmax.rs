//! Softmax just as it stands in the formula, and what large scores do to it.

use ndarray::{Array1, array};

use super::Outcome::{Infinite, NaN, Zero};
use super::{MODEL, Model, OfScores, Outcome, shared};
use crate::{Given, Question, Verdict, mistakes};

/// `fn naive_softmax(z) -> Array1<f64>`, and `fn outcomes() -> [Outcome; 5]`
pub fn naive_softmax(answer: OfScores, outcomes: fn() -> [Outcome; 5]) -> Verdict {
    question().judge(move |case| case.observe(|z| answer(z.view()), outcomes))
}

#[derive(Clone)]
pub(super) enum Case {
    Scores(Array1<f64>),
    Outcomes,
}

impl Case {
    fn observe(
        &self,
        answer: impl Fn(&Array1<f64>) -> Array1<f64>,
        outcomes: impl Fn() -> [Outcome; 5],
    ) -> crate::Outcome {
        match self {
            Self::Scores(z) => super::outcome("softmax", &answer(z), z),
            Self::Outcomes => {
                let names = [
                    "exp(1000)",
                    "exp(-1000)",
                    "entry 0 of naive_softmax([1000, 1001, 1002])",
                    "entry 0 of naive_softmax([-1000, -1001, -1002])",
                    "entry 1 of naive_softmax([1000, 0])",
                ];
                let outcomes = outcomes().map(|outcome| format!("{outcome:?}"));
                let new = crate::Outcome::new();
                names.iter().zip(outcomes).fold(new, |all, (name, outcome)| {
                    all.text(&format!("the outcome of {name}"), outcome)
                })
            }
        }
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let broken = [
        array![1000.0, 1001.0, 1002.0],
        array![-1000.0, -1001.0, -1002.0],
        array![1000.0, 0.0],
    ];
    super::plain().chain(broken).map(Case::Scores).chain([Case::Outcomes])
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        let outcomes = [
            model.exp_1000,
            model.exp_minus_1000,
            model.infinity_by_infinity,
            model.zero_by_zero,
            model.one_by_infinity,
        ];
        case.observe(|z| (model.softmax)(&model.pass(z)), || outcomes)
    };
    let model = Model { shift: |_| 0.0, ..MODEL };
    Question::new("overflow.naive_softmax", model, run)
        .given(|case| match case {
            Case::Scores(z) => Given::new().value("z", z),
            Case::Outcomes => Given::new(),
        })
        .kinds(|case| match case {
            Case::Scores(z) => super::kinds(z),
            Case::Outcomes => Vec::new(),
        })
        .function(|case| matches!(case, Case::Outcomes).then_some("outcomes"))
        .cases(cases())
        .mistakes(mistakes! { Model;
        stable:
            "The maximum is subtracted before `exp`, but this question asks for \
             the formula just as it stands.",
            shift = super::max;
        // The outcomes
        all_nan:
            "All five outcomes are `NaN`, but a number isn't NaN just because it's \
             too large or too small for an `f64`.",
            exp_1000 = NaN,
            exp_minus_1000 = NaN,
            one_by_infinity = NaN;
        exp_1000_is_nan:
            "`exp(1000)` is too large for an `f64`, but that alone doesn't make it \
             NaN.",
            exp_1000 = NaN;
        exp_minus_1000_is_infinite:
            "`exp(-1000)` is a tiny positive number, not a huge negative one.",
            exp_minus_1000 = Infinite;
        exp_minus_1000_is_nan:
            "`exp(-1000)` is too small for an `f64`, but that alone doesn't make \
             it NaN.",
            exp_minus_1000 = NaN;
        infinity_by_infinity_is_infinite:
            "`∞ / ∞` isn't infinite: the denominator is infinite as well.",
            infinity_by_infinity = Infinite;
        infinity_by_infinity_is_0:
            "`∞ / ∞` isn't 0: the numerator is infinite as well.",
            infinity_by_infinity = Zero;
        zero_by_zero_is_0: "`0 / 0` isn't 0: the denominator is 0 as well.",
            zero_by_zero = Zero;
        zero_by_zero_is_infinite:
            "`0 / 0` isn't infinite: the numerator is 0 as well.",
            zero_by_zero = Infinite;
        one_by_infinity_is_nan:
            "Entry 1 of `naive_softmax([1000, 0])` isn't NaN: its numerator, \
             `exp(0)`, is an ordinary 1.",
            one_by_infinity = NaN;
        one_by_infinity_is_infinite:
            "Entry 1 of `naive_softmax([1000, 0])` isn't infinite: only its \
             denominator is.",
            one_by_infinity = Infinite;
        })
        .mistakes(shared::softmaxes())
        .mistakes(shared::formula())
}
