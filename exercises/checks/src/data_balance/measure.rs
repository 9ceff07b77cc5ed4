//! Accuracy and confidence for each pattern.

use ndarray::{Array1, Array2, ArrayView1, arr1};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;

use super::{Measure, Measurement};
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn measure(network, data) -> [Measurement; 3]`
pub fn measure(answer: Measure) -> Verdict {
    question().judge(move |setting| setting.observe(answer))
}

/// A network, and data to measure it on.
#[derive(Clone)]
pub(super) struct Setting {
    drawings: Vec<(Pattern, [f64; 3])>,
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
        Self {
            drawings: drawings.to_vec(),
            network: NeuralNet::from_parameters(vec![(w, Array1::zeros(3))])
                .expect("finite parameters that fit"),
            data: Dataset::new(Array2::eye(n), labels, 3)
                .expect("a label for each drawing"),
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
    confidence: fn(&Said) -> f64,
    group: fn(&Said) -> usize,
    add: fn(sum: f64, confidence: f64) -> f64,
    drawings: fn(&Sums, usize) -> f64,
    accuracy: fn(&Sums, usize) -> f64,
    mean_confidence: fn(&Sums, usize) -> f64,
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

    fn is_right(&self) -> f64 {
        f64::from(u8::from(self.named() == self.label))
    }
}

/// What has been added up, for each pattern.
#[derive(Default)]
struct Sums {
    drawings: [f64; 3],
    right: [f64; 3],
    confidence: [f64; 3],
    /// The largest probabilities of the drawings that are right.
    largest_right: [f64; 3],
    /// How many drawings the model really divides by.
    n: [f64; 3],
}

const MODEL: Model = Model {
    confidence: Said::largest,
    group: |said| said.label,
    add: |sum, confidence| sum + confidence,
    drawings: |sums, label| sums.drawings[label],
    accuracy: |sums, label| sums.right[label] / sums.n[label],
    mean_confidence: |sums, label| sums.confidence[label] / sums.n[label],
    afterwards: |_, _| (),
};

impl Model {
    fn measure(
        &self,
        mut predict: impl FnMut(ArrayView1<'_, f64>) -> Array1<f64>,
        data: &Dataset,
    ) -> [Measurement; 3] {
        let mut sums = Sums::default();
        for i in 0..data.len() {
            let said = Said { label: data.y(i), yhat: predict(data.x(i)) };
            let group = (self.group)(&said);
            sums.drawings[group] += 1.0;
            sums.right[group] += said.is_right();
            sums.largest_right[group] += said.is_right() * said.largest();
            let sum = &mut sums.confidence[group];
            *sum = (self.add)(*sum, (self.confidence)(&said));
        }
        sums.n = [0, 1, 2].map(|label| (self.drawings)(&sums, label));
        [0, 1, 2].map(|label| Measurement {
            accuracy: (self.accuracy)(&sums, label),
            confidence: (self.mean_confidence)(&sums, label),
        })
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
    let by_hand: [&[(Pattern, [f64; 3])]; 3] = [
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
        &[
            (Horizontal, [0.6, 0.15, 0.25]),
            (Vertical, [0.35, 0.45, 0.2]),
            (X, [0.3, 0.6, 0.1]),
            (X, [0.02, 0.03, 0.95]),
            (Vertical, [0.5, 0.4, 0.1]),
            (Horizontal, [0.1, 0.2, 0.7]),
        ],
    ];
    by_hand.into_iter().map(Setting::chosen)
}

fn kinds(setting: &Setting) -> Vec<(&'static str, bool)> {
    let count =
        |label| setting.data.labels().iter().filter(|&&l| l == label).count();
    let equal = count(0) == count(1) && count(1) == count(2);
    vec![
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
        .given(|setting| {
            let mut given = Given::new();
            for (i, (pattern, says)) in setting.drawings.iter().enumerate() {
                let text = format!("{pattern}, and the network says {says:.2?}");
                given = given.note(&format!("drawing {i}"), &text);
            }
            given
        })
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
        divided_by_a_third:
            "Both are divided by a third of all drawings, as if each pattern were \
             equally frequent.",
            drawings = |sums, _| total(&sums.drawings) / 3.0;
        // The drawings
        grouped_by_name:
            "The drawings are grouped by what the network takes them for, not by \
             what they show.",
            group = Said::named;
        // Accuracy
        accuracy_is_a_count: "accuracy is a count: it isn't divided.",
            accuracy = |sums, label| sums.right[label];
        accuracy_together: "accuracy is that of all patterns together.",
            accuracy = |sums, _| total(&sums.right) / total(&sums.drawings);
        share_of_mistakes: "accuracy is the share that the network gets wrong.",
            accuracy = |sums, label| 1.0 - sums.right[label] / sums.n[label];
        accuracy_rounded_down: "accuracy is rounded down to 0 or 1.",
            accuracy = |sums, label| (sums.right[label] / sums.n[label]).floor();
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
        overwritten:
            "Each drawing overwrites the confidence instead of adding to it: only \
             the last one of each pattern is left.",
            add = |_, confidence| confidence;
        confidence_is_a_sum: "confidence is a sum: it isn't divided.",
            mean_confidence = |sums, label| sums.confidence[label];
        // What is returned
        swapped: "accuracy and confidence are swapped.",
            accuracy = MODEL.mean_confidence,
            mean_confidence = MODEL.accuracy;
        // The network
        network_changed: "The network changes. Measuring should only read it.",
            afterwards = |network, data| {
                network.train_step(&data.x(0).to_owned(), data.y(0), 0.05);
            };
        })
}
