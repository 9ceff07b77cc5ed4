//! How long a training step takes: ours, and in other languages and frameworks.

use std::error::Error;
use std::fmt::Write;

use crate::measurements::{Measured, Measurements, Precision, Row, Workload};
use plot::Axis;
use plot::number::significant;

use super::contender::{self, OURS};
use super::measured;
use super::rows::{self, Mark, Row as Dots, Rows};

/// The contenders that the chart's description names, for readers who can't see
/// the chart. The tables have all of them.
const DESCRIBED: [&str; 3] = ["numpy", "pytorch-one", "javascript-tuned"];

/// The lesson's workload, batches of 32, and a network of real size.
pub fn workloads() -> [Workload; 3] {
    [
        Workload::new(&[36, 16, 3], 1),
        Workload::new(&[36, 16, 3], 32),
        Workload::new(&[784, 128, 64, 10], 64),
    ]
}

/// The numbers of a workload, as a table of the page.
pub fn table(
    race: &Measurements,
    workload: &Workload,
    precision: Precision,
) -> Result<String, Box<dyn Error>> {
    let ranking = Ranking::new(measured::of(race, workload)?, precision)?;
    let mut table = "| | µs a step | fastest to slowest round | × ours \
                     |\n|---|---:|---:|---:|\n"
        .to_owned();
    for row in &ranking.rows {
        let mut name = contender::name(&row.contender)?.to_owned();
        if row.contender == OURS {
            name = format!("**{name}**");
        }
        writeln!(
            table,
            "| {name} | {} | {} to {} | {} |",
            significant(row.median(), 3),
            significant(row.fastest(), 3),
            significant(row.slowest(), 3),
            significant(row.median() / ranking.ours, 3),
        )?;
    }
    Ok(table)
}

/// The same as a chart, in 64 bits, a panel for each workload.
pub fn draw(race: &Measurements) -> Result<String, Box<dyn Error>> {
    let rankings = workloads()
        .iter()
        .map(|workload| {
            Ranking::new(measured::of(race, workload)?, Precision::Float64)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let words: Vec<String> =
        rankings.iter().map(Ranking::words).collect::<Result<_, _>>()?;
    let panels: Vec<Rows<'_>> =
        rankings.iter().map(Ranking::rows).collect::<Result<_, _>>()?;
    let alternative =
        format!("How long a training step takes, in 64 bits. {}", words.join(" "));
    let caption = "The time of a training step in 64 bits, on axes where each line \
                   is ten times the one before: a dot at the median of the rounds, \
                   a stroke from the fastest to the slowest. Beside the time: how \
                   many times ours it is.";
    Ok(plot::chart(&rows::draw(&panels)?, &alternative, caption))
}

/// All contenders of a workload, the fastest first. The rungs of the ladder have a
/// figure of their own.
struct Ranking<'a> {
    workload: &'a Workload,
    rows: Vec<&'a Row>,
    /// Our median.
    ours: f64,
}

impl<'a> Ranking<'a> {
    fn new(measured: &'a Measured, precision: Precision) -> Result<Self, String> {
        let ours = measured.row(OURS, precision).ok_or_else(|| {
            format!("{}: ours was not measured", measured.workload)
        })?;
        let others = measured
            .rows
            .iter()
            .filter(|row| row.contender != OURS && row.precision == precision)
            .filter(|row| !contender::is_rung(&row.contender));
        let mut rows: Vec<&Row> = others.chain([ours]).collect();
        rows.sort_by(|a, b| a.median().total_cmp(&b.median()));
        Ok(Self { workload: &measured.workload, rows, ours: ours.median() })
    }

    /// What it comes to, for those who can't see it.
    fn words(&self) -> Result<String, String> {
        let others = self
            .rows
            .iter()
            .filter(|row| DESCRIBED.contains(&row.contender.as_str()))
            .map(|row| {
                Ok(format!(
                    "{} {} times that",
                    contender::name(&row.contender)?,
                    significant(row.median() / self.ours, 2)
                ))
            })
            .collect::<Result<Vec<_>, String>>()?;
        Ok(format!(
            "{}: ours takes {} microseconds; {}.",
            self.workload,
            significant(self.ours, 2),
            others.join("; ")
        ))
    }

    fn rows(&self) -> Result<Rows<'a>, String> {
        let ends = self.rows.iter().flat_map(|row| [row.fastest(), row.slowest()]);
        let rows = self.rows.iter().map(|row| self.dots(row));
        Ok(Rows {
            title: Some(self.workload.to_string()),
            axis: Axis::powers_of_ten("µs a step", ends),
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    fn dots(&self, row: &Row) -> Result<Dots<'a>, String> {
        let at = row.median();
        let ours = row.contender == OURS;
        let mut words = format!("{} µs", significant(at, 2));
        if !ours {
            words += &format!(" · {}×", significant(at / self.ours, 2));
        }
        let (least, most) = (row.fastest(), row.slowest());
        let mark = Mark::Dot { least, at, most };
        Ok(Dots { name: contender::name(&row.contender)?, words, mark, ours })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture::{measured, measurements, row};

    #[test]
    fn the_table_has_the_fastest_first_and_no_rungs() {
        let float32 = |row: Row| Row { precision: Precision::Float32, ..row };
        let rows = vec![
            row("numpy", &[30.0, 10.0, 20.0]),
            row("ours", &[0.5]),
            row("avx2", &[0.25]),
            float32(row("numpy", &[1.0])),
            float32(row("ours", &[0.25])),
        ];
        let race = measurements(vec![measured(&[36, 16, 3], 1, rows)]);
        let workload = Workload::new(&[36, 16, 3], 1);
        let rows = |precision| {
            let table = table(&race, &workload, precision).unwrap();
            table.lines().skip(2).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            rows(Precision::Float64),
            [
                "| **ours** | 0.500 | 0.500 to 0.500 | 1.00 |",
                "| NumPy, as the lesson writes it | 20.0 | 10.0 to 30.0 | 40.0 |",
            ]
        );
        assert_eq!(
            rows(Precision::Float32),
            [
                "| **ours** | 0.250 | 0.250 to 0.250 | 1.00 |",
                "| NumPy, as the lesson writes it | 1.00 | 1.00 to 1.00 | 4.00 |",
            ]
        );
    }
}
