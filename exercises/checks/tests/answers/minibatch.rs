use approx::assert_abs_diff_eq;
use checks::minibatch::{self as check, Gradients};
use ndarray::{Array1, Array2, ArrayView1, Axis, array, concatenate};
use no_magic::outer::outer;
use no_magic::softmax::{log_softmax, softmax};
use no_magic::{cross_entropy, gradient_check};
use solutions::minibatch as solution;

use crate::{passes, rejects, right, wrong};

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
    right(|mut order, size| {
        let mut batches = Vec::new();
        while !order.is_empty() {
            let (batch, rest) = order.split_at(size.min(order.len()));
            batches.push(batch.to_vec());
            order = rest;
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
    right(|logits, labels| {
        let losses = labels.iter().enumerate().rev();
        let losses: Array1<f64> = losses
            .map(|(n, &y)| -log_softmax(&logits.row(n).to_owned())[y])
            .collect();
        let mut dz = yhat(logits);
        for (n, &y) in labels.iter().enumerate() {
            dz[[n, y]] -= 1.0;
            for class in 0..logits.ncols() {
                dz[[n, class]] /= labels.len() as f64;
            }
        }
        (losses.mean().expect("an example"), dz)
    });
}

#[test]
fn right_gradients_written_differently_pass() {
    let right = right("minibatch", "gradients", check::gradients);
    right(|w, x, dz| {
        let mut gradients = zeros(w, x);
        for n in 0..x.nrows() {
            gradients.dw += &dw_of(n, x, dz);
            gradients.db += &dz.row(n);
            gradients.dx.row_mut(n).assign(&w.t().dot(&dz.row(n)));
        }
        gradients
    });
    right(|w, x, dz| {
        let mut gradients = zeros(w, x);
        for n in (0..x.nrows()).rev() {
            for i in 0..w.nrows() {
                gradients.db[i] += dz[[n, i]];
                for j in 0..w.ncols() {
                    gradients.dw[[i, j]] += x[[n, j]] * dz[[n, i]];
                    gradients.dx[[n, j]] += w[[i, j]] * dz[[n, i]];
                }
            }
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

/// What example `n` says of `dW`.
fn dw_of(n: usize, x: &Array2<f64>, dz: &Array2<f64>) -> Array2<f64> {
    outer(&dz.row(n).to_owned(), &x.row(n).to_owned())
}

fn max(z: ArrayView1<'_, f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, &z| max.max(z))
}

fn yhat(logits: &Array2<f64>) -> Array2<f64> {
    let mut yhat = logits.clone();
    for mut row in yhat.rows_mut() {
        let probabilities = softmax(&row.to_owned());
        row.assign(&probabilities);
    }
    yhat
}

fn one_hot(logits: &Array2<f64>, labels: &[usize]) -> Array2<f64> {
    Array2::from_shape_fn(logits.dim(), |(n, class)| f64::from(labels[n] == class))
}

/// `-ln` of each example's right probability.
fn losses(yhat: &Array2<f64>, labels: &[usize]) -> Array1<f64> {
    let examples = labels.iter().enumerate();
    examples.map(|(n, &y)| -yhat[[n, y]].ln()).collect()
}

#[test]
fn wrong_batches() {
    let wrong = wrong("minibatch", "batches", check::batches);
    wrong("the short batch is dropped", true, |order, size| {
        order.chunks_exact(size).map(<[usize]>::to_vec).collect()
    });
    wrong("an empty batch at the end", true, |order, size| {
        let mut batches = solution::batches(order, size);
        if order.len().is_multiple_of(size) {
            batches.push(Vec::new());
        }
        batches
    });
    wrong("one empty batch of nothing", true, |order, size| {
        if order.is_empty() {
            return vec![Vec::new()];
        }
        solution::batches(order, size)
    });
    wrong("the short batch is filled up", true, |order, size| {
        let batches = order.len().div_ceil(size);
        let mut examples = order.iter().copied().cycle();
        let mut batch = || examples.by_ref().take(size).collect();
        (0..batches).map(|_| batch()).collect()
    });
    wrong("the rest joins the batch before", true, |order, size| {
        let mut batches: Vec<Vec<usize>> =
            order.chunks_exact(size).map(<[usize]>::to_vec).collect();
        let rest = order.chunks_exact(size).remainder();
        match batches.last_mut() {
            Some(last) => last.extend(rest),
            None => batches.extend((!rest.is_empty()).then(|| rest.to_vec())),
        }
        batches
    });
    wrong("the examples are sorted", true, |order, size| {
        let mut order = order.to_vec();
        order.sort_unstable();
        solution::batches(&order, size)
    });
    wrong("places for examples", true, |order, size| {
        let places: Vec<usize> = (0..order.len()).collect();
        solution::batches(&places, size)
    });
    wrong("the first batch is the short one", true, |order, size| {
        order.rchunks(size).rev().map(<[usize]>::to_vec).collect()
    });
    wrong("the last batch first", true, |order, size| {
        solution::batches(order, size).into_iter().rev().collect()
    });
    wrong("as many batches as size", true, |order, size| {
        let of_batch = order.len().div_ceil(size).max(1);
        solution::batches(order, of_batch)
    });
    wrong("dealt out like cards", true, |order, size| {
        let mut batches = vec![Vec::new(); order.len().div_ceil(size)];
        let hands = batches.len();
        for (n, &example) in order.iter().enumerate() {
            batches[n % hands].push(example);
        }
        batches
    });
    wrong("the pieces overlap", true, |order, size| {
        order.windows(size).map(<[usize]>::to_vec).collect()
    });
    wrong("the batches of the first case", true, |_, _| {
        vec![vec![7, 2], vec![5, 4], vec![0, 9]]
    });
    wrong("everything in one batch", true, |order, _| vec![order.to_vec()]);
}

#[test]
fn a_batch_that_goes_past_the_end_is_told() {
    let verdict = check::batches(|order, size| {
        let starts = (0..order.len()).step_by(size);
        starts.map(|start| order[start..start + size].to_vec()).collect()
    });
    let feedback = verdict.unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    let mistake = feedback.mistake.unwrap();
    assert!(mistake.starts_with("no batch may reach past"), "{mistake}");
}

#[test]
fn wrong_forwards() {
    let wrong = wrong("minibatch", "forward", check::forward);
    wrong("W is not transposed", true, |w, b, x| x.dot(w) + b);
    wrong("W in front of X", true, |w, b, x| w.dot(x) + b);
    wrong("a column for each example", true, |w, b, x| {
        w.dot(&x.t()) + b.view().insert_axis(Axis(1))
    });
    wrong("a column for each example and b along it", true, |w, b, x| {
        w.dot(&x.t()) + b
    });
    wrong("b is forgotten", true, |w, _, x| x.dot(&w.t()));
    wrong("b is subtracted", true, |w, b, x| x.dot(&w.t()) - b);
    wrong("b along the examples", true, |w, b, x| {
        x.dot(&w.t()) + b.view().insert_axis(Axis(1))
    });
    wrong("b reaches the first example only", true, |w, b, x| {
        let mut z = x.dot(&w.t());
        let first = &z.row(0) + b;
        z.row_mut(0).assign(&first);
        z
    });
    wrong("ReLU", true, |w, b, x| solution::forward(w, b, x).mapv(|z| z.max(0.0)));
    wrong("right for a batch of one", true, |w, b, x| {
        (w.dot(&x.row(0)) + b).insert_axis(Axis(0))
    });
    wrong("the first example for all", true, |w, b, x| {
        let z = w.dot(&x.row(0)) + b;
        z.broadcast((x.nrows(), w.nrows())).unwrap().to_owned()
    });
    wrong("right only where W is square", true, |w, b, x| {
        Array2::from_shape_fn((x.nrows(), w.ncols()), |(n, i)| {
            let i = i.min(w.nrows() - 1);
            w.row(i).dot(&x.row(n)) + b[i]
        })
    });
    wrong("the batch is summed", true, |w, b, x| {
        let z = solution::forward(w, b, x);
        z.sum_axis(Axis(0)).insert_axis(Axis(0))
    });
    wrong("the numbers of the first case", true, |_, _, _| {
        array![[4.5, 3.0], [7.5, -9.0]]
    });
}

#[test]
fn wrong_losses() {
    let wrong = wrong("minibatch", "loss_and_gradient", check::loss_and_gradient);
    wrong("the sum of the losses", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss * labels.len() as f64, dz)
    });
    wrong("the mean over the classes", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss * labels.len() as f64 / logits.ncols() as f64, dz)
    });
    wrong("the mean over examples and classes", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss / logits.ncols() as f64, dz)
    });
    wrong("the mean of the loss twice", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss / labels.len() as f64, dz)
    });
    wrong("the sign of the loss is flipped", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (-loss, dz)
    });
    wrong("the loss of the last example", true, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        (losses(&yhat(logits), labels)[labels.len() - 1], dz)
    });
    wrong("the 1e-7 of Part I", true, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        let yhat = yhat(logits).mapv(|p| p + 1e-7);
        (losses(&yhat, labels).mean().unwrap(), dz)
    });
    wrong("a floor under the probabilities", true, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        let yhat = yhat(logits).mapv(|p| p.max(1e-300));
        (losses(&yhat, labels).mean().unwrap(), dz)
    });
    wrong("the logarithm of a probability", true, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        (losses(&yhat(logits), labels).mean().unwrap(), dz)
    });
    wrong("the logarithm of the mean", true, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        let right = losses(&yhat(logits), labels).mapv(|loss| (-loss).exp());
        (-right.mean().unwrap().ln(), dz)
    });
    wrong("always class 0", true, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        (losses(&yhat(logits), &vec![0; labels.len()]).mean().unwrap(), dz)
    });
    wrong("the loss of all classes", true, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        (-yhat(logits).ln().sum() / labels.len() as f64, dz)
    });
    wrong("the number of right answers", false, |logits, labels| {
        let (_, dz) = solution::loss_and_gradient(logits, labels);
        let hits = logits.rows().into_iter().zip(labels);
        (hits.filter(|(z, y)| z[**y] == max(*z)).count() as f64, dz)
    });
}

