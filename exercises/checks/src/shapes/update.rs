//! The update, or what doesn't fit.

use ndarray::{Array2, Zip, array};

use super::Mismatch;
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Update = fn(&mut Array2<f64>, &Array2<f64>, f64) -> Result<(), Mismatch>;

/// Judges `fn update(w, dw, lr) -> Result<(), Mismatch>`.
pub fn update(answer: Update) -> Verdict {
    question().judge(move |case| case.observe(|w| answer(w, &case.dw, case.lr)))
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
        answer: impl FnOnce(&mut Array2<f64>) -> Result<(), Mismatch>,
    ) -> Outcome {
        let mut w = self.w.clone();
        let result = answer(&mut w);
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
    before: fn(w: f64, lr: f64) -> f64,
    rate: fn(f64) -> f64,
    gradient: fn(w: f64, dw: f64) -> f64,
    apply: Apply,
    checks_last: bool,
}

type Step<'a> = dyn Fn(f64, f64) -> f64 + 'a;
type Apply = fn(&mut Array2<f64>, &Case, &Step<'_>);

const MODEL: Model = Model {
    fits: Case::fits,
    error: |c| mismatch(c.w.dim(), c.dw.dim()),
    before: |w, _| w,
    rate: |lr| lr,
    gradient: |_, dw| dw,
    apply: pairwise,
    checks_last: false,
};

impl Model {
    fn update(&self, w: &mut Array2<f64>, case: &Case) -> Result<(), Mismatch> {
        let fits = (self.fits)(case);
        if fits || self.checks_last {
            (self.apply)(w, case, &|w, dw| {
                (self.before)(w, case.lr)
                    - (self.rate)(case.lr) * (self.gradient)(w, dw)
            });
        }
        if fits { Ok(()) } else { Err((self.error)(case)) }
    }
}

fn mismatch(expected: (usize, usize), found: (usize, usize)) -> Mismatch {
    Mismatch::Dw { expected, found }
}

/// Updates as many weights as there are gradients, row after row.
fn pairwise(w: &mut Array2<f64>, case: &Case, step: &Step<'_>) {
    w.iter_mut().zip(&case.dw).for_each(|(w, &dw)| *w = step(*w, dw));
}

/// Stretches a single row or column, and panics where that doesn't help.
fn stretched(w: &mut Array2<f64>, case: &Case, step: &Step<'_>) {
    let dw = case.dw.broadcast(w.dim()).expect("a single row or column");
    Zip::from(w).and(&dw).for_each(|w, &dw| *w = step(*w, dw));
}

/// Goes through `W` by index, and panics where `dW` is too small.
fn indexed(w: &mut Array2<f64>, case: &Case, step: &Step<'_>) {
    w.indexed_iter_mut().for_each(|(i, w)| *w = step(*w, case.dw[i]));
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
    let run = |model: &Model, case: &Case| case.observe(|w| model.update(w, case));
    Question::new("shapes.update", MODEL, run)
        .given(|case| {
            let Case { w, dw, lr } = case;
            if case.fits() {
                return Given::new().value("W", w).value("dW", dw).number("lr", lr);
            }
            Given::new()
                .number("shape of W", w.dim())
                .number("shape of dW", dw.dim())
                .number("lr", lr)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The step
        uphill: "W moves uphill.",
            gradient = |_, dw| -dw;
        no_learning_rate: "The step doesn't use the learning rate.",
            rate = |_| 1.0;
        unchanged: "The W that you are given doesn't change.",
            rate = |_| 0.0;
        step_alone: "W is replaced by the step.",
            before = |_, _| 0.0;
        gradient_alone: "W is replaced by dW.",
            before = |_, _| 0.0,
            rate = |_| 1.0,
            gradient = |_, dw| -dw;
        step_taken_twice: "The step is taken twice.",
            rate = |lr| 2.0 * lr;
        learning_rate_twice: "The learning rate is in the step twice.",
            rate = |lr| lr * lr;
        divided_by_learning_rate: "dW is divided by the learning rate.",
            rate = |lr| 1.0 / lr;
        w_times_learning_rate: "W is multiplied by the learning rate as well.",
            before = |w, lr| lr * w;
        only_w_times_learning_rate: "It is W that is multiplied by lr, not dW.",
            before = |w, lr| lr * w,
            rate = |_| 1.0;
        weight_decay: "W shrinks as well: it is multiplied by 1 - lr.",
            before = |w, lr| (1.0 - lr) * w;
        weight_growth: "W grows as well: it is multiplied by 1 + lr.",
            before = |w, lr| (1.0 + lr) * w;
        times_w: "The step is multiplied by W.",
            gradient = |w, dw| dw * w;
        fixed_rate: "The learning rate is always 0.1.",
            rate = |_| 0.1;
        fixed_small_rate: "The learning rate is always 0.01.",
            rate = |_| 0.01;
        last_row_missing: "The last row of W isn't updated.",
            apply = |w, c, step| restored(w, c, step, |i, _| i + 1 < c.w.nrows());
        last_column_missing: "The last column of W isn't updated.",
            apply = |w, c, step| restored(w, c, step, |_, j| j + 1 < c.w.ncols());
        // What is compared
        not_compared: "The shapes are never compared.",
            fits = |_| true;
        not_compared_stretched: "The shapes are never compared.",
            fits = |_| true,
            apply = stretched;
        not_compared_indexed: "The shapes are never compared.",
            fits = |_| true,
            apply = indexed;
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
        columns_compared: "Only the number of columns is compared.",
            fits = same_columns;
        columns_compared_stretched: "Only the number of columns is compared.",
            fits = same_columns,
            apply = stretched;
        one_side_enough: "A dW is rejected only if neither side fits.",
            fits = |c| same_rows(c) || same_columns(c);
        one_side_enough_stretched: "A dW is rejected only if neither side fits.",
            fits = |c| same_rows(c) || same_columns(c),
            apply = stretched;
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
    step: &Step<'_>,
    updates: impl Fn(usize, usize) -> bool,
) {
    pairwise(w, case, step);
    for ((i, j), w) in w.indexed_iter_mut() {
        if !updates(i, j) {
            *w = case.w[[i, j]];
        }
    }
}
