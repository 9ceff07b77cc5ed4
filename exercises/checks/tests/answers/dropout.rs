use std::sync::atomic::{AtomicU64, Ordering};

use checks::dropout::{self as check, Stop};
use ndarray::{Array1, Array2, array};
use no_magic::gradient_check;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use solutions::dropout as solution;

use crate::{passes, rejects, right, wrong};

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
    // Column after column, and whom to keep instead of whom to silence.
    right(|(rows, columns), rate, rng| {
        let mut mask = Array2::zeros((rows, columns));
        for j in 0..columns {
            for i in 0..rows {
                mask[[i, j]] =
                    f64::from(rng.random_bool(1.0 - rate)) / (1.0 - rate);
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
    right(|(rows, columns), rate, rng| {
        let draws = (0..rows * columns).map(|_| rng.random_range(0..100));
        let kept = draws.map(|percent| f64::from(percent) >= 100.0 * rate);
        let mask = kept.map(|kept| if kept { 1.0 / (1.0 - rate) } else { 0.0 });
        Array2::from_shape_vec((rows, columns), mask.collect()).unwrap()
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
    right(|losses, patience| {
        let mut stopping = no_magic::batched::EarlyStopping::new(patience);
        let goes_on =
            |(i, loss): &(usize, &f64)| stopping.should_continue(**loss, i);
        let before = losses.iter().enumerate().take_while(goes_on).count();
        let epochs = losses.len().min(before + 1);
        let best = stopping.best().unwrap();
        Stop { epochs, best: *best.1 }
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

/// A mask, given what is drawn for each entry and what is left of a number.
fn drawn(
    shape: (usize, usize),
    mut is_silent: impl FnMut(usize, usize) -> bool,
    kept: f64,
) -> Matrix {
    Array2::from_shape_fn(shape, |(i, j)| if is_silent(i, j) { 0.0 } else { kept })
}

#[test]
fn wrong_masks() {
    let wrong = wrong("dropout", "mask", check::mask);
    wrong("not scaled", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(rate), 1.0)
    });
    wrong("scaled by 1 - rate", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(rate), 1.0 - rate)
    });
    wrong("divided by rate", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(rate), 1.0 / rate)
    });
    wrong("scaled by rate", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(rate), rate)
    });
    wrong("scaled twice", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(rate), (1.0 - rate).powi(-2))
    });
    wrong("the sign is flipped", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(rate), -1.0 / (1.0 - rate))
    });
    wrong("rate and 1 - rate are swapped", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(1.0 - rate), 1.0 / rate)
    });
    wrong("kept with the probability rate", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random::<f64>() > rate, 1.0 / (1.0 - rate))
    });
    wrong("a coin for every rate", true, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random(), 1.0 / (1.0 - rate))
    });
    wrong("a tenth for every rate", false, |shape, rate, rng| {
        drawn(shape, |_, _| rng.random_bool(0.1), 1.0 / (1.0 - rate))
    });
    wrong("divided by the share that is left", true, |shape, rate, rng| {
        let mask = drawn(shape, |_, _| rng.random_bool(rate), 1.0);
        &mask / mask.mean().unwrap()
    });
    wrong("the drawn numbers are kept", true, |shape, rate, rng| {
        let numbers = Array2::from_shape_simple_fn(shape, || rng.random::<f64>());
        numbers.mapv(|u| if u < rate { 0.0 } else { u / (1.0 - rate) })
    });
    wrong("one draw for each row", true, |shape, rate, rng| {
        let silent: Vec<bool> =
            (0..shape.0).map(|_| rng.random_bool(rate)).collect();
        drawn(shape, |i, _| silent[i], 1.0 / (1.0 - rate))
    });
    wrong("one draw for each column", true, |shape, rate, rng| {
        let silent: Vec<bool> =
            (0..shape.1).map(|_| rng.random_bool(rate)).collect();
        drawn(shape, |_, j| silent[j], 1.0 / (1.0 - rate))
    });
    wrong("one draw for the whole batch", true, |shape, rate, rng| {
        let kept = if rng.random_bool(rate) { 0.0 } else { 1.0 / (1.0 - rate) };
        Array2::from_elem(shape, kept)
    });
    wrong("always the first units", true, |shape, rate, _| {
        let silent = rate * shape.1 as f64;
        drawn(shape, |_, j| (j as f64) < silent, 1.0 / (1.0 - rate))
    });
    wrong("a checkerboard", true, |shape, rate, _| {
        drawn(shape, |i, j| (i + j) % 4 == 0, 1.0 / (1.0 - rate))
    });
    wrong("exactly as many in every row", true, |shape, rate, rng| {
        let silent = rate * shape.1 as f64;
        let mut mask = drawn(shape, |_, j| (j as f64) < silent, 1.0 / (1.0 - rate));
        for mut row in mask.rows_mut() {
            row.as_slice_mut().unwrap().shuffle(rng);
        }
        mask
    });
    wrong("exactly as many in every mask", true, |shape, rate, rng| {
        let silent = rate * (shape.0 * shape.1) as f64;
        let is_silent = |i, j| ((i * shape.1 + j) as f64) < silent;
        let mut mask = drawn(shape, is_silent, 1.0 / (1.0 - rate));
        mask.as_slice_mut().unwrap().shuffle(rng);
        mask
    });
    wrong("all rows in four are the same", false, |shape, rate, rng| {
        let silent: Vec<bool> =
            (0..shape.0 * shape.1).map(|_| rng.random_bool(rate)).collect();
        drawn(shape, |i, j| silent[i / 4 * shape.1 + j], 1.0 / (1.0 - rate))
    });
    wrong("a generator of its own", true, |shape, rate, _| {
        let mut rng = ChaCha8Rng::seed_from_u64(42);
        drawn(shape, |_, _| rng.random_bool(rate), 1.0 / (1.0 - rate))
    });
    wrong("a copy of the generator", true, |shape, rate, rng| {
        let mut rng = ChaCha8Rng::from_seed(rng.get_seed());
        drawn(shape, |_, _| rng.random_bool(rate), 1.0 / (1.0 - rate))
    });
    wrong("a generator that the seed does not fix", true, |shape, rate, _| {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let mut rng =
            ChaCha8Rng::seed_from_u64(CALLS.fetch_add(1, Ordering::Relaxed));
        drawn(shape, |_, _| rng.random_bool(rate), 1.0 / (1.0 - rate))
    });
    wrong("rows and columns are swapped", true, |(rows, columns), rate, rng| {
        drawn((columns, rows), |_, _| rng.random_bool(rate), 1.0 / (1.0 - rate))
    });
    wrong("silent is not a number", false, |shape, rate, rng| {
        solution::mask(shape, rate, rng)
            .mapv(|m| if m == 0.0 { f64::NAN } else { m })
    });
    wrong("rate zero silences all", true, |shape, rate, rng| {
        if rate == 0.0 {
            return Array2::zeros(shape);
        }
        solution::mask(shape, rate, rng)
    });
    wrong("rate zero is not scaled to one", false, |shape, rate, rng| {
        solution::mask(shape, if rate == 0.0 { 0.5 } else { rate }, rng)
    });
}

