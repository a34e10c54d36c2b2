//! Access logs of Apache and nginx: the common log format, the combined one, each with the virtual host in front or fields of the user's
//! choice behind, and that of ingress-nginx. IIS writes the first as NCSA, Tomcat and many others both.
//!
//! Not these: formats in which the user's fields stand between the usual ones; JSON (`json_lines`); error logs (`http_error`);
//! API Gateway's CLF, which has a request id at its end (`api_gateway`).
//!
//! Reading order: this file (the columns), `cut` (where they stand in a line).
//!
//! Decisions:
//! - Columns have the names of nginx's variables; Apache has none.
//! - What is escaped (`\"`, `\x22`) stays so: what stands in the column stands in the log.
//! - Fields that users add have no name: they are `extra.1`, `extra.2` in their order. Two are known by what they are:
//!   a quoted address is the X-Forwarded-For header of nginx's `main` format, and ingress-nginx's nine by their brackets.
//! - A line cut within the user agent is a row; one cut before that is rejected. So is one without a time.

mod cut;
#[cfg(test)]
mod tests;

use super::{
    Family, Framing, Meta, Preset, Sample, Span, TextLog, ask,
    field::{
        Parsed, TokenField,
        cells::{clf_time, float, host, integer, port, status, text, timestamp},
        parse::expected,
        request,
    },
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row, Unit};

/// Access logs of Apache and nginx.
pub static LOG: TextLog = TextLog {
    fields: FIELDS,
    cut: cut::line,
    is: cut::is_line,
    what: "have a client, a time in brackets, a quoted request, a status and a size",
    extra: "extra",
    time: &["time_local"],
    summary,
    sources: &["apache_access", "nginx_access", super::WEB_ACCESS],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..TextLog::new(META)
};

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}
const fn computed(name: &'static str, role: Role, computed: &'static Computed) -> TokenField {
    TokenField::computed(name, Kind::Text, role, computed)
}

/// In the order in which `cut` finds them.
#[rustfmt::skip]
static FIELDS: &[TokenField] = &[
    TokenField::new("server_name", Kind::Text, Role::Dimension, host)
        .aliases(&["vhost", "virtual_host"])
        .doc("the virtual host, where the format has it in front"),
    TokenField::again("server_port", Kind::Int, Role::Dimension, port)
        .aliases(&["destination.port"])
        .doc("the virtual host's port"),
    TokenField::new("remote_addr", Kind::Ip, Role::Dimension, text)
        .aliases(&["requestip", "request_ip", "client_ip", "clientip", "remote_host", "source.ip", "source.address", "client.ip"])
        .doc("address of the client, or its name if the server looks that up"),
    dimension("ident").aliases(&["remote_logname"]).doc("what identd says of the client; hardly any server asks it"),
    dimension("remote_user").aliases(&["user", "user.name", "auth"]).doc("the user that HTTP authentication named"),
    TokenField::new("time_local", Kind::Time, Role::Timestamp, time)
        .aliases(&["time", "timestamp", "event.start"])
        .doc("when the request was received (Apache) or done (nginx)"),
    TokenField::new("request", Kind::Text, Role::Identifier, text)
        .aliases(&["request_line"])
        .doc("the request line as the server escapes it; anything that a client may send"),
    TokenField::new("status", Kind::Int, Role::Status, status)
        .aliases(&["statuscode", "status_code", "http.response.status_code"])
        .doc("status of the response; 499 of nginx where the client was gone"),
    TokenField::new("body_bytes_sent", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["bytes", "bytes_sent", "http.response.body.bytes", "http.response.bytes", "destination.bytes"])
        .doc("size of the response without its headers, as most formats have it"),
    dimension("http_referer").aliases(&["referer", "referrer", "http.request.referrer"]).doc("the Referer header"),
    dimension("http_user_agent")
        .aliases(&["useragent", "user_agent", "user_agent.original"])
        .doc("the User-Agent header"),
    dimension("http_x_forwarded_for")
        .aliases(&["x_forwarded_for", "xforwardedfor", "forwarded_for"])
        .doc("the X-Forwarded-For header: the client and the proxies before the last one"),
    TokenField::new("request_length", Kind::Int, Role::Measure, integer)
        .unit(Unit::Bytes)
        .aliases(&["http.request.bytes", "source.bytes"])
        .doc("size of the request, headers included (ingress-nginx)"),
    TokenField::new("request_time", Kind::Float, Role::Measure, float)
        .unit(Unit::Seconds)
        .doc("from the first byte of the request to the last of the response (ingress-nginx)"),
    dimension("proxy_upstream_name")
        .aliases(&["proxy_upstream", "service.name"])
        .doc("namespace, service and port behind it (ingress-nginx)"),
    dimension("proxy_alternative_upstream_name")
        .aliases(&["proxy_alternative_upstream"])
        .doc("the other service, of a canary (ingress-nginx)"),
    dimension("upstream_addr").doc("the servers that were tried, each with its port (ingress-nginx)"),
    TokenField::new("upstream_response_length", Kind::Int, Role::Measure, last_integer)
        .unit(Unit::Bytes)
        .doc("size of the response of the last server tried (ingress-nginx)"),
    TokenField::new("upstream_response_time", Kind::Float, Role::Measure, last_float)
        .unit(Unit::Seconds)
        .doc("how long the last server tried took (ingress-nginx)"),
    TokenField::new("upstream_status", Kind::Int, Role::Status, last_integer)
        .doc("status of the response of the last server tried (ingress-nginx)"),
    TokenField::new("req_id", Kind::Text, Role::Identifier, text)
        .aliases(&["request_id", "requestid", "http.request.id"])
        .doc("the request's id (ingress-nginx)"),
    // Computed.
    computed("event.outcome", Role::Status, &OUTCOME)
        .doc("success below status 400, failure from there on, unknown without a status"),
    computed("http.request.method", Role::Dimension, &METHOD)
        .aliases(&["method", "request_method", "verb"])
        .doc("the method of the request"),
    computed("url.original", Role::Identifier, &URL)
        .aliases(&["request_uri", "url"])
        .doc("the URL of the request as the client sent it"),
    computed("url.domain", Role::Dimension, &HOST)
        .aliases(&["host"])
        .doc("the virtual host, else the host in the request's URL"),
    computed("url.path", Role::Dimension, &PATH)
        .aliases(&["requesturi", "uri"])
        .doc("the path of the request's URL, without query"),
    computed("url.query", Role::Identifier, &QUERY)
        .aliases(&["querystring", "query_string", "args"])
        .doc("the query of the request's URL, without its question mark"),
    computed("http.version", Role::Dimension, &VERSION).aliases(&["httpversion"]).doc("the version of HTTP"),
];

