//! Records in every form, as rows and as rejections.

use super::{super::trial::read, *};

const NAMES: &[&str] = &["ip", "httpMethod", "url.path", "routeKey", "status", "event.outcome", "requestId"];

#[test]
fn presets_of_text_give_the_same_columns() {
    let (get, id) = ("GET", "f71c1a2b-0001-4a8e-a965-15ccbbb78d4c");
    let rest = ["192.0.2.1", get, "/a/{b}", "", "404", "failure", id];
    let http = ["192.0.2.1", get, "/a", "GET /a", "200", "success", id];
    let socket = ["192.0.2.1", "", "", "$connect", "200", "success", id];
    let time = "05/Mar/2026:01:30:00 +0000";
    for (line, expected) in [
        (format!("192.0.2.1 c u [{time}] \"GET /a/{{b}} HTTP/1.1\" 404 5 {id} x="), rest),
        (format!("192.0.2.1 c u [{time}]\"GET /a/{{b}} HTTP/1.1\" 404 - {id}"), rest),
        (format!("Xid= 192.0.2.1 c u [{time}]\"GET /a/{{b}} HTTP/1.1\" 404 - {id}"), rest),
        (format!("192.0.2.1,c,u,{time},GET,/a/{{b}},HTTP/1.1,404,5,{id},x="), rest),
        (format!("192.0.2.1,c,u,{time},GET,/a/{{b}},HTTP/1.1,404,5,{id}"), rest),
        (
            format!(
                "<request id=\"{id}\"><ip>192.0.2.1</ip> <requestTime>{time}</requestTime><httpMethod>GET</httpMethod><resourcePath>/a/{{b}}</resourcePath><status>404</status></request>"
            ),
            rest,
        ),
        (format!("192.0.2.1 - - [{time}] \"GET GET /a HTTP/1.1\" 200 5 {id}"), http),
        (format!("192.0.2.1,{time},GET,GET /a,HTTP/1.1,200,5,{id}"), http),
        (format!("192.0.2.1 - - [{time}] \"CONNECT $connect L0=\" 200  {id}"), socket),
        (format!("192.0.2.1,-,-,{time},CONNECT,$connect,200,L0=,{id}"), socket),
    ] {
        assert!(lines::is_preset(line.as_bytes()), "{line}");
        let (rows, rejections) = read(&ApiGateway, &line, NAMES);
        assert_eq!((rows, rejections), (vec![expected.map(str::to_owned).to_vec()], vec![]), "{line}");
    }
}

#[test]
fn lines_of_other_logs_are_no_preset() {
    for line in [
        r#"192.0.2.1 - - [05/Mar/2026:01:30:00 +0000] "GET / HTTP/1.1" 200 2326"#,
        r#"192.0.2.1 - - [05/Mar/2026:01:30:00 +0000] "GET / HTTP/1.1" 200 2326 "-" "curl/8""#,
        r#"192.0.2.1 - - [05/Mar/2026:01:30:00 +0000] "GET / HTTP/1.1" 200 2326 12345678901"#,
        r#"a bucket [05/Mar/2026:01:30:00 +0000] 192.0.2.1 - 0A1B2C3D4E5F6071 REST.GET.OBJECT k "GET /k HTTP/1.1" 200 - 1 1 1 1 "-" "-" -"#,
        "192.0.2.1,a,b,c,d,e,f,g,h",
        "<request>",
        "<Event id=\"1\"></Event>",
        "[",
        "",
        "<request",
        "192.0.2.1 [",
        "192.0.2.1 [x]\"",
    ] {
        assert!(!lines::is_preset(line.as_bytes()), "{line}");
    }
}

