//! How long a training step takes: ours, and in other languages and frameworks.

use std::error::Error;
use std::fmt::Write;

use crate::measurements::{Measured, Measurements, Precision, Row, Workload};
use svg::node::element::Circle;

use super::contender::{self, OURS};
use super::measured;
use super::number::significant;
use figures::canvas::{Canvas, line, text};

const WIDTH: f64 = 400.0;
const MARGIN: f64 = 10.0;
const TITLE: f64 = 44.0;
const ROW: f64 = 32.0;
const AXIS: f64 = 34.0;

/// Those whose numbers are told to who can't see the chart. The tables have them
/// all.
const TOLD: [&str; 3] = ["numpy", "pytorch-one", "javascript-tuned"];

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
    let height = rankings.iter().map(Ranking::height).sum();
    let mut canvas = Canvas::new(
        (WIDTH, height),
        &format!("How long a training step takes, in 64 bits. {}", words.join(" ")),
        "The time of a training step in 64 bits, on axes where each line is ten \
         times the one before: a dot at the median of the rounds, a stroke from \
         the fastest to the slowest. Beside the time: how many times ours it is.",
    );
    let mut top = 0.0;
    for ranking in &rankings {
        ranking.draw(&mut canvas, top)?;
        top += ranking.height();
    }
    Ok(canvas.finish())
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

    fn height(&self) -> f64 {
        TITLE + ROW * self.rows.len() as f64 + AXIS
    }

    /// What it comes to, for those who can't see it.
    fn words(&self) -> Result<String, String> {
        let others = self
            .rows
            .iter()
            .filter(|row| TOLD.contains(&row.contender.as_str()))
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

    fn draw(&self, canvas: &mut Canvas, top: f64) -> Result<(), String> {
        let title = self.workload.to_string();
        canvas.add(text((MARGIN, top + 20.0), "start", "label strong", &title));
        let scale = Scale::around(&self.rows);
        let rows = top + TITLE;
        let bottom = rows + ROW * self.rows.len() as f64;
        scale.draw(canvas, rows, bottom);
        for (row, y) in
            self.rows.iter().zip((0..).map(|i| rows + ROW * f64::from(i)))
        {
            self.draw_row(canvas, row, y, &scale)?;
        }
        Ok(())
    }

    /// The words above, the dot and its stroke below.
    fn draw_row(
        &self,
        canvas: &mut Canvas,
        row: &Row,
        y: f64,
        scale: &Scale,
    ) -> Result<(), String> {
        let ours = row.contender == OURS;
        let (class, color) =
            if ours { ("label strong forward", "forward") } else { ("label", "") };
        let median = row.median();
        let name = contender::name(&row.contender)?;
        let mut time = format!("{} µs", significant(median, 2));
        if !ours {
            write!(time, " · {}×", significant(median / self.ours, 2))
                .expect("a string has room");
        }
        canvas.add(text((MARGIN, y + 8.0), "start", class, name));
        canvas.add(text((WIDTH - MARGIN, y + 8.0), "end", class, &time));
        let y = y + 21.0;
        canvas.add(line((MARGIN, y), (scale.x(median), y), "grid"));
        canvas.add(line(
            (scale.x(row.fastest()), y),
            (scale.x(row.slowest()), y),
            &format!("stroke {color}"),
        ));
        canvas.add(
            Circle::new()
                .set("cx", scale.x(median))
                .set("cy", y)
                .set("r", if ours { 6.0 } else { 4.5 })
                .set("class", format!("dot {color}")),
        );
        Ok(())
    }
}

/// A logarithmic axis from one power of ten to another.
struct Scale {
    from: i32,
    to: i32,
}

impl Scale {
    #[expect(clippy::cast_possible_truncation, reason = "powers of ten are small")]
    fn around(rows: &[&Row]) -> Self {
        let least = rows.iter().map(|row| row.fastest());
        let most = rows.iter().map(|row| row.slowest());
        Self {
            from: libm::log10(least.fold(f64::INFINITY, f64::min)).floor() as i32,
            to: libm::log10(most.fold(0.0, f64::max)).ceil() as i32,
        }
    }

    fn x(&self, microseconds: f64) -> f64 {
        let place = libm::log10(microseconds) - f64::from(self.from);
        let room = WIDTH - 2.0 * MARGIN;
        MARGIN + room * place / f64::from(self.to - self.from)
    }

    /// A line and a label for each power of ten.
    fn draw(&self, canvas: &mut Canvas, top: f64, bottom: f64) {
        for power in self.from..=self.to {
            let microseconds = libm::exp10(f64::from(power));
            let x = self.x(microseconds);
            canvas.add(line((x, top), (x, bottom), "grid"));
            let anchor = match power {
                power if power == self.from => "start",
                power if power == self.to => "end",
                _ => "middle",
            };
            let unit = if power == self.to { " µs" } else { "" };
            let label = format!("{}{unit}", significant(microseconds, 1));
            let place = (x, bottom + 12.0);
            canvas.add(text(place, anchor, "label small faint", &label));
        }
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
