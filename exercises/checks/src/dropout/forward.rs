//! One mask for both directions, and none for predictions.

use ndarray::{Array2, array};
use no_magic::batched::Dropout;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::Mask;
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Matrix = Array2<f64>;
type Forward = fn(&Matrix, f64, &mut ChaCha8Rng, Mask) -> (Matrix, Matrix);
type Backward = fn(&Matrix, &Matrix) -> Matrix;
type Predict = fn(&Matrix, f64) -> Matrix;

/// `fn forward(x, rate, rng, mask) -> (Array2<f64>, Array2<f64>)`, and with it
/// `fn backward(mask, da) -> Array2<f64>` and `fn predict(x, rate) -> Array2<f64>`
pub fn forward(forward: Forward, backward: Backward, predict: Predict) -> Verdict {
    question().judge(move |case| observe(forward, backward, predict, case))
}

#[derive(Clone)]
pub(super) enum Case {
    Forward { x: Matrix, rate: f64, seed: u64 },
    Backward { mask: Matrix, da: Matrix },
    Predict { x: Matrix, rate: f64 },
}

fn observe(
    forward: impl Fn(&Matrix, f64, &mut ChaCha8Rng, Mask) -> (Matrix, Matrix),
    backward: impl Fn(&Matrix, &Matrix) -> Matrix,
    predict: impl Fn(&Matrix, f64) -> Matrix,
    case: &Case,
) -> Outcome {
    match case {
        Case::Forward { x, rate, seed } => {
            let mut rng = ChaCha8Rng::seed_from_u64(*seed);
            let (a, mask) = forward(x, *rate, &mut rng, draw);
            Outcome::new().value("a", &a).value("mask", &mask)
        }
        Case::Backward { mask, da } => {
            Outcome::new().value("dx", &backward(mask, da))
        }
        Case::Predict { x, rate } => {
            Outcome::new().value("prediction", &predict(x, *rate))
        }
    }
}

/// The mask that is handed in.
fn draw(shape: (usize, usize), rate: f64, rng: &mut ChaCha8Rng) -> Matrix {
    let dropout = Dropout::new(rate).expect("a rate from 0 to below 1");
    dropout.mask(shape, rng)
}

/// `forward`, `backward` and `predict`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    rate: fn(f64) -> f64,
    shape: fn(&Matrix) -> (usize, usize),
    a: fn(&Drawn<'_>) -> Matrix,
    mask: fn(&Drawn<'_>) -> Matrix,
    backward: Backward,
    predict: Predict,
}

/// What forward has drawn, and what it would draw next.
struct Drawn<'a> {
    x: &'a Matrix,
    mask: Matrix,
    second: Matrix,
}

const MODEL: Model = Model {
    rate: |rate| rate,
    shape: |x| x.dim(),
    a: |drawn| drawn.x * &drawn.mask,
    mask: |drawn| drawn.mask.clone(),
    backward: |mask, da| mask * da,
    predict: |x, _| x.clone(),
};

impl Model {
    fn forward(
        &self,
        x: &Matrix,
        rate: f64,
        rng: &mut ChaCha8Rng,
        mask: Mask,
    ) -> (Matrix, Matrix) {
        let mut draw = || mask((self.shape)(x), (self.rate)(rate), rng);
        let (mask, second) = (draw(), draw());
        let drawn = Drawn { x, mask, second };
        ((self.a)(&drawn), (self.mask)(&drawn))
    }
}

/// 1 where a unit is not silent.
fn kept(mask: &Matrix) -> Matrix {
    mask.mapv(|m| f64::from(u8::from(m != 0.0)))
}

