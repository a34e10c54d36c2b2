//! Lines of the log, the ugly ones first.

use super::{LOG, read::is_line};
use crate::formats::line_log::shown;

fn all(values: &[&str]) -> Result<Vec<String>, (usize, String)> {
    Ok(values.iter().map(|v| (*v).to_owned()).collect())
}

#[test]
fn apache_of_old_and_now() {
    let columns =
        ["module", "level", "pid", "tid", "origin", "client", "client_port", "code", "message", "referrer"];
    for (line, expected) in [
        (
            "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 192.0.2.1:45678] AH00128: File does not exist: /x, referer: http://a/",
            [
                "core",
                "error",
                "35708",
                "4328636416",
                "-",
                "192.0.2.1",
                "45678",
                "AH00128",
                "File does not exist: /x",
                "http://a/",
            ],
        ),
        (
            "[Mon Aug 31 16:27:04 2015] [error] [client 192.0.2.1] Premature end: [client x]",
            ["-", "error", "-", "-", "-", "192.0.2.1", "-", "-", "Premature end: [client x]", "-"],
        ),
        (
            "[Mon Aug 31 09:30:48.958285 2015] [proxy_fcgi:error] [pid 2:tid 3] (70008)Partial results: [client 2001:db8::7:59307] AH01075: E",
            [
                "proxy_fcgi",
                "error",
                "2",
                "3",
                "(70008)Partial results",
                "2001:db8::7",
                "59307",
                "AH01075",
                "E",
                "-",
            ],
        ),
        (
            "[Fri Feb 01 22:03:08 2019] [a:trace3] [pid 9] mod_a.c(820): [client 1:2:3:4:5:6:7:8:99] x",
            ["a", "trace3", "9", "-", "mod_a.c(820)", "1:2:3:4:5:6:7:8", "99", "-", "x", "-"],
        ),
        (
            "[01/Mar/2021:12:00:19 +0000] [proxy:error] [pid 2] (113)No route to host: AH00957: HTTP: failed",
            ["proxy", "error", "2", "-", "(113)No route to host", "-", "-", "AH00957", "HTTP: failed", "-"],
        ),
        (
            "[2021-06-04 15:40:27.138633] [:emerg] [pid 4803] (none) x",
            ["-", "emerg", "4803", "-", "-", "-", "-", "-", "(none) x", "-"],
        ),
    ] {
        assert_eq!(shown(&LOG, line, &columns), all(&expected), "{line}");
    }
}

#[test]
fn nginx_with_what_clients_write() {
    let columns = [
        "level",
        "pid",
        "connection",
        "message",
        "client",
        "server",
        "request",
        "upstream",
        "host",
        "referrer",
    ];
    let left = "2026/03/05 01:30:00 [error] 31#32:";
    for (right, expected) in [
        (
            "*7 open() \"/x\" failed (2: No), client: 192.0.2.1, server: , request: \"GET /x HTTP/1.1\", host: \"h\", referrer: \"\"",
            [
                "error",
                "31",
                "7",
                "open() \"/x\" failed (2: No)",
                "192.0.2.1",
                "-",
                "GET /x HTTP/1.1",
                "-",
                "h",
                "-",
            ],
        ),
        (
            "*7 open() \"/x, client: 6.6.6.6, server: f\" failed, client: 192.0.2.1, server: s, request: \"GET /x HTTP/1.1\", upstream: \"http://u/\"",
            [
                "error",
                "31",
                "7",
                "open() \"/x, client: 6.6.6.6, server: f\" failed",
                "192.0.2.1",
                "s",
                "GET /x HTTP/1.1",
                "http://u/",
                "-",
                "-",
            ],
        ),
        (
            "*7 x, client: 192.0.2.1, server: s, referrer: \"a, client: 6.6.6.6, server: f, host: \"g\"",
            [
                "error",
                "31",
                "7",
                "x",
                "192.0.2.1",
                "s",
                "-",
                "-",
                "-",
                "a, client: 6.6.6.6, server: f, host: \"g",
            ],
        ),
        (
            "signal process started",
            ["error", "31", "-", "signal process started", "-", "-", "-", "-", "-", "-"],
        ),
        (
            "*7 cut, client: 192.0.2.1, server: s, request: \"GET /x",
            ["error", "31", "7", "cut", "192.0.2.1", "s", "GET /x", "-", "-", "-"],
        ),
        ("*x", ["error", "31", "-", "*x", "-", "-", "-", "-", "-", "-"]),
    ] {
        assert_eq!(shown(&LOG, &format!("{left} {right}"), &columns), all(&expected), "{right}");
    }
}

#[test]
fn lines_of_other_logs_are_not_claimed() {
    assert!(is_line(b"2026/03/05 01:30:00 [notice] 1#1: x"));
    assert!(is_line(b"[Mon Aug 31 16:27:04 2015] [error] x"));
    for line in [
        "2026/03/05 01:30:00 [main] 1#1: x",
        "2026/03/05 01:30:00 [error] x",
        "2026/03/05 01:30:00 main.go:5: x",
        "[2026-03-05 01:30:00] [error] x",
        "[Mon Aug 31 16:27:04 2015] [x] y",
        "[Foo Aug 31 16:27:04 2015] [error] y",
        "[error] [Mon Aug 31 16:27:04 2015] y",
        "",
    ] {
        assert!(!is_line(line.as_bytes()), "{line}");
    }
}
