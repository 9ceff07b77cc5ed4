use approx::assert_abs_diff_eq;
use checks::network::{self as check};
use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Activation, Layer, NeuralNet};
use no_magic::dataset::Dataset;
use no_magic::softmax::{argmax, softmax};
use no_magic::{cross_entropy, fast, gradient_check, patterns};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use solutions::network as solution;

use crate::{passes, rejects, right};

#[test]
fn solutions_pass() {
    passes("network", "predict", || {
        check::predict(solution::stack, solution::predict)
    });
    passes("network", "output_gradient", || {
        check::output_gradient(solution::output_gradient)
    });
    passes("network", "train_step", || check::train_step(solution::train_step));
    passes("network", "train_epoch", || check::train_epoch(solution::train_epoch));
    passes("network", "capstone", || check::capstone(solution::capstone));
}

#[test]
fn networks_built_and_asked_differently_pass() {
    // As the hint says.
    passes("network", "predict", || {
        check::predict(
            |sizes, rng| {
                let n_layers = sizes.len() - 1;
                let mut layers = Vec::new();
                for l in 0..n_layers {
                    let is_last = l + 1 == n_layers;
                    let activation = if is_last {
                        Activation::Softmax
                    } else {
                        Activation::Relu
                    };
                    layers.push(Layer::new(
                        sizes[l],
                        sizes[l + 1],
                        activation,
                        rng,
                    ));
                }
                layers
            },
            solution::predict,
        )
    });
    passes("network", "predict", || {
        check::predict(
            |sizes, rng| {
                let mut layers: Vec<Layer> = sizes
                    .windows(2)
                    .map(|pair| Layer::new(pair[0], pair[1], Activation::Relu, rng))
                    .collect();
                if let Some(last) = layers.last_mut() {
                    last.activation = Activation::Softmax;
                }
                layers
            },
            |layers, x| {
                layers.iter_mut().fold(x.clone(), |a, layer| layer.forward(&a))
            },
        )
    });
    passes("network", "predict", || {
        check::predict(
            |sizes, rng| {
                // From right to left, which draws the last layer first.
                let mut layers = Vec::new();
                for l in (1..sizes.len()).rev() {
                    let activation = match layers.len() {
                        0 => Activation::Softmax,
                        _ => Activation::Relu,
                    };
                    layers.push(Layer::new(
                        sizes[l - 1],
                        sizes[l],
                        activation,
                        rng,
                    ));
                }
                layers.reverse();
                layers
            },
            |layers, x| match layers {
                [] => x.clone(),
                [first, rest @ ..] => {
                    let a = first.forward(x);
                    solution::predict(rest, &a)
                }
            },
        )
    });
}

#[test]
fn output_gradients_written_differently_pass() {
    let right = right("network", "output_gradient", check::output_gradient);
    right(|yhat, y| yhat - one_hot(yhat.len(), y));
    right(|yhat, y| {
        let entries = yhat.iter().enumerate();
        entries.map(|(i, p)| if i == y { -(1.0 - p) } else { *p }).collect()
    });
}

#[test]
fn training_steps_written_differently_pass() {
    let right = right("network", "train_step", check::train_step);
    right(|layers, x, y, lr| {
        let yhat = solution::predict(layers, x);
        let loss = (1.0 / (yhat[y] + 1e-7)).ln();
        let mut grad = yhat - one_hot(layers[layers.len() - 1].n_out(), y);
        for l in (0..layers.len()).rev() {
            grad = layers[l].backward(&grad, lr);
        }
        loss
    });
    right(|layers, x, y, lr| {
        fn there_and_back(
            layers: &mut [Layer],
            x: &Array1<f64>,
            y: usize,
            lr: f64,
        ) -> (Array1<f64>, f64) {
            let Some((first, rest)) = layers.split_first_mut() else {
                let loss = cross_entropy::from_probabilities(x, y);
                return (x - one_hot(x.len(), y), loss);
            };
            let a = first.forward(x);
            let (grad, loss) = there_and_back(rest, &a, y, lr);
            (first.backward(&grad, lr), loss)
        }
        there_and_back(layers, x, y, lr).1
    });
    // Without the 1e-7, but for a probability that is 0.
    right(|layers, x, y, lr| {
        let p = solution::predict(layers, x)[y];
        solution::train_step(layers, x, y, lr);
        -p.max(1e-7).ln()
    });
}

