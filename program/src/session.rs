//! A training, epoch by epoch.

use std::error::Error;
use std::path::Path;

use no_magic::batched::{Adam, Batches, Dropout, Layer, Network};
use no_magic::dataset::{Dataset, DatasetError};
use no_magic::training::TrainingError;
use no_magic::{by_hand, digits, fast, patterns};
use rand::{SeedableRng, rngs::ChaCha8Rng};
use thiserror::Error;

use crate::checkpoint::{self, Checkpoint};
use crate::format::BadFile;
use crate::recipe::{Basics, DigitsRecipe, DrawingsRecipe};
use crate::{idx, model};

pub use crate::epoch::Epoch;

/// How many drawings of each pattern are held out.
const DRAWINGS_HELD_OUT: usize = 1_000;

/// How many of each digit are held out.
const DIGITS_HELD_OUT: usize = 200;

/// The hidden layers of the network for digits.
const HIDDEN: [usize; 2] = [128, 64];

/// A training, epoch by epoch.
pub trait Session {
    /// Whether an epoch takes seconds rather than milliseconds. Then the program
    /// says how many, and saves the training after each, so that it can go on.
    const LONG_EPOCHS: bool;

    /// What it trains, in a sentence.
    fn heading(&self) -> String;

    /// What it shares with every other training.
    fn course(&self) -> &Course;

    /// Trains for one epoch, and calls `trained` with the number of examples after
    /// each part of it. If the training diverges, that is an error, and the epoch
    /// doesn't count.
    fn train_epoch(
        &mut self,
        trained: impl Fn(usize),
    ) -> Result<Epoch, Box<dyn Error>>;

    /// What `--save` writes, unless the training has diverged.
    fn to_json(&mut self) -> Result<Vec<u8>, Box<dyn Error>>;

    /// Trains for the epochs that are left, unless the training diverges.
    fn finish(&mut self) -> Result<(), Box<dyn Error>> {
        while self.course().epochs_left() > 0 {
            self.train_epoch(|_| {})?;
        }
        Ok(())
    }
}

/// What all trainings share.
#[derive(Debug)]
pub struct Course {
    /// How to train.
    pub basics: Basics,
    /// What to train on.
    pub data: Dataset,
    /// How the epochs went.
    pub epochs: Vec<Epoch>,
}

impl Course {
    fn new(basics: &Basics, data: Dataset) -> Self {
        Self { basics: basics.clone(), data, epochs: Vec::new() }
    }

    /// How many epochs there are left.
    pub fn epochs_left(&self) -> usize {
        self.basics.epochs.saturating_sub(self.epochs.len())
    }
}

/// The training of the small network on drawings of lines and crosses.
///
/// ```
/// use no_magic_program::recipe::DrawingsRecipe;
/// use no_magic_program::session::{DrawingsSession, Session};
///
/// let mut session = DrawingsSession::new(&DrawingsRecipe::default())?;
/// session.train_epoch(|_| {})?;
/// assert!(session.network().accuracy(&session.held_out()?) > 0.6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DrawingsSession {
    course: Course,
    sizes: Vec<usize>,
    // It trains to the same bits as the book's.
    network: fast::NeuralNet,
    rng: ChaCha8Rng,
}

impl DrawingsSession {
    /// Draws the examples and the initial weights. No examples are an error.
    pub fn new(recipe: &DrawingsRecipe) -> Result<Self, Box<dyn Error>> {
        let mut rng = ChaCha8Rng::seed_from_u64(recipe.basics.seed);
        let data = patterns::dataset([recipe.basics.examples; 3], &mut rng)?;
        let sizes = recipe.hidden.sizes();
        let network = fast::NeuralNet::new(&sizes, &mut rng)?;
        let course = Course::new(&recipe.basics, data);
        Ok(Self { course, sizes, network, rng })
    }

    /// The network as it is now.
    pub fn network(&self) -> by_hand::NeuralNet {
        by_hand::NeuralNet::from(&self.network)
    }

    /// Drawings that the training never sees.
    ///
    /// They come from the same seed, from a stream of random numbers of their own.
    pub fn held_out(&self) -> Result<Dataset, DatasetError> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.course.basics.seed);
        rng.set_stream(1);
        patterns::unseen([DRAWINGS_HELD_OUT; 3], &self.course.data, &mut rng)
    }
}

impl Session for DrawingsSession {
    const LONG_EPOCHS: bool = false;

    fn heading(&self) -> String {
        let Basics { seed, learning_rate, .. } = self.course.basics;
        format!(
            "Training {} on {} drawings (seed {seed}), learning rate \
             {learning_rate:?}.\nLoss and accuracy on these drawings:",
            dashed(&self.sizes),
            self.course.data.len(),
        )
    }

    fn course(&self) -> &Course {
        &self.course
    }

