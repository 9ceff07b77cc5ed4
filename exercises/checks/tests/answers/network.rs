use approx::assert_abs_diff_eq;
use checks::network as check;
use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Activation, Layer, NeuralNet};
use no_magic::dataset::Dataset;
use no_magic::softmax::{argmax, softmax};
use no_magic::{cross_entropy, fast, gradient_check, patterns};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Normal};
use solutions::network as solution;

use crate::{diagnosed, passes, right};

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
    let right = |stack, predict| {
        passes("network", "predict", || check::predict(stack, predict));
    };
    // As the hint says.
    right(
        |sizes, rng| {
            let n_layers = sizes.len() - 1;
            let mut layers = Vec::new();
            for l in 0..n_layers {
                let is_last = l + 1 == n_layers;
                let activation =
                    if is_last { Activation::Softmax } else { Activation::Relu };
                layers.push(Layer::new(sizes[l], sizes[l + 1], activation, rng));
            }
            layers
        },
        solution::predict,
    );
    right(
        |sizes, rng| {
            let pairs = sizes.windows(2);
            let layer = |pair: &[usize]| {
                Layer::new(pair[0], pair[1], Activation::Relu, rng)
            };
            let mut layers: Vec<Layer> = pairs.map(layer).collect();
            layers.last_mut().unwrap().activation = Activation::Softmax;
            layers
        },
        |layers, x| layers.iter_mut().fold(x.clone(), |a, layer| layer.forward(&a)),
    );
    right(
        |sizes, rng| {
            // From right to left, with weights of its own.
            let mut layers = Vec::new();
            let mut activation = Activation::Softmax;
            for l in (1..sizes.len()).rev() {
                let scale = (2.0 / sizes[l - 1] as f64).sqrt();
                let normal = Normal::new(0.0, scale).unwrap();
                let w =
                    Array2::from_shape_simple_fn((sizes[l], sizes[l - 1]), || {
                        normal.sample(rng)
                    });
                layers.push(Layer::from_parts(
                    w,
                    Array1::zeros(sizes[l]),
                    activation,
                ));
                activation = Activation::Relu;
            }
            layers.reverse();
            layers
        },
        |layers, x| match layers {
            [] => x.clone(),
            [first, rest @ ..] => solution::predict(rest, &first.forward(x)),
        },
    );
}

