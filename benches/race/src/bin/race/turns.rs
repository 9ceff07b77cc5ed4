//! Who runs against whom, and for how long.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use no_magic::by_hand::NeuralNet;
use race::measurements::{Measured, Precision, Row, Workload};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tempfile::TempDir;

use crate::contender::*;
use crate::question::{self, Question};

/// The lesson's, for its 16 hidden units; the more there are, the smaller it must
/// be.
const LEARNING_RATE: f64 = 0.05;
const HIDDEN: f64 = 16.0;

/// Enough steps for a mistake in a gradient to show in the loss.
const CHECKED_STEPS: usize = 50;

/// The steps of the lesson: 600 epochs of 360 examples.
const MOST_STEPS: usize = 600 * 360;

/// A workload, and who takes part. The first is the one that the others' losses are
/// held to.
pub struct Race {
    workload: Workload,
    contenders: Vec<Contender>,
}

/// The lesson's workload, batches of 32, and a network of real size.
pub fn race() -> Vec<Race> {
    let everyone = [
        NUMPY,
        NUMPY_TUNED,
        PYTORCH,
        PYTORCH_ONE,
        PYTORCH_TUNED,
        JAVASCRIPT,
        JAVASCRIPT_TUNED,
        CANDLE,
        CANDLE_ONE,
        BURN,
        BURN_ONE,
    ];
    let in_float32 = [
        NUMPY,
        NUMPY_TUNED,
        PYTORCH,
        PYTORCH_ONE,
        PYTORCH_TUNED,
        CANDLE,
        CANDLE_ONE,
        BURN,
        BURN_ONE,
    ]
    .map(Contender::in_float32);
    vec![
        Race {
            workload: Workload::new(&[36, 16, 3], 1),
            contenders: [OURS].into_iter().chain(rungs()).chain(everyone).collect(),
        },
        Race {
            workload: Workload::new(&[36, 16, 3], 32),
            contenders: [OURS, BATCHED, OURS.in_float32()]
                .into_iter()
                .chain(fma())
                .chain(everyone)
                .collect(),
        },
        Race {
            workload: Workload::new(&[784, 128, 64, 10], 64),
            contenders: [OURS, BATCHED, OURS.in_float32()]
                .into_iter()
                .chain(everyone)
                .chain(in_float32)
                .collect(),
        },
    ]
}

/// The rungs that this processor can climb, besides ours.
fn rungs() -> impl Iterator<Item = Contender> {
    let network = NeuralNet::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(0));
    let rungs = ladder::rungs(&network.expect("three sizes"));
    let rungs = rungs.into_iter().map(|(name, _)| name);
    rungs.filter(|&name| name != "fast").map(Contender::rung)
}

/// The rung for batches that needs AVX2 and FMA, on a processor that has them.
fn fma() -> Option<Contender> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        return Some(Contender::rung("fma"));
    }
    None
}

/// Hidden layers of 16 to 4,096 units, and batches of 1 to 1,024.
pub fn scaling() -> Vec<Race> {
    let contenders = vec![OURS, NUMPY, PYTORCH_ONE, PYTORCH];
    let hidden = (4..=12).map(|power| 1 << power);
    let mut workloads: Vec<Workload> = Vec::new();
    for batch in [1, 32] {
        workloads.extend(
            hidden.clone().map(|hidden| Workload::new(&[36, hidden, 3], batch)),
        );
    }
    workloads.extend(hidden.map(|hidden| Workload::new(&[784, hidden, 10], 64)));
    for hidden in [16, 128] {
        let batches = (0..=10).map(|power| 1 << power);
        workloads
            .extend(batches.map(|batch| Workload::new(&[36, hidden, 3], batch)));
    }
    let mut distinct: Vec<Workload> = Vec::new();
    for workload in workloads {
        if !distinct.contains(&workload) {
            distinct.push(workload);
        }
    }
    distinct
        .into_iter()
        .map(|workload| Race { workload, contenders: contenders.clone() })
        .collect()
}

/// How races are run.
pub struct Races {
    /// The Python with NumPy and PyTorch.
    pub python: PathBuf,
    /// How many turns each contender has.
    pub rounds: usize,
    /// How long a turn takes at most.
    pub seconds: f64,
    /// Who takes part besides ours; nobody named is everyone.
    pub only: Vec<String>,
    /// Whether the C library keeps freed memory rather than giving it back
    /// to the system.
    pub keep_memory: bool,
}

