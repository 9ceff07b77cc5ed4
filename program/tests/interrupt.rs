//! Ctrl-C, as a terminal sends it.
#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};

use common::{Folder, Run};

const AT_ONCE: &str = "stopping after this epoch; Ctrl-C again ends at once\n";

/// Starts the program and waits for its first lines.
fn start(
    folder: &Folder,
    arguments: &str,
    lines: usize,
) -> (Child, impl Read + use<>) {
    let mut child = folder.command(arguments).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..lines {
        stdout.read_line(&mut String::new()).unwrap();
    }
    (child, stdout)
}

fn press_ctrl_c(child: &Child) {
    let kill = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

fn finish(child: Child, mut stdout: impl Read) -> Run {
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let mut run = Run::from(child.wait_with_output().unwrap());
    run.stdout = rest;
    run
}

#[test]
fn it_stops_after_the_epoch_and_keeps_what_there_is() {
    let folder = Folder::new();
    let (child, stdout) = start(
        &folder,
        "train --epochs 1000000 --history run.csv --plot run.svg --save model.json",
        3,
    );
    press_ctrl_c(&child);
    let run = finish(child, stdout);

    let last = folder.read("run.csv").lines().count() - 2;
    assert_eq!(
        run.stderr,
        format!(
            "{AT_ONCE}stopped after epoch {last}; what has been trained so far is \
             kept\n"
        )
    );
    assert!(run.stdout.contains(&format!("epoch {last} ")));
    assert!(
        run.stdout.ends_with("Wrote run.csv.\nWrote run.svg.\nWrote model.json.\n")
    );
    assert_eq!(run.code, Some(1));
    folder.check_model("model.json");
    assert_eq!(folder.names(), ["model.json", "run.csv", "run.svg"]);
}

#[test]
fn it_says_how_to_continue() {
    let folder = Folder::new();
    let digits =
        "digits --examples 1 --batch-size 1 --epochs 1000000 --save d.json";
    let (child, stdout) = start(&folder, digits, 2);
    press_ctrl_c(&child);
    let run = finish(child, stdout);
    run.says(1, &["is kept; continue with --resume d.json\n"]);
    assert!(run.stdout.ends_with("Wrote d.json.\n"), "{}", run.stdout);
    let run = folder.run("digits --resume d.json --epochs 1");
    run.says(0, &["epochs done already"]);
}

#[test]
fn it_says_so_when_nothing_is_kept() {
    let folder = Folder::new();
    let (child, stdout) = start(&folder, "train --epochs 1000000", 3);
    press_ctrl_c(&child);
    let run = finish(child, stdout);
    assert!(
        run.stderr.ends_with("; nothing is kept, because no file was asked for\n")
    );
    assert_eq!(run.code, Some(1));
}

#[test]
fn a_second_one_ends_it_at_once() {
    let folder = Folder::new();
    let a_long_epoch = "train --hidden 4096 --examples 20000 --save model.json";
    let (mut child, stdout) = start(&folder, a_long_epoch, 2);
    // Signals that come too close together become one, so this goes on until the
    // program ends.
    while child.try_wait().unwrap().is_none() {
        press_ctrl_c(&child);
    }
    let run = finish(child, stdout);
    assert_eq!(run.stderr, AT_ONCE);
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(130)));
    assert!(folder.names().is_empty());
}
