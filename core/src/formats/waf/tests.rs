//! The worst records, and what is gathered from them.

use super::LOG;
use crate::formats::{Decoded, Format, Framing, Head, Record, Sniff};
use logloupe_table::Table;

/// The record of a request with these members in place of, or beside, the usual ones.
fn record(members: &str) -> String {
    format!(
        r#"{{"timestamp":1772674200000,"webaclId":"arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/a/b","terminatingRuleId":"top","terminatingRuleType":"REGULAR","action":"BLOCK","httpRequest":{{"clientIp":"192.0.2.1","uri":"/x"}},{members}}}"#
    )
}

/// What the columns show of a record, or where and why it was rejected.
fn read(record: &str, columns: &[&str]) -> Result<Vec<String>, (usize, String)> {
    let mut table = Table::new("waf", LOG.fields(), 1);
    let mut decoder = LOG.decoder(&Head::of(Framing::Json, &[record.as_bytes()]));
    let mut row = table.begin();
    match decoder.decode(&Record { bytes: record.as_bytes(), envelope_time: None }, &mut row) {
        Ok(Decoded::Row) => row.commit(0, 1, 1, record.as_bytes()),
        Ok(other) => panic!("{other:?}"),
        Err(fault) => return Err((fault.at, fault.expected)),
    }
    table.seal();
    let row = table.row(0).expect("a row");
    Ok(columns
        .iter()
        .map(|name| row.get(name).singles().map(|v| v.to_string()).collect::<Vec<_>>().join("|"))
        .collect())
}

#[track_caller]
fn gives(members: &str, columns: &[&str], expected: &[&str]) {
    assert_eq!(read(&record(members), columns).unwrap(), expected, "{members}");
}

