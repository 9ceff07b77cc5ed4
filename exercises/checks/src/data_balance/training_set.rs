//! Does the data have the mix that was asked for? The order of the drawings is
//! free, so this looks at what is in the data set.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{Array1, Array2, arr1};
use no_magic::dataset::Dataset;
use no_magic::drawing::{Drawing, PIXELS, SIDE};
use no_magic::patterns::Pattern;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::{Given, Outcome, Question, Verdict, mistakes};

type TrainingSet = fn([usize; 3], &mut ChaCha8Rng) -> Dataset;

/// `fn training_set(counts, rng) -> Dataset`
pub fn training_set(answer: TrainingSet) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

/// The counts, and a seed.
type Case = ([usize; 3], u64);

const HOW_MANY: &str = "the number of examples with each label";

fn observe(
    answer: impl Fn([usize; 3], &mut ChaCha8Rng) -> Dataset,
    &(counts, seed): &Case,
) -> Outcome {
    let seeded = ChaCha8Rng::seed_from_u64;
    let mut rng = seeded(seed);
    let (data, next) = (answer(counts, &mut rng), answer(counts, &mut rng));
    let again = answer(counts, &mut seeded(seed));
    let other = answer(counts, &mut seeded(seed + 100));
    let outcome = Outcome::new()
        .text("the number of pixels in a drawing", data.features())
        .text("the number of classes", data.classes());
    if (data.features(), data.classes()) != (PIXELS, 3) {
        return outcome;
    }
    let found = labels(&data);
    let outcome = if found == labels(&next) {
        outcome.text(
            HOW_MANY,
            format!("{} of 0, {} of 1, {} of 2", found[0], found[1], found[2]),
        )
    } else {
        let total = data.len();
        let mix = arr1(&found.map(|count| count as f64 / total as f64));
        let text = format!("{total} in all, but a different mix each time");
        outcome.text(HOW_MANY, text).within(0.17, "the mix", &mix)
    };
    let drawings: Vec<(Pattern, Drawing)> = (0..data.len())
        .map(|i| (Pattern::ALL[data.y(i)], drawing(&data, i)))
        .collect();
    let different = drawings.iter().collect::<HashSet<_>>().len();
    let patterns = found.iter().filter(|&&count| count > 0).count();
    let repeated = |same| if same { "the same" } else { "different" };
    let outcome = outcome.text("the pixels", pixels(&data));
    let outcome = match shown(&drawings) {
        Some(shares) => outcome
            .text("what the drawings show", "each shows one of the patterns")
            .within(0.2, "the share of each pattern in the drawings", &shares),
        None => outcome
            .text("what the drawings show", "some show none of the patterns")
            .within(0.05, "the share of the pixels that are on", &share_on(&data)),
    };
    outcome
        .text(
            "the labels of the drawings",
            if drawings.iter().all(|(pattern, drawing)| fits(*pattern, drawing)) {
                "each drawing shows the pattern of its label"
            } else {
                "some drawings don't show the pattern of their label"
            },
        )
        .text(
            "the variety of the drawings",
            if different <= patterns {
                "no more than one drawing of each pattern, again and again"
            } else if 2 * different < drawings.len() {
                "a few drawings, again and again"
            } else {
                "many different drawings"
            },
        )
        .text("the next data set from the same rng", repeated(data == next))
        .text(
            "the data set from a fresh rng with the same seed",
            repeated(data == again),
        )
        .text("the data set from an rng with another seed", repeated(data == other))
}

fn labels(data: &Dataset) -> [usize; 3] {
    [0, 1, 2].map(|label| data.labels().iter().filter(|&&l| l == label).count())
}

fn share_on(data: &Dataset) -> f64 {
    let on = data.inputs().iter().filter(|&&pixel| pixel > 0.0).count();
    on as f64 / data.inputs().len() as f64
}

/// The values that occur.
fn pixels(data: &Dataset) -> String {
    let mut values: Vec<f64> = data.inputs().iter().copied().collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    match values[..] {
        [value] => format!("all are {value}"),
        [low, high] => format!("each is {low} or {high}"),
        _ => "there are more than two values".to_owned(),
    }
}

