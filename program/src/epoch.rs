//! How an epoch went: for people, as JSON and as CSV.

use std::fmt;

use no_magic::training::EpochReport;
use serde::{Deserialize, Serialize};

/// How an epoch went, as far as that was measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// The epoch, counted from 0.
    pub epoch: usize,
    /// The mean loss of the training examples, each taken before its step.
    pub loss: f64,
    /// The share of the training examples that the network gets right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
    /// The mean loss on examples held out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out_loss: Option<f64>,
    /// The share of the examples held out that the network gets right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out_accuracy: Option<f64>,
}

impl Epoch {
    /// The accuracy that was measured.
    pub fn measured_accuracy(&self) -> f64 {
        self.accuracy.or(self.held_out_accuracy).unwrap_or(0.0)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The 1e-7 in the loss of Part I can take it a little below zero.
        write!(f, "epoch {:<4} loss={:.4}", self.epoch, self.loss.max(0.0))?;
        if let Some(loss) = self.held_out_loss {
            write!(f, "  held out: loss={loss:.4}")?;
        }
        write!(f, "  acc={:.2}%", 100.0 * self.measured_accuracy())
    }
}

impl From<&Epoch> for EpochReport {
    fn from(epoch: &Epoch) -> Self {
        let accuracy = epoch.measured_accuracy();
        Self { epoch: epoch.epoch, loss: epoch.loss, accuracy }
    }
}

/// The epochs as a table with a header, every number in full.
pub fn to_csv(epochs: &[Epoch]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for epoch in epochs {
        writer.serialize(epoch)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
