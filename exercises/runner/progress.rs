//! How far the learner is, and what comes next.

use checks::exercise;
use checks::feedback::{BOLD, paint};

use crate::error::RunnerError;
use crate::judgment;
use crate::screen;
use crate::verdict::{Judged, Outcome};
use crate::workspace::{RUN, Workspace};
use crate::{check, overview};

/// Judges everything and prints it.
pub fn run(workspace: &Workspace) -> Result<(), RunnerError> {
    screen::note("Compiling and judging your answers …\n");
    let exercises: Vec<_> = exercise::all().iter().collect();
    let judged = judgment::judge(workspace, &exercises)?;
    let overview: String = judged.iter().map(overview::of).collect();
    let text = format!("{overview}\n{}\n{}", bar(&judged), next(&judged));
    Ok(screen::show(&text)?)
}

const BAR: usize = 40;

fn bar(judged: &[Judged]) -> String {
    let done: usize = judged.iter().map(Judged::done).sum();
    let all: usize = judged.iter().map(|judged| judged.outcomes.len()).sum();
    let filled = (BAR * done).checked_div(all).unwrap_or(0);
    let bar = format!("{}{}", "#".repeat(filled), ".".repeat(BAR - filled));
    format!("[{bar}] {done} of {} done\n", screen::count(all, "question"))
}

/// What comes next: first what does not compile, because it keeps `cargo test` from
/// judging anything; then the first open question.
fn next(judged: &[Judged]) -> String {
    if let Some(judged) = judged.iter().find(|judged| !judged.errors.is_empty()) {
        return check::errors(judged, 1);
    }
    let open =
        judged.iter().find_map(|judged| Some((judged, judged.first_open()?)));
    open.map_or_else(all_done, |(judged, outcome)| question(judged, outcome))
}

fn question(judged: &Judged, outcome: &Outcome) -> String {
    let (exercise, question) = (judged.exercise, outcome.question);
    let head = format!(
        "Next: {}, question {}, `{}`",
        exercise.name, outcome.number, question.name
    );
    let places = screen::pairs(&[
        ("Edit", outcome.place.clone()),
        ("Read", format!("{}, section `{}`", exercise.page(), question.name)),
        ("Hint", format!("{RUN} hint {}", exercise.name)),
        ("Judge", format!("{RUN} {}", exercise.name)),
    ]);
    format!("{}\n\n{places}", paint(BOLD, &head))
}

fn all_done() -> String {
    let head = "Everything is done.";
    let places = screen::pairs(&[("Compare", format!("{RUN} solution NAME"))]);
    format!("{}\n\n{places}", paint(BOLD, head))
}
