//! CloudFront standard logs in W3C form: the legacy ones (23, 24, 26 or 33 columns) and version 2 with the fields
//! and the order that the user chose. Everything is driven by `#Fields`, which may change within a file.
//!
//! Not these: version 2 as JSON or Parquet, real-time logs (no header, a field list of the user's own), connection
//! logs, and W3C logs of other servers.
//!
//! Decisions: `time` is the whole point in time (the log's `date` and `time` together), so that Athena queries
//! that compare it with a timestamp hold; `date` stays text. `cs(User-Agent)`, `x-forwarded-for` and
//! `sc-content-type` are stored percent-decoded, twice where the vendor encoded twice; the raw record keeps what
//! was written. URLs, queries, referrers and cookies stay as written: there, the encoding is part of the value.
//! Lines shorter than the header are kept as long as half of its columns are there; a line longer than it is damage:
//! some value holds the separator, and all behind it would stand in their neighbours' columns. Without a header, a
//! line has as many values as the legacy log has had at some time, or more. Status 000 (the client was gone) is 0.

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    field::{
        self, Layout, TokenField, Tokens,
        cells::{date, float, integer, outcome_of_status, status, text, time_of_day},
        number, protocol, time, whole, words,
    },
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Computed, Field, Kind, Role, Row, RowWriter, Unit};

/// CloudFront standard logs.
pub struct CloudFront;

/// How many columns the legacy log has had, latest first.
const LEGACY: [usize; 4] = [33, 26, 24, 23];