/// The share of each pattern in what the drawings show, if each shows one. A few
/// could show two.
fn shown(drawings: &[(Pattern, Drawing)]) -> Option<Array1<f64>> {
    let mut shown = [0.0; 3];
    for (pattern, drawing) in drawings {
        let mut candidates = [*pattern].into_iter().chain(Pattern::ALL);
        let pattern = candidates.find(|pattern| fits(*pattern, drawing))?;
        shown[pattern.label()] += 1.0 / drawings.len() as f64;
    }
    Some(arr1(&shown))
}

fn drawing(data: &Dataset, i: usize) -> Drawing {
    let mut drawing = Drawing::default();
    for (pixel, &value) in data.x(i).iter().enumerate() {
        drawing.set(pixel / SIDE, pixel % SIDE, value > 0.0);
    }
    drawing
}

/// Whether `Pattern::draw` could have drawn this, but for two stray pixels at most.
pub fn fits(pattern: Pattern, drawing: &Drawing) -> bool {
    match pattern {
        Pattern::Horizontal => is_line(drawing),
        Pattern::Vertical => is_line(&drawing.transposed()),
        Pattern::X => is_x(drawing),
    }
}

/// All but two pixels are in two neighboring rows, and there they reach across
/// three columns.
fn is_line(drawing: &Drawing) -> bool {
    (1..SIDE).any(|row| {
        let in_column = |column| {
            [row - 1, row].iter().filter(|&&row| drawing.is_on(row, column)).count()
        };
        let inside: usize = (0..SIDE).map(in_column).sum();
        let columns = (0..SIDE).filter(|&column| in_column(column) > 0).count();
        size(drawing) - inside <= 2 && columns >= 3
    })
}

/// All but two pixels are on the diagonals of a square, and at most two are missing
/// there.
fn is_x(drawing: &Drawing) -> bool {
    let size = size(drawing);
    (4..=SIDE).any(|side| {
        let corners = (0..=SIDE - side)
            .flat_map(|top| (0..=SIDE - side).map(move |left| (top, left)));
        let diagonals = 2 * side - side % 2;
        corners.into_iter().any(|(top, left)| {
            let is_on = |i: usize, j| drawing.is_on(top + i, left + j);
            let on_row = |i: usize| {
                let back = side - 1 - i;
                usize::from(is_on(i, i)) + usize::from(i != back && is_on(i, back))
            };
            let on: usize = (0..side).map(on_row).sum();
            size - on <= 2 && diagonals - on <= 2
        })
    })
}

fn size(drawing: &Drawing) -> usize {
    drawing.pixels().iter().filter(|&&pixel| pixel == 1.0).count()
}

/// `training_set`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    rng: fn(&mut ChaCha8Rng) -> ChaCha8Rng,
    counts: fn([usize; 3], &mut ChaCha8Rng) -> [usize; 3],
    draw: fn(&[Pattern], &mut ChaCha8Rng) -> Vec<Drawing>,
    pixel: fn(f64) -> f64,
    cut: fn(Vec<f64>) -> Array2<f64>,
    labels: fn(Vec<usize>, &mut ChaCha8Rng) -> Vec<usize>,
}

const MODEL: Model = Model {
    rng: |rng| ChaCha8Rng::from_rng(rng),
    counts: |counts, _| counts,
    draw: |patterns, rng| {
        patterns.iter().map(|pattern| pattern.draw(rng)).collect()
    },
    pixel: |pixel| pixel,
    cut: |pixels| matrix((pixels.len() / PIXELS, PIXELS), pixels),
    labels: |labels, _| labels,
};

impl Model {
    fn training_set(&self, counts: [usize; 3], rng: &mut ChaCha8Rng) -> Dataset {
        let rng = &mut (self.rng)(rng);
        let counts = (self.counts)(counts, rng);
        let patterns: Vec<Pattern> = Pattern::ALL
            .into_iter()
            .flat_map(|pattern| vec![pattern; counts[pattern.label()]])
            .collect();
        let drawings = (self.draw)(&patterns, rng);
        let pixels = drawings.iter().flat_map(Drawing::pixels).map(self.pixel);
        let inputs = (self.cut)(pixels.collect());
        let labels = patterns.iter().map(|pattern| pattern.label()).collect();
        Dataset::new(inputs, (self.labels)(labels, rng), 3)
            .expect("a label for each drawing")
    }
}

