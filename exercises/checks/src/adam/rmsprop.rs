//! Question 2: RMSprop, which divides by what it remembers.

use ndarray::{Array1, ArrayViewMut1};

use super::steps::{self, ADAMW, Course, Model, Step};
use super::{AdamW, RmsProp};
use crate::{Given, Outcome, Question, Verdict};

/// `fn rmsprop(optimizer, parameters, gradients)`
pub fn rmsprop(answer: Step<RmsProp>) -> Verdict {
    question().judge(move |course| observe(answer, course))
}

fn observe(
    answer: impl Fn(&mut RmsProp, &mut [ArrayViewMut1<'_, f64>], &[Array1<f64>]),
    course: &Course,
) -> Outcome {
    let AdamW { lr, beta2: beta, epsilon, .. } = course.settings;
    let before = RmsProp { lr, beta, epsilon, v: Vec::new() };
    let (outcome, after) =
        course.observe(before, answer, |o| vec![("optimizer.v", &o.v)]);
    outcome
        .kept("optimizer.lr", &after.lr)
        .kept("optimizer.beta", &after.beta)
        .kept("optimizer.epsilon", &after.epsilon)
}

/// RMSprop is AdamW without the corrections and the decay. It steps along the
/// gradient instead of its mean, because β₁ is 0 in the run below.
const MODEL: Model =
    Model { correct_m: |m, _| m, correct_v: |v, _| v, decay: |p, _| p, ..ADAMW };

pub(super) fn question() -> Question<Course, Model> {
    let run = |model: &Model, course: &Course| {
        observe(
            |o, parameters, gradients| {
                let RmsProp { lr, beta, epsilon, .. } = *o;
                let mut adamw = steps::optimizer([lr, 0.0, beta, epsilon, 0.0]);
                adamw.m = o.v.iter().map(|v| Array1::zeros(v.len())).collect();
                adamw.v.clone_from(&o.v);
                model.step(&mut adamw, parameters, gradients);
                o.v = adamw.v;
            },
            course,
        )
    };
    Question::new("adam.rmsprop", MODEL, run)
        .given(|course| {
            let AdamW { lr, beta2, epsilon, .. } = course.settings;
            let settings = Given::new()
                .number("lr", lr)
                .number("beta", beta2)
                .number("epsilon", epsilon)
                .note("v at first", "no rows");
            course.given(settings)
        })
        .kinds(Course::kinds)
        .cases(steps::courses())
        .mistakes(steps::mistakes())
}
