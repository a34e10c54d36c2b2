//! Logs of AWS Lambda functions, as text or in Lambda's JSON format: the platform's own lines (START, END, REPORT with
//! its metrics, INIT_START and relatives) and, between them, whatever the function wrote.
//!
//! Not these: Lambda Insights' metric events, telemetry of extensions beyond its first word, logs of other programs
//! that run in containers.
//!
//! Reading order: `fields` (the columns), this file (recognising, the JSON format, the sentence), `lines` and `written` (text),
//! `errors` (what a message says of an error).
//!
//! Decisions:
//! - Columns that CloudWatch Logs Insights discovers have its names (`@type`, `@duration`) and its units: milliseconds,
//!   and bytes of which a million are what the log calls a megabyte. The JSON format feeds the same columns, so that one
//!   query fits both.
//! - Every line is a row: a function may print anything. Only a REPORT whose metrics are no numbers is rejected.
//! - `@timestamp` is the time that CloudWatch gave the line; without one, the runtime's own. A line that has neither
//!   has no time: what stood before it may be in another part of the file.
//! - `message` is what the function wrote, without the runtime's time, request id and level.
//! - An error that no handler caught has the level ERROR, its type and a failed outcome, whatever the runtime and the
//!   form in which it writes it. A time-out has the type that Lambda's answer gives it, `Sandbox.Timedout`.

mod errors;
mod fields;
mod lines;
#[cfg(test)]
mod tests;
mod written;

use self::{
    errors::Report,
    fields::{FIELDS, column},
    lines::{PlatformLine, insights_type, megabytes, root, set_outcome, tail_prefix},
    written::Written,
};
use std::borrow::Cow;

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, JsonPart, Meta, Preset, Record, Sample, Sniff,
    Span, ask,
    field::{
        ids::uuid,
        json::{self, Json, JsonColumns},
        whole,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Field, Row, RowWriter, Unit};

/// Logs of AWS Lambda functions.
pub struct Lambda;

static META: Meta = Meta {
    id: "lambda",
    family: Family::Compute,
    title: "AWS Lambda function logs",
    summary: "What Lambda functions wrote, and the platform's report of each invocation.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    read_on: "2026-11-21",
    key_shape: "{prefix}/{export-task}/{yyyy}-{mm}-{dd}-[{version}]{environment}/000000.gz",
    versions: "text and JSON format, platform lines of all managed runtimes",
    not_read: "metric events of Lambda Insights",
};

/// Functions write to CloudWatch Logs, where the log is at home.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it, as functions write to CloudWatch Logs; run it there, as \
         `logloupe explain --to insights` writes it",
    ),
    insights: InsightsLog { group: "/aws/lambda/ and the function's name", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Latency over time",
        "filter @type = \"REPORT\" | stats avg(@duration), max(@duration), min(@duration), pct(@duration, 99) by bin(5m)",
    ),
    ask(
        "Memory that is paid for and not used",
        "filter @type = \"REPORT\"\n| stats max(@memorySize / 1000 / 1000) as provisionedMemoryMB,\n    max(@maxMemoryUsed / 1000 / 1000) as maxMemoryUsedMB,\n    provisionedMemoryMB - maxMemoryUsedMB as overProvisionedMB",
    ),
    ask(
        "Cold starts over time",
        "filter @type = \"REPORT\" | stats count(*) as invocations, count(@initDuration) as coldStarts, avg(@initDuration) as meanMs, max(@initDuration) as maxMs by bin(5m)",
    ),
    ask(
        "Slowest invocations",
        "filter @type = \"REPORT\" | fields @timestamp, @requestId, @duration, @billedDuration, @maxMemoryUsed | sort @duration desc | limit 25",
    ),
    ask(
        "Errors and time-outs",
        "filter event.outcome = \"failure\" | fields @timestamp, @type, level, @requestId, message | sort @timestamp desc",
    ),
    ask(
        "What the function writes most",
        "filter ispresent(message) | stats count(*) as times by level, message | sort times desc | limit 25",
    ),
    ask(
        "Billed time by hour",
        "filter @type = \"REPORT\" | stats sum(@billedDuration) / 1000 as seconds, count(*) as invocations by bin(1h)",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "exports/5d2c7a10/2026-03-05-[$LATEST]6f1d2c3b4a5968778695a4b3c2d1e0f1/000000",
        content: crate::sample!("lambda_export.log"),
        rows: 19,
        rejected: 1,
    },
    Sample {
        name: "lambda-json.ndjson",
        content: crate::sample!("lambda_json.ndjson"),
        rows: 9,
        rejected: 0,
    },
    Sample {
        name: "subscription.json",
        content: crate::sample!("lambda_subscription.json"),
        rows: 6,
        rejected: 0,
    },
];

