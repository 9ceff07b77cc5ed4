//! The update, or what doesn't fit.

use ndarray::{Array2, Zip, array};

use super::Mismatch;
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Update = fn(&mut Array2<f64>, &Array2<f64>, f64) -> Result<(), Mismatch>;

/// Judges `fn update(w, dw, lr) -> Result<(), Mismatch>`.
pub fn update(answer: Update) -> Verdict {
    question().judge(move |case| case.observe(answer))
}

#[derive(Clone)]
pub(super) struct Case {
    w: Array2<f64>,
    dw: Array2<f64>,
    lr: f64,
}

impl Case {
    fn fits(&self) -> bool {
        self.w.dim() == self.dw.dim()
    }

    fn observe(
        &self,
        answer: impl Fn(&mut Array2<f64>, &Array2<f64>, f64) -> Result<(), Mismatch>,
    ) -> Outcome {
        let mut w = self.w.clone();
        let result = answer(&mut w, &self.dw, self.lr);
        let outcome = Outcome::new().text("what you return", format!("{result:?}"));
        if self.fits() {
            return outcome.value("W", &w);
        }
        let kept = w == self.w;
        outcome.text("W", if kept { "still what it was" } else { "changed" })
    }
}

/// `update`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    fits: fn(&Case) -> bool,
    error: fn(&Case) -> Mismatch,
    step: fn(w: f64, dw: f64, lr: f64) -> f64,
    apply: fn(&mut Array2<f64>, &Case, &dyn Fn(f64, f64) -> f64),
    checks_last: bool,
}

const MODEL: Model = Model {
    fits: Case::fits,
    error: |c| mismatch(c.w.dim(), c.dw.dim()),
    step: |w, dw, lr| w - lr * dw,
    apply: pairwise,
    checks_last: false,
};

impl Model {
    fn update(&self, w: &mut Array2<f64>, case: &Case) -> Result<(), Mismatch> {
        let fits = (self.fits)(case);
        if fits || self.checks_last {
            (self.apply)(w, case, &|w, dw| (self.step)(w, dw, case.lr));
        }
        if fits { Ok(()) } else { Err((self.error)(case)) }
    }
}

fn mismatch(expected: (usize, usize), found: (usize, usize)) -> Mismatch {
    Mismatch::Dw { expected, found }
}

/// Updates as many weights as there are gradients, row after row.
fn pairwise(w: &mut Array2<f64>, case: &Case, step: &dyn Fn(f64, f64) -> f64) {
    w.iter_mut().zip(&case.dw).for_each(|(w, &dw)| *w = step(*w, dw));
}

/// Stretches a single row or column, and panics where that doesn't help.
fn stretched(w: &mut Array2<f64>, case: &Case, step: &dyn Fn(f64, f64) -> f64) {
    let dw = case.dw.broadcast(w.dim()).expect("a single row or column");
    Zip::from(w).and(&dw).for_each(|w, &dw| *w = step(*w, dw));
}

/// Goes through `W` by index, and panics where `dW` is too small.
fn indexed(w: &mut Array2<f64>, case: &Case, step: &dyn Fn(f64, f64) -> f64) {
    w.indexed_iter_mut().for_each(|(i, w)| *w = step(*w, case.dw[i]));
}

/// Goes through `dW` by index, and panics where `W` is too small.
fn indexed_by_dw(w: &mut Array2<f64>, case: &Case, step: &dyn Fn(f64, f64) -> f64) {
    case.dw.indexed_iter().for_each(|(i, &dw)| w[i] = step(w[i], dw));
}

fn same_rows(case: &Case) -> bool {
    case.w.nrows() == case.dw.nrows()
}

fn same_columns(case: &Case) -> bool {
    case.w.ncols() == case.dw.ncols()
}

fn too_large(case: &Case) -> bool {
    case.dw.nrows() > case.w.nrows() || case.dw.ncols() > case.w.ncols()
}

