//! The network of the workbook, for JavaScript: bindings, and nothing else.
//!
//! What is computed here is computed by the crate `no-magic`, with the code that
//! the book prints.

mod batched;
mod figures;
mod network;
mod training;

use wasm_bindgen::JsError;

/// What is wrong with an argument, as an exception in JavaScript.
fn refuse<T>(reason: &str) -> Result<T, JsError> {
    Err(JsError::new(reason))
}
