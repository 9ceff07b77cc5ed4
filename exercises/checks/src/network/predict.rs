//! Building a network, and going forward through it.

use ndarray::{Array1, array};
use no_magic::by_hand::{Activation, Layer};
use no_magic::relu::relu;
use no_magic::softmax::softmax;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::{
    b_name, case, forward, layers, one_layer, square, three_layers, w_name,
};
use crate::Verdict;
use crate::case::Case;

/// `fn stack(sizes, rng) -> layers`
pub type Stack = fn(&[usize], &mut ChaCha8Rng) -> Vec<Layer>;

/// `fn predict(layers, x) -> yhat`
pub type Predict = fn(&mut [Layer], &Array1<f64>) -> Array1<f64>;

/// Judges `stack` and `predict`.
pub fn predict(stack: Stack, answer: Predict) -> Verdict {
    for sizes in [&[36, 16, 3][..], &[4, 2], &[5, 4, 3, 2]] {
        judge_stack(sizes, stack)?;
    }
    for (parameters, x) in [
        (square(), array![2.0, 1.0]),
        (square(), array![1.0, 2.0]),
        (three_layers(), array![1.0, -1.0]),
        (three_layers(), array![-0.5, 2.0]),
        (one_layer(), array![1.0, 0.5, -1.0]),
    ] {
        judge_predict(&layers(parameters), &x, answer)?;
    }
    Ok(())
}

fn judge_stack(sizes: &'static [usize], answer: Stack) -> Verdict {
    let case = Case::new().note("sizes", &format!("{sizes:?}"));
    let [yours, next] = case.run(move || {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        [(); 2].map(|()| answer(sizes, &mut rng))
    })?;
    judge_architecture(&case, sizes, &yours)?;
    for (l, layer) in (0..).zip(&yours) {
        case.expect(&b_name(l), &Array1::zeros(layer.n_out()))
            .judge(&layer.b)
            .map_err(|feedback| feedback.likely(true, "every bias starts at 0"))?;
    }
    judge_weights(&case, &yours)?;
    if yours[0].w == next[0].w {
        let sentence = "Two networks drawn from the same generator are the same.";
        return Err(case.wrong(sentence.to_owned()).likely(
            true,
            "draw from rng itself, not from a generator of your own",
        ));
    }
    Ok(())
}

/// Layers of these sizes, with the right activations.
pub(super) fn judge_architecture(
    case: &Case,
    sizes: &[usize],
    yours: &[Layer],
) -> Verdict {
    let n_layers = sizes.len() - 1;
    case.expect_equal("The number of layers", &n_layers, &yours.len()).map_err(
        |feedback| {
            feedback
                .likely(
                    yours.len() == sizes.len(),
                    "a layer lies between two sizes, so there is one layer less",
                )
                .likely(
                    yours.len() < n_layers,
                    "each size and the next make a layer; are all pairs taken?",
                )
        },
    )?;

    let expected: Vec<_> =
        sizes.windows(2).map(|pair| (pair[1], pair[0])).collect();
    let shapes: Vec<_> = yours.iter().map(|layer| layer.w.dim()).collect();
    case.expect_equal("The list of weight shapes", &expected, &shapes).map_err(
        |feedback| {
            let transposed = sizes.windows(2).map(|pair| (pair[0], pair[1]));
            let reversed = expected.iter().rev().copied();
            feedback
                .likely(
                    transposed.eq(shapes.iter().copied()),
                    "inputs and outputs are swapped: Layer::new takes the inputs \
                     first",
                )
                .likely(
                    reversed.eq(shapes.iter().copied()),
                    "the layers are in the wrong order: the first takes the inputs",
                )
                .likely(
                    sizes.len() == 3 && shapes[0] == expected[0],
                    "each layer takes as many inputs as the one before it has \
                     outputs",
                )
        },
    )?;

    let expected: Vec<_> = yours.iter().map(Layer::n_out).collect();
    let lengths: Vec<_> = yours.iter().map(|layer| layer.b.len()).collect();
    case.expect_equal("The list of bias lengths", &expected, &lengths).map_err(
        |feedback| {
            feedback
                .likely(true, "a bias has an entry for each output of its layer")
        },
    )?;

    let mut expected = vec![Activation::Relu; n_layers];
    expected[n_layers - 1] = Activation::Softmax;
    let activations: Vec<_> = yours.iter().map(|layer| layer.activation).collect();
    let all = |activation| activations.iter().all(|&yours| yours == activation);
    case.expect_equal("The list of activations", &expected, &activations).map_err(
        |feedback| {
            feedback
                .likely(n_layers == 1, "a single layer is the last one: softmax")
                .likely(
                    all(Activation::Relu),
                    "the last layer is softmax: it gives probabilities",
                )
                .likely(
                    all(Activation::Softmax),
                    "softmax is for the last layer; the others are ReLU",
                )
                .likely(
                    activations[0] == Activation::Softmax,
                    "the wrong way round: ReLU everywhere but in the last layer",
                )
        },
    )
}

