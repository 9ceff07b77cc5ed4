use approx::assert_abs_diff_eq;
use checks::softmax_cross_entropy as check;
use ndarray::{Array1, Array2, Axis, array};
use no_magic::softmax::{log_softmax, softmax};
use no_magic::{cross_entropy, gradient_check};
use solutions::softmax_cross_entropy as solution;

use crate::{diagnosed, passes, right};

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
}

#[test]
fn right_jacobians_written_differently_pass() {
    let right =
        right("softmax_cross_entropy", "softmax_jacobian", check::softmax_jacobian);
    right(|yhat| {
        let column = yhat.view().insert_axis(Axis(1));
        Array2::from_diag(yhat) - column.dot(&yhat.view().insert_axis(Axis(0)))
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
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_loss_gradients_are_diagnosed() {
    let wrong = diagnosed(check::loss_gradient);
    wrong(&["yes_or_no"], |yhat, c| {
        let y = one_hot(yhat.len(), c);
        (yhat - &y) / (yhat * &(1.0 - yhat))
    });
    wrong(&["sign", "epsilon_7"], |yhat, c| one_hot(yhat.len(), c) / (yhat + 1e-7));
    // The numbers of the first case.
    wrong(&[], |_, _| array![0.0, -1.0 / 0.3, 0.0]);
}

#[test]
fn wrong_jacobians_are_diagnosed() {
    let wrong = diagnosed(check::softmax_jacobian);
    wrong(&["diagonal_like_rest"], |yhat| {
        let column = yhat.view().insert_axis(Axis(1));
        -column.dot(&column.t())
    });
    wrong(&["factor"], |yhat| Array2::eye(yhat.len()) - yhat);
    wrong(&["diagonal_one", "beside_sign"], |yhat| {
        let column = yhat.view().insert_axis(Axis(1));
        let mut jacobian = column.dot(&column.t());
        jacobian.diag_mut().mapv_inplace(|square| 1.0 - square);
        jacobian
    });
    // 0 / 0, where a probability is 0.
    wrong(&[], |yhat| solution::softmax_jacobian(yhat) / yhat * yhat);
}

#[test]
fn wrong_chain_rules_are_diagnosed() {
    let wrong = diagnosed(check::chain_rule);
    wrong(&["not_transposed_if_square"], |gradient, jacobian| {
        if jacobian.ncols() == gradient.len() {
            jacobian.dot(gradient)
        } else {
            gradient.dot(jacobian)
        }
    });
    wrong(&["negative", "mean"], |gradient, jacobian| {
        -gradient.dot(jacobian) / gradient.len() as f64
    });
    // The paths alternate in sign.
    wrong(&[], |gradient, jacobian| {
        let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        let signs = Array1::from_shape_fn(gradient.len(), sign);
        (gradient * signs).dot(jacobian)
    });
}

#[test]
fn wrong_simplifications_are_diagnosed() {
    let wrong = diagnosed(check::simplified);
    wrong(&["overflow"], |z, c| {
        let mut gradient = z.mapv(f64::exp);
        gradient /= gradient.sum();
        gradient[c] -= 1.0;
        gradient
    });
    wrong(&["long_way"], |z, c| {
        let yhat = softmax(z);
        solution::chain_rule(
            &solution::loss_gradient(&yhat, c),
            &solution::softmax_jacobian(&yhat),
        )
    });
    wrong(&["maximum_of_0", "sign"], |z, c| {
        let max = z.fold(0.0, |max: f64, &z| max.max(z));
        let exp = z.mapv(|z| (z - max).exp());
        let sum = exp.sum();
        one_hot(z.len(), c) - exp / sum
    });
    // Softmax of half the scores.
    wrong(&[], |z, c| softmax(&(z / 2.0)) - one_hot(z.len(), c));
}
