//! Logs of PostgreSQL, in RDS, Aurora and elsewhere: connections, errors, statements, and pgaudit's records; as text and as
//! csvlog.
//!
//! Not these: Redshift's logs (`redshift`), MySQL's audit logs (`rds_audit`).
//!
//! Reading order: this file (columns, decoder, sentence), `prefix` (what stands before a message), `message` (what is
//! computed from it).
//!
//! ```text
//! file   = *( record / csv-row )
//! record = prefix severity ": " text *( LF text ) *( LF prefix continued ": " text *( LF text ) )
//! ```
//!
//! Decisions: columns have csvlog's names and order, in text too. A line without a prefix goes on the one before, tab or
//! not; DETAIL, HINT, QUERY, CONTEXT, STATEMENT and LOCATION of the same process belong to the record right before and are
//! columns of it. What a message says (duration, statement, connection, pgaudit's fields) is computed when it is asked
//! for. Zones are read by name where that is plain; a name that is not known counts as UTC, which is what RDS writes.

mod message;
mod prefix;
#[cfg(test)]
mod tests;

use self::prefix::Prefix;
use super::{
    Decoded, Decoder, Family, Fault, Framing, Head, LineLog, Meta, Preset, Record, Sample, Span, ask,
    field::{
        csv::{self, OpenCell},
        sql,
    },
    line_log::{place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Field, Kind, Role, Row, RowWriter, Unit, value::parse_number};

/// Logs of PostgreSQL.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Prefix::of(line).is_some() || prefix::is_csv(line),
    what: "begin with PostgreSQL's time, process and severity",
    spans_lines: true,
    summary,
    sources: &["rds_postgresql", "pgaudit"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |head| Box::new(Lines::new(head)))
};

