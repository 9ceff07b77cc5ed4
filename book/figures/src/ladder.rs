//! One training step, written over and over, and how much faster each idea makes it.

use std::error::Error;
use std::fmt::Write;

use measurements::{Measurements, Precision, Row, Workload};

use crate::canvas::{Canvas, rectangle, text};
use crate::contender;
use crate::measured;
use crate::number::significant;

const WIDTH: f64 = 400.0;
const MARGIN: f64 = 10.0;
const ROW: f64 = 46.0;

/// The rungs, in the order in which they are climbed.
pub struct Ladder<'a> {
    workload: &'a Workload,
    rungs: Vec<Rung<'a>>,
}

/// A way to write the step.
struct Rung<'a> {
    row: &'a Row,
    name: &'static str,
    /// In microseconds.
    time: f64,
}

impl<'a> Ladder<'a> {
    /// The rungs of the lesson's workload.
    pub fn new(race: &'a Measurements) -> Result<Self, String> {
        let measured = measured::of(race, &Workload::new(&[36, 16, 3], 1))?;
        let rungs = contender::rungs()
            .filter_map(|(short, name)| {
                let row = measured.row(short, Precision::Float64)?;
                let time = row.median();
                Some(Rung { row, name, time })
            })
            .collect();
        Ok(Self {
            workload: &measured.workload,
            rungs,
        })
    }

    /// As bars, as long as a step takes.
    pub fn draw(&self) -> String {
        let height = ROW * self.rungs.len() as f64;
        let mut canvas = Canvas::new(
            (WIDTH, height),
            &self.words(),
            "The time of a training step on each rung of the ladder, one example at a time, and how \
             many times as fast as the rung above it is.",
        );
        let longest = self.rungs.iter().map(|rung| rung.time).fold(0.0, f64::max);
        let room = (WIDTH - 2.0 * MARGIN) / longest;
        for (i, rung) in self.rungs.iter().enumerate() {
            let y = ROW * i as f64;
            let mut time = format!("{} µs", significant(rung.time, 2));
            if let Some(above) = i.checked_sub(1) {
                let faster = self.rungs[above].time / rung.time;
                time = format!("{time} · {}×", significant(faster, 2));
            }
            rung.draw(&mut canvas, y, room, &time);
        }
        canvas.finish()
    }

    fn words(&self) -> String {
        let times: Vec<String> = self
            .rungs
            .iter()
            .map(|Rung { name, time, .. }| format!("{name}, {}", significant(*time, 2)))
            .collect();
        format!(
            "A bar for each rung of the ladder. Microseconds a step: {}.",
            times.join("; ")
        )
    }

    /// The same in numbers, as a table of the page.
    pub fn table(&self) -> Result<String, Box<dyn Error>> {
        let mut table =
            "| | µs a step | × the rung before | × the first | Gflop/s |\n|---|---:|---:|---:|---:|\n"
                .to_owned();
        let flops = flops(self.workload) as f64;
        let mut before = None;
        for Rung { name, time, .. } in &self.rungs {
            let faster =
                before.map_or_else(String::new, |before| significant(before / time, 3));
            writeln!(
                table,
                "| {name} | {} | {faster} | {} | {} |",
                significant(*time, 3),
                significant(self.rungs[0].time / time, 3),
                significant(flops / time / 1e3, 3),
            )?;
            before = Some(time);
        }
        Ok(table)
    }
}

impl Rung<'_> {
    /// The words above, the bar below.
    fn draw(&self, canvas: &mut Canvas, y: f64, room: f64, time: &str) {
        let (words, bar) = if self.row.contender == contender::OURS {
            ("label strong forward", "fill")
        } else {
            ("label", "bar")
        };
        canvas.add(text((MARGIN, y + 11.0), "start", words, self.name));
        canvas.add(text((WIDTH - MARGIN, y + 11.0), "end", words, time));
        canvas.add(rectangle((MARGIN, y + 22.0), (self.time * room, 12.0), bar));
    }
}

/// The multiplications and additions of a step's matrices, if nothing is done in vain: 2 for each
/// weight in `W x`, in `Wᵀ dz` (but not in the first layer) and in `W += (-lr dz) xᵀ`.
pub fn flops(workload: &Workload) -> usize {
    let first = workload.sizes[0] * workload.sizes[1];
    workload.batch * (6 * workload.weights() - 2 * first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{measured, measurements, row};

    #[test]
    fn a_step_of_the_lesson_has_2592_operations() {
        assert_eq!(flops(&Workload::new(&[36, 16, 3], 1)), 2_592);
    }

    #[test]
    fn each_rung_is_held_against_the_one_before_and_the_first() {
        let rows = vec![
            row("sized", &[0.25]),
            row("ours", &[0.5]),
            row("literal", &[2.0]),
        ];
        let race = measurements(vec![measured(&[36, 16, 3], 1, rows)]);
        let table = Ladder::new(&race).unwrap().table().unwrap();
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| the lesson's NumPy, line by line | 2.00 |  | 1.00 | 1.30 |",
                "| ours: nothing computed in vain | 0.500 | 4.00 | 4.00 | 5.18 |",
                "| sizes in the type | 0.250 | 2.00 | 8.00 | 10.4 |",
            ]
        );
    }
}