fn cases() -> impl Iterator<Item = Case> {
    let shapes = [(4, 2), (1, 5), (5, 1), (3, 3)];
    let random = (1..).zip(shapes).zip([0.2, 0.25, 0.75, 0.5]);
    let random = random.map(|((seed, shape), rate)| {
        let mut draws = Draws::new(seed);
        let [x, da] = [draws.array(shape), draws.array(shape)];
        let mask = draw(shape, rate, &mut draws.0);
        [
            Case::Forward { x: x.clone(), rate, seed },
            Case::Backward { mask, da },
            Case::Predict { x, rate },
        ]
    });
    let by_hand = [
        Case::Forward {
            x: array![[1.0, -2.0, 3.0, 0.5], [2.0, 1.5, -1.0, 4.0]],
            rate: 0.5,
            seed: 9,
        },
        Case::Backward {
            mask: array![[2.0, 0.0, 2.0], [0.0, 2.0, 2.0]],
            da: array![[0.5, 3.0, -1.0], [2.0, -0.25, 4.0]],
        },
        Case::Predict { x: array![[1.0, -2.0, 3.0], [0.5, 4.0, 0.0]], rate: 0.25 },
    ];
    let nobody_silent = [
        Case::Forward { x: array![[3.0, -1.0]], rate: 0.0, seed: 1 },
        Case::Backward { mask: array![[1.0, 1.0]], da: array![[3.0, -1.0]] },
        Case::Predict { x: array![[3.0, -1.0]], rate: 0.0 },
    ];
    let all = [by_hand].into_iter().chain(random).chain([nobody_silent]);
    let all: Vec<_> = all.collect();
    // One function after the other.
    (0..3).flat_map(move |function| {
        let cases = all.iter().map(|cases| cases[function].clone());
        cases.collect::<Vec<_>>()
    })
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        let forward = |x: &Matrix, rate, rng: &mut ChaCha8Rng, mask| {
            model.forward(x, rate, rng, mask)
        };
        observe(forward, model.backward, model.predict, case)
    };
    Question::new("dropout.forward", MODEL, run)
        .given(|case| match case {
            Case::Forward { x, rate, seed } => {
                let mut rng = ChaCha8Rng::seed_from_u64(*seed);
                Given::new()
                    .note("function", "forward")
                    .value("x", x)
                    .number("rate", rate)
                    .value("mask(…)", &draw(x.dim(), *rate, &mut rng))
            }
            Case::Backward { mask, da } => Given::new()
                .note("function", "backward")
                .value("mask", mask)
                .value("da", da),
            Case::Predict { x, rate } => Given::new()
                .note("function", "predict")
                .value("x", x)
                .number("rate", rate),
        })
        .kinds(|case| match case {
            Case::Forward { rate, .. } | Case::Predict { rate, .. } => vec![
                ("a rate of one half", *rate == 0.5),
                ("a rate other than one half", *rate != 0.5),
                ("a rate of 0", *rate == 0.0),
            ],
            Case::Backward { .. } => Vec::new(),
        })
        .function(|case| match case {
            Case::Forward { .. } => None,
            Case::Backward { .. } => Some("backward"),
            Case::Predict { .. } => Some("predict"),
        })
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The mask that forward draws
        keep_rate: "forward draws the mask with 1 - rate instead of rate.",
            rate = |rate| 1.0 - rate;
        mask_of_a_row:
            "forward draws a mask for one row, so all examples lose the same \
             units.",
            shape = |x| (1, x.ncols());
        mask_transposed: "forward draws a mask with rows and columns swapped.",
            shape = |x| (x.ncols(), x.nrows());
        // The output
        a_is_x: "forward returns x itself: no unit is silent.",
            a = |drawn| drawn.x.clone();
        a_not_scaled: "In forward, the units that aren't silent aren't scaled up.",
            a = |drawn| drawn.x * kept(&drawn.mask);
        a_scaled_twice:
            "forward scales twice: the mask already contains 1 / (1 - rate).",
            a = |drawn| drawn.x * &drawn.mask * &drawn.mask;
        // The mask that forward returns
        second_mask_returned:
            "forward draws twice: it returns a different mask than it applies.",
            mask = |drawn| drawn.second.clone();
        second_mask_applied:
            "forward draws twice: it applies a different mask than it returns.",
            a = |drawn| drawn.x * &drawn.second;
        a_returned_twice: "forward returns the output instead of the mask.",
            mask = |drawn| drawn.x * &drawn.mask;
        mask_without_scale: "forward returns the mask as zeros and ones.",
            mask = |drawn| kept(&drawn.mask);
        returned_the_wrong_way_round:
            "forward returns the mask first and the output second.",
            a = |drawn| drawn.mask.clone(),
            mask = |drawn| drawn.x * &drawn.mask;
        // backward
        dx_is_da: "backward passes da on as it is: the mask is missing.",
            backward = |_, da| da.clone();
        dx_not_scaled: "In backward, the scale is missing.",
            backward = |mask, da| kept(mask) * da;
        dx_scaled_twice:
            "backward scales twice: the mask already contains 1 / (1 - rate).",
            backward = |mask, da| mask * mask * da;
        dx_divided: "backward divides by the mask.",
            backward = |mask, da| da / mask;
        // predict
        predict_scales_down:
            "predict multiplies by 1 - rate, but the masks have already made up \
             for that in training.",
            predict = |x, rate| x * (1.0 - rate);
        predict_scales_up:
            "predict divides by 1 - rate, as in training, although no unit is \
             silent.",
            predict = |x, rate| x / (1.0 - rate);
        predict_times_rate: "predict multiplies by rate.",
            predict = |x, rate| x * rate;
        })
}
