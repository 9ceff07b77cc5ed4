//! The same numbers as NumPy and PyTorch, in `f64`.
//!
//! `inputs.json` is what the crate exports. `network_numpy.py` and
//! `network_pytorch.py` read it and write what they compute, and here it is
//! compared with what the crate computes. See README.md.

mod arrays;
mod autograd;
mod batch_norm;
mod batched;
mod comparison;
mod fast;
mod inputs;
mod part_one;
mod table;
mod training;

use std::env;
use std::fs;
use std::sync::LazyLock;
use std::thread;

use arrays::Arrays;
use comparison::{Difference, compare};
use table::Largest;

/// How much further apart another processor may take the two: its matrix products
/// and its sums are in another order.
const MARGIN: f64 = 50.0;
const TABLE: &str = "differences.md";
const NUMPY: Library = Library { name: "NumPy", file: "numpy.json", column: 1 };
const PYTORCH: Library =
    Library { name: "PyTorch", file: "pytorch.json", column: 3 };

/// What the crate is compared with.
struct Library {
    name: &'static str,
    /// What it computed.
    file: &'static str,
    /// The first of its two columns in the table.
    column: usize,
}

impl Library {
    fn promises(&self) -> Largest {
        let text = fs::read_to_string(arrays::path(TABLE)).unwrap();
        table::from_markdown(&text, self.column)
    }

    fn compare(
        &self,
        ours: &Arrays,
        theirs: &Arrays,
    ) -> Result<Vec<Difference>, String> {
        compare(ours, theirs).map_err(|error| format!("{}: {error}", self.name))
    }
}

/// What the crate computes.
static OURS: LazyLock<Arrays> = LazyLock::new(|| {
    let cases: [fn() -> Arrays; 7] = [
        part_one::compute,
        batched::batches,
        batched::optimizers,
        batched::schedules,
        batched::dropout,
        batch_norm::compute,
        autograd::compute,
    ];
    let running = cases.map(thread::spawn);
    let arrays = running.map(|case| case.join().unwrap());
    arrays.into_iter().flatten().collect()
});

#[test]
fn the_inputs_are_what_the_crate_exports() {
    let exported = inputs::export();
    if is_asked_to_write() {
        arrays::write("inputs.json", &arrays::to_json(&exported));
    }
    let committed = arrays::read("inputs.json");
    for (name, array) in &exported {
        assert_eq!(committed.get(name), Some(array), "{name}");
    }
    assert_eq!(committed.len(), exported.len(), "no array too many");
}

#[test]
fn numpy_computes_the_same() {
    computes_the_same(&NUMPY);
}

#[test]
fn pytorch_computes_the_same() {
    computes_the_same(&PYTORCH);
}

#[track_caller]
fn computes_the_same(library: &Library) {
    let theirs = arrays::read(library.file);
    check(library, &OURS, &theirs).unwrap_or_else(|error| panic!("{error}"));
}

/// Whether every array is as close as the table promises, but for the margin.
fn check(library: &Library, ours: &Arrays, theirs: &Arrays) -> Result<(), String> {
    let promises = library.promises();
    let is_close = |difference: &Difference| {
        let key = (difference.case().to_owned(), difference.is_late());
        let promise = promises.get(&key);
        promise.is_some_and(|promise| difference.relative <= promise * MARGIN)
    };
    let differences = library.compare(ours, theirs)?;
    let wrong: Vec<String> = differences
        .iter()
        .filter(|difference| !is_close(difference))
        .map(|difference| format!("{}: {difference}", library.name))
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What is said when one entry of the crate's arrays is another.
fn error_with(
    array: &str,
    entry: &[usize],
    change: impl FnOnce(&mut f64),
) -> String {
    let mut ours = OURS.clone();
    change(&mut ours.get_mut(array).unwrap()[entry]);
    check(&NUMPY, &ours, &arrays::read(NUMPY.file)).unwrap_err()
}

#[test]
fn a_small_difference_in_one_number_is_noticed() {
    let error = error_with("Part I/step 1/w1", &[3, 5], |w| *w += 1e-10);
    let place = "NumPy: Part I, step 1, w1[3, 5] is ";
    assert!(error.starts_with(place) && error.lines().count() == 1, "{error}");
    let error = error_with("Batches/step 1000/b2", &[1], |b| *b += 1e-10);
    assert!(error.starts_with("NumPy: Batches, step 1000, b2[1] is "), "{error}");
    let error = error_with("Autograd/exp/value", &[0, 1], |a| *a = f64::NAN);
    assert!(
        error.starts_with("NumPy: Autograd, exp, value[0, 1] is NaN"),
        "{error}"
    );
}

#[test]
fn an_array_too_few_or_too_many_is_noticed() {
    let numpy = arrays::read(NUMPY.file);
    let without = |arrays: &Arrays| {
        let mut arrays = arrays.clone();
        arrays.remove("Adam/step 1/w1").unwrap();
        arrays
    };
    assert_eq!(
        check(&NUMPY, &OURS, &without(&numpy)).unwrap_err(),
        "NumPy: the file has no Adam/step 1/w1"
    );
    assert_eq!(
        check(&NUMPY, &without(&OURS), &numpy).unwrap_err(),
        "NumPy: nothing is compared with the file's Adam/step 1/w1"
    );
    let mut transposed = numpy;
    transposed.get_mut("Adam/step 1/w1").unwrap().swap_axes(0, 1);
    assert_eq!(
        check(&NUMPY, &OURS, &transposed).unwrap_err(),
        "NumPy: Adam/step 1/w1 has the shape [4, 36] here and [36, 4] there"
    );
}

#[test]
fn the_table_promises_little_enough() {
    if is_asked_to_write() {
        write_the_table();
    }
    for library in [NUMPY, PYTORCH] {
        let promises = library.promises();
        assert_eq!(promises.len(), 2 * table::CASES.len());
        for ((case, late), promise) in promises {
            let bound = if late { 1e-9 } else { 1e-12 };
            assert!(promise * MARGIN <= bound, "{case}: {promise:e}");
        }
    }
}

/// Whether a test is to write its file before it reads it; `README.md` says when.
fn is_asked_to_write() -> bool {
    env::var_os("PARITY_WRITE").is_some()
}

fn write_the_table() {
    let [numpy, pytorch] = [NUMPY, PYTORCH].map(|library| {
        let differences = library.compare(&OURS, &arrays::read(library.file));
        table::largest(&differences.unwrap_or_else(|error| panic!("{error}")))
    });
    arrays::write(TABLE, &table::to_markdown(&numpy, &pytorch));
}
