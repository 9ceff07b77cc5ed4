//! The live demo trains to the same bits as the library.
//!
//! The module that the page loads is run by an interpreter, which is slow: a few
//! epochs on a few examples are enough to see a difference. The browser's tests
//! compare the whole default run.

use std::fs;
use std::slice::from_ref;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use no_magic::batched::{Adam, Network, Optimizer, Sgd};
use no_magic::by_hand::NeuralNet;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use wasmi::{Engine, Error, Func, Instance, Linker, Module, Store, Val};

const COUNTS: [usize; 3] = [4, 3, 2];
const HIDDEN: usize = 5;
const NOISE: f64 = 0.1;
const SEED: u32 = 7;
const LEARNING_RATE: f64 = 0.05;
const EPOCHS: usize = 4;

/// The module of the page, and a place for what it computes.
struct Demo {
    store: Store<()>,
    instance: Instance,
}

impl Demo {
    /// Instantiates the committed module. What it imports is only for errors, which
    /// do not occur.
    fn new() -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, module()).unwrap();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            let name = import.name().to_owned();
            let called = format!("the module calls {name}");
            let never = Func::new(
                &mut store,
                import.ty().func().unwrap().clone(),
                move |_, _, _| Err(Error::new(called.clone())),
            );
            linker.define(import.module(), &name, never).unwrap();
        }
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        Self { store, instance }
    }

    fn call(&mut self, name: &str, arguments: &[Val]) -> Vec<Val> {
        let function = self.instance.get_func(&self.store, name).unwrap();
        let types = function.ty(&self.store);
        let mut results: Vec<Val> = types
            .results()
            .iter()
            .map(|&result| Val::default_for_ty(result))
            .collect();
        function.call(&mut self.store, arguments, &mut results).unwrap();
        results
    }

    /// Starts a training by hand.
    fn start(&mut self) -> Val {
        let integer = |number: usize| Val::I32(i32::try_from(number).unwrap());
        let created = self.call(
            "training_new",
            &[
                integer(COUNTS[0]),
                integer(COUNTS[1]),
                integer(COUNTS[2]),
                integer(HIDDEN),
                Val::F64(NOISE.into()),
                integer(SEED as usize),
            ],
        );
        created[0].clone()
    }

    /// Hands a text over, as its place and its length.
    fn text(&mut self, text: &str) -> [Val; 2] {
        let length = Val::I32(i32::try_from(text.len()).unwrap());
        let place = self.call("__wbindgen_malloc", &[length.clone(), Val::I32(1)])
            [0]
        .clone();
        let memory = self.instance.get_memory(&self.store, "memory").unwrap();
        let start = usize::try_from(place.i32().unwrap()).unwrap();
        memory.write(&mut self.store, start, text.as_bytes()).unwrap();
        [place, length]
    }

    /// Reads a vector of numbers, which a function returns as its place and its
    /// length.
    fn vector(&self, results: &[Val]) -> Vec<f64> {
        let [place, length] = [0, 1].map(|i| results[i].i32().unwrap() as usize);
        let memory = self.instance.get_memory(&self.store, "memory").unwrap();
        let bytes = &memory.data(&self.store)[place..place + 8 * length];
        let numbers = bytes.chunks_exact(8);
        numbers.map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect()
    }
}

/// The module that `network.js` holds.
fn module() -> Vec<u8> {
    let script = fs::read_to_string("book/src/demo/network.js").unwrap();
    let (_, rest) = script.split_once("noMagicNetwork.module = \"").unwrap();
    BASE64_STANDARD.decode(rest.split('"').next().unwrap()).unwrap()
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn the_module_of_the_page_trains_to_the_same_bits() {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED.into());
    let data = patterns::noisy_dataset(COUNTS, NOISE, &mut rng).unwrap();
    let mut network = NeuralNet::new(&[36, HIDDEN, 3], &mut rng).unwrap();

    let mut demo = Demo::new();
    let training = demo.start();

    for epoch in 0..EPOCHS {
        let loss = network.train_epoch(&data, LEARNING_RATE, &mut rng);
        let arguments = [training.clone(), Val::F64(LEARNING_RATE.into())];
        let theirs = demo.call("training_epoch", &arguments)[0].f64().unwrap();
        assert_eq!(f64::from(theirs).to_bits(), loss.to_bits(), "epoch {epoch}");
    }
    let results = demo.call("training_parameters", &[training]);
    assert_eq!(bits(&demo.vector(&results)), bits(&network.parameters()));
}

#[test]
fn the_module_of_the_page_trains_in_batches_as_the_library_does() {
    let momentum = Sgd { momentum: 0.9, ..Sgd::new(LEARNING_RATE) };
    trains_in_batches("sgd", Sgd::new(LEARNING_RATE));
    trains_in_batches("momentum", momentum);
    trains_in_batches("adam", Adam::new(LEARNING_RATE));
}

/// Products of matrices are summed up in another order on some processors, so the
/// last digits of the module are its own.
fn trains_in_batches(name: &str, mut optimizer: impl Optimizer) {
    const BATCH_SIZE: usize = 4;
    const TOLERANCE: f64 = 1e-9;

    let mut rng = ChaCha8Rng::seed_from_u64(SEED.into());
    let data = patterns::noisy_dataset(COUNTS, NOISE, &mut rng).unwrap();
    let mut network = Network::new(&[36, HIDDEN, 3], &mut rng).unwrap();

    let mut demo = Demo::new();
    let start = demo.start();
    let [place, length] = demo.text(name);
    let size = Val::I32(i32::try_from(BATCH_SIZE).unwrap());
    let training =
        demo.call("batchedtraining_new", &[start, place, length, size])[0].clone();

    let parameters = |network: &mut Network| -> Vec<f64> {
        let parameters = network.parameters_mut();
        parameters.iter().flatten().copied().collect()
    };
    let results = demo.call("batchedtraining_parameters", from_ref(&training));
    assert_eq!(
        bits(&demo.vector(&results)),
        bits(&parameters(&mut network)),
        "{name} starts from the same weights"
    );
    for epoch in 0..EPOCHS {
        let loss = network.train_epoch(&mut optimizer, &data, BATCH_SIZE, &mut rng);
        let arguments = [training.clone(), Val::F64(LEARNING_RATE.into())];
        let theirs =
            demo.call("batchedtraining_epoch", &arguments)[0].f64().unwrap();
        assert!(
            (f64::from(theirs) - loss).abs() < TOLERANCE,
            "{name}, epoch {epoch}: {theirs:?} instead of {loss}"
        );
    }
    let accuracy = demo.call("batchedtraining_accuracy", from_ref(&training));
    let right = network.accuracy(&data);
    assert_eq!(
        f64::from(accuracy[0].f64().unwrap()).to_bits(),
        right.to_bits(),
        "{name}"
    );
    let results = demo.call("batchedtraining_parameters", &[training]);
    for (theirs, ours) in demo.vector(&results).iter().zip(parameters(&mut network))
    {
        assert!(
            (theirs - ours).abs() < TOLERANCE,
            "{name}: {theirs} instead of {ours}"
        );
    }
}
