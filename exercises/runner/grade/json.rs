//! The report for programs.

use serde_json::{Value, json};

use super::{Grade, reason};
use crate::compilation::SOLUTIONS;
use crate::verdict::{Judged, Outcome};

/// All there is, as JSON.
pub fn report(grade: &Grade) -> String {
    let solutions: Vec<&str> =
        SOLUTIONS.split(", ").filter(|name| !name.is_empty()).collect();
    let exercises: Vec<Value> =
        grade.exercises.iter().map(|judged| exercise(grade, judged)).collect();
    let report = json!({
        "points": grade.points(),
        "max_points": grade.max_points(),
        "seconds": grade.seconds,
        "problem": grade.problem,
        "solutions_in_use": solutions,
        "exercises": exercises,
    });
    format!("{report:#}\n")
}

fn exercise(grade: &Grade, judged: &Judged) -> Value {
    let questions: Vec<Value> = judged
        .outcomes
        .iter()
        .map(|outcome| question(grade, judged, outcome))
        .collect();
    json!({
        "name": judged.exercise.name,
        "title": judged.exercise.title,
        "points": judged.points(),
        "max_points": judged.max_points(),
        "questions": questions,
    })
}

fn question(grade: &Grade, judged: &Judged, outcome: &Outcome) -> Value {
    json!({
        "name": outcome.question.name,
        "number": outcome.number,
        "title": outcome.question.title,
        "state": outcome.state.key(),
        "points": outcome.points(),
        "max_points": outcome.question.points,
        "seconds": outcome.seconds,
        "max_seconds": outcome.question.limit.as_secs(),
        "mistakes": outcome.mistakes,
        "reason": reason(grade, judged, outcome),
    })
}