    fn train_epoch(
        &mut self,
        trained: impl Fn(usize),
    ) -> Result<Epoch, Box<dyn Error>> {
        let Self { course, network, rng, .. } = self;
        let (epoch, lr) = (course.epochs.len(), course.basics.learning_rate);
        let loss = network.train_epoch(&course.data, lr, rng);
        trained(course.data.len());
        if !loss.is_finite() {
            return Err(TrainingError::Diverged { epoch, lr }.into());
        }
        let accuracy = Some(network.accuracy(&course.data));
        let epoch = Epoch { epoch, loss, accuracy, ..Epoch::default() };
        course.epochs.push(epoch);
        Ok(epoch)
    }

    fn to_json(&mut self) -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(model::to_json(&self.network())?)
    }
}

/// The training of a network of real size on digits, in batches, with Adam.
pub struct DigitsSession {
    course: Course,
    recipe: DigitsRecipe,
    held_out: Dataset,
    network: Network,
    adam: Adam,
}

impl DigitsSession {
    /// Draws or reads the examples, and draws the initial weights.
    pub fn new(recipe: DigitsRecipe) -> Result<Self, Box<dyn Error>> {
        // Stream 0 draws the data and the initial weights; an epoch has the stream
        // of its number, counted from 1.
        let mut rng = ChaCha8Rng::seed_from_u64(recipe.basics.seed);
        let (data, held_out) = match &recipe.mnist {
            Some(folder) => idx::mnist(Path::new(folder))?,
            None => (
                digits::dataset(recipe.basics.examples, &mut rng)?,
                digits::dataset(DIGITS_HELD_OUT, &mut rng)?,
            ),
        };
        let sizes = [&[data.features()], &HIDDEN[..], &[data.classes()]].concat();
        let mut network = Network::new(&sizes, &mut rng)?;
        if recipe.dropout > 0.0 {
            let dropout = Layer::Dropout(Dropout::new(recipe.dropout)?);
            let layers = network.layers.into_iter().flat_map(|layer| {
                let follows = (layer == Layer::Relu).then(|| dropout.clone());
                [layer].into_iter().chain(follows)
            });
            network = Network { layers: layers.collect() };
        }
        let adam = Adam {
            weight_decay: recipe.weight_decay,
            ..Adam::new(recipe.basics.learning_rate)
        };
        let course = Course::new(&recipe.basics, data);
        Ok(Self { course, recipe, held_out, network, adam })
    }

    /// Puts itself where a saved training was, which has the same recipe.
    pub(crate) fn resume(
        &mut self,
        saved: Checkpoint,
        path: &Path,
    ) -> Result<(), BadFile> {
        let steps = self.course.data.len().div_ceil(self.recipe.batch_size);
        saved
            .restore(&mut self.network, &mut self.adam, steps)
            .map_err(|error| checkpoint::FORMAT.bad_file(path, error))?;
        self.course.epochs = saved.epochs;
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<Checkpoint, Diverged> {
        let Self { course, recipe, network, adam, .. } = self;
        let checkpoint = Checkpoint::new(recipe, &course.epochs, network, adam);
        if checkpoint.is_finite() {
            return Ok(checkpoint);
        }
        let epoch = self.course.epochs.len() - 1;
        Err(Diverged { epoch })
    }
}

impl Session for DigitsSession {
    const LONG_EPOCHS: bool = true;

    fn heading(&self) -> String {
        let sizes = [
            &[self.course.data.features()],
            &HIDDEN[..],
            &[self.course.data.classes()],
        ]
        .concat();
        format!(
            "Training {} on {} digits in batches of {}, held out: {}.",
            dashed(&sizes),
            self.course.data.len(),
            self.recipe.batch_size,
            self.held_out.len()
        )
    }

    fn course(&self) -> &Course {
        &self.course
    }

    fn train_epoch(
        &mut self,
        trained: impl Fn(usize),
    ) -> Result<Epoch, Box<dyn Error>> {
        let epoch = self.course.epochs.len();
        let mut rng = ChaCha8Rng::seed_from_u64(self.recipe.basics.seed);
        rng.set_stream(epoch as u64 + 1);
        let mut total = 0.0;
        for (x, y) in
            Batches::new(&self.course.data, self.recipe.batch_size, &mut rng)
        {
            let loss = self.network.train_step(&mut self.adam, &x, &y, &mut rng);
            total += loss * y.len() as f64;
            trained(y.len());
        }
        let epoch = Epoch {
            epoch,
            loss: total / self.course.data.len() as f64,
            accuracy: None,
            held_out_loss: Some(self.network.mean_loss(&self.held_out)),
            held_out_accuracy: Some(self.network.accuracy(&self.held_out)),
        };
        self.course.epochs.push(epoch);
        if let Err(diverged) = self.checkpoint() {
            self.course.epochs.pop();
            return Err(diverged.into());
        }
        Ok(epoch)
    }

    fn to_json(&mut self) -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(self.checkpoint()?.to_json())
    }
}

fn dashed(sizes: &[usize]) -> String {
    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
}

/// Something is no longer a finite number.
#[derive(Debug, Error)]
#[error(
    "the training has diverged: in epoch {epoch}, a loss or a weight is no longer \
     a number; try a smaller learning rate or weight decay"
)]
struct Diverged {
    epoch: usize,
}
