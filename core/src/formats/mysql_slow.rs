//! Slow query logs of MySQL and MariaDB, in RDS, Aurora and elsewhere: statements that took long.
//!
//! Not these: general and error logs (`mysql_general`, `mysql_error`), audit logs (`rds_audit`), the table
//! `mysql.slow_log`.
//!
//! ```text
//! file      = *( banner / record )
//! banner    = program ", Version: " … / "Tcp port: " … / "Time   Id Command    Argument"     ; also between records
//! record    = [ "# Time: " time ] "# User@Host: " user "[" user "] @ " host "[" ip "]" [ "Id: " id ] LF
//!             *( "# " *( key ": " value ) LF )
//!             [ "use " db ";" LF ] [ "SET timestamp=" epoch ";" LF ]
//!             ( statement / "# administrator command: " name ";" )
//! ```
//!
//! Decisions: a record's time is its `# Time`; without one, as the server writes it once a second only, that of the record
//! before it; without any, `SET timestamp`. Times without a zone are UTC. Lines of the head that have no column (`# explain`)
//! stay in `@message`. Banners are form.

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    field::sql,
    line_log::{address, place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, Unit, time, value::parse_number};

/// Slow query logs of MySQL and MariaDB.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| line.starts_with(TIME) || line.starts_with(USER) || is_banner(line),
    what: "begin with # Time, # User@Host or the server's banner",
    certain: false,
    spans_lines: true,
    summary,
    sources: &["slow_log", "mysql_slowquery"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines { state: State::Outside, time: None }))
};

const fn count(name: &'static str) -> Field {
    Field::new(name, Kind::Int, Role::Measure)
}

const FIELDS: &[Field] = &[
    Field::new("start_time", Kind::Time, Role::Timestamp).doc("SET timestamp: when the statement began, in seconds"),
    text("user", Role::Dimension).aliases(&["user.name", "db.user"]).doc("the user"),
    text("host", Role::Dimension).aliases(&["source.address", "client.address"]).doc("from where, by name"),
    Field::new("ip", Kind::Ip, Role::Dimension).doc("from where, by address"),
    Field::new("source.ip", Kind::Ip, Role::Dimension)
        .aliases(&["client.ip"])
        .computed(&SOURCE)
        .doc("the address, of `host` too where that is one"),
    text("Thread_id", Role::Identifier).aliases(&["Id", "connection_id"]).doc("the connection"),
    Field::new("Query_time", Kind::Float, Role::Measure).unit(Unit::Seconds).doc("how long it took"),
    Field::new("event.duration", Kind::Float, Role::Measure)
        .unit(Unit::Millis)
        .computed(&DURATION)
        .doc("the same in milliseconds"),
    Field::new("Lock_time", Kind::Float, Role::Measure).unit(Unit::Seconds).doc("how long it waited for locks"),
    count("Rows_sent").doc("rows sent to the client"),
    count("Rows_examined").doc("rows that were read for it"),
    count("Rows_affected").doc("rows changed"),
    count("Rows_read").doc("rows read, as Percona counts them"),
    count("Bytes_sent").unit(Unit::Bytes).aliases(&["network.bytes"]).doc("bytes sent to the client"),
    text("db", Role::Dimension).aliases(&["Schema", "db.name", "database"]).doc("the database in use, of `Schema` or `use`"),
    text("Last_errno", Role::Status).aliases(&["Errno", "error.code"]).doc("number of the last error, 0 for none"),
    text("Killed", Role::Status).doc("whether it was killed"),
    text("event.outcome", Role::Status)
        .computed(&OUTCOME)
        .doc("failure where there is an error's number or it was killed, success where neither is, unknown if not told"),
    count("Tmp_tables").aliases(&["Created_tmp_tables"]).doc("temporary tables made"),
    count("Tmp_disk_tables").aliases(&["Created_tmp_disk_tables"]).doc("those of them on disk"),
    text("Full_scan", Role::Dimension).doc("Yes, if a whole table was read"),
    text("Full_join", Role::Dimension).doc("Yes, if a join had no index"),
    text("Filesort", Role::Dimension).doc("Yes, if rows were sorted"),
    text("QC_hit", Role::Dimension).doc("Yes, if the query cache had the answer"),
    text("InnoDB_trx_id", Role::Identifier).doc("the transaction"),
    text("sql_text", Role::Identifier)
        .aliases(&["query", "statement", "db.statement", "db.query.text"])
        .doc("the statement, comments and line ends included"),
    sql::operation_of(&OPERATION),
];

