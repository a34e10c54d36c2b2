//! Access logs of Amazon API Gateway: REST, HTTP and WebSocket APIs, as the vendor's presets write them (CLF, JSON, CSV and
//! XML) and as JSON with names of the user's choice.
//!
//! Not these: execution logs (`api_gateway_execution`); templates of text that are no preset, whose order nothing tells;
//! logs of web servers, whose lines have no request id at their end.
//!
//! Reading order: `fields` (the columns, and the names that users give the same value), this file (recognising, JSON, the
//! sentence), `lines` (CLF, CSV and XML).
//!
//! Decisions:
//! - Columns have the names of the JSON presets, and those of the `$context` variables as other names. Keys that stand in
//!   no table stay fields, as everywhere in JSON.
//! - `-` is no value, wherever it stands; numbers are text in the log and numbers in columns.
//! - `@timestamp` is `requestTimeEpoch` where the template has it, as that has milliseconds, else `requestTime`, else the
//!   time of CloudWatch.
//! - A template that writes `error.message` without quotes into JSON makes records that are none: they are rejected where
//!   they break.

mod fields;
mod lines;
#[cfg(test)]
mod tests;

use self::fields::{EPOCHS, FIELDS, IDS, TIMES};
use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, JsonPart, Meta, Preset, Record, Sample, Sniff,
    Span, ask,
    field::{
        json::{self, Json, JsonColumns, Reader, Values},
        time, whole,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Field, Row, RowWriter, Unit};

/// Access logs of API Gateway.
pub struct ApiGateway;

static META: Meta = Meta {
    id: "api_gateway",
    family: Family::Web,
    title: "API Gateway access logs",
    summary: "Requests to REST, HTTP and WebSocket APIs, one record per request or message.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    read_on: "2026-11-26",
    key_shape: "the log group or Firehose stream that the stage names: {log-group}/{hash}",
    versions: "the presets CLF, JSON, CSV and XML of REST, HTTP and WebSocket APIs, with and without extendedRequestId; JSON with other names for the same values",
    not_read: "execution logs, which are a log of their own; templates of text that are no preset",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it, as its fields are the user's choice"),
    insights: InsightsLog { group: "the log group that the stage's access log names", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "Failed requests by path and status",
        "filter status >= 400 | stats count(*) as requests, count_distinct(ip) as clients by status, httpMethod, url.path | sort requests desc",
    ),
    ask(
        "Who is refused: 401 and 403 by address",
        "filter status in [401, 403] | stats count(*) as refused, count_distinct(url.path) as paths, latest(userAgent) as agent by ip | sort refused desc | limit 25",
    ),
    ask(
        "Did the gateway or what stands behind it fail?",
        "filter status >= 500 | stats count(*) as requests, latest(errorMessage) as error by status, integrationStatus, integrationError, url.path | sort requests desc",
    ),
    ask(
        "Who calls: principals, keys and authorizers",
        "stats count(*) as requests, count_distinct(ip) as addresses, earliest(@timestamp) as first by caller, userArn, apiKeyId, principalId | sort requests desc",
    ),
    ask(
        "Addresses that try many paths",
        "stats count_distinct(url.path) as paths, count(*) as requests, sum(status >= 400) as failed by ip | sort paths desc | limit 25",
    ),
    ask(
        "Slowest paths",
        "stats count(*) as requests, pct(responseLatency, 99) as p99, pct(integrationLatency, 99) as integration by url.path | sort p99 desc | limit 25",
    ),
    ask(
        "WebSocket connections and what they sent",
        "filter ispresent(connectionId) | stats count(*) as messages, count_distinct(routeKey) as routes, earliest(@timestamp) as first, latest(@timestamp) as last by connectionId, ip | sort messages desc",
    ),
    ask("Requests over time by outcome", "stats count(*) as requests by bin(5m), event.outcome"),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "access.ndjson", content: crate::sample!("api_gateway.ndjson"), rows: 9, rejected: 2 },
    Sample { name: "access-clf.log", content: crate::sample!("api_gateway_clf.log"), rows: 9, rejected: 3 },
    Sample { name: "access.csv", content: crate::sample!("api_gateway.csv"), rows: 5, rejected: 1 },
    Sample { name: "access.xml", content: crate::sample!("api_gateway.xml"), rows: 3, rejected: 1 },
];

