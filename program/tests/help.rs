//! What the program says about itself.

mod common;

use common::Folder;

#[test]
fn help() {
    for command in ["program", "train", "classify", "digits"] {
        let arguments = format!("{command} --help").replace("program ", "");
        let run = Folder::new().run(&arguments);
        for line in run.stdout.lines() {
            assert!(line.chars().count() <= 80, "too long to read: {line}");
        }
        insta::assert_snapshot!(command, run.transcript());
    }
}

#[test]
fn version() {
    let run = Folder::new().run("--version");
    assert_eq!(run.stdout, concat!("no-magic ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(run.code, Some(0));
}