const START: usize = place(FIELDS, "start_time");
const USER_NAME: usize = place(FIELDS, "user");
const HOST: usize = place(FIELDS, "host");
const IP: usize = place(FIELDS, "ip");
const THREAD: usize = place(FIELDS, "Thread_id");
const DB: usize = place(FIELDS, "db");
const QUERY: usize = place(FIELDS, "sql_text");

static OPERATION: Computed = Computed { from: &["sql_text"], value: sql::of_cells };
static SOURCE: Computed = Computed {
    from: &["ip", "host"],
    value: |cells, out| match cells {
        [Cell::Text(ip), _] => Cell::Text(ip),
        [_, host] => address(&[*host], out),
        _ => Cell::Null,
    },
};
static DURATION: Computed = Computed {
    from: &["Query_time"],
    value: |cells, _| match cells {
        [Cell::Float(seconds)] => Cell::Float((seconds * 1e6).round() / 1e3),
        _ => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &["Last_errno", "Killed"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Null, Cell::Null] => b"unknown",
            [Cell::Null | Cell::Text(b"0"), Cell::Null | Cell::Text(b"0" | b"No")] => b"success",
            _ => b"failure",
        })
    },
};

const TIME: &[u8] = b"# Time: ";
const USER: &[u8] = b"# User@Host: ";

/// Whether a line is the first of the server's banner. The two that follow are told by standing behind it.
fn is_banner(line: &[u8]) -> bool {
    line.ends_with(b"started with:") && memchr::memmem::find(line, b", Version: ").is_some()
}

/// Which of the three lines of a banner a line is, given which the line before was; 0 for none.
pub(super) fn banner_line(line: &[u8], before: u8) -> u8 {
    match before {
        _ if is_banner(line) => 1,
        1 if line.starts_with(PORT) => 2,
        2 if is_columns(line) => 3,
        _ => 0,
    }
}

/// Whether a record is a line of a banner.
pub(super) fn is_form(record: &[u8]) -> bool {
    is_banner(record) || record.starts_with(PORT) || is_columns(record)
}

const PORT: &[u8] = b"Tcp port: ";

fn is_columns(line: &[u8]) -> bool {
    line.starts_with(b"Time ") && line.trim_ascii_end().ends_with(b"Command    Argument")
}

/// `2026-03-05T01:29:37.123456Z`, or `260305  1:29:37` with one or two blanks.
pub(super) fn moment(text: &[u8]) -> Option<i64> {
    let text = text.trim_ascii();
    if let Some(micros) = time::parse_iso(text) {
        return Some(micros);
    }
    let number = |text: &[u8]| -> Option<u32> {
        let digits = !text.is_empty() && text.len() <= 2 && text.iter().all(u8::is_ascii_digit);
        digits.then(|| text.iter().fold(0, |n, b| n * 10 + (b - b'0') as u32))
    };
    let (date, clock) = text.split_at_checked(6)?;
    let mut parts = clock.trim_ascii_start().split(|b| *b == b':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let [year, month, day] = [0, 2, 4].map(|at| date.get(at..at + 2).and_then(number));
    let shaped = clock.starts_with(b" ") && parts.next().is_none();
    shaped.then(|| time::from_parts(2000 + year? as i64, month?, day?, hour, minute, second, 0)).flatten()
}

/// Where in the file a line stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Before the first record, or behind a banner that is complete.
    Outside,
    /// Behind so many lines of a banner.
    Banner(u8),
    /// Behind `# Time`, so that `# User@Host` is of the same record.
    Time,
    Record,
}

