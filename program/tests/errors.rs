//! Every way in which a run can fail: what it says, and its exit code.

mod common;

use common::{Folder, UNDECIDED, model_json, not_found};

/// What follows what is wrong with a model.
const NEW_ONE: &str =
    "train and save a new one: cargo run --release -- --save model.json";

/// What follows a usage error.
const SEE_HELP: &str = "\n\nFor more information, try '--help'.\n";

#[test]
fn values_that_make_no_sense() {
    let number = |option: &str, found: &str, range: &str| {
        format!(
            "invalid value '{found}' for '--{option} <N>': it must be a whole \
             number from {range}"
        )
    };
    let rate = |found: &str, reason: &str| {
        format!("invalid value '{found}' for '--learning-rate <RATE>': {reason}")
    };
    let positive = "it must be a positive, finite number, such as 0.05";
    let hidden = |found: &str, reason: &str| {
        format!("invalid value '{found}' for '--hidden <SIZES>': {reason}")
    };
    let no_size = |text: &str| {
        format!(
            "\"{text}\" is not the size of a layer; write numbers from 1 to \
             65536, such as 16 or 16,8, or none"
        )
    };
    let cases = [
        ("--epochs 0", number("epochs", "0", "1 to 1000000")),
        ("--epochs -5", number("epochs", "-5", "1 to 1000000")),
        ("--epochs 1.5", number("epochs", "1.5", "1 to 1000000")),
        ("--epochs abc", number("epochs", "abc", "1 to 1000000")),
        ("--epochs 1000001", number("epochs", "1000001", "1 to 1000000")),
        ("--examples 0", number("examples", "0", "1 to 100000")),
        ("--examples 100001", number("examples", "100001", "1 to 100000")),
        ("--report-every 0", number("report-every", "0", "1 to 1000000")),
        ("--seed -1", number("seed", "-1", "0 to 18446744073709551615")),
        (
            "--seed 18446744073709551616",
            number("seed", "18446744073709551616", "0 to 18446744073709551615"),
        ),
        ("--learning-rate 0", rate("0", positive)),
        ("--learning-rate -0.1", rate("-0.1", positive)),
        ("--learning-rate nan", rate("nan", positive)),
        ("--learning-rate inf", rate("inf", positive)),
        ("--learning-rate -inf", rate("-inf", positive)),
        ("--learning-rate 1e400", rate("1e400", positive)),
        ("--learning-rate fast", rate("fast", positive)),
        (
            "--learning-rate 0,05",
            rate("0,05", "write it with a point, such as 0.05"),
        ),
        ("--hidden 0", hidden("0", &no_size("0"))),
        ("--hidden 65537", hidden("65537", &no_size("65537"))),
        ("--hidden 16,,8", hidden("16,,8", &no_size(""))),
        ("--hidden 16,none", hidden("16,none", &no_size("none"))),
        (
            "--hidden 65536,65536",
            hidden(
                "65536,65536",
                "that makes 4297523200 weights; the program goes up to 5000000",
            ),
        ),
    ];
    let folder = Folder::new();
    for (arguments, sentence) in cases {
        for command in ["", "train "] {
            let run = folder.run(&format!("{command}{arguments}"));
            assert_eq!(run.stderr, format!("error: {sentence}{SEE_HELP}"));
            assert_eq!(
                (run.stdout.as_str(), run.code),
                ("", Some(2)),
                "{arguments}"
            );
        }
    }
}

#[test]
fn arguments_that_do_not_exist_or_are_missing() {
    let folder = Folder::new();
    for arguments in [
        "learn",
        "--epochs 3 classify drawing.txt",
        "train --epoch 3",
        "train extra",
        "classify",
    ] {
        let run = folder.run(arguments);
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
        assert_eq!((run.stdout.as_str(), run.code), ("", Some(2)), "{arguments}");
    }
}

