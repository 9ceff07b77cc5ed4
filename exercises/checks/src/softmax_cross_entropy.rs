//! Checks of the exercise `softmax_cross_entropy`: the gradient of the two
//! together, step by step.

use std::f64::consts::LN_2;

use ndarray::{Array1, Array2, ArrayView1, Axis, array};
use no_magic::cross_entropy;
use no_magic::softmax::{log_softmax, softmax};

use crate::Verdict;
use crate::case::Case;

/// `fn loss_gradient(yhat, c) -> Array1<f64>`
pub fn loss_gradient(answer: fn(&Array1<f64>, usize) -> Array1<f64>) -> Verdict {
    for (yhat, c) in [
        (array![0.5, 0.3, 0.2], 1),
        (array![0.1, 0.2, 0.3, 0.4], 3),
        (array![0.75, 0.25], 0),
        (array![1e-6, 0.4, 0.599_999], 0),
    ] {
        let case = Case::new().input("yhat", &yhat).number("c", c);
        let yours = case.run({
            let yhat = yhat.clone();
            move || answer(&yhat, c)
        })?;
        let (n, p) = (yhat.len(), yhat[c]);
        let at_c = |value: f64| one_hot(n, c) * value;
        let two_classes = Array1::from_shape_fn(n, |i| {
            if i == c { -1.0 / p } else { 1.0 / (1.0 - yhat[i]) }
        });
        case.expect("dL/dŷ", &gradient_of_loss(&yhat, c))
            .unless(
                &at_c(1.0 / p),
                "the minus of -ln is lost: a larger ŷ[c] makes the loss smaller",
            )
            .unless(
                &at_c(-p.ln()),
                "this is the loss itself; what is its derivative?",
            )
            .unless(
                &at_c(p.ln()),
                "this is the logarithm itself; what is its derivative?",
            )
            .unless(
                &yhat.mapv(|p| -1.0 / p),
                "the loss looks at ŷ[c] alone; how much can another probability \
                 change it?",
            )
            .unless(
                &Array1::from_elem(n, -1.0 / p),
                "the loss looks at ŷ[c] alone; how much can another probability \
                 change it?",
            )
            .unless(
                &(&yhat - &one_hot(n, c)),
                "this is dL/dz, where the exercise ends; here the softmax has no \
                 say yet",
            )
            .unless(
                &two_classes,
                "this belongs to the loss of independent yes-or-no answers; here \
                 L is -ln(ŷ[c]) and nothing else",
            )
            .unless(
                &at_c(-1.0),
                "the size is missing: the derivative of ln depends on where you \
                 are",
            )
            .unless(&at_c(-p), "the derivative of ln at ŷ[c] is not ŷ[c]")
            .unless(
                &at_c(-1.0 / (p * p)),
                "one derivative too many: L is a logarithm, not a reciprocal",
            )
            .unless(
                &at_c(1.0 / (p * p)),
                "one derivative too many: L is a logarithm, not a reciprocal",
            )
            .unless(
                &at_c(-1.0 / (p + 1e-7)),
                "the 1e-7 is a crutch for printing losses; this L has none",
            )
            .unless(
                &at_c(-1.0 / (p * LN_2)),
                "this belongs to the logarithm to the base 2; take the natural one",
            )
            .unless(
                &(one_hot(n, 0) * (-1.0 / yhat[0])),
                "you took class 0 instead of class c",
            )
            .unless(
                &(one_hot(n, n - 1) * (-1.0 / yhat[n - 1])),
                "you took the last class instead of class c",
            )
            .unless(
                &gradient_of_loss(&softmax(&yhat), c),
                "ŷ is softmax(z) already; you applied softmax again",
            )
            .unless(
                &Array1::zeros(n),
                "all zeros: is the entry of class c ever filled in?",
            )
            .unless(
                &(-one_hot(n, c) / (&yhat * &one_hot(n, c))),
                "0 / 0 is not a number; divide at class c only",
            )
            .unless(
                &array![-1.0 / p],
                "a gradient has the shape of what it is the gradient of: an entry \
                 for each probability",
            )
            .judge(&yours)?;
    }
    Ok(())
}

