//! Question 3: backward, in which each input acts in three ways.

use ndarray::{Array1, Array2, Axis};

use super::{BatchNorm, MODEL as FORWARD, Trace, deviation, unbiased};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Gradients = (Array1<f64>, Array1<f64>, Array2<f64>);
type Backward = fn(&BatchNorm, &Trace, &Array2<f64>) -> Gradients;

/// `fn backward(norm, trace, dy) -> (Array1<f64>, Array1<f64>, Array2<f64>)`
pub fn backward(answer: Backward) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

type Case = (BatchNorm, Trace, Array2<f64>);

fn observe(
    answer: impl Fn(&BatchNorm, &Trace, &Array2<f64>) -> Gradients,
    (norm, trace, dy): &Case,
) -> Outcome {
    let (dgamma, dbeta, dx) = answer(norm, trace, dy);
    Outcome::new().value("dgamma", &dgamma).value("dbeta", &dbeta).value("dx", &dx)
}

/// `backward`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    for_gamma: fn(&Flow<'_>) -> Array2<f64>,
    for_beta: fn(&Flow<'_>) -> Array2<f64>,
    sum_gamma: fn(&Array2<f64>) -> Array1<f64>,
    sum_beta: fn(&Array2<f64>) -> Array1<f64>,
    results: fn(Gradients) -> Gradients,
    dx_hat: fn(dy: &Array2<f64>, gamma: &Array1<f64>) -> Array2<f64>,
    sum: fn(&Array2<f64>) -> Array1<f64>,
    count: fn(batch: f64, features: f64) -> f64,
    through_mean: fn(&Flow<'_>) -> Array2<f64>,
    through_variance: fn(&Flow<'_>) -> Array2<f64>,
    root: fn(variance: &Array1<f64>, epsilon: f64, batch: usize) -> Array1<f64>,
    dx: fn(rest: Array2<f64>, root: &Array1<f64>) -> Array2<f64>,
}

/// What the parts of the model can read.
struct Flow<'a> {
    norm: &'a BatchNorm,
    trace: &'a Trace,
    dy: &'a Array2<f64>,
    dx_hat: Array2<f64>,
    /// A mean over the batch is this sum, divided by `count`.
    sum: fn(&Array2<f64>) -> Array1<f64>,
    count: f64,
}

impl Flow<'_> {
    /// The mean over the batch, for each example.
    fn mean(&self, x: &Array2<f64>) -> Array2<f64> {
        Array2::zeros(x.dim()) + (self.sum)(x) / self.count
    }

    /// The part of dx̂ that would only change the scale.
    fn stretch(&self) -> Array2<f64> {
        let x_hat = &self.trace.x_hat;
        x_hat * self.mean(&(&self.dx_hat * x_hat))
    }

    fn root(&self) -> Array1<f64> {
        deviation(&self.trace.variance, self.norm.epsilon)
    }

    fn batch(&self) -> f64 {
        self.dy.nrows() as f64
    }
}

const MODEL: Model = Model {
    for_gamma: |f| f.dy * &f.trace.x_hat,
    for_beta: |f| f.dy.clone(),
    sum_gamma: sum,
    sum_beta: sum,
    results: |gradients| gradients,
    dx_hat: |dy, gamma| dy * gamma,
    sum,
    count: |batch, _| batch,
    through_mean: |f| -f.mean(&f.dx_hat),
    through_variance: |f| -f.stretch(),
    root: |variance, epsilon, _| deviation(variance, epsilon),
    dx: |rest, root| rest / root,
};

impl Model {
    fn backward(
        &self,
        norm: &BatchNorm,
        trace: &Trace,
        dy: &Array2<f64>,
    ) -> Gradients {
        let (batch, features) = (dy.nrows() as f64, dy.ncols() as f64);
        let dx_hat = (self.dx_hat)(dy, &norm.gamma);
        let count = (self.count)(batch, features);
        let flow = Flow { norm, trace, dy, dx_hat, sum: self.sum, count };
        let rest = (self.through_mean)(&flow)
            + (self.through_variance)(&flow)
            + &flow.dx_hat;
        let root = (self.root)(&trace.variance, norm.epsilon, dy.nrows());
        (self.results)((
            (self.sum_gamma)(&(self.for_gamma)(&flow)),
            (self.sum_beta)(&(self.for_beta)(&flow)),
            (self.dx)(rest, &root),
        ))
    }
}

