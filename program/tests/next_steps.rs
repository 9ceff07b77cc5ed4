//! What the program suggests when a training has come to nothing.

use no_magic::training::EpochReport;
use no_magic_program::next_steps;
use no_magic_program::recipe::Recipe;

fn advice(
    learning_rate: f64,
    epochs: usize,
    loss: f64,
    accuracy: f64,
) -> Option<String> {
    let recipe = Recipe { learning_rate, epochs, ..Recipe::default() };
    let last = EpochReport { epoch: epochs - 1, loss, accuracy };
    next_steps::advice(&recipe, &last)
}

#[test]
fn it_goes_by_what_differs_from_the_defaults() {
    let third = 1.0 / 3.0;
    for (learning_rate, epochs, to_try) in [
        (10.0, 500, "--learning-rate 0.05"),
        (1e-9, 500, "--learning-rate 0.05"),
        (0.05, 1, "--epochs 500"),
        (0.05, 500, "--hidden 16, or another --seed"),
    ] {
        assert_eq!(
            advice(learning_rate, epochs, 0.9, third).unwrap(),
            format!(
                "warning: the network has learned nothing: with acc=33.33% it \
                 does no better than guessing; try {to_try}"
            )
        );
    }
}

#[test]
fn it_needs_chance_or_the_loss_of_guessing() {
    assert!(advice(1.0, 500, 0.9, 0.4).is_some());
    assert!(advice(1.0, 500, 1.2, 0.45).is_some());
    assert!(advice(1.0, 500, 0.9, 0.45).is_none());
    // After one epoch, the loss is mostly that of the initial weights.
    assert!(advice(0.05, 1, 1.2, 0.6).is_none());
}
