//! What a network makes of too much of one pattern.
//!
//! Here networks are trained for real, which takes far longer than anything else,
//! so the known mistakes share the networks that they train.

use ndarray::{ArrayView1, arr1};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard};

use no_magic::by_hand::{Layer, NeuralNet};
use no_magic::dataset::Dataset;
use no_magic::fast;
use no_magic::patterns::Pattern;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::measure::{accuracies, confidences, measured};
use super::{Finding, Measure, Measurement, draw, new_network};
use crate::comparison::difference;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Experiment = fn(&Dataset, &Dataset, &Dataset, u64, Measure) -> Finding;

/// `fn experiment(balanced, lopsided, fresh, seed, measure) -> Finding`
pub fn experiment(answer: Experiment) -> Verdict {
    question().judge(move |setup| {
        setup.observe(|balanced, lopsided, fresh, seed, measure| {
            let finding = answer(balanced, lopsided, fresh, seed, measure);
            setup.known().yours = Some(finding.balanced);
            finding
        })
    })
}

/// What the experiment is made with.
#[derive(Clone)]
pub(super) struct Setup {
    /// Balanced, lopsided and fresh.
    data: [Dataset; 3],
    seed: u64,
    known: Arc<Mutex<Known>>,
}

const BALANCED: usize = 0;
const LOPSIDED: usize = 1;
const FRESH: usize = 2;

/// What has been trained and measured so far.
#[derive(Default)]
struct Known {
    /// For each recipe and network.
    courses: Vec<((Recipe, usize), Course)>,
    measured: Vec<(What, [Measurement; 3])>,
    /// The learner's balanced network.
    yours: Option<[Measurement; 3]>,
}

/// A recipe, a network, a number of epochs, and data to measure it on.
type What = (Recipe, usize, usize, usize);

/// A network after each epoch, and where its generator was then.
type Course = Vec<(fast::NeuralNet, u128)>;

