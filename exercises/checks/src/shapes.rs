//! Checks of the exercise `shapes`: the shapes of a layer's gradients, and why they
//! are so.

use ndarray::{Array1, Array2, array};
use no_magic::outer::outer;
use thiserror::Error;

use crate::case::Case;
use crate::{Feedback, Verdict};

/// The shapes of what meets in `dW = outer(dz, x)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shapes {
    /// The shape of `dz`.
    pub dz: (usize,),
    /// The shape of `x`.
    pub x: (usize,),
    /// The shape of `dW`, rows first.
    pub dw: (usize, usize),
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// `dz` needs an entry for each row of `W`.
    #[error("dz has {found} entries, but W has {expected} rows")]
    Dz {
        /// The rows of `W`.
        expected: usize,
        /// The entries of `dz`.
        found: usize,
    },
    /// `x` needs an entry for each column of `W`.
    #[error("x has {found} entries, but W has {expected} columns")]
    X {
        /// The columns of `W`.
        expected: usize,
        /// The entries of `x`.
        found: usize,
    },
    /// `dW` needs the shape of `W`.
    #[error("dW has the shape {found:?}, but W has the shape {expected:?}")]
    Dw {
        /// The shape of `W`.
        expected: (usize, usize),
        /// The shape of `dW`.
        found: (usize, usize),
    },
}

const EXAMPLE: &str = "these are the numbers of the page's example; it has to \
                       work for any n_in and n_out";

/// `fn gradient_shapes(n_in, n_out) -> Shapes`
pub fn gradient_shapes(answer: fn(usize, usize) -> Shapes) -> Verdict {
    for (n_in, n_out) in [(16, 8), (36, 16), (5, 5), (1, 3)] {
        let case = Case::new().number("n_in", n_in).number("n_out", n_out);
        let yours = case.run(move || answer(n_in, n_out))?;
        let expected = Shapes { dz: (n_out,), x: (n_in,), dw: (n_out, n_in) };
        case.expect_equal("The shape of dz", &expected.dz, &yours.dz).map_err(
            |feedback| {
                feedback
                    .likely(
                        yours.dz == (n_in,),
                        "dz belongs to z, and z has an entry for each output, not \
                         for each input",
                    )
                    .likely(yours.dz == (8,), EXAMPLE)
            },
        )?;
        case.expect_equal("The shape of x", &expected.x, &yours.x).map_err(
            |feedback| {
                feedback.likely(
                    yours.x == (n_out,),
                    "x is what comes into the layer: an entry for each input",
                )
            },
        )?;
        case.expect_equal("The shape of dW", &expected.dw, &yours.dw).map_err(
            |feedback| {
                feedback
                    .likely(
                        yours.dw == (n_in, n_out),
                        "this is the shape of Wᵀ; W has a row for each output, \
                         and dW has the shape of W",
                    )
                    .likely(
                        yours.dw == (n_out, n_out),
                        "dW joins an output with an input: one side is n_out, the \
                         other n_in",
                    )
                    .likely(yours.dw == (16, 8) || yours.dw == (8, 16), EXAMPLE)
                    .likely(
                        yours.dw == (1, n_in) || yours.dw == (n_out, 1),
                        "this is the shape of a single row or column; the outer \
                         product makes a whole matrix",
                    )
            },
        )?;
    }
    Ok(())
}

type WeightGradient =
    fn(&Array2<f64>, &Array1<f64>, &Array1<f64>) -> Result<Array2<f64>, Mismatch>;

/// `fn weight_gradient(w, dz, x) -> Result<Array2<f64>, Mismatch>`
pub fn weight_gradient(answer: WeightGradient) -> Verdict {
    for (dz, x) in [
        (array![1.0, -2.0], array![3.0, 0.5, 2.0]),
        (array![0.0, 1.5, -1.0], array![2.0, -4.0]),
        (array![2.0, -1.0], array![0.25, 3.0]),
        (array![-3.0], array![1.0, 2.0, 0.0, -1.0]),
    ] {
        let w = Array2::from_elem((dz.len(), x.len()), 0.5);
        let case = Case::new().note("W", "all 0.5").input("dz", &dz).input("x", &x);
        let yours = case.run({
            let (w, dz, x) = (w, dz.clone(), x.clone());
            move || answer(&w, &dz, &x)
        })?;
        let yours = yours.map_err(|mismatch| {
            let fits = format!(
                "dz fits the rows of W and x its columns, but you refused them: \
                 {mismatch}."
            );
            case.wrong(fits)
        })?;
        let expected = outer(&dz, &x);
        case.expect("dW", &expected)
            .unless(
                &outer(&x, &dz),
                "you took outer(x, dz), which is the transpose; the rows of dW \
                 belong to dz",
            )
            .unless(
                &outer(&x, &dz)
                    .to_shape((dz.len(), x.len()))
                    .expect("as many numbers"),
                "the numbers of outer(x, dz) in the shape of dW: dz goes down the \
                 rows, x along the columns",
            )
            .unless(
                &-&expected,
                "the sign: the minus comes with the update, not with the gradient",
            )
            .unless(
                &Array2::from_shape_fn(expected.dim(), |(i, _)| dz[i]),
                "you left out x: each entry is dz[i] · x[j]",
            )
            .unless(
                &Array2::from_shape_fn(expected.dim(), |(_, j)| x[j]),
                "you left out dz: each entry is dz[i] · x[j]",
            )
            .unless(
                &Array2::from_shape_fn(expected.dim(), |(i, j)| dz[i] + x[j]),
                "you added where the outer product multiplies",
            )
            .unless(
                &Array2::zeros(expected.dim()),
                "all zeros: is the result ever filled in?",
            )
            .judge(&yours)?;
    }
    refuses_mismatches(answer)
}

