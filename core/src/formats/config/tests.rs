//! The worst records, and what is made of them.

use super::{Config, changes};
use crate::{
    formats::{Format, Paths},
    ingest::{Limits, Loader, Options},
};
use logloupe_table::{Shard, builtin, json_paths::JsonPaths};

static FORMATS: &[&dyn Format] = &[&Config];

fn load(content: &str) -> Shard {
    let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
    loader.open("x", Options { format: Some("config".to_owned()), ..Options::default() });
    loader.push(content.as_bytes());
    loader.into_parts().0
}

/// What the only row of `content` shows in these columns and at these paths, between bars; a rejection is empty.
fn shows(content: &str, names: &[&str]) -> String {
    let shard = load(content);
    let Some(row) = shard.tables.first().and_then(|table| table.row(0)) else { return String::new() };
    let show = |name: &&str| {
        let mut out = builtin::value(&shard, &row, name).to_string().into_bytes();
        if out.is_empty() {
            Paths(FORMATS).extract("config", &row.raw(), name, &mut out);
        }
        String::from_utf8(out).unwrap()
    };
    names.iter().map(show).collect::<Vec<_>>().join("|")
}

const ITEM: &str = r#""configurationItemCaptureTime":"2026-03-05T01:00:00.5Z","configurationItemStatus":"OK","resourceType":"AWS::EC2::VPC","resourceId":"vpc-1","configuration":{"cidrBlock":"192.0.2.0/24","state":{"a.b":[1]}}"#;

