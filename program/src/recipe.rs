//! What to train, and on what. The same recipe gives the same network on every
//! machine.

use clap::Args;
use no_magic::dataset::{Dataset, DatasetError};
use no_magic::patterns;
use no_magic::training::{Training, TrainingError};
use no_magic::{by_hand, fast};
use rand::{SeedableRng, rngs::ChaCha8Rng};

use crate::error::ProgramError;
use crate::hidden::Hidden;
use crate::values;

/// How many drawings of each pattern are held out, to ask the network about at the
/// end.
pub const HELD_OUT: usize = 1_000;

/// Everything that decides how a network turns out.
///
/// ```
/// use no_magic_program::recipe::Recipe;
///
/// let recipe = Recipe { epochs: 50, ..Recipe::default() };
/// let mut network = recipe.train()?;
/// assert!(network.accuracy(&recipe.held_out()?) > 0.9);
/// # Ok::<(), no_magic_program::error::ProgramError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Args)]
#[command(next_help_heading = "What to train")]
pub struct Recipe {
    /// Hidden layers, such as 16,8 or none
    #[arg(long, value_name = "SIZES", default_value_t = Self::default().hidden)]
    pub hidden: Hidden,
    /// Examples of each pattern
    #[arg(long, value_name = "N", default_value_t = Self::default().examples)]
    #[arg(value_parser = values::whole_number(1_usize..=100_000))]
    pub examples: usize,
    /// How often to go over the examples
    #[arg(long, value_name = "N", default_value_t = Self::default().epochs)]
    #[arg(value_parser = values::whole_number(1_usize..=1_000_000))]
    pub epochs: usize,
    /// How far each step goes
    #[arg(long, value_name = "RATE")]
    #[arg(default_value_t = Self::default().learning_rate)]
    #[arg(value_parser = values::learning_rate, allow_hyphen_values = true)]
    pub learning_rate: f64,
    /// Where the random numbers start
    #[arg(long, value_name = "N", default_value_t = Self::default().seed)]
    #[arg(value_parser = values::whole_number(0..=u64::MAX))]
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            hidden: Hidden::default(),
            examples: 120,
            epochs: 500,
            learning_rate: 0.05,
            seed: 0,
        }
    }
}

impl Recipe {
    /// Draws the examples and the initial weights.
    ///
    /// # Errors
    ///
    /// If there are no examples.
    pub fn set_up(&self) -> Result<Setup, ProgramError> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let data = patterns::dataset([self.examples; 3], &mut rng)?;
        let network = fast::NeuralNet::new(&self.hidden.sizes(), &mut rng)?;
        Ok(Setup { data, network, rng })
    }

    /// Trains the network from beginning to end.
    ///
    /// # Errors
    ///
    /// If there are no examples, if the learning rate is not a positive number, or
    /// if it is so large that the training diverges.
    pub fn train(&self) -> Result<by_hand::NeuralNet, ProgramError> {
        let mut setup = self.set_up()?;
        for report in setup.training(self.learning_rate)?.take(self.epochs) {
            report?;
        }
        Ok(by_hand::NeuralNet::from(&setup.network))
    }

    /// Drawings that the training never sees, [`HELD_OUT`] of each pattern.
    ///
    /// They come from the same seed, from a stream of random numbers of their own.
    ///
    /// # Errors
    ///
    /// If there are no examples to train on.
    pub fn held_out(&self) -> Result<Dataset, DatasetError> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let seen = patterns::dataset([self.examples; 3], &mut rng)?;
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(1);
        patterns::unseen([HELD_OUT; 3], &seen, &mut rng)
    }
}

/// A network, and what it takes to train it.
#[derive(Debug)]
pub struct Setup {
    /// The examples.
    pub data: Dataset,
    /// The network, with its initial weights until it is trained. It is the fast
    /// one, which trains to the same bits as the book's.
    pub network: fast::NeuralNet,
    rng: ChaCha8Rng,
}

impl Setup {
    /// The training, epoch by epoch.
    ///
    /// # Errors
    ///
    /// If the learning rate is not a positive number.
    pub fn training(
        &mut self,
        learning_rate: f64,
    ) -> Result<Training<'_, fast::NeuralNet, ChaCha8Rng>, TrainingError> {
        Training::new(&mut self.network, &self.data, learning_rate, &mut self.rng)
    }
}
