//! What a runtime puts before what a function writes: a time, the request's id, a level.
//!
//! The grammar of each part stands above its parser; `blank` is any white space.

use logloupe_table::{Cell, RowWriter};
use nom::{
    Parser,
    branch::alt,
    bytes::complete::{tag, take_till, take_while, take_while_m_n, take_while1},
    character::complete::{alpha1, char, tab},
    combinator::{consumed, eof, map, map_opt, opt, rest, success, value, verify},
    sequence::{delimited, pair, preceded, separated_pair, terminated},
};

use super::{
    errors::Report,
    fields::column,
    lines::{is_blank, set_outcome},
};
use crate::formats::field::{
    ids::uuid,
    parse::{Parsed, till, whole},
    time::timestamp,
};

/// A line that the function wrote: what its runtime put before it, and the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Written<'a> {
    pub(super) time: Option<i64>,
    pub(super) request: Option<&'a [u8]>,
    level: Option<&'a [u8]>,
    message: &'a [u8],
}

impl<'a> Written<'a> {
    /// ```text
    /// written = timestamp ( tabbed / spaced ) / bracketed / error / ruby / remark / message
    /// message = *any
    /// ```
    pub(super) fn of(line: &'a [u8]) -> Written<'a> {
        let written = alt((stamped, bracketed, error, ruby, remark)).parse(line);
        written.map_or(Written { message: line, ..Written::default() }, |(_, written)| written)
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
        let report = Report::of(self.message, self.request.is_some(), self.level);
        report.write(self.level, row);
        set_outcome(report.unhandled.then_some(b"error"), self.level, row);
    }
}

/// `timestamp ( tabbed / spaced )`, the second not after a date alone: that is an ordinary word.
fn stamped(line: &[u8]) -> Parsed<'_, Written<'_>> {
    const DATE: usize = "2026-03-05".len();
    let (line, (text, time)) = consumed(timestamp).parse(line)?;
    let spaced = verify(spaced, |_| text.len() > DATE);
    map(alt((tabbed, spaced)), |written| Written { time: Some(time), ..written }).parse(line)
}

/// Node.js, .NET.
///
/// ```text
/// tabbed = TAB id TAB [ level TAB ] message                   ; Node.js 8 and before write no level
/// ```
///
/// Without a level and an id there has to be another TAB: a time between TABs may stand in any table.
fn tabbed(line: &[u8]) -> Parsed<'_, Written<'_>> {
    let levelled = || separated_pair(map(level, Some), tab, rest);
    let plain = |message| (None, message);
    let known = pair(alt((map(uuid, Some), value(None, tag("undefined")))), tab);
    let with_id = pair(preceded(tab, known), alt((levelled(), map(rest, plain))));
    let tabs = verify(rest, |message: &[u8]| message.contains(&b'\t'));
    let without = preceded(pair(tab, tab), alt((levelled(), map(tabs, plain))));
    let parts =
        alt((map(with_id, |((request, _), rest)| (request, rest)), map(without, |rest| (None, rest))));
    map(parts, |(request, (level, message))| Written { request, level, message, ..Written::default() })
        .parse(line)
}

/// Java, and the platform's own remarks.
///
/// ```text
/// spaced = SP uuid SP [ level ( 1*blank / end ) ] message
/// ```
fn spaced(line: &[u8]) -> Parsed<'_, Written<'_>> {
    let level = terminated(level, pair(alt((tag(" "), eof)), take_while(is_blank)));
    let parts = (delimited(char(' '), uuid, char(' ')), opt(level), rest);
    map(parts, |(request, level, message)| Written {
        request: Some(request),
        level,
        message,
        ..Written::default()
    })
    .parse(line)
}

/// Python.
///
/// ```text
/// bracketed = "[" level "]" TAB timestamp TAB id ( TAB message / end )
/// ```
fn bracketed(line: &[u8]) -> Parsed<'_, Written<'_>> {
    let level = delimited(char('['), level, char(']'));
    let message = alt((preceded(tab, rest), eof));
    let parts = (level, delimited(tab, timestamp, tab), id, message);
    map(parts, |(level, time, request, message)| Written {
        time: Some(time),
        request,
        level: Some(level),
        message,
    })
    .parse(line)
}

/// What Python's runtime writes of an unhandled error, also behind its advice that a new runtime may be to blame.
///
/// ```text
/// error  = [ "LAMBDA_WARNING: " *any but CR and LF 1*( CR / LF ) ] "[ERROR] " message
/// ```
fn error(line: &[u8]) -> Parsed<'_, Written<'_>> {
    let ends = |b| matches!(b, b'\r' | b'\n');
    let warning = (tag("LAMBDA_WARNING: "), take_till(ends), take_while1(ends));
    let parts = preceded((opt(warning), char('[')), terminated(tag("ERROR"), tag("] ")));
    map(pair(parts, rest), |(level, message)| Written { level: Some(level), message, ..Written::default() })
        .parse(line)
}

/// Ruby's logger.
///
/// ```text
/// ruby   = ALPHA ", [" timestamp " #" 1*DIGIT "]" 1*blank level SP [ uuid SP ] "-- " *any but ":" ": " message
/// ```
fn ruby(line: &[u8]) -> Parsed<'_, Written<'_>> {
    let letter = (take_while_m_n(1, 1, |b: u8| b.is_ascii_uppercase()), tag(", ["));
    let time = map_opt(till(b' '), |time| whole(timestamp, time));
    let process = (tag(" #"), take_while1(|b: u8| b.is_ascii_digit()), tag("]"), take_while1(is_blank));
    let request = opt(terminated(uuid, char(' ')));
    let program = (tag("-- "), take_till(|b| b == b':'), tag(": "));
    let parts =
        (preceded(letter, terminated(time, process)), level, preceded(char(' '), request), program, rest);
    map(parts, |(time, level, request, _, message)| Written {
        time: Some(time),
        request,
        level: Some(level),
        message,
    })
    .parse(line)
}

/// `remark = "RequestId: " uuid *blank message`
fn remark(line: &[u8]) -> Parsed<'_, Written<'_>> {
    let parts = (preceded(tag("RequestId: "), uuid), preceded(take_while(is_blank), rest));
    map(parts, |(request, message)| Written { request: Some(request), message, ..Written::default() })
        .parse(line)
}

/// A request id, or what a runtime writes where it has none: `id = uuid / [ "undefined" ]`
fn id(input: &[u8]) -> Parsed<'_, Option<&[u8]>> {
    alt((map(uuid, Some), value(None, tag("undefined")), success(None))).parse(input)
}

