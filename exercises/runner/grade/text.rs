//! The report for people.

use checks::feedback::{BOLD, paint};

use super::Grade;
use crate::screen;
use crate::verdict::{Judged, Outcome};

/// A line for each question.
pub fn report(grade: &Grade) -> String {
    let exercises: String = grade.exercises.iter().map(exercise).collect();
    format!("{exercises}\n{}\n", paint(BOLD, &grade.summary()))
}

fn exercise(judged: &Judged) -> String {
    let head = format!(
        "{} ({} of {} points)",
        judged.exercise.name,
        judged.points(),
        judged.max_points()
    );
    let rows: String = judged.outcomes.iter().map(row).collect();
    format!("{}\n{rows}", paint(BOLD, &head))
}

fn row(outcome: &Outcome) -> String {
    let (state, question) = (outcome.state, outcome.question);
    let line = format!(
        "  {} {:<12}  {:<22}  {} of {} points  {:>6.2} s of {} s",
        state.symbol(),
        state.words(),
        question.name,
        outcome.points(),
        question.points,
        outcome.seconds,
        question.limit.as_secs()
    );
    paint(state.color(), &screen::cut(&line)) + "\n"
}
