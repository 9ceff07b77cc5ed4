//! How much memory a training step takes, beside the weights that it trains.

use crate::measurements::{Measured, Measurements, Row};
use plot::{BLUE, Line, Panel, PlotError, YELLOW, panel};

use super::contender::OURS;
use super::lines::{self, words};
use super::series::{self, Family, Member};

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// The most memory at a time, over the size of the hidden layer and of the batch.
///
/// `None` if it was not measured.
pub fn draw(scaling: &Measurements) -> Option<Result<String, PlotError>> {
    let hidden = Family::new(scaling, 36, 3, 32);
    let panels = [
        grows(&hidden.name, "Hidden units H", &hidden.members)?,
        grows(
            "36-128-3",
            "Examples in a batch",
            &series::batches(scaling, &[36, 128, 3]),
        )?,
    ];
    let words: Vec<String> = panels.iter().map(words).collect();
    let alternative = format!(
        "The memory of a training step over the size H of the hidden layer, and \
         over the size of the batch. Mebibytes: {}",
        words.join(" ")
    );
    let caption = "The most memory that our arrays take at a time in a training \
                   step, and what the weights and biases alone take, both axes \
                   logarithmic.";
    let svg = panel::draw(&panels);
    Some(svg.map(|svg| plot::chart(&svg, &alternative, caption)))
}

fn grows(title: &str, size: &str, members: &[Member<'_>]) -> Option<Panel> {
    let line = |name: &str, color, bytes: fn(&Measured, &Row) -> Option<f64>| {
        let mebibytes =
            |measured: &Measured, row: &Row| Some(bytes(measured, row)? / MEBIBYTE);
        let line = series::line(members, (OURS, color), mebibytes).ok()?;
        Some(Line { name: name.to_owned(), ..line })
    };
    let lines = vec![
        line("a training step", BLUE, |_, row| {
            row.bytes.map(|bytes| bytes as f64)
        })?,
        line("the weights and biases alone", YELLOW, |measured, _| {
            Some((8 * measured.workload.parameters()) as f64)
        })?,
    ];
    Some(lines::panel(title, size, "MiB", lines))
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
