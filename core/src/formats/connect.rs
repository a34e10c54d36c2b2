//! Flow logs of Amazon Connect: the blocks of flows through which a contact went.
//!
//! Not these: contact records, agent events and contact events of Connect; logs of bots (Lex).
//!
//! Decisions: what blocks were given and found (`Parameters`, `Results`) may be what a caller said or typed: the result is a
//! column, as it says what failed, and the parameters are paths, but for the function and the queue that they name.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Flow logs of Connect.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["ContactFlowId", "ContactId", "Timestamp"],
    what: "have ContactFlowId, ContactId and Timestamp",
    time: &["Timestamp"],
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("Timestamp", Kind::Time, Role::Timestamp)
        .aliases(&["event.created"])
        .doc("when the block was run"),
    text("ContactId", Role::Identifier).doc("the contact: a call, a chat or a task"),
    text("ContactFlowName", Role::Dimension).doc("name of the flow"),
    text("ContactFlowModuleType", Role::Dimension)
        .aliases(&["event.action"])
        .doc("kind of block: SetQueue, GetUserInput, InvokeExternalResource and others"),
    text("Results", Role::Status).doc("what the block found: a choice, a value, Error"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure where the result is an error, else unknown"),
    text("Parameters.FunctionArn", Role::Dimension)
        .also(&["Parameters.LambdaFunctionARN"])
        .aliases(&["FunctionArn"])
        .doc("the Lambda function that was called"),
    text("Parameters.Queue", Role::Dimension).aliases(&["Queue"]).doc("the queue that was set"),
    text("Identifier", Role::Identifier).doc("the block's id in the flow"),
    text("ContactFlowId", Role::Dimension).doc("ARN of the flow, the same for all its versions"),
];

static OUTCOME: Computed = Computed { from: &["Results"], value: outcome };

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let is_error = |text: &[u8]| text.get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"error"));
    Cell::Text(match cells {
        [Cell::Text(result)] if is_error(result) => b"failure",
        _ => b"unknown",
    })
}

const META: Meta = Meta {
    id: "connect",
    family: Family::Other,
    title: "Amazon Connect flow logs",
    summary: "Blocks of flows through which contacts went, one record per block.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-log-data.html",
    read_on: "2026-11-26",
    key_shape: "/aws/connect/{instance}, stream {yyyy}/{mm}/{dd}/{hh}/stream-{random}",
    versions: "flow logs of CloudWatch, with and without the flow's name",
    not_read: "contact records and events, which are logs of their own",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it, as the log is in CloudWatch Logs; run it there, as `logloupe explain --to insights` writes it",
    ),
    insights: InsightsLog { group: "/aws/connect/ and the instance's name", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Blocks that fail",
        "filter event.outcome = \"failure\" | stats count(*) as times, count_distinct(ContactId) as contacts, latest(Parameters.FunctionArn) as function by ContactFlowName, ContactFlowModuleType, Results | sort times desc",
    ),
    ask(
        "One contact's way, block by block",
        "fields @timestamp, ContactId, ContactFlowName, ContactFlowModuleType, Results | sort ContactId asc, @timestamp asc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "connect.ndjson", content: crate::sample!("connect.ndjson"), rows: 5, rejected: 2 }];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**failed** ]**{ContactFlowModuleType|=a block}**[ of {ContactFlowName}]\
         [: {Results}]",
    )
}
