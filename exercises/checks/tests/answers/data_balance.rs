use std::sync::LazyLock;

use approx::assert_abs_diff_eq;
use checks::data_balance::{self as check, Finding, Measurement, fits};
use ndarray::{Array1, Array2, Axis, array, concatenate};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::drawing::{Drawing, PIXELS};
use no_magic::fast;
use no_magic::patterns::{self, Pattern};
use no_magic::softmax::argmax;
use rand::seq::SliceRandom;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use solutions::data_balance as solution;

use crate::{diagnosed, passes, right};

#[test]
fn solutions_pass() {
    passes("data_balance", "training_set", || {
        check::training_set(solution::training_set)
    });
    passes("data_balance", "measure", || check::measure(solution::measure));
    passes("data_balance", "experiment", || {
        check::experiment(solution::experiment)
    });
}

#[test]
fn right_training_sets_written_differently_pass() {
    let right = right("data_balance", "training_set", check::training_set);
    right(|counts, rng| patterns::dataset(counts, rng).unwrap());
    // Shuffled.
    right(|counts, rng| {
        let mut labels = labels(counts);
        labels.shuffle(rng);
        drawn(&labels, rng)
    });
}

/// As many labels of each pattern as `counts` says.
fn labels(counts: [usize; 3]) -> Vec<usize> {
    (0..3).flat_map(|label| vec![label; counts[label]]).collect()
}

/// A drawing for each label.
fn drawn(labels: &[usize], rng: &mut ChaCha8Rng) -> Dataset {
    labeled(&drawings(labels, rng), labels.to_vec())
}

fn drawings(labels: &[usize], rng: &mut ChaCha8Rng) -> Vec<Drawing> {
    labels.iter().map(|&label| Pattern::ALL[label].draw(rng)).collect()
}

fn labeled(drawings: &[Drawing], labels: Vec<usize>) -> Dataset {
    let pixels = drawings.iter().flat_map(Drawing::pixels).collect();
    let inputs = Array2::from_shape_vec((drawings.len(), PIXELS), pixels).unwrap();
    Dataset::new(inputs, labels, 3).unwrap()
}

#[test]
fn right_measures_written_differently_pass() {
    // One pass for each label, from the last to the first.
    right("data_balance", "measure", check::measure)(|network, data| {
        let mut measured =
            [0, 1, 2].map(|_| Measurement { accuracy: 0.0, confidence: 0.0 });
        for label in (0..3).rev() {
            let mut sure = Vec::new();
            let mut wrong = 0_u32;
            for (x, &y) in data.inputs().rows().into_iter().zip(data.labels()) {
                if y == label {
                    let yhat = network.predict(&x.to_owned()).to_vec();
                    wrong += u32::from(yhat.iter().any(|&p| p > yhat[label]));
                    sure.push(yhat.into_iter().fold(f64::NEG_INFINITY, f64::max));
                }
            }
            measured[label] = Measurement {
                accuracy: 1.0 - f64::from(wrong) / sure.len() as f64,
                confidence: sure.iter().sum::<f64>() / sure.len() as f64,
            };
        }
        measured
    });
}

#[test]
fn right_experiments_written_differently_pass() {
    // As the hint says, and with two lists written down.
    right("data_balance", "experiment", check::experiment)(
        |balanced, lopsided, fresh, seed, measure| {
            let balanced = measure(&mut trained(balanced, seed), fresh);
            let lopsided = measure(&mut trained(lopsided, seed), fresh);
            let surer_of = Pattern::ALL
                .into_iter()
                .filter(|p| {
                    lopsided[p.label()].confidence > balanced[p.label()].confidence
                })
                .collect();
            Finding { surer_of, ..said(balanced, lopsided) }
        },
    );
    // The lists follow from the numbers, in any order.
    right("data_balance", "experiment", check::experiment)(
        |balanced, lopsided, fresh, seed, measure| {
            let lopsided = measure(&mut trained(lopsided, seed), fresh);
            let balanced = measure(&mut trained(balanced, seed), fresh);
            let list = |belongs: &dyn Fn(usize) -> bool| {
                let all = Pattern::ALL.into_iter().rev();
                all.filter(|pattern| belongs(pattern.label())).collect()
            };
            Finding {
                balanced,
                lopsided,
                surer_of: list(&|l| {
                    lopsided[l].confidence > balanced[l].confidence
                }),
                worse_at: list(&|l| lopsided[l].accuracy < balanced[l].accuracy),
                too_sure_of: list(&|l| {
                    lopsided[l].confidence - lopsided[l].accuracy > 0.1
                }),
            }
        },
    );
}

