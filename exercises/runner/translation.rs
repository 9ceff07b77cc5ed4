//! What a compiler's error means for someone who is new to ndarray.

use serde_json::Value;

/// An error that newcomers meet, and what to write instead.
struct Advice {
    /// The compiler's code for it.
    code: &'static str,
    /// What its message, its labels and the marked code contain: all of these.
    contains: &'static [&'static str],
    says: &'static str,
}

/// The first that fits is given.
const ADVICE: [Advice; 32] = [
    Advice {
        code: "E0277",
        contains: &[NO_OPERATOR, "Option<", "mean"],
        says: MEAN,
    },
    Advice { code: "E0308", contains: &["found `Option<", "mean"], says: MEAN },
    Advice {
        code: "E0271",
        contains: &["as RawData>::Elem == ArrayBase"],
        says: IN_PLACE,
    },
    Advice { code: "E0277", contains: &["-assign", "ArrayBase"], says: IN_PLACE },
    Advice {
        code: "E0369",
        contains: &["ArrayBase<ViewRepr"],
        says: "What `row`, `column`, `t` and `slice` return is a view, and a view \
               can't stand to the left of an operator by itself. Put a `&` before \
               it: `&m.row(0) - 1.0`, `&v.t() * &m`.",
    },
    Advice {
        code: "E0277",
        contains: &["`&f64` by `ArrayBase"],
        says: "The number is a reference here. Put a `*` before it: `*lr * dw`.",
    },
    Advice {
        code: "E0369",
        contains: &["binary operation", "ArrayBase"],
        says: "An array can't be compared with a number as a whole. Ask entry by \
               entry: `z.mapv(|z| if z > 0.0 { 1.0 } else { 0.0 })`.",
    },
    Advice { code: "E0271", contains: &["as ShapeBuilder>::Dim =="], says: SHAPE },
    Advice { code: "E0061", contains: &["zeros"], says: SHAPE },
    Advice { code: "E0061", contains: &["ones"], says: SHAPE },
    Advice {
        code: "E0277",
        contains: &["NdIndex<Dim<[usize; 2]>>"],
        says: "A matrix takes both indices in one pair of brackets: `m[[i, k]]`. \
               A whole row is `m.row(i)`, and `m.row_mut(i).assign(&row)` \
               replaces it.",
    },
    Advice { code: "E0599", contains: &["`max`", "ArrayBase"], says: MAX },
    Advice { code: "E0599", contains: &["`min`", "ArrayBase"], says: MAX },
    Advice { code: "E0277", contains: &["`f64: Ord`"], says: MAX },
    Advice {
        code: "E0599",
        contains: &["`argmax`"],
        says: "ndarray has no `argmax`. Go through `z.iter().enumerate()` and \
               keep the index of the largest number so far.",
    },
    Advice {
        code: "E0308",
        contains: &[
            "expected an array with a size of 2, found one with a size of 1",
        ],
        says: "`*` multiplies entry by entry, so two vectors give a vector. For \
               the matrix of all products, turn one of them into a column: \
               `&dz.view().insert_axis(Axis(1)) * &x`.",
    },
    Advice {
        code: "E0507",
        contains: &["ArrayBase"],
        says: "Using an array by itself moves it, and it can't be moved out of \
               something that's only borrowed. Borrow it with `&`, as in \
               `&layer.b`, or `clone()` it.",
    },
    Advice {
        code: "E0382",
        contains: &["ArrayBase"],
        says: "Using an array by itself moves it, so it's gone afterwards. Borrow \
               it instead: `&a * 2.0` leaves `a` where it is.",
    },
    Advice {
        code: "E0308",
        contains: &["expected `ArrayBase<ViewRepr", "found `&ArrayBase<OwnedRepr"],
        says: "This takes a view of an array: write `a.view()` for `&a`.",
    },
    Advice {
        code: "E0308",
        contains: &["expected `&ArrayBase<OwnedRepr", "ViewRepr"],
        says: OWNED,
    },
    Advice {
        code: "E0308",
        contains: &["expected `ArrayBase<OwnedRepr", "ViewRepr"],
        says: OWNED,
    },
    Advice {
        code: "E0308",
        contains: &["expected `&_`, found `ArrayBase"],
        says: "`dot` borrows what it multiplies by: `w.dot(&x)`.",
    },
    Advice {
        code: "E0308",
        contains: &["expected `Axis`"],
        says: "An axis has a type of its own. `Axis(0)` goes down the rows and \
               leaves a number for each column; `Axis(1)` goes along the columns \
               and leaves one for each row.",
    },
    Advice { code: "E0277", contains: &[NO_OPERATOR, "{integer}"], says: NUMBERS },
    Advice { code: "E0277", contains: &[NO_OPERATOR, "usize"], says: NUMBERS },
    Advice {
        code: "E0609",
        contains: &["`T`", "ArrayBase"],
        says: "The transpose is a method: `w.t()`.",
    },
    Advice { code: "E0425", contains: &["function `exp`"], says: METHOD },
    Advice { code: "E0425", contains: &["function `ln`"], says: METHOD },
    Advice { code: "E0425", contains: &["function `sqrt`"], says: METHOD },
    Advice {
        code: "E0308",
        contains: &["expected `ArrayBase", "found `Vec<"],
        says: ARRAY,
    },
    Advice {
        code: "E0308",
        contains: &["expected `ArrayBase", "found `["],
        says: ARRAY,
    },
    Advice {
        code: "E0689",
        contains: &["ambiguous numeric type"],
        says: "Rust doesn't know yet what kind of number this is. Say so: \
               `2.0_f64`.",
    },
];

