//! The decoder on its samples and on damage. Records are cut here in the simplest way; what `ingest` makes of whole
//! files is tested there.

use logloupe_sample::rng::Rng;
use serde_json::value::RawValue;

use super::*;
use crate::{
    formats::trial::load_as,
    ingest::{Limits, Loader, Options},
};
use logloupe_table::{Table, Value, schema::BUILTINS};

#[derive(serde::Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, alias = "Events")]
    #[serde(rename = "Records")]
    records: Vec<&'a RawValue>,
}

/// The records of a file: of its envelope, its array, its lines, or the one that it is.
fn records(content: &[u8]) -> Vec<&[u8]> {
    if let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(content) {
        return envelope.records.iter().map(|r| r.get().as_bytes()).collect();
    }
    if let Ok(array) = serde_json::from_slice::<Vec<&RawValue>>(content) {
        return array.iter().map(|r| r.get().as_bytes()).collect();
    }
    if serde_json::from_slice::<serde::de::IgnoredAny>(content).is_ok() {
        return vec![content];
    }
    content.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty()).collect()
}

fn decode(records: &[&[u8]]) -> (Table, Vec<Fault>, usize) {
    let mut table = Table::new(META.id, CloudTrail.fields(), 1);
    let mut decoder = Events::new();
    let (mut faults, mut skipped) = (Vec::new(), 0);
    for (i, bytes) in records.iter().enumerate() {
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Row) => row.commit(0, i as u64 + 1, i as u64 + 1, bytes),
            Ok(Decoded::Skipped(_)) => skipped += 1,
            Ok(Decoded::Form) => panic!("events have no form"),
            Err(fault) => {
                assert!(fault.at <= bytes.len() && !fault.expected.is_empty());
                faults.push(fault);
            }
        }
    }
    table.seal();
    assert_eq!(table.rows() + faults.len() + skipped, records.len());
    (table, faults, skipped)
}

fn sample(name: &str) -> Table {
    let sample = SAMPLES.iter().find(|s| s.name == name).unwrap();
    decode(&records(sample.content)).0
}

fn told(row: &Row<'_>) -> String {
    let spans = CloudTrail.summary(row);
    assert!(spans.iter().any(|s| s.strong) && spans.iter().all(|s| !s.text.is_empty()), "{spans:?}");
    spans.iter().map(|s| if s.strong { format!("**{}**", s.text) } else { s.text.clone() }).collect()
}

fn sniff(records: &[&[u8]]) -> Sniff {
    CloudTrail.sniff(&Head::of(Framing::Json, &records[..records.len().min(16)]))
}

#[test]
fn rows_of_tables_are_read_as_events_are() {
    let content = SAMPLES.iter().find(|s| s.name == "cloudtrail_table.ndjson").expect("it is there").content;
    let (shard, entry) = load_as("events.parquet", content);
    assert_eq!((entry.rows, entry.format.as_deref()), (2, Some("cloudtrail")), "{entry:?}");
    let row = shard.tables[0].row(0).expect("a row");
    for (column, value) in [
        ("@timestamp", "2026-03-05T01:31:14Z"),
        ("eventName", "RunInstances"),
        ("userIdentity.sessionContext.sessionIssuer.userName", "deploy"),
        ("sourceIPAddress", "203.0.113.66"),
        ("errorCode", "Client.UnauthorizedOperation"),
        ("event.outcome", "failure"),
        ("tlsDetails.tlsVersion", "TLSv1.3"),
    ] {
        assert_eq!(row.show(column), value, "{column}");
    }
    // Below maps, names are those of the event.
    assert_eq!(shard.tables[0].row(1).expect("a row").show("event.outcome"), "success");
}

