//! Execution logs of Amazon API Gateway: what the gateway did with each request, in ten to thirty lines, as CloudWatch has
//! them and as the console's test of a method prints them.
//!
//! Not these: access logs (`api_gateway`), one record per request.
//!
//! Decisions: a line is a row, and what it says is in columns of its own, so that the lines of one `requestId` together are
//! the request's story: `stats latest(status), latest(error) … by requestId` tells it. Headers stand in the log as
//! `{name=value, name=value}` with commas in values, which nothing can cut: they stay text, and so do bodies. A body may
//! go on over lines and is cut by the vendor, which says `[TRUNCATED]`. The lines of a test have their time in front and
//! their request's id on the line before them all.

use super::{
    Decoded, Decoder, Family, Fault, Framing, LineLog, Meta, Preset, Record, Sample, Span, ask,
    field::{ids::uuid, time::in_words, whole},
    line_log::{place, text},
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter, Unit};

/// Execution logs of API Gateway.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: |line| Line::of(line).is_some_and(|line| line.is_sure()),
    what: "have a request id in brackets, or are a test's of a method",
    spans_lines: true,
    summary,
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |_| Box::new(Execution { request: Vec::new() }))
};

static FIELDS: &[Field] = &[
    text("requestId", Role::Identifier)
        .aliases(&["http.request.id"])
        .doc("the request that the line is about"),
    text("kind", Role::Dimension).aliases(&["event.action"]).doc(
        "what the line tells: start, method, authorizer, endpoint request, response, failure, end and others",
    ),
    text("message", Role::Identifier).doc("the line without its request id"),
    text("httpMethod", Role::Dimension)
        .aliases(&["method", "http.request.method"])
        .doc("method of the request"),
    text("resourcePath", Role::Dimension)
        .aliases(&["url.path"])
        .doc("the path that was asked for, or that the API declares"),
    Field::new("status", Kind::Int, Role::Status)
        .aliases(&["http.response.status_code"])
        .doc("status of the gateway's response"),
    Field::new("integrationStatus", Kind::Int, Role::Status).doc("status of the integration's response"),
    Field::new("integrationLatency", Kind::Int, Role::Measure)
        .unit(Unit::Millis)
        .aliases(&["event.duration"])
        .doc("time that the integration took"),
    text("error", Role::Dimension).aliases(&["error.message"]).doc("what failed"),
    Field::new("event.outcome", Kind::Text, Role::Status)
        .computed(&OUTCOME)
        .doc("failure of a line that tells an error or a status from 400 on, success of one below"),
    text("responseType", Role::Status)
        .aliases(&["error.code"])
        .doc("kind of the gateway's own response: UNAUTHORIZED, ACCESS_DENIED, THROTTLED and others"),
    text("endpointUri", Role::Dimension).aliases(&["url.original"]).doc("where the request was sent"),
    text("integrationRequestId", Role::Identifier)
        .doc("id of the request there, a Lambda function's among them"),
    text("extendedRequestId", Role::Identifier).doc("the id that the gateway gave the request"),
    text("xrayTraceId", Role::Identifier).aliases(&["trace.id"]).doc("the X-Ray trace"),
    text("apiStage", Role::Dimension).doc("the API and its stage, of checks of a usage plan"),
    text("apiKeyId", Role::Dimension).doc("id of the API key"),
    text("authorizer", Role::Dimension).doc("the authorizer that was asked"),
    text("principalId", Role::Dimension)
        .aliases(&["user.id"])
        .doc("who called, as the authorizer says, masked by the vendor"),
    Field::new("truncated", Kind::Bool, Role::Dimension).doc("whether the vendor cut the line"),
];

