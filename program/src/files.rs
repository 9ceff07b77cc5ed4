//! Files: read whole and within bounds, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use thiserror::Error;

/// Reads all there is, up to `limit` bytes.
///
/// # Errors
///
/// If it can't be read, or if there is more than that.
pub fn read(reader: impl Read, limit: u64) -> Result<Vec<u8>, ReadError> {
    let mut contents = Vec::new();
    let read = reader.take(limit + 1).read_to_end(&mut contents)?;
    if read as u64 > limit {
        return Err(ReadError::TooLarge { limit });
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
    #[error("is larger than {limit} bytes, which is the most that makes sense here")]
    TooLarge {
        /// The most that is read.
        limit: u64,
    },
}

/// A file to be written later: whole or not at all, so that an older file there is never lost to a
/// failure.
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
    /// If the folder does not exist or can't be written to, or if something is at `path` that is no
    /// file or can't be written to.
    pub fn new(path: &Path) -> Result<Self, WriteError> {
        match checked_destination(path) {
            Ok(destination) => Ok(Self {
                path: path.to_owned(),
                destination,
            }),
            Err(obstacle) => Err(WriteError {
                path: path.to_owned(),
                obstacle,
            }),
        }
    }

    /// Puts a file with these contents there, in the place of what was there before.
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
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(Obstacle::Folder),
        Ok(metadata) if !metadata.is_file() => Err(Obstacle::NotAFile),
        Ok(_) => {
            File::options().append(true).open(path)?;
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
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
        return Err(Obstacle::NoFolder {
            folder: folder.to_owned(),
        });
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
    /// A folder has the name.
    #[error("it is a folder; name a file in it")]
    Folder,
    /// A device or a pipe has the name.
    #[error("it is a device or a pipe; name a file")]
    NotAFile,
    /// The system says no.
    #[error("{0}")]
    Io(#[from] io::Error),
}
