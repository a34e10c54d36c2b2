//! Lines of the log, the ugly ones first.

use super::{FIELDS, LOG, cut};
use crate::formats::{field::Tokens, line_log::shown};

/// What columns show of a line with everything before the request as usual.
fn read(right: &str, columns: &[&str]) -> Result<Vec<String>, (usize, String)> {
    shown(&LOG, &format!("{LEFT} {right}"), columns)
}

const LEFT: &str = "192.0.2.1 - - [05/Mar/2026:01:30:00 +0000]";

fn all(values: &[&str]) -> Result<Vec<String>, (usize, String)> {
    Ok(values.iter().map(|v| (*v).to_owned()).collect())
}

#[test]
fn requests_end_where_a_status_and_a_size_follow() {
    let columns = ["request", "status", "body_bytes_sent", "http_referer", "http_user_agent"];
    for (right, expected) in [
        (r#""GET / HTTP/1.1" 200 5"#, ["GET / HTTP/1.1", "200", "5", "-", "-"]),
        (r#""GET /"x" HTTP/1.0" 404 1 "r" "a""#, [r#"GET /"x" HTTP/1.0"#, "404", "1", "r", "a"]),
        (
            r#""GET /\" 200 5 \"" 400 1 "r\" s" "a\"b""#,
            [r#"GET /\" 200 5 \""#, "400", "1", r#"r\" s"#, r#"a\"b"#],
        ),
        // Not escaped, but looks so.
        (r#""GET /dir\" 404 7"#, [r"GET /dir\", "404", "7", "-", "-"]),
        (r#""" 400 0 "" """#, ["-", "400", "0", "-", "-"]),
        (r#""-" - - "-" "-""#, ["-", "-", "-", "-", "-"]),
        (r#""GET /" 200 5 "-" "cut"#, ["GET /", "200", "5", "-", "cut"]),
        (r#""GET /" 200 5 "a" b" "c""#, ["GET /", "200", "5", r#"a" b"#, "c"]),
    ] {
        assert_eq!(read(right, &columns), all(&expected), "{right}");
    }
    for (right, at) in [
        ("", 0),
        ("GET / HTTP/1.1", 0),
        (r#""GET / HTTP/1.1"#, 1),
        (r#""GET /" 200"#, 1),
        (r#""GET /" ok 5"#, 1),
        (r#""GET /" 200 5 "cut"#, 15),
    ] {
        assert_eq!(read(right, &columns).map_err(|(at, _)| at), Err(LEFT.len() + at), "{right}");
    }
}

#[test]
fn who_stands_before_the_time() {
    let columns = ["server_name", "server_port", "remote_addr", "ident", "remote_user", "url.domain"];
    for (left, expected) in [
        ("192.0.2.1 - -", ["-", "-", "192.0.2.1", "-", "-", "-"]),
        ("a.example:443 192.0.2.1 - -", ["a.example", "443", "192.0.2.1", "-", "-", "a.example"]),
        ("a.example 2001:db8::1 i u", ["a.example", "-", "2001:db8::1", "i", "u", "a.example"]),
        ("c.example.org - D\\u v", ["-", "-", "c.example.org", "-", "D\\u v", "-"]),
        ("192.0.2.1, 10.0.0.1, 10.0.0.2 - u", ["-", "-", "192.0.2.1", "-", "u", "-"]),
        ("192.0.2.1 - [x]", ["-", "-", "192.0.2.1", "-", "[x]", "-"]),
    ] {
        let line = format!("{left} [05/Mar/2026:01:30:00 +0100] \"GET / HTTP/1.1\" 200 5");
        assert_eq!(shown(&LOG, &line, &columns), all(&expected), "{left}");
    }
    for left in ["", "192.0.2.1", "192.0.2.1 -", "192.0.2.1,", "192.0.2.1, 10.0.0.1 -"] {
        let line = format!("{left} [05/Mar/2026:01:30:00 +0100] \"GET / HTTP/1.1\" 200 5");
        assert!(shown(&LOG, &line, &columns).is_err(), "{left}");
    }
}

#[test]
fn what_users_add_stays_in_its_order() {
    let mut tokens = Tokens::default();
    let known = FIELDS.iter().filter(|f| !f.again).count();
    for (right, forwarded, extras) in [
        (r#""-""#, "-", &[][..]),
        (r#""10.0.0.1, 10.0.0.2" 0.5"#, "10.0.0.1, 10.0.0.2", &["0.5"]),
        (r#""2.75" "a \" b" [c d] e=f"#, "", &["2.75", "a \\\" b", "c d", "e=f"]),
        ("462 0.05 [a", "", &["462", "0.05", "[a"]),
        (r#""open"#, "", &["\"open"]),
    ] {
        let line = format!("{LEFT} \"GET / HTTP/1.1\" 200 5 \"-\" \"a\" {right}");
        cut::line(line.as_bytes(), &mut tokens, usize::MAX).unwrap();
        let token = |i| std::str::from_utf8(tokens.get(line.as_bytes(), i).unwrap().1).unwrap();
        assert_eq!(token(10), forwarded, "{right}");
        let found: Vec<&str> = (known..tokens.len()).map(token).collect();
        assert_eq!(found, extras, "{right}");
    }
}

#[test]
fn lines_of_other_logs_are_not_claimed() {
    let own = format!("{LEFT} \"GET / HTTP/1.1\" 200 5");
    assert!(cut::is_line(own.as_bytes()));
    assert!(cut::is_line(format!("{own} 0.004").as_bytes()));
    for line in [
        format!("{own} f71c1a2b-0001-4a8e-a965-15ccbbb78d4c"),
        format!("{own} JKJaXmPLvHcESHA="),
        own.replace('"', ""),
        own.replace("200 5", "f71c1a2b"),
        own.replace("[05/", "[5/"),
        format!("x b {LEFT} 192.0.2.1 - 3E57 REST.GET.OBJECT k \"GET / HTTP/1.1\" 200 5"),
        String::new(),
    ] {
        assert!(!cut::is_line(line.as_bytes()), "{line}");
    }
}
