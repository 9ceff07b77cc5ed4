//! How the time grows with the work: with the batch, and with the weights.

use std::error::Error;

use plot::{BLUE, Line, Panel, RED, YELLOW};

use super::contender::{LINES, OURS};
use super::crossover::families;
use super::sizes::{self, Sizes};
use crate::measurements::Measurements;

/// The time of an example over the size of the batch.
pub fn draw(scaling: &Measurements) -> Result<String, Box<dyn Error>> {
    let panel = |network: &[usize]| {
        let sizes = Sizes::batches(scaling, network);
        let lines = LINES[..3].iter().map(|&contender| {
            sizes.line(contender, |measured, row| {
                Some(row.median() / measured.workload.batch as f64)
            })
        });
        Ok::<_, String>(
            sizes.panel("µs an example", lines.collect::<Result<_, _>>()?),
        )
    };
    let alternative = "The time of an example over the size of the batch. \
                       Microseconds an example";
    let caption = "The time of a training step, divided by the examples in its \
                   batch, over the size of the batch, both on logarithmic axes.";
    let panels = [panel(&[36, 16, 3])?, panel(&[36, 128, 3])?];
    Ok(sizes::draw(&panels, alternative, caption)?)
}

/// Our time for each weight and example, in nanoseconds, over the size of the
/// hidden layer.
pub fn draw_weights(scaling: &Measurements) -> Result<String, Box<dyn Error>> {
    let families = families(scaling);
    let lines = families.iter().zip([BLUE, RED, YELLOW]).map(|(family, color)| {
        let line = family.line((OURS, color), |measured, row| {
            let work = measured.workload.batch * measured.workload.weights();
            Some(1e3 * row.median() / work as f64)
        });
        Ok(Line { name: family.name.clone(), ..line? })
    });
    let lines = lines.collect::<Result<_, String>>()?;
    let panel = families[0].panel("ns a weight", lines);
    let panels = [Panel { title: String::new(), ..panel }];
    let alternative = "Our time for each weight and example over the size H of the \
                       hidden layer. Nanoseconds";
    let caption = "The time of our training step, divided by the examples in its \
                   batch and the weights of the network, over the size of the \
                   hidden layer.";
    Ok(sizes::draw(&panels, alternative, caption)?)
}
