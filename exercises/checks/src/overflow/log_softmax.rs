//! The logarithm of softmax.

use ndarray::Array1;

use super::{MODEL, Model, OfScores, shared};
use crate::{Given, Question, Verdict};

/// `fn log_softmax(z) -> Array1<f64>`
pub fn log_softmax(answer: OfScores) -> Verdict {
    question().judge(move |z| super::outcome("log_softmax", &answer(z.view()), z))
}

pub(super) fn question() -> Question<Array1<f64>, Model> {
    let run = |model: &Model, z: &Array1<f64>| {
        let log_softmax = (model.log_softmax)(&model.pass(z)) * model.sign;
        super::outcome("log_softmax", &log_softmax, z)
    };
    Question::new("overflow.log_softmax", MODEL, run)
        .given(|z| Given::new().value("z", z))
        .kinds(super::kinds)
        .calls("log_sum_exp")
        .calls("stable_softmax")
        .cases(super::plain().chain(super::extreme()))
        .mistakes(shared::log_probabilities())
        .mistakes(shared::shifts())
        .mistakes(shared::formula())
        .mistakes(shared::logarithms())
}
