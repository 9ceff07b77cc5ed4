//! Puts a stub back, and keeps what the learner has written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use checks::exercise::Exercise;

use crate::error::RunnerError;
use crate::screen;
use crate::workspace::Workspace;

/// Puts the stub back.
pub fn run(workspace: &Workspace, exercise: &Exercise) -> Result<(), RunnerError> {
    let stub = stub(workspace, exercise)?;
    let path = workspace.answer(exercise);
    let file = workspace.relative(&path);
    let text = match fs::read(&path) {
        Ok(written) if is_same(&written, &stub) => {
            format!("{file} is the stub already; nothing was changed.\n")
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            write(&path, &stub)?;
            format!("{file} was not there; now it is the stub.\n")
        }
        _ => {
            let kept = set_aside(&path)?;
            write(&path, &stub)?;
            let kept = workspace.relative(&kept);
            format!(
                "{file} is the stub again.\nWhat you had written is in {kept}.\n"
            )
        }
    };
    Ok(screen::show(&text)?)
}

/// The stub as it came: a copy, since the learner changes the file in `src`.
fn stub(workspace: &Workspace, exercise: &Exercise) -> Result<String, RunnerError> {
    let path = workspace.path(&format!("exercises/stubs/{}.rs", exercise.name));
    fs::read_to_string(&path)
        .map_err(RunnerError::file(&path, "the stub can't be read"))
}

/// An editor may end lines in its own way.
fn is_same(written: &[u8], stub: &str) -> bool {
    String::from_utf8_lossy(written).replace("\r\n", "\n") == stub
}

/// Renames the learner's file: at no moment is what they wrote in fewer places than
/// one.
fn set_aside(path: &Path) -> Result<PathBuf, RunnerError> {
    let kept = free_name(path)?;
    fs::rename(path, &kept)
        .map_err(RunnerError::file(path, "this file can't be renamed"))?;
    Ok(kept)
}

/// A name beside the file that nobody uses, taken by an empty file so that nobody
/// else gets it.
fn free_name(path: &Path) -> Result<PathBuf, RunnerError> {
    let mut number = 1;
    loop {
        let name = path.with_extension(format!("before-reset-{number}.rs"));
        match File::create_new(&name) {
            Ok(_) => return Ok(name),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                number += 1;
            }
            Err(error) => {
                return Err(RunnerError::file(
                    name,
                    "a copy of yours can't be kept here",
                )(error));
            }
        }
    }
}

/// Writes a file that is not there; if an editor was faster, its file stays.
fn write(path: &Path, text: &str) -> Result<(), RunnerError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(RunnerError::file(path, "the stub can't be written here"))
}
