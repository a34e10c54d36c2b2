//! Logs of HAProxy: requests (`httplog`, `httpslog`), connections (`tcplog`), errors of connections and what the program says of itself, with
//! or without the prefix of syslog.
//!
//! Not these: formats of the user's own (`log-format`); CLF (`httplog clf`), which is `http_access`.
//!
//! ```text
//! line     = [ prefix ] ( client "[" accepted "]" SP ( http / tcp / error ) / notice )
//! prefix   = time SP [ host SP ] name "[" pid "]:" SP
//! http     = frontend SP backend "/" server SP 5timers SP status SP bytes SP cookie SP cookie SP state SP 5counts SP 2queues
//!            [ SP "{" headers "}" ] [ SP "{" headers "}" ] SP request [ SP ssl ]
//! tcp      = frontend SP backend "/" server SP 3timers SP bytes SP state SP 5counts SP 2queues [ SP more ]
//! error    = frontend "/" listener ":" SP message
//! request  = DQUOTE *CHAR [ DQUOTE ]                  ; cut at 1024 bytes, then without its quote
//! ```
//!
//! Decisions:
//! - `-1` of a timer is no value. A `+` (logged before the end, redispatched) is left out.
//! - Captured headers are not escaped and hold blanks: they end where a brace and a brace or a quote follow.
//! - `@timestamp` is the time of acceptance, which has no zone: that of syslog's time where this has one, else the user's.
//!   A notice has syslog's time.
//! - `<BADREQ>` and `<NOSRV>` stay as they are.

mod line;
#[cfg(test)]
mod tests;

use super::{
    Family, Framing, LineLog, Meta, Preset, Sample, Span, ask,
    field::request,
    line_log::{place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Computed, Field, Kind, Role, Row, Unit};

/// Logs of HAProxy.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: line::is_line,
    what: "have a client, a time of acceptance and timers, or HAProxy's name before its process",
    summary,
    sources: &["haproxy_log"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |head| Box::new(line::Lines::new(head)))
};

const fn millis(name: &'static str) -> Field {
    Field::new(name, Kind::Int, Role::Measure).unit(Unit::Millis)
}
const fn number(name: &'static str) -> Field {
    Field::new(name, Kind::Int, Role::Measure)
}

#[rustfmt::skip]
const FIELDS: &[Field] = &[
    text("process_name", Role::Dimension).aliases(&["process.name"]).doc("the program's name in syslog's prefix"),
    Field::new("pid", Kind::Int, Role::Identifier).aliases(&["process.pid"]).doc("its process"),
    Field::new("client_ip", Kind::Ip, Role::Dimension).aliases(&["source.ip", "source.address", "client.ip", "requestip"]).doc("address of the client"),
    Field::new("client_port", Kind::Int, Role::Identifier).aliases(&["source.port", "client.port"]).doc("port of the client"),
    Field::new("accept_date", Kind::Time, Role::Timestamp).aliases(&["time", "event.start"]).doc("when the connection was accepted, or the request began"),
    text("frontend_name", Role::Dimension).aliases(&["frontend"]).doc("the frontend"),
    Field::new("tls", Kind::Bool, Role::Dimension).aliases(&["tls.established"]).doc("whether the client spoke TLS to the frontend"),
    text("backend_name", Role::Dimension).aliases(&["backend", "service.name"]).doc("the backend"),
    text("server_name", Role::Dimension).aliases(&["server", "destination.domain"]).doc("the server; <NOSRV> if none was chosen, <STATS> and others of HAProxy's own"),
    millis("time_request").aliases(&["tr_request", "tq"]).doc("until the request was received in full (TR)"),
    millis("time_queue").aliases(&["tw"]).doc("in queues (Tw)"),
    millis("time_backend_connect").aliases(&["tc"]).doc("until the server was connected (Tc)"),
    millis("time_backend_response").aliases(&["tr"]).doc("until the server's response headers (Tr)"),
    millis("time_total").aliases(&["ta", "tt"]).doc("all of it (Ta of requests, Tt of connections)"),
    Field::new("status_code", Kind::Int, Role::Status).aliases(&["status", "statuscode", "http.response.status_code"]).doc("status of the response"),
    Field::new("bytes_read", Kind::Int, Role::Measure).unit(Unit::Bytes).aliases(&["bytes", "http.response.bytes", "destination.bytes"]).doc("bytes sent to the client"),
    text("captured_request_cookie", Role::Identifier).doc("the cookie that the client sent, if one is captured"),
    text("captured_response_cookie", Role::Identifier).doc("the cookie that the server set, if one is captured"),
    text("termination_state", Role::Status).aliases(&["event.reason"]).doc("how the session ended: who ended it (C client, S server, P proxy, - none), when, and two letters on cookies"),
    number("actconn").doc("connections of the process"),
    number("feconn").doc("connections of the frontend"),
    number("beconn").doc("connections of the backend"),
    number("srv_conn").doc("connections of the server"),
    number("retries").doc("how often the connection to the server was tried again"),
    number("srv_queue").doc("requests before this one in the server's queue"),
    number("backend_queue").doc("requests before this one in the backend's queue"),
    text("captured_request_headers", Role::Identifier).doc("headers of the request that are captured, with bars between"),
    text("captured_response_headers", Role::Identifier).doc("headers of the response that are captured, with bars between"),
    text("request", Role::Identifier).aliases(&["http_request"]).doc("the request line, at most 1024 bytes; <BADREQ> if it was none"),
    text("ssl", Role::Identifier).doc("what httpslog has behind the request: errors, name asked for, version and cipher"),
    text("message", Role::Identifier).aliases(&["msg"]).doc("what went wrong with a connection, or what HAProxy says of itself"),
    text("event.outcome", Role::Status).computed(&OUTCOME).doc("success below status 400, failure from there on, unknown without a status"),
    text("http.request.method", Role::Dimension).computed(&METHOD).aliases(&["method", "http_verb"]).doc("the method of the request"),
    text("url.original", Role::Identifier).computed(&URL).aliases(&["url"]).doc("the URL of the request as the client sent it"),
    text("url.domain", Role::Dimension).computed(&HOST).doc("the host in the request's URL"),
    text("url.path", Role::Dimension).computed(&PATH).aliases(&["requesturi", "uri"]).doc("the path of the request's URL, without query"),
    text("url.query", Role::Identifier).computed(&QUERY).aliases(&["querystring", "query_string"]).doc("the query of the request's URL"),
    text("http.version", Role::Dimension).computed(&VERSION).aliases(&["httpversion"]).doc("the version of HTTP"),
];

