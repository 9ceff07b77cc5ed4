//! Question 1: which learning rates are too large for a valley.

use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// What becomes of `x` and `y` after very many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Both come nearer and nearer to 0.
    Settles,
    /// One of them goes on for ever, neither to 0 nor beyond all bounds.
    Bounces,
    /// One of them grows beyond all bounds.
    BlowsUp,
}

type Valley = fn([f64; 2], f64, usize) -> [f64; 2];

/// `fn valley(start, lr, steps) -> [f64; 2]`, and `fn fates() -> [Fate; 5]`
pub fn valley(answer: Valley, fates: fn() -> [Fate; 5]) -> Verdict {
    question().judge(move |descent| descent.observe(answer))?;
    // They may well be tried out with `valley`, so that is judged first.
    self::fates().judge(move |&which| observe_fate(fates(), which))
}

#[derive(Clone)]
pub(super) struct Descent {
    start: [f64; 2],
    lr: f64,
    steps: usize,
}

impl Descent {
    fn observe(
        &self,
        answer: impl Fn([f64; 2], f64, usize) -> [f64; 2],
    ) -> Outcome {
        let [x, y] = answer(self.start, self.lr, self.steps);
        Outcome::new().value("x", &x).value("y", &y)
    }
}

/// Gradient descent in the valley, in parts.
#[derive(Clone)]
pub(super) struct Model {
    start: fn([f64; 2]) -> [f64; 2],
    steps: fn(usize) -> usize,
    slope: fn([f64; 2]) -> [f64; 2],
    slope_at: fn(start: [f64; 2], now: [f64; 2]) -> [f64; 2],
    momentum: f64,
    x: fn(x: f64, slope: f64, lr: f64) -> f64,
    y: fn(y: f64, slope: f64, lr: f64) -> f64,
    result: fn([f64; 2]) -> [f64; 2],
}

const MODEL: Model = Model {
    start: |start| start,
    steps: |steps| steps,
    slope: |[x, y]| [x, 100.0 * y],
    slope_at: |_, now| now,
    momentum: 0.0,
    x: |x, slope, lr| x - lr * slope,
    y: |y, slope, lr| y - lr * slope,
    result: |end| end,
};

impl Model {
    fn valley(&self, start: [f64; 2], lr: f64, steps: usize) -> [f64; 2] {
        let start = (self.start)(start);
        let (mut now, mut velocity) = (start, [0.0; 2]);
        for _ in 0..(self.steps)(steps) {
            let slope = (self.slope)((self.slope_at)(start, now));
            velocity = [0, 1].map(|i| self.momentum * velocity[i] + slope[i]);
            now = [
                (self.x)(now[0], velocity[0], lr),
                (self.y)(now[1], velocity[1], lr),
            ];
        }
        (self.result)(now)
    }
}

fn descents() -> impl Iterator<Item = Descent> {
    let by_hand = [
        ([2.0, -1.0], 0.004, 1),
        ([2.0, -1.0], 0.004, 2),
        ([4.0, 3.0], 0.01, 0),
        ([-3.0, 0.5], 0.015, 4),
        ([1.0, 1.0], 0.02, 7),
        ([1.0, -2.0], 0.025, 6),
    ];
    let by_hand = by_hand.map(|(start, lr, steps)| Descent { start, lr, steps });
    let random = (1..=4).map(|steps| {
        let mut draws = Draws::new(steps as u64);
        let start = [draws.number(), draws.number()];
        Descent { start, lr: 0.003 * steps as f64, steps }
    });
    by_hand.into_iter().chain(random)
}

