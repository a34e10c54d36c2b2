//! General query logs of MySQL and MariaDB: every connection and statement.
//!
//! Not these: slow query and error logs (`mysql_slow`, `mysql_error`), audit logs (`rds_audit`), the table
//! `mysql.general_log`.
//!
//! ```text
//! record = ( time TAB / TAB TAB ) *SP thread SP command [ TAB argument ]
//! time   = ISO 8601 / yymmdd 1*SP h:mm:ss              ; left out while the second is the same
//! ```
//!
//! Decisions: a line that is no record goes on the one before, as statements span lines. The user, host and database of a
//! connection are columns of its `Connect` and of nothing else: a statement has the connection's `thread_id`.

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    field::sql,
    line_log::{ADDRESS_OF_HOST, place, text},
    mysql_slow::{self, moment},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter};

/// General query logs of MySQL and MariaDB.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| General::of(line).is_some(),
    what: "have time, thread and command",
    spans_lines: true,
    summary,
    sources: &["general_log"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines { time: None, banner: 0 }))
};

const FIELDS: &[Field] = &[
    text("thread_id", Role::Identifier).aliases(&["Id", "connection_id"]).doc("the connection"),
    text("command_type", Role::Dimension)
        .aliases(&["Command", "event.action"])
        .doc("Connect, Query, Quit, Init DB, Prepare, Execute and others"),
    text("argument", Role::Identifier)
        .aliases(&["query", "db.statement", "db.query.text"])
        .doc("the statement, or what the command is about"),
    text("user", Role::Dimension).aliases(&["user.name", "db.user"]).doc("of a Connect, the user"),
    text("host", Role::Dimension).aliases(&["source.address", "client.address"]).doc("of a Connect, from where"),
    Field::new("source.ip", Kind::Ip, Role::Dimension)
        .aliases(&["client.ip"])
        .computed(&ADDRESS_OF_HOST)
        .doc("from where, if that is an address"),
    text("db", Role::Dimension).aliases(&["db.name", "database"]).doc("of a Connect or Init DB, the database"),
    sql::operation_of(&OPERATION),
    text("event.outcome", Role::Status)
        .computed(&OUTCOME)
        .doc("failure of a Connect that was denied, success of others; unknown of statements, which are written before they run"),
];

const THREAD: usize = place(FIELDS, "thread_id");
const COMMAND: usize = place(FIELDS, "command_type");
const ARGUMENT: usize = place(FIELDS, "argument");
const USER: usize = place(FIELDS, "user");
const HOST: usize = place(FIELDS, "host");
const DB: usize = place(FIELDS, "db");

static OPERATION: Computed = Computed {
    from: &["command_type", "argument"],
    value: |cells, out| match cells {
        [Cell::Text(b"Query" | b"Prepare" | b"Execute"), Cell::Text(statement)] => {
            sql::operation(statement, out)
        }
        _ => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &["command_type", "argument"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"Connect"), Cell::Text(said)] if said.starts_with(DENIED) => b"failure",
            [Cell::Text(b"Connect"), _] => b"success",
            _ => b"unknown",
        })
    },
};

pub(super) const DENIED: &[u8] = b"Access denied for user ";

/// The commands that MySQL and MariaDB name in this log, as their sources list them.
const COMMANDS: [&str; 36] = [
    "Query",
    "Connect",
    "Quit",
    "Execute",
    "Prepare",
    "Close stmt",
    "Init DB",
    "Field List",
    "Ping",
    "Statistics",
    "Reset stmt",
    "Sleep",
    "Create DB",
    "Drop DB",
    "Refresh",
    "Shutdown",
    "Processlist",
    "Connect Out",
    "Kill",
    "Debug",
    "Time",
    "Delayed insert",
    "Change user",
    "Binlog Dump",
    "Table Dump",
    "Register Slave",
    "Register Replica",
    "Long Data",
    "Set option",
    "Fetch",
    "Daemon",
    "Binlog Dump GTID",
    "Reset Connection",
    "Error",
    "Bulk_execute",
    "clone",
];

/// The parts of a record.
struct General<'a> {
    time: Option<i64>,
    thread: &'a [u8],
    command: &'a [u8],
    argument: &'a [u8],
}

