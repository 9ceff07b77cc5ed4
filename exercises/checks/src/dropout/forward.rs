//! Question 2: one mask for both directions, and none for predictions.

use ndarray::{Array2, array};
use no_magic::batched::Dropout;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::Mask;
use crate::Verdict;
use crate::case::Case;
use crate::comparison::close;

type Matrix = Array2<f64>;
type Forward = fn(&Matrix, f64, &mut ChaCha8Rng, Mask) -> (Matrix, Matrix);
type Backward = fn(&Matrix, &Matrix) -> Matrix;
type Predict = fn(&Matrix, f64) -> Matrix;

/// `fn forward(x, rate, rng, mask) -> (Array2<f64>, Array2<f64>)`, and with it
/// `fn backward(mask, da) -> Array2<f64>` and `fn predict(x, rate) -> Array2<f64>`
pub fn forward(forward: Forward, backward: Backward, predict: Predict) -> Verdict {
    for (x, rate, seed) in [
        (array![[1.0, -2.0, 3.0, 0.5], [2.0, 1.5, -1.0, 4.0]], 0.5, 9),
        (array![[0.25, 3.0], [-1.0, 0.0], [2.0, 5.0], [1.0, -4.0]], 0.2, 3),
    ] {
        judge_forward(forward, &x, rate, seed)?;
    }
    for (mask, da) in [
        (
            array![[2.0, 0.0, 2.0], [0.0, 2.0, 2.0]],
            array![[0.5, 3.0, -1.0], [2.0, -0.25, 4.0]],
        ),
        (
            array![[1.25, 1.25], [0.0, 1.25], [1.25, 0.0]],
            array![[-2.0, 0.0], [1.0, 4.0], [0.5, 3.0]],
        ),
    ] {
        judge_backward(backward, &mask, &da)
            .map_err(|feedback| feedback.in_function("backward"))?;
    }
    for (x, rate) in [
        (array![[1.0, -2.0, 3.0], [0.5, 4.0, 0.0]], 0.25),
        (array![[2.0], [-1.0], [0.75], [8.0]], 0.5),
    ] {
        judge_predict(predict, &x, rate)
            .map_err(|feedback| feedback.in_function("predict"))?;
    }
    Ok(())
}

fn judge_forward(answer: Forward, x: &Matrix, rate: f64, seed: u64) -> Verdict {
    let seeded = move || ChaCha8Rng::seed_from_u64(seed);
    let mut rng = seeded();
    let mask = draw(x.dim(), rate, &mut rng);
    let second = draw(x.dim(), rate, &mut rng);
    let row = draw((1, x.ncols()), rate, &mut seeded());
    let case = Case::new()
        .note("function", "forward")
        .input("x", x)
        .number("rate", rate)
        .input("mask(…)", &mask);
    let (a, kept) = case.run({
        let x = x.clone();
        move || answer(&x, rate, &mut seeded(), draw)
    })?;
    case.expect("a", &(x * &mask))
        .unless(x, "this is x itself, and nobody is silent")
        .unless(&mask, "this is the mask; it is for x to be multiplied by")
        .unless(
            &(x * &zeros_and_ones(&mask)),
            "what is left is not scaled up; multiply by the mask as it is",
        )
        .unless(
            &(x * &mask * &mask),
            "scaled twice: the mask has the 1/(1 - rate) already",
        )
        .unless(
            &(x - &mask),
            "you subtracted the mask; silence comes from multiplying by 0",
        )
        .unless(
            &-(x * &mask),
            "the sign: a mask silences or scales up, and turns nothing around",
        )
        .unless(
            &(x * &row),
            "every example has lost the same units; the mask needs a row for each",
        )
        .unless(
            &(x * &second),
            "you drew twice; a single mask is for the output and for backward",
        )
        .judge(&a)?;
    case.expect("mask", &mask)
        .unless(
            &second,
            "the output was made with another mask than this one; draw once, and \
             use it for both",
        )
        .unless(&(x * &mask), "this is the output again; backward needs the mask")
        .unless(
            &zeros_and_ones(&mask),
            "the scale is missing; backward needs the mask as it was applied",
        )
        .unless(x, "this is x; what backward needs is the mask")
        .judge(&kept)
}

