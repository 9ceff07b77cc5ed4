//! The weights of the hidden units, each a picture of 6×6 pixels.

use ndarray::ArrayView1;
use no_magic::by_hand::NeuralNet;
use no_magic::drawing::SIDE;
use svg::node::element::Group;

use crate::canvas::{Canvas, moved_to, rectangle, text, tooltip};

const PIXEL: f64 = 12.0;
const COLUMNS: usize = 4;
const STEP: (f64, f64) = (SIDE as f64 * PIXEL + 16.0, SIDE as f64 * PIXEL + 30.0);

/// Orange for weights above zero, blue below; the stronger, the larger.
pub fn draw(network: &NeuralNet) -> String {
    let w = &network.layers[0].w;
    let largest = w.fold(0.0_f64, |largest, w| largest.max(w.abs()));
    let rows = w.nrows().div_ceil(COLUMNS);
    let mut canvas = Canvas::new(
        (COLUMNS as f64 * STEP.0, rows as f64 * STEP.1),
        "Sixteen pictures of six by six pixels, the weights of the hidden units. \
         Many show stretches of rows, columns or diagonals, orange where a pixel \
         excites the unit and blue where it silences it.",
        "The first layer's weights after the default run. Orange excites, blue \
         silences.",
    );
    for (unit, weights) in w.rows().into_iter().enumerate() {
        let place = ((unit % COLUMNS) as f64, (unit / COLUMNS) as f64);
        let group = moved_to((place.0 * STEP.0 + 8.0, place.1 * STEP.1 + 22.0));
        canvas.add(picture(group, unit, weights, largest));
    }
    canvas.finish()
}

fn picture(
    mut group: Group,
    unit: usize,
    weights: ArrayView1<'_, f64>,
    largest: f64,
) -> Group {
    let width = SIDE as f64 * PIXEL;
    group = group.add(text(
        (width / 2.0, -10.0),
        "middle",
        "label small",
        &format!("unit {unit}"),
    ));
    for (i, &weight) in weights.iter().enumerate() {
        let place = ((i % SIDE) as f64 * PIXEL, (i / SIDE) as f64 * PIXEL);
        let class = if weight > 0.0 { "excites" } else { "silences" };
        let opacity = format!("{:.2}", weight.abs() / largest);
        group = group.add(
            rectangle(place, (PIXEL, PIXEL), class)
                .set("fill-opacity", opacity)
                .add(tooltip(format!("{weight:.2}"))),
        );
    }
    group.add(rectangle((0.0, 0.0), (width, width), "frame"))
}
