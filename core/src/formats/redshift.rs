//! Audit logs of Amazon Redshift: connections, changes of users, and what users ran.
//!
//! Not these: system tables and their exports, PostgreSQL's logs (`postgresql`).
//!
//! ```text
//! connectionlog   = event "|" time "|" remotehost "|" … 15 to 22 columns, each with blanks at its end
//! userlog         = userid "|" username "|" oldusername "|" action "|" … "|" time
//! useractivitylog = "'" time " UTC [ db=" … " user=" … " pid=" … " userid=" … " xid=" … " ]' LOG: " statement
//! ```
//!
//! Decisions: the three logs are one table, since a question is mostly asked of all, and `log` says which one a row is of.
//! An address that is IPv4 within IPv6 is the IPv4 one in `source.ip`. Times are UTC; the day of the week that stands before
//! them is not looked at, as it may be wrong.

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    field::sql,
    line_log::{address, place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, Unit, time, value::parse_number};

/// Audit logs of Amazon Redshift.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Entry::of(line).is_some_and(|entry| !matches!(entry, Entry::Activity(None))),
    what: "begin as those of Redshift's audit logs",
    spans_lines: true,
    summary,
    sources: &["redshift_audit"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Lines))
};

const FIELDS: &[Field] = &[
    text("log", Role::Dimension).doc("connectionlog, userlog or useractivitylog"),
    Field::new("recordtime", Kind::Time, Role::Timestamp).doc("when it happened"),
    text("event", Role::Dimension).doc("of a connection: authenticated, authentication failure, initiating session, disconnecting session, set application_name"),
    text("remotehost", Role::Dimension).aliases(&["source.address", "client.address"]).doc("from where, by name or address"),
    Field::new("remoteport", Kind::Int, Role::Identifier).aliases(&["source.port", "client.port"]).doc("from which port"),
    Field::new("pid", Kind::Int, Role::Identifier).aliases(&["process.pid"]).doc("the process, one per session"),
    text("dbname", Role::Dimension).aliases(&["db", "db.name", "database"]).doc("the database"),
    text("username", Role::Dimension).aliases(&["user", "user.name", "db.user"]).doc("the user"),
    text("authmethod", Role::Dimension).doc("how the user authenticated"),
    Field::new("duration", Kind::Int, Role::Measure).doc("of a connection that ended, how long it was in microseconds"),
    Field::new("event.duration", Kind::Float, Role::Measure).unit(Unit::Millis).computed(&DURATION).doc("the same in milliseconds"),
    text("sslversion", Role::Dimension).aliases(&["tls.version_protocol"]).doc("protocol of the TLS connection"),
    text("sslcipher", Role::Dimension).aliases(&["tls.cipher"]).doc("its cipher"),
    Field::new("mtu", Kind::Int, Role::Dimension).unit(Unit::Bytes).doc("the largest unit that is sent"),
    text("sslcompression", Role::Dimension).doc("its compression"),
    text("sslexpansion", Role::Dimension).doc("its expansion"),
    text("iamauthguid", Role::Identifier).doc("the id of the IAM authentication, as CloudTrail has it"),
    text("application_name", Role::Dimension).doc("the client's program, as it says"),
    text("os_version", Role::Dimension).aliases(&["host.os.full"]).doc("the client's system"),
    text("driver_version", Role::Dimension).aliases(&["user_agent.original"]).doc("the client's driver"),
    text("plugin_name", Role::Dimension).doc("the plugin with which it authenticated"),
    text("protocol_version", Role::Dimension).doc("version of the driver's protocol"),
    text("sessionid", Role::Identifier).doc("the session"),
    text("compression", Role::Dimension).doc("the algorithm by which it is compressed"),
    text("userid", Role::Identifier).aliases(&["user.id"]).doc("the user's id"),
    text("oldusername", Role::Dimension).doc("of a rename, the name before"),
    text("action", Role::Dimension).doc("what was done to a user: create, drop, alter, rename"),
    text("usecreatedb", Role::Dimension).doc("1, if the user may make databases"),
    text("usesuper", Role::Dimension).doc("1, if the user is a superuser"),
    text("usecatupd", Role::Dimension).doc("1, if the user may change system catalogs"),
    text("valuntil", Role::Dimension).doc("when the password ends"),
    text("xid", Role::Identifier).doc("the transaction"),
    text("query", Role::Identifier).aliases(&["db.statement", "db.query.text"]).doc("the statement, all lines of it"),
    Field::new("source.ip", Kind::Ip, Role::Dimension).aliases(&["client.ip"]).computed(&ADDRESS).doc("from where, if that is an address"),
    text("event.action", Role::Dimension).computed(&ACTION).doc("the event, what was done to a user, or what the statement does"),
    sql::operation_of(&OPERATION),
    text("event.outcome", Role::Status).computed(&OUTCOME).doc("failure of an authentication that failed, success of other connections and of changes, unknown of statements"),
];

