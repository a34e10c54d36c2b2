//! History events of AWS Step Functions, as state machines log them.
//!
//! Not these: the history as the API gives it (`get-execution-history`, names in camelCase and an object per type of event);
//! changes of an execution's status, which are events of EventBridge.
//!
//! Decisions: what states got and gave (`details.input`, `details.output`) is data of the user and no column; it stays
//! reachable as a path. Delivery is best effort and in no order: an event's place in its execution is `id`, not its line.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// History events of Step Functions.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["execution_arn", "event_timestamp", "type", "id"],
    what: "have execution_arn, event_timestamp, type and id",
    time: &["event_timestamp"],
    summary,
    identity: &["execution_arn", "id", "redrive_count"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("event_timestamp", Kind::Time, Role::Timestamp)
        .aliases(&["event.created"])
        .doc("when the event happened"),
    text("type", Role::Dimension)
        .aliases(&["event.action"])
        .doc("kind of event: ExecutionStarted, TaskStateEntered, LambdaFunctionFailed and others"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure where the kind ends in Failed, TimedOut or Aborted, success where it ends in Succeeded, else unknown"),
    text("details.error", Role::Status).aliases(&["error.code", "error"]).doc("name of the error"),
    text("details.cause", Role::Identifier).aliases(&["error.message", "cause"]).doc("what is said of it"),
    text("details.name", Role::Dimension).aliases(&["name", "state"]).doc("the state that was entered or left"),
    text("details.resourceType", Role::Dimension)
        .aliases(&["resourceType"])
        .doc("the service that a task called: lambda, ecs, aws-sdk:s3 and others"),
    text("details.resource", Role::Dimension).aliases(&["resource"]).doc("the action of it, or the ARN that was called"),
    text("execution_arn", Role::Identifier).doc("the execution"),
    JsonField::computed("stateMachine", Kind::Text, Role::Dimension, &MACHINE).doc("name of the state machine"),
    text("details.roleArn", Role::Dimension).aliases(&["roleArn"]).doc("the role that the execution has"),
    text("details.workerName", Role::Dimension).aliases(&["workerName"]).doc("the worker of an activity"),
    JsonField::new("id", Kind::Int, Role::Identifier).aliases(&["event.id"]).doc("the event's number in its execution"),
    JsonField::new("previous_event_id", Kind::Int, Role::Identifier).doc("the event that led to it"),
    JsonField::new("redrive_count", Kind::Int, Role::Dimension).doc("how often the execution was taken up again"),
    JsonField::new("truncated", Kind::Bool, Role::Dimension)
        .also(&["details.inputDetails.truncated", "details.outputDetails.truncated"])
        .made()
        .doc("whether the vendor cut the input or output"),
    JsonField::computed("cloud.account.id", Kind::Text, Role::Dimension, &ACCOUNT).doc("account of the execution"),
    JsonField::computed("cloud.region", Kind::Text, Role::Dimension, &REGION).doc("region of the execution"),
];

static OUTCOME: Computed = Computed { from: &["type"], value: outcome };
static MACHINE: Computed = Computed { from: &["execution_arn"], value: |cells, _| part(cells, 6) };
static ACCOUNT: Computed = Computed { from: &["execution_arn"], value: |cells, _| part(cells, 4) };
static REGION: Computed = Computed { from: &["execution_arn"], value: |cells, _| part(cells, 3) };

/// A part of the ARN `arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME`; `express` may stand for `execution`.
fn part<'a>(cells: &[Cell<'a>], index: usize) -> Cell<'a> {
    let Some(Cell::Text(arn)) = cells.first() else { return Cell::Null };
    let part = arn.split(|b| *b == b':').nth(index).filter(|part| !part.is_empty());
    part.map_or(Cell::Null, Cell::Text)
}

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let Some(Cell::Text(kind)) = cells.first() else { return Cell::Text(b"unknown") };
    let ends = |words: &[&str]| words.iter().any(|word| kind.ends_with(word.as_bytes()));
    Cell::Text(match () {
        () if ends(&["Failed", "TimedOut", "Aborted"]) => b"failure",
        () if ends(&["Succeeded"]) => b"success",
        () => b"unknown",
    })
}

const META: Meta = Meta {
    id: "step_functions",
    family: Family::Compute,
    title: "AWS Step Functions execution logs",
    summary: "What happened in executions of state machines, one record per history event.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
    read_on: "2026-11-26",
    key_shape: "/aws/vendedlogs/states/{name}, stream states/{machine}/{yyyy}-{mm}-{dd}-{hh}-{mm}/{hash}",
    versions: "standard and express workflows, levels ALL, ERROR and FATAL",
    not_read: "the history as the API gives it",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it, as the log is in CloudWatch Logs; run it there, as `logloupe explain --to insights` writes it",
    ),
    insights: InsightsLog {
        group: "the state machine's log group, most often /aws/vendedlogs/states/ and its name",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Executions that failed, and why",
        "filter type like /^Execution(Failed|TimedOut|Aborted)$/ | fields @timestamp, stateMachine, details.error, details.cause, execution_arn | sort @timestamp desc",
    ),
    ask(
        "Each execution in a row",
        "stats earliest(@timestamp) as start, latest(@timestamp) as last, latest(type) as now, latest(details.error) as why, count(*) as events by stateMachine, execution_arn | sort start desc",
    ),
    ask(
        "Errors by what was called",
        "filter event.outcome = \"failure\" | stats count(*) as times, latest(details.cause) as why by stateMachine, type, details.resourceType, details.resource, details.error | sort times desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "step-functions.ndjson",
    content: crate::sample!("step_functions.ndjson"),
    rows: 8,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(row, "**{type|=an event}**[ {details.name}][ of {stateMachine}][: **{details.error}**]")
}
