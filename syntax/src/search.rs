//! Free text: terms between blanks, as they are typed into a search box.
//!
//! ```text
//! search = { term }                       up to the first `|` outside quotes
//! term   = [ "-" ] [ field ":" ] value    `-` negates
//! field  = name (here with `-` inside), or backticks
//! value  = quoted text | anything up to a blank or `|`
//! ```
//!
//! A colon does not make a field in ARNs, URLs, IPv6 addresses and times of day, nor before a blank.

use std::{net::Ipv6Addr, ops::Range};

use super::quoting::{self, is_blank, is_name_char, is_name_start};

/// One term as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SearchWord {
    /// All of it.
    pub(super) span: Range<usize>,
    /// Whether `-` stands before it.
    pub(super) negated: bool,
    /// Its field, without the colon.
    pub(super) field: Option<Range<usize>>,
    /// What is searched for, quotes included.
    pub(super) value: Range<usize>,
    /// Whether the value stands in quotes.
    pub(super) quoted: bool,
    /// Whether its quotes close.
    pub(super) closed: bool,
}

impl SearchWord {
    /// What is searched for, without quotes and escapes.
    pub(super) fn value(&self, text: &str) -> String {
        let value = text.get(self.value.clone()).unwrap_or("");
        if self.quoted { quoting::unescape(quoting::inside(value)) } else { value.to_owned() }
    }
    /// The field's name.
    pub(super) fn field(&self, text: &str) -> Option<String> {
        self.field.clone().map(|span| quoting::name(text.get(span).unwrap_or("")))
    }
}

/// The terms from `at` to the next `|`.
pub(super) fn pieces(text: &str, at: usize) -> impl Iterator<Item = SearchWord> {
    let mut at = at;
    std::iter::from_fn(move || {
        at = skip(text, at);
        let piece = piece(text, at)?;
        at = piece.span.end;
        Some(piece)
    })
}

/// Where the free text that begins at `at` ends: behind its last term.
pub(super) fn end(text: &str, at: usize) -> usize {
    pieces(text, at).last().map_or(at, |p| p.span.end)
}

/// The longest name of a field before a colon, in bytes.
const LONGEST_FIELD: usize = 256;

/// Over blanks and comments.
fn skip(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or("");
        let blank = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
        at += blank;
        let rest = text.get(at..).unwrap_or("");
        if !rest.starts_with('#') {
            return at;
        }
        at += rest.find('\n').unwrap_or(rest.len());
    }
}

fn piece(text: &str, start: usize) -> Option<SearchWord> {
    let mut chars = text.get(start..)?.chars();
    let first = chars.next().filter(|c| *c != '|')?;
    let negated = first == '-' && chars.next().is_some_and(|c| !is_blank(c) && c != '|');
    let at = start + negated as usize;
    let field = field(text, at);
    let from = field.as_ref().map_or(at, |f| f.end + 1);
    let rest = text.get(from..).unwrap_or("");
    let quoted = rest.starts_with(['"', '\'']);
    let (end, closed) = if quoted { quote_end(text, from) } else { (from + word(rest).len(), true) };
    Some(SearchWord { span: start..end, negated, field, value: from..end, quoted, closed })
}

/// Up to a blank or `|`.
fn word(rest: &str) -> &str {
    let end = rest.find(|c| is_blank(c) || c == '|').unwrap_or(rest.len());
    rest.get(..end).unwrap_or("")
}

/// The end of the quoted text at `from`: behind its quote, or the end of the line.
fn quote_end(text: &str, from: usize) -> (usize, bool) {
    let mut chars = text.get(from..).unwrap_or("").char_indices();
    let quote = chars.next().map(|(_, c)| c);
    while let Some((i, c)) = chars.next() {
        match c {
            c if Some(c) == quote => return (from + i + 1, true),
            '\n' => return (from + i, false),
            '\\' if chars.clone().next().is_some_and(|(_, c)| c != '\n') => {
                chars.next();
            }
            _ => {}
        }
    }
    (text.len(), false)
}

/// The field before a colon, if the colon makes one.
fn field(text: &str, at: usize) -> Option<Range<usize>> {
    // Bounded, so that a text of nothing but quotes and backticks takes no longer than any other.
    let near = text.get(at..text.floor_char_boundary(at + LONGEST_FIELD))?;
    let name = near.get(..name_end(near.lines().next()?)?)?;
    if name.eq_ignore_ascii_case("arn") || word(near).parse::<Ipv6Addr>().is_ok() {
        return None;
    }
    let end = at + name.len();
    let value = text.get(end..)?.strip_prefix(':')?;
    let first = value.chars().next()?;
    let ordinary = !is_blank(first) && !matches!(first, '|' | ':' | '\\') && !value.starts_with("//");
    ordinary.then_some(at..end)
}

/// Where the name ends that `rest` begins with: at its colon.
fn name_end(rest: &str) -> Option<usize> {
    if !rest.starts_with(|c| is_name_start(c) || c == '`') {
        return None;
    }
    let mut end = 0;
    loop {
        let more = rest.get(end..)?;
        end += match more.chars().next()? {
            ':' => return Some(end),
            // Inside a name a backtick is a letter of no name.
            '`' if end > 0 && !rest.get(..end)?.ends_with(['.', '`']) => return None,
            '`' => 2 + more.get(1..)?.find('`')?,
            _ => more.find(|c| !is_name_char(c) && c != '-').filter(|run| *run > 0)?,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<(bool, Option<String>, String)> {
        pieces(text, 0).map(|p| (p.negated, p.field(text), p.value(text))).collect()
    }

    #[test]
    fn terms_phrases_fields_and_negation() {
        let plain = |t: &str| (false, None, t.to_owned());
        let of = |f: &str, t: &str| (false, Some(f.to_owned()), t.to_owned());
        assert_eq!(terms(r#"a "b | c" d|e"#), [plain("a"), plain("b | c"), plain("d")]);
        assert_eq!(
            terms("-a - -\"b c\""),
            [(true, None, "a".to_owned()), plain("-"), (true, None, "b c".to_owned())]
        );
        assert_eq!(terms("eventName:Get* sc-status:404"), [of("eventName", "Get*"), of("sc-status", "404")]);
        assert_eq!(terms("`cs(User-Agent)`:\"curl 8\""), [of("cs(User-Agent)", "curl 8")]);
        assert_eq!(terms("don't 5\""), [plain("don't"), plain("5\"")]);
        assert_eq!(terms("a # b\nc"), [plain("a"), plain("c")]);
    }

    #[test]
    fn colons_that_make_no_field() {
        for text in [
            "arn:aws:iam::1:root",
            "https://a/b",
            "fe80::1",
            "dead:beef::1",
            "12:30:00",
            "error:",
            "C:\\x",
            "y``:z",
        ] {
            assert_eq!(terms(text), [(false, None, text.to_owned())], "{text}");
        }
        assert_eq!(terms("source.ip:fe80::1")[0].1.as_deref(), Some("source.ip"));
    }
}
