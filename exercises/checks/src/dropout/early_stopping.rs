//! Patience, and what was best when it ran out.

use super::Stop;
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn early_stopping(losses, patience) -> Stop`
pub fn early_stopping(answer: fn(&[f64], usize) -> Stop) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

/// The losses, and a patience of at least 1, as promised.
type Case = (Vec<f64>, usize);

fn observe(
    answer: impl Fn(&[f64], usize) -> Stop,
    (losses, patience): &Case,
) -> Outcome {
    let Stop { epochs, best } = answer(losses, *patience);
    Outcome::new().value("epochs", &(epochs as f64)).value("best", &(best as f64))
}

/// `early_stopping`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    /// The first epoch that is compared, and the loss that it has to beat.
    start: fn(&[f64]) -> (usize, f64),
    is_best: fn(&Seen<'_>) -> bool,
    /// Whether the waiting begins again.
    improves: fn(&Seen<'_>) -> bool,
    waited_after_better: fn(usize) -> usize,
    waited_after_worse: fn(&Seen<'_>, usize) -> usize,
    is_over: fn(&Seen<'_>, waited: usize) -> bool,
    epochs: fn(&End<'_>) -> usize,
    best: fn(&End<'_>) -> usize,
}

/// What is known when an epoch is judged.
struct Seen<'a> {
    losses: &'a [f64],
    patience: usize,
    epoch: usize,
    lowest: f64,
    /// Whether this epoch was found to improve.
    improved: bool,
}

impl Seen<'_> {
    fn loss(&self) -> f64 {
        self.losses[self.epoch]
    }

    fn before(&self) -> f64 {
        if self.epoch == 0 { f64::INFINITY } else { self.losses[self.epoch - 1] }
    }
}

/// How it ended.
struct End<'a> {
    losses: &'a [f64],
    /// The last epoch, and whether patience ran out there.
    last: usize,
    stopped: bool,
    best: usize,
}

const MODEL: Model = Model {
    start: |losses| (1, losses[0]),
    is_best: |seen| seen.loss() < seen.lowest,
    improves: |seen| seen.loss() < seen.lowest,
    waited_after_better: |_| 0,
    waited_after_worse: |_, waited| waited + 1,
    is_over: |seen, waited| waited >= seen.patience,
    epochs: |end| end.last + 1,
    best: |end| end.best,
};

impl Model {
    fn early_stopping(&self, losses: &[f64], patience: usize) -> Stop {
        let n = losses.len();
        let (first, mut lowest) = (self.start)(losses);
        let (mut best, mut waited) = (0, 0);
        let mut end = None;
        for epoch in first..n {
            let mut seen =
                Seen { losses, patience, epoch, lowest, improved: false };
            seen.improved = (self.improves)(&seen);
            if (self.is_best)(&seen) {
                (best, lowest) = (epoch, losses[epoch]);
            }
            waited = if seen.improved {
                (self.waited_after_better)(waited)
            } else {
                (self.waited_after_worse)(&seen, waited)
            };
            if (self.is_over)(&seen, waited) {
                end = Some(epoch);
                break;
            }
        }
        let last = end.unwrap_or(n - 1);
        let end = End { losses, last, stopped: end.is_some(), best };
        Stop { epochs: (self.epochs)(&end), best: (self.best)(&end) }
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let by_hand: [(&[f64], usize); 12] = [
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
        // A network that has gone astray, later or at once.
        (&[0.9, 0.6, f64::NAN, f64::NAN, 0.5], 2),
        (&[0.9, f64::NAN, 0.6, 0.7, 0.8, 0.4], 2),
        (&[f64::NAN, 0.5, 0.6, 0.7, 0.4], 3),
        (&[f64::NAN, f64::NAN, 0.5, 0.4], 2),
    ];
    let random = (1..).zip(0..12).map(|(seed, i)| {
        let mut draws = Draws::new(seed);
        let n = 4 + i % 6;
        let losses = (0..n).map(|i| draws.number().abs() + 1.0 / (i + 1) as f64);
        (losses.collect(), 1 + i % 4)
    });
    let by_hand = by_hand.map(|(losses, patience)| (losses.to_vec(), patience));
    by_hand.into_iter().chain(random)
}

fn lowest(losses: &[f64]) -> usize {
    let lower = |a: usize, b: usize| if losses[b] < losses[a] { b } else { a };
    (0..losses.len()).reduce(lower).unwrap_or(0)
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        observe(|losses, patience| model.early_stopping(losses, patience), case)
    };
    Question::new("dropout.early_stopping", MODEL, run)
        .given(|(losses, patience)| {
            let losses: Vec<_> =
                losses.iter().map(|loss| format!("{loss:.3}")).collect();
            Given::new()
                .note("losses", &format!("[{}]", losses.join(", ")))
                .number("patience", patience)
        })
        .kinds(|(losses, patience)| {
            let Stop { epochs, best } = MODEL.early_stopping(losses, *patience);
            let stops = epochs - 1 - best >= *patience;
            let is_nan = losses.iter().any(|loss| loss.is_nan());
            vec![
                ("a loss that is NaN", is_nan),
                ("a first loss that is NaN", losses[0].is_nan()),
                ("patience that runs out", stops),
                ("patience that doesn't run out", !stops),
                ("a patience of 1", *patience == 1),
            ]
        })
        .cases(cases())
        .mistakes(mistakes! { Model;
        // What is better
        equal_is_better: "A loss that equals the best one counts as better.",
            is_best = |seen| seen.loss() <= seen.lowest,
            improves = |seen| seen.loss() <= seen.lowest;
        higher_is_better: "A higher loss counts as better.",
            is_best = |seen| seen.loss() > seen.lowest,
            improves = |seen| seen.loss() > seen.lowest;
        compared_with_before:
            "Each loss is compared with the one before it, not with the best.",
            is_best = |seen| seen.loss() < seen.before(),
            improves = |seen| seen.loss() < seen.before();
        waits_while_rising:
            "The waiting ends when a loss is lower than the one before it, even if \
             it is no better than the best.",
            improves = |seen| seen.loss() < seen.before();
        only_falling_looked_at:
            "Only a loss that is lower than the one before it is looked at, and it \
             ends the waiting even if it is no better than the best.",
            is_best = |seen| {
                seen.loss() < seen.lowest && seen.loss() < seen.before()
            },
            improves = |seen| seen.loss() < seen.before();
        nan_is_better: "A loss that is NaN counts as better.",
            is_best = |seen| !is_no_lower(seen),
            improves = |seen| !is_no_lower(seen);
        only_worse_counted:
            "Only a loss that is higher than the best counts as one that is no \
             better: an equal one doesn't, and neither does NaN.",
            waited_after_worse = |seen, waited| {
                waited + usize::from(seen.loss() > seen.lowest)
            };
        // Where it starts
        lowest_from_infinity:
            "The loss to beat starts at infinity, so a first loss that is NaN \
             isn't the best, but counts as one that is no better.",
            start = |_| (0, f64::INFINITY);
        lowest_from_0: "The loss to beat starts at 0, so no loss is ever better.",
            start = |_| (0, 0.0);
        // The waiting
        never_reset: "After a better loss, the waiting doesn't start again from 0.",
            waited_after_better = |waited| waited;
        one_too_many: "The training waits one epoch too long.",
            is_over = |seen, waited| waited > seen.patience;
        one_too_few: "The training stops one epoch too early.",
            is_over = |seen, waited| !seen.improved && waited + 1 >= seen.patience;
        one_too_few_even_if_better:
            "The training stops one epoch too early. With a patience of 1, it even \
             stops at a better loss.",
            is_over = |seen, waited| waited + 1 >= seen.patience;
        no_patience: "The training stops at the first loss that is no better.",
            is_over = |_, waited| waited > 0;
        endless_patience: "The training never stops before the losses end.",
            is_over = |_, _| false;
        patience_is_a_limit: "The training stops after `patience` epochs.",
            is_over = |seen, _| seen.epoch + 1 >= seen.patience;
        // What is returned
        index_as_count:
            "epochs is the number of the last epoch, which is one less than how \
             many there were.",
            epochs = |end| end.last;
        index_as_count_at_stop:
            "When the patience runs out, epochs is the number of the last epoch, \
             which is one less than how many there were.",
            epochs = |end| end.last + usize::from(!end.stopped);
        one_epoch_more: "epochs is one too many.",
            epochs = |end| end.last + 2;
        up_to_best: "epochs only counts to the best one.",
            epochs = |end| end.best + 1;
        all_epochs:
            "epochs is the number of all losses, even of those after the stop.",
            epochs = |end| end.losses.len();
        best_of_all:
            "best is taken from all losses, even from those after the stop.",
            best = |end| lowest(end.losses);
        best_is_last: "best is the last epoch.",
            best = |end| end.last;
        best_from_1: "best counts from 1.",
            best = |end| end.best + 1;
        })
}

fn is_no_lower(seen: &Seen<'_>) -> bool {
    seen.loss() >= seen.lowest
}
