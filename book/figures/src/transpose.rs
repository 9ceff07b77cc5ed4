//! Forward reads a row of W, backward a column.

use crate::canvas::{Canvas, moved_to, rectangle, text};
use svg::node::element::Group;

const CELL: f64 = 34.0;
const ROWS: usize = 3;
const COLUMNS: usize = 4;

/// The same matrix, read both ways.
pub fn draw() -> String {
    let mut canvas = Canvas::new(
        (272.0, 366.0),
        "Two pictures of the same matrix W with 3 rows and 4 columns. Forward, \
         row 1 is marked: its product with x gives z 1. Backward, column 2 is \
         marked: its product with dz gives dx 2.",
        "Forward sums along a row, over the inputs. Backward sums down a column, \
         over the outputs.",
    );
    canvas.add(panel((70.0, 60.0), "forward", "z₁ = Σⱼ W₁ⱼ xⱼ", |row, _| row == 1));
    canvas.add(panel(
        (70.0, 252.0),
        "backward",
        "dx₂ = Σᵢ dzᵢ Wᵢ₂",
        |_, column| column == 2,
    ));
    canvas.finish()
}

fn panel(
    place: (f64, f64),
    class: &str,
    formula: &str,
    marked: fn(usize, usize) -> bool,
) -> Group {
    let (width, height) = (COLUMNS as f64 * CELL, ROWS as f64 * CELL);
    let mut group = moved_to(place)
        .add(text((-60.0, -44.0), "start", &format!("label strong {class}"), class))
        .add(text((30.0, -44.0), "start", "label", formula));
    let label = |at, anchor, is_marked, name, digit: usize| {
        let color = if is_marked { class } else { "faint" };
        let name = format!("{name}{}", subscript(digit));
        text(at, anchor, &format!("label small {color}"), &name)
    };
    let forward = class == "forward";
    let [x, z] = if forward { ["x", "z"] } else { ["dx", "dz"] };
    for column in 0..COLUMNS {
        let at = ((column as f64 + 0.5) * CELL, -16.0);
        let is_marked = forward || marked(0, column);
        group = group.add(label(at, "middle", is_marked, x, column));
    }
    for row in 0..ROWS {
        let at = (width + 14.0, (row as f64 + 0.5) * CELL);
        let is_marked = !forward || marked(row, 0);
        group = group.add(label(at, "start", is_marked, z, row));
        for column in 0..COLUMNS {
            let class = if marked(row, column) { class } else { "" };
            group = group.add(rectangle(
                (column as f64 * CELL, row as f64 * CELL),
                (CELL, CELL),
                format!("cell {class}").trim_end(),
            ));
        }
    }
    group.add(text((-14.0, height / 2.0), "end", "label strong", "W"))
}

fn subscript(digit: usize) -> char {
    ['₀', '₁', '₂', '₃', '₄'][digit]
}
