//! Builds the book in this process, pages prepared.

use std::error::Error;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::errors::Result as BookResult;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

/// Builds the book of `root`; returns the folder with its pages.
pub fn build(root: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let mut book = MDBook::load(root).map_err(explain)?;
    book.with_preprocessor(Pages);
    book.build().map_err(explain)?;
    Ok(book.build_dir_for("html"))
}

/// An error with all its reasons, in a line.
fn explain(error: mdbook_driver::errors::Error) -> String {
    let reasons: Vec<String> = error.chain().map(ToString::to_string).collect();
    reasons.join(": ")
}

/// Stands in for the preprocessor of the same name in book.toml, and saves starting
/// a process.
struct Pages;

impl Preprocessor for Pages {
    fn name(&self) -> &str {
        "pages"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> BookResult<Book> {
        let mut result = Ok(());
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item
                && result.is_ok()
            {
                result = prepare(&mut chapter.content, &chapter.name);
            }
        });
        result.map(|()| book)
    }
}

fn prepare(content: &mut String, name: &str) -> BookResult<()> {
    *content = pages::prepare(content).map_err(|error| {
        mdbook_driver::errors::Error::msg(format!("{name}: {error}"))
    })?;
    Ok(())
}
