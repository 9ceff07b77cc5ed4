//! What was measured, and the sentence that says where.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use crate::MEASURED;
use crate::measurements::{Measured, Measurements, Workload};

/// How readers know what stands in the measurements under the name of a package, in
/// the order in which it is said.
const NAMES: [(&str, &str); 11] = [
    ("Rust", "Rust"),
    ("Python", "Python"),
    ("NumPy", "NumPy"),
    ("PyTorch", "PyTorch"),
    ("Node", "Node"),
    ("V8", "V8"),
    ("candle-core", "candle"),
    ("burn", "Burn"),
    ("ndarray", "ndarray"),
    ("matrixmultiply", "matrixmultiply"),
    ("no-magic", "no-magic"),
];

/// Reads a file that the program `race` wrote.
///
/// # Errors
///
/// If it is missing, or holds something else.
pub fn read(file: &str) -> Result<Measurements, Box<dyn Error>> {
    let text = fs::read_to_string(Path::new(MEASURED).join(file))
        .map_err(|error| format!("book/measured/{file}: {error}"))?;
    Ok(Measurements::from_json(&text)?)
}

/// What was measured of a workload.
///
/// # Errors
///
/// If nothing was.
pub fn of<'a>(
    measurements: &'a Measurements,
    workload: &Workload,
) -> Result<&'a Measured, String> {
    measurements.of(workload).ok_or_else(|| format!("{workload} was not measured"))
}

/// When and where, with what, and how often.
pub fn sentence(measurements: &Measurements) -> String {
    let machine = &measurements.machine;
    let cores = if machine.cores == 1 { "core" } else { "cores" };
    format!(
        "Measured on {} on {} {cores} ({}) under {}, with {}; the median of {} \
         rounds.\n",
        measurements.date,
        machine.cores,
        machine.processor,
        machine.system,
        versions(&measurements.versions),
        rounds(measurements),
    )
}

/// As in `Rust 1.95.0, Python 3.11.7 and ndarray 0.17.2`, without what was built
/// for which device.
fn versions(versions: &BTreeMap<String, String>) -> String {
    let known = NAMES
        .iter()
        .filter_map(|(short, name)| Some((*name, versions.get(*short)?)));
    let others = versions
        .iter()
        .filter(|(name, _)| NAMES.iter().all(|(short, _)| short != name))
        .map(|(name, version)| (name.as_str(), version));
    let all: Vec<String> = known
        .chain(others)
        .map(|(name, version)| match version.split_once('+') {
            Some((version, _)) => format!("{name} {version}"),
            None => format!("{name} {version}"),
        })
        .collect();
    and(&all)
}

/// As in `a, b and c`.
pub fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [words @ .., last] => format!("{} and {last}", words.join(", ")),
    }
}

/// As in `9`, or where some had more than others, `5 to 9`.
fn rounds(measurements: &Measurements) -> String {
    let rows = measurements.workloads.iter().flat_map(|one| &one.rows);
    let rounds = rows.map(|row| row.microseconds.len());
    let (least, most) = (rounds.clone().min(), rounds.max());
    let (least, most) = (least.unwrap_or(0), most.unwrap_or(0));
    if least == most {
        return least.to_string();
    }
    format!("{least} to {most}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::fixture::{measured, measurements, row};

    #[test]
    fn the_sentence_names_machine_and_versions() {
        let rows = vec![row("ours", &[1.0, 2.0]), row("numpy", &[1.0])];
        let mut measurements = measurements(vec![measured(&[2, 1], 1, rows)]);
        measurements.versions =
            [("Zig", "7"), ("candle-core", "0.1+cpu"), ("Rust", "1.95.0")]
                .map(|(name, version)| (name.to_owned(), version.to_owned()))
                .into();
        assert_eq!(
            sentence(&measurements),
            "Measured on 2026-01-31 on 1 core (Abacus) under Wood 2, with Rust \
             1.95.0, candle 0.1 and Zig 7; the median of 1 to 2 rounds.\n"
        );
    }

    #[test]
    fn what_was_not_measured_is_named() {
        let nothing = measurements(Vec::new());
        let missing = of(&nothing, &Workload::new(&[36, 16, 3], 32)).unwrap_err();
        assert_eq!(missing, "36-16-3, batches of 32 was not measured");
    }
}
