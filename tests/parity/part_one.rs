//! Part I: one example at a time, and every number on the way.

use ndarray::arr0;
use no_magic::by_hand::{Activation, NeuralNet};
use no_magic::cross_entropy;
use no_magic::relu::relu_slope;

use crate::arrays::{Arrays, add};
use crate::inputs::{LESSON, data, order, parameters};
use crate::training::{STEPS, notes};

const CASE: &str = "Part I";
const FORWARD: &str = "Part I/forward";
const GRADIENT: &str = "Part I/gradient";
const LEARNING_RATE: f64 = 0.05;

pub fn compute() -> Arrays {
    let mut arrays = first_example();
    arrays.extend(training());
    arrays
}

fn lesson() -> NeuralNet {
    NeuralNet::from_parameters(parameters(&LESSON)).unwrap()
}

/// Forward, and backward with the learning rate 1: then a step is the gradient.
fn first_example() -> Arrays {
    let data = data();
    let first = order(0, &data)[0];
    let (x, y) = (data.x(first).to_owned(), data.y(first));
    let (before, mut network) = (lesson(), lesson());
    let mut arrays = Arrays::new();

    let yhat = network.predict(&x);
    let logits = network.layers[1].z.clone();
    // What the second layer got is what the first one returned.
    let outputs = [&network.layers[1].x, &yhat];
    for ((number, layer), a) in (1..).zip(&network.layers).zip(outputs) {
        add(&mut arrays, format!("{FORWARD}/z{number}"), &layer.z);
        add(&mut arrays, format!("{FORWARD}/a{number}"), a);
    }
    let loss = arr0(cross_entropy::from_probabilities(&yhat, y));
    add(&mut arrays, format!("{FORWARD}/loss from probabilities"), &loss);
    let loss = arr0(cross_entropy::from_logits(&logits, y));
    add(&mut arrays, format!("{FORWARD}/loss from logits"), &loss);

    let mut grad = cross_entropy::gradient(&logits, y);
    let layers = (1..).zip(before.layers.iter().zip(&mut network.layers));
    for (number, (before, layer)) in layers.collect::<Vec<_>>().into_iter().rev() {
        let dz = match layer.activation {
            Activation::Relu => &grad * layer.z.mapv(relu_slope),
            Activation::Softmax => grad.clone(),
        };
        grad = layer.backward(&grad, 1.0);
        let (dw, db) = (&before.w - &layer.w, &before.b - &layer.b);
        add(&mut arrays, format!("{GRADIENT}/w{number}"), &dw);
        add(&mut arrays, format!("{GRADIENT}/b{number}"), &db);
        add(&mut arrays, format!("{GRADIENT}/z{number}"), &dz);
        add(&mut arrays, format!("{GRADIENT}/x{number}"), &grad);
    }
    arrays
}

fn training() -> Arrays {
    let data = data();
    let mut network = lesson();
    let mut arrays = Arrays::new();
    for step in 0..STEPS {
        let i = order(step / data.len(), &data)[step % data.len()];
        let loss =
            network.train_step(&data.x(i).to_owned(), data.y(i), LEARNING_RATE);
        arrays.extend(notes(CASE, step, loss, || {
            let layers = (1..).zip(&network.layers);
            layers
                .flat_map(|(number, layer)| {
                    [
                        (format!("w{number}"), layer.w.clone().into_dyn()),
                        (format!("b{number}"), layer.b.clone().into_dyn()),
                    ]
                })
                .collect()
        }));
    }
    arrays
}