const KIND: usize = place(FIELDS, "log");
const TIME: usize = place(FIELDS, "recordtime");
const QUERY: usize = place(FIELDS, "query");

/// The columns of a connection log, in its order.
const CONNECTION: [usize; 22] = [
    place(FIELDS, "event"),
    place(FIELDS, "recordtime"),
    place(FIELDS, "remotehost"),
    place(FIELDS, "remoteport"),
    place(FIELDS, "pid"),
    place(FIELDS, "dbname"),
    place(FIELDS, "username"),
    place(FIELDS, "authmethod"),
    place(FIELDS, "duration"),
    place(FIELDS, "sslversion"),
    place(FIELDS, "sslcipher"),
    place(FIELDS, "mtu"),
    place(FIELDS, "sslcompression"),
    place(FIELDS, "sslexpansion"),
    place(FIELDS, "iamauthguid"),
    place(FIELDS, "application_name"),
    place(FIELDS, "os_version"),
    place(FIELDS, "driver_version"),
    place(FIELDS, "plugin_name"),
    place(FIELDS, "protocol_version"),
    place(FIELDS, "sessionid"),
    place(FIELDS, "compression"),
];

/// Those of a user log.
const USER: [usize; 11] = [
    place(FIELDS, "userid"),
    place(FIELDS, "username"),
    place(FIELDS, "oldusername"),
    place(FIELDS, "action"),
    place(FIELDS, "usecreatedb"),
    place(FIELDS, "usesuper"),
    place(FIELDS, "usecatupd"),
    place(FIELDS, "valuntil"),
    place(FIELDS, "pid"),
    place(FIELDS, "xid"),
    place(FIELDS, "recordtime"),
];

static ADDRESS: Computed = Computed { from: &["remotehost"], value: address };
static OPERATION: Computed = Computed { from: &["query"], value: sql::of_cells };
static DURATION: Computed = Computed {
    from: &["duration"],
    value: |cells, _| match cells {
        [Cell::Int(micros)] => Cell::Float(*micros as f64 / 1000.0),
        _ => Cell::Null,
    },
};
static ACTION: Computed = Computed {
    from: &["event", "action", "query"],
    value: |cells, out| match cells {
        [Cell::Text(event), ..] => Cell::Text(event),
        [_, Cell::Text(action), _] => Cell::Text(action),
        [_, _, Cell::Text(query)] => sql::operation(query, out),
        _ => Cell::Null,
    },
};
static OUTCOME: Computed = Computed {
    from: &["log", "event"],
    value: |cells, _| {
        Cell::Text(match cells {
            [_, Cell::Text(event)] if event.ends_with(b"failure") => b"failure",
            [Cell::Text(b"useractivitylog"), _] => b"unknown",
            _ => b"success",
        })
    },
};

/// What a line begins.
enum Entry<'a> {
    Connection(i64),
    User(i64),
    /// A time and all that follows it in the brackets, or no more than the beginning of one.
    Activity(Option<(i64, &'a [u8], &'a [u8])>),
}

/// `Mon, 5 Mar 2026 01:29:37:123`, with a colon before the milliseconds.
fn moment(text: &[u8]) -> Option<i64> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let text = text.trim_ascii();
    let rest = text.get(3..)?.strip_prefix(b", ").or_else(|| text.get(3..)?.strip_prefix(b","))?;
    let mut parts = rest.split(|b| matches!(b, b' ' | b':')).filter(|part| !part.is_empty());
    let number = |parts: &mut dyn Iterator<Item = &[u8]>| -> Option<u32> {
        let part = parts.next()?;
        let digits = part.len() <= 4 && part.iter().all(u8::is_ascii_digit);
        digits.then(|| part.iter().fold(0, |n, b| n * 10 + (b - b'0') as u32))
    };
    let day = number(&mut parts)?;
    let name = parts.next()?;
    let month = MONTHS.chunks_exact(3).position(|month| month == name)? as u32 + 1;
    let year = number(&mut parts)? as i64;
    let clock = [number(&mut parts)?, number(&mut parts)?, number(&mut parts)?];
    let millis = number(&mut parts).unwrap_or(0);
    time::from_parts(year, month, day, clock[0], clock[1], clock[2], millis as i64 * 1000)
}

