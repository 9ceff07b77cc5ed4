//! Question 2: all examples of a batch through a layer at once.

use ndarray::{Array1, Array2, Axis, array};

use super::{case, is_square, only_row, suspect_shapes};
use crate::Verdict;

type Forward = fn(&Array2<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

/// `fn forward(w, b, x) -> Array2<f64>`
pub fn forward(answer: Forward) -> Verdict {
    for (w, b, x) in [
        (
            array![[1.0, 2.0], [3.0, -1.0]],
            array![0.5, -2.0],
            array![[2.0, 1.0], [-1.0, 4.0]],
        ),
        (
            array![[1.0, 0.0, -1.0], [2.0, 0.5, 1.0]],
            array![0.25, -1.0],
            array![
                [1.0, 2.0, 3.0],
                [0.0, -1.0, 2.0],
                [4.0, 0.5, 1.0],
                [-2.0, 1.0, 0.0]
            ],
        ),
        (
            array![[2.0, 1.0], [-1.0, 0.5], [0.0, 3.0]],
            array![1.0, 0.0, -0.5],
            array![[0.5, -4.0]],
        ),
        (
            array![[2.0], [-1.0], [0.5]],
            array![0.0, 1.0, -3.0],
            array![[3.0], [-2.0]],
        ),
    ] {
        judge(&w, &b, &x, answer)
            .map_err(|feedback| suspect_shapes(feedback, &w, &x))?;
    }
    Ok(())
}

fn judge(
    w: &Array2<f64>,
    b: &Array1<f64>,
    x: &Array2<f64>,
    answer: Forward,
) -> Verdict {
    let case = case(w, x).input("b", b);
    let yours = case.run({
        let (w, b, x) = (w.clone(), b.clone(), x.clone());
        move || answer(&w, &b, &x)
    })?;
    let product = x.dot(&w.t());
    let z = &product + b;
    let row_0 = z.row(0).insert_axis(Axis(0));
    let mut bias_once = product.clone();
    bias_once.row_mut(0).zip_mut_with(b, |z, b| *z += b);
    let mut expectation = case
        .expect("Z", &z)
        .unless(&product, "you left out the bias")
        .unless(&(&product - b), "the bias is added, not subtracted")
        .unless(&(&z + b), "the bias is added twice")
        .unless(
            &bias_once,
            "the bias has reached only the first example; each row gets it",
        )
        .unless(
            &z.t(),
            "this is Zᵀ, with a column for each example; in a batch, each example \
             is a row",
        )
        .unless(&z.mapv(|z| z.max(0.0)), "there is no ReLU here; Z comes before it")
        .unless(
            &only_row(&z, 0),
            "only the first example has gone through; the batch has more rows",
        )
        .unless(
            &row_0,
            "only the first example has gone through; the batch has more rows",
        )
        .unless(
            &row_0.broadcast(z.dim()).expect("a row for each example"),
            "each example has the output of the first; take its own row of X",
        )
        .unless(
            &z.sum_axis(Axis(0)).insert_axis(Axis(0)),
            "you summed over the batch; in forward, the examples have nothing to \
             do with each other",
        )
        .unless(
            &Array2::zeros(z.dim()),
            "all zeros: is the result ever filled in?",
        );
    if is_square(w, x) {
        expectation = expectation
            .unless(
                &(x.dot(w) + b),
                "a transpose is missing: a row of W belongs to an output, and has \
                 a weight for each input",
            )
            .unless(
                &(w.dot(x) + b),
                "W stands in front of X, as it does for a single x; here the \
                 examples are rows, and X comes first",
            )
            .unless(
                &(w.dot(&x.t()) + b),
                "this product has a column for each example, and b went along the \
                 examples; in a batch, each example is a row",
            )
            .unless(
                &(&product + &b.view().insert_axis(Axis(1))),
                "each row got one number of the bias; b has a number for each \
                 output, which are the columns",
            )
            .unless(
                &(x.t().dot(&w.t()) + b),
                "X is transposed, though its rows are the examples already",
            );
    }
    expectation.judge(&yours)
}
