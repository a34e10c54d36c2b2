//! Logs of AWS AppSync: summaries of requests and of their execution, tracing of fields, mappings of resolvers, and the
//! plain lines between them.
//!
//! Not these: calls of AppSync's API (CloudTrail); what resolvers of Lambda write.
//!
//! Decisions: durations stay in nanoseconds, as the log has them. What resolvers were given and answered (`context`,
//! mapped templates, queries) is data of the user and no column. A plain line begins with its request's id, and `kind` is
//! what it begins with behind it; of JSON it is `logType`.

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, JsonPart, Meta, Preset, Record, Sample, Sniff,
    Span, ask,
    field::{
        ids::uuid,
        json::{self, JsonColumns, JsonField, Reader},
    },
    tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, Unit};

/// Logs of AppSync.
pub struct AppSync;

const fn nanos(path: &'static str) -> JsonField {
    JsonField::new(path, Kind::Int, Role::Measure)
}

static FIELDS: &[JsonField] = &[
    text("requestId", Role::Identifier).aliases(&["http.request.id"]).doc("the request"),
    text("kind", Role::Dimension)
        .also(&["logType"])
        .aliases(&["logType", "event.action"])
        .made()
        .doc("RequestSummary, ExecutionSummary, Tracing and others; of a plain line its first words, such as Begin Request"),
    text("message", Role::Identifier).doc("a plain line without its request id"),
    nanos("tokens").made().doc("tokens that the request consumed, from its plain line"),
    text("graphQLAPIId", Role::Dimension).doc("the API"),
    JsonField::new("statusCode", Kind::Int, Role::Status)
        .aliases(&["http.response.status_code"])
        .doc("status of the response"),
    JsonField::new("fieldInError", Kind::Bool, Role::Status).doc("whether a resolver's mapping ended in an error"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure of a status from 400 on and of a field in error, success of a status below, else unknown"),
    text("errors", Role::Identifier).aliases(&["error.message"]).doc("errors of a resolver, as JSON"),
    nanos("latency").doc("time of the whole request, in nanoseconds"),
    nanos("duration").aliases(&["event.duration"]).doc("time of the execution or of a field, in nanoseconds"),
    nanos("startOffset").doc("when a field was begun, in nanoseconds from the request's begin"),
    text("parentType", Role::Dimension).doc("the type that has the field"),
    text("fieldName", Role::Dimension).doc("the field that was resolved"),
    text("returnType", Role::Dimension).doc("its type"),
    text("path", Role::Identifier).doc("where it stands in the answer, as a list"),
    text("resolverArn", Role::Dimension).doc("its resolver"),
    JsonField::new("startTime", Kind::Time, Role::Timestamp).aliases(&["event.start"]).doc("when execution began"),
    JsonField::new("endTime", Kind::Time, Role::Timestamp).aliases(&["event.end"]).doc("when it ended"),
    nanos("parsing.duration").doc("time of parsing, in nanoseconds"),
    nanos("validation.duration").doc("time of validation, in nanoseconds"),
    text("conflictType", Role::Status).doc("of synchronization, why versions conflict"),
];

/// Places in the table; a test holds them to it.
const REQUEST: usize = 0;
const KIND: usize = 1;
const MESSAGE: usize = 2;
const TOKENS: usize = 3;

static OUTCOME: Computed = Computed { from: &["statusCode", "fieldInError"], value: outcome };

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells {
        [Cell::Int(400..), _] | [_, Cell::Bool(true)] => b"failure",
        [Cell::Int(_), _] => b"success",
        _ => b"unknown",
    })
}

/// First words of plain lines.
const WORDS: &[&str] = &[
    "Begin Request",
    "End Request",
    "Begin Execution",
    "End Execution",
    "Begin Tracing",
    "End Tracing",
    "Begin Field Execution",
    "End Field Execution",
    "GraphQL Query",
    "Request Headers",
    "Response Headers",
    "Tokens Consumed",
];

static META: Meta = Meta {
    id: "appsync",
    family: Family::Web,
    title: "AWS AppSync logs",
    summary: "GraphQL requests, how long they and their fields took, and what failed.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html",
    read_on: "2026-11-26",
    key_shape: "/aws/appsync/apis/{api}, stream {hash}",
    versions: "JSON of all log types, and plain lines that begin with a request id",
    not_read: "logs of before May 2019, which were plain lines only, but for their first words",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it, as the log is in CloudWatch Logs; run it there, as `logloupe explain --to insights` writes it",
    ),
    insights: InsightsLog { group: "/aws/appsync/apis/ and the API's id", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Requests that failed",
        "filter event.outcome = \"failure\" | fields @timestamp, requestId, kind, statusCode, parentType, fieldName, errors, resolverArn | sort @timestamp desc",
    ),
    ask(
        "Slowest fields and resolvers",
        "filter kind = \"Tracing\" | stats count(*) as times, max(duration) / 1000000 as maxMs, avg(duration) / 1000000 as meanMs by parentType, fieldName, resolverArn | sort maxMs desc | limit 25",
    ),
    ask(
        "Requests over time by status, with their latency",
        "filter kind = \"RequestSummary\" | stats count(*) as requests, pct(latency, 99) / 1000000 as p99Ms by bin(5m), statusCode",
    ),
    ask(
        "Requests that consume most",
        "filter ispresent(tokens) | fields @timestamp, requestId, tokens | sort tokens desc | limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "appsync.ndjson", content: crate::sample!("appsync.ndjson"), rows: 6, rejected: 2 },
    Sample {
        name: "subscription.json",
        content: crate::sample!("appsync_subscription.json"),
        rows: 8,
        rejected: 1,
    },
];

