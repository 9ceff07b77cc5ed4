//! The text of a page, set for a terminal.

use checks::feedback::wrap;

/// Breaks paragraphs and list items into lines that fit; code stays as it is,
/// without its fences.
pub fn plain(text: &str) -> String {
    let mut blocks = Vec::new();
    let mut paragraph = Vec::new();
    // The text between two fences is text and code by turns.
    for (turn, part) in text.split("```").enumerate() {
        if turn % 2 == 1 {
            blocks.push(code(part));
            continue;
        }
        for line in part.lines() {
            if line.is_empty() || is_item(line) {
                blocks.extend(set(&mut paragraph));
            }
            if !line.is_empty() {
                paragraph.push(line.trim());
            }
        }
        blocks.extend(set(&mut paragraph));
    }
    blocks.join("\n\n") + "\n"
}

/// The lines after the one that names the language.
fn code(part: &str) -> String {
    let lines: Vec<String> = part
        .trim_end()
        .lines()
        .skip(1)
        .map(|line| format!("      {line}").trim_end().to_owned())
        .collect();
    lines.join("\n")
}

fn set(paragraph: &mut Vec<&str>) -> Option<String> {
    let lines = std::mem::take(paragraph);
    let rest = if is_item(lines.first()?) { "    " } else { "  " };
    Some(wrap(&lines.join(" "), "  ", rest))
}

fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("- ") || (rest.len() < line.len() && rest.starts_with(". "))
}