const PROCESS: usize = place(FIELDS, "process_name");
const PID: usize = place(FIELDS, "pid");
const CLIENT: usize = place(FIELDS, "client_ip");
const CLIENT_PORT: usize = place(FIELDS, "client_port");
const ACCEPTED: usize = place(FIELDS, "accept_date");
const FRONTEND: usize = place(FIELDS, "frontend_name");
const TLS: usize = place(FIELDS, "tls");
const BACKEND: usize = place(FIELDS, "backend_name");
const SERVER: usize = place(FIELDS, "server_name");
const TIMERS: usize = place(FIELDS, "time_request");
const QUEUE_TIME: usize = place(FIELDS, "time_queue");
const CONNECT_TIME: usize = place(FIELDS, "time_backend_connect");
const TOTAL_TIME: usize = place(FIELDS, "time_total");
const STATUS: usize = place(FIELDS, "status_code");
const BYTES: usize = place(FIELDS, "bytes_read");
const REQUEST_COOKIE: usize = place(FIELDS, "captured_request_cookie");
const RESPONSE_COOKIE: usize = place(FIELDS, "captured_response_cookie");
const STATE: usize = place(FIELDS, "termination_state");
const COUNTS: usize = place(FIELDS, "actconn");
const QUEUES: usize = place(FIELDS, "srv_queue");
const REQUEST_HEADERS: usize = place(FIELDS, "captured_request_headers");
const RESPONSE_HEADERS: usize = place(FIELDS, "captured_response_headers");
const REQUEST: usize = place(FIELDS, "request");
const SSL: usize = place(FIELDS, "ssl");
const MESSAGE: usize = place(FIELDS, "message");

static OUTCOME: Computed = Computed { from: &["status_code"], value: request::outcome };
static METHOD: Computed = Computed { from: &["request"], value: request::method };
static URL: Computed = Computed { from: &["request"], value: request::url };
static HOST: Computed = Computed { from: &["request"], value: request::host };
static PATH: Computed = Computed { from: &["request"], value: request::path };
static QUERY: Computed = Computed { from: &["request"], value: request::query };
static VERSION: Computed = Computed { from: &["request"], value: request::version };

const META: Meta = Meta {
    id: "haproxy",
    family: Family::Web,
    title: "HAProxy logs",
    summary: "Requests and connections through HAProxy, one record each, and what it says of itself.",
    framing: Framing::Lines,
    page: "https://docs.haproxy.org/3.0/configuration.html#8.2",
    read_on: "2026-11-27",
    key_shape: "haproxy.log, a log group that an agent writes to",
    versions: "HTTP, HTTPS and TCP formats, errors of connections and notices, with the prefix of syslog (RFC 3164, ISO 8601) or without",
    not_read: "formats of the user's own; the default format without an option, which has no numbers",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("it is no log of AWS's, and no page has a table for it"),
    insights: InsightsLog { group: "the log group that the agent writes to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask("Requests over time by outcome", "stats count(*) as requests by bin(5m), event.outcome"),
    ask(
        "How sessions ended that did not end well",
        "filter ispresent(termination_state) and termination_state not like /^--/\n| stats count(*) as sessions, latest(request) as example by termination_state, status_code, backend_name, server_name\n| sort sessions desc\n| limit 50",
    ),
    ask(
        "Requests that no server answered",
        "filter server_name = \"<NOSRV>\"\n| stats count(*) as requests by frontend_name, backend_name, status_code, client_ip\n| sort requests desc\n| limit 50",
    ),
    ask(
        "Slowest servers",
        "stats count(*) as requests, pct(time_queue, 99) as queue, pct(time_backend_response, 99) as response by backend_name, server_name\n| sort response desc",
    ),
    ask(
        "Scanning: clients that ask for many paths that do not exist",
        "filter status_code in [400, 403, 404, 405]\n| stats count_distinct(url.path) as paths, count(*) as requests by client_ip\n| sort paths desc\n| limit 25",
    ),
    ask(
        "What HAProxy says of itself and of failed connections",
        "filter ispresent(message) | stats count(*) as times, latest(@timestamp) as last by message, frontend_name | sort times desc | limit 50",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "haproxy.log", content: crate::sample!("haproxy.log"), rows: 13, rejected: 4 }];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?event.outcome=failure}**{status_code}** {line:request|=a request}||**{line:request}**[ → {status_code}]||\
         **{line:message}**||**a connection**]\
         [ to {backend_name}[/{server_name}]|| at {frontend_name}][ in {ms:time_total}][, {client_ip}]",
    )
}
