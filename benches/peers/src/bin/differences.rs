//! Writes the table of differences that the book includes.

use std::fs;

use peers::table;

fn main() {
    let text = table::to_markdown(&table::compute());
    fs::write(table::PATH, &text).expect("the package's folder");
    print!("{text}");
}
