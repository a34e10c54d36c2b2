//! Events of Amazon EventBridge of any source: the envelope, and what every event has in it.
//!
//! Not these: events whose detail another format reads (CloudTrail, GuardDuty, Config, ECS and others), which are that
//! log's; events that a rule's input transformer has changed, which may have any form.
//!
//! Decisions: an event is known by its three names (`detail-type`, `source`, `detail`) and read as JSON: paths below
//! `detail` are fields without standing here, and so is `detail` itself. `state` is what the detail says in the two places where most services say
//! it. An event may be delivered twice, with the same id.

use super::{
    Family, Framing, JsonLog, Meta, Precedence, Preset, Sample, Span, ask, field::json::JsonField, tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Events of Amazon EventBridge.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["detail-type", "source", "detail"],
    what: "have detail-type, source and detail",
    precedence: Precedence::Carrier,
    time: &["time"],
    summary,
    identity: &["id"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("time", Kind::Time, Role::Timestamp)
        .aliases(&["event.created"])
        .doc("when the event happened, in seconds"),
    text("detail-type", Role::Dimension)
        .aliases(&["detailType", "detail_type", "event.action"])
        .doc("kind of event, as its source names it"),
    text("source", Role::Dimension)
        .aliases(&["event.provider"])
        .doc("who sent it: aws. and a service, or the name of an application"),
    text("state", Role::Status)
        .also(&["detail.state.value", "detail.state", "detail.status"])
        .made()
        .doc("what became of the resource, where the detail says it: its state or its status"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure or success where the state is a word for one, else unknown"),
    text("resource", Role::Dimension)
        .also(&["resources.0"])
        .made()
        .doc("ARN of the first resource that it is about"),
    text("resources", Role::Identifier).doc("ARNs of all of them, as a list"),
    text("account", Role::Dimension)
        .aliases(&["cloud.account.id", "accountId"])
        .doc("the account that sent it"),
    text("region", Role::Dimension)
        .aliases(&["cloud.region", "awsRegion"])
        .doc("the region in which it was sent"),
    text("id", Role::Identifier).aliases(&["event.id"]).doc("the event's id; a copy has the same"),
    text("version", Role::Dimension).doc("version of the envelope, 0"),
];

static OUTCOME: Computed = Computed { from: &["state"], value: outcome };

/// What the words mean that services use for an end.
fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(Cell::Text(state)) = cells.first() else { return Cell::Text(b"unknown") };
    let any = |words: &[&str]| words.iter().any(|word| state.eq_ignore_ascii_case(word.as_bytes()));
    Cell::Text(match () {
        () if any(&["FAILED", "FAILURE", "TIMED_OUT", "TIMEOUT", "ABORTED", "ERROR", "STOPPED_ON_ERROR"]) => {
            b"failure"
        }
        () if any(&["SUCCEEDED", "SUCCESS", "COMPLETED", "COMPLETE"]) => b"success",
        () => b"unknown",
    })
}

const META: Meta = Meta {
    id: "eventbridge",
    family: Family::Audit,
    title: "Amazon EventBridge events",
    summary: "Events of any service or application, where no other format reads what they carry.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html",
    read_on: "2026-11-26",
    key_shape: "/aws/events/{rule}, or what a Firehose stream to S3 is given: {prefix}/{yyyy}/{mm}/{dd}/{hh}/{stream}-{version}-{time}-{uuid}",
    versions: "events of version 0 from any source, from log groups, Firehose, SNS and SQS",
    not_read: "what an input transformer made of events",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as a rule decides where events go"),
    insights: InsightsLog { group: "the rule's log group, whose name begins with /aws/events/", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Events by source and kind",
        "stats count(*) as events, earliest(@timestamp) as first, latest(@timestamp) as last by source, `detail-type` | sort events desc",
    ),
    ask(
        "What failed",
        "filter event.outcome = \"failure\" | fields @timestamp, source, `detail-type`, state, resource | sort @timestamp desc",
    ),
    ask(
        "Resources with most events",
        "filter ispresent(resource) | stats count(*) as events, count_distinct(`detail-type`) as kinds, latest(state) as state by resource | sort events desc | limit 25",
    ),
    ask("Events over time by source", "stats count(*) as events by bin(5m), source"),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "events-1-2026-03-05-01-30-00-8edab1f8-7d34-4a8e-a965-15ccbbb78d4c",
    content: crate::sample!("eventbridge.ndjson"),
    rows: 11,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(row, "[{?event.outcome=failure}**{state}** ||{state} ]**{detail-type|=event}**[, {resource|source}]")
}
