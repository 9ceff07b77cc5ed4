//! Where things are.

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

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

    /// Whether a file is, or would be, in the folder of the answers.
    pub fn is_among_answers(&self, file: &Path) -> bool {
        let folder = match file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let answers = self.package().join("src").canonicalize();
        answers.is_ok_and(|answers| {
            folder.canonicalize().is_ok_and(|folder| folder.starts_with(answers))
        })
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

/// Replaces a file as a whole, so that nobody ever reads half of it.
pub fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", process::id()));
    let new = path.with_file_name(name);
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}
