//! Broker logs of Amazon MSK: what Kafka's brokers wrote.
//!
//! Not these: logs of MSK Connect's connectors and of clients, whose form is their own.
//!
//! ```text
//! record = "[" date SP time "," 3DIGIT "] " level SP text *( LF text )
//! ```
//!
//! Decisions: Kafka's brokers write log4j's pattern `[%d] %p %m (%c)`, as other programs do, so that it is no sure sign. Lines
//! that begin otherwise go on the one before: stack traces, lists of settings. Times have no zone and are UTC.

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    line_log::{address, place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, time};

/// Broker logs of Amazon MSK.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Entry::of(line).is_some(),
    what: "begin with Kafka's time in brackets and a level",
    certain: false,
    spans_lines: true,
    summary,
    sources: &["kafka_broker"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines))
};

const FIELDS: &[Field] = &[
    text("level", Role::Status).aliases(&["log.level"]).doc("TRACE, DEBUG, INFO, WARN, ERROR or FATAL"),
    text("component", Role::Dimension).doc("the words in brackets that a message begins with: SocketServer, Log partition, Principal"),
    text("message", Role::Identifier).aliases(&["msg"]).doc("the message, all lines of it, without the logger"),
    text("logger", Role::Dimension).aliases(&["log.logger"]).doc("the class that wrote it, in parentheses at the end of the first line"),
    text("user.name", Role::Dimension).computed(&USER).doc("the principal that an authorizer decided on"),
    Field::new("source.ip", Kind::Ip, Role::Dimension).aliases(&["client.ip"]).computed(&ADDRESS).doc("the address that a connection came from, where the message tells it"),
    text("event.outcome", Role::Status).computed(&OUTCOME).doc("failure of what was denied or failed to authenticate, and of errors; success of what was allowed; unknown otherwise"),
];

const LEVEL: usize = place(FIELDS, "level");
const COMPONENT: usize = place(FIELDS, "component");
const MESSAGE: usize = place(FIELDS, "message");
const LOGGER: usize = place(FIELDS, "logger");

/// What stands behind a word of the message, up to a blank, a comma or a bracket.
fn behind<'a>(message: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let at = memchr::memmem::find(message, word)? + word.len();
    let rest = message.get(at..)?.trim_ascii_start();
    let end = rest.iter().position(|b| matches!(b, b' ' | b',' | b')' | b']' | b'\n')).unwrap_or(rest.len());
    rest.get(..end).filter(|value| !value.is_empty())
}

static USER: Computed = Computed {
    from: &["message"],
    value: |cells, _| match cells {
        [Cell::Text(message)] => behind(message, b"Principal = ").map_or(Cell::Null, Cell::Text),
        _ => Cell::Null,
    },
};
static ADDRESS: Computed = Computed {
    from: &["message"],
    value: |cells, out| {
        let [Cell::Text(message)] = cells else { return Cell::Null };
        let words: [&[u8]; 3] = [b"from host = ", b"authentication with /", b"connection from /"];
        let host = words.into_iter().find_map(|word| behind(message, word));
        host.map_or(Cell::Null, |host| address(&[Cell::Text(host)], out))
    },
};
static OUTCOME: Computed = Computed {
    from: &["level", "message"],
    value: |cells, _| {
        let [level, Cell::Text(message)] = cells else { return Cell::Text(b"unknown") };
        let has = |word: &[u8]| memchr::memmem::find(message, word).is_some();
        Cell::Text(match level {
            Cell::Text(b"ERROR" | b"FATAL") => b"failure",
            _ if has(b" is Denied ") || has(b"Failed authentication with ") => b"failure",
            _ if has(b" is Allowed ") => b"success",
            _ => b"unknown",
        })
    },
};

/// The head of a record.
struct Entry<'a> {
    micros: i64,
    level: &'a [u8],
    text: &'a [u8],
}

impl<'a> Entry<'a> {
    fn of(record: &'a [u8]) -> Option<Entry<'a>> {
        let stamp = record.strip_prefix(b"[")?.get(..23)?;
        if stamp.get(10) != Some(&b' ') || stamp.get(19) != Some(&b',') {
            return None;
        }
        let rest = record.get(24..)?.strip_prefix(b"] ")?;
        let (level, text) = rest.split_at_checked(
            rest.iter().take(6).position(|b| !b.is_ascii_uppercase()).unwrap_or(rest.len()),
        )?;
        let is_level = matches!(level, b"TRACE" | b"DEBUG" | b"INFO" | b"WARN" | b"ERROR" | b"FATAL");
        (is_level && text.starts_with(b" ")).then_some(())?;
        Some(Entry { micros: time::parse_iso(stamp)?, level, text: text.trim_ascii() })
    }
}

/// The name of a class in parentheses at the end of `text`, and where it begins.
fn logger(text: &[u8]) -> Option<(usize, &[u8])> {
    let inside = text.trim_ascii_end().strip_suffix(b")")?;
    let at = memchr::memrchr(b'(', inside)?;
    let name = inside.get(at + 1..)?;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'$' | b'_');
    (name.contains(&b'.') && name.iter().all(is_part)).then_some((at, name))
}