fn refuses_mismatches(answer: WeightGradient) -> Verdict {
    for (shape, n_dz, n_x) in [
        ((2, 3), 3, 3),
        ((2, 3), 2, 2),
        ((4, 2), 1, 2),
        ((3, 2), 2, 3),
        ((2, 4), 2, 1),
    ] {
        let (w, dz, x) =
            (Array2::zeros(shape), Array1::ones(n_dz), Array1::ones(n_x));
        let case = Case::new()
            .number("shape of W", shape)
            .number("shape of dz", dz.dim())
            .number("shape of x", x.dim());
        let yours = case.run(move || answer(&w, &dz, &x)).map_err(compare_first)?;
        let expected = if n_dz == shape.0 {
            Mismatch::X { expected: shape.1, found: n_x }
        } else {
            Mismatch::Dz { expected: shape.0, found: n_dz }
        };
        let Err(yours) = yours else {
            let sentence =
                format!("This does not fit and must be refused: {expected}.");
            return Err(case.wrong(sentence).likely(
                true,
                "the shapes are never compared; look at W before you multiply",
            ));
        };
        case.expect_equal("The error", &expected, &yours).map_err(|feedback| {
            let swapped = match yours {
                Mismatch::Dz { expected, found } => {
                    Mismatch::Dz { expected: found, found: expected }
                }
                Mismatch::X { expected, found } => {
                    Mismatch::X { expected: found, found: expected }
                }
                Mismatch::Dw { expected, found } => {
                    Mismatch::Dw { expected: found, found: expected }
                }
            };
            feedback
                .likely(
                    swapped == expected,
                    "expected and found are the wrong way round: W says what is \
                     expected",
                )
                .likely(
                    n_dz != shape.0 && matches!(yours, Mismatch::X { .. }),
                    "look at dz first, then at x; dz fits the rows of W",
                )
        })?;
    }
    Ok(())
}

type Update = fn(&mut Array2<f64>, &Array2<f64>, f64) -> Result<(), Mismatch>;

/// `fn update(w, dw, lr) -> Result<(), Mismatch>`
pub fn update(answer: Update) -> Verdict {
    for (w, dw, lr) in [
        (
            array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
            array![[1.0, 0.0, -1.0], [2.0, -2.0, 0.5]],
            0.25,
        ),
        (array![[1.0, -1.0], [0.5, 2.0]], array![[3.0, 1.0], [-1.0, 4.0]], 0.1),
        (array![[2.0], [1.0]], array![[-1.0], [8.0]], 0.25),
    ] {
        let case = Case::new().input("W", &w).input("dW", &dw).number("lr", lr);
        let (result, yours) = case.run({
            let (mut w, dw) = (w.clone(), dw.clone());
            move || (answer(&mut w, &dw, lr), w)
        })?;
        if let Err(mismatch) = result {
            return Err(case.wrong(format!(
                "dW has the shape of W, but you refused it: {mismatch}."
            )));
        }
        let step = lr * &dw;
        case.expect("W", &(&w - &step))
            .unless(
                &w,
                "W is unchanged; the update writes into the W that it is given",
            )
            .unless(&(&w + &step), "you went uphill: gradient descent subtracts")
            .unless(&(&w - &dw), "you left out the learning rate")
            .unless(&dw, "you replaced W by dW")
            .unless(
                &-&step,
                "you replaced W by the step; the step is added to what W was",
            )
            .unless(&(&w - &(&step * 2.0)), "the step is taken twice")
            .unless(&(&w - &(&dw / lr)), "you divided by the learning rate")
            .unless(&(lr * &(&w - &dw)), "the learning rate belongs to dW alone")
            .judge(&yours)?;
    }
    refuses_other_shapes(answer)
}

fn refuses_other_shapes(answer: Update) -> Verdict {
    for (expected, found) in [
        ((2, 3), (3, 2)),
        ((2, 3), (1, 3)),
        ((3, 2), (3, 1)),
        ((2, 2), (1, 1)),
        ((2, 6), (3, 4)),
    ] {
        let case =
            Case::new().number("shape of W", expected).number("shape of dW", found);
        let (result, w) = case
            .run(move || {
                let mut w = Array2::zeros(expected);
                (answer(&mut w, &Array2::ones(found), 0.5), w)
            })
            .map_err(compare_first)?;
        let mismatch = Mismatch::Dw { expected, found };
        if result.is_ok() {
            let feedback = case.wrong(format!(
                "This does not fit and must be refused: {mismatch}."
            ));
            let broadcast = found.0 == 1 || found.1 == 1;
            return Err(feedback
                .likely(
                    broadcast,
                    "ndarray stretched dW to the shape of W without a word; \
                     compare the shapes yourself",
                )
                .likely(
                    true,
                    "the shapes are never compared, or not both of their sides",
                ));
        }
        case.expect_equal("The result", &Err(mismatch), &result).map_err(
            |feedback| {
                let swapped =
                    Err(Mismatch::Dw { expected: found, found: expected });
                feedback.likely(
                    result == swapped,
                    "expected and found are the wrong way round: W says what is \
                     expected",
                )
            },
        )?;
        case.expect("W", &Array2::zeros(expected)).judge(&w).map_err(
            |feedback| {
                feedback.likely(
                    true,
                    "W changed before the shapes were compared; check first",
                )
            },
        )?;
    }
    Ok(())
}

/// Where shapes don't fit, a panic means that something was computed with them.
fn compare_first(feedback: Box<Feedback>) -> Box<Feedback> {
    let panicked = !feedback.unanswered;
    feedback.likely(
        panicked,
        "these shapes do not fit; compare them before you compute with them, and \
         return the error",
    )
}
