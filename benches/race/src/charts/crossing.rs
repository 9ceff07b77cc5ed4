//! Where one line on logarithmic axes runs below another.

use std::fmt;

use plot::Point;
use plot::number::{significant, whole};

/// The sizes at which theirs is below ours, of those that were measured.
pub struct Below {
    /// Whether it is at the first size.
    from_the_start: bool,
    /// Where the lines cross.
    pub crossings: Vec<Point>,
    /// The largest size that was measured.
    last: f64,
}

/// Both lines at a size.
struct Pair {
    size: f64,
    ours: f64,
    theirs: f64,
}

impl Below {
    /// Between two sizes that both have, the lines are straight.
    pub fn new(ours: &[Point], theirs: &[Point]) -> Self {
        let pair = |&(size, ours): &Point| {
            let &(_, theirs) = theirs.iter().find(|(other, _)| *other == size)?;
            Some(Pair { size, ours, theirs })
        };
        let pairs: Vec<Pair> = ours.iter().filter_map(pair).collect();
        let mut crossings: Vec<Point> = Vec::new();
        for (before, after) in pairs.iter().zip(pairs.iter().skip(1)) {
            if before.is_below() == after.is_below() {
                continue;
            }
            let crossing = before.crossing(after);
            match crossings.last() {
                // Above and at once below again, the lines only touch.
                Some((end, _)) if after.is_below() && crossing.0 < 1.1 * end => {
                    crossings.pop();
                }
                _ => crossings.push(crossing),
            }
        }
        let from_the_start = pairs.first().is_some_and(Pair::is_below);
        let last = pairs.last().map_or(0.0, |pair| pair.size);
        Self { from_the_start, crossings, last }
    }
}

/// As in `from about 1,500 units on`, or `never, up to 4,096 units`.
impl fmt::Display for Below {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about =
            |(size, _): &Point| Some(format!("about {}", significant(*size, 2)));
        let mut ends: Vec<Option<String>> =
            self.crossings.iter().map(about).collect();
        if self.from_the_start {
            ends.insert(0, None);
        }
        if ends.is_empty() {
            return write!(f, "never, up to {} units", whole(self.last));
        }
        let spans = ends.chunks(2).map(|span| match span {
            [Some(from), Some(to)] => format!("from {from} to {to} units"),
            [_, Some(to)] => format!("up to {to} units"),
            [Some(from), ..] => format!("from {from} units on"),
            _ => "at all sizes".to_owned(),
        });
        write!(f, "{}", spans.collect::<Vec<_>>().join(", and "))
    }
}

impl Pair {
    fn is_below(&self) -> bool {
        self.theirs < self.ours
    }

    /// Where the lines from here to there cross.
    fn crossing(&self, there: &Self) -> Point {
        let gap = |pair: &Self| libm::log(pair.theirs / pair.ours);
        let part = gap(self) / (gap(self) - gap(there));
        let between = |from: f64, to: f64| from * libm::pow(to / from, part);
        (between(self.size, there.size), between(self.ours, there.ours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [f64; 4] = [10.0, 100.0, 1_000.0, 10_000.0];

    /// Ours is 1 everywhere.
    fn below(theirs: [f64; 4]) -> Below {
        let ours = SIZES.map(|size| (size, 1.0));
        let theirs: Vec<Point> = SIZES.into_iter().zip(theirs).collect();
        Below::new(&ours, &theirs)
    }

    #[test]
    fn the_crossing_lies_between_two_sizes() {
        let ours = [(1.0, 1.0), (100.0, 10_000.0)];
        let theirs = [(1.0, 100.0), (100.0, 100.0)];
        let crossings = Below::new(&ours, &theirs).crossings;
        let [(size, time)] = crossings[..] else {
            panic!("one crossing, not {crossings:?}");
        };
        assert!((size - 10.0).abs() < 1e-9 && (time - 100.0).abs() < 1e-9);
    }

    #[test]
    fn the_words_say_where_theirs_is_below() {
        for (theirs, expected, crossings) in [
            ([2.0, 2.0, 2.0, 2.0], "never, up to 10,000 units", 0),
            // The same time is not less.
            ([2.0, 2.0, 2.0, 1.0], "never, up to 10,000 units", 0),
            ([0.5, 0.5, 0.5, 0.5], "at all sizes", 0),
            ([2.0, 2.0, 0.5, 0.5], "from about 320 units on", 1),
            ([0.5, 2.0, 2.0, 2.0], "up to about 32 units", 1),
            ([2.0, 0.5, 2.0, 2.0], "from about 32 to about 320 units", 2),
            (
                [2.0, 0.5, 2.0, 0.5],
                "from about 32 to about 320 units, and from about 3,200 units on",
                3,
            ),
            // They touch at the third size.
            ([2.0, 0.5, 1.001, 0.5], "from about 32 units on", 1),
        ] {
            let below = below(theirs);
            assert_eq!(below.to_string(), expected);
            assert_eq!(below.crossings.len(), crossings, "{expected}");
        }
    }

    #[test]
    fn sizes_that_only_one_has_do_not_count() {
        let ours = SIZES.map(|size| (size, 1.0));
        let theirs = [(10.0, 2.0), (1_000.0, 2.0)];
        let below = Below::new(&ours, &theirs);
        assert_eq!(below.to_string(), "never, up to 1,000 units");
    }
}