/// Those of csvlog come first, in its order.
const FIELDS: &[Field] = &[
    Field::new("log_time", Kind::Time, Role::Timestamp).doc("when it was written"),
    text("user_name", Role::Dimension).aliases(&["user.name", "db.user"]).doc("the user"),
    text("database_name", Role::Dimension).aliases(&["db.name", "database"]).doc("the database"),
    Field::new("process_id", Kind::Int, Role::Identifier).aliases(&["process.pid"]).doc("the process, one per connection"),
    text("connection_from", Role::Dimension)
        .aliases(&["source.address", "client.address"])
        .doc("host and port of the client, or [local]"),
    text("session_id", Role::Identifier).doc("the session"),
    Field::new("session_line_num", Kind::Int, Role::Identifier).doc("the line's place in it"),
    text("command_tag", Role::Dimension).doc("kind of the command that ran: SELECT, idle, authentication"),
    Field::new("session_start_time", Kind::Time, Role::Timestamp).doc("when the session began"),
    text("virtual_transaction_id", Role::Identifier).doc("the virtual transaction"),
    text("transaction_id", Role::Identifier).doc("the transaction, 0 for none"),
    text("error_severity", Role::Status).aliases(&["log.level"]).doc("LOG, ERROR, FATAL, PANIC, WARNING, NOTICE, INFO, DEBUG1 to DEBUG5"),
    text("sql_state_code", Role::Status).aliases(&["error.code"]).doc("the SQLSTATE, 00000 for success"),
    text("message", Role::Identifier).doc("the message, all lines of it"),
    text("detail", Role::Identifier).doc("more of it, such as a statement's parameters"),
    text("hint", Role::Identifier).doc("what to do about it"),
    text("internal_query", Role::Identifier).doc("the query within a function that led to it"),
    Field::new("internal_query_pos", Kind::Int, Role::Identifier).doc("the character in that at which it went wrong"),
    text("context", Role::Identifier).doc("where it happened: functions, from the inside out"),
    text("query", Role::Identifier).doc("the statement that led to an error"),
    Field::new("query_pos", Kind::Int, Role::Identifier).doc("the character in that at which it went wrong"),
    text("location", Role::Identifier).doc("the place in PostgreSQL's source"),
    text("application_name", Role::Dimension).aliases(&["user_agent.original"]).doc("the client's program, as it says"),
    text("backend_type", Role::Dimension).doc("kind of process: client backend, autovacuum worker and others"),
    Field::new("leader_pid", Kind::Int, Role::Identifier).doc("the leader of a parallel group"),
    text("query_id", Role::Identifier).doc("the statement's id"),
    // Computed.
    Field::new("source.ip", Kind::Ip, Role::Dimension).aliases(&["client.ip"]).computed(&message::ADDRESS).doc("the client's address"),
    Field::new("source.port", Kind::Int, Role::Identifier).aliases(&["client.port"]).computed(&message::PORT).doc("the client's port"),
    text("event.action", Role::Dimension)
        .computed(&message::ACTION)
        .doc("connection received, authenticated, authorized or refused, authentication failed, disconnection, statement, audit, checkpoint"),
    text("event.outcome", Role::Status)
        .computed(&message::OUTCOME)
        .doc("failure from ERROR on, success of connections let in and of statements with a duration, unknown otherwise"),
    Field::new("event.duration", Kind::Float, Role::Measure)
        .unit(Unit::Millis)
        .computed(&message::DURATION)
        .doc("how long a statement or session took"),
    text("db.statement", Role::Identifier)
        .aliases(&["db.query.text", "sql"])
        .computed(&message::STATEMENT)
        .doc("the statement that a message, pgaudit or an error tells"),
    sql::operation_of(&message::OPERATION),
    text("audit_type", Role::Dimension).computed(&message::AUDIT_TYPE).doc("pgaudit: SESSION or OBJECT"),
    text("statement_id", Role::Identifier).computed(&message::STATEMENT_ID).doc("pgaudit: the statement's number in its session"),
    text("substatement_id", Role::Identifier).computed(&message::SUBSTATEMENT_ID).doc("pgaudit: the number of a statement within it"),
    text("class", Role::Dimension).computed(&message::CLASS).doc("pgaudit: READ, WRITE, FUNCTION, ROLE, DDL, MISC, MISC_SET"),
    text("command", Role::Dimension).computed(&message::COMMAND).doc("pgaudit: SELECT, CREATE TABLE, GRANT"),
    text("object_type", Role::Dimension).computed(&message::OBJECT_TYPE).doc("pgaudit: TABLE, VIEW, FUNCTION"),
    text("object_name", Role::Dimension).computed(&message::OBJECT_NAME).doc("pgaudit: the object with its schema"),
    text("parameter", Role::Identifier).computed(&message::PARAMETER).doc("pgaudit: the statement's parameters, <none> or <not logged>"),
];

/// How many columns are csvlog's.
const CSV: usize = place(FIELDS, "query_id") + 1;
/// How few columns a row of csvlog has had, in PostgreSQL 8.
const CSV_LEAST: usize = 22;
const USER: usize = place(FIELDS, "user_name");
const DATABASE: usize = place(FIELDS, "database_name");
const PROCESS: usize = place(FIELDS, "process_id");
const FROM: usize = place(FIELDS, "connection_from");
const SESSION: usize = place(FIELDS, "session_id");
const LINE: usize = place(FIELDS, "session_line_num");
const BEGAN: usize = place(FIELDS, "session_start_time");
const VIRTUAL: usize = place(FIELDS, "virtual_transaction_id");
const TRANSACTION: usize = place(FIELDS, "transaction_id");
const SEVERITY: usize = place(FIELDS, "error_severity");
const STATE: usize = place(FIELDS, "sql_state_code");
const MESSAGE: usize = place(FIELDS, "message");
const APPLICATION: usize = place(FIELDS, "application_name");

