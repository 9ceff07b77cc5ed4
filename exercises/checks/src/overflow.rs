//! Checks of the exercise `overflow`: softmax and cross-entropy that survive large
//! scores.

use ndarray::{Array1, ArrayView1, array};
use no_magic::softmax;

use crate::Verdict;
use crate::case::Case;

/// What an `f64` becomes where the right number does not fit into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Too large: infinity.
    Infinite,
    /// Too small: zero.
    Zero,
    /// Infinity divided by infinity, or zero by zero: not a number.
    NaN,
}

/// Takes scores, gives as many numbers.
type OfScores = fn(ArrayView1<'_, f64>) -> Array1<f64>;

fn mild() -> [Array1<f64>; 4] {
    [
        array![0.0, 1.0, 2.0],
        array![-1.0, 3.0],
        array![2.0, 2.0, 2.0, 2.0],
        array![0.5, -2.0, 1.5],
    ]
}

fn extreme() -> [Array1<f64>; 7] {
    [
        // Here exp(z) still fits, so what fails has made the scores larger.
        array![600.0, 601.0, 602.0],
        array![1000.0, 1001.0, 1002.0],
        array![-1000.0, -1001.0, -1002.0],
        array![1000.0, 0.0],
        array![-800.0, 0.0, 800.0],
        // Neighboring numbers of this size are 2 apart, so ln 2 beside them is
        // rounded away.
        array![1e16, 1e16],
        array![8e307, -8e307],
    ]
}

fn max(z: &Array1<f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}

/// `fn naive_softmax(z) -> Array1<f64>`, and `fn outcomes() -> [Outcome; 5]`
pub fn naive_softmax(answer: OfScores, outcomes: fn() -> [Outcome; 5]) -> Verdict {
    for z in mild() {
        judge_softmax(&z, answer)?;
    }
    let z = array![1000.0, 1001.0, 1002.0];
    let case = Case::new().input("z", &z);
    let yours = case.run(move || answer(array![1000.0, 1001.0, 1002.0].view()))?;
    let nan = array![f64::NAN, f64::NAN, f64::NAN];
    case.expect("a", &nan)
        .unless(
            &softmax::softmax(&z),
            "this one is stable already: here, leave the subtraction of the \
             maximum out, and see what happens",
        )
        .judge(&yours)?;

    let yours = Case::new().run(outcomes)?;
    for ((what, expected, why), yours) in OUTCOMES.into_iter().zip(yours) {
        Case::new()
            .expect_equal(what, &expected, &yours)
            .map_err(|feedback| feedback.likely(true, why))?;
    }
    Ok(())
}

const OUTCOMES: [(&str, Outcome, &str); 5] = [
    (
        "The value of exp(1000)",
        Outcome::Infinite,
        "the largest f64 is about 1.8e308, which is exp(709.8)",
    ),
    (
        "The value of exp(-1000)",
        Outcome::Zero,
        "the smallest positive f64 is about 4.9e-324, which is exp(-744.4)",
    ),
    (
        "Entry 0 of naive_softmax([1000, 1001, 1002])",
        Outcome::NaN,
        "exp(1000) and the sum are both infinite, and ∞ / ∞ is not a number",
    ),
    (
        "Entry 0 of naive_softmax([-1000, -1001, -1002])",
        Outcome::NaN,
        "exp(-1000) and the sum are both 0, and 0 / 0 is not a number",
    ),
    (
        "Entry 1 of naive_softmax([1000, 0])",
        Outcome::Zero,
        "exp(0) is 1 and the sum is infinite, and 1 / ∞ is 0",
    ),
];

/// `fn stable_softmax(z) -> Array1<f64>`
pub fn stable_softmax(answer: OfScores) -> Verdict {
    for z in mild().into_iter().chain(extreme()) {
        judge_softmax(&z, answer)?;
    }
    Ok(())
}

fn judge_softmax(z: &Array1<f64>, answer: OfScores) -> Verdict {
    let case = Case::new().input("z", z);
    let yours = case.run({
        let z = z.clone();
        move || answer(z.view())
    })?;
    let exp = z.mapv(f64::exp);
    let max = max(z);
    let min = z.fold(f64::INFINITY, |min, z| min.min(*z));
    let mean = z.sum() / z.len() as f64;
    let a = softmax::softmax(z);
    let judged = case
        .expect("a", &a)
        .unless(&exp, LEFT_OUT_THE_SUM)
        .unless(&z.mapv(|z| (z - max).exp()), LEFT_OUT_THE_SUM)
        .unless(
            &(&exp / z.len() as f64),
            "divide by the sum of the exponentials, not by how many there are",
        )
        .unless(
            &shifted(z, min),
            "you subtracted the minimum; then the largest exponent is still large",
        )
        .unless(
            &shifted(z, mean),
            "you subtracted the mean; then the largest exponent is still large",
        )
        .unless(&shifted(z, max.max(0.0)), BELOW_ZERO)
        .unless(
            &shifted(z, 0.0),
            "exp(z) leaves the range of an f64; subtract the maximum of z first",
        )
        .unless(
            &shifted(z, -max),
            "you added the maximum instead of subtracting it",
        )
        .unless(
            &shifted(&(z / max), 0.0),
            "you divided by the maximum; softmax stays the same when you subtract \
             it",
        )
        .unless(&(z / z.sum()), "you left out exp")
        .unless(
            &shifted(&(z * 2_f64.ln()), 0.0),
            "these are powers of 2; exp takes powers of e",
        )
        .unless(
            &z.mapv(|z| 1.0 / (1.0 + (-z).exp())),
            "this is the sigmoid of each score by itself; softmax weighs each \
             against all",
        )
        .unless(&a.mapv(|a| 1.0 - a), "1 - a: the wrong way round")
        .unless(
            &softmax::softmax(&-z),
            "the sign: a large score should get a large probability",
        )
        .unless(&softmax::log_softmax(z), "this is its logarithm, log-softmax")
        .unless(
            &Array1::zeros(z.len()),
            "all zeros, but probabilities sum to 1; a NaN turned into 0 is still \
             lost",
        )
        .judge(&yours);
    let cut_off = max >= 600.0 && yours.iter().all(|&a| a == yours[0]);
    let almost_one = (1e-12..1e-3).contains(&(1.0 - yours.sum()));
    judged.map_err(|feedback| {
        feedback
            .likely(
                cut_off,
                "scores cut off at a bound all become equal; subtract, and their \
                 differences stay",
            )
            .likely(
                almost_one,
                "your probabilities sum to a little less than 1; with the maximum \
                 taken out, the sum needs no small number added",
            )
    })
}

const LEFT_OUT_THE_SUM: &str = "you left out the division by the sum";

const BELOW_ZERO: &str = "the largest of these scores is below 0; a maximum that \
                          starts from 0 or looks at |z| misses it";

/// `exp(z - by) / Σ exp(z - by)`
fn shifted(z: &Array1<f64>, by: f64) -> Array1<f64> {
    let exp = z.mapv(|z| (z - by).exp());
    &exp / exp.sum()
}

/// `fn log_sum_exp(z) -> f64`
pub fn log_sum_exp(answer: fn(ArrayView1<'_, f64>) -> f64) -> Verdict {
    for z in mild().into_iter().chain(extreme()) {
        let case = Case::new().input("z", &z);
        let yours = case.run({
            let z = z.clone();
            move || answer(z.view())
        })?;
        let max = max(&z);
        let sum = |by: f64| z.mapv(|z| (z - by).exp()).sum();
        let shifted = sum(max);
        case.expect("log_sum_exp", &softmax::log_sum_exp(&z))
            .unless(&(max.max(0.0) + sum(max.max(0.0)).ln()), BELOW_ZERO)
            .unless(
                &sum(0.0).ln(),
                "exp(z) leaves the range of an f64; take the maximum out first",
            )
            .unless(
                &shifted.ln(),
                "you subtracted the maximum, but did not add it back",
            )
            .unless(
                &(shifted.ln() - max),
                "you subtracted the maximum once more instead of adding it back",
            )
            .unless(
                &(max + sum(-max).ln()),
                "inside the sum, the maximum has to be subtracted",
            )
            .unless(&(max + shifted), "you left out the logarithm")
            .unless(&sum(0.0), "you left out the logarithm")
            .unless(
                &(max * shifted.ln()),
                "the maximum comes out of the logarithm as a term, not as a factor",
            )
            .unless(
                &(max + (shifted / z.len() as f64).ln()),
                "you took the mean of the exponentials; inside the logarithm is \
                 their sum",
            )
            .unless(
                &(max + shifted.ln_1p()),
                "1 too many inside the logarithm; with ln_1p, leave the maximum's \
                 own exp(0) out of the sum",
            )
            .unless(
                &z.sum(),
                "this is the sum of the logarithms of exp(z); the sum belongs \
                 inside the logarithm",
            )
            .unless(
                &max,
                "this is the maximum alone; the other scores count as well",
            )
            .unless(
                &(max + shifted.log2()),
                "this is the logarithm to the base 2; take the natural one",
            )
            .unless(
                &(max + shifted.log10()),
                "this is the logarithm to the base 10; take the natural one",
            )
            .judge(&yours)?;
    }
    Ok(())
}

/// `fn log_softmax(z) -> Array1<f64>`
pub fn log_softmax(answer: OfScores) -> Verdict {
    for z in mild().into_iter().chain(extreme()) {
        let case = Case::new().input("z", &z);
        let yours = case.run({
            let z = z.clone();
            move || answer(z.view())
        })?;
        let a = softmax::softmax(&z);
        let max = max(&z);
        let log_sum_exp = softmax::log_sum_exp(&z);
        let judged = case
            .expect("log_softmax", &softmax::log_softmax(&z))
            .unless(
                &z.mapv(|z| z - log_sum_exp),
                "beside scores this large, ln 2 was rounded away; take the \
                 maximum out of the scores before anything else",
            )
            .unless(
                &naive_log_softmax(&z),
                "log_sum_exp overflows here; take the maximum out first",
            )
            .unless(
                &shifted(&z, 0.0).ln(),
                "exp(z) leaves the range of an f64, and softmax is not a number; \
                 start from log_sum_exp",
            )
            .unless(
                &a.mapv(f64::ln),
                "you took the logarithm of softmax; where a probability has \
                 become 0, that is minus infinity",
            )
            .unless(
                &a.mapv(|a| (a + 1e-7).ln()),
                "the 1e-7 hides what the small probabilities were; log_sum_exp \
                 needs no such crutch",
            )
            .unless(&a, "this is softmax itself, without the logarithm")
            .unless(
                &z.mapv(|z| log_sum_exp - z),
                "the sign: the logarithm of a probability is never positive",
            )
            .unless(
                &z.mapv(|z| z + log_sum_exp),
                "you added log_sum_exp where it has to be subtracted",
            )
            .unless(&z, "log_sum_exp is missing")
            .unless(
                &z.mapv(|z| z - max),
                "you subtracted the maximum alone; the rest of log_sum_exp is \
                 missing",
            )
            .unless(
                &z.mapv(|z| z / log_sum_exp),
                "dividing is for probabilities; their logarithms are subtracted",
            )
            .unless(
                &a.mapv(f64::log10),
                "this is the logarithm to the base 10; take the natural one",
            )
            .judge(&yours);
        let floor =
            a.iter().zip(&yours).any(|(&a, &yours)| a == 0.0 && yours > -750.0);
        judged.map_err(|feedback| {
            feedback.likely(
                floor,
                "a probability below the range of an f64 has a logarithm all the \
                 same; a floor under it hides how small it was",
            )
        })?;
    }
    Ok(())
}

fn naive_log_softmax(z: &Array1<f64>) -> Array1<f64> {
    let naive = z.mapv(f64::exp).sum().ln();
    z.mapv(|z| z - naive)
}

/// `fn cross_entropy(z, y) -> f64`
pub fn cross_entropy(answer: fn(ArrayView1<'_, f64>, usize) -> f64) -> Verdict {
    for z in mild().into_iter().chain(extreme()) {
        for y in [z.len() - 1, 0] {
            let case = Case::new().input("z", &z).number("y", y);
            let yours = case.run({
                let z = z.clone();
                move || answer(z.view(), y)
            })?;
            let ln_a = softmax::log_softmax(&z);
            let a = softmax::softmax(&z);
            let judged = case
                .expect("loss", &-ln_a[y])
                .unless(
                    &(softmax::log_sum_exp(&z) - z[y]),
                    "beside scores this large, ln 2 was rounded away; start from \
                     log_softmax",
                )
                .unless(
                    &-a[y].ln(),
                    "you took the logarithm of a probability that has become 0; \
                     start from log_softmax",
                )
                .unless(
                    &naive_cross_entropy(&z, y),
                    "exp(z) leaves the range of an f64; take the maximum out first",
                )
                .unless(
                    &-shifted(&z, 0.0)[y].ln(),
                    "exp(z) leaves the range of an f64, and softmax is not a \
                     number; start from log_softmax",
                )
                .unless(
                    &ln_a[y],
                    "the sign: the loss is minus the logarithm, and never negative",
                )
                .unless(
                    &-(a[y] + 1e-7).ln(),
                    "the 1e-7 puts a ceiling of 16.1 on the loss; start from \
                     log_softmax, which needs no crutch",
                )
                .unless(&-a[y], "you left out the logarithm")
                .unless(&(1.0 - a[y]), "you left out the logarithm")
                .unless(
                    &-ln_a.sum(),
                    "you summed over all classes; only the right class counts",
                )
                .unless(
                    &(-ln_a.sum() / z.len() as f64),
                    "you took the mean over all classes; only the right class \
                     counts",
                )
                .unless(&-ln_a[0], "you took class 0 instead of class y")
                .unless(
                    &-ln_a[z.len() - 1],
                    "this is the loss of the last class, which here has the \
                     largest score; the right class is y",
                )
                .unless(
                    &-z[y],
                    "log_sum_exp is missing: the loss compares z[y] with all \
                     scores",
                )
                .unless(
                    &(max(&z) - z[y]),
                    "you compared z[y] with the largest score alone; the other \
                     scores count as well",
                )
                .unless(
                    &-a[y].log2(),
                    "this is the logarithm to the base 2; take the natural one",
                )
                .judge(&yours);
            let floor = a[y] == 0.0 && yours < 750.0;
            judged.map_err(|feedback| {
                feedback.likely(
                    floor,
                    "a floor under the probability is a ceiling on the loss; \
                     start from log_softmax",
                )
            })?;
        }
    }
    Ok(())
}

fn naive_cross_entropy(z: &Array1<f64>, y: usize) -> f64 {
    z.mapv(f64::exp).sum().ln() - z[y]
}
