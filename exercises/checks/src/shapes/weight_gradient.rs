//! `dW`, or an error if `dz` or `x` doesn't fit `W`.

use ndarray::{Array1, Array2, array};

use super::Mismatch::{self, Dz, X};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type WeightGradient =
    fn(&Array2<f64>, &Array1<f64>, &Array1<f64>) -> Result<Array2<f64>, Mismatch>;

/// Judges `fn weight_gradient(w, dz, x) -> Result<Array2<f64>, Mismatch>`.
pub fn weight_gradient(answer: WeightGradient) -> Verdict {
    question().judge(move |case| case.observe(answer(&case.w, &case.dz, &case.x)))
}

#[derive(Clone)]
pub(super) struct Case {
    w: Array2<f64>,
    dz: Array1<f64>,
    x: Array1<f64>,
}

impl Case {
    fn dz_fits(&self) -> bool {
        self.dz.len() == self.w.nrows()
    }

    fn x_fits(&self) -> bool {
        self.x.len() == self.w.ncols()
    }

    fn observe(&self, result: Result<Array2<f64>, Mismatch>) -> Outcome {
        let outcome = Outcome::new().text(
            "what you return",
            match &result {
                Ok(_) => "Ok(dW)".to_owned(),
                Err(mismatch) => format!("Err({mismatch:?})"),
            },
        );
        match result {
            Ok(dw) if self.dz_fits() && self.x_fits() => outcome.value("dW", &dw),
            _ => outcome,
        }
    }
}

/// `weight_gradient`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    dz_fits: fn(&Case) -> bool,
    x_fits: fn(&Case) -> bool,
    dz_error: fn(&Case) -> Mismatch,
    x_error: fn(&Case) -> Mismatch,
    x_first: bool,
    shape: fn(&Case) -> (usize, usize),
    entry: fn(&Case, usize, usize) -> f64,
}

const MODEL: Model = Model {
    dz_fits: Case::dz_fits,
    x_fits: Case::x_fits,
    dz_error: |c| Dz { expected: c.w.nrows(), found: c.dz.len() },
    x_error: |c| X { expected: c.w.ncols(), found: c.x.len() },
    x_first: false,
    shape: |c| (c.dz.len(), c.x.len()),
    entry: |c, i, j| c.dz[i] * c.x[j],
};

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = Case {
        w: array![[1.0, 2.0, -1.0], [0.5, -3.0, 4.0]],
        dz: array![1.0, -2.0],
        x: array![3.0, 0.5, 2.0],
    };
    // The shape of W, and how many entries dz and x have.
    let sizes = [
        ((3, 2), 3, 2),
        ((2, 2), 2, 2),
        ((1, 4), 1, 4),
        ((2, 3), 3, 3),
        ((2, 3), 1, 3),
        ((2, 3), 2, 4),
        ((2, 4), 2, 1),
        ((2, 3), 3, 2),
        ((2, 3), 1, 1),
        ((2, 2), 3, 3),
    ];
    let random = (1..).zip(sizes).map(|(seed, (w, dz, x))| {
        let mut draws = Draws::new(seed);
        Case { w: draws.array(w), dz: draws.array(dz), x: draws.array(x) }
    });
    [by_hand].into_iter().chain(random)
}

