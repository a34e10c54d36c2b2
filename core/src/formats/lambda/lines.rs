//! Lambda's text lines of the platform, and what all lines share: what `aws logs tail` puts before them, how they are told
//! for good or bad. Not here: what a runtime puts before what the function writes (`written`).
//!
//! ```text
//! line    = [ tail ] ( platform / written )
//! tail    = timestamp SP [ stream SP ]               ; before a line of `aws logs tail`; its timestamp ends in +00:00
//! stream  = 4DIGIT "/" 2DIGIT "/" 2DIGIT "/[" *( any but "]" and SP ) "]" *( any but SP )
//! ```
//!
//! The grammar of each part stands above its parser; `blank` is any white space.

use logloupe_table::{Cell, RowWriter, value::parse_number};
use nom::{
    Offset, Parser,
    branch::alt,
    bytes::complete::{is_not, tag, take_till, take_till1, take_while, take_while_m_n, take_while1},
    character::complete::char,
    combinator::{map, map_opt, opt, peek, recognize, rest, value, verify},
    multi::many0_count,
    sequence::{delimited, pair, preceded, terminated},
};

use super::fields::column;
use crate::formats::field::{
    ids::{trace_root, uuid},
    parse::{Parsed, each, expected, till, whole},
    time::timestamp,
};

/// A line of the platform: its first word, the request that it is about, and what follows.
pub(super) struct PlatformLine<'a> {
    pub(super) kind: &'a [u8],
    pub(super) request: Option<&'a [u8]>,
    says: Says<'a>,
}

/// What follows in a line of the platform.
enum Says<'a> {
    /// Labelled values, see [`field`].
    Fields(&'a [u8]),
    /// Words of an extension.
    Message(&'a [u8]),
}

impl<'a> PlatformLine<'a> {
    /// The line, if it is one of the platform's.
    pub(super) fn of(line: &'a [u8]) -> Option<PlatformLine<'a>> {
        platform(line).ok().map(|(_, line)| line)
    }
    /// Writes what the line says; otherwise where in `line` a value could not be read and what was expected there.
    pub(super) fn write(&self, line: &[u8], row: &mut RowWriter<'_>) -> Result<(), (usize, String)> {
        row.set(column::TYPE, Cell::Text(self.kind));
        row.set(column::KIND, Cell::Text(self.kind));
        if let Some(request) = self.request {
            row.set(column::REQUEST, Cell::Text(request));
        }
        let fields = match self.says {
            Says::Fields(fields) => fields,
            Says::Message(message) => {
                row.set(column::MESSAGE, Cell::Text(message));
                return Ok(());
            }
        };
        let mut status: &[u8] = b"";
        for Field { label, text, cell } in each(fields, preceded(blanks, field)).flatten() {
            let Some(cell) = cell else {
                let expected = format!("number of {} for {}", label.holds.unit(), label.name);
                return Err((line.offset(text), expected));
            };
            if label.column != NOT_KEPT && !text.is_empty() {
                row.set(label.column, cell);
            }
            if label.column == column::STATUS {
                status = text;
            }
        }
        set_outcome(Some(status), None, row);
        Ok(())
    }
}

/// ```text
/// platform  = request *( blanks field ) / start *( blanks field ) / extension *any
/// request   = ( "START" / "END" / "REPORT" ) " RequestId: " uuid
/// start     = ( "INIT_START" / "RESTORE_START" ) SP      ; with "Runtime Version: " behind it
///           / "INIT_REPORT" SP                           ; with "Init Duration: "
///           / "RESTORE_REPORT" SP                        ; with "Restore Duration: "
///           / "XRAY" SP                                  ; with "TraceId: "
/// extension = ( "EXTENSION" / "TELEMETRY" / "LOGS" ) SP  ; with "Name: "
/// ```
///
/// A function may begin its lines with such words too: what the platform has behind them tells its own.
fn platform(line: &[u8]) -> Parsed<'_, PlatformLine<'_>> {
    let is_kind = |b: u8| b.is_ascii_uppercase() || b == b'_';
    let (line, kind) = terminated(take_while1(is_kind), char(' ')).parse(line)?;
    let before = |label| preceded(peek(tag(label)), rest);
    let fields = |fields| PlatformLine { kind, request: None, says: Says::Fields(fields) };
    let message = |message| PlatformLine { kind, request: None, says: Says::Message(message) };
    let request = (preceded(tag("RequestId: "), uuid), rest);
    match kind {
        b"START" | b"END" | b"REPORT" => {
            map(request, |(id, text)| PlatformLine { request: Some(id), ..fields(text) }).parse(line)
        }
        b"INIT_START" | b"RESTORE_START" => map(before("Runtime Version: "), fields).parse(line),
        b"INIT_REPORT" => map(before("Init Duration: "), fields).parse(line),
        b"RESTORE_REPORT" => map(before("Restore Duration: "), fields).parse(line),
        b"XRAY" => map(before("TraceId: "), fields).parse(line),
        b"EXTENSION" | b"TELEMETRY" | b"LOGS" => map(before("Name: "), message).parse(line),
        _ => expected("line of the platform", line),
    }
}

/// A label of a platform's line: what its value is, and the column that it goes to.
struct Label {
    name: &'static str,
    holds: Holds,
    column: usize,
}

/// What a labelled value is.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Millis,
    Megabytes,
    Word,
    Words,
}

impl Holds {
    fn unit(self) -> &'static str {
        if self == Holds::Megabytes { "megabytes" } else { "milliseconds" }
    }
}

