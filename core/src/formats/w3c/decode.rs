//! Lines to rows: directives, and values along the fields that were named last.

use memchr::{memchr, memmem};

use super::fields::{FIELDS, same_name};
use crate::formats::{
    Decoded, Decoder, Fault, Head, Record, Settings,
    field::{Layout, Tokens, when},
};
use logloupe_table::{RowWriter, time::SECOND};

/// How many names are read.
const MOST: usize = 200;

/// The names of a `#Fields` line.
pub(super) fn names(line: &[u8]) -> Option<impl Iterator<Item = &[u8]> + Clone> {
    let names = directive(line, b"#Fields:")?;
    let names = names.split(u8::is_ascii_whitespace).filter(|name| !name.is_empty()).take(MOST);
    names.clone().next().is_some().then_some(names)
}

/// What stands behind the name of a directive.
fn directive<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let (own, value) = line.split_at_checked(name.len())?;
    own.eq_ignore_ascii_case(name).then_some(value)
}

/// How many of these names are known, if they are those of such a log: a time, and some other field.
pub(super) fn known<'n>(names: impl Iterator<Item = &'n [u8]> + Clone) -> Option<usize> {
    let has = |column: &str| names.clone().any(|name| same_name(column, name));
    let known = names
        .clone()
        .filter(|name| FIELDS.iter().any(|f| !f.again && same_name(&f.field.name, name)))
        .count();
    // CloudFront's logs have these, and times as well.
    let foreign = names.clone().any(|name| {
        name.starts_with(b"x-edge-")
            || name.eq_ignore_ascii_case(b"DistributionId")
            || name == b"x-host-header"
    });
    let own = has("c-ip") || has("s-ip") || has("cs-method") || has("src-ip");
    (has("time") && own && known >= 3 && !foreign).then_some(known)
}

/// The decoder.
pub(super) struct Lines {
    layout: Option<Layout>,
    /// Values are of this many names.
    count: usize,
    tokens: Tokens,
    settings: Settings,
    /// How far the clock of the log is ahead of UTC, in microseconds.
    ahead: i64,
    /// `#Time Format: Local` was said.
    is_local: bool,
    /// The last `#Date`.
    date: Option<i64>,
}

impl Lines {
    pub(super) fn new(head: &Head<'_>) -> Lines {
        Lines {
            layout: None,
            count: 0,
            tokens: Tokens::default(),
            settings: head.settings.clone(),
            ahead: 0,
            is_local: false,
            date: None,
        }
    }
    #[cold]
    fn directive(&mut self, line: &[u8]) {
        if let Some(names) = names(line) {
            let local = names.clone().any(|name| name.eq_ignore_ascii_case(b"time-local"))
                && !names.clone().any(|name| name.eq_ignore_ascii_case(b"time"));
            let ahead = local || self.is_local;
            self.ahead = if ahead { self.settings.ahead as i64 * SECOND } else { 0 };
            self.count = names.clone().count();
            let layout = Layout::new(FIELDS, names, same_name).of_day("date").time_from(&["time"]);
            let half = self.count.div_ceil(2);
            let mut layout = layout.exact().at_least(half);
            if let Some(date) = self.date {
                layout.running_from(date);
            }
            self.layout = Some(layout);
        } else if let Some(value) = directive(line, b"#Date:").or_else(|| directive(line, b"#Start-Date:")) {
            let utc = Settings { ahead: 0, ..Settings::NONE };
            let Some((micros, _)) = when::stamp(value.trim_ascii(), &utc) else { return };
            self.date = Some(micros);
            if let Some(layout) = &mut self.layout {
                layout.running_from(micros);
            }
        } else if let Some(value) = directive(line, b"#Time Format:") {
            self.is_local = value.trim_ascii().eq_ignore_ascii_case(b"local");
        }
    }
}

impl Decoder for Lines {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if bytes.first() == Some(&b'#') || bytes.starts_with(b"\xef\xbb\xbf#") {
            self.directive(bytes);
            return Ok(Decoded::Form);
        }
        let Some(layout) = &mut self.layout else {
            return Err(Fault::new(bytes, 0, "a line with the names of its fields (#Fields) before it"));
        };
        cut(bytes, &mut self.tokens, self.count);
        let time = layout.read(bytes, &self.tokens, row)?;
        let time = time.map(|micros| micros - self.ahead).or(record.envelope_time);
        let Some(micros) = time else {
            return Err(Fault::new(bytes, 0, "a time, and a date in the record or in #Date"));
        };
        row.timestamp(micros);
        Ok(Decoded::Row)
    }
}

/// Cuts a line into its values, `count` of them if that can be.
pub(super) fn cut(line: &[u8], tokens: &mut Tokens, count: usize) {
    let separator = if memchr(b'\t', line).is_some() { b'\t' } else { b' ' };
    let quoted = line.first() == Some(&b'"') || memmem::find(line, &[separator, b'"']).is_some();
    if quoted {
        split_quoted(line, separator, tokens, count + 1);
    } else {
        // One more tells that there are more.
        tokens.split(line, separator, count + 1);
    }
    if tokens.len() > count && memmem::find(line, &[separator, separator]).is_some() {
        without_empty(line, separator, tokens, count);
    }
}

/// Cuts once more, without the values that are empty.
#[cold]
fn without_empty(line: &[u8], separator: u8, tokens: &mut Tokens, count: usize) {
    split_quoted(line, separator, tokens, usize::MAX);
    let places: Vec<(usize, usize)> =
        (0..tokens.len()).filter_map(|i| tokens.get(line, i)).map(|(at, token)| (at, token.len())).collect();
    tokens.clear();
    for (at, length) in places {
        // What is quoted may be empty and yet a value.
        let is_quoted = at.checked_sub(1).and_then(|at| line.get(at)) == Some(&b'"');
        if (length > 0 || is_quoted) && tokens.len() <= count {
            tokens.push(at..at + length);
        }
    }
}

/// Cuts at separators outside quotes; a quote in a quoted value is two.
fn split_quoted(line: &[u8], separator: u8, tokens: &mut Tokens, most: usize) {
    tokens.clear();
    let line = line.get(..line.len().min(u32::MAX as usize)).unwrap_or_default();
    let (mut at, mut open) = (0, false);
    while at <= line.len() && tokens.len() < most {
        let rest = line.get(at..).unwrap_or_default();
        let end = match rest {
            // Where one is never closed, those behind it are none.
            [b'"', inside @ ..] if !open => {
                let end = closing(inside, separator).map(|end| at + 1 + end);
                open = end.is_none();
                end
            }
            _ => None,
        };
        match end {
            Some(end) => {
                tokens.push(at + 1..end);
                at = end + 2;
            }
            None => {
                let end = memchr(separator, rest).map_or(line.len(), |end| at + end);
                tokens.push(at..end);
                at = end + 1;
            }
        }
    }
}

/// Where the quoted value that `inside` begins in ends.
fn closing(inside: &[u8], separator: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        let quote = at + memchr(b'"', inside.get(at..)?)?;
        match inside.get(quote + 1) {
            Some(b'"') => at = quote + 2,
            None => return Some(quote),
            Some(next) if *next == separator => return Some(quote),
            Some(_) => at = quote + 1,
        }
    }
}
