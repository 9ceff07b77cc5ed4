//! A deep network whose weights start too small, without and with batch
//! normalization.

use std::error::Error;

use no_magic::batched::{BatchNorm, Layer, Network, Sgd};
use no_magic::patterns;
use plot::panel;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::losses::{self, Curve};

const EPOCHS: usize = 60;
const SIZES: [usize; 7] = [36, 16, 16, 16, 16, 16, 3];
/// What He's weights are multiplied with.
const SHRINK: f64 = 0.3;

/// The loss of each epoch, without and with normalization before every ReLU.
pub fn draw() -> Result<String, Box<dyn Error>> {
    let curves = vec![
        Curve { name: "without", values: losses(false)? },
        Curve { name: "with batch normalization", values: losses(true)? },
    ];
    let alternative = format!(
        "Two curves of the loss over {EPOCHS} epochs. Without batch normalization \
         it ends at {:.3}, with it at {:.3}.",
        curves[0].end(),
        curves[1].end()
    );
    let caption = "Five hidden layers of 16 units, whose weights start at 0.3 of \
                   their proper size.";
    let svg = panel::draw(&[losses::logarithmic("Epoch", &curves)])?;
    Ok(plot::chart(&svg, &alternative, caption))
}

fn losses(normalized: bool) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([120; 3], &mut rng)?;
    let mut network = Network::new(&SIZES, &mut rng)?;
    for layer in &mut network.layers {
        if let Layer::Linear(linear) = layer {
            linear.w *= SHRINK;
        }
    }
    if normalized {
        let layers = network.layers.into_iter().flat_map(|layer| match layer {
            Layer::Relu => vec![Layer::BatchNorm(BatchNorm::new(16)), Layer::Relu],
            other => vec![other],
        });
        network = Network { layers: layers.collect() };
    }
    let mut sgd = Sgd::new(0.1);
    Ok((0..EPOCHS)
        .map(|_| network.train_epoch(&mut sgd, &data, 32, &mut rng))
        .collect())
}
