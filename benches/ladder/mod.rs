//! One training step, written over and over: from the literal translation of the lesson's NumPy to
//! the fastest that we found, from idea to idea. All learn the same.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod buffers;
mod input_major;
mod literal;
pub mod peak;
mod sized;
mod vector;

use ndarray::ArrayView1;
use no_magic::by_hand;

/// A network that can be trained, one example at a time.
pub trait Rung {
    /// One step on one example; returns its loss from before the step.
    fn train_step(&mut self, x: ArrayView1<'_, f64>, y: usize, lr: f64) -> f64;

    /// `W`, row by row, and `b` of each layer.
    fn parameters(&self) -> Vec<f64>;
}

/// The rungs that this processor can climb, each with the weights of `network`, a 36-16-3.
pub fn rungs(network: &by_hand::NeuralNet) -> Vec<(&'static str, Box<dyn Rung>)> {
    let literal = literal::NeuralNet::with_weights_of(network);
    let buffers = buffers::NeuralNet::with_weights_of(network);
    let input_major = input_major::Network::with_weights_of(network);
    let sized = sized::Network::<36, 16, 3>::with_weights_of(network);
    #[cfg(target_arch = "x86_64")]
    let avx2 = avx2::Network::new(sized.clone());
    #[cfg(not(target_arch = "x86_64"))]
    let avx2: Option<sized::Network<36, 16, 3>> = None;

    let mut rungs: Vec<(_, Box<dyn Rung>)> = vec![
        ("literal", Box::new(literal)),
        ("buffers", Box::new(buffers)),
        ("by_hand", Box::new(network.clone())),
        ("input_major", Box::new(input_major)),
        ("sized", Box::new(sized)),
    ];
    if let Some(avx2) = avx2 {
        rungs.push(("avx2", Box::new(avx2)));
    }
    rungs
}

impl Rung for by_hand::NeuralNet {
    fn train_step(&mut self, x: ArrayView1<'_, f64>, y: usize, lr: f64) -> f64 {
        self.train_step(x, y, lr)
    }

    fn parameters(&self) -> Vec<f64> {
        let mut parameters = Vec::new();
        for layer in self.layers() {
            parameters.extend(layer.w());
            parameters.extend(layer.b());
        }
        parameters
    }
}

/// The one hidden layer and the output layer, which is all that the faster rungs are made for.
fn two_layers(network: &by_hand::NeuralNet) -> [&by_hand::Layer; 2] {
    let [hidden, output] = network.layers() else {
        panic!("one hidden layer, not {}", network.layers().len() - 1);
    };
    [hidden, output]
}
