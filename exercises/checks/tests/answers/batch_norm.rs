use approx::assert_relative_eq;
use checks::batch_norm::{self as check, BatchNorm, Trace};
use ndarray::{Array1, Array2, Axis, array};
use no_magic::gradient_check;
use no_magic::random::standard_normal;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use solutions::batch_norm as solution;

use crate::{diagnosed, passes, right};

type Row = Array1<f64>;
type Matrix = Array2<f64>;

#[test]
fn solutions_pass() {
    passes("batch_norm", "forward", || check::forward(solution::forward));
    passes("batch_norm", "observe", || {
        check::observe(solution::observe, solution::predict)
    });
    passes("batch_norm", "backward", || check::backward(solution::backward));
}

#[test]
fn right_forwards_written_differently_pass() {
    let right = right("batch_norm", "forward", check::forward);
    right(|norm, x| {
        let (batch, features) = x.dim();
        let n = batch as f64;
        let (mut mean, mut variance) = (Row::zeros(features), Row::zeros(features));
        let (mut x_hat, mut y) = (Matrix::zeros(x.dim()), Matrix::zeros(x.dim()));
        for j in 0..features {
            for i in 0..batch {
                mean[j] += x[[i, j]] / n;
            }
            for i in 0..batch {
                variance[j] += (x[[i, j]] - mean[j]).powi(2) / n;
            }
            for i in 0..batch {
                let root = (variance[j] + norm.epsilon).sqrt();
                x_hat[[i, j]] = (x[[i, j]] - mean[j]) / root;
                y[[i, j]] = x_hat[[i, j]] * norm.gamma[j] + norm.beta[j];
            }
        }
        let trace = Trace { mean, variance, x_hat };
        (y, trace)
    });
    // Scale and shift are put together, and the variance is that of Welford.
    right(|norm, x| {
        let mut mean = Row::zeros(x.ncols());
        let mut squares = Row::zeros(x.ncols());
        for (n, row) in (1..).zip(x.rows()) {
            let distance = &row - &mean;
            mean.scaled_add(1.0 / f64::from(n), &distance);
            squares += &(distance * (&row - &mean));
        }
        let variance = squares / x.nrows() as f64;
        let factor = variance.mapv(|v| (v + norm.epsilon).powf(-0.5));
        let x_hat = (x - &mean) * &factor;
        let y = x * &(&factor * &norm.gamma)
            + (&norm.beta - &mean * &factor * &norm.gamma);
        let trace = Trace { mean, variance, x_hat };
        (y, trace)
    });
}

#[test]
fn right_observations_written_differently_pass() {
    let right = |observe, predict| {
        passes("batch_norm", "observe", || check::observe(observe, predict));
    };
    right(
        |norm, trace| {
            let n = trace.x_hat.len_of(Axis(0)) as f64;
            let keep = 1.0 - norm.momentum;
            norm.running_mean =
                keep * &norm.running_mean + norm.momentum * &trace.mean;
            let sum = n * &trace.variance;
            norm.running_variance =
                keep * &norm.running_variance + norm.momentum * sum / (n - 1.0);
        },
        |norm, x| {
            let mut y = x - &norm.running_mean;
            y /= &(&norm.running_variance + norm.epsilon).sqrt();
            y *= &norm.gamma;
            y += &norm.beta;
            y
        },
    );
    right(
        |norm, trace| {
            let n = trace.x_hat.nrows() as f64;
            for j in 0..trace.mean.len() {
                norm.running_mean[j] *= 1.0 - norm.momentum;
                norm.running_mean[j] += norm.momentum * trace.mean[j];
                let unbiased = trace.variance[j] / (1.0 - 1.0 / n);
                norm.running_variance[j] *= 1.0 - norm.momentum;
                norm.running_variance[j] += norm.momentum * unbiased;
            }
        },
        |norm, x| {
            Matrix::from_shape_fn(x.dim(), |(i, j)| {
                let root = (norm.running_variance[j] + norm.epsilon).sqrt();
                (x[[i, j]] - norm.running_mean[j]) * (norm.gamma[j] / root)
                    + norm.beta[j]
            })
        },
    );
}

