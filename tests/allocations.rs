//! After construction, a training step allocates nothing.

use allocation_counter::measure;
use no_magic::by_hand::NeuralNet;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

#[test]
fn a_training_step_allocates_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([5; 3], &mut rng).unwrap();
    for sizes in [&[36, 3][..], &[36, 16, 3], &[36, 7, 9, 3]] {
        let mut network = NeuralNet::new(sizes, &mut rng).unwrap();
        let training = measure(|| {
            for i in 0..data.len() {
                network.train_step(data.x(i), data.y(i), 0.05);
            }
        });
        assert_eq!(training.count_total, 0, "a step of {sizes:?}");

        let measuring = measure(|| {
            network.accuracy(&data);
        });
        assert_eq!(measuring.count_total, 0, "the accuracy of {sizes:?}");
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(
        measure(|| drop(std::hint::black_box(vec![0_u8; 100]))).count_total,
        1
    );
}
