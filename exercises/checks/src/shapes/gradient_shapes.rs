//! The shapes of `dz`, `x` and `dW`.

use super::Shapes;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Judges `fn gradient_shapes(n_in, n_out) -> Shapes`.
pub fn gradient_shapes(answer: fn(usize, usize) -> Shapes) -> Verdict {
    question().judge(move |&(n_in, n_out)| observe(answer(n_in, n_out)))
}

fn observe(Shapes { dz, x, dw }: Shapes) -> Outcome {
    Outcome::new()
        .text("the shape of dz", format!("{dz:?}"))
        .text("the shape of x", format!("{x:?}"))
        .text("the shape of dW", format!("{dw:?}"))
}

type Sizes = (usize, usize);

/// `gradient_shapes`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    dz: fn(Sizes) -> usize,
    x: fn(Sizes) -> usize,
    dw: fn(Sizes) -> (usize, usize),
}

const MODEL: Model = Model {
    dz: |(_, n_out)| n_out,
    x: |(n_in, _)| n_in,
    dw: |(n_in, n_out)| (n_out, n_in),
};

fn kinds(&(n_in, n_out): &Sizes) -> Vec<(&'static str, bool)> {
    vec![
        ("as many inputs as outputs", n_in == n_out),
        ("different numbers of inputs and outputs", n_in != n_out),
    ]
}

pub(super) fn question() -> Question<Sizes, Model> {
    let run = |model: &Model, &sizes: &Sizes| {
        let (dz, x) = ((model.dz)(sizes), (model.x)(sizes));
        observe(Shapes { dz: (dz,), x: (x,), dw: (model.dw)(sizes) })
    };
    Question::new("shapes.gradient_shapes", MODEL, run)
        .given(|(n_in, n_out)| {
            Given::new().number("n_in", n_in).number("n_out", n_out)
        })
        .kinds(kinds)
        .cases([(16, 8), (36, 16), (3, 5), (5, 5), (1, 3), (4, 1)])
        .mistakes(mistakes! { Model;
        example:
            "The shapes are always those of the page's example, whatever `n_in` \
             and `n_out` are.",
            dz = |_| 8,
            x = |_| 16,
            dw = |_| (8, 16);
        all_swapped: "`n_in` and `n_out` are swapped in every shape.",
            dz = |(n_in, _)| n_in,
            x = |(_, n_out)| n_out,
            dw = |(n_in, n_out)| (n_in, n_out);
        bias_counted: "The bias is counted as one more input, in `x` and in `dW`.",
            x = |(n_in, _)| n_in + 1,
            dw = |(n_in, n_out)| (n_out, n_in + 1);
        // dz
        dz_of_inputs:
            "`dz` has an entry for each input, but `z` is the layer's output.",
            dz = |(n_in, _)| n_in;
        // x
        x_of_outputs:
            "`x` has an entry for each output, but it's the layer's input.",
            x = |(_, n_out)| n_out;
        // dW
        dw_transposed:
            "`dW` is transposed: it has the shape of `Wᵀ` instead of `W`.",
            dw = |(n_in, n_out)| (n_in, n_out);
        })
}
