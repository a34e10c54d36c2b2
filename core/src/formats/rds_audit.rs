//! Audit logs of MySQL and MariaDB in Amazon RDS and Aurora: connections, statements, tables used.
//!
//! Not these: slow query, general and error logs (`mysql_slow`, `mysql_general`, `mysql_error`), PostgreSQL's pgaudit
//! (`postgresql`).
//!
//! ```text
//! record    = timestamp "," serverhost "," username "," host "," connectionid "," queryid "," operation "," database ","
//!             object "," [ retcode ] *( "," connection_type )
//! timestamp = 16DIGIT                            ; Aurora: microseconds since 1970
//!           / 8DIGIT SP 2DIGIT ":" 2DIGIT ":" 2DIGIT
//! object    = *( any but "," ) / "'" statement "'"
//! ```
//!
//! Decisions: commas and quotes inside the statement mean nothing, so that eight fields are taken from the left and the
//! return code from the right. `\'`, `\\`, `\n`, `\r` and `\t` of a statement are undone, which makes it the statement that
//! was sent; Aurora leaves line ends as they are, so that a record goes on until its statement is closed or another record
//! begins. A statement that the server cut may lack its closing quote. Times without a zone are UTC.

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    field::sql,
    line_log::{ADDRESS_OF_HOST, place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, time};

/// Audit logs of MySQL and MariaDB in RDS and Aurora.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Head8::of(line).is_some(),
    what: "begin with the eight fields of an audit record",
    spans_lines: true,
    summary,
    sources: &["rds_mysql_audit", "mysql_audit"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines { open: false, statement: Vec::new() }))
};

/// In the order of the record.
const FIELDS: &[Field] = &[
    Field::new("timestamp", Kind::Time, Role::Timestamp).doc("when it happened"),
    text("serverhost", Role::Dimension).aliases(&["server.address", "service.name", "host.name"]).doc("the instance"),
    text("username", Role::Dimension).aliases(&["user.name", "db.user"]).doc("the user that connected"),
    text("host", Role::Dimension).aliases(&["source.address", "client.address"]).doc("from where: an address or a name"),
    text("connectionid", Role::Identifier).doc("the connection"),
    text("queryid", Role::Identifier).doc("the query: what one statement caused has the same"),
    text("operation", Role::Dimension)
        .aliases(&["event.action"])
        .doc("CONNECT, FAILED_CONNECT, DISCONNECT, QUERY and its kinds, or what was done to a table: READ, WRITE, CREATE, ALTER, RENAME, DROP"),
    text("database", Role::Dimension).aliases(&["db.name"]).doc("the database that was in use, or the table's"),
    text("object", Role::Identifier)
        .aliases(&["query", "db.statement", "db.query.text"])
        .doc("the statement, or the table's name"),
    Field::new("retcode", Kind::Int, Role::Status)
        .aliases(&["return_code", "error.code"])
        .doc("0, or the number of the error; none for tables"),
    text("connection_type", Role::Dimension).doc("how it was connected: TCP/IP, SSL/TLS, Socket and others"),
    Field::new("source.ip", Kind::Ip, Role::Dimension)
        .aliases(&["client.ip"])
        .computed(&ADDRESS_OF_HOST)
        .doc("from where, if that is an address"),
    sql::operation_of(&OPERATION),
    text("event.outcome", Role::Status)
        .computed(&OUTCOME)
        .doc("failure where a connection was refused or there is an error's number, unknown without a return code"),
];

const FIRST: usize = place(FIELDS, "serverhost");
const OBJECT: usize = place(FIELDS, "object");
const RETCODE: usize = place(FIELDS, "retcode");
const CONNECTION: usize = place(FIELDS, "connection_type");

static OPERATION: Computed = Computed {
    from: &["operation", "object"],
    value: |cells, out| match cells {
        [Cell::Text(operation), Cell::Text(statement)] if operation.starts_with(b"QUERY") => {
            sql::operation(statement, out)
        }
        _ => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &["operation", "retcode"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"FAILED_CONNECT"), _] => b"failure",
            [_, Cell::Int(0)] => b"success",
            [_, Cell::Int(_)] => b"failure",
            _ => b"unknown",
        })
    },
};

/// The eight fields that a record begins with.
struct Head8<'a> {
    micros: i64,
    /// `serverhost` to `database`.
    fields: [&'a [u8]; 7],
    rest: &'a [u8],
}