impl<'a> General<'a> {
    fn of(record: &'a [u8]) -> Option<General<'a>> {
        let (time, rest) = match record.strip_prefix(b"\t\t") {
            Some(rest) => (None, rest),
            None => {
                let head = record.get(..record.len().min(40))?;
                let (stamp, _) = head.split_at_checked(memchr::memchr(b'\t', head)?)?;
                (Some(moment(stamp)?), record.get(stamp.len() + 1..)?)
            }
        };
        let rest = rest.trim_ascii_start();
        let (thread, rest) = rest.split_at_checked(rest.iter().take_while(|b| b.is_ascii_digit()).count())?;
        let rest = rest.strip_prefix(b" ")?;
        let end = rest.iter().take(24).position(|b| matches!(b, b'\t' | b'\n')).unwrap_or(rest.len());
        let (command, argument) = rest.split_at_checked(end)?;
        let command = command.trim_ascii_end();
        let is_known = COMMANDS.iter().any(|known| known.as_bytes() == command);
        (!thread.is_empty() && is_known).then_some(General {
            time,
            thread,
            command,
            argument: argument.strip_prefix(b"\t").unwrap_or(argument).trim_ascii_end(),
        })
    }
}

/// The user and host of `'user'@'host' …`, or of `user@host …`; user and host may be empty.
pub(super) fn account(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(inside) = text.strip_prefix(b"'") {
        let at = memchr::memmem::find(inside, b"'@'")?;
        let (user, host) = inside.split_at_checked(at)?;
        let host = host.get(3..)?;
        return Some((user, host.get(..memchr::memchr(b'\'', host)?)?));
    }
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let (name, _) = text.split_at_checked(end)?;
    let at = memchr::memrchr(b'@', name)?;
    Some((name.get(..at)?, name.get(at + 1..)?))
}

/// The decoder of one file.
struct Lines {
    /// The time written last.
    time: Option<i64>,
    /// How many lines of a banner the last lines were.
    banner: u8,
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        let before = std::mem::take(&mut self.banner);
        self.banner = mysql_slow::banner_line(line, before);
        self.banner == 0 && General::of(line).is_none()
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if mysql_slow::is_form(bytes) {
            return Ok(Decoded::Form);
        }
        let Some(general) = General::of(bytes) else {
            return Err(Fault::new(bytes, 0, "a time, a thread and a command"));
        };
        self.time = general.time.or(self.time);
        row.set(THREAD, Cell::Text(general.thread));
        row.set(COMMAND, Cell::Text(general.command));
        let argument = general.argument;
        if !argument.is_empty() {
            row.set(ARGUMENT, Cell::Text(argument));
        }
        match general.command {
            b"Connect" | b"Change user" => {
                if let Some((user, host)) = account(argument.strip_prefix(DENIED).unwrap_or(argument)) {
                    for (column, value) in [(USER, user), (HOST, host)] {
                        if !value.is_empty() {
                            row.set(column, Cell::Text(value));
                        }
                    }
                }
                let mut words = argument.split(|b| *b == b' ').skip_while(|word| *word != b"on").skip(1);
                if let Some(db) = words.next().filter(|db| !db.is_empty() && *db != b"using") {
                    row.set(DB, Cell::Text(db));
                }
            }
            b"Init DB" if !argument.is_empty() => row.set(DB, Cell::Text(argument)),
            _ => {}
        }
        if let Some(micros) = self.time.or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "mysql_general",
    family: Family::Database,
    title: "MySQL general query logs",
    summary: "Every connection and statement of MySQL and MariaDB databases.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQL.LogFileSize.html",
    read_on: "2026-11-26",
    key_shape: "general/mysql-general.log, or log group /aws/rds/{instance|cluster}/{id}/general",
    versions: "MySQL 5.0 to 8.4 and MariaDB, with times of both kinds and without one while the second is the same",
    not_read: "the table mysql.general_log",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as databases write to CloudWatch Logs"),
    insights: InsightsLog {
        group: "/aws/rds/cluster/ or /aws/rds/instance/, its name and /general",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who connected and who was denied",
        "filter command_type = \"Connect\" | stats count(*) as connections by user, host, db, event.outcome | sort connections desc",
    ),
    ask(
        "Changes of users, rights and tables",
        "filter db.operation like /^(GRANT|REVOKE|CREATE|ALTER|DROP|RENAME|TRUNCATE)/ | fields @timestamp, thread_id, argument | sort @timestamp desc",
    ),
    ask(
        "Statements by kind and connection",
        "stats count(*) as statements by thread_id, db.operation | sort statements desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "mysql-general.log",
    content: crate::sample!("mysql_general.log"),
    rows: 14,
    rejected: 1,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**denied**: ]**{db.operation|command_type|=an event}**\
         [ {line:argument}][, connection {thread_id}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Format, Head, line_log::shown};

    #[test]
    fn commands_have_arguments_of_several_lines() {
        let columns = ["command_type", "argument", "user", "source.ip", "db", "event.outcome"];
        for (record, cells) in [
            (
                "2026-03-05T01:29:37.123456Z\t   12 Query\tSELECT 1,\n\t 2",
                ["Query", "SELECT 1,\n\t 2", "-", "-", "-", "unknown"],
            ),
            (
                "260305  1:29:37\t12 Connect\ta@192.0.2.7 on shop using TCP/IP",
                ["Connect", "a@192.0.2.7 on shop using TCP/IP", "a", "192.0.2.7", "shop", "success"],
            ),
            (
                "\t\t   12 Connect\tAccess denied for user 'a'@'2001:db8::1' (using password: YES)",
                [
                    "Connect",
                    "Access denied for user 'a'@'2001:db8::1' (using password: YES)",
                    "a",
                    "2001:db8::1",
                    "-",
                    "failure",
                ],
            ),
            ("\t\t12 Init DB\tshop", ["Init DB", "shop", "-", "-", "shop", "unknown"]),
            ("\t\t12 Quit", ["Quit", "-", "-", "-", "-", "unknown"]),
            (
                "\t\t12 Connect\ta@h on  using Socket",
                ["Connect", "a@h on  using Socket", "a", "-", "-", "success"],
            ),
        ] {
            assert_eq!(shown(&LOG, record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
        }
    }

    #[test]
    fn what_is_no_command_goes_on() {
        let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &[]));
        for line in [
            "\t\tSELECT 1",
            "\t\t12 Selected\tx",
            "260305 x\t12 Query\tx",
            "",
            "12 Query\tx",
            "\t\t Query\tx",
        ] {
            assert!(decoder.goes_on(line.as_bytes()), "{line}");
            assert_eq!(shown(&LOG, line, &[]).map_err(|fault| fault.0), Err(0), "{line}");
        }
    }
}