impl<'a> Entry<'a> {
    fn of(record: &'a [u8]) -> Option<Entry<'a>> {
        if let Some(rest) = record.strip_prefix(b"'") {
            let (micros, taken) = time::iso_prefix(rest)?;
            let rest = rest.get(taken..)?;
            let rest = rest.strip_prefix(b" UTC [ db=").or_else(|| rest.strip_prefix(b" [ db="))?;
            let end = memchr::memmem::find(rest.get(..rest.len().min(2048))?, b" ]' LOG:");
            let parts = end.and_then(|end| Some((micros, rest.get(..end)?, rest.get(end + 8..)?)));
            return Some(Entry::Activity(parts));
        }
        let mut columns = record.split(|b| *b == b'|');
        let (first, second) = (columns.next()?, columns.next()?);
        let is_event = first.first().is_some_and(u8::is_ascii_lowercase);
        if is_event && let Some(micros) = moment(second) {
            return Some(Entry::Connection(micros));
        }
        let number = first.trim_ascii();
        let is_user = !number.is_empty() && number.len() < 12 && number.iter().all(u8::is_ascii_digit);
        if !is_user {
            return None;
        }
        let action = columns.nth(1)?.trim_ascii();
        let is_action = matches!(action, b"create" | b"drop" | b"alter" | b"rename");
        let stamp = columns.nth(6).filter(|_| is_action)?.trim_ascii();
        time::parse_iso(stamp).or_else(|| moment(stamp)).map(Entry::User)
    }
}

/// The decoder.
struct Lines;

impl Decoder for Lines {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        Entry::of(line).is_none()
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        let (micros, kind) = match Entry::of(bytes) {
            Some(Entry::Connection(micros)) => {
                let count = columns(bytes, &CONNECTION, row);
                if count < 9 {
                    return Err(Fault::new(bytes, bytes.len(), "9 columns of a connection log or more"));
                }
                (micros, &b"connectionlog"[..])
            }
            Some(Entry::User(micros)) => {
                columns(bytes, &USER, row);
                (micros, &b"userlog"[..])
            }
            Some(Entry::Activity(Some((micros, inside, statement)))) => {
                session(inside, row);
                let statement = statement.trim_ascii();
                if !statement.is_empty() {
                    row.set(QUERY, Cell::Text(statement));
                }
                (micros, &b"useractivitylog"[..])
            }
            Some(Entry::Activity(None)) => {
                return Err(Fault::new(bytes, 0, "a session in brackets and LOG:"));
            }
            None => return Err(Fault::new(bytes, 0, "a line of a connection, user or user activity log")),
        };
        row.set(KIND, Cell::Text(kind));
        row.set(TIME, Cell::Time(micros));
        row.timestamp(micros);
        Ok(Decoded::Row)
    }
}

/// Writes the columns of a line and says how many it has.
fn columns(line: &[u8], places: &[usize], row: &mut RowWriter<'_>) -> usize {
    let mut count = 0;
    for (&column, value) in places.iter().zip(line.split(|b| *b == b'|')) {
        count += 1;
        let value = value.trim_ascii();
        if value.is_empty() || column == TIME {
            continue;
        }
        let cell = match FIELDS.get(column).map(|field| field.kind) {
            Some(Kind::Int) => parse_number(value).map_or(Cell::Null, |n| Cell::Int(n as i64)),
            _ => Cell::Text(value),
        };
        row.set(column, cell);
    }
    count
}

/// `dev user=app pid=5 userid=104 xid=9`: the names of database and user may have blanks.
fn session(mut inside: &[u8], row: &mut RowWriter<'_>) {
    // From the right, as what stands there has none.
    for (name, sign) in [
        ("xid", &b" xid="[..]),
        ("userid", b" userid="),
        ("pid", b" pid="),
        ("username", b" user="),
        ("dbname", b""),
    ] {
        let at = if sign.is_empty() { Some(0) } else { memchr::memmem::rfind(inside, sign) };
        let Some((before, value)) = at.and_then(|at| inside.split_at_checked(at)) else { continue };
        let value = value.get(sign.len()..).unwrap_or_default().trim_ascii();
        inside = before;
        let Some(column) = FIELDS.iter().position(|field| field.name == name).filter(|_| !value.is_empty())
        else {
            continue;
        };
        let cell = match name {
            "pid" => parse_number(value).map_or(Cell::Null, |n| Cell::Int(n as i64)),
            _ => Cell::Text(value),
        };
        row.set(column, cell);
    }
}

