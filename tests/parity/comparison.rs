//! How far two sets of arrays are apart, and where.

use std::fmt;

use ndarray::{ArrayD, Dimension};

use crate::arrays::Arrays;

/// A difference is relative to the largest entry of the array, or to this if all
/// are smaller: some gradients are zero on paper, and rounding noise in every
/// library.
pub const FLOOR: f64 = 1e-2;

/// The entry of an array that is furthest off.
#[derive(Debug)]
pub struct Difference {
    /// `case/stage/array`.
    pub array: String,
    pub entry: Vec<usize>,
    pub ours: f64,
    pub theirs: f64,
    /// `|ours - theirs| / max(largest |theirs| in the array, FLOOR)`.
    pub relative: f64,
}

impl Difference {
    pub fn case(&self) -> &str {
        self.part(0)
    }

    /// Whether training has gone on for more than a step.
    pub fn is_late(&self) -> bool {
        ["step 10", "step 1000"].contains(&self.part(1))
    }

    fn part(&self, i: usize) -> &str {
        self.array.split('/').nth(i).expect("case/stage/array")
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { array, entry, ours, theirs, relative } = self;
        write!(f, "{}", array.replace('/', ", "))?;
        if !entry.is_empty() {
            write!(f, "{entry:?}")?;
        }
        write!(
            f,
            " is {ours:e} here and {theirs:e} there (relative difference \
             {relative:.1e})"
        )
    }
}

/// The largest difference of each array.
///
/// # Errors
///
/// If an array is missing on either side, or has another shape.
pub fn compare(ours: &Arrays, theirs: &Arrays) -> Result<Vec<Difference>, String> {
    if let Some(name) = ours.keys().find(|&name| !theirs.contains_key(name)) {
        return Err(format!("the file has no {name}"));
    }
    if let Some(name) = theirs.keys().find(|&name| !ours.contains_key(name)) {
        return Err(format!("nothing is compared with the file's {name}"));
    }
    let pairs = ours.iter().zip(theirs.values());
    pairs.map(|((name, ours), theirs)| largest(name, ours, theirs)).collect()
}

fn largest(
    name: &str,
    ours: &ArrayD<f64>,
    theirs: &ArrayD<f64>,
) -> Result<Difference, String> {
    if ours.shape() != theirs.shape() {
        let (ours, theirs) = (ours.shape(), theirs.shape());
        return Err(format!(
            "{name} has the shape {ours:?} here and {theirs:?} there"
        ));
    }
    let scale = theirs.fold(FLOOR, |scale, entry| scale.max(entry.abs()));
    let differences = ours.indexed_iter().map(|(entry, &ours)| {
        let theirs = theirs[&entry];
        Difference {
            array: name.to_owned(),
            entry: entry.slice().to_vec(),
            ours,
            theirs,
            relative: (ours - theirs).abs() / scale,
        }
    });
    // A NaN counts as larger than any number.
    differences
        .max_by(|a, b| a.relative.abs().total_cmp(&b.relative.abs()))
        .ok_or_else(|| format!("{name} is empty"))
}