const NO_OPERATOR: &str = "no implementation for `";
const METHOD: &str = "Mathematical functions are methods in Rust: `z.exp()`, \
                      `p.ln()`, `v.sqrt()`, for a number as for an array.";
const IN_PLACE: &str = "To change an array in place, put a `&` before what stands \
                        on the right: `w -= &dw`, and for a product `w -= &(lr * \
                        &dw)`. `w.scaled_add(-lr, &dw)` does the same.";
const SHAPE: &str = "A shape is one argument, so there are two pairs of \
                     parentheses: `Array2::zeros((rows, columns))`.";
const MAX: &str = "An `f64` may be NaN, which is neither larger nor smaller than \
                   other numbers, so Rust offers no plain maximum. Write \
                   `z.fold(f64::NEG_INFINITY, |max, &z| max.max(z))`.";
const MEAN: &str = "The mean of an empty array doesn't exist, so `mean` and \
                    `mean_axis` return an `Option`. You know that yours isn't \
                    empty: add `.unwrap()`.";
const OWNED: &str = "What `row`, `column`, `t` and `slice` return is a view of \
                     another array. Where an array of its own is wanted, copy it: \
                     `m.row(0).to_owned()`.";
const NUMBERS: &str = "Rust doesn't mix whole numbers with others. Write `2.0` \
                       for `2`, and `n as f64` for a count `n`.";
const ARRAY: &str = "A `Vec` or a list isn't an array yet: `Array1::from_vec(v)`, \
                     or `array![1.0, 2.0]` for a list.";

/// What to write instead, if the compiler's message is one that newcomers meet.
pub fn advice(message: &Value) -> Option<&'static str> {
    let code = message["code"]["code"].as_str()?;
    let spans = message["spans"].as_array().into_iter().flatten();
    let labels = spans.clone().filter_map(|span| span["label"].as_str());
    let marked = spans.filter_map(|span| span["text"][0]["text"].as_str());
    let texts = message["message"].as_str().into_iter().chain(labels).chain(marked);
    let text: String = texts.collect::<Vec<_>>().join("\n");
    let fits = |advice: &&Advice| {
        advice.code == code
            && advice.contains.iter().all(|part| text.contains(part))
    };
    ADVICE.iter().find(fits).map(|advice| advice.says)
}
