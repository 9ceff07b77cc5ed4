//! Question 1: which learning rates are too large for a valley.

use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Where `x` and `y` end up after very many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Both come nearer and nearer to 0.
    Settles,
    /// One of them keeps moving forever: it neither goes to 0 nor grows beyond all
    /// bounds.
    Bounces,
    /// One of them grows beyond all bounds.
    BlowsUp,
}

type Valley = fn([f64; 2], f64, usize) -> [f64; 2];

/// `fn valley(start, lr, steps) -> [f64; 2]`, and `fn fates() -> [Fate; 5]`
pub fn valley(answer: Valley, fates: fn() -> [Fate; 5]) -> Verdict {
    question().judge(move |descent| observe(answer, descent))?;
    // A learner may try the optimizers out with `valley`, so we judge it first.
    self::fates().judge(move |&which| observe_fate(fates(), which))
}

/// A start, a learning rate, and how many steps.
type Descent = ([f64; 2], f64, usize);

fn observe(
    answer: impl Fn([f64; 2], f64, usize) -> [f64; 2],
    &(start, lr, steps): &Descent,
) -> Outcome {
    let [x, y] = answer(start, lr, steps);
    Outcome::new().value("x", &x).value("y", &y)
}

/// Gradient descent in the valley, in parts.
#[derive(Clone)]
pub(super) struct Model {
    steps: fn(usize) -> usize,
    slope: fn([f64; 2]) -> [f64; 2],
    slope_at: fn(start: [f64; 2], now: [f64; 2]) -> [f64; 2],
    update: fn(p: f64, slope: f64, lr: f64) -> f64,
}

const MODEL: Model = Model {
    steps: |steps| steps,
    slope: |[x, y]| [x, 100.0 * y],
    slope_at: |_, now| now,
    update: |p, slope, lr| p - lr * slope,
};

impl Model {
    fn valley(&self, start: [f64; 2], lr: f64, steps: usize) -> [f64; 2] {
        let mut now = start;
        for _ in 0..(self.steps)(steps) {
            let slope = (self.slope)((self.slope_at)(start, now));
            now = [0, 1].map(|i| (self.update)(now[i], slope[i], lr));
        }
        now
    }
}

pub(super) fn question() -> Question<Descent, Model> {
    let run = |model: &Model, descent: &Descent| {
        observe(|start, lr, steps| model.valley(start, lr, steps), descent)
    };
    Question::new("adam.valley", MODEL, run)
        .function(|_| Some("valley"))
        .given(|(start, lr, steps)| {
            Given::new()
                .number("start", start)
                .number("lr", lr)
                .number("steps", steps)
        })
        .kinds(|&(_, _, steps)| {
            vec![
                ("no step", steps == 0),
                ("more than one step", steps > 1),
                ("no more than one step", steps < 2),
            ]
        })
        .cases([
            ([2.0, -1.0], 0.004, 1),
            ([2.0, -1.0], 0.004, 2),
            ([4.0, 3.0], 0.01, 0),
            ([-3.0, 0.5], 0.015, 4),
            ([1.0, 1.0], 0.02, 7),
            ([1.0, -2.0], 0.025, 6),
        ])
        .mistakes(mistakes! { Model;
        // The slope
        no_half:
            "Both slopes are twice as large as they should be: the ½ is missing.",
            slope = |[x, y]| [2.0 * x, 200.0 * y];
        no_100: "The factor 100 is missing from the slope along `y`.",
            slope = |[x, y]| [x, y];
        sum: "Both numbers step by the sum of the two slopes.",
            slope = |[x, y]| [x + 100.0 * y; 2];
        x_for_y: "The slope along `y` is computed from `x` instead of `y`.",
            slope = |[x, _]| [x, 100.0 * x];
        constant_slopes:
            "The slopes are always 1 and 100, wherever `x` and `y` are.",
            slope = |_| [1.0, 100.0];
        stale_slope:
            "Every step uses the slopes at `start`, even when `x` and `y` have \
             moved on.",
            slope_at = |start, _| start;
        // The step
        uphill: "`x` and `y` move uphill: the step is added instead of subtracted.",
            update = |p, slope, lr| p + lr * slope;
        no_learning_rate: "The step isn't multiplied by `lr`.",
            update = |p, slope, _| p - slope;
        replaced: "The step replaces `x` and `y` instead of changing them.",
            update = |_, slope, lr| -lr * slope;
        // The rest
        one_step: "The loop takes only one step, whatever `steps` is.",
            steps = |_| 1;
        one_too_many: "The loop takes one step too many.",
            steps = |steps| steps + 1;
        one_too_few: "The loop takes one step too few.",
            steps = |steps| steps.saturating_sub(1);
        })
}

