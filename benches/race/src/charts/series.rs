//! Lines of what was measured over the size of the hidden layer, or of the batch.

use crate::measurements::{Measured, Measurements, Precision, Row};
use plot::Line;
use plotters::style::RGBColor;

use super::contender;

/// Networks that differ in their hidden layer, from the smallest to the largest.
pub struct Family<'a> {
    /// As in `36-H-3, one at a time`.
    pub name: String,
    /// With the hidden layer's size.
    pub members: Vec<Member<'a>>,
}

/// What was measured of a workload, with the size in which it differs from the
/// others.
pub type Member<'a> = (usize, &'a Measured);

impl<'a> Family<'a> {
    /// All networks with one hidden layer that were measured on batches of this
    /// size.
    pub fn new(
        scaling: &'a Measurements,
        n_in: usize,
        n_out: usize,
        batch: usize,
    ) -> Self {
        let batches = match batch {
            1 => "one at a time".to_owned(),
            batch => format!("batches of {batch}"),
        };
        let members = members(scaling, |sizes, measured| match *sizes {
            [first, hidden, last] => {
                let same = (first, last, measured) == (n_in, n_out, batch);
                same.then_some(hidden)
            }
            _ => None,
        });
        Self { name: format!("{n_in}-H-{n_out}, {batches}"), members }
    }
}

/// One network on batches of all sizes, from the smallest to the largest.
pub fn batches<'a>(scaling: &'a Measurements, sizes: &[usize]) -> Vec<Member<'a>> {
    members(scaling, |measured, batch| (measured == sizes).then_some(batch))
}

/// The workloads for which there is a size.
fn members(
    scaling: &Measurements,
    size: impl Fn(&[usize], usize) -> Option<usize>,
) -> Vec<Member<'_>> {
    let mut members: Vec<Member<'_>> = scaling
        .workloads
        .iter()
        .filter_map(|one| {
            Some((size(&one.workload.sizes, one.workload.batch)?, one))
        })
        .collect();
    members.sort_by_key(|(size, _)| *size);
    members
}

/// A quantity of a contender over the size.
///
/// # Errors
///
/// If it was not measured at any size, or the contender has no name.
pub fn line(
    members: &[Member<'_>],
    (contender, color): (&str, RGBColor),
    quantity: impl Fn(&Measured, &Row) -> Option<f64>,
) -> Result<Line, String> {
    let points: Vec<_> = members
        .iter()
        .filter_map(|&(size, measured)| {
            let row = measured.row(contender, Precision::Float64)?;
            Some((size as f64, quantity(measured, row)?))
        })
        .collect();
    if points.is_empty() {
        return Err(format!("{contender} was not measured"));
    }
    Ok(Line { name: contender::name(contender)?.to_owned(), color, points })
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
        let family = Family::new(&scaling, 36, 3, 32);
        let time = |members: &[Member<'_>]| {
            let line = line(members, LINES[0], |_, row| Some(row.median()));
            line.unwrap().points
        };
        assert_eq!(family.name, "36-H-3, batches of 32");
        assert_eq!(time(&family.members), [(16.0, 3.0), (64.0, 4.0)]);
        let batches = batches(&scaling, &[36, 16, 3]);
        assert_eq!(time(&batches), [(1.0, 1.0), (32.0, 3.0)]);
    }

    #[test]
    fn who_was_never_measured_has_no_line() {
        let scaling = scaling();
        let family = Family::new(&scaling, 36, 3, 1);
        let missing = line(&family.members, LINES[1], |_, row| Some(row.median()));
        assert_eq!(missing.err().unwrap(), "numpy was not measured");
    }
}