#[test]
fn wrong_softmaxes() {
    let wrong = |mistake, answer| {
        rejects("minibatch", "loss_and_gradient", mistake, true, || {
            check::loss_and_gradient(answer)
        });
    };
    wrong("softmax is naive", |logits, labels| {
        let exp = logits.exp();
        let sum = exp.sum_axis(Axis(1)).insert_axis(Axis(1));
        of_probabilities(&(exp / sum), labels)
    });
    wrong("softmax down the columns", |logits, labels| {
        let columns = logits.t().to_owned();
        of_probabilities(&yhat(&columns).reversed_axes(), labels)
    });
    wrong("one softmax for the batch", |logits, labels| {
        let shifted = logits - max(logits.flatten().view());
        let exp = shifted.exp();
        of_probabilities(&(&exp / exp.sum()), labels)
    });
    wrong("one maximum for the batch", |logits, labels| {
        let shifted = logits - max(logits.flatten().view());
        let exp = shifted.exp();
        let sum = exp.sum_axis(Axis(1)).insert_axis(Axis(1));
        of_probabilities(&(exp / sum), labels)
    });
    wrong("one maximum for the batch in log softmax", |logits, labels| {
        let shifted = logits - max(logits.flatten().view());
        let sum = shifted.exp().sum_axis(Axis(1)).insert_axis(Axis(1));
        let ln_yhat = shifted - sum.ln();
        let loss = -(&ln_yhat * &one_hot(logits, labels)).sum();
        let dz = ln_yhat.exp() - one_hot(logits, labels);
        (loss / labels.len() as f64, dz / labels.len() as f64)
    });
}

