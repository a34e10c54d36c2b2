//! The ugliest lines, cut and judged.

use super::*;
use crate::formats::{Decoded, Format, Framing, Head, Record};
use logloupe_table::Table;

/// The table with one row that a line or record gives, or where it went wrong.
fn table(framing: Framing, record: &str) -> Result<Table, (usize, String)> {
    let mut decoder = LOG.decoder(&Head::of(framing, &[]));
    let mut table = Table::new("s3_access", LOG.fields(), 1);
    let mut row = table.begin();
    let decoded = decoder.decode(&Record { bytes: record.as_bytes(), envelope_time: None }, &mut row);
    assert_eq!(decoded.map_err(|fault| (fault.at, fault.expected))?, Decoded::Row);
    row.commit(0, 1, 1, record.as_bytes());
    table.seal();
    Ok(table)
}

/// Columns of the row of a line, as people see them.
fn values<const N: usize>(line: &str, names: [&str; N]) -> [String; N] {
    let table = table(Framing::Lines, line).unwrap_or_else(|fault| panic!("{line}: {fault:?}"));
    names.map(|name| table.row(0).unwrap().show(name))
}

const LEFT: &str = "5f0e amzn-s3-demo-bucket [05/Mar/2026:01:31:02 +0000] 192.0.2.3 - 3E57 REST.GET.OBJECT a";
const RIGHT: &str =
    "- hostid= SigV4 TLS_AES AuthHeader amzn-s3-demo-bucket.s3.us-west-1.amazonaws.com TLSv1.2 - Yes -";

