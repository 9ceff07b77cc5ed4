//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

use checks::Exercise;

/// The command that runs this program.
pub const RUN: &str = "cargo run --package exercises --";

/// The folder of the workbook.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workbook to which this program belongs.
    ///
    /// Cargo says where it is now; where it was compiled is second best, since it
    /// may have moved.
    pub fn find() -> Self {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map(PathBuf::from)
            .filter(|package| package.join("manifest.json").is_file())
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        let root = package.parent().unwrap_or(&package).to_owned();
        Self { root }
    }

    /// The workspace's manifest.
    pub fn manifest(&self) -> PathBuf {
        self.root.join("Cargo.toml")
    }

    /// The folder of the package `exercises`.
    pub fn package(&self) -> PathBuf {
        self.root.join("exercises")
    }

    /// The learner's file.
    pub fn answer(&self, exercise: &Exercise) -> PathBuf {
        self.root.join(exercise.file())
    }

    /// A file or folder of this program's own, which git ignores.
    pub fn own(&self, name: &str) -> PathBuf {
        self.root.join("target").join("exercises").join(name)
    }

    /// The path as seen from the root, with forward slashes.
    pub fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }

    /// A path that is seen from the root.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }
}
