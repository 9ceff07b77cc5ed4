//! An epoch of training: every example once, in a new order.
//!
//! Each epoch starts from the same network, so that its weights tell in which order
//! the examples came: a step on one example and then another is not the same as the
//! other way round. Where all examples are the same, the order makes no difference,
//! and what comes out is known exactly.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use ndarray::{Array1, Array2, array};
use no_magic::by_hand::Layer;
use no_magic::dataset::Dataset;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::{layers, one_step, without_epsilon};
use crate::comparison::{close, difference};
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn train_epoch(layers, data, lr, rng) -> mean loss`
pub type TrainEpoch = fn(&mut [Layer], &Dataset, f64, &mut ChaCha8Rng) -> f64;

/// Judges `train_epoch`.
pub fn train_epoch(answer: TrainEpoch) -> Verdict {
    question().judge(move |case| {
        case.observe(|rng| {
            let mut layers = case.start.clone();
            let loss = answer(&mut layers, &case.data, case.lr, rng);
            (loss, layers)
        })
    })
}

/// What an epoch is given, and how often it's run.
#[derive(Clone)]
pub(super) struct Case {
    start: Vec<Layer>,
    data: Dataset,
    lr: f64,
    epochs: usize,
    known: Arc<Vec<Steps>>,
}

/// The mean loss, and the layers afterwards.
type End = (f64, Vec<Layer>);

/// Training steps on the inputs and the labels of some examples, one by one.
#[derive(Clone, Default)]
struct Steps {
    inputs: Vec<usize>,
    labels: Vec<usize>,
    losses: Vec<f64>,
    layers: Vec<Layer>,
    end: Array1<f64>,
}

fn flatten(layers: &[Layer]) -> Array1<f64> {
    let numbers = layers.iter().flat_map(|layer| layer.w.iter().chain(&layer.b));
    numbers.copied().collect()
}

impl Case {
    fn new(
        start: Vec<Layer>,
        inputs: Array2<f64>,
        labels: Vec<usize>,
        epochs: usize,
    ) -> Self {
        let data = Dataset::new(inputs, labels, 2).expect("a valid data set");
        let (lr, known) = (0.3, Arc::default());
        let mut case = Self { start, data, lr, epochs, known };
        let n = case.data.len();
        case.known = Arc::new(if epochs == 1 {
            case.explore(2 * n, |_, i, j| i == 0 && j == 0)
        } else {
            let mut known = case.explore(n + 1, |_, i, j| i == j);
            // Each input once, with any label.
            let labels = case.data.labels();
            known.extend(case.explore(n, |steps, i, j| {
                !steps.inputs.contains(&i) && !labels[..j].contains(&labels[j])
            }));
            known
        });
        case
    }

    /// All steps up to this length, each of which may follow those before.
    fn explore(
        &self,
        length: usize,
        may_follow: impl Fn(&Steps, usize, usize) -> bool,
    ) -> Vec<Steps> {
        let end = flatten(&self.start);
        let mut all =
            vec![Steps { layers: self.start.clone(), end, ..Steps::default() }];
        let mut next = 0;
        while next < all.len() {
            for (i, j) in ndarray::indices([self.data.len(); 2]) {
                if all[next].inputs.len() < length && may_follow(&all[next], i, j) {
                    let mut steps = all[next].clone();
                    let (x, y) = (self.data.x(i).to_owned(), self.data.y(j));
                    steps.losses.push(one_step(&mut steps.layers, &x, y, self.lr));
                    steps.inputs.push(i);
                    steps.labels.push(j);
                    steps.end = flatten(&steps.layers);
                    all.push(steps);
                }
            }
            next += 1;
        }
        all
    }

    fn steps_to(&self, layers: &[Layer]) -> Option<&Steps> {
        let end = flatten(layers);
        let mut near =
            self.known.iter().filter(|steps| close(steps.end[0], end[0]));
        near.find(|steps| difference(&steps.end, &end).is_none())
    }

    fn observe(&self, mut epoch: impl FnMut(&mut ChaCha8Rng) -> End) -> Outcome {
        let rng = || ChaCha8Rng::seed_from_u64(1);
        if self.epochs == 1 {
            self.observe_one(&epoch(&mut rng()))
        } else {
            let mut run = |epochs, mut rng: ChaCha8Rng| -> Vec<End> {
                (0..epochs).map(|_| epoch(&mut rng)).collect()
            };
            let (ends, again) = (run(self.epochs, rng()), run(50, rng()));
            self.observe_many(&ends, &again)
        }
    }

    /// An epoch on copies of one example.
    fn observe_one(&self, (loss, layers): &End) -> Outcome {
        let n = self.data.len();
        let steps = self.steps_to(layers);
        let text = steps.map_or(NOT_STEPS.to_owned(), |steps| {
            format!("{} for {n} examples", steps.inputs.len())
        });
        let loss =
            steps.map_or(*loss, |steps| without_epsilon(&steps.losses, *loss));
        let outcome =
            Outcome::new().text("the steps", text).value("mean loss", &loss);
        super::changes(outcome, &self.start, layers)
    }

    /// Many epochs on different examples, all from the same start.
    fn observe_many(&self, ends: &[End], again: &[End]) -> Outcome {
        let n = self.data.len();
        let mut counts = BTreeMap::<Vec<u64>, (f64, &End)>::new();
        for end in ends {
            let bits = flatten(&end.1).mapv(f64::to_bits).to_vec();
            counts.entry(bits).or_insert((0.0, end)).0 += 1.0;
        }
        let (counts, seen): (Vec<f64>, Vec<&End>) = counts.into_values().unzip();
        let known: Option<Vec<&Steps>> =
            seen.iter().map(|end| self.steps_to(&end.1)).collect();
        let steps = known.as_ref().map_or(NOT_STEPS.to_owned(), |known| {
            steps_text(known, self.data.labels())
        });
        let mut pairs = again.iter().zip(ends);
        let repeated = pairs.all(|(a, b)| flatten(&a.1) == flatten(&b.1));
        let mut outcome = Outcome::new().text("the steps", &steps).text(
            "the orders from the same seed",
            if repeated { "the same again" } else { "different" },
        );
        if !repeated {
            return outcome;
        }
        let Some(known) = known.filter(|_| steps == ONE_EACH) else {
            let results = counts.len() as f64;
            return outcome.roughly(0.25, "different results", &results);
        };
        outcome = outcome.text("the orders", orders_text(&counts, known[0], n));
        if counts.len() > 1 {
            let epochs = ends.len() as f64;
            let mut places = Array2::zeros((n, n));
            for (count, steps) in counts.iter().zip(&known) {
                for (place, &i) in steps.inputs.iter().enumerate() {
                    places[[i, place]] += 100.0 * count / epochs;
                }
            }
            // Six standard errors of the difference of two shares, at least.
            let tolerance = 425.0 / epochs.sqrt();
            let name = "how often each example comes at each place, in %";
            outcome = outcome.within(tolerance, name, &places);
        }
        if let Some(k) = known.iter().position(|steps| steps.inputs.is_sorted()) {
            let loss = without_epsilon(&known[k].losses, seen[k].0);
            outcome = outcome.value("mean loss for the order 0, 1, 2, 3", &loss);
        }
        outcome
    }
}

const NOT_STEPS: &str = "not those that train_step takes";
const ONE_EACH: &str = "one for each example";

fn steps_text(known: &[&Steps], labels: &[usize]) -> String {
    let n = labels.len();
    let has_wrong_label = |steps: &&Steps| {
        let mut pairs = steps.inputs.iter().zip(&steps.labels);
        pairs.any(|(&i, &j)| labels[i] != labels[j])
    };
    if known.iter().any(has_wrong_label) {
        return "one for each input, some with a wrong label".to_owned();
    }
    let lengths = distinct(known.iter().map(|steps| steps.inputs.len()));
    let twice = known.iter().any(|steps| {
        distinct(steps.inputs.iter().copied()).len() < steps.inputs.len()
    });
    if lengths == [n] && !twice {
        return ONE_EACH.to_owned();
    }
    let mut never = (0..n).filter(|i| known.iter().all(|s| !s.inputs.contains(i)));
    let lengths_text: Vec<String> =
        lengths.iter().map(ToString::to_string).collect();
    let mut text = format!("{} in an epoch", lengths_text.join(", "));
    if twice {
        text += ", some on the same example";
    }
    if let Some(never) = never.next_back().filter(|_| lengths != [0]) {
        text += &format!(", never on example {never}");
    }
    text
}

fn orders_text(counts: &[f64], first: &Steps, n: usize) -> String {
    let possible: usize = (1..=n).product();
    // Pearson's χ², which stays below 75 for 24 orders, but for one chance in ten
    // million.
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    let squares = counts.iter().map(|count| (count - mean).powi(2) / mean);
    let how_often = if squares.sum::<f64>() < 75.0 {
        "about equally often"
    } else {
        "some more often than others"
    };
    match counts.len() {
        1 if first.inputs.is_sorted() => "always 0, 1, 2, 3".to_owned(),
        1 => "always the same, but not 0, 1, 2, 3".to_owned(),
        some if some < possible => {
            format!("only {some} of the {possible} possible ones")
        }
        _ => format!("all {possible} possible ones, {how_often}"),
    }
}

fn distinct(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    numbers.collect::<BTreeSet<_>>().into_iter().collect()
}

/// `train_epoch`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    order: fn(n: usize, &mut ChaCha8Rng) -> Vec<usize>,
    labels: fn(&[usize], &mut ChaCha8Rng) -> Vec<usize>,
    lr: fn(lr: f64, n: usize) -> f64,
    keeps_epoch: bool,
    mean: fn(&Array1<f64>) -> f64,
}

const MODEL: Model = Model {
    order: shuffled,
    labels: |order, _| order.to_vec(),
    lr: |lr, _| lr,
    keeps_epoch: true,
    mean: |losses| losses.sum() / losses.len() as f64,
};

fn shuffled(n: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(rng);
    order
}

/// 0, 1, 2, … after this change.
fn changed(n: usize, shuffle: impl FnOnce(&mut [usize])) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    shuffle(&mut order);
    order
}

impl Model {
    fn observe(&self, case: &Case) -> Outcome {
        let mut known = BTreeMap::<_, End>::new();
        case.observe(|rng| {
            let inputs = (self.order)(case.data.len(), rng);
            let labels = (self.labels)(&inputs, rng);
            let end = known
                .entry((inputs, labels))
                .or_insert_with_key(|(i, j)| self.train(case, i, j));
            end.clone()
        })
    }

    fn train(&self, case: &Case, inputs: &[usize], labels: &[usize]) -> End {
        let lr = (self.lr)(case.lr, case.data.len());
        let mut layers = case.start.clone();
        let losses = inputs.iter().zip(labels).map(|(&i, &j)| {
            let (x, y) = (case.data.x(i).to_owned(), case.data.y(j));
            one_step(&mut layers, &x, y, lr)
        });
        let loss = (self.mean)(&losses.collect());
        (loss, if self.keeps_epoch { layers } else { case.start.clone() })
    }
}

fn cases() -> [Case; 3] {
    let two_layers = layers(vec![
        (array![[1.0, -1.0], [0.5, 2.0], [-1.0, 0.5]], array![0.5, -0.5, 1.0]),
        (array![[0.5, 0.25, 1.0], [0.75, 0.5, -0.5]], array![0.0, 0.25]),
    ]);
    let one_layer = layers(vec![(
        array![[0.5, -1.0, 1.0], [1.0, 0.25, -0.5]],
        array![0.0, 0.5],
    )]);
    let three = array![[1.0, 0.5], [1.0, 0.5], [1.0, 0.5]];
    let five = Array2::from_shape_fn((5, 3), |(_, j)| [1.0, 0.5, -1.0][j]);
    let four = array![[1.0, 0.5], [-1.0, 2.0], [0.5, -1.5], [2.0, 1.0]];
    [
        Case::new(two_layers.clone(), three, vec![1; 3], 1),
        Case::new(one_layer, five, vec![0; 5], 1),
        Case::new(two_layers, four, vec![0, 1, 1, 0], 4000),
    ]
}

fn given(case: &Case) -> Given {
    let shapes: Vec<_> = case.start.iter().map(|layer| layer.w.dim()).collect();
    let given = Given::new()
        .number("shapes of W", shapes)
        .value("inputs", case.data.inputs())
        .number("labels", case.data.labels())
        .number("lr", case.lr);
    if case.epochs == 1 {
        return given;
    }
    given.note("epochs", &format!("{}, each with these layers", case.epochs))
}

pub(super) fn question() -> Question<Case, Model> {
    Question::new("network.train_epoch", MODEL, Model::observe)
        .given(given)
        .kinds(|case| {
            vec![
                ("copies of a single example", case.epochs == 1),
                ("different examples", case.epochs > 1),
            ]
        })
        .calls("train_step")
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The order
        not_shuffled: "The examples are never shuffled.",
            order = |n, _| (0..n).collect();
        rotated:
            "Only the start is random. From there, the examples come in a row.",
            order = |n, rng| {
                changed(n, |order| order.rotate_left(rng.random_range(0..n)))
            };
        same_order:
            "The order is the same in every epoch: it doesn't come from rng.",
            order = |n, _| shuffled(n, &mut ChaCha8Rng::seed_from_u64(0));
        not_from_rng:
            "The order is random, but the randomness doesn't come from rng.",
            order = |n, _| (0..n).collect::<HashSet<_>>().into_iter().collect();
        any_with_any:
            "The shuffle isn't quite fair: some orders come up more often. \
             Swapping each place with any other does that, for example.",
            order = |n, rng| changed(n, |order| for i in 0..n {
                order.swap(i, rng.random_range(0..n));
            });
        random_comparisons:
            "Sorting with random comparisons is no fair shuffle: some orders come \
             up far more often than others.",
            order = |n, rng| changed(n, |order| order.sort_by(|_, _| {
                if rng.random() { Ordering::Less } else { Ordering::Greater }
            }));
        // Which examples
        with_replacement:
            "Each step draws from all examples, so some come twice and others \
             never.",
            order = |n, rng| (0..n).map(|_| rng.random_range(0..n)).collect();
        last_left_out: "The last example is never used.",
            order = |n, rng| shuffled(n - 1, rng);
        first_left_out: "The first example is never used.",
            order = |n, rng| shuffled(n - 1, rng).iter().map(|i| i + 1).collect();
        one_left_out:
            "One of the shuffled examples is left out, at the start or the end.",
            order = |n, rng| shuffled(n, rng).split_off(1);
        each_twice: "There are two steps on each example.",
            order = |n, rng| {
                shuffled(n, rng).into_iter().flat_map(|i| [i, i]).collect()
            };
        labels_in_place:
            "The inputs are shuffled, but the labels stay in their places.",
            labels = |order, _| (0..order.len()).collect();
        labels_shuffled_apart:
            "Inputs and labels are shuffled separately, so they no longer match.",
            labels = |order, rng| shuffled(order.len(), rng);
        // The steps
        copies_trained: "A copy of the layers is trained, and thrown away.",
            keeps_epoch = false;
        every_step_thrown_away:
            "No step is kept: each starts from the same layers.",
            lr = |_, _| 0.0;
        lesson_learning_rate: "The learning rate is 0.05, whatever lr is.",
            lr = |_, _| 0.05;
        no_learning_rate: "The learning rate isn't used: the steps are for lr = 1.",
            lr = |_, _| 1.0;
        learning_rate_over_n:
            "The learning rate is divided by the number of examples.",
            lr = |lr, n| lr / n as f64;
        // The mean loss
        sum: "What you return is the sum of the losses.",
            mean = |losses| losses.sum();
        last_loss: "What you return is the last loss.",
            mean = |losses| *losses.last().unwrap_or(&0.0);
        halving:
            "The mean is halved at each step, (mean + loss) / 2, so the last \
             losses count the most.",
            mean = |losses| losses.fold(0.0, |mean, loss| (mean + loss) / 2.0);
        running_mean_over_n:
            "The loss of each step is divided by the number of that step.",
            mean = |losses| (1..).zip(losses).map(|(k, l)| l / f64::from(k)).sum();
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_steps_end_elsewhere() {
        for case in cases() {
            let y = |steps: &Steps| -> Vec<usize> {
                steps.labels.iter().map(|&j| case.data.y(j)).collect()
            };
            for steps in case.known.iter() {
                let found = case.steps_to(&steps.layers).expect("known steps");
                assert_eq!((&found.inputs, y(found)), (&steps.inputs, y(steps)));
            }
        }
    }
}