#[test]
fn quotes_inside_fields_end_none() {
    for (middle, uri, status, referrer, agent) in [
        (r#""GET /a HTTP/1.1" 200 - 1 2 3 4 "-" "x""#, "GET /a HTTP/1.1", "200", "", "x"),
        (
            r#""GET /"a" 200 HTTP/1.1" 404 NoSuchKey 1 - 3 - "-" "x""#,
            "GET /\"a\" 200 HTTP/1.1",
            "404",
            "",
            "x",
        ),
        (r#""GET /" HTTP/1.1" 200 - 1 2 3 4 "-" "x" y""#, "GET /\" HTTP/1.1", "200", "", "x\" y"),
        (
            r#""GET / HTTP/1.1" 200 - - - 3 - "http://a/"b"" "x""#,
            "GET / HTTP/1.1",
            "200",
            "http://a/\"b\"",
            "x",
        ),
        (
            r#""GET / HTTP/1.1" 200 - 1 2 3 4 "-" "x" 404 - 1 1 1 1 "-" "y" - - - z""#,
            "GET / HTTP/1.1",
            "200",
            "",
            "x\" 404 - 1 1 1 1 \"-\" \"y\" - - - z",
        ),
        (r#""-" - - - 5 - - "-" "-""#, "", "", "", ""),
        (r#"- - - - 5 - - - -"#, "", "", "", ""),
        (r#""-" 200 - 1 2 3 4 - "x""#, "", "200", "", "x"),
        (r#"- 200 - 1 2 3 4 "http://a/" -"#, "", "200", "http://a/", ""),
        (r#""GET /b/k" 200 - - 17 - - "-" """#, "GET /b/k", "200", "", ""),
    ] {
        let names =
            ["request_uri", "http_status", "referer", "user_agent", "host_id", "tls_version", "acl_required"];
        let found = values(&format!("{LEFT} {middle} {RIGHT}"), names);
        assert_eq!(found, [uri, status, referrer, agent, "hostid=", "TLSv1.2", "true"], "{middle}");
    }
}

#[test]
fn lines_of_every_year() {
    let middle = r#""GET /a HTTP/1.1" 200 - 1 2 3 4 "-" "a "quoted" one""#;
    let right: Vec<&str> = RIGHT.split(' ').chain(["tomorrow", "\"and the day after\""]).collect();
    let read = |count: usize| table(Framing::Lines, &format!("{LEFT} {middle} {}", right[..count].join(" ")));
    let counts: Vec<usize> = (1..=right.len()).filter(|n| read(*n).is_ok()).map(|n| n + 17).collect();
    assert_eq!(counts, [18, 24, 25, 26, 27, 28, 29]);
    let fault = read(4).err().map(|(_, expected)| expected);
    assert_eq!(fault.as_deref(), Some("3 more fields, authentication_type first"));
}

#[test]
fn damaged_lines_say_where() {
    let line = format!("{LEFT} \"GET /a HTTP/1.1\" 200 - 1 2 3 4 \"-\" \"x\" {RIGHT}");
    let uri = line.find('"').unwrap();
    for (line, at, expected) in [
        (line[..uri + 8].to_owned(), uri, "closing quote"),
        (line[..uri + 17].to_owned(), uri + 17, "9 more fields, http_status first"),
        (line.replace(" 200 ", " 2xx "), uri + 19, "integer for http_status"),
        (line.replace("05/Mar", "32/Mar"), 26, "time (06/Feb/2026:13:05:59 +0000) for request_time"),
        (
            line.replace(" 1 2 3 4 ", " 1 2 3 x "),
            line.find(" 3 4 ").unwrap() + 3,
            "integer for turn_around_duration",
        ),
    ] {
        let fault = table(Framing::Lines, &line).err();
        assert_eq!(fault, Some((at, expected.to_owned())), "{line}");
    }
}

#[test]
fn requesters_are_told_by_their_spelling() {
    for (who, kind, name, role, account) in [
        ("-", "Anonymous", "", "", ""),
        ("5f0e8a1c2b3d", "CanonicalUser", "", "", ""),
        ("111122223333", "AWSAccount", "", "", "111122223333"),
        (
            "arn:aws:iam::111122223333:user/ops/alice@example.com",
            "IAMUser",
            "alice@example.com",
            "",
            "111122223333",
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/admin/alice",
            "AssumedRole",
            "alice",
            "admin",
            "111122223333",
        ),
        ("arn:aws:sts::111122223333:federated-user/bob", "FederatedUser", "bob", "", "111122223333"),
        ("arn:aws-cn:iam::111122223333:root", "Root", "root", "", "111122223333"),
        ("svc:delivery.logs.amazonaws.com", "AWSService", "delivery.logs.amazonaws.com", "", ""),
        ("AmazonS3", "AWSService", "AmazonS3", "", ""),
    ] {
        let line = format!("{LEFT} - 200 - 1 2 3 4 - - {RIGHT}").replace(" - 3E57", &format!(" {who} 3E57"));
        let names = ["requester_type", "user.name", "user.roles", "cloud.account.id"];
        assert_eq!(values(&line, names), [kind, name, role, account], "{who}");
    }
    // S3 itself is nobody that left out a signature.
    let line = format!("{LEFT} - - - - 2 3 4 - - {RIGHT}").replace("REST.GET", "S3.EXPIRE");
    assert_eq!(
        values(&line, ["requester_type", "operation_verb", "operation_resource"]),
        ["", "EXPIRE", "OBJECT"]
    );
}

#[test]
fn regions_stand_in_endpoints() {
    for (host, expected) in [
        ("amzn-s3-demo-bucket.s3.eu-central-1.amazonaws.com", "eu-central-1"),
        ("s3-us-west-2.amazonaws.com", "us-west-2"),
        ("b.s3-website-us-east-1.amazonaws.com", "us-east-1"),
        ("b.s3-website.eu-central-1.amazonaws.com", "eu-central-1"),
        ("b.s3.dualstack.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("b.s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("b.s3.amazonaws.com", ""),
        ("us-east-1.example.com", ""),
        ("eu-west-1.s3.amazonaws.com", ""),
    ] {
        let cells = [Cell::Text(host.as_bytes()), Cell::Null];
        let found = region(&cells).map(|region| String::from_utf8_lossy(region).into_owned());
        assert_eq!(found.unwrap_or_default(), expected, "{host}");
    }
    let arn = Cell::Text(b"arn:aws:s3:us-west-1:111122223333:accesspoint/x");
    assert_eq!(region(&[Cell::Null, arn]), Some(&b"us-west-1"[..]));
}

#[test]
fn keys_are_decoded_beside_the_raw_ones() {
    for (key, decoded) in [
        ("a/b.txt", "a/b.txt"),
        ("%2522a%2522", "\"a\""),
        ("caf%C3%A9", "café"),
        ("100%25", "100%"),
        ("a%0Ab", "a%0Ab"),
        ("-", ""),
    ] {
        let line = format!("{LEFT} - 200 - 1 2 3 4 - - {RIGHT}").replace(" a -", &format!(" {key} -"));
        let raw = if key == "-" { "" } else { key };
        assert_eq!(values(&line, ["key_name", "aws.s3.object.key"]), [raw, decoded], "{key}");
    }
}

#[test]
fn the_json_form_fills_the_same_columns() {
    let record = r#"{"schema_version_id":"V_1_0","bucket_arn":"arn:aws:s3:::b","bucket_name":"b","request_time":"2026-03-05T01:31:02.000Z","remote_ip":null,"operation":"REST.PUT.OBJECT","key_name":"a%20b","request_uri":"PUT /a HTTP/1.1","http_status":200,"acl_required":true}"#;
    let table = table(Framing::Json, record).unwrap();
    let row = table.row(0).unwrap();
    for (name, expected) in [
        ("bucket_arn", "arn:aws:s3:::b"),
        ("@timestamp", "2026-03-05T01:31:02Z"),
        ("remote_ip", ""),
        ("http.request.method", "PUT"),
        ("statuscode", "200"),
        ("event.outcome", "success"),
        ("object_key", "a b"),
        ("aclrequired", "true"),
    ] {
        assert_eq!(row.show(name), expected, "{name}");
    }
}

#[test]
fn lines_of_other_logs_are_not_claimed() {
    let own = format!("{LEFT} - 200 - 1 2 3 4 - - {RIGHT}");
    assert!(is_line(own.as_bytes()));
    for line in [
        format!("www {own}"),
        own.replace("5f0e", "www.example.com"),
        own.replace("[05/Mar", "05/Mar"),
        own.replace("REST.GET.OBJECT", "rest.get.object"),
        own.replace("REST.GET.OBJECT", "\"GET"),
        "192.0.2.1 - alice [05/Mar/2026:01:31:02 +0000] \"GET / HTTP/1.1\" 200 5".to_owned(),
        String::new(),
    ] {
        assert!(!is_line(line.as_bytes()), "{line}");
    }
}