const REQUEST_ID: usize = place(FIELDS, "requestId");
const KIND: usize = place(FIELDS, "kind");
const MESSAGE: usize = place(FIELDS, "message");
const METHOD: usize = place(FIELDS, "httpMethod");
const PATH: usize = place(FIELDS, "resourcePath");
const STATUS: usize = place(FIELDS, "status");
const INTEGRATION_STATUS: usize = place(FIELDS, "integrationStatus");
const LATENCY: usize = place(FIELDS, "integrationLatency");
const ERROR: usize = place(FIELDS, "error");
const RESPONSE_TYPE: usize = place(FIELDS, "responseType");
const URI: usize = place(FIELDS, "endpointUri");
const INTEGRATION_REQUEST: usize = place(FIELDS, "integrationRequestId");
const EXTENDED: usize = place(FIELDS, "extendedRequestId");
const TRACE: usize = place(FIELDS, "xrayTraceId");
const STAGE: usize = place(FIELDS, "apiStage");
const KEY: usize = place(FIELDS, "apiKeyId");
const AUTHORIZER: usize = place(FIELDS, "authorizer");
const PRINCIPAL: usize = place(FIELDS, "principalId");
const TRUNCATED: usize = place(FIELDS, "truncated");

static OUTCOME: Computed = Computed { from: &["status", "error", "responseType"], value: outcome };

fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    Cell::Text(match cells {
        [_, Cell::Text(_), _] | [_, _, Cell::Text(_)] | [Cell::Int(400..), ..] => b"failure",
        [Cell::Int(_), ..] => b"success",
        _ => b"unknown",
    })
}

/// How lines begin, and what they tell.
#[rustfmt::skip] // one line each
static KINDS: &[(&str, &str)] = &[
    ("Extended Request Id:", "extended request id"),
    ("Verifying Usage Plan", "usage plan"),
    ("Usage Plan", "usage plan"),
    ("API Key", "API key"),
    ("Starting execution for request:", "start"),
    ("HTTP Method:", "method"),
    ("Method request ", "method request"),
    ("Starting authorizer:", "authorizer"),
    ("Incoming identity:", "authorizer"),
    ("Using valid authorizer", "authorizer"),
    ("Authorizer ", "authorizer"),
    ("Successfully completed authorizer", "authorizer"),
    ("Unauthorized request", "failure"),
    ("Request validation", "validation"),
    ("Request body does not match", "failure"),
    ("Endpoint request ", "endpoint request"),
    ("Sending request to ", "endpoint request"),
    ("Received response.", "response"),
    ("AWS Integration Endpoint RequestId", "response"),
    ("Endpoint response ", "endpoint response"),
    ("Method response ", "method response"),
    ("Gateway response ", "gateway response"),
    ("X-ray Tracing ID", "trace"),
    ("Execution failed", "failure"),
    ("Lambda invocation failed", "failure"),
    ("Lambda execution failed", "failure"),
    ("Successfully completed execution", "success"),
    ("Method completed with status:", "end"),
];

/// What a line of the log has in front.
///
/// ```text
/// line   = "(" id ")" SP text / weekday SP month SP day SP clock SP "UTC" SP year SP ":" SP text
/// head   = "Execution log for request" SP id
/// ```
enum Line<'a> {
    /// A line of CloudWatch.
    Of(&'a [u8], &'a [u8]),
    /// A line of a test, and its time.
    Test(i64, &'a [u8]),
    /// What a test begins with: the id of its request.
    Head(&'a [u8]),
}

impl<'a> Line<'a> {
    fn of(line: &'a [u8]) -> Option<Line<'a>> {
        if let Some(rest) = line.strip_prefix(b"(") {
            let (id, text) =
                rest.split_at_checked(memchr::memchr(b')', rest.get(..140.min(rest.len()))?)?)?;
            let is_id = id.len() >= 8
                && id
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'=' | b'+' | b'/'));
            let text = text.strip_prefix(b")")?;
            let text = if text.is_empty() { text } else { text.strip_prefix(b" ")? };
            return is_id.then_some(Line::Of(id, text));
        }
        if let Some(id) = line.strip_prefix(b"Execution log for request") {
            let id = id.strip_prefix(b"Id:").unwrap_or(id).trim_ascii();
            return (!id.is_empty() && !id.contains(&b' ')).then_some(Line::Head(id));
        }
        let at = memchr::memmem::find(line.get(..40.min(line.len()))?, b" : ")?;
        let (time, text) = (line.get(..at)?, line.get(at + 3..)?);
        memchr::memmem::find(time, b" UTC ")?;
        in_words(time).map(|time| Line::Test(time, text))
    }
    /// Whether nothing else writes such lines: with a UUID, or with words of the gateway.
    fn is_sure(&self) -> bool {
        match self {
            Line::Of(id, text) => whole(uuid, id).is_some() || kind(text).is_some(),
            Line::Test(_, text) => kind(text).is_some(),
            Line::Head(_) => true,
        }
    }
}

