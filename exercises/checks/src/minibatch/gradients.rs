//! Question 4: the gradients of a batch.

use ndarray::{Array1, Array2, Axis, array};
use no_magic::outer::outer;

use super::{Gradients, case, is_square, only_row, suspect_shapes};
use crate::Verdict;
use crate::case::Case;

type Backward = fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Gradients;

/// `fn gradients(w, x, dz) -> Gradients`
pub fn gradients(answer: Backward) -> Verdict {
    for (w, x, dz) in [
        (
            array![[1.0, 2.0], [3.0, -1.0]],
            array![[2.0, 1.0], [-1.0, 3.0]],
            array![[0.5, -1.0], [2.0, 0.25]],
        ),
        (
            array![[1.0, 0.0, -1.0], [2.0, 0.5, 1.0]],
            array![
                [1.0, 2.0, 3.0],
                [0.0, -1.0, 2.0],
                [4.0, 0.5, 1.0],
                [-2.0, 1.0, 0.0]
            ],
            array![[0.5, -0.5], [-1.0, 0.25], [0.0, 2.0], [1.5, -1.0]],
        ),
        (
            array![[2.0, 1.0], [-1.0, 0.5], [0.0, 3.0]],
            array![[0.5, -4.0]],
            array![[0.25, -1.0, 2.0]],
        ),
        (
            array![[2.0], [-1.0], [0.5]],
            array![[3.0], [-2.0]],
            array![[1.0, 0.0, -0.5], [0.25, -2.0, 1.0]],
        ),
    ] {
        judge(&w, &x, &dz, answer)
            .map_err(|feedback| suspect_shapes(feedback, &w, &x))?;
    }
    Ok(())
}

fn judge(
    w: &Array2<f64>,
    x: &Array2<f64>,
    dz: &Array2<f64>,
    answer: Backward,
) -> Verdict {
    let case = case(w, x).input("dZ", dz);
    let yours = case.run({
        let (w, x, dz) = (w.clone(), x.clone(), dz.clone());
        move || answer(&w, &x, &dz)
    })?;
    judge_dw(&case, w, x, dz, &yours.dw)?;
    judge_db(&case, dz, &yours.db)?;
    judge_dx(&case, w, x, dz, &yours.dx)
}

const TWICE: &str = "you divided by the size of the batch; the mean was taken at \
                     the loss, so dZ has it already";

const FIRST: &str =
    "this comes from the first example alone; the gradients of all examples add up";

const LAST: &str =
    "this comes from the last example alone; the gradients of all examples add up";

fn judge_dw(
    case: &Case,
    w: &Array2<f64>,
    x: &Array2<f64>,
    dz: &Array2<f64>,
    yours: &Array2<f64>,
) -> Verdict {
    let batch = x.nrows() as f64;
    let dw = dz.t().dot(x);
    let of_example = |n: usize| outer(&dz.row(n).to_owned(), &x.row(n).to_owned());
    let (sum_dz, sum_x) = (dz.sum_axis(Axis(0)), x.sum_axis(Axis(0)));
    let of_sums = outer(&sum_dz, &sum_x);
    let mut expectation = case
        .expect("dW", &dw)
        .unless(&(&dw / batch), TWICE)
        .unless(
            &-&dw,
            "the sign: the minus comes with the update, not with the gradient",
        )
        .unless(&of_example(0), FIRST)
        .unless(&of_example(x.nrows() - 1), LAST)
        .unless(
            &of_sums,
            "this is the outer product of two sums; each example's dz goes with \
             its own x",
        )
        .unless(
            &(&of_sums / batch),
            "this is dz summed with the mean of x; each example's dz goes with \
             its own x",
        )
        .unless(
            &dw.t(),
            "this is the transpose; dW has the shape of W, with a row for each \
             output",
        )
        .unless(w, "this is W itself; where do X and dZ come in?")
        .unless(
            &Array2::zeros(dw.dim()),
            "all zeros: is the result ever filled in?",
        );
    if is_square(w, x) {
        let product = "dW has a row for each output and a column for each input, \
                       and the batch is summed away; for which product is that so?";
        expectation = expectation
            .unless(&dz.dot(x), product)
            .unless(&dz.dot(&x.t()), product)
            .unless(&x.dot(dz), product)
            .unless(&x.dot(&dz.t()), product)
            .unless(&(dz * x), "you multiplied entry by entry");
    }
    expectation.judge(yours)
}

