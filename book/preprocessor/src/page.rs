//! A page: what is replaced in it, and what is wrong with it.

use std::ops::Range;

use katex::{KatexContext, OutputFormat, Settings};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use thiserror::Error;

use crate::snippet;

/// A page that can't be prepared.
#[derive(Debug, Error)]
#[error("line {line}: {problem}")]
pub struct PageError {
    /// The line of the page, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a page.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Problem {
    /// A formula can't be typeset.
    #[error("the formula `{formula}` can't be typeset: {reason}")]
    Formula {
        /// The formula.
        formula: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A dollar is left that belongs to no formula.
    #[error(
        "`{text}` begins with a dollar that belongs to no formula. Is the formula \
         closed, and are its braces balanced? In a table, `|` is `\\lvert`. HTML \
         and a picture's description can't contain formulas. A literal dollar is \
         `\\$`, in HTML `&#36;`"
    )]
    Dollar {
        /// What follows from there on, up to the end of the line.
        text: String,
    },
    /// mdBook could not include a file.
    #[error("`{directive}` includes nothing: is there such a file?")]
    Include {
        /// The directive that mdBook has left in the page.
        directive: String,
    },
    /// A snippet has no lines.
    #[error("the snippet is empty: does the file it includes have this anchor?")]
    Empty,
    /// A line is to be marked that the snippet does not have.
    #[error("the snippet has no line with `{text}` to mark")]
    Mark {
        /// What is looked for.
        text: String,
    },
}

/// Replaces every formula by its typeset form, and takes the indentation that all
/// lines of a snippet share: a method is printed without the `impl` around it.
/// Lines to be marked become classes of the snippet.
///
/// ```
/// let page = preprocessor::prepare("The bias $b$, and code: `$HOME`.")?;
/// assert!(page.contains("<mi>b</mi>"));
/// assert!(page.contains("`$HOME`"));
///
/// assert_eq!(
///     preprocessor::prepare("```rust\n    fn f() {}\n```\n")?,
///     "```rust\nfn f() {}\n```\n"
/// );
///
/// let marked =
///     preprocessor::prepare("<!-- mark: b -->\n```rust\na();\nb();\n```\n")?;
/// assert_eq!(marked, "```rust,from-2,to-2\na();\nb();\n```\n");
///
/// // What rustdoc is not to test; mdBook knows the language by its full name.
/// let quiet = preprocessor::prepare("```rs\na();\n```\n")?;
/// assert_eq!(quiet, "```rust,ignore\na();\n```\n");
/// # Ok::<(), preprocessor::PageError>(())
/// ```
///
/// # Errors
///
/// At the first place where something would be missing from the page: a formula, an
/// included snippet, or a mark.
pub fn prepare(page: &str) -> Result<String, PageError> {
    check_includes(page)?;
    let options =
        Options::ENABLE_MATH | Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let mut replacer = Replacer {
        page,
        context: KatexContext::default(),
        mark: None,
        picture: 0..0,
    };
    let mut output = String::with_capacity(page.len());
    let mut done = 0;
    for (event, mut range) in Parser::new_ext(page, options).into_offset_iter() {
        if let Some(text) = replacer.replace(event, &mut range)? {
            output.push_str(without_formulas(page, done..range.start)?);
            output.push_str(&text);
            done = range.end;
        }
    }
    output.push_str(without_formulas(page, done..page.len())?);
    Ok(output)
}

/// Goes through a page from top to bottom.
struct Replacer<'a> {
    page: &'a str,
    context: KatexContext,
    /// What to mark in the next snippet, and where that is said.
    mark: Option<(String, usize)>,
    /// The picture whose description comes next.
    picture: Range<usize>,
}