fn sum(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(0))
}

fn cases() -> impl Iterator<Item = Case> {
    (11..).zip(super::inputs()).map(|(seed, (norm, x))| {
        let dy = Draws::new(seed).array(x.dim());
        let (_, trace) = FORWARD.forward(&norm, &x);
        (norm, trace, dy)
    })
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        observe(|norm, trace, dy| model.backward(norm, trace, dy), case)
    };
    Question::new("batch_norm.backward", MODEL, run)
        .given(|(norm, trace, dy)| {
            Given::new()
                .value("gamma", &norm.gamma)
                .number("epsilon", norm.epsilon)
                .value("trace.variance", &trace.variance)
                .value("trace.x_hat", &trace.x_hat)
                .value("dy", dy)
        })
        .kinds(|(_, _, dy)| super::kinds(dy.nrows(), dy.ncols()))
        .cases(cases())
        .mistakes(mistakes! { Model;
        // dγ and dβ
        swapped: "dγ and dβ are swapped: dγ comes first.",
            results = |(dgamma, dbeta, dx)| (dbeta, dgamma, dx);
        dgamma_no_x_hat: "dγ is just the sum of `dy`: x̂ is missing.",
            for_gamma = |f| f.dy.clone();
        dgamma_from_dx_hat:
            "dγ is built from dx̂, which has γ in it, instead of `dy`.",
            for_gamma = |f| f.dy * &f.norm.gamma * &f.trace.x_hat;
        dgamma_from_centered: "dγ is built from `x - mean` instead of x̂.",
            for_gamma = |f| f.dy * &f.trace.x_hat * f.root();
        dgamma_mean: "dγ is a mean over the batch instead of a sum.",
            sum_gamma = super::mean;
        dgamma_over_features:
            "dγ is summed over the features instead of the batch.",
            sum_gamma = |x| x.sum_axis(Axis(1));
        dbeta_from_dx_hat:
            "dβ is the sum of dx̂, which has γ in it, instead of `dy`.",
            for_beta = |f| f.dy * &f.norm.gamma;
        dbeta_mean: "dβ is a mean over the batch instead of a sum.",
            sum_beta = super::mean;
        dbeta_over_features: "dβ is summed over the features instead of the batch.",
            sum_beta = |x| x.sum_axis(Axis(1));
        // γ in dx
        no_gamma: "γ is missing from `dx`: `dy` isn't multiplied by it.",
            dx_hat = |dy, _| dy.clone();
        gamma_twice: "In `dx`, `dy` is multiplied by γ twice.",
            dx_hat = |dy, gamma| dy * gamma * gamma;
        no_gamma_in_means:
            "In `dx`, only the first term is multiplied by γ: both means lack it.",
            through_mean = |f| -f.mean(f.dy),
            through_variance = |f| -(f.stretch() / &f.norm.gamma);
        // The means in dx
        sums: "In `dx`, the two means are sums: they aren't divided by `batch`.",
            count = |_, _| 1.0;
        sum_in_mean: "In `dx`, `mean(dx̂)` is a sum: it isn't divided by `batch`.",
            through_mean = |f| -(f.mean(&f.dx_hat) * f.batch());
        sum_in_variance:
            "In `dx`, `mean(dx̂ · x̂)` is a sum: it isn't divided by `batch`.",
            through_variance = |f| -(f.stretch() * f.batch());
        divided_twice: "In `dx`, the two means are divided by `batch` twice.",
            count = |batch, _| batch * batch;
        divided_twice_in_variance:
            "In `dx`, `mean(dx̂ · x̂)` is divided by `batch` twice.",
            through_variance = |f| -(f.stretch() / f.batch());
        features_counted:
            "In `dx`, both means are divided by the number of features instead of \
             `batch`.",
            count = |_, features| features;
        over_features:
            "In `dx`, both means are taken over the features instead of the batch.",
            sum = |x| x.sum_axis(Axis(1)),
            count = |_, features| features;
        // The terms of dx
        direct_alone:
            "`dx` has only its first term, but `x` also acts through the mean and \
             the variance.",
            through_mean = |f| Array2::zeros(f.dy.dim()),
            through_variance = |f| Array2::zeros(f.dy.dim());
        no_mean:
            "`dx` lacks the term `mean(dx̂)`, but `x` also acts through the mean.",
            through_mean = |f| Array2::zeros(f.dy.dim());
        no_variance:
            "In `dx`, the term `x̂ · mean(dx̂ · x̂)` is missing or 0, but `x` also \
             acts through the variance.",
            through_variance = |f| Array2::zeros(f.dy.dim());
        mean_added: "In `dx`, `mean(dx̂)` is added instead of subtracted.",
            through_mean = |f| f.mean(&f.dx_hat);
        variance_added:
            "In `dx`, `x̂ · mean(dx̂ · x̂)` is added instead of subtracted.",
            through_variance = |f| f.stretch();
        variance_no_x_hat: "In `dx`, `mean(dx̂ · x̂)` isn't multiplied by x̂.",
            through_variance = |f| -f.mean(&(&f.dx_hat * &f.trace.x_hat));
        variance_no_x_hat_in_mean:
            "In `dx`, the last term is `x̂ · mean(dx̂)`: the x̂ inside the mean is \
             missing.",
            through_variance = |f| -(&f.trace.x_hat * f.mean(&f.dx_hat));
        variance_half:
            "In `dx`, `x̂ · mean(dx̂ · x̂)` is half of what it should be. Is the 2 \
             of a square missing?",
            through_variance = |f| f.stretch() * -0.5;
        variance_twice:
            "In `dx`, `x̂ · mean(dx̂ · x̂)` is twice what it should be. Is the ½ \
             of a root missing?",
            through_variance = |f| f.stretch() * -2.0;
        variance_divided_twice:
            "In `dx`, `x̂ · mean(dx̂ · x̂)` is divided by the root three times \
             instead of once. Does x̂ stand where `x - mean` belongs?",
            through_variance = |f| -(f.stretch() / f.root() / f.root());
        variance_multiplied:
            "In `dx`, `x̂ · mean(dx̂ · x̂)` isn't divided by the root. Does `x - \
             mean` stand where x̂ belongs?",
            through_variance = |f| -(f.stretch() * f.root());
        variance_multiplied_twice:
            "In `dx`, `x̂ · mean(dx̂ · x̂)` is multiplied by the root instead of \
             divided. Does `x - mean` stand where x̂ belongs?",
            through_variance = |f| -(f.stretch() * f.root() * f.root());
        mean_multiplied: "In `dx`, `mean(dx̂)` isn't divided by the root.",
            through_mean = |f| -(f.mean(&f.dx_hat) * f.root());
        // The root, and dx as a whole
        no_division: "`dx` isn't divided by the root.",
            dx = |rest, _| rest;
        no_root: "The root is missing: `dx` is divided by `variance + ε`.",
            root = |variance, epsilon, _| variance + epsilon;
        epsilon_outside: "ε is added to the root instead of to the variance.",
            root = |variance, epsilon, _| variance.sqrt() + epsilon;
        no_epsilon: "ε is missing: in `dx`, it isn't added to the variance.",
            root = |variance, _, _| variance.sqrt();
        usual_epsilon: "ε is always 1e-5, instead of `norm.epsilon`.",
            root = |variance, _, _| deviation(variance, 1e-5);
        unbiased_root:
            "In `dx`, the variance under the root is multiplied by `batch / (batch \
             - 1)`.",
            root = |variance, epsilon, batch| {
                deviation(&(variance * unbiased(batch)), epsilon)
            };
        })
}
