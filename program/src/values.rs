//! The numbers on the command line, with errors that say what is expected.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Reads whole numbers in that range.
///
/// ```
/// use no_magic_program::values;
///
/// let epochs = values::whole_number(1..=1_000);
/// assert_eq!(epochs("500"), Ok(500));
/// assert_eq!(
///     epochs("1.5").unwrap_err(),
///     "it must be a whole number from 1 to 1000"
/// );
/// ```
pub fn whole_number<N: Clone + FromStr + PartialOrd + Display>(
    range: RangeInclusive<N>,
) -> impl Fn(&str) -> Result<N, String> + Clone {
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => {
            let (least, most) = (range.start(), range.end());
            Err(format!("it must be a whole number from {least} to {most}"))
        }
    }
}

/// Reads a share, from 0 to less than 1.
///
/// ```
/// use no_magic_program::values;
///
/// assert_eq!(values::share("0.3"), Ok(0.3));
/// assert!(values::share("1").is_err());
/// ```
///
/// # Errors
///
/// If the text is something else.
pub fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..1.0).contains(&share) => Ok(share),
        _ => Err("it must be at least 0 and below 1, such as 0.3".into()),
    }
}

/// Reads a number that is not negative.
///
/// ```
/// use no_magic_program::values;
///
/// assert_eq!(values::not_negative("0"), Ok(0.0));
/// assert!(values::not_negative("-1").is_err());
/// ```
///
/// # Errors
///
/// If the text is something else.
pub fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("it must be 0 or more, such as 0.01".into()),
    }
}

/// Reads a learning rate.
///
/// ```
/// use no_magic_program::values;
///
/// assert_eq!(values::learning_rate("0.05"), Ok(0.05));
/// assert_eq!(
///     values::learning_rate("0,05").unwrap_err(),
///     "write it with a point, such as 0.05"
/// );
/// ```
///
/// # Errors
///
/// If the text is not a positive, finite number.
pub fn learning_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ if text.contains(',') => {
            Err("write it with a point, such as 0.05".into())
        }
        _ => Err("it must be a positive, finite number, such as 0.05".into()),
    }
}
