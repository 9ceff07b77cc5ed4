//! A task of real size: handwritten digits, 28×28 pixels, drawn by a program.
//!
//! They have the size and the ten classes of MNIST, whose pictures we aren't
//! allowed to include. Each digit is a few strokes that are rotated, slanted,
//! stretched, shifted, drawn thick or thin, and covered with noise.

use std::f64::consts::TAU;

use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};

use crate::dataset::{self, Dataset, DatasetError};
use crate::random::standard_normal;

/// The side of a picture, in pixels.
pub const SIDE: usize = 28;

/// The number of pixels in a picture, and of inputs in a network that reads it.
pub const PIXELS: usize = SIDE * SIDE;

/// The number of classes.
pub const CLASSES: usize = 10;

/// A point of a stroke, from (0, 0) at the top left to (1, 1) at the bottom right.
type Point = (f64, f64);

/// Draws a data set with `count` examples of each digit: first all the zeros, then
/// all the ones, and so on.
///
/// Shapes: the inputs are `(10 · count, 784)`. Each pixel is between 0
/// (paper) and 1 (ink).
///
/// ```
/// use no_magic::digits;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data = digits::dataset(3, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(data.inputs().dim(), (30, 784));
/// assert_eq!(data.labels()[..6], [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), no_magic::dataset::DatasetError>(())
/// ```
///
/// # Errors
///
/// [`DatasetError::NoExamples`] if `count` is zero, and [`DatasetError::TooMany`]
/// if no memory could hold so many pictures.
pub fn dataset(count: usize, rng: &mut impl Rng) -> Result<Dataset, DatasetError> {
    let examples = dataset::total(count, CLASSES, PIXELS)?;
    let mut inputs = Array2::zeros((examples, PIXELS));
    let labels: Vec<usize> = (0..examples).map(|i| i / count.max(1)).collect();
    for (mut row, &digit) in inputs.rows_mut().into_iter().zip(&labels) {
        row.assign(&draw(digit, rng));
    }
    Dataset::new(inputs, labels, CLASSES)
}

/// Draws a digit, with the flaws of human handwriting and of paper.
///
/// Shape: `(784,)`, row by row.
///
/// ```
/// use no_magic::digits;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let pixels = digits::draw(8, &mut ChaCha8Rng::seed_from_u64(0));
/// assert!(pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
/// ```
///
/// # Panics
///
/// If `digit >= 10`.
#[track_caller]
// ANCHOR: digits_draw
pub fn draw(digit: usize, rng: &mut impl Rng) -> Array1<f64> {
    let hand = Hand::new(rng);
    let thickness = rng.random_range(0.7..1.7);
    let mut picture = Array1::zeros(PIXELS);
    for stroke in strokes(digit) {
        let points: Vec<Point> =
            stroke.iter().map(|&point| hand.place(point, rng)).collect();
        for ends in points.windows(2) {
            ink(&mut picture, ends[0], ends[1], thickness);
        }
    }
    picture.mapv(|pixel| {
        let noisy: f64 = pixel + 0.25 * standard_normal(rng);
        noisy.clamp(0.0, 1.0)
    })
}
// ANCHOR_END: digits_draw

/// How a hand rotates, slants, stretches and shifts what it draws.
struct Hand {
    across: Point,
    down: Point,
    shift: Point,
}

impl Hand {
    fn new(rng: &mut impl Rng) -> Self {
        let angle = 0.2 * standard_normal(rng);
        let slant = 0.2 * standard_normal(rng);
        let (width, height) =
            (rng.random_range(0.45..0.85), rng.random_range(0.55..0.95));
        let (cos, sin) = (libm::cos(angle), libm::sin(angle));
        let pixels = SIDE as f64;
        Self {
            across: (pixels * width * cos, pixels * width * sin),
            down: (pixels * height * (slant - sin), pixels * height * cos),
            shift: (rng.random_range(-3.0..3.0), rng.random_range(-3.0..3.0)),
        }
    }

