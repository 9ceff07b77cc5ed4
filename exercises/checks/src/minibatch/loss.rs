//! Question 3: the mean loss of a batch, and its gradient at the logits.

use ndarray::{Array1, Array2, ArrayView1, Axis, array};
use rand::RngExt;

use super::{column, row};
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
    losses: fn(ln_yhat: &Array2<f64>, labels: &[usize]) -> Array1<f64>,
    mean: fn(losses: &Array1<f64>, batch: f64, classes: f64) -> f64,
    one_hot: fn(labels: &[usize], yhat: &Array2<f64>) -> Array2<f64>,
    difference: fn(yhat: &Array2<f64>, one_hot: &Array2<f64>) -> Array2<f64>,
    share: fn(dz: Array2<f64>, batch: f64, one_hot: &Array2<f64>) -> Array2<f64>,
}

const MODEL: Model = Model {
    shift: |z| z - column(&z.map_axis(Axis(1), max)),
    sums: |exp| column(&exp.sum_axis(Axis(1))),
    ln_yhat,
    yhat,
    losses: |ln_yhat, labels| -of_labels(ln_yhat, labels),
    mean: |losses, batch, _| losses.sum() / batch,
    one_hot,
    difference: |yhat, one_hot| yhat - one_hot,
    share: |dz, batch, _| dz / batch,
};

impl Model {
    fn loss_and_gradient(&self, (logits, labels): &Case) -> (f64, Array2<f64>) {
        let (batch, classes) = (labels.len() as f64, logits.ncols() as f64);
        let scores = self.scores(logits);
        let losses = (self.losses)(&(self.ln_yhat)(&scores), labels);
        let yhat = (self.yhat)(&scores);
        let one_hot = (self.one_hot)(labels, &yhat);
        let dz = (self.difference)(&yhat, &one_hot);
        let loss = (self.mean)(&losses, batch, classes);
        (loss, (self.share)(dz, batch, &one_hot))
    }

    fn scores(&self, z: &Array2<f64>) -> Scores {
        let shifted = (self.shift)(z);
        let exp = shifted.exp();
        Scores { z: z.clone(), sums: (self.sums)(&exp), exp, shifted }
    }
}

/// What softmax is made of.
struct Scores {
    z: Array2<f64>,
    shifted: Array2<f64>,
    exp: Array2<f64>,
    sums: Array2<f64>,
}

fn ln_yhat(s: &Scores) -> Array2<f64> {
    &s.shifted - s.sums.ln()
}

fn yhat(s: &Scores) -> Array2<f64> {
    &s.exp / &s.sums
}

