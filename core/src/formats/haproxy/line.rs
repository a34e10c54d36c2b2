//! One line to one row.

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::*;
use crate::formats::{
    Decoded, Decoder, Fault, Head, Record, Settings,
    field::{cells, number, when, whole},
};
use logloupe_table::{Cell, RowWriter};

/// What could not be read: where, and what was expected there.
type Bad = (usize, &'static str);

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
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let line = record.bytes;
        match read(line, &self.settings, record.envelope_time, row) {
            Ok(()) => Ok(Decoded::Row),
            Err((at, expected)) => Err(Fault::new(line, at.min(line.len()), expected)),
        }
    }
}

/// Enough of a line to be no other log's.
pub(super) fn is_line(line: &[u8]) -> bool {
    match accepted(line) {
        Some(bracket) => {
            let behind = rest(line, bracket + ACCEPTED_LENGTH);
            let mut words = behind.split(|b| *b == b' ').filter(|word| !word.is_empty());
            let (frontend, server, timers) = (words.next(), words.next(), words.next());
            let is_timer = |b: &u8| b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'+');
            let timed = timers.is_some_and(|t| t.contains(&b'/') && t.iter().all(is_timer));
            timed && server.is_some_and(|s| s.contains(&b'/'))
                || frontend.is_some_and(|f| f.ends_with(b":") && f.contains(&b'/'))
        }
        None => prefix(line).is_some_and(|prefix| prefix.name == b"haproxy"),
    }
}

fn rest(line: &[u8], at: usize) -> &[u8] {
    line.get(at..).unwrap_or_default()
}

/// How long a time of acceptance is in its brackets: `[05/Mar/2026:01:30:00.123]`.
const ACCEPTED_LENGTH: usize = 26;

/// Where the bracket before the time of acceptance stands.
fn accepted(line: &[u8]) -> Option<usize> {
    // Only the prefix and an address stand before it.
    let head = line.get(..line.len().min(1024)).unwrap_or_default();
    memchr_iter(b'[', head).find(|at| {
        line.get(*at..at + ACCEPTED_LENGTH).is_some_and(|text| {
            [text[3], text[7], text[12], text[15], text[18], text[21], text[25]] == *b"//:::.]"
        })
    })
}

/// What syslog puts before a line.
struct Prefix<'a> {
    name: &'a [u8],
    pid: &'a [u8],
    /// Where the line begins.
    end: usize,
}

/// The prefix that ends in `name[pid]: `.
fn prefix(line: &[u8]) -> Option<Prefix<'_>> {
    let head = line.get(..line.len().min(512)).unwrap_or_default();
    let close = memmem::find(head, b"]: ")?;
    let open = memrchr(b'[', head.get(..close)?)?;
    let pid =
        head.get(open + 1..close).filter(|pid| !pid.is_empty() && pid.iter().all(u8::is_ascii_digit))?;
    let name = head.get(..open)?;
    let start = memrchr(b' ', name).map_or(0, |space| space + 1);
    Some(Prefix { name: name.get(start..)?, pid, end: close + 3 })
}

/// How far the clock of syslog's time is ahead of UTC, in seconds, if it has a zone: `2026-03-05T01:30:00+02:00`.
fn zone(line: &[u8]) -> Option<i32> {
    let stamp = line.get(..memchr(b' ', line.get(..line.len().min(48))?)?)?;
    if stamp.get(10) != Some(&b'T') {
        return None;
    }
    let clock = rest(stamp, 11);
    let at = clock.iter().position(|b| matches!(b, b'+' | b'-' | b'Z'))?;
    Settings::ahead(std::str::from_utf8(rest(clock, at)).ok()?)
}

fn text(row: &mut RowWriter<'_>, column: usize, value: &[u8]) {
    if !value.is_empty() && value != b"-" {
        row.set(column, Cell::Text(value));
    }
}

