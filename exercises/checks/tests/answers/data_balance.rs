use std::sync::LazyLock;

use approx::assert_abs_diff_eq;
use checks::data_balance::{self as check, Finding, Measure, Measurement, fits};
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

use crate::{passes, right, wrong};

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
    // In turns, from the last pattern to the first.
    right(|counts, rng| {
        let turns = 0..*counts.iter().max().unwrap();
        let labels: Vec<usize> = turns
            .flat_map(|turn| {
                (0..3).rev().filter(move |&label| turn < counts[label])
            })
            .collect();
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
    // Pattern by pattern.
    right("data_balance", "measure", check::measure)(|network, data| {
        Pattern::ALL.map(|pattern| {
            let shows = |i: &usize| data.labels()[*i] == pattern.label();
            let drawings: Vec<usize> = (0..data.len()).filter(shows).collect();
            let n = drawings.len() as f64;
            let (mut accuracy, mut confidence) = (0.0, 0.0);
            for i in drawings.into_iter().rev() {
                let mut sorted: Vec<(f64, usize)> = network
                    .predict(&data.x(i).to_owned())
                    .iter()
                    .copied()
                    .zip(0..)
                    .collect();
                sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
                accuracy += f64::from(u8::from(sorted[0].1 == pattern.label())) / n;
                confidence += sorted[0].0 / n;
            }
            Measurement { accuracy, confidence }
        })
    });
    // One minus what it gets wrong.
    right("data_balance", "measure", check::measure)(|network, data| {
        let right = means(network, data, by_label, |yhat, label| {
            1.0 - f64::from(u8::from(argmax(yhat) != Some(label)))
        });
        let confidence = means(network, data, by_label, |yhat, _| largest(yhat));
        measurements(right, confidence)
    });
}

type Group = fn(&Array1<f64>, usize) -> usize;
type Number = fn(&Array1<f64>, usize) -> f64;

/// Sums of a number over groups of drawings.
fn sums(
    network: &mut NeuralNet,
    data: &Dataset,
    group: Group,
    number: Number,
) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for i in 0..data.len() {
        let yhat = network.predict(&data.x(i).to_owned());
        sums[group(&yhat, data.y(i))] += number(&yhat, data.y(i));
    }
    sums
}

fn means(
    network: &mut NeuralNet,
    data: &Dataset,
    group: Group,
    number: Number,
) -> [f64; 3] {
    let counts = sums(network, data, group, |_, _| 1.0);
    let sums = sums(network, data, group, number);
    [0, 1, 2].map(|label| sums[label] / counts[label])
}

fn by_label(_: &Array1<f64>, label: usize) -> usize {
    label
}

fn by_name(yhat: &Array1<f64>, _: usize) -> usize {
    argmax(yhat).unwrap()
}

fn is_right(yhat: &Array1<f64>, label: usize) -> f64 {
    f64::from(u8::from(argmax(yhat) == Some(label)))
}

fn largest(yhat: &Array1<f64>) -> f64 {
    yhat.fold(0.0, |max: f64, &p| max.max(p))
}

fn measurements(accuracy: [f64; 3], confidence: [f64; 3]) -> [Measurement; 3] {
    [0, 1, 2].map(|label| Measurement {
        accuracy: accuracy[label],
        confidence: confidence[label],
    })
}

