//! The update, or an error if `dW` doesn't have the shape of `W`.

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

    fn is_transposed(&self) -> bool {
        self.w.t().dim() == self.dw.dim()
    }

    fn stretches(&self) -> bool {
        self.dw.broadcast(self.w.dim()).is_some()
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
    step: fn(w: f64, dw: f64, lr: f64) -> f64,
    apply: fn(&mut Array2<f64>, &Case, &Step<'_>),
    checks_last: bool,
}

type Step<'a> = dyn Fn(f64, f64) -> f64 + 'a;

const MODEL: Model = Model {
    fits: Case::fits,
    error: |c| Mismatch::Dw { expected: c.w.dim(), found: c.dw.dim() },
    step: |w, dw, lr| w - lr * dw,
    apply: stretched,
    checks_last: false,
};

/// Updates as many weights as there are gradients, row after row.
fn pairwise(w: &mut Array2<f64>, case: &Case, step: &Step<'_>) {
    w.iter_mut().zip(&case.dw).for_each(|(w, &dw)| *w = step(*w, dw));
}

/// Stretches a single row or column, as ndarray does, and panics if `dW` still
/// doesn't fit.
fn stretched(w: &mut Array2<f64>, case: &Case, step: &Step<'_>) {
    let dw = case.dw.broadcast(w.dim()).expect("a single row or column");
    Zip::from(w).and(&dw).for_each(|w, &dw| *w = step(*w, dw));
}

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = Case {
        w: array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
        dw: array![[1.0, 0.0, -1.0], [2.0, -2.0, 0.5]],
        lr: 0.25,
    };
    let shapes = [
        ((2, 2), (2, 2)),
        ((1, 4), (1, 4)),
        ((2, 3), (3, 2)),
        ((2, 3), (1, 3)),
        ((3, 2), (3, 1)),
        ((2, 2), (1, 1)),
        ((2, 6), (3, 4)),
        ((2, 3), (2, 4)),
        ((3, 2), (2, 2)),
        ((2, 2), (3, 3)),
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
    let stretches = !fits && case.stretches();
    vec![
        ("a dW that fits", fits),
        ("a dW that doesn't fit", !fits),
        ("a single row or column that could be stretched", stretches),
        ("the shape of Wᵀ", !fits && case.is_transposed()),
        ("a dW of another shape, but as many entries", {
            !fits && case.w.len() == case.dw.len()
        }),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        let fits = (model.fits)(case);
        case.observe(|w| {
            if fits || model.checks_last {
                (model.apply)(w, case, &|w, dw| (model.step)(w, dw, case.lr));
            }
            if fits { Ok(()) } else { Err((model.error)(case)) }
        })
    };
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
        uphill: "`W` moves uphill: the step is added instead of subtracted.",
            step = |w, dw, lr| w + lr * dw;
        no_learning_rate: "`lr` is missing from the step.",
            step = |w, dw, _| w - dw;
        unchanged:
            "The `w` that `update` is given doesn't change, even if `dW` fits.",
            step = |w, _, _| w;
        step_alone: "`W` is replaced by the step `-lr dW`.",
            step = |_, dw, lr| -lr * dw;
        learning_rate_twice: "The step is multiplied by `lr` twice.",
            step = |w, dw, lr| w - lr * lr * dw;
        // What is compared
        not_compared_stretched: "The shapes of `W` and `dW` are never compared.",
            fits = |_| true;
        not_compared: "The shapes of `W` and `dW` are never compared.",
            fits = |_| true,
            apply = pairwise;
        stretched:
            "A `dW` with a single row or column is stretched to the shape of `W` \
             instead of rejected.",
            fits = Case::stretches;
        lengths_compared: "Only the number of entries is compared, not the shape.",
            fits = |c| c.w.len() == c.dw.len(),
            apply = pairwise;
        rows_compared_stretched:
            "Only the number of rows is compared, not the number of columns.",
            fits = |c| c.w.nrows() == c.dw.nrows();
        columns_compared_stretched:
            "Only the number of columns is compared, not the number of rows.",
            fits = |c| c.w.ncols() == c.dw.ncols();
        one_side_enough_stretched:
            "A `dW` is accepted even if only its rows or only its columns fit.",
            fits = |c| {
                c.w.nrows() == c.dw.nrows() || c.w.ncols() == c.dw.ncols()
            };
        transposed_accepted: "A `dW` with the shape of `Wᵀ` is accepted.",
            fits = |c| c.fits() || c.is_transposed(),
            apply = pairwise;
        ignored:
            "When `dW` doesn't fit, `update` does nothing and returns `Ok` instead \
             of an error.",
            fits = |_| true,
            apply = |w, c, step| if c.fits() { pairwise(w, c, step) };
        // The error
        updated_before_check_stretched:
            "`W` is changed before the shapes are compared.",
            checks_last = true;
        updated_before_check: "`W` is changed before the shapes are compared.",
            checks_last = true,
            apply = pairwise;
        expected_and_found_swapped: "`expected` and `found` are swapped.",
            error = |c| Mismatch::Dw { expected: c.dw.dim(), found: c.w.dim() };
        })
}
