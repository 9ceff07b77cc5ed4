//! The files of an exercise.

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
fn stems(folder: &str, ending: &str) -> Vec<String> {
    let mut stems: Vec<String> = fs::read_dir(path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.contains(".before-reset-"))
        .filter_map(|name| Some(name.strip_suffix(ending)?.to_owned()))
        .filter(|stem| !["lib", "main", "index"].contains(&stem.as_str()))
        .collect();
    stems.sort();
    stems
}

#[test]
fn an_exercise_has_a_file_in_each_place() {
    let mut names: Vec<&str> =
        exercise::all().iter().map(|exercise| exercise.name).collect();
    names.sort_unstable();
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
}

#[test]
fn a_question_has_a_test_and_a_place_in_the_stub() {
    for exercise in exercise::all() {
        let tests = read(&format!("exercises/tests/{}.rs", exercise.name));
        let stub = read(&format!("exercises/stubs/{}.rs", exercise.name));
        assert!(
            !exercise.questions.is_empty(),
            "{} has no questions",
            exercise.name
        );
        assert_eq!(tests.matches("#[test]").count(), exercise.questions.len());
        for (number, question) in (1..).zip(&exercise.questions) {
            let test = format!("#[test]\nfn {}() -> Verdict", question.name);
            assert!(tests.contains(&test), "{}: {test}", exercise.name);
            let todo = format!("todo!(\"question {number}: ");
            assert!(stub.contains(&todo), "{}: {todo}", exercise.name);
        }
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

/// A question whose line is missing would not even be found, so the lines must be
/// those of the pages, in their order.
#[test]
fn the_grading_table_has_a_line_for_each_question_and_no_other() {
    let table = read("exercises/grading.csv");
    let lines: Vec<&str> = table.lines().skip(1).collect();
    let questions: Vec<String> = exercise::all()
        .iter()
        .flat_map(|exercise| {
            exercise.questions.iter().map(move |question| (exercise, question))
        })
        .map(|(exercise, question)| {
            let (points, seconds) = (question.points, question.limit.as_secs());
            format!("{},{},{points},{seconds}", exercise.name, question.name)
        })
        .collect();
    assert_eq!(lines, questions);
    for exercise in exercise::all() {
        let page = read(&exercise.page());
        assert_eq!(
            page.matches("\n## `").count(),
            exercise.questions.len(),
            "{}",
            exercise.name
        );
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
