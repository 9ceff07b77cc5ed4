//! How the time grows with the work: with the batch, and with the weights.

use std::error::Error;

use crate::measurements::{Measured, Measurements, Row};

use super::contender::{LINES, OURS};
use super::crossover::families;
use super::growth::{self, Line, Panel};
use super::series;
use figures::chart::COLORS;

/// The time of an example over the size of the batch.
pub fn draw(scaling: &Measurements) -> Result<String, Box<dyn Error>> {
    let panels =
        [batches(scaling, &[36, 16, 3])?, batches(scaling, &[36, 128, 3])?];
    let words: Vec<String> = panels.iter().map(Panel::words).collect();
    let alternative = format!(
        "The time of an example over the size of the batch. Microseconds an \
         example: {}",
        words.join(" ")
    );
    let caption = "The time of a training step, divided by the examples in its \
                   batch, over the size of the batch, both on logarithmic axes.";
    Ok(growth::draw(&panels, &alternative, caption)?)
}

fn batches(scaling: &Measurements, sizes: &[usize]) -> Result<Panel, String> {
    let members = series::batches(scaling, sizes);
    let per_example = |measured: &Measured, row: &Row| {
        Some(row.median() / measured.workload.batch as f64)
    };
    let lines = LINES[..3]
        .iter()
        .map(|&contender| series::line(&members, contender, per_example));
    Ok(Panel {
        title: sizes.iter().map(usize::to_string).collect::<Vec<_>>().join("-"),
        size: "Examples in a batch",
        quantity: "µs an example",
        lines: lines.collect::<Result<_, _>>()?,
        rings: Vec::new(),
    })
}

/// Our time for each weight and example, over the size of the hidden layer.
pub fn draw_weights(scaling: &Measurements) -> Result<String, Box<dyn Error>> {
    let lines = families(scaling).into_iter().zip(COLORS).map(|(family, color)| {
        let line = series::line(&family.members, (OURS, color), per_weight)?;
        Ok(Line { name: family.name, ..line })
    });
    let panel = Panel {
        title: String::new(),
        size: "Hidden units H",
        quantity: "ns a weight",
        lines: lines.collect::<Result<_, String>>()?,
        rings: Vec::new(),
    };
    let alternative = format!(
        "Our time for each weight and example over the size H of the hidden \
         layer. Nanoseconds: {}",
        panel.words()
    );
    let caption = "The time of our training step, divided by the examples in its \
                   batch and the weights of the network, over the size of the \
                   hidden layer.";
    Ok(growth::draw(&[panel], &alternative, caption)?)
}

/// In nanoseconds.
fn per_weight(Measured { workload, .. }: &Measured, row: &Row) -> Option<f64> {
    Some(1e3 * row.median() / (workload.batch * workload.weights()) as f64)
}
