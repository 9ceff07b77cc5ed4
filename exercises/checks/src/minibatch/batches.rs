//! Question 1: which examples go together.

use ndarray::Array1;
use rand::seq::SliceRandom;

use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Batches = fn(&[usize], usize) -> Vec<Vec<usize>>;

/// `fn batches(order, size) -> Vec<Vec<usize>>`
pub fn batches(answer: Batches) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

/// An order of some examples, and how many of them make a batch.
type Case = (Vec<usize>, usize);

fn observe(
    answer: impl Fn(&[usize], usize) -> Vec<Vec<usize>>,
    (order, size): &Case,
) -> Outcome {
    let batches = answer(order, *size);
    let sizes: Array1<f64> =
        batches.iter().map(|batch| batch.len() as f64).collect();
    let examples: Array1<f64> =
        batches.iter().flatten().map(|&i| i as f64).collect();
    Outcome::new()
        .text("the list of batches", format!("{batches:?}"))
        .value("the size of each batch", &sizes)
        .value("the order of the examples", &examples)
}

/// `batches`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    order: fn(&[usize]) -> Vec<usize>,
    stride: fn(size: usize) -> usize,
    first: fn(start: usize) -> usize,
    end: fn(start: usize, size: usize) -> usize,
    cut: fn(&Model, order: &[usize], size: usize) -> Vec<Vec<usize>>,
    at_the_end: fn(&mut Vec<Vec<usize>>, size: usize),
}

const MODEL: Model = Model {
    order: <[usize]>::to_vec,
    stride: |size| size,
    first: |start| start,
    end: |start, size| start + size,
    cut: Model::cut,
    at_the_end: |_, _| (),
};

impl Model {
    fn batches(&self, order: &[usize], size: usize) -> Vec<Vec<usize>> {
        let mut batches = (self.cut)(self, &(self.order)(order), size);
        (self.at_the_end)(&mut batches, size);
        batches
    }

    fn cut(&self, order: &[usize], size: usize) -> Vec<Vec<usize>> {
        let batch = |start| {
            let end = order.len().min((self.end)(start, size));
            order[(self.first)(start)..end].to_vec()
        };
        (0..order.len()).step_by((self.stride)(size)).map(batch).collect()
    }
}

/// Deals the order out, one example to each batch at a time.
fn deal(order: &[usize], batches: usize) -> Vec<Vec<usize>> {
    let batch =
        |first| order.iter().skip(first).step_by(batches).copied().collect();
    (0..batches).map(batch).collect()
}

fn cases() -> impl Iterator<Item = Case> {
    let by_hand: [(&[usize], usize); 6] = [
        (&[7, 2, 5, 4, 0, 9], 2),
        (&[3, 0, 4, 1, 2], 2),
        (&[5, 2, 9], 4),
        (&[6, 0, 3], 1),
        (&[8, 3, 1, 6], 4),
        (&[], 3),
    ];
    let sizes =
        [(7, 3), (5, 4), (8, 3), (9, 3), (10, 4), (8, 4), (2, 1), (1, 1), (1, 2)];
    let random = (1..).zip(sizes).map(|(seed, (examples, size))| {
        let mut order: Vec<usize> = (0..examples).collect();
        order.shuffle(&mut Draws::new(seed).0);
        (order, size)
    });
    by_hand.map(|(order, size)| (order.to_vec(), size)).into_iter().chain(random)
}

