//! Rust source for reading by rules: without comments, without the insides of strings, without tests.
//!
//! A small lexer, not a parser: it knows where comments, strings and characters begin and end, and keeps every line
//! in its place. What it does not do: macros, conditional compilation beyond a trailing `#[cfg(test)]`.

/// The source with every comment and every string's inside replaced by blanks; as many lines as before.
pub(super) fn bare(source: &str) -> String {
    blank(source, true)
}

/// The source with every comment replaced by blanks, strings kept.
pub(super) fn commentless(source: &str) -> String {
    blank(source, false)
}

/// What stands before the tests at the end of a file.
pub(super) fn before_tests(source: &str) -> &str {
    source.split("#[cfg(test)]").next().unwrap_or(source)
}

fn blank(source: &str, strings: bool) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(letter) = rest.chars().next() {
        let (length, hide) = match letter {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), true),
            '/' if rest.starts_with("/*") => (block_comment(rest), true),
            '"' => (string(rest), strings),
            'r' | 'b' if !out.ends_with(is_word) => match raw_string(rest) {
                Some(length) => (length, strings),
                None => (1, false),
            },
            '\'' => (character(rest), strings),
            other => (other.len_utf8(), false),
        };
        let (token, after) = rest.split_at(length);
        if hide && length > 1 {
            out.extend(token.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    out
}

/// The length of a comment that may hold others.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        let here = &text.as_bytes()[at..];
        if here.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`; `None` when it is something else that begins with these letters.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('b').unwrap_or(text).strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = text.len() - inside.len();
    Some(inside.find(&end).map_or(text.len(), |at| start + at + end.len()))
}

/// `'x'`, `'\u{e9}'`; or the one mark of a lifetime.
fn character(text: &str) -> usize {
    let inside = &text[1..];
    if let Some(escape) = inside.strip_prefix('\\') {
        return escape.char_indices().skip(1).find(|(_, letter)| *letter == '\'').map_or(1, |(at, _)| at + 3);
    }
    match inside.char_indices().nth(1) {
        Some((at, '\'')) => at + 2,
        _ => 1,
    }
}

/// Every name that follows `prefix` in bare source, with its line: `crate::` gives `table` for `crate::table::Row` and
/// both names for `crate::{table::Row, query}`. Of `super::super::x` it gives `x`.
pub(super) fn names_after(bare: &str, prefix: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in bare.match_indices(prefix) {
        if bare[..at].ends_with(is_word) {
            continue;
        }
        let line = bare[..at].matches('\n').count() + 1;
        let after = bare[at + prefix.len()..].trim_start();
        match after.strip_prefix('{') {
            Some(group) => heads(group, line, &mut found),
            None => found.extend(word(after).map(|name| (line, name))),
        }
    }
    found
}

/// The first names of the items of a group, up to its closing brace.
fn heads(group: &str, mut line: usize, found: &mut Vec<(usize, String)>) {
    let (mut depth, mut head) = (0, true);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return,
            '}' => depth -= 1,
            ',' if depth == 0 => head = true,
            '\n' => line += 1,
            _ if head && is_word(letter) => {
                found.extend(word(&group[at..]).map(|name| (line, name)));
                head = false;
            }
            _ => {}
        }
    }
}

fn word(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|letter| is_word(*letter)).collect();
    (!name.is_empty()).then_some(name)
}

/// Whether `word` stands in the line as a word of its own.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_word) && !line[at + word.len()..].starts_with(is_word))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blanked_in_place() {
        assert_eq!(bare("a // b\nc /* d\ne /* f */ */ g"), "a     \nc     \n             g");
        assert_eq!(bare(r#"x("a \" b") y"#), r#"x(        ) y"#);
        assert_eq!(bare(r##"x(r#"a " b"#) y"##), r##"x(          ) y"##);
        assert_eq!(bare("b'\"' 'a' '\\'' '\\u{e9}' &'a str"), format!("b{}&'a str", " ".repeat(22)));
        assert_eq!(commentless("x(\"// no\") // yes"), "x(\"// no\")       ");
        assert_eq!(bare("\"é\" é // é"), "    é     ", "by letters, not bytes");
        assert_eq!(bare("our\"s\""), "our   ", "no raw string in the midst of a word");
    }

    #[test]
    fn names_of_paths_and_groups() {
        let names = |source: &str, prefix: &str| -> Vec<String> {
            names_after(&bare(source), prefix).into_iter().map(|(_, name)| name).collect()
        };
        assert_eq!(names("use crate::table::{Row, Column};", "crate::"), ["table"]);
        assert_eq!(names("use crate::{\n  table::{Row, x},\n  query,\n};", "crate::"), ["table", "query"]);
        assert_eq!(names("let x = crate::query::parse(y); // crate::formats", "crate::"), ["query"]);
        assert_eq!(names("use super::super::formats;", "super::"), ["super", "formats"]);
        assert_eq!(names("my_crate::x", "crate::"), [""; 0]);
        assert_eq!(names_after("use crate::{\na,\nb};", "crate::"), [(2, "a".into()), (3, "b".into())]);
    }

    #[test]
    fn words() {
        assert!(has_word("formats::alb::X", "alb"));
        assert!(!has_word("global albums", "alb"));
    }
}
