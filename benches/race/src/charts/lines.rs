//! Lines that grow with a size, on two logarithmic axes.

use plot::number::{significant, whole};
use plot::{Axis, Line, Panel, Point};

/// A quantity over a size. The axes hold all points, with a number wherever the
/// size is 4 times the one before.
pub fn panel(title: &str, size: &str, quantity: &str, lines: Vec<Line>) -> Panel {
    let points = lines.iter().flat_map(|line| &line.points);
    let quantities = points.clone().map(|point| point.1);
    let sizes = points.map(|point| point.0);
    let least = sizes.clone().fold(f64::INFINITY, f64::min);
    let x = Axis::logarithmic(size, least..sizes.fold(0.0, f64::max), 4.0);
    let y = Axis::powers_of_ten(quantity, quantities);
    Panel { title: title.to_owned(), x, y, lines, rings: Vec::new() }
}

/// Where the lines start and end, for those who can't see them.
pub fn words(panel: &Panel) -> String {
    let lines: Vec<String> = panel.lines.iter().map(ends).collect();
    let words = format!("{}.", lines.join("; "));
    if panel.title.is_empty() {
        return words;
    }
    format!("{}: {words}", panel.title)
}

fn ends(Line { name, points, .. }: &Line) -> String {
    let [first, .., last] = points[..] else {
        return format!("{name} {}", point(points[0]));
    };
    format!("{name} {}, {}", point(first), point(last))
}

fn point((size, quantity): Point) -> String {
    format!("{} at {}", significant(quantity, 2), whole(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_tell_where_a_line_starts_and_ends() {
        let words = |points: &[Point]| {
            let (name, color) = ("ours".to_owned(), plot::BLUE);
            let line = Line { name, color, points: points.to_vec() };
            words(&panel("36-H-3", "H", "µs", vec![line]))
        };
        let several = [(16.0, 0.396), (64.0, 7.0), (4_096.0, 1_234.0)];
        assert_eq!(words(&several), "36-H-3: ours 0.40 at 16, 1,200 at 4,096.");
        assert_eq!(words(&[(1.0, 2.0)]), "36-H-3: ours 2.0 at 1.");
    }
}
