//! The hidden layers, as they are written on the command line: `16`, `16,8` or
//! `none`.

use std::str::FromStr;

use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;

/// The most units a hidden layer may have.
const MOST_UNITS: usize = 65_536;

/// The most weights a network may have. They take 40 MB.
const MOST_WEIGHTS: u64 = 5_000_000;

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
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(Vec::new()));
        }
        let hidden = Self(text.split(',').map(size).collect::<Result<_, _>>()?);
        let layers = hidden.sizes();
        let pairs = layers.windows(2);
        let weights: u64 = pairs.map(|pair| pair[0] as u64 * pair[1] as u64).sum();
        if weights > MOST_WEIGHTS {
            return Err(format!(
                "that makes {weights} weights; the program goes up to \
                 {MOST_WEIGHTS}"
            ));
        }
        Ok(hidden)
    }
}

fn size(text: &str) -> Result<usize, String> {
    let size = text.trim().parse().ok();
    size.filter(|size| (1..=MOST_UNITS).contains(size)).ok_or_else(|| {
        format!(
            "{text:?} is not the size of a layer; write numbers from 1 to \
             {MOST_UNITS}, such as 16 or 16,8, or none"
        )
    })
}
