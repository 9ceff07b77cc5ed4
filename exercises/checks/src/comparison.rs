//! Expected beside yours: where two values first differ, and how to show it.

use crate::value::{Value, index_text, shape_text};

/// How far apart two numbers may be: `relative · max(|a|, |b|) + absolute`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// As a share of the larger number.
    pub relative: f64,
    /// As an amount.
    pub absolute: f64,
}

impl Tolerance {
    /// Far more than another order of operations can cause, far less than any
    /// mistake.
    pub const ROUNDING: Self = Self { relative: 1e-9, absolute: 1e-12 };

    /// Enough for a few operations on numbers that aren't extreme, and too little
    /// for the smallest epsilon that people add.
    pub const FEW_OPERATIONS: Self = Self { relative: 1e-13, absolute: 1e-13 };

    /// Whether two numbers are equal, but for this much. NaN equals NaN.
    pub fn allows(self, expected: f64, yours: f64) -> bool {
        let largest = expected.abs().max(yours.abs());
        expected == yours
            || (expected.is_nan() && yours.is_nan())
            || (expected - yours).abs() <= self.relative * largest + self.absolute
                && expected.is_finite()
                && yours.is_finite()
    }
}

/// How two values differ.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// In their shapes.
    Shape,
    /// In the number at this position, counted row after row.
    Number(usize),
}

/// Whether two numbers are equal, but for rounding. NaN equals NaN.
pub fn close(expected: f64, yours: f64) -> bool {
    Tolerance::ROUNDING.allows(expected, yours)
}

/// Where two values first differ, if they do, by more than rounding.
pub fn difference(expected: &impl Value, yours: &impl Value) -> Option<Difference> {
    difference_within(Tolerance::ROUNDING, expected, yours)
}

/// Where two values first differ, if they do, by more than the tolerance.
pub fn difference_within(
    tolerance: Tolerance,
    expected: &impl Value,
    yours: &impl Value,
) -> Option<Difference> {
    if expected.shape() != yours.shape() {
        return Some(Difference::Shape);
    }
    let numbers = expected.numbers().into_iter().zip(yours.numbers());
    let mut differ =
        numbers.map(|(expected, yours)| !tolerance.allows(expected, yours));
    differ.position(|differs| differs).map(Difference::Number)
}

/// What is wrong, in a sentence.
pub fn sentence(
    name: &str,
    expected: &impl Value,
    yours: &impl Value,
    difference: &Difference,
) -> String {
    let Difference::Number(position) = *difference else {
        let (expected, yours) =
            (shape_text(&expected.shape()), shape_text(&yours.shape()));
        return format!(
            "{name} has the wrong shape: it should be {expected}, and yours is \
             {yours}."
        );
    };
    let entry = entry_text(name, &index_text(position, &expected.shape()));
    let entry = match entry.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => entry,
    };
    let (expected, yours) =
        (expected.numbers()[position], yours.numbers()[position]);
    if yours.is_nan() {
        format!("{entry} is NaN (not a number). It should be {expected}.")
    } else if yours.is_infinite() {
        format!("{entry} is infinite ({yours}). It should be {expected}.")
    } else if expected.is_nan() {
        format!("{entry} is {yours}. It should be NaN.")
    } else if expected * yours < 0.0 && close(expected, -yours) {
        format!("{entry} has the wrong sign.")
    } else {
        format!("{entry} has the wrong value.")
    }
}

/// Both values entry by entry, expected beside yours, the first difference marked.
pub fn table(
    name: &str,
    expected: &impl Value,
    yours: &impl Value,
    difference: &Difference,
) -> Vec<String> {
    let Difference::Number(marked) = *difference else {
        return vec![
            format!("  expected shape  {}", shape_text(&expected.shape())),
            format!("→ your shape      {}", shape_text(&yours.shape())),
        ];
    };
    let (shape, expected, yours) =
        (expected.shape(), expected.numbers(), yours.numbers());
    let decimals = decimals(expected[marked], yours[marked]);
    let entry = |i: usize| {
        [
            entry_text(name, &index_text(i, &shape)),
            number(expected[i], decimals),
            number(yours[i], decimals),
        ]
    };

    let shown = window(marked, expected.len());
    let (before, after) = (shown.start, expected.len() - shown.end);
    let mut rows = vec![[String::new(), "expected".to_owned(), "yours".to_owned()]];
    rows.extend(shown.map(entry));
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    };
    let (names, lefts, rights) = (width(0), width(1), width(2));

    let mut lines = Vec::new();
    for (i, [name, expected, yours]) in rows.into_iter().enumerate() {
        let mark = if i > 0 && before + i - 1 == marked { "→" } else { " " };
        lines.push(format!(
            "{mark} {name:<names$}  {expected:>lefts$}  {yours:>rights$}"
        ));
        if i == 0 && before > 0 {
            lines.push(format!("  … {before} more"));
        }
    }
    if after > 0 {
        lines.push(format!("  … {after} more"));
    }
    lines
}

/// What an entry is called: `W[0, 1]`, or `W[0, 1] after step 2`.
fn entry_text(name: &str, index: &str) -> String {
    match name.split_once(" after ") {
        Some((name, when)) => format!("{name}{index} after {when}"),
        None => format!("{name}{index}"),
    }
}

/// The entries to show: all of a few, else those around the marked one.
fn window(marked: usize, len: usize) -> std::ops::Range<usize> {
    const MOST: usize = 8;
    if len <= MOST {
        return 0..len;
    }
    let start = marked.saturating_sub(2).min(len - (MOST - 2));
    start..start + MOST - 2
}

/// As many decimals as it takes to tell the two numbers apart.
fn decimals(expected: f64, yours: f64) -> usize {
    if !(expected.is_finite() && yours.is_finite()) {
        return 4;
    }
    let enough = [4, 6, 9, 12].into_iter().find(|&decimals| {
        let gap = (expected - yours).abs();
        let apart = gap.is_nan() || gap > 2.0 * 10_f64.powi(-decimals);
        apart
            && number(expected, decimals as usize)
                != number(yours, decimals as usize)
    });
    enough.map_or(15, |decimals| decimals as usize)
}

fn number(x: f64, decimals: usize) -> String {
    let x = x + 0.0; // -0 becomes 0
    if !x.is_finite() || x == 0.0 || (1e-3..1e9).contains(&x.abs()) {
        format!("{x:.decimals$}")
    } else {
        format!("{x:.decimals$e}")
    }
}
