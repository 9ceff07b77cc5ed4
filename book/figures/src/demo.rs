//! What the live demo shows of a drawing, for those who read without it.

use no_magic::by_hand::NeuralNet;
use no_magic::drawing::{Drawing, DrawingError, SIDE};
use no_magic::patterns::Pattern;

use crate::canvas::{Canvas, moved_to, rectangle, text};

const PIXEL: f64 = 24.0;
const BAR: f64 = 130.0;
const X: &str =
    include_str!("../../../tests/drawings/x/five-short-arm-and-dot.txt");

/// An X drawn by hand, and the probabilities that the network gives.
pub fn draw(network: &mut NeuralNet) -> Result<String, DrawingError> {
    let drawing: Drawing = X.parse()?;
    let probabilities = network.predict(&drawing.pixels());
    let side = SIDE as f64 * PIXEL;
    let alternative = format!(
        "An X drawn by hand, and beside it three bars: {}.",
        Pattern::ALL
            .map(|p| format!("{p} {:.1}%", 100.0 * probabilities[p.label()]))
            .join(", ")
    );
    let mut canvas = Canvas::new(
        (360.0, side + 12.0),
        &alternative,
        "A picture of the demo: a drawing, and what the network says of it.",
    );
    let mut grid = moved_to((6.0, 6.0));
    for row in 0..SIDE {
        for column in 0..SIDE {
            let place = (column as f64 * PIXEL, row as f64 * PIXEL);
            let class = if drawing.is_on(row, column) { "pixel" } else { "cell" };
            grid = grid.add(rectangle(place, (PIXEL, PIXEL), class));
        }
    }
    canvas.add(grid);
    canvas.arrow((side + 20.0, 78.0), (side + 54.0, 78.0), "forward");
    for (pattern, &share) in Pattern::ALL.into_iter().zip(&probabilities) {
        let top = 14.0 + 48.0 * pattern.label() as f64;
        let left = side + 70.0;
        let words = format!("{pattern}, {:.1}%", 100.0 * share);
        canvas.add(text((left, top), "start", "label small", &words));
        canvas.add(rectangle((left, top + 10.0), (BAR * share, 12.0), "fill"));
        canvas.add(rectangle((left, top + 10.0), (BAR, 12.0), "frame"));
    }
    Ok(canvas.finish())
}