fn matrix(shape: (usize, usize), numbers: Vec<f64>) -> Array2<f64> {
    Array2::from_shape_vec(shape, numbers).expect("as many numbers")
}

/// So many drawings, each of a pattern that chance decides.
fn by_chance(counts: [usize; 3], rng: &mut ChaCha8Rng, n: usize) -> [usize; 3] {
    let mut drawn = [0; 3];
    for _ in 0..n {
        let at = rng.random_range(0..counts.iter().sum());
        let second = usize::from(at >= counts[0]);
        drawn[second + usize::from(at >= counts[0] + counts[1])] += 1;
    }
    drawn
}

fn total(counts: [usize; 3]) -> usize {
    counts.iter().sum()
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        observe(|counts, rng| model.training_set(counts, rng), case)
    };
    Question::new("data_balance.training_set", MODEL, run)
        .given(|(counts, seed)| {
            Given::new()
                .number("counts", counts)
                .note("rng", &format!("ChaCha8Rng::seed_from_u64({seed})"))
        })
        .kinds(|(counts, _)| {
            let none = counts.contains(&0);
            vec![
                ("a count of 0", none),
                ("no count of 0", !none),
                ("a single pattern", counts.contains(&total(*counts))),
            ]
        })
        .cases([([40, 25, 12], 1), ([20, 10, 125], 2), ([30, 0, 49], 3)])
        .cases([([0, 31, 0], 4)])
        .mistakes(mistakes! { Model;
        // The counts
        mix_of_the_demo:
            "There are 120 drawings of each pattern, whatever the counts.",
            counts = |_, _| [120; 3];
        counts_backwards:
            "counts[0] is used for X's and counts[2] for horizontal lines.",
            counts = |[a, b, c], _| [c, b, a];
        counts_of_lines_swapped:
            "counts[0] is used for vertical lines and counts[1] for horizontal \
             ones.",
            counts = |[a, b, c], _| [b, a, c];
        counts_of_the_rest_swapped:
            "counts[1] is used for X's and counts[2] for vertical lines.",
            counts = |[a, b, c], _| [a, c, b];
        counts_rotated: "Each pattern gets the count of the next one.",
            counts = |[a, b, c], _| [b, c, a];
        counts_rotated_back: "Each pattern gets the count of the one before it.",
            counts = |[a, b, c], _| [c, a, b];
        a_third_of_each: "There is the same number of drawings of each pattern.",
            counts = |counts, _| [total(counts) / 3; 3];
        total_of_each: "Each pattern is drawn as often as all of them together.",
            counts = |counts, _| [total(counts); 3];
        first_count_for_all: "counts[0] is used for all patterns.",
            counts = |counts, _| [counts[0]; 3];
        smallest_for_all: "There are as many of each pattern as of the rarest one.",
            counts = |[a, b, c], _| [a.min(b).min(c); 3];
        first_count_twice: "counts[0] is used for vertical lines as well.",
            counts = |[a, _, c], _| [a, a, c];
        second_count_twice: "counts[1] is used for X's as well.",
            counts = |[a, b, _], _| [a, b, b];
        one_too_many: "There is one drawing too many of each pattern.",
            counts = |counts, _| counts.map(|count| count + 1);
        one_too_few: "One drawing of each pattern is missing.",
            counts = |counts, _| counts.map(|count| count.saturating_sub(1));
        one_of_each: "Each pattern is drawn only once.",
            counts = |counts, _| counts.map(|count| count.min(1));
        at_least_one: "A pattern whose count is 0 is drawn all the same.",
            counts = |counts, _| counts.map(|count| count.max(1));
        twice: "Each pattern is drawn twice as often as its count says.",
            counts = |counts, _| counts.map(|count| 2 * count);
        no_horizontal_lines: "There are no horizontal lines.",
            counts = |[_, b, c], _| [0, b, c];
        no_vertical_lines: "There are no vertical lines.",
            counts = |[a, _, c], _| [a, 0, c];
        no_x: "There are no X's.",
            counts = |[a, b, _], _| [a, b, 0];
        by_chance:
            "Chance decides which pattern comes next, so the counts are right only \
             on average.",
            counts = |counts, rng| by_chance(counts, rng, total(counts));
        any_pattern:
            "Chance decides which pattern comes next, whatever the counts.",
            counts = |counts, rng| by_chance([1; 3], rng, total(counts));
        // The drawings
        one_drawing_copied: "Each pattern is drawn once and then copied.",
            draw = |patterns, rng| {
                let once = Pattern::ALL.map(|pattern| pattern.draw(rng));
                patterns.iter().map(|pattern| once[pattern.label()]).collect()
            };
        one_drawing_for_all: "All examples are copies of a single drawing.",
            draw = |patterns, rng| vec![patterns[0].draw(rng); patterns.len()];
        all_horizontal: "Every drawing is a horizontal line.",
            draw = |patterns, rng| {
                patterns.iter().map(|_| Pattern::Horizontal.draw(rng)).collect()
            };
        transposed: "Rows and columns of each drawing are swapped.",
            draw = |patterns, rng| {
                let draw = |pattern: &Pattern| pattern.draw(rng).transposed();
                patterns.iter().map(draw).collect()
            };
        drawings_backwards:
            "X's are drawn for label 0 and horizontal lines for label 2.",
            draw = |patterns, rng| {
                let draw = |pattern: &Pattern| {
                    Pattern::ALL[2 - pattern.label()].draw(rng)
                };
                patterns.iter().map(draw).collect()
            };
        empty: "The drawings are empty: no pixel is on.",
            draw = |patterns, _| vec![Drawing::default(); patterns.len()];
        only_the_first: "All drawings but the first are empty.",
            draw = |patterns, rng| {
                let mut drawings = vec![Drawing::default(); patterns.len()];
                drawings[0] = patterns[0].draw(rng);
                drawings
            };
        // The pixels
        off_is_minus_1: "A pixel that is off is -1.",
            pixel = |pixel| 2.0 * pixel - 1.0;
        inverted: "The pixels are inverted: those of the line are 0.",
            pixel = |pixel| 1.0 - pixel;
        up_to_255: "A pixel that is on is 255.",
            pixel = |pixel| 255.0 * pixel;
        scrambled:
            "The long list of pixels is cut into columns, so that each row mixes \
             pixels of many drawings.",
            cut = |pixels| {
                matrix((PIXELS, pixels.len() / PIXELS), pixels).reversed_axes()
            };
        // The labels
        all_labels_0: "Every label is 0.",
            labels = |labels, _| vec![0; labels.len()];
        labels_in_turns:
            "The labels go 0, 1, 2, 0, 1, 2, whatever the drawings show.",
            labels = |labels, _| (0..labels.len()).map(|i| i % 3).collect();
        labels_by_chance: "The labels are random.",
            labels = |labels, rng| {
                labels.iter().map(|_| rng.random_range(0..3)).collect()
            };
        labels_backwards:
            "X's have the label 0 and horizontal lines have the label 2.",
            labels = |labels, _| labels.iter().map(|label| 2 - label).collect();
        labels_of_lines_swapped:
            "The labels of horizontal and vertical lines are swapped.",
            labels = |labels, _| {
                labels.iter().map(|label| [1, 0, 2][*label]).collect()
            };
        separated: "The labels are in a different order than their drawings.",
            labels = |mut labels, _| {
                labels.reverse();
                labels
            };
        // The generator
        own_generator:
            "The drawings come from a generator with a fixed seed, not from rng.",
            rng = |_| ChaCha8Rng::seed_from_u64(0);
        copied_generator:
            "The drawings come from a copy of rng, so rng itself never moves on.",
            rng = |rng| ChaCha8Rng::from_seed(rng.get_seed());
        unseeded:
            "The same seed gives different drawings each time: they come from a \
             generator other than rng.",
            rng = |_| {
                static CALLS: AtomicU64 = AtomicU64::new(0);
                ChaCha8Rng::seed_from_u64(CALLS.fetch_add(1, Ordering::Relaxed))
            };
        })
}
