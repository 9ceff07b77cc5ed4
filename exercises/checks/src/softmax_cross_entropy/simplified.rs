//! What is left when everything cancels.

use ndarray::{Array1, array};
use no_magic::softmax::{log_softmax, softmax};

use super::{argmax, gradient_of_loss, jacobian, normalized, one_hot};
use crate::comparison;
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Judges `fn simplified(z, c) -> Array1<f64>`.
pub fn simplified(answer: fn(&Array1<f64>, usize) -> Array1<f64>) -> Verdict {
    question().judge(move |(z, c)| observe(&answer(z, *c)))
}

fn observe(gradient: &Array1<f64>) -> Outcome {
    Outcome::new().value("dL/dz", gradient)
}

type Case = (Array1<f64>, usize);

/// `simplified`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    scores: fn(&Array1<f64>, usize) -> Array1<f64>,
    softmax: fn(&Array1<f64>) -> Array1<f64>,
    class: fn(&Array1<f64>, usize) -> usize,
    gradient: fn(yhat: &Array1<f64>, c: usize) -> Array1<f64>,
}

const MODEL: Model = Model {
    scores: |z, _| z.clone(),
    softmax,
    class: |_, c| c,
    gradient: short_way,
};

fn short_way(yhat: &Array1<f64>, c: usize) -> Array1<f64> {
    yhat - one_hot(yhat.len(), c)
}

/// The three earlier steps, one after the other.
fn long_way(yhat: &Array1<f64>, c: usize) -> Array1<f64> {
    gradient_of_loss(yhat, c).dot(&jacobian(yhat))
}

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = [
        (array![1.0, 2.0, 3.0], 1),
        (array![0.5, -2.0, 1.5, 0.0], 3),
        (array![-1.0, 3.0], 0),
    ];
    let sizes = [(3, 2), (5, 1), (2, 0), (4, 2), (1, 0)];
    let random =
        (1..).zip(sizes).map(|(seed, (n, c))| (Draws::new(seed).array(n), c));
    let large = [
        (array![1000.0, 1001.0, 1002.0], 2),
        (array![-1000.0, -1001.0, -1002.0], 0),
        (array![0.0, -2000.0], 1),
        (array![0.0, -1000.0], 1),
        (array![705.0, 706.0], 0),
        (array![0.0, 1000.0], 0),
        (array![40.0, 39.0, 1.0], 2),
        (array![-90.0, -91.0], 1),
    ];
    by_hand.into_iter().chain(random).chain(large)
}

fn given((z, c): &Case) -> Given {
    let yhat = softmax(z);
    let agree = comparison::difference(&long_way(&yhat, *c), &short_way(&yhat, *c));
    Given::new().value("z", z).number("c", c).note(
        "long way",
        if agree.is_none() {
            "the three steps before, Jᵀ dL/dŷ, give the expected numbers"
        } else {
            "the three steps before fail: they divide by ŷ[c], which has become 0"
        },
    )
}

