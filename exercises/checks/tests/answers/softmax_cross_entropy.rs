use approx::assert_abs_diff_eq;
use checks::softmax_cross_entropy as check;
use ndarray::{Array1, Array2, ArrayView1, Axis, array};
use no_magic::softmax::{log_softmax, softmax};
use no_magic::{cross_entropy, gradient_check};
use solutions::softmax_cross_entropy as solution;

use crate::{passes, right, wrong};

#[test]
fn solutions_pass() {
    passes("softmax_cross_entropy", "loss_gradient", || {
        check::loss_gradient(solution::loss_gradient)
    });
    passes("softmax_cross_entropy", "softmax_jacobian", || {
        check::softmax_jacobian(solution::softmax_jacobian)
    });
    passes("softmax_cross_entropy", "chain_rule", || {
        check::chain_rule(solution::chain_rule)
    });
    passes("softmax_cross_entropy", "simplified", || {
        check::simplified(solution::simplified)
    });
}

#[test]
fn right_loss_gradients_written_differently_pass() {
    let right =
        right("softmax_cross_entropy", "loss_gradient", check::loss_gradient);
    right(|yhat, c| -one_hot(yhat.len(), c) / yhat);
    right(|yhat, c| {
        (0..yhat.len())
            .map(|i| if i == c { -yhat[i].recip() } else { 0.0 })
            .collect()
    });
}

#[test]
fn right_jacobians_written_differently_pass() {
    let right =
        right("softmax_cross_entropy", "softmax_jacobian", check::softmax_jacobian);
    right(|yhat| {
        let column = yhat.view().insert_axis(Axis(1));
        Array2::from_diag(yhat) - column.dot(&yhat.view().insert_axis(Axis(0)))
    });
    right(|yhat| {
        let n = yhat.len();
        let mut jacobian = Array2::zeros((n, n));
        for j in 0..n {
            for i in 0..n {
                jacobian[[i, j]] = if i == j {
                    yhat[i] - yhat[i] * yhat[i]
                } else {
                    -(yhat[j] * yhat[i])
                };
            }
        }
        jacobian
    });
}

#[test]
fn right_chain_rules_written_differently_pass() {
    let right = right("softmax_cross_entropy", "chain_rule", check::chain_rule);
    right(|gradient, jacobian| gradient.dot(jacobian));
    right(|gradient, jacobian| {
        let mut result = Array1::zeros(jacobian.ncols());
        for i in (0..jacobian.nrows()).rev() {
            for j in 0..jacobian.ncols() {
                result[j] += jacobian[[i, j]] * gradient[i];
            }
        }
        result
    });
}

#[test]
fn right_simplifications_written_differently_pass() {
    let right = right("softmax_cross_entropy", "simplified", check::simplified);
    right(|z, c| softmax(z) - one_hot(z.len(), c));
    right(|z, c| {
        let mut gradient = log_softmax(z).mapv(f64::exp);
        gradient[c] = -(1.0 - gradient[c]);
        gradient
    });
}

fn one_hot(n: usize, c: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| if i == c { 1.0 } else { 0.0 })
}

#[test]
fn finite_differences_agree_with_the_loss_gradient() {
    let yhat = array![0.5, 0.3, 0.2];
    for c in 0..3 {
        let gradient = solution::loss_gradient(&yhat, c);
        let loss = |yhat: &Array1<f64>| -yhat[c].ln();
        gradient_check::check("dL/dŷ", loss, &yhat, &gradient, 1e-8).unwrap();
    }
}

#[test]
fn finite_differences_agree_with_the_jacobian() {
    let z = array![0.5, -1.0, 2.0, 0.0];
    let jacobian = solution::softmax_jacobian(&softmax(&z));
    for (i, row) in jacobian.rows().into_iter().enumerate() {
        let probability = |z: &Array1<f64>| softmax(z)[i];
        gradient_check::check("dŷ/dz", probability, &z, &row.to_owned(), 1e-8)
            .unwrap();
    }
}

#[test]
fn finite_differences_agree_with_the_chain_rule() {
    // ŷ = [z₀ z₁, z₁², z₀ + z₁] has a Jacobian that is not even square.
    let yhat = |z: &Array1<f64>| array![z[0] * z[1], z[1] * z[1], z[0] + z[1]];
    let z = array![2.0, 3.0];
    let jacobian = array![[3.0, 2.0], [0.0, 6.0], [1.0, 1.0]];
    let gradient =
        solution::chain_rule(&solution::loss_gradient(&yhat(&z), 0), &jacobian);
    let loss = |z: &Array1<f64>| -yhat(z)[0].ln();
    gradient_check::check("dL/dz", loss, &z, &gradient, 1e-8).unwrap();
}

