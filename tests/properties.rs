//! What must hold for any numbers, not just for those in the examples.

use approx::{abs_diff_eq, relative_eq};
use ndarray::{Array1, Array2, Axis, array, s};
use no_magic::by_hand::NeuralNet;
use no_magic::drawing::Drawing;
use no_magic::softmax::{argmax, log_softmax, log_sum_exp, softmax};
use no_magic::{cross_entropy, fast};
use proptest::collection::vec;
use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn scores() -> impl Strategy<Value = Array1<f64>> {
    vec(-30.0..30.0, 1..8).prop_map(Array1::from)
}

fn any_finite_scores() -> impl Strategy<Value = Array1<f64>> {
    vec(POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO, 1..8)
        .prop_map(Array1::from)
}

fn network_and_example() -> impl Strategy<Value = (NeuralNet, Array1<f64>, usize)> {
    (
        any::<u64>(),
        vec(1_usize..7, 1..4),
        vec(-2.0..2.0, 5),
        2_usize..5,
        any::<prop::sample::Index>(),
    )
        .prop_map(|(seed, hidden, x, classes, y)| {
            let sizes: Vec<usize> = [&[x.len()], &hidden[..], &[classes]].concat();
            let network =
                NeuralNet::new(&sizes, &mut ChaCha8Rng::seed_from_u64(seed))
                    .unwrap();
            (network, Array1::from(x), y.index(classes))
        })
}

fn loss(network: &mut NeuralNet, x: &Array1<f64>, y: usize) -> f64 {
    cross_entropy::from_probabilities(&network.predict(x), y)
}

