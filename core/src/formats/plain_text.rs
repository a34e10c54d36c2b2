//! Text of any program that no other format reads: a record per line, or per line that begins with a time and what follows it.
//!
//! Not these: logs that a format of their own describes, which come first.
//!
//! ```text
//! record = line *( LF more )
//! more   = line without a time, where records begin with one
//!        / ( SP / HTAB / "Caused by:" / "... " / "}" / ")" ) *CHAR    ; otherwise: stack traces, dumps
//! ```
//!
//! Decisions: whether records begin with a time is seen by the first lines of the file. A record may have no time. JSON that stands in a
//! line is open to paths. Nothing is damaged: every line is a row or goes on one.

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, JsonPart, Meta, Precedence, Preset, Record,
    Sample, Settings, Sniff, Span, ask,
    field::{address, usual, when, words::one_line},
    line_log::place,
    program_log::EXTERNAL,
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Cell, Field, Kind, Role, Row, RowWriter};

/// Text of any program.
pub struct PlainText;

const FIELDS: &[Field] = &[
    Field::new("log.level", Kind::Text, Role::Status)
        .aliases(&["level", "severity"])
        .doc("trace, debug, info, notice, warn, error or fatal, if one of the first words is a level"),
    Field::new("related.ip", Kind::Ip, Role::Dimension)
        .aliases(&["source.ip", "client.ip", "ip"])
        .doc("the first address in the record"),
    Field::new("error.type", Kind::Text, Role::Dimension)
        .doc("the first word that is the name of an exception or an error"),
];
const LEVEL: usize = place(FIELDS, "log.level");
const ADDRESS: usize = place(FIELDS, "related.ip");
const ERROR: usize = place(FIELDS, "error.type");

/// How much of a record is searched for the word of a level.
const LEVEL_WITHIN: usize = 120;
/// How much of it is searched for an address and for an error.
const SEARCHED: usize = 4096;

impl Format for PlainText {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.to_vec()
    }
    fn precedence(&self) -> Precedence {
        Precedence::Text
    }
    fn spans_lines(&self) -> bool {
        true
    }
    fn json(&self) -> JsonPart {
        JsonPart::Fragment
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        match head.most("are text", is_text) {
            Sniff::Certain(reason) => Sniff::Maybe(reason),
            sniff => sniff,
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let lines = head.records.iter().filter(|line| !goes_on(line));
        let (timed, all) = lines.fold((0, 0), |(timed, all), line| {
            (timed + when::stamp(line, head.settings).is_some() as usize, all + 1)
        });
        Box::new(Lines { timed: timed * 2 > all, settings: head.settings.clone() })
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

/// Whether most of a line's beginning is no control characters.
fn is_text(line: &[u8]) -> bool {
    let first = line.get(..line.len().min(512)).unwrap_or_default();
    let control = first
        .iter()
        .filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace() && **b != 0x1b && **b != 0x1d);
    control.count() * 16 <= first.len()
}

/// Whether a line goes on another one by what it begins with.
fn goes_on(line: &[u8]) -> bool {
    match line.first() {
        None | Some(b' ' | b'\t' | b'}' | b')') => true,
        Some(b'C') => line.starts_with(b"Caused by: "),
        Some(b'.') => line.starts_with(b"... "),
        _ => false,
    }
}

/// The decoder.
struct Lines {
    /// Records begin with a time.
    timed: bool,
    settings: Settings,
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        if self.timed { when::stamp(line, &self.settings).is_none() } else { goes_on(line) }
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let text = record.bytes;
        let stamp = when::stamp(text, &self.settings);
        if let Some(micros) = stamp.map(|(micros, _)| micros).or(record.envelope_time) {
            row.timestamp(micros);
        }
        let rest = text.get(stamp.map_or(0, |(_, taken)| taken)..).unwrap_or_default();
        if let Some(level) = level(rest.get(..rest.len().min(LEVEL_WITHIN)).unwrap_or_default()) {
            row.set(LEVEL, Cell::Text(level.as_bytes()));
        }
        let rest = rest.get(..rest.len().min(SEARCHED)).unwrap_or_default();
        if let Some(address) = first_address(rest) {
            row.set(ADDRESS, Cell::Text(address));
        }
        if let Some(error) = error(rest) {
            row.set(ERROR, Cell::Text(error));
        }
        Ok(Decoded::Row)
    }
}

