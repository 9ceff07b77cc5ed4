//! What a network says about a drawing, for people and for other programs.

use std::io::{self, Write};

use no_magic::by_hand::NeuralNet;
use no_magic::drawing::Drawing;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use serde::{Serialize, Serializer};

use crate::source::Source;

/// What the network says about a drawing.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// The drawing it is about.
    pub file: String,
    /// The probability of each pattern, in the order of the labels.
    #[serde(serialize_with = "as_map")]
    pub probabilities: Vec<f64>,
    /// The most probable pattern; `None` where the probabilities are NaN.
    #[serde(serialize_with = "as_name")]
    pub verdict: Option<Pattern>,
}

impl Answer {
    /// Asks the network.
    ///
    /// # Panics
    ///
    /// If the network is not one for drawings.
    pub fn new(source: &Source, drawing: &Drawing, network: &mut NeuralNet) -> Self {
        let pixels = drawing.pixels();
        let probabilities = network.predict(pixels.view());
        Self {
            file: source.to_string(),
            probabilities: probabilities.to_vec(),
            verdict: argmax(probabilities).map(|label| Pattern::ALL[label]),
        }
    }

    fn columns(&self) -> String {
        let mut columns = String::new();
        for (pattern, probability) in Pattern::ALL.into_iter().zip(&self.probabilities) {
            let percent = format!("{:.2}%", probability * 100.0);
            columns += &format!("  {percent:>0$}", column_width(pattern));
        }
        match self.verdict {
            Some(pattern) => columns + &format!("  {pattern}"),
            None => columns + "  the network has no opinion",
        }
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
    verdict: &Option<Pattern>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    verdict
        .map(|pattern| pattern.to_string())
        .serialize(serializer)
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

/// Prints the answers as a table, or nothing if there are none.
///
/// # Errors
///
/// If standard output can't be written to.
pub fn print_table(answers: &[Answer]) -> io::Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    let names = answers.iter().map(|answer| answer.file.chars().count());
    let width = names.fold("drawing".len(), usize::max);

    let mut out = io::stdout().lock();
    write!(out, "{:<width$}", "drawing")?;
    for pattern in Pattern::ALL {
        write!(out, "  {pattern:>0$}", column_width(pattern))?;
    }
    writeln!(out, "  verdict")?;
    for answer in answers {
        writeln!(out, "{:<width$}{}", answer.file, answer.columns())?;
    }
    Ok(())
}

/// Wide enough for the pattern's name and for `100.00%`.
fn column_width(pattern: Pattern) -> usize {
    pattern.to_string().len().max(7)
}
