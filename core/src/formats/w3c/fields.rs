//! The columns of IIS, of its Advanced Logging where it has other names, and of Windows Firewall.

use crate::formats::field::{
    TokenField,
    cells::{date, integer, status, text, time_of_day},
    protocol, request,
};
use logloupe_table::{Cell, Computed, Kind, Role, Unit};

const fn dimension(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Text, Role::Dimension, text)
}
const fn count(name: &'static str) -> TokenField {
    TokenField::new(name, Kind::Int, Role::Measure, integer)
}

#[rustfmt::skip]
pub(super) static FIELDS: &[TokenField] = &[
    TokenField::new("date", Kind::Text, Role::Dimension, date).doc("the day of the request, UTC"),
    TokenField::new("time", Kind::Time, Role::Timestamp, time_of_day)
        .of_day()
        .aliases(&["event.start"])
        .doc("when it happened: the log's date and time together"),
    dimension("s-sitename").aliases(&["s_sitename"]).doc("the site's service and number"),
    dimension("s-computername").aliases(&["s_computername", "host.name"]).doc("the server's name"),
    TokenField::new("s-ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["s_ip", "destination.ip", "server.ip"])
        .doc("address of the server"),
    dimension("cs-method").aliases(&["cs_method", "method", "http.request.method"]).doc("the method of the request, or a command of FTP"),
    dimension("cs-uri-stem")
        .aliases(&["cs_uri_stem", "requesturi", "uri", "url.path"])
        .doc("the path of the request's URL"),
    TokenField::new("cs-uri-query", Kind::Text, Role::Identifier, text)
        .aliases(&["cs_uri_query", "querystring", "query_string", "url.query"])
        .doc("the query of the request's URL"),
    TokenField::new("cs-uri", Kind::Text, Role::Identifier, text)
        .aliases(&["cs_uri", "url.original"])
        .doc("the whole URL, where the log has it"),
    TokenField::new("s-port", Kind::Int, Role::Dimension, integer)
        .aliases(&["s_port", "destination.port", "server.port"])
        .doc("port of the server"),
    dimension("cs-username")
        .aliases(&["cs_username", "user", "user.name"])
        .doc("the user who was signed in"),
    TokenField::new("c-ip", Kind::Ip, Role::Dimension, text)
        .aliases(&["c_ip", "requestip", "request_ip", "client_ip", "source.ip", "source.address", "client.ip"])
        .doc("address of the client, or of its proxy"),
    TokenField::new("c-port", Kind::Int, Role::Identifier, integer)
        .aliases(&["c_port", "source.port", "client.port"])
        .doc("port of the client"),
    dimension("cs-version").aliases(&["cs_version"]).doc("protocol of the request"),
    dimension("cs-host").aliases(&["cs_host", "host", "url.domain"]).doc("the Host header"),
    dimension("cs(User-Agent)").aliases(&["cs_user_agent"]).doc("the User-Agent header, with + for blanks"),
    dimension("cs(Referer)").aliases(&["cs_referer", "referer", "referrer", "http.request.referrer"]).doc("the Referer header"),
    TokenField::new("cs(Cookie)", Kind::Text, Role::Identifier, text)
        .aliases(&["cs_cookie", "cookie"])
        .doc("the Cookie header"),
    TokenField::new("sc-status", Kind::Int, Role::Status, status)
        .aliases(&["sc_status", "status", "statuscode", "http.response.status_code"])
        .doc("status of the response; 0 where the client was gone"),
    TokenField::new("sc-substatus", Kind::Int, Role::Status, integer)
        .aliases(&["sc_substatus"])
        .doc("what the status is about in detail: 401.1, 404.7"),
    TokenField::new("sc-win32-status", Kind::Int, Role::Status, integer)
        .aliases(&["sc_win32_status", "error.code"])
        .doc("the code of Windows with which it ended"),
    count("sc-bytes").unit(Unit::Bytes).aliases(&["sc_bytes", "bytes", "http.response.bytes", "destination.bytes"]).doc("size of the response"),
    count("cs-bytes").unit(Unit::Bytes).aliases(&["cs_bytes", "http.request.bytes", "source.bytes"]).doc("size of the request"),
    count("time-taken").unit(Unit::Millis).aliases(&["time_taken", "timetaken"]).doc("how long the request took"),
    // Windows Firewall.
    dimension("action").aliases(&["event.action"]).doc("ALLOW, DROP and others (Windows Firewall)"),
    dimension("protocol").aliases(&["network.transport"]).doc("TCP, UDP, ICMP or a number (Windows Firewall)"),
    TokenField::new("src-ip", Kind::Ip, Role::Dimension, text).aliases(&["src_ip"]).doc("address of the sender (Windows Firewall)"),
    TokenField::new("dst-ip", Kind::Ip, Role::Dimension, text).aliases(&["dst_ip"]).doc("address of the receiver (Windows Firewall)"),
    TokenField::new("src-port", Kind::Int, Role::Identifier, integer).aliases(&["src_port"]).doc("port of the sender (Windows Firewall)"),
    TokenField::new("dst-port", Kind::Int, Role::Dimension, integer).aliases(&["dst_port"]).doc("port of the receiver (Windows Firewall)"),
    count("size").unit(Unit::Bytes).doc("size of the packet (Windows Firewall)"),
    // Computed.
    TokenField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("success below status 400, failure from there on, unknown without a status"),
    TokenField::computed("user_agent.original", Kind::Text, Role::Dimension, &AGENT)
        .aliases(&["useragent", "user_agent"])
        .doc("the User-Agent header with blanks; a + of its own is one too"),
    TokenField::computed("http.version", Kind::Text, Role::Dimension, &VERSION)
        .aliases(&["httpversion"])
        .doc("the version of HTTP"),
];

static OUTCOME: Computed = Computed { from: &["sc-status"], value: request::outcome };
static VERSION: Computed = Computed { from: &["cs-version"], value: protocol::version };
static AGENT: Computed = Computed {
    from: &["cs(User-Agent)"],
    value: |cells, out| match cells {
        [Cell::Text(agent)] => {
            out.extend(agent.iter().map(|b| if *b == b'+' { b' ' } else { *b }));
            Cell::Text(out)
        }
        _ => Cell::Null,
    },
};

/// Whether a name of the log is the column's: letter case aside, and as other modules write it.
pub(super) fn same_name(column: &str, name: &[u8]) -> bool {
    const OTHERS: &[(&str, &[&[u8]])] = &[
        ("cs-host", &[b"cs(Host)", b"x-host"]),
        ("cs(User-Agent)", &[b"cs-user-agent"]),
        ("cs(Referer)", &[b"cs(Referrer)", b"cs-referer"]),
        ("cs(Cookie)", &[b"cs-cookie"]),
        ("cs-version", &[b"cs-protocol-version"]),
        ("date", &[b"date-local"]),
        ("time", &[b"time-local"]),
        ("time-taken", &[b"TimeTakenMS"]),
        ("sc-bytes", &[b"bytes"]),
    ];
    column.as_bytes().eq_ignore_ascii_case(name)
        || OTHERS
            .iter()
            .any(|(own, names)| *own == column && names.iter().any(|other| other.eq_ignore_ascii_case(name)))
}
