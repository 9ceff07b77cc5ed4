//! A fenced snippet: how it is indented, and which of its lines are marked.

/// Takes away the indentation that all lines between the fences share. Returns
/// nothing when there are no such lines.
pub fn flush_left(block: &str) -> Option<String> {
    let lines: Vec<&str> = block.lines().collect();
    let [opening, inside @ .., closing] = lines.as_slice() else {
        return None;
    };
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let written = inside.iter().filter(|line| !line.trim().is_empty());
    let shared = written.map(|line| indentation(line)).min()?;
    // In a list item the fence itself is indented, and its lines have to stay as
    // far to the right.
    let margin = " ".repeat(indentation(closing).min(shared));
    let mut text = format!("{opening}\n");
    for line in inside {
        let line = line.get(shared..).map(|line| format!("{margin}{line}"));
        text.push_str(line.unwrap_or_default().trim_end());
        text.push('\n');
    }
    text.push_str(closing);
    if block.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}

/// What `<!-- mark: … -->` asks for.
pub fn mark(comment: &str) -> Option<&str> {
    let inside = comment.trim().strip_prefix("<!-- mark:")?;
    Some(inside.strip_suffix("-->")?.trim())
}

/// Names the lines to be marked in the info string of a snippet, counted from 1, or
/// nothing when there are none such.
pub fn marked(block: &str, text: &str) -> Option<String> {
    let (first, last) = text.split_once(" … ").unwrap_or((text, text));
    let (fence, inside) = block.split_once('\n')?;
    let mut lines = inside.lines().zip(1..);
    let (line, from) = lines.find(|(line, _)| line.contains(first))?;
    let to = if line.contains(last) {
        from
    } else {
        lines.find(|(line, _)| line.contains(last))?.1
    };
    Some(format!("{fence},from-{from},to-{to}\n{inside}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_in_a_list_stays_in_it() {
        let block = "```rust\n      a();\n        b();\n\n  ```\n";
        let flush = "```rust\n  a();\n    b();\n\n  ```\n";
        assert_eq!(flush_left(block).unwrap(), flush);
    }

    const BLOCK: &str = "```rust\na = 1;\nb = 2;\nc = a;\n```\n";

    #[test]
    fn a_line_is_marked_by_what_is_in_it() {
        assert_eq!(mark("<!-- mark: b = -->\n"), Some("b ="));
        assert_eq!(mark("<!-- a note -->"), None);
        let marked = marked(BLOCK, "b =").unwrap();
        assert!(marked.starts_with("```rust,from-2,to-2\na = 1;\n"));
    }

    #[test]
    fn several_lines_are_marked_by_the_first_and_the_last() {
        assert!(
            marked(BLOCK, "b … c").unwrap().starts_with("```rust,from-2,to-3\n")
        );
        assert_eq!(marked(BLOCK, "c … b"), None);
    }
}
