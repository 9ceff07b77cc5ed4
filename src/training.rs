//! Epochs of training, with a report on each.

use std::fmt;

use rand::Rng;
use thiserror::Error;

use crate::dataset::Dataset;

/// A network that learns one example at a time, epoch by epoch: the network of Part
/// I, or a faster version of it.
pub trait Train {
    /// The number of inputs.
    fn n_in(&self) -> usize;

    /// The number of outputs, one for each class.
    fn n_out(&self) -> usize;

    /// Trains for one epoch, with one step on each example in a new random order,
    /// and returns the mean loss.
    fn train_epoch(&mut self, data: &Dataset, lr: f64, rng: &mut impl Rng) -> f64;

    /// The fraction of the examples classified correctly, from 0 to 1.
    fn accuracy(&mut self, data: &Dataset) -> f64;
}

/// Epochs of training, as an iterator: each `next` trains for one epoch and
/// returns a report.
///
/// There is no last epoch, so [`take`](Iterator::take) as many as you want. But if
/// the loss becomes NaN or infinite, the iterator yields one
/// [`TrainingError::Diverged`] and then ends.
///
/// ```
/// use no_magic::by_hand::NeuralNet;
/// use no_magic::patterns;
/// use no_magic::training::Training;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = patterns::dataset([20; 3], &mut rng)?;
/// let mut network = NeuralNet::new(&[36, 16, 3], &mut rng)?;
/// let reports: Vec<_> = Training::new(&mut network, &data, 0.05, &mut rng)?
///     .take(10)
///     .collect::<Result<_, _>>()?;
/// assert_eq!(reports.len(), 10);
/// assert!(reports[9].loss < reports[0].loss);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Training<'a, N, R> {
    network: &'a mut N,
    data: &'a Dataset,
    lr: f64,
    rng: &'a mut R,
    epoch: usize,
    diverged: bool,
}

impl<'a, N: Train, R: Rng> Training<'a, N, R> {
    /// Trains `network` on `data`, one epoch for each call of `next`.
    ///
    /// # Errors
    ///
    /// If `lr` is not a positive, finite number, or if the data's features and
    /// classes don't match the network's inputs and outputs.
    pub fn new(
        network: &'a mut N,
        data: &'a Dataset,
        lr: f64,
        rng: &'a mut R,
    ) -> Result<Self, TrainingError> {
        if !(lr.is_finite() && lr > 0.0) {
            return Err(TrainingError::LearningRate { lr });
        }
        if data.features() != network.n_in() {
            let (features, n_in) = (data.features(), network.n_in());
            return Err(TrainingError::Features { features, n_in });
        }
        if data.classes() != network.n_out() {
            let (classes, n_out) = (data.classes(), network.n_out());
            return Err(TrainingError::Classes { classes, n_out });
        }
        Ok(Self { network, data, lr, rng, epoch: 0, diverged: false })
    }
}

impl<N: Train, R: Rng> Iterator for Training<'_, N, R> {
    type Item = Result<EpochReport, TrainingError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.diverged {
            return None;
        }
        let epoch = self.epoch;
        let loss = self.network.train_epoch(self.data, self.lr, self.rng);
        if !loss.is_finite() {
            self.diverged = true;
            return Some(Err(TrainingError::Diverged { epoch, lr: self.lr }));
        }
        let accuracy = self.network.accuracy(self.data);
        self.epoch += 1;
        Some(Ok(EpochReport { epoch, loss, accuracy }))
    }
}

/// The report on one epoch. It prints in the format of the NumPy lesson that
/// Part I follows.
///
/// ```
/// use no_magic::training::EpochReport;
///
/// let report = EpochReport { epoch: 0, loss: 1.18321, accuracy: 0.34167 };
/// assert_eq!(report.to_string(), "epoch 0    loss=1.1832  acc=34.17%");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochReport {
    /// The epoch, counted from 0.
    pub epoch: usize,
    /// The mean loss over the epoch's training steps.
    pub loss: f64,
    /// The fraction of the training examples that the network classifies correctly
    /// after the epoch, from 0 to 1.
    pub accuracy: f64,
}

impl fmt::Display for EpochReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, loss, accuracy } = self;
        // The 1e-7 in the loss can take it a little below zero.
        let loss = loss.max(0.0);
        let percent = accuracy * 100.0;
        write!(f, "epoch {epoch:<4} loss={loss:.4}  acc={percent:.2}%")
    }
}

/// A learning rate to try next: 0.05 as in the lesson, or a tenth of `lr`.
fn smaller(lr: f64) -> f64 {
    if lr > 0.05 { 0.05 } else { lr / 10.0 }
}

/// Why training can't start, or can't continue.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// The learning rate is not a positive, finite number.
    #[error(
        "the learning rate is {lr:?}; it must be a positive number, such as 0.05"
    )]
    LearningRate {
        /// The learning rate.
        lr: f64,
    },
    /// The examples don't have as many features as the network has inputs.
    #[error(
        "each example has {features} features, but the network takes {n_in} inputs"
    )]
    Features {
        /// The number of features of each example.
        features: usize,
        /// The number of the network's inputs.
        n_in: usize,
    },
    /// The data doesn't have as many classes as the network has outputs.
    #[error("the data has {classes} classes, but the network has {n_out} outputs")]
    Classes {
        /// The number of classes in the data.
        classes: usize,
        /// The number of the network's outputs.
        n_out: usize,
    },
    /// The loss became NaN or infinite.
    #[error(
        "the loss diverged in epoch {epoch}, because the learning rate {lr:?} is \
         too large; try {:?}", smaller(*lr)
    )]
    Diverged {
        /// The epoch, counted from 0.
        epoch: usize,
        /// The learning rate.
        lr: f64,
    },
}