/// The column of what is known and not kept.
const NOT_KEPT: usize = usize::MAX;

const fn label(name: &'static str, holds: Holds, column: usize) -> Label {
    Label { name, holds, column }
}

/// The most frequent first.
static LABELS: &[Label] = &[
    label("Duration", Holds::Millis, column::DURATION),
    label("Billed Duration", Holds::Millis, column::BILLED),
    label("Memory Size", Holds::Megabytes, column::MEMORY_SIZE),
    label("Max Memory Used", Holds::Megabytes, column::MEMORY_USED),
    label("Version", Holds::Word, column::VERSION),
    label("Init Duration", Holds::Millis, column::INIT),
    label("XRAY TraceId", Holds::Word, column::TRACE),
    label("SegmentId", Holds::Word, column::SEGMENT),
    label("Sampled", Holds::Word, NOT_KEPT),
    label("Status", Holds::Word, column::STATUS),
    label("Error Type", Holds::Word, column::ERROR_TYPE),
    label("Phase", Holds::Word, column::PHASE),
    label("Restore Duration", Holds::Millis, column::RESTORE),
    label("Billed Restore Duration", Holds::Millis, column::BILLED_RESTORE),
    label("Runtime Version", Holds::Words, column::RUNTIME),
    label("Runtime Version ARN", Holds::Word, column::RUNTIME_ARN),
    label("TraceId", Holds::Word, column::TRACE),
];

/// A labelled value of a platform's line.
struct Field<'a> {
    label: &'static Label,
    /// The value as it stands.
    text: &'a [u8],
    /// The value; `None` where it is no number and has to be one.
    cell: Option<Cell<'a>>,
}

/// ```text
/// field   = label ": " value / unknown
/// label   = one of LABELS
/// value   = number [ " ms" / " MB" ] / word / words      ; by the label
/// number  = word                                         ; that reads as a number
/// word    = *( any but blank and "\" )
/// words   = *( any but TAB and LF )
/// unknown = 1*( any but TAB and LF )                     ; a label that the vendor added, with its value
/// ```
///
/// Nothing is read of an unknown label.
fn field(input: &[u8]) -> Parsed<'_, Option<Field<'_>>> {
    let unknown = take_till1(|b| matches!(b, b'\t' | b'\n'));
    alt((map(known, Some), map(unknown, |_| None))).parse(input)
}

/// `label ": " value`
fn known(input: &[u8]) -> Parsed<'_, Field<'_>> {
    const LONGEST: usize = "Billed Restore Duration".len();
    let name = take_while_m_n(1, LONGEST, |b: u8| b.is_ascii_alphabetic() || b == b' ');
    let label = |name: &[u8]| LABELS.iter().find(|label| label.name.as_bytes() == name);
    let (input, label) = map_opt(terminated(name, tag(": ")), label).parse(input)?;

    let word = take_till(|b: u8| b.is_ascii_whitespace() || b == b'\\');
    let words = take_till(|b| matches!(b, b'\t' | b'\n'));
    let unit = opt(alt((tag(" ms"), tag(" MB"))));
    let field = |text, cell| Field { label, text, cell };
    match label.holds {
        Holds::Millis => {
            map(terminated(word, unit), |text| field(text, parse_number(text).map(Cell::Float))).parse(input)
        }
        Holds::Megabytes => {
            map(terminated(word, unit), |text| field(text, megabytes(text).map(Cell::Int))).parse(input)
        }
        Holds::Word => map(word, |text| field(text, Some(Cell::Text(text)))).parse(input),
        Holds::Words => map(words, |text| field(text, Some(Cell::Text(text)))).parse(input),
    }
}

