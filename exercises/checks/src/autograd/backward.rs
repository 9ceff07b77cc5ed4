//! Question 2: the way back through the tape.

use std::collections::VecDeque;

use ndarray::Array1;

use super::Line;
use crate::Verdict;
use crate::case::Case;

/// A tape as it was recorded, and the line from which the way back starts.
struct Sample {
    /// What each line computes, and the line.
    tape: Vec<(&'static str, Line)>,
    loss: usize,
}

fn samples() -> [Sample; 6] {
    [
        // Nothing is used twice.
        Sample {
            tape: vec![
                ("w = 3", vec![]),
                ("x = 2", vec![]),
                ("b = -1", vec![]),
                ("c = 4", vec![]),
                ("w · x", vec![(0, 2.0), (1, 3.0)]),
                ("w · x + b", vec![(4, 1.0), (2, 1.0)]),
                ("(w · x + b) · c", vec![(5, 4.0), (3, 5.0)]),
            ],
            loss: 6,
        },
        // Twice in the same line.
        Sample {
            tape: vec![("x = 3", vec![]), ("x · x", vec![(0, 3.0), (0, 3.0)])],
            loss: 1,
        },
        // In two lines, and with more behind it: a² + a, where a = w · x.
        Sample {
            tape: vec![
                ("w = 2", vec![]),
                ("x = 3", vec![]),
                ("a = w · x", vec![(0, 3.0), (1, 2.0)]),
                ("a · a", vec![(2, 6.0), (2, 6.0)]),
                ("a · a + a", vec![(3, 1.0), (2, 1.0)]),
            ],
            loss: 4,
        },
        // Slopes below 0, and shares that partly cancel.
        Sample {
            tape: vec![
                ("x = 2", vec![]),
                ("r = 1 / x", vec![(0, -0.25)]),
                ("r · x", vec![(1, 2.0), (0, 0.5)]),
                ("r · x - r", vec![(2, 1.0), (1, -1.0)]),
            ],
            loss: 3,
        },
        // A silent ReLU, and a line after the loss.
        Sample {
            tape: vec![
                ("x = 2", vec![]),
                ("u = -3", vec![]),
                ("v = 4", vec![]),
                ("u · x", vec![(1, 2.0), (0, -3.0)]),
                ("a = relu(u · x)", vec![(3, 0.0)]),
                ("b = v · x", vec![(2, 2.0), (0, 4.0)]),
                ("a + b, the loss", vec![(4, 1.0), (5, 1.0)]),
                ("b · b", vec![(5, 8.0), (5, 8.0)]),
            ],
            loss: 6,
        },
        // From a variable there is no way back.
        Sample {
            tape: vec![
                ("w = 3", vec![]),
                ("x = 2, the loss", vec![]),
                ("w · x", vec![(0, 2.0), (1, 3.0)]),
            ],
            loss: 1,
        },
    ]
}

/// `fn backward(lines, loss) -> Vec<f64>`
pub fn backward(answer: fn(&[Line], usize) -> Vec<f64>) -> Verdict {
    for Sample { tape, loss } in samples() {
        let case = describe(&tape).number("loss", loss);
        let lines: Vec<Line> = tape.into_iter().map(|(_, line)| line).collect();
        let yours = Array1::from_vec(case.run({
            let lines = lines.clone();
            move || answer(&lines, loss)
        })?);
        let expected = (0..lines.len())
            .map(|line| sum_over_paths(&lines, loss, line))
            .collect();
        let mistakes = mistakes(&lines, loss, &expected);
        let expectation = mistakes.iter().fold(
            case.expect("gradient", &expected),
            |expectation, (gives, mistake)| expectation.unless(gives, mistake),
        );
        expectation.judge(&yours).map_err(|feedback| {
            feedback.likely(
                yours.len() == loss + 1 && yours.len() < lines.len(),
                "the tape goes on after the loss; each line there has a gradient \
                 too, which is 0",
            )
        })?;
    }
    Ok(())
}

fn describe(tape: &[(&str, Line)]) -> Case {
    let lines = (0..).zip(tape);
    lines.fold(Case::new(), |case, (i, (computes, line))| {
        case.note(&format!("lines[{i}]"), &format!("{line:?}  // {computes}"))
    })
}

/// The chain rule, word for word: the slopes multiply along each path, and the
/// paths add up.
fn sum_over_paths(lines: &[Line], from: usize, to: usize) -> f64 {
    if from == to {
        return 1.0;
    }
    let inputs = lines[from].iter();
    inputs.map(|&(input, slope)| slope * sum_over_paths(lines, input, to)).sum()
}

type Mistake = (Array1<f64>, &'static str);

fn mistakes(lines: &[Line], loss: usize, expected: &Array1<f64>) -> Vec<Mistake> {
    let zeros = Array1::zeros(lines.len());
    let at = |line: usize| {
        let mut gradients = zeros.clone();
        gradients[line] = 1.0;
        gradients
    };
    let back = || (0..=loss).rev();
    let add = |so_far: f64, slope: f64, gradient: f64| so_far + slope * gradient;
    let first: Vec<Line> = only(lines, |line| line.first());
    let last: Vec<Line> = only(lines, |line| line.last());
    vec![
        (
            walk(lines, at(loss), back(), |_, slope, gradient| slope * gradient),
            "a number that is used more than once gets a share from each use, and \
             the shares add up",
        ),
        (
            walk(lines, at(loss), 0..=loss, add),
            "you went from the first line to the last; a line can hand on its \
             gradient only when it has it, so start from the loss",
        ),
        (
            zeros.clone(),
            "all zeros: the loss changes with itself at the rate 1; without that, \
             nothing ever arrives",
        ),
        (
            at(loss),
            "nothing was handed on: every line gives its gradient, times the \
             slope, to its inputs, and the loss is the first to do so",
        ),
        (
            walk(lines, at(loss), back(), |so_far, slope, gradient| {
                so_far + slope + gradient
            }),
            "slopes along a path multiply; you added them",
        ),
        (
            walk(lines, at(loss), back(), |so_far, slope, _| so_far + slope),
            "a share is the slope times the gradient of the line that hands it \
             on; you added the slope alone",
        ),
        (
            walk(lines, at(loss), back(), |so_far, _, gradient| so_far + gradient),
            "the gradient was handed on without the slope",
        ),
        (
            walk(lines, Array1::ones(lines.len()), back(), add),
            "you started every line at 1; only the loss changes with itself, all \
             others start at 0",
        ),
        (
            walk(
                lines,
                Array1::ones(lines.len()),
                back(),
                |so_far, slope, gradient| so_far * slope * gradient,
            ),
            "paths add up; you multiplied the shares with each other",
        ),
        (
            walk(&first, at(loss), back(), add),
            "only the first input of each line got its share; the others have one \
             as well",
        ),
        (
            walk(&last, at(loss), back(), add),
            "only the last input of each line got its share; the others have one \
             as well",
        ),
        (hand_on_at_once(lines, loss), NOT_COMPLETE),
        (hand_on_in_turn(lines, loss, VecDeque::pop_front), NOT_COMPLETE),
        (hand_on_in_turn(lines, loss, VecDeque::pop_back), NOT_COMPLETE),
        (
            walk(lines, at(lines.len() - 1), (0..lines.len()).rev(), add),
            "you started from the last line; the loss stands on another",
        ),
        (
            expected.iter().rev().copied().collect(),
            "the gradients are in the order of the way back; the first belongs to \
             the first line",
        ),
        (
            -expected,
            "the sign: the minus comes with the update, not with the gradient",
        ),
    ]
}

const NOT_COMPLETE: &str = "a line handed on its gradient before all of it had \
                            arrived, and then once more; go line by line, from \
                            the loss to the start";

/// One walk over the tape; `share` makes the new gradient of an input from what it
/// had, the slope and the gradient that is handed on.
fn walk(
    lines: &[Line],
    mut gradients: Array1<f64>,
    order: impl Iterator<Item = usize>,
    share: impl Fn(f64, f64, f64) -> f64,
) -> Array1<f64> {
    for i in order {
        for &(input, slope) in &lines[i] {
            gradients[input] = share(gradients[input], slope, gradients[i]);
        }
    }
    gradients
}

/// The tape, but with one input for each line.
fn only(lines: &[Line], one: impl Fn(&Line) -> Option<&(usize, f64)>) -> Vec<Line> {
    let lines = lines.iter();
    lines.map(|line| one(line).into_iter().copied().collect()).collect()
}

/// Follows every use at once, with all that has arrived so far.
fn hand_on_at_once(lines: &[Line], loss: usize) -> Array1<f64> {
    fn visit(lines: &[Line], gradients: &mut Array1<f64>, i: usize) {
        for &(input, slope) in &lines[i] {
            gradients[input] += slope * gradients[i];
            visit(lines, gradients, input);
        }
    }
    let mut gradients = Array1::zeros(lines.len());
    gradients[loss] = 1.0;
    visit(lines, &mut gradients, loss);
    gradients
}

/// Follows every use when its turn comes, with all that has arrived by then.
fn hand_on_in_turn(
    lines: &[Line],
    loss: usize,
    next: fn(&mut VecDeque<usize>) -> Option<usize>,
) -> Array1<f64> {
    let mut gradients = Array1::zeros(lines.len());
    gradients[loss] = 1.0;
    let mut waiting = VecDeque::from([loss]);
    while let Some(i) = next(&mut waiting) {
        for &(input, slope) in &lines[i] {
            gradients[input] += slope * gradients[i];
            waiting.push_back(input);
        }
    }
    gradients
}