thread_local! {
    /// The sizes of the network that was measured.
    static SIZES: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

const SIZES_OF_THE_TASK: [usize; 3] = [36, 16, 3];
const EPOCHS: usize = 50;

/// The measurement that is handed in.
fn measured_and_seen(network: &mut NeuralNet, data: &Dataset) -> [Measurement; 3] {
    let outputs = network.layers.iter().map(Layer::n_out);
    let sizes: Vec<usize> = [network.n_in()].into_iter().chain(outputs).collect();
    if sizes != SIZES_OF_THE_TASK {
        SIZES.set(sizes);
    }
    measured(|x| network.predict(&x.to_owned()), data)
}

impl Setup {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(100 + seed);
        let data = [[120; 3], [340, 10, 10], [200; 3]];
        Self {
            data: data.map(|counts| draw(counts, &mut rng)),
            seed,
            known: Arc::default(),
        }
    }

    fn observe(
        &self,
        answer: impl Fn(&Dataset, &Dataset, &Dataset, u64, Measure) -> Finding,
    ) -> Outcome {
        SIZES.set(SIZES_OF_THE_TASK.into());
        let [balanced, lopsided, fresh] = &self.data;
        let finding =
            answer(balanced, lopsided, fresh, self.seed, measured_and_seen);
        let sizes = SIZES.take();
        let outcome =
            Outcome::new().text("the sizes of a network", format!("{sizes:?}"));
        if sizes != SIZES_OF_THE_TASK {
            return outcome;
        }
        // A list is right if it follows from the answer's own numbers: if they are
        // wrong, that is said first.
        let Finding { balanced, lopsided, .. } = finding;
        let list = |rule: Rule, right: &[Pattern], yours: &[Pattern]| {
            let listed = |p: &Pattern| yours.contains(p);
            let belongs = |p: &Pattern| rule(&balanced, &lopsided, p.label());
            if Pattern::ALL.iter().all(|p| listed(p) == belongs(p)) {
                return format!("{right:?}");
            }
            let listed = Pattern::ALL.into_iter().filter(listed);
            format!("{:?}", listed.collect::<Vec<_>>())
        };
        let (often, rare) = (&Pattern::ALL[..1], &Pattern::ALL[1..]);
        outcome
            .value("balanced accuracy", &accuracies(&balanced))
            .value("balanced confidence", &confidences(&balanced))
            .value("lopsided accuracy", &accuracies(&lopsided))
            .value("lopsided confidence", &confidences(&lopsided))
            .text("surer_of", list(MODEL.surer_of, often, &finding.surer_of))
            .text("worse_at", list(MODEL.worse_at, rare, &finding.worse_at))
            .text(
                "too_sure_of",
                list(MODEL.too_sure_of, rare, &finding.too_sure_of),
            )
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("no training panics")
    }

    fn measured(&self, what: What) -> [Measurement; 3] {
        let known = self.known().measured.iter().find(|it| it.0 == what).copied();
        if let Some((_, measured)) = known {
            return measured;
        }
        let (recipe, network, epochs, data) = what;
        let mut network = self.trained(recipe, network, epochs).0;
        let predict = |x: ArrayView1<'_, f64>| arr1(network.predict(&x));
        let measured = measured(predict, &self.data[data]);
        self.known().measured.push((what, measured));
        measured
    }

    /// Whether the learner's balanced network can't be this one.
    fn rules_out(&self, balanced: &[Measurement; 3]) -> bool {
        self.known().yours.is_some_and(|yours| {
            difference(&accuracies(&yours), &accuracies(balanced)).is_some()
                || difference(&confidences(&yours), &confidences(balanced))
                    .is_some()
        })
    }

    /// A network after so many epochs, and where its generator is then.
    fn trained(
        &self,
        recipe: Recipe,
        network: usize,
        epochs: usize,
    ) -> (fast::NeuralNet, u128) {
        // The first network is the same, however the second begins.
        let second = if network == BALANCED { Second::Anew } else { recipe.second };
        let recipe = Recipe { second, ..recipe };
        let key = (recipe, network);
        let at = self.known().courses.iter().position(|(known, _)| *known == key);
        let course = at.map(|at| self.known().courses.swap_remove(at).1);
        let mut course =
            course.unwrap_or_else(|| vec![self.start(recipe, network)]);
        let seed = recipe.seed.unwrap_or(self.seed);
        let mut shuffle = ChaCha8Rng::seed_from_u64(seed);
        let data = &self.data[recipe.data.unwrap_or(network)];
        while course.len() <= epochs {
            let (mut trained, position) = course[course.len() - 1].clone();
            shuffle.set_word_pos(match recipe.order {
                Order::ReseededInEachEpoch => 0,
                _ => position,
            });
            if recipe.order == Order::AsTheyAre {
                for i in 0..data.len() {
                    trained.train_step(&data.x(i), data.y(i), recipe.lr);
                }
            } else {
                trained.train_epoch(data, recipe.lr, &mut shuffle);
            }
            course.push((trained, shuffle.get_word_pos()));
        }
        let result = course[epochs].clone();
        self.known().courses.push((key, course));
        result
    }

    /// A network before it learns, and where its generator is then.
    fn start(&self, recipe: Recipe, network: usize) -> (fast::NeuralNet, u128) {
        let mut rng = ChaCha8Rng::seed_from_u64(recipe.seed.unwrap_or(self.seed));
        let new = fast::NeuralNet::from(&new_network(&mut rng));
        let mut position = rng.get_word_pos();
        if recipe.order == Order::ByAnotherRng {
            position = 0;
        }
        if network == BALANCED || recipe.second == Second::Anew {
            return (new, position);
        }
        let (first, after_first) = self.trained(recipe, BALANCED, EPOCHS);
        rng.set_word_pos(after_first);
        match recipe.second {
            Second::Anew | Second::RngGoesOn => {
                let new = fast::NeuralNet::from(&new_network(&mut rng));
                (new, rng.get_word_pos())
            }
            Second::ShufflingGoesOn => (new, after_first),
            Second::NetworkGoesOn => (first, after_first),
            Second::NetworkGoesOnReseeded => (first, 0),
        }
    }
}

/// How the networks are trained.
#[derive(Clone, Copy, PartialEq)]
struct Recipe {
    seed: Option<u64>,
    lr: f64,
    /// What both networks learn from, if it isn't their own.
    data: Option<usize>,
    order: Order,
    second: Second,
}

