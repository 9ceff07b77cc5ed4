//! Question 3: the mean loss of a batch, and its gradient at the logits.

use ndarray::{Array1, Array2, Axis, array};
use no_magic::batched::mean_cross_entropy;

use crate::Verdict;
use crate::case::Case;

type LossAndGradient = fn(&Array2<f64>, &[usize]) -> (f64, Array2<f64>);

const FINITE: &str =
    "not a number, or infinite, on scores that fit; what overflows?";

const NAIVE: &str =
    "exp(z) leaves the range of an f64; subtract the maximum of the row first";

const ONE_MAXIMUM: &str = "these rows are far apart; if you subtract the maximum \
                           of the whole batch, all exponentials of the lower row \
                           become 0; each row has a maximum of its own";

const LN_OF_ZERO: &str = "a probability has become 0, and you took its logarithm; \
                          start from log_softmax";

/// `fn loss_and_gradient(logits, labels) -> (f64, Array2<f64>)`
pub fn loss_and_gradient(answer: LossAndGradient) -> Verdict {
    for (logits, labels, not_finite) in [
        (array![[2.0, 1.0, -1.0], [0.0, 3.0, 0.5]], vec![1, 1], FINITE),
        (
            array![[0.5, -0.5], [1.0, 3.0], [-2.0, 0.0], [0.0, 0.0]],
            vec![0, 1, 0, 1],
            FINITE,
        ),
        (array![[1.0, -2.0, 0.0, 0.5]], vec![3], FINITE),
        (
            array![[1000.0, 1001.0, 1002.0], [1000.0, 999.0, 998.0]],
            vec![0, 2],
            NAIVE,
        ),
        (array![[1000.0, 998.0], [-1000.0, -1002.0]], vec![0, 1], ONE_MAXIMUM),
        (array![[0.0, 1000.0], [2.0, 3.0], [1.0, 0.0]], vec![0, 1, 1], LN_OF_ZERO),
    ] {
        judge(&logits, &labels, answer, not_finite)?;
    }
    Ok(())
}

fn judge(
    logits: &Array2<f64>,
    labels: &[usize],
    answer: LossAndGradient,
    not_finite: &str,
) -> Verdict {
    let case =
        Case::new().input("logits", logits).note("labels", &format!("{labels:?}"));
    let (loss, dz) = case.run({
        let (logits, labels) = (logits.clone(), labels.to_vec());
        move || answer(&logits, &labels)
    })?;
    judge_loss(&case, logits, labels, loss)
        .map_err(|feedback| feedback.likely(!loss.is_finite(), not_finite))?;
    let finite = dz.iter().all(|dz| dz.is_finite());
    judge_gradient(&case, logits, labels, &dz)
        .map_err(|feedback| feedback.likely(!finite, not_finite))
}

fn judge_loss(
    case: &Case,
    logits: &Array2<f64>,
    labels: &[usize],
    yours: f64,
) -> Verdict {
    let (batch, classes) = (logits.nrows() as f64, logits.ncols() as f64);
    let (loss, _) = mean_cross_entropy(logits, labels);
    let probabilities = softmax(logits, Axis(1));
    let of_label = |matrix: &Array2<f64>| -> Array1<f64> {
        (0..).zip(labels).map(|(n, &y)| matrix[[n, y]]).collect()
    };
    let mean = |losses: Array1<f64>| losses.sum() / batch;
    let right = of_label(&probabilities);
    let losses = right.mapv(|p| -p.ln());
    let down_the_columns = of_label(&softmax(logits, Axis(0)));
    let of_the_batch = of_label(&softmax_of_all(logits));
    let class_0 = probabilities.column(0).mapv(|p| -p.ln());
    let judged = case
        .expect("loss", &loss)
        .unless(&mean(losses.clone()), LN_OF_ZERO)
        .unless(
            &(loss * batch),
            "this is the sum of the losses; the loss of a batch is their mean",
        )
        .unless(
            &(loss * batch / classes),
            "you divided by the number of classes; the mean is taken over the \
             examples",
        )
        .unless(
            &(loss / classes),
            "you divided by the number of classes as well; the mean is taken over \
             the examples alone",
        )
        .unless(&(loss / batch), "you divided by the size of the batch twice")
        .unless(&-loss, "the sign: a loss is minus a logarithm, and never negative")
        .unless(
            &-(loss * batch),
            "the sign: a loss is minus a logarithm, and never negative",
        )
        .unless(
            &mean(right.mapv(|p| -(p + 1e-7).ln())),
            "leave out the 1e-7 of Part I; from the logits, there is no logarithm \
             of 0 to fear",
        )
        .unless(&losses[0], "this is the loss of the first example alone")
        .unless(
            &losses[losses.len() - 1],
            "this is the loss of the last example alone; do the others add up?",
        )
        .unless(&mean(right.mapv(|p| 1.0 - p)), "you left out the logarithm")
        .unless(&mean(-&right), "you left out the logarithm")
        .unless(
            &-(right.sum() / batch).ln(),
            "you took the logarithm of the mean probability; the loss is the mean \
             of the logarithms",
        )
        .unless(
            &mean(down_the_columns.mapv(|p| -p.ln())),
            "your softmax goes down the columns; each row is an example, and its \
             classes share a sum of 1",
        )
        .unless(&mean(of_the_batch.mapv(|p| -p.ln())), ONE_SOFTMAX)
        .unless(
            &mean(class_0),
            "you took class 0 of each example; the right class of row n is \
             labels[n]",
        )
        .unless(
            &(-probabilities.ln().sum() / batch),
            "you summed over all classes; only the right class of each example \
             counts",
        )
        .unless(
            &mean(right.mapv(|p| -p.log2())),
            "this is the logarithm to the base 2; take the natural one",
        )
        .judge(&yours);
    let floor = right.iter().any(|&p| p == 0.0) && yours.is_finite();
    judged.map_err(|feedback| {
        feedback.likely(
            floor,
            "a floor under the probabilities is a ceiling on the loss; start from \
             log_softmax",
        )
    })
}

