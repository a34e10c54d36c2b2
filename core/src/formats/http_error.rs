//! Error logs of Apache and nginx: what failed, refused clients, warnings, and what the server says of itself.
//!
//! Not these: access logs (`http_access`); logs of PHP and other programs behind the server, but where they come through its log.
//!
//! ```text
//! apache  = "[" time "]" SP "[" [ module ":" ] level "]" [ SP "[pid " pid [ ":tid " tid ] "]" ] [ SP origin ": " ]
//!           [ SP "[client " address [ ":" port ] "]" ] SP [ code ": " ] message [ ", referer: " referrer ]
//! origin  = "(" number ")" text / file "(" line ")"
//! nginx   = time SP "[" level "]" SP pid "#" tid ": " [ "*" connection SP ] message *( ", " name ": " value )
//! ```
//!
//! Decisions:
//! - Times have no zone: they are in that of the user, UTC if none.
//! - Lines that begin otherwise go on the one before: what programs behind the server print.
//! - nginx escapes nothing: of a client's path that looks like the fields at the end, the first whole run of them to the end of the
//!   line counts.

mod read;
#[cfg(test)]
mod tests;

use super::{
    Family, Framing, LineLog, Meta, Preset, Sample, Span, ask,
    field::{request, usual},
    line_log::{place, text},
    tell,
};
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row};

/// Error logs of Apache and nginx.
pub static LOG: LineLog = LineLog {
    fields: FIELDS,
    is: read::is_line,
    what: "have a time, a level in brackets and a process as Apache or nginx writes them",
    spans_lines: true,
    summary,
    sources: &["apache_error", "nginx_error"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..LineLog::new(META, |head| Box::new(read::Lines::new(head)))
};

#[rustfmt::skip]
const FIELDS: &[Field] = &[
    text("level", Role::Status).aliases(&["severity", "loglevel"]).doc("emerg, alert, crit, error, warn, notice, info, debug, or Apache's trace1 to trace8"),
    text("module", Role::Dimension).aliases(&["log.logger"]).doc("the module that says it (Apache)"),
    Field::new("pid", Kind::Int, Role::Identifier).aliases(&["process.pid"]).doc("the process"),
    Field::new("tid", Kind::Int, Role::Identifier).aliases(&["process.thread.id"]).doc("the thread"),
    Field::new("connection", Kind::Int, Role::Identifier).aliases(&["cid"]).doc("the connection's number (nginx)"),
    text("origin", Role::Identifier).doc("the code of the system that failed, or the file and line that says it (Apache)"),
    Field::new("client", Kind::Ip, Role::Dimension).aliases(&["source.ip", "source.address", "client.ip", "remote_addr"]).doc("address of the client"),
    Field::new("client_port", Kind::Int, Role::Identifier).aliases(&["source.port", "client.port"]).doc("port of the client (Apache)"),
    text("code", Role::Dimension).aliases(&["error.code", "event.code"]).doc("the message's number, as AH01276 (Apache)"),
    text("message", Role::Identifier).aliases(&["msg", "error.message"]).doc("what happened, all lines of it"),
    text("server", Role::Dimension).aliases(&["server_name"]).doc("the server block (nginx)"),
    text("request", Role::Identifier).aliases(&["request_line"]).doc("the request line (nginx)"),
    text("subrequest", Role::Identifier).doc("the request that nginx made of it (nginx)"),
    text("upstream", Role::Dimension).doc("the server behind it, as a URL (nginx)"),
    text("host", Role::Dimension).aliases(&["url.domain"]).doc("the Host header (nginx)"),
    text("referrer", Role::Dimension).aliases(&["referer", "http.request.referrer"]).doc("the Referer header"),
    text("log.level", Role::Status).computed(&LEVEL).doc("the level by its common word: debug, info, notice, warn, error, fatal"),
    text("http.request.method", Role::Dimension).computed(&METHOD).aliases(&["method"]).doc("the method of the request"),
    text("url.original", Role::Identifier).computed(&URL).aliases(&["url"]).doc("the URL of the request"),
    text("url.path", Role::Dimension).computed(&PATH).aliases(&["uri"]).doc("the path of the request's URL, without query"),
];

const LEVEL_AT: usize = place(FIELDS, "level");
const MODULE: usize = place(FIELDS, "module");
const PID: usize = place(FIELDS, "pid");
const TID: usize = place(FIELDS, "tid");
const CONNECTION: usize = place(FIELDS, "connection");
const ORIGIN: usize = place(FIELDS, "origin");
const CLIENT: usize = place(FIELDS, "client");
const CLIENT_PORT: usize = place(FIELDS, "client_port");
const CODE: usize = place(FIELDS, "code");
const MESSAGE: usize = place(FIELDS, "message");
const REFERRER: usize = place(FIELDS, "referrer");

static LEVEL: Computed = Computed {
    from: &["level"],
    value: |cells, _| match cells {
        [Cell::Text(b"emerg" | b"alert" | b"crit")] => Cell::Text(b"fatal"),
        [Cell::Text(level)] if level.starts_with(b"trace") => Cell::Text(b"trace"),
        [Cell::Text(level)] => {
            usual::level("level", level).map_or(Cell::Null, |level| Cell::Text(level.as_bytes()))
        }
        _ => Cell::Null,
    },
};
static METHOD: Computed = Computed { from: &["request"], value: request::method };
static URL: Computed = Computed { from: &["request"], value: request::url };
static PATH: Computed = Computed { from: &["request"], value: request::path };

const META: Meta = Meta {
    id: "http_error",
    family: Family::Web,
    title: "Apache and nginx error logs",
    summary: "What failed at a web server, one record each, and what it says of itself.",
    framing: Framing::Lines,
    page: "https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat",
    read_on: "2026-11-27",
    key_shape: "error_log, error.log, a log group that an agent writes to",
    versions: "Apache 2.4, and before without module, process and microseconds; nginx; records over several lines",
    not_read: "formats of the user's own without a time and a level in brackets",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("it is no log of AWS's, and no page has a table for it"),
    insights: InsightsLog { group: "the log group that the agent writes to", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "What fails most",
        "filter log.level in [\"error\", \"fatal\"]\n| stats count(*) as times, count_distinct(client) as clients, latest(message) as example by module, code, level\n| sort times desc\n| limit 50",
    ),
    ask("Levels over time", "stats count(*) as records by bin(5m), level"),
    ask(
        "Clients that cause most errors",
        "filter ispresent(client) | stats count(*) as errors, latest(message) as example by client | sort errors desc | limit 25",
    ),
    ask(
        "Upstreams that fail (nginx)",
        "filter ispresent(upstream)\n| stats count(*) as times, latest(message) as example by upstream, server\n| sort times desc",
    ),
    ask(
        "Files that were asked for and are not there",
        "filter message like /(?i)no such file|not found|does not exist/\n| stats count(*) as times, latest(message) as example by client, url.path\n| sort times desc\n| limit 50",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[
    Sample { name: "error_log", content: crate::sample!("http_error_apache.log"), rows: 10, rejected: 0 },
    Sample { name: "error.log", content: crate::sample!("http_error_nginx.log"), rows: 7, rejected: 1 },
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?log.level=error|fatal}**{level}** ||[{level}: ]]**{line:message|origin|=nothing}**\
         [, {http.request.method} {line:url.path}][ at {server}][, {client}]",
    )
}