/// Mean loss and gradient, from probabilities.
fn of_probabilities(yhat: &Array2<f64>, labels: &[usize]) -> (f64, Array2<f64>) {
    let loss = losses(yhat, labels).mean().expect("an example");
    (loss, (yhat - one_hot(yhat, labels)) / labels.len() as f64)
}

#[test]
fn wrong_gradients_of_the_loss() {
    let wrong = wrong("minibatch", "loss_and_gradient", check::loss_and_gradient);
    wrong("the gradient of the sum", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss, dz * labels.len() as f64)
    });
    wrong("dZ divided by the classes", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss, dz * labels.len() as f64 / logits.ncols() as f64)
    });
    wrong("dZ divided by all entries", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss, dz / logits.ncols() as f64)
    });
    wrong("dZ divided twice", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss, dz / labels.len() as f64)
    });
    wrong("the sign of dZ is flipped", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss, -dz)
    });
    wrong("one hot is forgotten", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        (loss, yhat(logits) / labels.len() as f64)
    });
    wrong("1 after the division", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        let dz = yhat(logits) / labels.len() as f64;
        (loss, dz - one_hot(logits, labels))
    });
    wrong("one hot is added", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        let dz = yhat(logits) + one_hot(logits, labels);
        (loss, dz / labels.len() as f64)
    });
    wrong("1 from every class", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        (loss, (yhat(logits) - 1.0) / labels.len() as f64)
    });
    wrong("the first label for all", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        let dz = yhat(logits) - one_hot(logits, &vec![labels[0]; labels.len()]);
        (loss, dz / labels.len() as f64)
    });
    wrong("row and column are swapped", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        let mut dz = yhat(logits);
        for (n, &y) in labels.iter().enumerate() {
            dz[[y, n]] -= 1.0;
        }
        (loss, dz / labels.len() as f64)
    });
    wrong("softmax is forgotten", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        let dz = logits - one_hot(logits, labels);
        (loss, dz / labels.len() as f64)
    });
    wrong("the gradient of the probabilities", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        let dz = -one_hot(logits, labels) / yhat(logits);
        (loss, dz / labels.len() as f64)
    });
    wrong("the mean row", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss, dz.sum_axis(Axis(0)).insert_axis(Axis(0)))
    });
    wrong("dZ is naive", true, |logits, labels| {
        let (loss, _) = solution::loss_and_gradient(logits, labels);
        let exp = logits.exp();
        let sum = exp.sum_axis(Axis(1)).insert_axis(Axis(1));
        let dz = exp / sum - one_hot(logits, labels);
        (loss, dz / labels.len() as f64)
    });
    wrong("dZ is transposed", true, |logits, labels| {
        let (loss, dz) = solution::loss_and_gradient(logits, labels);
        (loss, dz.reversed_axes())
    });
}

