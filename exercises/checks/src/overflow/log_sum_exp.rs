//! The logarithm of softmax's denominator.

use ndarray::{Array1, ArrayView1};

use super::{MODEL, Model, shared};
use crate::{Given, Question, Verdict, mistakes};

/// `fn log_sum_exp(z) -> f64`
pub fn log_sum_exp(answer: fn(ArrayView1<'_, f64>) -> f64) -> Verdict {
    question().judge(move |z| super::outcome("log_sum_exp", &answer(z.view()), z))
}

pub(super) fn question() -> Question<Array1<f64>, Model> {
    let run = |model: &Model, z: &Array1<f64>| {
        let log_sum_exp = (model.log_sum_exp)(&model.pass(z)) * model.sign;
        super::outcome("log_sum_exp", &log_sum_exp, z)
    };
    Question::new("overflow.log_sum_exp", MODEL, run)
        .given(|z| Given::new().value("z", z))
        .kinds(super::kinds)
        .cases(super::plain().chain(super::extreme()))
        .mistakes(shared::shifts())
        .mistakes(mistakes! { Model;
        maximum_missing: "The maximum isn't added back after the logarithm.",
            log_sum_exp = |p| p.ln_sum;
        maximum_subtracted:
            "After the logarithm, the maximum is subtracted instead of added back.",
            log_sum_exp = |p| p.ln_sum - p.shift;
        factor:
            "The logarithm is multiplied by the maximum, which should be added to \
             it.",
            log_sum_exp = |p| p.shift * p.ln_sum;
        ln_of_maximum:
            "The logarithm of the maximum is added back, instead of the maximum \
             itself.",
            log_sum_exp = |p| p.shift.ln() + p.ln_sum;
        added_inside:
            "The maximum is added back before the logarithm is taken, not after.",
            log_sum_exp = |p| (p.shift + p.sum).ln();
        sum_of_exp: "The result is `Σ exp(z)`: the logarithm is missing.",
            log_sum_exp = |p| p.z.exp().sum();
        patched:
            "Where `Σ exp(z)` is infinite or 0, the result is just the maximum.",
            log_sum_exp = |p| {
                let naive = p.z.exp().sum().ln();
                if naive.is_finite() { naive } else { p.shift }
            };
        })
        .mistakes(shared::formula())
        .mistakes(shared::logarithms())
}
