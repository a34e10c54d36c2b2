//! Access logs of Classic Load Balancers, as S3 objects have them: no header, space-separated, quoted text.
//!
//! Lines have 12 fields (until 2015) or 15; more are left alone. Not these: Application and Network Load Balancers.
//!
//! Decisions: columns are called as those of `alb`, with the vendor's `backend` for its `target`. A `-1`, of times and
//! of bytes, is no value. Quotes inside the user agent may stand unescaped: it ends at the last quote behind which a
//! cipher and a protocol follow. Listeners of TCP and SSL have no request (`- - - `) and no status; their outcome is
//! unknown.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        Parsed, TokenField, Tokens,
        cells::{duration, host, integer, port, status, text, timestamp},
        number, protocol, request,
        unescaped::{Cutter, is_number, words},
        whole,
    },
    tell,
};
use logloupe_table::external::{AthenaTable, ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Access logs of Classic Load Balancers.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut,
    counts: &[12, 15],
    is: is_line,
    what: "have a time, a load balancer, a client and a quoted request",
    time: &["time"],
    summary,
    sources: &["elb_logs", super::WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}
const fn seconds(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Float, Role::Measure, duration).unit(Unit::Seconds)
}
const fn computed(name: &'static str, role: Role, computed: &'static Computed) -> TokenField {
    TokenField::computed(name, Kind::Text, role, computed)
}

/// In the order of the line.
#[rustfmt::skip]
static FIELDS: &[TokenField] = &[
    TokenField::new("time", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["timestamp", "request_timestamp", "event.start"])
        .athena("from_iso8601_timestamp(\"timestamp\")")
        .doc("when the request was received"),
    dimension("elb").aliases(&["elb_name", "load_balancer", "observer.name"]).doc("name of the load balancer"),
    TokenField::new("client_ip", Kind::Ip, Role::Dimension, host)
        .aliases(&["request_ip", "requestip", "source.ip", "source.address", "client.ip"])
        .doc("address of the client"),
    TokenField::again("client_port", Kind::Int, Role::Identifier, port)
        .aliases(&["request_port", "source.port", "client.port"])
        .doc("port of the client"),
    TokenField::new("backend_ip", Kind::Ip, Role::Dimension, host)
        .aliases(&["target_ip", "destination.ip"])
        .athena("nullif(nullif(backend_ip, '-'), '')")
        .doc("address of the instance that handled the request; none if none could"),
    TokenField::again("backend_port", Kind::Int, Role::Dimension, port)
        .aliases(&["target_port", "destination.port"])
        .doc("port of the instance"),
    seconds("request_processing_time")
        .athena("nullif(request_processing_time, -1)")
        .doc("from receiving the request to sending it to an instance; none if it was not sent"),
    seconds("backend_processing_time")
        .aliases(&["target_processing_time"])
        .athena("nullif(backend_processing_time, -1)")
        .doc("from sending the request to the instance's first response headers; none if there were none"),
    seconds("response_processing_time")
        .aliases(&["client_response_time"])
        .athena("nullif(client_response_time, -1)")
        .doc("from receiving the response headers to starting to send them to the client"),
    TokenField::new("elb_status_code", Kind::Int, Role::Status, status)
        .aliases(&["elb_response_code", "statuscode", "http.response.status_code"])
        .doc("status of the load balancer's response; none for TCP and SSL"),
    TokenField::new("backend_status_code", Kind::Int, Role::Status, status)
        .aliases(&["backend_response_code", "target_status_code"])
        .doc("status of the instance's response"),
    TokenField::new("received_bytes", Kind::Int, Role::Measure, size)
        .unit(Unit::Bytes)
        .aliases(&["http.request.bytes", "source.bytes"])
        .athena("nullif(received_bytes, -1)")
        .doc("size of the request, without headers for HTTP, with them for TCP"),
    TokenField::new("sent_bytes", Kind::Int, Role::Measure, size)
        .unit(Unit::Bytes)
        .aliases(&["bytes", "http.response.bytes", "destination.bytes"])
        .athena("nullif(sent_bytes, -1)")
        .doc("size of the response, without headers for HTTP, with them for TCP"),
    TokenField::new("request", Kind::Text, Role::Identifier, text)
        .aliases(&["request_line"])
        .athena("concat(request_verb, ' ', url, ' ', protocol)")
        .doc("the request line: method, URL, protocol; none for TCP and SSL"),
    dimension("user_agent")
        .aliases(&["useragent", "user_agent.original"])
        .athena("nullif(replace(user_agent, '\"', ''), '-')")
        .doc("the client's User-Agent header"),
    dimension("ssl_cipher").aliases(&["tls.cipher"]).doc("cipher of the TLS connection"),
    dimension("ssl_protocol").doc("protocol of the TLS connection"),
    // Computed.
    computed("event.outcome", Role::Status, &OUTCOME)
        .athena("CASE WHEN TRY_CAST(elb_response_code AS integer) IS NULL THEN 'unknown' WHEN TRY_CAST(elb_response_code AS integer) BETWEEN 100 AND 399 THEN 'success' ELSE 'failure' END")
        .doc("success below status 400, failure from there on, unknown without a status"),
    computed("request_verb", Role::Dimension, &METHOD)
        .aliases(&["method", "http.request.method"])
        .athena("nullif(request_verb, '-')")
        .doc("the method of the request"),
    computed("request_url", Role::Identifier, &URL)
        .aliases(&["url", "url.original", "url.full"])
        .athena("nullif(url, '-')")
        .doc("the URL of the request"),
    computed("url.domain", Role::Dimension, &HOST)
        .aliases(&["host"])
        .athena("regexp_extract(url, '^[A-Za-z]+://([^/:?#]+)', 1)")
        .doc("the host in the request's URL"),
    computed("url.path", Role::Dimension, &PATH)
        .aliases(&["requesturi"])
        .athena("regexp_extract(url, '^(?:[A-Za-z]+://[^/?#]*)?(/[^?#]*)', 1)")
        .doc("the path in the request's URL, without query"),
    computed("url.query", Role::Identifier, &QUERY)
        .aliases(&["querystring", "query_string"])
        .doc("the query of the request's URL, without its question mark"),
    computed("http.version", Role::Dimension, &VERSION)
        .aliases(&["httpversion"])
        .athena("regexp_extract(protocol, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of HTTP"),
    computed("tls.version", Role::Dimension, &TLS)
        .athena("regexp_extract(ssl_protocol, '^[^/.0-9]+/?([0-9][0-9.]*)$', 1)")
        .doc("the version of the TLS connection's protocol: 1.2, 1.3"),
];

