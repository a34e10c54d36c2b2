//! Access logs of Application Load Balancers, as S3 objects have them: no header, space-separated, quoted text.
//!
//! The vendor appended fields over the years (18, 20, 23, 24, 25, 27, 29, 30, 33, 34); any other number up to 34 is a
//! damaged record, more than 34 are left alone. Not these: Classic and Network Load Balancers (`clb`, `nlb`), connection
//! and health check logs (`alb_connection`, `alb_health`), and the JSON and W3C forms of vended logs.
//!
//! Decisions: a `-1` time is no value (the vendor's sign for "none"); quoted text is stored as it stands between
//! its quotes, escapes included; `client:port` and `target:port` are two columns each; `request` is also stored in
//! the parts that Athena's table has (`request_verb`, `request_url`, `request_proto`), of which a malformed
//! request may lack any.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        TokenField, Tokens,
        cells::{
            duration, host, integer, method, outcome_of_status, port, protocol, status, text, timestamp, url,
            url_host, url_path,
        },
        protocol as versions, time, whole,
    },
    tell,
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Computed, Kind, Role, Row, Unit};

/// Access logs of Application Load Balancers.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    counts: &COUNTS,
    is: is_alb_line,
    what: "have type, time, load balancer and a quoted request",
    time: &["time", "request_creation_time"],
    summary,
    sources: &["alb_access_logs", super::WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

/// The first form of the log; every later one begins with it.
const LEAST_TOKENS: usize = COUNTS[0];

/// How many fields records have had over the years.
const COUNTS: [usize; 10] = [18, 20, 23, 24, 25, 27, 29, 30, 33, 34];

/// In the order of the record.
static FIELDS: &[TokenField] = &[
    TokenField::new("type", Kind::Text, Role::Dimension, text)
        .aliases(&["network.protocol"])
        .athena("type")
        .doc("http, https, h2, grpcs, ws or wss"),
    TokenField::new("time", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["timestamp", "event.end"])
        .athena("from_iso8601_timestamp(time)")
        .doc("when the response to the client was made"),
    TokenField::new("elb", Kind::Text, Role::Dimension, text)
        .aliases(&["load_balancer", "observer.name"])
        .athena("elb")
        .doc("the load balancer: app, its name, its id"),
    TokenField::new("client_ip", Kind::Ip, Role::Dimension, host)
        .aliases(&["requestip", "source.ip", "source.address", "client.ip"])
        .doc("address of the client"),
    TokenField::again("client_port", Kind::Int, Role::Identifier, port)
        .aliases(&["source.port", "client.port"])
        .doc("port of the client"),
    TokenField::new("target_ip", Kind::Ip, Role::Dimension, host)
        .athena("nullif(nullif(target_ip, '-'), '')")
        .doc("address of the target that handled the request; none for Lambda, redirects, blocked requests"),
    TokenField::again("target_port", Kind::Int, Role::Dimension, port).doc("port of the target"),
    TokenField::new("request_processing_time", Kind::Float, Role::Measure, duration)
        .unit(Unit::Seconds)
        .athena("nullif(request_processing_time, -1)")
        .doc("from receiving the request to sending it to a target; none if it was not sent"),
    TokenField::new("target_processing_time", Kind::Float, Role::Measure, duration)
        .unit(Unit::Seconds)
        .athena("nullif(target_processing_time, -1)")
        .doc("from sending the request to the target to its first response headers; none if there were none"),
    TokenField::new("response_processing_time", Kind::Float, Role::Measure, duration)
        .unit(Unit::Seconds)
        .athena("nullif(response_processing_time, -1)")
        .doc(
            "from receiving the response headers to starting to send them to the client; none if there were none",
        ),
    TokenField::new("elb_status_code", Kind::Int, Role::Status, status)
        .aliases(&["statuscode", "http.response.status_code"])
        .doc("status of the load balancer's response; 460 and 000 where the client was gone"),
    TokenField::again("event.outcome", Kind::Text, Role::Status, outcome_of_status)
        .athena(
            "CASE WHEN elb_status_code IS NULL THEN 'unknown' WHEN elb_status_code BETWEEN 1 AND 399 \
             THEN 'success' ELSE 'failure' END",
        )
        .made()
        .doc("success below status 400, failure from there on, unknown without a status"),
    TokenField::new("target_status_code", Kind::Int, Role::Status, status).doc("status of the target's response"),
    TokenField::new("received_bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["http.request.bytes", "source.bytes"])
        .doc("size of the request, headers included: more than its body (`http.request.body.bytes`)"),
    TokenField::new("sent_bytes", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["bytes", "http.response.bytes", "destination.bytes"])
        .doc("size of the response, headers included: more than its body (`http.response.body.bytes`)"),
    TokenField::new("request", Kind::Text, Role::Identifier, text)
        .aliases(&["request_line"])
        .athena("concat(request_verb, ' ', request_url, ' ', request_proto)")
        .doc("the request line: method, URL, protocol"),
    TokenField::again("request_verb", Kind::Text, Role::Dimension, method)
        .aliases(&["method", "http.request.method"])
        .doc("the method of the request"),
    TokenField::again("request_url", Kind::Text, Role::Identifier, url)
        .aliases(&["url.original", "url.full"])
        .doc("the URL of the request, unencoded spaces included"),
    TokenField::again("request_proto", Kind::Text, Role::Dimension, protocol)
        .athena("nullif(nullif(trim(request_proto), '-'), '')")
        .doc("the protocol of the request"),
    TokenField::again("url.domain", Kind::Text, Role::Dimension, url_host)
        .aliases(&["host"])
        .athena("regexp_extract(request_url, '^[A-Za-z]+://([^/:?#]+)', 1)")
        .made()
        .doc("the host in the request's URL"),
    TokenField::again("url.path", Kind::Text, Role::Dimension, url_path)
        .aliases(&["requesturi"])
        .athena("regexp_extract(request_url, '^(?:[A-Za-z]+://[^/?#]*)?(/[^?#]*)', 1)")
        .made()
        .doc("the path in the request's URL, without query"),
    TokenField::new("user_agent", Kind::Text, Role::Dimension, text)
        .aliases(&["user_agent.original", "useragent"])
        .doc("the client's User-Agent header, cut at 8 KB"),
    TokenField::new("ssl_cipher", Kind::Text, Role::Dimension, text)
        .aliases(&["tls.cipher"])
        .doc("cipher of the TLS connection"),
    TokenField::new("ssl_protocol", Kind::Text, Role::Dimension, text)
        .doc("protocol of the TLS connection"),
    TokenField::new("target_group_arn", Kind::Text, Role::Dimension, text).doc("the target group"),
    TokenField::new("trace_id", Kind::Text, Role::Identifier, text)
        .aliases(&["trace.id"])
        .doc("the X-Amzn-Trace-Id header"),
    TokenField::new("domain_name", Kind::Text, Role::Dimension, text)
        .aliases(&["tls.client.server_name"])
        .doc("the name that the client asked for in the TLS handshake (SNI)"),
    TokenField::new("chosen_cert_arn", Kind::Text, Role::Dimension, text)
        .doc("the certificate presented, or `session-reused`"),
    TokenField::new("matched_rule_priority", Kind::Int, Role::Dimension, integer)
        .doc("priority of the rule that matched, 0 for the default action, -1 for an error before rules"),
    TokenField::new("request_creation_time", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["event.start"])
        .doc("when the request was received"),
    TokenField::new("actions_executed", Kind::Text, Role::Dimension, text)
        .aliases(&["event.action"])
        .doc("what was done with the request, a comma-separated list: waf, authenticate, forward, redirect"),
    TokenField::new("redirect_url", Kind::Text, Role::Identifier, text).doc("where the client was redirected to"),
    TokenField::new("error_reason", Kind::Text, Role::Status, text)
        .aliases(&["lambda_error_reason", "event.reason"])
        .doc("why a request failed (Lambda, authentication, WAF)"),
    TokenField::new("target_port_list", Kind::Text, Role::Dimension, text)
        .doc("targets that were tried, space-separated `address:port`"),
    TokenField::new("target_status_code_list", Kind::Text, Role::Dimension, text)
        .doc("their statuses, space-separated"),
    TokenField::new("classification", Kind::Text, Role::Status, text)
        .doc("how the request agrees with RFC 7230: Acceptable, Ambiguous or Severe"),
    TokenField::new("classification_reason", Kind::Text, Role::Status, text).doc("why it does not"),
    TokenField::new("conn_trace_id", Kind::Text, Role::Identifier, text)
        .athena("nullif(nullif(conn_trace_id, '-'), '')")
        .doc("the connection, as the connection log names it"),
    TokenField::new("transformed_host", Kind::Text, Role::Dimension, text)
        .doc("the Host header after a transform rewrote it"),
    TokenField::new("transformed_uri", Kind::Text, Role::Dimension, text)
        .doc("the URI after a transform rewrote it"),
    TokenField::new("request_transform_status", Kind::Text, Role::Status, text).doc("how the transform ended"),
    TokenField::new("ip_address", Kind::Ip, Role::Dimension, text)
        .aliases(&["destination.ip", "server.ip"])
        .doc("address of the load balancer's node"),
    // Computed.
    TokenField::computed("url.scheme", Kind::Text, Role::Dimension, &SCHEME)
        .athena("lower(regexp_extract(request_url, '^([A-Za-z0-9+.-]+)://', 1))")
        .doc("the scheme of the request's URL, in small letters"),
    TokenField::computed("url.port", Kind::Int, Role::Dimension, &PORT)
        .athena(
            "TRY_CAST(regexp_extract(request_url, '^[A-Za-z0-9+.-]+://[^/?#]*:([0-9]+)-?(?:[/?#]|$)', 1) AS bigint)",
        )
        .doc("the port in the request's URL: the listener's"),
    TokenField::computed("url.query", Kind::Text, Role::Identifier, &QUERY)
        .aliases(&["querystring", "query_string"])
        .athena("nullif(regexp_extract(request_url, '^[^?#]*[?]([^#]*)', 1), '')")
        .doc("the query of the request's URL, without its question mark"),
    TokenField::computed("http.version", Kind::Text, Role::Dimension, &HTTP_VERSION)
        .aliases(&["httpversion", "http_version"])
        .athena("regexp_extract(request_proto, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of HTTP of the request: 1.1, 2.0"),
    TokenField::computed("tls.version", Kind::Text, Role::Dimension, &TLS_VERSION)
        .athena("regexp_extract(ssl_protocol, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of the TLS connection's protocol: 1.2, 1.3"),
    TokenField::computed("tls.version_protocol", Kind::Text, Role::Dimension, &TLS_NAME)
        .athena("lower(regexp_extract(ssl_protocol, '^([^/.0-9]+?)[vV]?/?[0-9][0-9.]*$', 1))")
        .doc("the TLS connection's protocol without its version: tls or ssl"),
];

static SCHEME: Computed = Computed { from: &["request_url"], value: versions::url_scheme };
static PORT: Computed = Computed { from: &["request_url"], value: versions::url_port };
static QUERY: Computed = Computed { from: &["request_url"], value: versions::url_query };
static HTTP_VERSION: Computed = Computed { from: &["request_proto"], value: versions::version };
static TLS_VERSION: Computed = Computed { from: &["ssl_protocol"], value: versions::version };
static TLS_NAME: Computed = Computed { from: &["ssl_protocol"], value: versions::name };

const META: Meta = Meta {
    id: "alb",
    family: Family::Web,
    title: "Application Load Balancer access logs",
    summary: "Requests to an Application Load Balancer, one record per request.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
    read_on: "2026-11-20",
    key_shape: "AWSLogs/{account}/elasticloadbalancing/{region}/{yyyy}/{mm}/{dd}/{account}_elasticloadbalancing_{region}_app.{name}.{id}_{end}_{node-ip}_{random}.log.gz",
    versions: "access logs of 18 to 34 fields (2015 to today), as S3 objects have them",
    not_read: "the JSON, W3C and Parquet forms of vended logs, whose names of fields are not documented; Classic and Network Load Balancers' logs, connection and health check logs are logs of their own",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/create-alb-access-logs-table-partition-projection.html>, read
/// 2026-11-21.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "alb_access_logs",
        ddl: include_str!("athena/alb.sql"),
        time: "from_iso8601_timestamp(time)",
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "lines that the table's expression does not match, such as those of before 2018, are rows of NULL",
            "add a condition on the partition column, such as day >= '2026/03/05', so that only those days are read",
        ],
    }),
    insights: InsightsLog {
        group: "a log group, if the load balancer's logs are delivered to CloudWatch Logs",
        prefix: "",
    },
};

