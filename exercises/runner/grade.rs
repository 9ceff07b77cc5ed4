//! The instructor's report.

mod gradescope;
mod json;
mod junit;
mod table;
mod text;

use std::path::Path;
use std::time::Instant;

use checks::exercise;

use crate::compilation::SOLUTIONS;
use crate::error::RunnerError;
use crate::judgment;
use crate::screen;
use crate::verdict::{Judged, Outcome, State};
use crate::workspace::{self, Workspace};

/// How the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Text,
    Json,
    Junit,
    Csv,
    Gradescope,
}

impl Format {
    /// All of them, by name.
    pub const ALL: [(&str, Self); 5] = [
        ("text", Self::Text),
        ("json", Self::Json),
        ("junit", Self::Junit),
        ("csv", Self::Csv),
        ("gradescope", Self::Gradescope),
    ];
}

/// All that a report needs.
#[derive(Debug)]
pub struct Grade {
    exercises: Vec<Judged>,
    /// Why nothing could be judged, if so.
    problem: Option<String>,
    /// How long the judging took.
    seconds: f64,
}

/// Judges everything and writes the report; that an answer is wrong or does not
/// compile is part of it, and no failure.
pub fn run(
    workspace: &Workspace,
    format: Format,
    output: Option<&Path>,
) -> Result<(), RunnerError> {
    let output = output.filter(|path| *path != Path::new("-"));
    if let Some(path) = output.filter(|path| workspace.is_among_answers(path)) {
        return Err(RunnerError::AmongAnswers { path: path.to_owned() });
    }
    screen::note("Compiling and judging the answers …\n");
    let grade = Grade::of(workspace);
    let report = match format {
        Format::Text => text::report(&grade),
        Format::Json => json::report(&grade),
        Format::Junit => junit::report(&grade)?,
        Format::Csv => table::report(&grade)?,
        Format::Gradescope => gradescope::report(&grade),
    };
    let Some(path) = output else {
        return Ok(screen::show(&report)?);
    };
    workspace::replace(path, plain(&report).as_bytes())
        .map_err(RunnerError::file(path, "the report can't be written"))?;
    screen::note(&format!(
        "{}\nThe report is in {}.",
        grade.summary(),
        path.display()
    ));
    Ok(())
}

impl Grade {
    fn of(workspace: &Workspace) -> Self {
        let start = Instant::now();
        let exercises: Vec<_> = exercise::all().iter().collect();
        let (exercises, problem) = match judgment::judge(workspace, &exercises) {
            Ok(judged) => (judged, None),
            Err(error) => {
                let nothing = |exercise| Judged::new(exercise, State::NotJudged);
                (
                    exercises.into_iter().map(nothing).collect(),
                    Some(plain(&error.to_string())),
                )
            }
        };
        Self { exercises, problem, seconds: start.elapsed().as_secs_f64() }
    }

    fn points(&self) -> u64 {
        self.exercises.iter().map(Judged::points).sum()
    }

    fn max_points(&self) -> u64 {
        self.exercises.iter().map(Judged::max_points).sum()
    }

    /// The points in a sentence, and what else must not be overlooked.
    fn summary(&self) -> String {
        let mut text =
            format!("{} of {} points.", self.points(), self.max_points());
        if !SOLUTIONS.is_empty() {
            text += &format!(
                " Solutions in use: {SOLUTIONS}; their points are not the \
                 learner's."
            );
        }
        if let Some(problem) = &self.problem {
            text += &format!(" Nothing could be judged: {problem}");
        }
        text
    }
}

/// Why a question has no points, in full; empty if it has.
fn reason(grade: &Grade, judged: &Judged, outcome: &Outcome) -> String {
    let errors = judged.errors.iter().map(|error| error.text.as_str());
    let reason = match &grade.problem {
        Some(problem) => problem.clone(),
        None => errors.chain([outcome.feedback.as_str()]).collect(),
    };
    plain(&reason)
}

/// The same in one line.
fn sentence(grade: &Grade, judged: &Judged, outcome: &Outcome) -> String {
    let lines = match (&grade.problem, judged.errors.first()) {
        (Some(problem), _) => plain(problem),
        (None, Some(error)) => plain(&error.text),
        (None, None) if outcome.sentence.is_empty() => {
            outcome.state.words().to_owned()
        }
        (None, None) => plain(&outcome.sentence),
    };
    // The first sentence of a problem ends with a colon; the second says what it
    // is.
    let most = if grade.problem.is_some() { 2 } else { 1 };
    let lines: Vec<&str> =
        lines.lines().filter(|line| !line.is_empty()).take(most).collect();
    lines.join(" ")
}

/// Without colors.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
