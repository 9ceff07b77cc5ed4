//! Compiles the answers, and finds out which of them do not compile.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use checks::exercise::{self, Exercise};
use serde_json::Value;

use crate::error::RunnerError;
use crate::translation::advice;
use crate::workspace::Workspace;
use crate::{process, screen};

/// The exercises whose solutions this program was built with, as a list with
/// commas.
pub const SOLUTIONS: &str = env!("SOLUTIONS");

/// After this time the learner is told what takes so long.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// The answers, compiled.
#[derive(Debug)]
pub struct Compilation {
    /// The test program.
    pub program: PathBuf,
    /// The exercises that do not compile. In the program, their solutions stand in
    /// for them, so that the other exercises can be judged.
    pub broken: Broken,
    /// What the compiler warns of in the answers that do compile.
    pub warnings: Vec<(&'static str, String)>,
}

impl Compilation {
    /// What the compiler warns of in an answer.
    pub fn warnings_of(&self, exercise: &Exercise) -> Vec<String> {
        let own = self.warnings.iter().filter(|(name, _)| *name == exercise.name);
        own.map(|(_, text)| text.clone()).collect()
    }
}

/// The compiler's errors, by the name of the exercise.
pub type Broken = BTreeMap<&'static str, Vec<CompileError>>;

/// What the compiler does not like.
#[derive(Clone, Debug)]
pub struct CompileError {
    /// The compiler's message, with colors.
    pub text: String,
    /// What it means, and what to write instead, if it's a common one.
    pub advice: Option<&'static str>,
    /// File and line.
    pub place: String,
}

/// Compiles the tests with all answers that do compile; `folder` is for passing
/// files.
///
/// # Errors
///
/// If cargo can't be run, or finds an error outside the exercises.
pub fn compile(
    workspace: &Workspace,
    folder: &Path,
) -> Result<Compilation, RunnerError> {
    let mut broken = Broken::new();
    loop {
        let messages = cargo(workspace, folder, &broken)?;
        if let Some(program) = messages.program {
            let warnings = messages.warnings;
            return Ok(Compilation { program, broken, warnings });
        }
        // The compiler may stop at the first stage that has errors, so that each
        // round can bring up another exercise.
        let mut found = Broken::new();
        for (exercise, error) in messages.errors {
            if !broken.contains_key(exercise) {
                found.entry(exercise).or_default().push(error);
            }
        }
        if found.is_empty() {
            return Err(RunnerError::Unbuildable(messages.text));
        }
        broken.append(&mut found);
    }
}

/// What cargo says.
#[derive(Debug, Default)]
struct Messages {
    program: Option<PathBuf>,
    errors: Vec<(&'static str, CompileError)>,
    warnings: Vec<(&'static str, String)>,
    /// All of it, for people.
    text: String,
}

fn cargo(
    workspace: &Workspace,
    folder: &Path,
    broken: &Broken,
) -> Result<Messages, RunnerError> {
    let mut command =
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if broken.is_empty() {
        command.args(["test", "--no-run"]);
    } else {
        command.args(["rustc", "--profile", "test"]);
    }
    command
        .args(["--package", "exercises", "--test", "exercises", "--quiet"])
        .arg("--message-format=json-diagnostic-rendered-ansi")
        .arg("--manifest-path")
        .arg(workspace.manifest());
    for solution in SOLUTIONS.split(", ").filter(|name| !name.is_empty()) {
        command.arg(format!("--features=solution-{solution}"));
    }
    // As a feature, this would have cargo build the runner anew as well, which runs
    // just now.
    if !broken.is_empty() {
        command.arg("--");
    }
    for exercise in broken.keys() {
        command.arg(format!("--cfg=feature=\"solution-{exercise}\""));
    }
    let mut told = false;
    let finished = process::run(&mut command, folder, |elapsed| {
        if elapsed > PATIENCE && !told {
            told = true;
            screen::note(
                "Still compiling. (If an editor checks the code right now, cargo \
                 waits for it.)",
            );
        }
        false
    });
    let finished =
        finished.map_err(RunnerError::Cargo)?.expect("nobody stopped it");
    Ok(Messages::parse(&finished.stdout, finished.stderr))
}

impl Messages {
    fn parse(stdout: &str, stderr: String) -> Self {
        let mut messages = Self::default();
        for line in stdout.lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            match message["reason"].as_str() {
                Some("compiler-artifact") => messages.artifact(&message),
                Some("compiler-message") => {
                    messages.diagnostic(&message["message"]);
                }
                _ => {}
            }
        }
        messages.text.push_str(&stderr);
        messages
    }

    fn artifact(&mut self, message: &Value) {
        let target = &message["target"];
        if target["name"] == "exercises" && target["kind"][0] == "test" {
            self.program = message["executable"].as_str().map(PathBuf::from);
        }
    }

    fn diagnostic(&mut self, message: &Value) {
        let text = message["rendered"].as_str().unwrap_or_default().to_owned();
        if message["level"] == "warning" {
            self.warnings
                .extend(place(message).map(|(exercise, _)| (exercise, text)));
            return;
        }
        if message["level"] != "error" {
            return;
        }
        self.text.push_str(&text);
        if let Some((exercise, place)) = missing(message).or_else(|| place(message))
        {
            self.errors.push((
                exercise,
                CompileError { text, advice: advice(message), place },
            ));
        }
    }
}

/// The exercise whose file is not there, and where it should be.
fn missing(message: &Value) -> Option<(&'static str, String)> {
    let text = message["message"].as_str()?;
    let name = text.strip_prefix(NO_FILE)?.strip_prefix(" `")?.strip_suffix('`')?;
    exercise::find(name).map(|exercise| (exercise.name, exercise.file()))
}

/// What the compiler says of a missing file, before the module's name.
pub const NO_FILE: &str = "file not found for module";

/// The exercise to which an error belongs, and where in its files it is.
fn place(message: &Value) -> Option<(&'static str, String)> {
    let spans = message["spans"].as_array()?;
    let (primary, others): (Vec<_>, Vec<_>) =
        spans.iter().partition(|span| span["is_primary"] == true);
    primary.into_iter().chain(others).find_map(|span| {
        // From a macro's inside out to where it was called.
        std::iter::successors(Some(span), |span| Some(&span["expansion"]["span"]))
            .take_while(|span| !span.is_null())
            .find_map(place_of_span)
    })
}

fn place_of_span(span: &Value) -> Option<(&'static str, String)> {
    let file = span["file_name"].as_str()?.replace('\\', "/");
    let is_file = |exercise: &&Exercise| {
        file == exercise.file()
            || file == format!("exercises/tests/{}.rs", exercise.name)
    };
    let exercise = exercise::all().iter().find(is_file)?;
    Some((exercise.name, format!("{file}:{}", span["line_start"])))
}