impl Format for ApiGateway {
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
        if head.framing == Framing::Lines {
            return head.most("have the fields of a preset of API Gateway", lines::is_preset);
        }
        // The most part of content that is none is told without reading it.
        let finder = memchr::memmem::Finder::new(b"equest");
        if head.most("", |record| finder.find(record).is_some()) == Sniff::No {
            return Sniff::No;
        }
        let mut signs = Signs::new();
        let sure = head
            .most("have a request id, a request and its time as API Gateway writes it", |record| {
                signs.of(record) == Some(true)
            });
        if sure != Sniff::No {
            return sure;
        }
        match head
            .most("have a request id, a request, its status and the API's names", |r| signs.of(r).is_some())
        {
            Sniff::Certain(reason) => Sniff::Maybe(reason),
            other => other,
        }
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        let extra = [TIMES, EPOCHS, IDS].concat();
        Box::new(AccessLog { columns: JsonColumns::new(FIELDS, &extra).without(&["-"]), scratch: Vec::new() })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary(row)
    }
    fn sources(&self) -> &'static [&'static str] {
        &["api_gateway_access_logs", super::WEB_ACCESS]
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

/// What tells JSON of this log: the values that nearly every template has.
struct Signs(Reader);

impl Signs {
    /// A request id, a request, and what else an API's requests have; each under any of its names.
    const REQUEST: &[&str] = &[
        "httpMethod",
        "http_method",
        "method",
        "routeKey",
        "route_key",
        "resourcePath",
        "resource_path",
        "connectionId",
    ];
    const API: &[&str] = &[
        "apiId",
        "api_id",
        "stage",
        "domainName",
        "domain_name",
        "responseLength",
        "resourcePath",
        "routeKey",
    ];
    const STATUS: &[&str] = &["status", "statusCode", "status_code"];

    fn new() -> Signs {
        Signs(Reader::new(&[IDS, TIMES, EPOCHS, Self::REQUEST, Self::API, Self::STATUS].concat()))
    }
    /// Whether the record is one for sure, or could be.
    fn of(&mut self, record: &[u8]) -> Option<bool> {
        let values = self.0.read(record).ok()?;
        let mut from = 0;
        let mut any = |names: &[&str]| {
            let found = (from..from + names.len()).map(|i| values.get(i)).find(|value| value.is_some());
            from += names.len();
            found
        };
        let (id, clf, epoch) = (any(IDS), any(TIMES), any(EPOCHS));
        let (request, api, status) = (any(Self::REQUEST), any(Self::API), any(Self::STATUS));
        id.and(request)?;
        let is_clf = clf.and_then(Json::text).is_some_and(|text| whole(time::clf_time, &text).is_some());
        if is_clf || epoch.is_some() {
            return Some(true);
        }
        api.and(status).map(|_| false)
    }
}

/// The decoder; it remembers nothing between records but their order of keys.
struct AccessLog {
    columns: JsonColumns,
    scratch: Vec<u8>,
}

impl AccessLog {
    fn json(&mut self, record: &[u8], row: &mut RowWriter<'_>) -> Result<Option<i64>, Fault> {
        let mut read = self.columns.read(record)?;
        let first = |values: &Values<'_>, range: std::ops::Range<usize>| {
            range.into_iter().find(|i| values.get(*i).is_some() && !values.get(*i).is("-"))
        };
        let (values, from) = read.values(0);
        let (times, epochs) = (from + TIMES.len(), from + TIMES.len() + EPOCHS.len());
        if first(&values, epochs..epochs + IDS.len()).is_none() {
            return Err(Fault::new(record, 0, "a record with requestId or extendedRequestId"));
        }
        let mut time = None;
        if let Some(at) = first(&values, times..epochs).or(first(&values, from..times)) {
            let text = values.get(at).text().unwrap_or_default();
            time = whole(time::clf_time, &text).or_else(|| json::point(&text, Unit::None));
            if time.is_none() {
                let what = "a time: 05/Mar/2026:01:30:00 +0000, ISO 8601, or a number since 1970";
                return Err(Fault::new(record, read.extra_at(at - from), what));
            }
        }
        read.write(row);
        Ok(time)
    }
}

impl Decoder for AccessLog {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let is_json = record.bytes.trim_ascii_start().starts_with(b"{");
        let time = if is_json {
            self.json(record.bytes, row)?
        } else {
            lines::read(record.bytes, &mut self.scratch, row)?
        };
        if let Some(micros) = time.or(record.envelope_time) {
            row.timestamp(micros);
            row.set(lines::REQUEST_TIME, Cell::Time(micros));
        }
        Ok(Decoded::Row)
    }
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**{status}** ||{status} ]\
         [{httpMethod|eventType} ]**{url.path|routeKey|connectionId|=a request}**[ from {ip}]\
         [: {errorMessage|integrationError}]",
    )
}