fn kinds((order, size): &Case) -> Vec<(&'static str, bool)> {
    let even = order.len().is_multiple_of(*size);
    vec![
        ("an order that can't be divided evenly", !even),
        ("an order that can be divided evenly", even),
        ("fewer examples than size", order.len() < *size),
        ("a size of 1", *size == 1),
        ("a size above 1", *size > 1),
        ("more than one batch", order.len() > *size),
        ("an empty order", order.is_empty()),
        ("at least one example", !order.is_empty()),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        observe(|order, size| model.batches(order, size), case)
    };
    Question::new("minibatch.batches", MODEL, run)
        .given(|(order, size)| {
            Given::new().number("order", order).number("size", size)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Which examples
        sorted: "The examples are sorted, which undoes the shuffling.",
            order = |order| {
                let mut order = order.to_vec();
                order.sort_unstable();
                order
            };
        positions:
            "The batches hold positions in `order`, not the examples at those \
             positions.",
            order = |order| (0..order.len()).collect();
        backward:
            "The examples are taken from the end of `order` instead of its start.",
            order = |order| order.iter().rev().copied().collect();
        without_last: "The last example in `order` is left out.",
            order = |order| order[..order.len().saturating_sub(1)].to_vec();
        // How many
        size_is_count:
            "`size` is used as the number of batches, not as their size.",
            cut = |_, order, size| {
                MODEL.cut(order, order.len().div_ceil(size).max(1))
            };
        one_too_many: "The batches have one example too many.",
            cut = |_, order, size| MODEL.cut(order, size + 1);
        one_batch: "All examples are in a single batch.",
            cut = |_, order, _| vec![order.to_vec()];
        // The last batch
        short_dropped: "A short batch at the end is dropped.",
            cut = |_, order, size| {
                order.chunks_exact(size).map(<[usize]>::to_vec).collect()
            };
        last_dropped: "The last batch is dropped, even if it's full.",
            at_the_end = |batches, _| {
                batches.pop();
            };
        filled_from_start:
            "A short batch is filled up with examples from the start of `order`.",
            cut = |_, order, size| {
                let again = order.repeat(size + 1);
                let starts = (0..order.len()).step_by(size);
                starts.map(|start| again[start..start + size].to_vec()).collect()
            };
        filled_with_0:
            "A short batch is filled up with zeros, but 0 is the index of an \
             example.",
            at_the_end = |batches, size| {
                batches.iter_mut().for_each(|batch| batch.resize(size, 0));
            };
        first_of_one: "The first batch has just one example, whatever `size` is.",
            cut = |_, order, size| {
                let (first, rest) = order.split_at(order.len().min(1));
                let batches = first.chunks(1).chain(rest.chunks(size));
                batches.map(<[usize]>::to_vec).collect()
            };
        // Empty batches
        empty_if_even:
            "There's an empty batch at the end whenever no batch is short.",
            at_the_end = |batches, size| {
                if batches.last().is_none_or(|last| last.len() == size) {
                    batches.push(Vec::new());
                }
            };
        empty_for_nothing:
            "An empty `order` gives one empty batch instead of no batches.",
            at_the_end = |batches, _| {
                if batches.is_empty() {
                    batches.push(Vec::new());
                }
            };
        empty_first: "There's an empty batch at the start.",
            at_the_end = |batches, _| batches.insert(0, Vec::new());
        nothing: "The list of batches is always empty.",
            cut = |_, _, _| Vec::new();
        // Which ones go together
        dealt: "The examples are dealt out like cards, one to each batch in turn.",
            cut = |_, order, size| deal(order, order.len().div_ceil(size));
        dealt_to_size:
            "The examples are dealt out like cards, and to `size` batches.",
            cut = |_, order, size| deal(order, size);
        windows:
            "The batches overlap: each starts just one example after the previous \
             batch.",
            cut = |_, order, size| {
                order.windows(size).map(<[usize]>::to_vec).collect()
            };
        overlapping: "The batches overlap: a new batch starts at every example.",
            stride = |_| 1;
        shared_example:
            "Each batch also includes the first example of the next batch.",
            end = |start, size| start + size + 1;
        gaps: "Each full batch is missing its last example.",
            end = |start, size| start + size - 1;
        prefixes: "Each batch also includes all the examples before it.",
            first = |_| 0;
        first_only: "The list ends after the first batch.",
            at_the_end = |batches, _| batches.truncate(1);
        })
}