#[test]
fn epochs_written_differently_pass() {
    let right = right("network", "train_epoch", check::train_epoch);
    // Drawn one by one from those that are left.
    right(|layers, data, lr, rng| {
        let mut left: Vec<usize> = (0..data.len()).collect();
        let mut mean = 0.0;
        while !left.is_empty() {
            let i = left.swap_remove(rng.random_range(0..left.len()));
            let loss =
                solution::train_step(layers, &data.x(i).to_owned(), data.y(i), lr);
            mean += loss / data.len() as f64;
        }
        mean
    });
    // Sorted by random keys, with a loss that does without the 1e-7.
    right(|layers, data, lr, rng| {
        let mut order: Vec<(f64, usize)> =
            (0..data.len()).map(|i| (rng.random(), i)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let losses: Array1<f64> = order
            .into_iter()
            .map(|(_, i)| {
                let x = data.x(i).to_owned();
                let loss = -solution::predict(layers, &x)[data.y(i)].ln();
                solution::train_step(layers, &x, data.y(i), lr);
                loss
            })
            .collect();
        losses.mean().unwrap()
    });
}

#[test]
fn other_recipes_pass() {
    let right = right("network", "capstone", check::capstone);
    // The lesson's, with the network or the data drawn first.
    right(|rng| {
        let layers = solution::stack(&SIZES, rng);
        let data = patterns::dataset([120; 3], rng).unwrap();
        trained(layers, &data, 500, 0.05, rng)
    });
    right(|rng| {
        let data = patterns::dataset([120; 3], rng).unwrap();
        let layers = solution::stack(&SIZES, rng);
        trained(layers, &data, 500, 0.05, rng)
    });
    // New drawings all the time.
    right(|rng| {
        let mut layers = solution::stack(&SIZES, rng);
        for _ in 0..100 {
            let data = patterns::dataset([30; 3], rng).unwrap();
            layers = trained(layers, &data, 1, 0.02, rng);
        }
        layers
    });
}

const SIZES: [usize; 3] = [36, 16, 3];

/// With `fast`, which gives the same bits sooner.
fn trained(
    layers: Vec<Layer>,
    data: &Dataset,
    epochs: usize,
    lr: f64,
    rng: &mut ChaCha8Rng,
) -> Vec<Layer> {
    let mut network = fast::NeuralNet::from(&NeuralNet { layers });
    for _ in 0..epochs {
        network.train_epoch(data, lr, rng);
    }
    NeuralNet::from(&network).layers
}

fn one_hot(classes: usize, y: usize) -> Array1<f64> {
    Array1::from_shape_fn(classes, |class| f64::from(u8::from(class == y)))
}

#[test]
fn wrong_networks() {
    let wrong = |mistake, answer| {
        rejects("network", "predict", mistake, true, || {
            check::predict(answer, solution::predict)
        });
    };
    wrong("a layer for each size", |sizes, rng| {
        let mut layers =
            vec![Layer::new(sizes[0], sizes[0], Activation::Relu, rng)];
        layers.extend(solution::stack(sizes, rng));
        layers
    });
    wrong("the last layer is forgotten", |sizes, rng| {
        solution::stack(&sizes[..sizes.len() - 1], rng)
    });
    wrong("inputs and outputs are swapped", |sizes, rng| {
        activated(sizes, |l, activation| {
            Layer::new(sizes[l + 1], sizes[l], activation, rng)
        })
    });
    wrong("the layers are in reverse", |sizes, rng| {
        let mut layers = solution::stack(sizes, rng);
        layers.reverse();
        layers
    });
    wrong("each layer takes the inputs", |sizes, rng| {
        activated(sizes, |l, activation| {
            Layer::new(sizes[0], sizes[l + 1], activation, rng)
        })
    });
    wrong("ReLU everywhere", |sizes, rng| {
        activated(sizes, |l, _| {
            Layer::new(sizes[l], sizes[l + 1], Activation::Relu, rng)
        })
    });
    wrong("softmax everywhere", |sizes, rng| {
        activated(sizes, |l, _| {
            Layer::new(sizes[l], sizes[l + 1], Activation::Softmax, rng)
        })
    });
    wrong("softmax first and ReLU last", |sizes, rng| {
        activated(sizes, |l, activation| {
            let other = match activation {
                Activation::Relu => Activation::Softmax,
                Activation::Softmax => Activation::Relu,
            };
            Layer::new(sizes[l], sizes[l + 1], other, rng)
        })
    });
    wrong("the first layer is always ReLU", |sizes, rng| {
        activated(sizes, |l, activation| {
            let activation = if l == 0 { Activation::Relu } else { activation };
            Layer::new(sizes[l], sizes[l + 1], activation, rng)
        })
    });
    wrong("all weights are zero", |sizes, _| {
        activated(sizes, |l, activation| {
            let w = Array2::zeros((sizes[l + 1], sizes[l]));
            Layer::from_parts(w, Array1::zeros(sizes[l + 1]), activation)
        })
    });
    wrong("all weights are one", |sizes, _| {
        activated(sizes, |l, activation| {
            let w = Array2::ones((sizes[l + 1], sizes[l]));
            Layer::from_parts(w, Array1::zeros(sizes[l + 1]), activation)
        })
    });
    wrong("a bias that does not fit", |sizes, rng| {
        let mut layers = solution::stack(sizes, rng);
        let of_inputs = layers.iter_mut().zip(sizes);
        of_inputs.for_each(|(layer, &n_in)| layer.b = Array1::zeros(n_in));
        layers
    });
    wrong("the bias starts at one", |sizes, rng| {
        let mut layers = solution::stack(sizes, rng);
        layers.iter_mut().for_each(|layer| layer.b.fill(1.0));
        layers
    });
    wrong("each layer has a generator", |sizes, _| {
        activated(sizes, |l, activation| {
            let mut rng = ChaCha8Rng::seed_from_u64(0);
            Layer::new(sizes[l], sizes[l + 1], activation, &mut rng)
        })
    });
    wrong("a generator of its own", |sizes, _| {
        solution::stack(sizes, &mut ChaCha8Rng::seed_from_u64(0))
    });
}

/// A layer for each size and the next; `layer` is told its index and the right
/// activation.
fn activated(
    sizes: &[usize],
    mut layer: impl FnMut(usize, Activation) -> Layer,
) -> Vec<Layer> {
    let last = sizes.len() - 2;
    (0..=last)
        .map(|l| match l {
            _ if l == last => layer(l, Activation::Softmax),
            _ => layer(l, Activation::Relu),
        })
        .collect()
}

#[test]
fn wrong_predictions() {
    let wrong = |mistake, answer| {
        rejects("network", "predict", mistake, true, || {
            check::predict(solution::stack, answer)
        });
    };
    wrong("right to left", |layers, x| {
        layers.iter_mut().rev().fold(x.clone(), |a, layer| layer.forward(&a))
    });
    wrong("each layer gets x", |layers, x| {
        let outputs = layers.iter_mut().map(|layer| layer.forward(x));
        outputs.last().unwrap()
    });
    wrong("the last layer is left out", |layers, x| {
        let (_, hidden) = layers.split_last_mut().unwrap();
        solution::predict(hidden, x)
    });
    wrong("the scores", |layers, x| {
        solution::predict(layers, x);
        layers[layers.len() - 1].z.clone()
    });
    wrong("softmax twice", |layers, x| softmax(&solution::predict(layers, x)));
    wrong("the likeliest class alone", |layers, x| {
        let yhat = solution::predict(layers, x);
        one_hot(yhat.len(), argmax(&yhat).unwrap())
    });
    wrong("copies go forward", |layers, x| {
        solution::predict(&mut layers.to_vec(), x)
    });
    wrong("x is not kept", |layers, x| {
        let kept: Vec<Array1<f64>> =
            layers.iter().map(|layer| layer.x.clone()).collect();
        let yhat = solution::predict(layers, x);
        for (layer, x) in layers.iter_mut().zip(kept) {
            layer.x = x;
        }
        yhat
    });
    wrong("it learns", |layers, x| {
        let yhat = solution::predict(layers, x);
        solution::train_step(layers, x, 0, 0.1);
        yhat
    });
    wrong("the numbers of the first case", |layers, x| {
        solution::predict(layers, x);
        let score = 2.5_f64.exp();
        array![score / (score + 1.0), 1.0 / (score + 1.0)]
    });
}

#[test]
fn wrong_output_gradients() {
    let wrong = |mistake, answer| {
        rejects("network", "output_gradient", mistake, true, || {
            check::output_gradient(answer)
        });
    };
    wrong("the sign is flipped", |yhat, y| one_hot(yhat.len(), y) - yhat);
    wrong("1 is added", |yhat, y| one_hot(yhat.len(), y) + yhat);
    wrong("nothing is subtracted", |yhat, _| yhat.clone());
    wrong("1 is subtracted twice", |yhat, y| yhat - 2.0 * one_hot(yhat.len(), y));
    wrong("1 is subtracted everywhere", |yhat, _| yhat - 1.0);
    wrong("always class 0", |yhat, _| yhat - one_hot(yhat.len(), 0));
    wrong("the likeliest class", |yhat, _| {
        yhat - one_hot(yhat.len(), argmax(yhat).unwrap())
    });
    wrong("yhat is missing", |yhat, y| -one_hot(yhat.len(), y));
    wrong("without softmax", |yhat, y| -one_hot(yhat.len(), y) / yhat[y]);
    wrong("the mean over the classes", |yhat, y| {
        (yhat - one_hot(yhat.len(), y)) / yhat.len() as f64
    });
    wrong("a logarithm", |yhat, y| {
        let mut grad = yhat.clone();
        grad[y] = -(yhat[y] + 1e-7).ln();
        grad
    });
}

#[test]
fn wrong_training_steps() {
    let wrong = |mistake, answer| {
        rejects("network", "train_step", mistake, true, || {
            check::train_step(answer)
        });
    };
    wrong("left to right", |layers, x, y, lr| {
        let (mut grad, loss) = gradient_and_loss(layers, x, y);
        for layer in layers {
            grad = layer.backward(&grad, lr);
        }
        loss
    });
    wrong("only the last layer learns", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        layers[layers.len() - 1].backward(&grad, lr);
        loss
    });
    wrong("dx is not handed on", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        for layer in layers.iter_mut().rev() {
            layer.backward(&grad, lr);
        }
        loss
    });
    wrong("copies go back", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        back(&mut layers.to_vec(), grad, lr);
        loss
    });
    wrong("copies go forward", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(&mut layers.to_vec(), x, y);
        back(layers, grad, lr);
        loss
    });
    wrong("yhat as it is", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        back(layers, &grad + one_hot(grad.len(), y), lr);
        loss
    });
    wrong("1 is added at y", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        back(layers, &grad + 2.0 * one_hot(grad.len(), y), lr);
        loss
    });
    wrong("1 is subtracted twice", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        back(layers, &grad - one_hot(grad.len(), y), lr);
        loss
    });
    wrong("uphill", |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        back(layers, -grad, lr);
        loss
    });
    wrong("the learning rate is forgotten", |layers, x, y, _| {
        solution::train_step(layers, x, y, 1.0)
    });
    wrong("the learning rate of the lesson", |layers, x, y, _| {
        solution::train_step(layers, x, y, 0.05)
    });
    wrong("the learning rate twice", |layers, x, y, lr| {
        solution::train_step(layers, x, y, lr * lr)
    });
    wrong("the loss after the step", |layers, x, y, lr| {
        solution::train_step(layers, x, y, lr);
        gradient_and_loss(layers, x, y).1
    });
    wrong("the loss without the 1e-7", |layers, x, y, lr| {
        let p = solution::predict(layers, x)[y];
        solution::train_step(layers, x, y, lr);
        -p.ln()
    });
    wrong("the loss from the scores", |layers, x, y, lr| {
        solution::predict(layers, x);
        let loss = cross_entropy::from_logits(&layers[layers.len() - 1].z, y);
        solution::train_step(layers, x, y, lr);
        loss
    });
    wrong("the loss has the wrong sign", |layers, x, y, lr| {
        -solution::train_step(layers, x, y, lr)
    });
    wrong("the loss over all classes", |layers, x, y, lr| {
        let yhat = solution::predict(layers, x);
        solution::train_step(layers, x, y, lr);
        yhat.mapv(|p| -(p + 1e-7).ln()).sum()
    });
    wrong("the loss in bits", |layers, x, y, lr| {
        solution::train_step(layers, x, y, lr) / 2.0_f64.ln()
    });
    wrong("the probability for the loss", |layers, x, y, lr| {
        let p = solution::predict(layers, x)[y];
        solution::train_step(layers, x, y, lr);
        p
    });
}

