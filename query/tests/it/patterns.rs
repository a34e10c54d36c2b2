//! Filter patterns over small logs: which records each selects. The alarms of the CIS benchmark, the examples of the
//! vendor's guide, and what the guide says of missing fields, stars and words.

use std::collections::BTreeSet;

use logloupe_core::{
    formats::{ALL, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_golden::check;
use logloupe_query::exec::{Answer, Reader, run_in};
use logloupe_syntax::Language;
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

fn trail() -> Loader {
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
    let records: Vec<String> = EVENTS.iter().map(event).collect();
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
fn lines() -> Shard {
    let mut shard = Shard::new(1);
    let source = shard.add_source("web.log");
    for (line, number) in LINES.iter().zip(1..) {
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

#[test]
fn every_pattern_selects_what_its_file_says() {
    let (mut loader, mut lines) = (trail(), lines());
    assert_eq!(loader.shard().tables[0].rows(), EVENTS.len());
    check(super::folder("patterns"), 40, |case| {
        let pattern = &case.input;
        let found: Vec<String> = match (case.file.as_str(), pattern.starts_with('{')) {
            ("lines", _) => column(&format!("{pattern} | sort @line | fields @line"), &mut lines, &NoJson),
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
        let found = if case.file == "lines" { found } else { sorted.into_iter().collect() };
        format!("--- selects\n{}", found.join(" "))
    });
}