/// The column of a line that goes on a record.
fn continued(severity: &[u8]) -> Option<usize> {
    Some(match severity {
        b"DETAIL" => place(FIELDS, "detail"),
        b"HINT" => place(FIELDS, "hint"),
        b"QUERY" => place(FIELDS, "internal_query"),
        b"CONTEXT" => place(FIELDS, "context"),
        b"STATEMENT" => place(FIELDS, "query"),
        b"LOCATION" => place(FIELDS, "location"),
        _ => return None,
    })
}

/// The last line of what the console shows.
const END: &[u8] = b"----- END OF LOG -----";

/// The decoder of one file.
struct Lines {
    /// It is csvlog.
    csv: bool,
    cell: OpenCell,
    /// The process of the record at hand.
    process: Vec<u8>,
}

impl Lines {
    fn new(head: &Head<'_>) -> Lines {
        let text = head.records.iter().any(|line| Prefix::of(line).is_some());
        let csv = !text && head.records.iter().any(|line| prefix::is_csv(line));
        Lines { csv, cell: OpenCell::default(), process: Vec::new() }
    }
    fn csv(bytes: &[u8], row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let cells = csv::cells(bytes).map_err(|at| Fault::new(bytes, at, "a comma, or a closing quote"))?;
        let time = cells.first().and_then(|cell| prefix::moment(cell));
        let Some((micros, b"")) = time else {
            return Err(Fault::new(bytes, 0, "a time"));
        };
        if cells.len() < CSV_LEAST {
            return Err(Fault::new(bytes, bytes.len(), format!("{CSV_LEAST} columns of csvlog or more")));
        }
        for (column, cell) in cells.iter().enumerate().take(CSV).skip(1).filter(|(_, cell)| !cell.is_empty())
        {
            let value = match FIELDS.get(column).map(|f| f.kind) {
                Some(Kind::Int) => parse_number(cell).map_or(Cell::Null, |n| Cell::Int(n as i64)),
                Some(Kind::Time) => prefix::moment(cell).map_or(Cell::Null, |(micros, _)| Cell::Time(micros)),
                _ => Cell::Text(cell),
            };
            row.set(column, value);
        }
        row.set(0, Cell::Time(micros));
        row.timestamp(micros);
        Ok(Decoded::Row)
    }
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        if self.csv {
            return self.cell.goes_on(line);
        }
        let Some(prefix) = Prefix::of(line) else { return !line.starts_with(END) };
        if continued(prefix.severity).is_some() && prefix.process == self.process {
            return true;
        }
        self.process.clear();
        self.process.extend_from_slice(prefix.process);
        false
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if self.csv {
            return Lines::csv(bytes, row);
        }
        if bytes.starts_with(END) {
            return Ok(Decoded::Form);
        }
        let Some(prefix) = Prefix::of(bytes) else {
            return Err(Fault::new(bytes, 0, "a time, a process and a severity"));
        };
        let texts = [
            (USER, prefix.user),
            (DATABASE, prefix.database),
            (FROM, prefix.from),
            (SESSION, prefix.session),
            (VIRTUAL, prefix.virtual_transaction),
            (TRANSACTION, prefix.transaction),
            (SEVERITY, prefix.severity),
            (STATE, prefix.state),
            (APPLICATION, prefix.application),
        ];
        for (column, value) in texts {
            if !matches!(value, b"" | b"[unknown]") {
                row.set(column, Cell::Text(value));
            }
        }
        for (column, value) in [(PROCESS, prefix.process), (LINE, prefix.line)] {
            if let Some(number) = parse_number(value) {
                row.set(column, Cell::Int(number as i64));
            }
        }
        if let Some(began) = prefix.began {
            row.set(BEGAN, Cell::Time(began));
        }
        // The message, and the parts that go on it.
        let (mut column, mut start) = (MESSAGE, bytes.len() - prefix.text.len());
        let mut keep = |column: usize, range: std::ops::Range<usize>| {
            let text = bytes.get(range).unwrap_or_default().trim_ascii();
            if !text.is_empty() {
                row.set(column, Cell::Text(text));
            }
        };
        for feed in memchr::memchr_iter(b'\n', bytes) {
            let line = bytes.get(feed + 1..).unwrap_or_default();
            let Some(part) = Prefix::of(line) else { continue };
            keep(column, start..feed);
            start = bytes.len() - part.text.len();
            column = continued(part.severity).unwrap_or(MESSAGE);
        }
        keep(column, start..bytes.len());
        row.set(0, Cell::Time(prefix.micros));
        row.timestamp(prefix.micros);
        Ok(Decoded::Row)
    }
}

