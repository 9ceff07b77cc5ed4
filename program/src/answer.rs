//! What a network says about a drawing, for people and for other programs.

use std::io::{self, Write};

use no_magic::by_hand::NeuralNet;
use no_magic::drawing::Drawing;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::model::NEW_ONE;
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
     with; {NEW_ONE}"
)]
pub struct NoOpinion;

impl Answer {
    /// Asks the network.
    ///
    /// # Errors
    ///
    /// If its weights are so large that the probabilities are NaN.
    ///
    /// # Panics
    ///
    /// If the network is not one for drawings.
    pub fn new(
        source: &Source,
        drawing: &Drawing,
        network: &mut NeuralNet,
    ) -> Result<Self, NoOpinion> {
        let probabilities = network.predict(&drawing.pixels());
        let label = argmax(&probabilities).ok_or(NoOpinion)?;
        Ok(Self {
            file: source.to_string(),
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

/// Prints the answers as JSON, one object a line.
///
/// # Errors
///
/// If standard output can't be written to.
pub fn print_json(answers: &[Answer]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for answer in answers {
        writeln!(out, "{}", serde_json::to_string(answer)?)?;
    }
    Ok(())
}

/// Prints the answers as a table, or nothing if there are none. The drawings' names
/// come last, so that long ones leave the columns in place.
///
/// # Errors
///
/// If standard output can't be written to.
pub fn print_table(answers: &[Answer]) -> io::Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    let names = Pattern::ALL.map(short_name);
    let mut out = io::stdout().lock();
    for name in names {
        write!(out, "{name:>0$}  ", column_width(name))?;
    }
    writeln!(out, "{:<VERDICT_WIDTH$}  drawing", "verdict")?;
    for answer in answers {
        for (name, probability) in names.into_iter().zip(&answer.probabilities) {
            let percent = format!("{:.2}%", probability * 100.0);
            write!(out, "{percent:>0$}  ", column_width(name))?;
        }
        let verdict = short_name(answer.verdict);
        writeln!(out, "{verdict:<VERDICT_WIDTH$}  {}", answer.file)?;
    }
    Ok(())
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
