//! Error logs of MySQL and MariaDB: what the server says of itself, refused connections among it.
//!
//! Not these: slow query and general logs (`mysql_slow`, `mysql_general`), audit logs (`rds_audit`).
//!
//! ```text
//! record = time SP thread SP "[" prio "]" [ SP "[" code "]" SP "[" subsystem "]" ] SP text      ; MySQL 5.7, 8
//!        / yymmdd SP h:mm:ss [ SP "[" prio "]" ] SP text                                     ; before
//! ```
//!
//! Decisions: columns have the names of the table `performance_schema.error_log`. Lines that begin otherwise go on the one
//! before (stack traces, reports of InnoDB).

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    line_log::{ADDRESS_OF_HOST, place, text},
    mysql_general::{DENIED, account},
    mysql_slow::moment,
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter};

/// Error logs of MySQL and MariaDB.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Entry::of(line).is_some_and(|entry| entry.prio.is_some()),
    what: "have time, thread and a priority in brackets",
    spans_lines: true,
    summary,
    sources: &["error_log"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines))
};

const FIELDS: &[Field] = &[
    text("thread_id", Role::Identifier).doc("the thread or connection that it is about"),
    text("prio", Role::Status).aliases(&["log.level", "level"]).doc("System, Error, Warning or Note"),
    text("error_code", Role::Dimension).aliases(&["error.code"]).doc("the message's number, as MY-010914"),
    text("subsystem", Role::Dimension).aliases(&["log.logger"]).doc("Server, InnoDB, Repl and others"),
    text("data", Role::Identifier).aliases(&["message", "msg"]).doc("the message, all lines of it"),
    text("user", Role::Dimension)
        .aliases(&["user.name", "db.user"])
        .doc("the user that was denied or whose connection was lost"),
    text("host", Role::Dimension).aliases(&["source.address", "client.address"]).doc("from where they came"),
    Field::new("source.ip", Kind::Ip, Role::Dimension)
        .aliases(&["client.ip"])
        .computed(&ADDRESS_OF_HOST)
        .doc("from where, if that is an address"),
    text("event.outcome", Role::Status)
        .computed(&OUTCOME)
        .doc("failure of what was denied and of errors, unknown otherwise"),
];

const THREAD: usize = place(FIELDS, "thread_id");
const PRIO: usize = place(FIELDS, "prio");
const CODE: usize = place(FIELDS, "error_code");
const SUBSYSTEM: usize = place(FIELDS, "subsystem");
const DATA: usize = place(FIELDS, "data");
const USER: usize = place(FIELDS, "user");
const HOST: usize = place(FIELDS, "host");

static OUTCOME: Computed = Computed {
    from: &["prio", "data"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"Error" | b"ERROR"), _] => b"failure",
            [_, Cell::Text(data)] if data.starts_with(DENIED) => b"failure",
            _ => b"unknown",
        })
    },
};

/// The parts of a record.
struct Entry<'a> {
    micros: i64,
    thread: &'a [u8],
    prio: Option<&'a [u8]>,
    code: Option<&'a [u8]>,
    subsystem: Option<&'a [u8]>,
    data: &'a [u8],
}

