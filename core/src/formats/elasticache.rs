//! Logs of ElastiCache for Valkey and Redis: slow commands, and what the engine says.
//!
//! Not these: the text form of both logs, whose layout AWS shows for slow commands only; MemoryDB.
//!
//! Decisions: both logs are one table; a slow command has `Command`, the engine's lines have `Message`. ElastiCache writes
//! `(2 more arguments)` in place of keys and values.

use super::{
    Family, Fault, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{
        cells,
        json::{self, JsonField, JsonRow},
        parse,
        time::time_of_day,
    },
    shorten, tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, RowWriter, Unit, time};

/// Logs of ElastiCache.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["CacheClusterId", "CacheNodeId", "Command", "Timestamp", "Message", "Time"],
    is: |marks| {
        let has = |i| marks.get(i).is_some();
        has(0) && has(1) && (has(2) && has(3) || has(4) && has(5))
    },
    what: "have a cluster and node, and a command or a message with its time",
    time: &["Timestamp"],
    extra: &["Time"],
    derived: &["Time"],
    derive,
    summary,
    sources: &["elasticache_slow_log", "elasticache_engine_log"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    text("CacheClusterId", Role::Dimension).aliases(&["service.name"]).doc("the cluster"),
    text("CacheNodeId", Role::Dimension).aliases(&["service.node.name"]).doc("the node"),
    // Slow commands.
    text("Id", Role::Identifier).doc("number of the slow log's entry"),
    JsonField::new("Timestamp", Kind::Time, Role::Timestamp).doc("when the command was carried out"),
    JsonField::new("Duration (us)", Kind::Int, Role::Measure)
        .aliases(&["Duration", "duration_us"])
        .doc("how long the command took, in microseconds"),
    text("Command", Role::Identifier).doc("the command, without keys and values"),
    JsonField::computed("event.action", Kind::Text, Role::Dimension, &ACTION)
        .doc("the command's name, in capitals"),
    text("ClientAddress", Role::Identifier).doc("address and port of the client"),
    JsonField::computed("source.ip", Kind::Ip, Role::Dimension, &SOURCE)
        .aliases(&["source.address", "client.ip"])
        .doc("address of the client"),
    JsonField::computed("source.port", Kind::Int, Role::Identifier, &SOURCE_PORT).doc("port of the client"),
    text("ClientName", Role::Dimension)
        .aliases(&["user_agent.original"])
        .doc("the name that the client gave itself"),
    // The engine's lines.
    JsonField::new("Time", Kind::Time, Role::Timestamp).doc("when the engine wrote it"),
    text("LogLevel", Role::Status)
        .also(&["Log level"])
        .aliases(&["log.level"])
        .doc("VERBOSE, NOTICE or WARNING"),
    text("Role", Role::Dimension).doc("M primary, S replica, C writer of a snapshot, X sentinel"),
    text("Message", Role::Identifier).aliases(&["message"]).doc("what the engine says"),
];

/// The engine's time.
fn derive(read: &mut JsonRow<'_>, places: &[usize], row: &mut RowWriter<'_>) -> Result<(), Fault> {
    let Some(text) = read.extra(0).text() else { return Ok(()) };
    let Some(micros) = json::point(&text, Unit::None).or_else(|| engine_time(&text)) else {
        let expected = "a time for Time, such as 05 Mar 2026 01:30:05.123 UTC".to_owned();
        return Err(Fault { at: read.extra_at(0), expected, found: shorten(&text) });
    };
    if row.time().is_none() {
        row.timestamp(micros);
    }
    row.set(places[0], Cell::Time(micros));
    Ok(())
}