proptest! {
    #[test]
    fn softmax_is_a_distribution_for_any_finite_scores(z in any_finite_scores()) {
        let a = softmax(&z);
        prop_assert!(a.iter().all(|a| (0.0..=1.0).contains(a)), "{a}");
        prop_assert!(abs_diff_eq!(a.sum(), 1.0, epsilon = 1e-14), "{a}");
    }

    #[test]
    fn softmax_does_not_change_when_all_scores_shift(
        z in scores(),
        shift in -100.0..100.0,
    ) {
        let (a, shifted) = (softmax(&z), softmax(&z.mapv(|z| z + shift)));
        prop_assert!(abs_diff_eq!(a, shifted, epsilon = 1e-12), "{a} {shifted}");
    }

    #[test]
    fn equal_scores_get_equal_probabilities(
        score in any_finite_scores(),
        n in 1_usize..9,
    ) {
        let a = softmax(&Array1::from_elem(n, score[0]));
        prop_assert!(a.iter().all(|&a| a == 1.0 / n as f64), "{a}");
    }

    #[test]
    fn log_softmax_is_the_logarithm_of_softmax(z in scores()) {
        let ln_a = log_softmax(&z);
        prop_assert!(abs_diff_eq!(ln_a.exp(), softmax(&z), epsilon = 1e-14));
        prop_assert!(abs_diff_eq!(ln_a, &z - log_sum_exp(&z), epsilon = 1e-13));
    }

    #[test]
    fn one_nan_among_the_scores_makes_every_probability_nan(
        z in scores(),
        at in any::<prop::sample::Index>(),
    ) {
        let mut z = z;
        let at = at.index(z.len());
        z[at] = f64::NAN;
        prop_assert!(softmax(&z).iter().all(|a| a.is_nan()));
        prop_assert!(log_softmax(&z).iter().all(|a| a.is_nan()));
        prop_assert_eq!(argmax(&z), None);
    }

    #[test]
    fn the_gradient_of_the_logits_sums_to_zero(
        z in any_finite_scores(),
        y in any::<prop::sample::Index>(),
    ) {
        let gradient = cross_entropy::gradient(&z, y.index(z.len()));
        prop_assert!(
            abs_diff_eq!(gradient.sum(), 0.0, epsilon = 1e-14),
            "{gradient}"
        );
    }

    #[test]
    fn the_two_losses_agree_where_neither_is_extreme(
        z in vec(-5.0..5.0, 1..8),
        y in any::<prop::sample::Index>(),
    ) {
        let z = Array1::from(z);
        let y = y.index(z.len());
        let from_probabilities = cross_entropy::from_probabilities(&softmax(&z), y);
        let from_logits = cross_entropy::from_logits(&z, y);
        // The 1e-7 shifts the loss by 1e-7 / ŷ, and ŷ is at least exp(-10) / 8.
        prop_assert!(abs_diff_eq!(from_probabilities, from_logits, epsilon = 0.02));
        prop_assert!(from_probabilities <= from_logits + 1e-14);
    }

    #[test]
    fn a_small_step_lowers_the_loss((mut network, x, y) in network_and_example()) {
        let before = network.train_step(&x, y, 1e-4);
        let after = loss(&mut network, &x, y);
        prop_assert!(after <= before, "{before} {after}");
    }

    #[test]
    fn a_step_of_size_zero_changes_nothing(
        (mut network, x, y) in network_and_example(),
    ) {
        let before = network.clone();
        network.train_step(&x, y, 0.0);
        for (before, after) in before.layers.iter().zip(&network.layers) {
            prop_assert_eq!(&before.w, &after.w);
            prop_assert_eq!(&before.b, &after.b);
        }
    }

    #[test]
    fn permuted_classes_learn_the_same(
        (network, x, y) in network_and_example(),
        swap in any::<prop::sample::Index>(),
    ) {
        // Swap class 0 with another one, in the last layer's rows and in the label.
        let other = swap.index(network.n_out());
        let swapped = |class| match class {
            0 => other,
            _ if class == other => 0,
            _ => class,
        };
        let order: Vec<usize> = (0..network.n_out()).map(swapped).collect();
        let permute = |network: &NeuralNet| {
            let mut parameters: Vec<(Array2<f64>, Array1<f64>)> =
                network.layers.iter().map(|l| (l.w.clone(), l.b.clone())).collect();
            let (w, b) = parameters.pop().unwrap();
            parameters.push((w.select(Axis(0), &order), b.select(Axis(0), &order)));
            NeuralNet::from_parameters(parameters).unwrap()
        };

        let (mut plain, mut permuted) = (network.clone(), permute(&network));
        for _ in 0..3 {
            plain.train_step(&x, y, 0.1);
            permuted.train_step(&x, swapped(y), 0.1);
        }
        let expected = permute(&plain);
        for (plain, permuted) in expected.layers.iter().zip(&permuted.layers) {
            prop_assert!(
                relative_eq!(
                    plain.w,
                    permuted.w,
                    epsilon = 1e-12,
                    max_relative = 1e-12,
                )
            );
            prop_assert!(
                relative_eq!(
                    plain.b,
                    permuted.b,
                    epsilon = 1e-12,
                    max_relative = 1e-12,
                )
            );
        }
    }

    #[test]
    fn a_view_with_gaps_gives_the_same_bits(
        (mut network, x, _) in network_and_example(),
    ) {
        // Sums must not depend on how the caller's numbers lie in memory.
        let mut spread = Array1::zeros(2 * x.len());
        spread.slice_mut(s![..;2]).assign(&x);
        let mut fast = fast::NeuralNet::from(&network);
        prop_assert_eq!(
            fast.predict(&spread.slice(s![..;2])),
            network.predict(&x).to_vec()
        );
    }

    #[test]
    fn a_drawing_survives_its_text(pixels in vec(any::<bool>(), 36)) {
        let mut drawing = Drawing::default();
        for (i, &on) in pixels.iter().enumerate() {
            drawing.set(i / 6, i % 6, on);
        }
        prop_assert_eq!(drawing.to_string().parse::<Drawing>(), Ok(drawing));
        prop_assert_eq!(drawing.transposed().transposed(), drawing);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[#.01x\r\n \u{feff}é]{0,60}") {
        let _ = text.parse::<Drawing>();
    }
}

#[test]
fn the_largest_finite_scores_are_no_trouble() {
    assert_eq!(softmax(&array![1e308, -1e308]), array![1.0, 0.0]);
    assert_eq!(softmax(&array![-1e308, -1e308]), array![0.5, 0.5]);
    assert_eq!(
        softmax(&array![f64::MAX, f64::MIN, f64::MAX]),
        array![0.5, 0.0, 0.5]
    );
    assert_eq!(log_softmax(&array![1e308, 0.0]), array![0.0, -1e308]);
    assert_eq!(cross_entropy::from_logits(&array![1e308, 0.0], 1), 1e308);
}

#[test]
fn an_infinite_score_gives_nan_rather_than_a_wrong_label() {
    for z in
        [array![f64::INFINITY, 0.0], array![f64::NEG_INFINITY, f64::NEG_INFINITY]]
    {
        assert!(softmax(&z).iter().all(|a| a.is_nan()));
        assert_eq!(argmax(&softmax(&z)), None);
    }
}
