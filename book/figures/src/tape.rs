//! The tape of a small layer, as a graph: values go down, gradients go up.

use ndarray::{Array2, array};
use no_magic::autograd::{Node, Tape};

use crate::canvas::{Canvas, rectangle, text};

const BOX: (f64, f64) = (150.0, 76.0);
const STEP: (f64, f64) = (206.0, 122.0);
const MARGIN: f64 = 2.0;

/// The layer of the chapter on layers, with its numbers.
pub fn draw() -> String {
    let tape = Tape::new();
    let x = tape.var(array![[1.0, 1.0]]);
    let w = tape.var(array![[1.0, 2.0], [3.0, -4.0]]);
    let b = tape.var(array![[0.5, 0.5]]);
    let transpose = w.t();
    let product = x.matmul(transpose);
    let z = product + b;
    let a = z.relu();
    let loss = a.sum();

    let gradients = loss.backward();
    let vars = [x, w, b, transpose, product, z, a, loss];
    let names = ["x", "W", "b", "Wᵀ", "x Wᵀ", "z", "a", "L"];
    let nodes = tape.nodes();
    let places = places(&nodes);
    let size = |step, side, last| step * last + side + 2.0 * MARGIN;
    let mut canvas = Canvas::new(
        (size(STEP.0, BOX.0, 1.0), size(STEP.1, BOX.1, 4.0)),
        "The tape as a graph of eight boxes, numbered in the order in which they \
         were recorded: 0, 1 and 2 are the variables x, W and b; 3 is the \
         transpose of 1, 4 the product of 0 and 3, 5 the sum of 4 and 2, 6 the \
         ReLU of 5, 7 the sum of the entries of 6, which is the loss, 3.5. An \
         arrow leads from each box to the one that is computed from it, and \
         another one back. Below each value stands its gradient: 1 at the loss, 1 \
         and 1 at a, 1 and 0 at z, where the second unit is silent.",
        "Each box is a line of the tape: its number, its operation and shape, its \
         value, and below that its gradient. Values are computed from 0 to 7, \
         gradients from 7 to 0.",
    );
    for (i, node) in nodes.iter().enumerate() {
        for input in node.inputs() {
            arrows(&mut canvas, places[input], places[i]);
        }
        let lines = [
            format!("{i}: {}", names[i]),
            format!("{} {:?}", node.name(), node.value().dim()),
            matrix(node.value()),
            matrix(&gradients.wrt(vars[i])),
        ];
        line(&mut canvas, places[i], &lines);
    }
    canvas.finish()
}

/// A column and a row for each line: a first input stands above its result, a
/// second one beside it.
fn places(nodes: &[Node]) -> Vec<(f64, f64)> {
    let mut places = vec![(0.0, 4.0); nodes.len()];
    for (i, node) in nodes.iter().enumerate().rev() {
        let (column, row) = places[i];
        let around = [(column, row - 1.0), (column + 1.0, row)];
        for (input, place) in node.inputs().into_iter().zip(around) {
            places[input] = place;
        }
    }
    places
}

fn corner((column, row): (f64, f64)) -> (f64, f64) {
    (MARGIN + column * STEP.0, MARGIN + row * STEP.1)
}

/// Forward from one box to the other, and back beside it.
fn arrows(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64)) {
    let ((x, y), below) = (corner(from), from.0 == to.0);
    if below {
        let (top, bottom) = (y + BOX.1, y + STEP.1);
        let middle = x + BOX.0 / 2.0;
        let (forward, backward) = (middle - 14.0, middle + 14.0);
        canvas.arrow((forward, top + 2.0), (forward, bottom - 3.0), "forward");
        canvas.arrow((backward, bottom - 2.0), (backward, top + 3.0), "backward");
    } else {
        let (left, right) = (x - STEP.0 + BOX.0, x);
        let middle = y + BOX.1 / 2.0;
        let (forward, backward) = (middle - 14.0, middle + 14.0);
        canvas.arrow((right - 2.0, forward), (left + 3.0, forward), "forward");
        canvas.arrow((left + 2.0, backward), (right - 3.0, backward), "backward");
    }
}

fn line(canvas: &mut Canvas, place: (f64, f64), lines: &[String; 4]) {
    let (x, y) = corner(place);
    canvas.add(rectangle((x, y), BOX, "box"));
    let classes = [
        "label strong",
        "label small",
        "label small forward",
        "label small backward",
    ];
    for ((i, line), class) in (0..).zip(lines).zip(classes) {
        let place = (x + BOX.0 / 2.0, y + 13.0 + 17.0 * f64::from(i));
        canvas.add(text(place, "middle", class, line));
    }
}

/// `[[1, 2], [3, −4]]`, with a real minus sign.
fn matrix(matrix: &Array2<f64>) -> String {
    let rows = matrix.rows().into_iter().map(|row| {
        let entries: Vec<String> = row.iter().map(f64::to_string).collect();
        format!("[{}]", entries.join(", "))
    });
    let rows: Vec<String> = rows.collect();
    format!("[{}]", rows.join(", ")).replace('-', "−")
}
