//! Curves of the loss.

use plot::{Axis, BLUE, Line, Panel, RED, YELLOW};

/// A loss for each epoch, or each step, from the first.
pub struct Curve {
    /// Whose loss it is.
    pub name: &'static str,
    /// At least one.
    pub values: Vec<f64>,
}

impl Curve {
    /// The last loss.
    pub fn end(&self) -> f64 {
        self.values[self.values.len() - 1]
    }
}

/// Curves on a logarithmic axis, over the `time`.
pub fn logarithmic(time: &str, curves: &[Curve]) -> Panel {
    let values = curves.iter().flat_map(|curve| curve.values.iter().copied());
    panel("", time, Axis::powers_of_ten("Loss (log scale)", values), curves)
}

/// Curves, at most three, on an axis of their own.
pub fn panel(title: &str, time: &str, axis: Axis, curves: &[Curve]) -> Panel {
    let lines = curves.iter().zip([BLUE, RED, YELLOW]).map(|(curve, color)| Line {
        name: curve.name.to_owned(),
        color,
        points: (0..).map(f64::from).zip(curve.values.iter().copied()).collect(),
    });
    Panel {
        title: title.to_owned(),
        x: Axis::counting(time, curves[0].values.len()),
        y: axis,
        lines: lines.collect(),
        rings: Vec::new(),
    }
}
