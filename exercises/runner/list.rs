//! The names of the exercises.

use std::io;

use checks::exercise;

use crate::screen;

/// Prints all exercises, in the order in which to do them.
pub fn run() -> io::Result<()> {
    let names = exercise::all()
        .iter()
        .map(|exercise| exercise.name.len())
        .max()
        .unwrap_or(0);
    let lines: String = exercise::all()
        .iter()
        .map(|exercise| {
            let questions = screen::count(exercise.questions.len(), "question");
            let line = format!(
                "{:<names$}  {questions}  {}",
                exercise.name, exercise.title
            );
            screen::cut(&line) + "\n"
        })
        .collect();
    screen::show(&lines)
}
