//! What to train, and on what. The same recipe gives the same network on every
//! machine.

use clap::{Args, Command};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::hidden::Hidden;
use crate::values::{self, whole_number};

/// What every training needs. The defaults are those for drawings.
#[derive(Clone, Debug, PartialEq, Args, Serialize)]
#[command(next_help_heading = "What to train")]
pub struct Basics {
    /// Examples of each class
    #[arg(long, value_name = "N", default_value = "120")]
    #[arg(value_parser = whole_number(1_usize..=100_000))]
    pub examples: usize,
    /// How often to go over the examples
    #[arg(long, value_name = "N", default_value = "500")]
    #[arg(value_parser = whole_number(1_usize..=1_000_000))]
    #[serde(skip)]
    pub epochs: usize,
    /// How far each step goes
    #[arg(long, value_name = "RATE", default_value = "0.05")]
    #[arg(value_parser = values::learning_rate, allow_hyphen_values = true)]
    pub learning_rate: f64,
    /// Where the random numbers start
    #[arg(long, value_name = "N", default_value = "0")]
    #[arg(value_parser = whole_number(0..=u64::MAX))]
    pub seed: u64,
}

/// The small network for drawings of lines and crosses.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(next_help_heading = "What to train")]
pub struct DrawingsRecipe {
    /// Hidden layers, such as 16,8 or none
    #[arg(long, value_name = "SIZES", default_value = "16")]
    pub hidden: Hidden,
    /// What every training needs.
    #[command(flatten)]
    pub basics: Basics,
}

/// The network of real size for digits.
#[derive(Clone, Debug, PartialEq, Args, Serialize)]
#[command(next_help_heading = "What to train")]
#[command(mut_arg("examples", |it| it.default_value("1000")
    .value_parser(whole_number(1_usize..=10_000))))]
#[command(mut_arg("epochs", |it| it.default_value("10")))]
#[command(mut_arg("learning_rate", |it| it.default_value("0.001")))]
pub struct DigitsRecipe {
    /// Read MNIST from there, instead of drawing
    #[arg(long, value_name = "FOLDER")]
    pub mnist: Option<String>,
    /// What every training needs.
    #[command(flatten)]
    #[serde(flatten)]
    pub basics: Basics,
    /// Examples in a batch
    #[arg(long, value_name = "N", default_value = "64")]
    #[arg(value_parser = whole_number(1_usize..=100_000))]
    pub batch_size: usize,
    /// How strongly weights shrink
    #[arg(long, value_name = "RATE", default_value = "0")]
    #[arg(value_parser = values::not_negative, allow_hyphen_values = true)]
    pub weight_decay: f64,
    /// The share of hidden units to silence
    #[arg(long, value_name = "RATE", default_value = "0")]
    #[arg(value_parser = values::share, allow_hyphen_values = true)]
    pub dropout: f64,
}

/// What the program does without options.
impl Default for DrawingsRecipe {
    fn default() -> Self {
        parse(Vec::new()).expect("the defaults are in their range")
    }
}

/// What `no-magic digits` does without options.
impl Default for DigitsRecipe {
    fn default() -> Self {
        parse(Vec::new()).expect("the defaults are in their range")
    }
}

impl DigitsRecipe {
    /// All settings, except for how long to train.
    pub(crate) fn settings(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(settings)) => settings,
            other => unreachable!("a recipe is an object, not {other:?}"),
        }
    }

    /// Reads the settings as the command line would, with the same names and the
    /// same ranges.
    pub(crate) fn from_settings(
        settings: &Map<String, Value>,
    ) -> Result<Self, String> {
        let options = settings.iter().filter(|(_, value)| !value.is_null()).map(
            |(name, value)| {
                let text = value.as_str().map_or(value.to_string(), str::to_owned);
                format!("--{}={text}", name.replace('_', "-"))
            },
        );
        let recipe: Self = parse(options.collect())?;
        if recipe.settings() != *settings {
            return Err("one is missing, or is not written as it should be".into());
        }
        Ok(recipe)
    }
}

fn parse<R: Args>(options: Vec<String>) -> Result<R, String> {
    let command = Command::new("recipe").no_binary_name(true);
    R::augment_args(command)
        .try_get_matches_from(options)
        .and_then(|matches| R::from_arg_matches(&matches))
        .map_err(|error| {
            let message = error.to_string();
            let first_line = message.lines().next().unwrap_or_default();
            first_line.trim_start_matches("error: ").to_owned()
        })
}
