//! Question 1: a mask, judged by its statistics, so that any use of the generator
//! will do.

use ndarray::{Array2, Axis};
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::Mask;
use crate::case::Case;
use crate::comparison::close;
use crate::value::index_text;
use crate::{Feedback, Verdict};

/// `fn mask(shape, rate, rng) -> Array2<f64>`
pub fn mask(answer: Mask) -> Verdict {
    let mut samples = Vec::new();
    for (shape, rate, seed) in
        [((120, 200), 0.25, 1), ((150, 130), 0.8, 2), ((200, 150), 0.5, 3)]
    {
        let sample = Sample::draw(answer, shape, rate, seed)?;
        sample.judge()?;
        samples.push(sample);
    }
    if samples.iter().all(Sample::is_exact) {
        return Err(samples[0].exact());
    }
    silences_nobody_at_rate_zero(answer)
}

fn silences_nobody_at_rate_zero(answer: Mask) -> Verdict {
    const SHAPE: (usize, usize) = (2, 3);
    let yours = case(SHAPE, 0.0, 4)
        .run(move || answer(SHAPE, 0.0, &mut ChaCha8Rng::seed_from_u64(4)))?;
    case(SHAPE, 0.0, 4)
        .expect("mask", &Array2::ones(SHAPE))
        .unless(
            &Array2::zeros(SHAPE),
            "all are silent, and with the rate 0 nobody should be",
        )
        .judge(&yours)
}

fn case(shape: (usize, usize), rate: f64, seed: u64) -> Case {
    Case::new()
        .number("shape", shape)
        .number("rate", rate)
        .note("rng", &format!("ChaCha8Rng::seed_from_u64({seed})"))
}

/// Masks large enough for what chance does to them to be next to nothing.
struct Sample {
    case: Case,
    shape: (usize, usize),
    rate: f64,
    mask: Array2<f64>,
    /// From the same generator, right after the first.
    second: Array2<f64>,
    /// From a generator with the same seed.
    again: Array2<f64>,
    /// From a generator with another seed.
    other: Array2<f64>,
}

impl Sample {
    fn draw(
        answer: Mask,
        shape: (usize, usize),
        rate: f64,
        seed: u64,
    ) -> Result<Self, Box<Feedback>> {
        let case = case(shape, rate, seed);
        let seeded = ChaCha8Rng::seed_from_u64;
        let [mask, second, again, other] = case.run(move || {
            let mut rng = seeded(seed);
            [
                answer(shape, rate, &mut rng),
                answer(shape, rate, &mut rng),
                answer(shape, rate, &mut seeded(seed)),
                answer(shape, rate, &mut seeded(seed + 100)),
            ]
        })?;
        Ok(Self { case, shape, rate, mask, second, again, other })
    }

    fn judge(&self) -> Verdict {
        self.case
            .expect_equal("The shape of the mask", &self.shape, &self.mask.dim())
            .map_err(|feedback| {
                let transposed = self.mask.dim() == (self.shape.1, self.shape.0);
                feedback.likely(transposed, "rows and columns are swapped")
            })?;
        self.judge_values()?;
        self.judge_patterns()?;
        self.judge_generator()?;
        self.judge_share()?;
        self.judge_independence()
    }

    fn kept(&self) -> f64 {
        1.0 / (1.0 - self.rate)
    }

    fn share(&self) -> f64 {
        zeros(&self.mask).sum() / self.mask.len() as f64
    }

    /// Every entry is 0 or `1 / (1 - rate)`.
    fn judge_values(&self) -> Verdict {
        let (rate, kept) = (self.rate, self.kept());
        let stray = |&m: &f64| m != 0.0 && !close(kept, m);
        let mut entries = self.mask.iter().enumerate();
        let Some((position, &value)) = entries.find(|(_, m)| stray(m)) else {
            return Ok(());
        };
        let entry = index_text(position, self.mask.shape());
        let not_silent = || self.mask.iter().filter(|&&m| m != 0.0);
        let all = |x: f64| not_silent().all(|&m| close(x, m));
        let share_left = 1.0 - self.share();
        Err(self
            .case
            .wrong(format!(
                "mask{entry} is {value:.4}; it should be 0 or 1/(1 - rate) = \
                 {kept:.4}."
            ))
            .likely(
                all(1.0),
                "what is left is not scaled up, so that the next layer sees less \
                 than it will in a prediction",
            )
            .likely(
                all(1.0 - rate),
                "you multiplied by 1 - rate; divide by it, so that what is left \
                 grows",
            )
            .likely(
                all(1.0 / rate) && self.is_near(1.0 - rate),
                "rate and 1 - rate are swapped; rate is the probability of silence",
            )
            .likely(
                all(1.0 / rate),
                "you divided by rate; what is left is the share 1 - rate",
            )
            .likely(
                all(rate),
                "you took rate for the scale; divide by what is left on average",
            )
            .likely(all(kept * kept), "you divided by 1 - rate twice")
            .likely(
                all(-kept),
                "the sign: what is left grows, and is not turned around",
            )
            .likely(
                all(1.0 / share_left),
                "you divided by the share that happened to be left; 1 - rate is \
                 that share on average, and the same for every mask",
            )
            .likely(
                not_silent().any(|&m| stray(&m) && !close(value, m)),
                "the entries take many values; what is drawn only decides between \
                 these two",
            ))
    }