/// The first word that is a level in capitals, or one in brackets or behind `level=`.
fn level(text: &[u8]) -> Option<&'static str> {
    let ends = |b: &u8| !b.is_ascii_alphanumeric();
    let mut at = 0usize;
    for word in text.split(ends) {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let marked = matches!(before, Some(b'[' | b'<' | b'(' | b'=')) || before.is_some_and(|b| *b == b'|');
        at += word.len() + 1;
        let capitals = word.len() >= 3 && word.iter().all(u8::is_ascii_uppercase);
        let is_word = word.len() >= 3 && word.iter().all(u8::is_ascii_alphabetic);
        // `error:` at the beginning of a line, as compilers and servers write.
        let told = text.get(at - 1) == Some(&b':') && word.len() >= 4;
        if (capitals || is_word && (marked || told))
            && !matches!(word, b"LOG" | b"HTTP" | b"CONFIG" | b"http" | b"log" | b"config" | b"FINE")
            && let Some(level) = usual::level("level", word)
        {
            return Some(level);
        }
    }
    None
}

/// The first address of version 4, or of version 6 with at least two colons and a digit.
fn first_address(text: &[u8]) -> Option<&[u8]> {
    let of = |b: &u8| b.is_ascii_hexdigit() || *b == b'.' || *b == b':';
    let mut from = 0;
    // Only where a point or a colon stands behind a digit.
    while let Some(found) = memchr::memchr2(b'.', b':', text.get(from..)?) {
        let at = from + found;
        let start = text.get(from..at)?.iter().rposition(|b| !of(b)).map_or(from, |before| from + before + 1);
        let length = text.get(start..)?.iter().take(64).take_while(|b| of(b)).count();
        let word = text.get(start..start + length)?;
        let whole = start
            .checked_sub(1)
            .and_then(|at| text.get(at))
            .is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'-')
            && text.get(start + length).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'-');
        if whole && word.len() >= 7 {
            let dots = memchr::memchr_iter(b'.', word).count();
            // A port may stand behind an address, and a stop.
            let bare = word.strip_suffix(b".").or(word.strip_suffix(b":")).unwrap_or(word);
            let bare = match memchr::memchr(b':', bare) {
                Some(colon) if dots >= 3 => bare.get(..colon)?,
                _ => bare,
            };
            let colons = memchr::memchr_iter(b':', bare).count();
            let likely = dots == 3
                || dots == 4
                || colons >= 3
                || colons >= 2 && bare.windows(2).any(|two| two == b"::");
            if likely && address::ip_address(bare).is_ok_and(|(rest, _)| rest.is_empty()) {
                return Some(bare);
            }
        }
        from = (start + length).max(at + 1);
    }
    None
}

/// The first word that ends as names of exceptions do, with the packages before it.
fn error(text: &[u8]) -> Option<&[u8]> {
    let of = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$');
    for (ending, at) in
        [&b"Exception"[..], b"Error"].iter().filter_map(|e| Some((e, memchr::memmem::find(text, e)?)))
    {
        let start = text.get(..at)?.iter().rposition(|b| !of(b)).map_or(0, |before| before + 1);
        let end = at + ending.len();
        let bounded = text.get(end).is_none_or(|b| !of(b) || *b == b'.');
        if bounded && at > start && text.get(start).is_some_and(u8::is_ascii_alphabetic) {
            return text.get(start..end);
        }
    }
    None
}