#[test]
fn output_gradients_written_differently_pass() {
    let right = right("network", "output_gradient", check::output_gradient);
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
    // Without the 1e-7 where it hardly matters.
    right(|layers, x, y, lr| {
        let p = solution::predict(layers, x)[y];
        solution::train_step(layers, x, y, lr);
        if p > 0.01 { -p.ln() } else { -(p + 1e-7).ln() }
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
            mean += (loss - mean) / (data.len() - left.len()) as f64;
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
    // The lesson's.
    right(|rng| recipe([120; 3], 500, 0.05, rng));
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
fn questions_are_proven() {
    crate::prove(check::questions());
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
fn wrong_networks_are_diagnosed() {
    let wrong = diagnosed(|stack| check::predict(stack, solution::predict));
    wrong(&["reversed"], |sizes, rng| {
        let mut layers = solution::stack(sizes, rng);
        layers.reverse();
        layers
    });
    wrong(&["all_relu", "tenth"], |sizes, rng| {
        let layers = sizes.windows(2).map(|pair| {
            let normal = Normal::new(0.0, 0.1).unwrap();
            let w = Array2::from_shape_simple_fn((pair[1], pair[0]), || {
                normal.sample(rng)
            });
            Layer::from_parts(w, Array1::zeros(pair[1]), Activation::Relu)
        });
        layers.collect()
    });
    wrong(&["seed_by_layer"], |sizes, _| {
        let mut rng = ChaCha8Rng::seed_from_u64(42);
        solution::stack(sizes, &mut rng)
    });
    // He's scale, but for the last layer.
    wrong(&[], |sizes, rng| {
        let mut layers = solution::stack(sizes, rng);
        layers.last_mut().unwrap().w *= 0.5;
        layers
    });
}

#[test]
fn wrong_predictions_are_diagnosed() {
    let wrong = diagnosed(|answer| check::predict(solution::stack, answer));
    wrong(&["copies"], |layers, x| {
        layers.iter().fold(x.clone(), |a, layer| {
            let z = layer.w.dot(&a) + &layer.b;
            match layer.activation {
                Activation::Relu => z.mapv(|z| z.max(0.0)),
                Activation::Softmax => softmax(&z),
            }
        })
    });
    wrong(&["one_hot"], |layers, x| {
        let yhat = solution::predict(layers, x);
        let max = yhat.iter().copied().fold(0.0, f64::max);
        yhat.mapv(|p| if p == max { 1.0 } else { 0.0 })
    });
    // It learns.
    wrong(&[], |layers, x| {
        let yhat = solution::predict(layers, x);
        solution::train_step(layers, x, 0, 0.1);
        yhat
    });
    // Both functions are wrong: the first one is explained.
    let both = diagnosed(|answer| check::predict(|_, _| Vec::new(), answer));
    both(&[], |_, x| x.clone());
}

#[test]
fn wrong_output_gradients_are_diagnosed() {
    let wrong = diagnosed(check::output_gradient);
    wrong(&["likeliest", "mean_over_classes"], |yhat, _| {
        let mut grad = yhat.to_owned();
        grad[argmax(yhat).unwrap()] -= 1.0;
        grad.mapv(|g| g / yhat.len() as f64)
    });
    wrong(&["without_softmax"], |yhat, y| {
        let mut grad = Array1::zeros(yhat.len());
        grad[y] = -1.0 / yhat[y];
        grad
    });
    wrong(&["without_softmax"], |yhat, y| -(one_hot(yhat.len(), y) / yhat));
    wrong(&[], |yhat, y| {
        let mut grad = yhat - one_hot(yhat.len(), y);
        grad[0] = 0.0;
        grad
    });
}

#[test]
fn wrong_training_steps_are_diagnosed() {
    let wrong = diagnosed(check::train_step);
    wrong(&["learning_rate_twice"], |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(layers, x, y);
        back(layers, lr * grad, lr);
        loss
    });
    wrong(&["no_epsilon", "only_last"], |layers, x, y, lr| {
        let p = solution::predict(layers, x);
        let last = layers.last_mut().unwrap();
        last.backward(&(&p - &one_hot(p.len(), y)), lr);
        p[y].recip().ln()
    });
    // Each layer goes forward again before it goes back.
    wrong(&["copies_forward"], |layers, x, y, lr| {
        let (grad, loss) = gradient_and_loss(&mut layers.to_vec(), x, y);
        back(layers, grad, lr);
        loss
    });
    // The biases of the first layer don't change.
    wrong(&[], |layers, x, y, lr| {
        let b = layers[0].b.clone();
        let loss = solution::train_step(layers, x, y, lr);
        layers[0].b = b;
        loss
    });
}

#[test]
fn wrong_epochs_are_diagnosed() {
    let wrong = diagnosed(check::train_epoch);
    wrong(&["halving"], |layers, data, lr, rng| {
        let order = shuffled(data, rng);
        let mut mean = 0.0;
        for loss in steps(layers, data, order, lr) {
            mean = 0.5 * mean + 0.5 * loss;
        }
        mean
    });
    wrong(&["random_comparisons"], |layers, data, lr, rng| {
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.sort_unstable_by(|_, _| 0.5_f64.total_cmp(&rng.random()));
        mean(&steps(layers, data, order, lr))
    });
    wrong(&["not_shuffled", "sum"], |layers, data, lr, _| {
        let mut total = 0.0;
        for (x, &y) in data.inputs().rows().into_iter().zip(data.labels()) {
            total += solution::train_step(layers, &x.to_owned(), y, lr);
        }
        total
    });
    // Momentum by hand, of a kind.
    wrong(&[], |layers, data, lr, rng| {
        let before = layers.to_vec();
        let losses = steps(layers, data, shuffled(data, rng), lr);
        for (layer, before) in layers.iter_mut().zip(before) {
            layer.w = &layer.w + 0.1 * (&layer.w - before.w);
        }
        mean(&losses)
    });
}

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / losses.len() as f64
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

#[test]
fn wrong_capstones_are_described() {
    let says = |fact: &str, answer: check::Capstone| {
        let feedback = check::capstone(answer).expect_err(fact);
        assert!(feedback.mistakes.is_empty());
        let text = feedback.render(false).replace('\n', " ");
        assert!(text.contains(fact), "{fact}: {feedback}");
    };
    says("the number of layers", |rng| {
        let data = patterns::dataset([100; 3], rng).unwrap();
        trained(solution::stack(&[36, 3], rng), &data, 10, 0.05, rng)
    });
    says("Every bias is still 0", |rng| solution::stack(&SIZES, rng));
    says("It says \"horizontal line\" whatever it sees", |rng| {
        recipe([300, 0, 0], 20, 0.05, rng)
    });
    says("It hardly ever says \"X\"", |rng| recipe([300, 300, 0], 20, 0.05, rng));
    says("It says \"horizontal line\" far too often", |rng| {
        recipe([300, 20, 20], 50, 0.05, rng)
    });
    says("know their examples by heart", |rng| recipe([20; 3], 200, 0.05, rng));
    says("it isn't sure yet", |rng| recipe([120; 3], 1, 0.05, rng));
    says("hidden units are silent", |rng| recipe([300; 3], 20, 3.0, rng));
    // By hand, since the weights become NaN.
    says("infinite or NaN", |rng| {
        let data = patterns::dataset([300; 3], rng).unwrap();
        let mut layers = solution::stack(&SIZES, rng);
        for _ in 0..50 {
            solution::train_epoch(&mut layers, &data, -0.05, rng);
        }
        layers
    });
    says("under each other's names", |rng| {
        let data = patterns::dataset([300; 3], rng).unwrap();
        let labels = data.labels().iter().map(|y| (y + 1) % 3).collect();
        let data = Dataset::new(data.inputs().to_owned(), labels, 3).unwrap();
        trained(solution::stack(&SIZES, rng), &data, 20, 0.05, rng)
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
