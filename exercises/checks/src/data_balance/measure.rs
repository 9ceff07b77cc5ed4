//! Accuracy and confidence for each pattern.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, arr1};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use rand::RngExt;

use super::{Measure, Measurement, draw, new_network};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn measure(network, data) -> [Measurement; 3]`
pub fn measure(answer: Measure) -> Verdict {
    question().judge(move |setting| setting.observe(answer))
}

/// A network, and data to measure it on.
#[derive(Clone)]
pub(super) struct Setting {
    given: Given,
    network: NeuralNet,
    data: Dataset,
}

impl Setting {
    /// A network with chosen answers: each drawing has its own pixel, whose
    /// weights decide what the network says about it.
    fn chosen(drawings: &[(Pattern, [f64; 3])]) -> Self {
        let n = drawings.len();
        let w =
            Array2::from_shape_fn((3, n), |(class, i)| drawings[i].1[class].ln());
        let labels = drawings.iter().map(|(pattern, _)| pattern.label()).collect();
        let given = (0..).zip(drawings).fold(
            Given::new(),
            |given, (i, (pattern, says))| {
                given.note(
                    &format!("drawing {i}"),
                    &format!("{pattern}, and the network says {says:.2?}"),
                )
            },
        );
        Self {
            given,
            network: NeuralNet::from_parameters(vec![(w, Array1::zeros(3))])
                .expect("finite parameters that fit"),
            data: Dataset::new(Array2::eye(n), labels, 3)
                .expect("a label for each drawing"),
        }
    }

    /// A network with random answers, right more often than not.
    fn random(labels: &[usize], seed: u64) -> Self {
        let mut draws = Draws::new(seed);
        let says = |&label: &usize| {
            let mut says: [f64; 3] = draws.0.random();
            says[label] += 0.5 * draws.0.random::<f64>();
            let sum: f64 = says.iter().sum();
            (Pattern::ALL[label], says.map(|p| p / sum))
        };
        Self::chosen(&labels.iter().map(says).collect::<Vec<_>>())
    }

    /// A network that knows nothing yet.
    fn untrained() -> Self {
        let mut rng = Draws::new(3).0;
        Self {
            given: Given::new()
                .note("network", "[36, 16, 3], not trained")
                .note("data", "18 horizontal lines, 12 vertical lines, 6 X's"),
            network: new_network(&mut rng),
            data: draw([18, 12, 6], &mut rng),
        }
    }

    fn observe(
        &self,
        answer: impl Fn(&mut NeuralNet, &Dataset) -> [Measurement; 3],
    ) -> Outcome {
        let mut network = self.network.clone();
        let measured = answer(&mut network, &self.data);
        let is_same = network.parameters() == self.network.parameters();
        Outcome::new()
            .value("accuracy", &accuracies(&measured))
            .value("confidence", &confidences(&measured))
            .text(
                "the network's weights and biases",
                if is_same { "the same as before" } else { "changed" },
            )
    }
}

pub(super) fn accuracies(measurements: &[Measurement; 3]) -> Array1<f64> {
    arr1(&measurements.map(|measurement| measurement.accuracy))
}

pub(super) fn confidences(measurements: &[Measurement; 3]) -> Array1<f64> {
    arr1(&measurements.map(|measurement| measurement.confidence))
}

/// `measure`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    rows: fn(usize) -> Range<usize>,
    right: fn(&Said) -> f64,
    confidence: fn(&Said) -> f64,
    group: fn(&Said) -> usize,
    group_confidence: fn(&Said) -> usize,
    add: fn(sum: f64, confidence: f64) -> f64,
    drawings: fn(&Sums, usize) -> f64,
    accuracy: fn(&Sums, usize) -> f64,
    mean_confidence: fn(&Sums, usize) -> f64,
    returned: fn([Measurement; 3]) -> [Measurement; 3],
    afterwards: fn(&mut NeuralNet, &Dataset),
}

/// What a drawing shows, and what the network says of it.
struct Said {
    label: usize,
    yhat: Array1<f64>,
}

impl Said {
    fn named(&self) -> usize {
        argmax(&self.yhat).expect("probabilities")
    }

    fn largest(&self) -> f64 {
        self.yhat[self.named()]
    }

    fn least(&self) -> usize {
        argmax(&-&self.yhat).expect("probabilities")
    }

    fn is_right(&self) -> f64 {
        share(self.named() == self.label)
    }
}

fn share(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// What has been added up, for each pattern.
#[derive(Default)]
struct Sums {
    drawings: [f64; 3],
    /// How many drawings the network takes for this pattern.
    named: [f64; 3],
    right: [f64; 3],
    confidence: [f64; 3],
    /// The largest probabilities of the drawings that are right.
    largest_right: [f64; 3],
    yhat: [[f64; 3]; 3],
    /// How many drawings the model really divides by.
    n: [f64; 3],
}

const MODEL: Model = Model {
    rows: |n| 0..n,
    right: Said::is_right,
    confidence: Said::largest,
    group: |said| said.label,
    group_confidence: |said| said.label,
    add: |sum, confidence| sum + confidence,
    drawings: |sums, label| sums.drawings[label],
    accuracy: |sums, label| sums.right[label] / sums.n[label],
    mean_confidence: |sums, label| sums.confidence[label] / sums.n[label],
    returned: |measured| measured,
    afterwards: |_, _| (),
};

impl Model {
    fn measure(
        &self,
        mut predict: impl FnMut(ArrayView1<'_, f64>) -> Array1<f64>,
        data: &Dataset,
    ) -> [Measurement; 3] {
        let said = (self.rows)(data.len())
            .map(|i| Said { label: data.y(i), yhat: predict(data.x(i)) });
        let said: Vec<Said> = said.collect();
        let mut sums = Sums::default();
        for said in &said {
            let (group, largest) = ((self.group)(said), said.largest());
            sums.drawings[group] += 1.0;
            sums.named[said.named()] += 1.0;
            sums.right[group] += (self.right)(said);
            sums.largest_right[group] += said.is_right() * largest;
            (0..3).for_each(|class| sums.yhat[group][class] += said.yhat[class]);
            let sum = &mut sums.confidence[(self.group_confidence)(said)];
            *sum = (self.add)(*sum, (self.confidence)(said));
        }
        sums.n = [0, 1, 2].map(|label| (self.drawings)(&sums, label));
        (self.returned)([0, 1, 2].map(|label| Measurement {
            accuracy: (self.accuracy)(&sums, label),
            confidence: (self.mean_confidence)(&sums, label),
        }))
    }
}

/// The measurement as it should be.
pub(super) fn measured(
    predict: impl FnMut(ArrayView1<'_, f64>) -> Array1<f64>,
    data: &Dataset,
) -> [Measurement; 3] {
    MODEL.measure(predict, data)
}

fn total(numbers: &[f64; 3]) -> f64 {
    numbers.iter().sum()
}

fn cases() -> impl Iterator<Item = Setting> {
    use Pattern::{Horizontal, Vertical, X};
    let by_hand: [&[(Pattern, [f64; 3])]; 2] = [
        &[
            (X, [0.2, 0.5, 0.3]),
            (Horizontal, [0.7, 0.2, 0.1]),
            (Vertical, [0.15, 0.8, 0.05]),
            (Horizontal, [0.3, 0.6, 0.1]),
            (Horizontal, [0.9, 0.06, 0.04]),
            (Vertical, [0.1, 0.3, 0.6]),
            (X, [0.1, 0.1, 0.8]),
        ],
        &[
            (Vertical, [0.35, 0.4, 0.25]),
            (X, [0.05, 0.15, 0.8]),
            (X, [0.25, 0.3, 0.45]),
            (Horizontal, [0.55, 0.25, 0.2]),
        ],
    ];
    let random = [
        &[0, 1, 2, 0, 1, 2, 0, 1, 2][..],
        &[0, 0, 0, 0, 0, 1, 1, 1, 2, 2],
        &[2, 1, 1, 0, 1, 2, 2, 1, 2, 0, 2, 2],
    ];
    let random =
        (1..).zip(random).map(|(seed, labels)| Setting::random(labels, seed));
    by_hand
        .into_iter()
        .map(Setting::chosen)
        .chain(random)
        .chain([Setting::untrained()])
}

fn kinds(setting: &Setting) -> Vec<(&'static str, bool)> {
    let mut network = setting.network.clone();
    let count =
        |label| setting.data.labels().iter().filter(|&&l| l == label).count();
    let equal = count(0) == count(1) && count(1) == count(2);
    let measured = measured(|x| network.predict(&x.to_owned()), &setting.data);
    let all_right = measured.iter().all(|pattern| pattern.accuracy == 1.0);
    vec![
        ("a network that is always right", all_right),
        ("a network that is sometimes wrong", !all_right),
        ("the same number of drawings of each pattern", equal),
        ("a different number of drawings of each pattern", !equal),
    ]
}

pub(super) fn question() -> Question<Setting, Model> {
    let run = |model: &Model, setting: &Setting| {
        setting.observe(|network, data| {
            let predict = |x: ArrayView1<'_, f64>| network.predict(&x.to_owned());
            let measured = model.measure(predict, data);
            (model.afterwards)(network, data);
            measured
        })
    };
    Question::new("data_balance.measure", MODEL, run)
        .given(|setting| setting.given.clone())
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // What the sums are divided by
        not_divided:
            "These are sums: neither is divided by the number of drawings.",
            drawings = |_, _| 1.0;
        divided_by_all:
            "Both are divided by the number of all drawings, not of each \
             pattern's.",
            drawings = |sums, _| total(&sums.drawings);
        divided_by_3: "Both are divided by 3, the number of patterns.",
            drawings = |_, _| 3.0;
        divided_by_a_third:
            "Both are divided by a third of all drawings, as if each pattern were \
             equally frequent.",
            drawings = |sums, _| total(&sums.drawings) / 3.0;
        divided_by_named:
            "Both are divided by the number of drawings that the network takes for \
             this pattern.",
            drawings = |sums, label| sums.named[label];
        never_counted: "The number of drawings that you divide by is 0.",
            drawings = |_, _| 0.0;
        whole_numbers: "Both are rounded down to a whole number.",
            accuracy = |sums, label| (sums.right[label] / sums.n[label]).floor(),
            mean_confidence = |sums, label| {
                (sums.confidence[label] / sums.n[label]).floor()
            };
        // The drawings
        grouped_by_name:
            "The drawings are grouped by what the network takes them for, not by \
             what they show.",
            group = Said::named,
            group_confidence = Said::named;
        confidence_grouped_by_name:
            "The confidence of a drawing is added to the pattern that the network \
             takes it for.",
            group_confidence = Said::named;
        counted_if_right: "A drawing is counted only if the network gets it right.",
            drawings = |sums, label| sums.right[label];
        used_if_right:
            "Drawings that the network gets wrong are ignored altogether.",
            drawings = |sums, label| sums.right[label],
            confidence = |said| said.is_right() * said.largest();
        last_left_out: "The last drawing is left out.",
            rows = |n| 0..n - 1;
        // Accuracy
        accuracy_is_a_count: "accuracy is a count: it isn't divided.",
            accuracy = |sums, label| sums.right[label];
        accuracy_over_all: "accuracy is divided by the number of all drawings.",
            accuracy = |sums, label| sums.right[label] / total(&sums.drawings);
        accuracy_over_3: "accuracy is divided by 3, the number of patterns.",
            accuracy = |sums, label| sums.right[label] / 3.0;
        accuracy_together: "accuracy is that of all patterns together.",
            accuracy = |sums, _| total(&sums.right) / total(&sums.drawings);
        precision:
            "accuracy is the share of the drawings that the network takes for this \
             pattern, not of those that show it.",
            accuracy = |sums, label| sums.right[label] / sums.named[label];
        accuracy_percent: "accuracy is in percent.",
            accuracy = |sums, label| 100.0 * sums.right[label] / sums.n[label];
        share_of_mistakes: "accuracy is the share that the network gets wrong.",
            accuracy = |sums, label| 1.0 - sums.right[label] / sums.n[label];
        accuracy_rounded_down: "accuracy is rounded down to 0 or 1.",
            accuracy = |sums, label| (sums.right[label] / sums.n[label]).floor();
        accuracy_is_1: "accuracy is always 1.",
            accuracy = |_, _| 1.0;
        smallest_named: "The class with the smallest probability is the one named.",
            right = |said| share(said.least() == said.label);
        named_above_half:
            "A class is only named if its probability is above one half.",
            right = |said| share(said.yhat[said.label] > 0.5);
        right_by_probability:
            "accuracy is the mean probability of the right class, not how often it \
             is the largest.",
            right = |said| said.yhat[said.label];
        right_by_confidence:
            "accuracy adds the largest probability of each drawing that is right, \
             instead of 1.",
            right = |said| said.is_right() * said.largest();
        // Confidence
        of_the_label:
            "confidence is the mean probability of the right class, not of the one \
             that the network names.",
            confidence = |said| said.yhat[said.label];
        zero_where_wrong:
            "The drawings that the network gets wrong count as confidence 0.",
            confidence = |said| said.is_right() * said.largest();
        only_where_right:
            "confidence is the mean over the drawings that are right, not over \
             all.",
            mean_confidence = |sums, label| {
                sums.largest_right[label] / sums.right[label]
            };
        over_right:
            "confidence is divided by the number of drawings that are right.",
            mean_confidence = |sums, label| {
                sums.confidence[label] / sums.right[label]
            };
        last_alone: "confidence is that of the last drawing of each pattern.",
            add = |_, confidence| confidence,
            mean_confidence = |sums, label| sums.confidence[label];
        overwritten:
            "confidence isn't a sum: only the last drawing of each pattern is \
             left.",
            add = |_, confidence| confidence;
        largest_of_all:
            "confidence is the largest probability in all drawings of a pattern.",
            add = f64::max,
            mean_confidence = |sums, label| sums.confidence[label];
        largest_mean:
            "confidence is the largest of the mean probabilities, instead of the \
             mean of the largest.",
            mean_confidence = |sums, label| {
                sums.yhat[label].into_iter().fold(0.0, f64::max) / sums.n[label]
            };
        of_class_0: "confidence is the mean probability of class 0.",
            confidence = |said| said.yhat[0];
        smallest: "confidence takes the smallest probability.",
            confidence = |said| said.yhat[said.least()];
        second: "confidence takes the second largest probability.",
            confidence = |said| 1.0 - said.largest() - said.yhat[said.least()];
        margin:
            "confidence is the lead of the largest probability over the second \
             one.",
            confidence = |said| {
                2.0 * said.largest() + said.yhat[said.least()] - 1.0
            };
        mean_probability:
            "confidence is the mean of all probabilities, which is always 1/3.",
            confidence = |_| 1.0 / 3.0;
        all_probabilities: "confidence adds up all probabilities, which gives 1.",
            confidence = |_| 1.0;
        confidence_is_a_sum: "confidence is a sum: it isn't divided.",
            mean_confidence = |sums, label| sums.confidence[label];
        confidence_over_all: "confidence is divided by the number of all drawings.",
            mean_confidence = |sums, label| {
                sums.confidence[label] / total(&sums.drawings)
            };
        confidence_over_3: "confidence is divided by 3, the number of patterns.",
            mean_confidence = |sums, label| sums.confidence[label] / 3.0;
        confidence_together: "confidence is that of all patterns together.",
            mean_confidence = |sums, _| {
                total(&sums.confidence) / total(&sums.drawings)
            };
        confidence_percent: "confidence is in percent.",
            mean_confidence = |sums, label| {
                100.0 * sums.confidence[label] / sums.n[label]
            };
        confidence_is_accuracy: "confidence is the accuracy once more.",
            mean_confidence = |sums, label| sums.right[label] / sums.n[label];
        // What is returned
        together: "Both are those of all patterns together.",
            accuracy = |sums, _| total(&sums.right) / total(&sums.drawings),
            mean_confidence = |sums, _| {
                total(&sums.confidence) / total(&sums.drawings)
            };
        swapped: "accuracy and confidence are swapped.",
            returned = |measured| {
                measured.map(|m| Measurement {
                    accuracy: m.confidence,
                    confidence: m.accuracy,
                })
            };
        backwards: "The patterns are in the opposite order.",
            returned = |[horizontal, vertical, x]| [x, vertical, horizontal];
        first_for_all: "The numbers of horizontal lines are returned three times.",
            returned = |[horizontal, _, _]| [horizontal; 3];
        // The network
        network_changed: "The network changes. Measuring should only read it.",
            afterwards = |network, data| {
                network.train_step(&data.x(0).to_owned(), data.y(0), 0.05);
            };
        })
}
