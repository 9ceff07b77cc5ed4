//! Solutions, for those who have an answer of their own.

use std::fs;
use std::process::ExitCode;

use checks::exercise::Exercise;
use checks::feedback::wrap;

use crate::error::RunnerError;
use crate::judgment;
use crate::screen;
use crate::verdict::Judged;
use crate::workspace::{RUN, Workspace};

/// Prints the solution, if all questions are done or the learner wants it anyway.
pub fn run(
    workspace: &Workspace,
    exercise: &'static Exercise,
    anyway: bool,
) -> Result<ExitCode, RunnerError> {
    if !anyway {
        let judged = judgment::judge(workspace, &[exercise])?;
        let open = judged.iter().find(|judged| judged.first_open().is_some());
        if let Some(judged) = open {
            screen::show(&refusal(judged))?;
            return Ok(ExitCode::FAILURE);
        }
    }
    let file = format!("solutions/src/{}.rs", exercise.name);
    let path = workspace.path(&file);
    let text = fs::read_to_string(&path)
        .map_err(RunnerError::file(&path, "the solution can't be read"))?;
    screen::show(&format!("// {file}\n\n{text}"))?;
    Ok(ExitCode::SUCCESS)
}

fn refusal(judged: &Judged) -> String {
    let name = judged.exercise.name;
    let open = judged.outcomes.len() - judged.done();
    let verb = if open == 1 { "is" } else { "are" };
    let next = screen::pairs(&[
        ("Hint", format!("{RUN} hint {name}")),
        ("Judge", format!("{RUN} {name}")),
        ("Anyway", format!("{RUN} solution {name} --anyway")),
    ]);
    let kindly = format!(
        "Not yet: in {name}, {} {verb} not done. The solution gives you more once \
         you have an answer of your own to compare it with.",
        screen::count(open, "question")
    );
    format!("{}\n\n{next}", wrap(&kindly, "", ""))
}
