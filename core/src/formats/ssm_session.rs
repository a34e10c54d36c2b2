//! Sessions of AWS Systems Manager, as Session Manager streams them to CloudWatch Logs: chunks of what the terminal showed.
//!
//! Not these: the log of a session that is over (S3, or a stream named like the session), which is what the terminal
//! showed as plain text, without times; sessions of port forwarding and SSH, which leave no log; who began a session
//! (CloudTrail).
//!
//! Decisions: a chunk is a row, and what it holds is kept as the lines into which the vendor cut it: a chunk may end in the
//! middle of a command, so that lines are no commands.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField,
    field::sentence::tell_with,
};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Value};

/// Streamed sessions of Session Manager.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["sessionId", "sessionData", "target.id", "eventTime"],
    what: "have sessionId, sessionData, target.id and eventTime",
    time: &["eventTime"],
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("eventTime", Kind::Time, Role::Timestamp)
        .aliases(&["event.created"])
        .doc("when the chunk was sent, in seconds"),
    text("sessionId", Role::Identifier).aliases(&["session.id"]).doc("the session: a name and a random part"),
    text("userIdentity.arn", Role::Dimension).aliases(&["user.id"]).doc("who is in the session"),
    JsonField::computed("user.name", Kind::Text, Role::Dimension, &NAME).doc("the last part of that ARN"),
    text("runAsUser", Role::Dimension)
        .aliases(&["process.user.name"])
        .doc("the user of the system as whom it runs"),
    text("target.id", Role::Dimension)
        .aliases(&["cloud.instance.id", "host.id"])
        .doc("the instance or managed node"),
    text("sessionData.0", Role::Identifier)
        .each("sessionData")
        .aliases(&["sessionData", "process.io.text"])
        .doc("what the terminal showed, line by line, escape sequences included"),
    text("awsRegion", Role::Dimension).aliases(&["cloud.region"]).doc("region of the session"),
    text("eventVersion", Role::Dimension).doc("version of the log's form"),
];

static NAME: Computed = Computed { from: &["userIdentity.arn"], value: name };

fn name<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(Cell::Text(arn)) = cells.first() else { return Cell::Null };
    let last = arn.rsplit(|b| matches!(b, b'/' | b':')).next().filter(|name| !name.is_empty());
    last.map_or(Cell::Null, Cell::Text)
}

const META: Meta = Meta {
    id: "ssm_session",
    family: Family::Audit,
    title: "Session Manager session logs",
    summary: "What terminals showed in sessions of Systems Manager, in chunks as they are streamed.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging-cloudwatch-logs.html",
    read_on: "2026-11-26",
    key_shape: "the log group of the session preferences, stream {session}",
    versions: "streamed session logs of version 1.0",
    not_read: "logs that are written when a session is over, in S3 or CloudWatch: plain text of a terminal without times",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it, as the log is in CloudWatch Logs; run it there, as `logloupe explain --to insights` writes it",
    ),
    insights: InsightsLog { group: "the log group of the session preferences", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Who was in which sessions",
        "stats earliest(@timestamp) as first, latest(@timestamp) as last, count(*) as chunks by sessionId, userIdentity.arn, runAsUser, target.id | sort first desc",
    ),
    ask(
        "Downloads, keys and passwords on screen",
        "filter sessionData like /(?i)curl|wget|password|secret|id_rsa|\\/etc\\/shadow|169\\.254\\.169\\.254|base64/ | fields @timestamp, user.name, target.id, runAsUser, sessionData | sort @timestamp asc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "ssm-session.ndjson",
    content: crate::sample!("ssm_session.ndjson"),
    rows: 4,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    let own = |name: &str| {
        (name == "line").then(|| {
            let data = row.get("sessionData.0");
            let line = data.singles().map(Value::to_string).find(|line| !line.trim().is_empty());
            line.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
        })
    };
    tell_with(row, "**{user.name|sessionId|=a session}**[ on {target.id}][: {line}]", &own)
}
