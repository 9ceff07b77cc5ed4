//! What you read is what ran: no page of the book can go stale unnoticed.
//!
//! mdBook itself is silent about a missing anchor (it shows an empty box), a
//! missing file and a dead link. These tests are not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use checks::exercise::{self, Exercise};
use no_magic::by_hand::NeuralNet;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// Every page, by its path from the project's root.
fn pages() -> BTreeMap<PathBuf, String> {
    files("book/src", "md")
        .into_iter()
        .filter(|path| !path.ends_with("SUMMARY.md"))
        .map(with_text)
        .collect()
}

fn with_text(path: PathBuf) -> (PathBuf, String) {
    let text = fs::read_to_string(&path).unwrap();
    (path, text)
}

/// The files below a folder, with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending)
            {
                found.push(path);
            }
        }
    }
    found
}

/// An `{{#include …}}` of a page.
struct Include {
    page: PathBuf,
    file: PathBuf,
    part: String,
}

fn includes() -> Vec<Include> {
    let mut includes = Vec::new();
    for (page, text) in pages() {
        for directive in text.split("{{#include ").skip(1) {
            let target = directive.split("}}").next().unwrap().trim();
            let (file, part) = target.split_once(':').unwrap_or((target, ""));
            let file = tidy(&page.parent().unwrap().join(file));
            includes.push(Include {
                page: page.clone(),
                file,
                part: part.to_owned(),
            });
        }
    }
    includes
}

/// Resolves `..` without asking the file system.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(tidy.pop()),
            other => tidy.push(other),
        }
    }
    tidy
}

/// What stands between `ANCHOR: name` and `ANCHOR_END: name`, or what is wrong with
/// it.
fn anchored(text: &str, name: &str) -> Result<String, String> {
    let starts: Vec<usize> = lines_with(text, &format!("ANCHOR: {name}"));
    let ends: Vec<usize> = lines_with(text, &format!("ANCHOR_END: {name}"));
    match (starts.as_slice(), ends.as_slice()) {
        ([], _) => Err("is missing".to_owned()),
        (_, []) => Err("is never closed".to_owned()),
        ([start], [end]) if start < end => {
            let inside: Vec<&str> =
                text.lines().skip(start + 1).take(end - start - 1).collect();
            let inside = inside.join("\n");
            if inside.trim().is_empty() {
                Err("is empty".to_owned())
            } else {
                Ok(inside)
            }
        }
        _ => Err("is there more than once, or ends before it begins".to_owned()),
    }
}

fn lines_with(text: &str, comment: &str) -> Vec<usize> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| commented(line) == Some(comment))
        .map(|(i, _)| i)
        .collect()
}

/// What a line of Rust or Python says that is a comment.
fn commented(line: &str) -> Option<&str> {
    let line = line.trim();
    line.strip_prefix("// ").or_else(|| line.strip_prefix("# "))
}

#[test]
fn every_include_finds_its_file_and_its_part() {
    let includes = includes();
    assert!(
        includes.len() > 20,
        "only {} includes: are they still found?",
        includes.len()
    );
    for Include { page, file, part } in includes {
        let place =
            format!("{} includes {}:{part}", page.display(), file.display());
        let text = fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{place}: {error}"));
        let is_lines = part.chars().all(|c| c.is_ascii_digit() || c == ':');
        if is_lines {
            let mut bounds = part.split(':');
            let mut bound =
                |open| bounds.next().and_then(|n| n.parse().ok()).unwrap_or(open);
            let (first, last): (usize, usize) = (bound(1), bound(usize::MAX));
            let inside =
                text.lines().skip(first - 1).take(last.saturating_sub(first) + 1);
            assert!(
                inside.collect::<String>().trim() != "",
                "{place}: there is nothing"
            );
        } else {
            anchored(&text, &part)
                .unwrap_or_else(|error| panic!("{place}: the anchor {error}"));
        }
    }
}

#[test]
fn every_anchor_is_used_and_closed() {
    let used: BTreeSet<(PathBuf, String)> = includes()
        .into_iter()
        .map(|include| (include.file, include.part))
        .collect();
    for (folder, ending) in [
        ("src", "rs"),
        ("tests", "rs"),
        ("solutions/src", "rs"),
        ("benches/ladder", "rs"),
        ("benches/race/src", "rs"),
        ("benches/race/python", "py"),
    ] {
        for (file, text) in files(folder, ending).into_iter().map(with_text) {
            if file.ends_with("book.rs") {
                continue;
            }
            for line in text.lines() {
                let comment = commented(line).unwrap_or_default();
                let Some(name) = comment.strip_prefix("ANCHOR: ") else {
                    continue;
                };
                let place = format!("{}: the anchor {name}", file.display());
                anchored(&text, name)
                    .unwrap_or_else(|error| panic!("{place} {error}"));
                assert!(
                    used.contains(&(file.clone(), name.to_owned())),
                    "{place} is on no page"
                );
            }
        }
    }
}

