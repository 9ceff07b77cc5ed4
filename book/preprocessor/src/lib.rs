//! Prepares the book's pages: typesets formulas, sets snippets flush left, and
//! marks the lines that the text speaks of.
//!
//! A formula stands between dollars, `$W x + b$`, or between double dollars on a
//! line of its own. A dollar in a sentence is written `\$`. Everything happens when
//! the book is built: the page needs no script and asks the network for nothing,
//! and screen readers find MathML.
//!
//! `<!-- mark: w.dot -->` before a snippet marks the first line with `w.dot` in it;
//! `<!-- mark: first … last -->` marks the lines from the one to the other.

#![forbid(unsafe_code)]

mod page;
mod snippet;

use std::fs;

use mdbook_preprocessor::book::{Book, Chapter};
use mdbook_preprocessor::errors::{Error, Result};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

pub use page::{PageError, Problem, prepare};

/// The preprocessor of this book, called by `mdbook` or by the book's own server.
#[derive(Debug)]
pub struct NoMagic;

impl Preprocessor for NoMagic {
    fn name(&self) -> &str {
        "no-magic"
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let mut errors = Vec::new();
        book.for_each_chapter_mut(|chapter| match prepare(&chapter.content) {
            Ok(content) => chapter.content = content,
            Err(error) => errors.push(locate(context, chapter, &error)),
        });
        if errors.is_empty() {
            Ok(book)
        } else {
            Err(Error::msg(errors.join("\n")))
        }
    }
}

/// Names the file and the line as they were written. The page at hand is longer,
/// because its snippets have been included.
fn locate(
    context: &PreprocessorContext,
    chapter: &Chapter,
    error: &PageError,
) -> String {
    let Some(source) = &chapter.source_path else {
        return format!("{}: {}", chapter.name, error.problem);
    };
    let file = context.config.book.src.join(source);
    let written = fs::read_to_string(context.root.join(&file)).unwrap_or_default();
    let wrong = chapter.content.lines().nth(error.line - 1).unwrap_or_default();
    match written.lines().position(|line| line == wrong) {
        Some(index) => {
            format!("{}:{}: {}", file.display(), index + 1, error.problem)
        }
        None => format!("{}: {}\n{wrong}", file.display(), error.problem),
    }
}
