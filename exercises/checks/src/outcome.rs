//! What an answer makes of one case.

use std::fmt;

use crate::comparison::{self, Tolerance};
use crate::value::{Numbers, Value, inline_text};

/// What an answer makes of one case: named parts, the most telling ones first.
///
/// ```
/// use checks::Outcome;
///
/// let outcome = Outcome::new().value("loss", &0.5).text("label", "cross");
/// assert!(!outcome.agrees_with(&Outcome::new().value("loss", &0.5)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub(crate) parts: Vec<Part>,
}

/// One part of an outcome.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub name: String,
    pub content: Content,
    /// Whether it is just to be left alone.
    pub kept: bool,
}

/// What a part holds.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// Numbers, equal if they are as close as the tolerance asks.
    Numbers(Numbers, Tolerance),
    /// Anything else: a label, a list, an error.
    Text(String),
}

impl Outcome {
    /// An outcome without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds numbers, which have to agree but for rounding.
    #[must_use]
    pub fn value(self, name: &str, value: &impl Value) -> Self {
        self.part(name, Content::Numbers(Numbers::of(value), Tolerance::ROUNDING))
    }

    /// Adds numbers that have to agree to 12 digits, because a mistake may be as
    /// small as that.
    #[must_use]
    pub fn precise(self, name: &str, value: &impl Value) -> Self {
        let tolerance = Tolerance::FEW_OPERATIONS;
        self.part(name, Content::Numbers(Numbers::of(value), tolerance))
    }

    /// Adds numbers that an answer should leave as they are. They are mentioned
    /// only if they are wrong.
    #[must_use]
    pub fn kept(mut self, name: &str, value: &impl Value) -> Self {
        self = self.value(name, value);
        self.parts.last_mut().expect("the new part").kept = true;
        self
    }

    /// Adds numbers that chance has a part in, such as the mean of a sample: two
    /// of them agree if they differ by no more than `tolerance`.
    #[must_use]
    pub fn within(self, tolerance: f64, name: &str, value: &impl Value) -> Self {
        let tolerance = Tolerance { relative: 0.0, absolute: tolerance };
        self.part(name, Content::Numbers(Numbers::of(value), tolerance))
    }

    /// Adds numbers that chance has a part in: two of them agree if they differ by
    /// no more than this share of the larger one.
    #[must_use]
    pub fn roughly(self, share: f64, name: &str, value: &impl Value) -> Self {
        let tolerance = Tolerance { relative: share, absolute: 0.0 };
        self.part(name, Content::Numbers(Numbers::of(value), tolerance))
    }

    /// Adds something other than numbers, as text.
    #[must_use]
    pub fn text(self, name: &str, text: impl ToString) -> Self {
        self.part(name, Content::Text(text.to_string()))
    }

    fn part(mut self, name: &str, content: Content) -> Self {
        self.parts.push(Part { name: name.to_owned(), content, kept: false });
        self
    }

    /// Whether all parts agree.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.first_difference(other).is_none()
            && self.parts.len() == other.parts.len()
    }

    /// The first part of this outcome with which `other` doesn't agree.
    pub(crate) fn first_difference(&self, other: &Self) -> Option<&Part> {
        self.parts.iter().find(|part| !part.is_in(other))
    }

    /// The part of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }
}

impl Part {
    /// Whether an outcome has this very part.
    pub(crate) fn is_in(&self, outcome: &Outcome) -> bool {
        outcome.find(&self.name).is_some_and(|other| self.agrees_with(other))
    }

    /// What is wrong with `yours`, in a sentence and in a table.
    pub(crate) fn compared_with(&self, yours: &Self) -> (String, Vec<String>) {
        let name = &self.name;
        match (&self.content, &yours.content) {
            (Content::Numbers(expected, tolerance), Content::Numbers(yours, _)) => {
                let difference =
                    comparison::difference_within(*tolerance, expected, yours)
                        .expect("parts that differ");
                (
                    comparison::sentence(name, expected, yours, &difference),
                    comparison::table(name, expected, yours, &difference),
                )
            }
            (expected, yours) => (
                format!("Something is wrong with {name}."),
                vec![
                    format!("  expected  {expected}"),
                    format!("→ yours     {yours}"),
                ],
            ),
        }
    }

    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        match (&self.content, &other.content) {
            (Content::Numbers(these, tolerance), Content::Numbers(those, _)) => {
                comparison::difference_within(*tolerance, these, those).is_none()
            }
            (Content::Text(this), Content::Text(that)) => this == that,
            _ => false,
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbers(numbers, _) => f.write_str(&inline_text(numbers)),
            Self::Text(text) => f.write_str(text),
        }
    }
}
