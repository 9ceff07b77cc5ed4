use approx::assert_relative_eq;
use checks::batch_norm::{self as check, BatchNorm, Trace};
use ndarray::{Array1, Array2, Axis, array};
use no_magic::gradient_check;
use no_magic::random::standard_normal;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use solutions::batch_norm as solution;

use crate::{passes, rejects, right, wrong};

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
    // The mean of the squares, less the square of the mean.
    right(|norm, x| {
        let mean = x.mean_axis(Axis(0)).unwrap();
        let squares = x.mapv(|x| x * x).mean_axis(Axis(0)).unwrap();
        let variance = squares - mean.mapv(|m| m * m);
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

fn root(variance: &Row, epsilon: f64) -> Row {
    variance.mapv(|v| (v + epsilon).sqrt())
}

fn mean(x: &Matrix) -> Row {
    x.mean_axis(Axis(0)).unwrap()
}

/// Forward, from the statistics and from what makes `x̂` of them.
fn normalized(
    norm: &BatchNorm,
    mean: Row,
    variance: Row,
    x_hat: impl Fn(&Row, &Row) -> Matrix,
) -> (Matrix, Trace) {
    let x_hat = x_hat(&mean, &variance);
    let y = &x_hat * &norm.gamma + &norm.beta;
    let trace = Trace { mean, variance, x_hat };
    (y, trace)
}

#[test]
fn wrong_forwards() {
    let wrong = wrong("batch_norm", "forward", check::forward);
    wrong("over the features", true, |norm, x| {
        let (mean, variance) =
            (x.mean_axis(Axis(1)).unwrap(), x.var_axis(Axis(1), 0.0));
        let x_hat = (&x.t() - &mean) / root(&variance, norm.epsilon);
        let x_hat = x_hat.reversed_axes();
        let y = &x_hat * &norm.gamma + &norm.beta;
        (y, Trace { mean, variance, x_hat })
    });
    wrong("over everything", true, |norm, x| {
        let all = |number| Row::from_elem(x.ncols(), number);
        normalized(
            norm,
            all(x.mean().unwrap()),
            all(x.var(0.0)),
            |mean, variance| (x - mean) / root(variance, norm.epsilon),
        )
    });
    wrong("the variance of everything", true, |norm, x| {
        let variance = Row::from_elem(x.ncols(), x.var(0.0));
        normalized(norm, mean(x), variance, |mean, variance| {
            (x - mean) / root(variance, norm.epsilon)
        })
    });
    wrong("sums for means", true, |norm, x| {
        normalized(
            norm,
            x.sum_axis(Axis(0)),
            x.var_axis(Axis(0), 0.0),
            |mean, variance| (x - mean) / root(variance, norm.epsilon),
        )
    });
    wrong("the unbiased variance", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 1.0), |mean, variance| {
            (x - mean) / root(variance, norm.epsilon)
        })
    });
    wrong("the unbiased variance in the root alone", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 0.0), |mean, _| {
            (x - mean) / root(&x.var_axis(Axis(0), 1.0), norm.epsilon)
        })
    });
    wrong("the standard deviation is kept", true, |norm, x| {
        normalized(norm, mean(x), x.std_axis(Axis(0), 0.0), |mean, deviation| {
            (x - mean) / root(&(deviation * deviation), norm.epsilon)
        })
    });
    wrong("epsilon is kept in the variance", true, |norm, x| {
        let variance = x.var_axis(Axis(0), 0.0) + norm.epsilon;
        normalized(norm, mean(x), variance, |mean, variance| {
            (x - mean) / variance.sqrt()
        })
    });
    wrong("the mean is not subtracted from the squares", true, |norm, x| {
        normalized(norm, mean(x), mean(&(x * x)), |mean, variance| {
            (x - mean) / root(variance, norm.epsilon)
        })
    });
    wrong("epsilon is outside of the root", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 0.0), |mean, variance| {
            (x - mean) / (variance.sqrt() + norm.epsilon)
        })
    });
    wrong("epsilon is forgotten", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 0.0), |mean, variance| {
            (x - mean) / variance.sqrt()
        })
    });
    wrong("the root is forgotten", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 0.0), |mean, variance| {
            (x - mean) / (variance + norm.epsilon)
        })
    });
    wrong("the mean is not subtracted", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 0.0), |_, variance| {
            x / &root(variance, norm.epsilon)
        })
    });
    wrong("only centered", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 0.0), |mean, _| x - mean)
    });
    wrong("the sign is flipped", true, |norm, x| {
        normalized(norm, mean(x), x.var_axis(Axis(0), 0.0), |mean, variance| {
            (mean - x) / root(variance, norm.epsilon)
        })
    });
    wrong("the running statistics", true, |norm, x| {
        let (mean, variance) =
            (norm.running_mean.clone(), norm.running_variance.clone());
        normalized(norm, mean, variance, |mean, variance| {
            (x - mean) / root(variance, norm.epsilon)
        })
    });
    wrong("gamma is forgotten", true, |norm, x| {
        let (_, trace) = solution::forward(norm, x);
        (&trace.x_hat + &norm.beta, trace)
    });
    wrong("beta is forgotten", true, |norm, x| {
        let (_, trace) = solution::forward(norm, x);
        (&trace.x_hat * &norm.gamma, trace)
    });
    wrong("gamma and beta are forgotten", true, |norm, x| {
        let (_, trace) = solution::forward(norm, x);
        (trace.x_hat.clone(), trace)
    });
    wrong("gamma and beta are swapped", true, |norm, x| {
        let (_, trace) = solution::forward(norm, x);
        (&trace.x_hat * &norm.beta + &norm.gamma, trace)
    });
    wrong("gamma scales beta as well", true, |norm, x| {
        let (_, trace) = solution::forward(norm, x);
        ((&trace.x_hat + &norm.beta) * &norm.gamma, trace)
    });
    wrong("y is kept for x hat", true, |norm, x| {
        let (y, trace) = solution::forward(norm, x);
        let x_hat = y.clone();
        (y, Trace { x_hat, ..trace })
    });
    wrong("the numbers of the first case", true, |norm, _| {
        let first = BatchNorm {
            gamma: array![2.0, -0.5],
            beta: array![0.5, 3.0],
            epsilon: 2.0,
            ..norm.clone()
        };
        solution::forward(&first, &array![[1.0, 0.0], [4.0, 3.0], [4.0, -6.0]])
    });
    wrong("not a number for a single example", true, |norm, x| {
        let n = x.nrows() as f64;
        let (y, trace) = solution::forward(norm, x);
        let variance = x.var_axis(Axis(0), 0.0) * (n / (n - 1.0)) * ((n - 1.0) / n);
        (y, Trace { variance, ..trace })
    });
}