    /// No two rows or columns share their numbers.
    fn judge_patterns(&self) -> Verdict {
        let rows_equal = all_equal(&self.mask, Axis(0));
        let columns_equal = all_equal(&self.mask, Axis(1));
        let (sentence, mistake) = match (rows_equal, columns_equal) {
            (true, true) => (
                "All entries of the mask are the same.",
                "a single number, drawn or not, decides for all; draw one for \
                 each entry",
            ),
            (true, false) if self.mask == self.other => (
                "All rows of the mask are the same, and so are all masks.",
                "nothing is drawn: always the same units are silent; let the rng \
                 decide for each entry",
            ),
            (true, false) => (
                "All rows of the mask are the same.",
                "you drew one number for each column, so that all examples lose \
                 the same units; draw one for each entry",
            ),
            (false, true) => (
                "All columns of the mask are the same.",
                "you drew one number for each row, so that an example loses all \
                 of its units or none; draw one for each entry",
            ),
            (false, false) => return Ok(()),
        };
        Err(self.case.wrong(sentence.to_owned()).likely(true, mistake))
    }

    /// The generator decides, and nothing else.
    fn judge_generator(&self) -> Verdict {
        let (sentence, mistake) = if self.mask != self.again {
            (
                "With the same seed, the mask is another one each time.",
                "something other than the rng decides; draw only from the rng that \
                 you are given",
            )
        } else if self.mask == self.other {
            (
                "With another seed, the mask is still the same.",
                "your numbers are from a generator of your own, or from none; \
                 draw from the rng that you are given",
            )
        } else if self.mask == self.second {
            (
                "A second mask from the same rng is the same as the first.",
                "you drew from a copy of the rng, so that the rng itself never \
                 moves on",
            )
        } else {
            return Ok(());
        };
        Err(self.case.wrong(sentence.to_owned()).likely(true, mistake))
    }

    /// The share of zeros is about the rate.
    fn judge_share(&self) -> Verdict {
        if self.is_near(self.rate) {
            return Ok(());
        }
        let mut feedback = self.case.wrong(
            "The share of zeros in the mask is far from the rate.".to_owned(),
        );
        feedback.comparison = vec![
            format!("  expected  about {}", self.rate),
            format!("→ yours     {:.4}", self.share()),
        ];
        Err(feedback
            .likely(
                self.is_near(1.0 - self.rate),
                "you keep with the probability rate; rate is the probability of \
                 silence",
            )
            .likely(
                self.is_near(0.5),
                "about half are silent, whatever the rate; let the rate decide",
            ))
    }

    /// Whether the share of zeros is what this probability gives, give or take six
    /// standard deviations.
    fn is_near(&self, probability: f64) -> bool {
        let variance = probability * (1.0 - probability) / self.mask.len() as f64;
        (self.share() - probability).abs() < 6.0 * variance.sqrt()
    }

    /// The number of zeros varies from row to row, and from column to column, as
    /// chance has it.
    fn judge_independence(&self) -> Verdict {
        for (name, axis) in [("row", Axis(1)), ("column", Axis(0))] {
            let zeros = zeros(&self.mask).sum_axis(axis);
            let draws = self.mask.len_of(axis) as f64;
            let by_chance = draws * self.rate * (1.0 - self.rate);
            let ratio = zeros.var(1.0) / by_chance;
            if (0.25..2.0).contains(&ratio) {
                continue;
            }
            let extent = if ratio < 1.0 { "little" } else { "much" };
            let sentence = format!(
                "The entries of the mask are not drawn one by one: from {name} to \
                 {name}, the number of zeros varies too {extent}."
            );
            return Err(self.case.wrong(sentence).likely(
                ratio == 0.0,
                &format!(
                    "every {name} has exactly as many zeros as any other; let \
                     each entry decide for itself"
                ),
            ));
        }
        Ok(())
    }

    fn is_exact(&self) -> bool {
        [&self.mask, &self.second].iter().all(|mask| {
            (zeros(mask).sum() - self.rate * mask.len() as f64).abs() < 1.0
        })
    }

    fn exact(&self) -> Box<Feedback> {
        self.case
            .wrong(
                "In every mask, the share of zeros is exactly the rate.".to_owned(),
            )
            .likely(
                true,
                "you silence a fixed number of entries; let each decide for \
                 itself, and the share is only about the rate",
            )
    }
}

/// 1 where a unit is silent, else 0.
fn zeros(mask: &Array2<f64>) -> Array2<f64> {
    mask.mapv(|m| f64::from(m == 0.0))
}

/// Whether all rows, or all columns, are the same.
fn all_equal(mask: &Array2<f64>, axis: Axis) -> bool {
    let first = mask.index_axis(axis, 0);
    mask.axis_iter(axis).all(|line| line == first)
}
