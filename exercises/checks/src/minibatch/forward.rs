//! Question 2: all examples of a batch through a layer at once.

use ndarray::{Array1, Array2, Axis, array};
use no_magic::relu::relu;

use super::{SIZES, column, row};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Forward = fn(&Array2<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

/// `fn forward(w, b, x) -> Array2<f64>`
pub fn forward(answer: Forward) -> Verdict {
    question().judge(move |(w, b, x)| Outcome::new().value("Z", &answer(w, b, x)))
}

/// W, b and X.
type Case = (Array2<f64>, Array1<f64>, Array2<f64>);

type Bias = fn(wx: Array2<f64>, b: &Array1<f64>, x: &Array2<f64>) -> Array2<f64>;

/// `forward`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    product: fn(w: &Array2<f64>, x: &Array2<f64>) -> Array2<f64>,
    bias: Bias,
    at_the_end: fn(Array2<f64>) -> Array2<f64>,
}

const MODEL: Model = Model {
    product: |w, x| x.dot(&w.t()),
    bias: |wx, b, _| wx + b,
    at_the_end: |z| z,
};

impl Model {
    fn forward(&self, (w, b, x): &Case) -> Array2<f64> {
        (self.at_the_end)((self.bias)((self.product)(w, x), b, x))
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let plain = (
        array![[1.0, 2.0], [3.0, -1.0]],
        array![0.5, -2.0],
        array![[2.0, 1.0], [-1.0, 4.0]],
    );
    let random = (1..).zip(SIZES).map(|(seed, (batch, n_in, n_out))| {
        let mut draws = Draws::new(seed);
        let (w, b) = (draws.array((n_out, n_in)), draws.array(n_out));
        (w, b, draws.array((batch, n_in)))
    });
    [plain].into_iter().chain(random)
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        Outcome::new().value("Z", &model.forward(case))
    };
    Question::new("minibatch.forward", MODEL, run)
        .given(|(w, b, x)| Given::new().value("W", w).value("b", b).value("X", x))
        .kinds(|(w, _, x)| super::kinds(w, x))
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The product
        not_transposed: "The product is `X W`: `W` isn't transposed.",
            product = |w, x| x.dot(w);
        w_first: "The product is `W X`, in the order for a single example `x`.",
            product = |w, x| w.dot(x);
        columns:
            "The product is `W Xᵀ`, which has a column for each example instead of \
             a row.",
            product = |w, x| w.dot(&x.t());
        x_transposed: "`X` is transposed, but its rows already are the examples.",
            product = |w, x| x.t().dot(&w.t());
        last_input_only:
            "Only the last input counts: the products aren't added up over the \
             inputs.",
            product = |w, x| {
                let last = x.ncols() - 1;
                column(&x.column(last).to_owned()) * w.column(last)
            };
        sum_not_reset: "The sum isn't set back to 0 for each output.",
            product = |w, x| {
                let mut sums = x.dot(&w.t());
                sums.accumulate_axis_inplace(Axis(1), |before, sum| *sum += before);
                sums
            };
        // The bias
        no_bias: "The bias `b` is missing.",
            bias = |wx, _, _| wx;
        bias_subtracted: "The bias `b` is subtracted instead of added.",
            bias = |wx, b, _| wx - b;
        bias_twice: "The bias `b` is added twice.",
            bias = |wx, b, _| wx + b + b;
        bias_per_input: "The bias `b` is added again for each input.",
            bias = |wx, b, x| wx + b * x.ncols() as f64;
        bias_along_batch:
            "Example `n` gets `b[n]`, but `b` has an entry for each output.",
            bias = |wx, b, _| wx + column(b);
        // The result
        z_transposed: "`Z` is transposed: it has a column for each example.",
            at_the_end = |z| z.reversed_axes();
        relu: "ReLU is applied to `Z`, but it plays no part here.",
            at_the_end = |z| z.mapv(relu);
        last_row_missing: "The last row of `Z` is still 0.",
            at_the_end = |mut z| {
                let last = z.nrows() - 1;
                z.row_mut(last).fill(0.0);
                z
            };
        last_for_all: "Every row of `Z` holds the output of the last example.",
            at_the_end = |z| &z * 0.0 + z.row(z.nrows() - 1);
        summed:
            "The rows of `Z` are summed, but each example keeps a row of its own.",
            at_the_end = |z| row(&z.sum_axis(Axis(0)));
        all_divided_by_batch:
            "`Z` is divided by the size of the batch, but no mean is taken here.",
            at_the_end = |z| &z / z.nrows() as f64;
        })
}