fn gradient_and_loss(
    layers: &mut [Layer],
    x: &Array1<f64>,
    y: usize,
) -> (Array1<f64>, f64) {
    let yhat = solution::predict(layers, x);
    let loss = cross_entropy::from_probabilities(&yhat, y);
    (solution::output_gradient(&yhat, y), loss)
}

fn back(layers: &mut [Layer], mut grad: Array1<f64>, lr: f64) {
    for layer in layers.iter_mut().rev() {
        grad = layer.backward(&grad, lr);
    }
}

#[test]
fn wrong_epochs() {
    let wrong = |mistake, answer| {
        rejects("network", "train_epoch", mistake, true, || {
            check::train_epoch(answer)
        });
    };
    wrong("no shuffling", |layers, data, lr, _| {
        let order = (0..data.len()).collect();
        mean(&steps(layers, data, order, lr))
    });
    wrong("a shuffled copy is thrown away", |layers, data, lr, rng| {
        let order: Vec<usize> = (0..data.len()).collect();
        order.clone().shuffle(rng);
        mean(&steps(layers, data, order, lr))
    });
    wrong("the same order in every epoch", |layers, data, lr, _| {
        let order = shuffled(data, &mut ChaCha8Rng::seed_from_u64(0));
        mean(&steps(layers, data, order, lr))
    });
    wrong("a random start and then in a row", |layers, data, lr, rng| {
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.rotate_left(rng.random_range(0..data.len()));
        mean(&steps(layers, data, order, lr))
    });
    wrong("drawn with replacement", |layers, data, lr, rng| {
        let order = (0..data.len()).map(|_| rng.random_range(0..data.len()));
        mean(&steps(layers, data, order.collect(), lr))
    });
    wrong("the last example is left out", |layers, data, lr, rng| {
        let mut order: Vec<usize> = (0..data.len() - 1).collect();
        order.shuffle(rng);
        mean(&steps(layers, data, order, lr))
    });
    wrong("one random example", |layers, data, lr, rng| {
        let order = vec![rng.random_range(0..data.len())];
        mean(&steps(layers, data, order, lr))
    });
    wrong("one comes twice", |layers, data, lr, rng| {
        let mut order = shuffled(data, rng);
        order.push(order[0]);
        mean(&steps(layers, data, order, lr))
    });
    wrong("copies are trained", |layers, data, lr, rng| {
        mean(&steps(&mut layers.to_vec(), data, shuffled(data, rng), lr))
    });
    wrong("labels stay in place", |layers, data, lr, rng| {
        let order = shuffled(data, rng).into_iter().enumerate();
        let losses = order.map(|(place, i)| {
            solution::train_step(layers, &data.x(i).to_owned(), data.y(place), lr)
        });
        mean(&losses.collect::<Vec<_>>())
    });
    wrong("the learning rate of the lesson", |layers, data, _, rng| {
        mean(&steps(layers, data, shuffled(data, rng), 0.05))
    });
    wrong("the learning rate is shared out", |layers, data, lr, rng| {
        let lr = lr / data.len() as f64;
        mean(&steps(layers, data, shuffled(data, rng), lr))
    });
    wrong("every step goes uphill", |layers, data, lr, rng| {
        mean(&steps(layers, data, shuffled(data, rng), -lr))
    });
    wrong("two steps on each example", |layers, data, lr, rng| {
        let order = shuffled(data, rng).into_iter().flat_map(|i| [i, i]);
        mean(&steps(layers, data, order.collect(), lr))
    });
    wrong("the sum of the losses", |layers, data, lr, rng| {
        steps(layers, data, shuffled(data, rng), lr).iter().sum()
    });
    wrong("the last loss", |layers, data, lr, rng| {
        *steps(layers, data, shuffled(data, rng), lr).last().unwrap()
    });
    wrong("the losses before the epoch", |layers, data, lr, rng| {
        let losses = losses(layers, data);
        steps(layers, data, shuffled(data, rng), lr);
        mean(&losses)
    });
    wrong("the losses after the epoch", |layers, data, lr, rng| {
        steps(layers, data, shuffled(data, rng), lr);
        mean(&losses(layers, data))
    });
    wrong("the mean over one too many", |layers, data, lr, rng| {
        let losses = steps(layers, data, shuffled(data, rng), lr);
        losses.iter().sum::<f64>() / (losses.len() + 1) as f64
    });
}

