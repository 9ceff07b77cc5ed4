//! What a network says about a drawing, for people and for other programs.

use no_magic::by_hand::NeuralNet;
use no_magic::drawing::Drawing;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::console;
use crate::model::FORMAT;
use crate::source::Source;

/// What the network says about a drawing.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The drawing it is about.
    pub file: String,
    /// The probability of each pattern, in the order of the labels.
    #[serde(serialize_with = "as_map")]
    pub probabilities: Vec<f64>,
    /// The most probable pattern.
    #[serde(serialize_with = "as_name")]
    pub verdict: Pattern,
}

/// The network's probabilities are NaN.
#[derive(Debug, Error)]
#[error(
    "the network has no opinion, because its weights are too large to reckon \
     with; {}",
    FORMAT.advice
)]
pub struct NoOpinion;

impl Answer {
    /// Asks the network, which has to be one for drawings.
    pub fn new(
        source: &Source,
        drawing: &Drawing,
        network: &mut NeuralNet,
    ) -> Result<Self, NoOpinion> {
        let probabilities = network.predict(&drawing.pixels());
        let label = argmax(&probabilities).ok_or(NoOpinion)?;
        Ok(Self {
            file: source.name(),
            probabilities: probabilities.to_vec(),
            verdict: Pattern::ALL[label],
        })
    }
}

fn as_map<S: Serializer>(
    probabilities: &[f64],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let names = Pattern::ALL.iter().map(Pattern::to_string);
    serializer.collect_map(names.zip(probabilities))
}

fn as_name<S: Serializer>(
    verdict: &Pattern,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(verdict)
}

/// The answers as JSON, one object a line.
pub fn json(answers: &[Answer]) -> String {
    let line = |answer| serde_json::to_string(answer).expect("numbers are JSON");
    answers.iter().map(|answer| line(answer) + "\n").collect()
}

/// The answers as a table, or nothing if there are none. The drawings' names come
/// last, so that long ones leave the columns in place.
pub fn table(answers: &[Answer]) -> String {
    let mut out = String::new();
    if answers.is_empty() {
        return out;
    }
    let names = Pattern::ALL.map(short_name);
    for name in names {
        out += &format!("{name:>0$}  ", column_width(name));
    }
    out += &format!("{:<VERDICT_WIDTH$}  drawing\n", "verdict");
    for answer in answers {
        for (name, probability) in names.into_iter().zip(&answer.probabilities) {
            let percent = format!("{:.2}%", probability * 100.0);
            out += &format!("{percent:>0$}  ", column_width(name));
        }
        let verdict = short_name(answer.verdict);
        let file = console::escape(&answer.file);
        out += &format!("{verdict:<VERDICT_WIDTH$}  {file}\n");
    }
    out
}

/// Wide enough for the longest name.
const VERDICT_WIDTH: usize = 10;

/// Wide enough for the name and for `100.00%`.
fn column_width(name: &str) -> usize {
    name.len().max(7)
}

fn short_name(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Horizontal => "horizontal",
        Pattern::Vertical => "vertical",
        Pattern::X => "X",
    }
}