static PRESETS: &[Preset] = &[
    ask("Requests over time by outcome", "stats count(*) as requests by bin(5m), event.outcome"),
    ask(
        "Server errors by target",
        "filter elb_status_code >= 500\n| stats count(*) as errors by target_ip, elb_status_code, target_status_code\n| sort errors desc\n| limit 50",
    ),
    ask(
        "Slowest paths",
        "filter ispresent(target_processing_time)\n| stats count(*) as requests, avg(target_processing_time) as mean, pct(target_processing_time, 99) as p99 by url.path\n| sort p99 desc\n| limit 25",
    ),
    ask(
        "Clients that are refused most (401, 403)",
        "filter elb_status_code in [401, 403]\n| stats count(*) as refused, count_distinct(url.path) as paths by client_ip, user_agent\n| sort refused desc\n| limit 25",
    ),
    ask(
        "Password guessing: failures and successes of a login path by client",
        "filter request_verb = \"POST\" and url.path like /(?i)log-?in|sign-?in|auth/\n| stats count(*) as tries by client_ip, elb_status_code\n| sort tries desc",
    ),
    ask(
        "Malformed and suspicious requests",
        "filter classification in [\"Ambiguous\", \"Severe\"] or not ispresent(request_verb) or user_agent like \"jndi\"\n| fields @timestamp, client_ip, request, elb_status_code, classification_reason, user_agent\n| sort @timestamp desc",
    ),
    ask(
        "Bytes sent by client",
        "stats sum(sent_bytes) as sent, count(*) as requests by client_ip | sort sent desc | limit 25",
    ),
    ask(
        "Old TLS versions still in use",
        "filter ispresent(ssl_protocol) and not (ssl_protocol in [\"TLSv1.2\", \"TLSv1.3\"])\n| stats count(*) as requests by ssl_protocol, ssl_cipher, user_agent\n| sort requests desc",
    ),
];