fn shuffled(data: &Dataset, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.shuffle(rng);
    order
}

fn steps(
    layers: &mut [Layer],
    data: &Dataset,
    order: Vec<usize>,
    lr: f64,
) -> Vec<f64> {
    order
        .into_iter()
        .map(|i| solution::train_step(layers, &data.x(i).to_owned(), data.y(i), lr))
        .collect()
}

fn losses(layers: &mut [Layer], data: &Dataset) -> Vec<f64> {
    (0..data.len())
        .map(|i| gradient_and_loss(layers, &data.x(i).to_owned(), data.y(i)).1)
        .collect()
}

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / losses.len() as f64
}

#[test]
fn wrong_capstones() {
    let wrong = |mistake, answer| {
        rejects("network", "capstone", mistake, true, || check::capstone(answer));
    };
    wrong("without a hidden layer", |rng| {
        let data = patterns::dataset([100; 3], rng).unwrap();
        trained(solution::stack(&[36, 3], rng), &data, 10, 0.05, rng)
    });
    wrong("untrained", |rng| solution::stack(&SIZES, rng));
    wrong("a copy is trained", |rng| {
        let data = patterns::dataset([100; 3], rng).unwrap();
        let layers = solution::stack(&SIZES, rng);
        trained(layers.clone(), &data, 10, 0.05, rng);
        layers
    });
    wrong("one pattern alone", |rng| recipe([300, 0, 0], 20, 0.05, rng));
    wrong("no X at all", |rng| recipe([300, 300, 0], 20, 0.05, rng));
    wrong("mostly horizontal lines", |rng| recipe([300, 20, 20], 50, 0.05, rng));
    wrong("a few examples by heart", |rng| recipe([20; 3], 200, 0.05, rng));
    wrong("a single epoch", |rng| recipe([120; 3], 1, 0.05, rng));
    wrong("tiny steps", |rng| recipe([300; 3], 10, 0.001, rng));
    wrong("huge steps", |rng| recipe([300; 3], 20, 3.0, rng));
    // By hand, since the weights become NaN.
    wrong("uphill", |rng| {
        let data = patterns::dataset([300; 3], rng).unwrap();
        let mut layers = solution::stack(&SIZES, rng);
        for _ in 0..50 {
            solution::train_epoch(&mut layers, &data, -0.05, rng);
        }
        layers
    });
    wrong("labels are shifted", |rng| {
        let data = patterns::dataset([300; 3], rng).unwrap();
        let labels = data.labels().iter().map(|y| (y + 1) % 3).collect();
        relabeled(&data, labels, rng)
    });
    wrong("labels are shuffled", |rng| {
        let data = patterns::dataset([300; 3], rng).unwrap();
        let mut labels = data.labels().to_vec();
        labels.shuffle(rng);
        relabeled(&data, labels, rng)
    });
}

