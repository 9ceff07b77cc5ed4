//! From the probabilities to the scores.

use ndarray::{Array1, Array2, array};
use no_magic::softmax::softmax;

use super::probabilities;
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Judges `fn softmax_jacobian(yhat) -> Array2<f64>`.
pub fn softmax_jacobian(answer: fn(&Array1<f64>) -> Array2<f64>) -> Verdict {
    question().judge(move |yhat| observe(&answer(yhat)))
}

fn observe(jacobian: &Array2<f64>) -> Outcome {
    Outcome::new().value("J", jacobian)
}

/// `softmax_jacobian`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    yhat: fn(&Array1<f64>) -> Array1<f64>,
    diagonal: fn(f64) -> f64,
    beside: fn(f64, f64) -> f64,
}

const MODEL: Model = Model {
    yhat: Array1::clone,
    diagonal: |p| p * (1.0 - p),
    beside: |p, q| -p * q,
};

fn cases() -> impl Iterator<Item = Array1<f64>> {
    let by_hand =
        [array![0.5, 0.3, 0.2], array![0.1, 0.2, 0.3, 0.4], array![0.9, 0.1]];
    let random = (1..)
        .zip([3, 5, 2, 4])
        .map(|(seed, n)| probabilities(n, &mut Draws::new(seed)));
    by_hand.into_iter().chain(random).chain([array![1.0, 0.0, 0.0], array![1.0]])
}

fn kinds(yhat: &Array1<f64>) -> Vec<(&'static str, bool)> {
    vec![
        ("a single class", yhat.len() == 1),
        ("more than one class", yhat.len() > 1),
        ("a probability of 0", yhat.iter().any(|&p| p == 0.0)),
        ("a probability of 1", yhat.iter().any(|&p| p == 1.0)),
        ("no probability of 0 or 1", yhat.iter().all(|p| p % 1.0 != 0.0)),
    ]
}

pub(super) fn question() -> Question<Array1<f64>, Model> {
    let run = |model: &Model, yhat: &Array1<f64>| {
        let yhat = (model.yhat)(yhat);
        let entry = |(i, j)| {
            if i == j {
                (model.diagonal)(yhat[i])
            } else {
                (model.beside)(yhat[i], yhat[j])
            }
        };
        observe(&Array2::from_shape_fn((yhat.len(), yhat.len()), entry))
    };
    Question::new("softmax_cross_entropy.softmax_jacobian", MODEL, run)
        .given(|yhat| Given::new().value("yhat", yhat))
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Both cases
        sign: "Every entry has the opposite sign.",
            diagonal = |p| -p * (1.0 - p),
            beside = |p, q| p * q;
        plus:
            "The second term is added instead of subtracted, as in `ŷ[i] (δ + \
             ŷ[j])`.",
            diagonal = |p| p * (1.0 + p),
            beside = |p, q| p * q;
        always_equal:
            "Where `i ≠ j`, the entries are computed as if `i = j`, with `ŷ[i] (1 \
             - ŷ[j])`.",
            beside = |p, q| p * (1.0 - q);
        factor: "The factor `ŷ[i]` is missing: every entry is just `δ - ŷ[j]`.",
            diagonal = |p| 1.0 - p,
            beside = |_, q| -q;
        delta:
            "`δ` is the wrong way around: it's 0 where `i = j`, and 1 elsewhere.",
            diagonal = |p| -p * p,
            beside = |p, q| p * (1.0 - q);
        // The diagonal
        diagonal_like_rest:
            "The diagonal is `-ŷ[i] ŷ[i]`: the extra term for `i = j` is missing.",
            diagonal = |p| -p * p;
        diagonal_empty: "The diagonal is all zeros.",
            diagonal = |_| 0.0;
        diagonal_first_term:
            "The diagonal is just `ŷ[i]`: its second term is missing.",
            diagonal = |p| p;
        diagonal_factor:
            "The diagonal is `1 - ŷ[i]`: the factor `ŷ[i]` is missing.",
            diagonal = |p| 1.0 - p;
        diagonal_one:
            "The diagonal is `1 - ŷ[i] ŷ[i]`, but its first term isn't 1.",
            diagonal = |p| 1.0 - p * p;
        diagonal_sign: "The entries on the diagonal have the opposite sign.",
            diagonal = |p| -p * (1.0 - p);
        // The rest
        only_diagonal: "Only the diagonal is filled in: all other entries are 0.",
            beside = |_, _| 0.0;
        beside_sign: "The entries off the diagonal have the opposite sign.",
            beside = |p, q| p * q;
        softmax_again:
            "Softmax is applied to `ŷ`, which already holds probabilities.",
            yhat = softmax;
        })
}