/// One of [`LEVELS`] in letters of either case, and nothing but letters.
fn level(input: &[u8]) -> Parsed<'_, &[u8]> {
    verify(alpha1, |word: &[u8]| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word))).parse(input)
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

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "8edab1f8-7d34-4a8e-a965-15ccbbb78d4c";

    #[test]
    fn written_lines_begin_as_runtimes_begin_them() {
        let (time, moment) = ("2026-03-05T01:30:00.113Z", 1_772_674_200_113_000);
        let of = |time, request, level, message| Written { time, request, level, message };
        let id = Some(ID.as_bytes());
        for (line, written) in [
            (format!("{time}\t{ID}\tINFO\ta\tb"), of(Some(moment), id, Some(&b"INFO"[..]), &b"a\tb"[..])),
            (format!("{time}\t{ID}\tINFORM\ta"), of(Some(moment), id, None, b"INFORM\ta")),
            (format!("{time}\t\twarn\t"), of(Some(moment), None, Some(b"warn"), b"")),
            (format!("{time}\tundefined\tx\ty"), of(Some(moment), None, None, b"x\ty")),
            (format!("[ERROR]\t{time}\t{ID}"), of(Some(moment), id, Some(b"ERROR"), b"")),
            (format!("[ERROR]\t{time}\t{ID}\tx"), of(Some(moment), id, Some(b"ERROR"), b"x")),
            (format!("{time} {ID} INFO  x"), of(Some(moment), id, Some(b"INFO"), b"x")),
            (format!("{time} {ID} INFO"), of(Some(moment), id, Some(b"INFO"), b"")),
            (format!("{time} {ID} INFO\tx"), of(Some(moment), id, None, b"INFO\tx")),
            (format!("2026-03-05 01:30:00,113 {ID} x"), of(Some(moment), id, None, b"x")),
            (format!("RequestId: {ID} \t x"), of(None, id, None, b"x")),
            (format!("{time}\t{ID}\tx"), of(Some(moment), id, None, b"x")),
            (format!("{time}\t{ID}\t"), of(Some(moment), id, None, b"")),
            (format!("{time}\tundefined\tx"), of(Some(moment), None, None, b"x")),
            ("[ERROR] KeyError: 'a'\rx".to_owned(), of(None, None, Some(b"ERROR"), b"KeyError: 'a'\rx")),
            ("LAMBDA_WARNING: y\r[ERROR] E: x".to_owned(), of(None, None, Some(b"ERROR"), b"E: x")),
            (
                format!("E, [2026-03-05T01:30:00.113000 #8] ERROR {ID} -- : x"),
                of(Some(moment), id, Some(b"ERROR"), b"x"),
            ),
            (
                "W, [2026-03-05T01:30:00.113000 #8]  WARN -- app: x".to_owned(),
                of(Some(moment), None, Some(b"WARN"), b"x"),
            ),
        ] {
            assert_eq!(Written::of(line.as_bytes()), written, "{line}");
        }
        for line in [
            "",
            "hello",
            "2026-03-05T01:30:00.113Z",
            "2026-03-05T01:30:00.113Z\t\tx",
            "2026-03-05T01:30:00.113Z\t8edab1f8\tINFO\tx",
            "[ERROR]",
            "[INFO] x",
            "LAMBDA_WARNING: x",
            "E, [now #8] ERROR -- : x",
            "2026-03-05T01:30:00.113Z INFO x",
            "2026-03-05 8edab1f8-7d34-4a8e-a965-15ccbbb78d4c x",
            "[INFO] 2026-03-05T01:30:00.113Z",
            "[NOTE]\t2026-03-05T01:30:00.113Z\tundefined\tx",
            "RequestId: unknown",
        ] {
            let message = Written { message: line.as_bytes(), ..Written::default() };
            assert_eq!(Written::of(line.as_bytes()), message, "{line}");
        }
    }
}
