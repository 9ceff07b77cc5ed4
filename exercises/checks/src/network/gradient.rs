//! The gradient at the output.

use ndarray::{Array1, array};
use no_magic::softmax::softmax;

use super::{likeliest, one_hot};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn output_gradient(yhat, y) -> grad`
pub type OutputGradient = fn(&Array1<f64>, usize) -> Array1<f64>;

/// Judges `output_gradient`.
pub fn output_gradient(answer: OutputGradient) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

type Case = (Array1<f64>, usize);

fn observe(
    answer: impl Fn(&Array1<f64>, usize) -> Array1<f64>,
    (yhat, y): &Case,
) -> Outcome {
    Outcome::new().value("grad", &answer(yhat, *y))
}

/// `output_gradient`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    class: fn(&Array1<f64>, usize) -> usize,
    subtract: fn(yhat: &Array1<f64>, one_hot: Array1<f64>) -> Array1<f64>,
    at_the_end: fn(grad: Array1<f64>, yhat: &Array1<f64>, y: usize) -> Array1<f64>,
}

const MODEL: Model = Model {
    class: |_, y| y,
    subtract: |yhat, one_hot| yhat - one_hot,
    at_the_end: |grad, _, _| grad,
};

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = [
        (array![0.125, 0.625, 0.25], 1),
        (array![0.625, 0.25, 0.125], 2),
        (array![0.75, 0.25], 0),
        (array![0.25, 0.75], 0),
    ];
    let random = (3..8).map(|n| {
        let z = Draws::new(n as u64).array(n);
        (softmax(&z), n / 2 + 1)
    });
    let extreme = [(array![0.5, 0.0, 0.375, 0.125], 1), (array![1.0, 0.0], 1)];
    by_hand.into_iter().chain(random).chain(extreme)
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        let grad = |yhat: &Array1<f64>, y| {
            let one_hot = one_hot(yhat, (model.class)(yhat, y));
            (model.at_the_end)((model.subtract)(yhat, one_hot), yhat, y)
        };
        observe(grad, case)
    };
    Question::new("network.output_gradient", MODEL, run)
        .given(|(yhat, y)| Given::new().value("yhat", yhat).number("y", y))
        .kinds(|(yhat, y)| {
            let right = likeliest(yhat) == *y;
            vec![
                ("class y being the likeliest", right),
                ("another class than y being the likeliest", !right),
                ("two classes", yhat.len() == 2),
                ("more than two classes", yhat.len() > 2),
                ("a probability of 0", yhat.iter().any(|&p| p == 0.0)),
                ("y = 0", *y == 0),
            ]
        })
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Which class
        class_0: "The 1 is subtracted at class 0, whatever y is.",
            class = |_, _| 0;
        likeliest: "The 1 is subtracted at the likeliest class instead of class y.",
            class = |yhat, _| likeliest(yhat);
        one_too_early: "The 1 is subtracted one place before y.",
            class = |_, y| y.wrapping_sub(1);
        // What is subtracted
        sign_flipped: "The sign is flipped: this is one_hot(y) - yhat.",
            subtract = |yhat, one_hot| one_hot - yhat;
        one_added: "The 1 is added at y instead of subtracted.",
            subtract = |yhat, one_hot| yhat + one_hot;
        yhat_alone: "What you return is yhat: nothing is subtracted.",
            subtract = |yhat, _| yhat.clone();
        one_subtracted_everywhere:
            "1 is subtracted from every entry, not just at y.",
            subtract = |yhat, _| yhat - 1.0;
        yhat_missing: "This is -one_hot(y): yhat is missing.",
            subtract = |_, one_hot| -one_hot;
        only_y:
            "The entries of the other classes are 0; they should be those of yhat.",
            subtract = |yhat, one_hot| yhat * &one_hot - one_hot;
        minus_one_at_y: "The entry at y is -1, although yhat[y] - 1 belongs there.",
            subtract = |yhat, one_hot| yhat * (1.0 - &one_hot) - one_hot;
        one_minus_p_at_y:
            "The entry at y is 1 - yhat[y], which has the wrong sign.",
            subtract = |yhat, one_hot| yhat + &one_hot * (1.0 - 2.0 * yhat);
        softmax_twice:
            "Softmax is applied to yhat, which holds probabilities already.",
            subtract = |yhat, one_hot| softmax(yhat) - one_hot;
        // The end
        without_softmax:
            "This is the gradient with respect to yhat: -1 / yhat[y] at y, and 0 \
             elsewhere. It should be the one with respect to z, before softmax.",
            at_the_end = |_, yhat, y| one_hot(yhat, y).mapv(|one| {
                if one == 1.0 { -1.0 / yhat[y] } else { 0.0 }
            });
        without_softmax_plus_epsilon:
            "This is the gradient with respect to yhat: -1 / (yhat[y] + 1e-7) at \
             y, and 0 elsewhere. It should be the one with respect to z, before \
             softmax.",
            at_the_end = |_, yhat, y| -one_hot(yhat, y) / (yhat[y] + 1e-7);
        mean_over_classes: "The gradient is divided by the number of classes.",
            at_the_end = |grad, yhat, _| grad / yhat.len() as f64;
        doubled: "The gradient has a factor of 2, as for a squared error.",
            at_the_end = |grad, _, _| 2.0 * grad;
        perceptron: "The gradient is 0 wherever class y is the likeliest already.",
            at_the_end = |grad, yhat, y| {
                if likeliest(yhat) == y { 0.0 * grad } else { grad }
            };
        squared_error_chain:
            "yhat - one_hot(y) is multiplied by yhat (1 - yhat), the slope of a \
             sigmoid.",
            at_the_end = |grad, yhat, _| grad * yhat * (1.0 - yhat);
        softmax_slope_again:
            "The slope of softmax is applied, but yhat - one_hot(y) includes it \
             already.",
            at_the_end = |grad, yhat, _| yhat * &(&grad - yhat.dot(&grad));
        })
}
