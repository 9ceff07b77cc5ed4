//! dW, or what doesn't fit.

use ndarray::{Array1, Array2, array};

use super::Mismatch;
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
    fn rows(&self) -> usize {
        self.w.nrows()
    }

    fn columns(&self) -> usize {
        self.w.ncols()
    }

    fn dz_fits(&self) -> bool {
        self.dz.len() == self.rows()
    }

    fn x_fits(&self) -> bool {
        self.x.len() == self.columns()
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
    entry: Entry,
    dw: fn(&Case, Entry) -> Array2<f64>,
}

type Entry = fn(dz: f64, x: f64) -> f64;

const MODEL: Model = Model {
    dz_fits: Case::dz_fits,
    x_fits: Case::x_fits,
    dz_error: |c| dz_error(c.rows(), c.dz.len()),
    x_error: |c| x_error(c.columns(), c.x.len()),
    x_first: false,
    entry: |dz, x| dz * x,
    dw: outer,
};

impl Model {
    fn weight_gradient(&self, case: &Case) -> Result<Array2<f64>, Mismatch> {
        let dz = (!(self.dz_fits)(case)).then(|| (self.dz_error)(case));
        let x = (!(self.x_fits)(case)).then(|| (self.x_error)(case));
        let mismatch = if self.x_first { x.or(dz) } else { dz.or(x) };
        mismatch.map_or_else(|| Ok((self.dw)(case, self.entry)), Err)
    }
}

fn dz_error(expected: usize, found: usize) -> Mismatch {
    Mismatch::Dz { expected, found }
}

fn x_error(expected: usize, found: usize) -> Mismatch {
    Mismatch::X { expected, found }
}

fn dw_error(case: &Case) -> Mismatch {
    Mismatch::Dw { expected: case.w.dim(), found: (case.dz.len(), case.x.len()) }
}

/// Joins each entry of `dz` with each of `x`, whatever the shape of `W`.
fn outer(Case { dz, x, .. }: &Case, entry: Entry) -> Array2<f64> {
    Array2::from_shape_fn((dz.len(), x.len()), |(i, j)| entry(dz[i], x[j]))
}

