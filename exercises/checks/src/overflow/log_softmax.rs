//! The logarithm of softmax.

use ndarray::{Array1, array};

use super::{MODEL, Model, OfScores, shared};
use crate::{Given, Question, Verdict, mistakes};

/// `fn log_softmax(z) -> Array1<f64>`
pub fn log_softmax(answer: OfScores) -> Verdict {
    question().judge(move |z| super::outcome("log_softmax", &answer(z.view()), z))
}

pub(super) fn question() -> Question<Array1<f64>, Model> {
    let run = |model: &Model, z: &Array1<f64>| {
        let log_softmax = (model.log_softmax)(&model.pass(z)) / model.unit;
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
        .mistakes(mistakes! { Model;
        log_sum_exp_alone: "What you return is log_sum_exp alone.",
            log_softmax = |p| array![p.shift + p.ln_sum];
        log_sum_exp_everywhere: "Every entry is log_sum_exp: z is missing.",
            log_softmax = |p| Array1::from_elem(p.z.len(), p.shift + p.ln_sum);
        ln_sum_everywhere: "Every entry is minus log_sum_exp: z is missing.",
            log_softmax = |p| Array1::from_elem(p.z.len(), -p.shift - p.ln_sum);
        applied_twice: "Softmax is applied before log-softmax.",
            log_softmax = |p| {
                let a = &p.exp / p.sum;
                &a - a.exp().sum().ln()
            };
        })
        .mistakes(shared::formula())
        .mistakes(shared::logarithms())
}
