//! Judges exercises.

use std::fs::File;
use std::time::SystemTime;

use checks::exercise::Exercise;

use crate::compilation;
use crate::error::RunnerError;
use crate::folder::Folder;
use crate::memory::Memory;
use crate::test_program::TestProgram;
use crate::verdict::{Judged, State};
use crate::workspace::Workspace;

/// Judges exercises.
///
/// # Errors
///
/// If the tests can't be compiled for another reason than an answer, or can't be
/// run.
pub fn judge(
    workspace: &Workspace,
    exercises: &[&'static Exercise],
) -> Result<Vec<Judged>, RunnerError> {
    judge_unless(workspace, exercises, || false)
}

/// Judges exercises, unless `stale` says that nobody wants to know any more.
///
/// # Errors
///
/// [`RunnerError::Stale`] then; else see [`judge`].
pub fn judge_unless(
    workspace: &Workspace,
    exercises: &[&'static Exercise],
    stale: impl Fn() -> bool,
) -> Result<Vec<Judged>, RunnerError> {
    let mut judged = judge_once(workspace, exercises, &stale)?;
    if judged.iter().any(Judged::is_outdated) {
        for judged in judged.iter().filter(|judged| judged.is_outdated()) {
            renew(workspace, judged.exercise)?;
        }
        judged = judge_once(workspace, exercises, &stale)?;
    }
    Memory::remember(workspace, &judged);
    Ok(judged)
}

/// Has cargo notice that an answer has changed: it looks at the file's time alone.
fn renew(workspace: &Workspace, exercise: &Exercise) -> Result<(), RunnerError> {
    let path = workspace.answer(exercise);
    let file = File::options().append(true).open(&path);
    file.and_then(|file| file.set_modified(SystemTime::now())).map_err(
        RunnerError::file(
            &path,
            "cargo has to see that this file has changed, but its time can't be \
             set",
        ),
    )
}

/// Compiles and judges exercises.
fn judge_once(
    workspace: &Workspace,
    exercises: &[&'static Exercise],
    stale: impl Fn() -> bool,
) -> Result<Vec<Judged>, RunnerError> {
    let folder = Folder::new(workspace)?;
    let mut compilation = compilation::compile(workspace, folder.path())?;
    let program = TestProgram {
        program: &compilation.program,
        package: workspace.package(),
        folder: folder.path(),
        stale,
    };
    let sound: Vec<_> = exercises
        .iter()
        .copied()
        .filter(|exercise| !compilation.broken.contains_key(exercise.name))
        .collect();
    let mut sound = program.judge(&sound)?.into_iter();
    Ok(exercises
        .iter()
        .filter_map(|&exercise| match compilation.broken.remove(exercise.name) {
            Some(errors) => Some(Judged {
                errors,
                ..Judged::new(exercise, State::NotCompiling)
            }),
            None => sound.next().map(|judged| Judged {
                warnings: compilation.warnings_of(exercise),
                ..judged
            }),
        })
        .collect())
}
