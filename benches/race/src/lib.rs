//! The workbook's network, built again in the frameworks that people use.
//!
//! The book shows this code beside its own, a test holds that both compute the
//! same, and the program `race` measures how long they take. The book's tables and
//! charts of times are drawn here as well, from what was measured.

use ndarray::{Array1, Array2};

pub mod burn;
pub mod candle;
pub mod charts;
pub mod difference;
pub mod inputs;
pub mod locked;
pub mod measurements;
pub mod peer;
pub mod table;

/// The folder of everything that was measured, which is part of the book.
pub const MEASURED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/measured");

/// Weights `W`, `(n_out, n_in)`, and bias `b`, `(n_out,)`, of each layer from first
/// to last.
pub type Parameters = Vec<(Array2<f64>, Array1<f64>)>;

/// The sizes of the network with these parameters: inputs first, then the outputs
/// of each layer.
fn sizes(parameters: &Parameters) -> Vec<usize> {
    let n_in = parameters[0].0.ncols();
    let n_out = parameters.iter().map(|(w, _)| w.nrows());
    [n_in].into_iter().chain(n_out).collect()
}
