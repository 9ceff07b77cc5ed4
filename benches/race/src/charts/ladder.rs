//! One training step, written over and over, and how much faster each idea makes
//! it.

use std::error::Error;
use std::fmt::Write;

use crate::measurements::{Measurements, Precision, Row, Workload};
use no_magic::fast::floor::flops;

use super::contender;
use super::measured;
use super::rows::{self, Mark, Row as Bar, Rows};
use plot::number::significant;
use plot::{Axis, PlotError};

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
    /// One example at a time.
    pub fn lesson(race: &'a Measurements) -> Result<Self, String> {
        let workload = Workload::new(&[36, 16, 3], 1);
        let rungs = contender::rungs();
        Self::new(
            race,
            &workload,
            rungs.map(|(short, name)| (short, Precision::Float64, name)),
        )
    }

    /// In batches.
    pub fn batches(
        race: &'a Measurements,
        workload: &Workload,
    ) -> Result<Self, String> {
        let rungs = [
            (contender::PART_TWO, Precision::Float64, "Part II, as printed"),
            (contender::OURS, Precision::Float64, "memory reused, updates fused"),
            (contender::OURS, Precision::Float32, "half the bits"),
            (
                contender::FMA,
                Precision::Float64,
                "all the bits again, sizes in the type, AVX2 and FMA",
            ),
        ];
        Self::new(race, workload, rungs.into_iter())
    }

    fn new(
        race: &'a Measurements,
        workload: &Workload,
        rungs: impl Iterator<Item = (&'static str, Precision, &'static str)>,
    ) -> Result<Self, String> {
        let measured = measured::of(race, workload)?;
        let rungs = rungs
            .filter_map(|(short, precision, name)| {
                let row = measured.row(short, precision)?;
                let time = row.median();
                Some(Rung { row, name, time })
            })
            .collect();
        Ok(Self { workload: &measured.workload, rungs })
    }

    /// As bars, as long as a step takes.
    pub fn draw(&self) -> Result<String, PlotError> {
        let longest = self.rungs.iter().map(|rung| rung.time).fold(0.0, f64::max);
        let above = [None].into_iter().chain(self.rungs.iter().map(Some));
        let rows =
            self.rungs.iter().zip(above).map(|(rung, above)| rung.bar(above));
        let svg = rows::draw(&[Rows {
            title: None,
            axis: Axis::linear("", 0.0..longest),
            rows: rows.collect(),
        }])?;
        let caption = "The time of a training step on each rung of the ladder, one \
                       example at a time, and how many times as fast as the rung \
                       above it is.";
        Ok(plot::chart(&svg, &self.words(), caption))
    }

    /// How much faster than NumPy and than the first rung the lesson's network has
    /// become.
    ///
    /// # Errors
    ///
    /// If one of them was not measured.
    pub fn sentence(race: &Measurements) -> Result<String, String> {
        let time = lesson_times(race)?;
        let ours = time(contender::OURS)?;
        Ok(format!(
            "**{} times faster than NumPy, {} times faster than Part I, and not \
             one bit has changed.**\n",
            significant(time("numpy")? / ours, 2),
            significant(time(contender::PART_ONE)? / ours, 2),
        ))
    }

    /// What we had hoped for on the upper rungs, in multiples of NumPy's time, and
    /// what was measured.
    ///
    /// # Errors
    ///
    /// If one of them was not measured.
    pub fn goals(race: &Measurements) -> Result<String, String> {
        let time = lesson_times(race)?;
        let numpy = time("numpy")?;
        let sized = significant(numpy / time("sized")?, 2);
        // Other kinds of processors have no AVX2.
        let Ok(avx2) = time("avx2") else {
            return Ok(format!(
                "Our goal was 90 times NumPy with the sizes in the type. This run \
                 comes to {sized}.\n"
            ));
        };
        Ok(format!(
            "Our goals were 90 times NumPy with the sizes in the type, and 130 \
             times with AVX2. This run comes to {sized} and {}.\n",
            significant(numpy / avx2, 3),
        ))
    }

    /// How much faster than NumPy and PyTorch the code of Part I is, as it stands.
    ///
    /// # Errors
    ///
    /// If one of them was not measured.
    pub fn answer(race: &Measurements) -> Result<String, String> {
        let time = lesson_times(race)?;
        let part_one = time(contender::PART_ONE)?;
        Ok(format!(
            "So here's the answer: the code of Part I, as it's printed, is {} \
             times faster than the lesson's NumPy, and {} times faster than \
             PyTorch.\n",
            significant(time("numpy")? / part_one, 2),
            significant(time("pytorch")? / part_one, 2),
        ))
    }

    fn words(&self) -> String {
        let times: Vec<String> = self
            .rungs
            .iter()
            .map(|Rung { name, time, .. }| {
                format!("{name}, {}", significant(*time, 2))
            })
            .collect();
        format!(
            "A bar for each rung of the ladder. Microseconds a step: {}.",
            times.join("; ")
        )
    }

    /// The same in numbers, as a table of the page.
    pub fn table(&self) -> Result<String, Box<dyn Error>> {
        let mut table = "| | µs a step | × the rung before | × the first | \
                         Gflop/s |\n|---|---:|---:|---:|---:|\n"
            .to_owned();
        let flops = self.workload.batch * flops(&self.workload.sizes);
        let flops = flops as f64;
        let mut before = None;
        for Rung { name, time, .. } in &self.rungs {
            let faster = before
                .map_or_else(String::new, |before| significant(before / time, 3));
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

/// A contender's median on the lesson's workload, in microseconds.
fn lesson_times(
    race: &Measurements,
) -> Result<impl Fn(&str) -> Result<f64, String>, String> {
    let measured = measured::of(race, &Workload::new(&[36, 16, 3], 1))?;
    Ok(|contender: &str| {
        let row = measured.row(contender, Precision::Float64);
        let row = row.ok_or_else(|| format!("{contender} was not measured"))?;
        Ok(row.median())
    })
}

impl Rung<'_> {
    fn bar(&self, above: Option<&Self>) -> Bar<'_> {
        let mut words = format!("{} µs", significant(self.time, 2));
        if let Some(above) = above {
            words += &format!(" · {}×", significant(above.time / self.time, 2));
        }
        Bar {
            name: self.name,
            words,
            mark: Mark::Bar(self.time),
            ours: self.row.contender == contender::OURS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture::{measured, measurements, row};

    #[test]
    fn each_rung_is_held_against_the_one_before_and_the_first() {
        let rows = vec![
            row("sized", &[0.25]),
            row("ours", &[0.5]),
            row("by_hand", &[2.0]),
        ];
        let race = measurements(vec![measured(&[36, 16, 3], 1, rows)]);
        let table = Ladder::lesson(&race).unwrap().table().unwrap();
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| Part I, line by line | 2.00 |  | 1.00 | 1.30 |",
                "| no work that isn't needed | 0.500 | 4.00 | 4.00 | 5.18 |",
                "| sizes in the type | 0.250 | 2.00 | 8.00 | 10.4 |",
            ]
        );
    }
}
