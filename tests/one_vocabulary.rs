//! The exercises speak the book's language: an answer works on the book's own
//! layers, and trains them to the book's own weights.

use ndarray::Array1;
use no_magic::by_hand::{Layer, NeuralNet};
use no_magic::dataset::Dataset;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use solutions::{layer, network};

const EPOCHS: usize = 10;
const LR: f64 = 0.05;

/// Drawings, and an untrained network for them.
fn start() -> (Dataset, NeuralNet) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([40; 3], &mut rng).expect("some drawings");
    let net = NeuralNet::new(&[36, 16, 3], &mut rng).expect("a network");
    (data, net)
}

fn weights(layers: Vec<Layer>) -> Vec<f64> {
    NeuralNet { layers }.parameters()
}

/// A training step with the answers to the exercise `layer`, around what
/// `NeuralNet` does.
fn train_step(layers: &mut [Layer], x: &Array1<f64>, y: usize) {
    let mut grad = x.clone();
    for layer in layers.iter_mut() {
        grad = layer::forward(layer, &grad);
    }
    grad[y] -= 1.0;
    for layer in layers.iter_mut().rev() {
        grad = layer::backward(layer, &grad, LR);
    }
}

/// To 1e-12 of the largest weight, not to the last bit: the answer's `exp` is the
/// platform's, the book's is from the crate `libm`, and the two may round
/// differently. Everything else is the same operation in the same order.
#[test]
fn the_answers_to_layer_train_to_the_weights_of_the_book() {
    let (data, mut book) = start();
    let mut layers = book.layers.clone();
    for i in (0..data.len()).cycle().take(EPOCHS * data.len()) {
        let (x, y) = (data.x(i).to_owned(), data.y(i));
        book.train_step(&x, y, LR);
        train_step(&mut layers, &x, y);
    }
    let (book, yours) = (book.parameters(), weights(layers));
    let largest = book.iter().fold(0.0, |max: f64, w| max.max(w.abs()));
    for (book, yours) in book.iter().zip(yours) {
        assert!((book - yours).abs() <= 1e-12 * largest, "{book:e}, {yours:e}");
    }
}

/// To the last bit: forward and backward are the book's own, and so is the order of
/// the examples.
#[test]
fn the_answers_to_network_train_to_the_weights_of_the_book() {
    let (data, mut book) = start();
    let mut layers = book.layers.clone();
    let [mut rng, mut book_rng] = [1; 2].map(ChaCha8Rng::seed_from_u64);
    for _ in 0..EPOCHS {
        book.train_epoch(&data, LR, &mut book_rng);
        network::train_epoch(&mut layers, &data, LR, &mut rng);
    }
    for i in 0..data.len() {
        let x = data.x(i).to_owned();
        assert_eq!(network::predict(&mut layers, &x), book.predict(&x));
    }
    assert_eq!(weights(layers), book.parameters());
}

#[test]
fn a_stack_is_the_network_of_the_book() {
    let layers = network::stack(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(2));
    let book = NeuralNet::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(2));
    assert_eq!(NeuralNet { layers }, book.expect("a network"));
}

/// The first layer's weights, drawn as `Layer::new` draws them.
#[test]
fn the_answer_to_he_weights_draws_the_weights_of_the_book() {
    let w = layer::he_weights(36, 16, &mut ChaCha8Rng::seed_from_u64(3));
    let book = NeuralNet::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(3));
    assert_eq!(w, book.expect("a network").layers[0].w);
}
