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

use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use ndarray::Array2;
use no_magic::dataset::{Dataset, DatasetError};
use thiserror::Error;

use crate::files::{self, Limit, ReadError};

/// The largest file of MNIST has 47 million bytes.
const LIMIT: Limit = Limit {
    bytes: 512 * 1024 * 1024,
    expected: "a file of images is at most 536870912 bytes",
};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const UNSIGNED_BYTES: u8 = 8;
const CLASSES: usize = 10;

/// The contents of an IDX file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// The size of each dimension.
    pub sizes: Vec<usize>,
    /// The numbers.
    pub bytes: Vec<u8>,
}

/// Reads the contents of an IDX file, which may be packed with gzip.
///
/// ```
/// use no_magic_program::idx;
///
/// let labels = [0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1];
/// let labels = idx::parse(&labels)?;
/// assert_eq!((labels.sizes, labels.bytes), (vec![3], vec![7, 2, 1]));
/// # Ok::<(), idx::IdxError>(())
/// ```
///
/// # Errors
///
/// If it is something else, or is longer or shorter than its header says.
pub fn parse(contents: &[u8]) -> Result<Idx, IdxError> {
    if contents.starts_with(&GZIP) {
        let unpacked = files::read(MultiGzDecoder::new(contents), LIMIT)?;
        return parse_plain(&unpacked);
    }
    parse_plain(contents)
}

fn parse_plain(contents: &[u8]) -> Result<Idx, IdxError> {
    let [0, 0, kind, dimensions, rest @ ..] = contents else {
        return Err(IdxError::NoIdx);
    };
    if *kind != UNSIGNED_BYTES {
        return Err(IdxError::Kind { kind: *kind });
    }
    let (header, bytes) = rest
        .split_at_checked(4 * usize::from(*dimensions))
        .ok_or(IdxError::NoIdx)?;
    let sizes: Vec<usize> = header
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&size| u32::from_be_bytes(size) as usize)
        .collect();
    let expected =
        sizes.iter().try_fold(1_usize, |all, &size| all.checked_mul(size));
    if expected != Some(bytes.len()) {
        return Err(IdxError::Length { sizes, found: bytes.len() });
    }
    Ok(Idx { sizes, bytes: bytes.to_vec() })
}

/// Images and labels as a data set: each image a row of numbers from 0 to 1.
///
/// # Errors
///
/// If the images are not images, or the labels don't fit them.
pub fn dataset(images: &Idx, labels: &Idx) -> Result<Dataset, IdxError> {
    let &[count, height, width] = images.sizes.as_slice() else {
        return Err(IdxError::NoImages { sizes: images.sizes.clone() });
    };
    if labels.sizes.len() != 1 {
        return Err(IdxError::NoLabels { sizes: labels.sizes.clone() });
    }
    let pixels = images.bytes.iter().map(|&byte| f64::from(byte) / 255.0);
    let inputs = Array2::from_shape_vec((count, height * width), pixels.collect())
        .expect("the length was checked");
    let labels = labels.bytes.iter().map(|&label| label.into()).collect();
    Ok(Dataset::new(inputs, labels, CLASSES)?)
}

/// Reads the training set and the test set of MNIST from a folder.
///
/// # Errors
///
/// If a file is missing, or is not what its name says; the error names the file.
pub fn mnist(folder: &Path) -> Result<(Dataset, Dataset), MnistError> {
    let set = |name: &str| {
        let (path, images) = read(folder, &format!("{name}-images-idx3-ubyte"))?;
        let (_, labels) = read(folder, &format!("{name}-labels-idx1-ubyte"))?;
        dataset(&images, &labels).map_err(|source| MnistError { path, source })
    };
    let (train, test) = (set("train")?, set("t10k")?);
    let (pixels, found) = (train.features(), test.features());
    if pixels != found {
        let path = folder.join("t10k-images-idx3-ubyte");
        let source = IdxError::Pixels { pixels, found };
        return Err(MnistError { path, source });
    }
    Ok((train, test))
}

fn read(folder: &Path, name: &str) -> Result<(PathBuf, Idx), MnistError> {
    let packed = folder.join(format!("{name}.gz"));
    let path = if packed.exists() { packed } else { folder.join(name) };
    let idx = files::read_file(&path, LIMIT)
        .map_err(IdxError::from)
        .and_then(|contents| parse(&contents));
    match idx {
        Ok(idx) => Ok((path, idx)),
        Err(source) => Err(MnistError { path, source }),
    }
}

/// Why a file of MNIST can't be used.
#[derive(Debug, Error)]
#[error("{}: {source}", path.display())]
pub struct MnistError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub source: IdxError,
}

/// Why this is no IDX file, or not the one it should be.
#[derive(Debug, Error)]
pub enum IdxError {
    /// It can't be read, or not unpacked.
    #[error("the file {0}")]
    Read(#[from] ReadError),
    /// It does not begin as such a file does.
    #[error(
        "this is no IDX file: it should begin with two zeros, an 8 and its \
         dimensions"
    )]
    NoIdx,
    /// Its numbers are not bytes.
    #[error(
        "the numbers are of the kind {kind:#04x}; only unsigned bytes, 0x08, are \
         read"
    )]
    Kind {
        /// The kind.
        kind: u8,
    },
    /// It ends too soon, or goes on.
    #[error(
        "the header speaks of {sizes:?} numbers, but {found} follow; is the file \
         whole?"
    )]
    Length {
        /// The sizes of the header.
        sizes: Vec<usize>,
        /// How many bytes follow.
        found: usize,
    },
    /// It does not hold images.
    #[error(
        "images have three dimensions, but this file has {}: {sizes:?}",
        sizes.len()
    )]
    NoImages {
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// It does not hold labels.
    #[error(
        "labels have one dimension, but the file of labels has {}: {sizes:?}",
        sizes.len()
    )]
    NoLabels {
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// The images of the two sets differ in size.
    #[error(
        "each image has {found} pixels, but those of the training set have \
         {pixels}"
    )]
    Pixels {
        /// Those of the training set.
        pixels: usize,
        /// Those found.
        found: usize,
    },
    /// Images and labels don't fit.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}
