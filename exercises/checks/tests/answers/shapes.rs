use checks::shapes::{self as check, Mismatch, Shapes};
use ndarray::{Array1, Array2, Axis};
use no_magic::outer::outer;
use solutions::shapes as solution;

use crate::{passes, rejects, right, wrong};

#[test]
fn solutions_pass() {
    passes("shapes", "gradient_shapes", || {
        check::gradient_shapes(solution::gradient_shapes)
    });
    passes("shapes", "weight_gradient", || {
        check::weight_gradient(solution::weight_gradient)
    });
    passes("shapes", "update", || check::update(solution::update));
}

#[test]
fn right_answers_written_differently_pass() {
    right("shapes", "gradient_shapes", check::gradient_shapes)(|n_in, n_out| {
        let w = Array2::<f64>::zeros((n_out, n_in));
        Shapes { dz: (w.nrows(),), x: (w.ncols(),), dw: w.dim() }
    });
    right("shapes", "gradient_shapes", check::gradient_shapes)(|n_in, n_out| {
        let (dz, x) = (Array1::<f64>::zeros(n_out), Array1::<f64>::zeros(n_in));
        Shapes { dz: (dz.len(),), x: (x.len(),), dw: (dz.len(), x.len()) }
    });
    // As the hint says.
    right("shapes", "weight_gradient", check::weight_gradient)(|w, dz, x| {
        let (n_out, n_in) = w.dim();
        if dz.len() != n_out {
            return Err(Mismatch::Dz { expected: n_out, found: dz.len() });
        }
        if x.len() != n_in {
            return Err(Mismatch::X { expected: n_in, found: x.len() });
        }
        Ok(Array2::from_shape_fn((n_out, n_in), |(i, j)| dz[i] * x[j]))
    });
    right("shapes", "weight_gradient", check::weight_gradient)(|w, dz, x| {
        fits(w, dz, x)?;
        let mut dw = Array2::zeros(w.dim());
        for i in 0..dz.len() {
            for j in 0..x.len() {
                dw[[i, j]] = x[j] * dz[i];
            }
        }
        Ok(dw)
    });
    right("shapes", "weight_gradient", check::weight_gradient)(|w, dz, x| {
        fits(w, dz, x)?;
        let (column, row) =
            (dz.view().insert_axis(Axis(1)), x.view().insert_axis(Axis(0)));
        Ok(column.dot(&row))
    });
    right("shapes", "update", check::update)(|w, dw, lr| {
        fits_weights(w, dw)?;
        *w -= &(dw * lr);
        Ok(())
    });
    right("shapes", "update", check::update)(|w, dw, lr| {
        fits_weights(w, dw)?;
        for (w, dw) in w.iter_mut().zip(dw) {
            *w += -(dw * lr);
        }
        Ok(())
    });
}

fn fits(
    w: &Array2<f64>,
    dz: &Array1<f64>,
    x: &Array1<f64>,
) -> Result<(), Mismatch> {
    if dz.len() != w.nrows() {
        return Err(Mismatch::Dz { expected: w.nrows(), found: dz.len() });
    }
    if x.len() != w.ncols() {
        return Err(Mismatch::X { expected: w.ncols(), found: x.len() });
    }
    Ok(())
}

fn fits_weights(w: &Array2<f64>, dw: &Array2<f64>) -> Result<(), Mismatch> {
    if w.dim() == dw.dim() {
        return Ok(());
    }
    Err(Mismatch::Dw { expected: w.dim(), found: dw.dim() })
}

#[test]
fn wrong_gradient_shapes() {
    let wrong = |mistake, answer| {
        rejects("shapes", "gradient_shapes", mistake, true, || {
            check::gradient_shapes(answer)
        });
    };
    wrong("dW is transposed", |n_in, n_out| Shapes {
        dz: (n_out,),
        x: (n_in,),
        dw: (n_in, n_out),
    });
    wrong("dz and x are swapped", |n_in, n_out| Shapes {
        dz: (n_in,),
        x: (n_out,),
        dw: (n_out, n_in),
    });
    wrong("x has the outputs", |_, n_out| Shapes {
        dz: (n_out,),
        x: (n_out,),
        dw: (n_out, n_out),
    });
    wrong("dW is square", |n_in, n_out| Shapes {
        dz: (n_out,),
        x: (n_in,),
        dw: (n_out, n_out),
    });
    wrong("the numbers of the example", |_, _| Shapes {
        dz: (8,),
        x: (16,),
        dw: (8, 16),
    });
    wrong("dW is a row", |n_in, n_out| Shapes {
        dz: (n_out,),
        x: (n_in,),
        dw: (1, n_in),
    });
}