/// The optimizers whose fates we ask for, each with its momentum and learning rate.
const OPTIMIZERS: [(f64, f64); 5] =
    [(0.0, 0.015), (0.0, 0.02), (0.0, 0.021), (0.9, 0.03), (0.9, 0.04)];

fn observe_fate(fates: [Fate; 5], which: usize) -> Outcome {
    let fate = format!("{:?}", fates[which]);
    Outcome::new().text(&format!("fate {}", which + 1), fate)
}

/// Where `x` and `y` end up with each optimizer.
#[derive(Clone)]
pub(super) struct Fates {
    one: Fate,
    two: Fate,
    three: Fate,
    four: Fate,
    five: Fate,
}

pub(super) fn fates() -> Question<usize, Fates> {
    use Fate::{BlowsUp, Bounces, Settles};
    let right = Fates {
        one: Settles,
        two: Bounces,
        three: BlowsUp,
        four: Settles,
        five: BlowsUp,
    };
    Question::new("adam.fates", right, |fates, &which| {
        let Fates { one, two, three, four, five } = *fates;
        observe_fate([one, two, three, four, five], which)
    })
    .function(|_| Some("fates"))
    .given(|&which| {
        let (momentum, lr) = OPTIMIZERS[which];
        Given::new().number("μ", momentum).number("η", lr)
    })
    .kinds(|&which| vec![("momentum", OPTIMIZERS[which].0 > 0.0)])
    .cases(0..OPTIMIZERS.len())
    .mistakes(mistakes! { Fates;
        bounces_at_0_015:
            "With η = 0.015, `y` changes sides in each step, but it's halved each \
             time.",
            one = Bounces;
        settles_at_0_02:
            "With η = 0.02, a step multiplies `y` by exactly -1, so it never gets \
             closer to 0.",
            two = Settles;
        blows_up_at_0_02:
            "With η = 0.02, a step multiplies `y` by exactly -1, so it never gets \
             farther from 0.",
            two = BlowsUp;
        settles_at_0_021:
            "With η = 0.021, `x` settles, but a step multiplies `y` by 1 - 100 η = \
             -1.1.",
            three = Settles;
        bounces_at_0_021:
            "With η = 0.021, `y` changes sides, but it also grows: a step \
             multiplies it by -1.1.",
            three = Bounces;
        momentum_bounces_at_0_03:
            "With momentum and η = 0.03, `y` swings from side to side, but less \
             and less.",
            four = Bounces;
        momentum_blows_up_at_0_03:
            "With momentum, η = 0.03 is still below the limit, which is 2 (1 + μ) \
             / 100. Only plain gradient descent blows up there.",
            four = BlowsUp;
        momentum_settles_at_0_04:
            "With momentum, η = 0.04 is above the limit, which is 2 (1 + μ) / 100. \
             A loop misses it if it computes `v = μ v + (1 - μ) g`, or if it \
             overlooks a NaN.",
            five = Settles;
        momentum_bounces_at_0_04:
            "With momentum, η = 0.04 is above the limit, which is 2 (1 + μ) / 100, \
             so `y` keeps growing. A loop misses it if it overlooks a NaN.",
            five = Bounces;
        everything_settles:
            "All five settle along `x`, but not all of them settle along `y`, \
             where the valley is steep.",
            two = Settles, three = Settles, five = Settles;
    })
}
