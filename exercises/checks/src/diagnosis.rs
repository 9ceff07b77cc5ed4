//! Which known mistake explains an answer: one that gives the same results on
//! every case, also on those where it happens to be right.

use std::panic::RefUnwindSafe;

use crate::Verdict;
use crate::facts;
use crate::feedback::{Feedback, Named};
use crate::outcome::{Content, Outcome, Part};
use crate::question::{Mistake, Question};
use crate::run::{self, Failure};

/// What an answer makes of a case, or why it makes nothing of it.
pub(crate) type Attempt = Result<Outcome, Failure>;

fn agree(these: &Attempt, those: &Attempt) -> bool {
    match (these, those) {
        (Ok(these), Ok(those)) => these.agrees_with(those),
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// For each part of what a mistake alone gives: whether it is right, and whether it
/// is the answer's. `None` if the mistake panics.
fn parts(
    expected: &Outcome,
    yours: &Outcome,
    alone: &Attempt,
) -> Option<Vec<[bool; 2]>> {
    let alone = alone.as_ref().ok()?;
    let part = |part: &Part| {
        let alone = alone.find(&part.name);
        [
            alone.is_some_and(|alone| part.agrees_with(alone)),
            alone.is_none_or(|alone| alone.is_in(yours)),
        ]
    };
    Some(expected.parts.iter().map(part).collect())
}

/// Whether two mistakes may together give an answer's results, to judge by what
/// each gives alone: a part with which one of them has nothing to do is left to the
/// other.
fn may_explain(one: Option<&[[bool; 2]]>, other: Option<&[[bool; 2]]>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return true };
    // Where there is a single part, everything has to do with it.
    one.len() == 1
        || one.iter().zip(other).all(|(one, other)| match (one, other) {
            ([false, _], [false, _]) => true,
            ([true, _], [false, is_yours]) | ([_, is_yours], [true, _]) => {
                *is_yours
            }
        })
}

impl<C, M> Question<C, M>
where
    C: Clone + Send + RefUnwindSafe + 'static,
    M: Clone + RefUnwindSafe,
{
    /// Judges an answer. `answer` gives what it makes of a case.
    pub fn judge(
        &self,
        answer: impl Fn(&C) -> Outcome + Clone + Send + 'static,
    ) -> Verdict {
        self.judge_cases(|case| {
            let (answer, case) = (answer.clone(), self.cases[case].clone());
            run::run(move || answer(&case))
        })
    }

    /// Judges one function after the other, if the question asks for several, and
    /// describes what is wrong with the first of them.
    fn judge_cases(&self, attempt: impl Fn(usize) -> Attempt) -> Verdict {
        let mut verdict: Verdict = Ok(());
        let mut end = 0;
        let is_same = |a: &C, b: &C| (self.function)(a) == (self.function)(b);
        for cases in self.cases.chunk_by(is_same) {
            let start = end;
            end += cases.len();
            let mut yours = Vec::new();
            for case in start..end {
                yours.push(attempt(case));
                if yours[case - start].as_ref().is_err_and(Failure::ends_all) {
                    break;
                }
            }
            let next = self.compare(start, &yours);
            match (&mut verdict, next) {
                (Ok(()), next) => verdict = next,
                (Err(first), Err(next)) if !first.mistakes.is_empty() => {
                    first.mistakes.extend(next.mistakes);
                }
                _ => {}
            }
        }
        verdict
    }

    /// Compares what an answer makes of the cases from `start` on.
    fn compare(&self, start: usize, yours: &[Attempt]) -> Verdict {
        let last = &self.cases[start + yours.len() - 1];
        if let Some(Err(failure)) = yours.last()
            && failure.ends_all()
        {
            return Err(self.feedback(last, Feedback::from(failure)));
        }
        let cases = start..start + yours.len();
        let model =
            |case| self.alone(None, case).expect("a model that never panics");
        let expected: Vec<Outcome> = cases.clone().map(model).collect();
        let is_wrong = |i: &usize| match &yours[*i] {
            Ok(outcome) => !expected[*i].agrees_with(outcome),
            Err(_) => true,
        };
        let wrong: Vec<usize> = (0..yours.len()).filter(is_wrong).collect();
        let Some(&first) = wrong.first() else { return Ok(()) };
        let mut feedback = self.describe(
            &self.cases[start + first],
            &expected[first],
            &yours[first],
        );
        // A panic may have any cause, so it takes a result to recognize a mistake.
        let result = wrong.iter().find_map(|&i| Some((i, yours[i].as_ref().ok()?)));
        if let Some((i, result)) = result {
            feedback.mistakes = self.explain(start, yours, start + i, result);
        }
        let kinds: Vec<_> = self.cases[cases].iter().map(self.kinds).collect();
        feedback.facts.extend(facts::cases(&kinds, &wrong));
        feedback.facts.extend(facts::parts(&expected, yours));
        if feedback.mistakes.is_empty() {
            feedback.facts.extend(facts::numbers(&expected, yours));
            feedback.facts.extend(self.asks());
        }
        Err(feedback)
    }

    /// The mistake, or the two mistakes, that give these results on every case from
    /// `start` on; `yours` is what the answer makes of the case `first`, which goes
    /// wrong.
    fn explain(
        &self,
        start: usize,
        attempts: &[Attempt],
        first: usize,
        yours: &Outcome,
    ) -> Vec<Named> {
        let all = 0..self.mistakes.len();
        let cases = || (start..).zip(attempts);
        let one = |i: &usize| {
            cases().all(|(case, yours)| agree(&self.alone(Some(*i), case), yours))
        };
        if let Some(i) = all.clone().find(one) {
            return vec![self.name(i)];
        }
        let fits = |pair: [usize; 2]| {
            let model = self.with(&pair);
            cases().all(|(case, yours)| {
                agree(&self.attempt(&model, &self.cases[case]), yours)
            })
        };
        let Ok(expected) = self.alone(None, first) else { return Vec::new() };
        let alone = |i| parts(&expected, yours, &self.alone(Some(i), first));
        let alone: Vec<_> = all.clone().map(alone).collect();
        // The order must not matter: if both replace the same part of the model,
        // only the second of them is made.
        let two = |&[i, j]: &[usize; 2]| {
            may_explain(alone[i].as_deref(), alone[j].as_deref())
                && fits([i, j])
                && fits([j, i])
        };
        let pair = all.flat_map(|j| (0..j).map(move |i| [i, j])).find(two);
        pair.map_or(Vec::new(), |pair| pair.map(|i| self.name(i)).into())
    }

    /// What the model makes of a case, with one mistake in it or with none.
    fn alone(&self, mistake: Option<usize>, case: usize) -> Attempt {
        let known = self.known.borrow().get(&(mistake, case)).cloned();
        known.unwrap_or_else(|| {
            let model = self.with(mistake.as_slice());
            let attempt = self.attempt(&model, &self.cases[case]);
            self.known.borrow_mut().insert((mistake, case), attempt.clone());
            attempt
        })
    }

    /// The model with these mistakes in it.
    fn with(&self, mistakes: &[usize]) -> M {
        let mut model = self.model.clone();
        for &i in mistakes {
            (self.mistakes[i].change)(&mut model);
        }
        model
    }

    fn attempt(&self, model: &M, case: &C) -> Attempt {
        run::quietly(|| (self.run)(model, case))
    }

    fn name(&self, mistake: usize) -> Named {
        let Mistake { id, says, .. } = self.mistakes[mistake];
        Named { id: format!("{}.{id}", self.id), says }
    }

    /// Asks about the other functions of the exercise that an answer may call.
    fn asks(&self) -> Option<String> {
        let functions: Vec<_> =
            self.calls.iter().map(|function| format!("`{function}`")).collect();
        (!functions.is_empty()).then(|| {
            format!(
                "If you call your {} here: is that one right?",
                functions.join(" or ")
            )
        })
    }

    /// What went wrong in a case, and where.
    fn describe(
        &self,
        case: &C,
        expected: &Outcome,
        yours: &Attempt,
    ) -> Box<Feedback> {
        let feedback = match yours {
            Err(failure) => ended(failure, expected),
            Ok(yours) => difference(expected, yours),
        };
        self.feedback(case, feedback)
    }

    /// Adds what a case is about.
    fn feedback(&self, case: &C, feedback: Feedback) -> Box<Feedback> {
        let unanswered = feedback.unanswered;
        let input = if unanswered { Vec::new() } else { (self.given)(case).lines };
        Box::new(Feedback { input, function: (self.function)(case), ..feedback })
    }
}

/// What to say of an answer that ended before it gave anything.
fn ended(failure: &Failure, expected: &Outcome) -> Feedback {
    let mut feedback = Feedback::from(failure);
    if let Some(Part { name, content: Content::Text(text), .. }) =
        expected.parts.first()
        && text.starts_with("Err")
    {
        feedback.sentence += &format!(" Here, {name} should be `{text}`.");
    }
    feedback
}

/// The first part that differs, in a sentence and in a table.
pub(crate) fn difference(expected: &Outcome, yours: &Outcome) -> Feedback {
    let (sentence, comparison) = match expected.first_difference(yours) {
        Some(part) => match yours.find(&part.name) {
            Some(yours) => part.compared_with(yours),
            None => (format!("{} is missing.", part.name), Vec::new()),
        },
        None => ("There is more than there should be.".to_owned(), Vec::new()),
    };
    Feedback { sentence, comparison, ..Feedback::default() }
}

/// What the workbook's own tests ask of a question, whatever its types.
pub trait Provable {
    /// Its exercise and name: `layer.backward`.
    fn id(&self) -> &'static str;
    /// The names of its mistakes.
    fn mistakes(&self) -> Vec<&'static str>;
    /// The verdict on the model with each of these mistakes in it.
    fn verdicts(&self) -> Vec<Verdict>;
    /// The right answer's own verdict.
    fn verdict(&self) -> Verdict;
}

impl<C, M> Provable for Question<C, M>
where
    C: Clone + Send + RefUnwindSafe + 'static,
    M: Clone + RefUnwindSafe,
{
    fn id(&self) -> &'static str {
        self.id
    }

    fn mistakes(&self) -> Vec<&'static str> {
        self.mistakes.iter().map(|mistake| mistake.id).collect()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let all = 0..self.mistakes.len();
        all.map(|i| self.judge_cases(|case| self.alone(Some(i), case))).collect()
    }

    fn verdict(&self) -> Verdict {
        self.judge_cases(|case| self.alone(None, case))
    }
}
