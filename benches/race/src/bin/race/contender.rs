//! The contenders: processes that wait for questions.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use race::measurements::Precision;

use crate::question::{Answer, Greeting, Question};

/// What runs a contender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    /// This program, under another name.
    Rust(&'static str),
    /// A file in `python/`.
    Python(&'static str),
    /// A file in `javascript/`.
    Node(&'static str),
}

/// How many threads a contender may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Threads {
    One,
    /// As many as it takes by itself.
    Default,
}

/// Someone who trains the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contender {
    /// Its short name, as in the measurements.
    pub name: &'static str,
    /// How exact its numbers are.
    pub precision: Precision,
    program: Program,
    threads: Threads,
}

impl Contender {
    const fn new(name: &'static str, program: Program, threads: Threads) -> Self {
        Self { name, precision: Precision::Float64, program, threads }
    }

    /// The same with numbers of 32 bits.
    pub const fn in_float32(self) -> Self {
        Self { precision: Precision::Float32, ..self }
    }

    /// A rung of the ladder.
    pub const fn rung(name: &'static str) -> Self {
        Self::new(name, Program::Rust(name), Threads::One)
    }
}

use Program::{Node, Python, Rust};
use Threads::{Default, One};

pub const OURS: Contender = Contender::new("ours", Rust("ours"), One);
/// Part II, as the book prints it.
pub const BATCHED: Contender = Contender::new("batched", Rust("batched"), One);
pub const NUMPY: Contender =
    Contender::new("numpy", Python("numpy_lesson.py"), Default);
pub const NUMPY_TUNED: Contender =
    Contender::new("numpy-tuned", Python("numpy_tuned.py"), Default);
pub const PYTORCH: Contender =
    Contender::new("pytorch", Python("pytorch_eager.py"), Default);
pub const PYTORCH_ONE: Contender =
    Contender::new("pytorch-one", Python("pytorch_eager.py"), One);
pub const PYTORCH_TUNED: Contender =
    Contender::new("pytorch-tuned", Python("pytorch_tuned.py"), One);
pub const JAVASCRIPT: Contender =
    Contender::new("javascript", Node("plain.mjs"), Default);
pub const JAVASCRIPT_TUNED: Contender =
    Contender::new("javascript-tuned", Node("tuned.mjs"), Default);
pub const CANDLE: Contender = Contender::new("candle", Rust("candle"), Default);
pub const CANDLE_ONE: Contender = Contender::new("candle-one", Rust("candle"), One);
pub const BURN: Contender = Contender::new("burn", Rust("burn"), Default);
pub const BURN_ONE: Contender = Contender::new("burn-one", Rust("burn"), One);

/// What the frameworks look at to learn how many threads they may use.
const THREAD_COUNTS: [&str; 4] = [
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
];

impl Contender {
    /// What to do if it does not start.
    fn help(self) -> String {
        let name = self.name;
        match self.program {
            Rust(_) => format!(
                "{name} is part of this program; its last words stand above."
            ),
            Python(_) => "NumPy and PyTorch are looked for in target/python; this \
                          puts them there:\n\x20   python3 -m venv \
                          target/python\n\x20   target/python/bin/pip install -r \
                          tests/parity/requirements-pytorch.txt\nOr name another \
                          Python with --python, or do without: --only \
                          candle-one,burn-one"
                .to_owned(),
            Node(_) => "JavaScript needs Node, version 20 or newer, on your PATH. \
                        Or do without: --only numpy,pytorch"
                .to_owned(),
        }
    }
}

/// What glibc looks at to learn from how many bytes on it gives freed memory back.
const KEEP_MEMORY: [&str; 2] = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"];

/// A contender that waits for questions.
pub struct Running {
    /// Who it is.
    pub contender: Contender,
    /// What it is made of.
    pub versions: BTreeMap<String, String>,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Contender {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// If its program is missing, or ends at once.
    pub fn start(
        self,
        python: &Path,
        keep_memory: bool,
    ) -> Result<Running, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = match self.program {
            Rust(name) => {
                let mut command = Command::new(env::current_exe()?);
                command.args(["contender", name]);
                command
            }
            Python(file) => {
                let mut command = Command::new(python);
                command.arg(folder.join("python").join(file));
                command
            }
            Node(file) => {
                let mut command = Command::new("node");
                command.arg(folder.join("javascript").join(file));
                command
            }
        };
        if self.threads == One {
            command.envs(THREAD_COUNTS.map(|variable| (variable, "1")));
        }
        if keep_memory {
            command.envs(KEEP_MEMORY.map(|variable| (variable, "1000000000")));
        }
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(
                |error| {
                    format!(
                        "{} does not start: {error}.\n{}",
                        command.get_program().display(),
                        self.help()
                    )
                },
            )?;
        let questions = process.stdin.take().ok_or("no way in")?;
        let mut answers =
            BufReader::new(process.stdout.take().ok_or("no way out")?);
        let Greeting { versions } = read(self.name, &mut answers)
            .map_err(|error| format!("{error}\n{}", self.help()))?;
        Ok(Running { contender: self, versions, process, questions, answers })
    }
}

impl Running {
    /// Lets it train, and waits.
    ///
    /// # Errors
    ///
    /// If it ends instead of answering.
    pub fn ask(&mut self, question: &Question) -> Result<Answer, Box<dyn Error>> {
        writeln!(self.questions, "{}", serde_json::to_string(question)?)?;
        read(self.contender.name, &mut self.answers)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read<T: serde::de::DeserializeOwned>(
    name: &str,
    answers: &mut impl BufRead,
) -> Result<T, Box<dyn Error>> {
    let mut line = String::new();
    if answers.read_line(&mut line)? == 0 {
        return Err(format!(
            "{name} ended without an answer; what it said stands above"
        )
        .into());
    }
    Ok(serde_json::from_str(&line)?)
}

/// The Python of the virtual environment in `target/python`, if there is one.
pub fn default_python() -> PathBuf {
    let environment =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python");
    ["bin/python", "Scripts/python.exe"]
        .map(|program| environment.join(program))
        .into_iter()
        .find(|program| program.exists())
        .unwrap_or_else(|| "python3".into())
}