/// `fn softmax_jacobian(yhat) -> Array2<f64>`
pub fn softmax_jacobian(answer: fn(&Array1<f64>) -> Array2<f64>) -> Verdict {
    for yhat in [
        array![0.5, 0.3, 0.2],
        array![0.1, 0.2, 0.3, 0.4],
        array![0.9, 0.1],
        array![0.25, 0.25, 0.25, 0.25],
        array![1.0, 0.0, 0.0],
    ] {
        let case = Case::new().input("yhat", &yhat);
        let yours = case.run({
            let yhat = yhat.clone();
            move || answer(&yhat)
        })?;
        let n = yhat.len();
        let table = |entry: fn(f64, f64, f64) -> f64| {
            Array2::from_shape_fn((n, n), |(i, j)| {
                entry(yhat[i], yhat[j], if i == j { 1.0 } else { 0.0 })
            })
        };
        let jacobian = jacobian(&yhat);
        case.expect("J", &jacobian)
            .unless(
                &-&jacobian,
                "every sign is flipped: a larger z[i] makes ŷ[i] larger, and the \
                 others smaller",
            )
            .unless(
                &table(|p, q, _| -p * q),
                "the diagonal: where i = j, z[j] is in the numerator of ŷ[i] as \
                 well",
            )
            .unless(
                &table(|p, q, delta| -p * q * (1.0 - delta)),
                "the diagonal is empty, but a score does change its own \
                 probability",
            )
            .unless(
                &table(|p, _, delta| delta * p * (1.0 - p)),
                "only the diagonal is there, but every score is in the \
                 denominator of every probability",
            )
            .unless(
                &table(|p, _, delta| delta * p),
                "only a part of the diagonal is there; the denominator depends on \
                 the scores, too",
            )
            .unless(
                &table(|p, q, _| p * q),
                "the sign and the diagonal: a larger z[j] makes the other \
                 probabilities smaller",
            )
            .unless(
                &table(|p, q, delta| p * q * (1.0 - delta) + delta * p * (1.0 - p)),
                "the sign beside the diagonal: a larger z[j] makes the other \
                 probabilities smaller",
            )
            .unless(
                &table(|p, q, delta| p * (delta + q)),
                "the sign of the second term: the denominator's derivative comes \
                 with a minus",
            )
            .unless(
                &table(|p, q, _| p * (1.0 - q)),
                "you treat i ≠ j as if it were i = j; z[j] is in the numerator of \
                 ŷ[i] only where i = j",
            )
            .unless(
                &table(|p, _, _| p * (1.0 - p)),
                "you treat i ≠ j as if it were i = j; z[j] is in the numerator of \
                 ŷ[i] only where i = j",
            )
            .unless(
                &table(|_, q, delta| delta - q),
                "a factor is missing: after the quotient rule, ŷ[i] can be taken \
                 out of both terms",
            )
            .unless(
                &table(|p, q, delta| delta - p * q),
                "the diagonal: exp(z[i]) is its own derivative, so over the \
                 denominator it is ŷ[i], not 1",
            )
            .unless(
                &table(|p, q, delta| p * (1.0 - delta - q)),
                "0 and 1 of the δ are swapped: it is 1 where i = j",
            )
            .unless(
                &self::jacobian(&softmax(&yhat)),
                "ŷ is softmax(z) already; you applied softmax again",
            )
            .unless(
                &Array2::zeros((n, n)),
                "all zeros: is the result ever filled in?",
            )
            .unless(
                &(&yhat * &(1.0 - &yhat)),
                "only the diagonal is there: J has a row for each ŷ[i] and a \
                 column for each z[j]",
            )
            .judge(&yours)
            .map_err(|feedback| {
                feedback.likely(
                    yours.dim() != (n, n),
                    "J has a row for each ŷ[i] and a column for each z[j]",
                )
            })?;
    }
    Ok(())
}

