//! `no-magic classify`, from the outside.

mod common;

use common::{Folder, UNDECIDED, model_json};

const X: &str = "#....#\n.#..#.\n..##..\n..##..\n.#..#.\n#....#\n";
const LINE: &str = "......\n.####.\n......\n......\n......\n......\n";

#[test]
fn the_default_network_knows_its_drawings() {
    let folder = Folder::new();
    folder.write("cross.txt", X);
    folder.write("a-longer-name.txt", LINE);
    let run = folder.run("classify cross.txt a-longer-name.txt");
    insta::assert_snapshot!(run.transcript());
}

#[test]
fn a_saved_network_answers_as_the_trained_one() {
    let folder = Folder::new();
    folder.write("cross.txt", X);
    folder.run("train --save model.json");
    let saved = folder.run("classify --json --model model.json cross.txt");
    let trained = folder.run("classify --json cross.txt");
    assert_eq!(saved.stdout, trained.stdout);
    assert_eq!(saved.stderr, "");
    assert_eq!(saved.code, Some(0));
}

#[test]
fn json_has_an_object_for_each_drawing() {
    let folder = Folder::with_model();
    folder.write("one.txt", X);
    folder.write("two.txt", LINE);
    let run =
        folder.run(&format!("classify --json --model {UNDECIDED} one.txt two.txt"));
    let third = 1.0 / 3.0;
    let line = |file| {
        let shares = format!(
            r#"{{"horizontal line":{third},"vertical line":{third},"X":{third}}}"#
        );
        let verdict = "horizontal line";
        format!(
            r#"{{"file":"{file}","probabilities":{shares},"verdict":"{verdict}"}}"#
        )
    };
    assert_eq!(run.stdout, format!("{}\n{}\n", line("one.txt"), line("two.txt")));
}

#[test]
fn files_may_come_from_windows() {
    let folder = Folder::new();
    folder.run("train --epochs 20 --save model.json");
    folder.write("cross.txt", X);
    let from_file = folder.run("classify --json --model model.json cross.txt");

    let byte_order_mark = "\u{feff}";
    folder.write(
        "model.json",
        byte_order_mark.to_owned() + &folder.read("model.json"),
    );
    let input = X.replace('#', "1").replace('.', "0").replace('\n', "\r\n");
    let run = folder.run_with_input("classify --json --model model.json -", input);
    assert_eq!(run.stdout, from_file.stdout.replace("cross.txt", "standard input"));
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_network_that_has_broken_down_has_no_opinion() {
    let folder = Folder::new();
    folder.write("model.json", model_json([36, 3], &vec![vec![f64::MAX; 36]; 3]));
    folder.write("cross.txt", X);
    for arguments in ["classify", "classify --json"] {
        let run = folder.run(&format!("{arguments} --model model.json cross.txt"));
        assert_eq!(
            run.stderr,
            "error: cross.txt: the network has no opinion, because its weights \
             are too large to reckon with; train and save a new one: cargo run \
             --release -- --save model.json\n"
        );
        assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
    }
}

#[test]
fn a_bad_drawing_does_not_stop_the_others() {
    let folder = Folder::with_model();
    folder.write("good.txt", X);
    folder.write("bad.txt", "#....#\n.#?.#.\n");
    let run = folder.run(&format!("classify --model {UNDECIDED} bad.txt good.txt"));
    insta::assert_snapshot!(run.transcript());
}
