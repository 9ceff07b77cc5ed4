//! Question 3: what a network makes of too much of one pattern.

use ndarray::Array1;
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::fast;
use no_magic::patterns::Pattern;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::measure::{accuracies, confidences, measured};
use super::{Finding, Measure, Measurement, draw, new_network};
use crate::Verdict;
use crate::case::Case;
use crate::feedback::Feedback;

type Experiment = fn(&Dataset, &Dataset, &Dataset, u64, Measure) -> Finding;

/// `fn experiment(balanced, lopsided, fresh, seed, measure) -> Finding`
pub fn experiment(answer: Experiment) -> Verdict {
    let mut before = None;
    for seed in [1, 2] {
        let setup = Setup::new(seed);
        let yours = setup.run(answer)?;
        let same = before.as_ref() == Some(&yours);
        setup.judge_numbers(&yours).map_err(|feedback| {
            feedback
                .likely(
                    same,
                    "your numbers were the same for other data and another seed; \
                     does the experiment use what it is given?",
                )
                .likely(
                    true,
                    "a difference in the recipe: sizes [36, 16, 3], 50 epochs, \
                     learning rate 0.05, and for each network a new rng, which \
                     makes the weights and then shuffles",
                )
        })?;
        setup.judge_lists(&yours)?;
        before = Some(yours);
    }
    Ok(())
}

type Part = fn(&[Measurement; 3]) -> Array1<f64>;

const EPOCHS: usize = 50;
const LEARNING_RATE: f64 = 0.05;

/// What the experiment is made with.
#[derive(Clone)]
struct Setup {
    case: Case,
    balanced: Dataset,
    lopsided: Dataset,
    fresh: Dataset,
    seed: u64,
}

impl Setup {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(100 + seed);
        Self {
            case: Case::new()
                .note("balanced", "120 drawings of each pattern")
                .note("lopsided", "340 horizontal lines, 10 vertical lines, 10 X's")
                .note("fresh", "200 other drawings of each pattern")
                .number("seed", seed),
            balanced: draw([120; 3], &mut rng),
            lopsided: draw([340, 10, 10], &mut rng),
            fresh: draw([200; 3], &mut rng),
            seed,
        }
    }

    fn run(&self, answer: Experiment) -> Result<Finding, Box<Feedback>> {
        let setup = self.clone();
        self.case.run(move || {
            let Setup { balanced, lopsided, fresh, seed, .. } = &setup;
            answer(balanced, lopsided, fresh, *seed, measured)
        })
    }

    fn judge_numbers(&self, yours: &Finding) -> Verdict {
        let (balanced, lopsided) = (&self.balanced, &self.lopsided);
        self.judge_network("balanced", balanced, lopsided, &yours.balanced)?;
        self.judge_network("lopsided", lopsided, balanced, &yours.lopsided)
    }

    /// Judges the numbers of the network that should learn from `data`, not from
    /// `other`.
    fn judge_network(
        &self,
        name: &str,
        data: &Dataset,
        other: &Dataset,
        yours: &[Measurement; 3],
    ) -> Verdict {
        let expected = measured(&mut self.trained(data, EPOCHS).0, &self.fresh);
        if expected == *yours {
            return Ok(());
        }
        let mistakes = self.mistakes(data, other);
        let parts: [(&str, Part); 2] =
            [("accuracy", accuracies), ("confidence", confidences)];
        for (what, part) in parts {
            let (name, expected) = (format!("{name} {what}"), part(&expected));
            let mut expectation = self.case.expect(&name, &expected);
            for (gives, mistake) in &mistakes {
                expectation = expectation.unless(&part(gives), mistake);
            }
            expectation.judge(&part(yours))?;
        }
        Ok(())
    }

    /// What well-known mistakes make of the network that should learn from `data`.
    fn mistakes(
        &self,
        data: &Dataset,
        other: &Dataset,
    ) -> Vec<([Measurement; 3], &'static str)> {
        let of =
            |mut network: NeuralNet, data: &Dataset| measured(&mut network, data);
        let on_fresh = |network: NeuralNet| of(network, &self.fresh);
        let network = |data, epochs| self.trained(data, epochs).0;
        let (other_network, mut rng) = self.trained(other, EPOCHS);
        let rng_carried_on = train(new_network(&mut rng), data, EPOCHS, &mut rng);
        let (_, mut rng) = self.trained(other, EPOCHS);
        let went_on = train(other_network.clone(), data, EPOCHS, &mut rng);
        let went_on_anew =
            train(other_network.clone(), data, EPOCHS, &mut self.rng());
        let two_rngs = train(network(data, 0), data, EPOCHS, &mut self.rng());
        vec![
            (
                on_fresh(other_network),
                "this network learned from the data of the other one",
            ),
            (
                of(network(data, EPOCHS), data),
                "measured on the drawings that the network learned from; only \
                 fresh ones show what it has learned",
            ),
            (
                of(network(data, EPOCHS), other),
                "measured on the data of the other network; take the fresh \
                 drawings",
            ),
            (
                on_fresh(network(data, 0)),
                "this network has not learned anything yet",
            ),
            (
                on_fresh(network(data, 1)),
                "this network has learned for a single epoch",
            ),
            (
                on_fresh(went_on),
                "this network had learned from the other data before; start with \
                 a new one",
            ),
            (
                on_fresh(went_on_anew),
                "this network had learned from the other data before; start with \
                 a new one",
            ),
            (
                on_fresh(rng_carried_on),
                "the rng went on where the other network left it; a new one lets \
                 both start from the same weights",
            ),
            (
                on_fresh(two_rngs),
                "one rng makes the weights of a network and then goes on to \
                 shuffle; you started a second one",
            ),
        ]
    }

    /// The network that learned from `data`, and its generator after that.
    fn trained(&self, data: &Dataset, epochs: usize) -> (NeuralNet, ChaCha8Rng) {
        let mut rng = self.rng();
        (train(new_network(&mut rng), data, epochs, &mut rng), rng)
    }

    fn rng(&self) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.seed)
    }

    fn judge_lists(&self, yours: &Finding) -> Verdict {
        let (balanced, lopsided) = (&yours.balanced, &yours.lopsided);
        for list in [
            List {
                name: "surer_of",
                columns: ["balanced confidence", "lopsided confidence"],
                numbers: [confidences(balanced), confidences(lopsided)],
                belongs: |balanced, lopsided| lopsided > balanced,
                yours: &yours.surer_of,
            },
            List {
                name: "worse_at",
                columns: ["balanced accuracy", "lopsided accuracy"],
                numbers: [accuracies(balanced), accuracies(lopsided)],
                belongs: |balanced, lopsided| lopsided < balanced,
                yours: &yours.worse_at,
            },
            List {
                name: "too_sure_of",
                columns: ["lopsided accuracy", "lopsided confidence"],
                numbers: [accuracies(lopsided), confidences(lopsided)],
                belongs: |accuracy, confidence| confidence > accuracy + 0.1,
                yours: &yours.too_sure_of,
            },
        ] {
            list.judge(&self.case)?;
        }
        Ok(())
    }
}