static OUTCOME: Computed = Computed { from: &["status"], value: request::outcome };
static METHOD: Computed = Computed { from: &["request"], value: request::method };
static URL: Computed = Computed { from: &["request"], value: request::url };
static HOST: Computed = Computed {
    from: &["request", "server_name"],
    value: |cells, out| match cells {
        [_, name @ Cell::Text(_)] => *name,
        [line, ..] => request::host(std::slice::from_ref(line), out),
        [] => Cell::Null,
    },
};
static PATH: Computed = Computed { from: &["request"], value: request::path };
static QUERY: Computed = Computed { from: &["request"], value: request::query };
static VERSION: Computed = Computed { from: &["request"], value: request::version };

/// The time of web servers, or one of ISO 8601, which nginx has too.
fn time(input: &[u8]) -> Parsed<'_> {
    match input.get(2) {
        Some(b'/') => clf_time(input),
        _ => timestamp(input).or_else(|_| expected("time (06/Feb/2026:13:05:59 +0000)", input)),
    }
}

/// What stands behind the last comma: of several servers that were tried, that of the last one.
fn last(input: &[u8]) -> &[u8] {
    let from = memchr::memrchr2(b',', b':', input).map_or(0, |at| at + 1);
    input.get(from..).unwrap_or_default().trim_ascii()
}

fn last_integer(input: &[u8]) -> Parsed<'_> {
    if last(input) == b"-" { Ok((b"", Cell::Null)) } else { integer(last(input)) }
}

fn last_float(input: &[u8]) -> Parsed<'_> {
    if last(input) == b"-" { Ok((b"", Cell::Null)) } else { float(last(input)) }
}

const META: Meta = Meta {
    id: "http_access",
    family: Family::Web,
    title: "Apache and nginx access logs",
    summary: "Requests to a web server, one record each.",
    framing: Framing::Lines,
    page: "https://httpd.apache.org/docs/2.4/mod/mod_log_config.html",
    read_on: "2026-11-27",
    key_shape: "access_log, {host}-access.log, a log group that an agent writes to",
    versions: "common and combined, with the virtual host in front, with any fields behind; ingress-nginx; both forms mixed in one file",
    not_read: "formats with other fields between the usual ones; lines without a time",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err(
        "its columns are the user's choice: Athena's page has a table for one format of Apache's, by an expression",
    ),
    insights: InsightsLog { group: "the log group that the agent writes to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask("Requests over time by outcome", "stats count(*) as requests by bin(5m), event.outcome"),
    ask(
        "Server errors by path",
        "filter status >= 500\n| stats count(*) as errors, count_distinct(remote_addr) as clients, latest(@timestamp) as last by status, http.request.method, url.path\n| sort errors desc\n| limit 50",
    ),
    ask(
        "Scanning: clients that ask for many paths that do not exist",
        "filter status in [400, 403, 404, 405]\n| stats count_distinct(url.path) as paths, count(*) as requests by remote_addr, http_user_agent\n| sort paths desc\n| limit 25",
    ),
    ask(
        "Attacks that stand in the request: traversal, injection, scripts",
        "filter request like /(?i)[.][.](%2f|%5c|[^ a-z0-9])|%00|<script|union(\\+|%20)+select|etc(%2f|[^ a-z])passwd|[$](%7b|[{])|cmd=|wp-login|[.]env/\n| stats count(*) as requests, sum(status < 400) as answered by remote_addr, url.path\n| sort answered desc, requests desc\n| limit 50",
    ),
    ask(
        "Password guessing: tries and successes of a login path by client",
        "filter http.request.method = \"POST\" and url.path like /(?i)log-?in|sign-?in|auth/\n| stats count(*) as tries by remote_addr, status\n| sort tries desc",
    ),
    ask(
        "What is no HTTP: requests without a method",
        "filter not ispresent(http.version)\n| stats count(*) as requests, latest(request) as example by remote_addr, status\n| sort requests desc\n| limit 25",
    ),
    ask(
        "Bytes sent by client",
        "stats sum(body_bytes_sent) as sent, count(*) as requests by remote_addr | sort sent desc | limit 25",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "access.log", content: crate::sample!("http_access.log"), rows: 17, rejected: 4 },
    Sample { name: "ingress.log", content: crate::sample!("http_access_ingress.log"), rows: 4, rejected: 0 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**{status}** [{http.request.method} ]{line:url.path|url.original|=an empty request}||\
         **[{http.request.method} ]{line:url.path|url.original|=an empty request}**[ → {status}]]\
         [ on {server_name}][, {remote_addr}]",
    )
}