#[test]
fn wrong_forwards() {
    let wrong = |mistake, named, answer| {
        rejects("dropout", "forward", mistake, named, || {
            check::forward(answer, solution::backward, solution::predict)
        });
    };
    wrong("nobody is silent", true, |x, rate, rng, mask| {
        (x.clone(), mask(x.dim(), rate, rng))
    });
    wrong("silent but not scaled", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (x * &mask.mapv(|m| f64::from(m > 0.0)), mask)
    });
    wrong("scaled twice", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (x * &mask / (1.0 - rate), mask)
    });
    wrong("scaled back", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (x * &mask * (1.0 - rate), mask)
    });
    wrong("the mask is squared", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (x * &mask.mapv(|m| m * m), mask)
    });
    wrong("the mask is subtracted", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (x - &mask, mask)
    });
    wrong("the mask itself", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (mask.clone(), mask)
    });
    wrong("drawn twice", true, |x, rate, rng, mask| {
        (x * &mask(x.dim(), rate, rng), mask(x.dim(), rate, rng))
    });
    wrong("the second mask is applied", true, |x, rate, rng, mask| {
        let kept = mask(x.dim(), rate, rng);
        (x * &mask(x.dim(), rate, rng), kept)
    });
    wrong("the output is returned twice", true, |x, rate, rng, mask| {
        let a = x * &mask(x.dim(), rate, rng);
        (a.clone(), a)
    });
    wrong("x is returned for the mask", true, |x, rate, rng, mask| {
        (x * &mask(x.dim(), rate, rng), x.clone())
    });
    wrong("the mask is returned as ones", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (x * &mask, mask.mapv(|m| f64::from(m > 0.0)))
    });
    wrong("the sign is flipped", true, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (-x * &mask, mask)
    });
    wrong("a mask for a single row", true, |x, rate, rng, mask| {
        let mask = mask((1, x.ncols()), rate, rng);
        (x * &mask, mask)
    });
    wrong("silent is not a number", false, |x, rate, rng, mask| {
        let mask = mask(x.dim(), rate, rng);
        (x * &mask.mapv(|m| if m == 0.0 { f64::NAN } else { m }), mask)
    });
    wrong("the numbers of the first case", true, |_, _, _, _| {
        let (x, mut rng) = (
            array![[1.0, -2.0, 3.0, 0.5], [2.0, 1.5, -1.0, 4.0]],
            ChaCha8Rng::seed_from_u64(9),
        );
        solution::forward(&x, 0.5, &mut rng, solution::mask)
    });
}