pub(super) fn question() -> Question<Descent, Model> {
    let run = |model: &Model, descent: &Descent| {
        descent.observe(|start, lr, steps| model.valley(start, lr, steps))
    };
    Question::new("adam.valley", MODEL, run)
        .function(|_| Some("valley"))
        .given(|Descent { start, lr, steps }| {
            Given::new()
                .number("start", start)
                .number("lr", lr)
                .number("steps", steps)
        })
        .kinds(|&Descent { steps, .. }| {
            vec![
                ("no step", steps == 0),
                ("a single step", steps == 1),
                ("more than one step", steps > 1),
                ("no more than one step", steps < 2),
            ]
        })
        .cases(descents())
        .mistakes(mistakes! { Model;
        // The slope
        no_half:
            "The slopes are twice as large as they should be: the ½ is missing.",
            slope = |[x, y]| [2.0 * x, 200.0 * y];
        no_half_y:
            "The slope along y is twice as large as it should be: the ½ is \
             missing.",
            slope = |[x, y]| [x, 200.0 * y];
        half: "The slopes are half of what they should be: the slope of x² is 2x.",
            slope = |[x, y]| [0.5 * x, 50.0 * y];
        half_y:
            "The slope along y is half of what it should be: the slope of y² is \
             2y.",
            slope = |[x, y]| [x, 50.0 * y];
        no_100: "The 100 is missing from the slope along y.",
            slope = |[x, y]| [x, y];
        root_of_100: "The slope along y has 10 in it, the root of 100.",
            slope = |[x, y]| [x, 10.0 * y];
        hundred_in_x: "The 100 is in the slope along x instead of that along y.",
            slope = |[x, y]| [100.0 * x, y];
        x_for_y: "y moves along the slope of x.",
            slope = |[x, _]| [x, 100.0 * x];
        y_for_x: "x and y are swapped in the slopes.",
            slope = |[x, y]| [y, 100.0 * x];
        constant_slopes: "The slopes are 1 and 100, wherever x and y are.",
            slope = |_| [1.0, 100.0];
        constant_slope_y:
            "y is missing from the slope along y, which is always 100.",
            slope = |[x, _]| [x, 100.0];
        squares: "x and y are squared in the slopes.",
            slope = |[x, y]| [x * x, 100.0 * y * y];
        loss: "x and y step by their part of the loss instead of its slope.",
            slope = |[x, y]| [x * x / 2.0, 50.0 * y * y];
        whole_loss: "x and y step by the loss itself instead of its slopes.",
            slope = |[x, y]| [(x * x + 100.0 * y * y) / 2.0; 2];
        sum: "Both step by the sum of the two slopes.",
            slope = |[x, y]| [x + 100.0 * y; 2];
        stale_slope: "The slopes are those of the start, in every step.",
            slope_at = |start, _| start;
        momentum: "This is momentum, with μ = 0.9.",
            momentum = 0.9;
        // The step
        uphill: "x and y move uphill.",
            x = |x, slope, lr| x + lr * slope,
            y = |y, slope, lr| y + lr * slope;
        x_uphill: "x moves uphill.",
            x = |x, slope, lr| x + lr * slope;
        y_uphill: "y moves uphill.",
            y = |y, slope, lr| y + lr * slope;
        no_learning_rate: "The learning rate is missing.",
            x = |x, slope, _| x - slope,
            y = |y, slope, _| y - slope;
        x_no_learning_rate: "The learning rate is missing from the step of x.",
            x = |x, slope, _| x - slope;
        y_no_learning_rate: "The learning rate is missing from the step of y.",
            y = |y, slope, _| y - slope;
        learning_rate_twice: "The learning rate is in the step twice.",
            x = |x, slope, lr| x - lr * lr * slope,
            y = |y, slope, lr| y - lr * lr * slope;
        replaced: "x and y are replaced by the step, instead of changed by it.",
            x = |_, slope, lr| -lr * slope,
            y = |_, slope, lr| -lr * slope;
        nothing_moves: "Neither x nor y moves.",
            x = |x, _, _| x,
            y = |y, _, _| y;
        x_stays: "x doesn't move.",
            x = |x, _, _| x;
        y_stays: "y doesn't move.",
            y = |y, _, _| y;
        // The rest
        one_step: "There's only one step, whatever `steps` is.",
            steps = |_| 1;
        one_step_at_most:
            "There's one step at most. Is there a `return` in the loop?",
            steps = |steps| steps.min(1);
        one_too_many: "There's one step too many.",
            steps = |steps| steps + 1;
        one_too_few: "There's one step too few.",
            steps = |steps| steps.saturating_sub(1);
        from_1_1: "It starts from [1, 1] instead of from `start`.",
            start = |_| [1.0, 1.0];
        result_swapped: "What you return is [y, x].",
            result = |[x, y]| [y, x];
        result_of_one: "Both numbers that you return are x.",
            result = |[x, _]| [x, x];
        })
}

