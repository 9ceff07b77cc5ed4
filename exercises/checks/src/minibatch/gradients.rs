//! Question 4: the gradients of a batch.

use ndarray::{Array1, Array2, Axis, array};
use no_magic::outer::outer;
use no_magic::relu::relu_slope;

use super::{Gradients, SIZES, only_rows, row};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Backward = fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Gradients;

/// `fn gradients(w, x, dz) -> Gradients`
pub fn gradients(answer: Backward) -> Verdict {
    question().judge(move |given| outcome(&answer(&given.w, &given.x, &given.dz)))
}

/// What the parts are given.
#[derive(Clone)]
pub(super) struct Case {
    w: Array2<f64>,
    x: Array2<f64>,
    dz: Array2<f64>,
}

impl Case {
    fn batch(&self) -> f64 {
        self.x.nrows() as f64
    }

    /// What example `n` contributes to dW.
    fn dw_of(&self, n: usize) -> Array2<f64> {
        outer(&self.dz.row(n).to_owned(), &self.x.row(n).to_owned())
    }

    /// What output `i` contributes to dX.
    fn dx_of(&self, i: usize) -> Array2<f64> {
        outer(&self.dz.column(i).to_owned(), &self.w.row(i).to_owned())
    }

    /// The last example.
    fn last(&self) -> usize {
        self.x.nrows() - 1
    }

    fn relu_slope(&self) -> Array2<f64> {
        self.x.mapv(relu_slope)
    }
}

fn outcome(gradients: &Gradients) -> Outcome {
    Outcome::new()
        .value("dW", &gradients.dw)
        .value("db", &gradients.db)
        .value("dX", &gradients.dx)
}

/// `gradients`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    dw: fn(&Case) -> Array2<f64>,
    db: fn(&Case) -> Array1<f64>,
    dx: fn(&Case) -> Array2<f64>,
    at_the_end: fn(&mut Gradients, &Case),
}

const MODEL: Model = Model {
    dw: |c| c.dz.t().dot(&c.x),
    db: |c| c.dz.sum_axis(Axis(0)),
    dx: |c| c.dz.dot(&c.w),
    at_the_end: |_, _| (),
};

