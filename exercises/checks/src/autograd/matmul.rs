//! Back through a product of matrices.

use ndarray::{Array2, array};

use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Matrix = Array2<f64>;

/// `fn matmul_backward(a, b, dc) -> (dA, dB)`
pub type MatmulBackward = fn(&Matrix, &Matrix, &Matrix) -> (Matrix, Matrix);

/// Judges `matmul_backward`.
pub fn matmul_backward(answer: MatmulBackward) -> Verdict {
    question().judge(move |Case { a, b, dc }| outcome(answer(a, b, dc)))
}

/// `A`, `B` and `dC`.
#[derive(Clone)]
pub(super) struct Case {
    a: Matrix,
    b: Matrix,
    dc: Matrix,
}

fn outcome((da, db): (Matrix, Matrix)) -> Outcome {
    Outcome::new().value("dA", &da).value("dB", &db)
}

/// `matmul_backward`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    da: fn(&Case) -> Matrix,
    db: fn(&Case) -> Matrix,
}

const MODEL: Model =
    Model { da: |c| c.dc.dot(&c.b.t()), db: |c| c.a.t().dot(&c.dc) };

fn cases() -> impl Iterator<Item = Case> {
    // The matrices are square, so a wrong transpose still gives numbers.
    let plain = Case {
        a: array![[1.0, 2.0], [3.0, -1.0]],
        b: array![[2.0, -3.0], [0.5, 4.0]],
        dc: array![[1.0, -2.0], [0.25, 3.0]],
    };
    let sizes = [
        (2, 3, 4),
        (3, 3, 3),
        (1, 3, 2),
        (3, 1, 2),
        (2, 3, 1),
        (2, 2, 3),
        (3, 2, 2),
        (2, 3, 2),
        (1, 1, 1),
    ];
    let random = (1..).zip(sizes).map(|(seed, (m, k, n))| {
        let mut draws = Draws::new(seed);
        let (a, b) = (draws.array((m, k)), draws.array((k, n)));
        Case { a, b, dc: draws.array((m, n)) }
    });
    [plain].into_iter().chain(random)
}

fn kinds(Case { a, b, .. }: &Case) -> Vec<(&'static str, bool)> {
    let square = a.is_square() && b.is_square();
    vec![
        ("square matrices", square),
        ("matrices that aren't all square", !square),
        ("a square A", a.is_square()),
        ("an A that isn't square", !a.is_square()),
        ("a square B", b.is_square()),
        ("a B that isn't square", !b.is_square()),
        ("a single row in A", a.nrows() == 1),
        ("more than one row in A", a.nrows() > 1),
        ("a single column in B", b.ncols() == 1),
        ("more than one column in B", b.ncols() > 1),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run =
        |model: &Model, case: &Case| outcome(((model.da)(case), (model.db)(case)));
    Question::new("autograd.matmul_backward", MODEL, run)
        .given(|Case { a, b, dc }| {
            Given::new().value("A", a).value("B", b).value("dC", dc)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // dA
        da_not_transposed: "`dA` is `dC B`: the transpose of `B` is missing.",
            da = |c| c.dc.dot(&c.b);
        da_order: "`dA` is `Bᵀ dC`: its factors are in the wrong order.",
            da = |c| c.b.t().dot(&c.dc);
        da_transposed:
            "`dA` is `B dCᵀ`, which is the transpose of what it should be.",
            da = |c| c.b.dot(&c.dc.t());
        da_reshaped:
            "`dA` is `B dCᵀ`, reshaped to the shape of `A`. Reshaping a matrix \
             doesn't transpose it.",
            da = |c| like(&c.a, &c.b.dot(&c.dc.t()));
        da_dc_transposed: "`dA` is `dCᵀ B`: `dC` is transposed instead of `B`.",
            da = |c| c.dc.t().dot(&c.b);
        da_from_a: "`dA` is `dC Aᵀ`: it's made from `A` instead of `B`.",
            da = |c| c.dc.dot(&c.a.t());
        da_entry_by_entry:
            "`dA` multiplies `dC` and `B` entry by entry instead of as matrices.",
            da = |c| &c.dc * &c.b;
        da_last:
            "In `dA`, each product overwrites those before it, so only the last is \
             left.",
            da = |c| {
                let last = c.dc.ncols() - 1;
                Matrix::from_shape_fn(c.a.dim(), |(i, k)| {
                    c.dc[[i, last]] * c.b[[k, last]]
                })
            };
        // dB
        db_not_transposed: "`dB` is `A dC`: the transpose of `A` is missing.",
            db = |c| c.a.dot(&c.dc);
        db_order: "`dB` is `dC Aᵀ`: its factors are in the wrong order.",
            db = |c| c.dc.dot(&c.a.t());
        db_transposed:
            "`dB` is `dCᵀ A`, which is the transpose of what it should be.",
            db = |c| c.dc.t().dot(&c.a);
        db_reshaped:
            "`dB` is `dCᵀ A`, reshaped to the shape of `B`. Reshaping a matrix \
             doesn't transpose it.",
            db = |c| like(&c.b, &c.dc.t().dot(&c.a));
        db_dc_transposed: "`dB` is `A dCᵀ`: `dC` is transposed instead of `A`.",
            db = |c| c.a.dot(&c.dc.t());
        db_from_b: "`dB` is `Bᵀ dC`: it's made from `B` instead of `A`.",
            db = |c| c.b.t().dot(&c.dc);
        db_like_da: "`dB` is `dC Bᵀ`, which is the formula for `dA`.",
            db = |c| c.dc.dot(&c.b.t());
        db_entry_by_entry:
            "`dB` multiplies `dC` and `A` entry by entry instead of as matrices.",
            db = |c| &c.dc * &c.a;
        db_divided_by_rows: "`dB` is divided by the number of rows.",
            db = |c| c.a.t().dot(&c.dc) / c.a.nrows() as f64;
        db_last:
            "In `dB`, each product overwrites those before it, so only the last is \
             left.",
            db = |c| {
                let last = c.dc.nrows() - 1;
                Matrix::from_shape_fn(c.b.dim(), |(k, j)| {
                    c.a[[last, k]] * c.dc[[last, j]]
                })
            };
        // Both
        swapped: "`dA` and `dB` are swapped.",
            da = |c| c.a.t().dot(&c.dc),
            db = |c| c.dc.dot(&c.b.t());
        })
}

/// Reshapes `numbers` to the shape of `matrix`.
fn like(matrix: &Matrix, numbers: &Matrix) -> Matrix {
    let numbers = numbers.iter().copied().collect();
    Matrix::from_shape_vec(matrix.dim(), numbers).expect("as many numbers")
}
