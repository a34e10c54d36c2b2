//! A JSON record laid out for reading: lines of coloured pieces. Works on any text; what is not JSON is not laid out.

/// What a piece is to the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonTokenKind {
    Key,
    Text,
    Number,
    Word,
    Mark,
}

/// One line: how deep it is indented, and its pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    pub(crate) depth: usize,
    pub(crate) pieces: Vec<(JsonTokenKind, String)>,
}

/// How many lines are laid out at most.
const MOST: usize = 5_000;
/// How deep indentation goes at most.
const DEEPEST: usize = 40;

/// The record in lines, one member each; whether lines were left out at the end.
pub(crate) fn lines(text: &str) -> (Vec<Line>, bool) {
    let mut lines = vec![Line::default()];
    let mut depth = 0usize;
    let bytes = text.as_bytes();
    let mut at = 0;
    let fresh = |lines: &mut Vec<Line>, depth: usize| {
        lines.push(Line { depth: depth.min(DEEPEST), pieces: Vec::new() });
    };
    while at < bytes.len() {
        if lines.len() > MOST {
            return (lines, true);
        }
        let start = at;
        match bytes[at] {
            b'{' | b'[' => {
                let close = if bytes[at] == b'{' { b'}' } else { b']' };
                let next = skip_blank(bytes, at + 1);
                if bytes.get(next) == Some(&close) {
                    at = next + 1;
                    let empty = if close == b'}' { "{}" } else { "[]" };
                    push(&mut lines, JsonTokenKind::Mark, empty);
                } else {
                    at += 1;
                    push(&mut lines, JsonTokenKind::Mark, &text[start..at]);
                    depth += 1;
                    fresh(&mut lines, depth);
                }
            }
            b'}' | b']' => {
                at += 1;
                depth = depth.saturating_sub(1);
                fresh(&mut lines, depth);
                push(&mut lines, JsonTokenKind::Mark, &text[start..at]);
            }
            b',' => {
                at += 1;
                push(&mut lines, JsonTokenKind::Mark, ",");
                fresh(&mut lines, depth);
            }
            b':' => {
                at += 1;
                push(&mut lines, JsonTokenKind::Mark, ": ");
            }
            b'"' => {
                at = string_end(bytes, at);
                let next = skip_blank(bytes, at);
                let piece =
                    if bytes.get(next) == Some(&b':') { JsonTokenKind::Key } else { JsonTokenKind::Text };
                push(&mut lines, piece, &text[start..at]);
            }
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            _ => {
                while at < bytes.len() && !b" \t\r\n{}[],:\"".contains(&bytes[at]) {
                    at += 1;
                }
                let word = &text[start..at];
                let number = word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
                push(&mut lines, if number { JsonTokenKind::Number } else { JsonTokenKind::Word }, word);
            }
        }
    }
    (lines, false)
}

fn push(lines: &mut [Line], piece: JsonTokenKind, text: &str) {
    if let Some(line) = lines.last_mut() {
        line.pieces.push((piece, text.to_owned()));
    }
}

fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(text: &str) -> String {
        let (lines, _) = lines(text);
        let line =
            |l: &Line| "  ".repeat(l.depth) + &l.pieces.iter().map(|p| p.1.as_str()).collect::<String>();
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn one_member_per_line() {
        let text = r#"{"a":[1,{"b":"x \" }"}],"c":{},"d":null}"#;
        let expected = "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x \\\" }\"\n    }\n  ],\n  \"c\": {},\n  \"d\": null\n}";
        assert_eq!(laid_out(text), expected);
    }

    #[test]
    fn keys_and_values_look_different() {
        let (lines, _) = lines(r#"{"a" : "b", "n": -1.5}"#);
        assert_eq!(lines[1].pieces[0].0, JsonTokenKind::Key);
        assert_eq!(lines[1].pieces[2].0, JsonTokenKind::Text);
        assert_eq!(lines[2].pieces[2].0, JsonTokenKind::Number);
    }

    #[test]
    fn hostile_texts_end() {
        for text in ["\"\\", "}}}}", "é{\"", "{\"a\":\"é"] {
            let _ = laid_out(text);
        }
        let (lines, cut) = lines(&"[".repeat(100_000));
        assert!(cut && lines.len() <= MOST + 1 && lines.iter().all(|l| l.depth <= DEEPEST));
    }
}
