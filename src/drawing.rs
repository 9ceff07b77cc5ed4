//! A 6×6 drawing, and its form as text: six lines of six characters, `#` for on
//! and `.` for off.

use std::array::from_fn;
use std::fmt;
use std::str::FromStr;

use ndarray::Array1;
use rand::{Rng, RngExt};
use thiserror::Error;

/// The side of a drawing, in pixels.
pub const SIDE: usize = 6;

/// The number of pixels in a drawing, and of inputs in a network that reads it.
pub const PIXELS: usize = SIDE * SIDE;

/// A drawing of 6×6 pixels, each on or off.
///
/// As text, `#` or `1` is on and `.` or `0` is off. The parser ignores blank lines
/// around the drawing, whitespace at the end of a line, and indentation that all
/// lines share. Windows line endings are fine, too.
///
/// ```
/// use no_magic::drawing::Drawing;
///
/// let text = "
/// ......
/// .####.
/// ......
/// ......
/// ......
/// ......
/// ";
/// let drawing: Drawing = text.parse()?;
/// assert!(drawing.is_on(1, 1));
/// assert_eq!(drawing.pixels().sum(), 4.0);
/// assert_eq!(drawing.to_string(), text.trim_start());
/// # Ok::<(), no_magic::drawing::DrawingError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Drawing {
    pixels: [[bool; SIDE]; SIDE],
}

impl Drawing {
    /// Whether the pixel at `row` and `column` is on. Both are counted from 0,
    /// starting at the top left.
    ///
    /// ```
    /// use no_magic::drawing::Drawing;
    ///
    /// assert!(!Drawing::default().is_on(0, 0));
    /// ```
    ///
    /// # Panics
    ///
    /// If `row` or `column` is not below [`SIDE`].
    #[track_caller]
    pub fn is_on(&self, row: usize, column: usize) -> bool {
        self.pixels[row][column]
    }

    /// Turns the pixel at `row` and `column` on or off.
    ///
    /// ```
    /// use no_magic::drawing::Drawing;
    ///
    /// let mut drawing = Drawing::default();
    /// drawing.set(5, 0, true);
    /// assert_eq!(drawing.to_string().lines().last(), Some("#....."));
    /// ```
    ///
    /// # Panics
    ///
    /// If `row` or `column` is not below [`SIDE`].
    #[track_caller]
    pub fn set(&mut self, row: usize, column: usize, on: bool) {
        self.pixels[row][column] = on;
    }

    /// The drawing as the network sees it: row by row, 1 for on and 0 for off.
    ///
    /// Shape: `(36,)`.
    ///
    /// ```
    /// use no_magic::drawing::Drawing;
    ///
    /// let mut drawing = Drawing::default();
    /// drawing.set(1, 0, true);
    /// assert_eq!(drawing.pixels().len(), 36);
    /// assert_eq!(drawing.pixels()[6], 1.0); // the first pixel of the second row
    /// ```
    pub fn pixels(&self) -> Array1<f64> {
        self.pixels.iter().flatten().map(|&on| f64::from(u8::from(on))).collect()
    }

    /// A copy of the drawing in which each pixel is flipped with the
    /// given probability.
    ///
    /// ```
    /// use no_magic::drawing::Drawing;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let blank = Drawing::default();
    /// assert_eq!(blank.with_noise(0.0, &mut rng), blank);
    /// assert_eq!(blank.with_noise(1.0, &mut rng).pixels().sum(), 36.0);
    /// ```
    ///
    /// # Panics
    ///
    /// If `probability` is not between 0 and 1.
    #[must_use]
    #[track_caller]
    pub fn with_noise(&self, probability: f64, rng: &mut impl Rng) -> Self {
        let mut noisy = *self;
        for pixel in noisy.pixels.iter_mut().flatten() {
            *pixel ^= rng.random_bool(probability);
        }
        noisy
    }

