//! What was measured over the size of the hidden layer, or of the batch, as lines
//! on two logarithmic axes.

use plot::number::{significant, whole};
use plot::{Axis, Line, Panel, PlotError, Point, panel};
use plotters::style::RGBColor;

use super::contender;
use crate::measurements::{Measured, Measurements, Precision, Row};

/// Workloads that differ in one size, from the smallest to the largest.
pub struct Sizes<'a> {
    /// As in `36-H-3, one at a time`.
    pub name: String,
    /// Which size it is.
    size: &'static str,
    measured: Vec<(usize, &'a Measured)>,
}

impl<'a> Sizes<'a> {
    /// Networks with one hidden layer, on batches of this size.
    pub fn hidden(
        scaling: &'a Measurements,
        (n_in, n_out): (usize, usize),
        batch: usize,
    ) -> Self {
        let batches = match batch {
            1 => "one at a time".to_owned(),
            batch => format!("batches of {batch}"),
        };
        let name = format!("{n_in}-H-{n_out}, {batches}");
        Self::new(scaling, name, "Hidden units H", |sizes, size| match *sizes {
            [first, hidden, last] => {
                ((first, last, size) == (n_in, n_out, batch)).then_some(hidden)
            }
            _ => None,
        })
    }

    /// One network on batches of all sizes.
    pub fn batches(scaling: &'a Measurements, network: &[usize]) -> Self {
        let name: Vec<String> = network.iter().map(usize::to_string).collect();
        Self::new(scaling, name.join("-"), "Examples in a batch", |sizes, batch| {
            (sizes == network).then_some(batch)
        })
    }

    /// The workloads that `pick` gives a size.
    fn new(
        scaling: &'a Measurements,
        name: String,
        size: &'static str,
        pick: impl Fn(&[usize], usize) -> Option<usize>,
    ) -> Self {
        let all = scaling.workloads.iter();
        let mut measured: Vec<_> = all
            .filter_map(|one| {
                Some((pick(&one.workload.sizes, one.workload.batch)?, one))
            })
            .collect();
        measured.sort_by_key(|(size, _)| *size);
        Self { name, size, measured }
    }

    /// A quantity of a contender.
    ///
    /// # Errors
    ///
    /// If it was not measured at any size, or the contender has no name.
    pub fn line(
        &self,
        (contender, color): (&str, RGBColor),
        quantity: impl Fn(&Measured, &Row) -> Option<f64>,
    ) -> Result<Line, String> {
        let points = self.measured.iter().filter_map(|&(size, measured)| {
            let row = measured.row(contender, Precision::Float64)?;
            Some((size as f64, quantity(measured, row)?))
        });
        let points: Vec<Point> = points.collect();
        if points.is_empty() {
            return Err(format!("{contender} was not measured"));
        }
        Ok(Line { name: contender::name(contender)?.to_owned(), color, points })
    }

    /// A panel with axes that hold all points, and a number wherever the size is 4
    /// times the one before.
    pub fn panel(&self, quantity: &str, lines: Vec<Line>) -> Panel {
        let points = lines.iter().flat_map(|line| &line.points);
        let quantities = points.clone().map(|point| point.1);
        let sizes = points.map(|point| point.0);
        let least = sizes.clone().fold(f64::INFINITY, f64::min);
        let x = Axis::logarithmic(self.size, least..sizes.fold(0.0, f64::max), 4.0);
        let y = Axis::powers_of_ten(quantity, quantities);
        Panel { title: self.name.clone(), x, y, lines, rings: Vec::new() }
    }
}

/// The panels as a chart. Those who can't see it are told where the lines start and
/// end, after `alternative`.
pub fn draw(
    panels: &[Panel],
    alternative: &str,
    caption: &str,
) -> Result<String, PlotError> {
    let words: Vec<String> = panels.iter().map(words).collect();
    let alternative = format!("{alternative}: {}", words.join(" "));
    Ok(plot::chart(&panel::draw(panels)?, &alternative, caption))
}

fn words(Panel { title, lines, .. }: &Panel) -> String {
    let point = |&(size, quantity): &Point| {
        format!("{} at {}", significant(quantity, 2), whole(size))
    };
    let ends = |Line { name, points, .. }: &Line| match &points[..] {
        [first, .., last] => format!("{name} {}, {}", point(first), point(last)),
        points => format!("{name} {}", point(&points[0])),
    };
    let lines: Vec<String> = lines.iter().map(ends).collect();
    let title = if title.is_empty() { String::new() } else { format!("{title}: ") };
    format!("{title}{}.", lines.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::contender::LINES;
    use crate::charts::fixture::{measured, measurements, row};

    fn scaling() -> Measurements {
        let ours = |microseconds| vec![row("ours", &[microseconds])];
        measurements(vec![
            measured(&[36, 64, 3], 32, ours(4.0)),
            measured(&[36, 16, 3], 32, ours(3.0)),
            measured(&[36, 16, 3], 1, ours(1.0)),
            measured(&[784, 16, 10], 32, ours(9.0)),
            measured(&[36, 16, 16, 3], 32, ours(9.0)),
        ])
    }

    #[test]
    fn a_line_goes_from_the_smallest_to_the_largest() {
        let scaling = scaling();
        let time = |sizes: &Sizes<'_>| {
            sizes.line(LINES[0], |_, row| Some(row.median())).unwrap().points
        };
        let hidden = Sizes::hidden(&scaling, (36, 3), 32);
        assert_eq!(hidden.name, "36-H-3, batches of 32");
        assert_eq!(time(&hidden), [(16.0, 3.0), (64.0, 4.0)]);
        let batches = Sizes::batches(&scaling, &[36, 16, 3]);
        assert_eq!(time(&batches), [(1.0, 1.0), (32.0, 3.0)]);
    }

    #[test]
    fn who_was_never_measured_has_no_line() {
        let scaling = scaling();
        let hidden = Sizes::hidden(&scaling, (36, 3), 1);
        let missing = hidden.line(LINES[1], |_, row| Some(row.median()));
        assert_eq!(missing.err().unwrap(), "numpy was not measured");
    }

    #[test]
    fn the_words_tell_where_a_line_starts_and_ends() {
        let nothing = measurements(Vec::new());
        let words = |points: &[Point]| {
            let (name, color) = ("ours".to_owned(), plot::BLUE);
            let line = Line { name, color, points: points.to_vec() };
            let batches = Sizes::batches(&nothing, &[36, 3]);
            words(&batches.panel("µs", vec![line]))
        };
        let several = [(16.0, 0.396), (64.0, 7.0), (4_096.0, 1_234.0)];
        assert_eq!(words(&several), "36-3: ours 0.40 at 16, 1,200 at 4,096.");
        assert_eq!(words(&[(1.0, 2.0)]), "36-3: ours 2.0 at 1.");
    }
}
