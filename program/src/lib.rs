//! The parts of the program `no-magic`, which trains the workbook's network and asks it what a
//! drawing shows.

pub mod files;
pub mod history;
pub mod model;
pub mod plot;