/// A fenced block: its language with its attributes, and its text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new_ext(page, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = Some((info.to_string(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, inside)) = &mut open {
                    inside.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            _ => {}
        }
    }
    blocks
}

#[test]
fn every_rust_block_is_included_or_tested() {
    let library = fs::read_to_string("src/lib.rs").unwrap();
    for (page, text) in pages() {
        let is_doctest =
            library.contains(page.to_str().unwrap().replace('\\', "/").as_str());
        let exercise = exercise::all()
            .iter()
            .find(|exercise| page == Path::new(&exercise.page()));
        let hints = exercise.map(hints).unwrap_or_default();
        for (info, block) in blocks(&text) {
            let place = format!("{}, the block\n{block}", page.display());
            assert!(
                !info.is_empty(),
                "{place}names no language; write text if it is none"
            );
            let include_only = block.trim().starts_with("{{#include")
                && block.trim().lines().count() == 1;
            match info.as_str() {
                "rust" => assert!(
                    is_doctest,
                    "{place}is not tested: add the page to src/lib.rs"
                ),
                "rs" | "python" => {
                    assert!(
                        include_only,
                        "{place}is not tested, and no mere include"
                    );
                }
                HINT => assert!(
                    hints.iter().any(|(_, hint)| *hint == block),
                    "{place}is not within a hint"
                ),
                other => assert!(
                    !other.starts_with("rust") && !other.starts_with("rs"),
                    "{place}has the attributes {other}"
                ),
            }
        }
    }
}

/// How the code of a hint is marked.
const HINT: &str = "rs,hint";

/// The blocks within an exercise's hints.
fn hints(exercise: &Exercise) -> Vec<(String, String)> {
    let questions = exercise.questions.iter();
    let hints = questions.flat_map(|question| &question.hints);
    hints.flat_map(|hint| blocks(hint)).collect()
}

#[test]
fn every_hint_is_from_a_right_answer() {
    for exercise in exercise::all() {
        let answers = right_answers(exercise.name);
        for (info, hint) in hints(exercise) {
            let place = format!("{}, in a hint\n{hint}", exercise.page());
            if info != HINT {
                assert!(!hint.contains(';'), "{place}is Rust: mark it {HINT}");
                continue;
            }
            assert!(
                answers.iter().any(|answer| is_from(&hint, answer)),
                "{place}is in no right answer: add one to \
                 exercises/checks/tests/answers"
            );
        }
    }
}

/// What the checks take for right: the solution, and the tests in which answers
/// pass.
fn right_answers(exercise: &str) -> Vec<String> {
    let solution =
        fs::read_to_string(format!("solutions/src/{exercise}.rs")).unwrap();
    let answers =
        fs::read_to_string(format!("exercises/checks/tests/answers/{exercise}.rs"))
            .unwrap();
    let mut right = passing(&answers);
    right.push(solution);
    right
}

/// The tests that call `passes` or `right`, without the helpers between them.
fn passing(answers: &str) -> Vec<String> {
    let tests = answers.split("#[test]").skip(1);
    let bodies = tests.map(|test| test.split("\n}").next().unwrap_or(test));
    let calls = [" passes(\"", " right(\""];
    let passing =
        bodies.filter(|test| calls.iter().any(|call| test.contains(call)));
    passing.map(str::to_owned).collect()
}

/// Whether the answer has all that the hint shows, in the same order.
fn is_from(hint: &str, answer: &str) -> bool {
    let (parts, answer) = (parts(hint), words(answer));
    let rest = parts.iter().try_fold(answer.as_str(), |rest, part| {
        Some(rest.split_once(part.as_str())?.1)
    });
    rest.is_some() && !parts.is_empty()
}

/// What a hint shows, between a comment, a `todo!()` or an `…` in place of what it
/// leaves out.
fn parts(hint: &str) -> Vec<String> {
    let shown = |line| if is_comment(line) { "…" } else { line };
    let lines: Vec<&str> = hint.lines().map(shown).collect();
    let code = lines.join("\n").replace("todo!()", "…");
    let parts = code.split('…').map(words);
    parts.filter(|part| !part.is_empty()).collect()
}

/// The words and signs of the code, each between spaces, so that none is found
/// within another. Comments, and the commas before closing brackets, are left out.
fn words(code: &str) -> String {
    let lines = code.lines().filter(|line| !is_comment(line));
    let apart = |c: char| match c {
        '_' => c.to_string(),
        _ if c.is_alphanumeric() => c.to_string(),
        _ => format!(" {c} "),
    };
    let spaced: String =
        lines.flat_map(|line| line.chars().chain([' '])).map(apart).collect();
    let words = spaced.split_whitespace().map(|word| format!(" {word} "));
    let words: String = words.collect();
    words.replace(" ,  ) ", " ) ").replace(" ,  ] ", " ] ").replace(" ,  } ", " } ")
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = fs::read_to_string("book/src/SUMMARY.md").unwrap();
    for page in pages().into_keys() {
        let name = page
            .strip_prefix("book/src")
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        assert!(summary.contains(&format!("({name})")), "SUMMARY.md lacks {name}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    for (page, text) in &pages {
        for event in Parser::new_ext(text, Options::all()) {
            let Event::Start(
                Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. },
            ) = event
            else {
                continue;
            };
            if dest_url.starts_with("https://") {
                continue;
            }
            let (path, heading) =
                dest_url.split_once('#').unwrap_or((&dest_url, ""));
            let target = if path.is_empty() {
                page.clone()
            } else {
                tidy(&page.parent().unwrap().join(path))
            };
            let place = format!("{} links to {dest_url}", page.display());
            assert!(target.exists(), "{place}, which does not exist");
            if !heading.is_empty() {
                assert!(
                    headings(&pages[&target]).contains(heading),
                    "{place}: no such heading"
                );
            }
        }
    }
}