fn judge_backward(answer: Backward, mask: &Matrix, da: &Matrix) -> Verdict {
    let case = Case::new()
        .note("function", "backward")
        .input("mask", mask)
        .input("da", da);
    let yours = case.run({
        let (mask, da) = (mask.clone(), da.clone());
        move || answer(&mask, &da)
    })?;
    let silent = mask.mapv(|m| f64::from(m == 0.0));
    case.expect("dx", &(mask * da))
        .unless(
            da,
            "you handed the gradient on as it came; a silent unit is not to blame",
        )
        .unless(
            &(zeros_and_ones(mask) * da),
            "the scale is missing; forward multiplied by it, so backward does as \
             well",
        )
        .unless(
            &(mask * mask * da),
            "scaled twice: the mask has the 1/(1 - rate) already",
        )
        .unless(
            &(da / mask),
            "you divided by the mask; the derivative of mask · x with respect to \
             x is the mask",
        )
        .unless(
            &(silent * da),
            "the wrong way round: where the mask is 0, the unit is silent",
        )
        .unless(
            &(da - mask),
            "you subtracted the mask; backward multiplies, as forward does",
        )
        .unless(
            &-(mask * da),
            "the sign: the minus comes with the update, not with the gradient",
        )
        .unless(mask, "this is the mask; da is missing")
        .judge(&yours)
        .map_err(|feedback| {
            let fresh = is_masked(da, &yours)
                && zeros_and_ones(&yours) != zeros_and_ones(&(mask * da));
            feedback.likely(
                fresh,
                "these are other units than were silent in forward; a fresh mask \
                 is of no use here, so take the one that you are given",
            )
        })
}

fn judge_predict(answer: Predict, x: &Matrix, rate: f64) -> Verdict {
    let case =
        Case::new().note("function", "predict").input("x", x).number("rate", rate);
    let yours = case.run({
        let x = x.clone();
        move || answer(&x, rate)
    })?;
    case.expect("a", x)
        .unless(
            &(x * (1.0 - rate)),
            "you scaled by 1 - rate; the masks have made up for the silence in \
             training already",
        )
        .unless(
            &(x / (1.0 - rate)),
            "you scaled up as in training, but nobody is silent here",
        )
        .unless(&(x * rate), "you scaled by rate; a prediction needs no scale")
        .unless(&Array2::zeros(x.dim()), "all zeros: is the result ever filled in?")
        .judge(&yours)
        .map_err(|feedback| {
            let dropped = is_masked(x, &yours);
            feedback.likely(
                dropped,
                "some units are silent; a prediction needs them all, and is the \
                 same each time",
            )
        })
}

fn draw(shape: (usize, usize), rate: f64, rng: &mut ChaCha8Rng) -> Matrix {
    let dropout = Dropout::new(rate).expect("a rate from 0 to below 1");
    dropout.mask(shape, rng)
}

fn zeros_and_ones(mask: &Matrix) -> Matrix {
    mask.mapv(|m| f64::from(m != 0.0))
}

/// Whether `yours` is what some mask makes of `x`: some entries are 0, and all
/// others `x` times the same number.
fn is_masked(x: &Matrix, yours: &Matrix) -> bool {
    let pairs = || x.iter().zip(yours).filter(|&(&x, _)| x != 0.0);
    let scales = || pairs().map(|(&x, &yours)| yours / x);
    let scale = scales().fold(0.0, f64::max);
    x.dim() == yours.dim()
        && scales().any(|s| s == 0.0)
        && scales().all(|s| s == 0.0 || close(scale, s))
        && scale > 0.0
}
