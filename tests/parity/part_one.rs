//! Part I: one example at a time, and every number on the way.

use ndarray::arr0;
use no_magic::by_hand::NeuralNet;
use no_magic::cross_entropy;

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
    let (x, y) = (data.x(first), data.y(first));
    let (before, mut network) = (lesson(), lesson());
    let mut arrays = Arrays::new();

    let yhat = network.predict(x).to_owned();
    let logits = network.layers()[1].z().to_owned();
    for (number, layer) in (1..).zip(network.layers()) {
        add(&mut arrays, format!("{FORWARD}/z{number}"), &layer.z());
        add(&mut arrays, format!("{FORWARD}/a{number}"), &layer.a());
    }
    let loss = arr0(cross_entropy::from_probabilities(yhat.view(), y));
    add(
        &mut arrays,
        format!("{FORWARD}/loss from probabilities"),
        &loss,
    );
    let loss = arr0(cross_entropy::from_logits(logits.view(), y));
    add(&mut arrays, format!("{FORWARD}/loss from logits"), &loss);

    let mut grad = cross_entropy::gradient(logits.view(), y);
    for layer in network.layers_mut().iter_mut().rev() {
        grad = layer.backward(grad.view(), 1.0).to_owned();
    }
    let layers = before.layers().iter().zip(network.layers());
    for (number, (before, after)) in (1..).zip(layers) {
        let (dw, db) = (&before.w() - &after.w(), &before.b() - &after.b());
        add(&mut arrays, format!("{GRADIENT}/w{number}"), &dw);
        add(&mut arrays, format!("{GRADIENT}/b{number}"), &db);
        add(&mut arrays, format!("{GRADIENT}/z{number}"), &after.dz());
        add(&mut arrays, format!("{GRADIENT}/x{number}"), &after.dx());
    }
    arrays
}

fn training() -> Arrays {
    let data = data();
    let mut network = lesson();
    let mut arrays = Arrays::new();
    for step in 0..STEPS {
        let i = order(step / data.len(), &data)[step % data.len()];
        let loss = network.train_step(data.x(i), data.y(i), LEARNING_RATE);
        arrays.extend(notes(CASE, step, loss, || {
            let layers = (1..).zip(network.layers());
            layers
                .flat_map(|(number, layer)| {
                    [
                        (format!("w{number}"), layer.w().to_owned().into_dyn()),
                        (format!("b{number}"), layer.b().to_owned().into_dyn()),
                    ]
                })
                .collect()
        }));
    }
    arrays
}