impl Format for Lambda {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        FIELDS.iter().map(|f| f.field.clone()).collect()
    }
    fn reads(&self, _: Framing) -> bool {
        true
    }
    fn json(&self) -> JsonPart {
        JsonPart::Fragment
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        // Made where JSON has to be read.
        let mut events = None;
        let total = head.records.len();
        let signs: Vec<Sign> = head.records.iter().map(|r| Events::sign(&mut events, r)).collect();
        let count = |sign: Sign| signs.iter().filter(|s| **s == sign).count();
        let (platform, runtime) = (count(Sign::Platform), count(Sign::Runtime));
        // A function may write much between two lines of the platform, but not before the first one. Elsewhere such
        // a line may be quoted.
        if platform > 0 && (signs.first() == Some(&Sign::Platform) || (platform + runtime) * 4 >= total) {
            return Sniff::Certain(format!("{platform} of the first {total} records are Lambda's own"));
        }
        if runtime * 2 >= total && runtime > 0 {
            return Sniff::Maybe(format!(
                "{runtime} of the first {total} records have a time, a request id and a level as Lambda's runtimes \
                 write them"
            ));
        }
        Sniff::No
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(Events::new())
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary(row)
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&EXTERNAL)
    }
    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }
    fn samples(&self) -> &'static [Sample] {
        SAMPLES
    }
}

/// Paths that are read of JSON records besides the columns'.
const EXTRA: &[&str] = &[
    "time",
    "timestamp",
    "type",
    "record.metrics.memorySizeMB",
    "record.metrics.maxMemoryUsedMB",
    "record.tracing.value",
    "xRayTraceId",
    "xray_trace_id",
    "requestId",
    "level",
    "message",
    "record.status",
    "record",
    "log_level",
    "errorMessage",
    "errorType",
    "message.errorType",
    "record.errorType",
    "AWSRequestId",
];
const TIMES: std::ops::Range<usize> = 0..2;
const TYPE: usize = 2;
const MEMORY_SIZE: usize = 3;
const MEMORY_USED: usize = 4;
const TRACING: usize = 5;
const TRACES: std::ops::Range<usize> = 6..8;
const REQUEST_ID: usize = 8;
const LEVEL: usize = 9;
const MESSAGE: usize = 10;
const STATUS: usize = 11;
const RECORD: usize = 12;
const LOG_LEVEL: usize = 13;
const ERROR_MESSAGE: usize = 14;
const ERROR_TYPES: std::ops::Range<usize> = 15..18;
const AWS_REQUEST_ID: usize = 18;

/// The decoder. It remembers nothing between records but their order of keys.
struct Events {
    columns: JsonColumns,
}

/// What a record says of being Lambda's.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign {
    Platform,
    Runtime,
    None,
}

