//! What may stand where in a filter pattern: `$.` paths, the comparison behind one, its values, what joins conditions.
//! Behind the closing brace Insights goes on.

use super::{Completions, Context, Offers, insights};
use logloupe_query::plan::names_in;
use logloupe_syntax as syntax;

const CONDITIONS: &[(&str, &str)] = &[
    ("=", "is equal; `*` at the beginning or the end stands for anything"),
    ("!=", "is there and not equal"),
    ("EXISTS", "is there"),
    ("NOT EXISTS", "is missing"),
    ("IS NULL", "is written as `null`"),
    ("IS TRUE", "is `true`"),
    ("IS FALSE", "is `false`"),
    (">", "is a greater number"),
    ("<", "is a smaller number"),
    (">=", "is a number not smaller"),
    ("<=", "is a number not greater"),
];
const JOINS: &[(&str, &str)] =
    &[("&&", "both must hold"), ("||", "one of both must hold"), ("}", "ends the pattern")];

pub(super) fn complete(context: &Context<'_>) -> Completions {
    let before = context.before;
    let cursor = before.len();
    let nothing = || Offers::new(context, "", cursor..cursor);
    if !before.trim_start().starts_with('{') {
        // Words and slots are nobody's names; commands may follow slots.
        return match closed(before, '[', ']') {
            Some(_) => insights::complete(context),
            None => nothing().finish(),
        };
    }
    if closed(before, '{', '}').is_some() {
        return insights::complete(context);
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '.' | '$' | '[' | ']');
    if open_quote(before) {
        let start = before.rfind('"').unwrap_or(cursor);
        let typed = before.get(start + 1..).unwrap_or("");
        let rest = context.text.get(cursor..).unwrap_or("").lines().next().unwrap_or("");
        let end = cursor + rest.find('"').map_or(0, |i| i + 1);
        let mut offers = Offers::new(context, typed, start..end);
        if let Some(field) = compared(before.get(..start).unwrap_or("")) {
            offers.values(&field, |v, _| quoted(v));
        }
        return offers.finish();
    }
    let word = before.get(before.trim_end_matches(is_part).len()..).unwrap_or("");
    let behind = before.get(..cursor - word.len()).unwrap_or("").trim_end();
    let replace = super::word_at(context.text, cursor, is_part);
    if let Some(field) = compared(behind) {
        let mut offers = Offers::new(context, word, replace);
        offers.values(&field, |v, number| if number { v.to_owned() } else { quoted(v) });
        return offers.finish();
    }
    if behind.ends_with(['{', '(']) || behind.ends_with("&&") || behind.ends_with("||") {
        let typed = word.trim_start_matches('$').trim_start_matches('.');
        let mut offers = Offers::new(context, typed, replace);
        offers.fields(selector);
        // Not of JSON.
        offers.found.retain(|(_, item)| !item.text.contains("@"));
        return offers.finish();
    }
    let mut offers = Offers::new(context, word, replace);
    let last =
        behind.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '{' | '&' | '|')).next().unwrap_or("");
    offers.keywords(if last.starts_with('$') { CONDITIONS } else { JOINS });
    offers.finish()
}

/// Whether a quote is open at the end.
fn open_quote(text: &str) -> bool {
    let mut open = false;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => open = !open,
            '\\' if open => _ = chars.next(),
            _ => {}
        }
    }
    open
}

/// The place behind the bracket that closes the pattern.
fn closed(text: &str, open: char, close: char) -> Option<usize> {
    let mut quoted = false;
    let mut begun = false;
    for (i, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if c == open => begun = true,
            c if c == close && begun && !quoted => {
                // A key in brackets ends no pattern of braces.
                return Some(i + 1);
            }
            _ => {}
        }
    }
    None
}

/// The field whose values stand behind this text.
fn compared(text: &str) -> Option<String> {
    let before = text.trim_end().strip_suffix('=')?;
    let before = before.strip_suffix('!').unwrap_or(before).trim_end();
    let start = before.rfind('$')?;
    let selector = before.get(start..)?;
    let parsed = syntax::parse_in(&format!("{{ {selector} NOT EXISTS }}"), syntax::Language::Pattern);
    let command = parsed.query.commands.first().filter(|_| parsed.diagnostics.is_empty())?;
    let syntax::tree::Command::Filter(condition) = &command.item else { return None };
    let mut first = None;
    names_in(condition, &mut |name| first = first.take().or_else(|| Some(name.to_owned())));
    first
}

/// A field's name as a selector.
fn selector(name: &str) -> String {
    let mut out = "$".to_owned();
    for (i, part) in name.split('.').enumerate() {
        match part.bytes().all(|b| b.is_ascii_digit()) && i > 0 && !part.is_empty() {
            true => out.extend(["[", part, "]"]),
            false if part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@')) => {
                out.extend([".", part]);
            }
            false => out.push_str(&format!("[{}]", quoted(part))),
        }
    }
    out
}

/// A value as patterns write it.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}
