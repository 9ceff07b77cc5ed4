//! The chain rule, which puts the two derivatives together.

use ndarray::{Array1, Array2, Axis, array};

use super::{argmax, gradient_of_loss, jacobian};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Judges `fn chain_rule(loss_gradient, jacobian) -> Array1<f64>`.
pub fn chain_rule(
    answer: fn(&Array1<f64>, &Array2<f64>) -> Array1<f64>,
) -> Verdict {
    question()
        .judge(move |(gradient, jacobian)| observe(&answer(gradient, jacobian)))
}

fn observe(result: &Array1<f64>) -> Outcome {
    Outcome::new().value("dL/dz", result)
}

type Case = (Array1<f64>, Array2<f64>);

/// `chain_rule`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    term: fn(gradient: f64, entry: f64) -> f64,
    sum: fn(&Array2<f64>) -> Array1<f64>,
    result: fn(Array1<f64>, &Case) -> Array1<f64>,
}

const MODEL: Model = Model {
    term: |gradient, entry| gradient * entry,
    sum: |terms| terms.sum_axis(Axis(0)),
    result: |sums, _| sums,
};

fn cases() -> impl Iterator<Item = Case> {
    let yhat = array![0.5, 0.25, 0.25];
    let by_hand = [
        (
            array![2.0, -1.0, 0.5],
            array![[1.5, 2.0, -1.0], [0.5, -1.0, 3.0], [-3.0, 1.0, 4.0]],
        ),
        (gradient_of_loss(&yhat, 1), jacobian(&yhat)),
        (array![2.0, -1.0], array![[1.0, 0.0, -3.0], [4.0, 0.5, 2.0]]),
    ];
    let random = (1..).zip([(4, 2), (2, 2), (3, 5), (4, 4), (1, 3), (3, 1)]).map(
        |(seed, (n, m))| {
            let mut draws = Draws::new(seed);
            (draws.array(n), draws.array((n, m)))
        },
    );
    by_hand.into_iter().chain(random)
}

fn kinds((_, jacobian): &Case) -> Vec<(&'static str, bool)> {
    let (n, m) = jacobian.dim();
    vec![
        ("a symmetric J", *jacobian == jacobian.t()),
        ("a J that isn't symmetric", *jacobian != jacobian.t()),
        ("a square J", n == m),
        ("a J that isn't square", n != m),
        ("more rows than columns in J", n > m),
        ("more columns than rows in J", n < m),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        let (g, jacobian) = case;
        let term = |(i, j)| (model.term)(g[i], jacobian[[i, j]]);
        let terms = Array2::from_shape_fn(jacobian.dim(), term);
        observe(&(model.result)((model.sum)(&terms), case))
    };
    Question::new("softmax_cross_entropy.chain_rule", MODEL, run)
        .given(|(gradient, jacobian)| {
            Given::new()
                .value("loss_gradient", gradient)
                .value("jacobian", jacobian)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Which entries meet
        not_transposed: "The result is `J` times `dL/dŷ`: `J` isn't transposed.",
            result = |_, (g, jacobian)| jacobian.dot(g);
        not_transposed_if_square: "When `J` is square, it isn't transposed.",
            result = |sums, (g, jacobian)| {
                if jacobian.is_square() { jacobian.dot(g) } else { sums }
            };
        paired_by_column:
            "`J[i, j]` is multiplied by `dL/dŷ[j]` instead of `dL/dŷ[i]`.",
            result = |_, (g, jacobian)| (jacobian * g).sum_axis(Axis(0));
        along_rows:
            "The sum runs along the rows of `J` instead of down its columns.",
            sum = |terms| terms.sum_axis(Axis(1));
        square_by_rows:
            "The result gets an entry for each row of `J` instead of each column.",
            result = |sums, (g, _)| (0..g.len()).map(|j| sums[j]).collect();
        // Each path
        negative: "The result has the opposite sign.",
            term = |g, entry| -g * entry;
        gradient_missing:
            "`dL/dŷ` is missing: only the entries of `J` are added up.",
            term = |_, entry| entry;
        // The sum
        diagonal: "Only the diagonal of `J` is used.",
            sum = |terms| terms.diag().to_owned();
        last_row: "Only the last row of `J` is used: the paths aren't added up.",
            sum = |terms| terms.row(terms.nrows() - 1).to_owned();
        largest_gradient_only:
            "Only the entry of `dL/dŷ` that is largest in size is used, as if the \
             others were 0.",
            result = |_, (g, jacobian)| {
                let i = argmax(&g.abs());
                g[i] * &jacobian.row(i)
            };
        total:
            "Every entry is the sum of all paths, no matter which score they start \
             from.",
            sum = |terms| Array1::from_elem(terms.ncols(), terms.sum());
        mean: "The paths are averaged instead of added up.",
            sum = |terms| terms.sum_axis(Axis(0)) / terms.nrows() as f64;
        })
}
