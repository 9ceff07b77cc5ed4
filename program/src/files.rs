//! Files: read whole and within bounds, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{self, Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use thiserror::Error;

/// The most that is read of something.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// In bytes.
    pub bytes: u64,
    /// What is expected instead of more, as the end of a sentence.
    pub expected: &'static str,
}

/// Reads a file.
///
/// # Errors
///
/// If it can't be read, or if it is larger than the limit.
pub fn read_file(path: &Path, limit: Limit) -> Result<Vec<u8>, ReadError> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > limit.bytes {
        return Err(ReadError::too_large(size.to_string(), limit));
    }
    read(file, limit)
}

/// Reads all there is.
///
/// # Errors
///
/// If it can't be read, or if it is more than the limit.
pub fn read(reader: impl Read, limit: Limit) -> Result<Vec<u8>, ReadError> {
    let mut contents = Vec::new();
    let read = reader.take(limit.bytes + 1).read_to_end(&mut contents)?;
    if read as u64 > limit.bytes {
        return Err(ReadError::too_large(
            format!("more than {}", limit.bytes),
            limit,
        ));
    }
    Ok(contents)
}

/// Why something can't be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The system says no.
    #[error("can't be read: {0}")]
    Io(#[from] io::Error),
    /// It is larger than it may be.
    #[error("is {size} bytes long, but {expected}")]
    TooLarge {
        /// How many bytes it has, as far as that is known.
        size: String,
        /// What is expected.
        expected: &'static str,
    },
}

impl ReadError {
    fn too_large(size: String, limit: Limit) -> Self {
        let expected = limit.expected;
        Self::TooLarge { size, expected }
    }
}

/// A file to be written later: whole or not at all, so that an older file there is
/// never lost to a failure.
#[derive(Debug)]
pub struct Target {
    path: PathBuf,
    destination: PathBuf,
}

impl Target {
    /// Makes sure that there can be a file at `path`, and changes nothing there.
    ///
    /// # Errors
    ///
    /// If the folder does not exist or can't be written to, if `path` can't be a
    /// file's, or if something is there that is no file or can't be written to.
    pub fn new(path: &Path) -> Result<Self, WriteError> {
        match checked_destination(path) {
            Ok(destination) => Ok(Self { path: path.to_owned(), destination }),
            Err(obstacle) => Err(WriteError { path: path.to_owned(), obstacle }),
        }
    }

    /// Puts a file with these contents there, in the place of what was there
    /// before.
    ///
    /// # Errors
    ///
    /// If the system says no. Then everything is as it was before.
    pub fn write(&self, contents: &[u8]) -> Result<(), WriteError> {
        write_whole(&self.destination, contents).map_err(|error| WriteError {
            path: self.path.clone(),
            obstacle: error.into(),
        })
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether both would write the same file.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.destination == other.destination
    }
}

fn write_whole(destination: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = AtomicWriteFile::open(destination)?;
    file.write_all(contents)?;
    file.commit()
}

fn checked_destination(path: &Path) -> Result<PathBuf, Obstacle> {
    check_what_is_there(path)?;
    let destination = destination(path)?;
    AtomicWriteFile::open(&destination)?.discard()?;
    Ok(destination)
}

fn check_what_is_there(path: &Path) -> Result<(), Obstacle> {
    if path == Path::new("-") {
        return Err(Obstacle::StandardOutput);
    }
    if names_a_folder(path) {
        return Err(Obstacle::Folder);
    }
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(Obstacle::Folder),
        Ok(metadata) if !metadata.is_file() => Err(Obstacle::NotAFile),
        Ok(_) => {
            File::options().append(true).open(path)?;
            Ok(())
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        Err(_) if path.is_symlink() => Err(Obstacle::LinkToNothing),
        Err(_) => Ok(()),
    }
}

/// Whether it ends as only a folder's path does, be there one or not.
fn names_a_folder(path: &Path) -> bool {
    let path = path.to_string_lossy();
    let name = path.rsplit(path::is_separator).next();
    matches!(name, Some("" | "." | ".."))
}

/// Where the path leads to in the end, so that a link stays a link.
fn destination(path: &Path) -> Result<PathBuf, Obstacle> {
    if let Ok(destination) = fs::canonicalize(path) {
        return Ok(destination);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.exists() {
        return Err(Obstacle::NoFolder { folder: folder.to_owned() });
    }
    Ok(fs::canonicalize(folder)?.join(path.file_name().unwrap_or_default()))
}

/// A file can't be written.
#[derive(Debug, Error)]
#[error("{} can't be written: {obstacle}", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What is in the way.
    pub obstacle: Obstacle,
}

/// What is in the way of a file.
#[derive(Debug, Error)]
pub enum Obstacle {
    /// There is no folder for it.
    #[error("the folder {} does not exist; create it first", folder.display())]
    NoFolder {
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// The name is the one that stands for standard output elsewhere.
    #[error("it stands for standard output; name a file")]
    StandardOutput,
    /// The name is a folder's.
    #[error("it is a folder; name a file in it")]
    Folder,
    /// A device or a pipe has the name.
    #[error("it is a device or a pipe; name a file")]
    NotAFile,
    /// A link has the name, and what it leads to is not there.
    #[error(
        "it is a link to a file that does not exist; name that file, or remove \
         the link"
    )]
    LinkToNothing,
    /// The system says no.
    #[error("{0}")]
    Io(#[from] io::Error),
}
