//! The book's tables and charts of times, drawn from the measurements.
//!
//! `cargo run -- charts` refreshes them; a test fails when one is stale.

mod contender;
mod crossing;
mod crossover;
#[cfg(test)]
mod fixture;
mod floor;
mod ladder;
mod measured;
mod memory;
mod peers;
mod rows;
mod scaling;
mod sizes;

use std::error::Error;

use crate::measurements::Precision::{Float32, Float64};
use ladder::Ladder;

/// The book's folder for the race's charts and tables. It holds only these.
pub const FOLDER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/src/figures/race");

/// All tables and charts, by the names of their files.
///
/// # Errors
///
/// If measurements are missing, or can't be drawn.
pub fn all() -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let (race, scaling) =
        (measured::read("race.json")?, measured::read("scaling.json")?);
    let ladder = Ladder::lesson(&race)?;
    let contests = crossover::contests(&scaling)?;
    let [lesson, batches, digits] = peers::workloads();
    let mut charts = vec![
        ("answer.txt", Ladder::answer(&race)?),
        ("crossover.svg", crossover::draw(&contests)?),
        ("crossover.txt", crossover::table(&contests)?),
        ("exponentials.txt", floor::exponentials(&race)?),
        ("floor.txt", floor::table(&race)?),
        ("ladder-batches.txt", Ladder::batches(&race, &batches)?.table()?),
        ("ladder-digits.txt", Ladder::batches(&race, &digits)?.table()?),
        ("ladder-goals.txt", Ladder::goals(&race)?),
        ("ladder-sentence.txt", Ladder::sentence(&race)?),
        ("ladder.svg", ladder.draw()?),
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
        charts.push(("memory.svg", memory?));
    }
    charts.sort_by_key(|(name, _)| *name);
    Ok(charts)
}
