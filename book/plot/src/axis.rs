//! Axes, linear and logarithmic.

use std::ops::Range;

use plotters::coord::ranged1d::{
    KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter,
};
use plotters::coord::types::{RangedCoordf64, RangedCoordusize};

use crate::number::label;

/// At most this many numbers stand at a linear axis.
const MARKS: usize = 6;
/// At most this many powers of ten stand at a logarithmic one.
const POWERS: i32 = 12;

/// What is measured, from where to where, and which numbers stand at the axis.
#[derive(Clone)]
pub struct Axis {
    pub(crate) name: String,
    range: Range<f64>,
    marks: Vec<f64>,
    /// How far along the axis a value is.
    height: fn(f64) -> f64,
}

impl Axis {
    /// A linear axis.
    pub fn linear(name: &str, range: Range<f64>) -> Self {
        let marks = RangedCoordf64::from(range.clone()).key_points(MARKS);
        Self { name: name.to_owned(), range, marks, height: |value| value }
    }

    /// A linear axis of whole numbers, from 0 to `end`.
    pub fn counting(name: &str, end: usize) -> Self {
        let marks = RangedCoordusize::from(0..end).key_points(MARKS);
        let marks = marks.into_iter().map(|mark| mark as f64).collect();
        Self { marks, ..Self::linear(name, 0.0..end as f64) }
    }

    /// A logarithmic axis, with a number at its start and wherever it is so many
    /// times the one before.
    ///
    /// ```
    /// let axis = plot::Axis::logarithmic("H", 16.0..1024.0, 4.0);
    /// assert_eq!(axis.marks(), [16.0, 64.0, 256.0, 1024.0]);
    /// ```
    pub fn logarithmic(name: &str, range: Range<f64>, times: f64) -> Self {
        let marks = (0..).map(|i| range.start * libm::pow(times, f64::from(i)));
        // The last may come out a little above the end.
        let marks = marks.take_while(|&mark| mark < range.end * (1.0 + 1e-9));
        let marks = marks.collect();
        Self { name: name.to_owned(), range, marks, height: libm::log10 }
    }

    /// A logarithmic axis between powers of ten that hold all of these values, of
    /// which there must be one.
    ///
    /// ```
    /// let axis = plot::Axis::powers_of_ten("µs", [0.396, 76.0].into_iter());
    /// assert_eq!(axis.marks(), [0.1, 1.0, 10.0, 100.0]);
    /// ```
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred at most")]
    pub fn powers_of_ten(
        name: &str,
        values: impl Iterator<Item = f64> + Clone,
    ) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let from = libm::log10(least).floor() as i32;
        let to = libm::log10(values.fold(0.0, f64::max)).ceil() as i32;
        let to = to.max(from + 1);
        let step = (to - from) / POWERS + 1;
        let marks = (from..=to).filter(|power| power % step == 0);
        let power_of_ten = |power: i32| libm::exp10(power.into());
        Self {
            name: name.to_owned(),
            range: power_of_ten(from)..power_of_ten(to),
            marks: marks.map(power_of_ten).collect(),
            height: libm::log10,
        }
    }

    /// The numbers that stand at it.
    pub fn marks(&self) -> &[f64] {
        &self.marks
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, pixels: (i32, i32)) -> i32 {
        let [value, start, end] =
            [*value, self.range.start, self.range.end].map(self.height);
        RangedCoordf64::from(start..end).map(&value, pixels)
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.marks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        label(*value)
    }
}