/// What a right experiment says.
fn said(balanced: [Measurement; 3], lopsided: [Measurement; 3]) -> Finding {
    Finding {
        balanced,
        lopsided,
        surer_of: vec![Pattern::Horizontal],
        worse_at: vec![Pattern::X, Pattern::Vertical],
        too_sure_of: vec![Pattern::X, Pattern::Vertical],
    }
}

fn trained(data: &Dataset, seed: u64) -> NeuralNet {
    trained_for(50, data, seed)
}

fn trained_for(epochs: usize, data: &Dataset, seed: u64) -> NeuralNet {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut network = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
    learn(&mut network, data, epochs, &mut rng);
    network
}

/// With `fast`, which gives the same bits sooner.
fn learn(
    network: &mut NeuralNet,
    data: &Dataset,
    epochs: usize,
    rng: &mut ChaCha8Rng,
) {
    let mut fast = fast::NeuralNet::from(&*network);
    for _ in 0..epochs {
        fast.train_epoch(data, 0.05, rng);
    }
    *network = NeuralNet::from(&fast);
}

#[test]
fn every_drawing_fits_its_pattern_and_few_fit_another() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for pattern in Pattern::ALL {
        for other in Pattern::ALL {
            let fitting =
                (0..5_000).filter(|_| fits(other, &pattern.draw(&mut rng))).count();
            if other == pattern {
                assert_eq!(fitting, 5_000, "{pattern}");
            } else {
                assert!(fitting < 250, "{fitting} of {pattern} fit {other}");
            }
        }
    }
}

#[test]
fn the_numbers_of_the_page_agree() {
    let yhat = array![[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.9, 0.06, 0.04]];
    // Of each other pattern a drawing, so that each has one.
    let others = array![[0.1, 0.8, 0.1], [0.5, 0.0625, 0.4375]];
    let yhat = concatenate![Axis(0), yhat, others];
    let w = yhat.t().mapv(f64::ln);
    let mut network =
        NeuralNet::from_parameters(vec![(w, Array1::zeros(3))]).unwrap();
    let data = Dataset::new(Array2::eye(5), vec![0, 0, 0, 1, 2], 3).unwrap();
    let [horizontal, vertical, x] = solution::measure(&mut network, &data);
    assert_abs_diff_eq!(horizontal.accuracy, 2.0 / 3.0, epsilon = 1e-15);
    assert_abs_diff_eq!(horizontal.confidence, 2.2 / 3.0, epsilon = 1e-15);
    assert_eq!((vertical.accuracy, x.accuracy), (1.0, 0.0));
    assert_abs_diff_eq!(vertical.confidence, 0.8, epsilon = 1e-15);
    assert_abs_diff_eq!(x.confidence, 0.5, epsilon = 1e-15);
}

/// One of the twelve experiments of the page.
struct Run {
    finding: Finding,
    balanced: NeuralNet,
    lopsided: NeuralNet,
    lopsided_data: Dataset,
    fresh: Dataset,
    fresh_lopsided: Dataset,
}

static RUNS: LazyLock<Vec<Run>> =
    LazyLock::new(|| (1..=12).map(Run::new).collect());

impl Run {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(100 + seed);
        let mut draw = |counts| patterns::dataset(counts, &mut rng).unwrap();
        let (balanced, lopsided) = (draw([120; 3]), draw([340, 10, 10]));
        let (fresh, fresh_lopsided) = (draw([200; 3]), draw([1700, 50, 50]));
        let [of_balanced, of_lopsided] =
            [&balanced, &lopsided].map(|data| trained(data, seed));
        let measure =
            |network: &NeuralNet| solution::measure(&mut network.clone(), &fresh);
        Self {
            finding: said(measure(&of_balanced), measure(&of_lopsided)),
            balanced: of_balanced,
            lopsided: of_lopsided,
            lopsided_data: lopsided,
            fresh,
            fresh_lopsided,
        }
    }
}

fn mean(of: impl Fn(&Run) -> f64) -> f64 {
    RUNS.iter().map(of).sum::<f64>() / RUNS.len() as f64
}

