//! What `cargo test --package exercises` says of stubs and of solutions.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use checks::exercise::{self, Exercise};

use crate::workbook::Workbook;

#[test]
fn untouched_every_question_is_unanswered() {
    let states = Workbook::untouched().states("");
    assert!(states.values().all(|state| state == "unanswered"), "{states:?}");
}

#[test]
fn each_feature_solves_its_exercise_and_no_other() {
    let workbook = Workbook::untouched();
    for exercise in exercise::all() {
        let states = workbook.states(&format!("solution-{}", exercise.name));
        for ((name, question), state) in states {
            let expected =
                if name == exercise.name { "done" } else { "unanswered" };
            assert_eq!(
                state, expected,
                "{name}::{question} with solution-{}",
                exercise.name
            );
        }
    }
}

#[test]
fn all_features_solve_all_exercises() {
    let workbook = Workbook::untouched();
    let run = workbook.cargo("test --package exercises --features solutions");
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let states = workbook.states("solutions");
    assert!(states.values().all(|state| state == "done"), "{states:?}");
}

/// The second time as well, when cargo has nothing to compile.
#[test]
fn solutions_in_use_are_announced() {
    let workbook = Workbook::untouched();
    for _ in 0..2 {
        let run = workbook
            .cargo("test --package exercises --features solution-shapes --no-run");
        let warnings: Vec<&str> =
            run.stderr.lines().filter(|line| line.contains("warning")).collect();
        assert_eq!(
            warnings,
            ["warning: exercises@0.1.0: solutions in use: shapes"]
        );
    }
}

/// A learner starts from `src`, and `reset` goes back to `stubs`.
#[test]
fn the_stubs_to_go_back_to_are_those_to_start_from() {
    for exercise in exercise::all() {
        let kept = format!("exercises/stubs/{}.rs", exercise.name);
        let [start, stub] =
            [exercise.file(), kept.clone()].map(|file| fs::read(file).unwrap());
        assert!(
            start == stub,
            "{} and {kept} differ; if the first is right: cp exercises/src/*.rs \
             exercises/stubs/",
            exercise.file()
        );
    }
}

#[test]
fn the_stubs_compile_without_a_warning() {
    let run = Workbook::untouched().cargo("test --package exercises --no-run");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

/// The runner counts on it: no test is without a question.
#[test]
fn there_is_a_test_for_each_question_and_no_other() {
    let run = Workbook::untouched()
        .cargo("test --package exercises -- --list --format=terse");
    let tests = exercise::all().iter().flat_map(Exercise::tests);
    let mut tests: Vec<String> = tests.map(|test| test + ": test").collect();
    tests.sort();
    let mut listed: Vec<&str> = run.stdout.lines().collect();
    listed.sort_unstable();
    assert_eq!(listed, tests);
}

/// As after `tar`, `unzip` or `cp -p`: cargo takes the file for the one it has
/// built, because its time is from long ago.
#[test]
fn an_answer_older_than_the_last_build_is_judged_all_the_same() {
    let workbook = Workbook::untouched();
    let stub = workbook.read("exercises/src/shapes.rs");
    let replace = |text: &str| {
        workbook.write("exercises/src/shapes.rs", text);
        let file = workbook.path("exercises/src/shapes.rs");
        let file = File::options().append(true).open(file).unwrap();
        file.set_modified(
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000),
        )
        .unwrap();
    };
    let states = |workbook: &Workbook| workbook.runner("shapes").stdout;
    assert!(states(&workbook).contains("shapes (0 of 3 done)"));

    replace(&fs::read_to_string("solutions/src/shapes.rs").unwrap());
    let run = workbook.cargo("test --package exercises shapes");
    assert!(run.stdout.contains("question 1, `gradient_shapes`: not compiled yet"));
    assert!(states(&workbook).contains("shapes (3 of 3 done)"));

    replace(&stub);
    assert!(states(&workbook).contains("shapes (0 of 3 done)"));
}
