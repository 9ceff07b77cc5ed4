//! A folder for one judgment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use crate::error::RunnerError;
use crate::workspace::Workspace;

/// A fresh folder, which goes away with the value.
#[derive(Debug)]
pub struct Folder(PathBuf);

const NAME: &str = "verdicts-";

/// No judgment takes this long.
const LEFT_OVER: Duration = Duration::from_secs(3600);

impl Folder {
    pub fn new(workspace: &Workspace) -> Result<Self, RunnerError> {
        remove_leftovers(&workspace.own(""));
        let path = workspace.own(&format!("{NAME}{}", process::id()));
        // An older process may have had the same number.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path)
            .map_err(RunnerError::file(&path, "this folder can't be made"))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes what runs left behind that were ended by Ctrl-C, as far as that is
/// possible.
fn remove_leftovers(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let time = entry.metadata().and_then(|metadata| metadata.modified());
        let age = time.ok().and_then(|time| time.elapsed().ok());
        let is_ours = entry.file_name().to_string_lossy().starts_with(NAME);
        if is_ours && age > Some(LEFT_OVER) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
