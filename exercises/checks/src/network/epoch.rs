//! An epoch of training: every example once, in a new order.
//!
//! Each epoch starts from the same network, so that its weights tell in which order
//! the examples came: a step on one example and then another is not the same as the
//! other way round.

use std::collections::BTreeSet;

use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Layer, NeuralNet};
use no_magic::dataset::Dataset;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::{Parameters, flatten, layers, network, one_layer};
use crate::Verdict;
use crate::case::Case;
use crate::comparison::{close, difference};
use crate::feedback::Feedback;

/// `fn train_epoch(layers, data, lr, rng) -> mean loss`
pub type TrainEpoch = fn(&mut [Layer], &Dataset, f64, &mut ChaCha8Rng) -> f64;

/// So many that each of 24 orders comes up, but for one chance in a billion.
const EPOCHS: usize = 600;

/// Judges `train_epoch`.
pub fn train_epoch(answer: TrainEpoch) -> Verdict {
    for trial in trials() {
        trial.judge(answer)?;
    }
    Ok(())
}

fn trials() -> [Trial; 2] {
    let four = array![[1.0, 0.5], [-1.0, 2.0], [0.5, -1.5], [2.0, 1.0]];
    let three = array![[1.0, 0.0, -1.0], [0.5, 2.0, 1.0], [-1.0, 1.0, 0.5]];
    [
        Trial {
            start: layers(two_layers()),
            data: dataset(four, vec![0, 1, 1, 0]),
            lr: 0.3,
        },
        Trial {
            start: layers(one_layer()),
            data: dataset(three, vec![1, 0, 0]),
            lr: 0.2,
        },
    ]
}

fn two_layers() -> Parameters {
    vec![
        (array![[1.0, -1.0], [0.5, 2.0], [-1.0, 0.5]], array![0.5, -0.5, 1.0]),
        (array![[0.5, 0.25, 1.0], [0.75, 0.5, -0.5]], array![0.0, 0.25]),
    ]
}

fn dataset(inputs: Array2<f64>, labels: Vec<usize>) -> Dataset {
    Dataset::new(inputs, labels, 2).expect("a valid data set")
}

/// What an epoch is given.
struct Trial {
    start: Vec<Layer>,
    data: Dataset,
    lr: f64,
}

/// What comes of training on examples in some order.
struct Epoch {
    order: Vec<usize>,
    /// What each step started with: the probability of the right class.
    probabilities: Array1<f64>,
    after: NeuralNet,
}

impl Trial {
    fn judge(&self, answer: TrainEpoch) -> Verdict {
        let case = self.case();
        let (start, data, lr) = (self.start.clone(), self.data.clone(), self.lr);
        let yours = case.run(move || {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let epochs = (0..EPOCHS).map(|_| {
                let mut layers = start.clone();
                let loss = answer(&mut layers, &data, lr, &mut rng);
                (loss, flatten(&layers))
            });
            epochs.collect::<Vec<_>>()
        })?;

        let orders = orders(self.data.len());
        let epochs: Vec<Epoch> =
            orders.iter().map(|order| self.epoch(order, order, self.lr)).collect();
        let mut seen = Vec::new();
        for (loss, parameters) in yours {
            let epoch = epochs.iter().find(|epoch| epoch.leads_to(&parameters));
            let epoch = epoch.ok_or_else(|| self.no_epoch(&case, &parameters))?;
            self.judge_loss(&case, epoch, loss)?;
            seen.push(epoch.order.as_slice());
        }
        judge_orders(&case, &seen, orders.len())
    }

    fn case(&self) -> Case {
        let sizes: Vec<usize> = std::iter::once(self.start[0].n_in())
            .chain(self.start.iter().map(Layer::n_out))
            .collect();
        Case::new()
            .note("layers", &format!("of the sizes {sizes:?}"))
            .input("inputs", &self.data.inputs().view())
            .number("labels", self.data.labels())
            .number("lr", self.lr)
    }

    /// Trains on the inputs and on the labels of these examples.
    fn epoch(&self, inputs: &[usize], labels: &[usize], lr: f64) -> Epoch {
        let mut network = network(&self.start);
        let mut probabilities = Vec::new();
        for (&i, &j) in inputs.iter().zip(labels) {
            let (x, y) = (self.data.x(i).to_owned(), self.data.y(j));
            probabilities.push(network.predict(&x)[y]);
            network.train_step(&x, y, lr);
        }
        Epoch {
            order: inputs.to_vec(),
            probabilities: probabilities.into(),
            after: network,
        }
    }

    /// The mean loss over the data, without any training.
    fn mean_loss(&self, network: &NeuralNet) -> f64 {
        let mut network = network.clone();
        let examples = 0..self.data.len();
        let losses: Array1<f64> = examples
            .map(|i| {
                loss(network.predict(&self.data.x(i).to_owned())[self.data.y(i)])
            })
            .collect();
        losses.mean().expect("at least one example")
    }

