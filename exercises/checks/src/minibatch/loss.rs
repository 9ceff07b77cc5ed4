//! Question 3: the mean loss of a batch, and its gradient at the logits.

use ndarray::{Array1, Array2, ArrayView1, Axis, array};
use no_magic::softmax::argmax;
use rand::RngExt;

use super::{column, in_each_row, only_rows, row};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type LossAndGradient = fn(&Array2<f64>, &[usize]) -> (f64, Array2<f64>);

/// `fn loss_and_gradient(logits, labels) -> (f64, Array2<f64>)`
pub fn loss_and_gradient(answer: LossAndGradient) -> Verdict {
    question().judge(move |(logits, labels)| outcome(answer(logits, labels)))
}

/// Logits and labels.
type Case = (Array2<f64>, Vec<usize>);

fn outcome((loss, dz): (f64, Array2<f64>)) -> Outcome {
    Outcome::new().value("loss", &loss).value("dZ", &dz)
}

/// `loss_and_gradient`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    /// The logarithms of the probabilities, for the loss.
    ln_yhat: fn(logits: &Array2<f64>) -> Array2<f64>,
    /// The probabilities, for the gradient.
    yhat: fn(logits: &Array2<f64>) -> Array2<f64>,
    losses: fn(ln_yhat: &Array2<f64>, labels: &[usize]) -> Array1<f64>,
    mean: fn(losses: &Array1<f64>, classes: f64) -> f64,
    one_hot: fn(labels: &[usize], yhat: &Array2<f64>) -> Array2<f64>,
    difference:
        fn(yhat: Array2<f64>, one_hot: Array2<f64>, batch: f64) -> Array2<f64>,
    at_the_end: fn(&mut Array2<f64>, loss: &mut f64, batch: f64),
}

const MODEL: Model = Model {
    ln_yhat: |z| by_log_sum(shifted(z)),
    yhat: |z| shares(shifted(z)),
    losses: |ln_yhat, labels| of_labels(ln_yhat, labels).mapv(|ln| -ln),
    mean: |losses, _| losses.sum() / losses.len() as f64,
    one_hot: |labels, yhat| one_hot(labels, yhat, |n, y| (n, y)),
    difference: |yhat, one_hot, batch| (yhat - one_hot) / batch,
    at_the_end: |_, _, _| (),
};

impl Model {
    fn loss_and_gradient(&self, (logits, labels): &Case) -> (f64, Array2<f64>) {
        let (batch, classes) = (labels.len() as f64, logits.ncols() as f64);
        let losses = (self.losses)(&(self.ln_yhat)(logits), labels);
        let mut loss = (self.mean)(&losses, classes);
        let yhat = (self.yhat)(logits);
        let one_hot = (self.one_hot)(labels, &yhat);
        let mut dz = (self.difference)(yhat, one_hot, batch);
        (self.at_the_end)(&mut dz, &mut loss, batch);
        (loss, dz)
    }
}

/// Each row without its maximum.
fn shifted(z: &Array2<f64>) -> Array2<f64> {
    z - column(&z.map_axis(Axis(1), max))
}

