//! Are these He's initial weights? A question for statistics, asked of many weights
//! at once.
//!
//! The bounds are at least six standard errors wide, so that chance rejects nobody.

use ndarray::{Array2, ArrayView1};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::Verdict;
use crate::case::Case;
use crate::comparison::{self, Difference};

/// `fn he_weights(n_in, n_out, rng) -> W`
pub type HeWeights = fn(usize, usize, &mut ChaCha8Rng) -> Array2<f64>;

/// Judges `he_weights`.
pub fn he_weights(answer: HeWeights) -> Verdict {
    for (n_in, n_out) in [(60, 300), (300, 60)] {
        let case = Case::new().number("n_in", n_in).number("n_out", n_out);
        let [w, next, again] = case.run(move || {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let w = answer(n_in, n_out, &mut rng);
            let next = answer(n_in, n_out, &mut rng);
            let again = answer(n_in, n_out, &mut ChaCha8Rng::seed_from_u64(1));
            [w, next, again]
        })?;
        judge_shape(&case, (n_in, n_out), w.dim())?;
        judge_variety(&case, &w)?;
        judge_generator(&case, [&w, &next, &again])?;
        judge_neighbors(&case, &w)?;
        judge_mean(&case, &w)?;
        judge_distribution(&case, &w)?;
        judge_spread(&case, (n_in as f64, n_out as f64), &w)?;
    }
    Ok(())
}

fn judge_shape(
    case: &Case,
    (n_in, n_out): (usize, usize),
    yours: (usize, usize),
) -> Verdict {
    case.expect_equal("The shape of W", &(n_out, n_in), &yours).map_err(
        |feedback| {
            feedback
                .likely(
                    yours == (n_in, n_out),
                    "this is the shape of Wᵀ; W has a row for each output",
                )
                .likely(
                    yours.0 == yours.1,
                    "W is square only when there are as many inputs as outputs",
                )
        },
    )
}

fn judge_variety(case: &Case, w: &Array2<f64>) -> Verdict {
    if let Some(bad) = w.iter().find(|w| !w.is_finite()) {
        return Err(case
            .wrong(format!("W has an entry that is {bad}."))
            .likely(bad.is_nan(), "the root of a negative number, or 0 / 0?")
            .likely(true, "a division by 0, or the logarithm of 0?"));
    }
    let first = w[[0, 0]];
    if w.iter().all(|&w| w == first) {
        let shown = first + 0.0; // -0 becomes 0
        let sentence = format!("All weights are the same: {shown}.");
        return Err(case
            .wrong(sentence)
            .likely(
                first == 0.0,
                "draw a number for each weight; and note that 2 / n_in is 0 for \
                 integers",
            )
            .likely(
                true,
                "draw a number for each weight; units that start alike stay alike",
            ));
    }
    if w.rows().into_iter().all(|row| row == w.row(0)) {
        return Err(case.wrong("All rows of W are the same.".to_owned()).likely(
            true,
            "draw a number for each weight; units that start alike stay alike",
        ));
    }
    let mut numbers: Vec<f64> = w.iter().copied().collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let (different, all) = (numbers.len(), w.len());
    if 10 * different < 9 * all {
        let sentence =
            format!("Of the {all} weights only {different} are different numbers.");
        return Err(case
            .wrong(sentence)
            .likely(true, "draw a new number for each weight"));
    }
    Ok(())
}

fn judge_generator(case: &Case, [w, next, again]: [&Array2<f64>; 3]) -> Verdict {
    if w == next {
        let sentence = "Two layers drawn from the same generator are the same.";
        return Err(case.wrong(sentence.to_owned()).likely(
            true,
            "draw from rng itself, not from a generator of your own",
        ));
    }
    if w != again {
        let sentence = "The same seed gives other weights the next time.";
        return Err(case
            .wrong(sentence.to_owned())
            .likely(true, "draw from rng alone; then a run can be repeated"));
    }
    Ok(())
}

/// Neighbors know nothing of each other.
fn judge_neighbors(case: &Case, w: &Array2<f64>) -> Verdict {
    let centered = w - mean(w);
    let squares = centered.pow2().sum();
    let rows = neighbors(centered.rows().into_iter()) / squares;
    let columns = neighbors(centered.columns().into_iter()) / squares;
    for (which, correlation) in [("rows", rows), ("columns", columns)] {
        if correlation.abs() > 0.05 {
            let sentence = format!(
                "Neighboring {which} of W go together: their correlation is \
                 {correlation:.2}."
            );
            return Err(case
                .wrong(sentence)
                .likely(true, "draw each weight independently of the others"));
        }
    }
    Ok(())
}

