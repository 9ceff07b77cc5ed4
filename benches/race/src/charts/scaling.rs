//! How the time grows with the work: with the batch, and with the weights.

use std::error::Error;

use crate::measurements::{Measured, Measurements, Row};
use plot::{BLUE, Line, Panel, RED, YELLOW, panel};

use super::contender::{LINES, OURS};
use super::crossover::families;
use super::lines::{self, words};
use super::series;

/// The time of an example over the size of the batch.
pub fn draw(scaling: &Measurements) -> Result<String, Box<dyn Error>> {
    let panels =
        [batches(scaling, &[36, 16, 3])?, batches(scaling, &[36, 128, 3])?];
    let words: Vec<String> = panels.iter().map(words).collect();
    let alternative = format!(
        "The time of an example over the size of the batch. Microseconds an \
         example: {}",
        words.join(" ")
    );
    let caption = "The time of a training step, divided by the examples in its \
                   batch, over the size of the batch, both on logarithmic axes.";
    Ok(plot::chart(&panel::draw(&panels)?, &alternative, caption))
}

fn batches(scaling: &Measurements, sizes: &[usize]) -> Result<Panel, String> {
    let members = series::batches(scaling, sizes);
    let per_example = |measured: &Measured, row: &Row| {
        Some(row.median() / measured.workload.batch as f64)
    };
    let lines = LINES[..3]
        .iter()
        .map(|&contender| series::line(&members, contender, per_example));
    let lines = lines.collect::<Result<_, _>>()?;
    let title = sizes.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
    Ok(lines::panel(&title, "Examples in a batch", "µs an example", lines))
}

/// Our time for each weight and example, over the size of the hidden layer.
pub fn draw_weights(scaling: &Measurements) -> Result<String, Box<dyn Error>> {
    let families = families(scaling).into_iter().zip([BLUE, RED, YELLOW]);
    let lines = families.map(|(family, color)| {
        let line = series::line(&family.members, (OURS, color), per_weight)?;
        Ok(Line { name: family.name, ..line })
    });
    let lines = lines.collect::<Result<_, String>>()?;
    let panel = lines::panel("", "Hidden units H", "ns a weight", lines);
    let alternative = format!(
        "Our time for each weight and example over the size H of the hidden \
         layer. Nanoseconds: {}",
        words(&panel)
    );
    let caption = "The time of our training step, divided by the examples in its \
                   batch and the weights of the network, over the size of the \
                   hidden layer.";
    Ok(plot::chart(&panel::draw(&[panel])?, &alternative, caption))
}

/// In nanoseconds.
fn per_weight(Measured { workload, .. }: &Measured, row: &Row) -> Option<f64> {
    Some(1e3 * row.median() / (workload.batch * workload.weights()) as f64)
}
