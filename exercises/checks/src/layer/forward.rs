//! The forward pass: what it returns, what it keeps, and what it leaves alone.

use ndarray::{Array1, Array2, array};
use no_magic::relu::{relu, relu_slope};
use no_magic::softmax::{log_softmax, softmax};

use super::{Activation, Layer, case, suspect_shapes};
use crate::Verdict;
use crate::case::{Case, Expectation};

/// `fn forward(layer, x) -> a`
pub type Forward = fn(&mut Layer, &Array1<f64>) -> Array1<f64>;

/// Judges `forward`.
pub fn forward(answer: Forward) -> Verdict {
    for (w, b, x) in [
        (array![[1.0, -2.0], [3.0, 0.5]], array![4.5, -6.0], array![1.0, 2.0]),
        (
            array![[1.0, -1.0], [0.5, 2.0], [-3.0, 1.0]],
            array![1.0, 0.25, 0.5],
            array![-2.0, -1.0],
        ),
        (array![[2.0, -1.0, 0.5, 1.0]], array![-0.5], array![1.0, 0.0, -2.0, 1.5]),
    ] {
        judge(layer(w, b, Activation::Relu), x, answer)?;
    }
    for (w, b, x) in [
        (
            array![[1.0, 0.0, -1.0], [0.5, 2.0, 1.0]],
            array![0.25, -1.0],
            array![1.0, -1.0, 0.5],
        ),
        (
            array![[2.0, 1.0], [-1.0, 0.5], [0.0, 1.0]],
            array![0.0, 1.0, -0.5],
            array![0.5, 1.0],
        ),
        // z = [1000, 1002, -1000]
        (
            array![[100.0, 0.0], [100.0, 1.0], [-100.0, 0.0]],
            array![0.0, 1.0, 0.0],
            array![10.0, 1.0],
        ),
        // z = [-1005, -1004]
        (
            array![[100.0, 1.0], [100.0, 0.0]],
            array![-4.0, -4.0],
            array![-10.0, -1.0],
        ),
    ] {
        judge(layer(w, b, Activation::Softmax), x, answer)?;
    }
    Ok(())
}

/// A layer whose cache is still that of another example.
fn layer(w: Array2<f64>, b: Array1<f64>, activation: Activation) -> Layer {
    let (n_out, n_in) = w.dim();
    Layer {
        w,
        b,
        activation,
        x: Array1::from_elem(n_in, 7.0),
        z: Array1::from_elem(n_out, 7.0),
    }
}

fn judge(before: Layer, x: Array1<f64>, answer: Forward) -> Verdict {
    let case = case(&before).input("x", &x);
    let (yours, after) = case
        .run({
            let (mut layer, x) = (before.clone(), x.clone());
            move || (answer(&mut layer, &x), layer)
        })
        .map_err(|feedback| suspect_shapes(&before, feedback))?;

    let mut expected = before.clone();
    let a = expected.forward(&x);
    let expectation = unless_z_is_wrong(case.expect("a", &a), &before, &x);
    let z = expected.z;
    match before.activation {
        Activation::Relu => unless_relu_is_wrong(expectation, &z),
        Activation::Softmax => unless_softmax_is_wrong(expectation, &z),
    }
    .judge(&yours)
    .map_err(|feedback| suspect_shapes(&before, feedback))?;

    case.expect("layer.z", &z)
        .unless(
            &before.z,
            "z is not kept: layer.z is still the 7s from before the call",
        )
        .unless(&a, "you kept a; backward needs z, from before the activation")
        .unless(&(&z - &before.b), "you kept W x, without the bias")
        .unless(
            &z.mapv(|z_i| z_i - max(&z)),
            "you kept z with its maximum taken out; keep z as it is",
        )
        .judge(&after.z)?;
    case.expect("layer.x", &x)
        .unless(
            &before.x,
            "x is not kept: layer.x is still the 7s from before the call",
        )
        .judge(&after.x)?;
    leaves_the_rest(&case, &before, &after)
}

fn leaves_the_rest(case: &Case, before: &Layer, after: &Layer) -> Verdict {
    const ONLY_COMPUTES: &str =
        "forward changes nothing but x and z; the learning is for backward";
    case.expect("W", &before.w)
        .judge(&after.w)
        .and_then(|()| case.expect("b", &before.b).judge(&after.b))
        .and_then(|()| {
            case.expect_equal(
                "The activation",
                &before.activation,
                &after.activation,
            )
        })
        .map_err(|feedback| feedback.likely(true, ONLY_COMPUTES))
}

fn unless_z_is_wrong<'a>(
    expectation: Expectation<'a, Array1<f64>>,
    layer: &Layer,
    x: &Array1<f64>,
) -> Expectation<'a, Array1<f64>> {
    let (w, b) = (&layer.w, &layer.b);
    let activate = |z: &Array1<f64>| match layer.activation {
        Activation::Relu => z.mapv(relu),
        Activation::Softmax => softmax(z),
    };
    let expectation = expectation
        .unless(&(w.dot(x) + b), "this is z; the activation is missing")
        .unless(&activate(&w.dot(x)), "the bias is missing")
        .unless(&activate(&(w.dot(x) - b)), "you subtracted the bias")
        .unless(
            &(activate(&w.dot(x)) + b),
            "you added the bias after the activation; it is a part of z",
        )
        .unless(
            &activate(&layer.z),
            "you took the z of an earlier example; compute z = W x + b first",
        )
        .unless(
            &activate(&(w.dot(&layer.x) + b)),
            "you took layer.x, which is the x of an earlier example",
        );
    if !w.is_square() {
        return expectation;
    }
    expectation.unless(
        &activate(&(w.t().dot(x) + b)),
        "you took Wᵀ; each row of W belongs to an output",
    )
}

fn unless_relu_is_wrong<'a>(
    expectation: Expectation<'a, Array1<f64>>,
    z: &Array1<f64>,
) -> Expectation<'a, Array1<f64>> {
    expectation
        .unless(
            &z.mapv(|z| if z > 0.0 { z } else { 0.01 * z }),
            "this is the leaky ReLU; the plain one makes 0 of what is below 0",
        )
        .unless(&z.mapv(f64::abs), "this is |z|; ReLU makes 0 of what is below 0")
        .unless(
            &z.mapv(|z| z.min(0.0)),
            "the wrong half: ReLU keeps what is above 0",
        )
        .unless(
            &z.mapv(relu_slope),
            "this is the slope of ReLU; ReLU itself keeps what is above 0",
        )
        .unless(&softmax(z), "this is softmax; look at layer.activation")
}

fn unless_softmax_is_wrong<'a>(
    expectation: Expectation<'a, Array1<f64>>,
    z: &Array1<f64>,
) -> Expectation<'a, Array1<f64>> {
    let exp = z.mapv(f64::exp);
    let unstable = if max(z) < 0.0 {
        "every exp is 0; is your maximum right when all of z is negative?"
    } else {
        "exp(z) leaves the range of an f64; subtract the maximum of z first"
    };
    expectation
        .unless(&z.mapv(relu), "this is ReLU; look at layer.activation")
        .unless(
            &softmax(&z.mapv(relu)),
            "you took ReLU and then softmax; a layer has just one activation",
        )
        .unless(&(&exp / exp.sum()), unstable)
        .unless(&exp, "you left out the division by the sum")
        .unless(
            &z.mapv(|z_i| (z_i - max(z)).exp()),
            "you left out the division by the sum",
        )
        .unless(&(z / z.sum()), "you left out exp")
        .unless(&log_softmax(z), "this is its logarithm, log-softmax")
}

fn max(z: &Array1<f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}