#[test]
fn statistics_that_do_not_fit_are_told() {
    let verdict = check::forward(|norm, x| {
        let (mean, variance) =
            (x.mean_axis(Axis(1)).unwrap(), x.var_axis(Axis(1), 0.0));
        normalized(norm, mean, variance, |mean, variance| {
            (x - mean) / root(variance, norm.epsilon)
        })
    });
    let feedback = verdict.unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    let mistake = feedback.mistake.unwrap();
    assert!(mistake.starts_with("a row of numbers did not fit"), "{mistake}");
}

/// Moved by a share of the way.
fn moved(old: &Row, new: &Row, share: f64) -> Row {
    old + &(share * (new - old))
}

fn unbiased(trace: &Trace) -> Row {
    let n = trace.x_hat.nrows() as f64;
    &trace.variance * (n / (n - 1.0))
}

#[test]
fn wrong_observations() {
    let wrong = |mistake, named, answer| {
        rejects("batch_norm", "observe", mistake, named, || {
            check::observe(answer, solution::predict)
        });
    };
    wrong("nothing is written", true, |_, _| {});
    wrong("momentum is the share of the old", true, |norm, trace| {
        let share = 1.0 - norm.momentum;
        norm.running_mean = moved(&norm.running_mean, &trace.mean, share);
        norm.running_variance =
            moved(&norm.running_variance, &unbiased(trace), share);
    });
    wrong("the old one is forgotten", true, |norm, trace| {
        norm.running_mean.assign(&trace.mean);
        norm.running_variance = unbiased(trace);
    });
    wrong("the old one does not fade", true, |norm, trace| {
        norm.running_mean.scaled_add(norm.momentum, &trace.mean);
        norm.running_variance.scaled_add(norm.momentum, &unbiased(trace));
    });
    wrong("the new one counts whole", true, |norm, trace| {
        norm.running_mean *= 1.0 - norm.momentum;
        norm.running_mean += &trace.mean;
        norm.running_variance *= 1.0 - norm.momentum;
        norm.running_variance += &unbiased(trace);
    });
    wrong("the sign is flipped", true, |norm, trace| {
        norm.running_mean = moved(&norm.running_mean, &trace.mean, -norm.momentum);
        norm.running_variance =
            moved(&norm.running_variance, &unbiased(trace), -norm.momentum);
    });
    wrong("always a tenth", true, |norm, trace| {
        norm.running_mean = moved(&norm.running_mean, &trace.mean, 0.1);
        norm.running_variance =
            moved(&norm.running_variance, &unbiased(trace), 0.1);
    });
    wrong("the variance stays", true, |norm, trace| {
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
    });
    wrong("the biased variance", true, |norm, trace| {
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
        norm.running_variance =
            moved(&norm.running_variance, &trace.variance, norm.momentum);
    });
    wrong("the factor is upside down", true, |norm, trace| {
        let n = trace.x_hat.nrows() as f64;
        let smaller = &trace.variance * ((n - 1.0) / n);
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
        norm.running_variance =
            moved(&norm.running_variance, &smaller, norm.momentum);
    });
    wrong("divided twice", true, |norm, trace| {
        let n = trace.x_hat.nrows() as f64;
        let smaller = &trace.variance / (n - 1.0);
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
        norm.running_variance =
            moved(&norm.running_variance, &smaller, norm.momentum);
    });
    wrong("features are counted", true, |norm, trace| {
        let n = trace.x_hat.ncols() as f64;
        let other = &trace.variance * (n / (n - 1.0));
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
        norm.running_variance =
            moved(&norm.running_variance, &other, norm.momentum);
    });
    wrong("the standard deviation", true, |norm, trace| {
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
        norm.running_variance =
            moved(&norm.running_variance, &unbiased(trace).sqrt(), norm.momentum);
    });
    wrong("epsilon is added", true, |norm, trace| {
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
        let new = unbiased(trace) + norm.epsilon;
        norm.running_variance = moved(&norm.running_variance, &new, norm.momentum);
    });
    wrong("right only for a batch of four", false, |norm, trace| {
        norm.running_mean = moved(&norm.running_mean, &trace.mean, norm.momentum);
        let new = &trace.variance * (4.0 / 3.0);
        norm.running_variance = moved(&norm.running_variance, &new, norm.momentum);
    });
    wrong("gamma and beta change", true, |norm, trace| {
        solution::observe(norm, trace);
        norm.gamma.fill(1.0);
        norm.beta.fill(0.0);
    });
}

