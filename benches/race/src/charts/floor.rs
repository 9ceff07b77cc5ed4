//! How far down the ladder could go: what the processor can do, and what the
//! fastest rung does.

use std::error::Error;
use std::fmt::Write;

use crate::measurements::{Measured, Measurements, Peak, Precision, Workload};
use no_magic::fast::floor::flops;

use super::contender;
use super::measured;
use plot::number::significant;

/// For each kind of register, the most that it does, and how long the step would
/// take at that.
pub fn table(race: &Measurements) -> Result<String, Box<dyn Error>> {
    let lesson = Workload::new(&[36, 16, 3], 1);
    let flops = flops(&lesson.sizes) as f64;
    let measured = measured::of(race, &lesson)?;
    let fastest = fastest(measured);

    let mut table = "| registers | numbers in one | Gflop/s | a step at that, µs \
                     | the fastest rung reaches |\n|---|---:|---:|---:|---:|\n"
        .to_owned();
    for Peak { instructions, gflops } in &race.peaks {
        let (name, lanes) = registers(instructions)?;
        let time = flops / gflops / 1e3;
        writeln!(
            table,
            "| {name} | {lanes} | {} | {} | {}% |",
            significant(*gflops, 3),
            significant(time, 2),
            significant(100.0 * time / fastest, 2),
        )?;
    }
    Ok(table)
}

/// What a step spends on exponentials and a logarithm, as a sentence.
///
/// # Errors
///
/// If that was not measured.
pub fn exponentials(race: &Measurements) -> Result<String, Box<dyn Error>> {
    let measured = measured::of(race, &Workload::new(&[36, 16, 3], 1))?;
    let time = race.exponentials.ok_or("exponentials were not measured")?;
    Ok(format!(
        "The three exponentials and the logarithm alone take {} µs, which is {}% \
         of the fastest rung's step.\n",
        significant(time, 2),
        significant(100.0 * time / fastest(measured), 2),
    ))
}

/// The median of the fastest rung, in microseconds.
fn fastest(measured: &Measured) -> f64 {
    contender::rungs()
        .filter_map(|(short, _)| measured.row(short, Precision::Float64))
        .map(|row| row.median())
        .fold(f64::INFINITY, f64::min)
}

fn registers(instructions: &str) -> Result<(&'static str, usize), String> {
    match instructions {
        "sse2" => Ok(("SSE2", 2)),
        "avx2" => Ok(("AVX2, with fused multiply-add", 4)),
        "avx512" => Ok(("AVX-512, with fused multiply-add", 8)),
        other => Err(format!("there is no name for the instructions {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture::{measured, measurements, row};

    #[test]
    fn the_fastest_rung_is_held_against_the_peak() {
        let rows =
            vec![row("numpy", &[0.1]), row("ours", &[0.5]), row("avx2", &[0.2])];
        let mut race = measurements(vec![measured(&[36, 16, 3], 1, rows)]);
        race.peaks = vec![Peak { instructions: "sse2".to_owned(), gflops: 25.92 }];
        let table = table(&race).unwrap();
        assert_eq!(
            table.lines().last().unwrap(),
            "| SSE2 | 2 | 25.9 | 0.10 | 50% |"
        );
    }
}
