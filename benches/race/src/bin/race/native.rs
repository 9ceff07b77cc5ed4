//! The contenders in Rust, each as its book or its documentation has it.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use burn::optim::SgdConfig;
use burn::tensor::Device;
use candle_core::{DType, Tensor};
use ladder::Rung;
use ndarray::{Array2, NdFloat};
use no_magic::batched::{self, Layer, Linear, Sgd};
use no_magic::by_hand::NeuralNet;
use no_magic::fast;
use race::measurements::Precision;

use race::{burn as in_burn, candle as in_candle};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::question::{Answer, Exported, Greeting, Question};
use crate::versions::versions;

type Outcome = Result<Answer, Box<dyn Error>>;

/// Answers questions as the contender of this name until there are no more.
///
/// # Errors
///
/// If a question can't be read or answered.
pub fn serve(name: &str) -> Result<(), Box<dyn Error>> {
    let versions = versions(match name {
        "candle" => &["candle-core"],
        "burn" => &["burn"],
        _ => &["no-magic", "ndarray", "matrixmultiply"],
    })?;
    say(&Greeting { versions })?;
    for line in io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let exported = question.read()?;
        say(&match name {
            "ours" if question.workload.batch == 1 => {
                one_at_a_time(&question, &exported)
            }
            "ours" => match question.precision {
                Precision::Float64 => fast_batches::<f64>(&question, &exported),
                Precision::Float32 => fast_batches::<f32>(&question, &exported),
            },
            "batched" => in_batches(&question, exported),
            #[cfg(target_arch = "x86_64")]
            "fma" => with_fma(&question, &exported),
            "candle" => candle(&question, &exported),
            "burn" => burn(&question, &exported),
            rung => on_ladder(rung, &question, &exported),
        }?)?;
    }
    Ok(())
}

fn say(what: &impl serde::Serialize) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(what)?)?;
    Ok(out.flush()?)
}

/// Takes the steps, one batch after the other, and round again.
fn timed(
    question: &Question,
    batches: usize,
    mut step: impl FnMut(usize) -> Result<f64, Box<dyn Error>>,
) -> Outcome {
    let mut total = 0.0;
    let start = Instant::now();
    for i in 0..question.steps {
        total += black_box(step(black_box(i % batches))?);
    }
    Ok(Answer {
        seconds: start.elapsed().as_secs_f64(),
        loss: total / question.steps as f64,
    })
}

fn one_at_a_time(question: &Question, exported: &Exported) -> Outcome {
    let network = NeuralNet::from_parameters(exported.parameters.clone())?;
    let mut network = fast::NeuralNet::from(&network);
    timed(question, exported.x.len(), |i| {
        let (x, y) = (&exported.x[i].row(0), exported.y[i][0]);
        Ok(network.train_step(x, y, question.learning_rate))
    })
}

fn on_ladder(rung: &str, question: &Question, exported: &Exported) -> Outcome {
    let network = NeuralNet::from_parameters(exported.parameters.clone())?;
    let mut rung: Box<dyn Rung> = ladder::rungs(&network)
        .into_iter()
        .find_map(|(name, network)| (name == rung).then_some(network))
        .ok_or_else(|| format!("this processor can't climb the rung {rung}"))?;
    timed(question, exported.x.len(), |i| {
        Ok(rung.train_step(
            &exported.x[i].row(0),
            exported.y[i][0],
            question.learning_rate,
        ))
    })
}

/// The network of the part on speed. The batches are there already, for it as for
/// the others.
fn fast_batches<F: NdFloat>(question: &Question, exported: &Exported) -> Outcome {
    let float =
        |number: f64| F::from(number).expect("a float of any width holds it");
    let mut network =
        fast::Network::<F>::from_parameters(exported.parameters.clone())?;
    let x: Vec<Array2<F>> = exported.x.iter().map(|x| x.mapv(float)).collect();
    let lr = float(question.learning_rate);
    timed(question, x.len(), |i| {
        let loss = network.train_step(&x[i], &exported.y[i], lr);
        Ok(loss.to_f64().expect("a float of any width"))
    })
}

/// The small network with its sizes in the type, for processors with AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
fn with_fma(question: &Question, exported: &Exported) -> Outcome {
    let network = NeuralNet::from_parameters(exported.parameters.clone())?;
    let mut network =
        ladder::fma::Network::new(&network).ok_or("this processor has no FMA")?;
    let lr = question.learning_rate;
    timed(question, exported.x.len(), |i| {
        Ok(network.train_step(&exported.x[i], &exported.y[i], lr))
    })
}

/// Part II as the book prints it.
fn in_batches(question: &Question, exported: Exported) -> Outcome {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut network = batched_network(exported.parameters);
    let mut sgd = Sgd::new(question.learning_rate);
    timed(question, exported.x.len(), |i| {
        Ok(network.train_step(&mut sgd, &exported.x[i], &exported.y[i], &mut rng))
    })
}

fn batched_network(parameters: race::Parameters) -> batched::Network {
    let layers = parameters
        .into_iter()
        .flat_map(|(w, b)| [Layer::Linear(Linear { w, b }), Layer::Relu]);
    let mut layers: Vec<Layer> = layers.collect();
    layers.pop();
    batched::Network { layers }
}

fn candle(question: &Question, exported: &Exported) -> Outcome {
    let dtype = match question.precision {
        Precision::Float32 => DType::F32,
        Precision::Float64 => DType::F64,
    };
    let network = in_candle::Network::from_parameters(&exported.parameters, dtype)?;
    let mut sgd = network.sgd(question.learning_rate)?;
    let x = exported.x.iter().map(|x| in_candle::floats(x.view(), dtype));
    let y = exported.y.iter().map(|y| in_candle::labels(y));
    let x: Vec<Tensor> = x.collect::<Result<_, _>>()?;
    let y: Vec<Tensor> = y.collect::<Result<_, _>>()?;
    timed(question, x.len(), |i| {
        let loss = network.train_step(&mut sgd, &x[i], &y[i])?;
        Ok(loss.to_dtype(DType::F64)?.to_scalar()?)
    })
}

fn burn(question: &Question, exported: &Exported) -> Outcome {
    let dtype = match question.precision {
        Precision::Float32 => burn::tensor::DType::F32,
        Precision::Float64 => burn::tensor::DType::F64,
    };
    let device = Device::flex().autodiff();
    let mut network = Some(in_burn::Network::from_parameters(
        &exported.parameters,
        &device,
        dtype,
    ));
    let mut sgd = SgdConfig::new().init();
    let batches: Vec<_> = exported
        .x
        .iter()
        .zip(&exported.y)
        .map(|(x, y)| {
            (
                in_burn::floats::<_, 2>(x.view(), &device, dtype),
                in_burn::labels(y, &device),
            )
        })
        .collect();
    timed(question, batches.len(), |i| {
        let (x, y) = batches[i].clone();
        let before = network.take().expect("each step gives a network");
        let (after, loss) =
            before.train_step(&mut sgd, question.learning_rate, x, y);
        network = Some(after);
        Ok(loss.into_scalar::<f64>())
    })
}
