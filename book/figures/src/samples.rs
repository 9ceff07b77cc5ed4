//! The first drawings of each pattern, as the generator makes them.

use no_magic::drawing::{Drawing, SIDE};
use no_magic::patterns::Pattern;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use svg::node::element::Group;

use crate::canvas::{Canvas, moved_to, rectangle, text};

const PIXEL: f64 = 9.0;
const COLUMNS: usize = 5;
const STEP: (f64, f64) = (SIDE as f64 * PIXEL + 12.0, SIDE as f64 * PIXEL + 12.0);
const HEADING: f64 = 26.0;

/// Ten of each pattern, from seed 0.
pub fn draw() -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let height = HEADING + 2.0 * STEP.1 + 8.0;
    let mut canvas = Canvas::new(
        (COLUMNS as f64 * STEP.0, Pattern::ALL.len() as f64 * height),
        "Thirty drawings of six by six pixels: ten horizontal lines, ten vertical \
         lines and ten X's. They differ in place, length and size; some have a \
         step, a gap, a thick line or a stray pixel.",
        "The generator's first ten drawings of each kind, from seed 0.",
    );
    for (i, pattern) in Pattern::ALL.into_iter().enumerate() {
        let top = i as f64 * height;
        let heading = (6.0, top + HEADING / 2.0);
        canvas.add(text(heading, "start", "label small", &pattern.to_string()));
        for n in 0..2 * COLUMNS {
            let place = ((n % COLUMNS) as f64, (n / COLUMNS) as f64);
            let group = moved_to((
                place.0 * STEP.0 + 6.0,
                top + HEADING + place.1 * STEP.1,
            ));
            canvas.add(picture(group, &pattern.draw(&mut rng)));
        }
    }
    canvas.finish()
}

fn picture(mut group: Group, drawing: &Drawing) -> Group {
    for row in 0..SIDE {
        for column in 0..SIDE {
            if drawing.is_on(row, column) {
                let place = (column as f64 * PIXEL, row as f64 * PIXEL);
                group = group.add(rectangle(place, (PIXEL, PIXEL), "pixel"));
            }
        }
    }
    let side = SIDE as f64 * PIXEL;
    group.add(rectangle((0.0, 0.0), (side, side), "frame"))
}
