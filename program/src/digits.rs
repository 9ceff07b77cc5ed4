//! The command `no-magic digits`: a network of real size.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use no_magic::NetworkError;
use no_magic::batched::{Adam, Batches, Dropout, Layer, Network};
use no_magic::dataset::Dataset;
use no_magic::digits;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::cli::DigitsArguments;
use crate::console;
use crate::error::ProgramError;
use crate::files::Target;
use crate::idx;
use crate::interrupt::Interrupt;
use crate::values;

const HIDDEN: [usize; 2] = [128, 64];
const HELD_OUT: usize = 200;

/// Everything that decides how the network turns out.
#[derive(Clone, Debug, PartialEq, Args, Serialize, Deserialize)]
#[command(next_help_heading = "What to train")]
pub struct DigitsRecipe {
    /// Read MNIST from there, instead of drawing
    #[arg(long, value_name = "FOLDER")]
    pub mnist: Option<PathBuf>,
    /// Examples of each digit
    #[arg(
        long,
        value_name = "N",
        default_value_t = Self::default().examples,
        conflicts_with = "mnist"
    )]
    #[arg(value_parser = values::whole_number(1_usize..=10_000))]
    pub examples: usize,
    /// Examples in a batch
    #[arg(long, value_name = "N", default_value_t = Self::default().batch_size)]
    #[arg(value_parser = values::whole_number(1_usize..=100_000))]
    pub batch_size: usize,
    /// How far each step of Adam goes
    #[arg(long, value_name = "RATE")]
    #[arg(default_value_t = Self::default().learning_rate)]
    #[arg(value_parser = values::learning_rate, allow_hyphen_values = true)]
    pub learning_rate: f64,
    /// How strongly weights shrink
    #[arg(long, value_name = "RATE")]
    #[arg(default_value_t = Self::default().weight_decay)]
    #[arg(value_parser = values::not_negative, allow_hyphen_values = true)]
    pub weight_decay: f64,
    /// The share of hidden units to silence
    #[arg(long, value_name = "RATE", default_value_t = Self::default().dropout)]
    #[arg(value_parser = values::share, allow_hyphen_values = true)]
    pub dropout: f64,
    /// Where the random numbers start
    #[arg(long, value_name = "N", default_value_t = Self::default().seed)]
    #[arg(value_parser = values::whole_number(0..=u64::MAX))]
    pub seed: u64,
}

impl Default for DigitsRecipe {
    fn default() -> Self {
        Self {
            mnist: None,
            examples: 1_000,
            batch_size: 64,
            learning_rate: 0.001,
            weight_decay: 0.0,
            dropout: 0.0,
            seed: 0,
        }
    }
}

/// How an epoch went.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochResult {
    /// The epoch, counted from 0.
    pub epoch: usize,
    /// The mean loss of the examples, each taken before the step of its batch.
    pub loss: f64,
    /// The mean loss on new data, after the epoch.
    pub held_out_loss: f64,
    /// The share of the new data that the network gets right.
    pub held_out_accuracy: f64,
}

/// A network in training.
pub struct Session {
    recipe: DigitsRecipe,
    data: Dataset,
    held_out: Dataset,
    network: Network,
    adam: Adam,
    results: Vec<EpochResult>,
}