fn recipe(
    counts: [usize; 3],
    epochs: usize,
    lr: f64,
    rng: &mut ChaCha8Rng,
) -> Vec<Layer> {
    let data = patterns::dataset(counts, rng).unwrap();
    trained(solution::stack(&SIZES, rng), &data, epochs, lr, rng)
}

fn relabeled(
    data: &Dataset,
    labels: Vec<usize>,
    rng: &mut ChaCha8Rng,
) -> Vec<Layer> {
    let data = Dataset::new(data.inputs().to_owned(), labels, 3).unwrap();
    trained(solution::stack(&SIZES, rng), &data, 20, 0.05, rng)
}

#[test]
fn more_examples_help_more_than_more_epochs() {
    let fresh =
        patterns::dataset([300; 3], &mut ChaCha8Rng::seed_from_u64(100)).unwrap();
    let accuracy = |examples, epochs| {
        let accuracies = (0..3).map(|seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut layers = recipe([examples; 3], epochs, 0.05, &mut rng);
            let right = (0..fresh.len()).filter(|&i| {
                let yhat = solution::predict(&mut layers, &fresh.x(i).to_owned());
                argmax(&yhat) == Some(fresh.y(i))
            });
            right.count()
        });
        accuracies.sum::<usize>()
    };
    assert!(accuracy(300, 40) > accuracy(120, 400));
}

