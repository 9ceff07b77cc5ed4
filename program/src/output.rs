//! A file to be written later: whole or not at all, so that no failure ever costs
//! the file that was there before.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};

use tempfile::{Builder, NamedTempFile};
use thiserror::Error;

use crate::console;

/// A place for a file.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    destination: Destination,
}

#[derive(Debug, PartialEq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only Unix has names for streams"))]
enum Destination {
    File(PathBuf),
    StandardOutput,
    StandardError,
}

impl Output {
    /// Makes sure that `path` can be written, and changes nothing there.
    pub fn new(path: &Path) -> Result<Self, WriteError> {
        match destination(path) {
            Ok(destination) => Ok(Self { path: path.to_owned(), destination }),
            Err(obstacle) => Err(WriteError { path: path.to_owned(), obstacle }),
        }
    }

    /// Replaces the file, or leaves it as it was. Standard output and standard
    /// error have nothing to replace, so the contents follow what they have.
    pub fn write(&self, contents: &[u8]) -> Result<(), WriteError> {
        let result = match &self.destination {
            Destination::File(path) => replace(path, contents),
            Destination::StandardOutput => append(io::stdout(), contents),
            Destination::StandardError => append(io::stderr(), contents),
        };
        result.map_err(|error| WriteError {
            path: self.path.clone(),
            obstacle: error.into(),
        })
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether writing replaces what was written before.
    pub fn is_file(&self) -> bool {
        matches!(self.destination, Destination::File(_))
    }

    /// Whether writing the one would write the other.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (&self.destination, &other.destination) {
            (Destination::File(one), Destination::File(other)) => {
                is_same_file(one, other)
            }
            (one, other) => one == other,
        }
    }

    /// Whether it replaces the file at `path`.
    pub fn replaces(&self, path: &Path) -> bool {
        match (&self.destination, path.canonicalize()) {
            (Destination::File(one), Ok(other)) => is_same_file(one, &other),
            _ => false,
        }
    }
}

/// Whether two canonical paths are those of one file, which may not exist yet.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let ignores_case = cfg!(any(windows, target_os = "macos"));
    let (name, other_name) = (one.as_os_str(), other.as_os_str());
    name == other_name
        || ignores_case && name.eq_ignore_ascii_case(other_name)
        || one.is_file()
            && other.is_file()
            && same_file::is_same_file(one, other).unwrap_or(false)
}

fn append(mut stream: impl Write, contents: &[u8]) -> io::Result<()> {
    stream.write_all(contents)?;
    stream.flush()
}

fn replace(destination: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = temporary_file(destination)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(destination)?;
    Ok(())
}

/// A file next to the destination with the permissions that it is to have. Others
/// that were left behind there when the program was killed are removed.
fn temporary_file(destination: &Path) -> io::Result<NamedTempFile> {
    let folder = destination.parent().unwrap_or(Path::new("."));
    let name = destination.file_name().unwrap_or_default().to_string_lossy();
    // Short enough to be a name itself, however long the destination's is.
    let prefix =
        format!(".{}.no-magic-", name.chars().take(32).collect::<String>());
    remove_strays(folder, &prefix);

    let mut builder = Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.prefix(&prefix).tempfile_in(folder)?;
    if let Ok(metadata) = fs::metadata(destination) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    // Not every file system has locks.
    let _ = file.as_file().lock_shared();
    Ok(file)
}

/// Removes files with that prefix, except those that a running program has locked.
fn remove_strays(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix)
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok())
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(unix)]
const PRINTED: &str =
    "what the program prints goes there already; name another file";

fn destination(path: &Path) -> Result<Destination, Box<dyn Error>> {
    if path == Path::new("-") {
        return Err("it stands for standard output; name a file".into());
    }
    if path.is_dir() || names_a_folder(path) {
        return Err("it is a folder; name a file in it".into());
    }
    let destination = match fs::metadata(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error.into());
        }
        Err(_) => new_file(path)?,
        #[cfg(unix)]
        Ok(metadata) if stream(&metadata).is_some() => {
            let is_named = ["/dev", "/proc"].iter().any(|it| path.starts_with(it));
            return stream(&metadata).filter(|_| is_named).ok_or(PRINTED.into());
        }
        Ok(metadata) if !metadata.is_file() => {
            return Err("it is a device or a pipe; name a file".into());
        }
        Ok(_) => {
            File::options().append(true).open(path)?;
            fs::canonicalize(path)?
        }
    };
    temporary_file(&destination)?;
    Ok(Destination::File(destination))
}

/// Whether it ends as only a folder's path does, even if there is none.
fn names_a_folder(path: &Path) -> bool {
    let path = path.to_string_lossy();
    let name = path.rsplit(path::is_separator).next();
    matches!(name, Some("" | "." | ".."))
}

fn new_file(path: &Path) -> Result<PathBuf, Box<dyn Error>> {
    if path.is_symlink() {
        return Err("it is a link to a file that does not exist; name that file, \
                    or remove the link"
            .into());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.exists() {
        let folder = console::shown(folder);
        let problem = format!("the folder {folder} does not exist");
        return Err(format!("{problem}; create it first").into());
    }
    Ok(fs::canonicalize(folder)?.join(path.file_name().unwrap_or_default()))
}

/// The stream that goes to this file.
#[cfg(unix)]
fn stream(metadata: &fs::Metadata) -> Option<Destination> {
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;

    let goes_there = |stream: &dyn AsFd| {
        let file = stream.as_fd().try_clone_to_owned().map(File::from);
        let found = file.and_then(|file| file.metadata());
        found.is_ok_and(|it| {
            (it.dev(), it.ino()) == (metadata.dev(), metadata.ino())
        })
    };
    if goes_there(&io::stdout()) {
        Some(Destination::StandardOutput)
    } else {
        goes_there(&io::stderr()).then_some(Destination::StandardError)
    }
}

/// A file can't be written.
#[derive(Debug, Error)]
#[error("{} can't be written: {obstacle}", console::shown(path))]
pub struct WriteError {
    path: PathBuf,
    obstacle: Box<dyn Error>,
}