impl Model {
    fn gradients(&self, case: &Case) -> Gradients {
        let mut gradients = Gradients {
            dw: (self.dw)(case),
            db: (self.db)(case),
            dx: (self.dx)(case),
        };
        (self.at_the_end)(&mut gradients, case);
        gradients
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let plain = Case {
        w: array![[1.0, 2.0], [3.0, -1.0]],
        x: array![[2.0, 1.0], [-1.0, 3.0]],
        dz: array![[0.5, -1.0], [2.0, 0.25]],
    };
    let random = (1..).zip(SIZES).map(|(seed, (batch, n_in, n_out))| {
        let mut draws = Draws::new(seed);
        let (w, x) = (draws.array((n_out, n_in)), draws.array((batch, n_in)));
        Case { w, x, dz: draws.array((batch, n_out)) }
    });
    [plain].into_iter().chain(random)
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| outcome(&model.gradients(case));
    Question::new("minibatch.gradients", MODEL, run)
        .given(|Case { w, x, dz }| {
            Given::new().value("W", w).value("X", x).value("dZ", dz)
        })
        .kinds(|case| super::kinds(&case.w, &case.x))
        .cases(cases())
        .mistakes(mistakes! { Model;
        // All of them
        all_divided:
            "dW, db and dX are divided by the batch size, but dZ already is.",
            at_the_end = |g, c| {
                g.dw /= c.batch();
                g.db /= c.batch();
                g.dx /= c.batch();
            };
        dw_db_divided:
            "dW and db are divided by the batch size, but dZ already is.",
            at_the_end = |g, c| {
                g.dw /= c.batch();
                g.db /= c.batch();
            };
        all_negative: "dW, db and dX have the opposite sign.",
            at_the_end = |g, _| {
                g.dw *= -1.0;
                g.db *= -1.0;
                g.dx *= -1.0;
            };
        all_masked: "ReLU's slope is applied to dZ, but there's no ReLU here.",
            at_the_end = |g, c| {
                let dz = &c.dz * &c.dz.mapv(relu_slope);
                g.dw = dz.t().dot(&c.x);
                g.db = dz.sum_axis(Axis(0));
                g.dx = dz.dot(&c.w);
            };
        overwritten: "dW, db and dX are overwritten where they should be sums.",
            at_the_end = |g, c| {
                g.dw = c.dw_of(c.last());
                g.db = c.dz.row(c.last()).to_owned();
                g.dx = c.dx_of(c.dz.ncols() - 1);
            };
        // dW
        dw_divided: "dW is divided by the size of the batch, but dZ already is.",
            dw = |c| c.dz.t().dot(&c.x) / c.batch();
        dw_negative: "dW has the opposite sign.",
            dw = |c| -c.dz.t().dot(&c.x);
        dw_transposed: "dW is transposed.",
            dw = |c| c.x.t().dot(&c.dz);
        dw_not_transposed: "dW is dZ X, without a transpose.",
            dw = |c| c.dz.dot(&c.x);
        dw_x_transposed: "dW is dZ Xᵀ: the wrong matrix is transposed.",
            dw = |c| c.dz.dot(&c.x.t());
        dw_x_first: "dW is X dZ, which doesn't sum over the batch.",
            dw = |c| c.x.dot(&c.dz);
        dw_x_dz_transposed: "dW is X dZᵀ, which doesn't sum over the batch.",
            dw = |c| c.x.dot(&c.dz.t());
        dw_entry_by_entry: "dW is X and dZ multiplied entry by entry.",
            dw = |c| &c.dz * &c.x;
        dw_first: "dW comes from the first example alone.",
            dw = |c| c.dw_of(0);
        dw_last: "dW comes from the last example alone: the others aren't added.",
            dw = |c| c.dw_of(c.last());
        dw_of_sums: "dW is the outer product of the summed dZ and the summed X.",
            dw = |c| outer(&c.dz.sum_axis(Axis(0)), &c.x.sum_axis(Axis(0)));
        dw_of_means: "dW is the outer product of the mean dZ and the mean X.",
            dw = |c| {
                let means = [&c.dz, &c.x].map(|m| m.sum_axis(Axis(0)) / c.batch());
                outer(&means[0], &means[1])
            };
        dw_without_x: "X is missing from dW: every entry of a row is the same.",
            dw = |c| outer(&c.dz.sum_axis(Axis(0)), &Array1::ones(c.x.ncols()));
        dw_without_dz: "dZ is missing from dW: every row is the same.",
            dw = |c| outer(&Array1::ones(c.dz.ncols()), &c.x.sum_axis(Axis(0)));
        dw_is_w: "dW is W itself.",
            dw = |c| c.w.clone();
        dw_zeros: "dW is all zeros.",
            dw = |c| &c.w * 0.0;
        // db
        db_mean: "db is the mean over the batch, but dZ is already divided by it.",
            db = |c| c.dz.sum_axis(Axis(0)) / c.batch();
        db_per_input: "dZ is added to db again for each input.",
            db = |c| c.dz.sum_axis(Axis(0)) * c.x.ncols() as f64;
        db_over_outputs: "db is summed over the outputs instead of the examples.",
            db = |c| c.dz.sum_axis(Axis(1));
        db_mean_over_outputs: "db is the mean over the outputs.",
            db = |c| c.dz.sum_axis(Axis(1)) / c.dz.ncols() as f64;
        db_negative: "db has the opposite sign.",
            db = |c| -c.dz.sum_axis(Axis(0));
        db_first: "db comes from the first example alone.",
            db = |c| c.dz.row(0).to_owned();
        db_last: "db comes from the last example alone: the others aren't added.",
            db = |c| c.dz.row(c.last()).to_owned();
        db_total: "Every entry of db is the sum of all of dZ.",
            db = |c| Array1::from_elem(c.dz.ncols(), c.dz.sum());
        db_single: "db is a single number, the sum of all of dZ.",
            db = |c| array![c.dz.sum()];
        db_from_dw: "db is the sum of dW's rows, so X is in it.",
            db = |c| c.dz.t().dot(&c.x).sum_axis(Axis(1));
        db_ones: "db is 1 everywhere: dZ is missing.",
            db = |c| Array1::ones(c.dz.ncols());
        db_zeros: "db is all zeros.",
            db = |c| Array1::zeros(c.dz.ncols());
        // dX
        dx_divided: "dX is divided by the size of the batch, but dZ already is.",
            dx = |c| c.dz.dot(&c.w) / c.batch();
        dx_negative: "dX has the opposite sign.",
            dx = |c| -c.dz.dot(&c.w);
        dx_w_transposed: "dX is dZ Wᵀ: W shouldn't be transposed on the way back.",
            dx = |c| c.dz.dot(&c.w.t());
        dx_w_first: "dX is Wᵀ dZ, as for a single example.",
            dx = |c| c.w.t().dot(&c.dz);
        dx_w_first_not_transposed: "dX is W dZ: W stands in front.",
            dx = |c| c.w.dot(&c.dz);
        dx_w_first_dz_transposed: "dX is W dZᵀ: W stands in front.",
            dx = |c| c.w.dot(&c.dz.t());
        dx_dz_transposed: "dX is dZᵀ W: dZ shouldn't be transposed here.",
            dx = |c| c.dz.t().dot(&c.w);
        dx_transposed: "This is dXᵀ, with a column for each example.",
            dx = |c| c.dz.dot(&c.w).reversed_axes();
        dx_entry_by_entry: "dX is dZ and W multiplied entry by entry.",
            dx = |c| &c.dz * &c.w;
        dx_summed: "dX is summed over the batch.",
            dx = |c| row(&c.dz.dot(&c.w).sum_axis(Axis(0)));
        dx_mean: "dX is averaged over the batch.",
            dx = |c| row(&c.dz.dot(&c.w).sum_axis(Axis(0))) / c.batch();
        dx_sum_in_each_row: "Each row of dX is the sum of all rows.",
            dx = |c| &c.x * 0.0 + c.dz.sum_axis(Axis(0)).dot(&c.w);
        dx_mean_in_each_row: "Each row of dX is the mean of all rows.",
            dx = |c| &c.x * 0.0 + c.dz.sum_axis(Axis(0)).dot(&c.w) / c.batch();
        dx_accumulates: "Each row of dX also includes the rows before it.",
            dx = |c| {
                let mut dx = c.dz.dot(&c.w);
                dx.accumulate_axis_inplace(Axis(0), |before, dx| *dx += before);
                dx
            };
        dx_first_row: "Only the first row of dX is filled in.",
            dx = |c| only_rows(&c.dz.dot(&c.w), |n| n == 0);
        dx_last_row: "Only the last row of dX is filled in.",
            dx = |c| only_rows(&c.dz.dot(&c.w), |n| n == c.last());
        dx_last_output: "Only the last output counts in dX: there's no sum.",
            dx = |c| c.dx_of(c.dz.ncols() - 1);
        dx_masked: "ReLU's slope at X is in dX, but there's no ReLU here.",
            dx = |c| c.dz.dot(&c.w) * c.relu_slope();
        dx_is_x: "dX is X itself.",
            dx = |c| c.x.clone();
        dx_is_dz: "dX is dZ itself.",
            dx = |c| c.dz.clone();
        dx_zeros: "dX is all zeros.",
            dx = |c| &c.x * 0.0;
        })
}
