//! One exercise, and what is wrong with it.

use std::collections::BTreeSet;

use checks::exercise::{Exercise, Question};
use checks::feedback::{BOLD, YELLOW, paint, wrap};

use crate::compilation::NO_FILE;
use crate::error::RunnerError;
use crate::screen;
use crate::verdict::{Judged, Outcome, State};
use crate::workspace::{RUN, Workspace};
use crate::{judgment, overview};

/// Judges an exercise and prints what there is to say, of one question or of all.
pub fn run(
    workspace: &Workspace,
    exercise: &'static Exercise,
    question: Option<&'static Question>,
) -> Result<(), RunnerError> {
    screen::note("Compiling and judging your answers …\n");
    let judged = judgment::judge(workspace, &[exercise])?;
    for mut judged in judged {
        judged.outcomes.retain(|outcome| {
            question.is_none_or(|question| question.name == outcome.question.name)
        });
        let text = format!(
            "{}\n{}{}",
            overview::of(&judged),
            everything(&judged),
            warnings(&judged)
        );
        screen::show(&text)?;
    }
    Ok(())
}

/// Everything there is to say about an exercise.
fn everything(judged: &Judged) -> String {
    if !judged.errors.is_empty() {
        return errors(judged, usize::MAX);
    }
    let is_unanswered = |outcome: &&Outcome| outcome.state == State::Unanswered;
    let wrong = judged
        .outcomes
        .iter()
        .filter(|outcome| !outcome.is_done() && !is_unanswered(outcome));
    let first_unanswered = judged.outcomes.iter().find(is_unanswered);
    let texts: Vec<String> = wrong.map(feedback).collect();
    match first_unanswered {
        _ if !texts.is_empty() => texts.join("\n"),
        Some(outcome) => feedback(outcome),
        None => overview::done(judged),
    }
}

/// The first thing there is to say about an exercise.
pub fn first(judged: &Judged) -> String {
    if !judged.errors.is_empty() {
        return errors(judged, 1);
    }
    judged.first_open().map_or_else(|| overview::done(judged), feedback)
}

fn feedback(outcome: &Outcome) -> String {
    format!("{}{}", outcome.feedback, printed(&outcome.printed))
}

const MOST_LINES: usize = 20;

fn printed(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut lines = text.lines();
    let shown: String =
        lines.by_ref().take(MOST_LINES).map(|line| format!("  {line}\n")).collect();
    let left = lines.count();
    let rest = if left > 0 {
        format!("  … and {}\n", screen::count(left, "more line"))
    } else {
        String::new()
    };
    format!("\nYour code printed:\n\n{shown}{rest}")
}

fn warnings(judged: &Judged) -> String {
    if judged.warnings.is_empty() {
        return String::new();
    }
    format!("\nThe compiler warns:\n\n{}", judged.warnings.concat())
}

/// The first `most` of the compiler's errors.
pub fn errors(judged: &Judged, most: usize) -> String {
    let name = judged.exercise.name;
    let head = format!("{name} does not compile yet.");
    let mut said = BTreeSet::new();
    let texts: String = (judged.errors.iter().take(most))
        .map(|error| {
            // Some mistakes cause two errors.
            let advice = error.advice.filter(|advice| said.insert(*advice));
            let advice =
                advice.map(|advice| wrap(advice, "In other words: ", "  "));
            let advice = advice.map(|text| paint(YELLOW, &text) + "\n\n");
            format!("{}{}", error.text, advice.unwrap_or_default())
        })
        .collect();
    let left = judged.errors.len().saturating_sub(most);
    let more = if left > 0 {
        format!(
            "There is more: {} after this one.\n\n",
            screen::count(left, "error")
        )
    } else {
        String::new()
    };
    let file = judged.exercise.file();
    let own = judged.errors.iter().find(|error| error.place.starts_with(&file));
    let missing = judged.errors.iter().any(|error| error.text.contains(NO_FILE));
    let advice = match own {
        _ if missing => "The file is not there; `reset` puts the stub back.\n\n",
        Some(_) => "",
        None => {
            "The tests call your functions with the names and types of the stub. \
             Keep those as\nthey were.\n\n"
        }
    };
    let mut next = vec![
        ("Edit", own.map_or(file, |error| error.place.clone())),
        ("Hint", format!("{RUN} hint {name}")),
        ("Retry", format!("{RUN} {name}")),
    ];
    if own.is_none() || missing {
        next.push(("Reset", format!("{RUN} reset {name}")));
    }
    let next = screen::pairs(&next);
    format!("{}\n\n{texts}{more}{advice}{next}", paint(BOLD, &head))
}
