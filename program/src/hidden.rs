//! The hidden layers, as they are written on the command line: `16`, `16,8` or
//! `none`.

use std::str::FromStr;

use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;
use thiserror::Error;

/// The most units a hidden layer may have.
const MOST_UNITS: usize = 65_536;

/// The most weights a network may have. They take 40 MB.
const MOST_WEIGHTS: usize = 5_000_000;

/// The sizes of the hidden layers of a network that looks at drawings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden(Vec<usize>);

impl Hidden {
    /// The sizes of the whole network: a drawing's pixels, the hidden layers, the
    /// patterns.
    pub fn sizes(&self) -> Vec<usize> {
        [&[PIXELS], self.0.as_slice(), &[Pattern::ALL.len()]].concat()
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
        let layers = hidden.sizes();
        let weights = layers.windows(2).fold(0_usize, |sum, pair| {
            sum.saturating_add(pair[0].saturating_mul(pair[1]))
        });
        if weights > MOST_WEIGHTS {
            return Err(HiddenError::Weights { weights });
        }
        Ok(hidden)
    }
}

fn parse_size(text: &str) -> Result<usize, HiddenError> {
    text.trim()
        .parse()
        .ok()
        .filter(|size| (1..=MOST_UNITS).contains(size))
        .ok_or_else(|| HiddenError::Size { text: text.into() })
}

/// Why a text does not name hidden layers.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
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
        weights: usize,
    },
}
