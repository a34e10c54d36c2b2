//! The questions that formats suggest: each can be read and runs over the format's own samples.

use logloupe_core::{
    formats::{ALL, Format, Paths},
    ingest::{Limits, Loader, Options, history},
};
use logloupe_query::exec::{Answer, run};
use logloupe_syntax as syntax;
use logloupe_table::Shard;

/// All samples of a format, its name hidden.
fn samples(format: &'static dyn Format) -> Shard {
    let mut loader = Loader::new(vec![format], Limits::default(), 1);
    for sample in format.samples() {
        loader.open(sample.name, Options::default());
        loader.push(sample.content);
        loader.finish();
    }
    loader.into_parts().0
}

fn rows(query: &str, shard: &mut Shard, format: &'static dyn Format) -> usize {
    let (_, answer) = run(query, shard, &Paths(&[format])).unwrap_or_else(|e| panic!("{query}: {e:#?}"));
    match answer {
        Answer::Table(table) => table.rows.len(),
        Answer::Rows(rows) => rows.len(),
    }
}

#[test]
fn every_preset_parses() {
    for format in ALL {
        for preset in format.presets() {
            let parsed = syntax::parse(preset.query).into_result();
            assert!(parsed.is_ok(), "{}: {}: {parsed:#?}", format.meta().id, preset.title);
        }
    }
}

#[test]
fn every_preset_runs_and_those_of_a_trail_find_something() {
    for format in ALL {
        let mut shard = samples(*format);
        // A question that joins another log is asked where that is loaded: below.
        for preset in format.presets().iter().filter(|preset| !preset.query.contains("(SOURCE ")) {
            let found = rows(preset.query, &mut shard, *format);
            assert!(found > 0 || format.meta().id != "cloudtrail", "{}", preset.query);
        }
    }
}

#[test]
fn paths_in_requests_are_fields() {
    let trail = *ALL.iter().find(|f| f.meta().id == "cloudtrail").expect("a format");
    let query =
        "filter requestParameters.policyArn like /Administrator/ and requestParameters.userName = \"alice\"";
    assert!(rows(query, &mut samples(trail), trail) > 0);
}

/// The calls that led to what the samples of AWS Config tell, and others.
const CALLS: &str = r#"{"Records":[
{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"mallory"},"eventTime":"2026-03-05T02:08:00Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","readOnly":false,"requestParameters":{"groupId":"sg-0a1b2c3d4e5f60718"},"eventID":"1"},
{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"mallory"},"eventTime":"2026-03-05T02:44:00Z","eventSource":"iam.amazonaws.com","eventName":"AttachUserPolicy","readOnly":false,"requestParameters":{"userName":"alice","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"},"eventID":"2"},
{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"mallory"},"eventTime":"2026-03-05T02:39:00Z","eventSource":"s3.amazonaws.com","eventName":"PutBucketPolicy","readOnly":false,"requestParameters":{"bucketName":"example-logs"},"resources":[{"type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::example-logs"}],"eventID":"3"},
{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"deployer"},"eventTime":"2026-03-05T02:29:00Z","eventSource":"iam.amazonaws.com","eventName":"PutRolePolicy","readOnly":false,"requestParameters":{"roleName":"deploy","policyName":"inline"},"eventID":"4"},
{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"reader"},"eventTime":"2026-03-05T02:39:30Z","eventSource":"s3.amazonaws.com","eventName":"GetBucketPolicy","readOnly":true,"requestParameters":{"bucketName":"example-logs"},"eventID":"5"},
{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"early"},"eventTime":"2026-03-04T02:39:00Z","eventSource":"s3.amazonaws.com","eventName":"PutBucketAcl","readOnly":false,"requestParameters":{"bucketName":"example-logs"},"eventID":"6"},
{"eventVersion":"1.01","userIdentity":{"type":"IAMUser","userName":"old"},"eventTime":"2014-03-07T23:46:09Z","eventSource":"ec2.amazonaws.com","eventName":"AttachVolume","eventID":"c376e30d-0000-4694-89b7-a5a04ad92281"}
]}"#;

#[test]
fn configuration_items_are_joined_to_the_calls_that_led_to_them() {
    let config = *ALL.iter().find(|f| f.meta().id == "config").expect("a format");
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
    for sample in config.samples() {
        loader.open(sample.name, Options::default());
        loader.push(sample.content);
        loader.finish();
    }
    loader.open("trail.json", Options::default());
    loader.push(CALLS.as_bytes());
    loader.finish();
    history::fill_loaded(&mut loader, 1);
    let mut shard = loader.into_parts().0;
    let asks = config.presets().iter().filter(|preset| preset.title.starts_with("Who changed it"));
    let mut found: Vec<String> = Vec::new();
    for preset in asks {
        let (_, answer) = run(preset.query, &mut shard, &Paths(ALL)).unwrap_or_else(|e| panic!("{e:#?}"));
        let Answer::Table(table) = answer else { panic!("{}", preset.query) };
        for row in &table.rows {
            let [.., event, user, _] = row.as_slice() else { panic!("{row:?}") };
            found.push(format!("{} {event} {user}", row[2]));
        }
    }
    found.sort();
    found.dedup();
    let expected = [
        "alice AttachUserPolicy mallory",
        "deploy PutRolePolicy deployer",
        "example-logs PutBucketPolicy mallory",
        "i-0a1b2c3d AttachVolume old",
        "sg-0a1b2c3d4e5f60718 AuthorizeSecurityGroupIngress mallory",
    ];
    assert_eq!(found, expected);

    // The others find what they ask for in the samples.
    for preset in config.presets() {
        let (_, answer) = run(preset.query, &mut shard, &Paths(ALL)).unwrap_or_else(|e| panic!("{e:#?}"));
        let rows = match answer {
            Answer::Table(table) => table.rows.len(),
            Answer::Rows(rows) => rows.len(),
        };
        assert!(rows > 0, "{}", preset.query);
    }
}