const META: Meta = Meta {
    id: "redshift",
    family: Family::Database,
    title: "Amazon Redshift audit logs",
    summary: "Connections, changes of users and statements of Redshift clusters and workgroups.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/redshift/{region}/{yyyy}/{mm}/{dd}/{account}_redshift_{region}_{cluster}_{connectionlog|userlog|useractivitylog}_{time}.gz",
    versions: "connection logs of 9 to 22 columns, user logs and user activity logs, from S3 and CloudWatch Logs",
    not_read: "system tables and views, which are queried in the cluster",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog {
        group: "/aws/redshift/cluster/, the cluster's name and the kind of log",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Failed logins, by user and address",
        "filter event = \"authentication failure\" | stats count(*) as failures, min(@timestamp) as first, max(@timestamp) as last by username, source.ip, driver_version | sort failures desc",
    ),
    ask(
        "Who connected, from where and with what",
        "filter event = \"authenticated\" | stats count(*) as connections by username, source.ip, authmethod, driver_version, os_version | sort connections desc",
    ),
    ask(
        "Users that were made, changed or renamed",
        "filter ispresent(action) | fields @timestamp, action, username, oldusername, usesuper, usecreatedb | sort @timestamp desc",
    ),
    ask(
        "Data leaving: UNLOAD and COPY",
        "filter db.operation in [\"UNLOAD\", \"COPY\"] | fields @timestamp, username, dbname, query | sort @timestamp desc",
    ),
    ask(
        "Rights and tables that were changed",
        "filter db.operation like /^(GRANT|REVOKE|CREATE|ALTER|DROP|TRUNCATE)/ | fields @timestamp, username, dbname, query | sort @timestamp desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "111122223333_redshift_eu-central-1_shop_connectionlog_2026-03-05T01:30.log",
        content: crate::sample!("redshift_connection.log"),
        rows: 5,
        rejected: 2,
    },
    Sample {
        name: "111122223333_redshift_eu-central-1_shop_userlog_2026-03-05T01:30.log",
        content: crate::sample!("redshift_user.log"),
        rows: 3,
        rejected: 0,
    },
    Sample {
        name: "111122223333_redshift_eu-central-1_shop_useractivitylog_2026-03-05T01:30.log",
        content: crate::sample!("redshift_activity.log"),
        rows: 4,
        rejected: 1,
    },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{line:query|event.action|=no statement}**[ {oldusername} to][{?username}\
         [{?action} ||, ]{username}[@{source.ip|remotehost}]][ on {dbname}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::line_log::shown;

    #[test]
    fn times_have_a_colon_before_the_milliseconds() {
        let base = time::parse_iso(b"2026-03-05T01:29:37.123Z").unwrap();
        for text in
            ["Thu, 05 Mar 2026 01:29:37:123", "Mon, 5 Mar 2026 01:29:37:123 ", "Thu,05 Mar 2026 01:29:37:123"]
        {
            assert_eq!(moment(text.as_bytes()), Some(base), "{text}");
        }
        for text in [
            "",
            "Thu, 05 Mar 2026",
            "Thu, 35 Mar 2026 01:29:37:123",
            "Thu, 05 Foo 2026 01:29:37:123",
            "05 Mar 2026 01:29:37:123",
        ] {
            assert_eq!(moment(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn records_of_the_three_logs() {
        let columns =
            ["log", "username", "dbname", "source.ip", "event.action", "event.outcome", "event.duration"];
        for (record, cells) in [
            (
                "authentication failure |Thu, 05 Mar 2026 01:29:37:123|::ffff:192.0.2.7 |1224 |10|dev |app |password |0",
                ["connectionlog", "app", "dev", "192.0.2.7", "authentication failure", "failure", "0"],
            ),
            (
                "disconnecting session |Thu, 05 Mar 2026 01:29:37:123|[local] | |10|dev|a b|password|1500|||0||||more|a|b|c|d|e|f|g|h",
                ["connectionlog", "a b", "dev", "-", "disconnecting session", "success", "1.5"],
            ),
            (
                "104 |new |old |rename |0 |0 |0 | |10 |99 |Thu, 05 Mar 2026 01:29:37:123",
                ["userlog", "new", "-", "-", "rename", "success", "-"],
            ),
            (
                "'2026-03-05T01:29:37Z UTC [ db=my db user=a b pid=5 userid=104 xid=9 ]' LOG: select\n 1",
                ["useractivitylog", "a b", "my db", "-", "SELECT", "unknown", "-"],
            ),
            (
                "'2026-03-05T01:29:37Z UTC [ db= user= pid= userid= xid= ]' LOG:",
                ["useractivitylog", "-", "-", "-", "-", "unknown", "-"],
            ),
        ] {
            assert_eq!(shown(&LOG, record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
        }
        for record in [
            "",
            "select 1",
            "authenticated |soon|x",
            "authenticated |Thu, 05 Mar 2026 01:29:37:123|x",
            "104|a|b|sing|0|0|0||1|2|Thu, 05 Mar 2026 01:29:37:123",
            "'2026-03-05T01:29:37Z UTC [ db=x",
            "'2026-03-05T01:29:37Z UTC'",
        ] {
            assert!(shown(&LOG, record, &[]).is_err(), "{record}");
        }
    }
}
