//! The files of an exercise.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use checks::exercise::{self, Exercise};

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn read(relative: &str) -> String {
    let text = fs::read_to_string(path(relative));
    text.unwrap_or_else(|error| panic!("{relative}: {error}")).replace("\r\n", "\n")
}

/// The names of the files with this ending, without it.
fn stems(folder: &str, ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(path(folder)).unwrap();
    files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.contains(".before-reset-"))
        .filter_map(|name| Some(name.strip_suffix(ending)?.to_owned()))
        .filter(|stem| !["lib", "main", "index"].contains(&stem.as_str()))
        .collect()
}

/// What an exercise needs besides its entry in the manifest: a file, and what
/// stands in it, with NAME for the exercise's name.
const NEEDS: [(&str, &str); 15] = [
    ("book/src/exercises/NAME.md", "About MINUTES minutes"),
    ("book/src/SUMMARY.md", "(exercises/NAME.md)"),
    ("book/src/exercises.md", "[`NAME`](exercises/NAME.md)"),
    ("book/src/instructors.md", "`NAME`"),
    ("exercises/src/NAME.rs", "book/src/exercises/NAME.md"),
    ("exercises/stubs/NAME.rs", "book/src/exercises/NAME.md"),
    ("exercises/tests/NAME.rs", "use crate::src::NAME as answer;"),
    ("exercises/main.rs", "NAME, \"solution-NAME\";"),
    ("exercises/main.rs", "    mod NAME;"),
    ("exercises/Cargo.toml", "solution-NAME = []"),
    ("solutions/src/NAME.rs", "use "),
    ("solutions/src/lib.rs", "pub mod NAME;"),
    ("exercises/checks/src/lib.rs", "pub mod NAME;"),
    ("exercises/checks/tests/answers/main.rs", "mod NAME;"),
    ("exercises/checks/tests/answers/NAME.rs", "prove(check::questions())"),
];

/// What a question needs, with QUESTION for its name and NUMBER for its number.
const QUESTION_NEEDS: [(&str, &str); 4] = [
    ("book/src/exercises/NAME.md", "\n## `QUESTION`: "),
    ("exercises/stubs/NAME.rs", "todo!(\"question NUMBER: "),
    ("exercises/tests/NAME.rs", "#[test]\nfn QUESTION() -> Verdict"),
    ("exercises/tests/NAME.rs", "judge(\"NAME\", \"QUESTION\", "),
];

/// To add an exercise, write its entry and do what this test says.
#[test]
fn an_exercise_has_everything_it_needs() {
    let mut missing = Vec::new();
    for exercise in exercise::all() {
        let mut need = |file: &str, text: &str| {
            let fill = |text: &str| {
                text.replace("NAME", exercise.name)
                    .replace("MINUTES", &exercise.minutes.to_string())
            };
            let (file, text) = (fill(file), fill(text));
            let content = fs::read_to_string(path(&file)).unwrap_or_default();
            if !content.replace("\r\n", "\n").contains(&text) {
                missing.push(format!("{file} needs {text:?}"));
            }
        };
        for (file, text) in NEEDS {
            need(file, text);
        }
        for (number, question) in (1..).zip(&exercise.questions) {
            for (file, text) in QUESTION_NEEDS {
                let text = text.replace("QUESTION", question.name);
                need(file, &text.replace("NUMBER", &i32::to_string(&number)));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// The book lists the exercises in the order in which the runner proposes them.
#[test]
fn the_book_and_the_manifest_agree_on_the_order() {
    for file in ["book/src/SUMMARY.md", "book/src/exercises.md"] {
        let links = read(file);
        let links = links.split("(exercises/").skip(1);
        let names: Vec<&str> =
            links.filter_map(|link| Some(link.split_once(".md)")?.0)).collect();
        let all = exercise::all().iter().map(|exercise| exercise.name);
        assert_eq!(names, all.collect::<Vec<_>>(), "{file}");
    }
}

#[test]
fn the_manifest_leaves_out_no_exercise_and_no_question() {
    let names: BTreeSet<String> =
        exercise::all().iter().map(|exercise| exercise.name.to_owned()).collect();
    for (folder, ending) in [
        ("book/src/exercises", ".md"),
        ("exercises/src", ".rs"),
        ("exercises/stubs", ".rs"),
        ("exercises/tests", ".rs"),
        ("solutions/src", ".rs"),
        ("exercises/checks/tests/answers", ".rs"),
    ] {
        assert_eq!(stems(folder, ending), names, "{folder}");
    }
    for exercise in exercise::all() {
        let questions = exercise.questions.len();
        let tests = read(&format!("exercises/tests/{}.rs", exercise.name));
        assert_eq!(
            tests.matches("#[test]").count(),
            questions,
            "{}",
            exercise.name
        );
        let page = read(&exercise.page());
        assert_eq!(page.matches("\n## `").count(), questions, "{}", exercise.name);
    }
}

#[test]
fn a_question_has_three_hints() {
    for exercise in exercise::all() {
        for question in &exercise.questions {
            let name = (exercise.name, question.name);
            assert_eq!(question.hints.len(), 3, "{name:?}");
            assert!(question.hints.iter().all(|hint| !hint.is_empty()), "{name:?}");
            assert!(!question.title.is_empty(), "{name:?}");
        }
    }
}

/// `cargo test --package exercises FILTER` picks the tests whose path contains
/// FILTER.
#[test]
fn the_filter_of_an_exercise_picks_its_own_tests_alone() {
    let tests: Vec<String> =
        exercise::all().iter().flat_map(Exercise::tests).collect();
    for exercise in exercise::all() {
        let filter = exercise.filter();
        let picked = tests.iter().filter(|test| test.contains(&filter));
        let picked: Vec<String> = picked.cloned().collect();
        let own: Vec<String> = exercise.tests().collect();
        assert_eq!(picked, own, "{filter}");
    }
}

#[test]
fn the_filter_is_the_plain_name_where_that_is_enough() {
    for exercise in exercise::all() {
        // `momentum` has a question of that name.
        let expected = match exercise.name {
            "adam" => "adam::",
            name => name,
        };
        assert_eq!(exercise.filter(), expected);
    }
}

#[test]
fn the_page_and_the_stub_say_how_to_judge() {
    for exercise in exercise::all() {
        let command =
            format!("cargo test --package exercises {}", exercise.filter());
        let page = read(&exercise.page());
        assert!(page.contains(&format!("\n{command}\n")), "{}", exercise.page());
        let stub = read(&format!("exercises/stubs/{}.rs", exercise.name));
        assert!(stub.contains(&format!("`{command}`")), "{}", exercise.name);
    }
}
