//! One build of the book. Each has a folder of its own, so that readers of an older
//! build and other builds at the same time are not disturbed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use preprocessor::NoMagic;
use tempfile::TempDir;

/// A complete build. Its folder is deleted with it.
#[derive(Debug)]
pub struct Build {
    folder: TempDir,
    destination: PathBuf,
}

impl Build {
    /// Builds the book to be read at `http://localhost/`, whatever its address will
    /// be when it is published.
    pub fn to_serve(root: &Path) -> Result<Self> {
        let mut book = MDBook::load(root)?;
        book.config.set("output.html.site-url", "/")?;
        Self::new(book)
    }

    /// Builds the book to be published.
    pub fn to_publish(root: &Path) -> Result<Self> {
        Self::new(MDBook::load(root)?)
    }

    fn new(mut book: MDBook) -> Result<Self> {
        let destination = book.build_dir_for("html");
        let beside =
            destination.parent().context("build-dir has to be a folder")?;
        fs::create_dir_all(beside)?;
        let folder = tempfile::Builder::new().prefix("book-").tempdir_in(beside)?;
        let build = Self { folder, destination };
        book.config.build.build_dir = build.pages();
        book.with_preprocessor(NoMagic);
        book.build()?;
        Ok(build)
    }

    /// The folder with the pages.
    pub fn pages(&self) -> PathBuf {
        self.folder.path().join("pages")
    }

    /// Puts the pages where book.toml wants them, in place of those of the last
    /// build. Returns this folder.
    pub fn publish(self) -> Result<PathBuf> {
        let replaced = self.folder.path().join("replaced");
        let lock = File::create(self.destination.with_extension("lock"))?;
        lock.lock()?;
        if self.destination.exists() {
            fs::rename(&self.destination, &replaced)?;
        }
        fs::rename(self.pages(), &self.destination)
            .inspect_err(|_| {
                let _ = fs::rename(&replaced, &self.destination);
            })
            .with_context(|| {
                format!("can't write {}", self.destination.display())
            })?;
        Ok(self.destination)
    }
}
