//! Question 2: accuracy and confidence for each pattern.

use ndarray::{Array1, Array2, arr1};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::{Measure, Measurement, draw, new_network};
use crate::Verdict;
use crate::case::Case;
use crate::feedback::Feedback;

/// `fn measure(network, data) -> [Measurement; 3]`
pub fn measure(answer: Measure) -> Verdict {
    let settings = settings();
    let mut answers = Vec::new();
    for setting in &settings {
        answers.push(setting.run(answer)?);
    }
    for (setting, (yours, _)) in settings.iter().zip(&answers) {
        setting.judge_accuracy(yours)?;
    }
    for (setting, (yours, _)) in settings.iter().zip(&answers) {
        setting.judge_confidence(yours)?;
    }
    for (setting, (_, network)) in settings.iter().zip(&answers) {
        let w = &setting.network.layers[0].w;
        setting.case.expect("W", w).judge(&network.layers[0].w).map_err(
            |feedback| {
                feedback.likely(
                    true,
                    "the network has changed; it is measured, not trained",
                )
            },
        )?;
    }
    Ok(())
}

/// A network and data to measure it on.
struct Setting {
    case: Case,
    network: NeuralNet,
    data: Dataset,
}

fn settings() -> [Setting; 3] {
    use Pattern::{Horizontal, Vertical, X};
    [
        Setting::by_hand(&[
            (X, [0.2, 0.5, 0.3]),
            (Horizontal, [0.7, 0.2, 0.1]),
            (Vertical, [0.15, 0.8, 0.05]),
            (Horizontal, [0.3, 0.6, 0.1]),
            (Horizontal, [0.9, 0.06, 0.04]),
            (Vertical, [0.1, 0.3, 0.6]),
            (X, [0.1, 0.1, 0.8]),
        ]),
        Setting::by_hand(&[
            (Vertical, [0.4, 0.35, 0.25]),
            (X, [0.05, 0.15, 0.8]),
            (X, [0.25, 0.3, 0.45]),
            (Horizontal, [0.55, 0.25, 0.2]),
            (Vertical, [0.3, 0.1, 0.6]),
        ]),
        Setting::untrained(),
    ]
}

impl Setting {
    /// A network with chosen answers: each drawing has its own pixel, whose
    /// weights decide what the network says about it.
    fn by_hand(drawings: &[(Pattern, [f64; 3])]) -> Self {
        let n = drawings.len();
        let w =
            Array2::from_shape_fn((3, n), |(class, i)| drawings[i].1[class].ln());
        let labels = drawings.iter().map(|(pattern, _)| pattern.label()).collect();
        let case =
            (0..).zip(drawings).fold(Case::new(), |case, (i, (pattern, says))| {
                case.note(
                    &format!("drawing {i}"),
                    &format!("{pattern}, and the network says {says:?}"),
                )
            });
        Self {
            case,
            network: NeuralNet::from_parameters(vec![(w, Array1::zeros(3))])
                .expect("finite parameters that fit"),
            data: Dataset::new(Array2::eye(n), labels, 3)
                .expect("a label for each drawing"),
        }
    }