    /// Where the hand puts a point, in pixels, with a little tremor.
    fn place(&self, (x, y): Point, rng: &mut impl Rng) -> Point {
        let (x, y) = (x - 0.5, y - 0.5);
        let middle = SIDE as f64 / 2.0;
        let mut coordinate = |across: f64, down: f64, shift: f64| {
            middle + across * x + down * y + shift + 0.6 * standard_normal(rng)
        };
        (
            coordinate(self.across.0, self.down.0, self.shift.0),
            coordinate(self.across.1, self.down.1, self.shift.1),
        )
    }
}

/// Draws a line whose edges fade over one pixel.
fn ink(picture: &mut Array1<f64>, from: Point, to: Point, thickness: f64) {
    let range = |a: f64, b: f64| {
        let first = (a.min(b) - thickness - 1.0).max(0.0);
        let end = (a.max(b) + thickness + 1.0).clamp(0.0, SIDE as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both are between 0 and 28"
        )]
        (first as usize..end as usize)
    };
    for row in range(from.1, to.1) {
        for column in range(from.0, to.0) {
            let center = (column as f64 + 0.5, row as f64 + 0.5);
            let distance = distance(center, from, to);
            let pixel = &mut picture[row * SIDE + column];
            *pixel = pixel.max((thickness + 0.5 - distance).clamp(0.0, 1.0));
        }
    }
}

/// The distance from a point to the line between `from` and `to`.
fn distance(point: Point, from: Point, to: Point) -> f64 {
    let line = (to.0 - from.0, to.1 - from.1);
    let offset = (point.0 - from.0, point.1 - from.1);
    let length_squared = line.0 * line.0 + line.1 * line.1;
    // How far along the line its nearest point is, from 0 to 1.
    let share = if length_squared > 0.0 {
        ((offset.0 * line.0 + offset.1 * line.1) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (dx, dy) = (offset.0 - share * line.0, offset.1 - share * line.1);
    (dx * dx + dy * dy).sqrt()
}

/// The strokes of a digit.
#[track_caller]
fn strokes(digit: usize) -> Vec<Vec<Point>> {
    match digit {
        0 => vec![arc((0.5, 0.5), (0.3, 0.45), 0.0, 1.0)],
        1 => vec![vec![(0.3, 0.25), (0.52, 0.05), (0.52, 0.95)]],
        2 => {
            let mut stroke = arc((0.5, 0.3), (0.27, 0.25), 0.5, 1.07);
            stroke.extend([(0.22, 0.95), (0.8, 0.95)]);
            vec![stroke]
        }
        3 => vec![
            arc((0.46, 0.28), (0.26, 0.23), 0.58, 1.25),
            arc((0.46, 0.72), (0.3, 0.23), -0.25, 0.42),
        ],
        4 => vec![vec![(0.66, 0.95), (0.66, 0.05), (0.18, 0.65), (0.85, 0.65)]],
        5 => vec![
            vec![(0.76, 0.05), (0.3, 0.05), (0.26, 0.45)],
            arc((0.46, 0.67), (0.3, 0.27), -0.37, 0.4),
        ],
        6 => vec![
            arc((0.5, 0.68), (0.27, 0.27), 0.0, 1.0),
            arc((0.75, 0.62), (0.53, 0.57), 0.52, 0.75),
        ],
        7 => vec![vec![(0.2, 0.05), (0.8, 0.05), (0.42, 0.95)]],
        8 => vec![
            arc((0.5, 0.27), (0.22, 0.22), 0.0, 1.0),
            arc((0.5, 0.72), (0.28, 0.24), 0.0, 1.0),
        ],
        9 => vec![
            arc((0.5, 0.32), (0.27, 0.27), 0.0, 1.0),
            arc((0.25, 0.38), (0.53, 0.57), 0.02, 0.25),
        ],
        _ => panic!("{digit} is not a digit; it must be below 10"),
    }
}

/// A part of an ellipse. The angles are in turns: 0 is on the right, 0.25
/// at the bottom.
fn arc(center: Point, radii: Point, start: f64, end: f64) -> Vec<Point> {
    const STEPS: u32 = 12;
    (0..=STEPS)
        .map(|step| {
            let share = f64::from(step) / f64::from(STEPS);
            let angle = TAU * (start + share * (end - start));
            (
                center.0 + radii.0 * libm::cos(angle),
                center.1 + radii.1 * libm::sin(angle),
            )
        })
        .collect()
}
