//! One input, on which an answer is tried.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::Verdict;
use crate::comparison;
use crate::feedback::Feedback;
use crate::run::{self, Failure};
use crate::value::{Numbers, Value, inline_text};

/// One input, on which an answer is tried.
///
/// ```
/// use checks::case::Case;
///
/// let double = |x: f64| x * x; // what the learner wrote
/// let case = Case::new().number("x", 3.0);
/// let yours = case.run(move || double(3.0))?;
/// let feedback = case
///     .expect("double", &6.0)
///     .unless(&9.0, "you squared x instead of doubling it")
///     .judge(&yours)
///     .unwrap_err();
/// assert_eq!(feedback.sentence, "double has the wrong value.");
/// assert_eq!(
///     feedback.mistake.as_deref(),
///     Some("you squared x instead of doubling it")
/// );
/// # Ok::<(), Box<checks::Feedback>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Case {
    input: Vec<(String, String)>,
}

impl Case {
    /// A case without input.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells the learner of an input: numbers in a shape.
    #[must_use]
    pub fn input(self, name: &str, value: &impl Value) -> Self {
        self.note(name, &inline_text(value))
    }

    /// Tells the learner of an input that is a plain number.
    #[must_use]
    pub fn number(self, name: &str, value: impl Debug) -> Self {
        self.note(name, &format!("{value:?}"))
    }

    /// Tells the learner of an input in words.
    #[must_use]
    pub fn note(mut self, name: &str, text: &str) -> Self {
        self.input.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Runs the answer. A stub, a panic and an endless loop each become feedback.
    pub fn run<T: Send + 'static>(
        &self,
        answer: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Box<Feedback>> {
        run::run(answer).map_err(|failure| self.failed(failure))
    }

    fn failed(&self, failure: Failure) -> Box<Feedback> {
        match failure {
            Failure::Unanswered { place } => Box::new(Feedback {
                unanswered: true,
                next: vec![("Edit", place)],
                ..Feedback::default()
            }),
            Failure::Panicked { message, place } => {
                let mut feedback = self.wrong("Your code panicked.".to_owned());
                feedback.comparison = message
                    .lines()
                    .map(str::to_owned)
                    .chain([format!("at {place}")])
                    .collect();
                feedback
            }
            Failure::Endless { limit } => {
                let limit = limit.as_secs_f64();
                self.wrong(format!(
                    "Your code was still running after {limit} seconds; look for \
                     a loop that never ends."
                ))
            }
        }
    }

    /// Feedback with a sentence of its own.
    pub fn wrong(&self, sentence: String) -> Box<Feedback> {
        Box::new(Feedback {
            sentence,
            input: self.input.clone(),
            ..Feedback::default()
        })
    }

    /// Says what the answer should be; `name` is what the feedback calls it.
    pub fn expect<'a, V: Value>(
        &'a self,
        name: &'a str,
        expected: &'a V,
    ) -> Expectation<'a, V> {
        Expectation { case: self, name, expected, mistakes: Vec::new() }
    }

    /// Judges an answer that is right or wrong as a whole: a label, a shape, an
    /// error.
    pub fn expect_equal<T: PartialEq + Debug>(
        &self,
        name: &str,
        expected: &T,
        yours: &T,
    ) -> Verdict {
        if expected == yours {
            return Ok(());
        }
        let mut feedback = self.wrong(format!("{name} is not the expected one."));
        feedback.comparison = vec![
            format!("  expected  {expected:?}"),
            format!("→ yours     {yours:?}"),
        ];
        Err(feedback)
    }
}

/// What an answer should be, and what well-known mistakes would make of it.
#[derive(Debug)]
pub struct Expectation<'a, V> {
    case: &'a Case,
    name: &'a str,
    expected: &'a V,
    mistakes: Vec<(Numbers, &'a str)>,
}

impl<'a, V: Value> Expectation<'a, V> {
    /// Adds a well-known mistake: what it gives on this input, and its name.
    #[must_use]
    pub fn unless(mut self, gives: &impl Value, mistake: &'a str) -> Self {
        self.mistakes.push((Numbers::of(gives), mistake));
        self
    }

    /// Compares, number by number.
    pub fn judge(&self, yours: &impl Value) -> Verdict {
        let constant = self.is_constant(yours);
        let Some(difference) = comparison::difference(self.expected, yours) else {
            return Ok(());
        };
        let mut feedback = self.case.wrong(comparison::sentence(
            self.name,
            self.expected,
            yours,
            &difference,
        ));
        feedback.comparison =
            comparison::table(self.name, self.expected, yours, &difference);
        feedback.mistake = self.mistake(yours).map(str::to_owned).or(constant
            .then(|| {
                "your answer was the same for another input; does it use what it \
                 is given?"
                    .to_owned()
            }));
        Err(feedback)
    }

    /// The first mistake that explains the answer.
    fn mistake(&self, yours: &impl Value) -> Option<&'a str> {
        let explains =
            |gives: &Numbers| comparison::difference(gives, yours).is_none();
        self.mistakes
            .iter()
            .find(|(gives, _)| explains(gives))
            .map(|&(_, mistake)| mistake)
    }

    /// Whether the answer is what it was for the case before, where something else
    /// was expected.
    fn is_constant(&self, yours: &impl Value) -> bool {
        let this = (Numbers::of(self.expected), Numbers::of(yours));
        let before = BEFORE.with_borrow_mut(|before| {
            before.insert(self.name.to_owned(), this.clone())
        });
        before
            .is_some_and(|(expected, yours)| yours == this.1 && expected != this.0)
    }
}

thread_local! {
    /// Expected and yours of the case before, by name: to notice an answer that is
    /// always the same.
    static BEFORE: RefCell<BTreeMap<String, (Numbers, Numbers)>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// Forgets the case before, at the start of a check.
pub(crate) fn forget() {
    BEFORE.take();
}
