//! Data flowing forward and gradients flowing back, with the shapes on the arrows.

use crate::canvas::{Canvas, text};

const LEFT: f64 = 130.0;
const RIGHT: f64 = 230.0;

/// The network `[36, 16, 3]`.
pub fn draw() -> String {
    let mut canvas = Canvas::new(
        (360.0, 492.0),
        "The network as a column. Downwards, forward: the drawing x with 36 \
         numbers goes into layer 1, a with 16 numbers into layer 2, the \
         prediction with 3 numbers into the loss. Upwards, backward: the \
         prediction minus one-hot with 3 numbers goes into layer 2, dx with 16 \
         numbers into layer 1. Each layer updates its own weights.",
        "Forward goes down on the left, backward goes up on the right.",
    );
    let boxes: [(f64, &[&str]); 4] = [
        (10.0, &["drawing", "6 × 6 pixels"]),
        (140.0, &["layer 1, ReLU", "W (16, 36),  b (16,)"]),
        (280.0, &["layer 2, softmax", "W (3, 16),  b (3,)"]),
        (420.0, &["loss", "−ln ŷ[y]"]),
    ];
    for (y, lines) in boxes {
        canvas.labeled_box((80.0, y), (200.0, 60.0), lines);
    }
    for (top, bottom, forward, backward) in [
        (70.0, 140.0, "x (36,)", ""),
        (200.0, 280.0, "a (16,)", "dx (16,)"),
        (340.0, 420.0, "ŷ (3,)", "ŷ − one_hot(y) (3,)"),
    ] {
        let middle = f64::midpoint(top, bottom);
        canvas.arrow((LEFT, top + 2.0), (LEFT, bottom - 4.0), "forward");
        canvas.add(text((LEFT - 10.0, middle), "end", "label forward", forward));
        if !backward.is_empty() {
            canvas.arrow((RIGHT, bottom - 2.0), (RIGHT, top + 4.0), "backward");
            canvas.add(text(
                (RIGHT + 10.0, middle),
                "start",
                "label backward small",
                backward,
            ));
        }
    }
    canvas.finish()
}
