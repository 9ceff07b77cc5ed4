//! The capstone: a network that has learned to tell the patterns apart.

use ndarray::{Array1, Array2};
use no_magic::by_hand::Layer;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::forward;
use super::predict::architecture;
use crate::diagnosis::difference;
use crate::feedback::Feedback;
use crate::{Verdict, run};

/// `fn capstone(rng) -> layers`
pub type Capstone = fn(&mut ChaCha8Rng) -> Vec<Layer>;

/// Fresh drawings of each pattern.
const EACH: usize = 300;
const GOAL: f64 = 95.0;

/// Judges `capstone`: any network of the right shape that is right often enough.
/// Why one isn't can't be known, so the feedback says what can be seen.
pub fn capstone(answer: Capstone) -> Verdict {
    let layers = run::run(move || answer(&mut ChaCha8Rng::seed_from_u64(0)))
        .map_err(|failure| Box::new(Feedback::from(&failure)))?;
    let sizes = [(36, 16), (16, 3)]
        .map(|(n_in, n_out)| (Array2::zeros((n_out, n_in)), Array1::zeros(n_out)));
    let expected = architecture(&super::layers(sizes.into()));
    let yours = architecture(&layers);
    if !expected.agrees_with(&yours) {
        return Err(Box::new(difference(&expected, &yours)));
    }
    let answers = Answers::of(layers);
    let right = answers.renamed([0, 1, 2]);
    if right >= GOAL {
        return Ok(());
    }
    Err(Box::new(Feedback {
        sentence: format!(
            "The network is right about {right:.1}% of {EACH} fresh drawings of \
             each pattern; it should be {GOAL:.0}%."
        ),
        comparison: answers.table(),
        facts: vec![answers.fact()],
        ..Feedback::default()
    }))
}

/// What the network says about fresh patterns.
struct Answers {
    layers: Vec<Layer>,
    /// How often it takes the pattern of the row for that of the column, in %.
    shares: [[f64; 3]; 3],
    /// How probable its answers are to it on average, right and wrong.
    certainty: f64,
    wrong_certainty: f64,
    /// The hidden units that are silent for each pattern.
    silent: usize,
}

impl Answers {
    fn of(mut layers: Vec<Layer>) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut shares = [[0.0; 3]; 3];
        let (mut sure, mut sure_but_wrong) = (Vec::new(), Vec::new());
        let mut loudest = Array1::<f64>::zeros(16);
        for pattern in Pattern::ALL {
            for _ in 0..EACH {
                let yhat = forward(&mut layers, &pattern.draw(&mut rng).pixels());
                loudest.zip_mut_with(&layers[0].z, |max, &z| *max = max.max(z));
                // With a NaN among them, there is no largest one.
                let Some(class) = argmax(&yhat) else { continue };
                shares[pattern.label()][class] += 100.0 / EACH as f64;
                sure.push(yhat[class]);
                if class != pattern.label() {
                    sure_but_wrong.push(yhat[class]);
                }
            }
        }
        let mean = |all: Vec<f64>| Array1::from(all).mean().unwrap_or(0.0);
        Self {
            layers,
            shares,
            certainty: mean(sure),
            wrong_certainty: mean(sure_but_wrong),
            silent: loudest.iter().filter(|&&z| z == 0.0).count(),
        }
    }

    /// The percentage that would be right if the answers had these names.
    fn renamed(&self, names: [usize; 3]) -> f64 {
        let shares = self.shares.iter().zip(names);
        shares.map(|(row, name)| row[name]).sum::<f64>() / 3.0
    }

    /// What can be seen, the most telling thing alone.
    fn fact(&self) -> String {
        let parameters = || self.layers.iter().flat_map(|l| l.w.iter().chain(&l.b));
        if parameters().any(|number| !number.is_finite()) {
            return "Some of its weights are infinite or NaN. Steps that are too \
                    large or go uphill do that."
                .to_owned();
        }
        if self.layers.iter().all(|layer| layer.b.iter().all(|&b| b == 0.0)) {
            return "Every bias is still 0: this network hasn't taken a single step."
                .to_owned();
        }
        if self.silent > 8 {
            return format!(
                "{} of its 16 hidden units are silent whatever the pattern. Steps \
                 that are far too large do that.",
                self.silent
            );
        }
        let others = [[1, 2, 0], [2, 0, 1], [1, 0, 2], [0, 2, 1], [2, 1, 0]];
        if others.into_iter().any(|names| self.renamed(names) > 90.0) {
            return "It tells the patterns apart, but under each other's names. Do \
                    the examples have the right labels?"
                .to_owned();
        }
        // By how often the network says it, and is right to.
        let find = |is: fn(said: f64, right: f64) -> bool| {
            Pattern::ALL.into_iter().find(|pattern| {
                let label = pattern.label();
                let said = self.shares.iter().map(|row| row[label]).sum::<f64>();
                is(said / 3.0, self.shares[label][label])
            })
        };
        if let Some(pattern) = find(|said, _| said > 99.0) {
            return format!("It says \"{pattern}\" whatever it sees.");
        }
        if let Some(pattern) = find(|said, _| said < 1.0) {
            return format!(
                "It hardly ever says \"{pattern}\". Are there any among the \
                 examples?"
            );
        }
        if let Some(pattern) = find(|said, right| said > 45.0 && right > 98.0) {
            return format!(
                "It says \"{pattern}\" far too often. Are there as many examples \
                 of the other two?"
            );
        }
        let (all, wrong) = (self.certainty, self.wrong_certainty);
        let meaning = if wrong > 0.75 {
            "So it's sure even of its mistakes, as networks are that know their \
             examples by heart. More epochs won't help, but more examples may."
        } else {
            "So it isn't sure yet: either it hasn't taken enough steps, or what it \
             learned got lost on the way."
        };
        format!(
            "On average, it gives a probability of {all:.2} to what it says, and \
             of {wrong:.2} where it's wrong. {meaning}"
        )
    }

    fn table(&self) -> Vec<String> {
        let [h, v, x] = Pattern::ALL;
        let mut lines =
            vec![format!("  {:15}  {h:>15}  {v:>15}  {x:>6}", "taken for:")];
        for (pattern, row) in Pattern::ALL.into_iter().zip(self.shares) {
            let mark = if row[pattern.label()] >= GOAL { ' ' } else { '→' };
            let [h, v, x] = row.map(|share| format!("{share:.1}%"));
            lines.push(format!("{mark} {pattern:15}  {h:>15}  {v:>15}  {x:>6}"));
        }
        lines
    }
}
