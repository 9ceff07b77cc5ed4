//! Labeled examples. A data set checks them when it is built, so that training
//! can trust them.

use ndarray::{Array2, ArrayView1};
use thiserror::Error;

/// A data set: inputs and their labels.
///
/// | name | shape | |
/// |---|---|---|
/// | inputs | `(examples, features)` | one example per row |
/// | labels | `(examples,)` | the class of each example, in `0..classes` |
///
/// ```
/// use ndarray::array;
/// use no_magic::dataset::Dataset;
///
/// let data = Dataset::new(array![[0.0, 1.0], [1.0, 0.0]], vec![1, 0], 2)?;
/// assert_eq!(data.len(), 2);
/// assert_eq!(data.x(0), array![0.0, 1.0]);
/// assert_eq!(data.y(0), 1);
/// # Ok::<(), no_magic::dataset::DatasetError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    inputs: Array2<f64>,
    labels: Vec<usize>,
    classes: usize,
}

impl Dataset {
    /// Checks the examples, and makes a data set of them.
    ///
    /// Shapes: `inputs` is `(examples, features)`; `labels` has one class for each
    /// example, below `classes`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::dataset::Dataset;
    ///
    /// let wrong = Dataset::new(array![[0.0, 1.0]], vec![2], 2).unwrap_err();
    /// assert_eq!(
    ///     wrong.to_string(),
    ///     "example 0 has the label 2, but with 2 classes it must be below 2",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// - If there are no examples or no features, or if
    ///   `labels.len() != inputs.nrows()`.
    /// - If a label is not below `classes`.
    /// - If an input is NaN or infinite.
    pub fn new(
        inputs: Array2<f64>,
        labels: Vec<usize>,
        classes: usize,
    ) -> Result<Self, DatasetError> {
        let (examples, features) = inputs.dim();
        if examples != labels.len() {
            return Err(DatasetError::Lengths {
                inputs: examples,
                labels: labels.len(),
            });
        }
        if examples == 0 {
            return Err(DatasetError::NoExamples);
        }
        if features == 0 {
            return Err(DatasetError::NoFeatures);
        }
        if let Some(example) = labels.iter().position(|&label| label >= classes) {
            return Err(DatasetError::Label {
                example,
                label: labels[example],
                classes,
            });
        }
        if let Some(((example, feature), &value)) =
            inputs.indexed_iter().find(|(_, value)| !value.is_finite())
        {
            return Err(DatasetError::NotFinite { example, feature, value });
        }
        // Row by row in memory, so that each example is contiguous.
        let inputs = inputs.as_standard_layout().into_owned();
        Ok(Self { inputs, labels, classes })
    }

    /// The number of examples, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a data set is never empty")]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The number of features of each example.
    pub fn features(&self) -> usize {
        self.inputs.ncols()
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The input of example `i`, `(features,)`.
    ///
    /// # Panics
    ///
    /// If there is no example `i`.
    #[track_caller]
    pub fn x(&self, i: usize) -> ArrayView1<'_, f64> {
        self.inputs.row(i)
    }

    /// The label of example `i`.
    ///
    /// # Panics
    ///
    /// If there is no example `i`.
    #[track_caller]
    pub fn y(&self, i: usize) -> usize {
        self.labels[i]
    }

    /// Panics unless a network has one output for each class.
    #[track_caller]
    pub(crate) fn check_classes(&self, n_out: usize) {
        let classes = self.classes;
        assert!(
            classes == n_out,
            "the data has {classes} classes, but the network has {n_out} outputs"
        );
    }

    /// All inputs, `(examples, features)`.
    pub fn inputs(&self) -> &Array2<f64> {
        &self.inputs
    }

    /// All labels, in the order of the inputs.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }
}

/// The number of examples, with `count` in each class. It is an error if no memory
/// could hold so many.
pub(crate) fn total(
    count: usize,
    classes: usize,
    features: usize,
) -> Result<usize, DatasetError> {
    let fits = |examples: &usize| {
        let bytes = examples.checked_mul(features * size_of::<f64>());
        bytes.is_some_and(|bytes| isize::try_from(bytes).is_ok())
    };
    count
        .checked_mul(classes)
        .filter(fits)
        .ok_or(DatasetError::TooMany { count, classes })
}

/// Why a [`Dataset`] can't be built. Examples and features are counted from 0.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// There isn't exactly one label for each input.
    #[error(
        "each input needs one label, but there are {inputs} inputs and {labels} \
         labels"
    )]
    Lengths {
        /// The number of inputs.
        inputs: usize,
        /// The number of labels.
        labels: usize,
    },
    /// There is nothing to learn from.
    #[error("the data set is empty; it needs at least one example")]
    NoExamples,
    /// There are more examples than any memory could hold.
    #[error(
        "{count} examples of each of {classes} classes are more than any memory \
         can hold"
    )]
    TooMany {
        /// The number of examples of each class.
        count: usize,
        /// The number of classes.
        classes: usize,
    },
    /// The inputs have no columns.
    #[error("the inputs have no features; each example needs at least one number")]
    NoFeatures,
    /// A label isn't below the number of classes.
    #[error(
        "example {example} has the label {label}, but with {classes} classes it \
         must be below {classes}"
    )]
    Label {
        /// The example.
        example: usize,
        /// Its label.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// An input is NaN or infinite.
    #[error(
        "feature {feature} of example {example} is {value}; it must be a finite \
         number"
    )]
    NotFinite {
        /// The example.
        example: usize,
        /// The feature.
        feature: usize,
        /// The value.
        value: f64,
    },
}
