//! Question 3: patience, and what was best when it ran out.

use super::Stop;
use crate::Verdict;
use crate::case::Case;

type EarlyStopping = fn(&[f64], usize) -> Stop;

/// `fn early_stopping(losses, patience) -> Stop`
pub fn early_stopping(answer: EarlyStopping) -> Verdict {
    let mut yours = Vec::new();
    for (losses, patience) in CASES {
        yours.push(case(losses, patience).run(move || answer(losses, patience))?);
    }
    let differs = |&i: &usize| yours[i] != right(CASES[i].0, CASES[i].1);
    let Some(first) = (0..CASES.len()).find(differs) else {
        return Ok(());
    };
    // A mistake must explain the cases before as well, in which it did not show.
    let explains = |rule: EarlyStopping| {
        (0..=first).all(|i| yours[i] == rule(CASES[i].0, CASES[i].1))
    };
    let (losses, patience) = CASES[first];
    case(losses, patience)
        .expect_equal("The result", &right(losses, patience), &yours[first])
        .map_err(|feedback| {
            let is_constant = yours.iter().all(|stop| *stop == yours[0]);
            let feedback = feedback.likely(
                is_constant,
                "your result is the same for all losses; does it use what it is \
                 given?",
            );
            let mistakes = MISTAKES.iter();
            mistakes.fold(feedback, |feedback, &(rule, mistake)| {
                feedback.likely(explains(rule), mistake)
            })
        })
}

fn case(losses: &[f64], patience: usize) -> Case {
    let losses: Vec<_> = losses.iter().map(f64::to_string).collect();
    Case::new()
        .note("losses", &format!("[{}]", losses.join(", ")))
        .number("patience", patience)
}

const CASES: [(&[f64], usize); 9] = [
    // Better losses come too late.
    (&[0.9, 0.5, 0.6, 0.7, 0.8, 0.85, 0.4, 0.3, 0.35], 3),
    // Better losses come just in time.
    (&[0.9, 0.7, 0.8, 0.6, 0.65, 0.5, 0.55, 0.7, 0.8, 0.1], 3),
    // Better than the loss before, and yet no better than the best.
    (&[0.5, 0.9, 0.8, 0.7, 0.6, 0.55, 0.4], 4),
    // As good as the best is no better.
    (&[0.8, 0.5, 0.5, 0.5, 0.5, 0.2], 3),
    (&[0.9, 0.6, 0.7, 0.65], 5),
    (&[0.9, 0.8, 0.7, 0.6, 0.5], 1),
    (&[0.4, 0.5, 0.3], 1),
    (&[0.7], 2),
    // A network that has gone astray.
    (&[0.9, 0.6, f64::NAN, f64::NAN, 0.5], 2),
];

fn right(losses: &[f64], patience: usize) -> Stop {
    watch(losses, patience, |losses, epoch, best| losses[epoch] < losses[best])
}

/// Early stopping, given whether an epoch is better than the best so far.
fn watch(
    losses: &[f64],
    patience: usize,
    is_better: fn(&[f64], usize, usize) -> bool,
) -> Stop {
    let mut best = 0;
    for epoch in 1..losses.len() {
        if is_better(losses, epoch, best) {
            best = epoch;
        }
        if epoch - best >= patience {
            return Stop { epochs: epoch + 1, best };
        }
    }
    Stop { epochs: losses.len(), best }
}

/// What comes of a patience that is used up for good.
fn never_anew(losses: &[f64], patience: usize) -> Stop {
    let is_better = |i: usize| losses[..i].iter().all(|&loss| losses[i] < loss);
    let epochs = 1..=losses.len();
    let waited = |epochs: usize| (0..epochs).filter(|&i| !is_better(i)).count();
    let end = epochs.into_iter().find(|&end| waited(end) >= patience);
    let seen = &losses[..end.unwrap_or(losses.len())];
    Stop { epochs: seen.len(), best: right(seen, usize::MAX).best }
}

const MISTAKES: [(EarlyStopping, &str); 16] = [
    (
        |losses, patience| right(losses, patience + 1),
        "you wait for one epoch too many: with a patience of 3, the third loss in \
         a row that is no better is the last",
    ),
    (
        |losses, patience| right(losses, patience - 1),
        "one epoch too few: either you stop one early, or you return the number \
         of the last epoch, which counts from 0",
    ),
    (
        |losses, _| right(losses, 1),
        "you stop at the first loss that is no better; have patience",
    ),
    (|losses, _| right(losses, usize::MAX), "you never stop before the losses end"),
    (
        |losses, patience| {
            watch(losses, patience, |losses, epoch, _| losses[epoch] < losses[0])
        },
        "each loss is compared with the first; it is the best so far that is to \
         be beaten",
    ),
    (
        |losses, patience| Stop {
            best: right(losses, usize::MAX).best,
            ..right(losses, patience)
        },
        "the best is from after the stop; those epochs are never trained",
    ),
    (
        |losses, patience| {
            let epochs = right(losses, patience).epochs;
            Stop { epochs, best: epochs - 1 }
        },
        "best is the last epoch; keep the one with the lowest loss",
    ),
    (
        |losses, patience| Stop { best: 0, ..right(losses, patience) },
        "best stays at the first epoch; it changes with every better loss",
    ),
    (
        |losses, patience| {
            let Stop { epochs, best } = right(losses, patience);
            Stop { epochs, best: best + 1 }
        },
        "best counts from 0, as the index into the losses does",
    ),
    (
        |losses, patience| {
            let best = right(losses, patience).best;
            Stop { epochs: best + 1, best }
        },
        "the epochs of waiting were trained as well, so they count",
    ),
    (
        |losses, patience| {
            watch(losses, patience, |losses, epoch, best| {
                losses[epoch] > losses[best]
            })
        },
        "you look for the highest loss; lower is better",
    ),
    (
        |losses, patience| Stop { epochs: patience.min(losses.len()), best: 0 },
        "no loss is ever better; what do you compare the first one with?",
    ),
    (
        never_anew,
        "after a better loss you keep counting; start again from 0, because \
         only epochs in a row count",
    ),
    (
        |losses, patience| {
            watch(losses, patience, |losses, epoch, _| {
                losses[epoch] < losses[epoch - 1]
            })
        },
        "each loss is compared with the one before; it is the best so far that is \
         to be beaten",
    ),
    (
        |losses, patience| {
            watch(losses, patience, |losses, epoch, best| {
                losses[epoch] <= losses[best]
            })
        },
        "a loss that is as good as the best is no better, and uses up patience",
    ),
    (
        |losses, patience| {
            watch(losses, patience, |losses, epoch, best| {
                losses[epoch] < losses[best]
                    || losses[epoch].is_nan()
                    || losses[best].is_nan()
            })
        },
        "a loss that is NaN is no better than any other; ask whether it is \
         better, not whether it is worse",
    ),
];
