//! Batch normalization: the layer alone, and in a network that is trained.

use ndarray::Axis;
use no_magic::batched::{BatchNorm, Layer, Sgd};

use crate::arrays::{Arrays, add};
use crate::inputs::{SMALL, batch_norm, network};
use crate::training::{first_batch, train};

const CASE: &str = "Batch normalization";

pub fn compute() -> Arrays {
    let mut network = network(&SMALL);
    network.layers.insert(1, Layer::BatchNorm(norm()));
    let mut arrays = layer();
    arrays.extend(first_batch(CASE, &network));
    arrays.extend(train(CASE, network, Sgd::new(0.1), |_| 0.1));
    arrays
}

fn norm() -> BatchNorm {
    let inputs = batch_norm(SMALL[1]);
    BatchNorm { gamma: inputs.gamma, beta: inputs.beta, ..BatchNorm::new(SMALL[1]) }
}

/// Forward, backward, the running statistics of some batches, and a prediction for
/// one more.
fn layer() -> Arrays {
    let inputs = batch_norm(SMALL[1]);
    let mut norm = norm();
    let mut arrays = Arrays::new();

    let batch = |i| inputs.x.index_axis(Axis(0), i).to_owned();
    let y = norm.forward(&batch(0));
    let (dgamma, dbeta, dx) = norm.backward(&batch(0), &inputs.dy);
    add(&mut arrays, format!("{CASE}/layer/y"), &y);
    add(&mut arrays, format!("{CASE}/layer/dgamma"), &dgamma);
    add(&mut arrays, format!("{CASE}/layer/dbeta"), &dbeta);
    add(&mut arrays, format!("{CASE}/layer/dx"), &dx);

    let last = inputs.x.len_of(Axis(0)) - 1;
    for i in 0..last {
        norm.observe(&batch(i));
    }
    let (mean, variance) = (&norm.running_mean, &norm.running_variance);
    add(&mut arrays, format!("{CASE}/layer/running mean"), mean);
    add(&mut arrays, format!("{CASE}/layer/running variance"), variance);
    let y = norm.predict(&batch(last));
    add(&mut arrays, format!("{CASE}/layer/prediction"), &y);
    arrays
}