#[test]
fn json_is_told_by_its_values_whatever_their_keys() {
    let (time, id) = (r#""requestTime":"05/Mar/2026:01:30:00 +0000""#, r#""requestId":"a""#);
    for (record, sure) in [
        (format!(r#"{{{id},{time},"httpMethod":"GET","own":1}}"#), Some(true)),
        (format!(r#"{{{id},{time},"connectionId":"L0="}}"#), Some(true)),
        (format!(r#"{{{id},"requestTimeEpoch":"1772674201123","routeKey":"$default"}}"#), Some(true)),
        (format!(r#"{{{id},"status":"200","httpMethod":"GET","stage":"prod"}}"#), Some(false)),
        (format!(r#"{{{id},"status":"200","httpMethod":"GET"}}"#), None),
        (format!(r#"{{{time},"httpMethod":"GET"}}"#), None),
        (format!(r#"{{{id},{time}}}"#), None),
        (format!(r#"{{{id},"requestTime":"2026-03-05","method":"GET"}}"#), None),
    ] {
        assert_eq!(Signs::new().of(record.as_bytes()), sure, "{record}");
    }
}

#[test]
fn json_of_any_template_gives_the_same_columns() {
    let expected = ["192.0.2.1", "GET", "/a", "", "403", "failure", "a"].map(str::to_owned).to_vec();
    for record in [
        r#"{"requestId":"a","ip":"192.0.2.1","httpMethod":"GET","resourcePath":"/a","status":"403","routeKey":"-"}"#,
        r#"{"request_id":"a","source_ip":"192.0.2.1","http_method":"GET","path":"/a","status":403}"#,
        r#"{"requestId":"a","identity":{"sourceIp":"192.0.2.1"},"method":"GET","resource_path":"/a","statusCode":"403"}"#,
        r#"{"requestId":"a","ip":"-","sourceIp":"192.0.2.1","httpMethod":"-","method":"GET","path":"/a","status_code":"403"}"#,
    ] {
        assert_eq!(read(&ApiGateway, record, NAMES).0, std::slice::from_ref(&expected), "{record}");
    }
    // The more exact time counts; what is no time is said.
    let times = [
        (r#""requestTime":"05/Mar/2026:01:30:01 +0000""#, "2026-03-05T01:30:01Z"),
        (
            r#""requestTime":"05/Mar/2026:01:30:01 +0000","requestTimeEpoch":"1772674201123""#,
            "2026-03-05T01:30:01.123Z",
        ),
        (r#""requestTime":"05/Mar/2026:03:30:01 +0200","requestTimeEpoch":"-""#, "2026-03-05T01:30:01Z"),
        (r#""requestTimeEpoch":1772674201123"#, "2026-03-05T01:30:01.123Z"),
    ];
    for (members, time) in times {
        let record = format!(r#"{{"requestId":"a",{members}}}"#);
        assert_eq!(read(&ApiGateway, &record, &["requestTime"]).0, [[time]], "{record}");
    }
}

#[test]
fn damage_is_rejected_where_it_is() {
    let id = "f71c1a2b-0001-4a8e-a965-15ccbbb78d4c";
    let mut wrong = Vec::new();
    for (record, column, expected) in [
        (r#"{"requestId":"a","status":"403","e":Missing Token}"#, 37, "a JSON value"),
        (r#"{"requestId":"a","requestTime":"soon"}"#, 33, "a time"),
        (r#"{"ip":"192.0.2.1","extendedRequestId":"-"}"#, 1, "requestId"),
        ("192.0.2.1 - - [05/Mar/2026:01:30:00 +0000] \"GET / HTTP/1.1\" 200 5", 66, "request id"),
        (&format!("x - - [05/Mar/2026:01:30:00 +0000] \"GET / HTTP/1.1\" 200 5 {id}"), 1, "an IP address"),
        (&format!("192.0.2.1 - - [soon] \"GET / HTTP/1.1\" 200 5 {id}"), 16, "a time"),
        (&format!("192.0.2.1 - - [05/Mar/2026:01:30:00 +0000] GET 200 {id}"), 44, "quotes"),
        (&format!("192.0.2.1 - - [05/Mar/2026:01:30:00 +0000] \"GET / {id}"), 44, "closing quote"),
        (&format!("192.0.2.1,05/Mar/2026:01:30:00 +0000,GET,/,HTTP/1.1,x,5,{id}"), 53, "a number"),
        ("192.0.2.1,a,b,c,d,e,f,g", 15, "a time"),
        ("<request id=\"a\"><ip>192.0.2.1</request>", 21, "a closing tag"),
        ("<request id=\"a\"><ip>192.0.2.1</ip>", 35, "</request>"),
    ] {
        let (rows, rejections) = read(&ApiGateway, record, NAMES);
        assert_eq!((rows.len(), rejections.len()), (0, 1), "{record}");
        if rejections[0].1 != column || !rejections[0].2.contains(expected) {
            wrong.push((record.to_owned(), rejections));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