/// The optimizers whose fates are asked for: the momentum, and the learning rate.
const OPTIMIZERS: [(f64, f64); 5] =
    [(0.0, 0.015), (0.0, 0.02), (0.0, 0.021), (0.9, 0.03), (0.9, 0.04)];

fn observe_fate(fates: [Fate; 5], which: usize) -> Outcome {
    let fate = format!("{:?}", fates[which]);
    Outcome::new().text(&format!("fate {}", which + 1), fate)
}

/// What becomes of `x` and `y`, optimizer by optimizer.
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
        if momentum == 0.0 {
            return Given::new()
                .note("optimizer", "plain gradient descent")
                .number("η", lr);
        }
        Given::new()
            .note("optimizer", "momentum")
            .number("μ", momentum)
            .number("η", lr)
    })
    .kinds(|&which| {
        vec![
            ("momentum", OPTIMIZERS[which].0 > 0.0),
            ("plain gradient descent", OPTIMIZERS[which].0 == 0.0),
        ]
    })
    .cases(0..OPTIMIZERS.len())
    .mistakes(mistakes! { Fates;
        bounces_at_0_015:
            "With η = 0.015, y changes sides in each step, but it's halved each \
             time.",
            one = Bounces;
        blows_up_at_0_015:
            "With η = 0.015, a step multiplies y by 1 - 100 η = -0.5, so it \
             shrinks.",
            one = BlowsUp;
        settles_at_0_02:
            "With η = 0.02, a step multiplies y by exactly -1, so it never gets \
             smaller.",
            two = Settles;
        blows_up_at_0_02:
            "With η = 0.02, a step multiplies y by exactly -1, so it never gets \
             larger.",
            two = BlowsUp;
        settles_at_0_021:
            "With η = 0.021, x settles, but a step multiplies y by 1 - 100 η = \
             -1.1.",
            three = Settles;
        bounces_at_0_021:
            "With η = 0.021, y doesn't only change sides: it's multiplied by -1.1.",
            three = Bounces;
        momentum_bounces_at_0_03:
            "Momentum with η = 0.03 swings from side to side, but less and less.",
            four = Bounces;
        momentum_blows_up_at_0_03:
            "Momentum with η = 0.03 is beyond the limit of gradient descent, but \
             not beyond its own, 2 (1 + μ) / 100.",
            four = BlowsUp;
        momentum_settles_at_0_04:
            "Momentum with η = 0.04 is beyond its limit, 2 (1 + μ) / 100. A loop \
             misses that if v is μ v + (1 - μ) g, or if it ignores a NaN.",
            five = Settles;
        momentum_bounces_at_0_04:
            "Momentum with η = 0.04 doesn't stay within bounds: the limit is 2 (1 \
             + μ) / 100. A loop misses that if it ignores a NaN.",
            five = Bounces;
        everything_settles:
            "All five settle along x. It's y, with its slope of 100 y, that \
             bounces or blows up.",
            two = Settles, three = Settles, five = Settles;
        everything_blows_up:
            "All five would blow up if the slopes were twice as large. Is the ½ \
             missing?",
            one = BlowsUp, two = BlowsUp, four = BlowsUp;
    })
}