/// What a line tells.
fn kind(text: &[u8]) -> Option<&'static str> {
    KINDS.iter().find(|(begins, _)| text.starts_with(begins.as_bytes())).map(|(_, kind)| *kind)
}

const META: Meta = Meta {
    id: "api_gateway_execution",
    family: Family::Web,
    title: "API Gateway execution logs",
    summary: "What the gateway did with each request, several lines per request.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    read_on: "2026-11-26",
    key_shape: "API-Gateway-Execution-Logs_{api}/{stage}, a stream per hash",
    versions: "lines of REST and WebSocket APIs from CloudWatch, and what the console's and the command line's test of a method print",
    not_read: "headers and parameters one by one, since nothing in the log ends their values",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "AWS documents no Athena table for it, as the log is in CloudWatch Logs; run it there, as `logloupe explain --to insights` writes it",
    ),
    insights: InsightsLog {
        group: "API-Gateway-Execution-Logs_, the API's id, a slash and the stage",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask(
        "Failed requests, each one's story in a row",
        "stats earliest(@timestamp) as start, latest(httpMethod) as method, latest(resourcePath) as path, latest(status) as code, max(integrationLatency) as ms, latest(error) as why, latest(endpointUri) as endpoint, count(*) as lines by requestId | filter code >= 400 or ispresent(why) | sort start desc",
    ),
    ask(
        "Each request's lines in order",
        "fields @timestamp, requestId, kind, message | sort requestId asc, @timestamp asc",
    ),
    ask(
        "What fails most",
        "filter ispresent(error) | stats count(*) as times, count_distinct(requestId) as requests, latest(requestId) as one by error | sort times desc",
    ),
    ask(
        "Slow integrations",
        "filter ispresent(integrationLatency) | fields @timestamp, requestId, integrationStatus, integrationLatency | sort integrationLatency desc | limit 25",
    ),
    ask(
        "What authorizers decided",
        "filter kind = \"authorizer\" or ispresent(responseType) | fields @timestamp, requestId, authorizer, principalId, responseType, status, message | sort @timestamp asc",
    ),
    ask(
        "Ends over time by status",
        "filter ispresent(status) | stats count(*) as requests by bin(5m), status",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample {
        name: "exports/5d2c7a10/0a1b2c3d4e5f60718293a4b5c6d7e8f9/000000",
        content: crate::sample!("api_gateway_execution.log"),
        rows: 36,
        rejected: 1,
    },
    Sample {
        name: "test-invoke-method.txt",
        content: crate::sample!("api_gateway_execution_test.txt"),
        rows: 12,
        rejected: 0,
    },
];

/// The decoder, which remembers whose lines a test's are.
struct Execution {
    request: Vec<u8>,
}

impl Decoder for Execution {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        let (id, own, text) = match Line::of(bytes) {
            Some(Line::Of(id, text)) => (id, None, text),
            Some(Line::Test(time, text)) => (self.request.as_slice(), Some(time), text),
            Some(Line::Head(id)) => {
                self.request = id.to_vec();
                return Ok(Decoded::Form);
            }
            None => return Err(Fault::new(bytes, 0, "a request id in brackets")),
        };
        if let Some(time) = record.envelope_time.or(own) {
            row.timestamp(time);
        }
        if !id.is_empty() {
            row.set(REQUEST_ID, Cell::Text(id));
        }
        let text = text.trim_ascii_end();
        write(text, row);
        if !text.is_empty() {
            row.set(MESSAGE, Cell::Text(text));
        }
        Ok(Decoded::Row)
    }
    fn goes_on(&mut self, line: &[u8]) -> bool {
        Line::of(line).is_none()
    }
}