/// In which order the drawings come.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Shuffled,
    /// By a second generator with the same seed.
    ByAnotherRng,
    /// By a new generator in each epoch.
    ReseededInEachEpoch,
    AsTheyAre,
}

/// How the second network begins.
#[derive(Clone, Copy, PartialEq)]
enum Second {
    Anew,
    RngGoesOn,
    ShufflingGoesOn,
    NetworkGoesOn,
    NetworkGoesOnReseeded,
}

const RECIPE: Recipe = Recipe {
    seed: None,
    lr: 0.05,
    data: None,
    order: Order::Shuffled,
    second: Second::Anew,
};

/// Whether a pattern belongs to a list, from the two measurements and its label.
type Rule = fn(&[Measurement; 3], &[Measurement; 3], usize) -> bool;

/// `experiment`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    recipe: Recipe,
    epochs: usize,
    networks: [usize; 2],
    data: [usize; 2],
    surer_of: Rule,
    worse_at: Rule,
    too_sure_of: Rule,
}

const MODEL: Model = Model {
    recipe: RECIPE,
    epochs: EPOCHS,
    networks: [BALANCED, LOPSIDED],
    data: [FRESH; 2],
    surer_of: |balanced, lopsided, l| {
        lopsided[l].confidence > balanced[l].confidence
    },
    worse_at: |balanced, lopsided, l| lopsided[l].accuracy < balanced[l].accuracy,
    too_sure_of: |_, lopsided, l| {
        lopsided[l].confidence > lopsided[l].accuracy + 0.1
    },
};

impl Model {
    fn experiment(&self, setup: &Setup) -> Finding {
        let measured = |i: usize| {
            let (network, data) = (self.networks[i], self.data[i]);
            setup.measured((self.recipe, network, self.epochs, data))
        };
        let balanced = measured(0);
        // If the first network can't be the learner's, why train the second?
        let lopsided = if self.recipe != RECIPE && setup.rules_out(&balanced) {
            [Measurement { accuracy: f64::NAN, confidence: f64::NAN }; 3]
        } else {
            measured(1)
        };
        let list = |rule: Rule| {
            let belongs = |p: &Pattern| rule(&balanced, &lopsided, p.label());
            Pattern::ALL.into_iter().filter(belongs).collect()
        };
        Finding {
            balanced,
            lopsided,
            surer_of: list(self.surer_of),
            worse_at: list(self.worse_at),
            too_sure_of: list(self.too_sure_of),
        }
    }
}

