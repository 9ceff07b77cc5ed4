//! Question 4: the gradients of a batch.

use ndarray::{Array1, Array2, Axis, array};
use no_magic::outer::outer;
use no_magic::relu::relu_slope;

use super::{Gradients, SIZES, row};
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

    /// What the last example contributes to db.
    fn last_db(&self) -> Array1<f64> {
        self.dz.row(self.dz.nrows() - 1).to_owned()
    }

    /// What the last example contributes to dW.
    fn last_dw(&self) -> Array2<f64> {
        outer(&self.last_db(), &self.x.row(self.x.nrows() - 1).to_owned())
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
}

const MODEL: Model = Model {
    dw: |c| c.dz.t().dot(&c.x),
    db: |c| c.dz.sum_axis(Axis(0)),
    dx: |c| c.dz.dot(&c.w),
};

impl Model {
    fn gradients(&self, case: &Case) -> Gradients {
        Gradients { dw: (self.dw)(case), db: (self.db)(case), dx: (self.dx)(case) }
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
            "`dW`, `db` and `dX` are divided by the size of the batch, but `dZ` \
             already is.",
            dw = |c| c.dz.t().dot(&c.x) / c.batch(),
            db = |c| c.dz.sum_axis(Axis(0)) / c.batch(),
            dx = |c| c.dz.dot(&c.w) / c.batch();
        dw_db_divided:
            "`dW` and `db` are divided by the size of the batch, but `dZ` already \
             is.",
            dw = |c| c.dz.t().dot(&c.x) / c.batch(),
            db = |c| c.dz.sum_axis(Axis(0)) / c.batch();
        all_negative: "`dW`, `db` and `dX` have the opposite sign.",
            dw = |c| -c.dz.t().dot(&c.x),
            db = |c| -c.dz.sum_axis(Axis(0)),
            dx = |c| -c.dz.dot(&c.w);
        // dW
        dw_divided:
            "`dW` is divided by the size of the batch, but `dZ` already is.",
            dw = |c| c.dz.t().dot(&c.x) / c.batch();
        dw_transposed: "`dW` is transposed: it's `Xᵀ dZ`.",
            dw = |c| c.x.t().dot(&c.dz);
        dw_not_transposed: "`dW` is `dZ X`, without a transpose.",
            dw = |c| c.dz.dot(&c.x);
        dw_x_transposed: "`dW` is `dZ Xᵀ`: the wrong matrix is transposed.",
            dw = |c| c.dz.dot(&c.x.t());
        dw_last: "`dW` comes from the last example alone: the others aren't added.",
            dw = |c| c.last_dw();
        dw_of_sums:
            "`dW` is the outer product of two sums, instead of the sum of the \
             outer products.",
            dw = |c| outer(&c.dz.sum_axis(Axis(0)), &c.x.sum_axis(Axis(0)));
        // db
        db_mean:
            "`db` is the mean over the batch, but `dZ` is already divided by its \
             size.",
            db = |c| c.dz.sum_axis(Axis(0)) / c.batch();
        db_per_input: "`dZ` is added to `db` again for each input.",
            db = |c| c.dz.sum_axis(Axis(0)) * c.x.ncols() as f64;
        db_over_outputs: "`db` is summed over the outputs instead of the examples.",
            db = |c| c.dz.sum_axis(Axis(1));
        db_last: "`db` comes from the last example alone: the others aren't added.",
            db = |c| c.last_db();
        // dX
        dx_divided:
            "`dX` is divided by the size of the batch, but `dZ` already is.",
            dx = |c| c.dz.dot(&c.w) / c.batch();
        dx_w_transposed:
            "`dX` is `dZ Wᵀ`, but `W` isn't transposed on the way back.",
            dx = |c| c.dz.dot(&c.w.t());
        dx_w_first:
            "`dX` is `Wᵀ dZ`, as for a single example, but here the examples are \
             rows.",
            dx = |c| c.w.t().dot(&c.dz);
        dx_dz_transposed: "`dX` is `dZᵀ W`, but `dZ` isn't transposed for `dX`.",
            dx = |c| c.dz.t().dot(&c.w);
        dx_transposed: "`dX` is transposed: it has a column for each example.",
            dx = |c| c.dz.dot(&c.w).reversed_axes();
        dx_summed:
            "The rows of `dX` are summed, but each example keeps a row of its own.",
            dx = |c| row(&c.dz.dot(&c.w).sum_axis(Axis(0)));
        dx_last_output:
            "Only the last output counts in `dX`: the others aren't added.",
            dx = |c| {
                let last = c.w.nrows() - 1;
                outer(&c.dz.column(last).to_owned(), &c.w.row(last).to_owned())
            };
        dx_masked:
            "`dX` is multiplied by ReLU's slope at `X`, but there's no ReLU here.",
            dx = |c| c.dz.dot(&c.w) * c.x.mapv(relu_slope);
        })
}