/// The decoder of one file.
struct Lines {
    state: State,
    /// The last `# Time`.
    time: Option<i64>,
}

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        let (state, goes_on) = match self.state {
            _ if line.starts_with(TIME) => {
                let both = memchr::memmem::find(line, USER).is_some();
                (if both { State::Record } else { State::Time }, false)
            }
            before if line.starts_with(USER) => (State::Record, before == State::Time),
            State::Banner(before) if banner_line(line, before) > 0 => {
                (State::Banner(banner_line(line, before)), false)
            }
            _ if is_banner(line) => (State::Banner(1), false),
            State::Time | State::Record => (self.state, true),
            State::Outside | State::Banner(_) => (State::Outside, false),
        };
        self.state = state;
        goes_on
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if is_form(bytes) {
            return Ok(Decoded::Form);
        }
        let mut at = 0;
        if let Some(rest) = bytes.strip_prefix(TIME) {
            let line = rest.split(|b| *b == b'\n').next().unwrap_or(rest);
            let end = memchr::memmem::find(line, USER).unwrap_or(line.len());
            let (stamp, _) = line.split_at(end);
            let Some(micros) = moment(stamp) else {
                return Err(Fault::new(bytes, TIME.len(), "a time"));
            };
            self.time = Some(micros);
            at = TIME.len() + end;
            at += usize::from(bytes.get(at) == Some(&b'\n'));
            if at >= bytes.len() {
                // A second in which nothing was slow after all.
                return Ok(Decoded::Form);
            }
        }
        let Some(mut rest) = bytes.get(at..).and_then(|rest| rest.strip_prefix(USER)) else {
            return Err(Fault::new(bytes, at, "# User@Host"));
        };
        let mut line;
        (line, rest) = cut(rest);
        who(line, row);
        // The head; a comment of the statement may begin like a line of it.
        let mut began = None;
        while rest.starts_with(b"#") && !rest.starts_with(ADMINISTRATOR) && is_head(rest) {
            (line, rest) = cut(rest);
            pairs(line.get(1..).unwrap_or_default(), row);
        }
        loop {
            let (line, behind) = cut(rest);
            if let Some(db) = line.strip_prefix(b"use ").and_then(|db| db.strip_suffix(b";"))
                && began.is_none()
                && !behind.is_empty()
            {
                let db = db.trim_ascii();
                let bare = db.strip_prefix(b"`").and_then(|db| db.strip_suffix(b"`")).unwrap_or(db);
                row.set(DB, Cell::Text(bare));
            } else if let Some(epoch) =
                line.strip_prefix(b"SET timestamp=").and_then(|n| n.strip_suffix(b";"))
                && began.is_none()
                && let Some(seconds) = std::str::from_utf8(epoch).ok().and_then(|n| n.parse::<i64>().ok())
                && let Some(micros) = seconds.checked_mul(time::SECOND)
            {
                began = Some(micros);
                row.set(START, Cell::Time(micros));
            } else {
                break;
            }
            rest = behind;
        }
        let statement = rest.strip_prefix(b"# ").unwrap_or(rest).trim_ascii();
        if !statement.is_empty() {
            row.set(QUERY, Cell::Text(statement));
        }
        if let Some(micros) = self.time.or(began).or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

const ADMINISTRATOR: &[u8] = b"# administrator command:";

/// A line, and what follows it.
fn cut(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', text) {
        Some(end) => {
            let (line, rest) = text.split_at(end);
            (line.trim_ascii_end(), rest.get(1..).unwrap_or_default())
        }
        None => (text, b""),
    }
}

/// Whether the line that `text` begins with is of the head: empty, a pair, or one that is known.
fn is_head(text: &[u8]) -> bool {
    let (line, _) = cut(text);
    let inside = line.get(1..).unwrap_or_default();
    let word = inside.trim_ascii_start().split(|b| *b == b' ').next().unwrap_or_default();
    let is_pair = word.len() > 1 && word.ends_with(b":") && inside.starts_with(b" ");
    inside.is_empty() || is_pair || inside.starts_with(b" No InnoDB statistics")
}

