//! Question 4: back through broadcasting.

use ndarray::{Array2, array};

use crate::Verdict;
use crate::case::Case;

/// `fn sum_to(gradient, shape) -> Array2<f64>`
pub fn sum_to(answer: fn(&Array2<f64>, (usize, usize)) -> Array2<f64>) -> Verdict {
    let wide = array![[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]];
    for (gradient, shape) in [
        // Square, so that the wrong axis gives as many numbers.
        (array![[1.0, 2.0], [3.0, -5.0]], (1, 2)),
        (array![[1.0, -2.0], [0.5, 4.0], [3.0, 1.0]], (1, 2)),
        (wide.clone(), (2, 1)),
        (wide.clone(), (1, 1)),
        (wide, (2, 3)),
        (array![[2.0, -1.0, 3.0]], (1, 3)),
        (array![[2.0, -1.0, 3.0]], (1, 1)),
        (array![[2.0], [-3.0], [0.5]], (3, 1)),
        (array![[2.0], [-3.0], [0.5]], (1, 1)),
    ] {
        let case = Case::new().input("gradient", &gradient).number("shape", shape);
        let yours = case.run({
            let gradient = gradient.clone();
            move || answer(&gradient, shape)
        })?;
        judge(&case, &gradient, shape, &yours)?;
    }
    Ok(())
}

fn judge(
    case: &Case,
    gradient: &Array2<f64>,
    shape: (usize, usize),
    yours: &Array2<f64>,
) -> Verdict {
    let expected = summed(gradient, shape);
    // How many entries were made from a single one.
    let copies = gradient.len() / expected.len();
    let (rows, columns) = gradient.dim();
    let last = (rows - shape.0, columns - shape.1);
    let over_rows = summed(gradient, (1, columns));
    let over_columns = summed(gradient, (rows, 1));
    case.expect("sum_to", &expected)
        .unless(
            &(&expected / copies as f64),
            "this is the mean; each copy has an effect of its own, and effects \
             add up",
        )
        .unless(
            &copy(gradient, shape, (0, 0)),
            "this is the gradient of a single copy; each copy has an effect of \
             its own, and effects add up",
        )
        .unless(
            &copy(gradient, shape, last),
            "this is the gradient of the last copy; add to the others' instead of \
             replacing them",
        )
        .unless(
            &expected.t(),
            "the numbers are right, but they lie along the other axis",
        )
        .unless(
            &over_columns.t(),
            "you added up the entries within each row; it is the rows that are \
             copies, so add row to row",
        )
        .unless(&Array2::from_elem(shape, gradient.sum()), EVERYTHING)
        .unless(&-&expected, "the sign: nothing is subtracted here")
        .unless(&Array2::zeros(shape), "all zeros: is the result ever filled in?")
        .unless(
            gradient,
            "this is the gradient as it came; where the shape has a 1, the \
             copies' shares have to be added up",
        )
        .unless(
            &over_rows,
            "you summed over the rows; do so only if the shape has a 1 there, and \
             look at the columns as well",
        )
        .unless(
            &over_columns,
            "you summed over the columns; do so only if the shape has a 1 there, \
             and look at the rows as well",
        )
        .unless(&summed(gradient, (1, 1)), EVERYTHING)
        .judge(yours)
}

const EVERYTHING: &str =
    "you summed everything; sum only over the axes that are 1 in the shape";

/// The sum over the axes that are 1 in the shape.
fn summed(gradient: &Array2<f64>, shape: (usize, usize)) -> Array2<f64> {
    let mut sum = Array2::zeros(shape);
    for ((i, j), entry) in gradient.indexed_iter() {
        sum[(i % shape.0, j % shape.1)] += entry;
    }
    sum
}

/// What arrives at the copy that begins there.
fn copy(
    gradient: &Array2<f64>,
    shape: (usize, usize),
    (row, column): (usize, usize),
) -> Array2<f64> {
    Array2::from_shape_fn(shape, |(i, j)| gradient[(row + i, column + j)])
}
