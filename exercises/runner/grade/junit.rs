//! The report as JUnit's XML, which servers for continuous integration read.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Grade, reason, sentence};
use crate::verdict::{Judged, Outcome, State};

type Xml = Writer<Vec<u8>>;

/// A suite for each exercise, a case for each question.
pub fn report(grade: &Grade) -> io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attribute(("name", "exercises"))
        .with_attribute(("time", seconds(grade.seconds).as_str()))
        .write_inner_content(|xml| {
            grade.exercises.iter().try_for_each(|judged| suite(xml, grade, judged))
        })?;
    xml.write_event(Event::Text(BytesText::new("\n")))?;
    Ok(String::from_utf8_lossy(&xml.into_inner()).into_owned())
}

fn suite(xml: &mut Xml, grade: &Grade, judged: &Judged) -> io::Result<()> {
    let count = |is: fn(State) -> bool| {
        let outcomes = judged.outcomes.iter();
        outcomes.filter(|outcome| is(outcome.state)).count().to_string()
    };
    let time: f64 = judged.outcomes.iter().map(|outcome| outcome.seconds).sum();
    xml.create_element("testsuite")
        .with_attribute(("name", judged.exercise.name))
        .with_attribute(("tests", judged.outcomes.len().to_string().as_str()))
        .with_attribute(("failures", count(is_failure).as_str()))
        .with_attribute(("errors", count(is_error).as_str()))
        .with_attribute(("time", seconds(time).as_str()))
        .write_inner_content(|xml| {
            let points =
                [("points", judged.points()), ("max_points", judged.max_points())];
            properties(xml, points)?;
            judged
                .outcomes
                .iter()
                .try_for_each(|outcome| case(xml, grade, judged, outcome))
        })?;
    Ok(())
}

fn case(
    xml: &mut Xml,
    grade: &Grade,
    judged: &Judged,
    outcome: &Outcome,
) -> io::Result<()> {
    let question = outcome.question;
    xml.create_element("testcase")
        .with_attribute(("classname", judged.exercise.name))
        .with_attribute(("name", question.name))
        .with_attribute(("time", seconds(outcome.seconds).as_str()))
        .write_inner_content(|xml| {
            properties(
                xml,
                [("points", outcome.points()), ("max_points", question.points)],
            )?;
            if !outcome.is_done() {
                let kind =
                    if is_error(outcome.state) { "error" } else { "failure" };
                let message = allowed(&sentence(grade, judged, outcome));
                let text = allowed(&reason(grade, judged, outcome));
                xml.create_element(kind)
                    .with_attribute(("message", message.as_str()))
                    .with_attribute(("type", outcome.state.key()))
                    .write_text_content(BytesText::new(&text))?;
            }
            Ok(())
        })?;
    Ok(())
}

fn properties(xml: &mut Xml, properties: [(&str, u64); 2]) -> io::Result<()> {
    xml.create_element("properties").write_inner_content(|xml| {
        for (name, value) in properties {
            xml.create_element("property")
                .with_attribute(("name", name))
                .with_attribute(("value", value.to_string().as_str()))
                .write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn is_failure(state: State) -> bool {
    matches!(state, State::Wrong | State::Unanswered)
}

fn is_error(state: State) -> bool {
    matches!(state, State::NotCompiling | State::NotJudged)
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.3}")
}

/// XML has no way to write most control characters; an answer may well panic with
/// one.
fn allowed(text: &str) -> String {
    let is_allowed = |c: char| {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}')
            || matches!(c, '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    };
    text.chars()
        .map(|c| if is_allowed(c) { c } else { char::REPLACEMENT_CHARACTER })
        .collect()
}
