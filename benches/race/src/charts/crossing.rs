//! Where one line on logarithmic axes runs below another.

use std::fmt;

use plot::Point;
use plot::number::{significant, whole};

/// The sizes at which theirs is below ours, of those that were measured.
pub struct Below {
    /// From where to where.
    spans: Vec<Span>,
    /// The largest size that was measured.
    last: f64,
}

/// From one crossing to the next; where there is none, from the first size, or to
/// the last.
#[derive(Debug, PartialEq)]
struct Span {
    from: Option<Point>,
    to: Option<Point>,
}

impl Below {
    /// Between two sizes, both lines are straight on logarithmic axes.
    pub fn new(ours: &[Point], theirs: &[Point]) -> Self {
        let pairs = pairs(ours, theirs);
        let mut spans: Vec<Span> = Vec::new();
        if pairs.first().is_some_and(Pair::is_below) {
            spans.push(Span::after(None));
        }
        for pair in pairs.windows(2) {
            let [before, after] = pair else { continue };
            match (before.is_below(), after.is_below()) {
                (false, true) => {
                    spans.push(Span::after(Some(before.crossing(after))));
                }
                (true, false) => {
                    let open = spans.last_mut().expect("it is below");
                    open.to = Some(before.crossing(after));
                }
                _ => (),
            }
        }
        spans.dedup_by(|next, span| span.swallows(next));
        let last = pairs.last().map_or(0.0, |pair| pair.size);
        Self { spans, last }
    }

    /// Where the lines cross.
    pub fn crossings(&self) -> impl Iterator<Item = Point> {
        self.spans.iter().flat_map(|span| [span.from, span.to]).flatten()
    }
}

/// As in `from about 1,500 units on`, or `never, up to 4,096 units`.
impl fmt::Display for Below {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.spans.is_empty() {
            return write!(f, "never, up to {} units", whole(self.last));
        }
        let spans: Vec<String> = self.spans.iter().map(Span::to_string).collect();
        write!(f, "{}", spans.join(", and "))
    }
}

impl Span {
    const fn after(from: Option<Point>) -> Self {
        Self { from, to: None }
    }

    /// Goes on to the end of the next, if it begins where this one ends: there the
    /// lines only touch.
    fn swallows(&mut self, next: &Self) -> bool {
        let (Some((end, _)), Some((start, _))) = (self.to, next.from) else {
            return false;
        };
        let touches = start < 1.1 * end;
        if touches {
            self.to = next.to;
        }
        touches
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = |(size, _)| format!("about {}", significant(size, 2));
        match (self.from.map(about), self.to.map(about)) {
            (None, None) => write!(f, "at all sizes"),
            (Some(from), None) => write!(f, "from {from} units on"),
            (None, Some(to)) => write!(f, "up to {to} units"),
            (Some(from), Some(to)) => write!(f, "from {from} to {to} units"),
        }
    }
}

/// Both lines at a size.
struct Pair {
    size: f64,
    ours: f64,
    theirs: f64,
}

/// The sizes at which both were measured.
fn pairs(ours: &[Point], theirs: &[Point]) -> Vec<Pair> {
    let at = |size| theirs.iter().find(|(other, _)| *other == size);
    ours.iter()
        .filter_map(|&(size, ours)| {
            let &(_, theirs) = at(size)?;
            Some(Pair { size, ours, theirs })
        })
        .collect()
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
        let crossings: Vec<Point> =
            Below::new(&ours, &theirs).crossings().collect();
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
            assert_eq!(below.crossings().count(), crossings, "{expected}");
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
