//! Measures how long a training step takes: ours, and in other languages and
//! frameworks.
//!
//! Each contender is a process of its own, which trains when it is asked to, and
//! times itself. They take turns, several times over, so that a machine that slows
//! down slows all of them down.

mod contender;
mod native;
mod peak;
mod question;
mod turns;
mod versions;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atomic_write_file::AtomicWriteFile;
use clap::{Parser, Subcommand};
use race::measurements::{Machine, Measurements};
use race::{MEASURED, charts, table};
use sysinfo::{CpuRefreshKind, RefreshKind, System};

use contender::default_python;
use turns::Races;

/// Measures the network of the book beside the same network elsewhere.
#[derive(Parser)]
#[command(name = "race")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Action>,
    /// How many times each contender gets its turn
    #[arg(long, default_value_t = 9, global = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// How long a turn takes at most, in seconds
    #[arg(long, global = true, default_value_t = 0.5)]
    seconds: f64,
    /// The Python that has NumPy and PyTorch [default: that of target/python]
    #[arg(long, global = true)]
    python: Option<PathBuf>,
    /// Only these contenders, besides ours
    #[arg(long, global = true, value_delimiter = ',')]
    only: Vec<String>,
    /// Let the C library keep freed memory; without, it gives large pieces back in
    /// each step
    #[arg(long, global = true)]
    keep_memory: bool,
    /// The file for the measurements, in place of the book's (which is written only
    /// when everyone took part)
    #[arg(long, global = true)]
    out: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Action {
    /// The lesson's workload, batches of 32, and a network of real size, in all
    /// languages and frameworks
    Race,
    /// How the time of a step grows with the hidden layer and with the batch
    Scaling,
    /// Draws the book's charts and tables from what was measured
    Charts,
    /// Writes the book's table of how far apart everyone's weights are after 1,000
    /// steps
    Differences,
    /// Trains when asked to, on standard input
    #[command(hide = true)]
    Contender {
        /// Who
        name: String,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (mut peaks, mut exponentials) = (Vec::new(), None);
    let (file, races) = match arguments.command.as_ref().unwrap_or(&Action::Race) {
        Action::Contender { name } => return native::serve(name),
        Action::Race => {
            peaks = peak::peaks();
            exponentials = Some(peak::exponentials());
            ("race.json", turns::race())
        }
        Action::Scaling => ("scaling.json", turns::scaling()),
        Action::Charts => return draw(),
        Action::Differences => {
            return write(
                Path::new(table::PATH),
                &table::to_markdown(&table::compute()),
            );
        }
    };
    let out = output(arguments, file)?;
    let mut versions = BTreeMap::new();
    let contest = Races {
        python: arguments.python.clone().unwrap_or_else(default_python),
        rounds: arguments.rounds.into(),
        seconds: arguments.seconds,
        only: arguments.only.clone(),
        keep_memory: arguments.keep_memory,
    };
    let workloads = contest.run(&races, &mut versions)?;
    let measurements = Measurements {
        date: jiff::Zoned::now().date().to_string(),
        machine: machine(),
        versions,
        peaks,
        exponentials,
        workloads,
    };
    let Some(mut out) = out else {
        println!(
            "\nThe book's file stays as it is: it takes everyone, with --release. \
             --out writes another."
        );
        return Ok(());
    };
    out.write_all(measurements.to_json()?.as_bytes())?;
    out.commit()?;
    Ok(())
}

fn draw() -> Result<(), Box<dyn Error>> {
    for (name, chart) in charts::all()? {
        write(&Path::new(charts::FOLDER).join(name), &chart)?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let mut out = AtomicWriteFile::open(path)?;
    out.write_all(text.as_bytes())?;
    out.commit()?;
    println!("{}", path.display());
    Ok(())
}

/// The file for the measurements, opened before minutes of work depend on it.
fn output(
    arguments: &Arguments,
    file: &str,
) -> Result<Option<AtomicWriteFile>, Box<dyn Error>> {
    let path = match &arguments.out {
        Some(path) => path.clone(),
        // Times without optimization are nobody's.
        None if arguments.only.is_empty() && !cfg!(debug_assertions) => {
            Path::new(MEASURED).join(file)
        }
        None => return Ok(None),
    };
    let out = AtomicWriteFile::open(&path)
        .map_err(|error| format!("{} can't be written: {error}", path.display()))?;
    Ok(Some(out))
}

fn machine() -> Machine {
    let system = System::new_with_specifics(
        RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()),
    );
    let processor = system.cpus().first().map_or("unknown", |cpu| cpu.brand());
    Machine {
        processor: processor.trim().to_owned(),
        cores: system.cpus().len(),
        system: System::long_os_version().unwrap_or_else(|| "unknown".to_owned()),
    }
}
