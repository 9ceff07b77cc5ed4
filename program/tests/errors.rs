//! Every way in which a run can fail: what it says, and its exit code.

mod common;

use common::{Folder, Run, UNDECIDED, model_json, not_found};

/// What follows what is wrong with a model.
const NEW_ONE: &str =
    "train and save a new one: cargo run --release -- --save model.json";

/// What follows a usage error.
const SEE_HELP: &str = "\n\nFor more information, try '--help'.";

/// Fails unless the run prints this error and nothing else.
#[track_caller]
fn fails(run: &Run, code: i32, sentence: &str) {
    let error = format!("error: {sentence}\n");
    let found = (run.code, run.stdout.as_str(), run.stderr.as_str());
    assert_eq!(found, (Some(code), "", error.as_str()));
}

#[test]
fn values_that_make_no_sense() {
    let whole = |range: &str| format!("it must be a whole number from {range}");
    let no_size = |text: &str| {
        format!(
            "\"{text}\" is not the size of a layer; write numbers from 1 to \
             65536, such as 16 or 16,8, or none"
        )
    };
    let positive = "it must be a positive, finite number, such as 0.05";
    let point = "write it with a point, such as 0.05";
    let too_many = "that makes 4297523200 weights; the program goes up to 5000000";
    let (seeds, rate) =
        (whole("0 to 18446744073709551615"), "learning-rate <RATE>");
    let hidden = "hidden <SIZES>";
    let folder = Folder::new();
    for (option, values, reason) in [
        ("epochs <N>", "0 -5 1.5 abc 1000001", whole("1 to 1000000").as_str()),
        ("examples <N>", "0 100001", &whole("1 to 100000")),
        ("report-every <N>", "0", &whole("1 to 1000000")),
        ("seed <N>", "-1 18446744073709551616", &seeds),
        (rate, "0 -0.1 nan inf -inf 1e400 fast", positive),
        (rate, "0,05", point),
        (hidden, "0", &no_size("0")),
        (hidden, "65537", &no_size("65537")),
        (hidden, "16,,8", &no_size("")),
        (hidden, "16,none", &no_size("none")),
        (hidden, "65536,65536", too_many),
    ] {
        let name = option.split(' ').next().unwrap();
        for value in values.split(' ') {
            for command in ["", "train "] {
                let run = folder.run(&format!("{command}--{name} {value}"));
                let error =
                    format!("invalid value '{value}' for '--{option}': {reason}");
                fails(&run, 2, &format!("{error}{SEE_HELP}"));
            }
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
        folder.run(arguments).says(2, &["error: "]);
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
        folder
            .run(arguments)
            .says(2, &[&format!("error: {sentence}\n\n  {tip}\n")]);
    }
    folder.write("cross", "");
    assert!(folder.run("cross").stderr.contains("classify cross\n"));
}

#[test]
fn a_word_too_many_is_no_command() {
    let run = Folder::new().run("--hidden 16, 8");
    run.says(2, &["error: unexpected argument '8' found\n"]);
}

#[test]
fn outputs_that_can_not_be_written() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("runs")).unwrap();
    let cases = [
        (
            "missing/model.json",
            "the folder missing does not exist; create it first",
        ),
        ("runs", "it is a folder; name a file in it"),
        ("models/", "it is a folder; name a file in it"),
        ("-", "it stands for standard output; name a file"),
        #[cfg(unix)]
        ("/dev/null", "it is a device or a pipe; name a file"),
    ];
    for (name, sentence) in cases {
        let run = folder.run(&format!("train --history run.csv --save {name}"));
        fails(&run, 1, &format!("{name} can't be written: {sentence}"));
    }
    fails(
        &folder.run("train --history run.csv --plot runs/../run.csv"),
        2,
        "runs/../run.csv: two outputs can't go to the same file; name one for each",
    );
    assert_eq!(folder.names(), ["runs"], "nothing is written before the training");
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_to_nothing() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("missing.json", folder.path("model.json")).unwrap();
    fails(
        &folder.run("train --history missing.json --save model.json"),
        1,
        "model.json can't be written: it is a link to a file that does not exist; \
         name that file, or remove the link",
    );
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
    let classify = format!("classify --model {UNDECIDED}");
    for (drawing, sentence) in cases {
        folder.write("drawing.txt", drawing);
        let run = folder.run(&format!("{classify} drawing.txt"));
        fails(&run, 1, &format!("drawing.txt: {sentence}"));
    }
    let from_stdin = format!("{classify} -");
    fails(
        &folder.run_with_input(&from_stdin, "?"),
        1,
        "standard input: line 1, column 1: '?' is not a pixel; write # (or 1) for \
         on and . (or 0) for off",
    );
    fails(
        &folder.run_with_input(&from_stdin, vec![b'\n'; 65_537]),
        1,
        "standard input: is more than 65536 bytes long, but a drawing is 42 bytes; \
         is this the right file?",
    );
    fails(
        &folder.run(&format!("{classify} --json missing.txt")),
        1,
        &format!("missing.txt: can't be read: {}", not_found()),
    );
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
        fails(&run, 1, &format!("model.json: {sentence}; {NEW_ONE}"));
    }
    fails(
        &folder.run("classify --model missing.json drawing.txt"),
        1,
        &format!("missing.json: can't be read: {}; {NEW_ONE}", not_found()),
    );
}
