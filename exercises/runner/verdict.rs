//! What is known about a question.

use std::fs;
use std::path::Path;

use anstyle::Style;
use checks::exercise::{Exercise, Question};
use checks::feedback::{GREEN, RED, YELLOW};
use checks::judge::file_name;
use serde_json::Value;

use crate::compilation::CompileError;

/// Where a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Done,
    Wrong,
    Unanswered,
    NotCompiling,
    NotJudged,
}

impl State {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Wrong => "wrong",
            Self::Unanswered => "not answered",
            Self::NotCompiling => "not compiled",
            Self::NotJudged => "not judged",
        }
    }

    /// For programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Wrong => "wrong",
            Self::Unanswered => "unanswered",
            Self::NotCompiling => "not_compiled",
            Self::NotJudged => "not_judged",
        }
    }

    pub fn symbol(self) -> char {
        match self {
            Self::Done => '✓',
            Self::Wrong | Self::NotCompiling => '✗',
            Self::Unanswered => '·',
            Self::NotJudged => '?',
        }
    }

    pub fn color(self) -> Style {
        match self {
            Self::Done => GREEN,
            Self::Wrong | Self::NotCompiling => RED,
            Self::Unanswered | Self::NotJudged => YELLOW,
        }
    }
}

/// A question to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub exercise: &'static Exercise,
    /// Counts from 1.
    pub number: usize,
    pub question: &'static Question,
}

impl Task {
    /// All questions of an exercise.
    pub fn all(exercise: &'static Exercise) -> impl Iterator<Item = Self> {
        let questions = (1..).zip(&exercise.questions);
        questions.map(move |(number, question)| Self { exercise, number, question })
    }

    /// The path of its test.
    pub fn path(self) -> String {
        format!("tests::{}::{}", self.exercise.name, self.question.name)
    }
}

/// A question, judged.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub question: &'static Question,
    /// Counts from 1.
    pub number: usize,
    pub state: State,
    /// How long the answer took.
    pub seconds: f64,
    /// What is wrong, in one sentence.
    pub sentence: String,
    /// The names of the known mistakes that explain it.
    pub mistakes: Vec<String>,
    /// Where to write: file and line.
    pub place: String,
    /// What the learner is told, with colors.
    pub feedback: String,
    /// What the answer printed.
    pub printed: String,
}

impl Outcome {
    /// A question about which nothing is known but `state`.
    pub fn new(task: Task, state: State) -> Self {
        Self {
            question: task.question,
            number: task.number,
            state,
            seconds: 0.0,
            sentence: String::new(),
            mistakes: Vec::new(),
            place: task.exercise.file(),
            feedback: String::new(),
            printed: String::new(),
        }
    }

    /// Reads the verdict that the question's test has written, if it has.
    pub fn read(folder: &Path, task: Task) -> Option<Self> {
        let text =
            fs::read(folder.join(file_name(task.exercise, task.question))).ok()?;
        let report: Value = serde_json::from_slice(&text).ok()?;
        let state = match report["state"].as_str()? {
            "done" => State::Done,
            "unanswered" => State::Unanswered,
            "outdated" => State::NotCompiling,
            _ => State::Wrong,
        };
        let text =
            |name: &str| report[name].as_str().unwrap_or_default().to_owned();
        let mistakes = report["mistakes"].as_array().into_iter().flatten();
        let mistakes = mistakes.filter_map(|id| Some(id.as_str()?.to_owned()));
        Some(Self {
            mistakes: mistakes.collect(),
            seconds: report["seconds"].as_f64().unwrap_or_default(),
            sentence: text("sentence"),
            place: text("place"),
            feedback: text("feedback"),
            ..Self::new(task, state)
        })
    }

    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    pub fn points(&self) -> u64 {
        if self.is_done() { self.question.points } else { 0 }
    }
}

/// An exercise, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    pub exercise: &'static Exercise,
    pub outcomes: Vec<Outcome>,
    /// Why it does not compile, if it does not.
    pub errors: Vec<CompileError>,
    /// What the compiler warns of.
    pub warnings: Vec<String>,
}

impl Judged {
    /// An exercise about whose questions nothing is known but `state`.
    pub fn new(exercise: &'static Exercise, state: State) -> Self {
        let outcomes =
            Task::all(exercise).map(|task| Outcome::new(task, state)).collect();
        Self { exercise, outcomes, errors: Vec::new(), warnings: Vec::new() }
    }

    /// Whether the answer has changed since it was compiled, unnoticed by cargo.
    pub fn is_outdated(&self) -> bool {
        let state = self.outcomes.first().map(|outcome| outcome.state);
        self.errors.is_empty() && state == Some(State::NotCompiling)
    }

    /// How many questions are done.
    pub fn done(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.is_done()).count()
    }

    /// The first question that is not done.
    pub fn first_open(&self) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| !outcome.is_done())
    }

    pub fn points(&self) -> u64 {
        self.outcomes.iter().map(Outcome::points).sum()
    }

    pub fn max_points(&self) -> u64 {
        self.exercise.questions.iter().map(|question| question.points).sum()
    }
}
