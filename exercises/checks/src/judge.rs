//! Judges a question: gives it its time, and tells the learner where to go from
//! here.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::exercise::{self, Exercise, Question};
use crate::feedback::Feedback;
use crate::{Verdict, run};

/// Names the folder into which each verdict is written, for the runner to read.
pub const REPORT: &str = "EXERCISES_REPORT";

/// Judges one question of an exercise, as the tests in `exercises/tests` do.
///
/// # Panics
///
/// If there is no such exercise or question.
pub fn judge(
    exercise: &str,
    question: &str,
    check: impl FnOnce() -> Verdict,
) -> Verdict {
    let exercise = exercise::find(exercise).expect("an exercise of this name");
    let (number, question) =
        exercise.question(question).expect("a question of this name");
    let start = Instant::now();
    let verdict = run::within(question.limit, check)
        .map_err(|feedback| address(feedback, exercise, number, question));
    if let Some(folder) = env::var_os(REPORT) {
        let file = Path::new(&folder).join(file_name(exercise, question));
        report(&file, &verdict, start.elapsed());
    }
    verdict
}

/// Whether an answer is still what was compiled.
///
/// Cargo looks at a file's time alone. An answer that was unpacked or copied may
/// well be older than the last build, and then what was there before is judged.
pub fn is_current(exercise: &str, compiled: &[u8]) -> Verdict {
    let exercise = exercise::find(exercise).expect("an exercise of this name");
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    match fs::read(root.join(exercise.file())) {
        Ok(text) if text != compiled => Err(Box::new(Feedback {
            outdated: true,
            sentence: format!(
                "{} isn't what was compiled: its time is older than that of the \
                 last build, so cargo hasn't noticed the change. Save the file \
                 once more.",
                exercise.file()
            ),
            ..Feedback::default()
        })),
        _ => Ok(()),
    }
}

/// Says in the feedback which question it is for, and where to go from here.
pub fn address(
    mut feedback: Box<Feedback>,
    exercise: &Exercise,
    number: usize,
    question: &Question,
) -> Box<Feedback> {
    feedback.title =
        format!("{}, question {number}, `{}`", exercise.name, question.name);
    feedback.next = next(exercise, question, &feedback);
    feedback
}

/// The file in which a verdict is reported.
pub fn file_name(exercise: &Exercise, question: &Question) -> String {
    format!("{}.{}.json", exercise.name, question.name)
}

/// Where to go from here.
fn next(
    exercise: &Exercise,
    question: &Question,
    feedback: &Feedback,
) -> Vec<(&'static str, String)> {
    let is_own = |place: &&String| place.starts_with(&exercise.file());
    let own = feedback.place.as_ref().filter(is_own).cloned();
    let function = feedback.function.unwrap_or(question.name);
    let name = exercise.name;
    vec![
        ("Edit", own.unwrap_or_else(|| place(exercise, function))),
        ("Read", format!("{}, section `{}`", exercise.page(), question.name)),
        (
            "Hint",
            format!("cargo run -p exercises -- hint {name} {}", question.name),
        ),
        ("Retry", format!("cargo test --package exercises {}", exercise.filter())),
    ]
}

/// Where a function stands: file and line.
fn place(exercise: &Exercise, function: &str) -> String {
    let file = exercise.file();
    let package =
        env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let text = fs::read_to_string(package.with_file_name(&file));
    let function = format!("fn {function}(");
    let line =
        text.unwrap_or_default().lines().position(|line| line.contains(&function));
    line.map_or(file.clone(), |line| format!("{file}:{}", line + 1))
}

/// Writes the verdict to a file of its own, since tests run side by side.
fn report(file: &Path, verdict: &Verdict, elapsed: Duration) {
    let state = match verdict {
        Ok(()) => "done",
        Err(feedback) if feedback.outdated => "outdated",
        Err(feedback) if feedback.unanswered => "unanswered",
        Err(_) => "wrong",
    };
    let feedback = verdict.as_ref().err();
    let place =
        feedback.and_then(|feedback| feedback.next.first()).map(|(_, place)| place);
    let mistakes = feedback.map_or(&[][..], |feedback| &feedback.mistakes);
    let mistakes: Vec<&str> = mistakes.iter().map(|m| m.id.as_str()).collect();
    let report = serde_json::json!({
        "state": state,
        "mistakes": mistakes,
        "seconds": elapsed.as_secs_f64(),
        "sentence": feedback.map(|feedback| &feedback.sentence),
        "place": place,
        "feedback": feedback.map(|feedback| feedback.render(true)),
    });
    if let Err(error) = fs::write(file, report.to_string()) {
        eprintln!(
            "the verdict could not be written to {}: {error}",
            file.display()
        );
    }
}