#[test]
fn samples_give_what_they_state() {
    let mut fed = vec![false; FIELDS.len()];
    // Rows of tables have a decoder of their own.
    let is_event = |s: &&Sample| !s.name.ends_with(".csv") && s.name != "cloudtrail_table.ndjson";
    for sample in SAMPLES.iter().filter(is_event) {
        let records = records(sample.content);
        assert!(matches!(sniff(&records), Sniff::Certain(_)), "{}", sample.name);
        let (table, faults, skipped) = decode(&records);
        assert_eq!(
            (table.rows(), faults.len()),
            (sample.rows, sample.rejected),
            "{}: {faults:?}",
            sample.name
        );
        assert_eq!(skipped, 0);
        for row in 0..table.rows() {
            let row = table.row(row).unwrap();
            assert_ne!(row.get("@timestamp"), Value::Null, "{}", sample.name);
            told(&row);
            fed.iter_mut().enumerate().for_each(|(i, f)| *f |= row.value(i + BUILTINS) != Value::Null);
        }
    }
    for (field, fed) in FIELDS.iter().zip(fed) {
        assert!(fed, "no sample has a {}", field.field.name);
    }
}

#[test]
fn every_column_asked_for_by_name_exists() {
    for name in ["user.name", "event.outcome", "errorCode", "resource.name", "resource.type"] {
        assert!(fields::column(name) < FIELDS.len(), "{name}");
    }
    for name in CloudTrail.identity() {
        assert!(fields::column(name) < FIELDS.len(), "{name}");
    }
}

#[track_caller]
fn shows(table: &Table, row: usize, expected: &[(&str, &str)]) {
    let row = table.row(row).unwrap();
    for (name, value) in expected {
        assert!(table.schema().find(name).is_some(), "no column {name}");
        assert_eq!(row.show(name), *value, "{name}");
    }
}

#[test]
fn a_trail_reads_in_every_shape_of_identity() {
    let table = sample("cloudtrail_trail.json");
    shows(
        &table,
        0,
        &[
            ("@timestamp", "2026-03-05T09:02:11Z"),
            ("event.action", "RunInstances"),
            ("user.name", "build-4711"),
            ("useridentity.sessioncontext.sessionissuer.username", "ci-deploy"),
            ("userIdentity.sessionContext.attributes.mfaAuthenticated", "false"),
            ("event.outcome", "success"),
            ("resource.name", "i-0aaaaaaaaaaaaaaa1, i-0aaaaaaaaaaaaaaa2, i-0aaaaaaaaaaaaaaa3"),
            ("resource.type", "AWS::EC2::Instance"),
            ("cloud.account.id", "111122223333"),
        ],
    );
    shows(&table, 1, &[("user.name", "alice"), ("accessKeyId", ""), ("source.ip", "2001:db8::5:1")]);
    shows(&table, 2, &[("user.name", "root"), ("event.outcome", "failure")]);
    shows(&table, 3, &[("user.name", "ec2.amazonaws.com"), ("readOnly", "true")]);
    shows(&table, 3, &[("resource.name", "arn:aws:iam::111122223333:role/Admin")]);
    shows(&table, 4, &[("user.name", "etl"), ("sourceIPAddress", "AWS Internal")]);
    shows(&table, 4, &[("additionalEventData.bytesTransferredOut", "1048576")]);
    shows(&table, 4, &[("resource.type", "AWS::S3::Object, AWS::S3::Bucket")]);
    shows(
        &table,
        5,
        &[
            ("event.outcome", "failure"),
            ("error.code", "AccessDenied"),
            ("resource.name", "amzn-s3-demo-bucket"),
        ],
    );
    shows(&table, 6, &[("eventType", ""), ("eventCategory", ""), ("user.name", "carol")]);
    shows(&table, 7, &[("userIdentity.type", ""), ("user.name", ""), ("recipientAccountId", "111122223333")]);
    shows(
        &table,
        8,
        &[("user.name", "544894e8-80c1-707f-60e3-3ba6510dfac1"), ("sessionCredentialFromConsole", "true")],
    );
    shows(&table, 10, &[("userIdentity.sessionContext.attributes.mfaAuthenticated", "true")]);
}