impl<'a> Head8<'a> {
    fn of(line: &'a [u8]) -> Option<Head8<'a>> {
        let (stamp, mut rest) = split(line)?;
        let micros = moment(stamp)?;
        let mut fields = [&b""[..]; 7];
        for field in &mut fields {
            (*field, rest) = split(rest)?;
        }
        let [_, _, _, connection, query, operation, _] = fields;
        let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        let is_word = operation.len() > 3 && operation.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
        (digits(connection) && digits(query) && is_word).then_some(Head8 { micros, fields, rest })
    }
}

/// What stands before the first comma, and behind it.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b',', text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Microseconds since 1970, or `YYYYMMDD HH:MM:SS`.
fn moment(text: &[u8]) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        text.get(range)?
            .iter()
            .try_fold(0, |n: u32, b| b.is_ascii_digit().then(|| n * 10 + (b - b'0') as u32))
    };
    match text.len() {
        16 => std::str::from_utf8(text).ok()?.parse().ok().filter(|micros| *micros > 0),
        17 if text.get(8) == Some(&b' ') && text.get(11) == Some(&b':') && text.get(14) == Some(&b':') => {
            let (year, month, day) = (number(0..4)? as i64, number(4..6)?, number(6..8)?);
            time::from_parts(year, month, day, number(9..11)?, number(12..14)?, number(15..17)?, 0)
        }
        _ => None,
    }
}

/// What follows a statement, if `text` ends with that: where its closing quote stands (its end, where it has none), the
/// return code and what comes behind it.
fn tail(text: &[u8], quoted: bool) -> Option<(usize, &[u8], &[u8])> {
    let text = text.trim_ascii_end();
    let (end, behind) = match quoted {
        true => {
            let quote = memchr::memrchr(b'\'', text)?;
            let before = text.get(..quote)?;
            let escapes = before.iter().rev().take_while(|b| **b == b'\\').count();
            if escapes % 2 == 1 {
                return None;
            }
            (quote, text.get(quote + 1..)?)
        }
        // Words and blanks only may follow the number, and few.
        false => {
            let start = text.len().saturating_sub(64);
            let mut commas = memchr::memrchr_iter(b',', text.get(start..)?).map(|at| start + at);
            let last = commas.next()?;
            let is_number = |at: usize| text.get(at + 1).is_some_and(u8::is_ascii_digit);
            let at = if is_number(last) { last } else { commas.next().filter(|at| is_number(*at))? };
            text.split_at_checked(at).map(|(before, behind)| (before.len(), behind))?
        }
    };
    let behind = behind.strip_prefix(b",")?;
    let digits = behind.iter().take_while(|b| b.is_ascii_digit()).count();
    let (code, more) = behind.split_at_checked(digits)?;
    let is_kind = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'/' | b' ' | b',');
    let follows = more.is_empty() || more.starts_with(b",");
    (follows && more.iter().all(is_kind)).then_some((end, code, more))
}

/// The decoder of one file.
struct Lines {
    /// The record at hand has a statement that is not closed yet.
    open: bool,
    /// Where a statement is put together.
    statement: Vec<u8>,
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        let head = Head8::of(line);
        let begins = !self.open || head.is_some();
        self.open = match head {
            Some(head) => {
                head.rest.starts_with(b"'") && tail(head.rest.get(1..).unwrap_or_default(), true).is_none()
            }
            None => self.open && tail(line, true).is_none(),
        };
        !begins
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        let Some(head) = Head8::of(bytes) else {
            return Err(Fault::new(
                bytes,
                0,
                "time, host, user, host, connection, query, operation and database",
            ));
        };
        let at = bytes.len() - head.rest.len();
        let (code, kind) = match head.rest.strip_prefix(b"'") {
            Some(statement) => {
                let Some((end, code, kind)) = tail(statement, true).or_else(|| tail(statement, false)) else {
                    return Err(Fault::new(bytes, at, "a statement, its closing quote and a return code"));
                };
                unescape(statement.get(..end).unwrap_or_default(), &mut self.statement);
                row.set(OBJECT, Cell::Text(&self.statement));
                (code, kind)
            }
            None => {
                // Without an object the return code comes at once.
                let (object, behind) = split(head.rest).unwrap_or((b"", head.rest));
                let behind = behind.trim_ascii_end();
                let digits = behind.iter().take_while(|b| b.is_ascii_digit()).count();
                let (code, kind) = behind.split_at(digits);
                if !matches!(kind.first(), None | Some(b',')) {
                    return Err(Fault::new(bytes, bytes.len() - kind.len(), "return code"));
                }
                if !object.is_empty() {
                    row.set(OBJECT, Cell::Text(object));
                }
                (code, kind)
            }
        };
        for (i, field) in head.fields.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
            row.set(FIRST + i, Cell::Text(field));
        }
        if let Some(number) = std::str::from_utf8(code).ok().and_then(|code| code.parse().ok()) {
            row.set(RETCODE, Cell::Int(number));
        }
        if let Some(kind) = kind.get(1..).map(|kind| kind.split(|b| *b == b',').next().unwrap_or_default())
            && !kind.is_empty()
        {
            row.set(CONNECTION, Cell::Text(kind));
        }
        row.set(0, Cell::Time(head.micros));
        row.timestamp(head.micros);
        Ok(Decoded::Row)
    }
}