static SAMPLES: &[Sample] = &[
    Sample {
        name: "123456789012_elasticloadbalancing_eu-central-1_app.shop.50dc6c495c0c9188_20260305T0135Z_192.0.2.30_3k2j1h4g.log",
        content: crate::sample!("alb_modern.log"),
        rows: 9,
        rejected: 4,
    },
    Sample {
        name: "123456789012_elasticloadbalancing_us-east-2_app.my-loadbalancer.50dc6c495c0c9188_20180702T2225Z_192.0.2.31_4l3k2j1h.log",
        content: crate::sample!("alb_history.log"),
        rows: 8,
        rejected: 1,
    },
];

/// Enough of a line to be no other log's: the types that the vendor lists, or any word before an `app/…`.
fn is_alb_line(line: &[u8]) -> bool {
    let mut tokens = Tokens::default();
    let closed = tokens.split_quoted(line, LEAST_TOKENS).is_none();
    let token = |i: usize| tokens.get(line, i).unwrap_or_default();
    let kind = token(0).1;
    let is_listed = matches!(kind, b"http" | b"https" | b"h2" | b"ws" | b"wss" | b"grpcs");
    let is_word =
        kind.first().is_some_and(u8::is_ascii_lowercase) && kind.iter().all(u8::is_ascii_alphanumeric);
    let elb = token(2).1;
    closed
        && tokens.len() == LEAST_TOKENS
        && (is_listed && elb.contains(&b'/') || is_word && elb.starts_with(b"app/"))
        && token(1).1.len() >= 20
        && whole(time::timestamp, token(1).1).is_some()
        // The request is the first quoted token.
        && token(12).0 > 0
        && line.get(token(12).0 - 1) == Some(&b'"')
}

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "**{request_verb|type|=-} {url.path|request_url|=-}** → **{elb_status_code|=no status}**\
         [ in {s:request_processing_time+target_processing_time+response_processing_time}][, {client_ip}]\
         [, **{error_reason|classification_reason}**]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Decoded, Format, Head, Record};

    #[test]
    fn lines_of_other_balancers_are_not_claimed() {
        for line in [
            "2015-05-13T23:39:43.945958Z my-loadbalancer 192.0.2.39:2817 10.0.0.1:80 0.000086 0.001048 0.001337 200 200 0 57 \"GET https://www.example.com:443/ HTTP/1.1\" \"curl/7.38.0\" DHE-RSA-AES128-SHA TLSv1.2",
            "tls 2.0 2018-12-20T02:59:40 net/lb/c6e7 g3d4 192.0.2.154:51341 10.0.0.185:443 5 2 98 246 - arn - ECDHE tlsv12 - lb.elb.amazonaws.com h2 h2 \"h2\",\"http/1.1\" 2020-04-01T08:51:20",
            "http 2018-07-02T22:23:00.186641Z app/lb/50dc 192.0.2.39:2817",
            "",
        ] {
            assert!(!is_alb_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn only_numbers_of_fields_that_the_log_has_had_are_read() {
        let line = include_str!("samples/alb_modern.log").lines().next().unwrap();
        let mut tokens = Tokens::default();
        assert_eq!(tokens.split_quoted(line.as_bytes(), 99), None);
        let ends: Vec<usize> = (0..tokens.len())
            .map(|i| tokens.get(line.as_bytes(), i).map(|(at, t)| at + t.len()).unwrap())
            .map(|end| end + line[end..].starts_with('"') as usize)
            .collect();
        let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &[]));
        let mut table = logloupe_table::Table::new("alb", LOG.fields(), 1);
        let mut read = |line: &str| {
            let record = Record { bytes: line.as_bytes(), envelope_time: None };
            decoder.decode(&record, &mut table.begin()).map_err(|fault| (fault.at, fault.expected))
        };
        let counts: Vec<usize> =
            (1..=34).filter(|n| read(&line[..ends[n - 1]]) == Ok(Decoded::Row)).collect();
        assert_eq!(counts, COUNTS);
        assert_eq!(read(&format!("{line} new \"and newer\"")), Ok(Decoded::Row));
        let fault = |at: usize, expected: &str| Err((at, expected.to_owned()));
        assert_eq!(read(&line[..ends[18]]), fault(ends[18], "1 more field, chosen_cert_arn first"));
        assert_eq!(read(&line[..ends[30]]), fault(ends[30], "2 more fields, transformed_uri first"));
    }
}