#[test]
fn wrong_predictions() {
    let wrong = |mistake: &str, named, answer| {
        let mistake = format!("predict {mistake}");
        rejects("batch_norm", "observe", &mistake, named, || {
            check::observe(solution::observe, answer)
        });
    };
    wrong("uses the batch", true, |norm, x| solution::forward(norm, x).0);
    wrong("uses the mean of the batch", true, |norm, x| {
        (x - &mean(x)) / root(&norm.running_variance, norm.epsilon) * &norm.gamma
            + &norm.beta
    });
    wrong("uses the variance of the batch", true, |norm, x| {
        let root = root(&x.var_axis(Axis(0), 0.0), norm.epsilon);
        (x - &norm.running_mean) / root * &norm.gamma + &norm.beta
    });
    wrong("has epsilon outside of the root", true, |norm, x| {
        let root = norm.running_variance.sqrt() + norm.epsilon;
        (x - &norm.running_mean) / root * &norm.gamma + &norm.beta
    });
    wrong("forgets epsilon", true, |norm, x| {
        let root = norm.running_variance.sqrt();
        (x - &norm.running_mean) / root * &norm.gamma + &norm.beta
    });
    wrong("forgets the root", true, |norm, x| {
        let variance = &norm.running_variance + norm.epsilon;
        (x - &norm.running_mean) / variance * &norm.gamma + &norm.beta
    });
    wrong("forgets gamma", true, |norm, x| {
        (x - &norm.running_mean) / root(&norm.running_variance, norm.epsilon)
            + &norm.beta
    });
    wrong("forgets beta", true, |norm, x| {
        (x - &norm.running_mean) / root(&norm.running_variance, norm.epsilon)
            * &norm.gamma
    });
    wrong("does not normalize", true, |norm, x| x * &norm.gamma + &norm.beta);
}