#[test]
fn wrong_gradients_of_the_weights() {
    let wrong = wrong("minibatch", "gradients", check::gradients);
    wrong("dW is transposed", true, |w, x, dz| Gradients {
        dw: x.t().dot(dz),
        ..solution::gradients(w, x, dz)
    });
    wrong("dW without a transpose", true, |w, x, dz| Gradients {
        dw: dz.dot(x),
        ..solution::gradients(w, x, dz)
    });
    wrong("the wrong one is transposed", true, |w, x, dz| Gradients {
        dw: dz.dot(&x.t()),
        ..solution::gradients(w, x, dz)
    });
    wrong("dW is divided by the batch", true, |w, x, dz| Gradients {
        dw: dz.t().dot(x) / x.nrows() as f64,
        ..solution::gradients(w, x, dz)
    });
    wrong("everything is divided by the batch", true, |w, x, dz| {
        solution::gradients(w, x, &(dz / x.nrows() as f64))
    });
    wrong("dW of the last example", true, |w, x, dz| {
        let mut gradients = solution::gradients(w, x, dz);
        for n in 0..x.nrows() {
            gradients.dw = dw_of(n, x, dz);
        }
        gradients
    });
    wrong("right for a batch of one example", true, |w, x, dz| Gradients {
        dw: dw_of(0, x, dz),
        ..solution::gradients(w, x, dz)
    });
    wrong("the product of the sums", true, |w, x, dz| Gradients {
        dw: outer(&dz.sum_axis(Axis(0)), &x.sum_axis(Axis(0))),
        ..solution::gradients(w, x, dz)
    });
    wrong("the sign of dW is flipped", true, |w, x, dz| Gradients {
        dw: -dz.t().dot(x),
        ..solution::gradients(w, x, dz)
    });
    wrong("dW is never filled in", true, |w, x, dz| Gradients {
        dw: Array2::zeros(w.dim()),
        ..solution::gradients(w, x, dz)
    });
    wrong("right only where dW is square", true, |w, x, dz| Gradients {
        dw: Array2::from_shape_fn((w.nrows(), w.nrows()), |(i, j)| {
            let j = j.min(w.ncols() - 1);
            dz.column(i).dot(&x.column(j))
        }),
        ..solution::gradients(w, x, dz)
    });
    wrong("divided by zero", false, |w, x, dz| Gradients {
        dw: dz.t().dot(x) / 0.0,
        ..solution::gradients(w, x, dz)
    });
}

