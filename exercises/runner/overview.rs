//! Where things stand, a line for each question.

use checks::exercise;
use checks::feedback::{BOLD, paint, wrap};

use crate::screen;
use crate::verdict::{Judged, Outcome};
use crate::workspace::RUN;

/// An exercise and its questions.
pub fn of(judged: &Judged) -> String {
    let (done, all) = (judged.done(), judged.outcomes.len());
    let head = format!("{} ({done} of {all} done)", judged.exercise.name);
    let rows: String = judged.outcomes.iter().map(row).collect();
    format!("{}\n{rows}", paint(BOLD, &head))
}

fn row(outcome: &Outcome) -> String {
    let names = exercise::all()
        .iter()
        .flat_map(|exercise| &exercise.questions)
        .map(|question| question.name.len())
        .max()
        .unwrap_or(0);
    let (state, question) = (outcome.state, outcome.question);
    let line = format!(
        "  {} {:<12}  {:<names$}  {}",
        state.symbol(),
        state.words(),
        question.name,
        question.title
    );
    paint(state.color(), &screen::cut(&line)) + "\n"
}

/// The questions other than the first open one, in a line.
pub fn others(judged: &Judged) -> String {
    let first = judged.first_open().map(|outcome| outcome.number);
    let others =
        || judged.outcomes.iter().filter(|outcome| Some(outcome.number) != first);
    let open = others().filter(|outcome| !outcome.is_done());
    let open: Vec<String> = open
        .map(|outcome| {
            format!("{} ({})", outcome.question.name, outcome.state.words())
        })
        .collect();
    let done: Vec<&str> = others()
        .filter(|outcome| outcome.is_done())
        .map(|outcome| outcome.question.name)
        .collect();
    let mut sentences = Vec::new();
    if !open.is_empty() {
        sentences.push(format!("Also open: {}.", open.join(", ")));
    }
    if !done.is_empty() {
        sentences.push(format!("Done: {}.", done.join(", ")));
    }
    wrap(&sentences.join(" "), "", "  ") + "\n"
}

/// Where to go when an exercise is done.
pub fn done(judged: &Judged) -> String {
    let name = judged.exercise.name;
    let head = match judged.outcomes.as_slice() {
        [one] if judged.exercise.questions.len() > 1 => {
            format!("`{}` is done.", one.question.name)
        }
        _ => format!("All questions of {name} are done."),
    };
    let next = screen::pairs(&[
        ("Compare", format!("{RUN} solution {name}")),
        ("Go on", "cargo run --package exercises".to_owned()),
    ]);
    format!("{}\n\n{next}", paint(BOLD, &head))
}