#[test]
fn a_failure_is_told_in_many_places() {
    let failed = [
        r#""eventName":"GetObject","errorCode":"AccessDenied""#,
        r#""eventName":"GetFederationToken","errorMessage":"not allowed""#,
        r#""eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Failure"}"#,
        r#""eventName":"CheckMfa","responseElements": { "CheckMfa" : "Failure" }"#,
        r#""eventName":"SwitchRole","responseElements":{"SwitchRole":"Failure"}"#,
        r#""eventName":"ExitRole","responseElements":{"ExitRole":"Failure"}"#,
        r#""eventName":"PasswordRecoveryRequested","responseElements":{"PasswordRecoveryRequested":"Failure"}"#,
        r#""eventName":"CredentialVerification","serviceEventDetails":{"CredentialVerification":"Failure"}"#,
        r#""eventName":"UserAuthentication","serviceEventDetails":{"LoginTo":"x","UserAuthentication":"Failure"}"#,
        r#""eventName":"BackupJobCompleted","serviceEventDetails":{"state":"FAILED"}"#,
        r#""eventName":"RotationFailed","eventType":"AwsServiceEvent""#,
        // Nothing was done, whatever the caller wanted.
        r#""eventName":"RunInstances","errorCode":"Client.DryRunOperation""#,
    ];
    let worked = [
        r#""eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Success"}"#,
        r#""eventName":"CredentialChallenge","serviceEventDetails":{"CredentialChallenge":"Success"}"#,
        r#""eventName":"UserAuthentication","serviceEventDetails":{"UserAuthentication":"Success"}"#,
        r#""eventName":"Federate","serviceEventDetails":{"role_name":"Failure"}"#,
        r#""eventName":"PutItem","responseElements":{"x":{"PutItem":"Failure"}}"#,
        r#""eventName":"DescribeJob","responseElements":"Failure","serviceEventDetails":null"#,
        r#""eventName":"BackupJobCompleted","serviceEventDetails":{"state":"COMPLETED"}"#,
        r#""eventName":"RotateKey","eventType":"AwsServiceEvent""#,
        r#""eventName":"ListFailed","eventType":"AwsApiCall""#,
    ];
    // What is no action has no outcome: an Insights event, a summary, an item of which no more is known.
    let neither = [
        r#""eventCategory":"Insight","insightDetails":{"eventName":"RunInstances","errorCode":"AccessDenied"}"#,
        r#""eventId":"1","eventCategory":"Aggregated","summary":{}"#,
        r#""EventId":"1","EventName":"DeleteTrail","eventSource":"x""#,
    ];
    for (events, outcome) in [(&failed[..], "failure"), (&worked, "success"), (&neither, "")] {
        for event in events {
            let text = format!(r#"{{"eventVersion":"1.11","eventID":"1",{event}}}"#);
            let mut loader = Loader::new(vec![&CloudTrail], Limits::default(), 1);
            loader.open("x", Options { format: Some("cloudtrail".to_owned()), ..Options::default() });
            loader.push(text.as_bytes());
            let (shard, _) = loader.into_parts();
            assert_eq!(shard.tables[0].row(0).unwrap().show("event.outcome"), outcome, "{event}");
        }
    }
}

#[test]
fn lookups_insights_and_summaries_read_as_events() {
    let table = sample("cloudtrail_lookup_events.json");
    shows(
        &table,
        0,
        &[
            ("eventName", "CreateUser"),
            ("@timestamp", "2026-03-05T09:14:00Z"),
            ("user.name", "alice@example.com"),
            ("resource.name", "eve"),
            ("eventID", "5a3b0010-1111-4222-8333-0123456789ab"),
        ],
    );
    // The event has no user's name and no key, the item has.
    shows(
        &table,
        1,
        &[("user.name", "svc-inventory"), ("accessKeyId", "AKIAIOSFODNN7EXAMPLE"), ("readOnly", "true")],
    );
    // The item alone: what was not said is not known.
    shows(
        &table,
        2,
        &[("eventName", "DeleteTrail"), ("@timestamp", "2026-03-05T09:16:00Z"), ("event.outcome", "")],
    );
    shows(&table, 2, &[("resource.type", "AWS::CloudTrail::Trail"), ("eventTime", "2026-03-05T09:16:00Z")]);

    let table = sample("cloudtrail_insight.json");
    shows(
        &table,
        1,
        &[
            ("eventName", "RunInstances"),
            ("errorCode", "Client.UnauthorizedOperation"),
            ("event.outcome", ""),
        ],
    );
    shows(&table, 1, &[("insightDetails.insightContext.statistics.insightDuration", "14")]);
    shows(
        &table,
        2,
        &[("eventName", "CompleteLifecycleAction"), ("errorCode", ""), ("insightDetails.state", "End")],
    );
    shows(&table, 2, &[("insightDetails.insightContext.statistics.insight.average", "664")]);

    let table = sample("cloudtrail_aggregated.ndjson");
    for row in 0..2 {
        shows(
            &table,
            row,
            &[
                ("@timestamp", "2026-03-05T09:45:00Z"),
                ("cloud.account.id", "111122223333"),
                ("eventName", ""),
            ],
        );
    }
    shows(
        &table,
        1,
        &[("event.id", "5a3baa02-1111-4222-8333-0123456789ab"), ("event.end", "2026-03-05T09:50:00Z")],
    );

    let each = |name: &str| -> Vec<String> {
        let row = table.row(0).expect("a row");
        row.get(name).singles().map(|value| value.to_string()).collect()
    };
    assert_eq!(each("statistics.name"), ["PutObject", "GetObject"]);
    assert_eq!(each("statistics.value"), ["1000", "204"]);

    let table = sample("cloudtrail_events.ndjson");
    shows(&table, 1, &[("eventName", "CreateAccessKey"), ("user.name", "bob"), ("resource.name", "alice")]);
}

#[test]
fn rows_are_told_in_a_sentence() {
    let all = |name: &str| -> Vec<String> {
        let table = sample(name);
        (0..table.rows()).map(|r| told(&table.row(r).unwrap())).collect()
    };
    assert_eq!(
        all("cloudtrail_trail.json"),
        [
            "ci-deploy/build-4711 started 3 × **p3.16xlarge** in us-east-1",
            "alice signed in to the console **without MFA** from 2001:db8::5:1",
            "root **failed to sign in** to the console from 203.0.113.77",
            "ec2.amazonaws.com assumed role **Admin** (session deploy)",
            "etl read **amzn-s3-demo-bucket/exports/2026/übersicht, neu.csv** (1.0 MB)",
            "bob called PutBucketPolicy on s3 (amzn-s3-demo-bucket), denied: **AccessDenied**",
            "carol assumed role **Web** with a web identity (session carol)",
            "AWS Internal called **RotateKey** on kms",
            "544894e8-80c1-707f-60e3-3ba6510dfac1 called **ListUsers** on identitystore from 192.0.2.10",
            "fn-role/orders replaced the code of function **orders**",
            "partner/ops called **DisableKey** on kms from 192.0.2.10",
            "web deleted user **mallory**",
        ]
    );
    assert_eq!(
        all("cloudtrail_events.ndjson"),
        [
            "bob stopped trail **main**",
            "bob created an **access key** for alice: AKIAI44QH8DHBEXAMPLE",
            "bob attached **AdministratorAccess** to user alice",
        ]
    );
    assert_eq!(
        all("cloudtrail_lookup_events.json"),
        [
            "Admin/alice@example.com created user **eve**",
            "svc-inventory called **DescribeInstances** on ec2 from 192.0.2.10",
            "bob called **DeleteTrail** on cloudtrail",
        ]
    );
    assert_eq!(
        all("cloudtrail_insight.json"),
        [
            "an unusual rate of **RunInstances errors** began: 12.5 per minute, usually 0",
            "the unusual rate of **RunInstances errors** ended: 12.5 per minute, usually 0",
            "the unusual rate of **CompleteLifecycleAction calls** ended: 664 per minute, usually 0.25",
        ]
    );
    assert_eq!(
        all("cloudtrail_aggregated.ndjson"),
        [
            "**1,204 calls** of s3 summed up, mostly PutObject (1,000)",
            "**1,204 calls** of s3 summed up, mostly amzn-s3-demo-bucket (1,204)",
        ]
    );
    assert_eq!(
        all("cloudtrail_network_activity.json"),
        [
            "account 444455556666 called ListKeys on kms from 10.0.1.17, denied: **VpceAccessDenied**",
            "ci-deploy/build-4711 called **ListKeys** on kms from 10.0.1.18",
        ]
    );
}

#[test]
fn damage_is_told_with_its_place() {
    #[track_caller]
    fn fault(record: &str, at: usize, expected: &str) {
        let (_, faults, _) = decode(&[record.as_bytes()]);
        assert_eq!((faults[0].at, faults[0].expected.as_str()), (at, expected), "{record}");
    }
    fault(r#"{"eventVersion":"1.11"}"#, 0, "an event with eventName, eventSource or eventID");
    fault(r#"{"eventName":"A","eventTime":"yesterday"}"#, 30, "an ISO 8601 time for eventTime");
    fault(r#"{"eventName":"A","x":[1,}"#, 24, "a JSON value");
    // Inside the event that EventBridge or a lookup carries, the place is still one in the record.
    fault(
        r#"{"detail-type":"x","detail":{"eventName":"A","eventTime":"?"}}"#,
        58,
        "an ISO 8601 time for eventTime",
    );
    let record = r#"{"EventId":"1","CloudTrailEvent":"{\"eventName\":\"\u0041\",\"x\":!}"}"#;
    fault(record, record.find('!').unwrap(), "a JSON value");
}

#[test]
fn look_alikes_are_left_to_others() {
    for record in [
        r#"{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-03-05T09:00:00.000Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"EXAMPLE"},"requestParameters":{"sourceIPAddress":"192.0.2.1"},"s3":{"s3SchemaVersion":"1.0"}}"#,
        r#"{"eventID":"1","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1","dynamodb":{}}"#,
        r#"{"version":"0","detail-type":"GuardDuty Finding","source":"aws.guardduty","detail":{"schemaVersion":"2.0"}}"#,
        r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","userAgent":"kubectl"}"#,
        r#"{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[]}"#,
        r#"{"timestamp":1,"formatVersion":1,"webaclId":"arn:aws:wafv2:us-east-1:1:x","action":"BLOCK"}"#,
        r#"{"eventVersion":"1.0"}"#,
        r#"{"eventName":"click","user":"u"}"#,
        "{}",
        "2026-03-05 not JSON",
    ] {
        assert_eq!(sniff(&[record.as_bytes()]), Sniff::No, "{record}");
    }
    let event = br#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventID":"1"}"#;
    assert!(matches!(sniff(&[event, b"{"]), Sniff::Certain(_)));
    assert!(matches!(sniff(&[event, b"{}", b"{}"]), Sniff::Maybe(_)));
}

#[test]
fn arbitrary_changes_never_panic() {
    let mut rng = Rng::new(1);
    for sample in SAMPLES {
        for record in records(sample.content) {
            for _ in 0..150 {
                let mut changed = record.to_vec();
                for _ in 0..1 + rng.index(4) {
                    let at = rng.index(changed.len());
                    let to = (at + rng.index(30)).min(changed.len());
                    match rng.index(4) {
                        0 => changed.truncate(at.max(1)),
                        1 => drop(changed.drain(at..to)),
                        2 => changed[at] = rng.next_u64() as u8,
                        _ => {
                            let piece = changed[at..to].to_vec();
                            let into = rng.index(changed.len());
                            drop(changed.splice(into..into, piece));
                        }
                    }
                    if changed.is_empty() {
                        changed.push(b'{');
                    }
                }
                sniff(&[&changed]);
                let (table, ..) = decode(&[&changed]);
                if let Some(row) = table.row(0) {
                    told(&row);
                }
            }
        }
    }
}

#[test]
fn an_event_that_does_not_say_who_received_it_is_the_callers() {
    for (members, account) in [
        (r#""eventVersion":"1.01","userIdentity":{"accountId":"000111122223"}"#, "000111122223"),
        (r#""eventVersion":"1.0","userIdentity":{"type":"Root","accountId":"111122223333"}"#, "111122223333"),
        (
            r#""eventVersion":"1.11","recipientAccountId":"444455556666","userIdentity":{"accountId":"111122223333"}"#,
            "444455556666",
        ),
        (r#""eventVersion":"1.01","userIdentity":{"invokedBy":"x.amazonaws.com"}"#, ""),
    ] {
        let event = format!(
            r#"{{{members},"eventTime":"20140305T013000Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"e-1"}}"#
        );
        let (table, faults, _) = decode(&[event.as_bytes()]);
        assert_eq!(faults, []);
        shows(&table, 0, &[("cloud.account.id", account), ("@timestamp", "2014-03-05T01:30:00Z")]);
        let recipient = if members.contains("recipient") { account } else { "" };
        shows(&table, 0, &[("recipientAccountId", recipient)]);
    }
}

#[test]
fn a_user_of_the_web_is_its_id() {
    for (identity, name) in [
        (
            r#""principalId":"accounts.google.com:1234.apps.example.com:10769","identityProvider":"accounts.google.com""#,
            "10769",
        ),
        (r#""principalId":"accounts.google.com:1234.apps.example.com:10769","userName":"10770""#, "10770"),
        (r#""principalId":"graph.facebook.com:1234567:98765""#, "98765"),
        (
            r#""principalId":"arn:aws:iam::111122223333:oidc-provider/t.example.com:sts.amazonaws.com:repo:a/b""#,
            "repo:a/b",
        ),
    ] {
        let event = format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"WebIdentityUser",{identity}}},"eventTime":"2026-03-05T01:30:00Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","eventID":"e-1"}}"#
        );
        shows(&decode(&[event.as_bytes()]).0, 0, &[("user.name", name)]);
    }
}

#[test]
fn users_and_groups_that_a_call_is_about() {
    let table = sample("cloudtrail_identity.json");
    let columns =
        ["user.name", "user.target.name", "user.target.id", "user.changes.name", "group.name", "group.id"];
    for (row, expected) in [
        ["alice", "mallory", "AIDA3XFRBF23EXAMPLE", "", "", ""],
        ["alice", "", "", "", "Admins", "AGPA3XFRBF23EXAMPLE"],
        ["alice", "mallory", "", "", "Admins", ""],
        ["alice", "mallory", "", "backup", "", ""],
        ["alice", "", "", "", "", ""],
        ["alice", "", "", "", "", ""],
    ]
    .into_iter()
    .enumerate()
    {
        let row = table.row(row).expect("a row");
        assert_eq!(columns.map(|name| row.show(name)), expected, "{}", row.show("eventName"));
    }
    shows(
        &table,
        0,
        &[
            ("tls.version", "1.2"),
            ("tls.version_protocol", "tls"),
            ("tls.cipher", "ECDHE-RSA-AES128-GCM-SHA256"),
        ],
    );
    shows(
        &table,
        5,
        &[
            ("additionalEventData.MFAUsed", "Yes"),
            ("additionalEventData.MFAIdentifier", "arn:aws:iam::111122223333:mfa/alice"),
            ("LoginTo", "https://console.aws.amazon.com/iam/home"),
            ("additionalEventData.MobileVersion", "Yes"),
        ],
    );
    shows(&table, 6, &[("additionalEventData.CredentialType", "EXTERNAL_IDP"), ("event.outcome", "success")]);
    // Strings only, and only of services that have users.
    let event = |source: &str, members: &str| {
        let record = format!(
            r#"{{"eventVersion":"1.08","eventID":"1","eventName":"X","eventSource":"{source}","eventTime":"2026-03-05T09:00:00Z","awsRegion":"x",{members}}}"#
        );
        let (mut table, faults, _) = decode(&[record.as_bytes()]);
        assert!(faults.is_empty(), "{faults:?}");
        table.seal();
        let row = table.row(0).expect("a row");
        [row.show("user.target.name"), row.show("group.name")]
    };
    for (source, members, expected) in [
        // Of a key that its user makes for itself, only the response tells whose it is.
        ("iam.amazonaws.com", r#""responseElements":{"accessKey":{"userName":"alice"}}"#, ["alice", ""]),
        ("iam.amazonaws.com", r#""responseElements":{"group":{"groupName":"Ops"}}"#, ["", "Ops"]),
        (
            "identitystore.amazonaws.com",
            r#""requestParameters":{"userName":"dora","groupName":"Ops"}"#,
            ["dora", "Ops"],
        ),
        ("iam.amazonaws.com", r#""requestParameters":{"userName":"a\u00e9","groupName":""}"#, ["aé", ""]),
        ("iam.amazonaws.com", r#""requestParameters":{"userName":{"a":1},"groupName":["x"]}"#, ["", ""]),
        ("resource-groups.amazonaws.com", r#""requestParameters":{"userName":"","groupName":"x"}"#, ["", ""]),
        ("iamx.amazonaws.com", r#""requestParameters":{"userName":"u","groupName":"x"}"#, ["u", ""]),
        ("transfer.amazonaws.com", r#""requestParameters":{"userName":"sftp"}"#, ["sftp", ""]),
    ] {
        assert_eq!(event(source, members), expected, "{source} {members}");
    }
}
