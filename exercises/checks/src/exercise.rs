//! The exercises: which there are, with their texts, hints and points.
//!
//! `exercises/manifest.json` lists them in the order in which to do them. What an
//! exercise asks is on its page of the book, and only there: titles and hints are
//! read from it.

use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;

/// An exercise: a file of stubs, a page of the book, a few questions.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Its name, which never changes: `shapes`.
    pub name: &'static str,
    /// Its title: the page's heading.
    pub title: &'static str,
    /// How long it takes most people, in minutes.
    pub minutes: u64,
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
    pub points: u64,
    /// How long the answer may take.
    pub limit: Duration,
}

const MANIFEST: &str = include_str!("../../manifest.json");

/// All exercises, in the order in which to do them.
///
/// # Panics
///
/// If the manifest or a page is missing something: no question may go ungraded
/// unnoticed.
pub fn all() -> &'static [Exercise] {
    static ALL: LazyLock<Vec<Exercise>> = LazyLock::new(|| {
        let manifest: Value = serde_json::from_str(MANIFEST)
            .unwrap_or_else(|error| panic!("exercises/manifest.json: {error}"));
        entries(&manifest).iter().map(parse).collect()
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

/// Reads an exercise from the manifest and from its page, which begins with `#
/// Title`.
fn parse(entry: &Value) -> Exercise {
    let name = name(entry);
    let path = format!("book/src/exercises/{name}.md");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let page = fs::read_to_string(format!("{root}{path}"))
        .unwrap_or_else(|error| panic!("{path}, the page of {name}: {error}"));
    let page = page.replace("\r\n", "\n").leak();
    let title = page.lines().find_map(|line| line.strip_prefix("# "));
    let questions = entries(&entry["questions"]).iter();
    Exercise {
        name,
        title: title.unwrap_or(name),
        minutes: number(entry, name, "minutes"),
        questions: questions.map(|entry| question(entry, page)).collect(),
    }
}

/// Reads a question from the manifest and from its section of the page: ``##
/// `name`: title``, and its hints, each folded in `<details>`.
fn question(entry: &Value, page: &'static str) -> Question {
    let name = name(entry);
    let mut sections = page.split("\n## `").skip(1);
    let section = sections
        .find_map(|section| section.strip_prefix(name)?.strip_prefix("`: "));
    let section = section.unwrap_or_else(|| {
        panic!("the page of the question {name} has no section \"## `{name}`: …\"")
    });
    Question {
        name,
        title: section.lines().next().unwrap_or_default(),
        hints: section.split("<details>").skip(1).filter_map(hint).collect(),
        points: number(entry, name, "points"),
        limit: Duration::from_secs(number(entry, name, "seconds").max(1)),
    }
}

fn hint(details: &'static str) -> Option<&'static str> {
    let (_, text) = details.split_once("</summary>")?;
    Some(text.split("</details>").next()?.trim())
}

fn entries(list: &Value) -> &[Value] {
    list.as_array().expect("exercises/manifest.json: a list of entries")
}

fn name(entry: &Value) -> &'static str {
    let name = entry["name"].as_str();
    name.expect("exercises/manifest.json: every entry has a name").to_owned().leak()
}

fn number(entry: &Value, name: &str, field: &str) -> u64 {
    entry[field].as_u64().unwrap_or_else(|| {
        panic!(
            "exercises/manifest.json: {name} needs \"{field}\", a whole number \
             such as 10"
        )
    })
}