/// The same for each entry of `W`: panics where `dz` or `x` is too short.
fn by_weight(Case { w, dz, x }: &Case, entry: Entry) -> Array2<f64> {
    Array2::from_shape_fn(w.dim(), |(i, j)| entry(dz[i], x[j]))
}

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
        ((3, 3), 3, 3),
        ((1, 4), 1, 4),
        ((4, 1), 4, 1),
        ((2, 3), 3, 3),
        ((2, 3), 1, 3),
        ((2, 3), 2, 2),
        ((2, 3), 2, 4),
        ((4, 2), 1, 2),
        ((2, 4), 2, 1),
        ((3, 3), 2, 3),
        ((3, 3), 3, 4),
        ((2, 3), 3, 2),
        ((3, 2), 2, 3),
        ((2, 6), 3, 4),
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
    let short = case.dz.len() < case.rows() || case.x.len() < case.columns();
    let long = case.dz.len() > case.rows() || case.x.len() > case.columns();
    vec![
        ("a dz and an x that fit", fits),
        ("a dz or an x that doesn't fit", !fits),
        ("a dz that doesn't fit", !dz_fits),
        ("an x that doesn't fit", !x_fits),
        ("a dz that fits and an x that doesn't", dz_fits && !x_fits),
        ("an x that fits and a dz that doesn't", !dz_fits && x_fits),
        ("a dz and an x that both don't fit", !dz_fits && !x_fits),
        ("a dz or an x that is too short", short),
        ("a dz or an x that is too long", long),
        ("a square W, and a dz and an x that fit", square && fits),
        ("a W that isn't square, and a dz and an x that fit", !square && fits),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run =
        |model: &Model, case: &Case| case.observe(model.weight_gradient(case));
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
        transposed: "dW is transposed: this is outer(x, dz).",
            dw = |c, entry| outer(c, entry).reversed_axes();
        reshaped:
            "outer(x, dz) is reshaped, which puts its numbers in the wrong places.",
            dw = |c, entry| {
                let numbers = outer(c, entry).t().iter().copied().collect();
                Array2::from_shape_vec(c.w.dim(), numbers).expect("as many numbers")
            };
        indices_swapped: "dz is indexed by the column, and x by the row.",
            dw = |Case { w, dz, x }, entry| {
                Array2::from_shape_fn(w.dim(), |(i, j)| entry(dz[j], x[i]))
            };
        square: "dW has as many columns as rows.",
            dw = |Case { dz, x, .. }, entry| {
                let n = dz.len();
                Array2::from_shape_fn((n, n), |(i, j)| entry(dz[i], x[j]))
            };
        first_row_only: "Only the first row of dW is filled in.",
            dw = |c, entry| keep(c, entry, |i, _| i == 0);
        diagonal_only: "Only the diagonal of dW is filled in.",
            dw = |c, entry| keep(c, entry, |i, j| i == j);
        last_row_missing: "The last row of dW isn't filled in.",
            dw = |c, entry| keep(c, entry, |i, _| i + 1 < c.rows());
        last_column_missing: "The last column of dW isn't filled in.",
            dw = |c, entry| keep(c, entry, |_, j| j + 1 < c.columns());
        w: "What you return is W.",
            dw = |c, _| c.w.clone();
        w_added: "W is added to dW.",
            dw = |c, entry| &c.w + by_weight(c, entry);
        w_updated: "dW is subtracted from W already; that is the next question.",
            dw = |c, entry| &c.w - by_weight(c, entry);
        negative: "dW has the opposite sign.",
            entry = |dz, x| -dz * x;
        no_x: "x is missing from dW.",
            entry = |dz, _| dz;
        no_dz: "dz is missing from dW.",
            entry = |_, x| x;
        sum: "dz[i] and x[j] are added instead of multiplied.",
            entry = |dz, x| dz + x;
        zeros: "dW is all zeros.",
            entry = |_, _| 0.0;
        // What is compared
        nothing_compared: "Nothing is compared with the shape of W.",
            dz_fits = |_| true,
            x_fits = |_| true;
        nothing_compared_by_weight:
            "Nothing is compared with the shape of W.",
            dz_fits = |_| true,
            x_fits = |_| true,
            dw = by_weight;
        dz_not_compared: "dz is never compared with the rows of W.",
            dz_fits = |_| true;
        dz_not_compared_by_weight:
            "dz is never compared with the rows of W.",
            dz_fits = |_| true,
            dw = by_weight;
        x_not_compared: "x is never compared with the columns of W.",
            x_fits = |_| true;
        x_not_compared_by_weight:
            "x is never compared with the columns of W.",
            x_fits = |_| true,
            dw = by_weight;
        dz_only_too_long: "A dz that is too short isn't rejected.",
            dz_fits = |c| c.dz.len() <= c.rows();
        x_only_too_long: "An x that is too short isn't rejected.",
            x_fits = |c| c.x.len() <= c.columns();
        dz_only_too_short: "A dz that is too long isn't rejected.",
            dz_fits = |c| c.dz.len() >= c.rows();
        x_only_too_short: "An x that is too long isn't rejected.",
            x_fits = |c| c.x.len() >= c.columns();
        only_both: "A mismatch is found only if neither dz nor x fits.",
            dz_fits = |c| c.dz_fits() || c.x_fits(),
            x_fits = |c| c.dz_fits() || c.x_fits();
        product_compared:
            "Only the number of products is compared, not the shapes.",
            dz_fits = |c| c.dz.len() * c.x.len() == c.w.len(),
            x_fits = |_| true;
        rows_and_columns_swapped:
            "W's rows and columns are mixed up: dz is compared with the columns.",
            dz_fits = |c| c.dz.len() == c.columns(),
            x_fits = |c| c.x.len() == c.rows(),
            dz_error = |c| dz_error(c.columns(), c.dz.len()),
            x_error = |c| x_error(c.rows(), c.x.len());
        dz_with_columns: "dz is compared with the columns of W.",
            dz_fits = |c| c.dz.len() == c.columns(),
            dz_error = |c| dz_error(c.columns(), c.dz.len());
        x_with_rows: "x is compared with the rows of W.",
            x_fits = |c| c.x.len() == c.rows(),
            x_error = |c| x_error(c.rows(), c.x.len());
        inverted: "What fits is rejected, and what doesn't fit is accepted.",
            dz_fits = |c| !c.dz_fits(),
            x_fits = |c| !c.x_fits();
        all_rejected: "Everything is rejected, even what fits.",
            dz_fits = |_| false;
        x_only_after_dz: "x is compared only when dz doesn't fit.",
            x_fits = |c| c.x_fits() || c.dz_fits(),
            x_first = true;
        x_first: "x is compared before dz.",
            x_first = true;
        // What the error says
        expected_and_found_swapped: "expected and found are swapped.",
            dz_error = |c| dz_error(c.dz.len(), c.rows()),
            x_error = |c| x_error(c.x.len(), c.columns());
        dz_expected_and_found_swapped:
            "expected and found are swapped in the Mismatch::Dz.",
            dz_error = |c| dz_error(c.dz.len(), c.rows());
        x_expected_and_found_swapped:
            "expected and found are swapped in the Mismatch::X.",
            x_error = |c| x_error(c.x.len(), c.columns());
        dz_named_x: "When dz doesn't fit, you return a Mismatch::X.",
            dz_error = |c| x_error(c.rows(), c.dz.len());
        x_named_dz: "When x doesn't fit, you return a Mismatch::Dz.",
            x_error = |c| dz_error(c.columns(), c.x.len());
        dz_reported_for_x: "When x doesn't fit, you report the sizes of dz.",
            x_error = |c| dz_error(c.rows(), c.dz.len());
        dz_found_x: "In the Mismatch::Dz, found is the length of x.",
            dz_error = |c| dz_error(c.rows(), c.x.len());
        x_found_dz: "In the Mismatch::X, found is the length of dz.",
            x_error = |c| x_error(c.columns(), c.dz.len());
        dz_expected_columns:
            "In the Mismatch::Dz, expected is what x needs, not dz.",
            dz_error = |c| dz_error(c.columns(), c.dz.len());
        x_expected_rows: "In the Mismatch::X, expected is what dz needs, not x.",
            x_error = |c| x_error(c.rows(), c.x.len());
        found_is_expected: "found is what W expects, not what there is.",
            dz_error = |c| dz_error(c.rows(), c.rows()),
            x_error = |c| x_error(c.columns(), c.columns());
        reported_as_dw:
            "You return a Mismatch::Dw instead of saying which one it is.",
            dz_error = dw_error,
            x_error = dw_error;
        })
}

/// Those entries alone.
fn keep(
    case: &Case,
    entry: Entry,
    keeps: impl Fn(usize, usize) -> bool,
) -> Array2<f64> {
    let dw = outer(case, entry);
    Array2::from_shape_fn(
        dw.dim(),
        |(i, j)| if keeps(i, j) { dw[[i, j]] } else { 0.0 },
    )
}
