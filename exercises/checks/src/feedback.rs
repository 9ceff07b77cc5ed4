//! What a learner is told, in the order in which it helps.

use std::fmt;

use anstyle::{AnsiColor, Style};
use textwrap::WordSplitter;

use crate::run::Failure;

/// Why an answer is not right yet.
#[derive(Clone, Default, PartialEq)]
pub struct Feedback {
    /// The exercise and question, such as `shapes, question 2`.
    pub title: String,
    /// Whether the question is still the stub.
    pub unanswered: bool,
    /// Whether the file has changed since it was compiled.
    pub outdated: bool,
    /// What is wrong, in one sentence.
    pub sentence: String,
    /// What else is known about it, a sentence each.
    pub facts: Vec<String>,
    /// What the answer was given: names and values.
    pub input: Vec<(String, String)>,
    /// Expected beside yours, line by line.
    pub comparison: Vec<String>,
    /// The known mistakes that give the same results, in every case.
    pub mistakes: Vec<Named>,
    /// Where the answer panicked, or is missing: file and line.
    pub place: Option<String>,
    /// The function to edit, where a question has several and it is not the first.
    pub function: Option<&'static str>,
    /// Where to go from here: what it is called, and the place or command.
    pub next: Vec<(&'static str, String)>,
}

impl From<&Failure> for Feedback {
    fn from(failure: &Failure) -> Self {
        let mut feedback = Self::default();
        match failure {
            Failure::Unanswered { place } => {
                feedback.unanswered = true;
                feedback.place = Some(place.clone());
            }
            Failure::Endless { limit } => {
                feedback.sentence = format!(
                    "Your code was still running after {} seconds. Is there a \
                     loop that never ends?",
                    limit.as_secs_f64()
                );
            }
            Failure::Panicked { message, place } => {
                "Your code panicked.".clone_into(&mut feedback.sentence);
                feedback.comparison = message.lines().map(str::to_owned).collect();
                if !place.is_empty() {
                    feedback.comparison.push(format!("at {place}"));
                }
                feedback.place = Some(place.clone());
                if message.contains("could not broadcast") {
                    feedback.facts.push(BROADCAST.to_owned());
                }
            }
        }
        feedback
    }
}

const BROADCAST: &str = "ndarray lines shapes up from the right, and stretches \
                         only sides of length 1. A vector with a number for each \
                         row needs a second axis first: `.insert_axis(Axis(1))`.";

/// A known mistake, found in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name, which never changes: `layer.backward.no_mask`.
    pub id: String,
    /// What is wrong.
    pub says: &'static str,
}

/// What matters most.
pub const BOLD: Style = Style::new().bold();
/// What is wrong.
pub const RED: Style = AnsiColor::Red.on_default();
/// What is done.
pub const GREEN: Style = AnsiColor::Green.on_default();
/// What to look at.
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
/// Where to go from here.
pub const CYAN: Style = AnsiColor::Cyan.on_default();

/// The text in a color.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The widest line that a terminal of 80 columns shows without breaking it.
pub const WIDTH: usize = 78;

impl Feedback {
    /// The feedback as text; with `color`, what matters most stands out.
    pub fn render(&self, color: bool) -> String {
        let paint = |style, text: &str| {
            if color { paint(style, text) } else { text.to_owned() }
        };
        let mut blocks = Vec::new();
        let state = match (self.outdated, self.unanswered) {
            (true, _) => "not compiled yet",
            (_, true) => "not answered yet",
            _ => "not right yet",
        };
        let separator = if self.title.is_empty() { "" } else { ": " };
        blocks.push(paint(BOLD, &format!("{}{separator}{state}", self.title)));
        if !self.sentence.is_empty() {
            blocks.push(wrap(&self.sentence, "", ""));
        }
        if !self.facts.is_empty() {
            blocks.push(wrap(&self.facts.join(" "), "", ""));
        }
        if !self.input.is_empty() {
            blocks.push(names_and_values(&self.input));
        }
        if !self.comparison.is_empty() {
            let lines = self.comparison.iter().map(|line| {
                let line = format!("  {line}");
                if line.trim_start().starts_with('→') {
                    paint(RED.bold(), &line)
                } else {
                    line
                }
            });
            blocks.push(lines.collect::<Vec<_>>().join("\n"));
        }
        match self.mistakes.as_slice() {
            [] => {}
            [one] => {
                let text = wrap(one.says, "Likely mistake: ", "  ");
                blocks.push(paint(YELLOW, &text));
            }
            several => {
                let lines =
                    several.iter().map(|one| wrap(one.says, "  - ", "    "));
                let lines = lines.collect::<Vec<_>>().join("\n");
                let text = format!(
                    "Likely mistakes, which together give your results:\n{lines}"
                );
                blocks.push(paint(YELLOW, &text));
            }
        }
        if !self.next.is_empty() {
            let lines =
                self.next.iter().map(|(name, text)| format!("  {name:<5} {text}"));
            blocks.push(paint(CYAN, &lines.collect::<Vec<_>>().join("\n")));
        }
        let mut text = blocks.join("\n\n");
        text.push('\n');
        text
    }
}

fn names_and_values(input: &[(String, String)]) -> String {
    let names =
        input.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines = input.iter().map(|(name, value)| {
        let indent = " ".repeat(names + 5);
        wrap(value, &format!("  {name:<names$} = "), &indent)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Breaks a text into lines: the first begins with `first`, the others with `rest`.
pub fn wrap(text: &str, first: &str, rest: &str) -> String {
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(rest)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    // Code stays on one line: inside of backticks, no space is a place to break.
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(i, part)| match i % 2 {
        0 => part.to_owned(),
        _ => part.replace(' ', "\u{a0}"),
    });
    let text = parts.collect::<Vec<_>>().join("`");
    textwrap::fill(&text, options).replace('\u{a0}', " ")
}

impl fmt::Display for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// A failing test prints its error with `{:?}`, so this is what the learner reads.
impl fmt::Debug for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let choice = anstream::AutoStream::choice(&std::io::stdout());
        f.write_str(&self.render(choice != anstream::ColorChoice::Never))
    }
}

impl std::error::Error for Feedback {}
