//! The judge, judged: solutions pass, right answers written differently pass, and
//! wrong answers are rejected, with the feedback that `feedback` shows.

mod adam;
mod autograd;
mod batch_norm;
mod data_balance;
mod dropout;
mod layer;
mod minibatch;
mod momentum;
mod network;
mod overflow;
mod shapes;
mod softmax_cross_entropy;

use checks::{Provable, Verdict, judge};

/// Judges an answer as the learner's test would.
#[track_caller]
fn passes(exercise: &str, question: &str, check: impl FnOnce() -> Verdict) {
    if let Err(feedback) = judge(exercise, question, check) {
        panic!("{feedback}");
    }
}

/// Judges right answers to a question.
fn right<A>(
    exercise: &'static str,
    question: &'static str,
    check: fn(A) -> Verdict,
) -> impl Fn(A) {
    move |answer| passes(exercise, question, || check(answer))
}

/// Proves questions: the model is right, each mistake shows in a case, and is
/// recognized as itself. What is said about each is kept in a page.
#[track_caller]
fn prove(questions: Vec<Box<dyn Provable>>) {
    for question in questions {
        let id = question.id();
        if let Err(feedback) = question.verdict() {
            panic!("{id}: the model itself is wrong\n\n{feedback}");
        }
        let mut page = String::new();
        for (mistake, verdict) in
            question.mistakes().iter().zip(question.verdicts())
        {
            let feedback = verdict.expect_err(&format!(
                "{id}.{mistake} gives right results in every case"
            ));
            assert_eq!(
                named(&feedback),
                [*mistake],
                "{id}.{mistake}\n\n{feedback}"
            );
            let text = feedback.render(false);
            let (_, text) = text.split_once('\n').expect("a heading");
            page += &format!("\n## {mistake}\n{text}");
        }
        let wide = page.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{id}: too wide for a terminal");
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            omit_expression => true,
            snapshot_path => "../feedback",
        }, {
            insta::assert_snapshot!(id, page);
        });
    }
}

/// The last part of the names of the mistakes that were recognized.
fn named(feedback: &checks::Feedback) -> Vec<&str> {
    let names = feedback.mistakes.iter().map(|mistake| mistake.id.as_str());
    names.filter_map(|id| id.rsplit('.').next()).collect()
}

/// Judges wrong answers that know nothing of the question's own mistakes; each has
/// to be rejected, with just these mistakes recognized.
fn diagnosed<A>(check: fn(A) -> Verdict) -> impl Fn(&[&str], A) {
    move |mistakes, answer| {
        let feedback =
            check(answer).expect_err(&format!("accepted, despite {mistakes:?}"));
        assert!(!feedback.unanswered);
        assert_eq!(named(&feedback), mistakes, "\n{feedback}");
    }
}
