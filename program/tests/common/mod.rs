//! Runs the program in a folder of its own.
#![allow(dead_code, reason = "not every test file needs all of it")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_no-magic");

/// A model without hidden layer whose weights are all zero: it finds everything
/// equally likely.
pub const UNDECIDED: &str = "undecided.json";

/// An empty folder, where the program runs. It goes away with the value.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A folder with the model [`UNDECIDED`].
    pub fn with_model() -> Self {
        let folder = Self::new();
        folder.write(UNDECIDED, model_json([36, 3], &vec![vec![0.0; 36]; 3]));
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path(name), contents).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of the files, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Makes sure that there is a model that can be used.
    #[track_caller]
    pub fn check_model(&self, name: &str) {
        self.write("blank.txt", "......\n".repeat(6));
        let run = self.run(&format!("classify --model {name} blank.txt"));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        fs::remove_file(self.path("blank.txt")).unwrap();
    }

    /// The program with arguments separated by spaces, not started yet.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(self.0.path())
            .args(arguments.split_whitespace())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &str) -> Run {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs the program as `head -1` would end it.
    pub fn run_for_head(&self, arguments: &str) -> (Option<i32>, String) {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        drop(stdout);
        let run = Run::from(child.wait_with_output().unwrap());
        (run.code, run.stderr)
    }

    /// Runs a line for the shell, in which `$0` is the program.
    pub fn shell(&self, line: &str) -> Run {
        let mut command = Command::new("sh");
        command.current_dir(self.0.path()).args(["-c", line, PROGRAM]);
        command.output().unwrap().into()
    }

    pub fn run_with_input(&self, arguments: &str, input: impl AsRef<[u8]>) -> Run {
        let mut child =
            self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_ref()).unwrap();
        child.wait_with_output().unwrap().into()
    }
}

/// What a run left behind.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// All of it, for a snapshot.
    pub fn transcript(&self) -> String {
        let Self { code, stdout, stderr } = self;
        let code = code.map_or("none".to_owned(), |code| code.to_string());
        format!(
            "exit code {code}\n--- standard output\n{stdout}--- standard \
             error\n{stderr}"
        )
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

impl Run {
    /// Fails unless the run ended with this code and all of these words on standard
    /// error.
    #[track_caller]
    pub fn says(&self, code: i32, words: &[&str]) {
        let transcript = self.transcript();
        assert_eq!(self.code, Some(code), "{transcript}");
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} in {transcript}");
        }
    }
}

/// A model with one layer.
pub fn model_json(sizes: [usize; 2], w: &[Vec<f64>]) -> String {
    let b = vec![0.0; w.len()];
    format!(
        r#"{{
"format": "no-magic model",
"version": 1,
"sizes": {sizes:?},
"layers": [{{"w": {w:?}, "b": {b:?}}}]
}}
"#
    )
}

/// What the system says about a file that is not there.
pub fn not_found() -> String {
    fs::File::open("there is no such file").unwrap_err().to_string()
}
