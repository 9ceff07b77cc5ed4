//! Softmax for any finite scores.

use ndarray::Array1;

use super::{MODEL, Model, OfScores, shared};
use crate::{Given, Question, Verdict, mistakes};

/// `fn stable_softmax(z) -> Array1<f64>`
pub fn stable_softmax(answer: OfScores) -> Verdict {
    question().judge(move |z| super::outcome("softmax", &answer(z.view()), z))
}

pub(super) fn question() -> Question<Array1<f64>, Model> {
    let run = |model: &Model, z: &Array1<f64>| {
        super::outcome("softmax", &(model.softmax)(&model.pass(z)), z)
    };
    Question::new("overflow.stable_softmax", MODEL, run)
        .given(|z| Given::new().value("z", z))
        .kinds(super::kinds)
        .calls("naive_softmax")
        .cases(super::plain().chain(super::extreme()))
        .mistakes(shared::shifts())
        .mistakes(mistakes! { Model;
        maximum_in_sum_alone:
            "The maximum is subtracted in the denominator, but not in the \
             numerator.",
            softmax = |p| p.z.exp() / p.sum;
        maximum_in_numerator_alone:
            "The maximum is subtracted in the numerator, but not in the \
             denominator.",
            softmax = |p| &p.exp / p.z.exp().sum();
        maximum_divides_exp:
            "`exp(z)` is divided by `exp(max)`, but by then both may be infinite \
             or 0.",
            softmax = |p| {
                let exp = p.z.exp() / p.shift.exp();
                &exp / exp.sum()
            };
        nan_to_0: "NaN is replaced with 0, which hides the overflow.",
            shift = |_| 0.0,
            softmax = |p| {
                (&p.exp / p.sum).mapv(|a| if a.is_nan() { 0.0 } else { a })
            };
        })
        .mistakes(shared::softmaxes())
        .mistakes(shared::formula())
}