/// ```text
/// time  = day SP month SP year SP time-of-day [ SP "UTC" ]
/// month = "Jan" / "Feb" / …
/// ```
fn engine_time(text: &[u8]) -> Option<i64> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut words = std::str::from_utf8(text).ok()?.split(' ');
    let mut next = || words.next().unwrap_or_default();
    let (day, month, year) = (next().parse().ok()?, next(), next().parse().ok()?);
    let month = MONTHS.chunks(3).position(|name| name == month.as_bytes())? as u32 + 1;
    let clock = parse::whole(
        |text| time_of_day(text).map(|(rest, micros)| (rest, Cell::Time(micros))),
        next().as_bytes(),
    )?;
    let midnight = time::from_parts(year, month, day, 0, 0, 0, 0)?;
    match (clock, next(), words.next()) {
        (Cell::Time(clock), "" | "UTC", None) => midnight.checked_add(clock),
        _ => None,
    }
}

static ACTION: Computed = Computed {
    from: &["Command"],
    value: |cells, out| match cells {
        [Cell::Text(command)] => {
            let name = command.split(|b| *b == b' ').next().unwrap_or_default();
            out.extend(name.iter().map(u8::to_ascii_uppercase));
            if out.is_empty() { Cell::Null } else { Cell::Text(out) }
        }
        _ => Cell::Null,
    },
};
static SOURCE: Computed = Computed {
    from: &["ClientAddress"],
    value: |cells, _| match cells {
        [Cell::Text(address)] => parse::whole(cells::host, address).unwrap_or(Cell::Null),
        _ => Cell::Null,
    },
};
static SOURCE_PORT: Computed = Computed {
    from: &["ClientAddress"],
    value: |cells, _| match cells {
        [Cell::Text(address)] => parse::whole(cells::port, address).unwrap_or(Cell::Null),
        _ => Cell::Null,
    },
};

const META: Meta = Meta {
    id: "elasticache",
    family: Family::Database,
    title: "ElastiCache logs",
    summary: "Slow commands of Valkey and Redis clusters, and what their engines say.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html",
    read_on: "2026-11-26",
    key_shape: "the log group or Firehose stream that the cluster's log delivery names",
    versions: "slow log and engine log as JSON",
    not_read: "the text form of both",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group that the cluster's log delivery names", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Slowest commands",
        "filter ispresent(Command)\n| stats count(*) as commands, max(`Duration (us)`) as longest, sum(`Duration (us)`) as total by event.action, source.ip\n| sort total desc",
    ),
    ask(
        "Commands that list, destroy or reconfigure",
        "filter event.action in [\"KEYS\", \"FLUSHALL\", \"FLUSHDB\", \"CONFIG\", \"SCAN\", \"DEBUG\", \"EVAL\", \"MIGRATE\"]\n| stats count(*) as commands by event.action, source.ip, ClientName\n| sort commands desc",
    ),
    ask(
        "Warnings of the engine",
        "filter LogLevel = \"WARNING\" | stats count(*) as lines by CacheClusterId, Message | sort lines desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "sessions-0001-001.json",
    content: crate::sample!("elasticache.ndjson"),
    rows: 6,
    rejected: 3,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[**{Command}**[ took {us:Duration (us)}][ from {source.ip}]||\
         [{?LogLevel=WARNING}**{LogLevel} **]**{Message|=message}**]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_engine() {
        for (text, iso) in [
            ("05 Mar 2026 01:30:05.123 UTC", Some("2026-03-05T01:30:05.123Z")),
            ("5 Mar 2026 01:30:05 UTC", Some("2026-03-05T01:30:05Z")),
            ("31 Dec 2025 23:59:59.999", Some("2025-12-31T23:59:59.999Z")),
            ("31 Feb 2026 01:30:05 UTC", None),
            ("05 Mar 5545200000 01:30:05 UTC", None),
            ("05 Mrz 2026 01:30:05 UTC", None),
            ("05 Mar 2026 25:30:05 UTC", None),
            ("05 Mar 2026 01:30:05 CET", None),
            ("05 Mar 2026 01:30:05 UTC more", None),
            ("05 Mar 99999999999999999999 01:30:05 UTC", None),
            ("05 Mar", None),
            ("", None),
        ] {
            assert_eq!(engine_time(text.as_bytes()).map(time::format_iso).as_deref(), iso, "{text}");
        }
    }
}
