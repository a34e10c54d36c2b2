//! Events of each class and version of OCSF, and what is no event.

use super::LOG;
use crate::formats::{Format, trial::load};

fn event(members: &str) -> String {
    format!(r#"{{"metadata":{{"version":"1.1.0"}},"time":1772672400000,"severity_id":1{members}}}"#)
}

#[track_caller]
fn check(members: &str, names: &[&str], expected: &str) {
    let (shard, entry) = load(&event(members));
    assert_eq!(entry.format.as_deref(), Some("security_lake"), "{members}: {}", entry.reason);
    let row = shard.tables[0].row(0).unwrap();
    let shown: Vec<String> = names.iter().map(|name| row.show(name)).collect();
    assert_eq!(shown.join(" | "), expected, "{members}");
}

#[test]
fn classes_have_words() {
    for (members, class) in [
        (r#","class_uid":3005,"metadata":{"version":"1.0.0-rc.2"}"#, "API Activity"),
        (r#","class_uid":3005,"metadata":{"version":"1.0.0"}"#, "User Access Management"),
        (r#","class_uid":6003"#, "API Activity"),
        (r#","class_uid":6003,"class_name":"Own Name""#, "Own Name"),
        (r#","class_uid":9999"#, ""),
        (r#","class_uid":"4003""#, "DNS Activity"),
    ] {
        check(members, &["class"], class);
    }
}

#[test]
fn outcomes_are_those_of_the_class() {
    for (members, outcome) in [
        (r#","class_uid":6003,"status_id":1"#, "success"),
        (r#","class_uid":6003,"status_id":2"#, "failure"),
        (r#","class_uid":6003,"status_id":0"#, "unknown"),
        // The status of a finding says how far somebody got with it.
        (r#","class_uid":2004,"status_id":1"#, "unknown"),
        (r#","class_uid":2004,"status_id":2,"status_code":"FAIL""#, "failure"),
        (r#","class_uid":2004,"status_code":"MANUAL""#, "unknown"),
        (r#","class_uid":2003,"compliance":{"status":"Pass"}"#, "success"),
        (r#","class_uid":4001,"action":"Denied","status_code":"OK""#, "failure"),
        (r#","class_uid":4001,"action":"Allowed""#, "success"),
        (r#","class_uid":4001,"status_code":"NODATA","disposition":"-""#, "unknown"),
        (r#","class_uid":4003,"rcode":"NoError""#, "success"),
        (r#","class_uid":4003,"rcode":"NXDomain""#, "failure"),
        (r#","class_uid":4003,"rcode":"NoError","disposition":"Blocked""#, "failure"),
    ] {
        check(members, &["event.outcome"], outcome);
    }
}

#[test]
fn times_are_seconds_or_milliseconds_or_text() {
    let event = |time: &str| format!(r#"{{"class_uid":2004,"metadata":{{}},"type_uid":200401{time}}}"#);
    for time in [
        r#","time":1772672400000"#,
        r#","time":1772672400"#,
        r#","time":"1772672400000""#,
        r#","time_dt":"2026-03-05T01:00:00.000000""#,
        r#","finding_info":{"modified_time":1772672400000,"created_time":1}"#,
    ] {
        let (shard, _) = load(&event(time));
        assert_eq!(shard.tables[0].row(0).unwrap().show("@timestamp"), "2026-03-05T01:00:00Z", "{time}");
    }
    let (_, entry) = load(&event(r#","time":"soon""#));
    assert_eq!((entry.rows, entry.rejected, entry.rejections[0].column), (0, 1, 59));
}

#[test]
fn both_spellings_of_a_field_are_one_column() {
    for (old, new, name, value) in [
        (r#""cloud":{"account_uid":"1"}"#, r#""cloud":{"account":{"uid":"1"}}"#, "cloud.account.id", "1"),
        (r#""actor":{"user":{"uuid":"a"}}"#, r#""actor":{"user":{"uid_alt":"a"}}"#, "user.arn", "a"),
        (r#""mfa":true"#, r#""is_mfa":true"#, "is_mfa", "true"),
        (
            r#""start_time":1772672400000"#,
            r#""start_time_dt":"2026-03-05T01:00:00Z""#,
            "event.start",
            "2026-03-05T01:00:00Z",
        ),
        (r#""finding":{"title":"t"}"#, r#""finding_info":{"title":"t"}"#, "rule.name", "t"),
    ] {
        for members in [old, new] {
            check(&format!(r#","class_uid":6003,{members}"#), &[name], value);
        }
    }
}

#[test]
fn who_acted_is_told_whatever_is_known() {
    for (members, user) in [
        (
            r#""actor":{"user":{"name":"alice","uid":"AIDA"},"session":{"issuer":"arn:aws:iam::1:role/R"}}"#,
            "alice | ",
        ),
        (
            r#""actor":{"user":{"uid":"AROA:s"},"session":{"issuer":"arn:aws:iam::1:role/path/R"}},"user":{"name":"bob"}"#,
            "R | bob",
        ),
        (r#""user":{"name":"bob"}"#, "bob | bob"),
        (r#""actor":{"user":{"uid":"AIDA"}}"#, "AIDA | "),
        (r#""actor":{"user":{"name":""}}"#, " | "),
    ] {
        check(&format!(r#","class_uid":3002,{members}"#), &["user.name", "user.target.name"], user);
    }
}

#[test]
fn a_dash_is_no_value() {
    let members = r#","class_uid":4001,"src_endpoint":{"ip":"-","svc_name":"-","instance_uid":"-"},"dst_endpoint":{"ip":"10.0.0.1","svc_name":"S3"}"#;
    check(
        members,
        &[
            "source.ip",
            "src_endpoint.svc_name",
            "cloud.instance.id",
            "destination.ip",
            "dst_endpoint.svc_name",
        ],
        " |  |  | 10.0.0.1 | S3",
    );
}

#[test]
fn json_of_others_is_not_taken() {
    for content in [
        r#"{"class_uid":6003,"time":1772672400000}"#,
        r#"{"class_uid":6003,"metadata":"x","time":1772672400000,"type_uid":1}"#,
        r#"{"metadata":{"version":"1.1.0"},"time":1772672400000,"severity_id":1}"#,
        r#"{"a":{"class_uid":6003,"metadata":{},"type_uid":1}}"#,
        r#"{"class_uid":null,"metadata":{},"type_uid":1}"#,
    ] {
        assert_ne!(load(content).1.format.as_deref(), Some("security_lake"), "{content}");
    }
}

#[test]
fn summaries_begin_with_what_failed() {
    for (members, expected) in [
        (
            r#","class_uid":6003,"status_id":2,"api":{"operation":"CreateUser","response":{"error":"AccessDenied"}},"actor":{"user":{"name":"alice"}},"src_endpoint":{"ip":"198.51.100.1"}"#,
            "failed CreateUser by alice, 198.51.100.1, AccessDenied",
        ),
        (
            r#","class_uid":4001,"activity_name":"Traffic","action":"Denied","src_endpoint":{"ip":"198.51.100.1"},"dst_endpoint":{"ip":"10.0.0.1"}"#,
            "denied Network Activity Traffic, 198.51.100.1 → 10.0.0.1",
        ),
        (
            r#","class_uid":4003,"query":{"hostname":"a.example.com."},"disposition":"Blocked""#,
            "blocked a.example.com",
        ),
        (
            r#","class_uid":2004,"severity":"High","finding_info":{"title":"t"},"resources":[{"uid":"r"}]"#,
            "t (High) on r",
        ),
        (r#","class_uid":9999"#, "event"),
    ] {
        let (shard, _) = load(&event(members));
        let row = shard.tables[0].row(0).unwrap();
        let told: String = LOG.summary(&row).into_iter().map(|span| span.text).collect();
        assert_eq!(told, expected);
    }
}
