//! How far two sets of numbers are apart, and where.

use std::fmt;

use ndarray::{ArrayViewD, Dimension};

use crate::Parameters;

/// A difference is relative to the largest entry of the array, or to this if all
/// are smaller.
const FLOOR: f64 = 1e-2;

/// The entry of an array that is furthest off.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The name of the array and the place in it.
    pub entry: String,
    /// What is there in our array.
    pub ours: f64,
    /// What is there in the other.
    pub theirs: f64,
    /// `|ours - theirs|`, relative to the largest entry of our array.
    pub relative: f64,
}

impl Difference {
    /// The largest difference of two arrays with the same shape.
    #[track_caller]
    pub fn of_arrays(
        name: &str,
        ours: ArrayViewD<'_, f64>,
        theirs: ArrayViewD<'_, f64>,
    ) -> Self {
        assert_eq!(ours.shape(), theirs.shape(), "shapes of {name}");
        let scale = ours.fold(FLOOR, |scale, a| scale.max(a.abs()));
        let differences = theirs.indexed_iter().map(|(place, &theirs)| {
            let ours = ours[&place];
            Self {
                entry: format!("{name}{:?}", place.slice()),
                ours,
                theirs,
                relative: (ours - theirs).abs() / scale,
            }
        });
        largest(differences)
    }

    /// The largest difference of all weights and biases.
    #[track_caller]
    pub fn of_parameters(ours: &Parameters, theirs: &Parameters) -> Self {
        assert_eq!(ours.len(), theirs.len(), "layers");
        let layers = (1..).zip(ours.iter().zip(theirs));
        largest(layers.flat_map(|(l, ((w, b), (other_w, other_b)))| {
            let (w, other_w) = (w.view(), other_w.view());
            let (b, other_b) = (b.view(), other_b.view());
            [
                Self::of_arrays(&format!("w{l}"), w.into_dyn(), other_w.into_dyn()),
                Self::of_arrays(&format!("b{l}"), b.into_dyn(), other_b.into_dyn()),
            ]
        }))
    }
}

/// A NaN counts as larger than any number.
fn largest(differences: impl Iterator<Item = Difference>) -> Difference {
    let by_size = |a: &Difference, b: &Difference| {
        a.relative.abs().total_cmp(&b.relative.abs())
    };
    differences.max_by(by_size).expect("there are numbers")
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry, ours, theirs, relative } = self;
        write!(
            f,
            "{entry} is {theirs:e} there and {ours:e} here (relative difference \
             {relative:.1e})"
        )
    }
}