#[test]
fn wrong_backwards() {
    let wrong = |mistake: &str, named, answer| {
        let mistake = format!("backward {mistake}");
        rejects("dropout", "forward", &mistake, named, || {
            check::forward(solution::forward, answer, solution::predict)
        });
    };
    wrong("lets everything through", true, |_, da| da.clone());
    wrong("does not scale", true, |mask, da| {
        da * &mask.mapv(|m| f64::from(m > 0.0))
    });
    wrong("squares the mask", true, |mask, da| da * mask * mask);
    wrong("divides by the mask", true, |mask, da| da / mask);
    wrong("has the mask the wrong way round", true, |mask, da| {
        da * &mask.mapv(|m| f64::from(m == 0.0))
    });
    wrong("draws a fresh mask", true, |mask, da| {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let rate = 1.0 - 1.0 / mask.fold(1.0_f64, |max, &m| max.max(m));
        da * &solution::mask(mask.dim(), rate, &mut rng)
    });
    wrong("subtracts the mask", true, |mask, da| da - mask);
    wrong("returns the mask", true, |mask, _| mask.clone());
    wrong("has the sign flipped", true, |mask, da| -(mask * da));
    wrong("knows only the rate of one half", false, |mask, da| {
        da * &mask.mapv(|m| if m > 0.0 { 2.0 } else { 0.0 })
    });
    wrong("sums over the batch", false, |mask, da| {
        let sum: Array1<f64> = (mask * da).sum_axis(ndarray::Axis(0));
        sum.insert_axis(ndarray::Axis(0))
    });
}

#[test]
fn wrong_predictions() {
    let wrong = |mistake: &str, answer| {
        let mistake = format!("predict {mistake}");
        rejects("dropout", "forward", &mistake, true, || {
            check::forward(solution::forward, solution::backward, answer)
        });
    };
    wrong("scales by 1 - rate", |x, rate| x * (1.0 - rate));
    wrong("scales up", |x, rate| x / (1.0 - rate));
    wrong("scales by rate", |x, rate| x * rate);
    wrong("drops units", |x, rate| {
        x * &solution::mask(x.dim(), rate, &mut ChaCha8Rng::seed_from_u64(1))
    });
    wrong("returns zeros", |x, _| Array2::zeros(x.dim()));
}

#[test]
fn the_function_to_edit_is_named() {
    let verdict =
        check::forward(solution::forward, |_, da| da.clone(), solution::predict);
    assert_eq!(verdict.unwrap_err().function, Some("backward"));
    let verdict =
        check::forward(solution::forward, solution::backward, |x, rate| x * rate);
    assert_eq!(verdict.unwrap_err().function, Some("predict"));
}

#[test]
fn a_panic_in_backward_is_told_with_its_message() {
    let verdict = check::forward(
        solution::forward,
        |mask, da| mask.dot(da),
        solution::predict,
    );
    let feedback = verdict.unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    assert_eq!(feedback.function, Some("backward"));
}

/// Early stopping as most people write it, with a counter: given what makes it wait
/// for longer, what counts as better, and how long it waits.
fn counting(
    losses: &[f64],
    patience: usize,
    is_better: fn(f64, f64) -> bool,
    is_over: fn(usize, usize) -> bool,
) -> Stop {
    let (mut best, mut waited) = (0, 0);
    for (epoch, &loss) in losses.iter().enumerate() {
        if epoch == 0 || is_better(loss, losses[best]) {
            (best, waited) = (epoch, 0);
        } else {
            waited += 1;
        }
        if is_over(waited, patience) {
            let epochs = epoch + 1;
            return Stop { epochs, best };
        }
    }
    let epochs = losses.len();
    Stop { epochs, best }
}

