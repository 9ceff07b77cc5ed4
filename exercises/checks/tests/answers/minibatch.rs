use approx::assert_abs_diff_eq;
use checks::minibatch::{self as check, Gradients};
use ndarray::{Array1, Array2, ArrayView1, Axis, array, concatenate};
use no_magic::outer::outer;
use no_magic::{cross_entropy, gradient_check};
use solutions::minibatch as solution;

use crate::{diagnosed, passes, right};

#[test]
fn solutions_pass() {
    passes("minibatch", "batches", || check::batches(solution::batches));
    passes("minibatch", "forward", || check::forward(solution::forward));
    passes("minibatch", "loss_and_gradient", || {
        check::loss_and_gradient(solution::loss_and_gradient)
    });
    passes("minibatch", "gradients", || check::gradients(solution::gradients));
}

#[test]
fn right_batches_written_differently_pass() {
    let right = right("minibatch", "batches", check::batches);
    // As the hint says.
    right(|order, size| {
        let mut batches = Vec::new();
        let mut start = 0;
        while start < order.len() {
            let end = order.len().min(start + size);
            batches.push(order[start..end].to_vec());
            start = end;
        }
        batches
    });
    right(|order, size| {
        let mut batches: Vec<Vec<usize>> = Vec::new();
        for &example in order {
            match batches.last_mut() {
                Some(batch) if batch.len() < size => batch.push(example),
                _ => batches.push(vec![example]),
            }
        }
        batches
    });
}

#[test]
fn right_forwards_written_differently_pass() {
    let right = right("minibatch", "forward", check::forward);
    right(|w, b, x| {
        let mut z = Array2::zeros((x.nrows(), w.nrows()));
        for n in 0..x.nrows() {
            z.row_mut(n).assign(&(w.dot(&x.row(n)) + b));
        }
        z
    });
    right(|w, b, x| {
        // From the bias on, and from the last input to the first: rounded
        // differently.
        Array2::from_shape_fn((x.nrows(), w.nrows()), |(n, i)| {
            let inputs = (0..x.ncols()).rev();
            inputs.fold(b[i], |z, j| z + w[[i, j]] * x[[n, j]])
        })
    });
    right(|w, b, x| {
        let columns = w.dot(&x.t()) + b.view().insert_axis(Axis(1));
        columns.reversed_axes()
    });
}

#[test]
fn right_losses_and_gradients_written_differently_pass() {
    let right = right("minibatch", "loss_and_gradient", check::loss_and_gradient);
    right(|logits, labels| {
        let batch = labels.len() as f64;
        let (mut loss, mut dz) = (0.0, Array2::zeros(logits.dim()));
        for (n, &y) in labels.iter().enumerate() {
            let z = logits.row(n).to_owned();
            loss += cross_entropy::from_logits(&z, y) / batch;
            dz.row_mut(n).assign(&(cross_entropy::gradient(&z, y) / batch));
        }
        (loss, dz)
    });
    right(|logits, labels| {
        // All rows at once, each with the maximum and the sum of its own.
        let max = logits.map_axis(Axis(1), max).insert_axis(Axis(1));
        let shifted = logits - &max;
        let sum = shifted.exp().sum_axis(Axis(1)).insert_axis(Axis(1));
        let ln_yhat = shifted - sum.ln();
        let one_hot = one_hot(logits, labels);
        let share = 1.0 / logits.nrows() as f64;
        let loss = -(&ln_yhat * &one_hot).sum() * share;
        (loss, (ln_yhat.exp() - one_hot) * share)
    });
}

#[test]
fn right_gradients_written_differently_pass() {
    let right = right("minibatch", "gradients", check::gradients);
    right(|w, x, dz| {
        let mut gradients = zeros(w, x);
        for n in 0..x.nrows() {
            gradients.dw += &outer(&dz.row(n).to_owned(), &x.row(n).to_owned());
            gradients.db += &dz.row(n);
            gradients.dx.row_mut(n).assign(&w.t().dot(&dz.row(n)));
        }
        gradients
    });
    right(|w, x, dz| Gradients {
        dw: x.t().dot(dz).reversed_axes(),
        db: dz.t().dot(&Array1::ones(x.nrows())),
        dx: w.t().dot(&dz.t()).reversed_axes(),
    });
}

fn zeros(w: &Array2<f64>, x: &Array2<f64>) -> Gradients {
    Gradients {
        dw: Array2::zeros(w.dim()),
        db: Array1::zeros(w.nrows()),
        dx: Array2::zeros(x.dim()),
    }
}

