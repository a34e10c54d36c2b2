//! Lambda's text lines: the platform's own, and what a runtime puts before what the function writes.

use memchr::memmem;

use super::fields::column;
use logloupe_table::{Cell, RowWriter, time::parse_iso, value::parse_number};

/// A line of the platform: its first word, its request id, and what follows.
pub(super) struct PlatformLine<'a> {
    pub(super) kind: &'a [u8],
    pub(super) request: &'a [u8],
    rest: usize,
}

/// Words that begin a platform's line and what must follow: a request id, or this label.
const KINDS: &[(&[u8], &[u8])] = &[
    (b"START", b"RequestId: "),
    (b"END", b"RequestId: "),
    (b"REPORT", b"RequestId: "),
    (b"INIT_START", b"Runtime Version: "),
    (b"INIT_REPORT", b"Init Duration: "),
    (b"RESTORE_START", b"Runtime Version: "),
    (b"RESTORE_REPORT", b"Restore Duration: "),
    (b"XRAY", b"TraceId: "),
    (b"EXTENSION", b"Name: "),
    (b"TELEMETRY", b"Name: "),
    (b"LOGS", b"Name: "),
];

/// What a labelled value of a platform's line is.
#[derive(Clone, Copy)]
enum Holds {
    Millis,
    Megabytes,
    Word,
    /// To the next tab.
    Words,
    /// Known and not kept.
    Skip,
}

/// Labels of a platform's line: where their values go. A label that begins another stands behind it.
const LABELS: &[(&[u8], Holds, usize)] = &[
    (b"Billed Restore Duration", Holds::Millis, column::BILLED_RESTORE),
    (b"Restore Duration", Holds::Millis, column::RESTORE),
    (b"Billed Duration", Holds::Millis, column::BILLED),
    (b"Init Duration", Holds::Millis, column::INIT),
    (b"Duration", Holds::Millis, column::DURATION),
    (b"Max Memory Used", Holds::Megabytes, column::MEMORY_USED),
    (b"Memory Size", Holds::Megabytes, column::MEMORY_SIZE),
    (b"Status", Holds::Word, column::STATUS),
    (b"Error Type", Holds::Word, column::ERROR_TYPE),
    (b"Phase", Holds::Word, column::PHASE),
    (b"Version", Holds::Word, column::VERSION),
    (b"Runtime Version ARN", Holds::Word, column::RUNTIME_ARN),
    (b"Runtime Version", Holds::Words, column::RUNTIME),
    (b"XRAY TraceId", Holds::Word, column::TRACE),
    (b"TraceId", Holds::Word, column::TRACE),
    (b"SegmentId", Holds::Word, column::SEGMENT),
    (b"Sampled", Holds::Skip, usize::MAX),
];