    fn untrained() -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        Self {
            case: Case::new()
                .note("network", "[36, 16, 3], not trained")
                .note("data", "90 horizontal lines, 60 vertical lines, 30 X's"),
            network: new_network(&mut rng),
            data: draw([90, 60, 30], &mut rng),
        }
    }

    fn run(
        &self,
        answer: Measure,
    ) -> Result<([Measurement; 3], NeuralNet), Box<Feedback>> {
        let (mut network, data) = (self.network.clone(), self.data.clone());
        self.case.run(move || (answer(&mut network, &data), network))
    }

    fn judge_accuracy(&self, yours: &[Measurement; 3]) -> Verdict {
        let examples = self.examples();
        let total = examples.len() as f64;
        let count = sums(&examples, Example::label, Example::right);
        let accuracy = means(&examples, Example::label, Example::right);
        self.case
            .expect("accuracy", &accuracy)
            .unless(
                &count,
                "this is a count; divide it by the number of drawings of its \
                 pattern",
            )
            .unless(
                &(&count / total),
                "you divided by the number of all drawings; each pattern has its \
                 own",
            )
            .unless(
                &(&count / 3.0),
                "you divided by the number of patterns; divide by the number of \
                 drawings of each",
            )
            .unless(
                &Array1::from_elem(3, count.sum() / total),
                "this is the accuracy over all drawings; keep the patterns apart",
            )
            .unless(
                &means(&examples, Example::named, Example::right),
                "you grouped the drawings by what the network says; group them by \
                 what they show",
            )
            .unless(&(100.0 * &accuracy), "in percent; a share goes from 0 to 1")
            .unless(
                &(1.0 - &accuracy),
                "this is the share that the network gets wrong",
            )
            .unless(
                &means(&examples, Example::label, Example::least_is_right),
                "you took the class with the smallest probability",
            )
            .unless(
                &means(&examples, Example::label, Example::confidence),
                "accuracy and confidence are swapped",
            )
            .unless(
                &means(&examples, Example::label, Example::of_the_label),
                "this is the mean probability of the right class; accuracy only \
                 counts whether it is the largest",
            )
            .unless(
                &means(&examples, Example::label, Example::above_half),
                "the class with the largest probability is the one that is named, \
                 even where that is below 0.5",
            )
            .judge(&accuracies(yours))
    }

    fn judge_confidence(&self, yours: &[Measurement; 3]) -> Verdict {
        let examples = self.examples();
        let total = examples.len() as f64;
        let sum = sums(&examples, Example::label, Example::confidence);
        let confidence = means(&examples, Example::label, Example::confidence);
        let where_right =
            |example: &Example| example.right() * example.confidence();
        let sum_where_right = sums(&examples, Example::label, where_right);
        let count_right = sums(&examples, Example::label, Example::right);
        self.case
            .expect("confidence", &confidence)
            .unless(
                &means(&examples, Example::label, Example::of_the_label),
                "this is the probability of the right class; confidence is that \
                 of the class that the network names, even where it is wrong",
            )
            .unless(
                &(&sum_where_right / &count_right),
                "you left out the drawings that the network gets wrong; it can be \
                 sure of those as well",
            )
            .unless(
                &means(&examples, Example::label, where_right),
                "you left out the drawings that the network gets wrong; it can be \
                 sure of those as well",
            )
            .unless(
                &sum,
                "this is a sum; divide it by the number of drawings of its pattern",
            )
            .unless(
                &(&sum / total),
                "you divided by the number of all drawings; each pattern has its \
                 own",
            )
            .unless(
                &(&sum / 3.0),
                "you divided by the number of patterns; divide by the number of \
                 drawings of each",
            )
            .unless(
                &Array1::from_elem(3, sum.sum() / total),
                "this is the confidence over all drawings; keep the patterns apart",
            )
            .unless(
                &means(&examples, Example::named, Example::confidence),
                "you grouped the drawings by what the network says; group them by \
                 what they show",
            )
            .unless(
                &means(&examples, Example::label, |example| {
                    example.probabilities[0]
                }),
                "this is the probability of class 0; take the largest of each \
                 drawing",
            )
            .unless(
                &means(&examples, Example::label, Example::least),
                "this is the smallest probability; take the largest of each \
                 drawing",
            )
            .unless(
                &means(&examples, Example::label, Example::right),
                "this is the accuracy once more",
            )
            .unless(
                &Array1::from_elem(3, 1.0 / 3.0),
                "the mean of all probabilities is always 1/3; take the largest of \
                 each drawing",
            )
            .unless(
                &(100.0 * &confidence),
                "in percent; a probability goes from 0 to 1",
            )
            .judge(&confidences(yours))
    }

    fn examples(&self) -> Vec<Example> {
        examples(&mut self.network.clone(), &self.data)
    }
}

/// The measurement as it should be.
pub(super) fn measured(
    network: &mut NeuralNet,
    data: &Dataset,
) -> [Measurement; 3] {
    let examples = examples(network, data);
    let accuracy = means(&examples, Example::label, Example::right);
    let confidence = means(&examples, Example::label, Example::confidence);
    Pattern::ALL.map(|pattern| Measurement {
        accuracy: accuracy[pattern.label()],
        confidence: confidence[pattern.label()],
    })
}

/// What a drawing shows, and what a network says of it.
struct Example {
    label: usize,
    probabilities: Array1<f64>,
}

impl Example {
    fn label(&self) -> usize {
        self.label
    }

    fn named(&self) -> usize {
        argmax(&self.probabilities).unwrap_or(0)
    }

    fn right(&self) -> f64 {
        share(argmax(&self.probabilities) == Some(self.label))
    }

    fn least_is_right(&self) -> f64 {
        share(argmax(&-&self.probabilities) == Some(self.label))
    }

    fn above_half(&self) -> f64 {
        share(self.of_the_label() > 0.5)
    }

    fn confidence(&self) -> f64 {
        self.probabilities.fold(f64::NEG_INFINITY, |max, &p| max.max(p))
    }

    fn least(&self) -> f64 {
        self.probabilities.fold(f64::INFINITY, |min, &p| min.min(p))
    }

    fn of_the_label(&self) -> f64 {
        self.probabilities[self.label]
    }
}

fn share(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

fn examples(network: &mut NeuralNet, data: &Dataset) -> Vec<Example> {
    let example = |i| Example {
        label: data.y(i),
        probabilities: network.predict(&data.x(i).to_owned()),
    };
    (0..data.len()).map(example).collect()
}

type Group = fn(&Example) -> usize;

fn sums(
    examples: &[Example],
    group: Group,
    value: impl Fn(&Example) -> f64,
) -> Array1<f64> {
    let mut sums = Array1::zeros(3);
    for example in examples {
        sums[group(example)] += value(example);
    }
    sums
}

fn means(
    examples: &[Example],
    group: Group,
    value: impl Fn(&Example) -> f64,
) -> Array1<f64> {
    sums(examples, group, value) / sums(examples, group, |_| 1.0)
}

pub(super) fn accuracies(measurements: &[Measurement; 3]) -> Array1<f64> {
    arr1(&measurements.map(|measurement| measurement.accuracy))
}

pub(super) fn confidences(measurements: &[Measurement; 3]) -> Array1<f64> {
    arr1(&measurements.map(|measurement| measurement.confidence))
}