/// Blanks; an export that escaped them twice has them as `\t` and `\n`.
///
/// ```text
/// blanks = *blank *( ( "\t" / "\n" / "\r" ) *blank )
/// ```
fn blanks(input: &[u8]) -> Parsed<'_, ()> {
    let escaped = (char('\\'), alt((char('t'), char('n'), char('r'))), take_while(is_blank));
    value((), pair(take_while(is_blank), many0_count(escaped))).parse(input)
}

pub(super) fn is_blank(b: u8) -> bool {
    b.is_ascii_whitespace()
}

/// What is known of how it went: by the platform's status, or the level.
pub(super) fn set_outcome(status: Option<&[u8]>, level: Option<&[u8]>, row: &mut RowWriter<'_>) {
    let outcome = match status {
        Some(b"success") => "success",
        Some(b"timeout" | b"error" | b"failure") => "failure",
        _ if level.is_some_and(is_grave) => "failure",
        _ => return,
    };
    row.set(column::OUTCOME, Cell::Text(outcome.as_bytes()));
}

/// Whether a level is that of an error.
pub(super) fn is_grave(level: &[u8]) -> bool {
    let grave: [&[u8]; 6] = [b"ERROR", b"FATAL", b"CRITICAL", b"FAIL", b"CRIT", b"SEVERE"];
    grave.iter().any(|grave| grave.eq_ignore_ascii_case(level))
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

/// The trace's id in a trace header, or all of it if it is none.
pub(super) fn root(trace: &[u8]) -> &[u8] {
    trace_root(trace).map_or(trace, |(_, root)| root)
}

/// The time that `aws logs tail` puts before a line, and the line behind that and the stream's name.
pub(super) fn tail_prefix(line: &[u8]) -> (Option<i64>, &[u8]) {
    match terminated(tail_time, pair(char(' '), opt(terminated(stream, char(' '))))).parse(line) {
        Ok((line, time)) => (Some(time), line),
        Err(_) => (None, line),
    }
}

/// What ends in another way is a runtime's own timestamp.
fn tail_time(input: &[u8]) -> Parsed<'_, i64> {
    let time = verify(till(b' '), |time: &[u8]| time.ends_with(b"+00:00"));
    map_opt(time, |time| whole(timestamp, time)).parse(input)
}

