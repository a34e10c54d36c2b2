//! Access logs of Envoy as its default format and Istio's have them: sidecars, gateways, App Mesh.
//!
//! Not these: JSON, whose keys are the user's (`json_lines`); what Envoy says of itself.
//!
//! ```text
//! line   = "[" time "]" SP request SP code SP flags SP ( plain / istio )
//! plain  = 4( word SP ) forwarded SP agent SP id SP authority SP upstream
//! istio  = details SP termination SP failure SP 4( word SP ) forwarded SP agent SP id SP authority SP upstream 6( SP word )
//! ```
//!
//! Decisions: columns are named after Envoy's command operators. Envoy does not escape quotes: a request ends where a code follows, and the
//! agent where three more quoted fields do, seen from the end. Connections of TCP have no request (`"- - -"`) and code 0, which
//! is no value. What stands behind the last field is `extra.1` and so on.

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        Parsed, TokenField, Tokens,
        cells::{host, integer, port, status, text, timestamp},
        request,
        usual::first_address,
        whole,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};
use memchr::{memchr, memchr_iter, memmem, memrchr};

/// Access logs of Envoy and Istio.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut,
    is: is_line,
    what: "have a time in brackets, a quoted request, a code and flags as Envoy writes them",
    extra: "extra",
    time: &["start_time"],
    summary,
    sources: &["istio", super::WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}
const fn count(name: &'static str, unit: Unit) -> TokenField {
    TokenField::new(name, Kind::Int, Role::Measure, integer).unit(unit)
}
const fn computed(name: &'static str, role: Role, computed: &'static Computed) -> TokenField {
    TokenField::computed(name, Kind::Text, role, computed)
}

/// In the order of Istio's line.
#[rustfmt::skip]
static FIELDS: &[TokenField] = &[
    TokenField::new("start_time", Kind::Time, Role::Timestamp, timestamp)
        .aliases(&["time", "event.start"])
        .doc("when the request began"),
    TokenField::new("request", Kind::Text, Role::Identifier, text).doc("method, path and protocol; none for TCP"),
    TokenField::new("response_code", Kind::Int, Role::Status, status)
        .aliases(&["statuscode", "status", "http.response.status_code"])
        .doc("status of the response; none for TCP and where there was no response"),
    dimension("response_flags").doc("what went wrong at the connection: UH no healthy upstream, UF failed, DC gone, and others, with commas"),
    dimension("response_code_details").aliases(&["event.reason"]).doc("why the response has this status (Istio)"),
    dimension("connection_termination_details").doc("why Envoy ended the connection (Istio)"),
    dimension("upstream_transport_failure_reason").aliases(&["error.message"]).doc("why TLS to the upstream failed (Istio)"),
    count("bytes_received", Unit::Bytes)
        .aliases(&["http.request.body.bytes", "http.request.bytes", "source.bytes"])
        .doc("size of the request's body"),
    count("bytes_sent", Unit::Bytes)
        .aliases(&["bytes", "http.response.body.bytes", "http.response.bytes", "destination.bytes"])
        .doc("size of the response's body"),
    count("duration", Unit::Millis).doc("from the beginning of the request to the last byte of the response"),
    count("upstream_service_time", Unit::Millis).doc("how long the upstream took, by its own header"),
    dimension("x_forwarded_for").aliases(&["xforwardedfor"]).doc("the X-Forwarded-For header: the client and the proxies behind it"),
    dimension("user_agent").aliases(&["useragent", "user_agent.original"]).doc("the User-Agent header"),
    TokenField::new("x_request_id", Kind::Text, Role::Identifier, text)
        .aliases(&["request_id", "requestid", "http.request.id"])
        .doc("the request's id"),
    dimension("authority").aliases(&["host", "url.domain"]).doc("the Host header"),
    TokenField::new("upstream_ip", Kind::Ip, Role::Dimension, peer)
        .aliases(&["upstream_host", "destination.ip"])
        .doc("address of the upstream that handled it"),
    TokenField::again("upstream_port", Kind::Int, Role::Dimension, peer_port)
        .aliases(&["destination.port"])
        .doc("port of the upstream"),
    dimension("upstream_cluster").aliases(&["service.name"]).doc("the upstream's cluster (Istio): direction, port, subset and service"),
    dimension("upstream_local_address").doc("address and port of Envoy towards the upstream (Istio)"),
    dimension("downstream_local_address").doc("address and port that the client spoke to (Istio)"),
    TokenField::new("downstream_ip", Kind::Ip, Role::Dimension, peer).doc("address of the client or the proxy before Envoy (Istio)"),
    TokenField::again("downstream_port", Kind::Int, Role::Identifier, peer_port)
        .aliases(&["source.port", "client.port"])
        .doc("port of the client (Istio)"),
    dimension("requested_server_name").aliases(&["tls.client.server_name"]).doc("the name that the client asked for in TLS (Istio)"),
    dimension("route_name").doc("the route that matched (Istio)"),
    // Computed.
    TokenField::computed("source.ip", Kind::Ip, Role::Dimension, &CLIENT)
        .aliases(&["requestip", "request_ip", "client_ip", "source.address", "client.ip"])
        .doc("the first address of X-Forwarded-For, else that of the connection"),
    computed("event.outcome", Role::Status, &OUTCOME).doc("success below status 400, failure from there on, unknown without a status"),
    computed("http.request.method", Role::Dimension, &METHOD).aliases(&["method"]).doc("the method of the request"),
    computed("url.original", Role::Identifier, &URL).aliases(&["url"]).doc("the URL of the request as the client sent it"),
    computed("url.path", Role::Dimension, &PATH).aliases(&["requesturi", "uri"]).doc("the path of the request's URL, without query"),
    computed("url.query", Role::Identifier, &QUERY).aliases(&["querystring", "query_string"]).doc("the query of the request's URL"),
    computed("http.version", Role::Dimension, &VERSION).aliases(&["httpversion"]).doc("the version of HTTP"),
];

