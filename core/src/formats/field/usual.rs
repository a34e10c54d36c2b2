//! What programs call the same things in logs of their own: the fields that such logs share under their common (ECS) names, the keys
//! under which libraries for logging write each, and the words and numbers for levels. For logs without a vendor's description;
//! a log that has one names its fields itself.
//!
//! Source: the key names of Bunyan, Pino, Winston, Zap, zerolog, slog, Logrus, Serilog (CLEF), Log4j 2, Logback, Rust's
//! tracing, Powertools for AWS Lambda, OpenTelemetry, journald and the Elastic Common Schema, in their own documentation, read 2026-11.

use super::{
    address,
    json::{Json, JsonField},
    when,
};
use crate::formats::Settings;
use logloupe_table::{Cell, Computed, Kind, Role};

const fn text(name: &'static str, role: Role, keys: &'static [&'static str]) -> JsonField {
    JsonField::new(name, Kind::Text, role).also(keys).made()
}

/// The fields: the name of each is a key too, and `also` has the others, the best first.
pub static FIELDS: &[JsonField] = &[
    JsonField::derived("log.level", Kind::Text, Role::Status)
        .made()
        .doc("trace, debug, info, notice, warn, error or fatal, however the record writes it"),
    text(
        "message",
        Role::Identifier,
        &[
            "msg",
            "@m",
            "@mt",
            "MESSAGE",
            "log",
            "body.stringValue",
            "body",
            "Body",
            "short_message",
            "fields.message",
            "text",
            "Message",
            "event",
        ],
    )
    .doc("what is said"),
    text(
        "log.logger",
        Role::Dimension,
        &[
            "logger",
            "logger_name",
            "loggerName",
            "SourceContext",
            "Properties.SourceContext",
            "log_name",
            "target",
            "category",
            "location",
            "caller",
        ],
    )
    .doc("the part of the program that says it"),
    text(
        "service.name",
        Role::Dimension,
        &[
            "service",
            "serviceName",
            "service_name",
            "app",
            "application",
            "resource.attributes.service.name",
            "name",
            "SYSLOG_IDENTIFIER",
            "_SYSTEMD_UNIT",
        ],
    )
    .doc("the service or program"),
    text(
        "host.name",
        Role::Dimension,
        &["hostname", "host", "_HOSTNAME", "kubernetes.host", "MachineName", "machine"],
    )
    .doc("the machine"),
    JsonField::new("process.pid", Kind::Int, Role::Identifier)
        .also(&["pid", "process_id", "_PID", "processId"])
        .made()
        .doc("the process"),
    text(
        "trace.id",
        Role::Identifier,
        &[
            "trace_id",
            "traceId",
            "traceid",
            "TraceId",
            "@tr",
            "xray_trace_id",
            "xrayTraceId",
            "dd.trace_id",
            "mdc.traceId",
            "contextMap.traceId",
            "span.trace_id",
            "logging.googleapis.com/trace",
        ],
    )
    .doc("the trace that it belongs to"),
    text("span.id", Role::Identifier, &["span_id", "spanId", "SpanId", "@sp", "dd.span_id", "mdc.spanId"])
        .doc("the span of the trace"),
    text(
        "http.request.id",
        Role::Identifier,
        &[
            "requestId",
            "request_id",
            "RequestId",
            "aws_request_id",
            "awsRequestId",
            "function_request_id",
            "reqId",
            "req_id",
            "req.id",
            "requestid",
            "correlation_id",
            "correlationId",
            "x_request_id",
            "id",
        ],
    )
    .doc("the request that it belongs to"),
    text(
        "error.type",
        Role::Dimension,
        &[
            "exception_name",
            "errorType",
            "error_type",
            "err.type",
            "err.name",
            "thrown.name",
            "exception.class",
            "exception.type",
            "error.name",
            "error.code",
        ],
    )
    .doc("the kind of error"),
    text(
        "error.message",
        Role::Identifier,
        &[
            "errorMessage",
            "error_message",
            "err.message",
            "thrown.message",
            "exception.message",
            "exception",
            "error",
            "err",
        ],
    )
    .doc("what the error says"),
    text(
        "error.stack_trace",
        Role::Identifier,
        &[
            "stack_trace",
            "stackTrace",
            "stacktrace",
            "stack",
            "err.stack",
            "error.stack",
            "@x",
            "exception.stacktrace",
            "thrown.extendedStackTrace",
            "errorVerbose",
        ],
    )
    .doc("where in the program it happened"),
    text(
        "user.name",
        Role::Dimension,
        &["username", "userName", "user_name", "user", "usr.name", "req.user.name", "login"],
    )
    .doc("the user, as the program knows them"),
    text("user.id", Role::Dimension, &["userId", "user_id", "userid", "usr.id", "uid", "req.user.id"])
        .doc("the user's id"),
    JsonField::derived("source.ip", Kind::Ip, Role::Dimension)
        .made()
        .doc("the address of the client: the first of a list of forwarded ones"),
    text(
        "http.request.method",
        Role::Dimension,
        &["method", "req.method", "http.method", "request.method", "http_method", "httpMethod", "verb"],
    )
    .doc("the request's method"),
    text(
        "url.original",
        Role::Identifier,
        &[
            "url",
            "req.url",
            "http.url",
            "request.url",
            "uri",
            "request_uri",
            "path",
            "url.path",
            "req.path",
            "http.path",
            "request.path",
            "requestPath",
        ],
    )
    .doc("what was asked for: address or path"),
    JsonField::new("http.response.status_code", Kind::Int, Role::Status)
        .also(&[
            "statusCode",
            "status_code",
            "res.statusCode",
            "response.status",
            "http.status_code",
            "response.statusCode",
            "http_status",
            "StatusCode",
            "status",
        ])
        .made()
        .doc("the response's status"),
    text(
        "user_agent.original",
        Role::Identifier,
        &["userAgent", "user_agent", "http_user_agent", "req.headers.user-agent", "http.useragent", "agent"],
    )
    .doc("the client's program"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure of errors and of statuses from 400 on, success of other statuses, unknown otherwise"),
];

/// The place of `log.level` among [`FIELDS`].
pub const LEVEL: usize = 0;
/// The place of `source.ip`.
pub const SOURCE_IP: usize = 14;

/// The keys of a level.
pub static LEVELS: &[&str] = &[
    "log.level",
    "level",
    "severity",
    "lvl",
    "levelname",
    "loglevel",
    "log_level",
    "logLevel",
    "@l",
    "Level",
    "LogLevel",
    "severityText",
    "severity_text",
    "SeverityText",
    "PRIORITY",
    "level_name",
    "severityNumber",
    "severity_number",
];
/// The keys of a client's address.
pub static ADDRESSES: &[&str] = &[
    "source.ip",
    "client_ip",
    "clientIp",
    "clientIP",
    "client.ip",
    "remote_addr",
    "remoteAddr",
    "remoteAddress",
    "req.remoteAddress",
    "remote_ip",
    "remoteIp",
    "sourceIPAddress",
    "sourceIp",
    "source_ip",
    "src_ip",
    "srcip",
    "ip_address",
    "ipAddress",
    "ip",
    "peer",
    "client",
    "x_forwarded_for",
    "network.client.ip",
];
/// The keys of a record's time, the best first.
pub static TIMES: &[&str] = &[
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "@t",
    "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP",
    "timeUnixNano",
    "timeMillis",
    "datetime",
    "dateTime",
    "date_time",
    "eventTime",
    "event_time",
    "event time",
    "Timestamp",
    "Time",
    "asctime",
    "date",
    "Date",
    "created_at",
    "createdAt",
    "created",
    "observedTimeUnixNano",
    "start_time",
    "startTime",
    "_aws.Timestamp",
    "t",
    "when",
    "log_time",
    "logged_at",
    "TimeGenerated",
    "_time",
];

static OUTCOME: Computed = Computed {
    from: &["log.level", "http.response.status_code"],
    value: |cells, _| {
        Cell::Text(match cells {
            [Cell::Text(b"error" | b"fatal"), _] => b"failure",
            [_, Cell::Int(400..)] => b"failure",
            [_, Cell::Int(100..)] => b"success",
            _ => b"unknown",
        })
    },
};

/// Whether `keys` has a name that a header or a line writes, letter case aside.
pub fn has(keys: &[&str], name: &[u8]) -> bool {
    keys.iter().any(|key| key.as_bytes().eq_ignore_ascii_case(name))
}

/// The place among [`FIELDS`] of the field that a name of a header or a line means.
pub fn place(name: &[u8]) -> Option<usize> {
    if has(LEVELS, name) {
        return Some(LEVEL);
    }
    if has(ADDRESSES, name) {
        return Some(SOURCE_IP);
    }
    let means = |field: &JsonField| {
        !field.derived
            && (field.field.name.as_bytes().eq_ignore_ascii_case(name) || has(field.field.also, name))
    };
    FIELDS.iter().position(means)
}

/// A level by its common word, given a word or the number that a library has for it: Bunyan's and Pino's tens, syslog's 0
/// to 7, OpenTelemetry's 1 to 24 where `key` says so.
pub fn level(key: &str, text: &[u8]) -> Option<&'static str> {
    let text = text.trim_ascii();
    // slog: `DEBUG-4`, `ERROR+1`.
    let word =
        text.iter().position(|b| matches!(b, b'+' | b'-')).filter(|at| *at > 0).and_then(|at| text.get(..at));
    let word = word.unwrap_or(text);
    if let Some(number) = number(word) {
        let tel = key.starts_with("severity") && key.len() > 8;
        if tel {
            const EACH_FOUR: [&str; 6] = ["trace", "debug", "info", "warn", "error", "fatal"];
            return EACH_FOUR.get((number.checked_sub(1)? / 4) as usize).copied();
        }
        return match number {
            0..=2 => Some("fatal"),
            3 => Some("error"),
            4 => Some("warn"),
            5 => Some("notice"),
            6 => Some("info"),
            7 => Some("debug"),
            10..=19 => Some("trace"),
            20..=29 => Some("debug"),
            30..=39 => Some("info"),
            40..=49 => Some("warn"),
            50..=59 => Some("error"),
            60..=69 => Some("fatal"),
            // Logback's.
            5000 => Some("trace"),
            10000 => Some("debug"),
            20000 => Some("info"),
            30000 => Some("warn"),
            40000 => Some("error"),
            _ => None,
        };
    }
    const WORDS: &[(&str, &[&str])] = &[
        ("trace", &["trace", "verbose", "silly", "finest", "finer", "trc", "vrb"]),
        ("debug", &["debug", "dbg", "fine", "dbug", "config"]),
        ("info", &["info", "information", "informational", "inf", "http"]),
        ("notice", &["notice", "log", "hint"]),
        ("warn", &["warn", "warning", "wrn"]),
        ("error", &["error", "err", "severe", "eror"]),
        ("fatal", &["fatal", "critical", "crit", "ftl", "panic", "dpanic", "emerg", "emergency", "alert"]),
    ];
    let is = |name: &&str| name.as_bytes().eq_ignore_ascii_case(word);
    WORDS.iter().find(|(_, names)| names.iter().any(&is)).map(|(level, _)| *level)
}

fn number(text: &[u8]) -> Option<u32> {
    (1..=5).contains(&text.len()).then_some(())?;
    text.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + (b - b'0') as u32))
}

