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
/// assert_eq!(epochs("1.5").unwrap_err(), "it must be a whole number from 1 to 1000");
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

/// Reads a learning rate.
///
/// ```
/// use no_magic_program::values;
///
/// assert_eq!(values::learning_rate("0.05"), Ok(0.05));
/// assert_eq!(values::learning_rate("0,05").unwrap_err(), "write it with a point, such as 0.05");
/// ```
///
/// # Errors
///
/// If the text is not a positive, finite number.
pub fn learning_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ if text.contains(',') => Err("write it with a point, such as 0.05".into()),
        _ => Err("it must be a positive, finite number, such as 0.05".into()),
    }
}