fn max(z: ArrayView1<'_, f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

fn max_of_all(z: &Array2<f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

/// The logarithm of softmax, by that of the sum.
fn by_log_sum(z: Array2<f64>) -> Array2<f64> {
    let sums = z.exp().sum_axis(Axis(1));
    z - column(&sums.ln())
}

/// Softmax, by division.
fn shares(z: Array2<f64>) -> Array2<f64> {
    let exp = z.exp();
    let sums = exp.sum_axis(Axis(1));
    exp / column(&sums)
}

/// The transpose of what is made of the transpose.
fn down(z: &Array2<f64>, make: fn(Array2<f64>) -> Array2<f64>) -> Array2<f64> {
    make(shifted(&z.t().to_owned())).reversed_axes()
}

/// One softmax over the whole batch.
fn shares_of_all(z: &Array2<f64>) -> Array2<f64> {
    let exp = (z - max_of_all(z)).exp();
    let sum = exp.sum();
    exp / sum
}

fn of_labels(matrix: &Array2<f64>, labels: &[usize]) -> Array1<f64> {
    labels.iter().enumerate().map(|(n, &y)| matrix[[n, y]]).collect()
}

/// Ones at these places, given the number of an example and its label.
fn one_hot(
    labels: &[usize],
    yhat: &Array2<f64>,
    place: fn(usize, usize) -> (usize, usize),
) -> Array2<f64> {
    let mut one_hot = Array2::zeros(yhat.dim());
    for (n, &y) in labels.iter().enumerate() {
        one_hot[place(n, y)] += 1.0;
    }
    one_hot
}

fn guesses(scores: &Array2<f64>) -> Vec<usize> {
    let rows = scores.rows().into_iter();
    rows.map(|row| argmax(row).unwrap_or_default()).collect()
}

/// The probabilities of the right classes.
fn right(ln_yhat: &Array2<f64>, labels: &[usize]) -> Array1<f64> {
    of_labels(ln_yhat, labels).exp()
}

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = [
        (array![[2.0, 1.0, -1.0], [0.0, 3.0, 0.5]], vec![1, 1]),
        (
            array![[0.5, -0.5], [1.0, 3.0], [-2.0, 0.0], [0.0, 0.0]],
            vec![0, 1, 0, 1],
        ),
        (array![[1.0, -2.0, 0.0, 0.5]], vec![3]),
    ];
    let sizes = [(3, 3), (2, 2), (2, 4), (5, 3), (1, 2), (3, 3), (4, 2)];
    let random = (1..).zip(sizes).map(|(seed, (batch, classes))| {
        let mut draws = Draws::new(seed);
        let logits = draws.array((batch, classes));
        let mut label = || draws.0.random_range(0..classes);
        (logits, (0..batch).map(|_| label()).collect())
    });
    let extreme = [
        (array![[1000.0, 1001.0, 1002.0], [1000.0, 999.0, 998.0]], vec![0, 2]),
        (array![[-1000.0, -1001.0], [-1002.0, -1000.0]], vec![1, 1]),
        (array![[1000.0, 998.0], [-1000.0, -1002.0]], vec![0, 1]),
        (array![[-1000.0, -1002.0], [1000.0, 998.0]], vec![0, 1]),
        (array![[0.0, 30.0], [2.0, 3.0]], vec![0, 1]),
        (array![[0.0, 1000.0], [2.0, 3.0], [1.0, 0.0]], vec![0, 1, 1]),
    ];
    by_hand.into_iter().chain(random).chain(extreme)
}

fn kinds((logits, labels): &Case) -> Vec<(&'static str, bool)> {
    let large = logits.iter().any(|z| z.abs() > 700.0);
    let (least, most) = logits
        .map_axis(Axis(1), max)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &max| {
            (max.min(least), max.max(most))
        });
    let unlikely = of_labels(&by_log_sum(shifted(logits)), labels);
    vec![
        ("logits beyond ±700", large),
        ("logits within ±700", !large),
        ("rows that are far apart", most - least > 700.0),
        (
            "a right class whose probability is nearly 0",
            unlikely.iter().any(|&ln| ln < -20.0),
        ),
        ("a batch of one", labels.len() == 1),
        ("more than one example", labels.len() > 1),
        ("as many examples as classes", labels.len() == logits.ncols()),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| outcome(model.loss_and_gradient(case));
    Question::new("minibatch.loss_and_gradient", MODEL, run)
        .given(|(logits, labels)| {
            Given::new().value("logits", logits).number("labels", labels)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Softmax, for both
        overflow: "exp(z) overflows, or becomes 0, when the logits are large.",
            ln_yhat = |z| by_log_sum(z.clone()),
            yhat = |z| shares(z.clone());
        overflow_of_logarithms:
            "exp(z) overflows, or becomes 0, when the logits are large.",
            ln_yhat = |z| by_log_sum(z.clone()),
            yhat = |z| by_log_sum(z.clone()).exp();
        overflow_of_probabilities:
            "exp(z) overflows, or becomes 0, when the logits are large.",
            ln_yhat = |z| shares(z.clone()).ln(),
            yhat = |z| shares(z.clone());
        one_maximum:
            "One maximum is subtracted from the whole batch. Where rows are far apart, \
             the exponentials of the lower ones become 0.",
            ln_yhat = |z| by_log_sum(z - max_of_all(z)),
            yhat = |z| shares(z - max_of_all(z));
        one_maximum_of_logarithms:
            "One maximum is subtracted from the whole batch. Where rows are far apart, \
             the exponentials of the lower ones become 0.",
            ln_yhat = |z| by_log_sum(z - max_of_all(z)),
            yhat = |z| by_log_sum(z - max_of_all(z)).exp();
        one_maximum_of_probabilities:
            "One maximum is subtracted from the whole batch. Where rows are far apart, \
             the exponentials of the lower ones become 0.",
            ln_yhat = |z| shares(z - max_of_all(z)).ln(),
            yhat = |z| shares(z - max_of_all(z));
        maximum_of_0: "The maximum is wrong when all logits of a row are below 0.",
            ln_yhat = |z| by_log_sum(z - column(&shift_0(z))),
            yhat = |z| shares(z - column(&shift_0(z)));
        maximum_of_0_of_logarithms:
            "The maximum is wrong when all logits of a row are below 0.",
            ln_yhat = |z| by_log_sum(z - column(&shift_0(z))),
            yhat = |z| by_log_sum(z - column(&shift_0(z))).exp();
        maximum_of_0_of_probabilities:
            "The maximum is wrong when all logits of a row are below 0.",
            ln_yhat = |z| shares(z - column(&shift_0(z))).ln(),
            yhat = |z| shares(z - column(&shift_0(z)));
        first_maximum: "Every row is shifted by the maximum of the first.",
            ln_yhat = |z| by_log_sum(z - max(z.row(0))),
            yhat = |z| shares(z - max(z.row(0)));
        first_maximum_of_logarithms:
            "Every row is shifted by the maximum of the first.",
            ln_yhat = |z| by_log_sum(z - max(z.row(0))),
            yhat = |z| by_log_sum(z - max(z.row(0))).exp();
        first_maximum_of_probabilities:
            "Every row is shifted by the maximum of the first.",
            ln_yhat = |z| shares(z - max(z.row(0))).ln(),
            yhat = |z| shares(z - max(z.row(0)));
        columns: "Softmax goes down the columns, but each row is an example.",
            ln_yhat = |z| down(z, by_log_sum),
            yhat = |z| down(z, shares);
        columns_of_probabilities:
            "Softmax goes down the columns, but each row is an example.",
            ln_yhat = |z| down(z, shares).ln(),
            yhat = |z| down(z, shares);
        whole_batch: "There's one softmax for the whole batch, not one for each row.",
            ln_yhat = |z| shares_of_all(z).ln(),
            yhat = shares_of_all;
        whole_batch_of_logarithms:
            "There's one softmax for the whole batch, not one for each row.",
            ln_yhat = ln_of_all,
            yhat = |z| ln_of_all(z).exp();
        not_normalized: "The exponentials aren't divided by the sum of their row.",
            ln_yhat = shifted,
            yhat = |z| shifted(z).exp();
        no_ln_of_sum: "The sum of the exponentials is subtracted without its logarithm.",
            ln_yhat = without_ln,
            yhat = |z| without_ln(z).exp();
        maximum_lost: "The maximum is subtracted for the sum, but not for z itself.",
            ln_yhat = half_shifted,
            yhat = |z| half_shifted(z).exp();
        softmax_twice: "Softmax is applied to probabilities: it's taken twice.",
            ln_yhat = |z| by_log_sum(shares(shifted(z))),
            yhat = |z| shares(shares(shifted(z)));
        opposite_exponents:
            "The exponents have the opposite sign: the lowest logit wins.",
            ln_yhat = |z| by_log_sum(shifted(&-z)),
            yhat = |z| shares(shifted(&-z));
        // The logarithm of the probabilities
        ln_of_probability:
            "The logarithm is taken of a probability that has become 0.",
            ln_yhat = |z| shares(shifted(z)).ln();
        plus_1e7: "1e-7 is added to the probability, which isn't wanted here.",
            ln_yhat = |z| (shares(shifted(z)) + 1e-7).ln();
        plus_1e8: "1e-8 is added to the probability, which isn't wanted here.",
            ln_yhat = |z| (shares(shifted(z)) + 1e-8).ln();
        plus_1e9: "1e-9 is added to the probability, which isn't wanted here.",
            ln_yhat = |z| (shares(shifted(z)) + 1e-9).ln();
        plus_1e10: "1e-10 is added to the probability, which isn't wanted here.",
            ln_yhat = |z| (shares(shifted(z)) + 1e-10).ln();
        plus_1e12: "1e-12 is added to the probability, which isn't wanted here.",
            ln_yhat = |z| (shares(shifted(z)) + 1e-12).ln();
        plus_1e15: "1e-15 is added to the probability, which isn't wanted here.",
            ln_yhat = |z| (shares(shifted(z)) + 1e-15).ln();
        floor_1e7: "Probabilities are kept above 1e-7, which limits the loss.",
            ln_yhat = |z| shares(shifted(z)).mapv(|p| p.max(1e-7).ln());
        floor_1e12: "Probabilities are kept above 1e-12, which limits the loss.",
            ln_yhat = |z| shares(shifted(z)).mapv(|p| p.max(1e-12).ln());
        floor_1e15: "Probabilities are kept above 1e-15, which limits the loss.",
            ln_yhat = |z| shares(shifted(z)).mapv(|p| p.max(1e-15).ln());
        floor_1e300: "Probabilities are kept above 1e-300, which limits the loss.",
            ln_yhat = |z| shares(shifted(z)).mapv(|p| p.max(1e-300).ln());
        floor_smallest:
            "Probabilities are kept above f64::MIN_POSITIVE, which limits the loss.",
            ln_yhat = |z| shares(shifted(z)).mapv(|p| p.max(f64::MIN_POSITIVE).ln());
        log2: "The logarithm has the base 2.",
            ln_yhat = |z| by_log_sum(shifted(z)) / 2_f64.ln();
        log10: "The logarithm has the base 10.",
            ln_yhat = |z| by_log_sum(shifted(z)) / 10_f64.ln();
        no_ln: "The logarithm is missing: the loss is made of minus the probabilities.",
            ln_yhat = |z| shares(shifted(z));
        logits_as_ln: "The loss is minus the logit: softmax is missing.",
            ln_yhat = |z| z.clone();
        ln_of_logits: "The logarithm is taken of the logits: softmax is missing.",
            ln_yhat = |z| z.ln();
        loss_without_max:
            "In the loss, exp(z) overflows, or becomes 0, when the logits are large.",
            ln_yhat = |z| by_log_sum(z.clone());
        loss_without_max_of_probabilities:
            "In the loss, exp(z) overflows, or becomes 0, when the logits are large.",
            ln_yhat = |z| shares(z.clone()).ln();
        loss_columns:
            "In the loss, softmax goes down the columns, but each row is an example.",
            ln_yhat = |z| down(z, by_log_sum);
        // The losses
        loss_sign: "The minus of the loss is missing.",
            losses = of_labels;
        one_minus: "Each loss is 1 minus the probability: the logarithm is missing.",
            losses = |ln, labels| right(ln, labels).mapv(|p| 1.0 - p);
        loss_of_class_0: "The loss always looks at class 0.",
            losses = |ln, _| ln.column(0).mapv(|ln| -ln);
        loss_of_first_label: "The loss looks at the first label for every example.",
            losses = |ln, labels| ln.column(labels[0]).mapv(|ln| -ln);
        loss_of_guess: "The loss looks at the most likely class instead of the label.",
            losses = |ln, _| of_labels(ln, &guesses(ln)).mapv(|ln| -ln);
        loss_of_first_row: "The loss looks at the first row for every example.",
            losses = |ln, labels| labels.iter().map(|&y| -ln[[0, y]]).collect();
        loss_swapped: "The loss swaps row and column: it looks at row y, column n.",
            losses = |ln, labels| {
                labels.iter().enumerate().map(|(n, &y)| -ln[[y, n]]).collect()
            };
        loss_of_all_classes: "The loss sums over all classes, not just the right one.",
            losses = |ln, _| -ln.sum_axis(Axis(1));
        entropy: "This is the entropy of the probabilities: the labels play no part.",
            losses = |ln, _| -(ln.exp() * ln.mapv(|ln| ln.max(f64::MIN))).sum_axis(Axis(1));
        binary: "The other classes are in the loss as well, by ln(1 - ŷ).",
            losses = |ln, labels| {
                let mut p = ln.exp().mapv(|p| 1.0 - p);
                for (n, &y) in labels.iter().enumerate() {
                    p[[n, y]] = 1.0 - p[[n, y]];
                }
                -p.ln().sum_axis(Axis(1))
            };
        squared: "The loss is the squared error.",
            losses = |ln, labels| {
                let p = ln.exp();
                (&p - one_hot(labels, &p, |n, y| (n, y))).pow2().sum_axis(Axis(1))
            };
        times_probability: "Each logarithm is multiplied by its probability.",
            losses = |ln, labels| {
                of_labels(ln, labels) * -right(ln, labels)
            };
        loss_after_subtraction:
            "The loss is read after the 1 has been subtracted from the logarithm.",
            losses = |ln, labels| of_labels(ln, labels).mapv(|ln| 1.0 - ln);
        loss_after_subtraction_of_probability:
            "The loss is read after the 1 has been subtracted from ŷ.",
            losses = |ln, labels| right(ln, labels).mapv(|p| -(p - 1.0).ln());
        // Their mean
        sum: "The loss is the sum over the batch, not the mean.",
            mean = |losses, _| losses.sum();
        mean_over_classes:
            "The loss is divided by the number of classes, not of examples.",
            mean = |losses, classes| losses.sum() / classes;
        mean_over_both: "The loss is also divided by the number of classes.",
            mean = |losses, classes| losses.sum() / classes / losses.len() as f64;
        mean_twice: "The loss is divided by the size of the batch twice.",
            mean = |losses, _| losses.sum() / (losses.len() * losses.len()) as f64;
        mean_minus_1: "The loss is divided by the size of the batch minus 1.",
            mean = |losses, _| losses.sum() / (losses.len() as f64 - 1.0);
        halved: "The loss is divided by 2, whatever the size of the batch.",
            mean = |losses, _| losses.sum() / 2.0;
        first_loss: "The loss is that of the first example alone.",
            mean = |losses, _| losses[0];
        last_loss: "The loss is that of the last example: the others aren't added.",
            mean = |losses, _| losses[losses.len() - 1];
        last_loss_divided:
            "Just the last example's loss is divided by the size of the batch.",
            mean = |losses, _| losses[losses.len() - 1] / losses.len() as f64;
        without_last_loss: "The last example is missing from the loss.",
            mean = |losses, _| {
                losses.iter().rev().skip(1).sum::<f64>() / losses.len() as f64
            };
        without_first_loss: "The first example is missing from the loss.",
            mean = |losses, _| {
                losses.iter().skip(1).sum::<f64>() / losses.len() as f64
            };
        running_mean:
            "The loss so far is divided again and again, at each example.",
            mean = |losses, _| {
                let batch = losses.len() as f64;
                losses.fold(0.0, |sum, loss| (sum + loss) / batch)
            };
        running_halves: "The loss is halved at each example.",
            mean = |losses, _| losses.fold(0.0, |sum, loss| (sum + loss) / 2.0);
        ln_of_mean: "The logarithm is taken of the mean probability.",
            mean = |losses, _| {
                let p = losses.mapv(|loss| (-loss).exp());
                -(p.sum() / p.len() as f64).ln()
            };
        greatest_loss: "The loss is the greatest of the batch.",
            mean = |losses, _| max(losses.view());
        no_loss: "The loss is always 0.",
            mean = |_, _| 0.0;
        // The probabilities, for the gradient
        no_exp: "dZ is made from the logarithms of the probabilities: exp is missing.",
            yhat = |z| by_log_sum(shifted(z));
        logits_as_yhat: "dZ is made from the logits: softmax is missing.",
            yhat = |z| z.clone();
        exp_as_yhat: "dZ is made from exp(z), which isn't divided by its sum.",
            yhat = |z| z.exp();
        exp_of_shifted_as_yhat:
            "dZ is made from exponentials that aren't divided by their sum.",
            yhat = |z| shifted(z).exp();
        dz_softmax_twice: "dZ is made from a softmax of probabilities.",
            yhat = |z| shares(shares(shifted(z)));
        dz_overflow:
            "dZ uses exp(z) that overflows, or becomes 0, when the logits are large.",
            yhat = |z| shares(z.clone());
        dz_one_maximum: "dZ subtracts one maximum from the whole batch.",
            yhat = |z| shares(z - max_of_all(z));
        dz_columns: "In dZ, softmax goes down the columns.",
            yhat = |z| down(z, shares);
        dz_whole_batch: "In dZ, there's one softmax for the whole batch.",
            yhat = shares_of_all;
        hard_guess: "dZ is made from the most likely class instead of probabilities.",
            yhat = |z| {
                one_hot(&guesses(z), z, |n, y| (n, y))
            };
        // What is subtracted
        no_one_hot: "The 1 of the right class is never subtracted in dZ.",
            one_hot = |_, yhat| yhat * 0.0;
        ones: "The 1 is subtracted from every class in dZ.",
            one_hot = |_, yhat| Array2::ones(yhat.dim());
        dz_of_class_0: "dZ always subtracts the 1 from class 0.",
            one_hot = |labels, yhat| one_hot(labels, yhat, |n, _| (n, 0));
        dz_of_first_label: "dZ uses the first label for every example.",
            one_hot = |labels, yhat| {
                one_hot(&vec![labels[0]; labels.len()], yhat, |n, y| (n, y))
            };
        dz_of_guess: "dZ subtracts the 1 from the most likely class, not the label's.",
            one_hot = |_, yhat| one_hot(&guesses(yhat), yhat, |n, y| (n, y));
        dz_swapped: "dZ swaps row and column: the 1 goes to row y, column n.",
            one_hot = |labels, yhat| one_hot(labels, yhat, |n, y| (y, n));
        dz_first_row: "dZ subtracts each 1 in the first row.",
            one_hot = |labels, yhat| one_hot(labels, yhat, |_, y| (0, y));
        dz_all_labels: "Every row of dZ has the labels of the whole batch subtracted.",
            one_hot = |labels, yhat| {
                let row = one_hot(labels, yhat, |_, y| (0, y));
                in_each_row(row.row(0), labels.len())
            };
        dz_label_as_number: "dZ subtracts the label itself, as a number.",
            one_hot = |labels, yhat| {
                Array2::from_shape_fn(yhat.dim(), |(n, _)| labels[n] as f64)
            };
        dz_label_at_label: "dZ subtracts the label itself instead of 1.",
            one_hot = |labels, yhat| {
                let labels_as_numbers =
                    Array2::from_shape_fn(yhat.dim(), |(n, _)| labels[n] as f64);
                one_hot(labels, yhat, |n, y| (n, y)) * labels_as_numbers
            };
        // The gradient
        dz_sum: "dZ isn't divided by the size of the batch.",
            difference = |yhat, one_hot, _| yhat - one_hot;
        dz_over_classes:
            "dZ is divided by the number of classes, not of examples.",
            difference = |yhat, one_hot, _| {
                let classes = yhat.ncols() as f64;
                (yhat - one_hot) / classes
            };
        dz_over_both: "dZ is also divided by the number of classes.",
            difference = |yhat, one_hot, batch| {
                let entries = batch * yhat.ncols() as f64;
                (yhat - one_hot) / entries
            };
        dz_twice: "dZ is divided by the size of the batch twice.",
            difference = |yhat, one_hot, batch| (yhat - one_hot) / batch / batch;
        dz_minus_1: "dZ is divided by the size of the batch minus 1.",
            difference = |yhat, one_hot, batch| (yhat - one_hot) / (batch - 1.0);
        dz_halved: "dZ is divided by 2, whatever the size of the batch.",
            difference = |yhat, one_hot, _| (yhat - one_hot) / 2.0;
        dz_multiplied: "dZ is multiplied by the size of the batch.",
            difference = |yhat, one_hot, batch| (yhat - one_hot) * batch;
        dz_sign: "dZ has the opposite sign.",
            difference = |yhat, one_hot, batch| (one_hot - yhat) / batch;
        one_hot_added: "The 1 is added in dZ.",
            difference = |yhat, one_hot, batch| (yhat + one_hot) / batch;
        one_after_division:
            "The 1 is subtracted after the division, so it isn't divided itself.",
            difference = |yhat, one_hot, batch| yhat / batch - one_hot;
        only_one_divided: "In dZ the 1 is divided, but ŷ isn't.",
            difference = |yhat, one_hot, batch| yhat - one_hot / batch;
        only_label_divided: "Only the label's entry of each row of dZ is divided.",
            difference = |yhat, one_hot, batch| {
                let share = one_hot.mapv(|one| 1.0 + one * (1.0 / batch - 1.0));
                (yhat - one_hot) * share
            };
        one_before_exp: "The 1 is subtracted before exp is taken.",
            difference = |yhat, one_hot, batch| yhat * (-one_hot).exp() / batch;
        label_only: "Only the label's entry of each row of dZ is filled in.",
            difference = |yhat, one_hot, batch| (yhat - 1.0) * one_hot / batch;
        label_left_out: "The label's entry of each row of dZ is 0.",
            difference = |yhat, one_hot, batch| {
                &yhat * &one_hot.mapv(|one| 1.0 - one) / batch
            };
        of_probability:
            "This is the gradient with respect to ŷ, not to the logits.",
            difference = |yhat, one_hot, batch| {
                let slope = |one: &f64, p: &f64| if *one > 0.0 { -1.0 / p / batch } else { 0.0 };
                ndarray::Zip::from(&one_hot).and(&yhat).map_collect(slope)
            };
        softmax_slope_again:
            "dZ is multiplied by ŷ (1 - ŷ), but ŷ - one_hot already includes it.",
            difference = |yhat, one_hot, batch| {
                let slope = yhat.mapv(|p| p * (1.0 - p));
                (yhat - one_hot) * slope / batch
            };
        dz_doubled: "dZ is twice too large, like the gradient of a square.",
            difference = |yhat, one_hot, batch| (yhat - one_hot) * 2.0 / batch;
        dz_squared: "dZ is squared.",
            difference = |yhat, one_hot, batch| (yhat - one_hot).pow2() / batch;
        dz_absolute: "dZ has lost its signs.",
            difference = |yhat, one_hot, batch| (yhat - one_hot).abs() / batch;
        // What comes back
        dz_times_loss: "dZ is multiplied by the loss.",
            at_the_end = |dz, loss, _| *dz *= *loss;
        both_sums: "Neither the loss nor dZ is divided by the size of the batch.",
            at_the_end = |dz, loss, batch| {
                *dz *= batch;
                *loss *= batch;
            };
        both_twice: "The loss and dZ are divided by the size of the batch twice.",
            at_the_end = |dz, loss, batch| {
                *dz /= batch;
                *loss /= batch;
            };
        both_over_classes:
            "The loss and dZ are divided by the number of classes, not of examples.",
            at_the_end = |dz, loss, batch| {
                let factor = batch / dz.ncols() as f64;
                *dz *= factor;
                *loss *= factor;
            };
        both_over_both:
            "The loss and dZ are also divided by the number of classes.",
            at_the_end = |dz, loss, _| {
                let classes = dz.ncols() as f64;
                *dz /= classes;
                *loss /= classes;
            };
        mean_row: "dZ is a single row, summed over the batch.",
            at_the_end = |dz, _, _| *dz = row(&dz.sum_axis(Axis(0)));
        mean_in_each_row: "Every row of dZ is the sum of all rows.",
            at_the_end = |dz, _, _| {
                *dz = in_each_row(dz.sum_axis(Axis(0)).view(), dz.nrows());
            };
        dz_transposed: "This is dZᵀ, with a column for each example.",
            at_the_end = |dz, _, _| *dz = dz.t().to_owned();
        dz_first_row_only: "Only the first row of dZ is filled in.",
            at_the_end = |dz, _, _| *dz = only_rows(dz, |n| n == 0);
        dz_last_row_only: "Only the last row of dZ is filled in.",
            at_the_end = |dz, _, _| {
                let last = dz.nrows() - 1;
                *dz = only_rows(dz, |n| n == last);
            };
        dz_last_row_missing: "The last row of dZ isn't filled in.",
            at_the_end = |dz, _, _| {
                let last = dz.nrows() - 1;
                *dz = only_rows(dz, |n| n < last);
            };
        dz_accumulates: "Each row of dZ also includes the rows before it.",
            at_the_end = |dz, _, _| {
                dz.accumulate_axis_inplace(Axis(0), |before, dz| *dz += before);
            };
        dz_first_for_all: "Every row of dZ is the first.",
            at_the_end = |dz, _, _| *dz = in_each_row(dz.row(0), dz.nrows());
        dz_last_for_all: "Every row of dZ is the last.",
            at_the_end = |dz, _, _| *dz = in_each_row(dz.row(dz.nrows() - 1), dz.nrows());
        dz_divided_along: "In dZ, the first row is divided most often, the last only once.",
            at_the_end = |dz, _, batch| {
                let rows = dz.nrows();
                for (n, mut row) in dz.rows_mut().into_iter().enumerate() {
                    for _ in n + 1..rows {
                        row /= batch;
                    }
                }
            };
        dz_zeros: "dZ is all zeros.",
            at_the_end = |dz, _, _| dz.fill(0.0);
        })
}

/// The maximum of each row, if the search for it begins at 0.
fn shift_0(z: &Array2<f64>) -> Array1<f64> {
    z.map_axis(Axis(1), |row| max(row).max(0.0))
}

/// The logarithm of one softmax over the whole batch.
fn ln_of_all(z: &Array2<f64>) -> Array2<f64> {
    let shifted = z - max_of_all(z);
    let sum = shifted.exp().sum();
    shifted - sum.ln()
}

/// `z - max - Σ exp(z - max)`
fn without_ln(z: &Array2<f64>) -> Array2<f64> {
    let shifted = shifted(z);
    let sums = shifted.exp().sum_axis(Axis(1));
    shifted - column(&sums)
}

/// `z - ln Σ exp(z - max)`
fn half_shifted(z: &Array2<f64>) -> Array2<f64> {
    let sums = shifted(z).exp().sum_axis(Axis(1));
    z - column(&sums.ln())
}