/// A record's time as a value of a key: whatever a logger writes, or a number since 1970 whose size tells its unit.
pub fn moment(text: &[u8], settings: &Settings) -> Option<i64> {
    let digits = text.len() >= 17 && text.iter().all(u8::is_ascii_digit);
    if digits {
        // Nanoseconds of the years that logs are from have nineteen digits.
        let number: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
        return Some(if number >= 100_000_000_000_000_000 { number / 1000 } else { number });
    }
    if text.first().is_some_and(u8::is_ascii_digit)
        && text.iter().all(|b| b.is_ascii_digit() || b"+-.eE".contains(b))
    {
        // A day alone has hyphens; it is no number.
        return super::json::point(text, logloupe_table::Unit::None);
    }
    when::moment(text, settings).or_else(|| super::json::point(text, logloupe_table::Unit::None))
}

/// The first of the addresses that a text lists, if it is one; ports and brackets taken away.
pub fn first_address(text: &[u8]) -> Option<&[u8]> {
    let first = text.split(|b| matches!(b, b',' | b' ')).next()?;
    let is = |text: &[u8]| address::ip_address(text).is_ok_and(|(rest, _)| rest.is_empty());
    if is(first) {
        return Some(first);
    }
    let inner = match first.strip_prefix(b"[") {
        Some(inner) => inner.get(..memchr::memchr(b']', inner)?)?,
        None => first.get(..memchr::memrchr(b':', first)?)?,
    };
    is(inner).then_some(inner)
}

