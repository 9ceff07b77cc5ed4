//! The file format of MNIST: IDX, with a header of big-endian numbers and then
//! bytes.
//!
//! | bytes | meaning |
//! |---|---|
//! | 0, 0 | always zero |
//! | 8 | the kind of numbers: unsigned bytes |
//! | n | how many dimensions |
//! | 4 each | the size of each dimension |
//! | the rest | the numbers, row after row |
//!
//! Source: LeCun, Cortes and Burges, *The MNIST database of handwritten digits*.

use std::error::Error;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use ndarray::Array2;
use no_magic::dataset::{Dataset, DatasetError};

use crate::console;
use crate::input::{self, Limit};

/// The largest file of MNIST has 47 million bytes.
const LIMIT: Limit = Limit {
    bytes: 512 * 1024 * 1024,
    expected: "a file of images is at most 536870912 bytes",
};

const SETS: [&str; 2] = ["train", "t10k"];
const GZIP: [u8; 2] = [0x1f, 0x8b];
const UNSIGNED_BYTES: u8 = 8;
const CLASSES: usize = 10;

/// So that a network for them can be saved.
const MOST_PIXELS: usize = 65_536;

/// A file's numbers, with the size of each dimension.
struct Idx {
    path: PathBuf,
    sizes: Vec<usize>,
    bytes: Vec<u8>,
}

/// Where the files of MNIST may be in a folder.
pub fn paths(folder: &Path) -> Vec<PathBuf> {
    let both = |set| [images_name(set), labels_name(set)];
    let names = SETS.into_iter().flat_map(both);
    names
        .flat_map(|name| [folder.join(format!("{name}.gz")), folder.join(name)])
        .collect()
}

/// Reads the training set and the test set of MNIST from a folder.
pub fn mnist(folder: &Path) -> Result<(Dataset, Dataset), String> {
    let [train, test] = SETS.map(|set| images(folder, set));
    let (train, test) = (train?, test?);
    if train.sizes[1..] != test.sizes[1..] {
        return Err(test.error(format_args!(
            "each image has the size {:?}, but those of the training set have \
             {:?}",
            &test.sizes[1..],
            &train.sizes[1..]
        )));
    }
    let [train_set, test_set] = [(train, SETS[0]), (test, SETS[1])]
        .map(|(images, set)| dataset(&images, &labels(folder, set)?));
    Ok((train_set?, test_set?))
}

fn images_name(set: &str) -> String {
    format!("{set}-images-idx3-ubyte")
}

fn labels_name(set: &str) -> String {
    format!("{set}-labels-idx1-ubyte")
}

fn images(folder: &Path, set: &str) -> Result<Idx, String> {
    let images = read(folder, &images_name(set))?;
    let &[count, height, width] = images.sizes.as_slice() else {
        return Err(images.wrong_dimensions("images have three dimensions"));
    };
    if count == 0 {
        return Err(images.error(DatasetError::NoExamples));
    }
    if !(1..=MOST_PIXELS).contains(&height.saturating_mul(width)) {
        return Err(images.error(format_args!(
            "each image has {height}×{width} pixels; the program reads images of 1 \
             to {MOST_PIXELS}"
        )));
    }
    Ok(images)
}

fn labels(folder: &Path, set: &str) -> Result<Idx, String> {
    let labels = read(folder, &labels_name(set))?;
    if labels.sizes.len() != 1 {
        return Err(labels.wrong_dimensions("labels have one dimension"));
    }
    Ok(labels)
}

/// Each image is a row of numbers from 0 to 1. What is wrong now is wrong with the
/// labels.
fn dataset(images: &Idx, labels: &Idx) -> Result<Dataset, String> {
    let (count, features) = (images.sizes[0], images.sizes[1..].iter().product());
    let pixels = images.bytes.iter().map(|&byte| f64::from(byte) / 255.0);
    let inputs = Array2::from_shape_vec((count, features), pixels.collect())
        .expect("the length was checked");
    let classes = labels.bytes.iter().map(|&label| label.into()).collect();
    Dataset::new(inputs, classes, CLASSES).map_err(|error| labels.error(error))
}

fn read(folder: &Path, name: &str) -> Result<Idx, String> {
    let packed = folder.join(format!("{name}.gz"));
    let path = if packed.exists() { packed } else { folder.join(name) };
    let numbers = input::read_file(&path, LIMIT)
        .map_err(|error| format!("the file {error}").into())
        .and_then(|contents| parse(&contents));
    match numbers {
        Ok((sizes, bytes)) => Ok(Idx { path, sizes, bytes }),
        Err(error) => Err(format!("{}: {error}", console::shown(&path))),
    }
}

/// Reads the contents of an IDX file, which may be packed with gzip.
fn parse(contents: &[u8]) -> Result<(Vec<usize>, Vec<u8>), Box<dyn Error>> {
    if contents.starts_with(&GZIP) {
        let unpacked = input::read(MultiGzDecoder::new(contents), LIMIT)
            .map_err(|error| format!("the file {error}"))?;
        return parse_plain(&unpacked);
    }
    parse_plain(contents)
}

fn parse_plain(contents: &[u8]) -> Result<(Vec<usize>, Vec<u8>), Box<dyn Error>> {
    let no_idx = "this is no IDX file: it should begin with two zeros, an 8 and \
                  its dimensions";
    let &[0, 0, kind, dimensions, ref rest @ ..] = contents else {
        return Err(no_idx.into());
    };
    if kind != UNSIGNED_BYTES {
        return Err(format!(
            "the numbers are of the kind {kind:#04x}; only unsigned bytes, 0x08, \
             are read"
        )
        .into());
    }
    let (header, bytes) =
        rest.split_at_checked(4 * usize::from(dimensions)).ok_or(no_idx)?;
    let (sizes, _) = header.as_chunks::<4>();
    let sizes: Vec<usize> =
        sizes.iter().map(|&size| u32::from_be_bytes(size) as usize).collect();
    let expected =
        sizes.iter().try_fold(1_usize, |all, &size| all.checked_mul(size));
    if expected != Some(bytes.len()) {
        return Err(format!(
            "the header speaks of {sizes:?} numbers, but {} follow; is the file \
             whole?",
            bytes.len()
        )
        .into());
    }
    Ok((sizes, bytes.to_vec()))
}

impl Idx {
    fn wrong_dimensions(&self, expected: &str) -> String {
        let sizes = &self.sizes;
        let found = format!("this file has {}: {sizes:?}", sizes.len());
        self.error(format_args!("{expected}, but {found}"))
    }

    fn error(&self, problem: impl Display) -> String {
        format!("{}: {problem}", console::shown(&self.path))
    }
}