impl<'a> Entry<'a> {
    fn of(record: &'a [u8]) -> Option<Entry<'a>> {
        let old = record.get(6) == Some(&b' ');
        let (stamp, rest) = match old {
            true => record.split_at_checked(15)?,
            // With a `T`: PostgreSQL and others write a blank there.
            false if record.get(10) == Some(&b'T') => {
                record.split_at_checked(memchr::memchr(b' ', record.get(..record.len().min(40))?)?)?
            }
            false => return None,
        };
        let micros = moment(stamp)?;
        let rest = rest.strip_prefix(b" ")?;
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (thread, after) = rest.split_at_checked(digits)?;
        let (thread, rest) = match after.strip_prefix(b" ") {
            Some(after) if digits > 0 && after.starts_with(b"[") => (thread, after),
            _ if old => (&b""[..], rest),
            _ => return None,
        };
        let (prio, rest) = bracket(rest);
        if !old && prio.is_none() {
            return None;
        }
        let is_prio = |word: &[u8]| {
            word.eq_ignore_ascii_case(b"note")
                || word.eq_ignore_ascii_case(b"warning")
                || word.eq_ignore_ascii_case(b"error")
                || word == b"System"
        };
        if prio.is_some_and(|prio| !is_prio(prio)) {
            return None;
        }
        let (code, rest) = match bracket(rest) {
            (Some(code), rest) if code.starts_with(b"MY-") => (Some(code), rest),
            _ => (None, rest),
        };
        let (subsystem, rest) = if code.is_some() { bracket(rest) } else { (None, rest) };
        Some(Entry { micros, thread, prio, code, subsystem, data: rest.trim_ascii() })
    }
}

/// The word in brackets that `text` begins with, and what follows.
fn bracket(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let text = text.trim_ascii_start();
    let inside = text.strip_prefix(b"[").and_then(|inside| {
        let end = inside.iter().take(32).position(|b| *b == b']')?;
        Some((inside.get(..end)?, inside.get(end + 1..)?))
    });
    inside.map_or((None, text), |(word, rest)| (Some(word), rest))
}

/// The decoder.
struct Lines;

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        Entry::of(line).is_none()
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let Some(entry) = Entry::of(record.bytes) else {
            return Err(Fault::new(record.bytes, 0, "a time, a thread and a priority"));
        };
        let data = entry.data;
        let columns = [
            (THREAD, Some(entry.thread)),
            (PRIO, entry.prio),
            (CODE, entry.code),
            (SUBSYSTEM, entry.subsystem),
            (DATA, Some(data)),
        ];
        for (column, value) in columns {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                row.set(column, Cell::Text(value));
            }
        }
        if let Some((user, host)) = data.strip_prefix(DENIED).and_then(account) {
            row.set(USER, Cell::Text(user));
            row.set(HOST, Cell::Text(host));
        } else if data.starts_with(b"Aborted connection ") {
            let named = |name: &[u8]| -> Option<&[u8]> {
                let at = memchr::memmem::find(data, name)? + name.len();
                let value = data.get(at..)?;
                value.get(..memchr::memchr(b'\'', value)?)
            };
            for (column, name) in [(USER, &b" user: '"[..]), (HOST, b" host: '")] {
                if let Some(value) = named(name) {
                    row.set(column, Cell::Text(value));
                }
            }
        }
        row.timestamp(entry.micros);
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "mysql_error",
    family: Family::Database,
    title: "MySQL error logs",
    summary: "What MySQL and MariaDB servers say of themselves: starts, errors, refused connections.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQL.LogFileSize.html",
    read_on: "2026-11-26",
    key_shape: "error/mysql-error[-running].log[.{hour}], or log group /aws/rds/{instance|cluster}/{id}/error",
    versions: "MySQL 5.7 and 8, and the form before them that MariaDB has",
    not_read: "the JSON form, which RDS does not write",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as databases write to CloudWatch Logs"),
    insights: InsightsLog {
        group: "/aws/rds/cluster/ or /aws/rds/instance/, its name and /error",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who was denied, by user and address",
        "filter data like \"Access denied\" | stats count(*) as denied, min(@timestamp) as first, max(@timestamp) as last by user, host | sort denied desc",
    ),
    ask(
        "Errors and warnings by number",
        "filter prio in [\"Error\", \"Warning\", \"ERROR\"] | stats count(*) as times, latest(data) as example by prio, error_code, subsystem | sort times desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "mysql-error-running.log",
    content: crate::sample!("mysql_error.log"),
    rows: 8,
    rejected: 1,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(row, "[{!prio=Note|System}{prio}: ]**{line:data|=no message}**")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::line_log::shown;

    #[test]
    fn records_of_all_versions() {
        let columns = ["thread_id", "prio", "error_code", "subsystem", "data", "user"];
        for (record, cells) in [
            (
                "2026-03-05T01:29:37.123456Z 0 [Note] [MY-012345] [Server] a\nb",
                ["0", "Note", "MY-012345", "Server", "a\nb", "-"],
            ),
            (
                "2026-03-05T01:29:37.123456Z 12 [Note] Access denied for user 'a'@'h' (using password: YES)",
                ["12", "Note", "-", "-", "Access denied for user 'a'@'h' (using password: YES)", "a"],
            ),
            ("260305  1:29:37 [Warning] x [y]", ["-", "Warning", "-", "-", "x [y]", "-"]),
            ("260305 12:30:43 server_audit: STOPPED", ["-", "-", "-", "-", "server_audit: STOPPED", "-"]),
        ] {
            assert_eq!(shown(&LOG, record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
        }
        for record in [
            "",
            "x",
            "2026-03-05 01:29:37 0 [Note] x",
            "2026-03-05T01:29:37Z 0 [main] x",
            "2026-03-05T01:29:37Z [Note] x",
        ] {
            assert_eq!(shown(&LOG, record, &[]).map_err(|fault| fault.0), Err(0), "{record}");
        }
    }
}
