//! From the loss to the probabilities.

use ndarray::{Array1, array};
use no_magic::softmax::softmax;

use super::{argmax, probabilities};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Judges `fn loss_gradient(yhat, c) -> Array1<f64>`.
pub fn loss_gradient(answer: fn(&Array1<f64>, usize) -> Array1<f64>) -> Verdict {
    question().judge(move |(yhat, c)| observe(&answer(yhat, *c)))
}

fn observe(gradient: &Array1<f64>) -> Outcome {
    Outcome::new().value("dL/dŷ", gradient)
}

type Case = (Array1<f64>, usize);

/// `loss_gradient`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    yhat: fn(&Array1<f64>) -> Array1<f64>,
    class: fn(&Array1<f64>, usize) -> usize,
    sign: f64,
    entry: fn(f64) -> f64,
    others: fn(yhat: &Array1<f64>, c: usize, i: usize) -> f64,
}

const MODEL: Model = Model {
    yhat: Array1::clone,
    class: |_, c| c,
    sign: -1.0,
    entry: |p| 1.0 / p,
    others: |_, _, _| 0.0,
};

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = [
        (array![0.5, 0.3, 0.2], 1),
        (array![0.1, 0.2, 0.3, 0.4], 3),
        (array![0.75, 0.25], 0),
    ];
    let random = [(3, 2), (5, 1), (4, 2), (2, 1)];
    let random = (1..)
        .zip(random)
        .map(|(seed, (n, c))| (probabilities(n, &mut Draws::new(seed)), c));
    // So small that any constant added to ŷ[c], or any lower limit on it, shows.
    let tiny = [
        (array![0.4, 0.6 - 1e-6, 1e-6], 2),
        (array![1e-14, 0.4, 0.6], 0),
        (array![0.4, 1e-30, 0.6], 1),
    ];
    by_hand.into_iter().chain(random).chain(tiny)
}

fn kinds((yhat, c): &Case) -> Vec<(&'static str, bool)> {
    vec![
        ("a ŷ[c] below 1e-5", yhat[*c] < 1e-5),
        ("a ŷ[c] above 1e-5", yhat[*c] > 1e-5),
        ("the first class as the right one", *c == 0),
        ("the last class as the right one", *c + 1 == yhat.len()),
        ("the likeliest class as the right one", *c == argmax(yhat)),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, (yhat, c): &Case| {
        let yhat = (model.yhat)(yhat);
        let c = (model.class)(&yhat, *c);
        let mut gradient =
            Array1::from_shape_fn(yhat.len(), |i| (model.others)(&yhat, c, i));
        gradient[c] = model.sign * (model.entry)(yhat[c]);
        observe(&gradient)
    };
    Question::new("softmax_cross_entropy.loss_gradient", MODEL, run)
        .given(|(yhat, c)| Given::new().value("yhat", yhat).number("c", c))
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The entry at c
        sign: "The minus of `-ln` is missing.",
            sign = 1.0;
        loss: "The entry at `c` is the loss itself, not its derivative.",
            entry = f64::ln;
        no_size: "The entry at `c` is always -1, whatever `ŷ[c]` is.",
            entry = |_| 1.0;
        probability:
            "The entry at `c` is `-ŷ[c]` instead of the derivative of `-ln(ŷ[c])`.",
            entry = |p| p;
        epsilon_7: "`1e-7` is added to `ŷ[c]`, but the loss here doesn't do that.",
            entry = |p| 1.0 / (p + 1e-7);
        epsilon_12:
            "`1e-12` is added to `ŷ[c]`, but the loss here doesn't do that.",
            entry = |p| 1.0 / (p + 1e-12);
        clamped_12:
            "`ŷ[c]` is raised to at least `1e-12`, but the loss here doesn't do \
             that.",
            entry = |p| 1.0 / p.max(1e-12);
        softmax_again:
            "Softmax is applied to `ŷ`, which already holds probabilities.",
            yhat = softmax;
        // The class
        class_0: "The gradient is always that of class 0, whatever `c` is.",
            class = |_, _| 0;
        likeliest_class:
            "The gradient is that of the likeliest class instead of class `c`.",
            class = |yhat, _| argmax(yhat);
        next_class: "The gradient is that of class `c + 1` instead of class `c`.",
            class = |_, c| c + 1;
        class_before: "The gradient is that of class `c - 1` instead of class `c`.",
            class = |_, c| c - 1;
        // The other entries
        all_classes: "Every entry is `-1/ŷ[i]`, but `L` depends on `ŷ[c]` alone.",
            others = |yhat, _, i| -1.0 / yhat[i];
        yes_or_no:
            "The entries besides `c` are `1 / (1 - ŷ[i])`, as if each class were a \
             yes-or-no question of its own.",
            others = |yhat, _, i| 1.0 / (1.0 - yhat[i]);
        others_kept: "The entries besides `c` still hold `ŷ` instead of 0.",
            others = |yhat, _, i| yhat[i];
        short_way:
            "The result is `dL/dz`, the gradient of the scores, not of the \
             probabilities.",
            entry = |p| 1.0 - p,
            others = |yhat, _, i| yhat[i];
        })
}
