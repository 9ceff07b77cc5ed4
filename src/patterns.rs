//! The data: 6×6 pictures of horizontal lines, vertical lines and X's, as a person
//! would draw them.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1};
use rand::{Rng, RngExt};

use crate::dataset::{Dataset, DatasetError};
use crate::drawing::{Drawing, PIXELS, SIDE};

/// The three classes, in the order of their labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Label 0: a line from left to right.
    Horizontal,
    /// Label 1: a line from top to bottom.
    Vertical,
    /// Label 2: two diagonals that cross.
    X,
}

impl Pattern {
    /// All patterns, in the order of their labels.
    pub const ALL: [Self; 3] = [Self::Horizontal, Self::Vertical, Self::X];

    /// The pattern's label in a data set, which is its index in [`Pattern::ALL`].
    ///
    /// ```
    /// use no_magic::patterns::Pattern;
    ///
    /// assert_eq!(Pattern::ALL[Pattern::X.label()], Pattern::X);
    /// ```
    pub fn label(self) -> usize {
        self as usize
    }

    /// Draws the pattern at a random position, with the flaws of a human hand.
    ///
    /// - A line is 4 to 6 pixels long. Of six lines, on average, two are straight,
    ///   two have a step of one pixel, one is two pixels thick, and one has a
    ///   missing pixel.
    /// - An X is 4×4 to 6×6 pixels large. Half of the X's have one or two
    ///   missing pixels.
    /// - Lines and X's may be anywhere, and each position is equally likely. Small
    ///   ones have more possible positions, so they are more frequent.
    /// - Of twelve drawings, on average, three have one stray pixel
    ///   and one has two.
    ///
    /// ```
    /// use no_magic::patterns::Pattern;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(4);
    /// let drawing = Pattern::X.draw(&mut rng);
    /// assert!((6.0..=14.0).contains(&drawing.pixels().sum()));
    /// ```
    // ANCHOR: pattern_draw
    pub fn draw(self, rng: &mut impl Rng) -> Drawing {
        let mut drawing = match self {
            Self::Horizontal => draw_line(rng),
            Self::Vertical => draw_line(rng).transposed(),
            Self::X => draw_x(rng),
        };
        for _ in 0..choose([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2], rng) {
            flip_random(&mut drawing, false, rng);
        }
        drawing
    }
    // ANCHOR_END: pattern_draw
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Horizontal => "horizontal line",
            Self::Vertical => "vertical line",
            Self::X => "X",
        })
    }
}

/// Draws a data set with the given number of examples of each pattern.
///
/// Shapes: the inputs are `(examples, 36)`, sorted by class.
///
/// ```
/// use no_magic::patterns;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data =
///     patterns::dataset([120; 3], &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(data.len(), 360);
/// assert_eq!(data.features(), 36);
/// # Ok::<(), no_magic::dataset::DatasetError>(())
/// ```
///
/// # Errors
///
/// [`DatasetError::NoExamples`] if every count is zero.
pub fn dataset(
    counts: [usize; 3],
    rng: &mut impl Rng,
) -> Result<Dataset, DatasetError> {
    dataset_of(counts, |pattern| pattern.draw(rng).pixels())
}

/// Draws a data set like [`dataset`], and flips each pixel with
/// probability `noise`.
///
/// If `noise` is 0, the data set is exactly the same as that of [`dataset`].
///
/// ```
/// use no_magic::patterns;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let rng = || ChaCha8Rng::seed_from_u64(0);
/// let clean = patterns::dataset([100; 3], &mut rng())?;
/// assert_eq!(
///     patterns::noisy_dataset([100; 3], 0.0, &mut rng())?.inputs(),
///     clean.inputs()
/// );
///
/// let noise = patterns::noisy_dataset([100; 3], 1.0, &mut rng())?;
/// assert!(noise.inputs().sum() > 3.0 * clean.inputs().sum()); // mostly on
/// # Ok::<(), no_magic::dataset::DatasetError>(())
/// ```
///
/// # Errors
///
/// [`DatasetError::NoExamples`] if every count is zero.
///
/// # Panics
///
/// If `noise` is not between 0 and 1.
#[track_caller]
pub fn noisy_dataset(
    counts: [usize; 3],
    noise: f64,
    rng: &mut impl Rng,
) -> Result<Dataset, DatasetError> {
    if noise == 0.0 {
        return dataset(counts, rng);
    }
    dataset_of(counts, |pattern| pattern.draw(rng).with_noise(noise, rng).pixels())
}