impl Events {
    fn new() -> Events {
        Events { columns: JsonColumns::new(FIELDS, EXTRA) }
    }
    fn sign(events: &mut Option<Events>, record: &[u8]) -> Sign {
        if record.trim_ascii_start().starts_with(b"{") {
            // One word of each kind of record.
            let has = |word: &[u8]| memchr::memmem::find(record, word).is_some();
            if !has(b"platform.") && !has(b"equestId") {
                return Sign::None;
            }
            let events = events.get_or_insert_with(Events::new);
            let Ok(read) = events.columns.read(record) else { return Sign::None };
            let kind = read.extra(TYPE).text();
            let is_platform = kind.is_some_and(|k| k.starts_with(b"platform."));
            if is_platform && matches!(read.extra(RECORD), Json::Object(_)) && read.extra(0).is_some() {
                return Sign::Platform;
            }
            let any = |these: [usize; 2]| these.iter().any(|i| read.extra(*i).is_some());
            let known = read.extra(1).is_some() && any([LEVEL, LOG_LEVEL]) && any([MESSAGE, ERROR_MESSAGE]);
            let id = read.extra(REQUEST_ID).text().or_else(|| read.extra(AWS_REQUEST_ID).text());
            return if known && id.is_some_and(|id| whole(uuid, &id).is_some()) {
                Sign::Runtime
            } else {
                Sign::None
            };
        }
        let (_, line) = tail_prefix(record);
        let parts = PlatformLine::of(line).map(|p| p.request.is_some() || p.kind.starts_with(b"INIT_"));
        match (parts, Written::of(line)) {
            (Some(true), _) => Sign::Platform,
            (_, Written { request: Some(_), time: Some(_), .. }) => Sign::Runtime,
            _ => Sign::None,
        }
    }
    /// A record of the JSON format; `None` when it is no JSON after all.
    fn json(&mut self, record: &[u8], row: &mut RowWriter<'_>) -> Option<Option<i64>> {
        let mut read = self.columns.read(record).ok()?;
        let kind = read.extra(TYPE).text();
        if let Some(kind) = kind.as_deref().and_then(|k| k.strip_prefix(b"platform.")) {
            row.set(column::TYPE, Cell::Text(&insights_type(kind)));
        }
        for (at, column) in [(MEMORY_SIZE, column::MEMORY_SIZE), (MEMORY_USED, column::MEMORY_USED)] {
            if let Some(size) = read.extra(at).text().and_then(|t| megabytes(&t)) {
                row.set(column, Cell::Int(size));
            }
        }
        let traces = TRACES.filter_map(|i| read.extra(i).text());
        let traces = traces.chain(read.extra(TRACING).text());
        if let Some(trace) = traces.into_iter().next() {
            row.set(column::TRACE, Cell::Text(root(&trace)));
        }
        let level = read.extra(LEVEL).text().or_else(|| read.extra(LOG_LEVEL).text());
        // Java writes this where it has none.
        let level = level.filter(|level| **level != *b"UNDEFINED");
        let message = read.extra(MESSAGE).text().unwrap_or_default();
        let mut report = Report::of(&message, false, level.as_deref());
        if ERROR_TYPES.clone().any(|i| read.extra(i).is_some()) {
            // The columns' paths have it.
            report.kind = None;
            report.unhandled |= level.is_none() && read.extra(ERROR_MESSAGE).is_some();
        }
        report.write(level.as_deref(), row);
        let status = read.extra(STATUS).text().or(report.unhandled.then_some(Cow::Borrowed(b"error")));
        set_outcome(status.as_deref(), level.as_deref(), row);
        let time = TIMES.filter_map(|i| read.extra(i).text()).find_map(|t| json::point(&t, Unit::None));
        read.write(row);
        Some(time)
    }
}

impl Decoder for Events {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let mut own = None;
        let is_json = record.bytes.trim_ascii_start().starts_with(b"{");
        match is_json.then(|| self.json(record.bytes, row)).flatten() {
            Some(time) => own = time,
            None => {
                let (tail, line) = tail_prefix(record.bytes);
                let skipped = record.bytes.len() - line.len();
                match PlatformLine::of(line) {
                    Some(platform) => platform
                        .write(line, row)
                        .map_err(|(at, expected)| Fault::new(record.bytes, skipped + at, expected))?,
                    None => {
                        let written = Written::of(line);
                        written.write(row);
                        own = written.time;
                    }
                }
                own = tail.or(own);
            }
        }
        if let Some(time) = record.envelope_time.or(own) {
            row.timestamp(time);
        }
        Ok(Decoded::Row)
    }
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{!@type}[{level} ]**{start:message|=an event without a message}**||**{@type}**\
         [ {ms:@duration|@restoreDuration|@initDuration}][, billed {ms:@billedDuration}]\
         [, {bytes:@maxMemoryUsed} of {bytes:@memorySize}][{?@duration}, cold start {ms:@initDuration}]\
         [, **{status}**][ {runtimeVersion}][ {@requestId}][ {message}]]",
    )
}