#[test]
fn the_finding_holds_for_every_seed() {
    for (seed, run) in (1..).zip(RUNS.iter()) {
        let Finding { balanced, lopsided, .. } = run.finding;
        for pattern in Pattern::ALL {
            let (balanced, lopsided) =
                (balanced[pattern.label()], lopsided[pattern.label()]);
            let often = pattern == Pattern::Horizontal;
            assert_eq!(lopsided.confidence > balanced.confidence, often, "{seed}");
            assert_eq!(lopsided.accuracy < balanced.accuracy, !often, "{seed}");
            let too_sure = lopsided.confidence > lopsided.accuracy + 0.1;
            assert_eq!(too_sure, !often, "{seed}");
            assert!(balanced.confidence < balanced.accuracy + 0.1, "{seed}");
        }
    }
}

#[test]
fn the_table_of_the_page_is_what_the_experiments_show() {
    let page = include_str!("../../../../book/src/exercises/data_balance.md");
    for pattern in Pattern::ALL {
        let label = pattern.label();
        let percent = |of: fn(&Run) -> &[Measurement; 3],
                       number: fn(&Measurement) -> f64| {
            format!("{:.0}%", 100.0 * mean(|run| number(&of(run)[label])))
        };
        let row = format!(
            "| {pattern} | {} / {} | {} / {} |\n",
            percent(|run| &run.finding.balanced, |m| m.accuracy),
            percent(|run| &run.finding.balanced, |m| m.confidence),
            percent(|run| &run.finding.lopsided, |m| m.accuracy),
            percent(|run| &run.finding.lopsided, |m| m.confidence),
        );
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn of_what_is_called_horizontal_fewer_than_half_are() {
    let share = mean(|run| {
        let mut network = run.lopsided.clone();
        let called: Vec<usize> = (0..run.fresh.len())
            .filter(|&i| {
                argmax(&network.predict(&run.fresh.x(i).to_owned())) == Some(0)
            })
            .collect();
        let are = called.iter().filter(|&&i| run.fresh.y(i) == 0).count();
        are as f64 / called.len() as f64
    });
    assert!((0.4..0.5).contains(&share), "{share}");
}

#[test]
fn nothing_gives_an_alarm() {
    let accuracy =
        |network: &NeuralNet, data: &Dataset| network.clone().accuracy(data);
    let percent = |share: f64| format!("{:.0}%", 100.0 * share);
    assert!(
        RUNS.iter().all(|run| accuracy(&run.lopsided, &run.lopsided_data) == 1.0)
    );
    let lopsided = mean(|run| accuracy(&run.lopsided, &run.fresh_lopsided));
    let balanced = mean(|run| accuracy(&run.balanced, &run.fresh_lopsided));
    assert_eq!(
        (percent(lopsided), percent(balanced)),
        ("97%".into(), "97%".into())
    );
}

#[test]
fn it_is_both_the_many_and_the_few() {
    for (seed, run) in (1..).zip(RUNS.iter()) {
        let rows: Vec<usize> = (0..10).chain(340..360).collect();
        let labels = rows.iter().map(|&i| run.lopsided_data.y(i)).collect();
        let inputs = run.lopsided_data.inputs().select(Axis(0), &rows);
        let few = Dataset::new(inputs, labels, 3).unwrap();
        let few = solution::measure(&mut trained(&few, seed), &run.fresh);
        for label in [1, 2] {
            let accuracy = |numbers: &[Measurement; 3]| numbers[label].accuracy;
            assert!(accuracy(&run.finding.lopsided) < accuracy(&few), "{seed}");
            assert!(accuracy(&few) < accuracy(&run.finding.balanced), "{seed}");
        }
    }
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_training_sets_are_diagnosed() {
    let wrong = diagnosed(check::training_set);
    // The drawings are shuffled, but not their labels.
    wrong(&["separated"], |counts, rng| {
        let labels = labels(counts);
        let mut drawings = drawings(&labels, rng);
        drawings.shuffle(rng);
        labeled(&drawings, labels)
    });
    wrong(&["one_too_many", "own_generator"], |counts, _| {
        let mut rng = ChaCha8Rng::seed_from_u64(42);
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for (pattern, count) in Pattern::ALL.into_iter().zip(counts) {
            for _ in 0..=count {
                pixels.extend(pattern.draw(&mut rng).pixels());
                labels.push(pattern.label());
            }
        }
        let shape = (labels.len(), PIXELS);
        Dataset::new(Array2::from_shape_vec(shape, pixels).unwrap(), labels, 3)
            .unwrap()
    });
    // A column of ones is added.
    wrong(&[], |counts, rng| {
        let labels = labels(counts);
        let ones = Array2::ones((labels.len(), 1));
        let inputs =
            concatenate![Axis(1), drawn(&labels, rng).inputs().view(), ones];
        Dataset::new(inputs, labels, 3).unwrap()
    });
}

#[test]
fn wrong_measures_are_diagnosed() {
    let wrong = diagnosed(check::measure);
    wrong(&["accuracy_together", "of_the_label"], |network, data| {
        let accuracy = network.accuracy(data);
        let mut confidence = [0.0; 3];
        for (x, &y) in data.inputs().rows().into_iter().zip(data.labels()) {
            let n = data.labels().iter().filter(|&&label| label == y).count();
            confidence[y] += network.predict(&x.to_owned())[y] / n as f64;
        }
        confidence.map(|confidence| Measurement { accuracy, confidence })
    });
    wrong(&["network_changed"], |network, data| {
        let measured = solution::measure(network, data);
        network.train_epoch(data, 0.05, &mut ChaCha8Rng::seed_from_u64(0));
        measured
    });
    // A running mean that weighs the last drawings most.
    wrong(&[], |network, data| {
        let right = solution::measure(network, data);
        let mut mean = [0.0; 3];
        for i in 0..data.len() {
            let yhat = network.predict(&data.x(i).to_owned());
            let sure = yhat.fold(0.0, |max: f64, &p| max.max(p));
            mean[data.y(i)] = f64::midpoint(mean[data.y(i)], sure);
        }
        [0, 1, 2].map(|l| Measurement { confidence: mean[l], ..right[l] })
    });
}

#[test]
fn wrong_experiments_are_diagnosed() {
    let wrong = diagnosed(check::experiment);
    wrong(&["rng_goes_on"], |balanced, lopsided, fresh, seed, measure| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let [balanced, lopsided] = [balanced, lopsided].map(|data| {
            let mut network = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
            learn(&mut network, data, 50, &mut rng);
            measure(&mut network, fresh)
        });
        said(balanced, lopsided)
    });
    // The lists are typed in, and right, although the numbers are not.
    wrong(&["swapped"], |balanced, lopsided, fresh, seed, measure| {
        let measured = [lopsided, balanced]
            .map(|data| measure(&mut trained(data, seed), fresh));
        said(measured[0], measured[1])
    });
    wrong(
        &["measured_on_own_data", "second_rng"],
        |balanced, lopsided, _, seed, measure| {
            let [balanced, lopsided] = [balanced, lopsided].map(|data| {
                let mut network = trained_for(0, data, seed);
                learn(&mut network, data, 50, &mut ChaCha8Rng::seed_from_u64(seed));
                measure(&mut network, data)
            });
            said(balanced, lopsided)
        },
    );
    // With all drawings, the confidences give the same list.
    wrong(
        &["worse_at_by_confidence"],
        |balanced, lopsided, fresh, seed, measure| {
            let [balanced, lopsided] = [balanced, lopsided]
                .map(|data| measure(&mut trained(data, seed), fresh));
            let mut finding = said(balanced, lopsided);
            finding.worse_at = Pattern::ALL.into();
            finding.worse_at.retain(|p| {
                lopsided[p.label()].confidence < balanced[p.label()].confidence
            });
            finding
        },
    );
    // Another number of epochs, another seed, other sizes: all without a name.
    wrong(&[], |balanced, lopsided, fresh, seed, measure| {
        let [balanced, lopsided] = [balanced, lopsided]
            .map(|data| measure(&mut trained_for(60, data, seed), fresh));
        said(balanced, lopsided)
    });
    wrong(&[], |_, _, _, _, _| {
        let finding = &RUNS[0].finding;
        said(finding.balanced, finding.lopsided)
    });
    wrong(&[], |_, lopsided, fresh, seed, measure| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut network = NeuralNet::new(&[36, 32, 3], &mut rng).unwrap();
        learn(&mut network, lopsided, 1, &mut rng);
        let measured = measure(&mut network, fresh);
        said(measured, measured)
    });
}
