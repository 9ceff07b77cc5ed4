//! What the README shows is what the program does.

mod common;

use common::Folder;

const README: &str = include_str!("../../README.md");

const DRAWING: &str = "#...#.\n.#.#..\n..#...\n.#.#..\n#...#.\n......\n";

#[track_caller]
fn assert_shown(text: &str) {
    let block = format!("```text\n{text}\n```\n");
    assert!(README.contains(&block), "README.md does not show this:\n{block}");
}

#[test]
fn the_training() {
    let run = Folder::new().run("");
    let (training, next_steps) =
        run.stdout.split_once("\n\nNow draw something").unwrap();
    assert_shown(training);
    assert!(next_steps.replace("    ", "").contains(DRAWING));
}

#[test]
fn the_drawing_and_the_answer() {
    let folder = Folder::new();
    folder.write("drawing.txt", DRAWING);
    assert_shown(DRAWING.trim_end());
    assert_shown(folder.run("classify drawing.txt").stdout.trim_end());
}

#[test]
fn the_options() {
    let folder = Folder::new();
    folder.write("drawing.txt", DRAWING);
    let commands: Vec<_> = README
        .lines()
        .filter_map(|line| line.strip_prefix("cargo run --release -- "))
        .collect();
    assert!(commands.len() > 2, "{commands:?}");
    for arguments in commands {
        let run = folder.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments}: {}", run.stderr);
    }
}

#[test]
fn the_version_of_rust() {
    let version = env!("CARGO_PKG_RUST_VERSION");
    assert!(README.contains(&format!("{version} or newer")), "{version}");
}
