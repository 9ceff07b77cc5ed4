//! No figure is stale.

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
    }
}

#[test]
fn every_figure_has_a_text_alternative_and_no_blank_line() {
    let figures = figures::all().unwrap();
    for (name, figure) in figures.iter().filter(|(name, _)| name.ends_with(".svg"))
    {
        assert!(
            figure.contains(r#"role="img""#) && figure.contains("aria-label=\""),
            "{name}"
        );
        assert!(figure.lines().all(|line| !line.trim().is_empty()), "{name}");
    }
}
