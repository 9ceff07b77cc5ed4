//! What the program reads and writes: nothing is lost, and nothing hangs.
#![cfg(unix)]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use common::{Folder, UNDECIDED};

const TRAIN: &str = "train --epochs 1 --examples 5";
const IMAGES: &str = "mnist/train-images-idx3-ubyte";

fn mode(folder: &Folder, name: &str) -> u32 {
    fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_is_replaced_as_if_it_were_written_in_place() {
    let folder = Folder::new();
    for name in ["usual", "secret"] {
        folder.write(name, "old");
    }
    fs::set_permissions(folder.path("secret"), Permissions::from_mode(0o600))
        .unwrap();
    symlink("usual", folder.path("link")).unwrap();
    let long = "n".repeat(250);
    for name in ["new", "secret", "link", &long] {
        folder.run(&format!("{TRAIN} --save {name}")).says(0, &[]);
        folder.check_model(name);
    }
    folder.check_model("usual");
    assert_eq!(mode(&folder, "new"), mode(&folder, "usual"));
    assert_eq!(mode(&folder, "secret"), 0o600);
    assert!(folder.path("link").is_symlink());
    assert_eq!(folder.names(), ["link", "new", &long, "secret", "usual"]);
}

#[test]
fn what_a_killed_program_left_behind_is_removed() {
    let folder = Folder::new();
    let strays = [".d.json.no-magic-aB3dE6", ".d.json.no-magic-000000"];
    let others = [".d.json.swp", ".e.json.no-magic-aB3dE6"];
    for name in strays.iter().chain(&others) {
        folder.write(name, "half a fi");
    }
    // A running program has locked its own.
    let running = fs::File::open(folder.path(strays[1])).unwrap();
    running.lock_shared().unwrap();
    folder.run(&format!("{TRAIN} --save d.json")).says(0, &[]);
    assert_eq!(folder.names(), [strays[1], others[0], others[1], "d.json"]);
}

#[test]
fn an_input_is_no_output() {
    let folder = Folder::new();
    fs::create_dir(folder.path("mnist")).unwrap();
    for (name, link) in [(IMAGES, "link"), ("k.json", "other-link")] {
        folder.write(name, "input");
        symlink(name, folder.path(link)).unwrap();
        fs::hard_link(folder.path(name), folder.path(&format!("hard-{link}")))
            .unwrap();
    }
    folder.run("digits --examples 1 --epochs 1 --save k.json").says(0, &[]);
    fs::remove_file(folder.path("hard-other-link")).unwrap();
    fs::hard_link(folder.path("k.json"), folder.path("hard-other-link")).unwrap();
    let before = folder.read("k.json");
    let reads = "the program reads this file, so it can't be an output as well";
    for (arguments, path) in [
        ("--resume k.json --history k.json", "k.json"),
        ("--resume k.json --history ./mnist/../k.json", "./mnist/../k.json"),
        ("--resume k.json --history other-link", "other-link"),
        ("--resume other-link --history k.json", "k.json"),
        ("--resume k.json --history hard-other-link", "hard-other-link"),
        ("--mnist mnist --save mnist/train-images-idx3-ubyte", IMAGES),
        ("--mnist ./mnist --history link", "link"),
        ("--mnist mnist --save hard-link", "hard-link"),
    ] {
        let run = folder.run(&format!("digits --epochs 2 {arguments}"));
        run.says(2, &[&format!("error: {path}: {reads}; name another\n")]);
    }
    folder
        .run("digits --epochs 2 --resume k.json --save a --history ./a")
        .says(2, &["a: two outputs can't go to the same file"]);
    assert_eq!(
        (folder.read("k.json"), folder.read(IMAGES)),
        (before, "input".into())
    );
    folder.run("digits --epochs 2 --resume k.json --save k.json").says(0, &[]);
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = Folder::with_model();
    folder.write("x.txt", "......\n".repeat(6));
    folder
        .shell("mkfifo pipe; mkdir mnist; mkfifo mnist/train-images-idx3-ubyte.gz");
    let no_file = "can't be read: it is a folder, a pipe or a device; name a file";
    for arguments in [
        "classify --model pipe x.txt",
        "classify --model . x.txt",
        "classify --model /dev/null x.txt",
        "classify --model undecided.json pipe",
        "classify --model undecided.json .",
        "digits --resume pipe",
        "digits --mnist mnist",
    ] {
        folder.run(arguments).says(1, &[no_file]);
    }
    folder
        .run(&format!("{TRAIN} --save pipe"))
        .says(1, &["it is a device or a pipe"]);
    // What another program writes to is waited for.
    for drawing in ["-", "/dev/stdin", "/dev/fd/0"] {
        folder
            .shell(&format!(
                "(sleep 0.1; cat x.txt) | $0 classify --model {UNDECIDED} {drawing}"
            ))
            .says(0, &[]);
    }
}

#[test]
fn what_is_printed_is_not_overwritten() {
    let folder = Folder::new();
    for redirection in ["> all", "| cat > all", ">> all"] {
        folder.write("all", "");
        folder
            .shell(&format!("$0 {TRAIN} --history /dev/stdout {redirection}"))
            .says(0, &[]);
        let all = folder.read("all");
        for part in
            ["Training 36-16-3", "epoch 0 ", "epoch,loss,accuracy\n0,", "Wrote"]
        {
            assert!(all.contains(part), "no {part:?} in {all}");
        }
    }
    let run = folder.shell(&format!("$0 {TRAIN} --save all > all"));
    run.says(1, &["what the program prints goes there already"]);
    let run = folder.shell(&format!("$0 {TRAIN} --history /dev/stderr 2> all"));
    assert_eq!(run.code, Some(0));
    assert!(folder.read("all").contains("epoch,loss,accuracy\n0,"));
}

#[test]
fn names_do_not_reach_the_terminal_as_commands() {
    let folder = Folder::with_model();
    let (name, shown) =
        ("a\u{1b}[31m\nb\u{202e}.txt", "a\\u{1b}[31m\\nb\\u{202e}.txt");
    folder.write(name, "......\n".repeat(6));
    let run = |arguments: &str, name: &str| {
        let mut command = folder.command(arguments);
        common::Run::from(command.arg(name).output().unwrap())
    };
    for arguments in [
        "classify --model",
        "classify --model undecided.json missing.txt --",
        "digits --resume",
        "digits --mnist",
        "--save missing/x --history",
        "--epochs",
        "--hidden",
        "train --examples 5 --epochs 1 --save",
        "",
    ] {
        let transcript = run(arguments, name).transcript();
        assert!(!transcript.contains('\u{1b}'), "{arguments}: {transcript}");
        assert!(!transcript.contains('\u{202e}'), "{arguments}: {transcript}");
    }
    folder.write(name, "......\n".repeat(6));
    assert!(run("classify --model undecided.json", name).stdout.contains(shown));
    run("digits --resume", name).says(1, &[shown]);
    run("--epochs", name).says(2, &[shown]);
    let json = run("classify --json --model undecided.json", name).stdout;
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answer["file"], name);
}

#[cfg(target_os = "linux")]
#[test]
fn what_can_not_be_printed_is_an_error() {
    let folder = Folder::with_model();
    folder.write("x.txt", "......\n".repeat(6));
    for arguments in [
        "--help",
        "--version",
        "digits --help",
        "classify --model undecided.json x.txt",
        "train --epochs 1",
        "train --json --epochs 1 --plot /dev/stdout",
        "digits --examples 1 --epochs 1",
    ] {
        let run = folder.shell(&format!("$0 {arguments} > /dev/full"));
        run.says(1, &["error: the output can't be printed: "]);
    }
}
