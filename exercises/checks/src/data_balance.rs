//! Checks of the exercise `data_balance`: what a network makes of data with too
//! much of one pattern.

mod experiment;
mod measure;
mod training_set;

use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns::{self, Pattern};
use rand::rngs::ChaCha8Rng;

pub use experiment::experiment;
pub use measure::measure;
pub use training_set::{fits, training_set};

use crate::Provable;

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(training_set::question()),
        Box::new(measure::question()),
        Box::new(experiment::question()),
    ]
}

/// How a network does on the drawings of one pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// The share of the drawings that it names rightly, from 0 to 1.
    pub accuracy: f64,
    /// How sure it is of what it says, right or wrong: the mean, over the drawings,
    /// of the largest probability.
    pub confidence: f64,
}

/// Measures a network on the drawings of each pattern, as `measure` of this
/// exercise does.
pub type Measure = fn(&mut NeuralNet, &Dataset) -> [Measurement; 3];

/// What the experiment shows. In the lists, the order does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The network that learned from balanced data, measured on the fresh drawings.
    pub balanced: [Measurement; 3],
    /// The network that learned from lopsided data, measured on the fresh drawings.
    pub lopsided: [Measurement; 3],
    /// On which patterns has the lopsided network more confidence than the balanced
    /// one?
    pub surer_of: Vec<Pattern>,
    /// On which patterns has the lopsided network less accuracy than the balanced
    /// one?
    pub worse_at: Vec<Pattern>,
    /// On which patterns is the lopsided network's confidence above its own
    /// accuracy, by more than 0.1?
    pub too_sure_of: Vec<Pattern>,
}

fn draw(counts: [usize; 3], rng: &mut ChaCha8Rng) -> Dataset {
    patterns::dataset(counts, rng).expect("counts that are not all zero")
}

fn new_network(rng: &mut ChaCha8Rng) -> NeuralNet {
    NeuralNet::new(&[36, 16, 3], rng).expect("sizes that are not zero")
}