#[test]
fn finite_differences_agree_with_both_ways() {
    let z = array![0.5, -1.0, 2.0, 0.0];
    let yhat = softmax(&z);
    for c in 0..4 {
        let loss = |z: &Array1<f64>| cross_entropy::from_logits(z, c);
        let long = solution::chain_rule(
            &solution::loss_gradient(&yhat, c),
            &solution::softmax_jacobian(&yhat),
        );
        let short = solution::simplified(&z, c);
        gradient_check::check("long way", loss, &z, &long, 1e-8).unwrap();
        gradient_check::check("short way", loss, &z, &short, 1e-8).unwrap();
    }
}

#[test]
fn numbers_worked_out_on_paper_agree() {
    // ŷ = [1/2, 1/4, 1/4] and c = 1, in exact fractions.
    let yhat = array![0.5, 0.25, 0.25];
    let gradient = solution::loss_gradient(&yhat, 1);
    let jacobian = solution::softmax_jacobian(&yhat);
    assert_eq!(gradient, array![0.0, -4.0, 0.0]);
    assert_eq!(
        jacobian * 16.0,
        array![[4.0, -2.0, -2.0], [-2.0, 3.0, -1.0], [-2.0, -1.0, 3.0]]
    );
    let matrix = array![[1.0, 0.0, -3.0], [4.0, 0.5, 2.0]];
    let product = solution::chain_rule(&array![2.0, -1.0], &matrix);
    assert_eq!(product, array![-2.0, -0.5, -8.0]);
}

#[test]
fn numbers_from_forty_digits_agree() {
    // Python's decimal with 40 digits: e = [exp(1), exp(2), exp(3)], S = sum(e),
    // and the quotient rule as it stands, (δ e[i] S - e[i] e[j]) / S²; then Σ over
    // i of g[i] J[i][j] for c = 1.
    let z = array![1.0, 2.0, 3.0];
    let yhat = softmax(&z);
    let jacobian = array![
        [0.081925069064993, -0.022033044520174, -0.059892024544819],
        [-0.022033044520174, 0.184836446509979, -0.162803401989804],
        [-0.059892024544819, -0.162803401989804, 0.222695426534623]
    ];
    let short = array![0.090030573170380, -0.755271528945202, 0.665240955774822];
    assert_abs_diff_eq!(
        solution::softmax_jacobian(&yhat),
        jacobian,
        epsilon = 1e-14
    );
    let gradient = solution::loss_gradient(&yhat, 1);
    assert_abs_diff_eq!(gradient[1], -4.086161269630488, epsilon = 1e-14);
    assert_abs_diff_eq!(
        solution::chain_rule(&gradient, &jacobian),
        short,
        epsilon = 1e-14
    );
    assert_abs_diff_eq!(solution::simplified(&z, 1), short, epsilon = 1e-14);
}

#[test]
fn the_squared_error_learns_next_to_nothing_from_a_sure_mistake() {
    let (z, c) = (array![10.0, -10.0], 1);
    let yhat = softmax(&z);
    let of_squared_error = 2.0 * (&yhat - &one_hot(2, c));
    let squared =
        solution::chain_rule(&of_squared_error, &solution::softmax_jacobian(&yhat));
    assert!(squared.iter().all(|entry| entry.abs() < 1e-8));
    assert!(solution::simplified(&z, c).iter().all(|entry| entry.abs() > 0.99));
}