/// The name of a function's log stream: `2026/03/05/[$LATEST]6f1d…`.
fn stream(input: &[u8]) -> Parsed<'_, &[u8]> {
    let digits = |count| take_while_m_n(count, count, |b: u8| b.is_ascii_digit());
    let date = (digits(4), char('/'), digits(2), char('/'), digits(2), char('/'));
    let version = delimited(char('['), opt(is_not("] ")), char(']'));
    recognize((date, version, till(b' '))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "8edab1f8-7d34-4a8e-a965-15ccbbb78d4c";

    fn show(text: &[u8]) -> &str {
        std::str::from_utf8(text).unwrap()
    }

    #[test]
    fn a_line_of_the_platform_is_told_by_what_stands_behind_its_word() {
        for (line, kind, request, follows) in [
            (format!("START RequestId: {ID} Version: 1"), "START", ID, " Version: 1"),
            (format!("END RequestId: {ID}"), "END", ID, ""),
            (format!("REPORT RequestId: {ID}\tDuration: 1 ms"), "REPORT", ID, "\tDuration: 1 ms"),
            ("INIT_START Runtime Version: x".to_owned(), "INIT_START", "", "Runtime Version: x"),
            ("XRAY TraceId: 1".to_owned(), "XRAY", "", "TraceId: 1"),
            ("EXTENSION Name: x State: Ready".to_owned(), "EXTENSION", "", "Name: x State: Ready"),
        ] {
            let platform = PlatformLine::of(line.as_bytes()).unwrap();
            let (Says::Fields(text) | Says::Message(text)) = platform.says;
            let found = (show(platform.kind), show(platform.request.unwrap_or_default()), show(text));
            assert_eq!(found, (kind, request, follows));
        }
        for line in [
            "",
            "START",
            "START ",
            "START RequestId: unknown",
            "REPORT invalid report log line",
            "INIT_START Init Duration: 1 ms",
            "RESTORE_REPORT Duration: 1 ms",
            "LOGS",
            "START_ RequestId: 8edab1f8-7d34-4a8e-a965-15ccbbb78d4c",
            "start RequestId: 8edab1f8-7d34-4a8e-a965-15ccbbb78d4c",
        ] {
            assert!(PlatformLine::of(line.as_bytes()).is_none(), "{line}");
        }
    }

    #[test]
    fn fields_have_a_label_and_a_value_or_are_unknown() {
        let fields = |text: &'static str| -> Vec<(&str, &str, bool)> {
            let fields = each(text.as_bytes(), preceded(blanks, field));
            let shown = |f: Option<Field<'static>>| match f {
                Some(field) => (field.label.name, show(field.text), field.cell.is_some()),
                None => ("", "", true),
            };
            fields.map(shown).collect()
        };
        let unknown = ("", "", true);
        for (text, expected) in [
            (
                "\tDuration: 0.81 ms\tMemory Size: 128 MB\t",
                vec![("Duration", "0.81", true), ("Memory Size", "128", true)],
            ),
            (
                " Duration: 1 ms  Billed Duration: 2 ms",
                vec![("Duration", "1", true), ("Billed Duration", "2", true)],
            ),
            (
                r"\tDuration: 1 ms\tStatus: timeout\nXRAY TraceId: 1-2\t",
                vec![("Duration", "1", true), ("Status", "timeout", true), ("XRAY TraceId", "1-2", true)],
            ),
            (
                "Runtime Version: java:21 beta\tRuntime Version ARN: arn:x",
                vec![("Runtime Version", "java:21 beta", true), ("Runtime Version ARN", "arn:x", true)],
            ),
            // What is no number says so; what has a new label is passed over, to the next tab.
            ("Duration: fast ms\tPhase: init", vec![("Duration", "fast", false), ("Phase", "init", true)]),
            ("New Metric: 7\tPhase: init", vec![unknown, ("Phase", "init", true)]),
            ("Duration 7\tMemory Size:8", vec![unknown, unknown]),
            ("Duration: \tPhase: ", vec![("Duration", "", false), ("Phase", "", true)]),
            ("Duration: 1e999 ms", vec![("Duration", "1e999", true)]),
            ("Memory Size: -5 MB", vec![("Memory Size", "-5", false)]),
            (r"\x\", vec![unknown]),
            ("  \t\\n ", vec![]),
        ] {
            assert_eq!(fields(text), expected, "{text}");
        }
    }

    #[test]
    fn what_tail_puts_before_a_line_is_taken_off() {
        let moment = Some(1_772_674_200_000_000);
        for (line, time, rest) in [
            ("2026-03-05T01:30:00+00:00 2026/03/05/[$LATEST]6f1d x", moment, "x"),
            ("2026-03-05T01:30:00+00:00 2026/03/05/[]6f1d x", moment, "x"),
            ("2026-03-05T01:30:00+00:00 2026/03/05/[$LATEST]6f1d", moment, "2026/03/05/[$LATEST]6f1d"),
            ("2026-03-05T01:30:00+00:00 2026/03/05/x y", moment, "2026/03/05/x y"),
            ("2026-03-05T01:30:00+00:00 ", moment, ""),
            ("2026-03-05T01:30:00+00:00", None, "2026-03-05T01:30:00+00:00"),
            ("2026-03-05T01:30:00Z x", None, "2026-03-05T01:30:00Z x"),
            ("x+00:00 y", None, "x+00:00 y"),
        ] {
            assert_eq!(tail_prefix(line.as_bytes()), (time, rest.as_bytes()), "{line}");
        }
        assert_eq!(root(b"Self=1;Root=1-2-3;Sampled=1"), b"1-2-3");
        assert_eq!(root(b"1-2-3"), b"1-2-3");
    }
}