#[test]
fn right_backwards_written_differently_pass() {
    let right = right("batch_norm", "backward", check::backward);
    // Through the mean and the variance one by one, as in algorithm 1 of the paper.
    right(|norm, trace, dy| {
        let n = dy.nrows() as f64;
        let inverse = trace.variance.mapv(|v| 1.0 / (v + norm.epsilon).sqrt());
        let centered = &trace.x_hat / &inverse;
        let dx_hat = dy * &norm.gamma;
        let dvariance = (&dx_hat * &centered).sum_axis(Axis(0))
            * inverse.mapv(|inverse| -0.5 * inverse.powi(3));
        let dmean = -(&dx_hat * &inverse).sum_axis(Axis(0));
        let dx = dx_hat * &inverse + centered * (2.0 / n * &dvariance) + dmean / n;
        let dgamma = (dy * &trace.x_hat).sum_axis(Axis(0));
        (dgamma, dy.sum_axis(Axis(0)), dx)
    });
    // The whole matrix of derivatives, example by example.
    right(|norm, trace, dy| {
        let (batch, features) = dy.dim();
        let n = batch as f64;
        let (mut dgamma, mut dbeta) = (Row::zeros(features), Row::zeros(features));
        let mut dx = Matrix::zeros(dy.dim());
        for j in 0..features {
            let root = (trace.variance[j] + norm.epsilon).sqrt();
            for i in 0..batch {
                dgamma[j] += dy[[i, j]] * trace.x_hat[[i, j]];
                dbeta[j] += dy[[i, j]];
                for k in 0..batch {
                    let same = f64::from(i == k);
                    let through = trace.x_hat[[i, j]] * trace.x_hat[[k, j]];
                    let slope = (same - 1.0 / n - through / n) / root;
                    dx[[i, j]] += norm.gamma[j] * dy[[k, j]] * slope;
                }
            }
        }
        (dgamma, dbeta, dx)
    });
}

fn mean(x: &Matrix) -> Row {
    x.mean_axis(Axis(0)).unwrap()
}

