//! One record to one row.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::*;
use crate::formats::{
    Decoded, Decoder, Fault, Head, Record, Settings,
    field::{address, cells, when, whole},
};
use logloupe_table::RowWriter;

/// The decoder.
pub(super) struct Lines {
    settings: Settings,
}

impl Lines {
    pub(super) fn new(head: &Head<'_>) -> Lines {
        Lines { settings: head.settings.clone() }
    }
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        !is_line(line)
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let text = record.bytes;
        let Some(begin) = Begin::of(text) else {
            return Err(Fault::new(text, 0, "a time and a level in brackets"));
        };
        let Some((micros, _)) = when::stamp(begin.stamp, &self.settings) else {
            return Err(Fault::new(text, 0, "a time"));
        };
        row.timestamp(micros);
        set(row, LEVEL_AT, begin.level);
        set(row, MODULE, begin.module);
        match begin.nginx {
            true => nginx(begin.rest, row),
            false => apache(begin.rest, row),
        }
        Ok(Decoded::Row)
    }
}

/// Whether a line begins a record.
pub(super) fn is_line(line: &[u8]) -> bool {
    Begin::of(line).is_some()
}

fn set(row: &mut RowWriter<'_>, column: usize, value: &[u8]) {
    if !value.is_empty() && value != b"-" {
        row.set(column, Cell::Text(value));
    }
}

fn set_number(row: &mut RowWriter<'_>, column: usize, digits: &[u8]) {
    if let Some(number) = whole(cells::integer, digits) {
        row.set(column, number);
    }
}

/// What a record begins with.
struct Begin<'a> {
    /// The time with its brackets.
    stamp: &'a [u8],
    module: &'a [u8],
    level: &'a [u8],
    rest: &'a [u8],
    nginx: bool,
}

