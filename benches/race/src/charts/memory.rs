//! How much memory a training step takes, beside the weights that it trains.

use plot::{BLUE, Line, Panel, PlotError, YELLOW};

use super::contender::OURS;
use super::sizes::{self, Sizes};
use crate::measurements::{Measured, Measurements, Row};

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// The most memory at a time, over the size of the hidden layer and of the batch.
///
/// `None` if it was not measured.
pub fn draw(scaling: &Measurements) -> Option<Result<String, PlotError>> {
    let panels = [
        panel(&Sizes::hidden(scaling, (36, 3), 32))?,
        panel(&Sizes::batches(scaling, &[36, 128, 3]))?,
    ];
    let alternative = "The memory of a training step over the size H of the hidden \
                       layer, and over the size of the batch. Mebibytes";
    let caption = "The most memory that our arrays take at a time in a training \
                   step, and what the weights and biases alone take, both axes \
                   logarithmic.";
    Some(sizes::draw(&panels, alternative, caption))
}

fn panel(sizes: &Sizes<'_>) -> Option<Panel> {
    let line = |name: &str, color, bytes: fn(&Measured, &Row) -> Option<u64>| {
        let line = sizes.line((OURS, color), |measured, row| {
            Some(bytes(measured, row)? as f64 / MEBIBYTE)
        });
        Some(Line { name: name.to_owned(), ..line.ok()? })
    };
    let lines = vec![
        line("a training step", BLUE, |_, row| row.bytes)?,
        line("the weights and biases alone", YELLOW, |measured, _| {
            Some(8 * measured.workload.parameters() as u64)
        })?,
    ];
    Some(sizes.panel("MiB", lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture::{measured, measurements, row};

    /// A mebibyte at each size.
    fn scaling(bytes: Option<u64>) -> Measurements {
        let ours = || vec![Row { bytes, ..row("ours", &[1.0]) }];
        measurements(vec![
            measured(&[36, 16, 3], 32, ours()),
            measured(&[36, 128, 3], 32, ours()),
            measured(&[36, 128, 3], 64, ours()),
        ])
    }

    #[test]
    fn memory_that_was_not_measured_has_no_figure() {
        assert!(draw(&scaling(None)).is_none());
    }

    #[test]
    fn memory_stands_beside_that_of_the_parameters() {
        let figure = draw(&scaling(Some(1 << 20))).unwrap().unwrap();
        for words in [
            "a training step 1.0 at 16, 1.0 at 128",
            // 36 × 16 + 16 + 16 × 3 + 3 parameters of 8 bytes.
            "the weights and biases alone 0.0049 at 16, 0.039 at 128",
            "a training step 1.0 at 32, 1.0 at 64",
        ] {
            assert!(figure.contains(words), "{words} is not in {figure}");
        }
    }
}