/// Writes a statement without its escapes.
fn unescape(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let meant = match rest.get(at + 1) {
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b @ (b'\'' | b'"' | b'\\')) => *b,
            _ => {
                // No escape, or one that was cut.
                out.push(b'\\');
                rest = rest.get(at + 1..).unwrap_or_default();
                continue;
            }
        };
        out.push(meant);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

const META: Meta = Meta {
    id: "rds_audit",
    family: Family::Database,
    title: "RDS and Aurora MySQL audit logs",
    summary: "Connections, statements and uses of tables of MySQL and MariaDB databases.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html",
    read_on: "2026-11-26",
    key_shape: "audit/server_audit.log[.{n}], or log group /aws/rds/{instance|cluster}/{id}/audit",
    versions: "Aurora MySQL (microseconds) and the MariaDB audit plugin of RDS (date and time), with and without connection_type",
    not_read: "Database Activity Streams, which are encrypted; the plugin's lines in a syslog",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as databases write to CloudWatch Logs"),
    insights: InsightsLog {
        group: "/aws/rds/cluster/ or /aws/rds/instance/, its name and /audit",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Failed logins, by user and address",
        "filter operation = \"FAILED_CONNECT\" or (operation = \"CONNECT\" and retcode != 0)\n| stats count(*) as failures, min(@timestamp) as first, max(@timestamp) as last by username, host, retcode\n| sort failures desc",
    ),
    ask(
        "Who connected, from where and how",
        "filter operation = \"CONNECT\"\n| stats count(*) as connections, min(@timestamp) as first, max(@timestamp) as last by username, host, connection_type, event.outcome\n| sort connections desc",
    ),
    ask(
        "Users and rights that were changed",
        "filter db.operation in [\"GRANT\", \"REVOKE\", \"CREATE USER\", \"ALTER USER\", \"DROP USER\", \"RENAME USER\", \"CREATE ROLE\", \"DROP ROLE\"] or object like /(?i)set password/\n| fields @timestamp, username, host, object, event.outcome\n| sort @timestamp desc",
    ),
    ask(
        "What was dropped, emptied or deleted",
        "filter db.operation in [\"DROP TABLE\", \"DROP DATABASE\", \"DROP SCHEMA\", \"DROP VIEW\", \"TRUNCATE\", \"DELETE\"]\n| fields @timestamp, username, host, database, object, event.outcome\n| sort @timestamp desc",
    ),
    ask(
        "Changes of tables and databases (DDL)",
        "filter db.operation like /^(CREATE|ALTER|DROP|RENAME|TRUNCATE)/\n| stats count(*) as statements by username, host, database, db.operation\n| sort statements desc",
    ),
    ask(
        "Signs of a dump: whole tables read, files written",
        "filter object like /(?i)sql_no_cache|into (out|dump)file|load_file|select \\* from \\S+$|lock tables/\n| fields @timestamp, username, host, database, object\n| sort @timestamp desc",
    ),
    ask(
        "Statements by user and address",
        "filter operation like /^QUERY/\n| stats count(*) as statements, count_distinct(database) as databases by username, host, db.operation\n| sort statements desc",
    ),
    ask(
        "Statements that failed: syntax errors and denied access",
        "filter operation like /^QUERY/ and retcode != 0\n| stats count(*) as failures by retcode, username, host, db.operation\n| sort failures desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "audit.log.0.2026-03-05-01-30.0",
        content: crate::sample!("rds_audit_aurora.log"),
        rows: 7,
        rejected: 1,
    },
    Sample {
        name: "server_audit.log",
        content: crate::sample!("rds_audit_mariadb.log"),
        rows: 13,
        rejected: 2,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**failed[ {retcode}]**: ]**{db.operation|operation|=an event}**[ \
         [{!db.operation}{database}.]{line:object}||{!db.operation} {database}][, {username}\
         [@{host}]||, {host}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Format, Head, line_log::shown};

    fn read(record: &str) -> Result<Vec<String>, (usize, String)> {
        shown(&LOG, record, &["operation", "database", "object", "retcode", "connection_type"])
    }

    const HEAD: &str = "20260305 01:29:37,ip-10-0-0-5,admin,192.0.2.7,48,30,";

    #[test]
    fn statements_end_where_the_return_code_begins() {
        for (tail, cells) in [
            (r"QUERY,shop,'SELECT a, b',0", ["QUERY", "shop", "SELECT a, b", "0", "-"]),
            (
                r"QUERY,shop,'n = \'O\\\'Brien, Pat\'',0,,",
                ["QUERY", "shop", r"n = 'O\'Brien, Pat'", "0", "-"],
            ),
            (r"QUERY,shop,'a\n\tb\\',1064,TCP/IP", ["QUERY", "shop", "a\n\tb\\", "1064", "TCP/IP"]),
            ("QUERY,shop,'a\n','b\n',0,SSL/TLS", ["QUERY", "shop", "a\n','b\n", "0", "SSL/TLS"]),
            // Cut by the server: no closing quote, half an escape.
            (r"QUERY,shop,'SELECT \'x, 12\,0", ["QUERY", "shop", r"SELECT 'x, 12\", "0", "-"]),
            (
                r"QUERY,shop,'SELECT \'x\',0,Shared memory",
                ["QUERY", "shop", "SELECT 'x'", "0", "Shared memory"],
            ),
            ("QUERY,shop,0", ["QUERY", "shop", "-", "0", "-"]),
            ("QUERY,,'',0", ["QUERY", "-", "-", "0", "-"]),
            ("CONNECT,,,0,Socket", ["CONNECT", "-", "-", "0", "Socket"]),
            ("FAILED_CONNECT,,,1045", ["FAILED_CONNECT", "-", "-", "1045", "-"]),
            ("CREATE,shop,orders,", ["CREATE", "shop", "orders", "-", "-"]),
        ] {
            let shown = cells.map(str::to_owned).to_vec();
            assert_eq!(read(&format!("{HEAD}{tail}")), Ok(shown), "{tail}");
        }
    }

    #[test]
    fn damage_has_its_place() {
        let at = HEAD.len();
        for (record, place) in [
            (String::new(), 0),
            ("20261305 01:29:37,a,b,c,1,2,QUERY,d,'x',0".to_owned(), 0),
            ("20260305 01:29:37,a,b,c,1,x,QUERY,d,'x',0".to_owned(), 0),
            (format!("{HEAD}QUERY,shop,'SELECT 1"), at + 11),
            (format!("{HEAD}QUERY,shop,'SELECT 1',0x"), at + 11),
            (format!("{HEAD}CREATE,shop,orders,oops"), at + 19),
        ] {
            assert_eq!(read(&record).map_err(|(at, _)| at), Err(place), "{record}");
        }
    }

    #[test]
    fn lines_go_on_while_the_statement_is_open() {
        let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &[]));
        let lines = [
            (format!("{HEAD}QUERY,shop,'SELECT 1',0"), false),
            ("no record, no statement".to_owned(), false),
            (format!("{HEAD}QUERY,shop,'SELECT"), false),
            ("  'a', 0".to_owned(), true),
            (r"  \'b\',0".to_owned(), true),
            ("  ,0".to_owned(), true),
            ("',0".to_owned(), true),
            ("',0".to_owned(), false),
            (format!("{HEAD}QUERY,shop,'cut"), false),
            (format!("{HEAD}CONNECT,shop,,0"), false),
            ("x".to_owned(), false),
        ];
        for (line, on) in lines {
            assert_eq!(decoder.goes_on(line.as_bytes()), on, "{line}");
        }
    }
}