    /// The drawing mirrored along its diagonal: rows become columns.
    ///
    /// ```
    /// use no_magic::drawing::Drawing;
    ///
    /// let mut drawing = Drawing::default();
    /// drawing.set(1, 4, true);
    /// assert!(drawing.transposed().is_on(4, 1));
    /// ```
    #[must_use]
    pub fn transposed(&self) -> Self {
        Self { pixels: from_fn(|row| from_fn(|column| self.pixels[column][row])) }
    }
}

impl FromStr for Drawing {
    type Err = DrawingError;

    fn from_str(text: &str) -> Result<Self, DrawingError> {
        let text = text.trim_start_matches('\u{feff}');
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let has_text = |line: &&str| !line.is_empty();
        let Some(first) = lines.iter().position(has_text) else {
            return Err(DrawingError::Empty);
        };
        let last = lines.iter().rposition(has_text).unwrap_or(first);
        let indentation = shared_indentation(&lines[first..=last]);

        let mut drawing = Self::default();
        for (row, line) in lines[first..=last].iter().enumerate() {
            let number = first + row + 1;
            if row == SIDE {
                return Err(DrawingError::TooManyLines { line: number });
            }
            drawing.pixels[row] = parse_line(line, number, indentation)?;
        }
        if last - first + 1 < SIDE {
            return Err(DrawingError::TooFewLines { line: last + 2 });
        }
        Ok(drawing)
    }
}

/// The number of whitespace characters that all nonblank lines begin with.
fn shared_indentation(lines: &[&str]) -> usize {
    let blanks =
        |line: &&str| line.chars().take_while(|c| c.is_whitespace()).count();
    lines.iter().filter(|line| !line.is_empty()).map(blanks).min().unwrap_or(0)
}

fn parse_line(
    text: &str,
    line: usize,
    indentation: usize,
) -> Result<[bool; SIDE], DrawingError> {
    let mut pixels = [false; SIDE];
    let mut characters = text.chars().skip(indentation);
    for (pixel, column) in pixels.iter_mut().zip(indentation + 1..) {
        *pixel = match characters.next() {
            Some('#' | '1') => true,
            Some('.' | '0') => false,
            Some(found) => {
                return Err(DrawingError::Character { line, column, found });
            }
            None => {
                return Err(DrawingError::ShortLine { line, column });
            }
        };
    }
    match characters.next() {
        Some(_) => {
            Err(DrawingError::LongLine { line, column: indentation + SIDE + 1 })
        }
        None => Ok(pixels),
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.pixels {
            let text: String =
                line.iter().map(|&on| if on { '#' } else { '.' }).collect();
            writeln!(f, "{text}")?;
        }
        Ok(())
    }
}

/// Why a text isn't a [`Drawing`]. Lines and columns are counted from 1,
/// as in an editor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DrawingError {
    /// The text is empty or blank.
    #[error(
        "there is no drawing here; write six lines of six characters, # for on \
         and . for off"
    )]
    Empty,
    /// A character is not a pixel.
    #[error(
        "line {line}, column {column}: {found:?} is not a pixel; write # (or 1) \
         for on and . (or 0) for off"
    )]
    Character {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
        /// The character.
        found: char,
    },
    /// A line is too short.
    #[error(
        "line {line}, column {column}: the line is too short; each line needs \
         {SIDE} characters"
    )]
    ShortLine {
        /// The line.
        line: usize,
        /// The first column that is missing.
        column: usize,
    },
    /// A line is too long.
    #[error(
        "line {line}, column {column}: the line is too long; each line needs \
         {SIDE} characters"
    )]
    LongLine {
        /// The line.
        line: usize,
        /// The first column too many.
        column: usize,
    },
    /// The drawing has too few lines.
    #[error(
        "line {line}, column 1: the drawing is too short; it needs {SIDE} lines"
    )]
    TooFewLines {
        /// The first line that is missing.
        line: usize,
    },
    /// The drawing has too many lines.
    #[error(
        "line {line}, column 1: the drawing is too long; it needs {SIDE} lines"
    )]
    TooManyLines {
        /// The first line too many.
        line: usize,
    },
}
