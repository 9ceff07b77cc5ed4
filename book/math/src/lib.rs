//! Typesets the formulas of a page.
//!
//! A formula stands between dollars, `$W x + b$`, or between double dollars where it has a line of
//! its own. Everything happens when the book is built: the page needs no script and asks the
//! network for nothing, and screen readers find MathML.

#![forbid(unsafe_code)]

use katex::{KatexContext, OutputFormat, Settings};
use pulldown_cmark::{Event, Options, Parser};
use thiserror::Error;

/// A formula that can't be typeset.
#[derive(Debug, Error)]
#[error("line {line}: the formula `{formula}` can't be typeset: {reason}")]
pub struct MathError {
    line: usize,
    formula: String,
    reason: String,
}

/// Replaces every formula of a page by its typeset form.
///
/// ```
/// let page = math::typeset("The bias $b$, and code: `$HOME`.")?;
/// assert!(page.contains("<mi>b</mi>"));
/// assert!(page.contains("`$HOME`"));
/// # Ok::<(), math::MathError>(())
/// ```
///
/// # Errors
///
/// At the first formula that can't be typeset, with its line.
pub fn typeset(page: &str) -> Result<String, MathError> {
    let context = KatexContext::default();
    let mut output = String::with_capacity(page.len());
    let mut done = 0;
    let options =
        Options::ENABLE_MATH | Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    for (event, range) in Parser::new_ext(page, options).into_offset_iter() {
        let (formula, display) = match event {
            Event::InlineMath(formula) => (formula, false),
            Event::DisplayMath(formula) => (formula, true),
            _ => continue,
        };
        let html =
            typeset_formula(&context, &formula, display).map_err(|reason| MathError {
                line: page[..range.start].lines().count(),
                formula: formula.to_string(),
                reason,
            })?;
        output.push_str(&page[done..range.start]);
        output.push_str(&html);
        done = range.end;
    }
    output.push_str(&page[done..]);
    Ok(output)
}

fn typeset_formula(
    context: &KatexContext,
    formula: &str,
    display: bool,
) -> Result<String, String> {
    let settings = Settings::builder()
        .display_mode(display)
        .output(OutputFormat::HtmlAndMathml)
        .build();
    katex::render_to_string(context, formula, &settings)
        .map(|html| hide_from_markdown(&html))
        .map_err(|error| error.to_string())
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
