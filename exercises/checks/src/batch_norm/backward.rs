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
    count: fn(batch: f64, features: f64) -> f64,
    direct: fn(&Flow<'_>) -> Array2<f64>,
    through_mean: fn(&Flow<'_>) -> Array2<f64>,
    through_variance: fn(&Flow<'_>) -> Array2<f64>,
    root: fn(variance: &Array1<f64>, epsilon: f64, batch: usize) -> Array1<f64>,
    dx: fn(rest: Array2<f64>, root: &Array1<f64>, &Flow<'_>) -> Array2<f64>,
}

/// What the parts may use.
struct Flow<'a> {
    norm: &'a BatchNorm,
    trace: &'a Trace,
    dy: &'a Array2<f64>,
    dx_hat: Array2<f64>,
    /// What the sums over the batch are divided by.
    count: f64,
}

impl Flow<'_> {
    /// The mean over the batch, for each example.
    fn mean(&self, x: &Array2<f64>) -> Array2<f64> {
        Array2::zeros(x.dim()) + sum(x) / self.count
    }

    /// What would only change the scale.
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
    count: |batch, _| batch,
    direct: |f| f.dx_hat.clone(),
    through_mean: |f| -f.mean(&f.dx_hat),
    through_variance: |f| -f.stretch(),
    root: |variance, epsilon, _| deviation(variance, epsilon),
    dx: |rest, root, _| rest / root,
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
        let flow = Flow { norm, trace, dy, dx_hat, count };
        let rest = (self.direct)(&flow)
            + (self.through_mean)(&flow)
            + (self.through_variance)(&flow);
        let root = (self.root)(&trace.variance, norm.epsilon, dy.nrows());
        (self.results)((
            (self.sum_gamma)(&(self.for_gamma)(&flow)),
            (self.sum_beta)(&(self.for_beta)(&flow)),
            (self.dx)(rest, &root, &flow),
        ))
    }
}

fn sum(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(0))
}

fn last(x: &Array2<f64>) -> Array1<f64> {
    x.row(x.nrows() - 1).to_owned()
}

fn all(x: &Array2<f64>) -> Array1<f64> {
    Array1::from_elem(x.ncols(), x.sum())
}

/// The mean over the features, for each of them.
fn mean_of_features(x: &Array2<f64>) -> Array2<f64> {
    let mean = x.sum_axis(Axis(1)) / x.ncols() as f64;
    Array2::zeros(x.dim()) + mean.insert_axis(Axis(1))
}

