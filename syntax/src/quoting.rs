//! Names and quoted texts as they are written, and what they say: which characters a name may have, quotes, escapes,
//! backticks.

/// Characters of names outside backticks.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '.')
}

/// What may begin a name outside backticks.
pub(super) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '@')
}

/// White space, and what pasting from documents leaves behind.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// What a `"…"` or `'…'` token says: `\n`, `\r`, `\t`, and a backslash before a quote or a backslash are escapes,
/// any other backslash stands for itself.
pub(super) fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(c @ ('"' | '\'' | '\\')) => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

/// The inside of a quoted token, with or without its closing quote.
pub(super) fn inside(token: &str) -> &str {
    let mut chars = token.chars();
    let open = chars.next();
    let rest = chars.as_str();
    let close = match open {
        Some(c @ ('"' | '\'' | '/' | '`')) => c,
        _ => match rest.chars().next_back() {
            Some(c @ ('“' | '”' | '‘' | '’')) => c,
            _ => return rest,
        },
    };
    // A closing quote that is escaped closes nothing.
    let backslashes = rest.strip_suffix(close).map(|r| r.bytes().rev().take_while(|b| *b == b'\\').count());
    match backslashes {
        Some(n) if n % 2 == 0 || close == '`' => rest.strip_suffix(close).unwrap_or(rest),
        _ => rest,
    }
}

/// What a `/…/` token says: `\/` is a slash, everything else is the regex's own.
pub(super) fn regex(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some('/')) => {}
            ('\\', Some(next)) => {
                out.extend(['\\', next]);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// A name as the tree keeps it. Backticks around the whole name or around a part without dots fall away; a part of a
/// longer path that holds a dot keeps them, because it is one step of the path: ``m.`user.id` ``.
pub(super) fn name(token: &str) -> String {
    if !token.contains('`') {
        return token.to_owned();
    }
    let parts = name_parts(token);
    if let [(part, true)] = parts.as_slice()
        && !part.contains('`')
    {
        return part.clone();
    }
    let mut out = String::with_capacity(token.len());
    for (i, (part, quoted)) in parts.iter().enumerate() {
        if i > 0 {
            out.push('.');
        }
        if *quoted && part.contains(['.', '`']) {
            out.extend(["`", &part.replace('`', "``"), "`"]);
        } else {
            out.push_str(part);
        }
    }
    out
}

/// The steps of a name, and whether each stands in backticks. Steps without backticks may hold dots.
pub fn name_parts(name: &str) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    let mut rest = name;
    loop {
        if let Some(mut inner) = rest.strip_prefix('`') {
            let mut part = String::new();
            loop {
                let end = inner.find('`').unwrap_or(inner.len());
                part.push_str(inner.get(..end).unwrap_or(""));
                inner = inner.get(end + 1..).unwrap_or("");
                match inner.strip_prefix('`') {
                    Some(more) => {
                        part.push('`');
                        inner = more;
                    }
                    None => break,
                }
            }
            parts.push((part, true));
            rest = inner;
        } else {
            let end = rest.find(".`").unwrap_or(rest.len());
            parts.push((rest.get(..end).unwrap_or("").to_owned(), false));
            rest = rest.get(end..).unwrap_or("");
        }
        match rest.strip_prefix('.') {
            Some(more) => rest = more,
            None => return parts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_backticks_only_where_they_matter() {
        assert_eq!(name("a.b"), "a.b");
        assert_eq!(name("`detail-type`"), "detail-type");
        assert_eq!(name("`source.ip`"), "source.ip");
        assert_eq!(name("m.`user-id`.x"), "m.user-id.x");
        assert_eq!(name("m.`user.id`"), "m.`user.id`");
        assert_eq!(name("`a``b`"), "`a``b`");
        assert_eq!(
            name_parts("m.`user.id`.x.y"),
            [("m".to_owned(), false), ("user.id".to_owned(), true), ("x.y".to_owned(), false)]
        );
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape(r#"a\"b\'c\\d\ne\d"#), "a\"b'c\\d\ne\\d");
        assert_eq!(regex(r"a\/b\\/\d"), r"a/b\\/\d");
        assert_eq!(inside(r#""a\""#), r#"a\""#);
        assert_eq!(inside(r#""a\\""#), r"a\\");
    }
}
