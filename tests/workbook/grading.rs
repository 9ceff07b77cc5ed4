//! The instructor's report, in all its formats.

use std::collections::BTreeMap;

use checks::exercise;
use roxmltree::Document;
use serde_json::Value;

use crate::workbook::Workbook;

/// An answer that panics with what JSON and XML have to escape, or can't hold at
/// all.
const UGLY: (usize, &str) = (2, r#"panic!("<&>\"]]>\u{0}\u{1b}[31m\u{fffe}")"#);
const RIGHT: (usize, &str) =
    (1, "Shapes { dz: (n_out,), x: (n_in,), dw: (n_out, n_in) }");

/// The workbook, with one exercise that does not compile, one with an ugly answer,
/// and one solved.
fn half_done() -> Workbook {
    let workbook = Workbook::untouched();
    workbook.answer("shapes", &[RIGHT, UGLY]);
    workbook.answer("overflow", &[(1, "nothing")]);
    workbook.solve("momentum");
    workbook
}

/// The state and points of each question in [`half_done`].
fn expected() -> BTreeMap<(String, String), (&'static str, u64)> {
    let mut expected = BTreeMap::new();
    for exercise in exercise::all() {
        for (number, question) in (1..).zip(&exercise.questions) {
            let result = match (exercise.name, number) {
                ("shapes", 1) | ("momentum", _) => ("done", question.points),
                ("shapes", 2) => ("wrong", 0),
                ("overflow", _) => ("not_compiled", 0),
                _ => ("unanswered", 0),
            };
            expected.insert(
                (exercise.name.to_owned(), question.name.to_owned()),
                result,
            );
        }
    }
    expected
}

fn grade(workbook: &Workbook, format: &str) -> String {
    let run = workbook.runner(&format!("grade --format {format}"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

#[test]
fn text() {
    let text = grade(&half_done(), "text");
    assert!(
        text.contains("shapes (1 of 5 points)\n  ✓ done          gradient_shapes")
    );
    assert!(
        text.contains(
            "\noverflow (0 of 8 points)\n  ✗ not compiled  naive_softmax"
        )
    );
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn json() {
    let report: Value = serde_json::from_str(&grade(&half_done(), "json")).unwrap();
    let mut found = BTreeMap::new();
    for exercise in report["exercises"].as_array().unwrap() {
        for question in exercise["questions"].as_array().unwrap() {
            let key = (string(&exercise["name"]), string(&question["name"]));
            found.insert(
                key,
                (string(&question["state"]), number(&question["points"])),
            );
        }
    }
    let expected = expected();
    let found: BTreeMap<_, _> = found
        .iter()
        .map(|(key, (state, points))| (key.clone(), (state.as_str(), *points)))
        .collect();
    assert_eq!(found, expected);
    let points: u64 = expected.values().map(|(_, points)| points).sum();
    assert_eq!(number(&report["points"]), points);
    assert_eq!(report["problem"], Value::Null);
}

#[test]
fn csv() {
    let report = grade(&half_done(), "csv");
    let mut reader = csv::Reader::from_reader(report.as_bytes());
    let header: Vec<String> =
        reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        header.join(","),
        "exercise,question,state,points,max_points,seconds,max_seconds,mistakes,\
         sentence"
    );
    let rows: Vec<csv::StringRecord> =
        reader.records().map(Result::unwrap).collect();
    let found: BTreeMap<_, _> = rows
        .iter()
        .map(|row| {
            let key = (row[0].to_owned(), row[1].to_owned());
            (key, (&row[2], row[3].parse().unwrap()))
        })
        .collect();
    assert_eq!(found, expected());
}

#[test]
fn junit() {
    let report = grade(&half_done(), "junit");
    let document = Document::parse(&report).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name("testsuites"));
    let mut found = BTreeMap::new();
    for suite in root.children().filter(roxmltree::Node::is_element) {
        let cases = suite.children().filter(|node| node.has_tag_name("testcase"));
        for case in cases {
            let trouble = case.children().find(|node| {
                node.has_tag_name("failure") || node.has_tag_name("error")
            });
            let state =
                trouble.map_or("done", |node| node.attribute("type").unwrap());
            let points = case
                .descendants()
                .find(|node| {
                    node.attribute("name") == Some("points")
                        && node.has_tag_name("property")
                })
                .and_then(|node| node.attribute("value"));
            let name = case.attribute("name").unwrap();
            let key =
                (suite.attribute("name").unwrap().to_owned(), name.to_owned());
            found.insert(key, (state, points.unwrap().parse().unwrap()));
        }
    }
    assert_eq!(found, expected());
    assert!(report.contains("&lt;&amp;&gt;"), "the ugly answer is in the report");
}

/// <https://gradescope-autograders.readthedocs.io/en/latest/specs/>
#[test]
fn gradescope() {
    let workbook = half_done();
    let run = workbook.runner("grade --format gradescope --output results.json");
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    let report: Value =
        serde_json::from_str(&workbook.read("results.json")).unwrap();
    let tests = report["tests"].as_array().unwrap();
    let expected = expected();
    assert_eq!(tests.len(), expected.len());
    let mut score = 0;
    for test in tests {
        let name = string(&test["name"]);
        let (exercise, question) = name.split_once(": ").unwrap();
        let (state, points) = expected[&(exercise.to_owned(), question.to_owned())];
        assert_eq!(number(&test["score"]), points, "{name}");
        assert_eq!(
            test["status"],
            if state == "done" { "passed" } else { "failed" },
            "{name}"
        );
        assert!(number(&test["max_score"]) >= points.max(1), "{name}");
        assert_eq!(test["visibility"], "visible");
        assert!(test["output"].is_string());
        score += points;
    }
    assert_eq!(number(&report["score"]), score);
    assert!(report["execution_time"].is_number());
    std::fs::remove_file(workbook.path("results.json")).unwrap();
}

#[test]
fn a_report_is_written_when_nothing_compiles() {
    let workbook = Workbook::untouched();
    workbook.write("exercises/main.rs", "nonsense");
    for (format, problem) in [
        ("text", "Nothing could be judged"),
        ("json", "expected one of `!` or `::`"),
        ("junit", "expected one of `!` or `::`"),
        ("csv", "expected one of `!` or `::`"),
        ("gradescope", "expected one of `!` or `::`"),
    ] {
        let report = grade(&workbook, format);
        assert!(report.contains(problem), "{report}");
    }
    let report: Value = serde_json::from_str(&grade(&workbook, "json")).unwrap();
    assert_eq!(report["points"], 0);
    assert_eq!(report["exercises"][0]["questions"][0]["state"], "not_judged");
}

#[test]
fn a_report_never_takes_the_place_of_an_answer() {
    let workbook = Workbook::untouched();
    let stub = workbook.read("exercises/src/shapes.rs");
    for file in ["exercises/src/shapes.rs", "exercises/../exercises/src/grade.json"]
    {
        let run = workbook.runner(&format!("grade --output {file}"));
        assert_eq!(run.code, Some(1));
        assert!(
            run.stderr.contains("this folder is for answers"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(workbook.read("exercises/src/shapes.rs"), stub);
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let run =
        Workbook::untouched().runner("grade --output no/such/folder/grade.txt");
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("grade.txt: the report can't be written: "),
        "{}",
        run.stderr
    );
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}
