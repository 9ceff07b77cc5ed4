//! Question 2: running statistics, and the predictions that use them.

use ndarray::{Array2, array};

use super::{BatchNorm, MODEL, Model, Trace, mean, unbiased, variance};
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Observe = fn(&mut BatchNorm, &Trace);
type Predict = fn(&BatchNorm, &Array2<f64>) -> Array2<f64>;

/// `fn observe(norm, trace)`, and `fn predict(norm, x) -> Array2<f64>`
pub fn observe(observe: Observe, predict: Predict) -> Verdict {
    question().judge(move |case| case.observe(observe, predict))
}

/// Which function we try, and on what.
#[derive(Clone)]
pub(super) enum Case {
    Observe(BatchNorm, Trace),
    Predict(BatchNorm, Array2<f64>),
}

impl Case {
    fn observe(
        &self,
        observe: impl Fn(&mut BatchNorm, &Trace),
        predict: impl Fn(&BatchNorm, &Array2<f64>) -> Array2<f64>,
    ) -> Outcome {
        match self {
            Self::Observe(norm, trace) => {
                let mut norm = norm.clone();
                observe(&mut norm, trace);
                Outcome::new()
                    .value("running_mean", &norm.running_mean)
                    .value("running_variance", &norm.running_variance)
                    .kept("gamma", &norm.gamma)
                    .kept("beta", &norm.beta)
                    .kept("momentum", &norm.momentum)
                    .kept("epsilon", &norm.epsilon)
            }
            Self::Predict(norm, x) => Outcome::new().value("y", &predict(norm, x)),
        }
    }

    fn given(&self) -> Given {
        match self {
            Self::Observe(norm, trace) => Given::new()
                .value("running_mean", &norm.running_mean)
                .value("running_variance", &norm.running_variance)
                .number("momentum", norm.momentum)
                .value("trace.mean", &trace.mean)
                .value("trace.variance", &trace.variance)
                .number("shape of trace.x_hat", trace.x_hat.dim()),
            Self::Predict(norm, x) => super::given(norm)
                .value("running_mean", &norm.running_mean)
                .value("running_variance", &norm.running_variance)
                .value("x", x),
        }
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let observe = super::inputs()
        .map(|(norm, x)| (MODEL.forward(&norm, &x).1, norm))
        .map(|(trace, norm)| Case::Observe(norm, trace));
    let predict = super::inputs().map(|(norm, x)| Case::Predict(norm, x));
    let alone = super::inputs()
        .map(|(norm, _)| Case::Predict(norm, array![[3.0, 0.5]]))
        .take(1);
    observe.chain(predict).chain(alone)
}

pub(super) fn question() -> Question<Case, Model> {
    // Predict is forward with the running statistics.
    let model = Model {
        mean: |norm, _| norm.running_mean.clone(),
        variance: |norm, _, _| norm.running_variance.clone(),
        ..MODEL
    };
    let run = |model: &Model, case: &Case| {
        case.observe(
            |norm, trace| model.observe(norm, trace),
            |norm, x| model.forward(norm, x).0,
        )
    };
    Question::new("batch_norm.observe", model, run)
        .function(|case| match case {
            Case::Observe(..) => Some("observe"),
            Case::Predict(..) => Some("predict"),
        })
        .given(Case::given)
        .kinds(|case| {
            let (batch, features) = match case {
                Case::Observe(_, trace) => trace.x_hat.dim(),
                Case::Predict(_, x) => x.dim(),
            };
            super::kinds(batch, features)
        })
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The shares
        share_of_old:
            "`momentum` is used as the share of the old statistics, instead of the \
             new.",
            share = |momentum| 1.0 - momentum;
        usual_share:
            "The share of the new is always 0.1, instead of `norm.momentum`.",
            share = |_| 0.1;
        replaced:
            "The batch's statistics replace the running ones: nothing is left of \
             the old.",
            share = |_| 1.0;
        not_moved: "The running statistics don't change.",
            share = |_| 0.0;
        old_does_not_fade:
            "The old statistics don't fade: they aren't multiplied by `1 - \
             momentum`.",
            moved = |old, new, share| old + share * new;
        whole_new:
            "The new statistics are added whole: they aren't multiplied by \
             `momentum`.",
            moved = |old, new, share| (1.0 - share) * old + new;
        added:
            "The new statistics are added to the old without their shares, \
             `momentum` and `1 - momentum`.",
            moved = |old, new, _| old + new;
        difference_alone:
            "The running statistics become `momentum · (new - old)`: the old \
             values aren't added to it.",
            moved = |old, new, share| share * (new - old);
        // The new statistics
        biased:
            "`running_variance` moves towards the biased variance, which is \
             divided by `batch`.",
            new_variance = |trace| trace.variance.clone();
        factor_inverted: "The factor `batch / (batch - 1)` is upside down.",
            new_variance = |trace| {
                &trace.variance / unbiased(trace.x_hat.nrows())
            };
        divided_twice:
            "`trace.variance` is divided by `batch - 1`, but it's already divided \
             by `batch`.",
            new_variance = |trace| {
                &trace.variance / (trace.x_hat.nrows() as f64 - 1.0)
            };
        variance_sum:
            "`trace.variance` is multiplied by `batch`, but it isn't divided by \
             `batch - 1`.",
            new_variance = |trace| &trace.variance * trace.x_hat.nrows() as f64;
        features_counted:
            "In `batch / (batch - 1)`, your `batch` is the number of features \
             instead of examples.",
            new_variance = |trace| {
                &trace.variance * unbiased(trace.x_hat.ncols())
            };
        integer_division:
            "`batch / (batch - 1)` is a division of integers, which drops the \
             remainder.",
            new_variance = |trace| {
                let batch = trace.x_hat.nrows();
                &trace.variance * (batch / (batch - 1)) as f64
            };
        factor_on_mean: "The mean is multiplied by `batch / (batch - 1)` as well.",
            new_mean = |trace| &trace.mean * unbiased(trace.x_hat.nrows());
        factor_on_everything:
            "The old `running_variance` is multiplied by `batch / (batch - 1)` as \
             well.",
            observed = |norm, trace| {
                let factor = unbiased(trace.x_hat.nrows());
                let new = norm.momentum * factor * &trace.variance;
                let old = &norm.running_variance - &new;
                norm.running_variance = factor * old + new;
            };
        deviation:
            "`running_variance` moves towards the standard deviation instead of \
             the variance.",
            new_variance = |trace| {
                (&trace.variance * unbiased(trace.x_hat.nrows())).sqrt()
            };
        // Predict
        of_batch:
            "`predict` uses the mean and the variance of `x` instead of the \
             running ones.",
            mean = |_, x| mean(x),
            variance = |_, x, _| variance(x);
        variance_of_batch:
            "`predict` uses the variance of `x` instead of `running_variance`.",
            variance = |_, x, _| variance(x);
        })
        .mistakes(super::mistakes())
}