/// The sum over the features, taken for a row.
fn as_row(x: &Array2<f64>) -> Array2<f64> {
    Array2::zeros(x.dim()) + x.sum_axis(Axis(1))
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
        dgamma_no_x_hat: "x̂ is missing from dγ.",
            for_gamma = |f| f.dy.clone();
        dgamma_no_dy:
            "dγ is always 0, as the sum of x̂ is. Multiply x̂ by dy before you sum.",
            for_gamma = |f| f.trace.x_hat.clone();
        dgamma_from_dx_hat:
            "dγ is built from dx̂, which has γ in it, instead of dy.",
            for_gamma = |f| f.dy * &f.norm.gamma * &f.trace.x_hat;
        dgamma_from_centered: "dγ is built from x - mean instead of x̂.",
            for_gamma = |f| f.dy * &f.trace.x_hat * f.root();
        dgamma_from_x: "dγ is built from x instead of x̂.",
            for_gamma = |f| f.dy * (&f.trace.x_hat * &f.root() + &f.trace.mean);
        dgamma_from_y: "dγ is built from y instead of x̂.",
            for_gamma = |f| {
                f.dy * (&f.trace.x_hat * &f.norm.gamma + &f.norm.beta)
            };
        dgamma_divided: "dγ is divided by the root, but x̂ has it already.",
            for_gamma = |f| f.dy * &f.trace.x_hat / f.root();
        dgamma_negative: "dγ has the opposite sign.",
            for_gamma = |f| -(f.dy * &f.trace.x_hat);
        dgamma_mean: "dγ is a mean instead of a sum.",
            sum_gamma = super::mean;
        dgamma_over_features:
            "dγ is summed over the features instead of the batch.",
            sum_gamma = |x| x.sum_axis(Axis(1));
        dgamma_of_all: "dγ is summed over everything.",
            sum_gamma = all;
        dgamma_of_last: "dγ has the share of the last example alone.",
            sum_gamma = last;
        dbeta_from_dx_hat:
            "dβ is summed from dx̂, which has γ in it, instead of dy.",
            for_beta = |f| f.dy * &f.norm.gamma;
        dbeta_is_dgamma: "dβ has x̂ in it, as dγ has.",
            for_beta = |f| f.dy * &f.trace.x_hat;
        dbeta_negative: "dβ has the opposite sign.",
            for_beta = |f| -f.dy;
        dbeta_mean: "dβ is a mean instead of a sum.",
            sum_beta = super::mean;
        dbeta_over_features: "dβ is summed over the features instead of the batch.",
            sum_beta = |x| x.sum_axis(Axis(1));
        dbeta_of_all: "dβ is summed over everything.",
            sum_beta = all;
        dbeta_of_last: "dβ has the share of the last example alone.",
            sum_beta = last;
        both_means: "dγ and dβ are means instead of sums.",
            sum_gamma = super::mean,
            sum_beta = super::mean;
        both_over_features:
            "dγ and dβ are summed over the features instead of the batch.",
            sum_gamma = |x| x.sum_axis(Axis(1)),
            sum_beta = |x| x.sum_axis(Axis(1));
        both_over_features_in_dx:
            "dγ and dβ are summed over the features instead of the batch, and go \
             into dx.",
            sum_gamma = |x| x.sum_axis(Axis(1)),
            sum_beta = |x| x.sum_axis(Axis(1)),
            through_mean = |f| {
                -(as_row(f.dy) / f.batch() * &f.norm.gamma)
            },
            through_variance = |f| {
                let x_hat = &f.trace.x_hat;
                -(x_hat * as_row(&(f.dy * x_hat)) / f.batch() * &f.norm.gamma)
            };
        both_negative: "dγ and dβ have the opposite sign.",
            for_gamma = |f| -(f.dy * &f.trace.x_hat),
            for_beta = |f| -f.dy;
        // γ in dx
        no_gamma: "γ is missing from dx: dx̂ is γ dy.",
            dx_hat = |dy, _| dy.clone();
        divided_by_gamma: "dy is divided by γ in dx: dx̂ is γ dy.",
            dx_hat = |dy, gamma| dy / gamma;
        gamma_twice: "γ is in dx twice.",
            dx_hat = |dy, gamma| dy * gamma * gamma;
        no_gamma_in_direct: "In dx, γ is missing from the first term.",
            direct = |f| f.dy.clone();
        no_gamma_in_means:
            "In dx, γ is in the first term only: both means lack it.",
            through_mean = |f| -f.mean(f.dy),
            through_variance = |f| -(f.stretch() / &f.norm.gamma);
        no_gamma_in_mean: "In dx, γ is missing from the second term, the mean.",
            through_mean = |f| -f.mean(f.dy);
        no_gamma_in_variance: "In dx, γ is missing from the last term.",
            through_variance = |f| -(f.stretch() / &f.norm.gamma);
        gamma_twice_in_mean: "In dx, γ is in the second term, the mean, twice.",
            through_mean = |f| -(f.mean(&f.dx_hat) * &f.norm.gamma);
        gamma_twice_in_variance: "In dx, γ is in the last term twice.",
            through_variance = |f| -(f.stretch() * &f.norm.gamma);
        // The means in dx
        sums: "In dx, the two means are sums: they aren't divided by batch.",
            count = |_, _| 1.0;
        sum_in_mean: "In dx, the second term is a sum: it isn't divided by batch.",
            through_mean = |f| -(f.mean(&f.dx_hat) * f.batch());
        sum_in_variance:
            "In dx, the last term has a sum: it isn't divided by batch.",
            through_variance = |f| -(f.stretch() * f.batch());
        divided_twice: "In dx, the two means are divided by batch twice.",
            count = |batch, _| batch * batch;
        divided_twice_in_mean: "In dx, the second term is divided by batch twice.",
            through_mean = |f| -(f.mean(&f.dx_hat) / f.batch());
        divided_twice_in_variance:
            "In dx, the last term is divided by batch twice.",
            through_variance = |f| -(f.stretch() / f.batch());
        features_counted: "In dx, the sums are divided by the number of features.",
            count = |_, features| features;
        numbers_counted:
            "In dx, the sums are divided by the count of all numbers in dy.",
            count = |batch, features| batch * features;
        one_less: "In dx, the sums are divided by batch - 1.",
            count = |batch, _| batch - 1.0;
        always_two: "In dx, the sums are always divided by 2.",
            count = |_, _| 2.0;
        over_features:
            "In dx, both means go over the features instead of the batch.",
            through_mean = |f| -mean_of_features(&f.dx_hat),
            through_variance = |f| {
                let x_hat = &f.trace.x_hat;
                -(x_hat * mean_of_features(&(&f.dx_hat * x_hat)))
            };
        means_of_all: "In dx, both means are those of all numbers.",
            through_mean = |f| {
                let mean = f.dx_hat.sum() / f.dx_hat.len() as f64;
                Array2::from_elem(f.dy.dim(), -mean)
            },
            through_variance = |f| {
                let each = &f.dx_hat * &f.trace.x_hat;
                -(&f.trace.x_hat * (each.sum() / each.len() as f64))
            };
        // The terms of dx
        direct_alone:
            "dx has its first term only: x acts through mean and variance, too.",
            through_mean = |f| Array2::zeros(f.dy.dim()),
            through_variance = |f| Array2::zeros(f.dy.dim());
        no_mean: "dx lacks its second term: x acts through the mean, too.",
            through_mean = |f| Array2::zeros(f.dy.dim());
        no_variance:
            "dx lacks its last term, or it is 0: x acts through the variance, too.",
            through_variance = |f| Array2::zeros(f.dy.dim());
        no_direct: "dx lacks its first term.",
            direct = |f| Array2::zeros(f.dy.dim());
        means_added: "In dx, the two means are added instead of subtracted.",
            through_mean = |f| f.mean(&f.dx_hat),
            through_variance = |f| f.stretch();
        mean_added:
            "In dx, the second term, the mean, is added instead of subtracted.",
            through_mean = |f| f.mean(&f.dx_hat);
        variance_added: "In dx, the last term is added instead of subtracted.",
            through_variance = |f| f.stretch();
        variance_no_x_hat: "In dx, the last term lacks the x̂ in front of its mean.",
            through_variance = |f| -f.mean(&(&f.dx_hat * &f.trace.x_hat));
        variance_no_x_hat_in_mean:
            "In dx, the last term lacks the x̂ within its mean.",
            through_variance = |f| -(&f.trace.x_hat * f.mean(&f.dx_hat));
        variance_no_x_hats: "In dx, the last term lacks both of its x̂.",
            through_variance = |f| -f.mean(&f.dx_hat);
        variance_not_averaged:
            "In dx, the last term has dx̂ · x̂ of each example instead of its mean.",
            through_variance = |f| -(&f.trace.x_hat * &f.dx_hat * &f.trace.x_hat);
        variance_dx_hat_outside:
            "In dx, the last term is dx̂ times the mean of dx̂ · x̂.",
            through_variance = |f| {
                -(&f.dx_hat * f.mean(&(&f.dx_hat * &f.trace.x_hat)))
            };
        variance_half:
            "In dx, the last term is half of what it should be. Is the 2 of a \
             square missing?",
            through_variance = |f| f.stretch() * -0.5;
        variance_twice:
            "In dx, the last term is twice what it should be. Is the ½ of a root \
             missing?",
            through_variance = |f| f.stretch() * -2.0;
        variance_divided:
            "In dx, the last term is divided by the root once too often.",
            through_variance = |f| -(f.stretch() / f.root());
        variance_divided_twice:
            "In dx, the last term is divided by the root twice too often. Is x̂ \
             taken for x - mean?",
            through_variance = |f| -(f.stretch() / f.root() / f.root());
        variance_multiplied:
            "In dx, the last term is multiplied by the root once too often. Is x - \
             mean taken for x̂?",
            through_variance = |f| -(f.stretch() * f.root());
        variance_multiplied_twice:
            "In dx, the last term is multiplied by the root twice too often. Is x \
             - mean taken for x̂?",
            through_variance = |f| -(f.stretch() * f.root() * f.root());
        mean_multiplied: "In dx, the second term isn't divided by the root.",
            through_mean = |f| -(f.mean(&f.dx_hat) * f.root());
        direct_divided_by_batch: "In dx, the first term is divided by batch.",
            direct = |f| &f.dx_hat / f.batch();
        // The root, and dx as a whole
        no_division: "dx isn't divided by the root.",
            dx = |rest, _, _| rest;
        multiplied: "dx is multiplied by the root instead of divided by it.",
            dx = |rest, root, _| rest * root;
        no_root: "dx is divided by the variance: the root is missing.",
            root = |variance, epsilon, _| variance + epsilon;
        epsilon_outside: "ε is added to the root instead of to the variance.",
            root = |variance, epsilon, _| variance.sqrt() + epsilon;
        epsilon_twice: "ε is both inside and outside the root.",
            root = |variance, epsilon, _| deviation(variance, epsilon) + epsilon;
        no_epsilon: "ε is missing.",
            root = |variance, _, _| variance.sqrt();
        usual_epsilon: "ε is always 1e-5, instead of `norm.epsilon`.",
            root = |variance, _, _| deviation(variance, 1e-5);
        unbiased_root:
            "The variance under the root is multiplied by batch / (batch - 1).",
            root = |variance, epsilon, batch| {
                deviation(&(variance * unbiased(batch)), epsilon)
            };
        running_root: "The variance under the root is the running one.",
            dx = |rest, _, f| {
                rest / deviation(&f.norm.running_variance, f.norm.epsilon)
            };
        dx_negative: "dx has the opposite sign.",
            dx = |rest, root, _| -(rest / root);
        dx_times_batch: "dx is multiplied by batch.",
            dx = |rest, root, f| rest / root * f.batch();
        dx_is_dx_hat: "What you return as dx is dx̂.",
            dx = |_, _, f| f.dx_hat.clone();
        dx_is_dy: "What you return as dx is dy.",
            dx = |_, _, f| f.dy.clone();
        dx_is_0: "dx is all zeros.",
            dx = |_, _, f| Array2::zeros(f.dy.dim());
        })
}
