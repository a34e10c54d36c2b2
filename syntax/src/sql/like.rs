//! Patterns of `LIKE`: what they search for, and the way back.

use super::write;
use crate::tree::Pattern;

/// What `LIKE` searches for; `None` if the escape character stands before something else.
pub(super) fn like_pattern(text: &str, escape: Option<char>) -> Option<Pattern> {
    #[derive(PartialEq)]
    enum LikePart {
        Any,
        One,
        Char(char),
    }
    let mut pieces = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            c if Some(c) == escape => {
                LikePart::Char(chars.next().filter(|n| matches!(n, '%' | '_') || Some(*n) == escape)?)
            }
            '%' if pieces.last() == Some(&LikePart::Any) => continue,
            '%' => LikePart::Any,
            '_' => LikePart::One,
            c => LikePart::Char(c),
        });
    }
    let open = (pieces.first() == Some(&LikePart::Any), pieces.last() == Some(&LikePart::Any));
    let end = pieces.len().saturating_sub(open.1 as usize);
    let inner = pieces.get(open.0 as usize..end).unwrap_or(&[]);
    let plain: Option<String> =
        inner.iter().map(|p| if let LikePart::Char(c) = p { Some(*c) } else { None }).collect();
    if let (true, true, Some(text)) = (open.0, open.1, plain) {
        return Some(Pattern::Text(text));
    }
    let mut regex = String::from("(?s)");
    if !open.0 {
        regex.push('^');
    }
    for piece in inner {
        match piece {
            LikePart::Any => regex.push_str(".*"),
            // One character, also where the rest is matched byte by byte.
            LikePart::One => regex.push_str("(?u:.)"),
            LikePart::Char(c) => {
                if "\\.+*?()|[]{}^$#&-~".contains(*c) {
                    regex.push('\\');
                }
                regex.push(*c);
            }
        }
    }
    if !open.1 {
        regex.push('$');
    }
    Some(Pattern::Regex(regex))
}

/// Text for `LIKE` in which nothing is a wildcard, and how that is said.
pub(super) fn escaped(text: &str) -> (String, &'static str) {
    if !text.contains(['%', '_']) {
        return (text.to_owned(), "");
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    (out, " ESCAPE '\\'")
}

/// The `LIKE` whose pattern this regex is, if it is one.
pub(super) fn like_of(regex: &str) -> Option<String> {
    let body = regex.strip_prefix("(?s)").filter(|b| !b.contains('\u{0}'))?;
    let (body, from_start) = body.strip_prefix('^').map_or((body, false), |b| (b, true));
    let escaped_end =
        body.strip_suffix('$').is_some_and(|b| b.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1);
    let (body, to_end) = match body.strip_suffix('$') {
        Some(inner) if !escaped_end => (inner, true),
        _ => (body, false),
    };
    let mut like = String::new();
    let mut plain = true;
    let mut special = false;
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(".*") {
            like.push('%');
            (plain, rest) = (false, after);
            continue;
        }
        if let Some(after) = rest.strip_prefix("(?u:.)") {
            like.push('_');
            (plain, rest) = (false, after);
            continue;
        }
        let mut after = rest.get(c.len_utf8()..)?;
        let c = match c {
            '\\' => {
                let next = after.chars().next().filter(|n| !n.is_alphanumeric())?;
                after = after.get(next.len_utf8()..)?;
                next
            }
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            c => c,
        };
        if matches!(c, '%' | '_' | '\\') {
            special |= c != '\\';
            like.push('\u{0}');
        }
        like.push(c);
        rest = after;
    }
    // Open at both ends without wildcards is a text that is contained: not this form.
    if !from_start && !to_end && plain {
        return None;
    }
    let like = like.replace('\u{0}', if special { "\\" } else { "" });
    let like = format!("{}{like}{}", if from_start { "" } else { "%" }, if to_end { "" } else { "%" });
    Some(format!("{}{}", write::text(&like), if special { " ESCAPE '\\'" } else { "" }))
}
