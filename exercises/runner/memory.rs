//! What is remembered from one run to the next: how many hints were read, and what
//! was done when the answers last compiled.
//!
//! A small file under `target/`. It is read afresh before each change and replaced
//! as a whole, so that neither a crash nor a second terminal leaves half of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use checks::exercise::{Exercise, Question};
use serde_json::{Value, json};

use crate::compilation::SOLUTIONS;
use crate::screen;
use crate::verdict::Judged;
use crate::workspace::{self, Workspace};

/// What is remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    file: PathBuf,
    hints: BTreeMap<String, usize>,
    done: BTreeSet<String>,
}

impl Memory {
    /// What was remembered; nothing if there is no such file yet, or it makes no
    /// sense.
    pub fn load(workspace: &Workspace) -> Self {
        let file = workspace.own("memory.json");
        let text = fs::read(&file).unwrap_or_default();
        let value: Value = serde_json::from_slice(&text).unwrap_or_default();
        let hints = value["hints"].as_object().into_iter().flatten();
        let done = value["done"].as_array().into_iter().flatten();
        Self {
            hints: hints
                .filter_map(|(key, level)| {
                    Some((key.clone(), level.as_u64()?.try_into().ok()?))
                })
                .collect(),
            done: done.filter_map(|key| Some(key.as_str()?.to_owned())).collect(),
            file,
        }
    }

    /// Remembers which questions are done; not if solutions stand in for answers.
    pub fn remember(workspace: &Workspace, judged: &[Judged]) {
        if !SOLUTIONS.is_empty() {
            return;
        }
        let before = Self::load(workspace);
        let mut memory = before.clone();
        for judged in judged.iter().filter(|judged| judged.errors.is_empty()) {
            for outcome in &judged.outcomes {
                let key = key(judged.exercise, outcome.question);
                if outcome.is_done() {
                    memory.done.insert(key);
                } else {
                    memory.done.remove(&key);
                }
            }
        }
        if memory != before {
            memory.save();
        }
    }

    /// Whether a question was done when its exercise last compiled.
    pub fn is_done(&self, exercise: &Exercise, question: &Question) -> bool {
        self.done.contains(&key(exercise, question))
    }

    /// How many hints for a question were read.
    pub fn hints(&self, exercise: &Exercise, question: &Question) -> usize {
        self.hints.get(&key(exercise, question)).copied().unwrap_or(0)
    }

    /// Remembers how many hints for a question were read.
    pub fn set_hints(
        &mut self,
        exercise: &Exercise,
        question: &Question,
        level: usize,
    ) {
        self.hints.insert(key(exercise, question), level);
        self.save();
    }

    /// That it can't be saved is no reason not to go on.
    fn save(&self) {
        if let Err(error) = self.write() {
            screen::note(&format!(
                "{}: what you have read and done can't be remembered: {error}",
                self.file.display()
            ));
        }
    }

    fn write(&self) -> io::Result<()> {
        let value = json!({ "hints": self.hints, "done": self.done });
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        workspace::replace(&self.file, format!("{value:#}\n").as_bytes())
    }
}

fn key(exercise: &Exercise, question: &Question) -> String {
    format!("{}::{}", exercise.name, question.name)
}
