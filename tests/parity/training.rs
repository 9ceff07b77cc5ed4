//! Part II's first step and its training, for whatever network and optimizer a case
//! has.

use ndarray::{Array1, ArrayD, arr0};
use no_magic::batched::{Layer, Network, Optimizer, mean_cross_entropy};

use crate::arrays::{Arrays, add};
use crate::inputs::{BATCHES_PER_EPOCH, batch, data, mask_rng};

/// How long every training is.
pub const STEPS: usize = 1000;

/// Arrays with their names.
pub type Named = Vec<(String, ArrayD<f64>)>;

/// What is written down after a step: the loss and the parameters after 1, 10 and
/// 1,000, else nothing.
pub fn notes(
    case: &str,
    step: usize,
    loss: f64,
    parameters: impl FnOnce() -> Named,
) -> Arrays {
    let steps = step + 1;
    if ![1, 10, STEPS].contains(&steps) {
        return Arrays::new();
    }
    let loss = ("loss".to_owned(), arr0(loss).into_dyn());
    parameters()
        .into_iter()
        .chain([loss])
        .map(|(name, array)| (format!("{case}/step {steps}/{name}"), array))
        .collect()
}

/// Forward and backward on the first batch.
pub fn first_batch(case: &str, network: &Network) -> Arrays {
    let (x, y) = batch(0, &data());
    let mut arrays = Arrays::new();

    if let Layer::Linear(first) = &network.layers[0] {
        let z = first.forward(&x);
        add(&mut arrays, format!("{case}/forward/z1"), &z);
    }
    let (logits, trace) = network.forward(&x, &mut mask_rng(0));
    // The last layer is linear, and keeps its input.
    if let Some(a) = trace.last() {
        add(&mut arrays, format!("{case}/forward/a1"), a);
    }
    let (loss, grad) = mean_cross_entropy(&logits, &y);
    add(&mut arrays, format!("{case}/forward/logits"), &logits);
    add(&mut arrays, format!("{case}/forward/loss"), &arr0(loss));

    add(&mut arrays, format!("{case}/gradient/logits"), &grad);
    let gradients = network.backward(&trace, &grad);
    for ((name, parameter), gradient) in parameters(network).iter().zip(gradients) {
        let gradient = shaped_like(parameter, gradient);
        add(&mut arrays, format!("{case}/gradient/{name}"), &gradient);
    }
    arrays
}

/// A training, with the learning rate of each epoch.
pub fn train(
    case: &str,
    mut network: Network,
    mut optimizer: impl Optimizer,
    lr: impl Fn(usize) -> f64,
) -> Arrays {
    let data = data();
    let mut arrays = Arrays::new();
    for step in 0..STEPS {
        let (x, y) = batch(step, &data);
        optimizer.set_lr(lr(step / BATCHES_PER_EPOCH));
        let loss = network.train_step(&mut optimizer, &x, &y, &mut mask_rng(step));
        arrays.extend(notes(case, step, loss, || {
            [parameters(&network), running_statistics(&network)].concat()
        }));
    }
    arrays
}

/// The parameters in the order of their gradients.
fn parameters(network: &Network) -> Named {
    let mut named = Named::new();
    let mut number = 0;
    for layer in &network.layers {
        match layer {
            Layer::Linear(linear) => {
                number += 1;
                named.push((format!("w{number}"), linear.w.clone().into_dyn()));
                named.push((format!("b{number}"), linear.b.clone().into_dyn()));
            }
            Layer::BatchNorm(norm) => {
                named.push(("gamma".into(), norm.gamma.clone().into_dyn()));
                named.push(("beta".into(), norm.beta.clone().into_dyn()));
            }
            Layer::Relu | Layer::Dropout(_) => {}
        }
    }
    named
}

fn running_statistics(network: &Network) -> Named {
    let mut named = Named::new();
    for layer in &network.layers {
        if let Layer::BatchNorm(norm) = layer {
            let (mean, variance) =
                (norm.running_mean.clone(), norm.running_variance.clone());
            named.push(("running mean".into(), mean.into_dyn()));
            named.push(("running variance".into(), variance.into_dyn()));
        }
    }
    named
}

fn shaped_like(parameter: &ArrayD<f64>, gradient: Array1<f64>) -> ArrayD<f64> {
    gradient
        .into_shape_with_order(parameter.raw_dim())
        .expect("as long as its parameter")
}
