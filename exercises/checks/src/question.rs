//! A question as data: cases, a model of the right answer, and known mistakes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::panic::RefUnwindSafe;

use crate::diagnosis::Attempt;
use crate::outcome::Outcome;
use crate::value::{Value, inline_text};

/// A question: the cases on which an answer is tried, a model that gives the right
/// answers, and the mistakes that people make, each as a change to the model.
///
/// ```
/// use checks::{Given, Outcome, Question, mistakes};
///
/// /// What the learner has to write: a line through the points that it is given.
/// type Line = fn(f64) -> f64;
///
/// /// The right answer, in parts that mistakes can replace.
/// #[derive(Clone)]
/// struct Model {
///     slope: fn(f64) -> f64,
///     shift: f64,
/// }
///
/// fn observe(line: impl Fn(f64) -> f64, x: f64) -> Outcome {
///     Outcome::new().value("y", &line(x))
/// }
///
/// let model = Model { slope: |x| 2.0 * x, shift: 1.0 };
/// let question = Question::new("example.line", model, |model, &x| {
///     observe(|x| (model.slope)(x) + model.shift, x)
/// })
/// .given(|x| Given::new().number("x", x))
/// .cases([3.0, -1.5])
/// .mistakes(mistakes! { Model;
///     square: "You squared `x` instead of doubling it.",
///         slope = |x| x * x;
///     no_shift: "The line goes through 0.",
///         shift = 0.0;
/// });
///
/// let judge = |line: Line| question.judge(move |&x| observe(line, x));
/// assert!(judge(|x| x + 1.0 + x).is_ok());
///
/// // Both mistakes at once are recognized as well.
/// let feedback = judge(|x| x * x).unwrap_err();
/// let ids: Vec<&str> = feedback.mistakes.iter().map(|m| m.id.as_str()).collect();
/// assert_eq!(ids, ["example.line.square", "example.line.no_shift"]);
///
/// // An answer that no known mistake explains is described, not explained.
/// assert!(judge(|x| x.powi(3)).unwrap_err().mistakes.is_empty());
/// ```
pub struct Question<C, M> {
    pub(crate) id: &'static str,
    pub(crate) model: M,
    pub(crate) run: fn(&M, &C) -> Outcome,
    pub(crate) given: fn(&C) -> Given,
    pub(crate) kinds: fn(&C) -> Vec<(&'static str, bool)>,
    pub(crate) function: fn(&C) -> Option<&'static str>,
    pub(crate) calls: Vec<&'static str>,
    pub(crate) cases: Vec<C>,
    pub(crate) mistakes: Vec<Mistake<M>>,
    /// What the model makes of a case, with a mistake or with none, once computed.
    pub(crate) known: RefCell<BTreeMap<(Option<usize>, usize), Attempt>>,
}

/// A mistake that people make.
pub struct Mistake<M> {
    /// Its name, which never changes.
    pub id: &'static str,
    /// What is wrong, pointing at it rather than fixing it.
    pub says: &'static str,
    /// Makes the mistake.
    pub change: fn(&mut M),
}

impl<C, M> Question<C, M>
where
    C: Clone + Send + RefUnwindSafe + 'static,
    M: Clone + RefUnwindSafe,
{
    /// A question without cases and mistakes. `id` is `exercise.question`, and
    /// `run` gives what the model makes of a case.
    pub fn new(id: &'static str, model: M, run: fn(&M, &C) -> Outcome) -> Self {
        Self {
            id,
            model,
            run,
            given: |_| Given::new(),
            kinds: |_| Vec::new(),
            function: |_| None,
            calls: Vec::new(),
            cases: Vec::new(),
            mistakes: Vec::new(),
            known: RefCell::default(),
        }
    }

    /// How the input of a case is shown.
    #[must_use]
    pub fn given(mut self, given: fn(&C) -> Given) -> Self {
        self.given = given;
        self
    }

    /// What a case is like, in phrases that follow "cases with": `("a softmax
    /// layer", true)`. Where it is just the cases of one kind that go wrong, the
    /// feedback says so.
    #[must_use]
    pub fn kinds(mut self, kinds: fn(&C) -> Vec<(&'static str, bool)>) -> Self {
        self.kinds = kinds;
        self
    }

    /// Which function a case tries, if the question has more than one.
    #[must_use]
    pub fn function(mut self, function: fn(&C) -> Option<&'static str>) -> Self {
        self.function = function;
        self
    }

    /// Names another function of the exercise that an answer may well call.
    #[must_use]
    pub fn calls(mut self, function: &'static str) -> Self {
        self.calls.push(function);
        self
    }

    /// Adds cases. The first that goes wrong is shown, so begin with the plainest.
    #[must_use]
    pub fn cases(mut self, cases: impl IntoIterator<Item = C>) -> Self {
        self.cases.extend(cases);
        self
    }

    /// Adds mistakes, most of them written with [`mistakes!`](crate::mistakes!).
    #[must_use]
    pub fn mistakes(
        mut self,
        mistakes: impl IntoIterator<Item = Mistake<M>>,
    ) -> Self {
        self.mistakes.extend(mistakes);
        self
    }
}

/// Lists mistakes: for each its name, what is wrong, and the parts of the model
/// that it replaces.
#[macro_export]
macro_rules! mistakes {
    ($model:ty; $($id:ident: $says:literal, $($part:ident = $wrong:expr),+;)*) => {
        [$($crate::Mistake::<$model> {
            id: stringify!($id),
            says: $says,
            change: |model| { $(model.$part = $wrong;)+ },
        }),*]
    };
}

/// What an answer is given: names and values, to show.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub(crate) lines: Vec<(String, String)>,
}

impl Given {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an array.
    #[must_use]
    pub fn value(self, name: &str, value: &impl Value) -> Self {
        self.note(name, &inline_text(value))
    }

    /// Adds a plain number, or anything else that shows itself.
    #[must_use]
    pub fn number(self, name: &str, value: impl Debug) -> Self {
        self.note(name, &format!("{value:?}"))
    }

    /// Adds a description in words.
    #[must_use]
    pub fn note(mut self, name: &str, text: &str) -> Self {
        self.lines.push((name.to_owned(), text.to_owned()));
        self
    }
}