static CLIENT: Computed = Computed {
    from: &["x_forwarded_for", "downstream_ip"],
    value: |cells, _| match cells {
        [list, address] => match list {
            Cell::Text(list) => first_address(list).map_or(*address, Cell::Text),
            _ => *address,
        },
        _ => Cell::Null,
    },
};
static OUTCOME: Computed = Computed { from: &["response_code"], value: request::outcome };
static METHOD: Computed = Computed { from: &["request"], value: request::method };
static URL: Computed = Computed { from: &["request"], value: request::url };
static PATH: Computed = Computed { from: &["request"], value: request::path };
static QUERY: Computed = Computed { from: &["request"], value: request::query };
static VERSION: Computed = Computed { from: &["request"], value: request::version };

/// The host of a peer, which may be written as a URL or be a socket.
fn peer(input: &[u8]) -> Parsed<'_> {
    let place = input.strip_prefix(b"tcp://").unwrap_or(input);
    Ok((b"", whole(host, place).unwrap_or(Cell::Text(input))))
}

/// The port of a peer, if it has one.
fn peer_port(input: &[u8]) -> Parsed<'_> {
    let place = input.strip_prefix(b"tcp://").unwrap_or(input);
    Ok((b"", whole(port, place).unwrap_or(Cell::Null)))
}

/// What stands for the request of a connection of TCP.
const NO_REQUEST: &[u8] = b"- - -";

