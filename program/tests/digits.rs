//! `no-magic digits`: the run of real size, its files, and its data.

mod common;

use std::io::Write;

use common::Folder;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// Without the seconds, which differ.
fn without_times(stdout: &str) -> String {
    let lines = stdout.lines().map(|line| match line.rsplit_once("%  ") {
        Some((rest, _)) => format!("{rest}%\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn it_learns() {
    let run = Folder::new().run("digits --epochs 3 --examples 200");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!("digits", without_times(&run.stdout));
}

#[test]
fn a_training_that_goes_on_is_the_same_training() {
    let folder = Folder::new();
    let settings =
        "--examples 4 --batch-size 32 --dropout 0.2 --weight-decay 0.1 --seed 3";
    let whole =
        folder.run(&format!("digits {settings} --epochs 3 --save whole.json"));
    folder.run(&format!("digits {settings} --epochs 1 --save part.json"));
    let rest = folder.run(
        "digits --resume part.json --epochs 3 --save part.json --history h.csv",
    );
    assert_eq!(folder.read("part.json"), folder.read("whole.json"));
    let last = |stdout: &str| {
        let stdout = without_times(stdout);
        let epochs = stdout.lines().filter(|line| line.starts_with("epoch"));
        epochs.skip_while(|line| !line.starts_with("epoch 1")).collect::<String>()
    };
    assert_eq!(last(&rest.stdout), last(&whole.stdout));
    // The history is that of the whole training.
    let header = "epoch,loss,held_out_loss,held_out_accuracy\n0,";
    assert!(folder.read("h.csv").starts_with(header));
    assert_eq!(folder.read("h.csv").lines().count(), 4);
}

#[test]
fn what_was_trained_is_saved_before_it_is_printed() {
    let folder = Folder::new();
    let epoch = "digits --examples 50 --epochs 1 --save d.json";
    let (code, stderr) = folder.run_for_head(epoch);
    assert_eq!((code, stderr.as_str()), (Some(1), ""));
    let run = folder.run("digits --resume d.json --epochs 1 --save out.json");
    run.says(0, &["epochs done already: 1; ask for more with --epochs\n"]);
    assert_eq!(folder.read("out.json"), folder.read("d.json"));
}

#[test]
fn reports_are_json_on_request() {
    let run = folder_with_mnist().run("digits --mnist . --epochs 3 --json");
    assert!(run.stdout.starts_with(r#"{"epoch":0,"loss":"#), "{}", run.stdout);
    assert_eq!(run.stdout.lines().count(), 3);
    assert!(run.stderr.starts_with("Training 4-128-64-10 on 10 digits"));
}

#[test]
fn a_training_that_diverges_keeps_the_last_good_file() {
    let folder = folder_with_mnist();
    folder.run("digits --mnist . --epochs 1 --save good.json");
    let good = folder.read("good.json");
    for setting in ["learning-rate 1e300", "weight-decay 1e300"] {
        folder.write("d.json", &good);
        let run = folder
            .run(&format!("digits --mnist . --epochs 9 --{setting} --save d.json"));
        run.says(
            1,
            &["diverged", "try a smaller learning rate", "nothing is written"],
        );
        assert_eq!(folder.read("d.json"), good);
    }
    // It may also take a while.
    let run = folder.run(
        "digits --mnist . --epochs 99 --learning-rate 1e40 --weight-decay 1e-20 \
         --save d.json --history h.csv",
    );
    run.says(1, &["diverged", "d.json is left as it was before this epoch\n"]);
    let epochs = folder.read("h.csv").lines().count() - 1;
    let run = folder.run(&format!("digits --resume d.json --epochs {epochs}"));
    run.says(0, &["epochs done already"]);
}

/// An IDX file of bytes.
fn idx(sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, u8::try_from(sizes.len()).unwrap()];
    file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    file.extend(bytes);
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Ten images of 2×2 pixels, each different.
fn folder_with_mnist() -> Folder {
    let folder = Folder::new();
    let pixels: Vec<u8> = (0..10_u8)
        .flat_map(|digit| [1, 2, 4, 8].map(|bit| 255 * u8::from(digit & bit > 0)))
        .collect();
    let images = idx(&[10, 2, 2], &pixels);
    let labels = idx(&[10], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    folder.write("train-images-idx3-ubyte.gz", gzip(&images));
    folder.write("train-labels-idx1-ubyte", &labels);
    folder.write("t10k-images-idx3-ubyte", &images);
    folder.write("t10k-labels-idx1-ubyte.gz", gzip(&labels));
    folder
}

#[test]
fn mnist_is_read_packed_and_unpacked() {
    let run = folder_with_mnist().run(
        "digits --mnist . --epochs 90 --learning-rate 0.01 --report-every 100",
    );
    run.says(0, &[]);
    assert!(run.stdout.starts_with("Training 4-128-64-10 on 10 digits"));
    assert_eq!(run.stdout.lines().count(), 3, "{}", run.stdout);
    assert!(run.stdout.lines().last().unwrap().contains("acc=100.00%"));
}

#[test]
fn malformed_files_are_rejected_with_their_names() {
    let (images, labels) = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz");
    let no_idx = "this is no IDX file";
    for (name, contents, sentence) in [
        (images, vec![], no_idx),
        (images, b"PNG".to_vec(), no_idx),
        (images, vec![0, 0, 8, 3, 0, 0], no_idx),
        (images, vec![0, 0, 13, 1, 0, 0, 0, 0], "only unsigned bytes"),
        (images, idx(&[2, 28, 28], &[0; 9]), "[2, 28, 28] numbers, but 9 follow"),
        (images, idx(&[u32::MAX; 4], &[]), "is the file whole?"),
        (
            images,
            idx(&[4], &[0; 4]),
            "images have three dimensions, but this file has 1",
        ),
        (images, idx(&[0, 2, 2], &[]), "the data set is empty"),
        (images, idx(&[0, u32::MAX, u32::MAX], &[]), "the data set is empty"),
        (images, idx(&[1, 0, 2], &[]), "has 0×2 pixels"),
        (images, idx(&[1, 257, 256], &[0; 65_792]), "images of 1 to 65536"),
        (
            images,
            idx(&[10, 1, 4], &[0; 40]),
            "the size [1, 4], but those of the training set have [2, 2]",
        ),
        (images, gzip(&idx(&[1, 2, 2], &[0; 4]))[..20].to_vec(), "can't be read"),
        (labels, idx(&[10, 1], &[0; 10]), "labels have one dimension"),
        (labels, idx(&[9], &[0; 9]), "there are 10 inputs and 9 labels"),
        (labels, idx(&[10], &[10; 10]), "has the label 10"),
    ] {
        let folder = folder_with_mnist();
        folder.write(name, contents);
        folder.run("digits --mnist . --epochs 1").says(1, &[name, sentence]);
    }
}

/// The checkpoint with another value.
fn with(checkpoint: &Value, pointer: &str, value: Value) -> String {
    let mut checkpoint = checkpoint.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match checkpoint.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        parent => parent[key] = value,
    }
    checkpoint.to_string()
}

#[test]
fn a_damaged_checkpoint_is_rejected() {
    let folder = folder_with_mnist();
    folder.run("digits --mnist . --epochs 1 --save real.json");
    let text = folder.read("real.json");
    let real: Value = serde_json::from_str(&text).unwrap();
    folder.write("other.json", with(&real, "/epochs/0/loss", json!(1.0)));
    folder.run("digits --resume other.json --epochs 2").says(0, &[]);

    let settings = "its settings are damaged";
    let unknown = "unknown field";
    let sizes = "the numbers in the file are not those of the network";
    for (pointer, value, sentence) in [
        ("/format", json!("PNG"), "this is no saved training"),
        ("/version", json!(9), "the saved training has version 9"),
        ("/version", Value::Null, "this is no saved training"),
        ("/t", json!(1), unknown),
        ("/\u{1b}[31m", json!(1), unknown),
        ("/recipe/\u{1b}[31m", json!("."), settings),
        ("/recipe/mnisT", json!("."), settings),
        ("/recipe/mnist", json!(5), settings),
        ("/recipe/mnist", json!(["."]), settings),
        ("/recipe/batch_size", json!(0), "from 1 to 100000"),
        ("/recipe/batch_size", json!(u64::MAX), "from 1 to 100000"),
        ("/recipe/batch_size", json!(64.0), settings),
        ("/recipe/batch_size", Value::Null, settings),
        ("/recipe/examples", json!(1_000_000_000), "from 1 to 10000"),
        ("/recipe/examples", json!(u64::MAX), "from 1 to 10000"),
        ("/recipe/epochs", json!(3), settings),
        ("/recipe/help", json!(true), settings),
        ("/recipe/learning_rate", json!(0.0), "a positive, finite number"),
        ("/recipe/learning_rate", json!(-1e-3), "a positive, finite number"),
        ("/recipe/weight_decay", json!(-0.1), "0 or more"),
        ("/recipe/dropout", json!(1.0), "at least 0 and below 1"),
        ("/recipe/seed", json!(-1), "a whole number from 0"),
        ("/recipe", json!({}), settings),
        ("/recipe", json!([]), "invalid type"),
        ("/epochs", json!([]), "it has no epochs"),
        ("/epochs/0/epoch", json!(7), "its epoch 0 is damaged"),
        ("/epochs/0/held_out_accuracy", json!(1.5), "its epoch 0 is damaged"),
        ("/epochs/0/held_out_loss", Value::Null, "its epoch 0 is damaged"),
        ("/epochs/0/accuracy", json!(0.5), "its epoch 0 is damaged"),
        ("/epochs/0/los", json!(0.5), unknown),
        ("/parameters", json!([]), sizes),
        ("/m", json!([]), sizes),
        ("/m/3", json!([1.0]), sizes),
        ("/v/0/0", json!(-1e-9), "a mean of squares is negative"),
        ("/v/0/0", json!("1"), "invalid type"),
    ] {
        folder.write("other.json", with(&real, pointer, value));
        let run = folder.run("digits --resume other.json --epochs 2");
        run.says(1, &["other.json", sentence]);
        assert!(!run.stderr.contains('\u{1b}'));
    }
    for (contents, sentence) in [
        (
            r#"{"format":"no-magic digits 1","t":1}"#,
            "has version 1 of the format, but this program reads version 2; train \
             and save a new one: cargo run --release -- digits --save \
             digits.json\n",
        ),
        ("{}", "this is no saved training"),
        ("", "ends too soon"),
        (&text[..text.len() - 9], "ends too soon"),
        (&text.replacen("0.", "1e999", 1), "number out of range"),
    ] {
        folder.write("other.json", contents);
        folder.run("digits --resume other.json").says(1, &["other.json", sentence]);
    }
    folder
        .run("digits --resume nowhere.json")
        .says(1, &["nowhere.json", "can't be read"]);
}

#[test]
fn a_training_that_is_resumed_has_its_settings() {
    for setting in [
        "mnist .",
        "examples 5",
        "batch-size 5",
        "learning-rate 1",
        "weight-decay 1",
        "dropout 0.5",
        "seed 5",
    ] {
        Folder::new()
            .run(&format!("digits --resume d.json --{setting}"))
            .says(2, &["cannot be used with"]);
    }
    Folder::new()
        .run("digits --mnist . --examples 5")
        .says(2, &["cannot be used with"]);
}
