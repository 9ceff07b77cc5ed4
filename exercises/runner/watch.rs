//! Judges again whenever a file is saved.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use checks::exercise::{self, Exercise};
use checks::feedback::{BOLD, WIDTH, paint};

use crate::error::RunnerError;
use crate::screen;
use crate::workspace::Workspace;
use crate::{check, judgment, overview, progress};

/// How often the files are looked at. Asking a few files for their times costs next
/// to nothing, and needs no library that works differently on each system.
const PAUSE: Duration = Duration::from_millis(100);

/// Judges what is saved, until Ctrl-C.
pub fn run(
    workspace: &Workspace,
    exercise: Option<&'static Exercise>,
) -> Result<(), RunnerError> {
    let watched = exercise::all()
        .iter()
        .filter(|each| exercise.is_none_or(|exercise| exercise.name == each.name));
    let files = RefCell::new(Files::new(workspace, watched));
    let mut waiting: Vec<_> = exercise.into_iter().collect();
    if exercise.is_none() {
        go_on(progress::run(workspace))?;
        say_ready(exercise)?;
    }
    loop {
        for exercise in files.borrow_mut().changed() {
            if !waiting.iter().any(|other| other.name == exercise.name) {
                waiting.push(exercise);
            }
        }
        if waiting.is_empty() {
            thread::sleep(PAUSE);
            continue;
        }
        match judge(workspace, &waiting, &files) {
            Err(RunnerError::Stale) => continue,
            result => go_on(result)?,
        }
        waiting.clear();
        say_ready(exercise)?;
    }
}

/// Judges exercises and prints the result, unless one of the files is saved
/// meanwhile.
fn judge(
    workspace: &Workspace,
    exercises: &[&'static Exercise],
    files: &RefCell<Files>,
) -> Result<(), RunnerError> {
    let names: Vec<&str> = exercises.iter().map(|exercise| exercise.name).collect();
    screen::clear(&format!("\n{}\n\n", "-".repeat(WIDTH)))?;
    screen::show(&format!("Judging {} …\n", names.join(", ")))?;
    let stale = || files.borrow().have_changed();
    let judged = judgment::judge_unless(workspace, exercises, stale)?;
    screen::clear("\n")?;
    for judged in judged {
        screen::show(&check::first(&judged))?;
        if judged.errors.is_empty() {
            screen::show(&format!("\n{}", overview::others(&judged)))?;
        }
    }
    Ok(())
}

/// What can be mended by saving a file is said, and the watch goes on.
fn go_on(result: Result<(), RunnerError>) -> Result<(), RunnerError> {
    match result {
        Err(error @ RunnerError::Unbuildable(_)) => {
            screen::note(&format!("error: {error}"));
            Ok(())
        }
        result => result,
    }
}

fn say_ready(exercise: Option<&Exercise>) -> Result<(), RunnerError> {
    let file = exercise
        .map_or_else(|| "a file in exercises/src".to_owned(), Exercise::file);
    let text = format!("Save {file}, and it is judged. Ctrl-C ends this.");
    Ok(screen::show(&format!("\n{}\n", paint(BOLD, &text)))?)
}

/// The files that are watched.
struct Files(Vec<(&'static Exercise, PathBuf, Option<Stamp>)>);

/// When a file was last written, and how long it was.
type Stamp = (SystemTime, u64);

impl Files {
    fn new(
        workspace: &Workspace,
        exercises: impl Iterator<Item = &'static Exercise>,
    ) -> Self {
        let file = |exercise| {
            let path = workspace.answer(exercise);
            let stamp = stamp(&path);
            (exercise, path, stamp)
        };
        Self(exercises.map(file).collect())
    }

    /// The exercises whose files were saved since this was last asked.
    fn changed(&mut self) -> Vec<&'static Exercise> {
        let mut changed = Vec::new();
        for (exercise, path, before) in &mut self.0 {
            // Some editors take a file away for a moment when they save it.
            if let Some(now) = stamp(path).filter(|now| Some(*now) != *before) {
                *before = Some(now);
                changed.push(*exercise);
            }
        }
        changed
    }

    fn have_changed(&self) -> bool {
        self.0.iter().any(|(_, path, before)| {
            let now = stamp(path);
            now.is_some() && now != *before
        })
    }
}

fn stamp(path: &PathBuf) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
