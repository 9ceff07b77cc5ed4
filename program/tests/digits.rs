//! `no-magic digits`: the run of real size, its files, and its data.

mod common;

use std::io::Write;

use common::Folder;
use flate2::Compression;
use flate2::write::GzEncoder;

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
        "--examples 40 --batch-size 32 --dropout 0.2 --weight-decay 0.1 --seed 3";
    let whole =
        folder.run(&format!("digits {settings} --epochs 4 --save whole.json"));
    folder.run(&format!("digits {settings} --epochs 2 --save part.json"));
    let rest = folder.run(
        "digits --resume part.json --epochs 4 --save part.json --history h.csv",
    );

    assert_eq!(folder.read("part.json"), folder.read("whole.json"));
    assert!(
        without_times(&whole.stdout)
            .ends_with(without_times(&rest.stdout).split_once('\n').unwrap().1)
    );
    // The history is that of the whole training.
    assert_eq!(folder.read("h.csv").lines().count(), 5);
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

/// Ten images of 28×28 pixels, of which a stripe tells the digit.
fn folder_with_mnist() -> Folder {
    let folder = Folder::new();
    let mut pixels = vec![0; 10 * 784];
    for digit in 0..10 {
        pixels[digit * 784 + digit * 50..][..50].fill(255);
    }
    let images = idx(&[10, 28, 28], &pixels);
    let labels = idx(&[10], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    folder.write("train-images-idx3-ubyte.gz", gzip(&images));
    folder.write("train-labels-idx1-ubyte", &labels);
    folder.write("t10k-images-idx3-ubyte", &images);
    folder.write("t10k-labels-idx1-ubyte.gz", gzip(&labels));
    folder
}

#[test]
fn mnist_is_read_packed_and_unpacked() {
    let run =
        folder_with_mnist().run("digits --mnist . --epochs 30 --batch-size 5");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("Training 784-128-64-10 on 10 digits"));
    assert!(run.stdout.trim_end().lines().last().unwrap().contains("acc=100.00%"));
}

#[test]
fn malformed_files_are_refused_with_their_names() {
    let images = "t10k-images-idx3-ubyte";
    for (contents, sentence) in [
        (vec![], "this is no IDX file"),
        (b"PNG".to_vec(), "this is no IDX file"),
        (vec![0, 0, 8, 3, 0, 0], "this is no IDX file"),
        (vec![0, 0, 13, 1, 0, 0, 0, 0], "only unsigned bytes"),
        (idx(&[2, 28, 28], &[0; 9]), "speaks of [2, 28, 28] numbers, but 9 follow"),
        (idx(&[u32::MAX; 4], &[]), "is the file whole?"),
        (
            idx(&[784], &[0; 784]),
            "images have three dimensions, but this file has 1",
        ),
        (idx(&[0, 28, 28], &[]), "each input needs one label"),
        (
            idx(&[10, 14, 14], &[0; 1960]),
            "has 196 pixels, but those of the training set have 784",
        ),
        (gzip(&idx(&[1, 28, 28], &[0; 784]))[..20].to_vec(), "can't be read"),
    ] {
        let folder = folder_with_mnist();
        folder.write(images, contents);
        let run = folder.run("digits --mnist . --epochs 1");
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains(images), "{}", run.stderr);
        assert!(run.stderr.contains(sentence), "no {sentence:?} in {}", run.stderr);
    }
}

#[test]
fn a_file_that_is_no_training_is_refused() {
    let folder = Folder::new();
    folder.run("digits --examples 2 --epochs 1 --save real.json");
    let real = folder.read("real.json");
    for (contents, sentence) in [
        ("{}".to_owned(), "this is no saved training"),
        (real.replace("no-magic digits 1", "no-magic digits 9"), "the format is"),
        (real.replacen("\"t\":1", "\"t\":1.5", 1), "this is no saved training"),
        (real[..1000].to_owned(), "this is no saved training"),
        (
            real.replacen("\"batch_size\":64", "\"batch_size\":0", 1),
            "out of its range",
        ),
        (
            real.replacen("\"dropout\":0.0", "\"dropout\":1.5", 1),
            "out of its range",
        ),
    ] {
        folder.write("other.json", contents);
        let run = folder.run("digits --resume other.json");
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains("other.json"), "{}", run.stderr);
        assert!(run.stderr.contains(sentence), "no {sentence:?} in {}", run.stderr);
    }
    let run = folder.run("digits --resume real.json --epochs 1");
    assert_eq!(run.code, Some(0));
    assert!(run.stderr.contains("epochs done already: 1"), "{}", run.stderr);
    let run = folder.run("digits --resume nowhere.json");
    assert!(run.stderr.contains("nowhere.json"), "{}", run.stderr);
}

#[test]
fn a_training_that_diverges_says_so_and_keeps_what_was() {
    let run =
        Folder::new().run("digits --examples 20 --epochs 50 --learning-rate 1e300");
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("try a smaller learning rate"), "{}", run.stderr);
}
