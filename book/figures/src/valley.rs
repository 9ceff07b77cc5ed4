//! Gradient descent in a narrow valley, without and with momentum.

use std::error::Error;

use ndarray::array;
use no_magic::batched::{Optimizer, Sgd};
use plot::panel;

use crate::losses::{self, Curve};

const STEPS: usize = 60;

/// The loss `½ (x² + 100 y²)` of each step from (1, 1), each with the best settings
/// there are: for curvatures 1 and 100, `η = 2 / (1 + 100)`, and with momentum
/// `η = (2 / (1 + 10))²` and `μ = (9 / 11)²` (Polyak, 1964).
pub fn draw() -> Result<String, Box<dyn Error>> {
    let momentum = Sgd {
        momentum: (9.0_f64 / 11.0).powi(2),
        ..Sgd::new((2.0_f64 / 11.0).powi(2))
    };
    let curves = vec![
        Curve { name: "SGD, 0.0198", values: losses(Sgd::new(2.0 / 101.0)) },
        Curve { name: "momentum 0.67, 0.033", values: losses(momentum) },
    ];
    let alternative = format!(
        "Two curves of the loss over {STEPS} steps. Plain gradient descent ends \
         at {:.2}, momentum at {:.0e}.",
        curves[0].end(),
        curves[1].end()
    );
    let svg = panel::draw(&[losses::logarithmic("Step", &curves)])?;
    let caption = "In the valley ½ (x² + 100 y²), each with its best η and μ.";
    Ok(plot::chart(&svg, &alternative, caption))
}

fn losses(mut optimizer: Sgd) -> Vec<f64> {
    let mut p = array![1.0, 1.0];
    let curvature = array![1.0, 100.0];
    (0..STEPS)
        .map(|_| {
            let gradient = &p * &curvature;
            let loss = 0.5 * p.dot(&gradient);
            optimizer.step(&mut [p.view_mut()], &[gradient]);
            loss
        })
        .collect()
}
