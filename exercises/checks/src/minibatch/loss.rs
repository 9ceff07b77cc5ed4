//! Question 3: the mean loss of a batch, and its gradient at the logits.

use ndarray::{Array1, Array2, ArrayView1, Axis, Zip, array};
use no_magic::softmax::argmax;
use rand::RngExt;

use super::{column, only_rows, row};
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
    shift: fn(z: &Array2<f64>) -> Array2<f64>,
    sums: fn(exp: &Array2<f64>) -> Array2<f64>,
    /// The logarithms of the probabilities, for the loss.
    ln_yhat: fn(&Scores) -> Array2<f64>,
    /// The probabilities, for the gradient.
    yhat: fn(&Scores) -> Array2<f64>,
    batch: fn(batch: f64, classes: f64) -> f64,
    losses: fn(ln_yhat: &Array2<f64>, labels: &[usize]) -> Array1<f64>,
    mean: fn(losses: &Array1<f64>, batch: f64, classes: f64) -> f64,
    one_hot: fn(labels: &[usize], yhat: &Array2<f64>) -> Array2<f64>,
    difference: fn(yhat: &Array2<f64>, one_hot: &Array2<f64>) -> Array2<f64>,
    share: fn(dz: Array2<f64>, batch: f64, one_hot: &Array2<f64>) -> Array2<f64>,
    at_the_end: fn(dz: Array2<f64>) -> Array2<f64>,
}

const MODEL: Model = Model {
    shift: |z| z - column(&z.map_axis(Axis(1), max)),
    sums: |exp| column(&exp.sum_axis(Axis(1))),
    ln_yhat,
    yhat,
    batch: |batch, _| batch,
    losses: |ln_yhat, labels| -of_labels(ln_yhat, labels),
    mean: |losses, batch, _| losses.sum() / batch,
    one_hot: |labels, yhat| one_hot(labels, yhat, |n, y| (n, y)),
    difference: |yhat, one_hot| yhat - one_hot,
    share: |dz, batch, _| dz / batch,
    at_the_end: |dz| dz,
};

impl Model {
    fn loss_and_gradient(&self, (logits, labels): &Case) -> (f64, Array2<f64>) {
        let classes = logits.ncols() as f64;
        let batch = (self.batch)(labels.len() as f64, classes);
        let scores = Scores::new(logits, self.shift, self.sums);
        let losses = (self.losses)(&(self.ln_yhat)(&scores), labels);
        let loss = (self.mean)(&losses, batch, classes);
        let yhat = (self.yhat)(&scores);
        let one_hot = (self.one_hot)(labels, &yhat);
        let dz = (self.share)((self.difference)(&yhat, &one_hot), batch, &one_hot);
        (loss, (self.at_the_end)(dz))
    }
}

/// What softmax is made of.
struct Scores {
    z: Array2<f64>,
    shifted: Array2<f64>,
    exp: Array2<f64>,
    sums: Array2<f64>,
}

impl Scores {
    fn new(
        z: &Array2<f64>,
        shift: fn(&Array2<f64>) -> Array2<f64>,
        sums: fn(&Array2<f64>) -> Array2<f64>,
    ) -> Self {
        let shifted = shift(z);
        let exp = shifted.exp();
        Self { z: z.clone(), sums: sums(&exp), exp, shifted }
    }
}

fn ln_yhat(s: &Scores) -> Array2<f64> {
    &s.shifted - s.sums.ln()
}

fn yhat(s: &Scores) -> Array2<f64> {
    &s.exp / &s.sums
}

/// The softmax of each row.
fn softmax(z: &Array2<f64>) -> Array2<f64> {
    yhat(&Scores::new(z, MODEL.shift, MODEL.sums))
}

/// The logarithm of the softmax of each row.
fn log_softmax(z: &Array2<f64>) -> Array2<f64> {
    ln_yhat(&Scores::new(z, MODEL.shift, MODEL.sums))
}

fn exp_of_ln(s: &Scores) -> Array2<f64> {
    ln_yhat(s).exp()
}