impl<'a> PlatformLine<'a> {
    pub(super) fn of(line: &'a [u8]) -> Option<PlatformLine<'a>> {
        let word = memchr::memchr(b' ', line)?;
        let (kind, after) = line.split_at_checked(word)?;
        let label = KINDS.iter().find(|(k, _)| *k == kind).map(|(_, label)| *label)?;
        let value = after.get(1..)?.strip_prefix(label)?;
        if label != b"RequestId: " {
            return Some(PlatformLine { kind, request: b"", rest: word + 1 });
        }
        let request = value.get(..UUID).filter(|id| is_uuid(id))?;
        Some(PlatformLine { kind, request, rest: word + 1 + label.len() + UUID })
    }
    /// Writes what the line says; otherwise where a value could not be read and what was expected there.
    pub(super) fn write(&self, line: &[u8], row: &mut RowWriter<'_>) -> Result<(), (usize, String)> {
        row.set(column::TYPE, Cell::Text(self.kind));
        row.set(column::KIND, Cell::Text(self.kind));
        if !self.request.is_empty() {
            row.set(column::REQUEST, Cell::Text(self.request));
        }
        if matches!(self.kind, b"EXTENSION" | b"TELEMETRY" | b"LOGS") {
            row.set(column::MESSAGE, Cell::Text(line.get(self.rest..).unwrap_or_default()));
            return Ok(());
        }
        let mut at = self.rest;
        let mut status: &[u8] = b"";
        loop {
            at += blanks(line.get(at..).unwrap_or_default());
            let rest = line.get(at..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            let label = LABELS
                .iter()
                .find(|(name, ..)| rest.strip_prefix(*name).is_some_and(|after| after.starts_with(b": ")));
            let Some((name, value, to)) = label else {
                // A label that the vendor added: its value ends at the next tab, or where a known one could begin.
                at += memchr::memchr2(b'\t', b'\n', rest).unwrap_or(rest.len());
                continue;
            };
            at += name.len() + 2;
            let rest = line.get(at..).unwrap_or_default();
            let stop = |b: &u8| match value {
                Holds::Words => matches!(b, b'\t' | b'\n'),
                _ => b.is_ascii_whitespace() || *b == b'\\',
            };
            let word = &rest[..rest.iter().position(stop).unwrap_or(rest.len())];
            let number = |what: &str| (at, format!("number of {what} for {}", String::from_utf8_lossy(name)));
            let cell = match value {
                Holds::Millis => Cell::Float(parse_number(word).ok_or_else(|| number("milliseconds"))?),
                Holds::Megabytes => Cell::Int(megabytes(word).ok_or_else(|| number("megabytes"))?),
                Holds::Word | Holds::Words => Cell::Text(word),
                Holds::Skip => Cell::Null,
            };
            if *to != usize::MAX && !word.is_empty() {
                row.set(*to, cell);
            }
            if *to == column::STATUS {
                status = word;
            }
            at += word.len();
            if matches!(value, Holds::Millis | Holds::Megabytes) {
                let unit = line.get(at..).unwrap_or_default();
                at += [&b" ms"[..], b" MB"].iter().find(|u| unit.starts_with(u)).map_or(0, |u| u.len());
            }
        }
        set_outcome(Some(status), None, row);
        Ok(())
    }
}

/// How many blanks `text` begins with; an export that escaped them twice has them as `\t` and `\n`.
fn blanks(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += match text.get(at..) {
            Some([b, ..]) if b.is_ascii_whitespace() => 1,
            Some([b'\\', b't' | b'n' | b'r', ..]) => 2,
            _ => return at,
        };
    }
}

/// A line that the function wrote: what its runtime put before it, and the rest.
#[derive(Debug, PartialEq)]
pub(super) struct Written<'a> {
    pub(super) time: Option<i64>,
    pub(super) request: Option<&'a [u8]>,
    level: Option<&'a [u8]>,
    message: &'a [u8],
}

