//! The figures of the book, drawn by code from real runs. (Those of times are drawn
//! in `benches/race`.)
//!
//! Each is an SVG that stands inline in its page, so that it takes the colors of
//! the page's theme. `cargo run --package figures` refreshes the files in
//! `book/src/figures`; a test fails when one is stale.

#![forbid(unsafe_code)]

pub mod canvas;
pub mod chart;
mod curves;
mod demo;
mod digits;
mod hidden_units;
mod network;
mod normalization;
mod overfitting;
mod race;
mod samples;
mod tape;
mod transpose;
mod valley;

use std::error::Error;

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
    Ok(vec![
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
    ])
}
