//! Cross-entropy from the scores.

use ndarray::{Array1, ArrayView1};

use super::{MODEL, Model, shared};
use crate::{Given, Question, Verdict, mistakes};

/// `fn cross_entropy(z, y) -> f64`
pub fn cross_entropy(answer: fn(ArrayView1<'_, f64>, usize) -> f64) -> Verdict {
    question().judge(move |(z, y)| super::outcome("loss", &answer(z.view(), *y), z))
}

type Case = (Array1<f64>, usize);

fn cases() -> impl Iterator<Item = Case> {
    // The last class first: it's neither class 0 nor always the predicted one.
    super::plain()
        .chain(super::extreme())
        .flat_map(|z| (0..z.len()).rev().map(move |y| (z.clone(), y)))
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, (z, y): &Case| {
        let passed = model.pass(z);
        let log_softmax = (model.log_softmax)(&passed) * model.sign;
        super::outcome("loss", &(model.loss)(&log_softmax, *y, &passed), z)
    };
    Question::new("overflow.cross_entropy", MODEL, run)
        .given(|(z, y)| Given::new().value("z", z).number("y", y))
        .kinds(|(z, y)| {
            let mut kinds = super::kinds(z);
            let predicted = z[*y] == super::max(z);
            kinds.extend([
                ("a y that has the largest score", predicted),
                ("a y that doesn't have the largest score", !predicted),
                ("y = 0", *y == 0),
            ]);
            kinds
        })
        .calls("log_softmax")
        .calls("log_sum_exp")
        .cases(cases())
        .mistakes(mistakes! { Model;
        class_0: "The loss is always that of class 0, whatever `y` is.",
            loss = |ln_a, _, _| -ln_a[0];
        predicted_class:
            "The loss is that of the class with the largest score, not of class \
             `y`.",
            loss = |ln_a, _, _| -super::max(ln_a);
        next_class:
            "The loss is that of class `y + 1`, but classes are counted from 0.",
            loss = |ln_a, y, _| -ln_a[y + 1];
        class_before:
            "The loss is that of class `y - 1`, but classes are counted from 0.",
            loss = |ln_a, y, _| -ln_a[y - 1];
        sum: "The losses of all classes are added up, but only class `y` counts.",
            loss = |ln_a, _, _| -ln_a.sum();
        mean_of_classes:
            "The losses of all classes are averaged, but only class `y` counts.",
            loss = |ln_a, _, _| -ln_a.sum() / ln_a.len() as f64;
        zero_times_infinity:
            "The zeros of the one-hot vector are multiplied by `ln 0`, which is \
             `-∞`, and that gives NaN.",
            log_softmax = |p| shared::of_softmax(p, f64::ln),
            loss = |ln_a, y, _| {
                let one_hot = |i| f64::from(u8::from(i == y));
                -(0..ln_a.len()).map(|i| one_hot(i) * ln_a[i]).sum::<f64>()
            };
        probability:
            "`cross_entropy` returns the probability of class `y` instead of its \
             loss.",
            loss = |ln_a, y, _| ln_a[y].exp();
        label_subtracted:
            "`y` itself is subtracted from `log_sum_exp(z)`, instead of the score \
             `z[y]`.",
            loss = |_, y, p| p.shift + p.ln_sum - y as f64;
        log_sum_exp_alone:
            "The loss is just `log_sum_exp(z)`: the score `z[y]` isn't subtracted.",
            loss = |_, _, p| p.shift + p.ln_sum;
        })
        .mistakes(shared::log_probabilities())
        .mistakes(shared::shifts())
        .mistakes(shared::formula())
        .mistakes(shared::logarithms())
}
