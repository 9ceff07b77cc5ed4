//! Named arrays of `f64`, and the JSON files that hold them, digit for digit.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use ndarray::{ArrayBase, ArrayD, ArrayViewD, Axis, Data, Dimension, arr0, stack};
use serde_json::Value;

/// Arrays by name. A name is `case/stage/array`, such as `Adam/step 10/w1`.
pub type Arrays = BTreeMap<String, ArrayD<f64>>;

/// Adds an array whose name is new.
#[track_caller]
pub fn add<S, D>(
    arrays: &mut Arrays,
    name: impl Into<String>,
    array: &ArrayBase<S, D>,
) where
    S: Data<Elem = f64>,
    D: Dimension,
{
    let name = name.into();
    let array = array.to_owned().into_dyn();
    assert!(arrays.insert(name.clone(), array).is_none(), "{name}, twice");
}

/// The place of a file beside this one.
pub fn path(file: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "parity", file].iter().collect()
}

/// The arrays of a file.
#[track_caller]
pub fn read(file: &str) -> Arrays {
    let text = fs::read_to_string(path(file)).unwrap_or_else(|error| {
        panic!("tests/parity/{file}: {error}");
    });
    let values: BTreeMap<String, Value> =
        serde_json::from_str(&text).expect("an object of arrays");
    values.iter().map(|(name, value)| (name.clone(), array(name, value))).collect()
}

/// The arrays as text, one a line.
pub fn to_json(arrays: &Arrays) -> String {
    let mut text = String::from("{");
    for (i, (name, array)) in arrays.iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let value = value(array.view());
        write!(text, "{comma}\n{}: {value}", Value::from(name.as_str()))
            .expect("a string takes all");
    }
    text + "\n}\n"
}

/// Writes a file in one go, so that nobody reads half of it.
pub fn write(file: &str, text: &str) {
    let draft = path(&format!("{file}.new"));
    fs::write(&draft, text).unwrap();
    fs::rename(draft, path(file)).unwrap();
}

/// A number, or a list of arrays.
fn array(name: &str, value: &Value) -> ArrayD<f64> {
    match value {
        Value::Array(values) => {
            let parts: Vec<_> = values.iter().map(|v| array(name, v)).collect();
            let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
            stack(Axis(0), &views).unwrap_or_else(|error| panic!("{name}: {error}"))
        }
        _ => {
            let number = value.as_f64();
            arr0(number.unwrap_or_else(|| panic!("{name} holds {value}")))
                .into_dyn()
        }
    }
}

fn value(array: ArrayViewD<'_, f64>) -> Value {
    if array.ndim() == 0 {
        return Value::from(array[[]]);
    }
    array.outer_iter().map(value).collect()
}
