//! What was measured, where and when. The book's tables and charts are drawn from
//! it.

mod workload;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use workload::{Precision, Workload};

/// All measurements of one run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measurements {
    /// The day, as in `2026-01-31`.
    pub date: String,
    /// The machine.
    pub machine: Machine,
    /// The version of everything that took part.
    pub versions: BTreeMap<String, String>,
    /// The most that the processor computes in its registers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peaks: Vec<Peak>,
    /// How long the three exponentials and the logarithm of a step of the lesson
    /// take, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exponentials: Option<f64>,
    /// What was measured of each workload.
    pub workloads: Vec<Measured>,
}

/// The most floating-point operations that one core does with registers of one
/// kind.
#[derive(Debug, Serialize, Deserialize)]
pub struct Peak {
    /// The instructions: `sse2`, `avx2` or `avx512`.
    pub instructions: String,
    /// Multiplications and additions of 64 bits, in 10⁹ a second.
    pub gflops: f64,
}

/// A machine.
#[derive(Debug, Serialize, Deserialize)]
pub struct Machine {
    /// The name that the processor has for itself.
    pub processor: String,
    /// How many cores it has.
    pub cores: usize,
    /// The operating system.
    pub system: String,
}

/// What was measured of a workload.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measured {
    /// The workload.
    #[serde(flatten)]
    pub workload: Workload,
    /// A row for each contender.
    pub rows: Vec<Row>,
}

/// How long a contender takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The contender's short name.
    pub contender: String,
    /// How exact its numbers are.
    pub precision: Precision,
    /// How many steps it took in a round.
    pub steps: usize,
    /// The time of a step in each round, in microseconds, in the order of the
    /// rounds.
    pub microseconds: Vec<f64>,
    /// The most memory that its arrays took at a time in a step, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

impl Row {
    /// The middle one of the rounds' times; of an even number, the mean of the two
    /// in the middle.
    ///
    /// ```
    /// use race::measurements::Row;
    /// use race::measurements::Precision::Float64;
    ///
    /// let row = Row {
    ///     contender: "ours".into(),
    ///     precision: Float64,
    ///     steps: 1,
    ///     microseconds: vec![3.0, 1.0, 2.0, 10.0],
    ///     bytes: None,
    /// };
    /// assert_eq!(row.median(), 2.5);
    /// assert_eq!(row.fastest(), 1.0);
    /// assert_eq!(row.slowest(), 10.0);
    /// ```
    ///
    /// # Panics
    ///
    /// If there was no round.
    pub fn median(&self) -> f64 {
        let mut sorted = self.microseconds.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        if sorted.len() % 2 == 1 {
            sorted[middle]
        } else {
            (sorted[middle - 1] + sorted[middle]) / 2.0
        }
    }

    /// The shortest time of a step in any round.
    pub fn fastest(&self) -> f64 {
        self.microseconds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The longest.
    pub fn slowest(&self) -> f64 {
        self.microseconds.iter().copied().fold(0.0, f64::max)
    }
}

impl Measurements {
    /// Reads what the program `race` wrote.
    ///
    /// # Errors
    ///
    /// If the text is something else.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The text to write.
    ///
    /// # Errors
    ///
    /// If a name in it can't be written as JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// What was measured of a workload.
    pub fn of(&self, workload: &Workload) -> Option<&Measured> {
        self.workloads.iter().find(|measured| measured.workload == *workload)
    }
}

impl Measured {
    /// What was measured of a contender.
    pub fn row(&self, contender: &str, precision: Precision) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.contender == contender && row.precision == precision)
    }
}
