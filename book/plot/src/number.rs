//! Numbers as they stand in tables and charts.

/// So many significant digits, with commas between the thousands.
///
/// Zero has none, and stays as it is.
pub fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let places = digits - 1 - exponent(value);
    let unit = libm::pow(10.0, f64::from(-places));
    let rounded = (value / unit).round() * unit;
    // 9.996 has three digits before it is rounded, and 10.0 has four after.
    let places = digits - 1 - exponent(rounded);
    with_commas(&format!("{rounded:.*}", usize::try_from(places).unwrap_or(0)))
}

/// As it stands at an axis: with all of its digits, or as a power of ten where
/// these would be too many.
pub fn label(value: f64) -> String {
    if value == 0.0 || (9e-6..1e9).contains(&value.abs()) {
        return with_commas(&value.to_string());
    }
    format!("{value:e}")
}

/// A whole number, with commas between the thousands.
pub fn whole(value: f64) -> String {
    with_commas(&format!("{value:.0}"))
}

/// The power of ten of the first digit.
#[expect(clippy::cast_possible_truncation, reason = "at most 308")]
fn exponent(value: f64) -> i32 {
    // A thousand's logarithm may come out a little below 3.
    libm::floor(libm::log10(value.abs()) + 1e-9) as i32
}

fn with_commas(number: &str) -> String {
    let whole = number.find('.').unwrap_or(number.len());
    let mut text = number.to_owned();
    for place in (1..whole).rev().filter(|place| (whole - place).is_multiple_of(3))
    {
        text.insert(place, ',');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{label, significant, whole};

    #[test]
    fn numbers_keep_their_significant_digits() {
        for (value, expected) in [
            (0.0, "0"),
            (0.014_23, "0.0142"),
            (0.396_3, "0.396"),
            (0.999_9, "1.00"),
            (1.0, "1.00"),
            (17.58, "17.6"),
            (99.96, "100"),
            (125.44, "125"),
            (1_000.0, "1,000"),
            (1_068.4, "1,070"),
            (95_052.8, "95,100"),
            (1_234_567.0, "1,230,000"),
        ] {
            assert_eq!(significant(value, 3), expected);
        }
        assert_eq!(significant(395.2, 2), "400");
    }

    #[test]
    fn labels_are_short() {
        for (value, expected) in [
            (0.0, "0"),
            (2.5, "2.5"),
            (libm::exp10(-5.0), "0.00001"),
            (libm::exp10(-6.0), "1e-6"),
            (libm::exp10(6.0), "1,000,000"),
            (libm::exp10(300.0), "1e300"),
        ] {
            assert_eq!(label(value), expected);
        }
    }

    #[test]
    fn whole_numbers_have_no_point() {
        assert_eq!(whole(16.0), "16");
        assert_eq!(whole(4_096.0), "4,096");
    }
}
