//! Lines of pairs `name=value`, as Go's programs, Heroku and Grafana's tools write them (logfmt).
//!
//! Not these: logs that a format of their own describes; Linux's audit log, whose pairs have a time of their own form.
//!
//! ```text
//! line  = [ stamp SP ] *( word SP ) pair *( SP ( pair / name ) )
//! pair  = name "=" [ value ]
//! value = DQUOTE *( CHAR / "\" CHAR ) DQUOTE / *( any byte but SP )
//! ```
//!
//! Decisions: every name is a field, as text; a name without a value is `true`. What stands before the first pair is the message, if
//! no pair has one. Of a name that stands twice the first counts. A line without pairs is a row with a message and nothing else.

use std::borrow::Cow;

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Precedence, Preset, Record, Sample,
    Settings, Sniff, Span,
    field::{
        named::{BestTime, NamedColumn},
        usual::{self, FIELDS, LEVELS, TIMES},
        when,
    },
    program_log::{EXTERNAL, PRESETS, summary},
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Cell, Field, Row, RowWriter, table::MOST_COLUMNS};

/// Lines of pairs.
pub struct Logfmt;

/// How many pairs of a line are read.
const MOST: usize = 256;
/// The longest name.
const LONGEST: usize = 256;

/// A name, and its value if it has one.
struct Pair<'a> {
    name: &'a [u8],
    value: Option<Cow<'a, [u8]>>,
}

/// The pairs of a line, and what stands before them.
struct Pairs<'a> {
    rest: &'a [u8],
}

fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-/@:#$[]".contains(byte) || *byte >= 0x80
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;
    fn next(&mut self) -> Option<Pair<'a>> {
        let text = self.rest.trim_ascii_start();
        if text.is_empty() {
            return None;
        }
        let length = text.iter().take(LONGEST).take_while(|b| is_name(b)).count();
        let (name, behind) = text.split_at_checked(length)?;
        match behind.split_first() {
            Some((b'=', value)) if !name.is_empty() => {
                let (value, rest) = of_value(value);
                self.rest = rest;
                Some(Pair { name, value: Some(value) })
            }
            _ => {
                // A word: up to the next blank.
                let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
                let (word, rest) = text.split_at_checked(end)?;
                self.rest = rest;
                Some(Pair { name: word, value: None })
            }
        }
    }
}

/// The value that `text` begins with, and what follows.
fn of_value(text: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let Some(inner) = text.strip_prefix(b"\"") else {
        let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end).unwrap_or((text, b""));
        return (Cow::Borrowed(value), rest);
    };
    let (mut from, mut escaped) = (0, false);
    while let Some(at) = memchr::memchr2(b'"', b'\\', inner.get(from..).unwrap_or_default()) {
        let at = from + at;
        if inner.get(at) == Some(&b'"') {
            let value = inner.get(..at).unwrap_or_default();
            let rest = inner.get(at + 1..).unwrap_or_default();
            let value = if escaped { Cow::Owned(unescape(value)) } else { Cow::Borrowed(value) };
            return (value, rest);
        }
        (from, escaped) = (at + 2, true);
    }
    // Cut off.
    (Cow::Borrowed(inner), b"")
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    super::field::json::unescape(text, &mut out);
    out
}

/// The pairs of a line behind what stands before the first of them; what stands there is returned too.
fn split(line: &[u8]) -> Option<(&[u8], Pairs<'_>)> {
    let first = memchr::memchr(b'=', line)?;
    let name = line.get(..first)?.iter().rev().take(LONGEST).take_while(|b| is_name(b)).count();
    let (before, rest) = line.split_at_checked(first - name)?;
    let starts = name > 0 && before.last().is_none_or(u8::is_ascii_whitespace);
    starts.then_some((before, Pairs { rest }))
}

