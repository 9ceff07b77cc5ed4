//! What the program suggests when the training is done.

use no_magic::patterns::Pattern;

use crate::recipe::DrawingsRecipe;
use crate::session::Epoch;

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

    cargo run --package exercises";

/// What to try instead, if the network has learned nothing.
pub fn advice(recipe: &DrawingsRecipe, last: &Epoch) -> Option<String> {
    let accuracy = last.measured_accuracy();
    // The loss alone can't tell: it is from before the steps, so after one epoch it
    // may be high.
    let guessing = libm::log(Pattern::ALL.len() as f64);
    let has_learned = accuracy > 0.5 || accuracy > 0.4 && last.loss < guessing;
    (!has_learned).then(|| {
        format!(
            "warning: the network has learned nothing: with acc={:.2}% it does no \
             better than guessing; try {}",
            accuracy * 100.0,
            what_to_try(recipe)
        )
    })
}

fn what_to_try(recipe: &DrawingsRecipe) -> String {
    let proven = DrawingsRecipe::default().basics;
    if recipe.basics.learning_rate != proven.learning_rate {
        format!("--learning-rate {}", proven.learning_rate)
    } else if recipe.basics.epochs < proven.epochs {
        format!("--epochs {}", proven.epochs)
    } else {
        "--hidden 16, or another --seed".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_by_what_differs_from_the_defaults() {
        let third = 1.0 / 3.0;
        for (learning_rate, epochs, loss, accuracy, to_try) in [
            (10.0, 500, 0.9, third, Some("--learning-rate 0.05")),
            (1e-9, 500, 0.9, third, Some("--learning-rate 0.05")),
            (0.05, 1, 0.9, third, Some("--epochs 500")),
            (0.05, 500, 0.9, third, Some("--hidden 16, or another --seed")),
            // It needs chance, or the loss of guessing.
            (1.0, 500, 0.9, 0.4, Some("--learning-rate 0.05")),
            (1.0, 500, 1.2, 0.45, Some("--learning-rate 0.05")),
            (1.0, 500, 0.9, 0.45, None),
            // After one epoch, the loss is mostly that of the initial weights.
            (0.05, 1, 1.2, 0.6, None),
        ] {
            let mut recipe = DrawingsRecipe::default();
            recipe.basics.learning_rate = learning_rate;
            recipe.basics.epochs = epochs;
            let accuracy = Some(accuracy);
            let last = Epoch { loss, accuracy, ..Epoch::default() };
            let advice = advice(&recipe, &last);
            let found = advice.as_deref().and_then(|it| it.split("; try ").nth(1));
            assert_eq!(found, to_try);
        }
    }
}