#[test]
fn a_drawing_without_the_command() {
    let tip = "tip: to ask what a drawing shows: cargo run --release -- classify \
               drawing.txt";
    let folder = Folder::new();
    for (arguments, sentence) in [
        ("drawing.txt", "unrecognized subcommand 'drawing.txt'"),
        ("train drawing.txt", "unexpected argument 'drawing.txt' found"),
        ("--epochs 3 drawing.txt", "unexpected argument 'drawing.txt' found"),
    ] {
        let run = folder.run(arguments);
        let start = format!("error: {sentence}\n\n  {tip}\n");
        assert!(run.stderr.starts_with(&start), "{}", run.stderr);
        assert_eq!((run.stdout.as_str(), run.code), ("", Some(2)));
    }
    folder.write("cross", "");
    assert!(folder.run("cross").stderr.contains("classify cross\n"));
}

#[test]
fn a_word_too_many_is_no_command() {
    let run = Folder::new().run("--hidden 16, 8");
    let start = "error: unexpected argument '8' found\n";
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
}

#[test]
fn outputs_that_can_not_be_written() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("runs")).unwrap();
    let cases = [
        (
            "--save missing/model.json",
            "missing/model.json can't be written: the folder missing does not \
             exist; create it first",
            1,
        ),
        (
            "--plot runs",
            "runs can't be written: it is a folder; name a file in it",
            1,
        ),
        (
            "--save models/",
            "models/ can't be written: it is a folder; name a file in it",
            1,
        ),
        (
            "--save -",
            "- can't be written: it stands for standard output; name a file",
            1,
        ),
        (
            "--history run.csv --plot runs/../run.csv",
            "run.csv: two outputs can't go to the same file; name one for each",
            2,
        ),
    ];
    for (arguments, sentence, code) in cases {
        let run = folder.run(&format!("train {arguments}"));
        assert_eq!(run.stderr, format!("error: {sentence}\n"));
        assert_eq!(
            (run.stdout.as_str(), run.code),
            ("", Some(code)),
            "{arguments}"
        );
    }
    assert_eq!(folder.names(), ["runs"], "nothing is written before the training");
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_device() {
    let run = Folder::new().run("train --save /dev/null");
    assert_eq!(
        run.stderr,
        "error: /dev/null can't be written: it is a device or a pipe; name a \
         file\n"
    );
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_to_nothing() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("missing.json", folder.path("model.json")).unwrap();
    let run = folder.run("train --history missing.json --save model.json");
    assert_eq!(
        run.stderr,
        "error: model.json can't be written: it is a link to a file that does not \
         exist; name that file, or remove the link\n"
    );
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
    assert_eq!(folder.names(), ["model.json"]);
}

#[test]
fn drawings_that_are_none() {
    let blank = "......\n".repeat(6);
    let cases: [(&[u8], &str); 10] = [
        (
            b"",
            "there is no drawing here; write six lines of six characters, # for \
             on and . for off",
        ),
        (
            b"......\n..o...\n",
            "line 2, column 3: 'o' is not a pixel; write # (or 1) for on and . \
             (or 0) for off",
        ),
        (
            b".....\n",
            "line 1, column 6: the line is too short; each line needs 6 \
             characters",
        ),
        (
            b"......\r\n.......\r\n",
            "line 2, column 7: the line is too long; each line needs 6 characters",
        ),
        (
            b"......\n......\n",
            "line 3, column 1: the drawing is too short; it needs 6 lines",
        ),
        (
            &[blank.as_bytes(), b"......\n"].concat(),
            "line 7, column 1: the drawing is too long; it needs 6 lines",
        ),
        (
            b"\xff\xfe#\0.\0",
            "this is not UTF-8 text; save the drawing as plain text in UTF-8",
        ),
        (
            &[b'\n'; 70_000],
            "is 70000 bytes long, but a drawing is 42 bytes; is this the right \
             file?",
        ),
        (
            "......\n..✗...\n".as_bytes(),
            "line 2, column 3: '✗' is not a pixel; write # (or 1) for on and . \
             (or 0) for off",
        ),
        (
            b"......\n \n",
            "line 2, column 1: the drawing is too short; it needs 6 lines",
        ),
    ];
    let folder = Folder::with_model();
    for (drawing, sentence) in cases {
        folder.write("drawing.txt", drawing);
        let from_file =
            folder.run(&format!("classify --model {UNDECIDED} drawing.txt"));
        assert_eq!(from_file.stderr, format!("error: drawing.txt: {sentence}\n"));
        assert_eq!((from_file.stdout.as_str(), from_file.code), ("", Some(1)));
    }

    let run =
        folder.run_with_input(&format!("classify --model {UNDECIDED} -"), "?");
    assert_eq!(
        run.stderr,
        "error: standard input: line 1, column 1: '?' is not a pixel; write # (or \
         1) for on and . (or 0) for off\n"
    );

    let run = folder.run_with_input(
        &format!("classify --model {UNDECIDED} -"),
        vec![b'\n'; 65_537],
    );
    assert_eq!(
        run.stderr,
        "error: standard input: is more than 65536 bytes long, but a drawing is \
         42 bytes; is this the right file?\n"
    );

    let run =
        folder.run(&format!("classify --json --model {UNDECIDED} missing.txt"));
    assert_eq!(
        run.stderr,
        format!("error: missing.txt: can't be read: {}\n", not_found())
    );
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
}