/// `root[root] @ localhost [192.0.2.7]  Id: 5`.
fn who(line: &[u8], row: &mut RowWriter<'_>) {
    let (user, rest) = line.split_at(memchr::memchr(b'@', line).unwrap_or(line.len()));
    // A user's name may hold the sign too: the one between blanks counts.
    let (user, rest) = match memchr::memmem::find(line, b"] @ ") {
        Some(at) => (line.get(..at + 1).unwrap_or(user), line.get(at + 2..).unwrap_or(rest)),
        None => (user, rest),
    };
    let (outer, inner) = user.split_at(memchr::memchr(b'[', user).unwrap_or(user.len()));
    let inner = inner.trim_ascii_end();
    let inner = inner.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")).unwrap_or(inner);
    let rest = rest.get(1..).unwrap_or_default();
    let (host, rest) = rest.split_at(memchr::memchr(b'[', rest).unwrap_or(rest.len()));
    let (ip, rest) = rest.split_at(memchr::memchr(b']', rest).unwrap_or(rest.len()));
    let ip = ip.get(1..).unwrap_or_default();
    let user = Some(outer.trim_ascii()).filter(|user| !user.is_empty()).unwrap_or(inner);
    for (column, value) in [(USER_NAME, user), (HOST, host.trim_ascii())] {
        if !value.is_empty() {
            row.set(column, Cell::Text(value));
        }
    }
    if let Cell::Text(ip) = address(&[Cell::Text(ip)], &mut Vec::new()) {
        row.set(IP, Cell::Text(ip));
    }
    pairs(rest.get(1..).unwrap_or_default(), row);
}

/// `Key: value  Key: value`; a value may be missing.
fn pairs(line: &[u8], row: &mut RowWriter<'_>) {
    let mut words = line.split(|b| *b == b' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let Some(key) = word.strip_suffix(b":") else { continue };
        let Some(value) = words.next_if(|word| !word.ends_with(b":")) else { continue };
        let is = |name: &str| name.as_bytes().eq_ignore_ascii_case(key);
        let column = match key {
            b"Schema" => Some(DB),
            b"Id" => Some(THREAD),
            _ => FIELDS.iter().position(|f| is(&f.name) || f.aliases.iter().any(|alias| is(alias))),
        };
        let Some(column) = column.filter(|column| (THREAD..QUERY).contains(column)) else { continue };
        let cell = match FIELDS.get(column).map(|f| f.kind) {
            Some(Kind::Int) => parse_number(value).map_or(Cell::Null, |n| Cell::Int(n as i64)),
            Some(Kind::Float) => parse_number(value).map_or(Cell::Null, Cell::Float),
            _ => Cell::Text(value),
        };
        row.set(column, cell);
    }
}

