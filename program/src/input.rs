//! Files that are read, whole and within bounds.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use thiserror::Error;

/// The largest size of an input.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// In bytes.
    pub bytes: u64,
    /// What is expected instead of more, as the end of a sentence.
    pub expected: &'static str,
}

/// Reads a regular file. Anything else isn't even opened: that could wait forever.
pub fn read_file(path: &Path, limit: Limit) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile);
    }
    if metadata.len() > limit.bytes {
        return Err(ReadError::too_large(metadata.len().to_string(), limit));
    }
    read(File::open(path)?, limit)
}

/// Reads everything up to the end.
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

/// Why something can't be read, as the end of a sentence.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error("can't be read: {0}")]
    Io(#[from] io::Error),
    #[error("can't be read: it is a folder, a pipe or a device; name a file")]
    NotAFile,
    #[error("is {size} bytes long, but {expected}")]
    TooLarge { size: String, expected: &'static str },
}

impl ReadError {
    fn too_large(size: String, limit: Limit) -> Self {
        Self::TooLarge { size, expected: limit.expected }
    }
}
