//! Every error and every panic, with the exact sentence it says.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ndarray::{Array1, Array2, array};
use no_magic::batched::schedule::{cosine, halving};
use no_magic::batched::{
    Adam, BatchNorm, Batches, Dropout, Layer, Linear, Network, Optimizer, Sgd,
    mean_cross_entropy,
};
use no_magic::by_hand::{self, Activation, NeuralNet};
use no_magic::dataset::{Dataset, DatasetError};
use no_magic::drawing::{Drawing, DrawingError};
use no_magic::training::{Training, TrainingError};
use no_magic::{
    NetworkError, autograd, cross_entropy, digits, fast, gradient_check, patterns,
    softmax,
};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

#[track_caller]
fn says(error: impl std::error::Error, sentence: &str) {
    assert_eq!(error.to_string(), sentence);
}

/// A panic says a sentence, too.
#[track_caller]
fn panics<T>(call: impl FnOnce() -> T, sentence: &str) {
    assert_eq!(message(call), sentence);
}

#[track_caller]
fn message<T>(call: impl FnOnce() -> T) -> String {
    let Err(panic) = catch_unwind(AssertUnwindSafe(call)) else {
        panic!("no panic, but there should be one");
    };
    match panic.downcast::<String>() {
        Ok(said) => *said,
        Err(panic) => panic.downcast_ref::<&str>().unwrap().to_string(),
    }
}