fn kinds(case: &Case) -> Vec<(&'static str, bool)> {
    let (dz_fits, x_fits) = (case.dz_fits(), case.x_fits());
    let fits = dz_fits && x_fits;
    let square = case.w.is_square();
    vec![
        ("a dz and an x that fit", fits),
        ("a dz or an x that doesn't fit", !fits),
        ("a dz that doesn't fit", !dz_fits),
        ("an x that doesn't fit", !x_fits),
        ("a dz that fits and an x that doesn't", dz_fits && !x_fits),
        ("an x that fits and a dz that doesn't", !dz_fits && x_fits),
        ("a W that isn't square, and a dz and an x that fit", !square && fits),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        let dz = (!(model.dz_fits)(case)).then(|| (model.dz_error)(case));
        let x = (!(model.x_fits)(case)).then(|| (model.x_error)(case));
        let mismatch = if model.x_first { x.or(dz) } else { dz.or(x) };
        let entry = |(i, j)| (model.entry)(case, i, j);
        let dw = || Array2::from_shape_fn((model.shape)(case), entry);
        case.observe(mismatch.map_or_else(|| Ok(dw()), Err))
    };
    Question::new("shapes.weight_gradient", MODEL, run)
        .given(|case| {
            let Case { w, dz, x } = case;
            if case.dz_fits() && case.x_fits() {
                return Given::new().value("W", w).value("dz", dz).value("x", x);
            }
            Given::new()
                .number("shape of W", w.dim())
                .number("shape of dz", (dz.len(),))
                .number("shape of x", (x.len(),))
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // dW
        transposed:
            "`dW` is transposed: it's `outer(x, dz)` instead of `outer(dz, x)`.",
            shape = |c| (c.x.len(), c.dz.len()),
            entry = |c, i, j| c.x[i] * c.dz[j];
        reshaped:
            "`outer(x, dz)` is reshaped to the shape of `W`, which puts its \
             numbers in the wrong places.",
            entry = |c, i, j| {
                let (n, place) = (c.dz.len(), i * c.x.len() + j);
                c.x[place / n] * c.dz[place % n]
            };
        w_updated:
            "`weight_gradient` returns `W - dW`, but the update is the next \
             question.",
            entry = |c, i, j| c.w[[i, j]] - c.dz[i] * c.x[j];
        negative: "`dW` has the opposite sign.",
            entry = |c, i, j| -c.dz[i] * c.x[j];
        no_x: "`x` is missing from `dW`.",
            entry = |c, i, _| c.dz[i];
        // What is compared. With the shape of W, an entry that is missing panics.
        nothing_compared: "Neither `dz` nor `x` is compared with the shape of `W`.",
            dz_fits = |_| true,
            x_fits = |_| true;
        nothing_compared_by_weight:
            "Neither `dz` nor `x` is compared with the shape of `W`.",
            dz_fits = |_| true,
            x_fits = |_| true,
            shape = |c| c.w.dim();
        dz_not_compared: "`dz` is never compared with the rows of `W`.",
            dz_fits = |_| true;
        x_not_compared: "`x` is never compared with the columns of `W`.",
            x_fits = |_| true;
        x_not_compared_by_weight: "`x` is never compared with the columns of `W`.",
            x_fits = |_| true,
            shape = |c| c.w.dim();
        dz_only_too_long: "A `dz` that is too short isn't rejected.",
            dz_fits = |c| c.dz.len() <= c.w.nrows();
        x_only_too_long: "An `x` that is too short isn't rejected.",
            x_fits = |c| c.x.len() <= c.w.ncols();
        only_both: "A mismatch is reported only when neither `dz` nor `x` fits.",
            dz_fits = |c| c.dz_fits() || c.x_fits(),
            x_fits = |c| c.dz_fits() || c.x_fits();
        rows_and_columns_swapped:
            "The rows and columns of `W` are mixed up: `dz` is compared with the \
             columns, and `x` with the rows.",
            dz_fits = |c| c.dz.len() == c.w.ncols(),
            x_fits = |c| c.x.len() == c.w.nrows(),
            dz_error = |c| Dz { expected: c.w.ncols(), found: c.dz.len() },
            x_error = |c| X { expected: c.w.nrows(), found: c.x.len() };
        x_first:
            "`x` is compared before `dz`, so the wrong mismatch is returned when \
             neither fits.",
            x_first = true;
        // What the error says
        expected_and_found_swapped: "`expected` and `found` are swapped.",
            dz_error = |c| Dz { expected: c.dz.len(), found: c.w.nrows() },
            x_error = |c| X { expected: c.x.len(), found: c.w.ncols() };
        x_named_dz:
            "When `x` doesn't fit, you return `Mismatch::Dz` instead of \
             `Mismatch::X`.",
            x_error = |c| Dz { expected: c.w.ncols(), found: c.x.len() };
        dz_reported_for_x:
            "When `x` doesn't fit, you return `Mismatch::Dz`, with the sizes of \
             `dz`.",
            x_error = |c| Dz { expected: c.w.nrows(), found: c.dz.len() };
        x_found_dz:
            "In `Mismatch::X`, `found` is the length of `dz` instead of `x`.",
            x_error = |c| X { expected: c.w.ncols(), found: c.dz.len() };
        })
}