fn layers(parameters: Vec<(Array2<f64>, Array1<f64>)>) -> Vec<Layer> {
    NeuralNet::from_parameters(parameters).unwrap().layers
}

#[test]
fn a_training_step_gives_the_numbers_worked_out_elsewhere() {
    // Python's `decimal` with 50 digits, forward and backward written out as sums.
    let mut layers = layers(vec![
        (array![[1.0, -1.0], [0.5, 2.0]], array![0.5, -1.0]),
        (array![[1.0, 0.5], [-1.0, 1.0]], array![0.5, 0.0]),
    ]);
    let loss = solution::train_step(&mut layers, &array![2.0, 1.0], 1, 0.25);
    assert_abs_diff_eq!(loss, 2.578_888_416_044_022_4, epsilon = 1e-14);
    let w = array![
        [0.075_858_180_021_243_55, -1.462_070_909_989_378_2],
        [0.731_035_454_994_689_1, 2.115_517_727_497_344_6]
    ];
    assert_abs_diff_eq!(layers[0].w, w, epsilon = 1e-14);
    let b = array![0.037_929_090_010_621_78, -0.884_482_272_502_655_4];
    assert_abs_diff_eq!(layers[0].b, b, epsilon = 1e-14);
    let w = array![
        [0.653_446_817_507_966_3, 0.037_929_090_010_621_78],
        [-0.653_446_817_507_966_3, 1.462_070_909_989_378_2]
    ];
    assert_abs_diff_eq!(layers[1].w, w, epsilon = 1e-14);
    let b = array![0.268_964_545_005_310_9, 0.231_035_454_994_689_1];
    assert_abs_diff_eq!(layers[1].b, b, epsilon = 1e-14);
}

