//! Where others overtake us: the time of a step over the size of the hidden layer.

use std::error::Error;
use std::fmt::{Display, Write};

use crate::measurements::Measurements;
use plot::{Line, Panel, panel};

use super::contender::LINES;
use super::crossing::Below;
use super::sizes::Sizes;

/// The time of each contender's step, in one family of networks.
pub struct Contest<'a> {
    family: Sizes<'a>,
    /// Ours first.
    lines: Vec<Line>,
}

/// All families of networks that were measured.
pub fn contests(scaling: &Measurements) -> Result<Vec<Contest<'_>>, String> {
    families(scaling).into_iter().map(Contest::new).collect()
}

/// Networks with a hidden layer of any size.
pub fn families(scaling: &Measurements) -> [Sizes<'_>; 3] {
    [((36, 3), 1), ((36, 3), 32), ((784, 10), 64)]
        .map(|(ends, batch)| Sizes::hidden(scaling, ends, batch))
}

impl<'a> Contest<'a> {
    fn new(family: Sizes<'a>) -> Result<Self, String> {
        let time = |contender| family.line(contender, |_, row| Some(row.median()));
        let lines = LINES.into_iter().map(time).collect::<Result<_, _>>()?;
        Ok(Self { family, lines })
    }

    /// Where each of the others is below ours.
    fn below(&self) -> impl Iterator<Item = (&str, Below)> {
        let (ours, others) = self.lines.split_first().expect("ours is the first");
        others.iter().map(|theirs| {
            (theirs.name.as_str(), Below::new(&ours.points, &theirs.points))
        })
    }

    fn panel(&self) -> Panel {
        let rings = self.below().flat_map(|(_, below)| below.crossings).collect();
        Panel { rings, ..self.family.panel("µs a step", self.lines.clone()) }
    }

    fn words(&self) -> String {
        let below: Vec<String> =
            self.below().map(|(name, below)| format!("{name}: {below}")).collect();
        format!("{}: {}.", self.family.name, below.join("; "))
    }
}

/// The times as lines, and a ring where one crosses ours.
pub fn draw(contests: &[Contest<'_>]) -> Result<String, Box<dyn Error>> {
    let panels: Vec<Panel> = contests.iter().map(Contest::panel).collect();
    let words: Vec<String> = contests.iter().map(Contest::words).collect();
    let alternative = format!(
        "The time of a training step over the size H of the hidden layer. Where \
         the others take less time than ours: {}",
        words.join(" ")
    );
    let mut caption = "The time of a training step over the size of the hidden \
                       layer, both on logarithmic axes."
        .to_owned();
    if panels.iter().any(|panel| !panel.rings.is_empty()) {
        caption += " A ring marks where a line crosses ours.";
    }
    Ok(plot::chart(&panel::draw(&panels)?, &alternative, &caption))
}

/// The same in words, as a table of the page.
pub fn table(contests: &[Contest<'_>]) -> Result<String, Box<dyn Error>> {
    let columns: Vec<Vec<(&str, Below)>> =
        contests.iter().map(|contest| contest.below().collect()).collect();
    // Hyphens at which no line breaks.
    let names = contests.iter().map(|one| one.family.name.replace('-', "\u{2011}"));
    let mut table = format!("| faster than ours |{}\n", cells(names));
    writeln!(table, "|---|{}", "---|".repeat(contests.len()))?;
    for (i, (name, _)) in columns[0].iter().enumerate() {
        writeln!(
            table,
            "| {name} |{}",
            cells(columns.iter().map(|column| &column[i].1))
        )?;
    }
    Ok(table)
}

fn cells(words: impl Iterator<Item = impl Display>) -> String {
    words.map(|words| format!(" {words} |")).collect()
}
