//! Where others overtake us: the time of a step over the size of the hidden layer.

use std::error::Error;
use std::fmt::Write;

use crate::measurements::Measurements;
use plot::{Line, Panel, panel};

use super::contender::LINES;
use super::crossing::Below;
use super::lines;
use super::series::{self, Family};

/// The time of each contender's step, in one family of networks.
pub struct Contest {
    family: String,
    /// Ours first.
    lines: Vec<Line>,
}

/// All families of networks that were measured.
pub fn contests(scaling: &Measurements) -> Result<Vec<Contest>, String> {
    families(scaling).into_iter().map(Contest::new).collect()
}

/// Networks with a hidden layer of any size.
pub fn families(scaling: &Measurements) -> [Family<'_>; 3] {
    [(36, 3, 1), (36, 3, 32), (784, 10, 64)]
        .map(|(n_in, n_out, batch)| Family::new(scaling, n_in, n_out, batch))
}

impl Contest {
    fn new(family: Family<'_>) -> Result<Self, String> {
        let time = |contender| {
            series::line(&family.members, contender, |_, row| Some(row.median()))
        };
        let lines = LINES.into_iter().map(time).collect::<Result<_, _>>()?;
        let family = family.name;
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
        let lines = self.lines.clone();
        let crossings = self.below().map(|(_, below)| below);
        Panel {
            rings: crossings
                .flat_map(|below| below.crossings().collect::<Vec<_>>())
                .collect(),
            ..lines::panel(&self.family, "Hidden units H", "µs a step", lines)
        }
    }

    fn words(&self) -> String {
        let below: Vec<String> =
            self.below().map(|(name, below)| format!("{name}: {below}")).collect();
        format!("{}: {}.", self.family, below.join("; "))
    }
}

/// The times as lines, and a ring where one crosses ours.
pub fn draw(contests: &[Contest]) -> Result<String, Box<dyn Error>> {
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
pub fn table(contests: &[Contest]) -> Result<String, Box<dyn Error>> {
    let mut table = "| faster than ours |".to_owned();
    for contest in contests {
        // Hyphens at which no line breaks.
        write!(table, " {} |", contest.family.replace('-', "\u{2011}"))?;
    }
    table += "\n|---|";
    table += &"---|".repeat(contests.len());
    table += "\n";
    let columns: Vec<Vec<(&str, Below)>> =
        contests.iter().map(|contest| contest.below().collect()).collect();
    for (i, (name, _)) in columns[0].iter().enumerate() {
        write!(table, "| {name} |")?;
        for column in &columns {
            write!(table, " {} |", column[i].1)?;
        }
        table += "\n";
    }
    Ok(table)
}
