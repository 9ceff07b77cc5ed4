//! Question 1: which examples go together.

use crate::Verdict;
use crate::case::Case;

type Batches = fn(&[usize], usize) -> Vec<Vec<usize>>;

/// Orders of some examples, and how many of them make a batch.
const CASES: [(&[usize], usize); 6] = [
    (&[7, 2, 5, 4, 0, 9], 2),
    (&[4, 1, 6, 0, 3, 2, 5], 3),
    (&[8, 3, 1, 6, 2], 4),
    (&[5, 2, 9], 4),
    (&[6, 0, 3], 1),
    (&[], 3),
];

/// `fn batches(order, size) -> Vec<Vec<usize>>`
pub fn batches(answer: Batches) -> Verdict {
    for (order, size) in CASES {
        let case =
            Case::new().note("order", &format!("{order:?}")).number("size", size);
        let yours = case.run(move || answer(order, size)).map_err(|feedback| {
            let panicked =
                !feedback.unanswered && !order.len().is_multiple_of(size);
            feedback.likely(
                panicked,
                "no batch may reach past the end of the order; the last one may \
                 be short",
            )
        })?;
        let right = cut(order, size);
        case.expect_equal("The list of batches", &right, &yours).map_err(
            |feedback| {
                MISTAKES
                    .into_iter()
                    .fold(feedback, |feedback, (wrong, mistake)| {
                        let explains = wrong(order, size);
                        feedback
                            .likely(explains != right && explains == yours, mistake)
                    })
                    .likely(
                        yours.iter().any(Vec::is_empty),
                        "a batch is empty; when every example is handed out, \
                         there is nothing left to make a batch of",
                    )
            },
        )?;
    }
    Ok(())
}

fn cut(order: &[usize], size: usize) -> Vec<Vec<usize>> {
    order.chunks(size).map(<[usize]>::to_vec).collect()
}

/// What well-known mistakes make of an order.
const MISTAKES: [(Batches, &str); 13] = [
    (
        |_, _| Vec::new(),
        "there are no batches at all; is a batch ever added to the list?",
    ),
    (
        |order, size| order.chunks_exact(size).map(<[usize]>::to_vec).collect(),
        "the short batch at the end is dropped, and its examples would not be \
         learned from; keep it",
    ),
    (
        |order, size| {
            let mut batches = cut(order, size);
            let used = order.iter().cycle();
            if let Some(last) = batches.last_mut() {
                let missing = size - last.len();
                last.extend(used.take(missing));
            }
            batches
        },
        "the last batch is filled up with examples that had their turn already; \
         let it be short",
    ),
    (
        |order, size| {
            let mut batches = cut(order, size);
            if batches.len() > 1 && !order.len().is_multiple_of(size) {
                let rest = batches.pop().unwrap_or_default();
                batches.last_mut().into_iter().for_each(|last| last.extend(&rest));
            }
            batches
        },
        "the rest has gone into the batch before it, which is too long now; let \
         the rest be a batch of its own",
    ),
    (
        |order, size| {
            let mut sorted = order.to_vec();
            sorted.sort_unstable();
            cut(&sorted, size)
        },
        "you sorted the examples; take them in the order that you are given",
    ),
    (
        |order, size| cut(&(0..order.len()).collect::<Vec<_>>(), size),
        "these are places in the order; what counts is the index that stands there",
    ),
    (
        |order, size| {
            let mut batches = cut(order, size);
            batches.reverse();
            batches
        },
        "the batches are right, but the last one comes first",
    ),
    (
        |order, size| order.rchunks(size).rev().map(<[usize]>::to_vec).collect(),
        "the first batch is the short one; cut from the start of the order, so \
         that it is the last",
    ),
    (
        |order, _| vec![order.to_vec()],
        "everything is in one batch; a batch has size examples, or fewer at the \
         end",
    ),
    (
        |order, size| cut(order, order.len().div_ceil(size).max(1)),
        "size says how many examples a batch has, not how many batches there are",
    ),
    (
        |order, size| {
            let hands = order.len().div_ceil(size);
            let hand =
                |first| order.iter().skip(first).step_by(hands).copied().collect();
            (0..hands).map(hand).collect()
        },
        "you dealt the examples out like cards; a batch is a piece of the order, \
         cut out in one",
    ),
    (
        |order, size| order.windows(size).map(<[usize]>::to_vec).collect(),
        "these pieces overlap; each example belongs to one batch",
    ),
    (
        |_, _| cut(CASES[0].0, CASES[0].1),
        "these are the batches of the first order; does it use what it is given?",
    ),
];