impl Races {
    /// Runs them one after the other.
    ///
    /// # Errors
    ///
    /// If a contender is unknown, can't start, fails, or trains to another loss
    /// than ours.
    pub fn run(
        &self,
        races: &[Race],
        versions: &mut BTreeMap<String, String>,
    ) -> Result<Vec<Measured>, Box<dyn Error>> {
        self.check_names(races)?;
        let mut running: Vec<Running> = Vec::new();
        races
            .iter()
            .map(|race| {
                for &contender in race
                    .contenders
                    .iter()
                    .filter(|contender| self.wanted(contender))
                {
                    if !running.iter().any(|running| running.contender == contender)
                    {
                        running
                            .push(contender.start(&self.python, self.keep_memory)?);
                    }
                }
                for runner in &running {
                    versions.extend(runner.versions.clone());
                }
                self.run_one(race, &mut running)
            })
            .collect()
    }

    fn check_names(&self, races: &[Race]) -> Result<(), String> {
        let all = races.iter().flat_map(|race| &race.contenders);
        let names: BTreeSet<&str> = all.map(|contender| contender.name).collect();
        match self.only.iter().find(|name| !names.contains(name.as_str())) {
            None => Ok(()),
            Some(unknown) => {
                let names: Vec<&str> = names.into_iter().collect();
                Err(format!(
                    "nobody here is called {unknown}; there are {}",
                    names.join(", ")
                ))
            }
        }
    }

    fn wanted(&self, contender: &Contender) -> bool {
        *contender == OURS
            || self.only.is_empty()
            || self.only.iter().any(|name| name == contender.name)
    }

    fn run_one(
        &self,
        race: &Race,
        running: &mut [Running],
    ) -> Result<Measured, Box<dyn Error>> {
        let folder = TempDir::new()?;
        let batches = question::export(&race.workload, folder.path())?;
        let question = |precision, steps| Question {
            workload: race.workload.clone(),
            folder: folder.path().to_owned(),
            precision,
            learning_rate: LEARNING_RATE * HIDDEN / race.workload.sizes[1] as f64,
            steps,
        };
        let mut taking_part: Vec<&mut Running> = running
            .iter_mut()
            .filter(|runner| {
                race.contenders.contains(&runner.contender)
                    && self.wanted(&runner.contender)
            })
            .collect();

        let progress = progress(race, taking_part.len() * (self.rounds + 1));
        let mut rows: Vec<Row> = Vec::new();
        let mut ours = None;
        for runner in &mut taking_part {
            let Contender { name, precision, .. } = runner.contender;
            progress.set_message(format!("{name}: the same loss?"));
            let steps = batches.max(CHECKED_STEPS);
            let loss = runner.ask(&question(precision, steps))?.loss;
            check(name, precision, loss, *ours.get_or_insert(loss))?;
            // Warm by now.
            let seconds =
                runner.ask(&question(precision, steps))?.seconds / steps as f64;
            let steps = steps_within(self.seconds, seconds);
            rows.push(Row {
                contender: name.to_owned(),
                precision,
                steps,
                microseconds: Vec::new(),
                bytes: None,
            });
            progress.inc(1);
        }
        for round in 0..self.rounds {
            for (runner, row) in taking_part.iter_mut().zip(&mut rows) {
                progress.set_message(format!(
                    "{}, round {}",
                    row.contender,
                    round + 1
                ));
                let answer = runner.ask(&question(row.precision, row.steps))?;
                row.microseconds.push(1e6 * answer.seconds / row.steps as f64);
                progress.inc(1);
            }
        }
        progress.finish_and_clear();
        print(race, &rows);
        Ok(Measured { workload: race.workload.clone(), rows })
    }
}

/// How many steps fit into the time, if one takes so long.
#[expect(clippy::cast_possible_truncation, reason = "it is clamped")]
fn steps_within(seconds: f64, step: f64) -> usize {
    ((seconds / step) as usize).clamp(1, MOST_STEPS)
}

/// Who trains to another loss has trained another network.
fn check(
    name: &str,
    precision: Precision,
    loss: f64,
    ours: f64,
) -> Result<(), Box<dyn Error>> {
    // Some take the logarithm of p + 1e-7, some that of p.
    let bound = match precision {
        Precision::Float64 => 1e-5,
        Precision::Float32 => 1e-4,
    };
    if (loss - ours).abs() <= bound * ours {
        return Ok(());
    }
    Err(format!(
        "{name} trains to a mean loss of {loss}, ours is {ours}: not the same \
         network"
    )
    .into())
}

fn progress(race: &Race, length: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{prefix} [{bar:30}] {eta} left  {msg}")
            .expect("the template is right")
            .progress_chars("=> ");
    ProgressBar::new(length as u64)
        .with_style(style)
        .with_prefix(race.workload.to_string())
}

fn print(race: &Race, rows: &[Row]) {
    println!("\n{}", race.workload);
    let ours = rows[0].median();
    for row in rows {
        println!(
            "{:>18} {:>8} {:>12.3} µs  ({:.3} to {:.3})  {:>8.2} times ours",
            row.contender,
            format!("{:?}", row.precision).to_lowercase(),
            row.median(),
            row.fastest(),
            row.slowest(),
            row.median() / ours,
        );
    }
}