#[test]
fn wrong_gradients_of_the_bias() {
    let wrong = wrong("minibatch", "gradients", check::gradients);
    wrong("db is the mean", true, |w, x, dz| Gradients {
        db: dz.mean_axis(Axis(0)).unwrap(),
        ..solution::gradients(w, x, dz)
    });
    wrong("db sums over the outputs", true, |w, x, dz| Gradients {
        db: dz.sum_axis(Axis(1)),
        ..solution::gradients(w, x, dz)
    });
    wrong("db of the first example", true, |w, x, dz| Gradients {
        db: dz.row(0).to_owned(),
        ..solution::gradients(w, x, dz)
    });
    wrong("db of the last example", true, |w, x, dz| Gradients {
        db: dz.row(dz.nrows() - 1).to_owned(),
        ..solution::gradients(w, x, dz)
    });
    wrong("one db for all outputs", true, |w, x, dz| Gradients {
        db: Array1::from_elem(w.nrows(), dz.sum()),
        ..solution::gradients(w, x, dz)
    });
    wrong("db without dZ", true, |w, x, dz| Gradients {
        db: Array1::ones(w.nrows()),
        ..solution::gradients(w, x, dz)
    });
    wrong("the sign of db is flipped", true, |w, x, dz| Gradients {
        db: -dz.sum_axis(Axis(0)),
        ..solution::gradients(w, x, dz)
    });
    wrong("db is dW summed", false, |w, x, dz| Gradients {
        db: dz.t().dot(x).sum_axis(Axis(1)),
        ..solution::gradients(w, x, dz)
    });
}

#[test]
fn wrong_gradients_of_the_input() {
    let wrong = wrong("minibatch", "gradients", check::gradients);
    wrong("W is transposed in dX", true, |w, x, dz| Gradients {
        dx: dz.dot(&w.t()),
        ..solution::gradients(w, x, dz)
    });
    wrong("dX as for a single example", true, |w, x, dz| Gradients {
        dx: w.t().dot(dz),
        ..solution::gradients(w, x, dz)
    });
    wrong("dX has a column for each example", true, |w, x, dz| Gradients {
        dx: w.t().dot(&dz.t()),
        ..solution::gradients(w, x, dz)
    });
    wrong("dX is summed over the batch", true, |w, x, dz| Gradients {
        dx: dz.dot(w).sum_axis(Axis(0)).insert_axis(Axis(0)),
        ..solution::gradients(w, x, dz)
    });
    wrong("dX is divided by the batch", true, |w, x, dz| Gradients {
        dx: dz.dot(w) / x.nrows() as f64,
        ..solution::gradients(w, x, dz)
    });
    wrong("only the first row of dX", true, |w, x, dz| {
        let mut gradients = solution::gradients(w, x, dz);
        gradients.dx.slice_mut(ndarray::s![1.., ..]).fill(0.0);
        gradients
    });
    wrong("dX is masked", true, |w, x, dz| Gradients {
        dx: dz.dot(w) * x.mapv(|x| f64::from(x > 0.0)),
        ..solution::gradients(w, x, dz)
    });
    wrong("the sign of dX is flipped", true, |w, x, dz| Gradients {
        dx: -dz.dot(w),
        ..solution::gradients(w, x, dz)
    });
    wrong("dZ is handed on", true, |w, x, dz| Gradients {
        dx: dz.clone(),
        ..solution::gradients(w, x, dz)
    });
}

#[test]
fn a_panic_on_other_shapes_is_explained() {
    let check = check::forward(|w, b, x| {
        let z = solution::forward(w, b, x);
        assert!(z.is_square(), "ouch");
        z
    });
    let feedback = check.unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    let mistake = feedback.mistake.unwrap();
    assert!(mistake.ends_with("here they are 4, 3 and 2"), "{mistake}");
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
    for logits in [logits.clone(), logits + 1000.0] {
        let (loss, dz) = solution::loss_and_gradient(&logits, &[2, 1]);
        assert_abs_diff_eq!(loss, 1.356_980_838_336_763_4, epsilon = 1e-13);
        assert_abs_diff_eq!(
            dz,
            array![
                [
                    0.332_620_477_887_410_95,
                    0.122_364_235_527_398_82,
                    -0.454_984_713_414_809_8
                ],
                [
                    0.082_125_813_812_543_91,
                    -0.131_937_637_843_703_08,
                    0.049_811_824_031_159_16
                ]
            ],
            epsilon = 1e-13
        );
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