/// Sets the columns of what a line says.
fn write(text: &[u8], row: &mut RowWriter<'_>) {
    let kind = kind(text);
    row.set(KIND, Cell::Text(kind.unwrap_or("other").as_bytes()));
    row.set(TRUNCATED, Cell::Bool(text.ends_with(b"[TRUNCATED]")));
    let mut set = |place: usize, value: Option<&[u8]>| {
        if let Some(value) = value.map(<[u8]>::trim_ascii).filter(|value| !value.is_empty()) {
            row.set(place, Cell::Text(value));
        }
    };
    match kind {
        Some("extended request id") => set(EXTENDED, behind(text, "Extended Request Id:")),
        Some("method") => {
            set(METHOD, behind(text, "HTTP Method:").map(|rest| till(rest, b',')));
            set(PATH, behind(text, "Resource Path:"));
        }
        Some("API key") => set(KEY, behind(text, "API Key ID:")),
        Some("usage plan") => {
            set(STAGE, behind(text, "API Stage").map(|rest| rest.strip_prefix(b":").unwrap_or(rest)));
        }
        Some("authorizer") => {
            set(AUTHORIZER, behind(text, "Starting authorizer:").and_then(word));
            set(PRINCIPAL, behind(text, "for principal:"));
        }
        Some("endpoint request") => {
            set(URI, behind(text, "Endpoint request URI:").or(behind(text, "Sending request to ")));
        }
        Some("trace") => set(
            TRACE,
            behind(text, ":")
                .and_then(|id| id.trim_ascii().split(|b| *b == b';').next())
                .map(|id| id.strip_prefix(b"Root=").unwrap_or(id)),
        ),
        Some("response") => {
            set(
                INTEGRATION_REQUEST,
                behind(text, "AWS Integration Endpoint RequestId").and_then(|rest| behind(rest, ":")),
            );
        }
        Some("gateway response") => set(RESPONSE_TYPE, behind(text, "response type:").and_then(word)),
        Some("failure") => set(ERROR, Some(failure(till(text, b'\n')))),
        _ => {}
    }
    let mut number = |place: usize, label: &str| {
        if let Some(number) = behind(text, label).and_then(leading) {
            row.set(place, Cell::Int(number));
        }
    };
    match kind {
        Some("response") => {
            number(INTEGRATION_STATUS, "Status:");
            number(LATENCY, "Integration latency:");
        }
        Some("gateway response") => number(STATUS, "with status code:"),
        Some("end") => number(STATUS, "with status:"),
        _ => {}
    }
}

/// What failed, without the words that say that something did.
fn failure(text: &[u8]) -> &[u8] {
    let rest = text.strip_prefix(b"Execution failed").unwrap_or(text).trim_ascii();
    let rest = rest.strip_prefix(b"due to ").unwrap_or(rest);
    let rest = rest.strip_prefix(b":").unwrap_or(rest).trim_ascii();
    // The id is the request's own.
    if text.starts_with(b"Unauthorized request") { b"Unauthorized request" } else { rest }
}

/// What follows a label.
fn behind<'a>(text: &'a [u8], label: &str) -> Option<&'a [u8]> {
    // A body may be long, and labels stand at the front.
    let front = text.get(..400.min(text.len()))?;
    let at = memchr::memmem::find(front, label.as_bytes())?;
    text.get(at + label.len()..).map(<[u8]>::trim_ascii)
}

fn till(text: &[u8], byte: u8) -> &[u8] {
    text.split(|b| *b == byte).next().unwrap_or_default()
}

fn word(text: &[u8]) -> Option<&[u8]> {
    text.split(u8::is_ascii_whitespace).next()
}

