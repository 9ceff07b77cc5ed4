//! What there is to do, and how exactly.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A network and the batches on which it is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// The sizes of the network.
    pub sizes: Vec<usize>,
    /// How many examples a step sees.
    pub batch: usize,
}

impl Workload {
    /// A network of these sizes, trained on this many examples at a time.
    pub fn new(sizes: &[usize], batch: usize) -> Self {
        Self { sizes: sizes.to_vec(), batch }
    }

    /// How many weights the network has, without the biases.
    ///
    /// ```
    /// use race::measurements::Workload;
    ///
    /// let lesson = Workload::new(&[36, 16, 3], 1);
    /// assert_eq!(lesson.weights(), 36 * 16 + 16 * 3);
    /// assert_eq!(lesson.parameters(), lesson.weights() + 16 + 3);
    /// ```
    pub fn weights(&self) -> usize {
        self.sizes.windows(2).map(|pair| pair[0] * pair[1]).sum()
    }

    /// How many weights and biases.
    pub fn parameters(&self) -> usize {
        self.weights() + self.sizes[1..].iter().sum::<usize>()
    }
}

/// As in `36-16-3, batches of 32`.
impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(usize::to_string).collect();
        write!(f, "{}, ", sizes.join("-"))?;
        match self.batch {
            1 => write!(f, "one at a time"),
            batch => write!(f, "batches of {batch}"),
        }
    }
}

/// How exact the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits.
    Float32,
    /// 64 bits.
    Float64,
}
