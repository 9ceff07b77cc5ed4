//! What a network makes of too much of one pattern.
//!
//! Here networks are trained for real, which takes far longer than anything else,
//! so the known mistakes share the networks that they train.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use ndarray::{ArrayView1, arr1};
use no_magic::by_hand::{Layer, NeuralNet};
use no_magic::dataset::Dataset;
use no_magic::fast;
use no_magic::patterns::Pattern;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use super::measure::{accuracies, confidences, measured};
use super::{Finding, Measure, Measurement, draw, new_network};
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Experiment = fn(&Dataset, &Dataset, &Dataset, u64, Measure) -> Finding;

/// `fn experiment(balanced, lopsided, fresh, seed, measure) -> Finding`
pub fn experiment(answer: Experiment) -> Verdict {
    question().judge(move |setup| setup.observe(answer))
}

/// What the experiment is made with.
#[derive(Clone)]
pub(super) struct Setup {
    /// Balanced, lopsided and fresh.
    counts: [[usize; 3]; 3],
    data: [Dataset; 3],
    seed: u64,
    right: Lists,
    /// What has been trained so far.
    trained: Arc<Mutex<BTreeMap<(Recipe, usize), Course>>>,
}

const BALANCED: usize = 0;
const LOPSIDED: usize = 1;
const FRESH: usize = 2;

/// `surer_of`, `worse_at` and `too_sure_of`.
type Lists = [&'static [Pattern]; 3];

/// What the experiment of the page shows, for a learner to write down.
const WRITTEN_DOWN: Lists = [
    &[Pattern::Horizontal],
    &[Pattern::Vertical, Pattern::X],
    &[Pattern::Vertical, Pattern::X],
];

/// A network after each epoch, and where its generator was then.
type Course = Vec<(fast::NeuralNet, u128)>;

thread_local! {
    /// The sizes of the network that was measured.
    static SIZES: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

const SIZES_OF_THE_TASK: [usize; 3] = [36, 16, 3];
const EPOCHS: usize = 50;
const LR: f64 = 0.05;

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
    /// The experiment of the page.
    fn of_the_page() -> Self {
        Self::new([[120; 3], [340, 10, 10], [200; 3]], 1, WRITTEN_DOWN)
    }

    /// So few drawings that each way to make a list gives another one. One pattern
    /// has the same accuracy in both networks.
    fn tiny() -> Self {
        let right: Lists = [
            &Pattern::ALL,
            &[Pattern::Vertical],
            &[Pattern::Horizontal, Pattern::Vertical],
        ];
        Self::new([[4; 3], [8, 2, 2], [10; 3]], 342, right)
    }

    fn new(counts: [[usize; 3]; 3], seed: u64, right: Lists) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(100 + seed);
        let data = counts.map(|counts| draw(counts, &mut rng));
        Self { counts, data, seed, right, trained: Arc::default() }
    }

    fn observe(
        &self,
        answer: impl Fn(&Dataset, &Dataset, &Dataset, u64, Measure) -> Finding,
    ) -> Outcome {
        SIZES.set(SIZES_OF_THE_TASK.into());
        let [balanced, lopsided, fresh] = &self.data;
        let Finding { balanced, lopsided, surer_of, worse_at, too_sure_of } =
            answer(balanced, lopsided, fresh, self.seed, measured_and_seen);
        let sizes = SIZES.take();
        let outcome =
            Outcome::new().text("the sizes of a network", format!("{sizes:?}"));
        if sizes != SIZES_OF_THE_TASK {
            return outcome;
        }
        // A list is right if it follows from the answer's own numbers: if they are
        // wrong, that is said first. And one that was written down stays the same.
        let rules = [MODEL.surer_of, MODEL.worse_at, MODEL.too_sure_of];
        let list = |i: usize, yours: &[Pattern]| {
            let yours = listed(|p| yours.contains(&p));
            let follows = listed(|p| rules[i](&balanced, &lopsided, p.label()));
            let is_right = yours == follows || yours == WRITTEN_DOWN[i];
            format!("{:?}", if is_right { self.right[i] } else { &yours })
        };
        outcome
            .value("balanced accuracy", &accuracies(&balanced))
            .value("balanced confidence", &confidences(&balanced))
            .value("lopsided accuracy", &accuracies(&lopsided))
            .value("lopsided confidence", &confidences(&lopsided))
            .text("surer_of", list(0, &surer_of))
            .text("worse_at", list(1, &worse_at))
            .text("too_sure_of", list(2, &too_sure_of))
    }

    /// A network after so many epochs, and where its generator is then.
    fn trained(
        &self,
        recipe: Recipe,
        network: usize,
        epochs: usize,
    ) -> (fast::NeuralNet, u128) {
        let key = (recipe, network);
        let at = |course: &Course| course[epochs].clone();
        let all = || self.trained.lock().expect("no training panics");
        let known = all().get(&key).map(at);
        known.unwrap_or_else(|| {
            let course = self.course(recipe, network);
            let trained = at(&course);
            all().insert(key, course);
            trained
        })
    }

    fn course(&self, recipe: Recipe, network: usize) -> Course {
        let (mut trained, position) = self.start(recipe, network);
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_word_pos(position);
        let mut course = vec![(trained.clone(), position)];
        for _ in 0..=EPOCHS {
            trained.train_epoch(&self.data[network], LR, &mut rng);
            course.push((trained.clone(), rng.get_word_pos()));
        }
        course
    }

    /// A network before it learns, and where its generator is then.
    fn start(&self, recipe: Recipe, network: usize) -> (fast::NeuralNet, u128) {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let is_second = network == LOPSIDED;
        let first = || self.trained(recipe, BALANCED, EPOCHS);
        match recipe {
            Recipe::NetworkGoesOn if is_second => return first(),
            Recipe::NetworkGoesOnReseeded if is_second => return (first().0, 0),
            Recipe::RngGoesOn if is_second => rng.set_word_pos(first().1),
            _ => {}
        }
        let new = fast::NeuralNet::from(&new_network(&mut rng));
        let is_reseeded = recipe == Recipe::SecondRng;
        (new, if is_reseeded { 0 } else { rng.get_word_pos() })
    }
}

