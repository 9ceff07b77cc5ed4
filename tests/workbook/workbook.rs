//! A copy of the workbook, in which exercises are answered and judged.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs};

use checks::{exercise, judge};
use serde_json::Value;

/// A copy of the workbook, with all stubs in place.
///
/// There is one for all tests, so that each package is compiled only once, and one
/// test at a time has it. It has a target folder of its own: that of the tests is
/// locked while they run.
pub struct Workbook {
    root: PathBuf,
    target: PathBuf,
    _guard: MutexGuard<'static, ()>,
}

/// What a command left behind.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Workbook {
    pub fn untouched() -> Self {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exercises");
        let root = folder.join("workbook");
        mirror(Path::new(env!("CARGO_MANIFEST_DIR")), &root);
        mirror(&root.join("exercises/stubs"), &root.join("exercises/src"));
        let _ = fs::remove_dir_all(root.join("target"));
        Self { root, target: folder.join("target"), _guard: guard }
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap()
    }

    pub fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).unwrap();
    }

    /// The stub of an exercise, with code in the place of some questions' `todo!`.
    pub fn answers(&self, exercise: &str, answers: &[(usize, &str)]) -> String {
        let mut text = self.read(&format!("exercises/stubs/{exercise}.rs"));
        for (question, code) in answers {
            let start =
                text.find(&format!("todo!(\"question {question}: ")).unwrap();
            let end = start + text[start..].find("\")").unwrap() + 2;
            text.replace_range(start..end, code);
        }
        text
    }

    /// Answers some questions of an exercise.
    pub fn answer(&self, exercise: &str, answers: &[(usize, &str)]) {
        let text = self.answers(exercise, answers);
        self.write(&format!("exercises/src/{exercise}.rs"), &text);
    }

    /// Puts the solution in the place of the stub.
    pub fn solve(&self, exercise: &str) {
        let solution = self.read(&format!("solutions/src/{exercise}.rs"));
        self.write(&format!("exercises/src/{exercise}.rs"), &solution);
    }

    pub fn cargo(&self, arguments: &str) -> Run {
        self.start(env::var_os("CARGO").unwrap(), arguments)
            .output()
            .unwrap()
            .into()
    }

    /// Runs the runner, as a learner does.
    pub fn runner(&self, arguments: &str) -> Run {
        self.cargo(&format!("run --quiet --package exercises -- {arguments}"))
    }

    /// The runner itself, which a test can end.
    pub fn runner_without_cargo(&self, arguments: &str) -> Command {
        let program = format!("debug/exercises{}", env::consts::EXE_SUFFIX);
        let mut command = self.start(self.target.join(program), arguments);
        command
            .env("CARGO_MANIFEST_DIR", self.path("exercises"))
            .stdout(Stdio::piped());
        command
    }

    fn start(&self, program: impl AsRef<OsStr>, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments.split_whitespace())
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    /// Has cargo judge everything with these features; returns the state of each
    /// question, by exercise and name.
    pub fn states(
        &self,
        features: &str,
    ) -> BTreeMap<(&'static str, &'static str), String> {
        let report = self.path("target/report");
        let _ = fs::remove_dir_all(&report);
        fs::create_dir_all(&report).unwrap();
        let arguments = format!("test --package exercises --features={features}");
        let mut command = self.start(env::var_os("CARGO").unwrap(), &arguments);
        let run: Run = command.env(judge::REPORT, &report).output().unwrap().into();
        let mut states = BTreeMap::new();
        for exercise in exercise::all() {
            for question in &exercise.questions {
                let file = report.join(judge::file_name(exercise, question));
                let text = fs::read(&file).unwrap_or_else(|error| {
                    panic!(
                        "{}: {error}\n{}{}",
                        file.display(),
                        run.stdout,
                        run.stderr
                    )
                });
                let verdict: Value = serde_json::from_slice(&text).unwrap();
                let state = verdict["state"].as_str().unwrap().to_owned();
                states.insert((exercise.name, question.name), state);
            }
        }
        states
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Makes `to` the same as `from`. A file that is the same already is not touched,
/// so that cargo sees that nothing has changed.
fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(to).unwrap().map(Result::unwrap) {
        let source = from.join(entry.file_name());
        if is_copied(&entry) && !source.exists() {
            let path = entry.path();
            if path.is_dir() {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            }
            .unwrap();
        }
    }
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap).filter(is_copied) {
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            mirror(&source, &copy);
        } else {
            let contents = fs::read(&source).unwrap();
            if fs::read(&copy).ok().as_ref() != Some(&contents) {
                fs::write(&copy, contents).unwrap();
            }
        }
    }
}

/// Not what git keeps, nor what is compiled, in whatever folder: cargo marks it
/// with a file, but what came without the mark would be copied into itself.
fn is_copied(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let is_compiled = entry.path().join("CACHEDIR.TAG").exists();
    name != ".git" && name != "target" && !is_compiled
}
