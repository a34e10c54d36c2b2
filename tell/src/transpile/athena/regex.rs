//! Regular expressions as Athena reads them: groups are counted, not named, and characters are no bytes.

use logloupe_syntax::Unsupported;

/// A regular expression that Athena reads as it is read here.
pub(super) fn checked(pattern: &str) -> Result<&str, Unsupported> {
    // Bytes of other characters stand as `\x..` in patterns made of free text.
    let foreign = ["\\x8", "\\x9", "\\xa", "\\xb", "\\xc", "\\xd", "\\xe", "\\xf"];
    if foreign.iter().any(|f| pattern.contains(f)) {
        return Err(Unsupported::new(
            "a search for other than ASCII characters in any letter case",
            "it is made of bytes here and of characters there",
            "use `like` with the text as it is written in the log",
        ));
    }
    Ok(pattern)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_not_named() {
        assert_eq!(unnamed_groups(r"a\(?<(?<x>b[(?<]+)(?:c)(?P<y>d)"), r"a\(?<(b[(?<]+)(?:c)(d)");
        assert_eq!(glob(&["a.b ".into(), " ".into(), String::new()]), r"(?s)a\.b (.*?) (.*)");
        assert_eq!(glob(&["[".into(), "]".into()]), r"(?s)\[(.*?)\]");
    }
}
