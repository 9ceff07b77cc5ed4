//! The hidden layers, as they are written on the command line: `16`, `16,8` or
//! `none`.

use std::fmt;
use std::str::FromStr;

use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;
use thiserror::Error;

/// The most units a hidden layer may have.
pub const MOST_UNITS: usize = 65_536;

/// The most weights a network may have. They take 40 MB.
pub const MOST_WEIGHTS: u64 = 5_000_000;

/// The sizes of the hidden layers of a network that looks at drawings.
///
/// ```
/// use no_magic_program::hidden::Hidden;
///
/// let hidden: Hidden = "16,8".parse()?;
/// assert_eq!(hidden.sizes(), [36, 16, 8, 3]);
/// assert_eq!(hidden.to_string(), "16,8");
/// assert_eq!("none".parse::<Hidden>()?.sizes(), [36, 3]);
/// # Ok::<(), no_magic_program::hidden::HiddenError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden(Vec<usize>);

impl Hidden {
    /// The sizes of the whole network: a drawing's pixels, the hidden layers, the
    /// patterns.
    pub fn sizes(&self) -> Vec<usize> {
        let hidden = self.0.iter().copied();
        [PIXELS].into_iter().chain(hidden).chain([Pattern::ALL.len()]).collect()
    }

    fn weights(&self) -> u64 {
        let layers = self.sizes();
        layers.windows(2).map(|pair| pair[0] as u64 * pair[1] as u64).sum()
    }
}

/// One hidden layer of 16 units.
impl Default for Hidden {
    fn default() -> Self {
        Self(vec![16])
    }
}

impl FromStr for Hidden {
    type Err = HiddenError;

    fn from_str(text: &str) -> Result<Self, HiddenError> {
        if text == "none" {
            return Ok(Self(Vec::new()));
        }
        let hidden =
            Self(text.split(',').map(parse_size).collect::<Result<_, _>>()?);
        match hidden.weights() {
            0..=MOST_WEIGHTS => Ok(hidden),
            weights => Err(HiddenError::Weights { weights }),
        }
    }
}

fn parse_size(text: &str) -> Result<usize, HiddenError> {
    text.trim()
        .parse()
        .ok()
        .filter(|size| (1..=MOST_UNITS).contains(size))
        .ok_or_else(|| HiddenError::Size { text: text.into() })
}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let sizes: Vec<String> = self.0.iter().map(usize::to_string).collect();
        f.write_str(&sizes.join(","))
    }
}

/// Why a text does not name hidden layers.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HiddenError {
    /// Something between the commas is not a size.
    #[error(
        "{text:?} is not the size of a layer; write numbers from 1 to \
         {MOST_UNITS}, such as 16 or 16,8, or none"
    )]
    Size {
        /// What stands there.
        text: String,
    },
    /// The layers are too large together.
    #[error("that makes {weights} weights; the program goes up to {MOST_WEIGHTS}")]
    Weights {
        /// The number of weights.
        weights: u64,
    },
}
