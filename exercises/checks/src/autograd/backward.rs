//! The way back through the tape.

use std::collections::VecDeque;

use ndarray::Array1;
use rand::RngExt;

use super::Line;
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Judges `backward`, `fn backward(lines, loss) -> Vec<f64>`.
pub fn backward(answer: fn(&[Line], usize) -> Vec<f64>) -> Verdict {
    question().judge(move |tape| observe(answer, tape))
}

fn observe(answer: impl Fn(&[Line], usize) -> Vec<f64>, tape: &Tape) -> Outcome {
    let gradients = answer(&tape.lines, tape.loss);
    Outcome::new()
        .text("the number of gradients", gradients.len())
        .value("gradient", &Array1::from_vec(gradients))
}

/// A tape as it was recorded, and the line from which the way back starts.
#[derive(Clone)]
pub(super) struct Tape {
    lines: Vec<Line>,
    /// What each line computes, where that is known.
    computes: Vec<&'static str>,
    loss: usize,
}

impl Tape {
    fn new(
        variables: &[&'static str],
        operations: &[(&'static str, &[(usize, f64)])],
        loss: usize,
    ) -> Self {
        let variables = variables.iter().map(|name| (*name, Line::new()));
        let operations =
            operations.iter().map(|(name, line)| (*name, line.to_vec()));
        let (computes, lines) = variables.chain(operations).unzip();
        Self { lines, computes, loss }
    }

    /// A random tape. Most lines use one of the two before them, so that nearly all
    /// of them have an effect on the loss.
    fn random(len: usize, after_the_loss: usize, draws: &mut Draws) -> Self {
        let mut lines = vec![Line::new(); 2];
        for i in 2..len {
            let mut line = Line::new();
            if i + 2 > len || draws.0.random_ratio(5, 6) {
                line.push((draws.0.random_range(i - 2..i), draws.number()));
                line.push((draws.0.random_range(2.min(i - 1)..i), draws.number()));
            }
            if draws.0.random() {
                line.reverse();
            }
            if draws.0.random_ratio(1, 4) {
                line.truncate(1);
            }
            lines.push(line);
        }
        Self { lines, computes: Vec::new(), loss: len - 1 - after_the_loss }
    }
}

/// One step of a walk: a line, one of its inputs, and the slope in it.
type Step = (usize, usize, f64);

/// `backward`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    start: fn(&[Line], loss: usize) -> Vec<f64>,
    inputs: fn(&Line) -> Line,
    walk: fn(&[Line], loss: usize) -> Vec<Step>,
    share: fn(slope: f64, gradient: f64) -> f64,
    collect: fn(so_far: f64, share: f64) -> f64,
    at_the_end: fn(Vec<f64>, &[Line], loss: usize) -> Vec<f64>,
}

const MODEL: Model = Model {
    start: |lines, loss| one_at(loss, lines),
    inputs: Line::clone,
    walk: |lines, loss| steps(lines, (0..=loss).rev()),
    share: |slope, gradient| slope * gradient,
    collect: |so_far, share| so_far + share,
    at_the_end: |gradients, _, _| gradients,
};

impl Model {
    fn backward(&self, lines: &[Line], loss: usize) -> Vec<f64> {
        let inputs: Vec<Line> = lines.iter().map(self.inputs).collect();
        let mut gradients = (self.start)(lines, loss);
        for (line, input, slope) in (self.walk)(&inputs, loss) {
            let share = (self.share)(slope, gradients[line]);
            gradients[input] = (self.collect)(gradients[input], share);
        }
        (self.at_the_end)(gradients, lines, loss)
    }
}

fn one_at(line: usize, lines: &[Line]) -> Vec<f64> {
    let mut gradients = vec![0.0; lines.len()];
    gradients[line] = 1.0;
    gradients
}

/// All steps from the lines in `order`, one line after another.
fn steps(lines: &[Line], order: impl IntoIterator<Item = usize>) -> Vec<Step> {
    let of = |i: usize| lines[i].iter().map(move |&(input, s)| (i, input, s));
    order.into_iter().flat_map(of).collect()
}

/// The steps of a walk that puts the inputs of a line on a waiting list, and lets
/// `next` choose from it. The walk visits each line once, or once for each use.
fn take(
    lines: &[Line],
    loss: usize,
    once: bool,
    next: fn(&mut VecDeque<usize>) -> Option<usize>,
) -> Vec<Step> {
    let (mut waiting, mut order) = (VecDeque::from([loss]), Vec::new());
    while let Some(i) = next(&mut waiting) {
        if !once || !order.contains(&i) {
            order.push(i);
            waiting.extend(lines[i].iter().map(|(input, _)| *input));
        }
    }
    steps(lines, order)
}

/// The steps of a recursive walk: it follows each step all the way back before it
/// takes the next step of the same line.
fn follow(
    lines: &[Line],
    i: usize,
    once: bool,
    seen: &mut Vec<usize>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for &(input, slope) in &lines[i] {
        steps.push((i, input, slope));
        if !once || !seen.contains(&input) {
            seen.push(input);
            steps.extend(follow(lines, input, once, seen));
        }
    }
    steps
}

/// How often each line is used, up to the loss.
fn uses(lines: &[Line], loss: usize) -> Vec<f64> {
    let mut uses = vec![0.0; lines.len()];
    for (_, input, _) in steps(lines, 0..=loss) {
        uses[input] += 1.0;
    }
    uses
}

fn cases() -> impl Iterator<Item = Tape> {
    let by_hand = [
        // Nothing is used twice.
        Tape::new(
            &["w = 3", "x = 2", "b = -1", "c = 4"],
            &[
                ("w · x", &[(0, 2.0), (1, 3.0)]),
                ("w · x + b", &[(4, 1.0), (2, 1.0)]),
                ("(w · x + b) · c", &[(5, 4.0), (3, 5.0)]),
            ],
            6,
        ),
        // Twice in the same line.
        Tape::new(&["x = 3"], &[("x · x", &[(0, 3.0), (0, 3.0)])], 1),
        Tape::new(&["x = 2"], &[("x / x", &[(0, 0.5), (0, -0.5)])], 1),
        // In two lines, over paths of different lengths.
        Tape::new(
            &["w = 2", "x = 3"],
            &[
                ("a = w · x", &[(0, 3.0), (1, 2.0)]),
                ("a · a", &[(2, 6.0), (2, 6.0)]),
                ("a + a · a", &[(2, 1.0), (3, 1.0)]),
            ],
            4,
        ),
        // A silent ReLU, and lines after the loss.
        Tape::new(
            &["x = 2", "u = -3", "v = 4"],
            &[
                ("b = v · x", &[(2, 2.0), (0, 4.0)]),
                ("u · x", &[(1, 2.0), (0, -3.0)]),
                ("a = relu(u · x)", &[(4, 0.0)]),
                ("a + b, the loss", &[(5, 1.0), (3, 1.0)]),
                ("b · b", &[(3, 8.0), (3, 8.0)]),
                ("a + b + b · b", &[(6, 1.0), (7, 1.0)]),
            ],
            6,
        ),
        // The loss is a variable, which has no inputs.
        Tape::new(&["w", "x, the loss"], &[("w · x", &[(0, 2.0), (1, 3.0)])], 1),
    ];
    let random = (1..=12).map(|seed| {
        let (len, after_the_loss) = (5 + seed / 2, seed % 3 / 2);
        Tape::random(len, after_the_loss, &mut Draws::new(seed as u64))
    });
    by_hand.into_iter().chain(random)
}

fn given(tape: &Tape) -> Given {
    let lines = tape.lines.iter().enumerate();
    let given = lines.fold(Given::new(), |given, (i, line)| {
        let computes = tape.computes.get(i);
        let computes = computes.map_or_else(String::new, |it| format!("  // {it}"));
        given.note(&format!("lines[{i}]"), &format!("{line:?}{computes}"))
    });
    given.number("loss", tape.loss)
}

fn kinds(Tape { lines, loss, .. }: &Tape) -> Vec<(&'static str, bool)> {
    let twice = uses(lines, *loss).iter().any(|&uses| uses > 1.0);
    let same = |line: &Line| line.len() == 2 && line[0].0 == line[1].0;
    let same = lines[..=*loss].iter().any(same);
    let unused = MODEL.backward(lines, *loss).contains(&0.0);
    vec![
        ("a number that is used twice", twice),
        ("no number that is used twice", !twice),
        ("a line that uses the same number twice", same),
        ("the loss on the last line", loss + 1 == lines.len()),
        ("lines after the loss", loss + 1 < lines.len()),
        ("a line that has no effect on the loss", unused),
        ("a slope of 0", lines.iter().flatten().any(|(_, slope)| *slope == 0.0)),
    ]
}

pub(super) fn question() -> Question<Tape, Model> {
    let run = |model: &Model, tape: &Tape| {
        observe(|lines, loss| model.backward(lines, loss), tape)
    };
    Question::new("autograd.backward", MODEL, run)
        .given(given)
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The start
        starts_at_0:
            "All gradients start at 0, even the loss's own, so there's nothing to \
             pass back.",
            start = |lines, _| vec![0.0; lines.len()];
        all_start_at_1:
            "Every line starts with a gradient of 1, not just the loss.",
            start = |lines, _| vec![1.0; lines.len()];
        last_starts_at_1:
            "The last line of the tape starts with a gradient of 1, instead of the \
             line `loss`.",
            start = |lines, _| one_at(lines.len() - 1, lines);
        from_the_last_line:
            "The way back starts from the last line of the tape, instead of the \
             line `loss`.",
            start = |lines, _| one_at(lines.len() - 1, lines),
            walk = |lines, _| steps(lines, (0..lines.len()).rev());
        // The inputs of a line
        first_input: "Only the first input of each line gets a share.",
            inputs = |line| line.iter().take(1).copied().collect();
        last_input: "Only the last input of each line gets a share.",
            inputs = |line| line.last().into_iter().copied().collect();
        first_of_the_same:
            "A line that uses the same number twice passes on only the first \
             share.",
            inputs = |line| {
                let mut line = line.clone();
                line.dedup_by_key(|(input, _)| *input);
                line
            };
        slopes_swapped: "The two inputs of a line get each other's slopes.",
            inputs = |line| {
                let slopes = line.iter().rev().map(|(_, slope)| *slope);
                line.iter().map(|(input, _)| *input).zip(slopes).collect()
            };
        // The walk
        loss_alone:
            "Only the inputs of the loss get a share. Are the gradients of all \
             other lines still 0 when they're passed back?",
            walk = |lines, loss| steps(lines, [loss]);
        nothing_passed_on:
            "No gradient is passed back: only the loss has one. Does the loop \
             include the line `loss` itself?",
            walk = |lines, loss| steps(lines, (0..loss).rev());
        stops_at_a_variable:
            "The loop ends at the first line without inputs, so the lines before \
             it pass nothing back.",
            walk = |lines, loss| {
                let back = (0..=loss).rev();
                steps(lines, back.take_while(|i| !lines[*i].is_empty()))
            };
        queue:
            "The walk is breadth first and visits a line once for each use. Each \
             visit passes back all that has arrived so far, so some shares are \
             counted more than once.",
            walk = |lines, loss| take(lines, loss, false, VecDeque::pop_front);
        queue_once:
            "The walk is breadth first, so a line can pass its gradient back \
             before all of its shares have arrived.",
            walk = |lines, loss| take(lines, loss, true, VecDeque::pop_front);
        stack:
            "The walk is depth first and visits a line once for each use. Each \
             visit passes back all that has arrived so far, so some shares are \
             counted more than once.",
            walk = |lines, loss| take(lines, loss, false, VecDeque::pop_back);
        stack_once:
            "The walk is depth first, so a line can pass its gradient back before \
             all of its shares have arrived.",
            walk = |lines, loss| take(lines, loss, true, VecDeque::pop_back);
        depth_first:
            "The walk is depth first and visits a line once for each use. Each \
             visit passes back all that has arrived so far, so some shares are \
             counted more than once.",
            walk = |lines, loss| follow(lines, loss, false, &mut Vec::new());
        depth_first_once:
            "The walk is depth first, so a line can pass its gradient back before \
             all of its shares have arrived.",
            walk = |lines, loss| follow(lines, loss, true, &mut Vec::new());
        // The shares
        slope_alone:
            "A share is just the slope: it isn't multiplied by the line's \
             gradient.",
            share = |slope, _| slope;
        slope_alone_if_reached:
            "A share is just the slope: it isn't multiplied by the line's \
             gradient.",
            share = |slope, gradient| if gradient == 0.0 { 0.0 } else { slope };
        gradient_alone:
            "A share is just the line's gradient: it isn't multiplied by the \
             slope.",
            share = |_, gradient| gradient;
        added: "The slope and the line's gradient are added instead of multiplied.",
            share = |slope, gradient| slope + gradient;
        overwritten: "Each share overwrites those that came before it.",
            collect = |_, share| share;
        subtracted: "The shares are subtracted instead of added.",
            collect = |so_far, share| so_far - share;
        multiplied:
            "The shares of a line are multiplied with each other instead of added, \
             and every line starts at 1.",
            start = |lines, _| vec![1.0; lines.len()],
            collect = |so_far, share| so_far * share;
        mean_at_the_end:
            "At the end, each gradient is divided by the number of times its line \
             is used.",
            at_the_end = |gradients, lines, loss| {
                let uses = uses(lines, loss);
                let all = gradients.iter().zip(uses);
                all.map(|(gradient, uses)| gradient / uses.max(1.0)).collect()
            };
        // What is returned
        variables_only:
            "Only the lines without inputs have an entry in what you return.",
            at_the_end = |gradients, lines, _| {
                let all = gradients.into_iter().zip(lines);
                all.filter(|(_, line)| line.is_empty()).map(|(it, _)| it).collect()
            };
        ends_at_the_loss:
            "The lines after the loss have no entry in what you return.",
            at_the_end = |gradients, _, loss| gradients[..=loss].to_vec();
        variables_alone: "Every line that has inputs gets a gradient of 0.",
            at_the_end = |mut gradients, lines, _| {
                for (gradient, line) in gradients.iter_mut().zip(lines) {
                    *gradient = if line.is_empty() { *gradient } else { 0.0 };
                }
                gradients
            };
        reversed:
            "The gradients are in reverse order: the last line's gradient comes \
             first.",
            at_the_end = |gradients, _, _| gradients.into_iter().rev().collect();
        })
}