#[test]
fn the_rule_that_decided_is_the_one_within_a_group() {
    let columns = ["rule.name", "rule.ruleset"];
    for (members, expected) in [
        (r#""x":1"#, ["top", ""]),
        (r#""ruleGroupList":null"#, ["top", ""]),
        (r#""ruleGroupList":[{"ruleGroupId":"g","terminatingRule":null}]"#, ["top", ""]),
        (
            r#""ruleGroupList":[{"ruleGroupId":"g"},{"ruleGroupId":"h","terminatingRule":{"ruleId":"in","action":"BLOCK"}}]"#,
            ["in", "h"],
        ),
        (
            r#""ruleGroupList":[7,"x",[],{"terminatingRule":{"ruleId":"\u0069n"},"ruleGroupId":"h"}]"#,
            ["in", "h"],
        ),
        (r#""ruleGroupList":[{"ruleGroupId":"h","terminatingRule":{"action":"BLOCK"}}]"#, ["top", ""]),
    ] {
        gives(members, &columns, &expected);
    }
}

#[test]
fn rules_that_matched_are_gathered_from_everywhere() {
    let columns = ["matchingRules.ruleId", "matchingRules.action", "matchingRules.overriddenAction"];
    for (members, expected) in [
        (r#""nonTerminatingMatchingRules":null,"ruleGroupList":[]"#, ["", "", ""]),
        (r#""nonTerminatingMatchingRules":[{"ruleId":"a","action":"COUNT"}]"#, ["a", "COUNT", ""]),
        (
            r#""ruleGroupList":[{"nonTerminatingMatchingRules":[{"ruleId":"b","action":"COUNT","overriddenAction":"BLOCK"}],"excludedRules":[{"exclusionType":"EXCLUDED_AS_COUNT","ruleId":"c"}]}],"nonTerminatingMatchingRules":[{"action":"CAPTCHA","ruleId":"a"}]"#,
            ["a|b|c", "CAPTCHA|COUNT|EXCLUDED_AS_COUNT", "BLOCK"],
        ),
        (r#""ruleGroupList":[{"excludedRules":"c","nonTerminatingMatchingRules":{}}]"#, ["", "", ""]),
    ] {
        gives(members, &columns, &expected);
    }
}

#[test]
fn what_was_matched_is_gathered_from_every_rule() {
    let columns = ["matchDetails.conditionType", "matchDetails.location", "matchDetails.matchedData"];
    let detail =
        |data: &str| format!(r#"[{{"conditionType":"XSS","location":"BODY","matchedData":{data}}}]"#);
    for (members, expected) in [
        (
            format!(r#""terminatingRuleMatchDetails":{}"#, detail(r#"["<","scr\"ipt"]"#)),
            ["XSS", "BODY", "< scr\"ipt"],
        ),
        (
            format!(r#""nonTerminatingMatchingRules":[{{"ruleMatchDetails":{}}}]"#, detail("[]")),
            ["XSS", "BODY", ""],
        ),
        (
            format!(
                r#""ruleGroupList":[{{"terminatingRule":{{"ruleId":"r","ruleMatchDetails":{}}}}}]"#,
                detail("\"1\"")
            ),
            ["XSS", "BODY", "1"],
        ),
        (r#""terminatingRuleMatchDetails":null"#.to_owned(), ["", "", ""]),
        (r#""terminatingRuleMatchDetails":[[],{}]"#.to_owned(), ["", "", ""]),
    ] {
        gives(&members, &columns, &expected);
    }
}

#[test]
fn headers_are_columns_in_any_letter_case() {
    let columns = ["url.domain", "user_agent.original", "http.request.referrer", "network.forwarded_ip"];
    for (headers, expected) in [
        (
            r#"[{"name":"HOST","value":"a.example:443"},{"name":"user-AGENT","value":"x\"y"}]"#,
            ["a.example", "x\"y", "", ""],
        ),
        (r#"{"host":"[2001:db8::1]:80","Referer":"r"}"#, ["[2001:db8::1]", "", "r", ""]),
        (
            r#"[{"name":"x-forwarded-for","value":"192.0.2.1"},{"value":"192.0.2.2","name":"X-Forwarded-For"}]"#,
            ["f.example", "", "", "192.0.2.1, 192.0.2.2"],
        ),
        (r#"[{"name":"host"},{"value":"x"},{},7,null,{"name":7,"value":"x"}]"#, ["f.example", "", "", ""]),
        (r#""host: x""#, ["f.example", "", "", ""]),
        ("null", ["f.example", "", "", ""]),
    ] {
        gives(&format!(r#""httpRequest":{{"headers":{headers},"host":"f.example"}}"#), &columns, &expected);
    }
}

#[test]
fn an_acl_is_told_by_its_arn() {
    let columns = ["webacl.name", "cloud.account.id", "cloud.region"];
    for (acl, expected) in [
        ("arn:aws:wafv2:us-east-1:012345678901:global/webacl/edge/1a", ["edge", "012345678901", "us-east-1"]),
        (
            "arn:aws-cn:wafv2:cn-north-1:111122223333:regional/webacl/x y/1a",
            ["x y", "111122223333", "cn-north-1"],
        ),
        ("385cb038-3a6f-4f2f-ac64-09ab912af590", ["", "", ""]),
        ("arn:aws:waf::111122223333:webacl/385cb038", ["385cb038", "111122223333", ""]),
    ] {
        gives(&format!(r#""webaclId":"{acl}""#), &columns, &expected);
    }
}

#[test]
fn what_is_no_value_is_none() {
    let columns = [
        "source.geo.country_iso_code",
        "source.ip",
        "rateBasedRuleList.evaluationWindowSec",
        "url.original",
        "event.outcome",
    ];
    let rate = r#""rateBasedRuleList":[{"evaluationWindowSec":"120"},{"evaluationWindowSec":300}]"#;
    gives(
        &format!(
            r#"{rate},"action":"COUNT","httpRequest":{{"country":"-","clientIp":"-","uri":"/","args":""}}"#
        ),
        &columns,
        &["", "", "120|300", "/", "success"],
    );
    gives(
        r#""action":"NEW","httpRequest":{"country":"DE","uri":"/","args":"a=1"}"#,
        &columns,
        &["DE", "", "", "/?a=1", "unknown"],
    );
}

#[test]
fn damage_is_told_with_its_place() {
    for (record, expected) in [
        (record(r#""timestamp":"soon""#), "a time: ISO 8601, or a number since 1970"),
        (
            record(r#""action":"""#),
            "a record with webaclId, timestamp, action, terminatingRuleId, httpRequest",
        ),
        (record(r#""labels":[{"name":"x}"#), "a quote that ends the string"),
    ] {
        let (_, said) = read(&record, &[]).unwrap_err();
        assert_eq!(said, expected, "{record}");
    }
}

#[test]
fn other_records_are_not_claimed() {
    for record in [
        r#"{"webaclId":"x"}"#,
        r#"{"timestamp":1,"action":"ALLOW","httpRequest":{}}"#,
        r#"{"webACLId":"x","timestamp":1,"action":"ALLOW","terminatingRuleId":"r","httpRequest":{}}"#,
        "{}",
    ] {
        assert_eq!(LOG.sniff(&Head::of(Framing::Json, &[record.as_bytes()])), Sniff::No, "{record}");
    }
}