fn root(variance: &Row, epsilon: f64) -> Row {
    (variance + epsilon).sqrt()
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_forwards_are_diagnosed() {
    let wrong = diagnosed(check::forward);
    wrong(&["variance_unbiased", "no_beta"], |norm, x| {
        let (mean, variance) = (mean(x), x.var_axis(Axis(0), 1.0));
        let mut y = x - &mean;
        y /= &root(&variance, norm.epsilon);
        let x_hat = y.clone();
        y *= &norm.gamma;
        (y, Trace { mean, variance, x_hat })
    });
    // It fits square batches, but goes the wrong way.
    wrong(&["of_examples_unfit"], |norm, x| {
        let mean = x.mean_axis(Axis(1)).unwrap();
        let variance = x.var_axis(Axis(1), 0.0);
        let x_hat = (x - &mean) / root(&variance, norm.epsilon);
        (&x_hat * &norm.gamma + &norm.beta, Trace { mean, variance, x_hat })
    });
}

#[test]
fn wrong_observations_are_diagnosed() {
    let wrong = diagnosed(|answer| check::observe(answer, solution::predict));
    wrong(&["factor_on_everything"], |norm, trace| {
        let n = trace.x_hat.nrows() as f64;
        let share = norm.momentum;
        norm.running_mean += &((&trace.mean - &norm.running_mean) * share);
        norm.running_variance +=
            &((&trace.variance - &norm.running_variance) * share);
        norm.running_variance *= n / (n - 1.0);
    });
    wrong(&["biased", "factor_on_mean"], |norm, trace| {
        let n = trace.x_hat.nrows() as f64;
        norm.running_mean *= 1.0 - norm.momentum;
        norm.running_mean.scaled_add(norm.momentum * n / (n - 1.0), &trace.mean);
        norm.running_variance *= 1.0 - norm.momentum;
        norm.running_variance.scaled_add(norm.momentum, &trace.variance);
    });
    // Right for a batch of four.
    wrong(&[], |norm, trace| {
        let share = norm.momentum;
        norm.running_mean += &(share * (&trace.mean - &norm.running_mean));
        let unbiased = &trace.variance * 4.0 / 3.0;
        norm.running_variance += &(share * (unbiased - &norm.running_variance));
    });
}

#[test]
fn wrong_predictions_are_diagnosed() {
    let wrong = diagnosed(|answer| check::observe(solution::observe, answer));
    wrong(&["of_batch"], |norm, x| solution::forward(norm, x).0);
    wrong(&["epsilon_outside", "no_gamma_no_beta"], |norm, x| {
        Matrix::from_shape_fn(x.dim(), |(i, j)| {
            let root = norm.running_variance[j].sqrt() + norm.epsilon;
            (x[[i, j]] - norm.running_mean[j]) / root
        })
    });
}

#[test]
fn the_function_to_edit_is_named() {
    let verdict = check::observe(solution::observe, |_, x| x.clone());
    assert_eq!(verdict.unwrap_err().function, Some("predict"));
}

#[test]
fn wrong_backwards_are_diagnosed() {
    let wrong = diagnosed(check::backward);
    // The chain rule step by step, with x̂ for x - mean.
    wrong(&["variance_divided_twice"], |norm, trace, dy| {
        let n = dy.nrows() as f64;
        let root = root(&trace.variance, norm.epsilon);
        let dx_hat = dy * &norm.gamma;
        let dvariance = (&dx_hat * &trace.x_hat).sum_axis(Axis(0)) * -0.5
            / root.mapv(|root| root.powi(3));
        let dmean = -(&dx_hat / &root).sum_axis(Axis(0));
        let dx = &dx_hat / &root + &trace.x_hat * (2.0 * dvariance / n) + dmean / n;
        ((dy * &trace.x_hat).sum_axis(Axis(0)), dy.sum_axis(Axis(0)), dx)
    });
    wrong(&["dgamma_mean", "divided_twice_in_variance"], |norm, trace, dy| {
        let n = dy.nrows() as f64;
        let dbeta = dy.sum_axis(Axis(0));
        let dgamma = mean(&(dy * &trace.x_hat));
        let scale = &norm.gamma / root(&trace.variance, norm.epsilon);
        let rest = dy - &dbeta / n - &trace.x_hat * &(&dgamma / n);
        (dgamma, dbeta, rest * scale)
    });
}

fn norm(gamma: Row, beta: Row, epsilon: f64) -> BatchNorm {
    BatchNorm {
        running_mean: Row::zeros(gamma.len()),
        running_variance: Row::ones(gamma.len()),
        momentum: 0.1,
        gamma,
        beta,
        epsilon,
    }
}

/// Exact, by Python's `Fraction`, through mean and variance one by one. For each
/// column, with the distances `d` to the mean and the root `s`, here 2 and 4:
///
/// ```python
/// dxh = [g * a for a in dy]
/// dv = sum(a * b for a, b in zip(dxh, d)) * F(-1, 2) / s**3
/// dm = -sum(dxh) / s
/// dx = [a / s + dv * 2 * b / n + dm / n for a, b in zip(dxh, d)]
/// ```
#[test]
fn the_gradients_are_the_exact_ones() {
    let norm = norm(array![2.0, -0.5], array![0.5, 3.0], 2.0);
    let x = array![[1.0, 0.0], [4.0, 3.0], [4.0, -6.0]];
    let (y, trace) = solution::forward(&norm, &x);
    assert_eq!(y, array![[-1.5, 2.875], [1.5, 2.5], [1.5, 3.625]]);
    assert_eq!(trace.variance, array![2.0, 14.0]);

    let dy = array![[1.0, -2.0], [0.5, 3.0], [2.0, 1.0]];
    let (dgamma, dbeta, dx) = solution::backward(&norm, &trace, &dy);
    assert_relative_eq!(dgamma, array![0.25, 1.25], max_relative = 1e-14);
    assert_relative_eq!(dbeta, array![3.5, 2.0], max_relative = 1e-14);
    let expected = array![
        [-1.0 / 12.0, 133.0 / 384.0],
        [-17.0 / 24.0, -23.0 / 96.0],
        [19.0 / 24.0, -41.0 / 384.0]
    ];
    assert_relative_eq!(dx, expected, max_relative = 1e-13);
}

#[test]
fn the_gradients_are_those_of_finite_differences() {
    for seed in 0..3 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut random = |rows| {
            Matrix::from_shape_simple_fn((rows, 3), || standard_normal(&mut rng))
        };
        let (x, dy, learned) = (random(5), random(5), random(2));
        let norm = |gamma: Row, beta: Row| norm(gamma, beta, 0.01);
        let loss = |p: &Row| {
            let p = p.to_shape((7, 3)).unwrap();
            let (learned, x) = p.view().split_at(Axis(0), 2);
            let norm = norm(learned.row(0).to_owned(), learned.row(1).to_owned());
            (solution::forward(&norm, &x.to_owned()).0 * &dy).sum()
        };
        let norm = norm(learned.row(0).to_owned(), learned.row(1).to_owned());
        let (_, trace) = solution::forward(&norm, &x);
        let (dgamma, dbeta, dx) = solution::backward(&norm, &trace, &dy);
        let at: Row = learned.iter().chain(&x).copied().collect();
        let gradient: Row =
            dgamma.iter().chain(&dbeta).chain(&dx).copied().collect();
        gradient_check::check("gradients", loss, &at, &gradient, 1e-6).unwrap();
    }
}

/// By hand: the mean is 20 and the squares sum up to 200, so the unbiased variance
/// is 100.
#[test]
fn the_running_statistics_are_those_on_paper() {
    let mut norm = norm(array![1.0], array![0.0], 0.0);
    let (_, trace) = solution::forward(&norm, &array![[10.0], [20.0], [30.0]]);
    solution::observe(&mut norm, &trace);
    assert_relative_eq!(norm.running_mean[0], 2.0, max_relative = 1e-15);
    assert_relative_eq!(norm.running_variance[0], 10.9, max_relative = 1e-15);
    let y = solution::predict(&norm, &array![[2.0 + 10.9_f64.sqrt()]]);
    assert_relative_eq!(y[[0, 0]], 1.0, max_relative = 1e-15);
}
