//! The figures of the book, drawn by code: those of runs from real runs, those of
//! times from the measurements in `benches/peers/measured`.
//!
//! Each is an SVG that stands inline in its page, so that it takes the colors of
//! the page's theme. `cargo run --package figures` refreshes the files in
//! `book/src/figures`; a test fails when one is stale.

#![forbid(unsafe_code)]

mod canvas;
mod chart;
mod contender;
mod crossing;
mod crossover;
mod curves;
mod demo;
mod digits;
#[cfg(test)]
mod fixture;
mod floor;
mod growth;
mod hidden_units;
mod ladder;
mod measured;
mod memory;
mod network;
mod normalization;
mod number;
mod overfitting;
mod peers;
mod race;
mod samples;
mod scaling;
mod series;
mod tape;
mod transpose;
mod valley;

use std::error::Error;

use ladder::Ladder;
use measurements::Precision::{Float32, Float64};

/// A figure: its file's name, and its drawing.
pub type Figure = (&'static str, String);

/// All figures of the book.
///
/// # Errors
///
/// If the run that a figure shows fails, or can't be drawn.
pub fn all() -> Result<Vec<Figure>, Box<dyn Error>> {
    let mut run = curves::Run::default_run()?;
    let [plain_digits, regularized_digits] = digits::runs()?;
    let experiments = overfitting::experiments()?;
    let mut figures = vec![
        ("demo.svg", demo::draw(&mut run.network)?),
        ("digits-regularized.txt", regularized_digits),
        ("digits.svg", digits::draw()?),
        ("digits.txt", plain_digits),
        ("hidden-units.svg", hidden_units::draw(&run.network)),
        ("network.svg", network::draw()),
        ("normalization.svg", normalization::draw()?),
        ("overfitting.svg", overfitting::draw(&experiments)?),
        ("overfitting.txt", overfitting::table(&experiments)),
        ("race.svg", race::draw()?),
        ("samples.svg", samples::draw()),
        ("tape.svg", tape::draw()),
        ("training.svg", curves::draw(&run)?),
        ("transpose.svg", transpose::draw()),
        ("valley.svg", valley::draw()?),
    ];
    figures.extend(measured()?);
    figures.sort_by_key(|(name, _)| *name);
    Ok(figures)
}

/// Those that show what was measured.
fn measured() -> Result<Vec<Figure>, Box<dyn Error>> {
    let (race, scaling) =
        (measured::read("race.json")?, measured::read("scaling.json")?);
    let ladder = Ladder::lesson(&race)?;
    let contests = crossover::contests(&scaling)?;
    let [lesson, batches, digits] = peers::workloads();
    let mut figures = vec![
        ("answer.txt", Ladder::answer(&race)?),
        ("crossover.svg", crossover::draw(&contests)?),
        ("crossover.txt", crossover::table(&contests)?),
        ("exponentials.txt", floor::exponentials(&race)?),
        ("floor.txt", floor::table(&race)?),
        ("ladder-batches.txt", Ladder::batches(&race, &batches)?.table()?),
        ("ladder-digits.txt", Ladder::batches(&race, &digits)?.table()?),
        ("ladder-goals.txt", Ladder::goals(&race)?),
        ("ladder-sentence.txt", Ladder::sentence(&race)?),
        ("ladder.svg", ladder.draw()),
        ("ladder.txt", ladder.table()?),
        ("measured-race.txt", measured::sentence(&race)),
        ("measured-scaling.txt", measured::sentence(&scaling)),
        ("peers-batches.txt", peers::table(&race, &batches, Float64)?),
        ("peers-digits-float32.txt", peers::table(&race, &digits, Float32)?),
        ("peers-digits.txt", peers::table(&race, &digits, Float64)?),
        ("peers-lesson.txt", peers::table(&race, &lesson, Float64)?),
        ("peers.svg", peers::draw(&race)?),
        ("scaling.svg", scaling::draw(&scaling)?),
        ("weights.svg", scaling::draw_weights(&scaling)?),
    ];
    if let Some(memory) = memory::draw(&scaling) {
        figures.push(("memory.svg", memory?));
    }
    Ok(figures)
}