impl Format for AppSync {
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
        JsonPart::Record
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let has = |record: &[u8]| memchr::memmem::find(record, b"\"graphQLAPIId\"").is_some();
        let mut reader: Option<Reader> = None;
        head.most("have a request id and a log type of AppSync, or are its plain lines", |record| {
            if !record.trim_ascii_start().starts_with(b"{") {
                return plain(record).is_some_and(|(_, text)| words(text).is_some());
            }
            let reader = reader.get_or_insert_with(|| Reader::new(&["logType", "graphQLAPIId", "requestId"]));
            has(record) && reader.read(record).is_ok_and(|values| (0..3).all(|i| values.get(i).is_some()))
        })
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(Requests { columns: JsonColumns::new(FIELDS, &["logType", "requestId", "startTime"]) })
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

/// The request id that a plain line begins with, and its text.
fn plain(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (rest, id) = uuid(line).ok()?;
    Some((id, rest.strip_prefix(b" ")?))
}

/// The known words that a plain line's text begins with.
fn words(text: &[u8]) -> Option<&'static str> {
    WORDS.iter().copied().find(|words| text.starts_with(words.as_bytes()))
}

/// The decoder; it remembers nothing between records but their order of keys.
struct Requests {
    columns: JsonColumns,
}

impl Decoder for Requests {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        let mut time = record.envelope_time;
        if bytes.trim_ascii_start().starts_with(b"{") {
            let mut read = self.columns.read(bytes)?;
            if !read.extra(0).is_some() || !read.extra(1).is_some() {
                return Err(Fault::new(bytes, 0, "a record with logType and requestId"));
            }
            let start = read.extra(2).text().and_then(|text| json::point(&text, Unit::None));
            time = time.or(start);
            read.write(row);
        } else {
            let Some((id, text)) = plain(bytes) else {
                return Err(Fault::new(bytes, 0, "a JSON object, or a request id and a text"));
            };
            row.set(REQUEST, Cell::Text(id));
            if !text.is_empty() {
                row.set(MESSAGE, Cell::Text(text));
            }
            let words = words(text);
            row.set(KIND, Cell::Text(words.unwrap_or("other").as_bytes()));
            let tokens = text.strip_prefix(b"Tokens Consumed:").and_then(|n| std::str::from_utf8(n).ok());
            if let Some(tokens) = tokens.and_then(|n| n.trim().parse().ok()) {
                row.set(TOKENS, Cell::Int(tokens));
            }
        }
        if let Some(micros) = time {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**failed** ][{?message}**{start:message|=a line}**||**{kind|=a line}**\
         [ {parentType}.{fieldName}][ {statusCode}][, {ns:latency|duration}]]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_objects_give_the_same_columns() {
        for (place, name) in
            [(REQUEST, "requestId"), (KIND, "kind"), (MESSAGE, "message"), (TOKENS, "tokens")]
        {
            assert_eq!(FIELDS[place].field.name, name);
        }
        let id = "8edab1f8-7d34-4a8e-a965-15ccbbb78d4c";
        for (record, expected) in [
            (format!("{id} Begin Request"), [id, "Begin Request", "Begin Request", "", "unknown"]),
            (
                format!("{id} Tokens Consumed: 4"),
                [id, "Tokens Consumed", "Tokens Consumed: 4", "4", "unknown"],
            ),
            (
                format!("{id} Tokens Consumed: many"),
                [id, "Tokens Consumed", "Tokens Consumed: many", "", "unknown"],
            ),
            (format!("{id} what else"), [id, "other", "what else", "", "unknown"]),
            (
                format!(r#"{{"logType":"RequestSummary","requestId":"{id}","statusCode":401}}"#),
                [id, "RequestSummary", "", "", "failure"],
            ),
            (
                format!(r#"{{"logType":"ResponseMapping","requestId":"{id}","fieldInError":true}}"#),
                [id, "ResponseMapping", "", "", "failure"],
            ),
        ] {
            let names = ["requestId", "kind", "message", "tokens", "event.outcome"];
            assert_eq!(super::super::trial::read(&AppSync, &record, &names).0, [expected], "{record}");
        }
        for record in ["x Begin Request", "8edab1f8", r#"{"logType":"Tracing"}"#, r#"{"requestId":"a"}"#] {
            let (rows, rejections) = super::super::trial::read(&AppSync, record, &[]);
            assert_eq!((rows.len(), rejections.len()), (0, 1), "{record}");
        }
    }
}