const META: Meta = Meta {
    id: "postgresql",
    family: Family::Database,
    title: "PostgreSQL logs",
    summary: "Connections, errors and statements of PostgreSQL databases, and pgaudit's records.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html",
    read_on: "2026-11-26",
    key_shape: "error/postgresql.log.{yyyy}-{mm}-{dd}-{hh}[{mm}][.csv], or log group /aws/rds/{instance|cluster}/{id}/postgresql",
    versions: "both prefixes of RDS and others with time, zone and process; csvlog of 22 to 26 columns; pgaudit",
    not_read: "prefixes without a zone or without the process in brackets; jsonlog; Database Activity Streams, which are encrypted",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as databases write to CloudWatch Logs"),
    insights: InsightsLog {
        group: "/aws/rds/cluster/ or /aws/rds/instance/, its name and /postgresql",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Failed logins, by user and address",
        "filter event.action in [\"authentication failed\", \"connection refused\"]\n| stats count(*) as failures, min(@timestamp) as first, max(@timestamp) as last, latest(message) as example by user_name, database_name, source.ip\n| sort failures desc",
    ),
    ask(
        "Who connected, from where",
        "filter event.action = \"connection authorized\"\n| stats count(*) as connections, min(@timestamp) as first, max(@timestamp) as last by user_name, database_name, source.ip, application_name\n| sort connections desc",
    ),
    ask(
        "Roles, rights and tables that were changed",
        "filter class in [\"ROLE\", \"DDL\"] or db.operation like /^(GRANT|REVOKE|CREATE|ALTER|DROP|TRUNCATE)/\n| fields @timestamp, user_name, source.ip, database_name, db.statement\n| sort @timestamp desc",
    ),
    ask(
        "What pgaudit saw, by user and object",
        "filter ispresent(audit_type) | stats count(*) as statements by user_name, class, command, object_name | sort statements desc",
    ),
    ask(
        "Signs of data leaving: COPY and large dumps",
        "filter db.operation = \"COPY\" or application_name = \"pg_dump\" | fields @timestamp, user_name, source.ip, database_name, db.statement | sort @timestamp desc",
    ),
    ask(
        "Slowest statements",
        "filter ispresent(event.duration) and ispresent(db.statement) | fields @timestamp, event.duration, user_name, database_name, db.statement | sort event.duration desc | limit 25",
    ),
    ask(
        "Errors by code and message",
        "filter error_severity in [\"ERROR\", \"FATAL\", \"PANIC\"] | stats count(*) as times by error_severity, sql_state_code, message | sort times desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "postgresql.log.2026-03-05-01",
        content: crate::sample!("postgresql.log"),
        rows: 17,
        rejected: 1,
    },
    Sample {
        name: "postgresql.log.2026-03-05-02",
        content: crate::sample!("postgresql_16.log"),
        rows: 3,
        rejected: 0,
    },
    Sample {
        name: "postgresql-server.log",
        content: crate::sample!("postgresql_own_prefix.log"),
        rows: 4,
        rejected: 0,
    },
    Sample {
        name: "postgresql.log.2026-03-05-0100.csv",
        content: crate::sample!("postgresql.csv"),
        rows: 4,
        rejected: 2,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{!error_severity=LOG}**{error_severity}**: ][{?event.action=statement|audit}\
         [{class} ]**{line:db.statement}**||**{line:message|=no message}**][ in {ms:event.duration}]\
         [, {user_name}[@{source.ip|connection_from}]||, {source.ip|connection_from}]",
    )
}