impl<'a> Begin<'a> {
    fn of(line: &'a [u8]) -> Option<Begin<'a>> {
        match line.first()? {
            b'[' => Begin::apache(line),
            b'0'..=b'9' => Begin::nginx(line),
            _ => None,
        }
    }
    /// `[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] `
    fn apache(line: &'a [u8]) -> Option<Begin<'a>> {
        let close = memchr(b']', line.get(..line.len().min(48))?)?;
        let (stamp, rest) = line.split_at_checked(close + 1)?;
        let (word, rest) = bracket(rest)?;
        let colon = memchr(b':', word);
        let (module, level) = match colon {
            Some(colon) => (word.get(..colon)?, word.get(colon + 1..)?),
            None => (&b""[..], word),
        };
        // `[-:error]`, `[:error]`.
        is_level(level).then_some(())?;
        // A level alone stands in many logs: Apache's has a weekday before it, or a process behind.
        let own = colon.is_some()
            || stamp.get(1).is_some_and(u8::is_ascii_alphabetic)
            || rest.starts_with(b" [pid ")
            || rest.starts_with(b" [client ");
        let settings = Settings { year: Some(2000), ..Settings::NONE };
        let is_time = || when::stamp(stamp, &settings).is_some_and(|(_, taken)| taken == stamp.len());
        (own && is_time()).then_some(Begin { stamp, module, level, rest, nginx: false })
    }
    /// `2023/01/02 03:04:05 [error] 12#12: `
    fn nginx(line: &'a [u8]) -> Option<Begin<'a>> {
        let (stamp, rest) = line.split_at_checked(19)?;
        if [stamp[4], stamp[7], stamp[10], stamp[13], stamp[16]] != *b"// ::" {
            return None;
        }
        let (level, rest) = bracket(rest)?;
        let digits = |text: &[u8]| text.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
        let process = rest.strip_prefix(b" ")?;
        let pid = digits(process);
        let thread = process.get(pid..)?.strip_prefix(b"#")?;
        let own = pid > 0 && thread.get(digits(thread)..)?.starts_with(b": ");
        (own && is_level(level)).then_some(Begin { stamp, module: b"", level, rest: process, nginx: true })
    }
}

/// The word in brackets behind a blank, and what follows.
fn bracket(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = text.strip_prefix(b" [")?;
    let close = memchr(b']', inside.get(..inside.len().min(64))?)?;
    Some((inside.get(..close)?, inside.get(close + 1..)?))
}

fn is_level(word: &[u8]) -> bool {
    const LEVELS: [&[u8]; 8] = [b"emerg", b"alert", b"crit", b"error", b"warn", b"notice", b"info", b"debug"];
    LEVELS.contains(&word) || matches!(word, [b't', b'r', b'a', b'c', b'e', b'1'..=b'8'])
}

fn apache(text: &[u8], row: &mut RowWriter<'_>) {
    let mut rest = text;
    if let Some((word, behind)) = bracket(rest)
        && let Some(process) = word.strip_prefix(b"pid ")
    {
        let colon = memmem::find(process, b":tid ");
        set_number(row, PID, process.get(..colon.unwrap_or(process.len())).unwrap_or_default());
        if let Some(colon) = colon {
            set_number(row, TID, process.get(colon + 5..).unwrap_or_default());
        }
        rest = behind;
    }
    rest = rest.trim_ascii();
    const MARK: &[u8] = b"[client ";
    let mark = match rest.starts_with(MARK) {
        true => Some(0),
        // What stands before it is short: a message may name clients too.
        false => memmem::find(rest.get(..rest.len().min(300)).unwrap_or_default(), b": [client ")
            .filter(|at| is_origin(rest.get(..*at).unwrap_or_default()))
            .map(|at| at + 2),
    };
    if let Some(mark) = mark {
        set(row, ORIGIN, rest.get(..mark.saturating_sub(2)).unwrap_or_default());
        let inside = rest.get(mark + MARK.len()..).unwrap_or_default();
        let close = memchr(b']', inside).unwrap_or(inside.len());
        client(inside.get(..close).unwrap_or_default(), row);
        rest = inside.get(close + 1..).unwrap_or_default().trim_ascii_start();
    } else if rest.first() == Some(&b'(')
        && let Some(colon) = memmem::find(rest.get(..rest.len().min(300)).unwrap_or_default(), b": ")
        && is_origin(rest.get(..colon).unwrap_or_default())
    {
        set(row, ORIGIN, rest.get(..colon).unwrap_or_default());
        rest = rest.get(colon + 2..).unwrap_or_default();
    }
    if let Some(code) = rest.first_chunk::<9>()
        && matches!(code, [b'A', b'H', digits @ .., b':', b' '] if digits.iter().all(u8::is_ascii_digit))
    {
        set(row, CODE, code.get(..7).unwrap_or_default());
        rest = rest.get(9..).unwrap_or_default();
    }
    const REFERER: &[u8] = b", referer: ";
    if let Some(at) = memmem::rfind(rest, REFERER) {
        set(row, REFERRER, rest.get(at + REFERER.len()..).unwrap_or_default());
        rest = rest.get(..at).unwrap_or_default();
    }
    set(row, MESSAGE, rest);
}

/// `(70008)Partial results are valid`, `mod_authz_core.c(820)`.
fn is_origin(text: &[u8]) -> bool {
    match text.strip_prefix(b"(") {
        Some(inside) => inside.first().is_some_and(u8::is_ascii_digit),
        None => text.ends_with(b")") && !text.contains(&b' '),
    }
}

/// An address, with a port behind its last colon since Apache 2.4.
fn client(text: &[u8], row: &mut RowWriter<'_>) {
    let is = |text: &[u8]| address::ip_address(text).is_ok_and(|(rest, _)| rest.is_empty());
    let split = memchr::memrchr(b':', text).and_then(|colon| text.split_at_checked(colon));
    let (host, port) = match split {
        // Written in full an address of version 6 is seven colons long, and an eighth is before the port.
        Some((host, port)) if is(host) && (!is(text) || memchr::memchr_iter(b':', text).count() > 7) => {
            (host, port.get(1..).unwrap_or_default())
        }
        Some((host, port)) if !is(text) && host.ends_with(b"]") => (
            host.strip_prefix(b"[").and_then(|h| h.strip_suffix(b"]")).unwrap_or(host),
            port.get(1..).unwrap_or_default(),
        ),
        _ => (text, &b""[..]),
    };
    set(row, CLIENT, host);
    set_number(row, CLIENT_PORT, port);
}

fn nginx(text: &[u8], row: &mut RowWriter<'_>) {
    // Its beginning was read before.
    let hash = memchr(b'#', text).unwrap_or_default();
    let colon = hash + memmem::find(text.get(hash..).unwrap_or_default(), b": ").unwrap_or_default();
    set_number(row, PID, text.get(..hash).unwrap_or_default());
    set_number(row, TID, text.get(hash + 1..colon).unwrap_or_default());
    let mut rest = text.get(colon + 2..).unwrap_or_default();
    if let Some(behind) = rest.strip_prefix(b"*")
        && let Some(blank) = memchr(b' ', behind)
        && whole(cells::integer, behind.get(..blank).unwrap_or_default()).is_some()
    {
        set_number(row, CONNECTION, behind.get(..blank).unwrap_or_default());
        rest = behind.get(blank + 1..).unwrap_or_default();
    }
    const MARK: &[u8] = b", client: ";
    /// How many places are tried that may begin the fields: a client may write some.
    const TRIED: usize = 8;
    let whole_run = memmem::find_iter(rest, MARK)
        .take(TRIED)
        .find(|at| fields(rest.get(*at..).unwrap_or_default(), &mut |_, _| ()));
    if let Some(at) = whole_run.or_else(|| memmem::find(rest, MARK)) {
        fields(rest.get(at..).unwrap_or_default(), &mut |column, value| set(row, column, value));
        rest = rest.get(..at).unwrap_or_default();
    }
    set(row, MESSAGE, rest.trim_ascii());
}

/// Reads the fields at the end of a record of nginx; whether they reach to its end and are as nginx writes them.
fn fields<'a>(text: &'a [u8], found: &mut dyn FnMut(usize, &'a [u8])) -> bool {
    let (mut rest, mut clean) = (text, true);
    while let Some(behind) = rest.strip_prefix(b", ") {
        let Some(colon) = memmem::find(behind.get(..behind.len().min(24)).unwrap_or_default(), b": ") else {
            return false;
        };
        let name = behind.get(..colon).unwrap_or_default();
        let own = |field: &Field| matches!(&field.name, Cow::Borrowed(own) if own.as_bytes() == name);
        let Some(column) = FIELDS.iter().position(own) else { return false };
        let value = behind.get(colon + 2..).unwrap_or_default();
        let (value, after) = match value.strip_prefix(b"\"") {
            Some(inside) => {
                let end = match inside.strip_suffix(b"\"") {
                    // The last one may hold anything.
                    Some(all) if column == REFERRER => Some(all.len()),
                    all => memmem::find(inside, b"\", ").or(all.map(<[u8]>::len)),
                };
                let value = inside.get(..end.unwrap_or(inside.len())).unwrap_or_default();
                clean &= end.is_some() && (column == REFERRER || memchr(b'"', value).is_none());
                (value, inside.get(value.len() + 1..).unwrap_or_default())
            }
            None => {
                let value =
                    value.get(..memmem::find(value, b", ").unwrap_or(value.len())).unwrap_or_default();
                clean &= memchr(b'"', value).is_none();
                (value, behind.get(colon + 2 + value.len()..).unwrap_or_default())
            }
        };
        found(column, value);
        rest = after;
    }
    clean && rest.trim_ascii().is_empty()
}
