//! Lambda's field table: one line per column, from which the schema, the documentation and the reader of the JSON format
//! are made. Names that begin with `@` are those of CloudWatch Logs Insights.

use crate::formats::field::json::JsonField;
use crate::formats::field::json::text;
use logloupe_table::{Cell, Computed, Kind, Role, Unit};

const fn millis(name: &'static str) -> JsonField {
    JsonField::new(name, Kind::Float, Role::Measure).unit(Unit::Millis)
}

/// What is computed comes first: a column keeps its first value.
pub(super) static FIELDS: &[JsonField] = &[
    JsonField::derived("@type", Kind::Text, Role::Dimension).doc(
        "the platform's line: START, END, REPORT, INIT_START and others; none for what the function wrote",
    ),
    JsonField::derived("event.outcome", Kind::Text, Role::Status).made().doc(
        "success or failure where the log says it: a status, an error level, an unhandled error, a time-out",
    ),
    JsonField::derived("@memorySize", Kind::Int, Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["memorySize"])
        .doc("memory configured, a million bytes for each megabyte of the log"),
    JsonField::derived("@maxMemoryUsed", Kind::Int, Role::Measure)
        .unit(Unit::Bytes)
        .aliases(&["maxMemoryUsed"])
        .doc("most memory used by the environment so far, a million bytes for each megabyte of the log"),
    JsonField::derived("@xrayTraceId", Kind::Text, Role::Identifier)
        .aliases(&["xrayTraceId", "trace.id"])
        .doc("the X-Ray trace of the invocation, if it is traced"),
    text("@requestId", Role::Identifier)
        .also(&["requestId", "record.requestId", "AWSRequestId", "function_request_id"])
        .aliases(&["request_id", "faas.execution"])
        .doc("the invocation's id"),
    text("level", Role::Dimension).also(&["log_level"]).aliases(&["log.level"]).doc(
        "level of what the function wrote, as the runtime spells it; ERROR of an unhandled error without one",
    ),
    text("message", Role::Identifier)
        .also(&["errorMessage"])
        .doc("what the function wrote, without the runtime's time, request id and level"),
    millis("@duration")
        .also(&["record.metrics.durationMs"])
        .aliases(&["duration", "durationMs"])
        .doc("time that the handler took"),
    millis("@billedDuration")
        .also(&["record.metrics.billedDurationMs"])
        .aliases(&["billedDuration", "billedDurationMs"])
        .doc("time that is billed"),
    millis("@initDuration")
        .also(&["record.metrics.initDurationMs"])
        .aliases(&["initDuration", "initDurationMs"])
        .doc("time that a cold start took before the handler; present for cold starts only"),
    millis("@restoreDuration")
        .also(&["record.metrics.restoreDurationMs"])
        .aliases(&["restoreDuration"])
        .doc("time that restoring a snapshot took (SnapStart)"),
    millis("@billedRestoreDuration")
        .also(&["record.metrics.billedRestoreDurationMs"])
        .aliases(&["billedRestoreDuration"])
        .doc("time of it that is billed"),
    text("@xraySegmentId", Role::Identifier)
        .also(&["record.tracing.spanId"])
        .aliases(&["xraySegmentId", "span.id"])
        .doc("the invocation's segment in that trace"),
    text("status", Role::Status)
        .also(&["record.status"])
        .doc("how an invocation or its start ended: success, timeout, error, failure"),
    text("errorType", Role::Status)
        .also(&["record.errorType", "message.errorType"])
        .aliases(&["error.type"])
        .doc("kind of the error that ended an invocation, or that the function logged"),
    text("type", Role::Dimension).doc(
        "the same as `@type` in the log's own spelling: `REPORT`, or `platform.report` in the JSON format",
    ),
    text("version", Role::Dimension)
        .also(&["record.version"])
        .aliases(&["faas.version"])
        .doc("the function's version that was invoked"),
    text("runtimeVersion", Role::Dimension)
        .also(&["record.runtimeVersion"])
        .doc("version of the runtime that was started"),
    text("runtimeVersionArn", Role::Identifier)
        .also(&["record.runtimeVersionArn"])
        .doc("ARN of that version"),
    text("phase", Role::Dimension)
        .also(&["record.phase"])
        .doc("the phase in which a start ended: init or invoke"),
    JsonField::computed("faas.coldstart", Kind::Bool, Role::Dimension, &COLD_START)
        .aliases(&["coldstart"])
        .doc("of a REPORT, whether the invocation waited for a cold start, or for the restore of a snapshot"),
];

static COLD_START: Computed =
    Computed { from: &["@type", "@initDuration", "@restoreDuration"], value: cold_start };

/// Whether a REPORT tells the time of a cold start, or of the restore that takes its place with SnapStart.
fn cold_start<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Text(b"REPORT"), init, restore] => Cell::Bool([init, restore] != [&Cell::Null; 2]),
        _ => Cell::Null,
    }
}

/// Places of the columns in [`FIELDS`]; a test holds them to it.
pub(super) mod column {
    pub(in super::super) const TYPE: usize = 0;
    pub(in super::super) const OUTCOME: usize = 1;
    pub(in super::super) const MEMORY_SIZE: usize = 2;
    pub(in super::super) const MEMORY_USED: usize = 3;
    pub(in super::super) const TRACE: usize = 4;
    pub(in super::super) const REQUEST: usize = 5;
    pub(in super::super) const LEVEL: usize = 6;
    pub(in super::super) const MESSAGE: usize = 7;
    pub(in super::super) const DURATION: usize = 8;
    pub(in super::super) const BILLED: usize = 9;
    pub(in super::super) const INIT: usize = 10;
    pub(in super::super) const RESTORE: usize = 11;
    pub(in super::super) const BILLED_RESTORE: usize = 12;
    pub(in super::super) const SEGMENT: usize = 13;
    pub(in super::super) const STATUS: usize = 14;
    pub(in super::super) const ERROR_TYPE: usize = 15;
    pub(in super::super) const KIND: usize = 16;
    pub(in super::super) const VERSION: usize = 17;
    pub(in super::super) const RUNTIME: usize = 18;
    pub(in super::super) const RUNTIME_ARN: usize = 19;
    pub(in super::super) const PHASE: usize = 20;
}
