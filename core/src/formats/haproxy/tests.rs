//! Lines of the log, the ugly ones first.

use super::{LOG, line::is_line};
use crate::formats::line_log::shown;

const LEFT: &str = "192.0.2.1:39759 [05/Mar/2026:01:30:00.633] web~ app/s1";

fn all(values: &[&str]) -> Result<Vec<String>, (usize, String)> {
    Ok(values.iter().map(|v| (*v).to_owned()).collect())
}

#[test]
fn headers_hold_blanks_and_requests_may_be_cut() {
    let columns = ["captured_request_headers", "captured_response_headers", "request", "ssl"];
    for (right, expected) in [
        (r#""GET / HTTP/1.1""#, ["-", "-", "GET / HTTP/1.1", "-"]),
        // A brace inside headers that a quote follows ends them: nothing tells it from the real one.
        (r#"{a} x {b} "c"} {} "GET /"x" HTTP/1.1""#, ["a} x {b", "-", "c\"} {} \"GET /\"x\" HTTP/1.1", "-"]),
        (r#"{Mozilla/5.0 (X)|h} {|||} "GET /"#, ["Mozilla/5.0 (X)|h", "|||", "GET /", "-"]),
        (r#"{h} "<BADREQ>""#, ["h", "-", "<BADREQ>", "-"]),
        (r#""GET / HTTP/2.0" 0/0/0/0/0 a/TLSv1.3/X"#, ["-", "-", "GET / HTTP/2.0", "0/0/0/0/0 a/TLSv1.3/X"]),
        ("", ["-", "-", "-", "-"]),
    ] {
        let line = format!("{LEFT} 0/0/1/0/+2 304 +168 - - ---- 6/6/0/0/+3 0/0 {right}");
        assert_eq!(shown(&LOG, &line, &columns), all(&expected), "{right}");
    }
    let line = format!("{LEFT} 0/0/1/0/2 304 168 - - ---- 6/6/0/0/3 0/0 {{open");
    assert_eq!(shown(&LOG, &line, &columns).map_err(|(at, _)| at), Err(line.len() - 5));
}

#[test]
fn numbers_of_requests_and_connections() {
    let columns =
        ["tls", "time_request", "time_queue", "time_backend_connect", "time_total", "bytes_read", "retries"];
    for (right, expected) in [
        ("1/2/3/4/+5 200 +6 - - ---- 1/1/1/1/+3 0/0 \"x\"", ["true", "1", "2", "3", "5", "6", "3"]),
        (
            "-1/-1/-1/-1/6001 408 212 - - cR-- 1/1/0/0/0 0/0 \"x\"",
            ["true", "-", "-", "-", "6001", "212", "0"],
        ),
        ("-1/-1/1 212 SC 1/1/0/0/0 0/0", ["true", "-", "-", "-", "1", "212", "0"]),
    ] {
        assert_eq!(shown(&LOG, &format!("{LEFT} {right}"), &columns), all(&expected), "{right}");
    }
    for (right, at) in [
        ("1/2/3/4 200", 0),
        ("1/2/x/4/5 200", 4),
        ("1/2/3/4/5 OK", 10),
        ("1/2/3/4/5 200 6 - - --- 1/1/1/1/1 0/0", 20),
        ("1/2/3/4/5 200 6 - - ---- 1/1/1/1 0/0", 31),
        ("1/2/3/4/5 200 6 - - ---- 1/1/1/1/1 0", 35),
        ("1/2/3/4/5 200 6 - - ----", 24),
    ] {
        let line = format!("{LEFT} {right}");
        assert_eq!(shown(&LOG, &line, &columns).map_err(|(at, _)| at), Err(LEFT.len() + 1 + at), "{right}");
    }
}

#[test]
fn prefixes_say_the_process_and_the_zone() {
    let columns = ["process_name", "pid", "client_ip", "@timestamp", "message"];
    for (line, expected) in [
        (
            format!("2026-03-05T01:30:05+02:00 h haproxy[7]: {LEFT} -1/-1/1 2 SC 1/1/0/0/0 0/0"),
            ["haproxy", "7", "192.0.2.1", "2026-03-04T23:30:00.633Z", "-"],
        ),
        (
            "Mar  5 01:30:05 h lb[7]: ::1:5 [05/Mar/2026:01:30:00.500] w/1: SSL handshake failure".to_owned(),
            ["lb", "7", "::1", "2026-03-05T01:30:00.500Z", "SSL handshake failure"],
        ),
        (
            "2026-03-05T01:30:05Z h haproxy[7]: Proxy x started.".to_owned(),
            ["haproxy", "7", "-", "2026-03-05T01:30:05Z", "Proxy x started."],
        ),
    ] {
        assert_eq!(shown(&LOG, &line, &columns), all(&expected), "{line}");
    }
}

#[test]
fn lines_of_other_logs_are_not_claimed() {
    let own = format!("{LEFT} -1/-1/1 2 SC 1/1/0/0/0 0/0");
    assert!(is_line(own.as_bytes()));
    for line in [
        own.replace(".633", ""),
        own.replace("-1/-1/1", "x"),
        own.replace("app/s1", "app"),
        "192.0.2.1 - - [05/Mar/2026:01:30:00 +0000] \"GET / HTTP/1.1\" 200 5".to_owned(),
        "Mar  5 01:30:05 h sshd[7]: Accepted publickey".to_owned(),
        String::new(),
    ] {
        assert!(!is_line(line.as_bytes()), "{line}");
    }
}