const ONE_SOFTMAX: &str = "your softmax shares out a sum of 1 over the whole \
                           batch; each row has a sum of its own";

fn judge_gradient(
    case: &Case,
    logits: &Array2<f64>,
    labels: &[usize],
    yours: &Array2<f64>,
) -> Verdict {
    let (batch, classes) = (logits.nrows() as f64, logits.ncols() as f64);
    let (_, dz) = mean_cross_entropy(logits, labels);
    let yhat = softmax(logits, Axis(1));
    let ones = |labels: &[usize]| one_hot(labels, logits.ncols());
    let first_label = ones(&vec![labels[0]; labels.len()]);
    let one_hot = ones(labels);
    let minus =
        |yhat: &Array2<f64>, one_hot: &Array2<f64>| (yhat - one_hot) / batch;
    let mean = dz.sum_axis(Axis(0)).insert_axis(Axis(0));
    case.expect("dZ", &dz)
        .unless(
            &(&dz * batch),
            "this is the gradient of the sum; the loss is the mean, so its \
             gradient is divided by the size of the batch, too",
        )
        .unless(
            &(&dz * batch / classes),
            "you divided by the number of classes; the mean is taken over the \
             examples",
        )
        .unless(
            &(&dz / classes),
            "you divided by the number of classes as well; the mean is taken over \
             the examples alone",
        )
        .unless(&(&dz / batch), "you divided by the size of the batch twice")
        .unless(
            &-&dz,
            "the sign: it is ŷ minus one_hot; the minus of gradient descent comes \
             with the update",
        )
        .unless(
            &(-&dz * batch),
            "the sign: it is ŷ minus one_hot; the minus of gradient descent comes \
             with the update",
        )
        .unless(&(&yhat / batch), "the 1 of the right class is never subtracted")
        .unless(&yhat, "the 1 of the right class is never subtracted")
        .unless(
            &(&yhat / batch - &one_hot),
            "you subtracted 1 after the division; it belongs to ŷ, and is divided \
             as well",
        )
        .unless(
            &(&yhat - &one_hot / batch),
            "you divided the 1 alone; ŷ is divided as well",
        )
        .unless(
            &minus(&yhat, &-&one_hot),
            "one_hot is added; it has to be subtracted",
        )
        .unless(
            &minus(&yhat, &Array2::ones(dz.dim())),
            "the 1 is subtracted from every class; only the right one gets it",
        )
        .unless(
            &minus(&yhat, &first_label),
            "every example got the label of the first; row n has labels[n]",
        )
        .unless(
            &minus(&yhat, &by_column(labels, logits.dim())),
            "the 1 is taken from row y and column n; examples are rows",
        )
        .unless(
            &minus(&softmax(logits, Axis(0)), &one_hot),
            "your softmax goes down the columns; each row is an example, and its \
             classes share a sum of 1",
        )
        .unless(&minus(&softmax_of_all(logits), &one_hot), ONE_SOFTMAX)
        .unless(
            &minus(logits, &one_hot),
            "this is Z minus one_hot; softmax is missing",
        )
        .unless(
            &(-&one_hot / &yhat / batch),
            "this is the gradient with respect to the probabilities; go on to the \
             logits",
        )
        .unless(
            &mean,
            "you took the mean of the rows; dZ keeps a row for each example, and \
             only their size is divided",
        )
        .unless(
            &mean.broadcast(dz.dim()).expect("a row for each example"),
            "each row is the mean of all; dZ keeps a row of its own for each \
             example",
        )
        .unless(
            &dz.t(),
            "this is dZᵀ; it has the shape of the logits, with a row for each \
             example",
        )
        .unless(
            &Array2::zeros(dz.dim()),
            "all zeros: is the result ever filled in?",
        )
        .judge(yours)
}

/// The stable softmax, along the classes as it should be, or along the examples.
fn softmax(logits: &Array2<f64>, along: Axis) -> Array2<f64> {
    let mut softmax = logits.clone();
    for mut lane in softmax.lanes_mut(along) {
        let of_lane = no_magic::softmax::softmax(&lane.to_owned());
        lane.assign(&of_lane);
    }
    softmax
}

/// One softmax over all entries of the batch.
fn softmax_of_all(logits: &Array2<f64>) -> Array2<f64> {
    let softmax = no_magic::softmax::softmax(&logits.flatten().to_owned());
    softmax.into_shape_with_order(logits.dim()).expect("as many numbers")
}

fn one_hot(labels: &[usize], classes: usize) -> Array2<f64> {
    Array2::from_shape_fn((labels.len(), classes), |(n, class)| {
        f64::from(labels[n] == class)
    })
}

/// Ones in row `y` and column `n`, as far as there are such rows and columns.
fn by_column(labels: &[usize], shape: (usize, usize)) -> Array2<f64> {
    Array2::from_shape_fn(shape, |(row, column)| {
        f64::from(labels.get(column) == Some(&row))
    })
}
