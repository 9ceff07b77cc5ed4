//! The parts of the program `no-magic`, which trains the workbook's network and
//! asks it what a drawing shows.
//!
//! The program is `src/main.rs`. The parts are a library so that others can use
//! them too: [`recipe`] says what to train, [`plot`] and [`history`] show how it
//! went, and [`model`] keeps the result in a file.

pub mod answer;
pub mod checkpoint;
pub mod classify;
pub mod cli;
pub mod console;
pub mod digits;
pub mod error;
pub mod files;
pub mod hidden;
pub mod history;
pub mod idx;
pub mod interrupt;
pub mod model;
pub mod next_steps;
pub mod outputs;
pub mod plot;
pub mod progress;
pub mod recipe;
pub mod source;
pub mod train;
pub mod values;