impl Replacer<'_> {
    /// What stands for this part of the page, which can grow a little. Nothing for
    /// a part in which a dollar would be an error.
    fn replace(
        &mut self,
        event: Event<'_>,
        range: &mut Range<usize>,
    ) -> Result<Option<String>, PageError> {
        let text = match event {
            Event::Start(Tag::Image { .. }) => {
                self.picture = range.clone();
                return Ok(None);
            }
            Event::InlineMath(formula) if range.end > self.picture.end => {
                let html = self.typeset(&formula, false, range.start)?;
                let after = punctuation(&self.page[range.end..]);
                range.end += after.len();
                format!("<span class=\"formula\">{html}{after}</span>")
            }
            Event::DisplayMath(formula) if range.end > self.picture.end => {
                self.typeset(&formula, true, range.start)?
            }
            Event::Html(html) if html.starts_with("<!--") => {
                match snippet::mark(&html) {
                    Some(text) => {
                        self.mark = Some((text.to_owned(), range.start));
                        String::new()
                    }
                    None => html.into_string(),
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                self.snippet(range)?
            }
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => {
                self.page[range.clone()].to_owned()
            }
            _ => return Ok(None),
        };
        Ok(Some(text))
    }

    fn snippet(&mut self, range: &Range<usize>) -> Result<String, PageError> {
        let block = snippet::flush_left(&self.page[range.clone()])
            .ok_or_else(|| error(self.page, range.start, Problem::Empty))?;
        let block = block.replacen("```rs", "```rust,ignore", 1);
        let Some((text, start)) = self.mark.take() else { return Ok(block) };
        snippet::marked(&block, &text)
            .ok_or_else(|| error(self.page, start, Problem::Mark { text }))
    }

    fn typeset(
        &self,
        formula: &str,
        display: bool,
        start: usize,
    ) -> Result<String, PageError> {
        let settings = Settings::builder()
            .display_mode(display)
            .output(OutputFormat::HtmlAndMathml)
            .build();
        match katex::render_to_string(&self.context, formula, &settings) {
            Ok(html) => Ok(tidy(&html)),
            Err(reason) => {
                let (formula, reason) = (formula.to_owned(), reason.to_string());
                Err(error(self.page, start, Problem::Formula { formula, reason }))
            }
        }
    }
}

/// mdBook leaves a directive in the page when it can't find the file.
fn check_includes(page: &str) -> Result<(), PageError> {
    let Some(start) = page.find("{{#") else { return Ok(()) };
    let directive = page[start..].lines().next().unwrap_or_default().to_owned();
    Err(error(page, start, Problem::Include { directive }))
}

/// This part of a page, if no backslash is missing before a dollar.
fn without_formulas(page: &str, part: Range<usize>) -> Result<&str, PageError> {
    let text = &page[part.clone()];
    let is_literal = |index: usize| {
        let before = text[..index].trim_end_matches('\\');
        (index - before.len()) % 2 == 1
    };
    let mut dollars = text.match_indices('$').map(|(index, _)| index);
    let Some(index) = dollars.find(|&index| !is_literal(index)) else {
        return Ok(text);
    };
    let start = part.start + index;
    let text = page[start..].lines().next().unwrap_or_default().to_owned();
    Err(error(page, start, Problem::Dollar { text }))
}

fn error(page: &str, position: usize, problem: Problem) -> PageError {
    PageError { line: page[..position].matches('\n').count() + 1, problem }
}

/// The punctuation right after a formula, which no line may begin with.
fn punctuation(text: &str) -> &str {
    let end = text.find(|c: char| !".,;:?!)".contains(c));
    &text[..end.unwrap_or(text.len())]
}

/// Orders the attributes of each tag, which KaTeX writes in a different order each
/// time. Between the tags, writes the characters that Markdown would take for its
/// own as entities.
fn tidy(html: &str) -> String {
    let mut output = String::with_capacity(html.len());
    for part in html.split_inclusive('>') {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        for character in text.chars() {
            match character {
                '\n' => output.push(' '),
                '_' | '*' | '\\' | '|' | '[' | ']' | '~' | '^' | '$' | '`'
                | '{' | '}' => {
                    output.push_str(&format!("&#{};", u32::from(character)));
                }
                _ => output.push(character),
            }
        }
        output.push_str(&ordered(tag));
    }
    output
}

/// A tag with its attributes in alphabetical order.
fn ordered(tag: &str) -> String {
    let Some((name, attributes)) = tag.split_once(' ') else {
        return tag.to_owned();
    };
    let inside = attributes.trim_end_matches(['/', '>']);
    let closing = &attributes[inside.len()..];
    let mut attributes: Vec<&str> =
        inside.trim_end_matches('"').split("\" ").collect();
    attributes.sort_unstable();
    format!("{name} {}\"{closing}", attributes.join("\" "))
}
