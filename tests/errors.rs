//! Every error, and the exact sentence it says.

use ndarray::{Array2, array};
use no_magic::by_hand::{NetworkError, NeuralNet, Training, TrainingError};
use no_magic::dataset::{Dataset, DatasetError};
use no_magic::drawing::{Drawing, DrawingError};
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

#[track_caller]
fn says(error: impl std::error::Error, sentence: &str) {
    assert_eq!(error.to_string(), sentence);
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

#[test]
fn sizes_of_a_network() {
    let error = |sizes: &[usize]| NeuralNet::new(sizes, &mut rng()).unwrap_err();
    says(
        error(&[]),
        "a network needs at least two sizes, its inputs and its outputs; [] has 0",
    );
    says(
        error(&[36]),
        "a network needs at least two sizes, its inputs and its outputs; [36] has 1",
    );
    says(
        error(&[36, 0, 3]),
        "size 2 of [36, 0, 3] is zero; every layer needs at least one unit",
    );
    assert_eq!(
        error(&[0, 3]),
        NetworkError::ZeroSize {
            position: 1,
            sizes: vec![0, 3]
        }
    );
}

#[test]
fn parameters_of_a_network() {
    let error = |parameters| NeuralNet::from_parameters(parameters).unwrap_err();
    says(error(vec![]), "a network needs at least one layer");
    says(
        error(vec![(Array2::zeros((0, 4)), array![])]),
        "the weights of layer 1 have the shape (0, 4); neither may be zero",
    );
    says(
        error(vec![(array![[1.0], [2.0]], array![0.0])]),
        "layer 1 has 2 outputs, but its bias has the length 1",
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
        "layer 1 has NaN among its weights; every weight must be a finite number",
    );
    says(
        error(vec![(array![[1.0]], array![f64::INFINITY])]),
        "layer 1 has inf among its weights; every weight must be a finite number",
    );
}

#[test]
fn examples_of_a_data_set() {
    let error =
        |inputs, labels: &[usize]| Dataset::new(inputs, labels.to_vec(), 3).unwrap_err();
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
        "each input needs one label, but the inputs number 2 and the labels 3",
    );
    says(
        error(array![[0.0], [1.0]], &[0, 3]),
        "example 1 has the label 3, but with 3 classes it must be below 3",
    );
    says(
        error(array![[0.0, 1.0], [f64::NAN, 1.0]], &[0, 1]),
        "example 1 has NaN at feature 0; every input must be a finite number",
    );
    says(
        error(array![[0.0, f64::NEG_INFINITY]], &[0]),
        "example 0 has -inf at feature 1; every input must be a finite number",
    );
    assert_eq!(
        patterns::dataset([0; 3], &mut rng()),
        Err(DatasetError::NoExamples)
    );
}

#[test]
fn what_training_refuses() {
    let data = patterns::dataset([1; 3], &mut rng()).unwrap();
    let error = |sizes: &[usize], learning_rate| {
        let mut network = NeuralNet::new(sizes, &mut rng()).unwrap();
        Training::new(&mut network, &data, learning_rate, &mut rng())
            .map(drop)
            .unwrap_err()
    };
    says(
        error(&[36, 3], 0.0),
        "the learning rate is 0.0; it must be a positive number, such as 0.05",
    );
    says(
        error(&[36, 3], -0.1),
        "the learning rate is -0.1; it must be a positive number, such as 0.05",
    );
    for learning_rate in [f64::NAN, f64::INFINITY] {
        assert!(matches!(
            error(&[36, 3], learning_rate),
            TrainingError::LearningRate { .. }
        ));
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
        "the loss is no longer a number in epoch 0: with the learning rate 1e200 the steps \
         are too large; try 0.05",
    );
    assert_eq!(training.next(), None);
}

#[test]
fn drawings_as_text() {
    let error = |text: &str| text.parse::<Drawing>().unwrap_err();
    let nothing = "there is no drawing here; write six lines of six characters, # for on and . for off";
    says(error(""), nothing);
    says(error(" \r\n\n"), nothing);
    says(
        error("......\n..x...\n"),
        "line 2, column 3: 'x' is not a pixel; write # (or 1) for on and . (or 0) for off",
    );
    says(
        error("......\n\n......\n......\n......\n......\n......\n"),
        "line 2, column 1: the line ends here, but each line needs 6 characters",
    );
    says(
        error("\n\n.....\n"),
        "line 3, column 6: the line ends here, but each line needs 6 characters",
    );
    says(
        error("......\n.......\n"),
        "line 2, column 7: the line goes on, but each line has only 6 characters",
    );
    says(
        error("......\n......\n"),
        "line 3, column 1: the drawing ends here, but it needs 6 lines",
    );
    says(
        error(&"......\n".repeat(7)),
        "line 7, column 1: the drawing goes on, but it has only 6 lines",
    );
    assert_eq!(
        error("é....."),
        DrawingError::Character {
            line: 1,
            column: 1,
            found: 'é'
        }
    );
}

#[test]
fn drawings_that_are_fine() {
    let plain: Drawing = "######\n......\n......\n......\n......\n......"
        .parse()
        .unwrap();
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
#[should_panic(expected = "x needs one entry for each column of W")]
fn predicting_from_too_few_inputs_panics() {
    let mut network = NeuralNet::new(&[36, 3], &mut rng()).unwrap();
    network.predict(array![1.0].view());
}

#[test]
#[should_panic(expected = "b needs one entry for each of the 2 rows of W")]
fn a_bias_that_does_not_fit_panics() {
    let w = array![[1.0], [2.0]];
    no_magic::by_hand::Layer::from_parts(
        w,
        array![0.0],
        no_magic::by_hand::Activation::Relu,
    );
}

#[test]
#[should_panic(expected = "the label 3 is not below the number of classes, 3")]
fn a_label_out_of_range_panics() {
    let mut network = NeuralNet::new(&[2, 3], &mut rng()).unwrap();
    network.train_step(array![0.0, 1.0].view(), 3, 0.1);
}

#[test]
#[should_panic(expected = "softmax gives a probability for each score")]
fn softmax_into_an_array_of_another_length_panics() {
    no_magic::softmax::softmax_into(array![1.0].view(), array![0.0, 0.0].view_mut());
}

#[test]
#[should_panic(expected = "softmax needs at least one score, got none")]
fn softmax_of_nothing_panics() {
    no_magic::softmax::softmax(array![].view());
}
