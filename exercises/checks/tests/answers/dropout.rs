use std::sync::atomic::{AtomicU64, Ordering};

use checks::dropout::{self as check, Stop};
use ndarray::{Array1, Array2, array};
use no_magic::gradient_check;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use solutions::dropout as solution;

use crate::{diagnosed, passes, right};

type Matrix = Array2<f64>;

#[test]
fn solutions_pass() {
    passes("dropout", "mask", || check::mask(solution::mask));
    passes("dropout", "forward", || {
        check::forward(solution::forward, solution::backward, solution::predict)
    });
    passes("dropout", "early_stopping", || {
        check::early_stopping(solution::early_stopping)
    });
}

#[test]
fn right_masks_written_differently_pass() {
    let right = right("dropout", "mask", check::mask);
    right(|shape, rate, rng| {
        let mut mask = Array2::zeros(shape);
        for m in &mut mask {
            if rng.random::<f64>() >= rate {
                *m = 1.0 / (1.0 - rate);
            }
        }
        mask
    });
    // Numbers in single precision, drawn from one to two.
    right(|shape, rate, rng| {
        let drawn =
            Array2::from_shape_simple_fn(shape, || rng.random_range(1.0..2.0_f32));
        drawn.mapv(|u| {
            let silent = f64::from(u) < 1.0 + rate;
            if silent { 0.0 } else { (1.0 - rate).recip() }
        })
    });
    // Column after column, into an array that is turned at the end.
    right(|(rows, columns), rate, rng| {
        let mut mask = Array2::zeros((columns, rows));
        for m in mask.iter_mut().filter(|_| rng.random::<f64>() >= rate) {
            *m = (1.0 - rate).recip();
        }
        mask.reversed_axes()
    });
}

/// The check looks at statistics; with other numbers, a right mask must not fail by
/// bad luck.
#[test]
fn a_right_mask_passes_whatever_the_generator_says() {
    static SKIPPED: AtomicU64 = AtomicU64::new(0);
    for skipped in 0..20 {
        SKIPPED.store(skipped, Ordering::Relaxed);
        right("dropout", "mask", check::mask)(|shape, rate, rng| {
            let mut rng = ChaCha8Rng::from_rng(rng);
            rng.set_stream(SKIPPED.load(Ordering::Relaxed));
            solution::mask(shape, rate, &mut rng)
        });
    }
}

#[test]
fn right_forwards_written_differently_pass() {
    let right = |forward, backward, predict| {
        passes("dropout", "forward", || check::forward(forward, backward, predict));
    };
    right(
        |x, rate, rng, mask| {
            let mask = mask((x.nrows(), x.ncols()), rate, rng);
            let mut a = x.clone();
            a *= &mask;
            (a, mask)
        },
        |mask, da| {
            Array2::from_shape_fn(da.dim(), |(i, j)| {
                if mask[[i, j]] == 0.0 { 0.0 } else { da[[i, j]] * mask[[i, j]] }
            })
        },
        |x, _| x.to_owned(),
    );
    right(
        |x, rate, rng, mask| {
            let kept = mask(x.dim(), rate, rng);
            let mut a = Array2::zeros(x.dim());
            for ((a, x), m) in a.iter_mut().zip(x).zip(&kept) {
                if *m > 0.0 {
                    *a = x / (1.0 - rate);
                }
            }
            (a, kept)
        },
        |mask, da| da * mask,
        |x, _| x * 1.0,
    );
}

