//! What a network says about a drawing, for people and for other programs.

use no_magic::by_hand::NeuralNet;
use no_magic::drawing::Drawing;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use serde::{Serialize, Serializer};

use crate::console;
use crate::model::FORMAT;

/// What the network says about a drawing.
#[derive(Debug, Serialize)]
pub struct Answer {
    file: String,
    #[serde(serialize_with = "by_pattern")]
    probabilities: Vec<f64>,
    verdict: String,
}

impl Answer {
    /// Asks the network, which has to be one for drawings.
    pub fn new(
        file: String,
        drawing: &Drawing,
        network: &mut NeuralNet,
    ) -> Result<Self, String> {
        let probabilities = network.predict(&drawing.pixels()).to_vec();
        let label = argmax(&probabilities).ok_or_else(|| {
            format!(
                "the network has no opinion, because its weights are too large to \
                 reckon with; {}",
                FORMAT.advice
            )
        })?;
        let verdict = Pattern::ALL[label].to_string();
        Ok(Self { file, probabilities, verdict })
    }
}

fn by_pattern<S: Serializer>(
    probabilities: &[f64],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let names = Pattern::ALL.iter().map(Pattern::to_string);
    serializer.collect_map(names.zip(probabilities))
}

/// The answers as JSON, one object a line.
pub fn json(answers: &[Answer]) -> String {
    let line = |answer| serde_json::to_string(answer).expect("numbers are JSON");
    answers.iter().map(|answer| line(answer) + "\n").collect()
}

/// The answers as a table, or nothing if there are none. The drawings' names come
/// last, so that long ones leave the columns in place.
pub fn table(answers: &[Answer]) -> String {
    let names = Pattern::ALL.map(|pattern| short(&pattern.to_string()));
    let row = |numbers: Vec<String>, verdict: &str, file: &str| {
        // Wide enough for the name and for `100.00%`.
        let widths = names.iter().map(|name| name.len().max(7));
        let cells = numbers.iter().zip(widths);
        let numbers: String =
            cells.map(|(text, width)| format!("{text:>width$}  ")).collect();
        format!("{numbers}{verdict:<10}  {file}\n")
    };
    let heading = row(names.to_vec(), "verdict", "drawing");
    let rows = answers.iter().map(|answer| {
        let percent = |share: &f64| format!("{:.2}%", share * 100.0);
        let numbers = answer.probabilities.iter().map(percent).collect();
        row(numbers, &short(&answer.verdict), &console::escape(&answer.file))
    });
    let heading = (!answers.is_empty()).then_some(heading);
    heading.into_iter().chain(rows).collect()
}

fn short(name: &str) -> String {
    name.replace(" line", "")
}