fn max(z: ArrayView1<'_, f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

// Wrong ways to keep exp from overflowing.

fn not_at_all(z: &Array2<f64>) -> Array2<f64> {
    z.clone()
}

fn by_one_maximum(z: &Array2<f64>) -> Array2<f64> {
    z - z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

fn by_at_least_0(z: &Array2<f64>) -> Array2<f64> {
    z - column(&z.map_axis(Axis(1), |row| max(row).max(0.0)))
}

fn by_columns(z: &Array2<f64>) -> Array2<f64> {
    z - z.map_axis(Axis(0), max)
}

fn sums_of_columns(exp: &Array2<f64>) -> Array2<f64> {
    row(&exp.sum_axis(Axis(0)))
}

fn sum_of_all(exp: &Array2<f64>) -> Array2<f64> {
    array![[exp.sum()]]
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
    let maxima = logits.map_axis(Axis(1), max);
    let far_apart = maxima.iter().any(|z| (z - maxima[0]).abs() > 700.0);
    let unlikely =
        of_labels(&log_softmax(logits), labels).iter().any(|&ln| ln < -20.0);
    vec![
        ("logits beyond ±700", large),
        ("logits within ±700", !large),
        ("rows that are far apart", far_apart),
        ("a right class whose probability is nearly 0", unlikely),
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
            shift = not_at_all;
        overflow_ln: "exp(z) overflows, or becomes 0, when the logits are large.",
            shift = not_at_all, yhat = exp_of_ln;
        overflow_p: "exp(z) overflows, or becomes 0, when the logits are large.",
            shift = not_at_all, ln_yhat = |s| yhat(s).ln();
        one_maximum: "One maximum for the whole batch makes exp of low rows 0.",
            shift = by_one_maximum;
        one_maximum_ln: "One maximum for the whole batch makes exp of low rows 0.",
            shift = by_one_maximum, yhat = exp_of_ln;
        one_maximum_p: "One maximum for the whole batch makes exp of low rows 0.",
            shift = by_one_maximum, ln_yhat = |s| yhat(s).ln();
        max_of_0: "The maximum is wrong when all logits of a row are below 0.",
            shift = by_at_least_0;
        max_of_0_ln: "The maximum is wrong when all logits of a row are below 0.",
            shift = by_at_least_0, yhat = exp_of_ln;
        max_of_0_p: "The maximum is wrong when all logits of a row are below 0.",
            shift = by_at_least_0, ln_yhat = |s| yhat(s).ln();
        column_maximum: "Each column's maximum is subtracted, not each row's.",
            shift = by_columns;
        columns: "Softmax goes down the columns, but each row is an example.",
            shift = by_columns, sums = sums_of_columns;
        column_sums: "The exponentials are summed along columns, not rows.",
            sums = sums_of_columns;
        whole_batch: "There's one softmax for the whole batch, not for each row.",
            shift = by_one_maximum, sums = sum_of_all;
        not_normalized: "The exponentials aren't divided by the sum of their row.",
            sums = |_| array![[1.0]];
        no_ln_of_sum: "The sum of the exponentials is subtracted, not its ln.",
            ln_yhat = |s| &s.shifted - &s.sums,
            yhat = |s| (&s.shifted - &s.sums).exp();
        maximum_lost: "The maximum is subtracted in the sum, but not from z.",
            ln_yhat = |s| &s.z - s.sums.ln(),
            yhat = |s| (&s.z - s.sums.ln()).exp();
        softmax_twice: "Softmax is applied to probabilities: it's taken twice.",
            ln_yhat = |s| log_softmax(&yhat(s)),
            yhat = |s| softmax(&yhat(s));
        // The logarithm of the probabilities
        ln_of_0: "The logarithm is taken of a probability that has become 0.",
            ln_yhat = |s| yhat(s).ln();
        plus_1e7: "1e-7 is added to the probability, which isn't wanted here.",
            ln_yhat = |s| (yhat(s) + 1e-7).ln();
        plus_1e10: "1e-10 is added to the probability, which isn't wanted here.",
            ln_yhat = |s| (yhat(s) + 1e-10).ln();
        plus_1e12: "1e-12 is added to the probability, which isn't wanted here.",
            ln_yhat = |s| (yhat(s) + 1e-12).ln();
        plus_1e15: "1e-15 is added to the probability, which isn't wanted here.",
            ln_yhat = |s| (yhat(s) + 1e-15).ln();
        floor_1e7: "Probabilities are kept above 1e-7, which limits the loss.",
            ln_yhat = |s| yhat(s).mapv(|p| p.max(1e-7).ln());
        floor_1e12: "Probabilities are kept above 1e-12, which limits the loss.",
            ln_yhat = |s| yhat(s).mapv(|p| p.max(1e-12).ln());
        floor_1e15: "Probabilities are kept above 1e-15, which limits the loss.",
            ln_yhat = |s| yhat(s).mapv(|p| p.max(1e-15).ln());
        floor_min: "Probabilities are kept above 2.2e-308, which limits the loss.",
            ln_yhat = |s| yhat(s).mapv(|p| p.max(f64::MIN_POSITIVE).ln());
        log2: "The logarithm has the base 2.",
            ln_yhat = |s| ln_yhat(s) / 2_f64.ln();
        no_ln: "The logarithm is missing: the loss is minus a probability.",
            ln_yhat = yhat;
        logits_as_ln: "The loss is minus the logit: softmax is missing.",
            ln_yhat = |s| s.z.clone();
        loss_overflow: "In the loss, exp(z) overflows if logits are large.",
            ln_yhat = |s| ln_yhat(&Scores::new(&s.z, not_at_all, MODEL.sums));
        loss_overflow_p: "In the loss, exp(z) overflows if logits are large.",
            ln_yhat = |s| yhat(&Scores::new(&s.z, not_at_all, MODEL.sums)).ln();
        // The losses
        loss_sign: "The minus of the loss is missing.",
            losses = of_labels;
        one_minus: "Each loss is 1 minus the probability: ln is missing.",
            losses = |ln, labels| right(ln, labels).mapv(|p| 1.0 - p);
        loss_of_class_0: "The loss always looks at class 0.",
            losses = |ln, _| ln.column(0).mapv(|ln| -ln);
        loss_of_first_label: "The loss looks at the first label for every example.",
            losses = |ln, labels| ln.column(labels[0]).mapv(|ln| -ln);
        loss_of_guess: "The loss looks at the likeliest class, not the label's.",
            losses = |ln, _| of_labels(ln, &guesses(ln)).mapv(|ln| -ln);
        loss_swapped: "The loss swaps row and column: it looks at row y, column n.",
            losses = |ln, labels| {
                labels.iter().enumerate().map(|(n, &y)| -ln[[y, n]]).collect()
            };
        loss_of_all: "The loss sums over all classes, not just the right one.",
            losses = |ln, _| -ln.sum_axis(Axis(1));
        late_loss: "The loss is read after 1 has been subtracted from ln ŷ.",
            losses = |ln, labels| of_labels(ln, labels).mapv(|ln| 1.0 - ln);
        late_loss_p: "The loss is read after 1 has been subtracted from ŷ.",
            losses = |ln, labels| right(ln, labels).mapv(|p| -(p - 1.0).ln());
        // Their mean
        sum: "The loss is the sum over the batch, not the mean.",
            mean = |losses, _, _| losses.sum();
        mean_over_classes:
            "The loss is divided by the number of classes, not of examples.",
            mean = |losses, _, classes| losses.sum() / classes;
        mean_over_both: "The loss is also divided by the number of classes.",
            mean = |losses, batch, classes| losses.sum() / classes / batch;
        mean_twice: "The loss is divided by the size of the batch twice.",
            mean = |losses, batch, _| losses.sum() / batch / batch;
        first_loss: "The loss is that of the first example alone.",
            mean = |losses, _, _| losses[0];
        last_loss: "The loss is that of the last example: the others aren't added.",
            mean = |losses, _, _| losses[losses.len() - 1];
        last_only: "Only the last example counts in the loss: there's no sum.",
            mean = |losses, batch, _| losses[losses.len() - 1] / batch;
        running_mean: "The loss so far is divided again at each example.",
            mean = |losses, batch, _| {
                losses.fold(0.0, |sum, loss| (sum + loss) / batch)
            };
        ln_of_mean: "The logarithm is taken of the mean probability.",
            mean = |losses, batch, _| {
                let p = losses.mapv(|loss| (-loss).exp());
                -(p.sum() / batch).ln()
            };
        // The probabilities, for the gradient
        no_exp: "dZ is made from ln ŷ instead of ŷ: exp is missing.",
            yhat = ln_yhat;
        logits_as_yhat: "dZ is made from the logits: softmax is missing.",
            yhat = |s| s.z.clone();
        exp_as_yhat: "dZ is made from exp(z), which isn't divided by its sum.",
            yhat = |s| s.z.exp();
        shifted_exp_as_yhat: "dZ uses exponentials that aren't divided by a sum.",
            yhat = |s| s.exp.clone();
        dz_softmax_twice: "dZ is made from a softmax of probabilities.",
            yhat = |s| softmax(&yhat(s));
        dz_overflow: "In dZ, exp(z) overflows if logits are large.",
            yhat = |s| yhat(&Scores::new(&s.z, not_at_all, MODEL.sums));
        dz_one_maximum: "In dZ, one maximum is subtracted from the whole batch.",
            yhat = |s| yhat(&Scores::new(&s.z, by_one_maximum, MODEL.sums));
        dz_columns: "In dZ, softmax goes down the columns.",
            yhat = |s| yhat(&Scores::new(&s.z, by_columns, sums_of_columns));
        dz_whole_batch: "In dZ, there's one softmax for the whole batch.",
            yhat = |s| yhat(&Scores::new(&s.z, by_one_maximum, sum_of_all));
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
        dz_of_guess: "dZ subtracts the 1 from the likeliest class.",
            one_hot = |_, yhat| one_hot(&guesses(yhat), yhat, |n, y| (n, y));
        dz_swapped: "dZ swaps row and column: the 1 goes to row y, column n.",
            one_hot = |labels, yhat| one_hot(labels, yhat, |n, y| (y, n));
        dz_label_as_number: "dZ subtracts the label itself, as a number.",
            one_hot = |labels, yhat| {
                Array2::from_shape_fn(yhat.dim(), |(n, _)| labels[n] as f64)
            };
        // The difference
        dz_sign: "dZ has the opposite sign.",
            difference = |yhat, one_hot| one_hot - yhat;
        one_hot_added: "The 1 is added in dZ.",
            difference = |yhat, one_hot| yhat + one_hot;
        one_before_exp: "The 1 is subtracted before exp is taken.",
            difference = |yhat, one_hot| yhat * (-one_hot).exp();
        label_only: "Only the label's entry of each row of dZ is filled in.",
            difference = |yhat, one_hot| (yhat - 1.0) * one_hot;
        of_probability: "This is the gradient with respect to ŷ, not the logits.",
            difference = |yhat, one_hot| {
                Zip::from(yhat)
                    .and(one_hot)
                    .map_collect(|p, &one| if one > 0.0 { -one / p } else { 0.0 })
            };
        slope_again: "dZ is multiplied by ŷ (1 - ŷ), which it already includes.",
            difference = |yhat, one_hot| (yhat - one_hot) * yhat * (1.0 - yhat);
        // The division of dZ
        dz_sum: "dZ isn't divided by the size of the batch.",
            share = |dz, _, _| dz;
        dz_over_classes: "dZ is divided by the number of classes, not of examples.",
            share = |dz, _, _| {
                let classes = dz.ncols() as f64;
                dz / classes
            };
        dz_over_both: "dZ is also divided by the number of classes.",
            share = |dz, _, _| {
                let entries = dz.len() as f64;
                dz / entries
            };
        dz_twice: "dZ is divided by the size of the batch twice.",
            share = |dz, batch, _| dz / batch / batch;
        one_after_division:
            "The 1 is subtracted after the division: it isn't divided.",
            share = |dz, batch, one_hot| (dz + one_hot) / batch - one_hot;
        only_one_divided: "In dZ the 1 is divided, but ŷ isn't.",
            share = |dz, batch, one_hot| dz + one_hot - one_hot / batch;
        only_label_divided: "Only the label's entry of each row of dZ is divided.",
            share = |dz, batch, one_hot| {
                dz * one_hot.mapv(|one| 1.0 + one * (1.0 / batch - 1.0))
            };
        // The division of both
        both_sums: "Neither the loss nor dZ is divided by the size of the batch.",
            batch = |_, _| 1.0;
        both_over_classes:
            "The loss and dZ are divided by the classes, not the examples.",
            batch = |_, classes| classes;
        both_over_both:
            "The loss and dZ are also divided by the number of classes.",
            batch = |batch, classes| batch * classes;
        both_twice: "The loss and dZ are divided by the size of the batch twice.",
            batch = |batch, _| batch * batch;
        both_halved: "The loss and dZ are halved, whatever the batch's size.",
            batch = |_, _| 2.0;
        integer_division: "1 / batch is a division of integers, which gives 0.",
            batch = |batch, _| if batch > 1.0 { f64::INFINITY } else { 1.0 };
        // What comes back
        mean_row: "dZ is a single row, summed over the batch.",
            at_the_end = |dz| row(&dz.sum_axis(Axis(0)));
        mean_in_each_row: "Every row of dZ is the sum of all rows.",
            at_the_end = |dz| &dz * 0.0 + dz.sum_axis(Axis(0));
        dz_transposed: "This is dZᵀ, with a column for each example.",
            at_the_end = |dz| dz.reversed_axes();
        dz_first_row_only: "Only the first row of dZ is filled in.",
            at_the_end = |dz| only_rows(&dz, |n| n == 0);
        dz_zeros: "dZ is all zeros.",
            at_the_end = |dz| dz * 0.0;
        })
}
