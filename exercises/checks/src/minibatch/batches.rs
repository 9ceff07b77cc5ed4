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
        .value("The size of each batch", &sizes)
        .value("The order of the examples", &examples)
}

/// `batches`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    order: fn(&[usize]) -> Vec<usize>,
    size: fn(order: &[usize], size: usize) -> usize,
    cut: Batches,
    at_the_end: fn(&mut Vec<Vec<usize>>, size: usize),
}

const MODEL: Model = Model {
    order: <[usize]>::to_vec,
    size: |_, size| size,
    cut,
    at_the_end: |_, _| (),
};

impl Model {
    fn batches(&self, order: &[usize], size: usize) -> Vec<Vec<usize>> {
        let size = (self.size)(order, size);
        let order = (self.order)(order);
        let mut batches = (self.cut)(&order, size);
        (self.at_the_end)(&mut batches, size);
        batches
    }
}

fn cut(order: &[usize], size: usize) -> Vec<Vec<usize>> {
    order.chunks(size).map(<[usize]>::to_vec).collect()
}

/// A batch for each place where one starts.
fn at_starts(
    order: &[usize],
    size: usize,
    batch: impl FnMut(usize) -> Vec<usize>,
) -> Vec<Vec<usize>> {
    (0..order.len()).step_by(size).map(batch).collect()
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
        sorted: "The examples are sorted.",
            order = |order| {
                let mut order = order.to_vec();
                order.sort_unstable();
                order
            };
        positions: "These are positions in the order, not the examples there.",
            order = |order| (0..order.len()).collect();
        backward: "The examples are taken from the end of the order.",
            order = |order| order.iter().rev().copied().collect();
        without_last: "The last example is left out.",
            order = |order| order[..order.len().saturating_sub(1)].to_vec();
        without_last_panicking:
            "The last example is left out; an empty order panics.",
            order = |order| order[..order.len() - 1].to_vec();
        // How many
        size_is_count: "size is taken for the number of batches.",
            size = |order, size| order.len().div_ceil(size).max(1);
        one_too_many: "The batches have one example too many.",
            size = |_, size| size + 1;
        one_too_few: "The batches have one example too few.",
            size = |_, size| (size - 1).max(1);
        one_batch: "Everything is in a single batch.",
            cut = |order, _| vec![order.to_vec()];
        singles: "Each example is a batch of its own.",
            size = |_, _| 1;
        size_of_2: "The batches have 2 examples, whatever size says.",
            size = |_, _| 2;
        // The last batch
        short_dropped: "A short batch at the end is dropped.",
            cut = |order, size| {
                order.chunks_exact(size).map(<[usize]>::to_vec).collect()
            };
        last_dropped: "The last batch is dropped, short or not.",
            at_the_end = |batches, _| {
                batches.pop();
            };
        last_of_one_dropped: "A last batch is dropped if it has just one example.",
            cut = |order, size| {
                let starts = (0..order.len()).step_by(size);
                let starts = starts.filter(|start| start + 1 < order.len());
                starts.map(|start| window(order, start, size)).collect()
            };
        filled_from_start: "A short batch is filled up from the order's start.",
            cut = |order, size| {
                let again = order.repeat(size + 1);
                at_starts(order, size, |start| window(&again, start, size))
            };
        filled_with_0: "A short batch is filled up with 0, which is an example.",
            at_the_end = |batches, size| {
                batches.iter_mut().for_each(|batch| batch.resize(size, 0));
            };
        reaches_back: "A short batch is filled up with the examples before it.",
            cut = |order, size| {
                let latest = order.len().saturating_sub(size);
                let batch = |start: usize| window(order, start.min(latest), size);
                at_starts(order, size, batch)
            };
        joined: "What remains at the end joins the batch before it.",
            at_the_end = |batches, size| {
                if batches.len() > 1
                    && let Some(rest) = batches.pop_if(|last| last.len() < size)
                    && let Some(before) = batches.last_mut()
                {
                    before.extend(rest);
                }
            };
        first_of_one: "The first batch has a single example.",
            cut = |order, size| {
                let (first, rest) = order.split_at(order.len().min(1));
                let first = first.iter().map(|&i| vec![i]);
                first.chain(cut(rest, size)).collect()
            };
        short_first: "The first batch is the short one.",
            cut = |order, size| {
                order.rchunks(size).rev().map(<[usize]>::to_vec).collect()
            };
        // Empty batches
        empty_at_end: "There's an empty batch at the end.",
            at_the_end = |batches, _| batches.push(Vec::new());
        empty_if_even: "There's an empty batch at the end if no batch is short.",
            at_the_end = |batches, size| {
                if batches.last().is_none_or(|last| last.len() == size) {
                    batches.push(Vec::new());
                }
            };
        empty_if_full: "There's an empty batch at the end if the others are full.",
            at_the_end = |batches, size| {
                if batches.last().is_some_and(|last| last.len() == size) {
                    batches.push(Vec::new());
                }
            };
        empty_for_nothing: "An empty order gives one empty batch.",
            at_the_end = |batches, _| {
                if batches.is_empty() {
                    batches.push(Vec::new());
                }
            };
        empty_first: "The first batch is empty.",
            at_the_end = |batches, _| batches.insert(0, Vec::new());
        nothing: "There are no batches at all.",
            cut = |_, _| Vec::new();
        // Which ones go together
        dealt: "The examples are dealt out like cards, one to each batch in turn.",
            cut = |order, size| deal(order, order.len().div_ceil(size));
        dealt_to_size: "The examples are dealt like cards, to `size` batches.",
            cut = |order, size| deal(order, size);
        windows: "The batches overlap: each starts just one example later.",
            cut = |order, size| {
                order.windows(size).map(<[usize]>::to_vec).collect()
            };
        overlapping: "The batches overlap: each example starts a new one.",
            cut = |order, size| {
                (0..order.len()).map(|start| window(order, start, size)).collect()
            };
        shared_example: "The batches overlap by one example.",
            cut = |order, size| {
                at_starts(order, size, |start| window(order, start, size + 1))
            };
        gaps: "The last example of each batch is missing.",
            cut = |order, size| {
                at_starts(order, size, |start| window(order, start, size - 1))
            };
        prefixes: "Each batch also has all the examples before it.",
            cut = |order, size| {
                at_starts(order, size, |start| window(order, 0, start + size))
            };
        suffixes: "Each batch goes on to the end of the order.",
            cut = |order, size| {
                at_starts(order, size, |start| order[start..].to_vec())
            };
        first_only: "There's only the first batch.",
            at_the_end = |batches, _| batches.truncate(1);
        last_first: "The last batch comes first.",
            at_the_end = |batches, _| batches.reverse();
        batch_reversed: "Each batch is in reverse order.",
            at_the_end = |batches, _| batches.iter_mut().for_each(|b| b.reverse());
        example_of_page: "These are always the batches of the page's example.",
            cut = |_, _| cut(&[3, 0, 4, 1, 2], 2);
        })
}

/// `size` examples, or as many as there are.
fn window(order: &[usize], start: usize, size: usize) -> Vec<usize> {
    order[start..order.len().min(start + size)].to_vec()
}
