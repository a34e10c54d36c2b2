//! Filter patterns over small logs: which records each selects. The alarms of the CIS benchmark, the examples of the
//! vendor's guide, and what the guide says of missing fields, stars and words.

use std::collections::BTreeSet;

use logloupe_core::{
    formats::{ALL, Paths},
    ingest::{Limits, Loader, Options},
};
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
        r#""sourceIPAddress":"123.123.4.5","requestParameters":{"list":["a","b"]}"#,
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

#[test]
fn patterns_over_a_trail() {
    let mut loader = trail();
    assert_eq!(loader.shard().tables[0].rows(), EVENTS.len());
    for (pattern, ids) in [
        // Alarms of the CIS benchmark.
        (
            r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#,
            "denied denied2 unauthorized",
        ),
        (r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#, "nomfa"),
        (
            r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }"#,
            "nomfa",
        ),
        (
            r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
            "root",
        ),
        (
            "{($.eventName=DeleteGroupPolicy)||($.eventName=AttachRolePolicy)||($.eventName=PutUserPolicy)}",
            "policy",
        ),
        ("{ ($.eventName = CreateTrail) || ($.eventName = StopLogging) }", "stopped"),
        (r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#, "failed"),
        (
            "{($.eventSource = kms.amazonaws.com) && (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }",
            "key",
        ),
        (
            "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || ($.eventName = PutBucketPolicy)) }",
            "bucket",
        ),
        ("{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = DeleteSecurityGroup) }", "group"),
        // What the guide says.
        ("{ $.sourceIPAddress != 198.51.* }", "bucket"),
        ("{ $.sourceIPAddress = 123.123.* }", "bucket"),
        ("{ $.sourceIPAddress = 123.*.4.5 }", ""),
        ("{ $.requestParameters.list[1] = b }", "bucket"),
        ("{ $.requestParameters.ipPermissions.items[0].fromPort < 25 }", "group"),
        ("{ $.requestParameters.tries >= 1.2e1 }", "policy"),
        ("{ $.requestParameters.tries < 100 }", "policy"),
        ("{ $.requestParameters.tries != 11 }", "policy stopped"),
        ("{ $.requestParameters.tries = * }", "policy stopped"),
        ("{ $.responseElements IS NULL }", "denied2"),
        ("{ $.errorMessage EXISTS }", "denied failed"),
        ("{ $.errorCode = %^Client% && $.errorCode != %Limit% }", "unauthorized"),
        ("{ $.errorcode2 != x }", ""),
        (r#"{ $["userIdentity"]["accountId"] = "012345678901" }"#, "root"),
        ("{ $.userIdentity.type = root }", ""),
        // Words of the record.
        ("AccessDenied -Exception", "denied"),
        ("?StopLogging ?\"AWS Internal\"", "rootservice stopped"),
        ("%fromPort\":[0-9]+%", "group"),
        ("accessdenied", ""),
    ] {
        let text = format!("{pattern}{}", if pattern.starts_with('{') { " | fields eventID" } else { "" });
        let found: BTreeSet<String> = match pattern.starts_with('{') {
            true => column(&text, loader.shard(), &Paths(ALL)).into_iter().collect(),
            false => {
                let paths = Paths(ALL);
                let (_, answer) = run_in(&text, Language::Pattern, loader.shard(), &paths).unwrap();
                let Answer::Rows(rows) = answer else { panic!("{text}: rows") };
                rows.iter().map(|r| EVENTS[r.row as usize].0.to_owned()).collect()
            }
        };
        let expected: BTreeSet<String> = ids.split_whitespace().map(String::from).collect();
        assert_eq!(found, expected, "{pattern}");
    }
}

#[test]
fn slots_over_lines_of_words() {
    let mut shard = Shard::new(1);
    let source = shard.add_source("web.log");
    for (i, line) in [
        r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534"#,
        r#"127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /index.html HTTP/1.0" 404 5324"#,
        r#"10.0.0.7 - ana [10/Oct/2000:13:50:35 -0700] "GET /apache_pb.gif HTTP/1.0" 500 -"#,
        "ERROR WARN message",
        "ERROR message",
        "WARN message",
        "",
    ]
    .iter()
    .enumerate()
    {
        let row = shard.table("web", vec![Field::new("x", Kind::Text, Role::Dimension)]).begin();
        row.commit(source, i as u64 + 1, i as u64 + 1, line.as_bytes());
    }
    shard.seal();
    for (pattern, lines) in [
        ("[ip, user, username, timestamp, request, status_code, bytes]", "1 2 3"),
        ("[ip, user, username, timestamp, request, status_code, bytes > 1000]", "1 2"),
        ("[ip, user, username, timestamp, request, status_code, bytes < 2000]", "1"),
        ("[ip, user, username, timestamp, request, status_code, bytes != 1534]", "2 3"),
        ("[ip, user, username, timestamp, request, status_code = 4*, bytes]", "2"),
        ("[ip, user, username, timestamp, request =*html*, status_code = 4*, bytes]", "2"),
        ("[ip, user, username = \"frank\", ..., status_code = 200 || status_code = 404, bytes]", "1 2"),
        ("[ip, user, username, timestamp = 10/Oct*, ...]", "1 2 3"),
        ("[..., request=*.html*, status_code=4*,]", "2"),
        ("[ip != 127.*, ..., code = 500, size]", "3"),
        ("[w1=ERROR, w2]", "5"),
        ("[w1=ERROR || w1=WARN, w2]", "5 6"),
        ("[w1!=ERROR&&w1!=WARN, w2]", ""),
        ("[..., last = message]", "4 5 6"),
        ("[only]", ""),
        ("[...]", "1 2 3 4 5 6 7"),
        ("[w1 = %^[EW]%, ..., w2 = m*]", "4 5 6"),
    ] {
        let found = column(&format!("{pattern} | sort @line | fields @line"), &mut shard, &NoJson).join(" ");
        assert_eq!(found, lines, "{pattern}");
    }
}