const META: Meta = Meta {
    id: "plain_text",
    family: Family::Other,
    title: "Plain text",
    summary: "Text of any program that no other format reads: a row per line, with a time if it begins with one.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html",
    read_on: "2026-11-27",
    key_shape: "anything",
    versions: "lines that begin with a time of a usual form, and lines that do not; what is indented below a line is part of it",
    not_read: "binary data",
};

static PRESETS: &[Preset] = &[
    ask(
        "Errors first",
        "filter log.level in [\"error\", \"fatal\"] or ispresent(error.type)\n| fields @timestamp, log.level, error.type, @message\n| sort @timestamp desc",
    ),
    ask("Levels over time", "stats count(*) as records by bin(5m), log.level"),
    ask(
        "Kinds of errors",
        "filter ispresent(error.type) | stats count(*) as times, earliest(@timestamp) as first, latest(@timestamp) as last by error.type | sort times desc",
    ),
    ask(
        "Addresses that are named most",
        "filter ispresent(related.ip) | stats count(*) as records by related.ip | sort records desc | limit 50",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "app.log", content: crate::sample!("plain_text.log"), rows: 9, rejected: 0 },
    Sample { name: "notes.txt", content: crate::sample!("plain_text.txt"), rows: 4, rejected: 0 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    let raw = row.raw();
    let first = raw.split(|b| *b == b'\n').next().unwrap_or_default();
    let settings = Settings { year: Some(1972), ..Settings::NONE };
    let taken = when::stamp(first, &settings).map_or(0, |(_, taken)| taken);
    let text = first.get(taken..first.len().min(taken + 1024)).unwrap_or_default();
    let text = one_line(&String::from_utf8_lossy(text));
    let text = if text.is_empty() { "a time and nothing else".to_owned() } else { text };
    let grave = row.said("log.level").is_some_and(|level| matches!(level.as_str(), "error" | "fatal"));
    let mut spans = vec![if grave { Span::strong(text.clone()) } else { Span::plain(text.clone()) }];
    if let Some(error) = row.said("error.type").filter(|error| !text.contains(error.as_str())) {
        spans.push(Span::plain(", "));
        spans.push(Span::strong(error));
    }
    if !spans.iter().any(|span| span.strong)
        && let Some(only) = spans.first_mut()
    {
        *only = Span::strong(text);
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_words_in_capitals_or_marked() {
        for (text, word) in [
            (" INFO started", Some("info")),
            (" [error] 12#12: x", Some("error")),
            (" level=warning msg=x", Some("warn")),
            ("error: no such file", Some("error")),
            (" the error was found", None),
            (" GET / HTTP/1.1", None),
            (" [main] WARN  c.e.App - slow", Some("warn")),
            (" DEBUGGING", None),
        ] {
            assert_eq!(level(text.as_bytes()), word, "{text}");
        }
    }

    #[test]
    fn addresses_are_whole_words() {
        for (text, found) in [
            ("from 203.0.113.77 port 22", Some("203.0.113.77")),
            ("from 203.0.113.77:4711, x", Some("203.0.113.77")),
            ("client 203.0.113.77.", Some("203.0.113.77")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("version 1.2.3.4-beta", None),
            ("x1.2.3.4", None),
            ("at 01:29:37.123", None),
            ("1.2.3", None),
            ("999.1.1.1 and 10.0.0.1", Some("10.0.0.1")),
            ("a::b c:d:e", None),
            ("", None),
        ] {
            assert_eq!(first_address(text.as_bytes()), found.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn errors_are_names_of_classes() {
        for (text, found) in [
            ("java.lang.NullPointerException: x", Some("java.lang.NullPointerException")),
            ("ValueError: bad", Some("ValueError")),
            ("TypeErrors are many", None),
            ("Error", None),
            ("an Exception here", None),
        ] {
            assert_eq!(error(text.as_bytes()), found.map(str::as_bytes), "{text}");
        }
    }
}
