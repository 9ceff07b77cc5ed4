//! The exercises: their texts, hints and points.
//!
//! The text of an exercise is its page in the book. The page is the only source:
//! what the runner prints, and how many questions there are, is read from it.
//! Points and time limits are in `exercises/grading.csv`.

use std::sync::LazyLock;
use std::time::Duration;

/// An exercise: a file of stubs, a page of the book, a few questions.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Its name, which never changes: `shapes`.
    pub name: &'static str,
    /// Its title: the page's heading.
    pub title: &'static str,
    /// Its questions, from easy to whole.
    pub questions: Vec<Question>,
}

/// A question: a function to write, or a few that belong together.
#[derive(Clone, Debug)]
pub struct Question {
    /// The function, which is also the test's name.
    pub name: &'static str,
    /// What it asks, in a line.
    pub title: &'static str,
    /// The hints, from a nudge to almost the answer.
    pub hints: Vec<&'static str>,
    /// What it is worth.
    pub points: u32,
    /// How long the answer may take.
    pub limit: Duration,
}

/// In the order in which to do them.
const PAGES: [(&str, &str); 12] = [
    ("layer", include_str!("../../../book/src/exercises/layer.md")),
    ("network", include_str!("../../../book/src/exercises/network.md")),
    ("shapes", include_str!("../../../book/src/exercises/shapes.md")),
    (
        "softmax_cross_entropy",
        include_str!("../../../book/src/exercises/softmax_cross_entropy.md"),
    ),
    ("data_balance", include_str!("../../../book/src/exercises/data_balance.md")),
    ("momentum", include_str!("../../../book/src/exercises/momentum.md")),
    ("overflow", include_str!("../../../book/src/exercises/overflow.md")),
    ("minibatch", include_str!("../../../book/src/exercises/minibatch.md")),
    ("adam", include_str!("../../../book/src/exercises/adam.md")),
    ("dropout", include_str!("../../../book/src/exercises/dropout.md")),
    ("batch_norm", include_str!("../../../book/src/exercises/batch_norm.md")),
    ("autograd", include_str!("../../../book/src/exercises/autograd.md")),
];

/// A line for each question: exercise, question, points, seconds.
const GRADING: &str = include_str!("../../grading.csv");

/// All exercises, in the order in which to do them.
pub fn all() -> &'static [Exercise] {
    static ALL: LazyLock<Vec<Exercise>> = LazyLock::new(|| {
        PAGES.iter().map(|&(name, page)| parse(name, page)).collect()
    });
    &ALL
}

/// The exercise of that name.
pub fn find(name: &str) -> Option<&'static Exercise> {
    all().iter().find(|exercise| exercise.name == name)
}

impl Exercise {
    /// The learner's file, from the workspace's root.
    pub fn file(&self) -> String {
        format!("exercises/src/{}.rs", self.name)
    }

    /// The page of the book, from the workspace's root.
    pub fn page(&self) -> String {
        format!("book/src/exercises/{}.md", self.name)
    }

    /// What picks the tests of this exercise alone, in
    /// `cargo test --package exercises FILTER`: its name, with `::` where another
    /// exercise has a test with that name in it.
    pub fn filter(&self) -> String {
        let mut others = all().iter().filter(|other| other.name != self.name);
        let elsewhere =
            others.any(|other| other.tests().any(|test| test.contains(self.name)));
        let ending = if elsewhere { "::" } else { "" };
        format!("{}{ending}", self.name)
    }

    /// The paths of the tests, one for each question: `tests::shapes::update`.
    pub fn tests(&self) -> impl Iterator<Item = String> {
        let path = |question: &Question| {
            format!("tests::{}::{}", self.name, question.name)
        };
        self.questions.iter().map(path)
    }

    /// The question of that name, and its number, which counts from 1.
    pub fn question(&self, name: &str) -> Option<(usize, &Question)> {
        (1..).zip(&self.questions).find(|(_, question)| question.name == name)
    }
}

/// Reads an exercise from its page: `# Title`, then for each question ``## `name`:
/// title`` and its hints, each folded in `<details>`.
fn parse(name: &'static str, page: &'static str) -> Exercise {
    let mut sections = page.split("\n## ");
    let head = sections.next().unwrap_or_default();
    let title =
        head.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(name);
    let questions =
        sections.filter_map(|section| parse_question(name, section)).collect();
    Exercise { name, title, questions }
}

fn parse_question(exercise: &str, section: &'static str) -> Option<Question> {
    let (name, rest) = section.strip_prefix('`')?.split_once('`')?;
    let title = rest.lines().next()?.trim_start_matches([':', ' ']);
    let hints = section.split("<details>").skip(1).filter_map(parse_hint).collect();
    let (points, limit) = grading(exercise, name);
    Some(Question { name, title, hints, points, limit })
}

fn parse_hint(details: &'static str) -> Option<&'static str> {
    let (_, text) = details.split_once("</summary>")?;
    Some(text.split("</details>").next()?.trim())
}

/// Points and time limit of a question.
///
/// # Panics
///
/// If its line in the table is missing or malformed: no question may go ungraded
/// unnoticed.
fn grading(exercise: &str, question: &str) -> (u32, Duration) {
    let mut table = csv::Reader::from_reader(GRADING.as_bytes());
    let row = table
        .records()
        .map(|row| row.expect("exercises/grading.csv"))
        .find(|row| (&row[0], &row[1]) == (exercise, question))
        .unwrap_or_else(|| {
            panic!("exercises/grading.csv has no line for {exercise},{question}")
        });
    let number = |column: usize| row[column].trim().parse().ok();
    let (Some(points), Some(seconds @ 1..)) = (number(2), number(3)) else {
        panic!(
            "exercises/grading.csv, line {}: points and seconds must be two \
             whole numbers such as 2,10",
            row.position().map_or(0, csv::Position::line)
        )
    };
    (points, Duration::from_secs(seconds.into()))
}