/// The ids that mdBook gives to a page's headings.
fn headings(page: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut open: Option<String> = None;
    for event in Parser::new_ext(page, Options::all()) {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut open {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                ids.extend(open.take().map(|heading| id(&heading)));
            }
            _ => {}
        }
    }
    ids
}

fn id(heading: &str) -> String {
    let kept =
        heading.chars().filter(|c| c.is_alphanumeric() || "_- ".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_loss_in_the_prose_is_one_that_was_printed() {
    let run = fs::read_to_string("program/tests/snapshots/train__default_run.snap")
        .unwrap();
    for (page, text) in pages() {
        for figure in text.split("loss=").skip(1) {
            let loss: String = figure
                .chars()
                .take_while(|c| c.is_ascii_digit() || *c == '.')
                .collect();
            let place = format!("{}: loss={loss}", page.display());
            assert!(
                run.contains(&format!("loss={loss}")),
                "{place} is not in the run's output"
            );
        }
    }
}

/// Weights and biases of a network of these sizes.
fn parameters(sizes: &[usize]) -> usize {
    let network = NeuralNet::new(sizes, &mut ChaCha8Rng::seed_from_u64(0));
    network.unwrap().parameters().len()
}

#[test]
fn every_count_in_the_prose_is_right() {
    let drawings = files("tests/drawings", "txt").len();
    let large = parameters(&[784, 128, 64, 10]);
    let pages = pages();
    for (page, count) in [
        ("demo.md", format!("{drawings} drawings made by hand")),
        ("welcome.md", format!("{} numbers to learn", parameters(&[36, 16, 3]))),
        (
            "gradient-check.md",
            format!("the {} parameters", parameters(&[36, 16, 3])),
        ),
        (
            "regularization.md",
            format!("{} numbers", with_comma(parameters(&[36, 64, 3]))),
        ),
        ("real-size.md", format!("{} numbers", with_comma(large))),
    ] {
        let text = &pages[&Path::new("book/src").join(page)];
        assert!(
            text.replace('\n', " ").contains(&count),
            "{page} does not say {count:?}"
        );
    }
}

fn with_comma(number: usize) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

#[test]
fn the_checks_would_notice() {
    assert!(anchored("// ANCHOR: a\nlet x = 1;\n// ANCHOR_END: a", "a").is_ok());
    assert!(anchored("# ANCHOR: a\nx = 1\n# ANCHOR_END: a", "a").is_ok());
    for (text, wrong) in [
        ("let x = 1;", "is missing"),
        ("// ANCHOR: a\nlet x = 1;", "is never closed"),
        ("// ANCHOR: a\n\n// ANCHOR_END: a", "is empty"),
        (
            "// ANCHOR: a\n1\n// ANCHOR_END: a\n// ANCHOR: a\n1\n// ANCHOR_END: a",
            "is there more than once, or ends before it begins",
        ),
    ] {
        assert_eq!(anchored(text, "a"), Err(wrong.to_owned()));
    }
    assert_eq!(
        blocks("```rust\nlet x = 1;\n```")[0],
        ("rust".to_owned(), "let x = 1;\n".to_owned())
    );
    let answer =
        "fn f() {\n    let x = g(\n        1,\n    );\n    // Why.\n    x + 2\n}";
    for hint in
        ["let x = g(1);\nx + 2", "let x = …;\nx+2", "let x = todo!();\n// And:\nx"]
    {
        assert!(is_from(hint, answer), "{hint}");
    }
    for hint in ["let x = g(2);", "let y", "(1)…let x", "et x", "// Why.", "…"]
    {
        assert!(!is_from(hint, answer), "{hint}");
    }
    let tests = "#[test]\nfn a() {\n passes(\"\");\n}\nfn b() {}\n#[test]\nfn \
                 c_passes() {\n}";
    assert_eq!(passing(tests), ["\nfn a() {\n passes(\"\");"]);
    assert_eq!(passing("#[test]\nfn a() {\n right(\"\");\n}").len(), 1);
    assert!(headings("## Where does `W` go?").contains("where-does-w-go"));
    assert_eq!(
        tidy(Path::new("book/src/../../src/lib.rs")),
        Path::new("src/lib.rs")
    );
}