fn kinds((z, c): &Case) -> Vec<(&'static str, bool)> {
    let large = max(&z.abs()) > 700.0;
    vec![
        ("scores beyond ±700", large),
        ("scores within ±700", !large),
        ("only scores below 0", max(z) < 0.0),
        ("a ŷ[c] of 0", softmax(z)[*c] == 0.0),
        ("the first class as the right one", *c == 0),
        ("the last class as the right one", *c + 1 == z.len()),
        ("the likeliest class as the right one", *c == argmax(z)),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, (z, c): &Case| {
        let yhat = (model.softmax)(&(model.scores)(z, *c));
        observe(&(model.gradient)(&yhat, (model.class)(z, *c)))
    };
    Question::new("softmax_cross_entropy.simplified", MODEL, run)
        .given(given)
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Softmax
        overflow:
            "The maximum isn't subtracted, so `exp(z)` becomes infinite or 0 when \
             the scores are far from 0.",
            softmax = |z| normalized(z.exp());
        maximum_of_0: "When every score is below 0, the maximum comes out as 0.",
            softmax = |z| shifted(z, max(z).max(0.0));
        largest_magnitude:
            "The largest `|z|` is subtracted instead of the largest `z`.",
            softmax = |z| shifted(z, max(&z.abs()));
        clamped_500: "The scores are clamped to ±500 before `exp`.",
            softmax = |z| normalized(z.mapv(|z| z.clamp(-500.0, 500.0).exp()));
        not_normalized: "The exponentials aren't divided by their sum.",
            softmax = |z| (z - max(z)).exp();
        no_softmax:
            "Softmax is missing: the result is made from the scores themselves.",
            softmax = |z| z.clone();
        log_softmax:
            "The result is made from the logarithm of softmax instead of softmax.",
            softmax = log_softmax;
        softmax_twice: "Softmax is applied twice.",
            softmax = |z| softmax(&softmax(z));
        sigmoid: "Each score goes through the sigmoid instead of softmax.",
            softmax = |z| z.mapv(|z| 1.0 / (1.0 + (-z).exp()));
        // Class c
        subtracted_from_score:
            "1 is subtracted from the score `z[c]` before softmax, not from `ŷ[c]` \
             after it.",
            scores = |z, c| z - one_hot(z.len(), c),
            gradient = |yhat, _| yhat.clone();
        sign: "The result has the opposite sign.",
            gradient = |yhat, c| one_hot(yhat.len(), c) - yhat;
        class_missing:
            "The result is just `ŷ`: nothing is subtracted at class `c`.",
            gradient = |yhat, _| yhat.clone();
        subtracted_twice: "1 is subtracted from `ŷ[c]` twice.",
            gradient = |yhat, c| yhat - 2.0 * one_hot(yhat.len(), c);
        added: "1 is added to `ŷ[c]` instead of subtracted.",
            gradient = |yhat, c| yhat + one_hot(yhat.len(), c);
        class_0: "1 is always subtracted at class 0, whatever `c` is.",
            class = |_, _| 0;
        likeliest_class:
            "1 is subtracted at the likeliest class instead of class `c`.",
            class = |z, _| argmax(z);
        next_class: "1 is subtracted at class `c + 1` instead of class `c`.",
            class = |_, c| c + 1;
        class_before: "1 is subtracted at class `c - 1` instead of class `c`.",
            class = |_, c| c - 1;
        every_class:
            "1 is subtracted from every probability, not just from `ŷ[c]`.",
            gradient = |yhat, _| yhat - 1.0;
        only_c: "Only the entry of class `c` is filled in: all others are 0.",
            gradient = |yhat, c| (yhat - 1.0) * one_hot(yhat.len(), c);
        subtracted_from_exp:
            "1 is subtracted from `exp(z[c] - max)`, before the division by the \
             sum.",
            gradient = |yhat, c| with(yhat, c, yhat[c] - max(yhat));
        sign_at_c: "The entry of class `c` has the opposite sign.",
            gradient = |yhat, c| with(yhat, c, 1.0 - yhat[c]);
        minus_1_at_c:
            "The entry of class `c` is -1: its probability `ŷ[c]` is missing.",
            gradient = |yhat, c| with(yhat, c, -1.0);
        // Other gradients
        long_way:
            "The result is computed the long way, which fails when `ŷ[c]` is 0.",
            gradient = long_way;
        long_way_epsilon_7:
            "The result is computed the long way, with `1e-7` added to `ŷ[c]`.",
            gradient = |yhat, c| {
                jacobian(yhat).row(c).mapv(|entry| -entry / (yhat[c] + 1e-7))
            };
        loss_gradient:
            "The result is `dL/dŷ`, which is only the first step of the long way.",
            gradient = gradient_of_loss;
        times_slope: "The result is also multiplied by `ŷ (1 - ŷ)`.",
            gradient = |yhat, c| short_way(yhat, c) * yhat * (1.0 - yhat);
        doubled: "The result is twice as large as it should be.",
            gradient = |yhat, c| 2.0 * short_way(yhat, c);
        })
}

fn max(z: &Array1<f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

fn shifted(z: &Array1<f64>, by: f64) -> Array1<f64> {
    normalized((z - by).exp())
}

fn with(yhat: &Array1<f64>, c: usize, entry: f64) -> Array1<f64> {
    let mut gradient = yhat.clone();
    gradient[c] = entry;
    gradient
}
