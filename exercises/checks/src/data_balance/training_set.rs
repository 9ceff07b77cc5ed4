//! Question 1: does the data have the mix that was asked for?

use std::collections::HashSet;

use no_magic::dataset::Dataset;
use no_magic::drawing::{Drawing, PIXELS, SIDE};
use no_magic::patterns::Pattern;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use crate::Verdict;
use crate::case::Case;
use crate::feedback::Feedback;

/// `fn training_set(counts, rng) -> Dataset`
pub fn training_set(answer: fn([usize; 3], &mut ChaCha8Rng) -> Dataset) -> Verdict {
    for (counts, seed) in
        [([40, 25, 10], 1), ([10, 20, 60], 2), ([3, 0, 5], 3), ([0, 1, 0], 4)]
    {
        let case = Case::new()
            .number("counts", counts)
            .note("rng", &format!("ChaCha8Rng::seed_from_u64({seed})"));
        let (first, second) = case.run(move || {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            (answer(counts, &mut rng), answer(counts, &mut rng))
        })?;
        judge_shape(&case, &first)?;
        judge_counts(&case, counts, &first)?;
        judge_drawings(&case, &first)?;
        judge_variety(&case, &first, &second)?;
    }
    Ok(())
}

fn judge_shape(case: &Case, data: &Dataset) -> Verdict {
    let pixels = data.features();
    case.expect_equal("The number of pixels of a drawing", &PIXELS, &pixels)?;
    case.expect_equal("The number of classes", &Pattern::ALL.len(), &data.classes())
}

fn judge_counts(case: &Case, counts: [usize; 3], data: &Dataset) -> Verdict {
    let found = Pattern::ALL.map(|pattern| of(pattern, data).count());
    let total: usize = counts.iter().sum();
    let sorted = |mut counts: [usize; 3]| {
        counts.sort_unstable();
        counts
    };
    case.expect_equal("The number of drawings of each pattern", &counts, &found)
        .map_err(|feedback| {
            feedback
                .likely(
                    found == [120; 3],
                    "120 of each is the mix of the demo; take the counts that you \
                     are given",
                )
                .likely(
                    found == [data.len(), 0, 0],
                    "every label is 0; a drawing needs the label of its pattern",
                )
                .likely(
                    sorted(found) == sorted(counts),
                    "the counts went to the wrong patterns: counts[0] is for the \
                     one with label 0, and so on",
                )
                .likely(
                    found == [total / 3; 3],
                    "you drew as many of each; the mix is what this is about",
                )
                .likely(
                    found == [total; 3],
                    "you drew all of them of each pattern; every pattern has its \
                     own count",
                )
                .likely(
                    found == counts.map(|count| count + 1),
                    "one too many of each: where does the loop end?",
                )
                .likely(
                    found == counts.map(|count| count.saturating_sub(1)),
                    "one too few of each: where does the loop end?",
                )
                .likely(
                    (0..3).any(|label| found[label] == 0 && counts[label] > 0),
                    "a pattern is left out altogether",
                )
        })
}

fn judge_drawings(case: &Case, data: &Dataset) -> Verdict {
    for i in 0..data.len() {
        let gray = |&pixel: &f64| pixel != 0.0 && pixel != 1.0;
        if let Some(pixel) = data.x(i).iter().copied().find(gray) {
            return Err(case.wrong(format!(
                "Drawing {i} has the pixel {pixel:?}; a pixel is 1 where it is \
                 on, and 0 where it is off."
            )));
        }
        let (drawing, pattern) = (drawing(data, i), Pattern::ALL[data.y(i)]);
        if !fits(pattern, &drawing) {
            return Err(misfit(case, i, pattern, &drawing));
        }
    }
    Ok(())
}

fn misfit(
    case: &Case,
    i: usize,
    pattern: Pattern,
    drawing: &Drawing,
) -> Box<Feedback> {
    let mut feedback = case.wrong(format!(
        "Drawing {i} has the label {} ({pattern}), but it does not show one.",
        pattern.label()
    ));
    feedback.comparison = drawing.to_string().lines().map(str::to_owned).collect();
    feedback
        .likely(
            *drawing == Drawing::default(),
            "the drawing is empty: are its pixels ever copied into the data set?",
        )
        .likely(
            Pattern::ALL.into_iter().any(|other| fits(other, drawing)),
            "a drawing and its label got separated: both belong at the same index",
        )
}

fn judge_variety(case: &Case, first: &Dataset, second: &Dataset) -> Verdict {
    const FEW: usize = 10;
    for pattern in Pattern::ALL {
        let drawings: Vec<Drawing> = of(pattern, first).collect();
        let different = drawings.iter().collect::<HashSet<_>>().len();
        if drawings.len() >= FEW && 2 * different < drawings.len() {
            return Err(case
                .wrong(format!(
                    "The {} drawings with the label {} repeat themselves; the \
                     number of different ones is {different}.",
                    drawings.len(),
                    pattern.label()
                ))
                .likely(
                    true,
                    "you drew once and took the drawing many times; draw a new \
                     one for each example",
                ));
        }
    }
    if first.len() >= FEW && first == second {
        return Err(case
            .wrong(
                "A second data set from the same rng is the same as the first."
                    .to_owned(),
            )
            .likely(
                true,
                "you draw with a generator of your own; draw with the rng that \
                 you are given",
            ));
    }
    Ok(())
}

fn of(pattern: Pattern, data: &Dataset) -> impl Iterator<Item = Drawing> {
    (0..data.len())
        .filter(move |&i| data.y(i) == pattern.label())
        .map(|i| drawing(data, i))
}

fn drawing(data: &Dataset, i: usize) -> Drawing {
    let mut drawing = Drawing::default();
    for (pixel, &value) in data.x(i).iter().enumerate() {
        drawing.set(pixel / SIDE, pixel % SIDE, value == 1.0);
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
    (4..=SIDE).any(|side| {
        let corners = (0..=SIDE - side)
            .flat_map(|top| (0..=SIDE - side).map(move |left| (top, left)));
        corners.into_iter().any(|(top, left)| {
            let both = |i| [(top + i, left + i), (top + i, left + side - 1 - i)];
            let diagonals: HashSet<_> = (0..side).flat_map(both).collect();
            let on = diagonals
                .iter()
                .filter(|&&(row, column)| drawing.is_on(row, column))
                .count();
            size(drawing) - on <= 2 && diagonals.len() - on <= 2
        })
    })
}

fn size(drawing: &Drawing) -> usize {
    drawing.pixels().iter().filter(|&&pixel| pixel == 1.0).count()
}
