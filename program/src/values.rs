//! The numbers on the command line and the range of each.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Reads whole numbers in a range.
pub fn whole_number<N: Clone + FromStr + PartialOrd + Display>(
    range: RangeInclusive<N>,
) -> impl Fn(&str) -> Result<N, String> + Clone {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| {
            format!("it must be a whole number from {least} to {most}")
        })
    }
}

/// Reads a number from 0 up to, but not including, 1.
pub fn share(text: &str) -> Result<f64, String> {
    number(text, |share| share < 1.0, "at least 0 and below 1, such as 0.3")
}

/// Reads a number that is not negative.
pub fn not_negative(text: &str) -> Result<f64, String> {
    number(text, |_| true, "0 or more, such as 0.01")
}

/// Reads a positive number.
pub fn learning_rate(text: &str) -> Result<f64, String> {
    number(text, |rate| rate > 0.0, "a positive, finite number, such as 0.05")
}

fn number(
    text: &str,
    fits: fn(f64) -> bool,
    expected: &str,
) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 && fits(number) => {
            Ok(number)
        }
        _ if text.contains(',') => {
            Err("write it with a point, such as 0.05".into())
        }
        _ => Err(format!("it must be {expected}")),
    }
}