/// Whether a value says something: not empty, and no object where text is wanted.
pub fn says(value: Json<'_>) -> bool {
    value.is_some() && !matches!(value, Json::Object(b"{}") | Json::Array(b"[]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_where_they_are_said_to_be() {
        assert_eq!(FIELDS[LEVEL].field.name, "log.level");
        assert_eq!(FIELDS[SOURCE_IP].field.name, "source.ip");
        assert_eq!(place(b"Level"), Some(LEVEL));
        assert_eq!(place(b"client_ip"), Some(SOURCE_IP));
        assert_eq!(place(b"MSG").map(|at| FIELDS[at].field.name.as_ref()), Some("message"));
        assert_eq!(place(b"colour"), None);
    }

    #[test]
    fn levels_have_one_word_each() {
        for (key, text, word) in [
            ("level", "WARNING", Some("warn")),
            ("level", "30", Some("info")),
            ("level", "55", Some("error")),
            ("PRIORITY", "3", Some("error")),
            ("severityNumber", "9", Some("info")),
            ("severityNumber", "30", None),
            ("severity", "4", Some("warn")),
            ("level", "DEBUG-4", Some("debug")),
            ("level", "ERROR+1", Some("error")),
            ("level", "40000", Some("error")),
            ("level", "blue", None),
            ("level", "-", None),
            ("level", "", None),
        ] {
            assert_eq!(level(key, text.as_bytes()), word, "{key} {text}");
        }
    }

    #[test]
    fn times_of_any_size_and_shape() {
        let at = 1_772_674_177_000_000;
        for text in [
            "1772674177",
            "1772674177.0",
            "1.772674177e9",
            "1772674177000",
            "1772674177000000",
            "1772674177000000000",
            "2026-03-05T01:29:37Z",
            "2026-03-05 01:29:37,000+0000",
            "05/Mar/2026:01:29:37 +0000",
        ] {
            assert_eq!(moment(text.as_bytes(), &Settings::NONE), Some(at), "{text}");
        }
        assert_eq!(moment(b"2026-03-05", &Settings::NONE), Some(1_772_668_800_000_000));
        assert_eq!(moment(b"soon", &Settings::NONE), None);
        assert_eq!(moment(b"99999999999999999999999", &Settings::NONE), None);
    }

    #[test]
    fn the_client_is_the_first_address() {
        for (text, found) in [
            ("203.0.113.7", Some("203.0.113.7")),
            ("203.0.113.7, 10.0.0.1", Some("203.0.113.7")),
            ("203.0.113.7:443", Some("203.0.113.7")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("host", None),
            ("", None),
        ] {
            assert_eq!(first_address(text.as_bytes()), found.map(str::as_bytes), "{text}");
        }
    }
}
