//! Filter patterns over small logs: which records each selects. The alarms of the CIS benchmark, the examples of the
//! vendor's guide, and every statement of its page on filter patterns, read 2026-11: `page` for JSON, `words` for the rest.

use std::collections::BTreeSet;

use logloupe_core::{
    formats::{ALL, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_golden::check;
use logloupe_query::exec::{Answer, Reader, presence, run_in};
use logloupe_syntax::{Language, presence::Found};
use logloupe_table::{Field, Kind, Role, Shard, json_paths::NoJson};

/// Events of a trail: id, name, source, and whatever else.
const EVENTS: &[(&str, &str, &str, &str)] = &[
    ("denied", "GetObject", "s3", r#""errorCode":"AccessDenied","errorMessage":"Access Denied""#),
    ("denied2", "PutObject", "s3", r#""errorCode":"AccessDeniedException","responseElements":null"#),
    ("unauthorized", "RunInstances", "ec2", r#""errorCode":"Client.UnauthorizedOperation""#),
    ("throttled", "RunInstances", "ec2", r#""errorCode":"Client.RequestLimitExceeded""#),
    (
        "mfa",
        "ConsoleLogin",
        "signin",
        r#""additionalEventData":{"MFAUsed":"Yes"},"responseElements":{"ConsoleLogin":"Success"}"#,
    ),
    (
        "nomfa",
        "ConsoleLogin",
        "signin",
        r#""additionalEventData":{"MFAUsed":"No"},"responseElements":{"ConsoleLogin":"Success"}"#,
    ),
    (
        "noword",
        "ConsoleLogin",
        "signin",
        r#""additionalEventData":{"x":1},"responseElements":{"ConsoleLogin":"Success"}"#,
    ),
    (
        "failed",
        "ConsoleLogin",
        "signin",
        r#""errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"}"#,
    ),
    ("root", "ListBuckets", "s3", r#""userIdentity":{"type":"Root","accountId":"012345678901"}"#),
    ("rootservice", "Decrypt", "kms", r#""userIdentity":{"type":"Root","invokedBy":"AWS Internal"}"#),
    ("policy", "AttachRolePolicy", "iam", r#""requestParameters":{"roleName":"admin","tries":12}"#),
    ("stopped", "StopLogging", "cloudtrail", r#""requestParameters":{"name":"main","tries":"many"}"#),
    ("key", "ScheduleKeyDeletion", "kms", r#""requestParameters":{"pendingWindowInDays":7}"#),
    (
        "bucket",
        "PutBucketPolicy",
        "s3",
        r#""sourceIPAddress":"123.123.4.5","requestParameters":{"list":["a","b"],"x.y":{"z.w":1},"tags":{"app/name.eu":"shop"}}"#,
    ),
    (
        "group",
        "AuthorizeSecurityGroupIngress",
        "ec2",
        r#""requestParameters":{"ipPermissions":{"items":[{"fromPort":22}]}}"#,
    ),
];

/// Events whose members are like those of the vendor's page: id, event name, source and whatever else.
const PAGE: &[(&str, &str, &str, &str)] = &[
    (
        "plain",
        "Update",
        "s3",
        r#""kind":"UpdateTrail","address":"203.0.113.117","list":["value","another value"],
        "objects":[{"name":"a","id":1},{"name":"b","id":2}],"nothing":null,"cluster.name":"c","cluster":{"size":3}"#,
    ),
    (
        "nested",
        "Get",
        "s3",
        r#""person":{"id":1,"email":"ana@example.com"},"users":[{"id":2,"email":"bo@example.com"},{"id":3,"email":"cy@example.com"}],
        "actions":["GET","PUT","DELETE"],"grid":[[0,1,2],[4,5,6],[7,8,9]],"objects":{"x":{"id":9,"tags":["red"]},"y":{"id":"10"}}"#,
    ),
    (
        "numbers",
        "Get",
        "ec2",
        r#""bandwidth":80,"latency":49.5,"rate":60,"code":404,"number":[1000,0.001,-5],"list":[7,"12",null,true,{"a":1}],"digits":"75.0""#,
    ),
    (
        "flags",
        "Get",
        "ec2",
        r#""on":true,"off":false,"yes":"true","list":[],"objects":null,"kind":"trail","odd":"a*b?c","code":"E404","doc":"{\"list\":[5]}""#,
    ),
];

fn trail(events: &[(&str, &str, &str, &str)]) -> Loader {
    let event = |(id, name, source, more): &(&str, &str, &str, &str)| {
        let user = match more.contains("\"userIdentity\"") {
            true => "",
            false => r#""userIdentity":{"type":"IAMUser","userName":"ana"},"#,
        };
        let address = if more.contains("sourceIP") { "" } else { r#""sourceIPAddress":"198.51.100.7","# };
        format!(
            r#"{{"eventVersion":"1.08",{user}{address}"eventTime":"2026-03-05T08:12:44Z","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"eu-central-1",{more},"eventID":"{id}","eventType":"AwsApiCall"}}"#
        )
    };
    let records: Vec<String> = events.iter().map(event).collect();
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 0);
    loader.open("trail.json", Options::default());
    loader.push(format!("{{\"Records\":[{}]}}", records.join(",\n")).as_bytes());
    loader.finish();
    loader
}

/// The first column of the answer.
fn column(text: &str, shard: &mut Shard, json: &dyn logloupe_table::json_paths::JsonPaths) -> Vec<String> {
    let (plan, answer) =
        run_in(text, Language::Pattern, shard, json).unwrap_or_else(|d| panic!("{text}: {d:?}"));
    let Answer::Rows(rows) = answer else { panic!("{text}: rows") };
    let reader = Reader::new(&plan, shard);
    rows.iter().map(|r| reader.values(*r)[0].to_string()).collect()
}

/// A log of lines of words.
fn lines(lines: &[&str]) -> Shard {
    let mut shard = Shard::new(1);
    let source = shard.add_source("web.log");
    for (line, number) in lines.iter().zip(1..) {
        let row = shard.table("web", vec![Field::new("x", Kind::Text, Role::Dimension)]).begin();
        row.commit(source, number, number, line.as_bytes());
    }
    shard.seal();
    shard
}

const LINES: &[&str] = &[
    r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534"#,
    r#"127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /index.html HTTP/1.0" 404 5324"#,
    r#"10.0.0.7 - ana [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 500 -"#,
    "ERROR WARN message",
    "ERROR message",
    "WARN message",
    "",
];

/// Lines like those of the vendor's page.
const WORDS: &[&str] = &[
    "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200",
    "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310",
    "WARNING 09/25/2014 12:00:02 Invalid user request",
    "ERROR 09/25/2014 12:00:02 Failed to process request",
    "[ERROR 400] BAD REQUEST from 10.10.0.1:80",
    "[ERROR 419] MISSING ARGUMENTS of 10010,051 [7] (gray) colour",
    "[INFO] REQUEST FAILED shutting down a_b aaa ab129",
    "starting 4at grey color",
    "ERROR",
];

#[test]
fn every_pattern_selects_what_its_file_says() {
    let (mut loader, mut page) = (trail(EVENTS), trail(PAGE));
    let (mut lines, mut words) = (lines(LINES), lines(WORDS));
    assert_eq!(loader.shard().tables[0].rows(), EVENTS.len());
    assert_eq!(page.shard().tables[0].rows(), PAGE.len());
    check(super::folder("patterns"), 120, |case| {
        let pattern = &case.input;
        let found: Vec<String> = match (case.file.as_str(), pattern.starts_with('{')) {
            ("lines" | "words", _) => {
                let shard = if case.file == "lines" { &mut lines } else { &mut words };
                let (_, answer) = run_in(pattern, Language::Pattern, shard, &NoJson)
                    .unwrap_or_else(|d| panic!("{pattern}: {d:?}"));
                let Answer::Rows(rows) = answer else { panic!("{pattern}: rows") };
                let mut lines: Vec<u32> = rows.iter().map(|r| r.row + 1).collect();
                lines.sort_unstable();
                lines.iter().map(u32::to_string).collect()
            }
            ("page", _) => column(&format!("{pattern} | fields eventID"), page.shard(), &Paths(ALL)),
            (_, true) => column(&format!("{pattern} | fields eventID"), loader.shard(), &Paths(ALL)),
            (_, false) => {
                let paths = Paths(ALL);
                let (_, answer) = run_in(pattern, Language::Pattern, loader.shard(), &paths).unwrap();
                let Answer::Rows(rows) = answer else { panic!("{pattern}: rows") };
                rows.iter().map(|r| EVENTS[r.row as usize].0.to_owned()).collect()
            }
        };
        // Lines are in order; of events which they are matters.
        let sorted: BTreeSet<String> = found.iter().cloned().collect();
        let found = if ["lines", "words"].contains(&case.file.as_str()) {
            found
        } else {
            sorted.into_iter().collect()
        };
        format!("--- selects\n{}", found.join(" "))
    });
}

#[test]
fn a_selector_that_no_event_has_is_said() {
    let mut page = trail(PAGE);
    for (pattern, name) in [
        ("{ $.absent[*] = 1 }", "absent.*"),
        ("{ $.objects[*].size > 1 }", "objects.*.size"),
        ("{ $.*.nothing NOT EXISTS }", "*.nothing"),
        ("{ $.kind[*] != %x% }", "kind.*"),
        ("{ $.list[*] = 12345 }", ""),
        ("{ $.* = nowhere }", ""),
    ] {
        let (plan, _) = run_in(pattern, Language::Pattern, page.shard(), &Paths(ALL)).unwrap();
        let nowhere = presence(&plan, page.shard()).into_iter().filter(|p| p.found == Found::Nowhere);
        let said: Vec<String> = nowhere.map(|p| p.remark.message).collect();
        let expected = format!("no loaded record has a field `{name}`");
        assert_eq!(said, if name.is_empty() { vec![] } else { vec![expected] }, "{pattern}");
    }
}
