//! The program into which cargo compiles the tests and the answers.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use checks::Feedback;
use checks::exercise::{Exercise, Question};
use checks::judge::{REPORT, address};

use crate::compilation::PATIENCE;
use crate::error::RunnerError;
use crate::process::{Finished, run};
use crate::screen;
use crate::verdict::{Judged, Outcome, State, Task};

/// The test program.
pub struct TestProgram<'a, S> {
    /// Where it is.
    pub program: &'a Path,
    /// The folder of the package whose tests it has.
    pub package: PathBuf,
    /// Where it writes its verdicts.
    pub folder: &'a Path,
    /// Whether nobody wants to know the verdicts any more.
    pub stale: S,
}

/// What it may take beyond the time limits of the questions.
const MARGIN: Duration = Duration::from_secs(10);

/// How it ended.
enum End {
    Finished(Finished),
    TooLate,
}

impl<S: Fn() -> bool> TestProgram<'_, S> {
    /// Judges exercises, side by side.
    pub fn judge(
        &self,
        exercises: &[&'static Exercise],
    ) -> Result<Vec<Judged>, RunnerError> {
        // Without a filter, it would run all tests.
        if exercises.is_empty() {
            return Ok(Vec::new());
        }
        let filters: Vec<String> = exercises
            .iter()
            .map(|exercise| format!("tests::{}::", exercise.name))
            .collect();
        let tasks: Vec<Task> =
            exercises.iter().flat_map(|exercise| Task::all(exercise)).collect();
        let end = self.run(&filters, &tasks)?;
        let outcomes = |exercise| -> Result<Vec<Outcome>, RunnerError> {
            Task::all(exercise)
                .map(|task| match self.read(task, &end) {
                    Some(outcome) => Ok(outcome),
                    None => self.judge_alone(task),
                })
                .collect()
        };
        exercises
            .iter()
            .map(|&exercise| {
                Ok(Judged {
                    exercise,
                    outcomes: outcomes(exercise)?,
                    errors: Vec::new(),
                    warnings: Vec::new(),
                })
            })
            .collect()
    }

    /// Runs a single test, whose verdict is missing because the program died: by
    /// its own fault, or by that of a test that ran beside it.
    fn judge_alone(&self, task: Task) -> Result<Outcome, RunnerError> {
        let end = self.run(&[task.path(), "--exact".to_owned()], &[task])?;
        if let Some(outcome) = self.read(task, &end) {
            return Ok(outcome);
        }
        let feedback = match end {
            End::Finished(finished)
                if finished.stdout.contains("running 0 tests") =>
            {
                return Ok(untested(task));
            }
            End::Finished(finished) => death(&finished),
            End::TooLate => endless(task.question),
        };
        let feedback =
            address(Box::new(feedback), task.exercise, task.number, task.question);
        let place = feedback.next.first().map(|(_, place)| place.clone());
        Ok(Outcome {
            sentence: feedback.sentence.clone(),
            place: place.unwrap_or_else(|| task.exercise.file()),
            feedback: feedback.render(true),
            ..Outcome::new(task, State::Wrong)
        })
    }

    fn read(&self, task: Task, end: &End) -> Option<Outcome> {
        let outcome = Outcome::read(self.folder, task)?;
        let printed = match end {
            End::Finished(finished) => printed(&finished.stdout, task),
            End::TooLate => String::new(),
        };
        Some(Outcome { printed, ..outcome })
    }

    fn run(
        &self,
        arguments: &[String],
        tasks: &[Task],
    ) -> Result<End, RunnerError> {
        let limits = tasks.iter().map(|task| task.question.limit);
        let limit = limits.sum::<Duration>() + MARGIN;
        let mut command = Command::new(self.program);
        command
            .args(arguments)
            .args(["--show-output", "--color=never"])
            .current_dir(&self.package)
            .env("CARGO_MANIFEST_DIR", &self.package)
            .env("RUST_BACKTRACE", "0")
            .env(REPORT, self.folder);
        let (mut told, mut late) = (false, false);
        let finished = run(&mut command, self.folder, |elapsed| {
            if elapsed > PATIENCE && !told {
                told = true;
                self.say_what_runs(tasks);
            }
            late = elapsed > limit;
            late || (self.stale)()
        });
        match finished.map_err(RunnerError::Tests)? {
            Some(finished) => Ok(End::Finished(finished)),
            None if late => Ok(End::TooLate),
            None => Err(RunnerError::Stale),
        }
    }

    fn say_what_runs(&self, tasks: &[Task]) {
        let running: Vec<String> = tasks
            .iter()
            .filter(|task| Outcome::read(self.folder, **task).is_none())
            .map(|task| {
                let (exercise, question) = (task.exercise, task.question);
                let seconds = question.limit.as_secs();
                format!("{}::{} ({seconds} s)", exercise.name, question.name)
            })
            .collect();
        screen::note(&format!(
            "Still judging, until the time limit at most: {}",
            running.join(", ")
        ));
    }
}

fn untested(task: Task) -> Outcome {
    let name = task.exercise.name;
    let sentence = format!(
        "There is no test for this question; exercises/tests/{name}.rs should \
         have one."
    );
    Outcome {
        feedback: format!("{sentence}\n"),
        sentence,
        ..Outcome::new(task, State::NotJudged)
    }
}

/// The answer has taken the whole test program with it.
fn death(finished: &Finished) -> Feedback {
    let cause = if finished.stderr.contains("overflowed its stack") {
        Some(
            "The stack overflowed. Is there a function that calls itself without \
             end?",
        )
    } else if finished.stderr.contains("memory allocation of") {
        Some(
            "The memory was full. Is there a loop that prints or collects without \
             end?",
        )
    } else {
        finished.status.success().then_some("Does it call `std::process::exit`?")
    };
    Feedback {
        sentence: format!(
            "Your code ended the whole test program ({}), so nothing can be \
             compared.",
            finished.status
        ),
        facts: cause.map(str::to_owned).into_iter().collect(),
        comparison: last_lines(&finished.stderr),
        ..Feedback::default()
    }
}

fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty()).collect();
    let start = lines.len().saturating_sub(5);
    lines[start..].iter().map(|&line| line.to_owned()).collect()
}

fn endless(question: &Question) -> Feedback {
    let seconds = question.limit.as_secs();
    Feedback {
        sentence: format!(
            "Your code kept the test program from ending, although it had \
             {seconds} seconds."
        ),
        ..Feedback::default()
    }
}

/// What the answer to a question printed, as the test program shows it.
fn printed(stdout: &str, task: Task) -> String {
    let header = format!("---- {} stdout ----\n", task.path());
    let Some((_, rest)) = stdout.split_once(&header) else {
        return String::new();
    };
    let feedback = format!("\nError: {}, question ", task.exercise.name);
    let ends = [&feedback, "\n---- ", "\nfailures:\n", "\nsuccesses:\n"];
    let rest = format!("\n{rest}");
    let end = ends.iter().filter_map(|end| rest.find(end)).min();
    rest[..end.unwrap_or(rest.len())].trim().to_owned()
}