/// Draws a data set like [`dataset`], but without any drawing that is in `seen`.
///
/// Random drawings sometimes repeat. To find out how well a network does on new
/// drawings, leave out the drawings that it was trained on.
///
/// ```
/// use no_magic::patterns;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = patterns::dataset([20; 3], &mut rng)?;
/// let unseen = patterns::unseen([50; 3], &data, &mut rng)?;
/// for x in unseen.inputs().rows() {
///     assert!(data.inputs().rows().into_iter().all(|seen| seen != x));
/// }
/// # Ok::<(), no_magic::dataset::DatasetError>(())
/// ```
///
/// # Errors
///
/// [`DatasetError::NoExamples`] if every count is zero.
///
/// # Panics
///
/// If `seen.features() != 36`.
#[track_caller]
pub fn unseen(
    counts: [usize; 3],
    seen: &Dataset,
    rng: &mut impl Rng,
) -> Result<Dataset, DatasetError> {
    assert!(
        seen.features() == PIXELS,
        "a drawing has {PIXELS} pixels, but each example in `seen` has {} features",
        seen.features()
    );
    // -0 and 0 have different bits. Adding 0 turns both into 0.
    let bits = |x: ArrayView1<'_, f64>| x.mapv(|x| (x + 0.0).to_bits()).to_vec();
    let seen: HashSet<Vec<u64>> =
        seen.inputs().rows().into_iter().map(bits).collect();
    dataset_of(counts, |pattern| {
        loop {
            let pixels = pattern.draw(rng).pixels();
            if !seen.contains(&bits(pixels.view())) {
                return pixels;
            }
        }
    })
}

// ANCHOR: dataset_of
fn dataset_of(
    counts: [usize; 3],
    mut draw: impl FnMut(Pattern) -> Array1<f64>,
) -> Result<Dataset, DatasetError> {
    let mut inputs = Array2::zeros((counts.iter().sum(), PIXELS));
    let mut labels = Vec::new();
    for (pattern, count) in Pattern::ALL.into_iter().zip(counts) {
        for _ in 0..count {
            inputs.row_mut(labels.len()).assign(&draw(pattern));
            labels.push(pattern.label());
        }
    }
    Dataset::new(inputs, labels, Pattern::ALL.len())
}
// ANCHOR_END: dataset_of

/// Draws a horizontal line.
fn draw_line(rng: &mut impl Rng) -> Drawing {
    let columns = choose(spans(), rng);
    let row = rng.random_range(0..SIDE);
    let upper = rng.random_range(0..SIDE - 1);
    let mut drawing = Drawing::default();
    match rng.random_range(0..6) {
        // Straight.
        0 | 1 => stroke(&mut drawing, row, columns),
        // With a step.
        2 | 3 => {
            let step = rng.random_range(columns.start + 1..columns.end);
            let [left, right] =
                choose([[upper, upper + 1], [upper + 1, upper]], rng);
            stroke(&mut drawing, left, columns.start..step);
            stroke(&mut drawing, right, step..columns.end);
        }
        // Two pixels thick.
        4 => {
            stroke(&mut drawing, upper, columns.clone());
            stroke(&mut drawing, upper + 1, columns);
        }
        // With one pixel missing.
        _ => {
            stroke(&mut drawing, row, columns);
            flip_random(&mut drawing, true, rng);
        }
    }
    drawing
}

fn draw_x(rng: &mut impl Rng) -> Drawing {
    let squares = spans()
        .flat_map(|rows| spans().map(move |columns| (rows.clone(), columns)));
    let (rows, columns) =
        choose(squares.filter(|(rows, columns)| rows.len() == columns.len()), rng);
    let mut drawing = Drawing::default();
    for (row, (left, right)) in rows.zip(columns.clone().zip(columns.rev())) {
        drawing.set(row, left, true);
        drawing.set(row, right, true);
    }
    for _ in 0..choose([0, 0, 0, 1, 1, 2], rng) {
        flip_random(&mut drawing, true, rng);
    }
    drawing
}

/// The six ranges of 4, 5 or 6 pixels that fit into a row of a drawing.
fn spans() -> impl Iterator<Item = Range<usize>> {
    (4..=SIDE).flat_map(|length| {
        (0..=SIDE - length).map(move |start| start..start + length)
    })
}

fn stroke(drawing: &mut Drawing, row: usize, columns: Range<usize>) {
    for column in columns {
        drawing.set(row, column, true);
    }
}

/// Flips a random pixel among those that are `on` (or off).
fn flip_random(drawing: &mut Drawing, on: bool, rng: &mut impl Rng) {
    let positions =
        (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column)));
    let (row, column) = choose(
        positions.filter(|&(row, column)| drawing.is_on(row, column) == on),
        rng,
    );
    drawing.set(row, column, !on);
}

/// Picks one of the choices, all with the same probability.
fn choose<T>(choices: impl IntoIterator<Item = T>, rng: &mut impl Rng) -> T {
    let mut choices: Vec<T> = choices.into_iter().collect();
    let chosen = rng.random_range(0..choices.len());
    choices.swap_remove(chosen)
}
