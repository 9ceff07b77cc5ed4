//! The JSON files of the program. Each begins with the name and the version of its
//! format: `{"format": "no-magic model", "version": 1, …}`.

use std::error::Error;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::error::Category;
use thiserror::Error;

use crate::console;
use crate::input::{self, Limit};

/// What some editors put before the text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A kind of file. The program reads only the current version.
#[derive(Debug)]
pub struct Format {
    /// The name in the file.
    pub name: &'static str,
    /// The version in the file.
    pub version: u64,
    /// What messages call it.
    pub what: &'static str,
    /// The largest size of a file.
    pub limit: Limit,
    /// What to do if a file can't be used.
    pub advice: &'static str,
}

/// The beginning of a file.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: Option<Value>,
}

impl Format {
    /// Reads a file, and makes of it what `interpret` does.
    pub fn load<T: DeserializeOwned, U>(
        &self,
        path: &Path,
        interpret: impl FnOnce(T) -> Result<U, Box<dyn Error>>,
    ) -> Result<U, BadFile> {
        let contents = input::read_file(path, self.limit).map_err(Box::from);
        contents
            .and_then(|json| interpret(self.parse(&json)?))
            .map_err(|source| self.bad_file(path, source))
    }

    /// A file of this kind, with what is wrong with it.
    pub fn bad_file(
        &self,
        path: &Path,
        source: impl Into<Box<dyn Error>>,
    ) -> BadFile {
        let (path, advice) = (path.to_owned(), self.advice);
        BadFile { path, source: source.into(), advice }
    }

    fn parse<T: DeserializeOwned>(&self, json: &[u8]) -> Result<T, String> {
        let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
        let Self { name, what, version, .. } = self;
        let different = || format!("this is no {what}");
        let damaged = |error: serde_json::Error| {
            format!("{}, or a damaged one: {error}", different())
        };
        let header: Header = serde_json::from_slice(json).map_err(|error| {
            match error.classify() {
                Category::Data => different(),
                Category::Eof => "the file ends too soon".into(),
                Category::Syntax | Category::Io => damaged(error),
            }
        })?;
        // Early files had the version in the name.
        let found = match (header.format.strip_prefix(name), header.version) {
            (Some(""), Some(version)) => version.to_string(),
            (Some(early), None) if early.starts_with(' ') => early.trim().into(),
            _ => return Err(different()),
        };
        if found != version.to_string() {
            return Err(format!(
                "the {what} has version {found} of the format, but this program \
                 reads version {version}"
            ));
        }
        serde_json::from_slice(json).map_err(damaged)
    }
}

/// The contents as a file of one line.
pub fn to_json(contents: &impl Serialize) -> Vec<u8> {
    let mut json =
        serde_json::to_vec(contents).expect("numbers and names are JSON");
    json.push(b'\n');
    json
}

/// A file that can't be used.
#[derive(Debug, Error)]
#[error("{}: {source}; {advice}", console::shown(path))]
pub struct BadFile {
    path: PathBuf,
    source: Box<dyn Error>,
    advice: &'static str,
}