fn too_small(case: &Case) -> bool {
    case.dw.nrows() < case.w.nrows() || case.dw.ncols() < case.w.ncols()
}

fn stretches(case: &Case) -> bool {
    case.dw.broadcast(case.w.dim()).is_some()
}

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = Case {
        w: array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
        dw: array![[1.0, 0.0, -1.0], [2.0, -2.0, 0.5]],
        lr: 0.25,
    };
    let shapes = [
        ((2, 2), (2, 2)),
        ((3, 3), (3, 3)),
        ((2, 1), (2, 1)),
        ((1, 4), (1, 4)),
        ((2, 3), (3, 2)),
        ((2, 3), (1, 3)),
        ((3, 2), (3, 1)),
        ((2, 2), (1, 1)),
        ((2, 6), (3, 4)),
        ((2, 3), (2, 4)),
        ((2, 3), (3, 3)),
        ((3, 2), (2, 2)),
        ((2, 3), (2, 2)),
        ((2, 2), (3, 3)),
        ((1, 3), (2, 3)),
        ((1, 3), (3, 1)),
    ];
    let rates = [0.1, 0.5, 0.05].into_iter().cycle();
    let random =
        (1..).zip(shapes.into_iter().zip(rates)).map(|(seed, ((w, dw), lr))| {
            let mut draws = Draws::new(seed);
            Case { w: draws.array(w), dw: draws.array(dw), lr }
        });
    [by_hand].into_iter().chain(random)
}

