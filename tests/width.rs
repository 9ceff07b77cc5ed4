//! No line of Rust is wider than rustfmt is asked to keep it. Where a string or a
//! macro is too long, rustfmt gives up on the whole statement without a word.

use std::fs;
use std::path::{Path, PathBuf};

/// The `max_width` of rustfmt.toml.
fn max_width() -> usize {
    let settings = fs::read_to_string("rustfmt.toml").unwrap();
    let width = settings.lines().find_map(|line| line.strip_prefix("max_width = "));
    width.unwrap().parse().unwrap()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // These files are the learner's.
        if path.ends_with("exercises/src") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn no_line_is_too_wide_for_the_page() {
    let width = max_width();
    let mut files = Vec::new();
    rust_files(Path::new("."), &mut files);
    assert!(files.len() > 100, "{files:?}");
    for file in files {
        for (line, number) in fs::read_to_string(&file).unwrap().lines().zip(1..) {
            let columns = line.chars().count();
            assert!(
                columns <= width,
                "{}:{number} has {columns} columns; the most is {width}:\n{line}",
                file.display()
            );
        }
    }
}