/// A panic whose message says this among other things.
#[track_caller]
fn contains<T>(call: impl FnOnce() -> T, sentence: &str) {
    let said = message(call);
    assert!(said.contains(sentence), "{said}");
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

#[test]
fn sizes_of_a_network() {
    let error = |sizes: &[usize]| {
        let error = NeuralNet::new(sizes, &mut rng()).unwrap_err();
        // All parts agree.
        assert_eq!(Network::new(sizes, &mut rng()), Err(error.clone()));
        let taped = autograd::Network::new(sizes, &mut rng());
        assert_eq!(taped.unwrap_err(), error);
        error
    };
    says(
        error(&[]),
        "a network needs at least two sizes, for its inputs and its outputs, but \
         [] has 0",
    );
    says(
        error(&[36]),
        "a network needs at least two sizes, for its inputs and its outputs, but \
         [36] has 1",
    );
    says(
        error(&[36, 0, 3]),
        "size 2 of [36, 0, 3] is zero; every size must be at least 1",
    );
    assert_eq!(
        error(&[0, 3]),
        NetworkError::ZeroSize { position: 1, sizes: vec![0, 3] }
    );
}

#[test]
fn parameters_of_a_network() {
    let error = |parameters| NeuralNet::from_parameters(parameters).unwrap_err();
    says(error(vec![]), "a network needs at least one layer");
    says(
        error(vec![(Array2::zeros((0, 4)), array![])]),
        "the weights of layer 1 have shape (0, 4); both numbers must be at least 1",
    );
    says(
        error(vec![(array![[1.0], [2.0]], array![0.0])]),
        "layer 1 has 2 outputs, but its bias has length 1",
    );
    says(
        error(vec![
            (array![[1.0], [2.0]], array![0.0, 0.0]),
            (array![[1.0, 2.0, 3.0]], array![0.0]),
        ]),
        "layer 2 takes 3 inputs, but the layer before it has 2 outputs",
    );
    says(
        error(vec![(array![[1.0, f64::NAN]], array![0.0])]),
        "layer 1 has NaN among its weights and biases; all of them must be finite \
         numbers",
    );
    says(
        error(vec![(array![[1.0]], array![f64::INFINITY])]),
        "layer 1 has inf among its weights and biases; all of them must be finite \
         numbers",
    );
}

#[test]
fn examples_of_a_data_set() {
    let error = |inputs, labels: &[usize]| {
        Dataset::new(inputs, labels.to_vec(), 3).unwrap_err()
    };
    says(
        error(Array2::zeros((0, 36)), &[]),
        "the data set is empty; it needs at least one example",
    );
    says(
        error(Array2::zeros((2, 0)), &[0, 1]),
        "the inputs have no features; each example needs at least one number",
    );
    says(
        error(array![[0.0], [1.0]], &[0, 1, 2]),
        "each input needs one label, but there are 2 inputs and 3 labels",
    );
    says(
        error(array![[0.0], [1.0]], &[0, 3]),
        "example 1 has the label 3, but with 3 classes it must be below 3",
    );
    says(
        error(array![[0.0, 1.0], [f64::NAN, 1.0]], &[0, 1]),
        "feature 0 of example 1 is NaN; it must be a finite number",
    );
    says(
        error(array![[0.0, f64::NEG_INFINITY]], &[0]),
        "feature 1 of example 0 is -inf; it must be a finite number",
    );
    assert_eq!(
        patterns::dataset([0; 3], &mut rng()),
        Err(DatasetError::NoExamples)
    );
    assert_eq!(digits::dataset(0, &mut rng()), Err(DatasetError::NoExamples));
    // Ten times as many would be 4 in 64 bits.
    says(
        digits::dataset(1_844_674_407_370_955_162, &mut rng()).unwrap_err(),
        "1844674407370955162 examples of each of 10 classes are more than any \
         memory can hold",
    );
    // This fits into 64 bits, and into no memory.
    says(
        digits::dataset(1_000_000_000_000_000, &mut rng()).unwrap_err(),
        "1000000000000000 examples of each of 10 classes are more than any memory \
         can hold",
    );
}

#[test]
fn what_training_rejects() {
    let data = patterns::dataset([1; 3], &mut rng()).unwrap();
    let error = |sizes: &[usize], lr| {
        let mut network = NeuralNet::new(sizes, &mut rng()).unwrap();
        Training::new(&mut network, &data, lr, &mut rng()).map(drop).unwrap_err()
    };
    says(
        error(&[36, 3], 0.0),
        "the learning rate is 0.0; it must be a positive number, such as 0.05",
    );
    says(
        error(&[36, 3], -0.1),
        "the learning rate is -0.1; it must be a positive number, such as 0.05",
    );
    for lr in [f64::NAN, f64::INFINITY] {
        assert!(matches!(error(&[36, 3], lr), TrainingError::LearningRate { .. }));
    }
    says(
        error(&[35, 3], 0.1),
        "each example has 36 features, but the network takes 35 inputs",
    );
    says(
        error(&[36, 4], 0.1),
        "the data has 3 classes, but the network has 4 outputs",
    );
}

#[test]
fn a_loss_that_is_no_number_ends_the_training() {
    let data = patterns::dataset([10; 3], &mut rng()).unwrap();
    let mut network = NeuralNet::new(&[36, 16, 3], &mut rng()).unwrap();
    let mut rng = rng();
    let mut training = Training::new(&mut network, &data, 1e200, &mut rng).unwrap();
    says(
        training.next().unwrap().unwrap_err(),
        "the loss diverged in epoch 0, because the learning rate 1e200 is too \
         large; try 0.05",
    );
    assert_eq!(training.next(), None);
}

#[test]
fn drawings_as_text() {
    let error = |text: &str| text.parse::<Drawing>().unwrap_err();
    let nothing = "there is no drawing here; write six lines of six characters, # \
                   for on and . for off";
    says(error(""), nothing);
    says(error(" \r\n\n"), nothing);
    says(
        error("......\n..x...\n"),
        "line 2, column 3: 'x' is not a pixel; write # (or 1) for on and . (or 0) \
         for off",
    );
    says(
        error("......\n\n......\n......\n......\n......\n......\n"),
        "line 2, column 1: the line is too short; each line needs 6 characters",
    );
    says(
        error("\n\n.....\n"),
        "line 3, column 6: the line is too short; each line needs 6 characters",
    );
    says(
        error("......\n.......\n"),
        "line 2, column 7: the line is too long; each line needs 6 characters",
    );
    says(
        error("......\n......\n"),
        "line 3, column 1: the drawing is too short; it needs 6 lines",
    );
    says(
        error(&"......\n".repeat(7)),
        "line 7, column 1: the drawing is too long; it needs 6 lines",
    );
    assert_eq!(
        error("é....."),
        DrawingError::Character { line: 1, column: 1, found: 'é' }
    );
}

#[test]
fn drawings_that_are_fine() {
    let plain: Drawing =
        "######\n......\n......\n......\n......\n......".parse().unwrap();
    for text in [
        "######\r\n......\r\n......\r\n......\r\n......\r\n......\r\n",
        "\u{feff}111111\n000000\n000000\n000000\n000000\n000000\n",
        "    ######\n    ......\n    ......\n    ......\n    ......\n    ......\n",
        "\n\n######  \n......\n..0...\n......\n......\n......\n\n \n",
    ] {
        assert_eq!(text.parse(), Ok(plain));
    }
}

#[test]
fn part_one() {
    let mut network = NeuralNet::new(&[36, 3], &mut rng()).unwrap();
    panics(
        || network.predict(&array![1.0]),
        "ndarray: inputs 3 × 36 and 1 × 1 are not compatible for matrix \
         multiplication",
    );
    panics(
        || {
            let w = array![[1.0], [2.0]];
            by_hand::Layer::from_parts(w, array![0.0], Activation::Relu)
        },
        "W has 2 rows, so b needs length 2, not 1",
    );
    panics(
        || by_hand::Layer::new(0, 3, Activation::Relu, &mut rng()),
        "a layer needs at least one input and one output, but W has shape (3, 0)",
    );
    let mut network = NeuralNet::new(&[2, 3], &mut rng()).unwrap();
    panics(
        || network.train_step(&array![0.0, 1.0], 3, 0.1),
        "the label is 3, but it must be below the number of classes, 3",
    );
    panics(
        || cross_entropy::from_logits(&array![0.0], 1),
        "the label is 1, but it must be below the number of classes, 1",
    );
    panics(
        || softmax::softmax(&array![]),
        "softmax needs at least one score, but z is empty",
    );
}

#[test]
fn classes_of_a_data_set() {
    let data = Dataset::new(array![[0.0, 1.0]], vec![0], 3).unwrap();
    let mut by_hand = NeuralNet::new(&[2, 2], &mut rng()).unwrap();
    let batched = Network::new(&[2, 2], &mut rng()).unwrap();
    let sentence = "the data has 3 classes, but the network has 2 outputs";
    panics(|| by_hand.accuracy(&data), sentence);
    panics(|| batched.accuracy(&data), sentence);
    panics(|| batched.mean_loss(&data), sentence);
}

#[test]
fn learning_rates() {
    for (lr, name) in [
        (f64::NAN, "NaN"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (-0.1, "-0.1"),
    ] {
        let sentence = format!(
            "the learning rate is {name}; it must be finite and at least 0"
        );
        let (x, y) = (array![[1.0, 2.0]], [0]);

        panics(|| Sgd::new(lr), &sentence);
        panics(|| Sgd::new(0.1).set_lr(lr), &sentence);
        panics(|| Adam::new(lr), &sentence);
        panics(|| Adam::new(0.1).set_lr(lr), &sentence);
        panics(|| halving(lr, 10, 0), &sentence);
        panics(|| cosine(lr, 10, 0), &sentence);

        // The field is public, so a step looks as well.
        let sgd = Sgd { lr, ..Sgd::new(0.1) };
        let momentum = Sgd { momentum: 0.9, ..sgd.clone() };
        let adam = Adam { lr, ..Adam::new(0.1) };
        panics(|| step(sgd, &x, &y), &sentence);
        panics(|| step(momentum, &x, &y), &sentence);
        panics(|| step(adam, &x, &y), &sentence);

        let mut taped = autograd::Network::new(&[2, 2], &mut rng()).unwrap();
        panics(|| taped.train_step(&x, &y, lr), &sentence);

        let start = NeuralNet::new(&[2, 3, 2], &mut rng()).unwrap();
        let x1 = array![1.0, 2.0];
        let step = || fast::NeuralNet::from(&start).train_step(&x1, 0, lr);
        panics(step, &sentence);
        let step = || fast::buffers::NeuralNet::from(&start).train_step(&x1, 0, lr);
        panics(step, &sentence);
        let step =
            || fast::input_major::NeuralNet::from(&start).train_step(&x1, 0, lr);
        panics(step, &sentence);
        type Sized = fast::sized::NeuralNet<2, 3, 2>;
        panics(|| Sized::from(&start).train_step(&x1, 0, lr), &sentence);
        type SizedBatches = fast::sized::Network<2, 3, 2>;
        let step = || SizedBatches::from(&start).train_step::<false>(&x, &y, lr);
        panics(step, &sentence);
        let step = || fast::Network::from(&start).train_step(&x, &y, lr);
        panics(step, &sentence);
    }
}

#[test]
fn settings_of_an_optimizer() {
    let adam = || Adam::new(0.1);
    let settings: [(Adam, &str); 6] = [
        (
            Adam { beta1: 1.0, ..adam() },
            "beta1 is 1.0; it must be at least 0 and below 1",
        ),
        (
            Adam { beta2: 99.0, ..adam() },
            "beta2 is 99.0; it must be at least 0 and below 1",
        ),
        (
            Adam { beta1: f64::NAN, ..adam() },
            "beta1 is NaN; it must be at least 0 and below 1",
        ),
        (
            Adam { epsilon: -1.0, ..adam() },
            "epsilon is -1.0; it must be finite and at least 0",
        ),
        (
            Adam { weight_decay: -1.0, ..adam() },
            "the weight decay is -1.0; it must be finite and at least 0",
        ),
        (Adam { t: -1, ..adam() }, "t is -1; a number of steps can't be negative"),
    ];
    for (mut adam, sentence) in settings {
        panics(|| step_on(&mut adam, &[2], &[2]), sentence);
    }
    let sgd = || Sgd::new(0.1);
    for (mut sgd, sentence) in [
        (
            Sgd { momentum: -0.9, ..sgd() },
            "momentum is -0.9; it must be at least 0 and below 1",
        ),
        (
            Sgd { momentum: 1.5, ..sgd() },
            "momentum is 1.5; it must be at least 0 and below 1",
        ),
        (
            Sgd { weight_decay: f64::NAN, ..sgd() },
            "the weight decay is NaN; it must be finite and at least 0",
        ),
    ] {
        panics(|| step_on(&mut sgd, &[2], &[2]), sentence);
    }
    for (norm, sentence) in [
        (
            BatchNorm { momentum: 2.0, ..BatchNorm::new(1) },
            "momentum is 2.0; it must be between 0 and 1",
        ),
        (
            BatchNorm { epsilon: 0.0, ..BatchNorm::new(1) },
            "epsilon is 0.0; it must be positive and finite",
        ),
    ] {
        panics(|| norm.forward(&array![[1.0], [2.0]]), sentence);
    }
}

#[test]
fn layers_that_someone_changed() {
    let start = || NeuralNet::new(&[2, 3, 2], &mut rng()).unwrap();
    let mut short = start();
    short.layers[0].b = array![10.0];
    let mut gap = start();
    gap.layers[1] = by_hand::Layer::new(4, 2, Activation::Softmax, &mut rng());
    let mut twice = start();
    twice.layers[0].activation = Activation::Softmax;
    let mut forgotten = start();
    forgotten.layers[1].activation = Activation::Relu;
    let empty = NeuralNet { layers: vec![] };

    let activations = "the last layer must be softmax, and all the others ReLU";
    for (network, says) in [
        (&short, "layers[0] has 3 outputs, but its bias has length 1"),
        (&gap, "layers[1] takes 4 inputs, but the layer before it has 3 outputs"),
        (&twice, activations),
        (&forgotten, activations),
        (&empty, "a network needs at least one layer"),
    ] {
        contains(|| fast::NeuralNet::from(network), says);
        contains(|| fast::Network::<f32>::from(network), says);
        contains(|| fast::buffers::NeuralNet::from(network), says);
        contains(|| fast::input_major::NeuralNet::from(network), says);
        contains(|| fast::sized::NeuralNet::<2, 3, 2>::from(network), says);
        contains(|| fast::sized::Network::<2, 3, 2>::from(network), says);
        contains(|| Network::from(network), says);
        contains(|| autograd::Network::from(network), says);
    }
}

#[test]
fn sizes_that_do_not_fit() {
    let start = NeuralNet::new(&[2, 3, 2], &mut rng()).unwrap();
    panics(
        || fast::NeuralNet::from(&start).train_step(&array![1.0, 2.0, 3.0], 0, 0.1),
        "each example has 3 features, but the network takes 2 inputs",
    );
    panics(
        || fast::sized::NeuralNet::<2, 4, 2>::from(&start),
        "the network has sizes [2, 3, 2], but its type says [2, 4, 2]",
    );
    let seen = Dataset::new(array![[0.0, 1.0]], vec![0], 1).unwrap();
    panics(
        || patterns::unseen([1; 3], &seen, &mut rng()),
        "a drawing has 36 pixels, but each example in `seen` has 2 features",
    );
}

#[test]
fn a_weight_that_f32_can_not_hold() {
    let parameters = vec![(array![[1e300], [0.0]], array![0.0, 0.0])];
    assert!(fast::Network::<f64>::from_parameters(parameters.clone()).is_ok());
    says(
        fast::Network::<f32>::from_parameters(parameters).unwrap_err(),
        "layer 1 has inf among its weights and biases; all of them must be finite \
         numbers",
    );
}

#[test]
fn logits_are_no_probabilities() {
    panics(
        || cross_entropy::from_probabilities(&array![2.0, 5.0], 1),
        "5 is not a probability; for logits, use from_logits",
    );
    panics(
        || cross_entropy::from_probabilities(&array![2.0, -5.0], 1),
        "-5 is not a probability; for logits, use from_logits",
    );
    assert!(cross_entropy::from_probabilities(&array![f64::NAN, 1.0], 0).is_nan());
}

/// A step of a small network.
#[track_caller]
fn step(mut optimizer: impl Optimizer, x: &Array2<f64>, y: &[usize]) -> f64 {
    let mut network = Network::new(&[2, 2], &mut rng()).unwrap();
    network.train_step(&mut optimizer, x, y, &mut rng())
}

#[test]
fn epochs_of_a_schedule() {
    let sentence = "a schedule needs at least one epoch";
    panics(|| cosine(0.1, 0, 0), sentence);
    panics(|| halving(0.1, 0, 5), sentence);
}

#[test]
fn gradients_of_an_optimizer() {
    let momentum = || Sgd { momentum: 0.9, ..Sgd::new(0.1) };
    number_of_gradients(Sgd::new(0.1));
    number_of_gradients(momentum());
    number_of_gradients(Adam::new(0.1));
    another_network(momentum());
    another_network(Adam::new(0.1));

    // What remembers nothing takes any network.
    step_on(&mut Sgd::new(0.1), &[2, 3], &[2, 3]);
}

#[track_caller]
fn number_of_gradients(optimizer: impl Optimizer + Clone) {
    let step = |parameters: &[usize], gradients: &[usize]| {
        step_on(&mut optimizer.clone(), parameters, gradients);
    };
    panics(
        || step(&[2, 3], &[2]),
        "each parameter needs one gradient, but parameters.len() is 2 and \
         gradients.len() is 1",
    );
    panics(
        || step(&[2], &[2, 3]),
        "each parameter needs one gradient, but parameters.len() is 1 and \
         gradients.len() is 2",
    );
    panics(
        || step(&[2, 3], &[2, 1]),
        "parameters[1] has length 3, but its gradient has length 1",
    );
}

#[track_caller]
fn another_network(mut optimizer: impl Optimizer) {
    step_on(&mut optimizer, &[6, 3], &[6, 3]);
    panics(
        || step_on(&mut optimizer, &[6, 3, 9, 3], &[6, 3, 9, 3]),
        "this optimizer remembers parameters of lengths [6, 3], but now they have \
         lengths [6, 3, 9, 3]; use a new optimizer for a new network",
    );
    panics(
        || step_on(&mut optimizer, &[4, 2], &[4, 2]),
        "this optimizer remembers parameters of lengths [6, 3], but now they have \
         lengths [4, 2]; use a new optimizer for a new network",
    );
}

/// A step on parameters and gradients of these lengths.
#[track_caller]
fn step_on(
    optimizer: &mut impl Optimizer,
    parameters: &[usize],
    gradients: &[usize],
) {
    let rows = |lengths: &[usize]| -> Vec<Array1<f64>> {
        lengths.iter().map(|&n| Array1::ones(n)).collect()
    };
    let mut parameters = rows(parameters);
    let mut views: Vec<_> = parameters.iter_mut().map(|p| p.view_mut()).collect();
    optimizer.step(&mut views, &rows(gradients));
}

#[test]
fn shapes_of_a_linear_layer() {
    let w = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    let linear = |b| Linear { w: w.clone(), b };
    let x = array![[1.0, 1.0]];
    panics(
        || linear(array![10.0]).forward(&x),
        "the layer has 3 outputs, but its bias has length 1",
    );
    let layer = linear(array![0.0, 0.0, 0.0]);
    panics(
        || layer.forward(&array![[1.0, 2.0, 3.0]]),
        "the layer takes 2 inputs, but x has shape (1, 3)",
    );
    panics(
        || layer.gradients(&x, &array![[1.0]]),
        "the layer's outputs have shape (1, 3), but dz has shape (1, 1)",
    );
    panics(
        || layer.gradients(&x, &Array2::zeros((2, 3))),
        "the layer's outputs have shape (1, 3), but dz has shape (2, 3)",
    );
    panics(
        || Linear::new(0, 3, &mut rng()),
        "a layer needs at least one input and one output, but W would have shape \
         (3, 0)",
    );
}

#[test]
fn shapes_of_batch_normalization() {
    let (one, five) = (BatchNorm::new(1), BatchNorm::new(5));
    let (narrow, wide) = (Array2::ones((3, 1)), Array2::ones((3, 5)));
    let mismatches = [
        (&one, &wide, "gamma has length 1, but x has shape (3, 5)"),
        (&five, &narrow, "gamma has length 5, but x has shape (3, 1)"),
    ];
    for (norm, x, sentence) in mismatches {
        panics(|| norm.forward(x), sentence);
        panics(|| norm.predict(x), sentence);
        panics(|| norm.backward(x, x), sentence);
        panics(|| norm.clone().observe(x), sentence);
    }
    panics(
        || five.backward(&wide, &Array2::ones((1, 5))),
        "x has shape (3, 5), but dy has shape (1, 5)",
    );
    let norm = BatchNorm { beta: array![0.0], ..BatchNorm::new(5) };
    panics(|| norm.forward(&wide), "gamma has length 5, but beta has length 1");
}

#[test]
fn batch_normalization_of_a_single_example() {
    let mut norm = BatchNorm::new(2);
    let x = array![[1.0, 2.0]];
    let sentence = "batch normalization can't train on a batch of 1; it needs at \
                    least 2 examples, because the variance of a single one is 0";
    panics(|| norm.forward(&x), sentence);
    panics(|| norm.backward(&x, &x), sentence);
    panics(|| norm.observe(&x), sentence);
    assert_eq!(norm, BatchNorm::new(2));
    // A prediction may be for one.
    assert_eq!(norm.predict(&x).dim(), (1, 2));

    // Five examples in batches of two: the last is alone.
    let data = Dataset::new(Array2::zeros((5, 2)), vec![0; 5], 2).unwrap();
    let mut network = Network::new(&[2, 2], &mut rng()).unwrap();
    network.layers.insert(0, Layer::BatchNorm(norm));
    panics(
        || network.train_epoch(&mut Sgd::new(0.1), &data, 2, &mut rng()),
        sentence,
    );
}

#[test]
fn empty_batches() {
    let sentence = "a batch needs at least one example";
    panics(|| mean_cross_entropy(&Array2::zeros((0, 3)), &[]), sentence);
    panics(|| step(Sgd::new(0.1), &Array2::zeros((0, 2)), &[]), sentence);
    panics(
        || mean_cross_entropy(&Array2::zeros((2, 3)), &[0]),
        "each row of the logits needs one label, but there are 2 rows, and \
         labels.len() is 1",
    );
    panics(
        || mean_cross_entropy(&Array2::zeros((1, 3)), &[3]),
        "the label is 3, but it must be below the number of classes, 3",
    );
    let data = patterns::dataset([1; 3], &mut rng()).unwrap();
    panics(|| Batches::new(&data, 0, &mut rng()), sentence);
}

#[test]
fn traces() {
    let network = |sizes: &[usize]| Network::new(sizes, &mut rng()).unwrap();
    let trace_of = |sizes: &[usize], batch| {
        let x = Array2::zeros((batch, sizes[0]));
        network(sizes).forward(&x, &mut rng()).1
    };
    let this = network(&[2, 4, 3]);
    let grad = Array2::ones((2, 3));

    let longer = trace_of(&[2, 4, 4, 3], 2);
    let sentence = "the trace is from a different network: it has length 5, but \
                    this network has 3 layers";
    panics(|| this.backward(&longer, &grad), sentence);
    panics(|| this.clone().observe(&longer), sentence);
    panics(
        || this.backward(&trace_of(&[2, 3], 2), &grad),
        "the trace is from a different network: it has length 1, but this network \
         has 3 layers",
    );
    panics(
        || this.backward(&trace_of(&[2, 5, 3], 2), &grad),
        "the trace is from a different network or batch: trace[2] has shape (2, \
         5), but it must be (2, 4)",
    );
    panics(
        || this.backward(&trace_of(&[2, 4, 3], 1), &grad),
        "the trace is from a different network or batch: trace[2] has shape (1, \
         4), but it must be (2, 4)",
    );
    panics(
        || this.backward(&trace_of(&[2, 4, 3], 2), &Array2::ones((2, 1))),
        "layers[2] has 3 outputs, but its gradient has shape (2, 1)",
    );
}

#[test]
fn dropout_rates() {
    let error = |rate| Dropout::new(rate).unwrap_err();
    says(error(1.0), "the dropout rate is 1; it must be at least 0 and below 1");
    says(
        error(f64::NAN),
        "the dropout rate is NaN; it must be at least 0 and below 1",
    );
}

#[test]
fn tapes() {
    let (a, b) = (autograd::scalar::Tape::new(), autograd::scalar::Tape::new());
    let (x, y) = (a.var(2.0), b.var(3.0));
    panics(|| x.backward().wrt(y), "wrt: the variable is on a different tape");
    panics(|| x + y, "the two numbers are on different tapes");
}

#[test]
fn gradient_checks() {
    let square = |p: &Array1<f64>| p[0] * p[0];
    let check = |p, gradient, tolerance| {
        gradient_check::check("df", square, &p, &gradient, tolerance)
    };
    panics(|| check(array![], array![], 1e-6), "there are no parameters to check");
    for tolerance in [f64::NAN, f64::INFINITY, 2.0, -1e-6] {
        panics(
            || check(array![1.0], array![2.0], tolerance),
            &format!(
                "the tolerance is {tolerance:?}; it must be at least 0 and below 1"
            ),
        );
    }
    let f = |p: &Array1<f64>| p[0];
    let check = |p: f64, gradient: f64| {
        gradient_check::check("e", f, &array![p], &array![gradient], 1e-6)
    };
    // A nudge of 1e-5 is nothing beside 1e12, where neighboring numbers are 1e-4
    // apart.
    for p in [0.0, 0.3, -3.0, 1e12, -1e300] {
        assert!(check(p, 1.0).is_ok(), "{p:e}");
        assert!(check(p, 0.0).is_err(), "{p:e}");
    }
    says(
        check(1e12, 0.0).unwrap_err(),
        "e[0] is 0e0, but finite differences say 1e0 (relative error 1.0e0)",
    );
    assert!(check(f64::INFINITY, 1.0).is_err());
    panics(
        || gradient_check::check("e", f, &array![1.0], &array![1.0, 2.0], 1e-6),
        "a gradient needs one entry for each parameter, but p.len() is 1 and \
         gradient.len() is 2",
    );
}