/// `fn chain_rule(loss_gradient, jacobian) -> Array1<f64>`
pub fn chain_rule(
    answer: fn(&Array1<f64>, &Array2<f64>) -> Array1<f64>,
) -> Verdict {
    let yhat = array![0.5, 0.25, 0.25];
    for (gradient, matrix) in [
        (
            array![2.0, -1.0, 0.5],
            array![[1.5, 2.0, -1.0], [0.5, -1.0, 3.0], [-3.0, 1.0, 4.0]],
        ),
        (gradient_of_loss(&yhat, 1), jacobian(&yhat)),
        (array![2.0, -1.0], array![[1.0, 0.0, -3.0], [4.0, 0.5, 2.0]]),
        (
            array![1.0, 0.5, -3.0, 2.0],
            array![[1.0, 2.0], [-2.0, 4.0], [0.0, 1.0], [3.0, -0.5]],
        ),
    ] {
        let case = Case::new().input("dL/dŷ", &gradient).input("J", &matrix);
        let yours = case
            .run({
                let (gradient, matrix) = (gradient.clone(), matrix.clone());
                move || answer(&gradient, &matrix)
            })
            .map_err(|feedback| {
                feedback.likely(
                    !matrix.is_square(),
                    "J need not be square: it has a row for each ŷ[i] and a \
                     column for each z[j]",
                )
            })?;
        let terms = &matrix * &gradient.view().insert_axis(Axis(1));
        let expected = terms.sum_axis(Axis(0));
        let sums = &matrix + &gradient.view().insert_axis(Axis(1));
        let diagonal = Array1::from_iter(terms.diag().iter().copied());
        let mut expectation = case
            .expect("dL/dz", &expected)
            .unless(
                &product(&matrix, &gradient),
                "this is J · dL/dŷ, which sums over the scores; the paths lead \
                 through the probabilities",
            )
            .unless(
                &terms.sum_axis(Axis(1)),
                "the sum goes along the rows of J; which index does dL/dz[j] keep?",
            )
            .unless(
                &-&expected,
                "the sign: the chain rule brings no minus of its own",
            )
            .unless(
                &diagonal,
                "only the diagonal of J is used, but z[j] reaches the loss \
                 through every ŷ[i]",
            )
            .unless(
                &sums.sum_axis(Axis(0)),
                "you added dL/dŷ where the chain rule multiplies",
            )
            .unless(
                &(matrix.sum_axis(Axis(0)) * gradient.sum()),
                "multiply each dL/dŷ[i] with its own row before you add up; the \
                 product of the sums is something else",
            )
            .unless(&matrix.sum_axis(Axis(0)), "dL/dŷ is left out")
            .unless(
                &(&expected / gradient.len() as f64),
                "you took the mean; the paths from z[j] to the loss add up",
            )
            .unless(
                &terms.map_axis(Axis(0), |terms| terms.product()),
                "you multiplied the paths; they add up",
            )
            .unless(&gradient, "this is dL/dŷ, unchanged; J is left out");
        for row in terms.rows() {
            expectation = expectation.unless(
                &row,
                "only one row of J is used, but z[j] reaches the loss through \
                 every ŷ[i]",
            );
        }
        expectation.judge(&yours).map_err(|feedback| {
            feedback.likely(
                yours.len() != expected.len(),
                "the result needs an entry for each z[j], that is, for each \
                 column of J",
            )
        })?;
    }
    Ok(())
}