fn read(line: &[u8], settings: &Settings, envelope: Option<i64>, row: &mut RowWriter<'_>) -> Result<(), Bad> {
    let bracket = accepted(line);
    let prefix = prefix(line.get(..bracket.unwrap_or(line.len())).unwrap_or_default());
    if let Some(prefix) = &prefix {
        text(row, PROCESS, prefix.name);
        if let Some(pid) = whole(cells::integer, prefix.pid) {
            row.set(PID, pid);
        }
    }
    let start = prefix.as_ref().map_or(0, |prefix| prefix.end);
    let Some(bracket) = bracket else {
        if prefix.is_none() {
            return Err((0, "a client and the time of acceptance, or the program's name and process"));
        }
        let stamp = when::stamp(line, settings).map(|(micros, _)| micros);
        if let Some(micros) = stamp.or(envelope) {
            row.timestamp(micros);
        }
        text(row, MESSAGE, rest(line, start).trim_ascii());
        return Ok(());
    };
    let client = line.get(start..bracket).unwrap_or_default().trim_ascii();
    let client_at = bracket.saturating_sub(client.len() + 1);
    // Behind a prefix without a process.
    let client = memrchr(b' ', client).map_or(client, |space| rest(client, space + 1));
    // The last colon is before the port: addresses of version 6 have no brackets here.
    let colon = memrchr(b':', client).ok_or((client_at, "address and port of the client"))?;
    let (address, port) = client.split_at(colon);
    let address = address.strip_prefix(b"[").and_then(|a| a.strip_suffix(b"]")).unwrap_or(address);
    text(row, CLIENT, address);
    let port = whole(cells::integer, rest(port, 1)).ok_or((client_at, "address and port of the client"))?;
    row.set(CLIENT_PORT, port);

    let ahead = zone(line).unwrap_or(settings.ahead);
    let own = Settings { ahead, ..Settings::NONE };
    let stamp = when::stamp(rest(line, bracket), &own).filter(|(_, taken)| *taken == ACCEPTED_LENGTH);
    let (micros, _) = stamp.ok_or((bracket, "a time ([06/Feb/2026:13:05:59.123])"))?;
    row.timestamp(micros);
    row.set(ACCEPTED, Cell::Time(micros));

    let mut words = Words { line, at: bracket + ACCEPTED_LENGTH + 1 };
    let (at, frontend) = words.next();
    if frontend.is_empty() {
        return Err((at, "a frontend"));
    }
    if let Some(place) = frontend.strip_suffix(b":") {
        let slash = memchr(b'/', place).unwrap_or(place.len());
        self::text(row, FRONTEND, place.get(..slash).unwrap_or_default());
        self::text(row, MESSAGE, words.rest().trim_ascii());
        return Ok(());
    }
    let tls = frontend.strip_suffix(b"~");
    row.set(TLS, Cell::Bool(tls.is_some()));
    text(row, FRONTEND, tls.unwrap_or(frontend));
    let (at, behind) = words.next();
    let slash = memchr(b'/', behind).ok_or((at, "backend/server"))?;
    text(row, BACKEND, behind.get(..slash).unwrap_or_default());
    text(row, SERVER, rest(behind, slash + 1));

    let (at, timers) = words.next();
    match memchr_iter(b'/', timers).count() {
        4 => {
            numbers((at, timers), &[TIMERS, TIMERS + 1, TIMERS + 2, TIMERS + 3, TIMERS + 4], row)?;
            let (at, status) = words.next();
            let code = whole(cells::integer, status).ok_or((at, "a status"))?;
            if code != Cell::Int(-1) {
                row.set(STATUS, code);
            }
            numbers(words.next(), &[BYTES], row)?;
            text(row, REQUEST_COOKIE, words.next().1);
            text(row, RESPONSE_COOKIE, words.next().1);
            state(words.next(), 4, row)?;
        }
        2 => {
            numbers((at, timers), &[QUEUE_TIME, CONNECT_TIME, TOTAL_TIME], row)?;
            numbers(words.next(), &[BYTES], row)?;
            state(words.next(), 2, row)?;
        }
        _ => return Err((at, "three timers (TCP) or five (HTTP)")),
    }
    numbers(words.next(), &[COUNTS, COUNTS + 1, COUNTS + 2, COUNTS + 3, COUNTS + 4], row)?;
    numbers(words.next(), &[QUEUES, QUEUES + 1], row)?;
    end(words, row)
}

/// Captured headers, and the request.
fn end(mut words: Words<'_>, row: &mut RowWriter<'_>) -> Result<(), Bad> {
    for column in [REQUEST_HEADERS, RESPONSE_HEADERS] {
        let Some(inside) = words.rest().strip_prefix(b"{") else { break };
        let is_end = |at: &usize| matches!(rest(inside, at + 1), [] | [b' ', b'{' | b'"', ..]);
        let close = memchr_iter(b'}', inside).find(is_end).ok_or((words.at, "a closing brace of headers"))?;
        text(row, column, inside.get(..close).unwrap_or_default());
        words.at += close + 3;
    }
    match words.rest() {
        [b'"', inside @ ..] => {
            // A long request is cut, and has no closing quote.
            let close = memrchr(b'"', inside).filter(|at| matches!(inside.get(at + 1), None | Some(b' ')));
            text(row, REQUEST, close.map_or(inside, |close| inside.get(..close).unwrap_or_default()));
            if let Some(close) = close {
                text(row, SSL, rest(inside, close + 1).trim_ascii());
            }
        }
        more => text(row, SSL, more),
    }
    Ok(())
}

/// The words of a line, each with its place.
struct Words<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> (usize, &'a [u8]) {
        // Some versions write two blanks.
        self.at += self.rest().iter().take_while(|b| **b == b' ').count();
        let (at, rest) = (self.at, self.rest());
        let word = rest.get(..memchr(b' ', rest).unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len() + 1;
        (at, word)
    }
    fn rest(&self) -> &'a [u8] {
        self::rest(self.line, self.at)
    }
}

/// Writes numbers with slashes between, each to its column.
fn numbers((at, word): (usize, &[u8]), columns: &[usize], row: &mut RowWriter<'_>) -> Result<(), Bad> {
    const WHAT: [&str; 6] =
        ["a number", "a number", "two numbers", "three timers", "four numbers", "five numbers"];
    let expected = WHAT.get(columns.len()).copied().unwrap_or("a number");
    let mut begin = 0;
    for (i, column) in columns.iter().enumerate() {
        let is_last = i + 1 == columns.len();
        let end = memchr(b'/', rest(word, begin)).map_or(word.len(), |slash| begin + slash);
        if is_last != (end == word.len()) {
            return Err((at + begin, expected));
        }
        let digits = word.get(begin..end).unwrap_or_default();
        let digits = digits.strip_prefix(b"+").unwrap_or(digits);
        let value = match number::digits(digits, 0, digits.len()) {
            Some(value) => Cell::Int(value),
            None if digits == b"-1" => Cell::Null,
            None => return Err((at + begin, expected)),
        };
        row.set(*column, value);
        begin = end + 1;
    }
    Ok(())
}

/// Writes the letters with which a session ended.
fn state((at, word): (usize, &[u8]), letters: usize, row: &mut RowWriter<'_>) -> Result<(), Bad> {
    if word.len() != letters || !word.iter().all(|b| b.is_ascii_alphabetic() || *b == b'-') {
        return Err((at, "the letters of the session's end"));
    }
    row.set(STATE, Cell::Text(word));
    Ok(())
}