/// Trains, shows how it goes, and saves after each epoch.
///
/// # Errors
///
/// If the data or a saved training can't be read, or an output can't be written.
pub fn run(arguments: &DigitsArguments) -> Result<ExitCode, ProgramError> {
    let save = arguments.save.as_deref().map(Target::new).transpose()?;
    let history = arguments.history.as_deref().map(Target::new).transpose()?;
    if let (Some(save), Some(history)) = (&save, &history)
        && save.is_same_as(history)
    {
        let path = save.path().to_owned();
        return Err(ProgramError::SameFile { path });
    }
    let interrupt = Interrupt::watch()?;
    let mut session = match &arguments.resume {
        Some(path) => Session::resume(path)?,
        None => Session::new(arguments.recipe.clone())?,
    };
    if session.results.len() >= arguments.epochs {
        console::note(format_args!(
            "epochs done already: {}; ask for more with --epochs",
            session.results.len()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    say(session.heading())?;
    while session.results.len() < arguments.epochs {
        let start = Instant::now();
        let result = session.epoch();
        say(format_args!("{result}  {:.1} s", start.elapsed().as_secs_f64()))?;
        if !result.loss.is_finite() {
            console::error(
                "the loss is no longer a number; try a smaller learning rate",
            );
            return Ok(ExitCode::FAILURE);
        }
        if let Some(target) = &save {
            target.write(&session.checkpoint().to_json()?)?;
        }
        if let Some(target) = &history {
            target.write(&to_csv(&session.results)?)?;
        }
        let complete = session.results.len() == arguments.epochs;
        if interrupt.is_requested() && !complete {
            console::note(match &save {
                Some(target) => {
                    format!("go on with --resume {}", target.path().display())
                }
                None => "nothing is kept, because no file was asked for".into(),
            });
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl DigitsRecipe {
    /// The names of its arguments, which a saved training has already.
    pub const NAMES: [&'static str; 7] = [
        "mnist",
        "examples",
        "batch_size",
        "learning_rate",
        "weight_decay",
        "dropout",
        "seed",
    ];

    /// The random numbers of an epoch; 0 is for the data and the initial weights.
    fn rng(&self, epoch: usize) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(epoch as u64);
        rng
    }

    /// Whether the command line would have taken it; a file may say anything.
    fn is_sound(&self) -> bool {
        self.examples > 0
            && self.batch_size > 0
            && self.learning_rate > 0.0
            && self.weight_decay >= 0.0
            && Dropout::new(self.dropout).is_ok()
    }

    fn data(
        &self,
        rng: &mut ChaCha8Rng,
    ) -> Result<(Dataset, Dataset), ProgramError> {
        match &self.mnist {
            Some(folder) => Ok(idx::mnist(folder)?),
            None => Ok((
                digits::dataset(self.examples, rng)?,
                digits::dataset(HELD_OUT, rng)?,
            )),
        }
    }

    fn network(
        &self,
        n_in: usize,
        rng: &mut ChaCha8Rng,
    ) -> Result<Network, NetworkError> {
        let sizes = [&[n_in], &HIDDEN[..], &[digits::CLASSES]].concat();
        let mut network = Network::new(&sizes, rng)?;
        if let Ok(dropout) = Dropout::new(self.dropout)
            && self.dropout > 0.0
        {
            let layers = network.layers.into_iter().flat_map(|layer| match layer {
                Layer::Relu => vec![Layer::Relu, Layer::Dropout(dropout)],
                other => vec![other],
            });
            network = Network { layers: layers.collect() };
        }
        Ok(network)
    }
}

impl Session {
    /// A training before its first epoch.
    ///
    /// # Errors
    ///
    /// If the data can't be read.
    pub fn new(recipe: DigitsRecipe) -> Result<Self, ProgramError> {
        let mut rng = recipe.rng(0);
        let (data, held_out) = recipe.data(&mut rng)?;
        let network = recipe.network(data.features(), &mut rng)?;
        let adam = Adam {
            weight_decay: recipe.weight_decay,
            ..Adam::new(recipe.learning_rate)
        };
        Ok(Self { recipe, data, held_out, network, adam, results: Vec::new() })
    }

    fn resume(path: &Path) -> Result<Self, ProgramError> {
        let named =
            |source| ProgramError::Checkpoint { path: path.to_owned(), source };
        let saved = Checkpoint::load(path).map_err(named)?;
        if !saved.recipe.is_sound() {
            return Err(named(CheckpointError::Recipe));
        }
        let mut session = Self::new(saved.recipe.clone())?;
        saved.restore(&mut session.network, &mut session.adam).map_err(named)?;
        session.results = saved.results;
        Ok(session)
    }

    /// What is trained, in a sentence.
    pub fn heading(&self) -> String {
        format!(
            "Training {}-{}-{} on {} digits in batches of {}, held out: {}.",
            self.data.features(),
            HIDDEN.map(|size| size.to_string()).join("-"),
            self.data.classes(),
            self.data.len(),
            self.recipe.batch_size,
            self.held_out.len()
        )
    }

    /// Trains for one epoch, and sees how the network does on new data.
    pub fn epoch(&mut self) -> EpochResult {
        let epoch = self.results.len();
        // Stream 0 drew the data and the first weights.
        let mut rng = self.recipe.rng(epoch + 1);
        let batches = Batches::new(&self.data, self.recipe.batch_size, &mut rng);
        let bar = ProgressBar::new(self.data.len() as u64).with_style(
            ProgressStyle::with_template("{bar:30} {pos} of {len} digits")
                .expect("the template is right"),
        );
        let mut total = 0.0;
        for (x, y) in batches {
            let loss = self.network.train_step(&mut self.adam, &x, &y, &mut rng);
            total += loss * y.len() as f64;
            bar.inc(y.len() as u64);
        }
        bar.finish_and_clear();
        let result = EpochResult {
            epoch,
            loss: total / self.data.len() as f64,
            held_out_loss: self.network.mean_loss(&self.held_out),
            held_out_accuracy: self.network.accuracy(&self.held_out),
        };
        self.results.push(result);
        result
    }

    fn checkpoint(&mut self) -> Checkpoint {
        Checkpoint::new(&self.recipe, &self.results, &mut self.network, &self.adam)
    }
}

fn say(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

fn to_csv(results: &[EpochResult]) -> csv::Result<Vec<u8>> {
    let mut csv = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut csv);
    for result in results {
        writer.serialize(result)?;
    }
    writer.flush()?;
    drop(writer);
    Ok(csv)
}

impl Display for EpochResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, loss, held_out_loss, held_out_accuracy } = self;
        write!(
            f,
            "epoch {epoch:<3}  loss={loss:.4}  held out: loss={held_out_loss:.4}  \
             acc={:.2}%",
            100.0 * held_out_accuracy
        )
    }
}
