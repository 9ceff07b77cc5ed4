//! The contenders' names for readers, and the colors of their lines.

use plot::{BLUE, DASHED_RED, RED, YELLOW};
use plotters::style::RGBColor;

/// The one that the others are held against.
pub const OURS: &str = "ours";

/// The lesson's own code: the first rung of the ladder.
pub const PART_ONE: &str = "by_hand";

/// Part II as the book prints it.
pub const PART_TWO: &str = "batched";

/// By their short names: who stands in the measurements.
const NAMES: [(&str, &str); 14] = [
    (OURS, "ours"),
    (PART_ONE, "Part I, as printed"),
    (PART_TWO, "Part II, as printed"),
    ("numpy", "NumPy, as the lesson writes it"),
    ("numpy-tuned", "NumPy, in place"),
    ("pytorch", "PyTorch, its default threads"),
    ("pytorch-one", "PyTorch, one thread"),
    ("pytorch-tuned", "PyTorch, compiled and fused, one thread"),
    ("javascript", "JavaScript, arrays"),
    ("javascript-tuned", "JavaScript, typed arrays"),
    ("candle", "candle, its default threads"),
    ("candle-one", "candle, one thread"),
    ("burn", "Burn, its default threads"),
    ("burn-one", "Burn, one thread"),
];

/// The rungs of the ladder, from the slowest idea to the fastest.
const RUNGS: [(&str, &str); 6] = [
    (PART_ONE, "Part I, line by line"),
    ("buffers", "nothing allocated"),
    (OURS, "no work that isn't needed"),
    ("input_major", "weights stored input by input"),
    ("sized", "sizes in the type"),
    ("avx2", "AVX2: four numbers at a time"),
];

/// The rung for small batches alone.
pub const FMA: &str = "fma";

/// Those that have a line in charts.
pub const LINES: [(&str, RGBColor); 4] = [
    (OURS, BLUE),
    ("numpy", YELLOW),
    ("pytorch-one", RED),
    ("pytorch", DASHED_RED),
];

/// What readers call a contender.
///
/// # Errors
///
/// If it has no name here.
pub fn name(contender: &str) -> Result<&'static str, String> {
    NAMES
        .into_iter()
        .chain(RUNGS)
        .chain([(FMA, "sizes in the type, AVX2 and FMA")])
        .find(|(short, _)| *short == contender)
        .map(|(_, name)| name)
        .ok_or_else(|| format!("there is no name for the contender {contender}"))
}

/// The rungs of the ladder, by their short names and their readers' names.
pub fn rungs() -> impl Iterator<Item = (&'static str, &'static str)> {
    RUNGS.into_iter()
}

/// Whether it appears on the ladder only.
pub fn is_rung(contender: &str) -> bool {
    ![OURS, PART_ONE].contains(&contender)
        && RUNGS
            .iter()
            .map(|(short, _)| *short)
            .chain([FMA])
            .any(|short| short == contender)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn who_has_no_name_is_named_in_the_error() {
        assert_eq!(name("numpy-tuned").unwrap(), "NumPy, in place");
        assert_eq!(
            name("abacus").unwrap_err(),
            "there is no name for the contender abacus"
        );
    }
}