const META: Meta = Meta {
    id: "mysql_slow",
    family: Family::Database,
    title: "MySQL slow query logs",
    summary: "Statements that took long on MySQL and MariaDB databases.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQL.LogFileSize.html",
    read_on: "2026-11-26",
    key_shape: "slowquery/mysql-slowquery.log, or log group /aws/rds/{instance|cluster}/{id}/slowquery",
    versions: "MySQL 5.0 to 8.4, MariaDB and Percona with their further lines, from RDS, Aurora and elsewhere",
    not_read: "plans in lines that begin with # explain, which stay in @message; the table mysql.slow_log",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as databases write to CloudWatch Logs"),
    insights: InsightsLog {
        group: "/aws/rds/cluster/ or /aws/rds/instance/, its name and /slowquery",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Slowest statements",
        "fields @timestamp, user, source.ip, db, Query_time, Rows_examined, sql_text | sort Query_time desc | limit 25",
    ),
    ask(
        "Large reads: rows and bytes sent, by user and address",
        "stats sum(Rows_sent) as rows, sum(Bytes_sent) as bytes, count(*) as statements by user, host, source.ip, db | sort rows desc",
    ),
    ask(
        "Time by user and kind of statement",
        "stats count(*) as statements, sum(Query_time) as seconds, max(Query_time) as slowest by user, db, db.operation | sort seconds desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "mysql-slowquery.log", content: crate::sample!("mysql_slow.log"), rows: 8, rejected: 2 },
    Sample {
        name: "percona-slow.log",
        content: crate::sample!("mysql_slow_percona.log"),
        rows: 5,
        rejected: 0,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**failed[ {Last_errno}]**: ]**{line:sql_text|=no statement}**\
         [ took {s:Query_time}][, {number:Rows_examined} rows read][, {user}\
         [@{source.ip|host}]||, {source.ip|host}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Format, Head, line_log::shown};

    #[test]
    fn times_of_both_kinds() {
        let base = time::parse_iso(b"2026-03-05T01:29:37Z").unwrap();
        for text in ["2026-03-05T01:29:37Z", "260305  1:29:37", "260305 1:29:37", "260305 01:29:37 "] {
            assert_eq!(moment(text.as_bytes()), Some(base), "{text}");
        }
        for text in [
            "",
            "260305",
            "261305 1:29:37",
            "260305 1:29",
            "26030 51:29:37",
            "260305 1:29:37:1",
            "260305 x:29:37",
        ] {
            assert_eq!(moment(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn heads_and_statements_are_told_apart() {
        let columns = ["user", "host", "source.ip", "Query_time", "db", "sql_text"];
        let head = "# User@Host: a[b] @ h [192.0.2.7]  Id: 5\n# Query_time: 1.5  Lock_time: 0 Rows_sent: 0\n";
        for (record, cells) in [
            (
                format!("{head}use shop;\nSET timestamp=1;\nSELECT 1;"),
                ["a", "h", "192.0.2.7", "1.5", "shop", "SELECT 1;"],
            ),
            (
                format!("{head}SET timestamp=1;\n### Users ###\nSELECT\n\n1"),
                ["a", "h", "192.0.2.7", "1.5", "-", "### Users ###\nSELECT\n\n1"],
            ),
            (format!("{head}SET timestamp=1;\nuse `b`;"), ["a", "h", "192.0.2.7", "1.5", "-", "use `b`;"]),
            (
                format!("{head}# administrator command: Quit;"),
                ["a", "h", "192.0.2.7", "1.5", "-", "administrator command: Quit;"],
            ),
            (
                "# User@Host: [SQL_SLAVE] @  []\n# Thread_id: 1  Schema:   QC_hit: No\n#\nX".to_owned(),
                ["SQL_SLAVE", "-", "-", "-", "-", "X"],
            ),
            (
                "# User@Host: a@b[a@b] @ 2001:db8::1 []".to_owned(),
                ["a@b", "2001:db8::1", "2001:db8::1", "-", "-", "-"],
            ),
        ] {
            assert_eq!(shown(&LOG, &record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
        }
    }

    #[test]
    fn damage_has_its_place_and_banners_are_form() {
        for (record, at) in
            [("SELECT 1;", 0), ("# Time: soon", 8), ("# Time: 260305  1:29:37\nSELECT 1", 24), ("", 0)]
        {
            assert_eq!(shown(&LOG, record, &[]).map_err(|fault| fault.0), Err(at), "{record}");
        }
        for record in [
            "/x/mysqld, Version: 8.0.35 (x). started with:",
            "Tcp port: 3306  Unix socket: x",
            "Time                 Id Command    Argument",
            "# Time: 260305  1:29:37",
        ] {
            assert_eq!(shown(&LOG, record, &[]), Ok(vec!["Form".to_owned()]), "{record}");
        }
    }

    #[test]
    fn lines_go_on_up_to_the_next_head() {
        let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &[]));
        for (line, on) in [
            ("stray", false),
            ("mysqld, Version: 8 started with:", false),
            ("Tcp port: 3306", false),
            ("Time                 Id Command    Argument", false),
            ("stray", false),
            ("# Time: 260305  1:29:37", false),
            ("# User@Host: a[a] @ h []", true),
            ("# Query_time: 1", true),
            ("Tcp port: is data", true),
            ("# User@Host: a[a] @ h []", false),
            ("# Time: 260305  1:29:37 # User@Host: a[a] @ h []", false),
            ("# User@Host: a[a] @ h []", false),
        ] {
            assert_eq!(decoder.goes_on(line.as_bytes()), on, "{line}");
        }
    }
}