#[test]
fn wrong_loss_gradients() {
    let wrong =
        wrong("softmax_cross_entropy", "loss_gradient", check::loss_gradient);
    wrong("the sign is flipped", true, |yhat, c| one_hot(yhat.len(), c) / yhat);
    wrong("the loss for its derivative", true, |yhat, c| {
        one_hot(yhat.len(), c) * -yhat[c].ln()
    });
    wrong("every class counts", true, |yhat, _| -1.0 / yhat);
    wrong("the entry of c everywhere", true, |yhat, c| {
        Array1::from_elem(yhat.len(), -1.0 / yhat[c])
    });
    wrong("the whole way at once", true, |yhat, c| yhat - &one_hot(yhat.len(), c));
    wrong("the loss of yes or no", true, |yhat, c| {
        let y = one_hot(yhat.len(), c);
        (yhat - &y) / (yhat * &(1.0 - yhat))
    });
    wrong("minus one hot", true, |yhat, c| -one_hot(yhat.len(), c));
    wrong("minus the probability", true, |yhat, c| -one_hot(yhat.len(), c) * yhat);
    wrong("derived twice", true, |yhat, c| one_hot(yhat.len(), c) / (yhat * yhat));
    wrong("the crutch of the printed loss", true, |yhat, c| {
        -one_hot(yhat.len(), c) / (yhat + 1e-7)
    });
    wrong("class 0", true, |yhat, _| -one_hot(yhat.len(), 0) / yhat[0]);
    wrong("the last class", true, |yhat, _| {
        let last = yhat.len() - 1;
        -one_hot(yhat.len(), last) / yhat[last]
    });
    wrong("softmax again", true, |yhat, c| -one_hot(yhat.len(), c) / softmax(yhat));
    wrong("the base is 2", true, |yhat, c| {
        -one_hot(yhat.len(), c) / (yhat * 2_f64.ln())
    });
    wrong("the expected values typed in", true, |_, _| {
        array![0.0, -1.0 / 0.3, 0.0]
    });
    wrong("only the entry of c", true, |yhat, c| array![-1.0 / yhat[c]]);
    wrong("zero divided by zero", true, |yhat, c| {
        let y = one_hot(yhat.len(), c);
        -&y / (yhat * &y)
    });
}

#[test]
fn wrong_jacobians() {
    let wrong =
        wrong("softmax_cross_entropy", "softmax_jacobian", check::softmax_jacobian);
    wrong("the diagonal is like the rest", true, |yhat| -outer(yhat));
    wrong("the diagonal is empty", true, |yhat| {
        Array2::from_diag(&(yhat * yhat)) - outer(yhat)
    });
    wrong("only the diagonal", true, |yhat| {
        Array2::from_diag(&(yhat * &(1.0 - yhat)))
    });
    wrong("only the numerator", true, Array2::from_diag);
    wrong("the sign is flipped", true, |yhat| {
        outer(yhat) - Array2::from_diag(yhat)
    });
    wrong("plus for minus", true, |yhat| Array2::from_diag(yhat) + outer(yhat));
    wrong("plus beside the diagonal", true, |yhat| {
        table(yhat, |p, q, same| if same { p * (1.0 - p) } else { p * q })
    });
    wrong("one case for both", true, |yhat| table(yhat, |p, q, _| p * (1.0 - q)));
    wrong("a factor is missing", true, |yhat| {
        table(yhat, |_, q, same| f64::from(u8::from(same)) - q)
    });
    wrong("one for the probability on the diagonal", true, |yhat| {
        Array2::eye(yhat.len()) - outer(yhat)
    });
    wrong("delta is the wrong way round", true, |yhat| {
        table(yhat, |p, q, same| p * (f64::from(u8::from(!same)) - q))
    });
    wrong("softmax again", true, |yhat| solution::softmax_jacobian(&softmax(yhat)));
    wrong("the expected values typed in", true, |_| {
        array![[0.25, -0.15, -0.1], [-0.15, 0.21, -0.06], [-0.1, -0.06, 0.16]]
    });
    wrong("a single row", true, |yhat| (yhat * &(1.0 - yhat)).insert_axis(Axis(0)));
    wrong("right only for three classes", true, |yhat| {
        Array2::from_shape_fn((3, 3), |(i, j)| {
            yhat[i] * (if i == j { 1.0 } else { 0.0 } - yhat[j])
        })
    });
    wrong("divided by a probability of zero", false, |yhat| {
        solution::softmax_jacobian(yhat) / yhat * yhat
    });
}

fn outer(yhat: &Array1<f64>) -> Array2<f64> {
    table(yhat, |p, q, _| p * q)
}

fn table(yhat: &Array1<f64>, entry: fn(f64, f64, bool) -> f64) -> Array2<f64> {
    Array2::from_shape_fn((yhat.len(), yhat.len()), |(i, j)| {
        entry(yhat[i], yhat[j], i == j)
    })
}