#[test]
fn the_function_to_edit_is_named() {
    let verdict = check::observe(solution::observe, |_, x| x.clone());
    assert_eq!(verdict.unwrap_err().function, Some("predict"));
}

/// `dx` from the three terms, before the root.
fn terms(norm: &BatchNorm, trace: &Trace, dy: &Matrix) -> [Matrix; 3] {
    let dx_hat = dy * &norm.gamma;
    let shift = Matrix::zeros(dy.dim()) + mean(&dx_hat);
    let stretch = &trace.x_hat * &mean(&(&dx_hat * &trace.x_hat));
    [dx_hat, shift, stretch]
}

#[test]
fn wrong_backwards() {
    let wrong = wrong("batch_norm", "backward", check::backward);
    wrong("dgamma without x hat", true, |norm, trace, dy| {
        let (_, dbeta, dx) = solution::backward(norm, trace, dy);
        (dbeta.clone(), dbeta, dx)
    });
    wrong("dgamma and dbeta are swapped", true, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (dbeta, dgamma, dx)
    });
    wrong("dgamma is a mean", true, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (dgamma / dy.nrows() as f64, dbeta, dx)
    });
    wrong("dgamma is summed over the features", true, |norm, trace, dy| {
        let (_, dbeta, dx) = solution::backward(norm, trace, dy);
        ((dy * &trace.x_hat).sum_axis(Axis(1)), dbeta, dx)
    });
    wrong("dgamma with gamma", true, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (dgamma * &norm.gamma, dbeta, dx)
    });
    wrong("dgamma with x", true, |norm, trace, dy| {
        let (_, dbeta, dx) = solution::backward(norm, trace, dy);
        let x = &trace.x_hat * &root(&trace.variance, norm.epsilon) + &trace.mean;
        ((dy * &x).sum_axis(Axis(0)), dbeta, dx)
    });
    wrong("dgamma has the sign flipped", true, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (-dgamma, dbeta, dx)
    });
    wrong("dbeta is a mean", true, |norm, trace, dy| {
        let (dgamma, _, dx) = solution::backward(norm, trace, dy);
        (dgamma, mean(dy), dx)
    });
    wrong("dbeta is summed over the features", true, |norm, trace, dy| {
        let (dgamma, _, dx) = solution::backward(norm, trace, dy);
        (dgamma, dy.sum_axis(Axis(1)), dx)
    });
    wrong("dbeta with gamma", true, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (dgamma, dbeta * &norm.gamma, dx)
    });
    wrong("statistics are taken for constants", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let [dx_hat, _, _] = terms(norm, trace, dy);
        (dgamma, dbeta, dx_hat / root(&trace.variance, norm.epsilon))
    });
    wrong("without the mean", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let [dx_hat, _, stretch] = terms(norm, trace, dy);
        (dgamma, dbeta, (dx_hat - stretch) / root(&trace.variance, norm.epsilon))
    });
    wrong("without the variance", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let [dx_hat, shift, _] = terms(norm, trace, dy);
        (dgamma, dbeta, (dx_hat - shift) / root(&trace.variance, norm.epsilon))
    });
    wrong("gamma is forgotten", true, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (dgamma, dbeta, dx / &norm.gamma)
    });
    wrong("gamma is in the first term alone", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let n = dy.nrows() as f64;
        let rest = dy * &norm.gamma - &dbeta / n - &trace.x_hat * &(&dgamma / n);
        (dgamma, dbeta, rest / root(&trace.variance, norm.epsilon))
    });
    wrong("sums for means", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let rest = dy - &dbeta - &trace.x_hat * &dgamma;
        let scale = &norm.gamma / root(&trace.variance, norm.epsilon);
        (dgamma, dbeta, rest * scale)
    });
    wrong("right only for a batch of two", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let rest = dy - &dbeta / 2.0 - &trace.x_hat * &(&dgamma / 2.0);
        let scale = &norm.gamma / root(&trace.variance, norm.epsilon);
        (dgamma, dbeta, rest * scale)
    });
    wrong("divided by one less", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let n = dy.nrows() as f64 - 1.0;
        let rest = dy - &dbeta / n - &trace.x_hat * &(&dgamma / n);
        let scale = &norm.gamma / root(&trace.variance, norm.epsilon);
        (dgamma, dbeta, rest * scale)
    });
    wrong("the last term without its x hat", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let n = dy.nrows() as f64;
        let rest = dy - &dbeta / n - &dgamma / n;
        let scale = &norm.gamma / root(&trace.variance, norm.epsilon);
        (dgamma, dbeta, rest * scale)
    });
    wrong("the terms are added", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let [dx_hat, shift, stretch] = terms(norm, trace, dy);
        let whole = dx_hat + shift + stretch;
        (dgamma, dbeta, whole / root(&trace.variance, norm.epsilon))
    });
    wrong("the root is forgotten", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let [dx_hat, shift, stretch] = terms(norm, trace, dy);
        (dgamma, dbeta, dx_hat - shift - stretch)
    });
    wrong("the variance for its root", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let [dx_hat, shift, stretch] = terms(norm, trace, dy);
        let whole = dx_hat - shift - stretch;
        (dgamma, dbeta, whole / (&trace.variance + norm.epsilon))
    });
    wrong("epsilon is forgotten", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let [dx_hat, shift, stretch] = terms(norm, trace, dy);
        (dgamma, dbeta, (dx_hat - shift - stretch) / trace.variance.sqrt())
    });
    wrong("the sign is flipped", true, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (dgamma, dbeta, -dx)
    });
    wrong("dy is handed on", true, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        (dgamma, dbeta, dy.clone())
    });
    wrong("the terms are over the features", false, |norm, trace, dy| {
        let (dgamma, dbeta, _) = solution::backward(norm, trace, dy);
        let dx_hat = dy * &norm.gamma;
        let over = |x: &Matrix| x.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1));
        let stretch = &trace.x_hat * &over(&(&dx_hat * &trace.x_hat));
        let whole = &dx_hat - &over(&dx_hat) - stretch;
        (dgamma, dbeta, whole / root(&trace.variance, norm.epsilon))
    });
    wrong("not a number", false, |norm, trace, dy| {
        let (dgamma, dbeta, dx) = solution::backward(norm, trace, dy);
        (dgamma, dbeta, dx / 0.0 * 0.0)
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

/// Made with mpmath 1.3 and 50 digits, by `mp.diff` of `sum(dy * y)` in each
/// number, so that no formula for the gradient was needed.
#[test]
fn the_gradients_are_those_of_many_digits() {
    let norm = norm(array![1.5, -0.5], array![0.25, 1.0], 1e-5);
    let x = array![[1.0, -2.0], [0.5, 0.25], [3.0, -1.5], [-0.75, 4.0]];
    let dy = array![[1.0, -0.5], [2.0, 1.0], [-1.0, 0.25], [0.5, 3.0]];
    let (_, trace) = solution::forward(&norm, &x);
    let (dgamma, dbeta, dx) = solution::backward(&norm, &trace, &dy);
    let expected = array![-2.753_324_093_053_452, 5.169_944_451_789_809];
    assert_relative_eq!(dgamma, expected, max_relative = 1e-13);
    assert_eq!(dbeta, array![2.5, 3.75]);
    let expected = array![
        [0.451_843_610_245_699_63, 0.050_249_992_348_607_98],
        [1.279_432_760_769_706, -0.005_986_554_589_492_795],
        [-0.637_343_975_605_523_9, -0.050_735_583_795_214_31],
        [-1.093_932_395_409_881_6, 0.006_472_146_036_099_126]
    ];
    assert_relative_eq!(dx, expected, max_relative = 1e-11);
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
