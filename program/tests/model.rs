//! The model file gives back what was put in.

use ndarray::array;
use no_magic::NetworkError;
use no_magic::by_hand::NeuralNet;
use no_magic_program::model;

#[test]
fn every_bit_comes_back() {
    let w =
        array![[0.1 + 0.2, -0.0, f64::MIN_POSITIVE], [f64::MAX, 5e-324, 1.0 / 3.0]];
    let b = array![-1e-7, 12_345_678_901_234_567.0];
    let network = NeuralNet::from_parameters(vec![(w, b)]).unwrap();
    let again = model::from_json(&model::to_json(&network).unwrap()).unwrap();

    let bits = |network: &NeuralNet| -> Vec<u64> {
        let layer = &network.layers[0];
        layer.w.iter().chain(&layer.b).map(|number| number.to_bits()).collect()
    };
    assert_eq!(bits(&again), bits(&network));
}

#[test]
fn a_broken_network_makes_no_model() {
    let mut network =
        NeuralNet::from_parameters(vec![(array![[1.0]], array![0.0])]).unwrap();
    network.layers[0].w[[0, 0]] = f64::NEG_INFINITY;
    assert_eq!(
        model::to_json(&network),
        Err(NetworkError::NotFinite { layer: 1, value: f64::NEG_INFINITY })
    );
}

#[test]
fn the_file_is_laid_out_as_documented() {
    let hidden = (array![[0.25, -0.5], [1.0, 0.125]], array![0.0, 0.5]);
    let last = (array![[2.0, 3.0]], array![1e-9]);
    let network = NeuralNet::from_parameters(vec![hidden, last]).unwrap();
    let json = String::from_utf8(model::to_json(&network).unwrap()).unwrap();
    insta::assert_snapshot!(json);
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let network =
        NeuralNet::from_parameters(vec![(array![[1.0]], array![0.0])]).unwrap();
    let json = model::to_json(&network).unwrap();
    let marked = [b"\xef\xbb\xbf", json.as_slice()].concat();
    assert_eq!(model::from_json(&marked).unwrap().n_in(), 1);
}
