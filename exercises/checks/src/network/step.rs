//! The gradient at the output, and one training step.

use ndarray::{Array1, array};
use no_magic::by_hand::Layer;

use super::{
    Parameters, b_name, backward, case, flatten, forward, layers, network,
    one_layer, square, three_layers, w_name,
};
use crate::Verdict;
use crate::case::Case;
use crate::comparison::{close, difference};
use crate::feedback::Feedback;

/// `fn output_gradient(yhat, y) -> grad`
pub type OutputGradient = fn(&Array1<f64>, usize) -> Array1<f64>;

/// `fn train_step(layers, x, y, lr) -> loss`
pub type TrainStep = fn(&mut [Layer], &Array1<f64>, usize, f64) -> f64;

/// Judges `output_gradient`.
pub fn output_gradient(answer: OutputGradient) -> Verdict {
    for (yhat, y) in [
        (array![0.125, 0.625, 0.25], 1),
        (array![0.75, 0.25], 0),
        (array![0.0, 0.5, 0.375, 0.125], 3),
        (array![0.0, 1.0], 1),
    ] {
        let case = Case::new().input("yhat", &yhat).number("y", y);
        let yours = case.run({
            let yhat = yhat.clone();
            move || answer(&yhat, y)
        })?;
        let classes = yhat.len() as f64;
        let one_hot = one_hot(yhat.len(), y);
        let grad = &yhat - &one_hot;
        let mut expectation = case
            .expect("grad", &grad)
            .unless(&(&one_hot - &yhat), "the sign: it is yhat - one_hot(y)")
            .unless(&(&yhat + &one_hot), "you added 1 at y; it is subtracted")
            .unless(&yhat, "this is yhat; the 1 at y is not subtracted")
            .unless(&(&yhat - &one_hot - &one_hot), "1 is subtracted twice")
            .unless(
                &(&yhat - 1.0),
                "1 is subtracted from every entry, not just from y",
            )
            .unless(&one_hot, "this is one_hot(y); yhat is missing")
            .unless(&-&one_hot, "this is -one_hot(y); yhat is missing")
            .unless(
                &(-&one_hot / yhat[y]),
                "this is the gradient at yhat; here softmax belongs to it as well",
            )
            .unless(
                &(&yhat - &(&one_hot * (yhat[y] + (yhat[y] + 1e-7).ln()))),
                "the loss itself stands at y; its gradient needs no logarithm",
            )
            .unless(
                &((&yhat - &one_hot) / classes),
                "you divided by the number of classes; the loss is no mean over \
                 them",
            );
        for class in 0..yhat.len() {
            expectation = expectation.unless(
                &(&yhat - &self::one_hot(yhat.len(), class)),
                "1 is subtracted at another class than y",
            );
        }
        expectation.judge(&yours)?;
    }
    Ok(())
}

fn one_hot(classes: usize, y: usize) -> Array1<f64> {
    Array1::from_shape_fn(classes, |class| if class == y { 1.0 } else { 0.0 })
}

/// Judges `train_step`.
pub fn train_step(answer: TrainStep) -> Verdict {
    for (parameters, x, y, lr) in [
        (square(), array![2.0, 1.0], 1, 0.25),
        (square(), array![1.0, 2.0], 1, 0.1),
        (three_layers(), array![1.0, -1.0], 0, 0.2),
        (three_layers(), array![-0.5, 2.0], 2, 0.4),
        (one_layer(), array![1.0, 0.5, -1.0], 1, 0.3),
        (surely_wrong(), array![1.0, 0.5], 1, 0.1),
    ] {
        let before = layers(parameters);
        Step { before, x, y, lr }.judge(answer)?;
    }
    Ok(())
}

/// So sure of class 0 that the probability of class 1 is too small for an `f64`.
fn surely_wrong() -> Parameters {
    vec![(array![[400.0, 0.0], [-400.0, 0.0]], array![0.0, 0.0])]
}

/// What a training step is given.
struct Step {
    before: Vec<Layer>,
    x: Array1<f64>,
    y: usize,
    lr: f64,
}

impl Step {
    fn judge(&self, answer: TrainStep) -> Verdict {
        let case = case(&self.before)
            .input("x", &self.x)
            .number("y", self.y)
            .number("lr", self.lr);
        let (loss, after) = case.run({
            let (mut layers, x) = (self.before.clone(), self.x.clone());
            let (y, lr) = (self.y, self.lr);
            move || (answer(&mut layers, &x, y, lr), layers)
        })?;
        self.judge_loss(&case, loss)?;
        self.judge_layers(&case, &after)
    }