fn cut(record: &[u8], tokens: &mut Tokens, most: usize) -> Result<(), (usize, &'static str)> {
    let record = record.get(..record.len().min(u32::MAX as usize)).unwrap_or_default();
    let rest = |at: usize| record.get(at..).unwrap_or_default();
    let word = |at: &mut usize, tokens: &mut Tokens| {
        let end = memchr(b' ', rest(*at)).map_or(record.len(), |space| *at + space);
        tokens.push((*at).min(end)..end);
        *at = (end + 1).min(record.len());
    };
    tokens.clear();
    let end = memmem::find(record, b"] \"").filter(|_| record.first() == Some(&b'['));
    let end = end.ok_or((0, "a time in brackets and a quoted request"))?;
    tokens.push(1..end);
    let quote = end + 2;
    let end = request_end(record, quote + 1).ok_or((quote, "closing quote of the request"))?;
    let is_none = record.get(quote + 1..end) == Some(NO_REQUEST);
    tokens.push(if is_none { end..end } else { quote + 1..end });
    let mut at = end + 2;
    if rest(at).starts_with(b"0 ") {
        tokens.push(at..at);
        at += 2;
    } else {
        word(&mut at, tokens);
    }
    word(&mut at, tokens);
    if is_plain(rest(at)) {
        (0..3).for_each(|_| tokens.push(at..at));
    } else {
        word(&mut at, tokens);
        word(&mut at, tokens);
        let inside = rest(at).strip_prefix(b"\"").ok_or((at, "the reason of a failure in quotes"))?;
        let end = at + 1 + memmem::find(inside, b"\" ").ok_or((at, "closing quote"))?;
        tokens.push(at + 1..end);
        at = end + 2;
    }
    (0..4).for_each(|_| word(&mut at, tokens));
    // The last quote is that of the upstream; a name asked for in TLS has none.
    let last = memrchr(b'"', rest(at)).map_or(at, |found| at + found);
    let quoted = rest(at).first() == Some(&b'"') && last > at;
    let inside = record.get(at + 1..last).filter(|_| quoted).ok_or((at, "five quoted fields"))?;
    let first = memmem::find(inside, BETWEEN).ok_or((at, "five quoted fields"))?;
    tokens.push(at + 1..at + 1 + first);
    let from = first + BETWEEN.len();
    let mut ends = [0; 3];
    let mut to = inside.len();
    for end in ends.iter_mut().rev() {
        let before = inside.get(from..to).and_then(|text| memmem::rfind(text, BETWEEN));
        to = from + before.ok_or((at, "five quoted fields"))?;
        *end = to;
    }
    let mut begin = from;
    for end in ends.into_iter().chain([inside.len()]) {
        tokens.push(at + 1 + begin..at + 1 + end);
        begin = end + BETWEEN.len();
    }
    at = (last + 2).min(record.len());
    if at >= record.len() {
        (0..6).for_each(|_| tokens.push(at..at));
    }
    while at < record.len() && tokens.len() < most {
        word(&mut at, tokens);
    }
    Ok(())
}

/// What stands between two quoted fields.
const BETWEEN: &[u8] = b"\" \"";

/// The first quote that a code follows.
fn request_end(record: &[u8], from: usize) -> Option<usize> {
    let is_code = |behind: &[u8]| match behind {
        [b' ', b'0' | b'-', b' ', ..] => true,
        [b' ', a, b, c, b' ', ..] => [a, b, c].iter().all(|b| b.is_ascii_digit()),
        _ => false,
    };
    let quotes = memchr_iter(b'"', record.get(from..)?).map(|at| from + at);
    quotes.into_iter().find(|at| is_code(record.get(at + 1..).unwrap_or_default()))
}

/// Whether four words and a quoted field follow, as in Envoy's own format; in Istio's it is two.
fn is_plain(behind: &[u8]) -> bool {
    let head = behind.get(..behind.len().min(128)).unwrap_or_default();
    let Some(quote) = memchr(b'"', head) else { return false };
    head.get(..quote).unwrap_or_default().iter().filter(|b| **b == b' ').count() == 4
}

/// Enough of a line to be no other log's.
fn is_line(line: &[u8]) -> bool {
    // `[2026-03-05T`
    if line.first() != Some(&b'[') || line.get(5) != Some(&b'-') || line.get(11) != Some(&b'T') {
        return false;
    }
    let mut tokens = Tokens::default();
    let flags = |b: &u8| b.is_ascii_uppercase() || matches!(b, b'-' | b',' | b'_') || b.is_ascii_digit();
    cut(line, &mut tokens, usize::MAX).is_ok()
        && tokens.get(line, 3).is_some_and(|(_, token)| !token.is_empty() && token.iter().all(flags))
}