impl<'a> Written<'a> {
    /// Node.js, .NET: `time ⇥ id ⇥ LEVEL ⇥ message`; Python: `[LEVEL] ⇥ time ⇥ id ⇥ message`; Java and the platform's
    /// own remarks: `time id LEVEL message`; otherwise all of it is the message.
    pub(super) fn of(line: &'a [u8]) -> Written<'a> {
        let nothing = Written { time: None, request: None, level: None, message: line };
        let mut cut = line.splitn(4, |b| *b == b'\t');
        if let (Some(first), Some(second), Some(third)) = (cut.next(), cut.next(), cut.next()) {
            let fourth = cut.next();
            if let (Some(time), Some(request), Some(message)) = (parse_iso(first), id(second), fourth) {
                let level = is_level(third).then_some(third);
                let message = if level.is_some() { message } else { after(line, third) };
                return Written { time: Some(time), request, level, message };
            }
            let level = first.strip_prefix(b"[").and_then(|f| f.strip_suffix(b"]"));
            if let (Some(level), Some(time), Some(request)) =
                (level.filter(|l| is_level(l)), parse_iso(second), id(third))
            {
                let message = fourth.unwrap_or_default();
                return Written { time: Some(time), request, level: Some(level), message };
            }
        }
        if let Some(rest) = line.strip_prefix(b"RequestId: ")
            && let Some(request) = rest.get(..UUID).filter(|id| is_uuid(id))
        {
            let message = rest.get(UUID..).unwrap_or_default().trim_ascii_start();
            return Written { request: Some(request), message, ..nothing };
        }
        Written::spaced(line).unwrap_or(nothing)
    }
    /// `time id LEVEL message`, of which the level may be missing; the time may be a date and a time.
    fn spaced(line: &'a [u8]) -> Option<Written<'a>> {
        let end = memchr::memchr(b' ', line)?;
        let (time, end) = match parse_iso(&line[..end]) {
            Some(time) if end > 10 => (time, end),
            _ => {
                let next = end + 1 + memchr::memchr(b' ', line.get(end + 1..)?)?;
                (parse_iso(line.get(..next)?)?, next)
            }
        };
        let rest = line.get(end + 1..)?;
        let request = rest.get(..UUID).filter(|id| is_uuid(id))?;
        let rest = rest.get(UUID..)?.strip_prefix(b" ")?;
        let word = &rest[..memchr::memchr(b' ', rest).unwrap_or(rest.len())];
        let (level, message) = match is_level(word) {
            true => (Some(word), rest.get(word.len()..)?.trim_ascii_start()),
            false => (None, rest),
        };
        Some(Written { time: Some(time), request: Some(request), level, message })
    }
    pub(super) fn write(&self, row: &mut RowWriter<'_>) {
        for (column, value) in [(column::REQUEST, self.request), (column::LEVEL, self.level)] {
            if let Some(value) = value {
                row.set(column, Cell::Text(value));
            }
        }
        if !self.message.is_empty() {
            row.set(column::MESSAGE, Cell::Text(self.message));
        }
        let ended = self.request.is_some()
            && (self.message.starts_with(b"Task timed out after ")
                || self.message.starts_with(b"Error: Runtime exited"));
        set_outcome(ended.then_some(b"error"), self.level, row);
    }
}

/// The rest of `line` from where `part`, a slice of it, begins.
fn after<'a>(line: &'a [u8], part: &'a [u8]) -> &'a [u8] {
    let at = part.as_ptr() as usize - line.as_ptr() as usize;
    line.get(at..).unwrap_or(part)
}

/// A request id, or what a runtime writes where it has none; `None` for anything else.
fn id(token: &[u8]) -> Option<Option<&[u8]>> {
    match token {
        b"undefined" | b"" => Some(None),
        id => is_uuid(id).then_some(Some(id)),
    }
}

/// The length of a UUID's text.
const UUID: usize = 36;

pub(super) fn is_uuid(text: &[u8]) -> bool {
    text.len() == UUID
        && text.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// The names of levels that the managed runtimes and their usual loggers write.
const LEVELS: &[&[u8]] = &[
    b"TRACE",
    b"DEBUG",
    b"INFO",
    b"WARN",
    b"WARNING",
    b"ERROR",
    b"FATAL",
    b"CRITICAL",
    b"TRCE",
    b"DBUG",
    b"FAIL",
    b"CRIT",
];

fn is_level(word: &[u8]) -> bool {
    LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word))
}

/// What is known of how it went: by the platform's status, or the level.
pub(super) fn set_outcome(status: Option<&[u8]>, level: Option<&[u8]>, row: &mut RowWriter<'_>) {
    let grave: [&[u8]; 5] = [b"ERROR", b"FATAL", b"CRITICAL", b"FAIL", b"CRIT"];
    let outcome = match status {
        Some(b"success") => "success",
        Some(b"timeout" | b"error" | b"failure") => "failure",
        _ if level.is_some_and(|l| grave.iter().any(|g| g.eq_ignore_ascii_case(l))) => "failure",
        _ => return,
    };
    row.set(column::OUTCOME, Cell::Text(outcome.as_bytes()));
}

/// `initStart` as Insights calls it: `INIT_START`.
pub(super) fn insights_type(kind: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(kind.len() + 2);
    for byte in kind {
        if byte.is_ascii_uppercase() {
            out.push(b'_');
        }
        out.push(byte.to_ascii_uppercase());
    }
    out
}

/// What the log calls megabytes, in bytes as Insights counts them.
pub(super) fn megabytes(text: &[u8]) -> Option<i64> {
    let number = parse_number(text)?;
    (0.0..1e12).contains(&number).then(|| (number * 1e6).round() as i64)
}

/// The trace's id in `Root=1-…;Parent=…;Sampled=1`, or all of it.
pub(super) fn root(trace: &[u8]) -> &[u8] {
    match memmem::find(trace, b"Root=") {
        Some(at) => {
            let id = &trace[at + 5..];
            &id[..memchr::memchr(b';', id).unwrap_or(id.len())]
        }
        None => trace,
    }
}

/// The time that `aws logs tail` puts before a line, and the line behind that and the stream's name.
pub(super) fn tail_prefix(line: &[u8]) -> (Option<i64>, &[u8]) {
    let Some(end) = memchr::memchr(b' ', line).filter(|end| line[..*end].ends_with(b"+00:00")) else {
        return (None, line);
    };
    let Some(time) = parse_iso(&line[..end]) else { return (None, line) };
    let rest = &line[end + 1..];
    let stream = &rest[..memchr::memchr(b' ', rest).unwrap_or(0)];
    // `2026/03/05/[$LATEST]6f1d…`
    let named = stream.get(10) == Some(&b'/') && stream.get(11) == Some(&b'[') && stream.contains(&b']');
    (Some(time), if named { &rest[stream.len() + 1..] } else { rest })
}
