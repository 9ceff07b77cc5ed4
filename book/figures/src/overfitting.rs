//! Too few examples for too large a network, and what helps.

use std::error::Error;
use std::fmt::{self, Write};

use no_magic::batched::{Adam, Dropout, EarlyStopping, Layer, Network};
use no_magic::dataset::Dataset;
use no_magic::patterns;
use plot::{Axis, Panel, panel};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::losses::{self, Curve};

const EPOCHS: usize = 400;
const EXAMPLES: usize = 20;
const HELD_OUT: usize = 1_000;
const NOISE: f64 = 0.05;

/// A training with its curves, and how it does on new data.
pub struct Experiment {
    name: &'static str,
    /// The loss on the training data, and on new data.
    curves: [Curve; 2],
    best: Moment,
    end: Moment,
}

#[derive(Clone)]
struct Moment {
    epoch: usize,
    loss: f64,
    accuracy: f64,
}

/// Plain, with weight decay, and with dropout.
pub fn experiments() -> Result<Vec<Experiment>, Box<dyn Error>> {
    Ok(vec![
        Experiment::run("plain", 0.0, 0.0)?,
        Experiment::run("weight decay", 1.0, 0.0)?,
        Experiment::run("dropout", 0.0, 0.5)?,
        Experiment::run("both", 1.0, 0.5)?,
    ])
}

impl Experiment {
    fn run(
        name: &'static str,
        weight_decay: f64,
        rate: f64,
    ) -> Result<Self, Box<dyn Error>> {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut draw = |count| patterns::noisy_dataset([count; 3], NOISE, &mut rng);
        let (data, held_out): (Dataset, Dataset) =
            (draw(EXAMPLES)?, draw(HELD_OUT)?);
        let mut network = Network::new(&[36, 64, 3], &mut rng)?;
        if rate > 0.0 {
            network.layers.insert(2, Layer::Dropout(Dropout::new(rate)?));
        }
        let mut adam = Adam { weight_decay, ..Adam::new(0.003) };

        let (mut train, mut validation, mut end) = (Vec::new(), Vec::new(), None);
        let mut stopping = EarlyStopping::new(EPOCHS);
        for epoch in 0..EPOCHS {
            network.train_epoch(&mut adam, &data, 16, &mut rng);
            train.push(network.mean_loss(&data));
            let moment = Moment {
                epoch,
                loss: network.mean_loss(&held_out),
                accuracy: network.accuracy(&held_out),
            };
            validation.push(moment.loss);
            // The figure shows what comes after the best, so nothing stops here.
            stopping.should_continue(moment.loss, &moment);
            end = Some(moment);
        }
        let best = stopping.best().map(|(_, moment)| moment.clone());
        let (best, end) = best.zip(end).ok_or("there is no epoch")?;
        let curves = [
            Curve { name: "training", values: train },
            Curve { name: "new data", values: validation },
        ];
        Ok(Self { name, curves, best, end })
    }
}

/// The curves of the first three, one below the other.
pub fn draw(experiments: &[Experiment]) -> Result<String, Box<dyn Error>> {
    let panels: Vec<Panel> = experiments[..3]
        .iter()
        .map(|Experiment { name, curves, .. }| {
            losses::panel(name, "Epoch", Axis::linear("Loss", 0.0..2.5), curves)
        })
        .collect();
    let alternative = "Three pairs of curves over 400 epochs. In each, the loss \
                       on the training data goes down all the time. The loss on \
                       new data goes down at first and then up again: steeply in \
                       the plain network, less with weight decay, later with \
                       dropout.";
    let caption =
        "60 noisy drawings to learn from, a network with 64 hidden units.";
    Ok(plot::chart(&panel::draw(&panels)?, alternative, caption))
}

/// The same in numbers, as a table of the page.
pub fn table(experiments: &[Experiment]) -> String {
    let mut table =
        "| on new data | at best | at the end |\n|---|---|---|\n".to_owned();
    for Experiment { name, best, end, .. } in experiments {
        writeln!(table, "| {name} | {best} | {end} |").expect("a string has room");
    }
    table
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, loss, accuracy } = self;
        write!(f, "loss {loss:.3}, {:.1}% right (epoch {epoch})", 100.0 * accuracy)
    }
}