#[test]
fn wrong_chain_rules() {
    let wrong = wrong("softmax_cross_entropy", "chain_rule", check::chain_rule);
    wrong("not transposed", true, |gradient, jacobian| {
        let product = |row: ArrayView1<'_, f64>| {
            row.iter().zip(gradient).map(|(j, g)| j * g).sum()
        };
        jacobian.rows().into_iter().map(product).collect()
    });
    wrong("transposed only where it is square", true, |gradient, jacobian| {
        if jacobian.is_square() {
            jacobian.t().dot(gradient)
        } else {
            jacobian.sum_axis(Axis(1)) * gradient
        }
    });
    wrong("the sum along the rows", true, |gradient, jacobian| {
        jacobian.sum_axis(Axis(1)) * gradient
    });
    wrong("the sign is flipped", true, |gradient, jacobian| {
        -gradient.dot(jacobian)
    });
    wrong("only the diagonal", true, |gradient, jacobian| {
        jacobian.diag().to_owned() * gradient
    });
    wrong("only one row", true, |gradient, jacobian| {
        let c = gradient.iter().position(|&g| g != 0.0).unwrap();
        &jacobian.row(c) * gradient[c]
    });
    wrong("a sum for the product", true, |gradient, jacobian| {
        let column = gradient.view().insert_axis(Axis(1));
        (jacobian + &column).sum_axis(Axis(0))
    });
    wrong("a product for the sum", true, |gradient, jacobian| {
        let column = gradient.view().insert_axis(Axis(1));
        (jacobian * &column).map_axis(Axis(0), |terms| terms.product())
    });
    wrong("the product of the sums", true, |gradient, jacobian| {
        jacobian.sum_axis(Axis(0)) * gradient.sum()
    });
    wrong("a mean for the sum", true, |gradient, jacobian| {
        gradient.dot(jacobian) / gradient.len() as f64
    });
    wrong("the gradient of the loss is left out", true, |_, jacobian| {
        jacobian.sum_axis(Axis(0))
    });
    wrong("the Jacobian is left out", true, |gradient, _| gradient.clone());
    wrong("as many results as probabilities", true, |gradient, jacobian| {
        let mut result = gradient.dot(jacobian).to_vec();
        result.resize(gradient.len(), 0.0);
        result.into()
    });
}

#[test]
fn a_chain_rule_that_panics_is_told_that_jacobians_need_not_be_square() {
    let feedback = checks::judge("softmax_cross_entropy", "chain_rule", || {
        check::chain_rule(|gradient, jacobian| {
            let n = jacobian.ncols();
            (0..n)
                .map(|j| (0..n).map(|i| gradient[i] * jacobian[[i, j]]).sum())
                .collect()
        })
    });
    let feedback = feedback.unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    assert!(feedback.mistake.unwrap().starts_with("J need not be square"));
}

#[test]
fn wrong_simplifications() {
    let wrong = wrong("softmax_cross_entropy", "simplified", check::simplified);
    wrong("exp overflows", true, |z, c| {
        let exp = z.mapv(f64::exp);
        &exp / exp.sum() - one_hot(z.len(), c)
    });
    wrong("the long way", true, |z, c| {
        let yhat = softmax(z);
        solution::chain_rule(
            &solution::loss_gradient(&yhat, c),
            &solution::softmax_jacobian(&yhat),
        )
    });
    wrong("the sign is flipped", true, |z, c| one_hot(z.len(), c) - softmax(z));
    wrong("the right class is forgotten", true, |z, _| softmax(z));
    wrong("one hot is subtracted twice", true, |z, c| {
        softmax(z) - 2.0 * one_hot(z.len(), c)
    });
    wrong("one hot is added", true, |z, c| softmax(z) + one_hot(z.len(), c));
    wrong("softmax is forgotten", true, |z, c| z - &one_hot(z.len(), c));
    wrong("class 0", true, |z, _| softmax(z) - one_hot(z.len(), 0));
    wrong("the last class", true, |z, _| {
        softmax(z) - one_hot(z.len(), z.len() - 1)
    });
    wrong("one is subtracted everywhere", true, |z, _| softmax(z) - 1.0);
    wrong("only the right class", true, |z, c| {
        (softmax(z) - 1.0) * one_hot(z.len(), c)
    });
    wrong("divided by the number of classes", true, |z, c| {
        (softmax(z) - one_hot(z.len(), c)) / z.len() as f64
    });
    wrong("the logarithm of softmax", true, |z, c| {
        log_softmax(z) - one_hot(z.len(), c)
    });
    wrong("softmax twice", true, |z, c| softmax(&softmax(z)) - one_hot(z.len(), c));
    wrong("only the first step", true, |z, c| {
        solution::loss_gradient(&softmax(z), c)
    });
    wrong("the expected values typed in", true, |_, _| {
        array![0.09003057317038046, -0.7552715289452023, 0.6652409557748219]
    });
    wrong("the maximum is forgotten in the sum", true, |z, c| {
        let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
        z.mapv(|z| (z - max).exp()) / z.mapv(f64::exp).sum() - one_hot(z.len(), c)
    });
}