/// A list of patterns, and the numbers from which it follows.
struct List<'a> {
    name: &'a str,
    columns: [&'a str; 2],
    numbers: [Array1<f64>; 2],
    belongs: fn(f64, f64) -> bool,
    yours: &'a [Pattern],
}

impl List<'_> {
    fn judge(&self, case: &Case) -> Verdict {
        let wrong = |pattern: &Pattern| {
            self.belongs(*pattern) != self.yours.contains(pattern)
        };
        let Some(first) = Pattern::ALL.into_iter().find(wrong) else {
            return Ok(());
        };
        let mut feedback = case.wrong(if self.belongs(first) {
            format!(
                "{} leaves out {first:?}, which belongs there by your numbers.",
                self.name
            )
        } else {
            format!(
                "{} lists {first:?}, which does not belong there by your numbers.",
                self.name
            )
        });
        feedback.comparison = self.table(first);
        let empty = self.yours.is_empty();
        Err(feedback
            .likely(empty, "the list is empty; compare the two columns, row by row")
            .likely(
                Pattern::ALL.iter().all(wrong),
                "the wrong way round: these are just the patterns that do not \
                 belong there",
            ))
    }

    fn belongs(&self, pattern: Pattern) -> bool {
        let [left, right] = &self.numbers;
        (self.belongs)(left[pattern.label()], right[pattern.label()])
    }

    fn table(&self, marked: Pattern) -> Vec<String> {
        let ([left, right], [left_name, right_name]) =
            (&self.numbers, self.columns);
        let head = format!("  {:<15}  {left_name}  {right_name}", "");
        let row = |pattern: Pattern| {
            let mark = if pattern == marked { "→" } else { " " };
            let (left_width, right_width) = (left_name.len(), right_name.len());
            let (left, right) = (left[pattern.label()], right[pattern.label()]);
            format!(
                "{mark} {pattern:<15}  {left:>left_width$.4}  \
                 {right:>right_width$.4}"
            )
        };
        [head].into_iter().chain(Pattern::ALL.map(row)).collect()
    }
}

/// Trains with `fast`, which gives the same bits sooner.
fn train(
    network: NeuralNet,
    data: &Dataset,
    epochs: usize,
    rng: &mut ChaCha8Rng,
) -> NeuralNet {
    let mut network = fast::NeuralNet::from(&network);
    for _ in 0..epochs {
        network.train_epoch(data, LEARNING_RATE, rng);
    }
    NeuralNet::from(&network)
}
