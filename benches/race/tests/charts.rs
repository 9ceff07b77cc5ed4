//! No table or chart of times is stale.

use std::fs;
use std::path::Path;

use race::charts;

#[test]
fn every_chart_in_the_book_is_the_one_that_the_measurements_give() {
    let entries = fs::read_dir(charts::FOLDER).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    let drawn = charts::all().unwrap();
    assert_eq!(names, drawn.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, drawn) in drawn {
        let kept =
            fs::read_to_string(Path::new(charts::FOLDER).join(name)).unwrap();
        assert!(
            kept == drawn,
            "{name} is stale; refresh it with: cargo run -- charts"
        );
        if name.ends_with(".svg") {
            for words in [r#" role="img""#, r#" aria-label=""#] {
                assert!(kept.contains(words), "{name} has no {words}");
            }
            assert!(kept.lines().all(|line| !line.trim().is_empty()), "{name}");
        }
    }
}