/// `fn simplified(z, c) -> Array1<f64>`
pub fn simplified(answer: fn(&Array1<f64>, usize) -> Array1<f64>) -> Verdict {
    for (z, c) in [
        (array![1.0, 2.0, 3.0], 1),
        (array![0.5, -2.0, 1.5, 0.0], 3),
        (array![-1.0, 3.0], 0),
        (array![1000.0, 1001.0, 1002.0], 2),
        (array![-1000.0, -1001.0, -1002.0], 0),
        (array![0.0, -2000.0], 1),
    ] {
        let yhat = softmax(&z);
        let long = long_way(&yhat, c);
        let survives = long.iter().all(|entry| entry.is_finite());
        let case = Case::new().input("z", &z).number("c", c).note(
            "long way",
            if survives {
                "the three steps before, Jᵀ dL/dŷ, give the expected numbers"
            } else {
                "the three steps before fail: they divide by ŷ[c], which has \
                 become 0"
            },
        );
        let yours = case.run({
            let z = z.clone();
            move || answer(&z, c)
        })?;
        let expected =
            if survives { long.clone() } else { cross_entropy::gradient(&z, c) };
        let n = z.len();
        let target = one_hot(n, c);
        let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
        let exp = z.mapv(f64::exp);
        let shifted = z.mapv(|z| (z - max).exp());
        case.expect("dL/dz", &expected)
            .unless(
                &(&exp / exp.sum() - &target),
                "exp(z) leaves the range of an f64; take the maximum of z out \
                 first",
            )
            .unless(
                &(shifted / exp.sum() - &target),
                "the maximum is taken out of the numerator, but not of the sum",
            )
            .unless(
                &long,
                "the long way divides by ŷ[c], which has become 0 here; on paper, \
                 ŷ[c] cancels",
            )
            .unless(
                &-&expected,
                "the sign: at class c the gradient is negative, because a larger \
                 z[c] makes the loss smaller",
            )
            .unless(&yhat, "this is ŷ alone; the right class is missing")
            .unless(&(&expected - &target), "the 1 is subtracted twice")
            .unless(&(&yhat + &target), "the 1 is added; it has to be subtracted")
            .unless(
                &(&z - &target),
                "softmax is missing: these are the scores, not their probabilities",
            )
            .unless(
                &(&yhat - &one_hot(n, 0)),
                "you took class 0 instead of class c",
            )
            .unless(
                &(&yhat - &one_hot(n, n - 1)),
                "you took the last class instead of class c",
            )
            .unless(&yhat.mapv(|p| p - 1.0), "the 1 belongs to class c alone")
            .unless(
                &(&expected * &target),
                "only class c is there, but the loss also wants the other scores \
                 to sink",
            )
            .unless(
                &(&expected / n as f64),
                "divided by the number of classes, but this is no mean",
            )
            .unless(
                &(log_softmax(&z) - &target),
                "this starts from the logarithm of softmax; start from softmax",
            )
            .unless(&(softmax(&yhat) - &target), "softmax is applied twice")
            .unless(
                &gradient_of_loss(&yhat, c),
                "this is dL/dŷ, only the first step of the long way",
            )
            .judge(&yours)?;
    }
    Ok(())
}

fn one_hot(n: usize, c: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| if i == c { 1.0 } else { 0.0 })
}

fn gradient_of_loss(yhat: &Array1<f64>, c: usize) -> Array1<f64> {
    Array1::from_shape_fn(yhat.len(), |i| if i == c { -1.0 / yhat[c] } else { 0.0 })
}

fn jacobian(yhat: &Array1<f64>) -> Array2<f64> {
    Array2::from_diag(yhat) - &yhat.view().insert_axis(Axis(1)) * yhat
}

/// `matrix · vector`, as far as the two fit.
fn product(matrix: &Array2<f64>, vector: &Array1<f64>) -> Array1<f64> {
    let entry =
        |row: ArrayView1<'_, f64>| row.iter().zip(vector).map(|(a, b)| a * b).sum();
    matrix.rows().into_iter().map(entry).collect()
}

fn long_way(yhat: &Array1<f64>, c: usize) -> Array1<f64> {
    gradient_of_loss(yhat, c).dot(&jacobian(yhat))
}
