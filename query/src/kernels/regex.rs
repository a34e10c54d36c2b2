//! Functions with a regular expression. It is a constant of the query, compiled once, when the query is planned: see
//! [`Kernel::Pattern`].

use std::ops::Range;

use regex::bytes::Regex;

use super::{Kernel, LONGEST_TEXT, made, text};
use logloupe_syntax::functions::Regexp;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: Regexp) -> Kernel {
    match function {
        Regexp::RegexReplace => Kernel::Pattern(replace),
    }
}

/// Moves both ends of a match out to the ends of characters: patterns match bytes.
pub(super) fn whole(text: &str, range: Range<usize>) -> Range<usize> {
    let start = (0..=range.start).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let end = (range.end..text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
    start..end
}

fn replace(regex: &Regex, args: &[Value]) -> Value {
    let (Some(subject), Some(by)) =
        (text(&args[0]), args.get(1).map_or(Some(std::borrow::Cow::Borrowed("")), text))
    else {
        return Value::Null;
    };
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    let mut captures = regex.capture_locations();
    while at <= subject.len() && out.len() <= LONGEST_TEXT {
        if regex.captures_read_at(&mut captures, subject.as_bytes(), at).is_none() {
            break;
        }
        let Some((start, end)) = captures.get(0) else { break };
        let found = whole(&subject, start..end);
        out.push_str(subject.get(kept..found.start).unwrap_or_default());
        let group = |n: usize| {
            captures.get(n).and_then(|(a, b)| subject.get(whole(&subject, a..b))).unwrap_or_default()
        };
        expand(&by, regex, captures.len(), &group, &mut out);
        kept = found.end;
        // After an empty match the search goes on one character later.
        at = match found.is_empty() {
            true => kept + subject[kept..].chars().next().map_or(1, char::len_utf8),
            false => kept,
        };
    }
    out.push_str(subject.get(kept..).unwrap_or_default());
    made(&out)
}

/// Writes a replacement, its groups filled in.
fn expand<'t>(by: &str, regex: &Regex, groups: usize, group: &dyn Fn(usize) -> &'t str, out: &mut String) {
    let mut rest = by;
    while let Some(at) = rest.find(['$', '\\']) {
        out.push_str(&rest[..at]);
        let sign = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        if sign == b'\\' {
            let escaped = rest.chars().next().unwrap_or('\\');
            out.push(escaped);
            rest = rest.get(escaped.len_utf8()..).unwrap_or_default();
            continue;
        }
        if let Some((name, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            let named = regex.capture_names().position(|n| n == Some(name)).or_else(|| name.parse().ok());
            out.push_str(named.map_or("", group));
            rest = after;
            continue;
        }
        // As many digits as make the number of a group.
        let (mut number, mut digits) = (None, 0);
        for b in rest.bytes().take_while(u8::is_ascii_digit).take(3) {
            let next = number.unwrap_or(0) * 10 + (b - b'0') as usize;
            if next >= groups && digits > 0 {
                break;
            }
            number = Some(next);
            digits += 1;
        }
        match number {
            Some(number) => out.push_str(group(number)),
            None => out.push('$'),
        }
        rest = &rest[digits..];
    }
    out.push_str(rest);
}