fn listed(belongs: impl Fn(Pattern) -> bool) -> Vec<Pattern> {
    Pattern::ALL.into_iter().filter(|pattern| belongs(*pattern)).collect()
}

/// How the networks are trained.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Recipe {
    Right,
    /// A second generator with the same seed shuffles.
    SecondRng,
    RngGoesOn,
    NetworkGoesOn,
    NetworkGoesOnReseeded,
}

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
    recipe: Recipe::Right,
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
            let (mut network, _) =
                setup.trained(self.recipe, self.networks[i], self.epochs);
            let predict = |x: ArrayView1<'_, f64>| arr1(network.predict(&x));
            measured(predict, &setup.data[self.data[i]])
        };
        let (balanced, lopsided) = (measured(0), measured(1));
        let list = |rule: Rule| listed(|p| rule(&balanced, &lopsided, p.label()));
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
            let [balanced, lopsided, fresh] = setup.counts.map(|[h, v, x]| {
                format!("{h} horizontal lines, {v} vertical lines, {x} X's")
            });
            Given::new()
                .note("balanced", &balanced)
                .note("lopsided", &lopsided)
                .note("fresh", &fresh)
                .note("networks", "[36, 16, 3], 50 epochs, learning rate 0.05")
                .number("seed", setup.seed)
        })
        .kinds(|setup| vec![("few drawings", setup.counts[FRESH][0] < 100)])
        .cases([Setup::of_the_page(), Setup::tiny()])
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
        measured_on_balanced:
            "Both networks are measured on the balanced data, not on the fresh \
             drawings.",
            data = [BALANCED; 2];
        // The lists
        surer_of_nothing: "surer_of is empty.",
            surer_of = |_, _, _| false;
        surer_of_inverted: "surer_of has the patterns that don't belong there.",
            surer_of = |balanced, lopsided, l| {
                lopsided[l].confidence <= balanced[l].confidence
            };
        surer_of_by_accuracy:
            "surer_of compares the accuracies instead of the confidences.",
            surer_of = |balanced, lopsided, l| {
                lopsided[l].accuracy > balanced[l].accuracy
            };
        worse_at_nothing: "worse_at is empty.",
            worse_at = |_, _, _| false;
        worse_at_inverted: "worse_at has the patterns that don't belong there.",
            worse_at = |balanced, lopsided, l| {
                lopsided[l].accuracy >= balanced[l].accuracy
            };
        worse_at_by_confidence:
            "worse_at compares the confidences instead of the accuracies.",
            worse_at = |balanced, lopsided, l| {
                lopsided[l].confidence < balanced[l].confidence
            };
        worse_at_if_equal:
            "worse_at has a pattern on which both networks have the same accuracy.",
            worse_at = |balanced, lopsided, l| {
                lopsided[l].accuracy <= balanced[l].accuracy
            };
        too_sure_of_nothing: "too_sure_of is empty.",
            too_sure_of = |_, _, _| false;
        too_sure_of_inverted:
            "too_sure_of has the patterns that don't belong there.",
            too_sure_of = |_, lopsided, l| {
                lopsided[l].confidence <= lopsided[l].accuracy + 0.1
            };
        no_margin: "too_sure_of ignores the margin of 0.1.",
            too_sure_of = |_, lopsided, l| {
                lopsided[l].confidence > lopsided[l].accuracy
            };
        too_sure_of_balanced:
            "too_sure_of looks at the balanced network, not at the lopsided one.",
            too_sure_of = |balanced, _, l| {
                balanced[l].confidence > balanced[l].accuracy + 0.1
            };
        // The recipe
        not_trained: "The networks aren't trained.",
            epochs = 0;
        one_epoch: "The networks are trained for a single epoch.",
            epochs = 1;
        network_goes_on:
            "The second network isn't new: it is the first one, trained further.",
            recipe = Recipe::NetworkGoesOn;
        network_goes_on_reseeded:
            "The second network isn't new: it is the first one, trained further \
             with a new rng.",
            recipe = Recipe::NetworkGoesOnReseeded;
        rng_goes_on:
            "The second network goes on with the rng of the first, so it starts \
             from different weights.",
            recipe = Recipe::RngGoesOn;
        second_rng:
            "A second rng shuffles, instead of the one that made the weights.",
            recipe = Recipe::SecondRng;
        one_epoch_too_few: "The networks are trained for 49 epochs.",
            epochs = 49;
        one_epoch_too_many: "The networks are trained for 51 epochs.",
            epochs = 51;
        })
}
