//! What the program suggests when the training is done.

use no_magic::patterns::Pattern;
use no_magic::training::EpochReport;

use crate::recipe::Recipe;

/// Where to go from here.
pub const NEXT_STEPS: &str = "\
Now draw something yourself. Write six lines of six characters to drawing.txt:

    #...#.
    .#.#..
    ..#...
    .#.#..
    #...#.
    ......

Then ask the network what it sees:

    cargo run --release -- classify drawing.txt

It always picks one of the three patterns, even when you draw a circle.

And when you want to write the network yourself, answer the exercises:

    cargo run --package exercises
";

/// What to try instead, if the network has learned nothing.
///
/// ```
/// use no_magic::training::EpochReport;
/// use no_magic_program::next_steps;
/// use no_magic_program::recipe::Recipe;
///
/// let recipe = Recipe { learning_rate: 10.0, ..Recipe::default() };
/// let last = EpochReport { epoch: 499, loss: 6.7, accuracy: 1.0 / 3.0 };
/// let advice = next_steps::advice(&recipe, &last).unwrap();
/// assert!(advice.ends_with("try --learning-rate 0.05"));
/// ```
pub fn advice(recipe: &Recipe, last: &EpochReport) -> Option<String> {
    has_learned_nothing(last).then(|| {
        format!(
            "warning: the network has learned nothing: with acc={:.2}% it does no \
             better than guessing; try {}",
            last.accuracy * 100.0,
            what_to_try(recipe)
        )
    })
}

/// The loss alone does not tell: it is from before the steps, so after one epoch it
/// may be high.
fn has_learned_nothing(last: &EpochReport) -> bool {
    let guessing = libm::log(Pattern::ALL.len() as f64);
    last.accuracy <= 0.4 || (last.accuracy <= 0.5 && last.loss >= guessing)
}

fn what_to_try(recipe: &Recipe) -> String {
    let proven = Recipe::default();
    if recipe.learning_rate != proven.learning_rate {
        format!("--learning-rate {}", proven.learning_rate)
    } else if recipe.epochs < proven.epochs {
        format!("--epochs {}", proven.epochs)
    } else {
        format!("--hidden {}, or another --seed", proven.hidden)
    }
}
