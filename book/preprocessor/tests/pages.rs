//! What a page becomes, and the problem that is reported when something would be
//! lost.

use std::io::Write as _;
use std::process::{Command, Stdio};

use preprocessor::prepare;
use serde_json::{Value, json};

#[track_caller]
fn problem_of(page: &str) -> String {
    prepare(page).unwrap_err().to_string()
}

#[test]
fn no_formula_is_lost() {
    for (page, start) in [
        ("a\n\n$$\\frac{1}{$$\n", "line 3: `$$\\frac{1}{$$`"),
        ("the bias $b and\n\nthe rest", "line 1: `$b and`"),
        ("it costs $ 5", "line 1: `$ 5`"),
        ("a\\\\$b", "line 1: `$b`"),
        ("| a |\n|---|\n| $|x|$ |\n", "line 3: `$|x|$ |`"),
        ("a\n<details>\n<summary>$x$</summary>", "line 3: `$x$<"),
        ("![the bias $b$](b.svg)", "line 1: `$b$](b.svg)`"),
        ("[a](b.html \"$x$\")", "line 1: `$x$\")`"),
        ("a\n$\\fraq$", "line 2: the formula `\\fraq` can't be typeset: "),
    ] {
        let problem = problem_of(page);
        assert!(problem.starts_with(start), "{page}\n{problem}");
    }
}

#[test]
fn a_formula_is_typeset_wherever_there_can_be_one() {
    for page in [
        "a $x$ b",
        "## $x$",
        "[$x$](x.html)",
        "| a |\n|---|\n| $x$ |\n",
        "- $x$\n  $$x$$",
        "**$x$**[^n]\n\n[^n]: $x$",
        "![a](b.svg) $x$",
    ] {
        let html = prepare(page).unwrap();
        assert!(
            html.contains("<mi>x</mi>") && !html.contains('$'),
            "{page}\n{html}"
        );
    }
}

#[test]
fn a_dollar_on_purpose_stays() {
    for page in [
        "it costs \\$5",
        "`$HOME`",
        "```sh\necho $HOME\n```\n",
        "    $HOME\n",
        "<!-- $x$ -->\n",
        "<b>&#36;</b>",
    ] {
        assert_eq!(prepare(page).unwrap(), page);
    }
}

#[test]
fn no_snippet_is_lost() {
    let problem = problem_of("a\n\n```rust\n{{#include ../../src/gone.rs}}\n```\n");
    assert_eq!(
        problem,
        "line 4: `{{#include ../../src/gone.rs}}` includes nothing: is there such \
         a file?"
    );
    // What mdBook makes of an anchor that is not in the file.
    assert_eq!(
        problem_of("a\n```rust\n\n```\n"),
        "line 2: the snippet is empty: does the file it includes have this anchor?"
    );
    assert_eq!(
        problem_of("a\n\n<!-- mark: d -->\n```rust\na = b;\n```\n"),
        "line 3: the snippet has no line with `d` to mark"
    );
}

#[test]
fn a_formula_gives_the_same_bytes_each_time() {
    let page = "$\\sqrt{\\hat y_i} \\sum_{i=1}^n \\left( \\frac{a}{b} \\right)$";
    let first = prepare(page).unwrap();
    for _ in 0..20 {
        assert_eq!(prepare(page).unwrap(), first);
    }
}

/// As `mdbook serve` does.
#[test]
fn mdbook_can_call_it() {
    let program = env!("CARGO_BIN_EXE_preprocessor");
    for (renderer, supported) in [("html", true), ("epub", false)] {
        let status = Command::new(program).args(["supports", renderer]).status();
        assert_eq!(status.unwrap().success(), supported);
    }
    let chapter = |content: &str| {
        json!({"items": [{"Chapter": {
            "name": "Page", "content": content, "number": null, "sub_items": [],
            "path": "page.md", "source_path": "page.md", "parent_names": [],
        }}]})
    };
    let call = |content: &str| {
        let context = json!({
            "root": "/", "config": {}, "renderer": "html",
            "mdbook_version": "0.5.4",
        });
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = json!([context, chapter(content)]).to_string();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let book: Value = serde_json::from_slice(&call("a\\$b").stdout).unwrap();
    assert_eq!(book, chapter("a\\$b"));
    let failed = call("a $b");
    assert!(!failed.status.success());
    let error = String::from_utf8(failed.stderr).unwrap();
    assert!(error.starts_with("error: src"), "{error}");
    assert!(error.contains("page.md: `$b` begins with a dollar"), "{error}");
}
