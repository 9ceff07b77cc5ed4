//! Refreshes the figures of the book.

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/figures");
    fs::create_dir_all(&folder)?;
    for (name, figure) in figures::all()? {
        fs::write(folder.join(name), figure)?;
        println!("book/src/figures/{name}");
    }
    Ok(())
}