impl Format for Logfmt {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().map(|field| field.field.clone()).collect()
    }
    fn precedence(&self) -> Precedence {
        Precedence::Form
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let is = |line: &[u8]| {
            let Some((before, pairs)) = split(line) else { return false };
            if before.len() > 120 {
                return false;
            }
            let (mut count, mut words, mut usual) = (0, 0, false);
            for pair in pairs.take(64) {
                match pair.value {
                    Some(_) => count += 1,
                    None => words += 1,
                }
                usual |= usual::has(LEVELS, pair.name)
                    || usual::has(TIMES, pair.name)
                    || usual::has(&["msg", "message"], pair.name);
            }
            count >= 3 && usual && words <= count
        };
        match head.most("are pairs of names and values", is) {
            Sniff::Certain(reason) => Sniff::Maybe(reason),
            sniff => sniff,
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(Lines { columns: Vec::new(), settings: head.settings.clone() })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary(row)
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&EXTERNAL)
    }
    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }
    fn samples(&self) -> &'static [Sample] {
        SAMPLES
    }
}

/// The decoder.
struct Lines {
    /// The names met, in the order in which they were.
    columns: Vec<NamedColumn>,
    settings: Settings,
}

/// The place of a message among the usual fields.
const MESSAGE: usize = 1;

impl Decoder for Lines {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let line = record.bytes;
        let (before, pairs) = split(line).unwrap_or((line, Pairs { rest: b"" }));
        let stamp = when::stamp(before, &self.settings);
        let mut time = BestTime::default();
        let mut hint = 0;
        for Pair { name, value } in pairs.take(MOST) {
            let value = value.unwrap_or(Cow::Borrowed(b"true"));
            // Lines of one program have their names in one order.
            let at = match self.columns.get(hint).is_some_and(|column| column.name() == name) {
                true => Some(hint),
                false => self.columns.iter().position(|column| column.name() == name),
            };
            let at = match at {
                Some(at) => at,
                // So many names are no names, and so long a word is none: their values stand in the record.
                None if self.columns.len() >= MOST_COLUMNS || name.len() > LONGEST => continue,
                None => {
                    self.columns.push(NamedColumn::new(name));
                    self.columns.len() - 1
                }
            };
            hint = at + 1;
            let Some(column) = self.columns.get_mut(at) else { continue };
            if let Some(rank) = column.time() {
                time.add(rank, &value, &self.settings);
            }
            column.write(&value, row);
        }
        if let Some(micros) = time.micros().or(stamp.map(|(micros, _)| micros)).or(record.envelope_time) {
            row.timestamp(micros);
        }
        let words = before.get(stamp.map_or(0, |(_, taken)| taken)..).unwrap_or_default().trim_ascii();
        if !words.is_empty() {
            // Set before by a pair, it stays.
            row.set(MESSAGE, Cell::Text(words));
        }
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "logfmt",
    family: Family::Other,
    title: "logfmt",
    summary: "Lines of pairs name=value, as programs in Go and tools of Heroku and Grafana write them.",
    framing: Framing::Lines,
    page: "https://brandur.org/logfmt",
    read_on: "2026-11-27",
    key_shape: "anything",
    versions: "lines with at least three pairs, one of them a time, a level or a message; a time and words may stand before them",
    not_read: "values over several lines",
};

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "app.logfmt", content: crate::sample!("logfmt.log"), rows: 7, rejected: 0 }];

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Vec<String> {
        let Some((before, pairs)) = split(line.as_bytes()) else { return vec!["none".to_owned()] };
        let mut all = vec![String::from_utf8_lossy(before).into_owned()];
        for pair in pairs {
            let value = pair.value.map(|value| format!("={}", String::from_utf8_lossy(&value)));
            all.push(format!("{}{}", String::from_utf8_lossy(pair.name), value.unwrap_or_default()));
        }
        all
    }

    #[test]
    fn pairs_end_where_they_end() {
        assert_eq!(told("a=1 b=\"x y\" c= d"), ["", "a=1", "b=x y", "c=", "d"]);
        assert_eq!(told(r#"INFO x a="say \"hi\"" b=2"#), ["INFO x ", "a=say \"hi\"", "b=2"]);
        assert_eq!(told(r#"a="cut off"#), ["", "a=cut off"]);
        assert_eq!(told(r#"a="\"#), ["", "a=\\"]);
        assert_eq!(told("x==y z"), ["", "x==y", "z"]);
        assert_eq!(told("no pairs"), ["none"]);
        assert_eq!(told("=x"), ["none"]);
    }
}