static OUTCOME: Computed = Computed { from: &["elb_status_code"], value: request::outcome };
static METHOD: Computed = Computed { from: &["request"], value: request::method };
static URL: Computed = Computed { from: &["request"], value: request::url };
static HOST: Computed = Computed { from: &["request"], value: request::host };
static PATH: Computed = Computed { from: &["request"], value: request::path };
static QUERY: Computed = Computed { from: &["request"], value: request::query };
static VERSION: Computed = Computed { from: &["request"], value: request::version };
static TLS: Computed = Computed { from: &["ssl_protocol"], value: protocol::version };

/// A number of bytes, of which the vendor writes `-1` where it does not know it.
fn size(input: &[u8]) -> Parsed<'_> {
    let (rest, bytes) = number::integer(input)?;
    Ok((rest, if bytes == -1 { Cell::Null } else { Cell::Int(bytes) }))
}

/// ```text
/// line = 11word request [ agent word word *word ]       ; each and one space
/// ```
fn cut(record: &[u8], tokens: &mut Tokens, most: usize) -> Result<(), (usize, &'static str)> {
    let mut cutter = Cutter::new(record, tokens, most);
    cutter.words(11);
    if cutter.rest().starts_with(NO_REQUEST) {
        cutter.skip_as_missing(NO_REQUEST.len() + 1);
    } else {
        cutter.quoted(|rest| rest.is_empty() || rest.starts_with(b"\"") || rest.starts_with(b"- "))?;
    }
    cutter.quoted_to_last(is_after_agent)?;
    cutter.all()
}

/// What stands for the request of a listener of TCP or SSL.
const NO_REQUEST: &[u8] = b"\"- - - \"";

/// Whether this begins with a cipher and a protocol of TLS.
fn is_after_agent(rest: &[u8]) -> bool {
    let mut words = words(rest);
    let cipher = words.next().unwrap_or_default();
    let protocol = words.next().unwrap_or_default();
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    cipher.iter().all(is_name)
        && (protocol == b"-" || protocol.starts_with(b"TLS") || protocol.starts_with(b"SSL"))
}

/// Enough of a line to be no other log's.
fn is_line(line: &[u8]) -> bool {
    if !line.first().is_some_and(u8::is_ascii_digit) || line.get(10) != Some(&b'T') {
        return false;
    }
    let mut tokens = Tokens::default();
    tokens.split(line, b' ', 12);
    let token = |i: usize| tokens.get(line, i).unwrap_or_default().1;
    let is_host = |text: &[u8]| matches!(whole(port, text), Some(Cell::Int(_)));
    tokens.len() == 12
        && whole(timestamp, token(0)).is_some()
        && !token(1).is_empty()
        && is_host(token(2))
        && (token(3) == b"-" || is_host(token(3)))
        && (4..7).all(|i| whole(duration, token(i)).is_some())
        && (7..9).all(|i| is_number(token(i)))
        && (9..11).all(|i| whole(integer, token(i)).is_some())
        && token(11).starts_with(b"\"")
}

const META: Meta = Meta {
    id: "clb",
    family: Family::Web,
    title: "Classic Load Balancer access logs",
    summary: "Requests and connections to a Classic Load Balancer, one record each.",
    framing: Framing::Lines,
    page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/elasticloadbalancing/{region}/{yyyy}/{mm}/{dd}/{account}_elasticloadbalancing_{region}_{name}_{end}_{node-ip}_{random}.log",
    versions: "12 fields (until 2015) and 15, of HTTP, HTTPS, TCP and SSL listeners",
    not_read: "forms of vended logs other than plain text, whose names of fields are not documented",
};