#[test]
fn models_that_are_none() {
    let good = model_json([2, 2], &[vec![1.0, 2.0], vec![3.0, 4.0]]);
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} is not in {good}");
        good.replacen(from, to, 1)
    };
    let no_json =
        |reason: &str| format!("this is no model, or a damaged one: {reason}");
    let no_model = "this is no model";
    let too_soon = "the file ends too soon";
    let version = |found: &str| {
        format!(
            "the model has version {found} of the format, but this program reads \
             version 1"
        )
    };
    let cases: Vec<(String, String)> = vec![
        ("epoch,loss\n".into(), no_json("expected value at line 1 column 1")),
        (String::new(), too_soon.into()),
        (good[..good.len() - 4].into(), too_soon.into()),
        (good[..good.len() / 2].into(), too_soon.into()),
        (format!("{good}}}"), no_json("trailing characters at line 7 column 1")),
        ("[1, 2, 3]".into(), no_model.into()),
        (r#"{"format": "PNG", "version": 1}"#.into(), no_model.into()),
        (r#"{"sizes": [36, 16, 3]}"#.into(), no_model.into()),
        (with(r#""version": 1"#, r#""version": 2"#), version("2")),
        (with(r#""version": 1"#, r#""version": -1"#), version("-1")),
        (with(r#""version": 1"#, r#""version": "1""#), version("\"1\"")),
        (
            with("\"sizes\": [2, 2],\n", ""),
            no_json("missing field `sizes` at line 5 column 1"),
        ),
        (
            with("sizes", "sises"),
            no_json(
                "unknown field `sises`, expected one of `format`, `version`, \
                 `sizes`, `layers` at line 4 column 7",
            ),
        ),
        (
            with("4.0", "null"),
            no_json("invalid type: null, expected f64 at line 5 column 40"),
        ),
        (with("4.0", "1e999"), no_json("number out of range at line 5 column 41")),
        (with("4.0", "NaN"), no_json("expected value at line 5 column 37")),
        (
            with("[3.0, 4.0]", "[3.0]"),
            "row 2 of the weights of layer 1 has 1 numbers, but the rows before \
             it have 2"
                .into(),
        ),
        (
            with("[2, 2]", "[2, 5, 2]"),
            "the sizes are [2, 5, 2], but the weights are those of [2, 2]".into(),
        ),
        (
            with("[0.0, 0.0]", "[0.0]"),
            "layer 1 has 2 outputs, but its bias has length 1".into(),
        ),
        (
            with("[[1.0, 2.0], [3.0, 4.0]]", "[]"),
            "the weights of layer 1 have shape (0, 0); both numbers must be at \
             least 1"
                .into(),
        ),
        (
            good.clone(),
            "the network takes 2 inputs and tells 2 classes apart, but a drawing \
             has 36 pixels and there are 3 patterns"
                .into(),
        ),
    ];
    let folder = Folder::new();
    for (model, sentence) in cases {
        folder.write("model.json", &model);
        let run = folder.run("classify --model model.json drawing.txt");
        assert_eq!(
            run.stderr,
            format!("error: model.json: {sentence}; {NEW_ONE}\n"),
            "{model}"
        );
        assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
    }

    let run = folder.run("classify --model missing.json drawing.txt");
    assert_eq!(
        run.stderr,
        format!("error: missing.json: can't be read: {}; {NEW_ONE}\n", not_found())
    );
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
}
