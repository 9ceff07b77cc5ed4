//! Does the data have the mix that was asked for? The order of the drawings is
//! free, so this looks at what is in the data set.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{Array2, arr1};
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
    let shows_one = |drawing: &Drawing| {
        Pattern::ALL.into_iter().any(|pattern| fits(pattern, drawing))
    };
    outcome
        .text(
            "what the drawings show",
            if drawings.iter().all(|(_, drawing)| shows_one(drawing)) {
                "each shows one of the patterns"
            } else {
                "some show none of the patterns"
            },
        )
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
    cut: fn(Vec<f64>) -> Array2<f64>,
    labels: fn(Vec<usize>) -> Vec<usize>,
}

const MODEL: Model = Model {
    rng: |rng| ChaCha8Rng::from_rng(rng),
    counts: |counts, _| counts,
    draw: |patterns, rng| {
        patterns.iter().map(|pattern| pattern.draw(rng)).collect()
    },
    cut: |pixels| matrix((pixels.len() / PIXELS, PIXELS), pixels),
    labels: |labels| labels,
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
        let pixels = drawings.iter().flat_map(Drawing::pixels);
        let inputs = (self.cut)(pixels.collect());
        let labels = patterns.iter().map(|pattern| pattern.label()).collect();
        Dataset::new(inputs, (self.labels)(labels), 3)
            .expect("a label for each drawing")
    }
}

fn matrix(shape: (usize, usize), numbers: Vec<f64>) -> Array2<f64> {
    Array2::from_shape_vec(shape, numbers).expect("as many numbers")
}

/// As many drawings, each of a pattern that chance decides.
fn by_chance(counts: [usize; 3], rng: &mut ChaCha8Rng) -> [usize; 3] {
    let (mut drawn, n) = ([0; 3], counts.iter().sum());
    for _ in 0..n {
        let at = rng.random_range(0..n);
        let second = usize::from(at >= counts[0]);
        drawn[second + usize::from(at >= counts[0] + counts[1])] += 1;
    }
    drawn
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
                ("a single pattern", counts.contains(&counts.iter().sum())),
            ]
        })
        .cases([([40, 25, 12], 1), ([20, 10, 125], 2), ([30, 0, 49], 3)])
        .cases([([0, 31, 0], 4)])
        .mistakes(mistakes! { Model;
        // The counts
        counts_of_lines_swapped:
            "counts[0] is used for vertical lines and counts[1] for horizontal \
             ones.",
            counts = |[a, b, c], _| [b, a, c];
        first_count_for_all: "counts[0] is used for all patterns.",
            counts = |counts, _| [counts[0]; 3];
        one_too_many: "There is one drawing too many of each pattern.",
            counts = |counts, _| counts.map(|count| count + 1);
        one_too_few: "One drawing of each pattern is missing.",
            counts = |counts, _| counts.map(|count| count.saturating_sub(1));
        one_of_each: "Each pattern is drawn only once.",
            counts = |counts, _| counts.map(|count| count.min(1));
        by_chance:
            "Chance decides which pattern comes next, so the counts are right only \
             on average.",
            counts = by_chance;
        // The drawings
        one_drawing_copied: "Each pattern is drawn once and then copied.",
            draw = |patterns, rng| {
                let once = Pattern::ALL.map(|pattern| pattern.draw(rng));
                patterns.iter().map(|pattern| once[pattern.label()]).collect()
            };
        scrambled:
            "The long list of pixels is cut into columns, so that each row mixes \
             pixels of many drawings.",
            cut = |pixels| {
                matrix((PIXELS, pixels.len() / PIXELS), pixels).reversed_axes()
            };
        // The labels
        all_labels_0: "Every label is 0.",
            labels = |labels| vec![0; labels.len()];
        separated: "The labels are in a different order than their drawings.",
            labels = |mut labels| {
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