pub(super) fn question() -> Question<Setup, Model> {
    let run = |model: &Model, setup: &Setup| {
        setup.observe(|_, _, _, _, _| model.experiment(setup))
    };
    Question::new("data_balance.experiment", MODEL, run)
        .given(|setup| {
            Given::new()
                .note("balanced", "120 drawings of each pattern")
                .note("lopsided", "340 horizontal lines, 10 vertical lines, 10 X's")
                .note("fresh", "200 other drawings of each pattern")
                .note("networks", "[36, 16, 3], 50 epochs, learning rate 0.05")
                .number("seed", setup.seed)
        })
        .cases([1, 2].map(Setup::new))
        .mistakes(mistakes! { Model;
        // Which network is measured, and on what
        swapped: "The two networks are swapped.",
            networks = [LOPSIDED, BALANCED];
        balanced_twice: "Both networks learn from the balanced data.",
            networks = [BALANCED; 2];
        lopsided_twice: "Both networks learn from the lopsided data.",
            networks = [LOPSIDED; 2];
        measured_on_own_data:
            "Each network is measured on the drawings that it learned from, not on \
             the fresh ones.",
            data = [BALANCED, LOPSIDED];
        measured_on_each_others_data:
            "Each network is measured on the drawings that the other one learned \
             from, not on the fresh ones.",
            data = [LOPSIDED, BALANCED];
        measured_on_balanced:
            "Both networks are measured on the balanced data, not on the fresh \
             drawings.",
            data = [BALANCED; 2];
        measured_on_lopsided:
            "Both networks are measured on the lopsided data, not on the fresh \
             drawings.",
            data = [LOPSIDED; 2];
        balanced_on_own_data:
            "The balanced network is measured on the drawings that it learned \
             from.",
            data = [BALANCED, FRESH];
        lopsided_on_own_data:
            "The lopsided network is measured on the drawings that it learned \
             from.",
            data = [FRESH, LOPSIDED];
        lopsided_on_balanced:
            "The lopsided network is measured on the balanced data.",
            data = [FRESH, BALANCED];
        // The lists
        surer_of_nothing: "surer_of is empty.",
            surer_of = |_, _, _| false;
        surer_of_everything: "surer_of has all patterns.",
            surer_of = |_, _, _| true;
        surer_of_inverted: "surer_of has the patterns that don't belong there.",
            surer_of = |balanced, lopsided, l| {
                lopsided[l].confidence <= balanced[l].confidence
            };
        worse_at_nothing: "worse_at is empty.",
            worse_at = |_, _, _| false;
        worse_at_everything: "worse_at has all patterns.",
            worse_at = |_, _, _| true;
        worse_at_inverted: "worse_at has the patterns that don't belong there.",
            worse_at = |balanced, lopsided, l| {
                lopsided[l].accuracy >= balanced[l].accuracy
            };
        too_sure_of_nothing: "too_sure_of is empty.",
            too_sure_of = |_, _, _| false;
        too_sure_of_everything: "too_sure_of has all patterns.",
            too_sure_of = |_, _, _| true;
        too_sure_of_inverted:
            "too_sure_of has the patterns that don't belong there.",
            too_sure_of = |_, lopsided, l| {
                lopsided[l].confidence <= lopsided[l].accuracy + 0.1
            };
        no_margin: "too_sure_of ignores the margin of 0.1.",
            too_sure_of = |_, lopsided, l| {
                lopsided[l].confidence > lopsided[l].accuracy
            };
        sure_and_wrong_swapped:
            "surer_of has the patterns of worse_at, and worse_at those of \
             surer_of.",
            surer_of = MODEL.worse_at,
            worse_at = MODEL.surer_of;
        // The recipe
        not_trained: "The networks aren't trained.",
            epochs = 0;
        one_epoch: "The networks are trained for a single epoch.",
            epochs = 1;
        network_goes_on:
            "The second network isn't new: it is the first one, trained further.",
            recipe = Recipe { second: Second::NetworkGoesOn, ..RECIPE };
        network_goes_on_reseeded:
            "The second network isn't new: it is the first one, trained further \
             with a new rng.",
            recipe = Recipe { second: Second::NetworkGoesOnReseeded, ..RECIPE };
        rng_goes_on:
            "The second network goes on with the rng of the first, so it starts \
             from different weights.",
            recipe = Recipe { second: Second::RngGoesOn, ..RECIPE };
        shuffling_goes_on:
            "Both networks start from the same weights, but the second one goes on \
             with the rng of the first.",
            recipe = Recipe { second: Second::ShufflingGoesOn, ..RECIPE };
        second_rng:
            "A second rng shuffles, instead of the one that made the weights.",
            recipe = Recipe { order: Order::ByAnotherRng, ..RECIPE };
        ten_times_the_rate: "The learning rate is 0.5 instead of 0.05.",
            recipe = Recipe { lr: 0.5, ..RECIPE };
        rate_of_0_1: "The learning rate is 0.1 instead of 0.05.",
            recipe = Recipe { lr: 0.1, ..RECIPE };
        trained_on_fresh: "Both networks learn from the fresh drawings.",
            recipe = Recipe { data: Some(FRESH), ..RECIPE },
            networks = [BALANCED; 2];
        same_order_in_each_epoch:
            "Each epoch starts the rng again, so the drawings always come in the \
             same order.",
            recipe = Recipe { order: Order::ReseededInEachEpoch, ..RECIPE };
        not_shuffled: "The drawings aren't shuffled.",
            recipe = Recipe { order: Order::AsTheyAre, ..RECIPE };
        one_epoch_too_few: "The networks are trained for 49 epochs.",
            epochs = 49;
        one_epoch_too_many: "The networks are trained for 51 epochs.",
            epochs = 51;
        seed_0: "The seed is 0, whatever `seed` is.",
            recipe = Recipe { seed: Some(0), ..RECIPE };
        })
}