    fn judge_loss(&self, case: &Case, epoch: &Epoch, yours: f64) -> Verdict {
        // Where it makes no difference, a loss may go without its 1e-7.
        let without = epoch.probabilities.mapv(|p| -p.ln()).mean();
        if without.is_some_and(|without| close(without, yours)) {
            return Ok(());
        }
        let losses = epoch.probabilities.mapv(loss);
        let (sum, n) = (losses.sum(), losses.len());
        case.expect("mean loss", &(sum / n as f64))
            .unless(&sum, "this is the sum of the losses; divide by their number")
            .unless(
                &self.mean_loss(&network(&self.start)),
                "this is the mean loss before the epoch; take each from its own \
                 step",
            )
            .unless(
                &self.mean_loss(&epoch.after),
                "this is the mean loss after the epoch; take each from its own \
                 step",
            )
            .unless(&losses[n - 1], "this is the last loss alone")
            .unless(&losses[0], "this is the first loss alone")
            .unless(&(sum / (n - 1) as f64), "you divided by one too few")
            .unless(&(sum / (n + 1) as f64), "you divided by one too many")
            .unless(&0.0, "the mean loss is 0: are the losses added up?")
            .judge(&yours)
    }

    /// Why the weights are not those of an epoch.
    fn no_epoch(&self, case: &Case, parameters: &Array1<f64>) -> Box<Feedback> {
        let n = self.data.len();
        let mut sequences = (0..=n + 1).flat_map(|length| sequences(n, length));
        let steps = sequences
            .find(|order| self.epoch(order, order, self.lr).leads_to(parameters));
        if let Some(steps) = steps {
            return not_each_once(case, n, &steps);
        }
        let unshuffled: Vec<usize> = (0..n).collect();
        let orders = orders(n);
        let any = |epoch: &dyn Fn(&[usize]) -> Epoch| {
            orders.iter().any(|order| epoch(order).leads_to(parameters))
        };
        let with_rate = |lr: f64| any(&|order| self.epoch(order, order, lr));
        case.wrong(format!(
            "No order of the {n} examples leads to the weights that came out."
        ))
        .likely(
            any(&|order| self.epoch(order, &unshuffled, self.lr)),
            "inputs and labels went separate ways; take both from the same example",
        )
        .likely(with_rate(0.05), "lr is 0.05 in each step; take lr as it is given")
        .likely(
            with_rate(self.lr / n as f64),
            "lr is divided by the number of examples; each step takes all of it",
        )
        .likely(with_rate(-self.lr), "each step goes uphill; look at train_step")
        .likely(
            true,
            "is question 3 right already? each step here should be just a \
             train_step",
        )
    }
}

impl Epoch {
    fn leads_to(&self, parameters: &Array1<f64>) -> bool {
        difference(&flatten(&self.after.layers), parameters).is_none()
    }
}

fn loss(p: f64) -> f64 {
    -(p + 1e-7).ln()
}

fn not_each_once(case: &Case, n: usize, steps: &[usize]) -> Box<Feedback> {
    let sentence = match steps {
        [] => "The weights are what they were before.".to_owned(),
        [step] => format!("One step was taken, on example {step}."),
        _ => format!("Steps were taken on the examples {}.", list(steps)),
    };
    let mistake = if steps.is_empty() {
        "call train_step on the layers themselves"
    } else if (0..n).all(|i| steps.contains(&i)) {
        "one of them came twice; take each just once"
    } else if steps.len() >= n {
        "drawn at random, some come twice and others never; shuffle a list of all"
    } else if steps.len() + 1 == n {
        "one is left out; where does the loop begin, and where does it end?"
    } else {
        "take a step for each example"
    };
    case.wrong(sentence).likely(true, mistake)
}

fn judge_orders(case: &Case, seen: &[&[usize]], possible: usize) -> Verdict {
    let first = seen[0];
    if seen.iter().all(|order| *order == first) {
        let sentence = format!(
            "In each of {} epochs the examples came in the same order: {}.",
            seen.len(),
            list(first)
        );
        return Err(case
            .wrong(sentence)
            .likely(first.is_sorted(), "they are never shuffled")
            .likely(true, "shuffle with rng itself, anew in each epoch"));
    }
    let different = BTreeSet::from_iter(seen).len();
    if different < possible {
        let sentence = format!(
            "In {} epochs only {different} of the {possible} possible orders came \
             up.",
            seen.len()
        );
        return Err(case
            .wrong(sentence)
            .likely(true, "shuffle all of the order, anew in each epoch"));
    }
    Ok(())
}

fn list(order: &[usize]) -> String {
    let order: Vec<String> = order.iter().map(ToString::to_string).collect();
    order.join(", ")
}

/// All ways to choose from `n` examples `length` times, with repetition.
fn sequences(n: usize, length: usize) -> Vec<Vec<usize>> {
    (0..length).fold(vec![Vec::new()], |shorter, _| {
        let longer = shorter.iter().flat_map(|sequence| {
            (0..n).map(|i| sequence.iter().copied().chain([i]).collect())
        });
        longer.collect()
    })
}

/// All orders of `n` examples.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut orders = sequences(n, n);
    orders.retain(|order| (0..n).all(|i| order.contains(&i)));
    orders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sequences_of_steps_lead_to_different_weights() {
        for trial in trials() {
            let n = trial.data.len();
            let sequences = (0..=n + 1).flat_map(|length| sequences(n, length));
            let mut ends: Vec<(Vec<usize>, Array1<f64>)> = Vec::new();
            for steps in sequences {
                let epoch = trial.epoch(&steps, &steps, trial.lr);
                let same = ends.iter().find(|(_, weights)| epoch.leads_to(weights));
                assert_eq!(
                    same.map(|(other, _)| other),
                    None,
                    "the same as {steps:?}"
                );
                ends.push((steps, flatten(&epoch.after.layers)));
            }
        }
    }
}
