//! The capstone: a network that has learned to tell the patterns apart.

use ndarray::Array1;
use no_magic::by_hand::Layer;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::{forward, predict::judge_architecture};
use crate::Verdict;
use crate::case::Case;

/// `fn capstone(rng) -> layers`
pub type Capstone = fn(&mut ChaCha8Rng) -> Vec<Layer>;

const SIZES: [usize; 3] = [36, 16, 3];
/// Fresh drawings of each pattern.
const EACH: usize = 300;
const GOAL: f64 = 0.95;

/// Judges `capstone`.
pub fn capstone(answer: Capstone) -> Verdict {
    let case = Case::new();
    let mut layers = case.run(move || answer(&mut ChaCha8Rng::seed_from_u64(0)))?;
    judge_architecture(&case, &SIZES, &layers)?;
    let case = case.note("patterns", &format!("{EACH} fresh ones of each kind"));
    let Some(answers) = Answers::of(&mut layers) else {
        let sentence = "The network answers NaN, which is not a number.";
        return Err(case.wrong(sentence.to_owned()).likely(
            true,
            "its weights have grown beyond measure: are the steps small, and \
             downhill?",
        ));
    };
    let right = answers.right();
    if right >= GOAL {
        return Ok(());
    }
    let (right, goal) = (100.0 * right, 100.0 * GOAL);
    let sentence = format!(
        "The network is right about {right:.1}% of the patterns; {goal:.0}% are \
         asked for."
    );
    let mut feedback = case.wrong(sentence);
    feedback.comparison = answers.table();
    let untrained = layers.iter().all(|layer| layer.b.iter().all(|&b| b == 0.0));
    Err(feedback
        .likely(
            untrained,
            "every bias is still 0: was it trained, and is it the trained one?",
        )
        .likely(true, answers.mistake()))
}

/// What the network said of fresh patterns.
struct Answers {
    /// How often it took the pattern of the row for that of the column.
    counts: [[usize; 3]; 3],
    /// How probable its wrong answers seemed to it, in the mean.
    sure_but_wrong: f64,
}

impl Answers {
    /// `None` if the network has broken down.
    fn of(layers: &mut [Layer]) -> Option<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut counts = [[0; 3]; 3];
        let mut wrong = Vec::new();
        for pattern in Pattern::ALL {
            for _ in 0..EACH {
                let x = pattern.draw(&mut rng).pixels();
                let yhat = forward(&mut *layers, &x).expect("layers that fit");
                let class = argmax(&yhat)?;
                counts[pattern.label()][class] += 1;
                if class != pattern.label() {
                    wrong.push(yhat[class]);
                }
            }
        }
        Some(Self {
            counts,
            sure_but_wrong: Array1::from(wrong).mean().unwrap_or_default(),
        })
    }

    /// What is likely wrong with a trained network.
    fn mistake(&self) -> &'static str {
        let any =
            |holds: &dyn Fn(Pattern) -> bool| Pattern::ALL.into_iter().any(holds);
        if self.renamed() > 0.9 {
            "it tells them apart, but confuses their names; which label is whose?"
        } else if any(&|pattern| self.said(pattern) > 0.99) {
            "it always says the same: did it see all three, and were the steps \
             small?"
        } else if any(&|pattern| self.said(pattern) < 0.01) {
            "it never says one of the three: did it see all of them?"
        } else if any(&|pattern| {
            self.said(pattern) > 0.45 && self.recognized(pattern) > 0.98
        }) {
            "it leans to one of the three: did it see as many of each?"
        } else if self.sure_but_wrong > 0.75 {
            "it is sure where it is wrong: it knows its examples by heart; draw \
             more"
        } else if self.right() < 0.5 {
            "that is little more than guessing: enough examples, each with its \
             label?"
        } else {
            "it is not sure of itself yet; train for more epochs"
        }
    }

    fn right(&self) -> f64 {
        self.share_of([0, 1, 2])
    }

    /// The share that would be right if the network's answers had other names.
    fn renamed(&self) -> f64 {
        [[1, 2, 0], [2, 0, 1], [1, 0, 2], [0, 2, 1], [2, 1, 0]]
            .map(|classes| self.share_of(classes))
            .into_iter()
            .fold(0.0, f64::max)
    }

    fn share_of(&self, classes: [usize; 3]) -> f64 {
        let counts = self.counts.iter().zip(classes);
        let right: usize = counts.map(|(row, class)| row[class]).sum();
        right as f64 / (3 * EACH) as f64
    }

    /// The share of this pattern's drawings that the network is right about.
    fn recognized(&self, pattern: Pattern) -> f64 {
        let label = pattern.label();
        self.counts[label][label] as f64 / EACH as f64
    }

    /// How often the network says this, whatever it sees.
    fn said(&self, pattern: Pattern) -> f64 {
        let said: usize = self.counts.iter().map(|row| row[pattern.label()]).sum();
        said as f64 / (3 * EACH) as f64
    }

    fn table(&self) -> Vec<String> {
        let [h, v, x] = Pattern::ALL;
        let mut lines =
            vec![format!("  {:15}  {h:>15}  {v:>15}  {x:>6}", "taken for:")];
        for (pattern, row) in Pattern::ALL.into_iter().zip(self.counts) {
            let [h, v, x] = row
                .map(|count| format!("{:.1}%", 100.0 * count as f64 / EACH as f64));
            let enough = self.recognized(pattern) >= GOAL;
            let mark = if enough { ' ' } else { '→' };
            lines.push(format!("{mark} {pattern:15}  {h:>15}  {v:>15}  {x:>6}"));
        }
        lines
    }
}
