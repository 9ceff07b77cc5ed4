//! Prepares a page: typesets its formulas, and sets its snippets flush left.
//!
//! A formula stands between dollars, `$W x + b$`, or between double dollars where it has a line of
//! its own. Everything happens when the book is built: the page needs no script and asks the
//! network for nothing, and screen readers find MathML.

#![forbid(unsafe_code)]

use std::ops::Range;

use katex::{KatexContext, OutputFormat, Settings};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use thiserror::Error;

/// A formula that can't be typeset.
#[derive(Debug, Error)]
#[error("line {line}: the formula `{formula}` can't be typeset: {reason}")]
pub struct MathError {
    line: usize,
    formula: String,
    reason: String,
}

/// Replaces every formula by its typeset form, and takes the indentation that all lines of a
/// snippet share: a method is printed without the `impl` around it.
///
/// ```
/// let page = pages::prepare("The bias $b$, and code: `$HOME`.")?;
/// assert!(page.contains("<mi>b</mi>"));
/// assert!(page.contains("`$HOME`"));
///
/// assert_eq!(pages::prepare("```rust\n    fn f() {}\n```\n")?, "```rust\nfn f() {}\n```\n");
/// # Ok::<(), pages::MathError>(())
/// ```
///
/// # Errors
///
/// At the first formula that can't be typeset, with its line.
pub fn prepare(page: &str) -> Result<String, MathError> {
    let context = KatexContext::default();
    let mut output = String::with_capacity(page.len());
    let mut done = 0;
    let options =
        Options::ENABLE_MATH | Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    for (event, range) in Parser::new_ext(page, options).into_offset_iter() {
        let replacement = match event {
            Event::InlineMath(formula) => {
                typeset(&context, &formula, false, page, &range)?
            }
            Event::DisplayMath(formula) => {
                typeset(&context, &formula, true, page, &range)?
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                flush_left(&page[range.clone()])
            }
            _ => continue,
        };
        output.push_str(&page[done..range.start]);
        output.push_str(&replacement);
        done = range.end;
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
) -> Result<String, MathError> {
    let settings = Settings::builder()
        .display_mode(display)
        .output(OutputFormat::HtmlAndMathml)
        .build();
    match katex::render_to_string(context, formula, &settings) {
        Ok(html) => Ok(hide_from_markdown(&html)),
        Err(error) => Err(MathError {
            line: page[..range.start].lines().count(),
            formula: formula.to_owned(),
            reason: error.to_string(),
        }),
    }
}

/// Takes the indentation that all lines between the fences share.
fn flush_left(block: &str) -> String {
    let lines: Vec<&str> = block.lines().collect();
    let inside = lines
        .get(1..lines.len().saturating_sub(1))
        .unwrap_or_default();
    let indentation = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let written = inside.iter().filter(|line| !line.trim().is_empty());
    let shared = written.map(indentation).min().unwrap_or(0);
    let flush = inside.iter().map(|line| line.get(shared..).unwrap_or(""));
    let fences = (lines.first().copied(), lines.last().copied());
    let all: Vec<&str> = fences.0.into_iter().chain(flush).chain(fences.1).collect();
    let mut text = all.join("\n");
    if block.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Writes the characters that Markdown would take for its own as entities, outside the tags.
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
            '_' | '*' | '\\' | '|' | '[' | ']' | '~' | '^' | '$' | '`' | '{' | '}'
                if !in_tag =>
            {
                output.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => output.push(character),
        }
    }
    output
}