#[test]
fn wrong_weight_gradients() {
    let wrong = wrong("shapes", "weight_gradient", check::weight_gradient);
    wrong("outer is transposed", true, |w, dz, x| {
        fits(w, dz, x).map(|()| outer(x, dz))
    });
    wrong("transposed and reshaped", true, |w, dz, x| {
        fits(w, dz, x)?;
        Ok(outer(x, dz).into_shape_with_order(w.dim()).unwrap())
    });
    wrong("the sign is flipped", true, |w, dz, x| {
        fits(w, dz, x).map(|()| -outer(dz, x))
    });
    wrong("x is forgotten", true, |w, dz, x| {
        fits(w, dz, x)?;
        Ok(Array2::from_shape_fn(w.dim(), |(i, _)| dz[i]))
    });
    wrong("a sum for the product", true, |w, dz, x| {
        fits(w, dz, x)?;
        Ok(Array2::from_shape_fn(w.dim(), |(i, j)| dz[i] + x[j]))
    });
    wrong("a constant", true, |_, _, _| {
        Ok(ndarray::array![[3.0, 0.5, 2.0], [-6.0, -1.0, -4.0]])
    });
    wrong("nothing is refused", true, |_, dz, x| Ok(outer(dz, x)));
    wrong("expected and found are swapped", true, |w, dz, x| {
        if dz.len() != w.nrows() {
            return Err(Mismatch::Dz { expected: dz.len(), found: w.nrows() });
        }
        fits(w, dz, x).map(|()| outer(dz, x))
    });
    wrong("x is looked at first", true, |w, dz, x| {
        if x.len() != w.ncols() {
            return Err(Mismatch::X { expected: w.ncols(), found: x.len() });
        }
        fits(w, dz, x).map(|()| outer(dz, x))
    });
    wrong("right only for square layers", false, |w, dz, x| {
        fits(w, dz, x)?;
        Ok(Array2::from_shape_fn((dz.len(), dz.len()), |(i, j)| dz[i] * x[j]))
    });
    wrong("everything is refused", false, |w, dz, _| {
        Err(Mismatch::Dz { expected: w.nrows(), found: dz.len() })
    });
}

#[test]
fn a_panic_is_told_with_its_message() {
    let check = check::weight_gradient(|w, dz, x| {
        fits(w, dz, x)?;
        Ok(Array2::from_shape_fn(w.dim(), |(i, j)| dz[j] * x[i]))
    });
    assert_eq!(check.unwrap_err().sentence, "Your code panicked.");
}

#[test]
fn computing_with_shapes_that_do_not_fit_is_told() {
    let check = check::weight_gradient(|w, dz, x| {
        if dz.len() != w.nrows() {
            return fits(w, dz, x).map(|()| w.clone());
        }
        Ok(Array2::from_shape_fn(w.dim(), |(i, j)| dz[i] * x[j]))
    });
    let mistake = check.unwrap_err().mistake.unwrap();
    assert!(mistake.starts_with("these shapes do not fit"), "{mistake}");
}

#[test]
fn wrong_updates() {
    let wrong = wrong("shapes", "update", check::update);
    wrong("uphill", true, |w, dw, lr| {
        fits_weights(w, dw).map(|()| w.scaled_add(lr, dw))
    });
    wrong("the learning rate is forgotten", true, |w, dw, _| {
        fits_weights(w, dw).map(|()| *w -= dw)
    });
    wrong("a copy is updated", true, |w, dw, lr| {
        fits_weights(w, dw)?;
        w.clone().scaled_add(-lr, dw);
        Ok(())
    });
    wrong("W is replaced", true, |w, dw, lr| {
        fits_weights(w, dw).map(|()| w.assign(&(-lr * dw)))
    });
    wrong("the step is taken twice", true, |w, dw, lr| {
        fits_weights(w, dw).map(|()| w.scaled_add(-2.0 * lr, dw))
    });
    wrong("the rate divides", true, |w, dw, lr| {
        fits_weights(w, dw).map(|()| w.scaled_add(-1.0 / lr, dw))
    });
    wrong("a single row is stretched", true, |w, dw, lr| {
        if dw.ncols() != w.ncols() {
            return fits_weights(w, dw);
        }
        *w -= &(lr * dw);
        Ok(())
    });
    wrong("only the number of entries is compared", true, |w, dw, lr| {
        if w.len() != dw.len() {
            return fits_weights(w, dw);
        }
        for (w, dw) in w.iter_mut().zip(dw) {
            *w -= lr * dw;
        }
        Ok(())
    });
    wrong("W changes before the refusal", true, |w, dw, lr| {
        let refusal = fits_weights(w, dw);
        w.iter_mut().zip(dw).for_each(|(w, dw)| *w -= lr * dw);
        refusal
    });
}
