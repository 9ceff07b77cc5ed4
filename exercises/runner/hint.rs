//! Hints, one at a time.

use checks::exercise::{Exercise, Question};
use checks::feedback::{BOLD, paint, wrap};

use crate::error::RunnerError;
use crate::judgment;
use crate::markdown;
use crate::memory::Memory;
use crate::screen;
use crate::workspace::{RUN, Workspace};

/// Which hint is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub exercise: &'static Exercise,
    /// The question and its number; else the first one that is not done.
    pub question: Option<(usize, &'static Question)>,
    pub which: Which,
}

/// Which of a question's hints.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    Next,
    First,
    All,
}

/// Prints a hint, and remembers that it was read.
pub fn run(workspace: &Workspace, wanted: Wanted) -> Result<(), RunnerError> {
    let exercise = wanted.exercise;
    let open = wanted.question.or_else(|| first_open(workspace, exercise));
    let Some((number, question)) = open else {
        return Ok(screen::show(&format!(
            "All questions of {name} are done. To read the hints of one of them \
             all the same:\n\n  {RUN} hint {name} QUESTION\n",
            name = exercise.name
        ))?);
    };
    let mut memory = Memory::load(workspace);
    let last = question.hints.len();
    let level = match wanted.which {
        Which::Next => memory.hints(exercise, question).saturating_add(1).min(last),
        Which::First => 1.min(last),
        Which::All => last,
    };
    let levels = match wanted.which {
        Which::All => 1..=last,
        _ => level..=level,
    };
    let mut text = String::new();
    for (level, hint) in
        (1..).zip(&question.hints).filter(|(level, _)| levels.contains(level))
    {
        let head = format!(
            "{}, question {number}, `{}`: hint {level} of {last}",
            exercise.name, question.name
        );
        text += &format!("{}\n\n{}\n", paint(BOLD, &head), markdown::plain(hint));
    }
    // So that the next hint is for this question, also when it was named.
    let command = wanted.question.map_or_else(
        || format!("{RUN} hint {}", exercise.name),
        |_| format!("{RUN} hint {} {}", exercise.name, question.name),
    );
    text += &after(exercise, question, level, &command);
    screen::show(&text)?;
    memory.set_hints(exercise, question, level);
    Ok(())
}

fn after(
    exercise: &Exercise,
    question: &Question,
    level: usize,
    command: &str,
) -> String {
    if level < question.hints.len() {
        return screen::pairs(&[("Next hint", command.to_owned())]);
    }
    let name = exercise.name;
    let section = format!("{}, section `{}`", exercise.page(), question.name);
    let places = screen::pairs(&[
        ("Read", section),
        ("Again", format!("{command} --all")),
        ("Judge", format!("{RUN} {name}")),
        ("Solution", format!("{RUN} solution {name} --anyway")),
    ]);
    let advice = "This was the last hint. Write down what it says, have it \
                  judged, and go by the feedback. Or look at the solution, close \
                  it, and write your own.";
    format!("{}\n\n{places}", wrap(advice, "", ""))
}

/// The first question that is not done, or was not when the exercise last compiled.
fn first_open(
    workspace: &Workspace,
    exercise: &'static Exercise,
) -> Option<(usize, &'static Question)> {
    let judged = judgment::judge(workspace, &[exercise]).unwrap_or_default();
    let trouble = match judged.first() {
        Some(judged) if judged.errors.is_empty() => {
            return judged.first_open().map(|open| (open.number, open.question));
        }
        Some(_) => "does not compile",
        None => "can't be judged",
    };
    screen::note(&format!(
        "{} {trouble} at the moment; this is for the first question that was open \
         before.\n",
        exercise.name
    ));
    let memory = Memory::load(workspace);
    let mut questions = (1..).zip(&exercise.questions);
    questions
        .clone()
        .find(|(_, question)| !memory.is_done(exercise, question))
        .or_else(|| questions.next())
}