/// The legacy log's columns in its order, then those of version 2.
static FIELDS: &[TokenField] = &[
    TokenField::new("date", Kind::Text, Role::Dimension, date).doc("the day of the event, UTC"),
    TokenField::new("time", Kind::Time, Role::Timestamp, time_of_day)
        .of_day()
        .aliases(&["event.end"])
        .athena(ATHENA_TIME)
        .doc("when the server finished responding: the log's date and time together"),
    TokenField::new("x-edge-location", Kind::Text, Role::Dimension, text)
        .aliases(&["x_edge_location", "location"])
        .doc("the edge location, by airport"),
    TokenField::new("sc-bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_bytes", "bytes", "http.response.bytes", "destination.bytes"])
        .doc("size of the response, headers included: more than its body (`sc-content-len`)"),
    TokenField::new("c-ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["c_ip", "requestip", "request_ip", "source.ip", "source.address", "client.ip"])
        .doc("address of the viewer, or of its proxy"),
    TokenField::new("cs-method", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_method", "method", "http.request.method"])
        .doc("the method of the request"),
    TokenField::new("cs(Host)", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_host", "host", "cs-host"])
        .doc("the distribution's domain name"),
    TokenField::new("cs-uri-stem", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_uri_stem", "uri", "requesturi", "url.path"])
        .doc("the path of the request's URL"),
    TokenField::new("sc-status", Kind::Int, Role::Status, status)
        .aliases(&["sc_status", "status", "statuscode", "http.response.status_code"])
        .doc("status of the response; 0 where the viewer was gone"),
    TokenField::again("event.outcome", Kind::Text, Role::Status, outcome_of_status)
        .athena(
            "CASE WHEN sc_status IS NULL THEN 'unknown' WHEN sc_status BETWEEN 1 AND 399 THEN 'success' \
             ELSE 'failure' END",
        )
        .made()
        .doc("success below status 400, failure from there on, unknown without a status"),
    TokenField::new("cs(Referer)", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_referer", "cs_referrer", "referrer", "referer", "cs-referer", "http.request.referrer"])
        .doc("the Referer header"),
    TokenField::new("cs(User-Agent)", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["cs_user_agent", "useragent", "user_agent", "cs-user-agent", "user_agent.original"])
        .athena("url_decode(replace(nullif(cs_user_agent, '-'), '+', '%2B'))")
        .doc("the User-Agent header, percent-decoded"),
    TokenField::new("cs-uri-query", Kind::Text, Role::Identifier, text)
        .aliases(&["cs_uri_query", "querystring", "query_string", "url.query"])
        .doc("the query of the request's URL"),
    TokenField::new("cs(Cookie)", Kind::Text, Role::Identifier, text)
        .aliases(&["cs_cookie", "cookie", "cs-cookie"])
        .doc("the Cookie header, if cookies are logged"),
    TokenField::new("x-edge-result-type", Kind::Text, Role::Status, text)
        .aliases(&["x_edge_result_type", "resulttype", "result_type", "event.action"])
        .doc("how the edge classified the response: Hit, Miss, RefreshHit, Error, LimitExceeded, Redirect"),
    TokenField::new("x-edge-request-id", Kind::Text, Role::Identifier, text)
        .aliases(&["x_edge_request_id", "requestid", "request_id", "http.request.id"])
        .doc("the request's id"),
    TokenField::new("x-host-header", Kind::Text, Role::Dimension, text)
        .aliases(&["x_host_header", "hostheader", "host_header", "url.domain"])
        .doc("the Host header that the viewer sent"),
    TokenField::new("cs-protocol", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_protocol", "requestprotocol", "request_protocol", "url.scheme", "network.protocol"])
        .doc("http, https, ws, wss, grpcs"),
    TokenField::new("cs-bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["cs_bytes", "requestbytes", "request_bytes", "http.request.bytes", "source.bytes"])
        .doc("size of the request, headers included"),
    TokenField::new("time-taken", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["time_taken", "timetaken"])
        .doc("from receiving the request to sending the last byte of the response"),
    TokenField::new("x-forwarded-for", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["x_forwarded_for", "xforwarded_for", "xforwardedfor"])
        .athena("url_decode(replace(nullif(x_forwarded_for, '-'), '+', '%2B'))")
        .doc("the X-Forwarded-For header, percent-decoded"),
    TokenField::new("ssl-protocol", Kind::Text, Role::Dimension, text)
        .aliases(&["ssl_protocol", "sslprotocol"])
        .doc("protocol of the TLS connection"),
    TokenField::new("ssl-cipher", Kind::Text, Role::Dimension, text)
        .aliases(&["ssl_cipher", "sslcipher", "tls.cipher"])
        .doc("cipher of the TLS connection"),
    TokenField::new("x-edge-response-result-type", Kind::Text, Role::Status, text)
        .aliases(&["x_edge_response_result_type", "responseresulttype", "response_result_type"])
        .doc("how the edge classified the response just before returning it"),
    TokenField::new("cs-protocol-version", Kind::Text, Role::Dimension, text)
        .aliases(&["cs_protocol_version", "httpversion", "http_version"])
        .doc("HTTP version of the request"),
    TokenField::new("fle-status", Kind::Text, Role::Status, text)
        .aliases(&["fle_status", "flestatus", "filestatus"])
        .doc("how field-level encryption of the request body ended"),
    TokenField::new("fle-encrypted-fields", Kind::Int, Role::Measure, integer)
        .aliases(&["fle_encrypted_fields", "fleencryptedfields", "encryptedfields"])
        .doc("how many fields field-level encryption encrypted"),
    TokenField::new("c-port", Kind::Int, Role::Identifier, integer)
        .aliases(&["c_port", "cport", "source.port", "client.port"])
        .doc("port of the viewer"),
    TokenField::new("time-to-first-byte", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["time_to_first_byte", "timetofirstbyte"])
        .doc("from receiving the request to writing the first byte of the response"),
    TokenField::new("x-edge-detailed-result-type", Kind::Text, Role::Status, text)
        .aliases(&["x_edge_detailed_result_type", "event.reason"])
        .doc("the result type in detail: kind of error, of hit at the origin shield"),
    TokenField::new("sc-content-type", Kind::Text, Role::Dimension, text)
        .percent()
        .aliases(&["sc_content_type", "http.response.mime_type"])
        .athena("url_decode(replace(nullif(sc_content_type, '-'), '+', '%2B'))")
        .doc("the response's Content-Type header, percent-decoded"),
    TokenField::new("sc-content-len", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_content_len", "http.response.body.bytes"])
        .doc("the response's Content-Length header"),
    TokenField::new("sc-range-start", Kind::Int, Role::Identifier, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_range_start"])
        .doc("start of the range that the response holds"),
    TokenField::new("sc-range-end", Kind::Int, Role::Identifier, integer)
        .unit(Unit::Bytes)
        .aliases(&["sc_range_end"])
        .doc("end of the range that the response holds"),
    // Version 2.
    TokenField::new("timestamp", Kind::Float, Role::Timestamp, float)
        .unit(Unit::EpochSeconds)
        .doc("when the server finished responding"),
    TokenField::new("timestamp(ms)", Kind::Int, Role::Timestamp, integer)
        .unit(Unit::EpochMillis)
        .aliases(&["timestamp_ms"])
        .doc("when the server finished responding, to the millisecond"),
    TokenField::new("DistributionId", Kind::Text, Role::Dimension, text)
        .aliases(&["distribution_id", "distribution-id"])
        .doc("the distribution"),
    TokenField::new("origin-fbl", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["origin_fbl"])
        .doc("first-byte latency between CloudFront and the origin"),
    TokenField::new("origin-lbl", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .aliases(&["origin_lbl"])
        .doc("last-byte latency between CloudFront and the origin"),
    TokenField::new("asn", Kind::Int, Role::Dimension, integer)
        .aliases(&["source.as.number"])
        .doc("autonomous system of the viewer"),
    TokenField::new("c-country", Kind::Text, Role::Dimension, text)
        .aliases(&["c_country", "source.geo.country_iso_code"])
        .doc("country of the viewer, by its address"),
    TokenField::new("cache-behavior-path-pattern", Kind::Text, Role::Dimension, text)
        .aliases(&["cache_behavior_path_pattern"])
        .doc("the cache behaviour that matched"),
    TokenField::new("distribution-tenant-id", Kind::Text, Role::Dimension, text)
        .aliases(&["distribution_tenant_id"])
        .doc("the distribution tenant"),
    TokenField::new("connection-id", Kind::Text, Role::Identifier, text)
        .aliases(&["connection_id"])
        .doc("the connection, as the connection log names it"),
    TokenField::new("viewer-request-log-data", Kind::Text, Role::Identifier, text)
        .aliases(&["viewer_request_log_data"])
        .doc("what a function at the viewer request logged"),
    TokenField::new("viewer-response-log-data", Kind::Text, Role::Identifier, text)
        .aliases(&["viewer_response_log_data"])
        .doc("what a function at the viewer response logged"),
    TokenField::new("s-ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["s_ip", "destination.ip", "server.ip"])
        .doc("address of the CloudFront server"),
    TokenField::new("primary-distribution-id", Kind::Text, Role::Dimension, text)
        .aliases(&["primary_distribution_id"])
        .doc("the primary distribution of a continuous deployment"),
    TokenField::new("primary-distribution-dns-name", Kind::Text, Role::Dimension, text)
        .aliases(&["primary_distribution_dns_name"])
        .doc("the primary distribution's domain name"),
    TokenField::new("r-host", Kind::Text, Role::Dimension, text)
        .aliases(&["r_host"])
        .doc("the origin's host"),
    TokenField::new("sr-reason", Kind::Text, Role::Dimension, text)
        .aliases(&["sr_reason"])
        .doc("why the request was sent to that origin"),
    TokenField::new("x-edge-mqcs", Kind::Text, Role::Dimension, text)
        .aliases(&["x_edge_mqcs"])
        .doc("media quality score of the connection"),
    // Computed.
    TokenField::computed("http.version", Kind::Text, Role::Dimension, &HTTP_VERSION)
        .athena("regexp_extract(cs_protocol_version, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of HTTP of the request: 1.1, 2.0, 3.0"),
    TokenField::computed("tls.version", Kind::Text, Role::Dimension, &TLS_VERSION)
        .athena("regexp_extract(ssl_protocol, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of the TLS connection's protocol: 1.2, 1.3"),
    TokenField::computed("tls.version_protocol", Kind::Text, Role::Dimension, &TLS_NAME)
        .athena("lower(regexp_extract(ssl_protocol, '^([^/.0-9]+?)[vV]?/?[0-9][0-9.]*$', 1))")
        .doc("the TLS connection's protocol without its version: tls or ssl"),
];

static HTTP_VERSION: Computed = Computed { from: &["cs-protocol-version"], value: protocol::version };
static TLS_VERSION: Computed = Computed { from: &["ssl-protocol"], value: protocol::version };
static TLS_NAME: Computed = Computed { from: &["ssl-protocol"], value: protocol::name };

static META: Meta = Meta {
    id: "cloudfront",
    family: Family::Web,
    title: "CloudFront standard logs",
    summary: "Requests of viewers to a CloudFront distribution, one record per request.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
    read_on: "2026-11-20",
    key_shape: "{prefix}/{distribution}.{yyyy}-{mm}-{dd}-{hh}.{hash}.gz",
    versions: "standard logs with a `#Fields` line: legacy (12 to 33 fields) and v2 in W3C form with any selection",
    not_read: "real-time logs, which are a log of their own",
};

/// When an event happened, in Athena's table.
const ATHENA_TIME: &str = "from_iso8601_timestamp(concat(CAST(\"date\" AS varchar), 'T', time, 'Z'))";

/// The table is the one of the legacy logs:
/// <https://docs.aws.amazon.com/athena/latest/ug/create-cloudfront-table-standard-logs.html>, read 2026-11-21.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "cloudfront_standard_logs",
        ddl: include_str!("athena/cloudfront.sql"),
        time: ATHENA_TIME,
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "the table is the one of the legacy logs; logs of version 2 need one with their own fields in their own order",
            "the log has no partitions: every file under the location is read",
        ],
    }),
    insights: InsightsLog { group: "the log group that standard logs (v2) are delivered to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    Preset {
        title: "Requests over time by result",
        query: "stats count(*) as requests by bin(5m), `x-edge-result-type`",
    },
    Preset {
        title: "Cache hit ratio by path",
        query: "stats count(*) as requests, sum(`x-edge-result-type` = \"Hit\") as hits by `cs-uri-stem` | sort requests desc | limit 50",
    },
    Preset {
        title: "Who is scanning: viewers with most paths that do not exist",
        query: "filter `sc-status` in [403, 404]\n| stats count_distinct(`cs-uri-stem`) as paths, count(*) as requests by `c-ip`, `cs(User-Agent)`\n| sort paths desc\n| limit 25",
    },
    Preset {
        title: "Errors by path and status",
        query: "filter `sc-status` >= 400\n| stats count(*) as errors by `cs-uri-stem`, `sc-status`, `x-edge-detailed-result-type`\n| sort errors desc\n| limit 50",
    },
    Preset {
        title: "Slowest paths",
        query: "stats count(*) as requests, avg(`time-taken`) as mean, pct(`time-taken`, 95) as p95 by `cs-uri-stem` | sort p95 desc | limit 25",
    },
    Preset {
        title: "Bytes sent by viewer",
        query: "stats sum(`sc-bytes`) as sent, count(*) as requests by `c-ip` | sort sent desc | limit 25",
    },
    Preset {
        title: "Traffic by edge location",
        query: "stats sum(`sc-bytes`) as sent, count(*) as requests by `x-edge-location` | sort sent desc",
    },
];

static SAMPLES: &[Sample] = &[
    Sample {
        name: "E2EXAMPLE1LOUPE.2026-03-05-01.a1b2c3d4",
        content: crate::sample!("cloudfront_legacy.log"),
        rows: 7,
        rejected: 4,
    },
    Sample {
        name: "E2EXAMPLE1LOUPE.2016-06-10-18.b2c3d4e5",
        content: crate::sample!("cloudfront_2016.log"),
        rows: 3,
        rejected: 0,
    },
    Sample {
        name: "AWSLogs/123456789012/CloudFront/E3EXAMPLE2LOUPE.2026-03-05-01.c3d4e5f6",
        content: crate::sample!("cloudfront_v2.log"),
        rows: 4,
        rejected: 1,
    },
];

impl Format for CloudFront {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        field::fields(FIELDS)
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let names = head.records.iter().find_map(|r| directive(r)).map(|names| names.collect::<Vec<_>>());
        let data = head.records.iter().find(|r| !r.starts_with(b"#"));
        if let Some(names) = names {
            let known = names.iter().filter(|n| is_known(n)).count();
            let telling = names.iter().any(|n| is_telling(n));
            // Other servers write W3C logs with some of the same names, but with spaces between the values.
            let tabs = data.is_some_and(|d| memchr::memchr(b'\t', d).is_some());
            return if known * 2 >= names.len() && known > 0 && (telling || known == names.len() && tabs) {
                Sniff::Certain(format!("#Fields names {known} known columns of {}", names.len()))
            } else {
                Sniff::No
            };
        }
        let alike = head.records.iter().filter(|r| is_legacy_line(r)).count();
        let lines = head.records.iter().filter(|r| !r.starts_with(b"#")).count();
        if alike > 0 && alike * 2 >= lines {
            let reason =
                format!("{alike} of the first {lines} lines have the legacy columns, without a header");
            return Sniff::Certain(reason);
        }
        Sniff::No
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let data = head.records.iter().find(|r| !r.starts_with(b"#"));
        let layout = match head.records.iter().find_map(|r| directive(r)) {
            Some(names) => layout(names),
            None => finish(Layout::fixed(FIELDS, LEGACY[0])).only(&LEGACY),
        };
        // Version 2 lets the user choose what stands between the values.
        let separator = data.map_or(b'\t', |d| {
            let count = |separator| memchr::memchr_iter(separator, d).count() + 1;
            let fits = |s: &u8| count(*s) > 1 && count(*s) >= layout.tokens().div_ceil(2);
            [b'\t', b' ', b','].into_iter().find(fits).unwrap_or(b'\t')
        });
        Box::new(CloudFrontDecoder { layout, tokens: Tokens::default(), separator })
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        summary(row)
    }
    fn sources(&self) -> &'static [&'static str] {
        &["cloudfront_standard_logs", super::WEB_ACCESS]
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

struct CloudFrontDecoder {
    layout: Layout,
    tokens: Tokens,
    separator: u8,
}

impl Decoder for CloudFrontDecoder {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if bytes.first() == Some(&b'#') {
            if let Some(names) = directive(bytes) {
                self.layout = layout(names);
            }
            return Ok(Decoded::Form);
        }
        self.tokens.split(bytes, self.separator, self.layout.cut());
        let time = self.layout.read(bytes, &self.tokens, row)?;
        if let Some(micros) = time.or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

/// How many names of a header are read.
const MOST: usize = 200;

/// The names of a `#Fields` directive.
fn directive(line: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let names = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).strip_prefix(b"#Fields:")?;
    let names = || names.split(u8::is_ascii_whitespace).filter(|n| !n.is_empty()).take(MOST);
    names().next().is_some().then(names)
}

fn layout<'n>(names: impl Iterator<Item = &'n [u8]>) -> Layout {
    let layout = finish(Layout::new(FIELDS, names, same_name));
    // Of a header that was cut off, longer lines are no fault.
    if layout.tokens() < MOST { layout.exact() } else { layout }
}

fn finish(layout: Layout) -> Layout {
    let half = layout.tokens().div_ceil(2);
    layout.of_day("date").time_from(&["timestamp(ms)", "time", "timestamp"]).at_least(half)
}

fn same_name(column: &str, name: &[u8]) -> bool {
    column.as_bytes().eq_ignore_ascii_case(name)
}

fn is_known(name: &[u8]) -> bool {
    FIELDS.iter().any(|c| !c.again && same_name(&c.field.name, name))
}

/// Whether only CloudFront has a column of that name.
fn is_telling(name: &[u8]) -> bool {
    let only: [&[u8]; 6] = [
        b"x-host-header",
        b"DistributionId",
        b"timestamp(ms)",
        b"fle-status",
        b"origin-fbl",
        b"cache-behavior-path-pattern",
    ];
    name.starts_with(b"x-edge-") || only.iter().any(|o| o.eq_ignore_ascii_case(name))
}

/// A line of the legacy log whose header was lost.
fn is_legacy_line(line: &[u8]) -> bool {
    let mut tokens = Tokens::default();
    tokens.split(line, b'\t', LEGACY[0]);
    let token = |i: usize| tokens.get(line, i).map_or(&b""[..], |t| t.1);
    tokens.len() >= LEGACY[3]
        && whole(time::day, token(0)).is_some()
        && whole(time::time_of_day, token(1)).is_some()
        && whole(number::integer, token(3)).is_some()
        && (token(8).len() == 3 || token(8) == b"-")
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    let show = |name: &str| Some(row.show(name)).filter(|v| !v.is_empty());
    let method = show("cs-method").unwrap_or_else(|| "request".to_owned());
    let mut target = show("cs-uri-stem").unwrap_or_else(|| "-".to_owned());
    if let Some(host) = show("x-host-header") {
        target.insert_str(0, &host);
    }
    let mut spans = vec![Span::strong(format!("{method} {target}")), Span::plain(" → ")];
    spans.push(Span::strong(match show("sc-status").as_deref() {
        Some("0") => "viewer gone".to_owned(),
        Some(status) => status.to_owned(),
        None => "no status".to_owned(),
    }));
    let mut rest = String::new();
    if let Some(result) = show("x-edge-result-type") {
        rest.push_str(&format!(" {result}"));
    }
    if let Some(seconds) = row.get("time-taken").number() {
        rest.push_str(&format!(" in {}", words::duration(seconds)));
    }
    if let Some(bytes) = row.get("sc-bytes").integer() {
        rest.push_str(&format!(", {}", words::amount(bytes)));
    }
    if let Some(viewer) = show("c-ip") {
        rest.push_str(&format!(", {viewer}"));
    }
    if !rest.is_empty() {
        spans.push(Span::plain(rest));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::{Table, table::MOST_COLUMNS};

    #[track_caller]
    fn claims(records: &[&str], expected: bool) {
        let records: Vec<&[u8]> = records.iter().map(|r| r.as_bytes()).collect();
        let sniff = CloudFront.sniff(&Head::of(Framing::Lines, &records));
        assert_eq!(sniff != Sniff::No, expected, "{sniff:?}");
    }

    #[test]
    fn headers_made_to_fill_memory_add_few_columns() {
        let mut table = Table::new("cloudfront", CloudFront.fields(), 1);
        let head = Head::of(Framing::Lines, &[b"#Fields: x-edge-location"]);
        let mut decoder = CloudFront.decoder(&head);
        for i in 0..40 {
            let names: Vec<String> = (0..500).map(|n| format!("made-up-{i}-{n}")).collect();
            for line in [format!("#Fields: {}", names.join(" ")), "v\t".repeat(499) + "v"] {
                let mut row = table.begin();
                let record = Record { bytes: line.as_bytes(), envelope_time: None };
                if decoder.decode(&record, &mut row) == Ok(Decoded::Row) {
                    row.commit(0, 1, 1, record.bytes);
                }
            }
        }
        table.seal();
        assert_eq!((table.rows(), table.schema().fields().len()), (40, MOST_COLUMNS));
    }

    #[test]
    fn other_w3c_logs_are_not_claimed() {
        let iis = "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status sc-bytes cs-bytes time-taken";
        claims(&["#Software: Microsoft Internet Information Services 10.0", iis], false);
        claims(&[iis, "2026-03-05 01:31:14 192.0.2.1 GET / - 200 1 1 15"], false);
        claims(&[iis, "2026-03-05\t01:31:14\t192.0.2.1\tGET\t/\t-\t200\t1\t1\t0.015"], true);
        claims(&["#Fields: time x-edge-location sc-status"], true);
        claims(&["#Fields:"], false);
        claims(&["#Version: 1.0"], false);
    }

    /// How many of these lines are read, and where and why the others are not.
    fn read(lines: &[String]) -> (usize, Vec<(usize, String)>) {
        let records: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
        let mut decoder = CloudFront.decoder(&Head::of(Framing::Lines, &records));
        let mut table = Table::new("cloudfront", CloudFront.fields(), 1);
        let (mut rows, mut faults) = (0, Vec::new());
        for bytes in records {
            match decoder.decode(&Record { bytes, envelope_time: None }, &mut table.begin()) {
                Ok(decoded) => rows += (decoded == Decoded::Row) as usize,
                Err(fault) => faults.push((fault.at, fault.expected)),
            }
        }
        (rows, faults)
    }

    #[test]
    fn more_values_than_the_header_names_are_damage() {
        for separator in ["\t", " ", ","] {
            let line = |values: &[&str]| values.join(separator);
            let (rows, faults) = read(&[
                "#Fields: c-ip x-edge-location sc-status".to_owned(),
                line(&["192.0.2.1", "FRA56-P5", "200"]),
                line(&["192.0.2.1", "FRA56-P5", "200", ""]),
                line(&["192.0.2.1", "FRA56-P5", "200", "", ""]),
                line(&["192.0.2.1", "FRA56-P5"]),
                line(&["192.0.2.1", "FRA56-P5", "200", "x"]),
                line(&["192.0.2.1", "FRA56-P5", "200", "", "x"]),
                line(&["192.0.2.1, 192.0.2.2".replace(", ", separator).as_str(), "FRA56-P5", "200"]),
            ]);
            let more = "end of the record after 3 fields".to_owned();
            assert_eq!(rows, 4, "{faults:?}");
            assert_eq!(faults[..2], [(23, more.clone()), (24, more.clone())]);
            // The value that holds the separator is found by what it pushed out, or by whom it displaced.
            assert_eq!(faults.len(), 3, "{faults:?}");
        }
    }

    #[test]
    fn without_a_header_only_numbers_of_values_that_the_log_has_had_are_read() {
        let sample = include_str!("samples/cloudfront_legacy.log").lines().nth(2).unwrap();
        let values: Vec<&str> = sample.split('\t').collect();
        let line = |count: usize| values[..count].join("\t");
        let counts = |tail: &str| {
            let read = |n: &usize| read(&[line(33), format!("{}{tail}", line(*n))]).0 == 2;
            (1..=33).filter(read).collect::<Vec<_>>()
        };
        assert_eq!(counts(""), [23, 24, 26, 33]);
        // An empty value at the end is none, or the last of all.
        assert_eq!(counts("\t"), [23, 24, 26, 32, 33]);
        assert_eq!(read(&[line(33), line(33) + "\tnew\tnewer"]), (2, vec![]));
        let (_, faults) = read(&[line(33), line(25)]);
        assert_eq!(faults, [(line(25).len(), "1 more field, fle-encrypted-fields first".to_owned())]);
    }
}