#[test]
fn finite_differences_agree_with_the_output_gradient() {
    let z = array![0.5, -1.0, 2.0, 0.0];
    for y in 0..z.len() {
        let grad = solution::output_gradient(&softmax(&z), y);
        let loss = |z: &Array1<f64>| -softmax(z)[y].ln();
        gradient_check::check("grad", loss, &z, &grad, 1e-7).unwrap();
    }
}

#[test]
fn finite_differences_agree_with_the_training_step() {
    let before = layers(vec![
        (array![[1.0, -0.5], [-1.0, 1.0], [0.5, 1.0]], array![0.0, 0.5, -0.25]),
        (array![[0.5, 1.0, -1.0], [1.0, -0.5, 0.5]], array![0.25, 0.0]),
        (array![[1.0, -1.0], [0.5, 0.5], [-1.0, 1.5]], array![0.0, 0.1, -0.1]),
    ]);
    let x = array![-0.5, 2.0];
    for y in 0..3 {
        // With a learning rate of 1, the step is the gradient.
        let mut after = before.clone();
        solution::train_step(&mut after, &x, y, 1.0);
        let gradient = flatten(&before) - flatten(&after);
        let loss = |parameters: &Array1<f64>| {
            let mut layers = with_parameters(&before, parameters);
            -solution::predict(&mut layers, &x)[y].ln()
        };
        let point = flatten(&before);
        gradient_check::check("step", loss, &point, &gradient, 1e-7).unwrap();
    }
}

fn flatten(layers: &[Layer]) -> Array1<f64> {
    let parameters = layers.iter().flat_map(|layer| layer.w.iter().chain(&layer.b));
    parameters.copied().collect()
}

fn with_parameters(layers: &[Layer], parameters: &Array1<f64>) -> Vec<Layer> {
    let mut layers = layers.to_vec();
    let places =
        layers.iter_mut().flat_map(|layer| layer.w.iter_mut().chain(&mut layer.b));
    places.zip(parameters).for_each(|(to, &from)| *to = from);
    layers
}