/// Athena: <https://docs.aws.amazon.com/athena/latest/ug/elasticloadbalancer-classic-logs.html>, read 2026-11-26.
static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Ok(&AthenaTable {
        name: "elb_logs",
        ddl: include_str!("athena/clb.sql"),
        time: "from_iso8601_timestamp(\"timestamp\")",
        null_text: Some("-"),
        roots: &[],
        notes: &[
            "lines of 12 fields, and lines of more than 15, do not match the table's expression and are rows of NULL",
            "the table has no partitions: every file under the location is read",
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
        "Server errors by instance",
        "filter elb_status_code >= 500\n| stats count(*) as errors by backend_ip, elb_status_code, backend_status_code\n| sort errors desc\n| limit 50",
    ),
    ask(
        "Requests that no instance answered",
        "filter not ispresent(backend_ip)\n| stats count(*) as requests by client_ip, elb_status_code, url.path\n| sort requests desc\n| limit 50",
    ),
    ask(
        "Scanning: clients that ask for many paths that do not exist",
        "filter elb_status_code in [403, 404]\n| stats count_distinct(url.path) as paths, count(*) as requests by client_ip, user_agent\n| sort paths desc\n| limit 25",
    ),
    ask(
        "Password guessing: failures and successes of a login path by client",
        "filter request_verb = \"POST\" and url.path like /(?i)log-?in|sign-?in|auth/\n| stats count(*) as tries by client_ip, elb_status_code\n| sort tries desc",
    ),
    ask(
        "Bytes sent by client",
        "stats sum(sent_bytes) as sent, count(*) as requests by client_ip | sort sent desc | limit 25",
    ),
    ask(
        "Slowest paths",
        "filter ispresent(backend_processing_time)\n| stats count(*) as requests, avg(backend_processing_time) as mean, pct(backend_processing_time, 99) as p99 by url.path\n| sort p99 desc\n| limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "111122223333_elasticloadbalancing_us-east-2_my-loadbalancer_20260305T0135Z_192.0.2.31_4l3k2j1h.log",
    content: crate::sample!("clb.log"),
    rows: 11,
    rejected: 4,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**{elb_status_code}** \
         [{request_verb}[ {url.path|request_url}]||{url.path|request_url|=connection}]||**\
         [{request_verb}[ {url.path|request_url}]||{url.path|request_url|=connection}]**\
         [ → {elb_status_code}]]\
         [ in {s:request_processing_time+backend_processing_time+response_processing_time}]\
         [, {client_ip}]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(line: &str) -> Result<Vec<&str>, usize> {
        let mut tokens = Tokens::default();
        cut(line.as_bytes(), &mut tokens, 15).map_err(|(at, _)| at)?;
        let token = |i| std::str::from_utf8(tokens.get(line.as_bytes(), i).unwrap().1).unwrap();
        Ok((11..tokens.len()).map(token).collect())
    }

    #[test]
    fn quotes_in_requests_and_agents() {
        let left = "2026-03-05T01:31:14.216357Z lb 192.0.2.1:1 - -1 -1 -1 408 - 0 0";
        for (right, expected) in [
            (r#""GET http://a/ HTTP/1.1""#, Ok(vec!["GET http://a/ HTTP/1.1"])),
            (r#""GET /"x" HTTP/1.1" "a" - -"#, Ok(vec![r#"GET /"x" HTTP/1.1"#, "a", "-", "-"])),
            (
                r#""GET / HTTP/1.1" "a "b" c" DHE-RSA TLSv1.2"#,
                Ok(vec!["GET / HTTP/1.1", r#"a "b" c"#, "DHE-RSA", "TLSv1.2"]),
            ),
            (r#""GET / HTTP/1.1" "a" - - x" - -"#, Ok(vec!["GET / HTTP/1.1", r#"a" - - x"#, "-", "-"])),
            (r#""- - - " "-" - -"#, Ok(vec!["", "-", "-", "-"])),
            (r#""GET / HTTP/1.1" - - -"#, Ok(vec!["GET / HTTP/1.1", "-", "-", "-"])),
            (r#""GET / HTTP"#, Err(left.len() + 1)),
        ] {
            assert_eq!(tokens(&format!("{left} {right}")), expected, "{right}");
        }
    }

    #[test]
    fn lines_of_other_logs_are_not_claimed() {
        let own = "2015-05-13T23:39:43.945958Z lb 192.0.2.39:2817 10.0.0.1:80 0.1 0.2 0.3 200 200 0 57 \"GET / HTTP/1.1\"";
        assert!(is_line(own.as_bytes()));
        for line in [
            format!("http {own}"),
            own.replace("2817", "x"),
            own.replace("10.0.0.1:80", "10.0.0.1"),
            own.replace("0.2", "fast"),
            own.replace(" 200 200", " OK 200"),
            own.replace('"', ""),
            own.replace("2015-05-13T", "2015-05-13 "),
            "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA 4.036 \"-\" - - -"
                .to_owned(),
            String::new(),
        ] {
            assert!(!is_line(line.as_bytes()), "{line}");
        }
    }
}