const META: Meta = Meta {
    id: "envoy",
    family: Family::Web,
    title: "Envoy and Istio access logs",
    summary: "Requests and connections through an Envoy proxy, one record each.",
    framing: Framing::Lines,
    page: "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage",
    read_on: "2026-11-27",
    key_shape: "the output of a container `istio-proxy` or `envoy`, in the log group that an agent writes to",
    versions: "the default formats of Envoy and of Istio, of HTTP and TCP",
    not_read: "formats of the user's own; JSON, which is read as `json_lines`",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("it is no log of AWS's, and no page has a table for it"),
    insights: InsightsLog { group: "the log group that the agent writes to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask("Requests over time by outcome", "stats count(*) as requests by bin(5m), event.outcome"),
    ask(
        "What failed at the connection, by flags and upstream",
        "filter ispresent(response_flags)\n| stats count(*) as requests, latest(upstream_transport_failure_reason) as reason by response_flags, response_code, upstream_cluster, authority\n| sort requests desc\n| limit 50",
    ),
    ask(
        "Slowest paths",
        "stats count(*) as requests, pct(duration, 99) as p99, pct(upstream_service_time, 99) as upstream by authority, url.path\n| sort p99 desc\n| limit 25",
    ),
    ask(
        "Scanning: clients that ask for many paths that do not exist",
        "filter response_code in [400, 403, 404, 405]\n| stats count_distinct(url.path) as paths, count(*) as requests by source.ip, user_agent\n| sort paths desc\n| limit 25",
    ),
    ask(
        "Who is refused: 401 and 403 by client",
        "filter response_code in [401, 403]\n| stats count(*) as refused, latest(response_code_details) as why by source.ip, authority\n| sort refused desc\n| limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "istio-proxy.log", content: crate::sample!("envoy_istio.log"), rows: 6, rejected: 2 },
    Sample { name: "envoy.log", content: crate::sample!("envoy.log"), rows: 4, rejected: 1 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**{response_code}** [{http.request.method} ]{line:url.path|request|=a request}||\
         **[{http.request.method} {line:url.path|url.original}||{line:request|=a connection}]**[ → {response_code}]]\
         [ on {authority}][ in {ms:duration}][, {response_flags}][, {source.ip}]",
    )
}

#[cfg(test)]
mod tests {
    use super::{super::line_log::shown, LOG, is_line};

    const LEFT: &str = "[2026-03-05T01:30:00.123Z]";

    #[test]
    fn quotes_in_requests_and_agents() {
        let columns =
            ["request", "response_code", "x_forwarded_for", "user_agent", "x_request_id", "upstream_ip"];
        for (right, expected) in [
            (
                r#""GET /"x" HTTP/1.1" 200 - 0 5 1 1 "-" "a" b" "id" "h" "192.0.2.1:80""#,
                ["GET /\"x\" HTTP/1.1", "200", "-", "a\" b", "id", "192.0.2.1"],
            ),
            (
                r#""GET / HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 5 1 - "1.2.3.4" "a" "b" "c" "id" "h" "-" - - - 192.0.2.2:80 - -"#,
                ["GET / HTTP/1.1", "503", "1.2.3.4", "a\" \"b\" \"c", "id", "-"],
            ),
            (
                r#""- - -" 0 - - - "TLS error: x" 0 5 1 - "-" "-" "-" "-" "192.0.2.1:80" o|80||h - - - x -"#,
                ["-", "-", "-", "-", "-", "192.0.2.1"],
            ),
        ] {
            let expected: Vec<String> = expected.iter().map(|v| (*v).to_owned()).collect();
            assert_eq!(shown(&LOG, &format!("{LEFT} {right}"), &columns), Ok(expected), "{right}");
        }
        for (right, at) in [
            ("", 0),
            (r#""GET / HTTP/1.1"#, 27),
            (r#""GET / HTTP/1.1" 200 - 0 5 1 1 "-" "a""#, 58),
            (r#""GET / HTTP/1.1" 200 - via_upstream - x"#, 65),
            (r#""GET / HTTP/1.1" 200 - 0 5x 1 1 "-" "a" "b" "c" "d""#, 53),
        ] {
            let found = shown(&LOG, &format!("{LEFT} {right}"), &columns).map_err(|(at, _)| at);
            assert_eq!(found.map(|_| ()), Err(at), "{right}");
        }
    }

    #[test]
    fn lines_of_other_logs_are_not_claimed() {
        let own = format!(r#"{LEFT} "GET / HTTP/1.1" 200 - 0 5 1 1 "-" "a" "b" "c" "d""#);
        assert!(is_line(own.as_bytes()));
        for line in [
            own.replace("[2026", "2026"),
            own.replace(" 200 ", " ok "),
            own.replace("\"c\"", "c"),
            format!("{LEFT}[debug][router] [source/common/router/router.cc:434] \"x\""),
            format!(r#"{LEFT} "GET / HTTP/1.1" 200 5 "-" "curl""#),
            String::new(),
        ] {
            assert!(!is_line(line.as_bytes()), "{line}");
        }
    }
}
