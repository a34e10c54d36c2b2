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

/// The difference between two configurations, in short: `path item before after` of each change.
fn differs(before: &str, after: &str) -> String {
    let item = |configuration: &str| format!(r#"{{"configuration":{configuration}}}"#);
    let changes = changes::between(item(before).as_bytes(), item(after).as_bytes()).unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_str(&changes.list()).unwrap();
    let show = |change: &serde_json::Value| {
        let path = change["path"]
            .as_str()
            .unwrap()
            .trim_start_matches("configuration")
            .trim_start_matches('.')
            .to_owned();
        let item = change.get("item").map_or(String::new(), |item| format!("[{}]", item.as_str().unwrap()));
        format!("{path}{item} {} > {}", change["before"], change["after"])
    };
    list.iter().map(show).collect::<Vec<_>>().join("; ")
}

#[test]
fn differences_are_told_by_path() {
    for (before, after, told) in [
        // Values.
        (r#"{"a":1}"#, r#"{"a":1}"#, ""),
        (r#"{"a":1}"#, r#"{"a":"1"}"#, r#"a 1 > "1""#),
        (
            r#"{"a":1,"b":{"c":true}}"#,
            r#"{"b":{"c":false},"d":2}"#,
            "a 1 > null; b.c true > false; d null > 2",
        ),
        (r#"{"a":null,"b":[],"c":{}}"#, r#"{"d":null}"#, ""),
        (r#"{"x":1,"a":null,"b":[],"c":{}}"#, r#"{"x":1,"d":[]}"#, ""),
        (r#"{"a.b":{"*":1}}"#, r#"{"a.b":{"*":2}}"#, "`a.b`.`*` 1 > 2"),
        (r#"{"a":{"b":1}}"#, r#"{"a":"text"}"#, r#"a {"b":1} > "text""#),
        // Gone, and back.
        (r#"{"a":1}"#, "null", r#" {"a":1} > null"#),
        ("null", r#"{"a":1}"#, r#" null > {"a":1}"#),
        ("null", "null", ""),
        // Lists of values: order means nothing.
        (r#"{"l":[1,2,2,3]}"#, r#"{"l":[3,2,1,2]}"#, ""),
        (r#"{"l":["a","b"]}"#, r#"{"l":["b","c"]}"#, r#"l "a" > null; l null > "c""#),
        (r#"{"l":[1,1]}"#, r#"{"l":[1]}"#, "l 1 > null"),
        (r#"{"l":[1]}"#, r#"{"l":[]}"#, "l 1 > null"),
        // Items with a name.
        (
            r#"{"l":[{"key":"x","value":1},{"key":"y","value":2}]}"#,
            r#"{"l":[{"key":"y","value":3},{"key":"x","value":1},{"key":"z"}]}"#,
            r#"l.*.value[y] 2 > 3; l null > {"key":"z"}"#,
        ),
        (
            r#"{"l":[{"networkInterfaceId":"e","g":[{"groupId":"s","n":1}]}]}"#,
            r#"{"l":[{"networkInterfaceId":"e","g":[{"groupId":"s","n":2}]}]}"#,
            "l.*.g.*.n[e, s] 1 > 2",
        ),
        // Two of one name have none.
        (
            r#"{"l":[{"id":1,"v":1},{"id":1,"v":2}]}"#,
            r#"{"l":[{"id":1,"v":1},{"id":1,"v":3}]}"#,
            r#"l {"id":1,"v":2} > null; l null > {"id":1,"v":3}"#,
        ),
        // Rules of security groups.
        (
            r#"{"ipPermissions":[{"ipProtocol":"-1","r":[1]},{"ipProtocol":"tcp","fromPort":22,"toPort":22,"r":["a"]}]}"#,
            r#"{"ipPermissions":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"r":["a","0.0.0.0/0"]},{"ipProtocol":"-1","r":[1]}]}"#,
            r#"ipPermissions.*.r[tcp 22 22] null > "0.0.0.0/0""#,
        ),
        // JSON in text, and in text for URLs.
        (
            r#"{"p":"{\"S\":[{\"Sid\":\"x\",\"A\":\"a\"}]}"}"#,
            r#"{"p":"{\"S\":[{\"A\":\"b\",\"Sid\":\"x\"}]}"}"#,
            r#"p.S.*.A[x] "a" > "b""#,
        ),
        (r#"{"p":"%7B%0A%20%22A%22%3A%201%7D"}"#, r#"{"p":"%7B%22A%22%3A2%7D"}"#, "p.A 1 > 2"),
        (r#"{"p":"{broken"}"#, r#"{"p":"{broken!"}"#, r#"p "{broken" > "{broken!""#),
    ] {
        assert_eq!(differs(before, after), told, "{before} {after}");
    }
}

#[test]
fn only_what_both_items_have_is_compared() {
    let full = r#"{"configurationItemCaptureTime":"1","configurationStateId":1,"configuration":"{\"a\":1}","tags":{"x.y":"1"},"relationships":[{"resourceId":"v","resourceType":"t","relationshipName":"Is in "}],"resourceName":"n","availabilityZone":"z"}"#;
    for (after, list) in [
        (r#"{"configuration":{"a":1},"configurationStateId":"2"}"#, "[]"),
        (
            r#"{"configuration":{"a":1},"tags":{"x.y":"1"},"relationships":[{"name":"Is in","resourceId":"v","resourceName":null,"resourceType":"t"}]}"#,
            "[]",
        ),
        (
            r#"{"detail":{"configurationItem":{"configuration":{"a":1},"tags":{"x.y":"2"}}}}"#,
            r#"[{"path":"tags.`x.y`","before":"1","after":"2"}]"#,
        ),
        (
            r#"{"configurationItem":[{"configuration":{"a":1},"relationships":[],"resourceName":"m"}]}"#,
            r#"[{"path":"relationships","before":{"name":"Is in","resourceId":"v","resourceType":"t"},"after":null},{"path":"resourceName","before":"n","after":"m"}]"#,
        ),
    ] {
        assert_eq!(changes::between(full.as_bytes(), after.as_bytes()).unwrap().list(), list, "{after}");
    }
    for broken in ["", "[1]", "{", r#""x""#] {
        assert_eq!(changes::between(full.as_bytes(), broken.as_bytes()), None);
        assert_eq!(changes::between(broken.as_bytes(), full.as_bytes()), None);
    }
}

#[test]
fn hostile_items_make_no_long_lists() {
    // Long keys above many values: told as one change of the whole.
    let key = "k".repeat(10_000);
    let many = |value: u32| {
        let members: Vec<String> = (0..5_000).map(|i| format!(r#""{i}":{value}"#)).collect();
        format!(r#"{{"configuration":{{"{key}":{{{}}}}}}}"#, members.join(","))
    };
    let (before, after) = (many(1), many(2));
    let changes = changes::between(before.as_bytes(), after.as_bytes()).unwrap();
    assert!(changes.list().len() < 2 * before.len() + 200);
    // Deep ones are compared whole from some depth on; deeper than can be read, not at all.
    let deep = |depth: usize, value: u32| {
        format!(r#"{{"configuration":{}{value}{}}}"#, r#"{"a":"#.repeat(depth), "}".repeat(depth))
    };
    for (depth, some) in [(50, true), (100, true), (200, false)] {
        let changes = changes::between(deep(depth, 1).as_bytes(), deep(depth, 2).as_bytes());
        assert_eq!(changes.is_some(), some, "{depth}");
    }
}

#[test]
fn sentences_tell_what_matters() {
    let item = |second: u32, configuration: &str| {
        ITEM.replace("00:00.5Z", &format!("00:{second:02}Z"))
            .replace(r#"{"cidrBlock":"192.0.2.0/24","state":{"a.b":[1]}}"#, configuration)
            .replace("AWS::EC2::VPC", "AWS::EC2::SecurityGroup")
    };
    let rules = |rules: &str| format!(r#"{{"ipPermissions":[{rules}]}}"#);
    let rule = |ports: &str, whom: &str| format!(r#"{{{ports}"ipRanges":["{whom}"]}}"#);
    const SSH: &str = r#""ipProtocol":"tcp","fromPort":22,"toPort":22,"#;
    const RANGE: &str = r#""ipProtocol":"udp","fromPort":20,"toPort":25,"#;
    const ALL: &str = r#""ipProtocol":"-1","#;
    for (before, after, sentence) in [
        (rules(""), rules(&rule(SSH, "0.0.0.0/0")), "security group vpc-1 opened: tcp 22 to 0.0.0.0/0"),
        (
            rules(&rule(SSH, "192.0.2.1/32")),
            rules(&rule(SSH, "::/0")),
            "security group vpc-1 opened: tcp 22 to ::/0",
        ),
        (
            rules(&rule(RANGE, "0.0.0.0/0")),
            rules("1"),
            "security group vpc-1 closed: udp 20-25 from 0.0.0.0/0",
        ),
        (rules("1"), rules(&rule(ALL, "::/0")), "security group vpc-1 opened: everything to ::/0"),
        (
            rules("1"),
            rules(&rule(SSH, "192.0.2.0/24")),
            "security group vpc-1 changed: ipPermissions − 1 and another change",
        ),
        (r#"{"a":1}"#.to_owned(), r#"{"a":2}"#.to_owned(), "security group vpc-1 changed: a 1 → 2"),
        (
            r#"{"a":1,"b":1}"#.to_owned(),
            r#"{"a":2}"#.to_owned(),
            "security group vpc-1 changed: a 1 → 2 and another change",
        ),
        (r#"{"a":1}"#.to_owned(), r#"{"a":1}"#.to_owned(), "security group vpc-1 recorded"),
    ] {
        let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
        loader.open("x", Options::default());
        loader.push(format!("{{{}}}\n{{{}}}", item(1, &before), item(2, &after)).as_bytes());
        loader.finish();
        crate::ingest::history::fill_loaded(&mut loader, 1);
        let shard = loader.into_parts().0;
        let spans = Config.summary(&shard.tables[0].row(1).unwrap());
        let said: String = spans.iter().map(|span| span.text.as_ref()).collect::<Vec<&str>>().concat();
        assert!(said.starts_with(sentence), "{said}");
    }
}
