//! Part III: each operation of the tape, and the network that is trained with it.

use ndarray::{Array2, Axis};
use no_magic::autograd::{Network, Tape, Var};
use no_magic::by_hand::NeuralNet;

use crate::arrays::{Arrays, add};
use crate::inputs::{LABELS, SMALL, batch, counts, data, operands, parameters};
use crate::training::{STEPS, notes};

const CASE: &str = "Autograd";

type Formula = for<'t> fn(&[Var<'t>]) -> Var<'t>;

/// A name, the operands, and what is computed from them.
const FORMULAS: [(&str, &[&str], Formula); 30] = [
    ("matmul", &["a", "c"], |v| v[0].matmul(v[1])),
    ("matmul of a transpose", &["a", "b"], |v| v[0].matmul(v[1].t())),
    ("t", &["a"], |v| v[0].t()),
    ("add", &["a", "b"], |v| v[0] + v[1]),
    ("add a row", &["a", "row"], |v| v[0] + v[1]),
    ("add a column", &["a", "column"], |v| v[0] + v[1]),
    ("add to a scalar", &["scalar", "a"], |v| v[0] + v[1]),
    ("add a row and a column", &["row", "column"], |v| v[0] + v[1]),
    ("sub", &["a", "b"], |v| v[0] - v[1]),
    ("sub a row", &["a", "row"], |v| v[0] - v[1]),
    ("sub from a column", &["column", "a"], |v| v[0] - v[1]),
    ("sub a scalar", &["a", "scalar"], |v| v[0] - v[1]),
    ("sub a column from a row", &["row", "column"], |v| v[0] - v[1]),
    ("mul", &["a", "b"], |v| v[0] * v[1]),
    ("mul by a row", &["a", "row"], |v| v[0] * v[1]),
    ("mul a column", &["column", "a"], |v| v[0] * v[1]),
    ("mul by a scalar", &["a", "scalar"], |v| v[0] * v[1]),
    ("mul a row and a column", &["row", "column"], |v| v[0] * v[1]),
    ("neg", &["a"], |v| -v[0]),
    ("relu", &["a"], |v| v[0].relu()),
    ("tanh", &["a"], |v| v[0].tanh()),
    ("exp", &["a"], |v| v[0].exp()),
    ("ln", &["positive"], |v| v[0].ln()),
    ("sum", &["a"], |v| v[0].sum()),
    ("mean", &["a"], |v| v[0].mean()),
    ("log_softmax", &["a"], |v| v[0].log_softmax()),
    ("pick", &["a"], |v| v[0].pick(&LABELS)),
    ("an operand used three times", &["a"], |v| v[0] * v[0] + v[0]),
    ("a result used three times", &["a"], |v| {
        let h = v[0].tanh();
        h * h.exp() - h
    }),
    ("a matrix times itself", &["a"], |v| v[0].matmul(v[0].t())),
];

pub fn compute() -> Arrays {
    let mut arrays = training();
    for (name, operands, formula) in FORMULAS {
        arrays.extend(gradients(name, operands, formula));
    }
    arrays
}

/// The value, and the gradient of its weighted sum with respect to each operand.
fn gradients(name: &str, names: &[&str], formula: Formula) -> Arrays {
    let tape = Tape::new();
    let vars: Vec<Var<'_>> =
        names.iter().map(|name| tape.var(operand(name))).collect();
    let value = formula(&vars);
    let gradients = (tape.var(counts(value.shape())) * value).sum().backward();
    let mut arrays = Arrays::new();
    add(&mut arrays, format!("{CASE}/{name}/value"), &value.value());
    for (operand, var) in names.iter().zip(vars) {
        let name = format!("{CASE}/{name}/gradient of {operand}");
        add(&mut arrays, name, &gradients.wrt(var));
    }
    arrays
}

fn operand(name: &str) -> Array2<f64> {
    let mut operands = operands().into_iter();
    operands.find(|operand| operand.0 == name).expect("an operand").1
}

fn training() -> Arrays {
    let data = data();
    let by_hand = NeuralNet::from_parameters(parameters(&SMALL)).unwrap();
    let mut network = Network::from(&by_hand);
    let mut arrays = Arrays::new();
    let probabilities = network.predict(&batch(0, &data).0);
    add(&mut arrays, format!("{CASE}/forward/probabilities"), &probabilities);
    for step in 0..STEPS {
        let (x, y) = batch(step, &data);
        let loss = network.train_step(&x, &y, 0.1);
        arrays.extend(notes(CASE, step, loss, || {
            let layers = (1..).zip(network.layers());
            layers
                .flat_map(|(number, (w, b))| {
                    let b = b.index_axis(Axis(0), 0);
                    [
                        (format!("w{number}"), w.clone().into_dyn()),
                        (format!("b{number}"), b.to_owned().into_dyn()),
                    ]
                })
                .collect()
        }));
    }
    arrays
}