#[test]
fn right_experiments_written_differently_pass() {
    // As the hint says.
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
            let worse_at = Pattern::ALL
                .into_iter()
                .filter(|p| {
                    lopsided[p.label()].accuracy < balanced[p.label()].accuracy
                })
                .collect();
            let too_sure_of = Pattern::ALL
                .into_iter()
                .filter(|p| {
                    let lopsided = lopsided[p.label()];
                    lopsided.confidence > lopsided.accuracy + 0.1
                })
                .collect();
            Finding { balanced, lopsided, surer_of, worse_at, too_sure_of }
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
    // With the iterator that reports on the training.
    right("data_balance", "experiment", check::experiment)(
        |balanced, lopsided, fresh, seed, measure| {
            let [balanced, lopsided] = [balanced, lopsided].map(|data| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let mut network = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
                no_magic::training::Training::new(
                    &mut network,
                    data,
                    0.05,
                    &mut rng,
                )
                .unwrap()
                .take(50)
                .for_each(drop);
                measure(&mut network, fresh)
            });
            said(balanced, lopsided)
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
fn wrong_training_sets() {
    let wrong = wrong("data_balance", "training_set", check::training_set);
    wrong("always 120 of each", true, |_, rng| drawn(&labels([120; 3]), rng));
    wrong("the counts are permuted", true, |[a, b, c], rng| {
        drawn(&labels([b, c, a]), rng)
    });
    wrong("every label is 0", true, |counts, rng| {
        let drawings = drawings(&labels(counts), rng);
        labeled(&drawings, vec![0; drawings.len()])
    });
    wrong("as many of each", true, |counts, rng| {
        drawn(&labels([counts.iter().sum::<usize>() / 3; 3]), rng)
    });
    wrong("all of them of each", true, |counts, rng| {
        drawn(&labels([counts.iter().sum(); 3]), rng)
    });
    wrong("one too many of each", true, |counts, rng| {
        drawn(&labels(counts.map(|count| count + 1)), rng)
    });
    wrong("one too few of each", true, |counts, rng| {
        drawn(&labels(counts.map(|count| count.saturating_sub(1))), rng)
    });
    wrong("X is left out", true, |[a, b, _], rng| drawn(&labels([a, b, 0]), rng));
    wrong("one drawing for all", true, |counts, rng| {
        let once = Pattern::ALL.map(|pattern| pattern.draw(rng));
        let labels = labels(counts);
        let drawings: Vec<Drawing> =
            labels.iter().map(|&label| once[label]).collect();
        labeled(&drawings, labels)
    });
    wrong("labels in another order than drawings", true, |counts, rng| {
        let mut labels = labels(counts);
        let drawings = drawings(&labels, rng);
        labels.reverse();
        labeled(&drawings, labels)
    });
    wrong("drawings are shuffled without their labels", true, |counts, rng| {
        let labels = labels(counts);
        let mut drawings = drawings(&labels, rng);
        drawings.shuffle(rng);
        labeled(&drawings, labels)
    });
    wrong("pixels stay at zero", true, |counts, _| {
        let labels = labels(counts);
        labeled(&vec![Drawing::default(); labels.len()], labels)
    });
    wrong("a generator of its own", true, |counts, _| {
        drawn(&labels(counts), &mut ChaCha8Rng::seed_from_u64(0))
    });
    wrong("off is minus one", false, |counts, rng| {
        let labels = labels(counts);
        let inputs = drawn(&labels, rng).inputs().mapv(|pixel| 2.0 * pixel - 1.0);
        Dataset::new(inputs, labels, 3).unwrap()
    });
    wrong("a column of ones is added", false, |counts, rng| {
        let labels = labels(counts);
        let ones = Array2::ones((labels.len(), 1));
        let inputs =
            concatenate![Axis(1), drawn(&labels, rng).inputs().view(), ones];
        Dataset::new(inputs, labels, 3).unwrap()
    });
}

#[test]
fn wrong_measures() {
    let wrong = wrong("data_balance", "measure", check::measure);
    // Wrong in the accuracy.
    wrong("accuracy is a count", true, |network, data| {
        let count = sums(network, data, by_label, is_right);
        measurements(count, confidence(network, data))
    });
    wrong("accuracy in percent", true, |network, data| {
        let percent = accuracy(network, data).map(|share| 100.0 * share);
        measurements(percent, confidence(network, data))
    });
    wrong("accuracy is divided by all drawings", true, |network, data| {
        let count = sums(network, data, by_label, is_right);
        let share = count.map(|count| count / data.len() as f64);
        measurements(share, confidence(network, data))
    });
    wrong("accuracy is divided by three", true, |network, data| {
        let count = sums(network, data, by_label, is_right);
        measurements(count.map(|count| count / 3.0), confidence(network, data))
    });
    wrong("accuracy of all patterns together", true, |network, data| {
        measurements([network.accuracy(data); 3], confidence(network, data))
    });
    wrong("accuracy by what the network says", true, |network, data| {
        let precision = means(network, data, by_name, is_right);
        measurements(precision, confidence(network, data))
    });
    wrong("the smallest probability is named", true, |network, data| {
        let share = means(network, data, by_label, |yhat, label| {
            f64::from(u8::from(argmax(&-yhat) == Some(label)))
        });
        measurements(share, confidence(network, data))
    });
    wrong("the share of mistakes", true, |network, data| {
        let mistakes = accuracy(network, data).map(|share| 1.0 - share);
        measurements(mistakes, confidence(network, data))
    });
    wrong("named only above one half", true, |network, data| {
        let share = means(network, data, by_label, |yhat, label| {
            f64::from(u8::from(yhat[label] > 0.5))
        });
        measurements(share, confidence(network, data))
    });
    wrong("accuracy and confidence are swapped", true, |network, data| {
        measurements(confidence(network, data), accuracy(network, data))
    });
    wrong("the expected values typed in", true, |_, _| {
        measurements([2.0 / 3.0, 0.5, 0.5], [2.2 / 3.0, 0.7, 0.65])
    });
    wrong("the drawings are never counted", false, |network, data| {
        let zero = sums(network, data, by_label, |_, _| 0.0);
        measurements(zero.map(|zero| zero / zero), confidence(network, data))
    });
    // Wrong in the confidence.
    wrong("the probability of the right class", true, |network, data| {
        let of_label = means(network, data, by_label, |yhat, label| yhat[label]);
        measurements(accuracy(network, data), of_label)
    });
    wrong("only where it is right", true, |network, data| {
        let sum = sums(network, data, by_label, |yhat, label| {
            is_right(yhat, label) * largest(yhat)
        });
        let count = sums(network, data, by_label, is_right);
        let mean = [0, 1, 2].map(|label| sum[label] / count[label]);
        measurements(accuracy(network, data), mean)
    });
    wrong("zero where it is wrong", true, |network, data| {
        let mean = means(network, data, by_label, |yhat, label| {
            is_right(yhat, label) * largest(yhat)
        });
        measurements(accuracy(network, data), mean)
    });
    wrong("the probability of class 0", true, |network, data| {
        let of_0 = means(network, data, by_label, |yhat, _| yhat[0]);
        measurements(accuracy(network, data), of_0)
    });
    wrong("the smallest probability", true, |network, data| {
        let least = means(network, data, by_label, |yhat, _| {
            yhat.fold(1.0, |min: f64, &p| min.min(p))
        });
        measurements(accuracy(network, data), least)
    });
    wrong("the mean of all probabilities", true, |network, data| {
        let mean = means(network, data, by_label, |yhat, _| yhat.sum() / 3.0);
        measurements(accuracy(network, data), mean)
    });
    wrong("confidence is a sum", true, |network, data| {
        let sum = sums(network, data, by_label, |yhat, _| largest(yhat));
        measurements(accuracy(network, data), sum)
    });
    wrong("confidence is divided by all drawings", true, |network, data| {
        let sum = sums(network, data, by_label, |yhat, _| largest(yhat));
        let mean = sum.map(|sum| sum / data.len() as f64);
        measurements(accuracy(network, data), mean)
    });
    wrong("confidence by what the network says", true, |network, data| {
        let mean = means(network, data, by_name, |yhat, _| largest(yhat));
        measurements(accuracy(network, data), mean)
    });
    wrong("the accuracy twice", true, |network, data| {
        let accuracy = accuracy(network, data);
        measurements(accuracy, accuracy)
    });
    wrong("the network is trained meanwhile", true, |network, data| {
        let measured = solution::measure(network, data);
        network.train_step(&data.x(0).to_owned(), data.y(0), 0.05);
        measured
    });
}

fn accuracy(network: &mut NeuralNet, data: &Dataset) -> [f64; 3] {
    means(network, data, by_label, is_right)
}

fn confidence(network: &mut NeuralNet, data: &Dataset) -> [f64; 3] {
    means(network, data, by_label, |yhat, _| largest(yhat))
}

/// The experiment, answered.
fn experiment(
    balanced: &Dataset,
    lopsided: &Dataset,
    fresh: &Dataset,
    seed: u64,
    measure: Measure,
) -> Finding {
    let [balanced, lopsided] =
        [balanced, lopsided].map(|data| measure(&mut trained(data, seed), fresh));
    said(balanced, lopsided)
}

#[test]
fn wrong_experiments() {
    let wrong = wrong("data_balance", "experiment", check::experiment);
    wrong(
        "balanced and lopsided are swapped",
        true,
        |balanced, lopsided, fresh, seed, measure| {
            experiment(lopsided, balanced, fresh, seed, measure)
        },
    );
    wrong(
        "trained on balanced both times",
        true,
        |balanced, _, fresh, seed, measure| {
            experiment(balanced, balanced, fresh, seed, measure)
        },
    );
    wrong(
        "measured on the training data",
        true,
        |balanced, lopsided, _, seed, measure| {
            said(
                measure(&mut trained(balanced, seed), balanced),
                measure(&mut trained(lopsided, seed), lopsided),
            )
        },
    );
    wrong(
        "both measured on the balanced data",
        true,
        |balanced, lopsided, _, seed, measure| {
            experiment(balanced, lopsided, balanced, seed, measure)
        },
    );
    wrong(
        "lopsided is measured on the balanced data",
        true,
        |balanced, lopsided, fresh, seed, measure| {
            said(
                measure(&mut trained(balanced, seed), fresh),
                measure(&mut trained(lopsided, seed), balanced),
            )
        },
    );
    wrong("trained on the fresh drawings", true, |_, _, fresh, seed, measure| {
        experiment(fresh, fresh, fresh, seed, measure)
    });
    wrong(
        "one network for both",
        true,
        |balanced, lopsided, fresh, seed, measure| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut network = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
            learn(&mut network, balanced, 50, &mut rng);
            let before = measure(&mut network, fresh);
            learn(&mut network, lopsided, 50, &mut rng);
            said(before, measure(&mut network, fresh))
        },
    );
    wrong("one rng for both", true, |balanced, lopsided, fresh, seed, measure| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let [balanced, lopsided] = [balanced, lopsided].map(|data| {
            let mut network = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
            learn(&mut network, data, 50, &mut rng);
            measure(&mut network, fresh)
        });
        said(balanced, lopsided)
    });
    wrong(
        "a second rng to shuffle",
        true,
        |balanced, lopsided, fresh, seed, measure| {
            let [balanced, lopsided] = [balanced, lopsided].map(|data| {
                let mut network = trained_for(0, data, seed);
                learn(&mut network, data, 50, &mut ChaCha8Rng::seed_from_u64(seed));
                measure(&mut network, fresh)
            });
            said(balanced, lopsided)
        },
    );
    wrong("not trained", true, |balanced, lopsided, fresh, seed, measure| {
        let [balanced, lopsided] = [balanced, lopsided]
            .map(|data| measure(&mut trained_for(0, data, seed), fresh));
        said(balanced, lopsided)
    });
    wrong("one epoch", true, |balanced, lopsided, fresh, seed, measure| {
        let [balanced, lopsided] = [balanced, lopsided]
            .map(|data| measure(&mut trained_for(1, data, seed), fresh));
        said(balanced, lopsided)
    });
    wrong("too many epochs", true, |balanced, lopsided, fresh, seed, measure| {
        let [balanced, lopsided] = [balanced, lopsided]
            .map(|data| measure(&mut trained_for(60, data, seed), fresh));
        said(balanced, lopsided)
    });
    wrong("the seed is another", true, |balanced, lopsided, fresh, _, measure| {
        experiment(balanced, lopsided, fresh, 0, measure)
    });
    wrong("numbers that are typed in", true, |_, _, _, _, _| {
        let finding = &RUNS[0].finding;
        said(finding.balanced, finding.lopsided)
    });
    wrong("surer of nothing", true, |balanced, lopsided, fresh, seed, measure| {
        Finding {
            surer_of: Vec::new(),
            ..experiment(balanced, lopsided, fresh, seed, measure)
        }
    });
    wrong("surer of the rare", true, |balanced, lopsided, fresh, seed, measure| {
        Finding {
            surer_of: vec![Pattern::Vertical, Pattern::X],
            ..experiment(balanced, lopsided, fresh, seed, measure)
        }
    });
    wrong(
        "worse at what it has seen most",
        true,
        |balanced, lopsided, fresh, seed, measure| Finding {
            worse_at: vec![Pattern::Horizontal],
            ..experiment(balanced, lopsided, fresh, seed, measure)
        },
    );
    wrong(
        "worse at everything",
        false,
        |balanced, lopsided, fresh, seed, measure| Finding {
            worse_at: Pattern::ALL.to_vec(),
            ..experiment(balanced, lopsided, fresh, seed, measure)
        },
    );
    wrong(
        "too sure of nothing",
        true,
        |balanced, lopsided, fresh, seed, measure| Finding {
            too_sure_of: Vec::new(),
            ..experiment(balanced, lopsided, fresh, seed, measure)
        },
    );
    wrong(
        "too sure of what it is surest of",
        true,
        |balanced, lopsided, fresh, seed, measure| Finding {
            too_sure_of: vec![Pattern::Horizontal],
            ..experiment(balanced, lopsided, fresh, seed, measure)
        },
    );
}
