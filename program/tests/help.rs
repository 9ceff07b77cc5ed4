//! What the program says about itself.

mod common;

use common::Folder;

#[test]
fn program() {
    insta::assert_snapshot!(Folder::new().run("--help").transcript());
}

#[test]
fn train() {
    insta::assert_snapshot!(Folder::new().run("train --help").transcript());
}

#[test]
fn classify() {
    insta::assert_snapshot!(Folder::new().run("classify --help").transcript());
}

#[test]
fn digits() {
    insta::assert_snapshot!(Folder::new().run("digits --help").transcript());
}

#[test]
fn version() {
    let run = Folder::new().run("--version");
    assert_eq!(run.stdout, concat!("no-magic ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(run.code, Some(0));
}

#[test]
fn no_help_line_is_too_long_to_read() {
    for arguments in ["--help", "train --help", "classify --help", "digits --help"]
    {
        for line in Folder::new().run(arguments).stdout.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