/// He's weights, or about so: how to draw them is the exercise `layer`.
fn judge_weights(case: &Case, yours: &[Layer]) -> Verdict {
    for (l, layer) in (0..).zip(yours) {
        let scaled = &layer.w / (2.0 / layer.n_in() as f64).sqrt();
        let deviation = scaled.pow2().mean().unwrap_or_default().sqrt();
        if !(0.1..3.0).contains(&deviation) {
            let sentence = format!("{} is not drawn as He does.", w_name(l));
            return Err(case
                .wrong(sentence)
                .likely(
                    deviation == 0.0,
                    "all weights are 0, so all units stay alike",
                )
                .likely(true, "Layer::new draws them from rng"));
        }
    }
    Ok(())
}

fn judge_predict(before: &[Layer], x: &Array1<f64>, answer: Predict) -> Verdict {
    let case = case(before).input("x", x);
    let (yours, after) = case.run({
        let (mut layers, x) = (before.to_vec(), x.clone());
        move || (answer(&mut layers, &x), layers)
    })?;
    let mut layers = before.to_vec();
    let yhat = forward(&mut layers, x).expect("layers that fit");
    let (last, hidden) = layers.split_last().expect("at least one layer");
    let mut expectation = case
        .expect("yhat", &yhat)
        .unless(
            &last.z,
            "these are the scores z; take what the last forward returns",
        )
        .unless(
            &softmax(&yhat),
            "softmax is taken twice; the last layer has it already",
        )
        .unless(
            &yhat.mapv(f64::round),
            "this names the likeliest class; the probabilities themselves are \
             asked for",
        )
        .unless(x, "this is x: no layer has been asked");
    if let Some(hidden) = hidden.last() {
        expectation = expectation.unless(
            &hidden.z.mapv(relu),
            "this is what the layer before the last gives; is one left out at the \
             end?",
        );
    }
    let mut fresh = before.to_vec();
    if let Some(reversed) = forward(fresh.iter_mut().rev(), x) {
        expectation = expectation
            .unless(&reversed, "last to first; forward goes first to last");
    }
    if let Some(skipped) = forward(fresh.iter_mut().skip(1), x) {
        expectation = expectation.unless(
            &skipped,
            "the first layer is left out, or what it gives is not handed on",
        );
    }
    expectation.judge(&yours)?;
    keeps(&case, before, &layers, &after)
}

/// What forward keeps must be in the layers, and the weights must be as they were.
fn keeps(
    case: &Case,
    before: &[Layer],
    expected: &[Layer],
    after: &[Layer],
) -> Verdict {
    for (l, ((before, expected), after)) in
        (0..).zip(before.iter().zip(expected).zip(after))
    {
        case.expect(&w_name(l), &before.w)
            .judge(&after.w)
            .and_then(|()| case.expect(&b_name(l), &before.b).judge(&after.b))
            .map_err(|feedback| {
                feedback.likely(true, "to predict is not to learn")
            })?;
        case.expect(&format!("layers[{l}].z"), &expected.z)
            .unless(
                &before.z,
                "the layer has kept nothing for backward: was a copy of it asked?",
            )
            .judge(&after.z)?;
        case.expect(&format!("layers[{l}].x"), &expected.x)
            .unless(&before.x, "forward keeps x as well as z: backward needs both")
            .judge(&after.x)?;
    }
    Ok(())
}