fn kinds(case: &Case) -> Vec<(&'static str, bool)> {
    let fits = case.fits();
    vec![
        ("a dW that fits", fits),
        ("a dW that doesn't fit", !fits),
        (
            "a single row or column that could be stretched",
            !fits && stretches(case),
        ),
        ("the shape of Wᵀ", !fits && case.w.t().dim() == case.dw.dim()),
        ("a dW of another shape, but as many entries", {
            !fits && case.w.len() == case.dw.len()
        }),
        ("the right number of rows, but not of columns", !fits && same_rows(case)),
        (
            "the right number of columns, but not of rows",
            !fits && same_columns(case),
        ),
        ("a dW that is too large", too_large(case)),
        ("a dW that is too small", too_small(case)),
        ("a square W", case.w.is_square()),
        ("a W that isn't square", !case.w.is_square()),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run =
        |model: &Model, case: &Case| case.observe(|w, _, _| model.update(w, case));
    Question::new("shapes.update", MODEL, run)
        .given(|Case { w, dw, lr }| {
            Given::new().value("W", w).value("dW", dw).number("lr", lr)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The step
        uphill: "W moves uphill.",
            step = |w, dw, lr| w + lr * dw;
        no_learning_rate: "The step doesn't use the learning rate.",
            step = |w, dw, _| w - dw;
        uphill_no_learning_rate:
            "W moves uphill, and the step doesn't use the learning rate.",
            step = |w, dw, _| w + dw;
        unchanged: "The W that you are given doesn't change.",
            step = |w, _, _| w;
        gradient_alone: "W is replaced by dW.",
            step = |_, dw, _| dw;
        step_alone: "W is replaced by the step, -lr dW.",
            step = |_, dw, lr| -lr * dw;
        step_alone_uphill: "W is replaced by lr dW.",
            step = |_, dw, lr| lr * dw;
        step_taken_twice: "The step is taken twice.",
            step = |w, dw, lr| w - 2.0 * lr * dw;
        learning_rate_twice: "The learning rate is in the step twice.",
            step = |w, dw, lr| w - lr * lr * dw;
        divided_by_learning_rate: "dW is divided by the learning rate.",
            step = |w, dw, lr| w - dw / lr;
        w_times_learning_rate: "W is multiplied by the learning rate as well.",
            step = |w, dw, lr| lr * (w - dw);
        w_alone_times_learning_rate: "It is W that is multiplied by lr, not dW.",
            step = |w, dw, lr| lr * w - dw;
        weight_decay: "W shrinks as well: it is multiplied by 1 - lr.",
            step = |w, dw, lr| w - lr * (dw + w);
        averaged: "W is averaged with dW: it becomes (1 - lr) W + lr dW.",
            step = |w, dw, lr| (1.0 - lr) * w + lr * dw;
        w_and_dw_swapped: "W and dW are swapped: this is dW - lr W.",
            step = |w, dw, lr| dw - lr * w;
        multiplied: "W is multiplied by the step instead of moved by it.",
            step = |w, dw, lr| w * lr * dw;
        times_w: "The step is multiplied by W.",
            step = |w, dw, lr| w - lr * dw * w;
        learning_rate_added: "The learning rate is added to dW.",
            step = |w, dw, lr| w - (lr + dw);
        learning_rate_alone: "The step is lr, without dW.",
            step = |w, _, lr| w - lr;
        sign_of_dw: "The step uses just the sign of dW.",
            step = |w, dw, lr| if dw == 0.0 { w } else { w - lr * dw.signum() };
        magnitude_of_dw: "The step uses |dW|.",
            step = |w, dw, lr| w - lr * dw.abs();
        learning_rate_of_the_first: "The learning rate is always 0.25.",
            step = |w, dw, _| w - 0.25 * dw;
        learning_rate_of_a_tenth: "The learning rate is always 0.1.",
            step = |w, dw, _| w - 0.1 * dw;
        learning_rate_of_a_hundredth: "The learning rate is always 0.01.",
            step = |w, dw, _| w - 0.01 * dw;
        divided_by_rows: "The step is divided by the number of rows.",
            apply = |w, c, step| {
                let rows = w.nrows() as f64;
                pairwise(w, c, &|w, dw| step(w, dw / rows));
            };
        divided_by_weights: "The step is divided by the number of weights.",
            apply = |w, c, step| {
                let weights = w.len() as f64;
                pairwise(w, c, &|w, dw| step(w, dw / weights));
            };
        first_row_only: "Only the first row of W is updated.",
            apply = |w, c, step| restored(w, c, step, |i, _| i == 0);
        first_column_only: "Only the first column of W is updated.",
            apply = |w, c, step| restored(w, c, step, |_, j| j == 0);
        diagonal_only: "Only the diagonal of W is updated.",
            apply = |w, c, step| restored(w, c, step, |i, j| i == j);
        last_row_missing: "The last row of W isn't updated.",
            apply = |w, c, step| restored(w, c, step, |i, _| i + 1 < c.w.nrows());
        last_column_missing: "The last column of W isn't updated.",
            apply = |w, c, step| restored(w, c, step, |_, j| j + 1 < c.w.ncols());
        first_row_for_all: "Every row of W is updated with the first row of dW.",
            apply = |w, c, step| {
                w.indexed_iter_mut()
                    .for_each(|((_, j), w)| *w = step(*w, c.dw[[0, j]]));
            };
        first_column_for_all:
            "Every column of W is updated with the first column of dW.",
            apply = |w, c, step| {
                w.indexed_iter_mut()
                    .for_each(|((i, _), w)| *w = step(*w, c.dw[[i, 0]]));
            };
        dw_transposed: "A square dW is transposed before the update.",
            apply = |w, c, step| {
                if w.is_square() {
                    Zip::from(w).and(c.dw.t()).for_each(|w, &dw| *w = step(*w, dw));
                } else {
                    pairwise(w, c, step);
                }
            };
        // What is compared
        not_compared: "The shapes are never compared.",
            fits = |_| true;
        not_compared_stretched: "The shapes are never compared.",
            fits = |_| true,
            apply = stretched;
        not_compared_indexed: "The shapes are never compared.",
            fits = |_| true,
            apply = indexed;
        not_compared_indexed_by_dw: "The shapes are never compared.",
            fits = |_| true,
            apply = indexed_by_dw;
        stretched:
            "A single row or column is accepted, and stretched to the shape of W.",
            fits = stretches;
        lengths_compared: "Only the number of entries is compared.",
            fits = |c| c.w.len() == c.dw.len();
        rows_compared: "Only the number of rows is compared.",
            fits = same_rows;
        rows_compared_stretched: "Only the number of rows is compared.",
            fits = same_rows,
            apply = stretched;
        rows_compared_indexed: "Only the number of rows is compared.",
            fits = same_rows,
            apply = indexed;
        columns_compared: "Only the number of columns is compared.",
            fits = same_columns;
        columns_compared_stretched: "Only the number of columns is compared.",
            fits = same_columns,
            apply = stretched;
        columns_compared_indexed: "Only the number of columns is compared.",
            fits = same_columns,
            apply = indexed;
        one_side_enough: "A dW is rejected only if neither side fits.",
            fits = |c| same_rows(c) || same_columns(c);
        one_side_enough_stretched: "A dW is rejected only if neither side fits.",
            fits = |c| same_rows(c) || same_columns(c),
            apply = stretched;
        one_side_enough_indexed: "A dW is rejected only if neither side fits.",
            fits = |c| same_rows(c) || same_columns(c),
            apply = indexed;
        transposed_accepted: "A dW with the shape of Wᵀ is accepted.",
            fits = |c| c.fits() || c.w.t().dim() == c.dw.dim();
        compared_with_transposed: "dW is compared with the shape of Wᵀ.",
            fits = |c| c.w.t().dim() == c.dw.dim();
        only_too_large: "A dW that is too small isn't rejected.",
            fits = |c| !too_large(c);
        only_too_small: "A dW that is too large isn't rejected.",
            fits = |c| !too_small(c);
        inverted: "A dW that fits is rejected, and one that doesn't is accepted.",
            fits = |c| !c.fits();
        all_rejected: "Everything is rejected, even what fits.",
            fits = |_| false;
        updated_and_rejected: "Everything is rejected, even what fits and is used.",
            fits = |_| false,
            checks_last = true;
        ignored: "A dW that doesn't fit is ignored instead of rejected.",
            fits = |_| true,
            apply = |w, c, step| if c.fits() { pairwise(w, c, step) };
        // The error
        updated_before_check: "W is changed before the shapes are compared.",
            checks_last = true;
        expected_and_found_swapped: "expected and found are swapped.",
            error = |c| mismatch(c.dw.dim(), c.w.dim());
        columns_first: "The error gives the columns before the rows.",
            error = |c| mismatch(c.w.t().dim(), c.dw.t().dim());
        expected_transposed: "The error expects the shape of Wᵀ.",
            error = |c| mismatch(c.w.t().dim(), c.dw.dim());
        found_is_expected: "The error gives the shape of W twice.",
            error = |c| mismatch(c.w.dim(), c.w.dim());
        expected_is_found: "The error gives the shape of dW twice.",
            error = |c| mismatch(c.dw.dim(), c.dw.dim());
        reported_as_dz_or_x: "You return a Mismatch::Dz or Mismatch::X.",
            error = |c| {
                let ((rows, columns), (found_rows, found_columns)) =
                    (c.w.dim(), c.dw.dim());
                if rows == found_rows {
                    Mismatch::X { expected: columns, found: found_columns }
                } else {
                    Mismatch::Dz { expected: rows, found: found_rows }
                }
            };
        })
}

/// Updates those entries alone.
fn restored(
    w: &mut Array2<f64>,
    case: &Case,
    step: &dyn Fn(f64, f64) -> f64,
    updates: impl Fn(usize, usize) -> bool,
) {
    pairwise(w, case, step);
    for ((i, j), w) in w.indexed_iter_mut() {
        if !updates(i, j) {
            *w = case.w[[i, j]];
        }
    }
}
