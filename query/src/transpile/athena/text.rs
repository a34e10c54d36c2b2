//! The lexical side of Athena's SQL: names, literals, patterns. Athena's engine is Trino; what is quoted and how follows
//! its rules.

use std::fmt::Write;

/// Words that are no names unless quoted.
static RESERVED: &[&str] = &[
    "alter",
    "and",
    "as",
    "between",
    "by",
    "case",
    "cast",
    "constraint",
    "create",
    "cross",
    "cube",
    "current_date",
    "current_path",
    "current_time",
    "current_timestamp",
    "current_user",
    "date",
    "day",
    "deallocate",
    "delete",
    "describe",
    "distinct",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "execute",
    "exists",
    "extract",
    "false",
    "first",
    "for",
    "from",
    "full",
    "group",
    "grouping",
    "having",
    "hour",
    "in",
    "inner",
    "insert",
    "intersect",
    "interval",
    "into",
    "is",
    "join",
    "last",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "minute",
    "month",
    "natural",
    "normalize",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "position",
    "prepare",
    "recursive",
    "right",
    "rollup",
    "row",
    "rows",
    "second",
    "select",
    "skip",
    "start",
    "table",
    "then",
    "time",
    "timestamp",
    "true",
    "trim",
    "uescape",
    "union",
    "unnest",
    "using",
    "values",
    "when",
    "where",
    "with",
    "year",
];

/// A name as it stands in a query.
pub(super) fn name(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain && !RESERVED.iter().any(|r| r.eq_ignore_ascii_case(name)) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Text between quotes.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A float; without an exponent it would be a decimal, which rounds otherwise.
pub(super) fn float(value: f64) -> String {
    let text = format!("{value:?}");
    if text.contains(['e', 'E']) { text.replace('e', "E") } else { format!("{text}E0") }
}

/// A regular expression in text whose groups have no names, so that they are counted; those that do not count stay.
/// Where groups have names, some engines count no others.
pub(super) fn unnamed_groups(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '\\' => taken += rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let named = ["(?P<", "(?<"].into_iter().find(|n| rest.starts_with(n));
                if let Some(end) = named.and_then(|_| rest.find('>')) {
                    out.push('(');
                    rest = &rest[end + 1..];
                    continue;
                }
            }
            _ => {}
        }
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out
}

/// The pattern of `parse` with stars as a regular expression: each star is a group.
pub(super) fn glob(pieces: &[String]) -> String {
    let mut out = "(?s)".to_owned();
    for (i, piece) in pieces.iter().enumerate() {
        if i > 0 {
            // A star that ends the pattern takes all that is left, any other as little as it can.
            let last = i + 1 == pieces.len() && piece.is_empty();
            out.push_str(if last { "(.*)" } else { "(.*?)" });
        }
        for c in piece.chars() {
            if c.is_ascii_punctuation() && c != '_' {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// A path in JSON text: `$.a[0]["b c"]`.
pub(super) fn json_path(path: &str) -> String {
    let mut out = "$".to_owned();
    for part in path.split('.') {
        let plain = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let _ = match part.parse::<usize>() {
            Ok(index) => write!(out, "[{index}]"),
            Err(_) if plain => write!(out, ".{part}"),
            Err(_) => write!(out, "[\"{}\"]", part.replace('"', "\\\"")),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_read_as_something_else_is_quoted() {
        assert_eq!(name("srcAddr"), "srcAddr");
        assert_eq!(name("bin(5m)"), "\"bin(5m)\"");
        assert_eq!(name("Select"), "\"Select\"");
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!((float(0.5), float(1e300)), ("0.5E0".to_owned(), "1E300".to_owned()));
        assert_eq!(json_path("a.0.b c.d"), "$.a[0][\"b c\"].d");
    }

    #[test]
    fn groups_are_counted_not_named() {
        assert_eq!(unnamed_groups(r"a\(?<(?<x>b[(?<]+)(?:c)(?P<y>d)"), r"a\(?<(b[(?<]+)(?:c)(d)");
        assert_eq!(glob(&["a.b ".into(), " ".into(), String::new()]), r"(?s)a\.b (.*?) (.*)");
        assert_eq!(glob(&["[".into(), "]".into()]), r"(?s)\[(.*?)\]");
    }
}