fn max(z: ArrayView1<'_, f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, &z| max.max(z))
}

fn one_hot(logits: &Array2<f64>, labels: &[usize]) -> Array2<f64> {
    Array2::from_shape_fn(logits.dim(), |(n, class)| f64::from(labels[n] == class))
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_batches_are_diagnosed() {
    let wrong = diagnosed(check::batches);
    wrong(&["empty_if_even"], |order, size| {
        let batch = |i| {
            let (start, end) = (i * size, order.len().min((i + 1) * size));
            order[start..end].to_vec()
        };
        (0..=order.len() / size).map(batch).collect()
    });
    wrong(&["sorted", "short_dropped"], |order, size| {
        let mut rest: Vec<usize> = order.iter().rev().copied().collect();
        rest.sort_by(|a, b| b.cmp(a));
        let mut batches = Vec::new();
        while rest.len() >= size {
            batches.push((0..size).filter_map(|_| rest.pop()).collect());
        }
        batches
    });
    // Shuffled once more, always in the same way.
    wrong(&[], |order, size| {
        let n = order.len();
        let shuffled: Vec<usize> = (0..n).map(|i| order[(7 * i + 3) % n]).collect();
        solution::batches(&shuffled, size)
    });
}

#[test]
fn wrong_forwards_are_diagnosed() {
    let wrong = diagnosed(check::forward);
    wrong(&["not_transposed"], |w, b, x| {
        Array2::from_shape_fn((x.nrows(), w.nrows()), |(n, i)| {
            (0..x.ncols()).fold(b[i], |z, j| z + w[[j, i]] * x[[n, j]])
        })
    });
    wrong(&["no_bias", "relu"], |w, _, x| {
        Array2::from_shape_fn((x.nrows(), w.nrows()), |(n, i)| {
            let z = w.row(i).dot(&x.row(n));
            if z < 0.0 { 0.0 } else { z }
        })
    });
    // Only right where W is square.
    wrong(&[], |w, b, x| {
        Array2::from_shape_fn((x.nrows(), w.ncols()), |(n, i)| {
            let i = i.min(w.nrows() - 1);
            w.row(i).dot(&x.row(n)) + b[i]
        })
    });
}

#[test]
fn wrong_losses_are_diagnosed() {
    let wrong = diagnosed(check::loss_and_gradient);
    wrong(&["one_maximum"], |logits, labels| {
        let max = max(logits.flatten().view());
        let (mut loss, mut dz) = (0.0, (logits - max).exp());
        for (n, &y) in labels.iter().enumerate() {
            let sum = dz.row(n).sum();
            loss += sum.ln() - (logits[[n, y]] - max);
            dz.row_mut(n).mapv_inplace(|exp| exp / sum);
            dz[[n, y]] -= 1.0;
        }
        (loss / labels.len() as f64, dz / labels.len() as f64)
    });
    // The overflow shows in other cases than the missing division.
    wrong(&["overflow_p", "dz_sum"], |logits, labels| {
        let mut dz = logits.mapv(f64::exp);
        let mut loss = 0.0;
        for (mut row, &y) in dz.rows_mut().into_iter().zip(labels) {
            row /= row.sum();
            loss -= row[y].ln() / labels.len() as f64;
            row[y] -= 1.0;
        }
        (loss, dz)
    });
}

#[test]
fn wrong_gradients_are_diagnosed() {
    let wrong = diagnosed(check::gradients);
    wrong(&["dw_db_divided"], |w, x, dz| {
        let mut gradients = solution::gradients(w, x, dz);
        gradients.dw = dz.t().dot(&(x / x.nrows() as f64));
        gradients.db = dz.mean_axis(Axis(0)).unwrap();
        gradients
    });
    wrong(&["dw_last", "db_last"], |w, x, dz| {
        let mut gradients = solution::gradients(w, x, dz);
        for (x, dz) in x.rows().into_iter().zip(dz.rows()) {
            gradients.dw = outer(&dz.to_owned(), &x.to_owned());
            gradients.db = dz.to_owned();
        }
        gradients
    });
    wrong(&["db_over_outputs", "dx_w_transposed"], |w, x, dz| Gradients {
        db: dz.rows().into_iter().map(|dz| dz.sum()).collect(),
        dx: dz.dot(&w.t()),
        ..solution::gradients(w, x, dz)
    });
    // A little weight decay.
    wrong(&[], |w, x, dz| {
        let mut gradients = solution::gradients(w, x, dz);
        gradients.dw.scaled_add(0.01, w);
        gradients
    });
}

/// On paper, and once more with Python's `fractions`:
///
/// ```python
/// F = Fraction
/// W, b = [[F(1), F(0), F(-1)], [F(2), F(1, 2), F(1)]], [F(1, 4), F(-1)]
/// X = [[F(1), F(2), F(3)], [F(0), F(-1), F(2)]]
/// dZ = [[F(1, 2), F(-1, 2)], [F(-1), F(1, 4)]]
/// I = N = (0, 1)
/// print([[sum(w * x for w, x in zip(W[i], X[n])) + b[i] for i in I] for n in N])
/// print([[sum(dZ[n][i] * X[n][j] for n in N) for j in (0, 1, 2)] for i in I])
/// print([sum(dZ[n][i] for n in N) for i in I])
/// print([[sum(dZ[n][i] * W[i][j] for i in I) for j in (0, 1, 2)] for n in N])
/// ```
#[test]
fn a_layer_gives_the_numbers_worked_out_on_paper() {
    let w = array![[1.0, 0.0, -1.0], [2.0, 0.5, 1.0]];
    let b = array![0.25, -1.0];
    let x = array![[1.0, 2.0, 3.0], [0.0, -1.0, 2.0]];
    let dz = array![[0.5, -0.5], [-1.0, 0.25]];
    let z = solution::forward(&w, &b, &x);
    assert_eq!(z, array![[-1.75, 5.0], [-1.75, 0.5]]);
    let gradients = solution::gradients(&w, &x, &dz);
    assert_eq!(gradients.dw, array![[0.5, 2.0, -0.5], [-0.5, -1.25, -1.0]]);
    assert_eq!(gradients.db, array![-0.5, -0.25]);
    assert_eq!(gradients.dx, array![[-0.5, -0.25, -1.0], [-0.5, 0.125, 1.25]]);
}

/// Made with Python's `decimal` in 50 digits, once as here, and once with all
/// logits 1000 larger:
///
/// ```python
/// exp = [[Decimal(z).exp() for z in row] for row in [[1, 0, -1], ["0.5", 2, 0]]]
/// yhat = [[e / sum(row) for e in row] for row in exp]
/// print(float(-(yhat[0][2].ln() + yhat[1][1].ln()) / 2))
/// for row, y in zip(yhat, (2, 1)):
///     print([float((p - (k == y)) / 2) for k, p in enumerate(row)])
/// ```
#[test]
fn the_loss_gives_the_numbers_of_exact_arithmetic() {
    let logits = array![[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]];
    let gradient = array![
        [0.332_620_477_887_41, 0.122_364_235_527_40, -0.454_984_713_414_81],
        [0.082_125_813_812_54, -0.131_937_637_843_70, 0.049_811_824_031_16]
    ];
    for logits in [logits.clone(), logits + 1000.0] {
        let (loss, dz) = solution::loss_and_gradient(&logits, &[2, 1]);
        assert_abs_diff_eq!(loss, 1.356_980_838_336_763_4, epsilon = 1e-13);
        assert_abs_diff_eq!(dz, gradient, epsilon = 1e-13);
    }
}

#[test]
fn finite_differences_agree_with_the_gradients() {
    let w = array![[1.0, 0.0, -1.0], [2.0, 0.5, 1.0]];
    let b = array![0.25, -1.0];
    let x = array![[1.0, 2.0, 0.5], [0.0, -1.0, 2.0], [-1.0, 0.5, 0.25]];
    let labels = [1, 0, 1];
    let loss = |w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>| {
        solution::loss_and_gradient(&solution::forward(w, b, x), &labels)
    };
    let (_, dz) = loss(&w, &b, &x);
    let gradients = solution::gradients(&w, &x, &dz);
    let flat = |w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>| {
        let (w, x) = (w.flatten(), x.flatten());
        concatenate![Axis(0), w, b.view(), x]
    };
    let of_point = |p: &Array1<f64>| {
        let (p_w, rest) = p.view().split_at(Axis(0), w.len());
        let (p_b, p_x) = rest.split_at(Axis(0), b.len());
        let p_w = p_w.to_shape(w.dim()).unwrap().to_owned();
        let p_x = p_x.to_shape(x.dim()).unwrap().to_owned();
        loss(&p_w, &p_b.to_owned(), &p_x).0
    };
    gradient_check::check(
        "W, b, X",
        of_point,
        &flat(&w, &b, &x),
        &flat(&gradients.dw, &gradients.db, &gradients.dx),
        1e-7,
    )
    .unwrap();
}
