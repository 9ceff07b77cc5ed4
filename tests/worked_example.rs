//! One training step worked out on paper. Every number is a short binary fraction,
//! so the comparison is exact.
//!
//! ```text
//! x = [2, 1], y = 1, lr = 1/2
//!
//! z₁ = W₁x + b₁ = [2 - 1 + 0, 1 + 2 - 1, -2 + 0 + 1/2] = [1, 2, -3/2]
//! a₁ = [1, 2, 0]                                the third unit is silent
//! z₂ = W₂a₁ + b₂ = [1 + 1 + 0, 2 + 0 + 0] = [2, 2]
//! ŷ  = [1/2, 1/2]
//!
//! dz₂ = ŷ - one_hot(1) = [1/2, -1/2]
//! dx₂ = W₂ᵀdz₂ = [1/2 - 1, 1/4 - 0, 3/2 + 1/2] = [-1/2, 1/4, 2]
//! dz₁ = dx₂ * (z₁ > 0) = [-1/2, 1/4, 0]
//! dx₁ = W₁ᵀdz₁ = [-1/2 + 1/8, 1/2 + 1/2] = [-3/8, 1]
//! ```

use approx::assert_relative_eq;
use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Activation, Layer, NeuralNet};

fn parameters() -> Vec<(Array2<f64>, Array1<f64>)> {
    vec![
        (array![[1.0, -1.0], [0.5, 2.0], [-1.0, 0.0]], array![0.0, -1.0, 0.5]),
        (array![[1.0, 0.5, 3.0], [2.0, 0.0, -1.0]], array![0.0, 0.0]),
    ]
}

#[test]
fn forward_gives_the_numbers_on_paper() {
    let mut network = NeuralNet::from_parameters(parameters()).unwrap();
    assert_eq!(network.predict(&array![2.0, 1.0]), array![0.5, 0.5]);
    assert_eq!(network.layers[0].z, array![1.0, 2.0, -1.5]);
    assert_eq!(network.layers[1].z, array![2.0, 2.0]);
}

#[test]
fn one_step_gives_the_weights_on_paper() {
    let mut network = NeuralNet::from_parameters(parameters()).unwrap();
    let loss = network.train_step(&array![2.0, 1.0], 1, 0.5);

    // -ln(1/2 + 1e-7) = ln 2 - 2e-7 + 2e-14 - …
    assert_relative_eq!(loss, 0.693_146_980_559_965_3, max_relative = 1e-15);

    let [first, second] = &network.layers[..] else { unreachable!("two layers") };
    // W₂ - 1/2 outer([1/2, -1/2], [1, 2, 0])
    assert_eq!(second.w, array![[0.75, 0.0, 3.0], [2.25, 0.5, -1.0]]);
    assert_eq!(second.b, array![-0.25, 0.25]);
    // W₁ - 1/2 outer([-1/2, 1/4, 0], [2, 1])
    assert_eq!(first.w, array![[1.5, -0.75], [0.25, 1.875], [-1.0, 0.0]]);
    assert_eq!(first.b, array![0.25, -1.125, 0.5]);
}

#[test]
fn the_prediction_after_the_step_is_the_one_on_paper() {
    let mut network = NeuralNet::from_parameters(parameters()).unwrap();
    network.train_step(&array![2.0, 1.0], 1, 0.5);

    // a₁ = [5/2, 5/4, 0], z₂ = [13/8, 13/2], ŷ[0] = 1 / (1 + exp(39/8))
    let yhat = network.predict(&array![2.0, 1.0]);
    assert_relative_eq!(yhat[0], 0.007_577_241_267_860_81, max_relative = 1e-13);
}

#[test]
fn dx_is_taken_before_the_update() {
    let [(w1, b1), (w2, b2)] = parameters().try_into().unwrap();
    let mut first = Layer::from_parts(w1, b1, Activation::Relu);
    let mut second = Layer::from_parts(w2, b2, Activation::Softmax);

    let a1 = first.forward(&array![2.0, 1.0]);
    assert_eq!(a1, array![1.0, 2.0, 0.0]);
    second.forward(&a1);
    let dx2 = second.backward(&array![0.5, -0.5], 0.5);
    assert_eq!(dx2, array![-0.5, 0.25, 2.0]);
    assert_eq!(first.backward(&dx2, 0.5), array![-0.375, 1.0]);
}

#[test]
fn relu_has_no_slope_at_zero() {
    let mut layer = Layer::from_parts(array![[0.0]], array![0.0], Activation::Relu);
    layer.forward(&array![1.0]);
    assert_eq!(layer.backward(&array![1.0], 1.0), array![0.0]);
    assert_eq!(layer.w, array![[0.0]]);
}

#[test]
fn a_nan_is_not_hidden_by_relu() {
    let mut layer = Layer::from_parts(
        array![[1.0], [1.0]],
        array![0.0, f64::NAN],
        Activation::Relu,
    );
    let a = layer.forward(&array![1.0]);
    assert_eq!(a[0], 1.0);
    assert!(a[1].is_nan());
}
