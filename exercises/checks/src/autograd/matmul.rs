//! Question 3: back through a product of matrices.

use ndarray::{Array2, ArrayView2, array};

use crate::case::Case;
use crate::{Feedback, Verdict};

type MatmulBackward =
    fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> (Array2<f64>, Array2<f64>);

/// `fn matmul_backward(a, b, dc) -> (Array2<f64>, Array2<f64>)`
pub fn matmul_backward(answer: MatmulBackward) -> Verdict {
    for (a, b, dc) in [
        // Square, so that a transpose that is wrong still gives numbers.
        (
            array![[1.0, 2.0], [3.0, -1.0]],
            array![[2.0, -3.0], [0.5, 4.0]],
            array![[1.0, -2.0], [0.25, 3.0]],
        ),
        (
            array![[1.0, 0.0, -2.0], [0.5, 3.0, 1.0]],
            array![
                [2.0, 1.0, 0.0, -1.0],
                [0.0, -3.0, 1.0, 0.5],
                [4.0, 1.0, -1.0, 2.0]
            ],
            array![[1.0, -1.0, 0.5, 2.0], [0.0, 2.0, -1.0, 1.0]],
        ),
        (
            array![[2.0, -1.0, 0.5]],
            array![[1.0, 3.0], [-2.0, 0.0], [0.5, 4.0]],
            array![[-1.0, 2.0]],
        ),
        (
            array![[1.0], [-2.0], [3.0]],
            array![[0.5, 4.0]],
            array![[1.0, 0.0], [-1.0, 2.0], [3.0, 0.25]],
        ),
    ] {
        let case = Case::new().input("A", &a).input("B", &b).input("dC", &dc);
        let (da, db) = case
            .run({
                let (a, b, dc) = (a.clone(), b.clone(), dc.clone());
                move || answer(&a, &b, &dc)
            })
            .map_err(ask_for_the_shapes)?;
        judge_da(&case, &a, &b, &dc, &da)?;
        judge_db(&case, &a, &b, &dc, &db)?;
    }
    Ok(())
}

fn judge_da(
    case: &Case,
    a: &Array2<f64>,
    b: &Array2<f64>,
    dc: &Array2<f64>,
    yours: &Array2<f64>,
) -> Verdict {
    let ones = Array2::ones(dc.dim());
    let expected = sums(dc.view(), b.t());
    let mistakes = [
        (
            product(dc.view(), b.view()),
            "you took dC B; the transpose of B is missing",
        ),
        (
            product(b.t(), dc.view()),
            "the right factors in the wrong order: B stands on the right of A in \
             C = A B, and it stays on the right",
        ),
        (
            product(b.view(), dc.view()),
            "dC comes first, then B: it stands on the right of A, and it stays \
             there",
        ),
        (product(b.view(), dc.t()), "this is the transpose of dA"),
        (product(a.t(), dc.view()), "this is dB; dA comes first, and it needs B"),
        (
            product(dc.view(), a.t()),
            "this is made from A; how fast C changes with A is told by B",
        ),
        (product(ones.view(), b.t()), "you left out dC, the gradient that arrives"),
        (Some(b.t().to_owned()), "you left out dC, the gradient that arrives"),
        (Some(-&expected), SIGN),
        (Some(&expected / a.nrows() as f64), MEAN),
        (Some(Array2::zeros(a.dim())), ZEROS),
        (entry_by_entry(dc, b), ENTRY_BY_ENTRY),
        (Some(dc.clone()), "this is dC; it still has to go back through B"),
    ];
    judge(case, "dA", &expected, &mistakes, yours)
}

fn judge_db(
    case: &Case,
    a: &Array2<f64>,
    b: &Array2<f64>,
    dc: &Array2<f64>,
    yours: &Array2<f64>,
) -> Verdict {
    let ones = Array2::ones(dc.dim());
    let expected = sums(a.t(), dc.view());
    let mistakes = [
        (
            product(a.view(), dc.view()),
            "you took A dC; the transpose of A is missing",
        ),
        (
            product(dc.view(), a.t()),
            "the right factors in the wrong order: A stands on the left of B in C \
             = A B, and it stays on the left",
        ),
        (
            product(dc.view(), a.view()),
            "A comes first, then dC: it stands on the left of B, and it stays \
             there",
        ),
        (product(dc.t(), a.view()), "this is the transpose of dB"),
        (product(dc.view(), b.t()), "this is dA; dB needs A"),
        (
            product(b.t(), dc.view()),
            "this is made from B; how fast C changes with B is told by A",
        ),
        (product(a.t(), ones.view()), "you left out dC, the gradient that arrives"),
        (Some(a.t().to_owned()), "you left out dC, the gradient that arrives"),
        (Some(-&expected), SIGN),
        (Some(&expected / a.nrows() as f64), MEAN),
        (Some(Array2::zeros(b.dim())), ZEROS),
        (entry_by_entry(dc, a), ENTRY_BY_ENTRY),
        (Some(dc.clone()), "this is dC; it still has to go back through A"),
    ];
    judge(case, "dB", &expected, &mistakes, yours)
}

const SIGN: &str =
    "the sign: the minus comes with the update, not with the gradient";
const MEAN: &str = "this is a mean; the shares of the rows add up";
const ZEROS: &str = "all zeros: is the result ever filled in?";
const ENTRY_BY_ENTRY: &str = "this is the rule for a product entry by entry; C = \
                              A B is a product of matrices";

fn judge(
    case: &Case,
    name: &str,
    expected: &Array2<f64>,
    mistakes: &[(Option<Array2<f64>>, &str)],
    yours: &Array2<f64>,
) -> Verdict {
    let fitting = mistakes
        .iter()
        .filter_map(|(gives, mistake)| Some((gives.as_ref()?, mistake)));
    fitting
        .fold(case.expect(name, expected), |expectation, (gives, mistake)| {
            expectation.unless(gives, mistake)
        })
        .judge(yours)
        .map_err(|feedback| {
            feedback.likely(
                yours.dim() != expected.dim(),
                "a gradient has the shape of what it is the gradient of; which \
                 product gives that shape?",
            )
        })
}

/// Where factors don't fit, the product is not the right one.
fn ask_for_the_shapes(feedback: Box<Feedback>) -> Box<Feedback> {
    let refused =
        |line: &String| line.contains("not compatible for matrix multiplication");
    let refused = feedback.comparison.iter().any(refused);
    feedback.likely(
        refused,
        "these two don't fit, so it is not this product; dA has the shape of A, \
         and dB that of B",
    )
}

/// The product, as sums.
fn sums(left: ArrayView2<'_, f64>, right: ArrayView2<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn((left.nrows(), right.ncols()), |(i, j)| {
        (0..left.ncols()).map(|k| left[(i, k)] * right[(k, j)]).sum()
    })
}

/// The product, if the shapes fit.
fn product(
    left: ArrayView2<'_, f64>,
    right: ArrayView2<'_, f64>,
) -> Option<Array2<f64>> {
    (left.ncols() == right.nrows()).then(|| sums(left, right))
}

fn entry_by_entry(left: &Array2<f64>, right: &Array2<f64>) -> Option<Array2<f64>> {
    (left.dim() == right.dim()).then(|| left * right)
}