fn judge_db(case: &Case, dz: &Array2<f64>, yours: &Array1<f64>) -> Verdict {
    let batch = dz.nrows() as f64;
    let db = dz.sum_axis(Axis(0));
    let by_example = "you summed over the outputs; db has an entry for each \
                      output, and sums over the examples";
    case.expect("db", &db)
        .unless(&(&db / batch), TWICE)
        .unless(
            &-&db,
            "the sign: the minus comes with the update, not with the gradient",
        )
        .unless(&dz.sum_axis(Axis(1)), by_example)
        .unless(&(dz.sum_axis(Axis(1)) / dz.ncols() as f64), by_example)
        .unless(&dz.row(0), FIRST)
        .unless(&dz.row(dz.nrows() - 1), LAST)
        .unless(
            &Array1::from_elem(db.len(), dz.sum()),
            "you summed over examples and outputs; db has an entry of its own for \
             each output",
        )
        .unless(
            &array![dz.sum()],
            "you summed over examples and outputs; db has an entry of its own for \
             each output",
        )
        .unless(
            &Array1::ones(db.len()),
            "these are the slopes of Z along b; by the chain rule, each is \
             multiplied by its dz",
        )
        .unless(
            &Array1::zeros(db.len()),
            "all zeros: is the result ever filled in?",
        )
        .judge(yours)
}

fn judge_dx(
    case: &Case,
    w: &Array2<f64>,
    x: &Array2<f64>,
    dz: &Array2<f64>,
    yours: &Array2<f64>,
) -> Verdict {
    let batch = x.nrows() as f64;
    let dx = dz.dot(w);
    let sum = dx.sum_axis(Axis(0)).insert_axis(Axis(0));
    let summed =
        "dX is not summed over the batch; each example hands on a row of its own";
    let mut expectation = case
        .expect("dX", &dx)
        .unless(&(&dx / batch), TWICE)
        .unless(
            &-&dx,
            "the sign: the minus comes with the update, not with the gradient",
        )
        .unless(&sum, summed)
        .unless(&(&sum / batch), summed)
        .unless(&sum.broadcast(dx.dim()).expect("a row for each example"), summed)
        .unless(
            &only_row(&dx, 0),
            "only the first row is filled in; each example has a row of its own",
        )
        .unless(
            &dx.t(),
            "this is dXᵀ; it has the shape of X, with a row for each example",
        )
        .unless(
            &(&dx * &x.mapv(|x| f64::from(x > 0.0))),
            "there is no ReLU here; X is what came into this layer, whatever it \
             was made by",
        )
        .unless(x, "this is X itself; where do W and dZ come in?")
        .unless(dz, "this is dZ itself; it has to go back through W")
        .unless(
            &Array2::zeros(dx.dim()),
            "all zeros: is the result ever filled in?",
        );
    if is_square(w, x) {
        let in_front = "W stands in front, as in the Wᵀ dz of a single example; \
                        here the examples are rows, and dZ comes first";
        expectation = expectation
            .unless(
                &dz.dot(&w.t()),
                "a transpose too many: forward went through Wᵀ, and the way back \
                 goes through W as it is",
            )
            .unless(&w.t().dot(dz), in_front)
            .unless(&w.dot(dz), in_front)
            .unless(&w.dot(&dz.t()), in_front);
    }
    expectation.judge(yours)
}