#[test]
fn paths_of_the_configuration_are_fields_in_every_form() {
    let names = &["resourceId", "configuration.cidrBlock", "configuration.state.a.b.0", "configuration.none"];
    let text = ITEM.replace(
        r#"{"cidrBlock":"192.0.2.0/24","state":{"a.b":[1]}}"#,
        r#""{\"cidrBlock\":\"192.0.2.0/24\",\"state\":\"{\\\"a.b\\\":[1]}\"}""#,
    );
    let notice =
        format!(r#"{{"messageType":"ConfigurationItemChangeNotification","configurationItem":{{{ITEM}}}}}"#);
    let escaped = serde_json::to_string(&notice).unwrap();
    for content in [
        format!("{{{ITEM}}}"),
        format!("{{{text}}}"),
        format!(r#"{{"fileVersion":"1.0","configurationItems":[{{{ITEM}}}]}}"#),
        format!(r#"{{"baseConfigurationItems":[{{{text}}}]}}"#),
        notice.clone(),
        notice.replace(":{\"conf", ":[{\"conf").replace("}}}}", "}}}]}"),
        format!(r#"{{"Type":"Notification","TopicArn":"t","Message":{escaped}}}"#),
        format!(r#"{{"Type":"Notification","Message":{notice},"TopicArn":"t"}}"#),
        format!(r#"{{"invokingEvent":{escaped},"resultToken":"x"}}"#),
        format!(r#"{{"detail-type":"Config Configuration Item Change","detail":{notice}}}"#),
        format!(
            r#"{{"message":{},"timestamp":1}}"#,
            serde_json::to_string(&format!(r#"{{"detail-type":"x","detail":{notice}}}"#)).unwrap()
        ),
    ] {
        assert_eq!(shows(&content, names), "vpc-1|192.0.2.0/24|1|", "{content}");
    }
}

#[test]
fn times_have_every_form_that_there_is() {
    for (time, shown) in [
        (r#""2026-03-05T01:00:00.123Z""#, "2026-03-05T01:00:00.123Z"),
        (r#""2014-02-27T21:43:53.0885+0000""#, "2014-02-27T21:43:53.088500Z"),
        (r#""2026-03-05T02:00:00.123000+01:00""#, "2026-03-05T01:00:00.123Z"),
        ("1772672400.123", "2026-03-05T01:00:00.123Z"),
        ("1772672400123", "2026-03-05T01:00:00.123Z"),
        (r#""yesterday""#, ""),
        ("[1]", ""),
    ] {
        let content = format!(
            r#"{{"configurationItemCaptureTime":{time},"configurationItemStatus":"OK","resourceType":"x"}}"#
        );
        assert_eq!(shows(&content, &["@timestamp"]), shown, "{content}");
    }
}

#[test]
fn what_was_done_is_told_from_what_is_known() {
    for (members, action) in [
        (r#""configurationItemStatus":"OK""#, "recorded"),
        (r#""configurationItemStatus":"ResourceDiscovered""#, "discovered"),
        (
            r#""configurationItemStatus":"ResourceDiscovered","resourceCreationTime":"2026-03-05T00:50:00Z""#,
            "created",
        ),
        (
            r#""configurationItemStatus":"ResourceDiscovered","resourceCreationTime":"2025-03-05T00:50:00Z""#,
            "discovered",
        ),
        (r#""configurationItemStatus":"ResourceDeletedNotRecorded""#, "deleted"),
        (r#""configurationItemStatus":"ResourceNotRecorded""#, "not recorded"),
        (r#""configurationItemDiff":{"changeType":"UPDATE"},"configurationItemStatus":"OK""#, "changed"),
        (r#""configurationItemDiff":{"changeType":"CREATE"},"configurationItemStatus":"OK""#, "created"),
        (r#""configurationItemDiff":{"changeType":"DELETE"},"configurationItemStatus":"OK""#, "deleted"),
        (
            r#""configurationItemDiff":{"changedProperties":{"Tags.a":{"updatedValue":1}}},"configurationItemStatus":"OK""#,
            "changed",
        ),
    ] {
        let content = format!(
            r#"{{"configurationItemCaptureTime":"2026-03-05T01:00:00Z","resourceType":"x",{members}}}"#
        );
        assert_eq!(shows(&content, &["event.action"]), action, "{content}");
    }
}

#[test]
fn what_a_notification_says_has_the_paths_of_items() {
    for (properties, list) in [
        ("{}", "[]"),
        (
            r#"{"Configuration.State.Name":{"previousValue":"a","updatedValue":"b","changeType":"UPDATE"}}"#,
            r#"[{"path":"configuration.state.name","before":"a","after":"b"}]"#,
        ),
        (
            r#"{"Configuration.NetworkInterfaces.0":{"previousValue":{"a":1},"updatedValue":null}}"#,
            r#"[{"path":"configuration.networkInterfaces","before":{"a":1},"after":null}]"#,
        ),
        (
            r#"{"Configuration.NetworkInterfaces.0.Groups.12":{"updatedValue":1}}"#,
            r#"[{"path":"configuration.networkInterfaces.*.groups","before":null,"after":1}]"#,
        ),
        (
            r#"{"SupplementaryConfiguration.BucketPolicy":{"updatedValue":1},"Tags.Name":{"updatedValue":2}}"#,
            r#"[{"path":"supplementaryConfiguration.BucketPolicy","before":null,"after":1},{"path":"tags.Name","before":null,"after":2}]"#,
        ),
        (
            r#"{"Configuration":"NOT AN OBJECT","":{},"..":{"updatedValue":1},"é":{"updatedValue":1}}"#,
            r#"[{"path":"","before":null,"after":null},{"path":"..","before":null,"after":1},{"path":"é","before":null,"after":1}]"#,
        ),
    ] {
        let changes = changes::of_notification(properties.as_bytes()).unwrap();
        assert_eq!(changes.list(), list, "{properties}");
    }
    assert_eq!(changes::of_notification(b"[1]"), None);
    assert_eq!(changes::of_notification(b"{"), None);
}

#[test]
fn other_records_are_rejected_or_put_aside_with_the_reason() {
    for (record, expected) in [
        (r#"{"messageType":"ConfigurationItemSomething"}"#, "a configuration item"),
        (r#"{"messageType":7}"#, "a configuration item"),
        (r#"{"configurationItemStatus":"OK"}"#, "a configuration item"),
        (r#"{"configurationItemCaptureTime":"x","configurationItemStatus":"OK"}"#, "a time for"),
        (r#"{"messageType":"ConfigRulesEvaluationStarted"}"#, ""),
        (r#"{"messageType":"ConfigurationHistoryDeliveryCompleted"}"#, ""),
    ] {
        let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
        loader.open("x", Options { format: Some("config".to_owned()), ..Options::default() });
        loader.push(record.as_bytes());
        let (_, ledger) = loader.into_parts();
        let said = ledger[0].rejections.first().map_or("", |r| r.expected.as_str());
        assert!(said.starts_with(expected) && said.is_empty() == expected.is_empty(), "{record}: {said}");
        assert_eq!((ledger[0].records, ledger[0].rows), (1, 0), "{record}");
    }
}
