//! Prepares a page: typesets its formulas, sets its snippets flush left, and marks
//! the lines of which the text speaks.
//!
//! A formula stands between dollars, `$W x + b$`, or between double dollars where
//! it has a line of its own. Everything happens when the book is built: the page
//! needs no script and asks the network for nothing, and screen readers find
//! MathML.
//!
//! `<!-- mark: w.dot -->` before a snippet marks the first line with `w.dot` in it;
//! `<!-- mark: first … last -->` marks the lines from the one to the other.

#![forbid(unsafe_code)]

use std::ops::Range;

mod snippet;

use katex::{KatexContext, OutputFormat, Settings};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use thiserror::Error;

/// A page that can't be prepared.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PageError {
    /// A formula can't be typeset.
    #[error("line {line}: the formula `{formula}` can't be typeset: {reason}")]
    Formula {
        /// The line in which it begins.
        line: usize,
        /// The formula.
        formula: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A line is to be marked that the snippet does not have.
    #[error("line {line}: the snippet has no line with `{text}` to mark")]
    Mark {
        /// The line in which the snippet begins.
        line: usize,
        /// What is looked for.
        text: String,
    },
}

/// Replaces every formula by its typeset form, and takes the indentation that all
/// lines of a snippet share: a method is printed without the `impl` around it.
/// Lines to be marked become classes of the snippet.
///
/// ```
/// let page = pages::prepare("The bias $b$, and code: `$HOME`.")?;
/// assert!(page.contains("<mi>b</mi>"));
/// assert!(page.contains("`$HOME`"));
///
/// assert_eq!(
///     pages::prepare("```rust\n    fn f() {}\n```\n")?,
///     "```rust\nfn f() {}\n```\n"
/// );
///
/// let marked =
///     pages::prepare("<!-- mark: b -->\n```rust\na();\nb();\n```\n")?;
/// assert_eq!(marked, "```rust,from-2,to-2\na();\nb();\n```\n");
/// # Ok::<(), pages::PageError>(())
/// ```
///
/// # Errors
///
/// At the first formula that can't be typeset, and at the first mark without its
/// line.
pub fn prepare(page: &str) -> Result<String, PageError> {
    let context = KatexContext::default();
    let mut output = String::with_capacity(page.len());
    let mut done = 0;
    let mut mark = None;
    let options =
        Options::ENABLE_MATH | Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    for (event, range) in Parser::new_ext(page, options).into_offset_iter() {
        let mut end = range.end;
        let replacement = match event {
            Event::InlineMath(formula) => {
                let html = typeset(&context, &formula, false, page, &range)?;
                let after = punctuation(&page[end..]);
                end += after.len();
                format!("<span class=\"formula\">{html}{after}</span>")
            }
            Event::DisplayMath(formula) => {
                typeset(&context, &formula, true, page, &range)?
            }
            Event::Html(html) => match snippet::mark(&html) {
                Some(text) => {
                    mark = Some(text.to_owned());
                    String::new()
                }
                None => continue,
            },
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                let block = snippet::flush_left(&page[range.clone()]);
                match mark.take() {
                    Some(text) => {
                        snippet::marked(&block, &text).ok_or_else(|| {
                            let line = line_of(page, &range);
                            PageError::Mark { line, text }
                        })?
                    }
                    None => block,
                }
            }
            _ => continue,
        };
        output.push_str(&page[done..range.start]);
        output.push_str(&replacement);
        done = end;
    }
    output.push_str(&page[done..]);
    Ok(output)
}

fn typeset(
    context: &KatexContext,
    formula: &str,
    display: bool,
    page: &str,
    range: &Range<usize>,
) -> Result<String, PageError> {
    let settings = Settings::builder()
        .display_mode(display)
        .output(OutputFormat::HtmlAndMathml)
        .build();
    match katex::render_to_string(context, formula, &settings) {
        Ok(html) => Ok(hide_from_markdown(&html)),
        Err(error) => Err(PageError::Formula {
            line: line_of(page, range),
            formula: formula.to_owned(),
            reason: error.to_string(),
        }),
    }
}

/// The punctuation right after a formula, which no line may begin with.
fn punctuation(text: &str) -> &str {
    let end = text.find(|c: char| !".,;:?!)".contains(c));
    &text[..end.unwrap_or(text.len())]
}

fn line_of(page: &str, range: &Range<usize>) -> usize {
    page[..range.start].lines().count() + 1
}

/// Writes the characters that Markdown would take for its own as entities, outside
/// the tags.
fn hide_from_markdown(html: &str) -> String {
    let mut output = String::with_capacity(html.len());
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => {}
        }
        match character {
            '\n' => output.push(' '),
            '_' | '*' | '\\' | '|' | '[' | ']' | '~' | '^' | '$' | '`' | '{'
            | '}'
                if !in_tag =>
            {
                output.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => output.push(character),
        }
    }
    output
}
