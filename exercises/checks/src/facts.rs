//! What can be said of a wrong answer without guessing at its cause.

use crate::comparison::{Tolerance, close, difference};
use crate::diagnosis::Attempt;
use crate::outcome::{Content, Outcome, Part};
use crate::value::{Numbers, Value};

/// Which parts are right in every case, if others are not.
pub(crate) fn parts(expected: &[Outcome], yours: &[Attempt]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for part in expected.iter().flat_map(|outcome| &outcome.parts) {
        if !part.kept && of(part).is_some() && !names.contains(&part.name.as_str())
        {
            names.push(&part.name);
        }
    }
    let is_right = |name: &&str| {
        expected.iter().zip(yours).all(|(expected, yours)| {
            let yours = yours.as_ref().ok();
            expected
                .find(name)
                .is_none_or(|part| yours.is_some_and(|y| part.is_in(y)))
        })
    };
    // What is right after each step is named once, and what is right only after a
    // wrong step is not named.
    let mut right: Vec<&str> = Vec::new();
    for name in &names {
        let steps = names.iter().filter(|other| thing(other) == thing(name));
        let mut wrong = steps.skip_while(|name| is_right(name)).peekable();
        let name = if wrong.peek().is_none() { thing(name) } else { name };
        if !wrong.any(|wrong| *wrong == name) && !right.contains(&name) {
            right.push(name);
        }
    }
    // What only some cases have would be right in these alone.
    right.retain(|name| {
        expected.iter().all(|outcome| {
            let mut parts = outcome.parts.iter();
            parts.any(|part| part.name == *name || thing(&part.name) == *name)
        })
    });
    let verb = if right.len() == 1 { "is" } else { "are" };
    (!right.is_empty())
        .then(|| format!("In every case, {} {verb} right.", list(&right)))
}

/// The `W` of `W after step 2`.
fn thing(name: &str) -> &str {
    name.split_once(" after ").map_or(name, |(thing, _)| thing)
}

fn list(names: &[&str]) -> String {
    match names {
        [.., _] if names.len() > 4 => {
            format!("{} and more", names[..3].join(", "))
        }
        [first @ .., last] if !first.is_empty() => {
            format!("{} and {last}", first.join(", "))
        }
        _ => names.join(", "),
    }
}