fn neighbors<'a>(lines: impl Iterator<Item = ArrayView1<'a, f64>> + Clone) -> f64 {
    let pairs = lines.clone().zip(lines.skip(1));
    pairs.map(|(line, next)| line.dot(&next)).sum()
}

fn judge_mean(case: &Case, w: &Array2<f64>) -> Verdict {
    let mean = mean(w);
    if mean.abs() < 0.05 * deviation(w) {
        return Ok(());
    }
    let mut feedback = case.wrong("The mean of W is not 0.".to_owned());
    feedback.comparison =
        comparison::table("mean", &0.0, &mean, &Difference::Number(0));
    Err(feedback.likely(
        w.iter().all(|&w| w >= 0.0),
        "no weight is negative; the standard normal distribution has both signs",
    ))
}

/// How many standard deviations away, the share of a normal distribution beyond,
/// its tolerance.
const BEYOND: [(&str, f64, f64, f64); 3] = [
    ("1 standard deviation", 1.0, 0.3173, 0.025),
    ("2 standard deviations", 2.0, 0.0456, 0.01),
    ("3 standard deviations", 3.0, 0.0027, 0.0024),
];

fn judge_distribution(case: &Case, w: &Array2<f64>) -> Verdict {
    let deviation = deviation(w);
    let shares = BEYOND.map(|(_, deviations, ..)| {
        let limit = deviations * deviation;
        w.iter().filter(|w| w.abs() > limit).count() as f64 / w.len() as f64
    });
    let mut normal = true;
    let mut lines = vec![format!("  {:22} N(0, 1)  yours", "weights beyond")];
    for ((name, _, expected, tolerance), yours) in BEYOND.into_iter().zip(shares) {
        let fits = (expected - yours).abs() <= tolerance;
        normal &= fits;
        let mark = if fits { ' ' } else { '→' };
        let (expected, yours) = (100.0 * expected, 100.0 * yours);
        lines.push(format!("{mark} {name:22}  {expected:5.1}% {yours:5.1}%"));
    }
    if normal {
        return Ok(());
    }
    let mut feedback = case.wrong("W is not normally distributed.".to_owned());
    feedback.comparison = lines;
    let [one, two, three] = shares;
    Err(feedback
        .likely(
            (0.4..0.45).contains(&one) && two == 0.0,
            "this is uniform: a range, and nothing beyond; draw normal numbers",
        )
        .likely(three == 0.0, "the far ends are missing: N(0, 1) has no bounds"))
}

fn judge_spread(
    case: &Case,
    (n_in, n_out): (f64, f64),
    w: &Array2<f64>,
) -> Verdict {
    let (expected, yours) = ((2.0 / n_in).sqrt(), deviation(w));
    let is = |deviation: f64| (yours / deviation - 1.0).abs() < 0.04;
    if is(expected) {
        return Ok(());
    }
    let mut feedback = case.wrong("W has the wrong spread.".to_owned());
    feedback.comparison = comparison::table(
        "standard deviation",
        &expected,
        &yours,
        &Difference::Number(0),
    );
    let mistakes = [
        (1.0, "the numbers are not scaled yet"),
        (
            (2.0 / n_out).sqrt(),
            "you took n_out; what counts is how many inputs a unit adds up",
        ),
        (
            (1.0 / n_in).sqrt(),
            "the 2 is missing, which makes up for the units that ReLU silences",
        ),
        (
            2.0 / n_in,
            "2 / n_in is the variance; the standard deviation is its square root",
        ),
        (
            2.0_f64.sqrt() / n_in,
            "the root is of the whole of 2 / n_in, not of the 2 alone",
        ),
        (
            (2.0 / (n_in + n_out)).sqrt(),
            "this is Xavier's scale, which counts the outputs too; He's does not",
        ),
        (expected.sqrt(), "the root is taken twice"),
        (
            (n_in / 2.0).sqrt(),
            "upside down: the more inputs, the smaller the weights",
        ),
        (0.01, "0.01 suits no layer in particular; the scale depends on n_in"),
    ];
    feedback =
        mistakes.into_iter().fold(feedback, |feedback, (deviation, mistake)| {
            feedback.likely(is(deviation), mistake)
        });
    Err(feedback)
}

fn mean(w: &Array2<f64>) -> f64 {
    w.sum() / w.len() as f64
}

fn deviation(w: &Array2<f64>) -> f64 {
    ((w - mean(w)).pow2().sum() / w.len() as f64).sqrt()
}
