//! Three optimizers from the same start.

use std::error::Error;

use no_magic::batched::{Adam, Network, Optimizer, Sgd};
use no_magic::patterns;
use plot::panel;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::losses::{self, Curve};

const EPOCHS: usize = 60;
const BATCH_SIZE: usize = 32;

/// The loss of each epoch, for plain gradient descent, momentum and Adam.
pub fn draw() -> Result<String, Box<dyn Error>> {
    let momentum = Sgd { momentum: 0.9, ..Sgd::new(0.1) };
    let curves = vec![
        Curve { name: "SGD, 0.1", values: losses(Sgd::new(0.1))? },
        Curve { name: "momentum 0.9, 0.1", values: losses(momentum)? },
        Curve { name: "Adam, 0.01", values: losses(Adam::new(0.01))? },
    ];
    let ends: Vec<String> = curves
        .iter()
        .map(|curve| format!("{} {:.4}", curve.name, curve.end()))
        .collect();
    let alternative = format!(
        "Three curves of the loss over {EPOCHS} epochs. They end at: {}.",
        ends.join("; ")
    );
    let caption = "The network of Part I on its patterns, in batches of 32, from \
                   the same weights.";
    let svg = panel::draw(&[losses::logarithmic("Epoch", &curves)])?;
    Ok(plot::chart(&svg, &alternative, caption))
}

fn losses(mut optimizer: impl Optimizer) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([120; 3], &mut rng)?;
    let mut network = Network::new(&[36, 16, 3], &mut rng)?;
    Ok((0..EPOCHS)
        .map(|_| network.train_epoch(&mut optimizer, &data, BATCH_SIZE, &mut rng))
        .collect())
}
