//! The table of the book: one weight after 1,000 steps, and how far all weights are
//! apart.

use crate::Parameters;
use crate::difference::Difference;
use crate::inputs::{Inputs, python_version, trained_in_python};
use crate::locked;
use crate::peer::{Batched, Burn, ByHand, Candle, Peer, Taped};

/// The file that the book includes.
pub const PATH: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../book/measured/differences.md");
const LEARNING_RATE: f64 = 0.05;
const STEPS: usize = 1000;
/// The weight that is shown: of layer 2, in row 0 and column 0.
const WEIGHT: (usize, [usize; 2]) = (1, [0, 0]);

/// What one of them has learned.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose network it is.
    pub name: String,
    /// The weight that the table shows.
    pub weight: f64,
    /// The largest relative difference of all its weights from Part I's, which come
    /// first.
    pub difference: f64,
}

/// The rows, with the same weights, drawings and order for all, one drawing at a
/// time.
pub fn compute() -> Vec<Row> {
    let inputs = Inputs::read();
    let start = &inputs.parameters;
    let train = |mut peer: Box<dyn Peer>| {
        inputs.train(peer.as_mut(), 0..STEPS, 1);
        peer.parameters()
    };
    let by_hand = train(Box::new(ByHand::new(start, LEARNING_RATE)));
    let row = |name: String, parameters: &Parameters| {
        let (layer, place) = WEIGHT;
        let difference = Difference::of_parameters(&by_hand, parameters);
        Row {
            name,
            weight: parameters[layer].0[place],
            difference: difference.relative,
        }
    };
    let locked = |name| locked::version(name).expect("it is compiled in");
    let batched = train(Box::new(Batched::new(start, LEARNING_RATE)));
    let taped = train(Box::new(Taped::new(start, LEARNING_RATE)));
    let burn = train(Box::new(Burn::new(start, LEARNING_RATE)));
    let candle = Candle::new(start, LEARNING_RATE);
    let candle = train(Box::new(candle.expect("parameters of a network")));
    let (numpy, torch) =
        (python_version("numpy", "numpy"), python_version("pytorch", "torch"));
    let (torch, _build) = torch.split_once('+').unwrap_or((&torch, ""));
    vec![
        row("Part I".into(), &by_hand),
        row("Part II".into(), &batched),
        row("Part III".into(), &taped),
        row(format!("NumPy {numpy}"), &trained_in_python("numpy")),
        row(format!("PyTorch {torch}"), &trained_in_python("pytorch")),
        row(format!("Burn {}", locked("burn")), &burn),
        row(format!("candle {}", locked("candle-core")), &candle),
    ]
}

/// The digits on which a weight agrees with the first row's are bold.
pub fn to_markdown(rows: &[Row]) -> String {
    let (layer, [i, j]) = WEIGHT;
    let mut text =
        format!("| | `w{}[{i}, {j}]` | difference |\n|---|---|---|\n", layer + 1);
    for Row { name, weight, difference } in rows {
        let (agree, differ) = split(digits(rows[0].weight), digits(*weight));
        let difference = match difference {
            0.0 => "0".to_owned(),
            _ => format!("{difference:.0e}"),
        };
        text += &format!("| {name} | **{agree}**{differ} | {difference} |\n");
    }
    text
}

/// The rows of a table in Markdown.
pub fn from_markdown(text: &str) -> Vec<Row> {
    let rows = text.lines().skip(2).map(|line| {
        let cells: Vec<&str> =
            line.trim_matches('|').split('|').map(str::trim).collect();
        let number =
            |i: usize| cells[i].replace("**", "").parse().expect("a number");
        Row { name: cells[0].to_owned(), weight: number(1), difference: number(2) }
    });
    rows.collect()
}

/// 17 significant digits, enough to tell any two `f64` apart.
fn digits(number: f64) -> String {
    let scientific = format!("{number:e}");
    let (_, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: isize = exponent.parse().expect("a whole number");
    let decimals = usize::try_from(16 - exponent).expect("no large number");
    format!("{number:.decimals$}")
}

/// What a number has in common with the first from the left, and the rest.
fn split(first: String, number: String) -> (String, String) {
    let pairs = first.chars().zip(number.chars());
    let common = pairs.take_while(|(a, b)| a == b).count();
    let agree = number.chars().take(common).collect();
    (agree, number.chars().skip(common).collect())
}