/// The decoder.
struct Lines;

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        Entry::of(line).is_none()
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let Some(entry) = Entry::of(record.bytes) else {
            return Err(Fault::new(record.bytes, 0, "a time in brackets and a level"));
        };
        row.set(LEVEL, Cell::Text(entry.level));
        let text = entry.text;
        if let Some(inside) = text.strip_prefix(b"[")
            && let Some(end) = inside.iter().take(128).position(|b| *b == b']')
        {
            row.set(COMPONENT, Cell::Text(inside.get(..end).unwrap_or_default()));
        }
        // The logger ends the first line, or else the last one. Of several lines, it stays in the message.
        let first = text.split(|b| *b == b'\n').next().unwrap_or(text);
        let message = match logger(first) {
            Some((at, name)) => {
                row.set(LOGGER, Cell::Text(name));
                if first.len() == text.len() { text.get(..at).unwrap_or(text).trim_ascii_end() } else { text }
            }
            None => {
                if let Some((_, name)) = logger(text) {
                    row.set(LOGGER, Cell::Text(name));
                }
                text
            }
        };
        if !message.is_empty() {
            row.set(MESSAGE, Cell::Text(message));
        }
        row.timestamp(entry.micros);
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "msk_broker",
    family: Family::Other,
    title: "Amazon MSK broker logs",
    summary: "What the brokers of Kafka clusters wrote.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/msk/latest/developerguide/msk-logging.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/KafkaBrokerLogs/{region}/{cluster}-{uuid}-{n}/{yyyy}-{mm}-{dd}-{hh}/Broker-{id}_{time}_{random}.log.gz",
    versions: "the pattern that Kafka's brokers have, with what goes on for several lines, of S3, CloudWatch Logs and Firehose",
    not_read: "logs of MSK Connect and of clients",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog {
        group: "the log group that the cluster's broker logs are delivered to",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "What was denied, and who failed to authenticate",
        "filter event.outcome = \"failure\" and level = \"INFO\" | stats count(*) as times, latest(message) as example by user.name, source.ip | sort times desc",
    ),
    ask(
        "Warnings and errors by logger",
        "filter level in [\"WARN\", \"ERROR\", \"FATAL\"] | stats count(*) as times, latest(message) as example by level, logger | sort times desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "Broker-1_01-29_0a1b2c3d.log",
    content: crate::sample!("msk_broker.log"),
    rows: 8,
    rejected: 1,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(row, "[{!level=INFO}{level}: ]**{line:message|=no message}**")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::line_log::shown;

    #[test]
    fn lines_are_cut_into_their_parts() {
        let columns = ["level", "component", "logger", "message"];
        for (record, cells) in [
            (
                "[2026-03-05 01:29:37,123] INFO [Log partition=a-0] Loading (kafka.log.Log)",
                ["INFO", "Log partition=a-0", "kafka.log.Log", "[Log partition=a-0] Loading"],
            ),
            ("[2026-03-05 01:29:37,123] WARN x (no logger)", ["WARN", "-", "-", "x (no logger)"]),
            (
                "[2026-03-05 01:29:37,123] ERROR x (a.B)\njava.lang.E: y\n\tat z (a.C)",
                ["ERROR", "-", "a.B", "x (a.B)\njava.lang.E: y\n\tat z (a.C)"],
            ),
            ("[2026-03-05 01:29:37,123] INFO ", ["INFO", "-", "-", "-"]),
        ] {
            assert_eq!(shown(&LOG, record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
        }
        for record in [
            "",
            "\tat x",
            "[2026-03-05 01:29:37.123] INFO x",
            "[2026-03-05 01:29:37,123] NEWS x",
            "[2026-13-05 01:29:37,123] INFO x",
            "[2026-03-05T01:29:37,123] INFO x",
        ] {
            assert_eq!(shown(&LOG, record, &[]).map_err(|fault| fault.0), Err(0), "{record}");
        }
    }
}
