//! No figure is stale, and each has a text for those who can't see it.

use std::fs;
use std::path::Path;

#[test]
fn every_figure_in_the_book_is_the_one_that_the_code_draws() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/figures");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    let figures = figures::all().unwrap();
    assert_eq!(names, figures.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, drawn) in figures {
        let kept = fs::read_to_string(folder.join(name)).unwrap();
        assert!(
            kept == drawn,
            "{name} is stale; refresh it with: cargo run --package figures"
        );
        if name.ends_with(".svg") {
            for words in [r#" role="img""#, r#" aria-label=""#] {
                assert!(kept.contains(words), "{name} has no {words}");
            }
            assert!(kept.lines().all(|line| !line.trim().is_empty()), "{name}");
        }
    }
}
