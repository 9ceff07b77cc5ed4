//! The report as a table.

use super::{Grade, sentence};
use crate::error::RunnerError;

/// A line for each question, as CSV.
pub fn report(grade: &Grade) -> Result<String, RunnerError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "exercise",
        "question",
        "state",
        "points",
        "max_points",
        "seconds",
        "max_seconds",
        "mistakes",
        "sentence",
    ])?;
    for judged in &grade.exercises {
        for outcome in &judged.outcomes {
            let question = outcome.question;
            table.write_record([
                judged.exercise.name,
                question.name,
                outcome.state.key(),
                &outcome.points().to_string(),
                &question.points.to_string(),
                &format!("{:.3}", outcome.seconds),
                &question.limit.as_secs().to_string(),
                &outcome.mistakes.join(" "),
                &sentence(grade, judged, outcome),
            ])?;
        }
    }
    let bytes = table.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