#[test]
fn right_stops_written_differently_pass() {
    let right = right("dropout", "early_stopping", check::early_stopping);
    right(|losses, patience| {
        let (mut stop, mut waited) = (Stop { epochs: 1, best: 0 }, 0);
        for &loss in &losses[1..] {
            waited += 1;
            if loss < losses[stop.best] {
                (stop.best, waited) = (stop.epochs, 0);
            }
            stop.epochs += 1;
            if waited == patience {
                break;
            }
        }
        stop
    });
    // From the rule itself: the first epoch whose `patience` last losses are no
    // better than one before.
    right(|losses, patience| {
        let best_of = |losses: &[f64]| {
            let numbers = 0..losses.len();
            let lower =
                |a: usize, b: usize| if losses[b] < losses[a] { b } else { a };
            numbers.reduce(lower).unwrap()
        };
        let is_over =
            |epochs: &usize| best_of(&losses[..*epochs]) + patience < *epochs;
        let epochs = (1..=losses.len()).find(is_over).unwrap_or(losses.len());
        Stop { epochs, best: best_of(&losses[..epochs]) }
    });
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_masks_are_diagnosed() {
    let wrong = diagnosed(check::mask);
    wrong(&["share_left"], |shape, rate, rng| {
        let mut mask = solution::mask(shape, rate, rng);
        mask.mapv_inplace(|m| m.min(1.0));
        &mask / mask.mean().unwrap()
    });
    wrong(&["percents_rounded_up"], |(rows, columns), rate, rng| {
        let draws = (0..rows * columns).map(|_| rng.random_range(0..100));
        let kept = draws.map(|percent| f64::from(percent) >= 100.0 * rate);
        let mask = kept.map(|kept| if kept { 1.0 / (1.0 - rate) } else { 0.0 });
        Array2::from_shape_vec((rows, columns), mask.collect()).unwrap()
    });
    wrong(&["not_scaled", "one_draw_per_column"], |shape, rate, rng| {
        let units: Vec<bool> =
            (0..shape.1).map(|_| rng.random_bool(rate)).collect();
        Array2::from_shape_fn(shape, |(_, j)| if units[j] { 0.0 } else { 1.0 })
    });
    wrong(&["exact_per_mask"], |shape, rate, rng| {
        let mut places: Vec<_> = ndarray::indices(shape).into_iter().collect();
        places.shuffle(rng);
        let mut mask = Array2::from_elem(shape, 1.0 / (1.0 - rate));
        let share = |i: usize| (i as f64 + 0.5) / places.len() as f64;
        for (i, &place) in places.iter().enumerate() {
            if share(i) < rate {
                mask[place] = 0.0;
            }
        }
        mask
    });
    // Four rows at a time are the same.
    wrong(&[], |(rows, columns), rate, rng| {
        let quarter = solution::mask((rows / 4 + 1, columns), rate, rng);
        Array2::from_shape_fn((rows, columns), |(i, j)| quarter[[i / 4, j]])
    });
    // Silence is not quite 0.
    wrong(&[], |shape, rate, rng| {
        solution::mask(shape, rate, rng).mapv(|m| if m == 0.0 { 1e-6 } else { m })
    });
}

#[test]
fn wrong_passes_are_diagnosed() {
    type Forward =
        fn(&Matrix, f64, &mut ChaCha8Rng, check::Mask) -> (Matrix, Matrix);
    type Backward = fn(&Matrix, &Matrix) -> Matrix;
    type Predict = fn(&Matrix, f64) -> Matrix;
    let diagnosed = diagnosed(|(forward, backward, predict)| {
        check::forward(forward, backward, predict)
    });
    let wrong = |mistakes: &[&str], f: Forward, b: Backward, p: Predict| {
        diagnosed(mistakes, (f, b, p));
    };
    wrong(
        &["a_scaled_twice"],
        |x, rate, rng, mask| {
            let mask = mask(x.dim(), rate, rng);
            (x * &mask / (1.0 - rate), mask)
        },
        solution::backward,
        solution::predict,
    );
    wrong(
        &["dx_is_da", "predict_scales_up"],
        solution::forward,
        |_, da| da.to_owned(),
        |x, rate| x.mapv(|x| x / (1.0 - rate)),
    );
    wrong(
        &["second_mask_returned"],
        |x, rate, rng, mask| {
            (x * &mask(x.dim(), rate, rng), mask(x.dim(), rate, rng))
        },
        solution::backward,
        solution::predict,
    );
    // backward draws another mask, with a generator of its own.
    wrong(
        &[],
        solution::forward,
        |mask, da| {
            let mut rng = ChaCha8Rng::seed_from_u64(5);
            let rate = 1.0 - 1.0 / mask.fold(1.0_f64, |max, &m| max.max(m));
            da * &solution::mask(mask.dim(), rate, &mut rng)
        },
        solution::predict,
    );
}

#[test]
fn a_panic_in_backward_is_told_with_its_message() {
    let backward = |mask: &Matrix, da: &Matrix| mask.dot(da);
    let verdict = check::forward(solution::forward, backward, solution::predict);
    let feedback = verdict.unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    assert_eq!(feedback.function, Some("backward"));
}

#[test]
fn wrong_stops_are_diagnosed() {
    let wrong = diagnosed(check::early_stopping);
    wrong(&["lowest_from_infinity"], |losses, patience| {
        let (mut best, mut lowest, mut waited) = (0, f64::INFINITY, 0);
        let mut epochs = 0;
        for &loss in losses {
            if loss < lowest {
                (best, lowest, waited) = (epochs, loss, 0);
            } else {
                waited += 1;
            }
            epochs += 1;
            if waited >= patience {
                break;
            }
        }
        Stop { epochs, best }
    });
    // The library starts at infinity, too.
    wrong(&["lowest_from_infinity"], |losses, patience| {
        let mut stopping = no_magic::batched::EarlyStopping::new(patience);
        let goes_on =
            |(i, loss): &(usize, &f64)| stopping.should_continue(**loss, i);
        let before = losses.iter().enumerate().take_while(goes_on).count();
        let epochs = losses.len().min(before + 1);
        Stop { epochs, best: stopping.best().map_or(0, |best| *best.1) }
    });
    wrong(&["never_reset", "best_from_1"], |losses, patience| {
        let (mut best, mut waited) = (0, 0);
        for (epoch, &loss) in losses.iter().enumerate().skip(1) {
            if loss < losses[best] {
                best = epoch;
            } else {
                waited += 1;
            }
            if waited == patience {
                return Stop { epochs: epoch + 1, best: best + 1 };
            }
        }
        Stop { epochs: losses.len(), best: best + 1 }
    });
    // The numbers of the example.
    wrong(&[], |_, _| Stop { epochs: 4, best: 1 });
}

/// The example of the page, counted on paper.
#[test]
fn the_example_stops_after_four_epochs() {
    let stop = solution::early_stopping(&[0.9, 0.5, 0.6, 0.7, 0.4], 2);
    assert_eq!(stop, Stop { epochs: 4, best: 1 });
}

/// On paper: with the rate 1/5, `kept` is 5/4.
#[test]
fn the_gradient_is_that_on_paper() {
    let mask = array![[1.25, 0.0], [0.0, 1.25], [1.25, 1.25]];
    let da = array![[4.0, 7.0], [-3.0, -8.0], [0.0, 0.4]];
    let dx = array![[5.0, 0.0], [0.0, -10.0], [0.0, 0.5]];
    assert_eq!(solution::backward(&mask, &da), dx);
}

/// With the same seed, forward draws the same mask each time, so it can be
/// differentiated.
#[test]
fn the_gradient_is_that_of_finite_differences() {
    for (seed, rate) in [(0, 0.5), (1, 0.2), (2, 0.9)] {
        let seeded = || ChaCha8Rng::seed_from_u64(seed);
        let mut rng = ChaCha8Rng::seed_from_u64(seed + 100);
        let mut random =
            || Array2::from_shape_simple_fn((4, 3), || rng.random_range(-1.0..1.0));
        let (x, da): (Matrix, Matrix) = (random(), random());
        let flat = |matrix: &Matrix| matrix.flatten().into_owned();
        let loss = |x: &Array1<f64>| {
            let x = x.to_shape((4, 3)).unwrap().to_owned();
            let (a, _) = solution::forward(&x, rate, &mut seeded(), solution::mask);
            (a * &da).sum()
        };
        let (_, mask) = solution::forward(&x, rate, &mut seeded(), solution::mask);
        let dx = solution::backward(&mask, &da);
        gradient_check::check("dx", loss, &flat(&x), &flat(&dx), 1e-9).unwrap();
    }
}
