//! The training loop: epochs of shuffled examples, and a report of each.

use std::fmt;

use rand::Rng;
use rand::seq::SliceRandom;
use thiserror::Error;

use super::neural_net::NeuralNet;
use crate::dataset::Dataset;
use crate::softmax::argmax;

impl NeuralNet {
    /// One epoch: a training step for each example, in a fresh random order.
    ///
    /// Returns the mean loss, each example's taken just before its own step.
    ///
    /// ```
    /// use no_magic::by_hand::NeuralNet;
    /// use no_magic::patterns;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let data = patterns::dataset([20; 3], &mut rng)?;
    /// let mut network = NeuralNet::new(&[36, 16, 3], &mut rng)?;
    /// let first = network.train_epoch(&data, 0.05, &mut rng);
    /// let second = network.train_epoch(&data, 0.05, &mut rng);
    /// assert!(second < first);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the examples don't fit the network's inputs, or a label its outputs; [`Training::new`]
    /// checks that first.
    #[track_caller]
    // ANCHOR: train_epoch
    pub fn train_epoch(
        &mut self,
        data: &Dataset,
        lr: f64,
        rng: &mut impl Rng,
    ) -> f64 {
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.shuffle(rng);

        let mut total = 0.0;
        for i in order {
            total += self.train_step(data.x(i), data.y(i), lr);
        }
        total / data.len() as f64
    }
    // ANCHOR_END: train_epoch

    /// The share of examples whose class the network gets right, from 0 to 1.
    ///
    /// ```
    /// use ndarray::{Array2, array};
    /// use no_magic::by_hand::NeuralNet;
    /// use no_magic::dataset::Dataset;
    ///
    /// // Weights that pass the input on: the larger entry wins.
    /// let mut network = NeuralNet::from_parameters(vec![(Array2::eye(2), array![0.0, 0.0])])?;
    /// let inputs = array![[2.0, 0.0], [0.0, 1.0], [3.0, 1.0], [1.0, 2.0]];
    /// let data = Dataset::new(inputs, vec![0, 1, 0, 0], 2)?;
    /// assert_eq!(network.accuracy(&data), 0.75);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the examples don't fit the network's inputs.
    #[track_caller]
    // ANCHOR: accuracy
    pub fn accuracy(&mut self, data: &Dataset) -> f64 {
        let mut right = 0;
        for i in 0..data.len() {
            let yhat = self.predict(data.x(i));
            if argmax(yhat) == Some(data.y(i)) {
                right += 1;
            }
        }
        f64::from(right) / data.len() as f64
    }
    // ANCHOR_END: accuracy
}

/// Epochs of training, as an iterator: each `next` trains for one epoch and reports it.
///
/// It never ends by itself, so [`take`](Iterator::take) as many epochs as you want. If the loss
/// is no longer a finite number, it yields one [`TrainingError::Diverged`], and then nothing.
///
/// ```
/// use no_magic::by_hand::{NeuralNet, Training};
/// use no_magic::patterns;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = patterns::dataset([20; 3], &mut rng)?;
/// let mut network = NeuralNet::new(&[36, 16, 3], &mut rng)?;
/// let reports: Vec<_> =
///     Training::new(&mut network, &data, 0.05, &mut rng)?.take(10).collect::<Result<_, _>>()?;
/// assert_eq!(reports.len(), 10);
/// assert!(reports[9].loss < reports[0].loss);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Training<'a, R> {
    network: &'a mut NeuralNet,
    data: &'a Dataset,
    learning_rate: f64,
    rng: &'a mut R,
    epoch: usize,
    diverged: bool,
}

impl<'a, R: Rng> Training<'a, R> {
    /// Training of `network` on `data`, an epoch each time that `next` is called.
    ///
    /// # Errors
    ///
    /// If the learning rate is not a positive, finite number, or if the data does not have the
    /// network's number of inputs and classes.
    pub fn new(
        network: &'a mut NeuralNet,
        data: &'a Dataset,
        learning_rate: f64,
        rng: &'a mut R,
    ) -> Result<Self, TrainingError> {
        if !(learning_rate.is_finite() && learning_rate > 0.0) {
            return Err(TrainingError::LearningRate { learning_rate });
        }
        if data.features() != network.n_in() {
            let (features, n_in) = (data.features(), network.n_in());
            return Err(TrainingError::Features { features, n_in });
        }
        if data.classes() != network.n_out() {
            let (classes, n_out) = (data.classes(), network.n_out());
            return Err(TrainingError::Classes { classes, n_out });
        }
        Ok(Self {
            network,
            data,
            learning_rate,
            rng,
            epoch: 0,
            diverged: false,
        })
    }
}

impl<R: Rng> Iterator for Training<'_, R> {
    type Item = Result<EpochReport, TrainingError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.diverged {
            return None;
        }
        let epoch = self.epoch;
        let loss = self.network.train_epoch(
            self.data,
            self.learning_rate,
            self.rng,
        );
        if !loss.is_finite() {
            self.diverged = true;
            return Some(Err(TrainingError::Diverged {
                epoch,
                learning_rate: self.learning_rate,
            }));
        }
        let accuracy = self.network.accuracy(self.data);
        self.epoch += 1;
        Some(Ok(EpochReport { epoch, loss, accuracy }))
    }
}

/// How an epoch went. It prints as the lesson prints it.
///
/// ```
/// use no_magic::by_hand::EpochReport;
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
    /// The share of the training examples that the network gets right after the epoch, 0 to 1.
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

/// Why a network can't be trained, or can't be trained on.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum TrainingError {
    /// The learning rate is zero, negative, NaN or infinite.
    #[error(
        "the learning rate is {learning_rate:?}; it must be a positive number, such as 0.05"
    )]
    LearningRate {
        /// The learning rate.
        learning_rate: f64,
    },
    /// The examples are not as long as the network's input.
    #[error(
        "each example has {features} features, but the network takes {n_in} inputs"
    )]
    Features {
        /// The features of each example.
        features: usize,
        /// The network's inputs.
        n_in: usize,
    },
    /// The data does not have as many classes as the network has outputs.
    #[error(
        "the data has {classes} classes, but the network has {n_out} outputs"
    )]
    Classes {
        /// The classes of the data.
        classes: usize,
        /// The network's outputs.
        n_out: usize,
    },
    /// The loss is no longer a finite number.
    #[error(
        "the loss is no longer a number in epoch {epoch}: with the learning rate \
         {learning_rate:?} the steps are too large; try 0.05"
    )]
    Diverged {
        /// The epoch, counted from 0.
        epoch: usize,
        /// The learning rate.
        learning_rate: f64,
    },
}