fn max(z: ArrayView1<'_, f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

fn by_one_maximum(z: &Array2<f64>) -> Array2<f64> {
    z - z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

fn of_labels(matrix: &Array2<f64>, labels: &[usize]) -> Array1<f64> {
    labels.iter().enumerate().map(|(n, &y)| matrix[[n, y]]).collect()
}

fn one_hot(labels: &[usize], yhat: &Array2<f64>) -> Array2<f64> {
    let is_right = |(n, class): (usize, usize)| f64::from(labels[n] == class);
    Array2::from_shape_fn(yhat.dim(), is_right)
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
        (array![[0.0, 30.0], [2.0, 3.0]], vec![0, 1]),
        (array![[0.0, 1000.0], [2.0, 3.0], [1.0, 0.0]], vec![0, 1, 1]),
    ];
    by_hand.into_iter().chain(random).chain(extreme)
}

fn kinds((logits, labels): &Case) -> Vec<(&'static str, bool)> {
    let large = logits.iter().any(|z| z.abs() > 700.0);
    let maxima = logits.map_axis(Axis(1), max);
    let far_apart = maxima.iter().any(|z| (z - maxima[0]).abs() > 700.0);
    let unlikely = of_labels(&ln_yhat(&MODEL.scores(logits)), labels)
        .iter()
        .any(|&ln| ln < -20.0);
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
        overflow:
            "The maximum isn't subtracted, so `exp(z)` becomes infinite or 0 when \
             the logits are far from 0.",
            shift = Array2::clone;
        overflow_p:
            "The maximum isn't subtracted, so `exp(z)` becomes infinite or 0 when \
             the logits are far from 0.",
            shift = Array2::clone, ln_yhat = |s| yhat(s).ln();
        one_maximum:
            "One maximum is subtracted from the whole batch, so the exponentials \
             of much lower rows become 0.",
            shift = by_one_maximum;
        max_of_0:
            "When all logits of a row are below 0, their maximum comes out as 0.",
            shift = |z| z - column(&z.map_axis(Axis(1), |z| max(z).max(0.0)));
        columns: "Softmax goes down the columns, but each row is an example.",
            shift = |z| z - z.map_axis(Axis(0), max),
            sums = |exp| row(&exp.sum_axis(Axis(0)));
        column_sums:
            "The exponentials are summed down the columns instead of along the \
             rows.",
            sums = |exp| row(&exp.sum_axis(Axis(0)));
        whole_batch:
            "There's one softmax for the whole batch instead of a softmax for each \
             row.",
            shift = by_one_maximum, sums = |exp| array![[exp.sum()]];
        not_normalized: "The exponentials aren't divided by the sum of their row.",
            sums = |_| array![[1.0]];
        maximum_lost:
            "The maximum is subtracted inside the sum, but `z` itself still \
             includes it.",
            ln_yhat = |s| &s.z - s.sums.ln(),
            yhat = |s| (&s.z - s.sums.ln()).exp();
        softmax_twice: "Softmax is applied twice.",
            ln_yhat = |s| ln_yhat(&MODEL.scores(&yhat(s))),
            yhat = |s| yhat(&MODEL.scores(&yhat(s)));
        // The logarithm of the probabilities
        ln_of_0:
            "The logarithm is taken of a probability, which may have become 0.",
            ln_yhat = |s| yhat(s).ln();
        plus_1e7: "`1e-7` is added to the probability, which isn't wanted here.",
            ln_yhat = |s| (yhat(s) + 1e-7).ln();
        plus_1e12: "`1e-12` is added to the probability, which isn't wanted here.",
            ln_yhat = |s| (yhat(s) + 1e-12).ln();
        floor_1e7:
            "Probabilities below `1e-7` are raised to `1e-7`, which limits the \
             loss.",
            ln_yhat = |s| yhat(s).mapv(|p| p.max(1e-7).ln());
        no_ln:
            "The logarithm is missing: each example's loss is minus a probability.",
            ln_yhat = yhat;
        logits_as_ln: "Softmax is missing: each example's loss is minus its logit.",
            ln_yhat = |s| s.z.clone();
        // The losses
        loss_sign: "The minus of `-ln ŷ` is missing from the loss.",
            losses = of_labels;
        loss_of_all:
            "The loss adds up all classes, not just the right class of each row.",
            losses = |ln, _| -ln.sum_axis(Axis(1));
        late_loss_p:
            "The loss is computed after 1 has been subtracted from `ŷ`, so the \
             logarithm gets a negative number.",
            losses = |ln, labels| {
                of_labels(ln, labels).mapv(|ln| -(ln.exp() - 1.0).ln())
            };
        // Their mean
        sum: "The loss is the sum over the batch, not the mean.",
            mean = |losses, _, _| losses.sum();
        mean_over_classes:
            "The loss is divided by the number of classes instead of the size of \
             the batch.",
            mean = |losses, _, classes| losses.sum() / classes;
        mean_over_both: "The loss is also divided by the number of classes.",
            mean = |losses, batch, classes| losses.sum() / classes / batch;
        mean_twice: "The loss is divided by the size of the batch twice.",
            mean = |losses, batch, _| losses.sum() / batch / batch;
        last_only:
            "Only the last example counts in the loss: the others aren't added.",
            mean = |losses, batch, _| losses[losses.len() - 1] / batch;
        running_mean:
            "The loss so far is divided by the size of the batch again at each \
             example.",
            mean = |losses, batch, _| {
                losses.fold(0.0, |sum, loss| (sum + loss) / batch)
            };
        // The probabilities, for the gradient
        no_exp: "`dZ` is made from `ln ŷ` instead of `ŷ`: `exp` is missing.",
            yhat = ln_yhat;
        logits_as_yhat: "`dZ` is made from the logits: softmax is missing.",
            yhat = |s| s.z.clone();
        exp_as_yhat: "`dZ` is made from `exp(z)`, which isn't divided by its sum.",
            yhat = |s| s.z.exp();
        dz_overflow:
            "In `dZ`, `exp(z)` becomes infinite or 0 when the logits are far from \
             0.",
            yhat = |s| yhat(&Model { shift: Array2::clone, ..MODEL }.scores(&s.z));
        // What is subtracted
        no_one_hot: "The 1 of the right class is never subtracted in `dZ`.",
            one_hot = |_, yhat| yhat * 0.0;
        ones:
            "The 1 is subtracted from every class in `dZ`, not just from the right \
             class.",
            one_hot = |_, yhat| Array2::ones(yhat.dim());
        // The difference
        dz_sign: "`dZ` has the opposite sign.",
            difference = |yhat, one_hot| one_hot - yhat;
        one_hot_added:
            "The 1 of the right class is added in `dZ` instead of subtracted.",
            difference = |yhat, one_hot| yhat + one_hot;
        one_before_exp:
            "The 1 is subtracted from `ln ŷ`, before `exp`, instead of from `ŷ`.",
            difference = |yhat, one_hot| yhat * (-one_hot).exp();
        label_only:
            "In each row of `dZ`, only the entry of the right class is filled in.",
            difference = |yhat, one_hot| (yhat - 1.0) * one_hot;
        // The division of dZ
        dz_sum: "`dZ` isn't divided by the size of the batch.",
            share = |dz, _, _| dz;
        dz_over_classes:
            "`dZ` is divided by the number of classes instead of the size of the \
             batch.",
            share = |dz, _, _| &dz / dz.ncols() as f64;
        dz_over_both: "`dZ` is also divided by the number of classes.",
            share = |dz, _, _| &dz / dz.len() as f64;
        dz_twice: "`dZ` is divided by the size of the batch twice.",
            share = |dz, batch, _| dz / batch / batch;
        one_after_division:
            "The 1 is subtracted after the division by the size of the batch, so \
             it isn't divided itself.",
            share = |dz, batch, one_hot| (dz + one_hot) / batch - one_hot;
        // The division of both
        both_over_classes:
            "The loss and `dZ` are divided by the number of classes instead of the \
             size of the batch.",
            mean = |losses, _, classes| losses.sum() / classes,
            share = |dz, _, _| &dz / dz.ncols() as f64;
        })
}