/// How many cases go wrong, and whether it is just those of one kind.
pub(crate) fn cases(
    kinds: &[Vec<(&'static str, bool)>],
    wrong: &[usize],
) -> Option<String> {
    let all = kinds.len();
    if wrong.len() == all {
        return (all > 1)
            .then(|| format!("Your answer is wrong in all {all} cases."));
    }
    let names = kinds.iter().flatten().map(|(name, _)| *name);
    let is = |case: usize, name: &str| kinds[case].contains(&(name, true));
    let only = names
        .clone()
        .find(|name| (0..all).all(|case| is(case, name) == wrong.contains(&case)));
    let mut names = names;
    let right = names.find(|name| {
        let mut of_it = (0..all).filter(|&case| is(case, name));
        // A few may well be right by chance.
        2 * of_it.clone().count() > all - wrong.len()
            && of_it.all(|case| !wrong.contains(&case))
    });
    let count = format!("Your answer is wrong in {} of {all} cases", wrong.len());
    Some(match (only, right) {
        (Some(only), _) if wrong.len() == 1 => {
            format!("{count}: the one with {only}.")
        }
        (Some(only), _) => format!("{count}: exactly those with {only}."),
        (None, Some(right)) => {
            format!("{count}. All cases with {right} are right.")
        }
        (None, None) => format!("{count}."),
    })
}

/// What the numbers have in common with the right ones.
pub(crate) fn numbers(expected: &[Outcome], yours: &[Attempt]) -> Option<String> {
    let yours: Vec<&Outcome> =
        yours.iter().map(|attempt| attempt.as_ref().ok()).collect::<Option<_>>()?;
    let pairs = || expected.iter().zip(&yours);
    // The first part that is wrong, in all cases that have it.
    let part =
        pairs().find_map(|(expected, yours)| expected.first_difference(yours))?;
    let name = &part.name;
    let both: Vec<(&Numbers, &Numbers)> = pairs()
        .filter_map(|(expected, yours)| {
            Some((of(expected.find(name)?)?, of(yours.find(name)?)?))
        })
        .collect();
    let (first, _) = both.first()?;
    let same =
        |these: &Numbers, those: &Numbers| difference(these, those).is_none();
    if both.iter().all(|(_, yours)| same(yours, both[0].1))
        && both.iter().any(|(expected, _)| !same(expected, first))
    {
        return Some(format!(
            "Your {name} is the same in every case, whatever the input."
        ));
    }
    if both.iter().any(|(expected, yours)| expected.shape() != yours.shape()) {
        return None;
    }
    let entries: Vec<(f64, f64)> = both
        .iter()
        .flat_map(|(expected, yours)| {
            expected.numbers().into_iter().zip(yours.numbers())
        })
        .collect();
    let (entries, others): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .filter(|(expected, yours)| {
            expected.is_finite() || !close(*expected, *yours)
        })
        .partition(|(expected, yours)| (expected - yours).is_finite());
    if !others.is_empty() {
        // The rest may be right but for rounding, and then it says nothing.
        let differ =
            entries.iter().any(|(expected, yours)| !close(*expected, *yours));
        let finite =
            precision(&format!("Where it's finite, your {name}"), &entries);
        return finite.filter(|_| differ);
    }
    precision(&format!("Your {name}"), &entries)
        .or_else(|| factor(name, &entries))
        .or_else(|| factors(name, &both))
        .or_else(|| shift(name, &entries))
        .or_else(|| transpose(name, &both))
}

fn of(part: &Part) -> Option<&Numbers> {
    match &part.content {
        Content::Numbers(
            numbers,
            Tolerance::ROUNDING | Tolerance::FEW_OPERATIONS,
        ) => Some(numbers),
        _ => None,
    }
}

/// Whether all numbers agree, but to a few digits only.
fn precision(subject: &str, entries: &[(f64, f64)]) -> Option<String> {
    let relative = |(expected, yours): &(f64, f64)| {
        (expected - yours).abs() / expected.abs().max(yours.abs()).max(1e-300)
    };
    let differ = entries.iter().filter(|(expected, yours)| {
        !Tolerance::FEW_OPERATIONS.allows(*expected, *yours)
    });
    let worst = differ.map(relative).fold(0.0, f64::max);
    (worst > 0.0 && worst < 1e-3).then(|| {
        let digits = (-worst.log10()).floor();
        format!(
            "{subject} is right to {digits} digits, but no further. Is there an \
             `f32`, a rounded constant, or a small number such as an epsilon that \
             doesn't belong there (or is missing)?"
        )
    })
}

/// Whether all numbers are off by the same factor.
fn factor(name: &str, entries: &[(f64, f64)]) -> Option<String> {
    let factor = common(entries, |expected, yours| yours / expected)?;
    Some(if close(factor, -1.0) {
        format!("Every number in your {name} has the opposite sign.")
    } else {
        format!(
            "Every number in your {name} is {factor:.6} times what it should be."
        )
    })
}

/// Whether in each case all numbers are off by the same factor.
fn factors(name: &str, both: &[(&Numbers, &Numbers)]) -> Option<String> {
    let factors = both.iter().map(|(expected, yours)| {
        let entries: Vec<_> =
            expected.numbers().into_iter().zip(yours.numbers()).collect();
        let nonzero = entries.iter().filter(|(expected, _)| *expected != 0.0);
        (nonzero.count() > 1)
            .then(|| common(&entries, |expected, yours| yours / expected))?
    });
    let factors: Vec<String> = factors
        .map(|factor| Some(format!("{:.4}", factor?)))
        .collect::<Option<_>>()?;
    let shown = &factors[..factors.len().min(4)];
    (factors.len() > 1).then(|| {
        format!(
            "In each case your {name} is right except for a factor: {}{}.",
            shown.join(", "),
            if shown.len() < factors.len() { ", …" } else { "" }
        )
    })
}

/// Whether all numbers are off by the same amount.
fn shift(name: &str, entries: &[(f64, f64)]) -> Option<String> {
    let differences: Vec<f64> =
        entries.iter().map(|(expected, yours)| yours - expected).collect();
    let first = *differences.first()?;
    let same =
        differences.iter().all(|difference| (difference - first).abs() < 1e-9);
    (same && first.abs() > 1e-6 && entries.len() > 1).then(|| {
        format!(
            "Every number in your {name} is off by the same amount: {first:+.6}."
        )
    })
}

/// The ratio that all entries have in common; those where both are 0 have any.
fn common(entries: &[(f64, f64)], ratio: fn(f64, f64) -> f64) -> Option<f64> {
    let zero = |x: f64| x.abs() < 1e-12;
    let entries = entries
        .iter()
        .filter(|(expected, yours)| !(zero(*expected) && zero(*yours)));
    let ratios: Vec<f64> =
        entries.map(|&(expected, yours)| ratio(expected, yours)).collect();
    let first = *ratios.first()?;
    let same = ratios.iter().all(|ratio| (ratio / first - 1.0).abs() < 1e-9);
    (same && first.is_finite() && first != 0.0 && ratios.len() > 1).then_some(first)
}

fn transpose(name: &str, both: &[(&Numbers, &Numbers)]) -> Option<String> {
    let turned = both.iter().all(|(expected, yours)| {
        let [rows, columns] = expected.shape()[..] else { return false };
        let (expected, yours) = (expected.numbers(), yours.numbers());
        rows == columns
            && (0..rows * columns).all(|i| {
                let (row, column) = (i / columns, i % columns);
                close(expected[i], yours[column * rows + row])
            })
    });
    turned.then(|| format!("Your {name} is the transpose of the right one."))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    /// What is said of an answer that makes `wrong` of the right matrices.
    fn said(wrong: impl Fn(&Array2<f64>, f64) -> Array2<f64>) -> Option<String> {
        let right =
            [array![[1.0, 2.0], [-3.0, 4.0]], array![[5.0, -1.0], [0.0, 2.0]]];
        let outcome = |w: &Array2<f64>| Outcome::new().value("W", w);
        let cases = right.iter().zip([2.0, 4.0]);
        let yours: Vec<Attempt> =
            cases.map(|(w, n)| Ok(outcome(&wrong(w, n)))).collect();
        numbers(&right.each_ref().map(outcome), &yours)
    }

    #[test]
    fn what_all_numbers_have_in_common_is_said() {
        let said = |wrong: fn(&Array2<f64>, f64) -> Array2<f64>| {
            said(wrong).unwrap_or_default()
        };
        assert_eq!(
            said(|w, _| -w),
            "Every number in your W has the opposite sign."
        );
        assert_eq!(
            said(|w, _| 0.5 * w),
            "Every number in your W is 0.500000 times what it should be."
        );
        assert_eq!(
            said(|w, n| w * n),
            "In each case your W is right except for a factor: 2.0000, 4.0000."
        );
        assert_eq!(
            said(|w, _| w + 1.0),
            "Every number in your W is off by the same amount: +1.000000."
        );
        assert_eq!(
            said(|w, _| w.t().to_owned()),
            "Your W is the transpose of the right one."
        );
        assert_eq!(
            said(|_, _| array![[1.0, 2.0], [-3.0, 4.0]]),
            "Your W is the same in every case, whatever the input."
        );
        assert!(
            said(|w, _| w * (1.0 + 1e-7))
                .starts_with("Your W is right to 7 digits, but no further.")
        );
    }

    #[test]
    fn nothing_is_said_where_numbers_have_nothing_in_common() {
        assert_eq!(said(|w, n| w.powi(2) + n), None);
        assert_eq!(said(|w, _| w / 0.0), None);
    }

    #[test]
    fn the_kind_of_the_wrong_cases_is_named_if_it_is_just_those() {
        let kinds = [
            vec![("a square W", true), ("a bias", true)],
            vec![("a square W", true), ("a bias", false)],
            vec![("a square W", false), ("a bias", true)],
        ];
        let said = |wrong: &[usize]| cases(&kinds, wrong).unwrap();
        assert_eq!(said(&[0, 1, 2]), "Your answer is wrong in all 3 cases.");
        assert_eq!(
            said(&[0, 1]),
            "Your answer is wrong in 2 of 3 cases: exactly those with a square W."
        );
        assert_eq!(
            said(&[2]),
            "Your answer is wrong in 1 of 3 cases. All cases with a square W are \
             right."
        );
        assert_eq!(said(&[0]), "Your answer is wrong in 1 of 3 cases.");
    }
}
