//! The figures of the book, drawn by code from real runs. (Those of times are drawn
//! in `benches/race`.)
//!
//! Each is an SVG that stands inline in its page, so that it takes the colors of
//! the page's theme. `cargo run --package figures` refreshes the files in
//! `book/src/figures`; a test fails when one is stale.

#![forbid(unsafe_code)]

mod canvas;
mod curves;
mod demo;
mod digit_samples;
mod hidden_units;
mod losses;
mod network;
mod normalization;
mod optimizers;
mod overfitting;
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
    let [plain_digits, regularized_digits] = digit_samples::runs()?;
    let experiments = overfitting::experiments()?;
    Ok(vec![
        ("demo.svg", demo::draw(&mut run.network)?),
        ("digits-regularized.txt", regularized_digits),
        ("digits.svg", digit_samples::draw()?),
        ("digits.txt", plain_digits),
        ("hidden-units.svg", hidden_units::draw(&run.network)),
        ("network.svg", network::draw()),
        ("normalization.svg", normalization::draw()?),
        ("optimizers.svg", optimizers::draw()?),
        ("overfitting.svg", overfitting::draw(&experiments)?),
        ("overfitting.txt", overfitting::table(&experiments)),
        ("samples.svg", samples::draw()),
        ("tape.svg", tape::draw()),
        ("training.svg", curves::draw(&run)?),
        ("transpose.svg", transpose::draw()),
        ("valley.svg", valley::draw()?),
    ])
}
