use checks::shapes::{self as check, Mismatch, Shapes};
use ndarray::{Array1, Array2, Axis};
use no_magic::outer::outer;
use solutions::shapes as solution;

use crate::{diagnosed, passes, right};

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
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_gradient_shapes_are_diagnosed() {
    let wrong = diagnosed(check::gradient_shapes);
    wrong(&["all_swapped"], |n_in, n_out| {
        let w = Array2::<f64>::zeros((n_in, n_out));
        Shapes { dz: (w.nrows(),), x: (w.ncols(),), dw: w.dim() }
    });
    wrong(&["dz_of_inputs", "dw_transposed"], |n_in, n_out| {
        let x = Array1::<f64>::zeros(n_in);
        Shapes { dz: (x.len(),), x: (x.len(),), dw: (n_in, n_out) }
    });
    wrong(&[], |n_in, n_out| Shapes {
        dz: (n_out,),
        x: (n_in,),
        dw: (n_in + n_out, n_in),
    });
}

#[test]
fn wrong_weight_gradients_are_diagnosed() {
    let wrong = diagnosed(check::weight_gradient);
    wrong(&["reshaped"], |w, dz, x| {
        fits(w, dz, x)?;
        Ok(outer(x, dz).into_shape_with_order(w.dim()).unwrap())
    });
    wrong(&["negative", "x_found_dz"], |w, dz, x| match fits(w, dz, x) {
        Err(Mismatch::X { expected, .. }) => {
            Err(Mismatch::X { expected, found: dz.len() })
        }
        other => other.map(|()| outer(&-dz, x)),
    });
    // Where only panics are wrong, they say enough themselves.
    wrong(&[], |w, dz, x| {
        fits(w, dz, x).unwrap();
        Ok(outer(dz, x))
    });
    // The numbers of the first case.
    wrong(&[], |_, _, _| Ok(ndarray::array![[3.0, 0.5, 2.0], [-6.0, -1.0, -4.0]]));
}

#[test]
fn wrong_updates_are_diagnosed() {
    let wrong = diagnosed(check::update);
    wrong(&["unchanged"], |w, dw, lr| {
        fits_weights(w, dw)?;
        w.clone().scaled_add(-lr, dw);
        Ok(())
    });
    wrong(&["rows_compared_stretched"], |w, dw, lr| {
        if dw.nrows() != w.nrows() {
            return fits_weights(w, dw);
        }
        *w -= &(lr * dw);
        Ok(())
    });
    wrong(&["updated_before_check"], |w, dw, lr| {
        let result = fits_weights(w, dw);
        w.iter_mut().zip(dw).for_each(|(w, dw)| *w -= lr * dw);
        result
    });
    wrong(&["uphill", "stretched"], |w, dw, lr| {
        let stretched = dw.broadcast(w.dim());
        let found = dw.dim();
        let dw = stretched.ok_or(Mismatch::Dw { expected: w.dim(), found })?;
        w.scaled_add(lr, &dw);
        Ok(())
    });
    // The learning rate itself shrinks.
    wrong(&[], |w, dw, lr| {
        fits_weights(w, dw)?;
        let rates = (1..).map(|i| lr / f64::from(i));
        w.iter_mut().zip(dw).zip(rates).for_each(|((w, dw), lr)| *w -= lr * dw);
        Ok(())
    });
}
