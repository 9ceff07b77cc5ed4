//! `no-magic` and `no-magic train`, from the outside.

mod common;

use common::Folder;
use no_magic::by_hand::NeuralNet;
use no_magic::patterns;
use no_magic::training::{EpochReport, Training};
use rand::{SeedableRng, rngs::ChaCha8Rng};

/// Trains with the library alone.
fn library(
    sizes: &[usize],
    examples: usize,
    seed: u64,
    learning_rate: f64,
    epochs: usize,
) -> (NeuralNet, Vec<EpochReport>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let data = patterns::dataset([examples; 3], &mut rng).unwrap();
    let mut network = NeuralNet::new(sizes, &mut rng).unwrap();
    let training =
        Training::new(&mut network, &data, learning_rate, &mut rng).unwrap();
    let reports = training.take(epochs).collect::<Result<_, _>>().unwrap();
    (network, reports)
}

#[test]
fn without_arguments_it_trains_with_the_defaults() {
    let run = Folder::new().run("");
    insta::assert_snapshot!("default_run", run.transcript());
    assert_eq!(run.stdout, Folder::new().run("train").stdout);
}

#[test]
fn the_command_may_be_left_out() {
    let with = Folder::new().run("train --epochs 3 --seed 1");
    let without = Folder::new().run("--epochs 3 --seed 1");
    assert_eq!(without.transcript(), with.transcript());
}

#[test]
fn the_reports_are_the_librarys() {
    let (_, reports) = library(&[36, 16, 3], 120, 0, 0.05, 101);
    let run = Folder::new().run("train --epochs 101");
    for epoch in [0, 100] {
        assert!(run.stdout.contains(&format!("{}\n", reports[epoch])));
    }
}

#[test]
fn json_has_every_digit_and_nothing_else_on_standard_output() {
    let (_, reports) = library(&[36, 5, 4, 3], 30, 7, 0.02, 8);
    let run = Folder::new().run(
        "train --hidden 5,4 --examples 30 --seed 7 --learning-rate 0.02 --epochs \
         8 --report-every 3 --json",
    );
    let records: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();

    assert_eq!(records.len(), 4);
    for (record, epoch) in records.iter().zip([0, 3, 6, 7]) {
        assert_eq!(record["epoch"], epoch);
        assert_eq!(record["loss"].as_f64(), Some(reports[epoch].loss));
        assert_eq!(record["accuracy"].as_f64(), Some(reports[epoch].accuracy));
    }
    assert!(run.stderr.starts_with("Training 36-5-4-3 on 90 drawings (seed 7)"));
    assert_eq!(run.code, Some(0));
}

#[test]
fn the_history_has_every_epoch_and_every_digit() {
    let (_, reports) = library(&[36, 3], 20, 0, 0.05, 12);
    let folder = Folder::new();
    let run = folder
        .run("train --hidden none --examples 20 --epochs 12 --history run.csv");
    assert!(run.stdout.contains("Wrote run.csv.\n"));

    let history = folder.read("run.csv");
    let mut reader = csv::Reader::from_reader(history.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["epoch", "loss", "accuracy"]);
    let rows: Vec<(usize, f64, f64)> =
        reader.deserialize().map(Result::unwrap).collect();
    let expected = reports.iter().map(|it| (it.epoch, it.loss, it.accuracy));
    assert_eq!(rows, expected.collect::<Vec<_>>());
}

#[test]
fn the_saved_network_is_the_librarys_to_the_last_bit() {
    let (network, _) = library(&[36, 16, 3], 120, 0, 0.05, 20);
    let folder = Folder::new();
    folder.run("train --epochs 20 --save model.json");

    let saved: serde_json::Value =
        serde_json::from_str(&folder.read("model.json")).unwrap();
    for (saved, trained) in
        saved["layers"].as_array().unwrap().iter().zip(&network.layers)
    {
        let w: Vec<_> = trained.w.outer_iter().map(|row| row.to_vec()).collect();
        assert_eq!(saved, &serde_json::json!({ "w": w, "b": trained.b.to_vec() }));
    }
    assert_eq!(saved["sizes"], serde_json::json!([36, 16, 3]));
}

#[test]
fn a_diverged_run_leaves_the_old_files_alone() {
    let folder = Folder::new();
    folder.write("model.json", "the old model");
    let run = folder.run(
        "train --learning-rate 1e200 --history run.csv --plot run.svg --save \
         model.json",
    );

    let (error, rest) = run.stderr.split_once('\n').unwrap();
    assert!(error.starts_with("error: the loss diverged in epoch 0"));
    assert_eq!(rest, "nothing is written, because there is nothing to keep\n");
    assert_eq!((run.stdout.lines().count(), run.code), (2, Some(1)));
    assert_eq!(folder.read("model.json"), "the old model");
    assert_eq!(folder.names(), ["model.json"]);
}

#[test]
fn a_learning_rate_that_is_too_large_gets_advice_instead_of_next_steps() {
    for learning_rate in ["10", "1e150"] {
        let run = Folder::new()
            .run(&format!("--epochs 3 --learning-rate {learning_rate}"));
        let start = "warning: the network has learned nothing: ";
        assert!(run.stderr.starts_with(start), "{}", run.stderr);
        assert!(run.stderr.ends_with("; try --learning-rate 0.05\n"));
        assert!(!run.stdout.contains("draw something"), "{}", run.stdout);
        assert_eq!(run.code, Some(0));
    }
}

#[test]
fn old_files_are_replaced_and_nothing_else_is_left_behind() {
    let folder = Folder::new();
    folder.write("run.csv", "an old and much longer history\n".repeat(1000));
    folder.run("train --epochs 1 --history run.csv --save model.json");
    assert!(folder.read("run.csv").starts_with("epoch,loss,accuracy\n0,"));
    assert_eq!(folder.names(), ["model.json", "run.csv"]);
}

#[test]
fn it_ends_when_the_reader_goes_away() {
    let arguments = "train --epochs 1000000 --report-every 1";
    let folder = Folder::new();
    assert_eq!(folder.run_for_head(arguments), (Some(1), String::new()));

    let kept = format!("{arguments} --history run.csv --save model.json");
    let (code, stderr) = folder.run_for_head(&kept);
    let last = folder.read("run.csv").lines().count() - 2;
    let kept = "what has been trained so far is kept";
    assert_eq!(stderr, format!("stopped after epoch {last}; {kept}\n"));
    assert_eq!(code, Some(1));
    folder.check_model("model.json");
}
