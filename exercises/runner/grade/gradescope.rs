//! The report as Gradescope's `results.json`
//! (<https://gradescope-autograders.readthedocs.io/en/latest/specs/>).

use serde_json::{Value, json};

use super::{Grade, reason};
use crate::verdict::{Judged, Outcome};

/// A test for each question.
pub fn report(grade: &Grade) -> String {
    let tests: Vec<Value> = (1..)
        .zip(&grade.exercises)
        .flat_map(|(number, judged)| {
            judged
                .outcomes
                .iter()
                .map(move |outcome| test(grade, number, judged, outcome))
        })
        .collect();
    let report = json!({
        "score": grade.points(),
        "execution_time": grade.seconds,
        "output": grade.summary(),
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
    });
    format!("{report:#}\n")
}

fn test(grade: &Grade, number: usize, judged: &Judged, outcome: &Outcome) -> Value {
    let question = outcome.question;
    json!({
        "number": format!("{number}.{}", outcome.number),
        "name": format!("{}: {}", judged.exercise.name, question.name),
        "score": outcome.points(),
        "max_score": question.points,
        "status": if outcome.is_done() { "passed" } else { "failed" },
        "output": reason(grade, judged, outcome),
        "output_format": "text",
        "tags": outcome.mistakes,
        "visibility": "visible",
    })
}