#[test]
fn wrong_stops() {
    let wrong = wrong("dropout", "early_stopping", check::early_stopping);
    wrong("one epoch too many", true, |losses, patience| {
        counting(
            losses,
            patience,
            |a, b| a < b,
            |waited, patience| waited > patience,
        )
    });
    wrong("one epoch too few", true, |losses, patience| {
        counting(
            losses,
            patience,
            |a, b| a < b,
            |waited, patience| waited + 1 >= patience,
        )
    });
    wrong("the last epochs number", true, |losses, patience| {
        let Stop { epochs, best } = solution::early_stopping(losses, patience);
        Stop { epochs: epochs - 1, best }
    });
    wrong("no patience", true, |losses, patience| {
        counting(losses, patience, |a, b| a < b, |waited, _| waited > 0)
    });
    wrong("it never stops", true, |losses, patience| {
        counting(losses, patience, |a, b| a < b, |_, _| false)
    });
    wrong("the best loss is not updated", true, |losses, patience| {
        let (mut stop, mut waited) = (Stop { epochs: 0, best: 0 }, 0);
        for (epoch, &loss) in losses.iter().enumerate() {
            stop.epochs += 1;
            if loss < losses[0] {
                (stop.best, waited) = (epoch, 0);
            } else if epoch > 0 {
                waited += 1;
            }
            if waited == patience {
                break;
            }
        }
        stop
    });
    wrong("the best epoch is not updated", true, |losses, patience| Stop {
        best: 0,
        ..solution::early_stopping(losses, patience)
    });
    wrong("the best of all losses", true, |losses, patience| {
        let lower = |&a: &usize, &b: &usize| losses[a].total_cmp(&losses[b]);
        Stop {
            best: (0..losses.len()).min_by(lower).unwrap(),
            ..solution::early_stopping(losses, patience)
        }
    });
    wrong("the last is the best", true, |losses, patience| {
        let Stop { epochs, .. } = solution::early_stopping(losses, patience);
        Stop { epochs, best: epochs - 1 }
    });
    wrong("the best counts from one", true, |losses, patience| {
        let Stop { epochs, best } = solution::early_stopping(losses, patience);
        Stop { epochs, best: best + 1 }
    });
    wrong("the waiting is not counted", true, |losses, patience| {
        let Stop { best, .. } = solution::early_stopping(losses, patience);
        Stop { epochs: best + 1, best }
    });
    wrong("higher is better", true, |losses, patience| {
        counting(
            losses,
            patience,
            |a, b| a > b,
            |waited, patience| waited >= patience,
        )
    });
    wrong("nothing is below zero", true, |losses, patience| {
        let (mut lowest, mut stop, mut waited) =
            (0.0, Stop { epochs: 0, best: 0 }, 0);
        for (epoch, &loss) in losses.iter().enumerate() {
            stop.epochs += 1;
            if loss < lowest {
                (lowest, stop.best, waited) = (loss, epoch, 0);
            } else {
                waited += 1;
            }
            if waited == patience {
                break;
            }
        }
        stop
    });
    wrong("the waiting does not begin anew", true, |losses, patience| {
        let (mut stop, mut waited) = (Stop { epochs: 0, best: 0 }, 0);
        for (epoch, &loss) in losses.iter().enumerate() {
            stop.epochs += 1;
            if loss < losses[stop.best] {
                stop.best = epoch;
            } else if epoch > 0 {
                waited += 1;
            }
            if waited == patience {
                break;
            }
        }
        stop
    });
    wrong("compared with the loss before", true, |losses, patience| {
        let (mut stop, mut waited) = (Stop { epochs: 1, best: 0 }, 0);
        for epoch in 1..losses.len() {
            stop.epochs += 1;
            if losses[epoch] < losses[epoch - 1] {
                (stop.best, waited) = (epoch, 0);
            } else {
                waited += 1;
            }
            if waited == patience {
                break;
            }
        }
        stop
    });
    wrong("equal is better", true, |losses, patience| {
        counting(
            losses,
            patience,
            |a, b| a <= b,
            |waited, patience| waited >= patience,
        )
    });
    wrong("not a number is better", true, |losses, patience| {
        let is_better = |a: f64, b: f64| a.is_nan() || b.is_nan() || a < b;
        counting(losses, patience, is_better, |waited, patience| waited >= patience)
    });
    wrong("the numbers of the example", true, |_, _| Stop { epochs: 4, best: 1 });
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