/// The number that stands in front.
fn leading(text: &[u8]) -> Option<i64> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    let message = row.show("message");
    let line: String = message.lines().next().unwrap_or_default().chars().take(200).collect();
    let mut spans = Vec::new();
    if let error @ 1.. = row.show("error").len() {
        spans.extend([Span::strong("failed"), Span::plain(if error > 0 { ": " } else { " " })]);
    }
    match line.split_once(": ") {
        Some((label, value)) if !value.is_empty() && spans.is_empty() => {
            spans.extend([Span::plain(format!("{label}: ")), Span::strong(value)]);
        }
        _ if line.is_empty() => spans.push(Span::strong("a line without text")),
        _ => spans.push(Span::strong(line)),
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_tell_what_the_gateway_did() {
        let names = [
            "kind",
            "httpMethod",
            "resourcePath",
            "status",
            "integrationStatus",
            "integrationLatency",
            "error",
        ];
        for (text, expected) in [
            ("HTTP Method: PUT, Resource Path: /a/{b}", ["method", "PUT", "/a/{b}", "", "", "", ""]),
            (
                "Received response. Status: 200, Integration latency: 12 ms",
                ["response", "", "", "", "200", "12", ""],
            ),
            ("Received response. Integration latency: 7 ms", ["response", "", "", "", "", "7", ""]),
            ("Method completed with status: 502", ["end", "", "", "502", "", "", ""]),
            ("Method completed with status: ", ["end", "", "", "", "", "", ""]),
            (
                "Gateway response type: ACCESS_DENIED with status code: 403",
                ["gateway response", "", "", "403", "", "", ""],
            ),
            (
                "Execution failed due to configuration error: Malformed Lambda proxy response",
                ["failure", "", "", "", "", "", "configuration error: Malformed Lambda proxy response"],
            ),
            ("Execution failed : x", ["failure", "", "", "", "", "", "x"]),
            ("Unauthorized request: 8edab1f8", ["failure", "", "", "", "", "", "Unauthorized request"]),
            // What a body says is none of the gateway's words.
            (
                "Endpoint response body before transformations: Status: 1",
                ["endpoint response", "", "", "", "", "", ""],
            ),
            ("nothing known", ["other", "", "", "", "", "", ""]),
            ("", ["other", "", "", "", "", "", ""]),
        ] {
            let line = format!("(8edab1f8-7d34-4a8e-a965-15ccbbb78d4c) {text}\n");
            let (rows, _) = super::super::trial::read(&LOG, &line, &names);
            assert_eq!(rows, [expected], "{text}");
        }
    }

    #[test]
    fn lines_are_told_by_what_stands_in_front() {
        for (line, sure) in [
            ("(8edab1f8-7d34-4a8e-a965-15ccbbb78d4c) x", true),
            ("(JKJaXmPLvHcESHA=) Extended Request Id: x", true),
            ("Execution log for request test-request", true),
            ("Execution log for requestId: 8edab1f8", true),
            ("Mon Jun 12 14:49:16 UTC 2017 : Method request path: {}", true),
            ("(JKJaXmPLvHcESHA=) x", false),
            ("(8edab1f8-7d34-4a8e-a965-15ccbbb78d4c)x", false),
            ("(see above) Method request path: {}", false),
            ("Mon Jun 12 14:49:16 UTC 2017 : hello", false),
            ("Mon Jun 12 14:49:16 CET 2017 : Method request path: {}", false),
            ("Execution log for request of somebody", false),
            ("(", false),
            ("()", false),
            ("", false),
        ] {
            assert_eq!((LOG.is)(line.as_bytes()), sure, "{line}");
        }
    }

    #[test]
    fn lines_without_an_id_go_on_the_one_before() {
        let id = "8edab1f8-7d34-4a8e-a965-15ccbbb78d4c";
        let log = format!(
            "({id}) Method request path:\n{{}}\n({id}) Method request body before transformations: {{\n\n \"a\": 1\n}}\n"
        );
        let (rows, rejections) = super::super::trial::read(&LOG, &log, &["requestId", "message"]);
        let body = "Method request body before transformations: {\n\n \"a\": 1\n}";
        assert_eq!(rows, [[id, "Method request path:\n{}"], [id, body]]);
        assert!(rejections.is_empty());
    }
}