    fn judge_loss(&self, case: &Case, yours: f64) -> Verdict {
        let (x, y) = (&self.x, self.y);
        let mut network = network(&self.before);
        let yhat = network.predict(x);
        let p = yhat[y];
        // Where it makes no difference, the loss may go without its 1e-7.
        if close(-p.ln(), yours) && p > 0.0 {
            return Ok(());
        }
        let loss = network.train_step(x, y, self.lr);
        let after = network.predict(x)[y];
        let all = yhat.mapv(|p| -(p + 1e-7).ln());
        let squares = (&yhat - &one_hot(yhat.len(), y)).pow2().sum();
        case.expect("loss", &loss)
            .unless(
                &f64::INFINITY,
                "yhat[y] is too small for an f64 and has become 0; the 1e-7 is \
                 for that",
            )
            .unless(
                &-(after + 1e-7).ln(),
                "this is the loss after the step; take yhat before it",
            )
            .unless(
                &-after.ln(),
                "this is the loss after the step; take yhat before it",
            )
            .unless(&(p + 1e-7).ln(), "the sign: a loss is minus the logarithm")
            .unless(&p.ln(), "the sign: a loss is minus the logarithm")
            .unless(&p, "this is yhat[y]; the loss is -ln of it")
            .unless(
                &(1.0 - p),
                "the loss is the logarithm of yhat[y], with a minus",
            )
            .unless(&all.sum(), "you summed over all classes; only y counts")
            .unless(
                &(all.sum() / all.len() as f64),
                "you took the mean over all classes; only y counts",
            )
            .unless(&all[0], "you took class 0 instead of class y")
            .unless(
                &-(p + 1e-7).log2(),
                "this is the logarithm to the base 2; take the natural one",
            )
            .unless(
                &-(p + 1e-7).log10(),
                "this is the logarithm to the base 10; take the natural one",
            )
            .unless(
                &squares,
                "this is the squared error; the loss here is -ln(yhat[y] + 1e-7)",
            )
            .unless(&0.0, "the loss is 0: is it ever computed?")
            .judge(&yours)
            .map_err(|feedback| {
                feedback.likely(
                    p == 0.0,
                    "here yhat[y] is 0, and the loss of the lesson is -ln(0 + \
                     1e-7)",
                )
            })
    }

    fn judge_layers(&self, case: &Case, yours: &[Layer]) -> Verdict {
        let mut network = network(&self.before);
        network.train_step(&self.x, self.y, self.lr);
        // From the loss back: a mistake in one layer spoils all that are below it.
        for (l, expected) in network.layers.iter().enumerate().rev() {
            case.expect(&w_name(l), &expected.w)
                .judge(&yours[l].w)
                .and_then(|()| {
                    case.expect(&b_name(l), &expected.b).judge(&yours[l].b)
                })
                .map_err(|feedback| self.name_the_mistake(feedback, yours))?;
        }
        Ok(())
    }

    /// A mistake is recognized by what it makes of all layers together.
    fn name_the_mistake(
        &self,
        feedback: Box<Feedback>,
        yours: &[Layer],
    ) -> Box<Feedback> {
        let yours = flatten(yours);
        self.mistakes().into_iter().fold(feedback, |feedback, (gives, mistake)| {
            let explains = gives.is_some_and(|layers| {
                difference(&flatten(&layers), &yours).is_none()
            });
            feedback.likely(explains, mistake)
        })
    }

    /// What well-known mistakes make of the layers; `None` where they can't be
    /// made.
    fn mistakes(&self) -> [(Option<Vec<Layer>>, &'static str); 13] {
        let lr = self.lr;
        let mut seen = self.before.clone();
        let yhat = forward(&mut seen, &self.x).expect("layers that fit");
        let one_hot = one_hot(yhat.len(), self.y);
        let grad = &yhat - &one_hot;
        let after =
            |layers: &[Layer], back: &dyn Fn(&mut [Layer]) -> Option<()>| {
                let mut layers = layers.to_vec();
                back(&mut layers).map(|()| layers)
            };
        let stepped = |grad: &Array1<f64>, lr: f64| {
            after(&seen, &|layers| backward(layers.iter_mut().rev(), grad, lr))
        };
        [
            (
                Some(self.before.clone()),
                "no layer has changed: call backward on the layers themselves",
            ),
            (
                stepped(&grad, -lr),
                "uphill: the gradient is yhat - one_hot(y), not the other way \
                 round",
            ),
            (stepped(&grad, 1.0), "lr is left out; hand it to backward"),
            (
                stepped(&grad, 0.05),
                "this is a step with lr = 0.05; take lr as it is given",
            ),
            (stepped(&grad, lr * lr), "the learning rate is in there twice"),
            (stepped(&yhat, lr), "the 1 at y is not subtracted from yhat"),
            (
                stepped(&(&yhat + &one_hot), lr),
                "you added 1 at y; it is subtracted",
            ),
            (
                stepped(&(&grad - &one_hot), lr),
                "1 is subtracted from yhat[y] twice",
            ),
            (
                stepped(&-&one_hot, lr),
                "yhat is missing from the gradient at the output",
            ),
            (
                after(&seen, &|layers| backward(layers, &grad, lr)),
                "first to last; backward goes last to first",
            ),
            (
                after(&seen, &|layers| backward(layers.last_mut(), &grad, lr)),
                "only the last layer has learned; go back through all of them",
            ),
            (
                after(&seen, &|layers| {
                    let mut layers = layers.iter_mut();
                    layers.try_for_each(|layer| backward([layer], &grad, lr))
                }),
                "every layer got the same gradient; hand on what backward returns",
            ),
            (
                after(&self.before, &|layers| {
                    backward(layers.iter_mut().rev(), &grad, lr)
                }),
                "backward found nothing kept: did copies of the layers go forward?",
            ),
        ]
    }
}
