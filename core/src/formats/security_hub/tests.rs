//! Findings of the three carriers, and of every form of severity, compliance and resource.

use super::LOG;
use crate::formats::{Format, trial::load};
use logloupe_table::Shard;

/// These columns of each row, of those that have something else.
fn shown(shard: &Shard, names: &[&str]) -> Vec<String> {
    let rows = shard.tables.iter().flat_map(|t| (0..t.rows()).filter_map(|r| t.row(r)));
    rows.map(|row| names.iter().map(|name| row.show(name)).collect::<Vec<_>>().join(" | ")).collect()
}

fn finding(members: &str) -> String {
    format!(
        r#"{{"SchemaVersion":"2018-10-08","Id":"i","ProductArn":"p","GeneratorId":"g","AwsAccountId":"111122223333","UpdatedAt":"2026-03-05T01:00:00Z"{members}}}"#
    )
}

#[test]
fn each_of_severity_number_and_word_gives_the_other() {
    for (members, expected) in [
        (r#","Severity":{"Label":"HIGH","Normalized":75}"#, "HIGH | 75"),
        (r#","Severity":{"Label":"HIGH"}"#, "HIGH | 70"),
        (r#","Severity":{"Normalized":90}"#, "CRITICAL | 90"),
        (r#","Severity":{"Normalized":69}"#, "MEDIUM | 69"),
        (r#","Severity":{"Normalized":39}"#, "LOW | 39"),
        (r#","Severity":{"Normalized":0}"#, "INFORMATIONAL | 0"),
        (r#","FindingProviderFields":{"Severity":{"Label":"LOW"}}"#, "LOW | 1"),
        (r#","Severity":{"Label":"ODD"}"#, "ODD | "),
        ("", " | "),
    ] {
        let (shard, _) = load(&finding(members));
        assert_eq!(shown(&shard, &["severityLabel", "event.severity"]), [expected], "{members}");
    }
}

#[test]
fn lists_are_several_values() {
    for (members, expected) in [
        (r#","Types":["a","b"],"Resources":[{"Id":"1","Type":"T"},{"Id":"2"}]"#, "a, b | 1, 2 | T"),
        (r#","Types":["a"],"Resources":[{"Id":"1","Type":"T"}]"#, "a | 1 | T"),
        (r#","Types":[],"Resources":[]"#, " |  | "),
        (r#","FindingProviderFields":{"Types":["f"]}"#, "f |  | "),
        (r#","Types":[1,null,"b"]"#, "1, b |  | "),
        (r#","Types":"a","Resources":"b""#, " |  | "),
    ] {
        let (shard, entry) = load(&finding(members));
        assert_eq!(shown(&shard, &["Types", "Resources.Id", "resource.type"]), [expected], "{members}");
        assert_eq!(entry.rejected, 0);
    }
}

#[test]
fn every_carrier_gives_the_findings_alone() {
    let one = finding(r#","Title":"t""#);
    let event =
        format!(r#"{{"detail-type":"Security Hub Findings - Imported","detail":{{"findings":[{one}]}}}}"#);
    let message = event.replace('"', "\\\"");
    for (content, envelope) in [
        (one.clone(), ""),
        (format!("{one}{one}"), ""),
        (format!(r#"{{"Findings":[{one},{one}],"NextToken":"n"}}"#), "Findings"),
        (event.clone(), "EventBridge detail.findings"),
        (format!("{event}\n{event}"), "EventBridge detail.findings"),
        (
            format!(r#"{{"detail-type":"x","detail":{{"findings":[{one},{one}]}}}}"#),
            "EventBridge detail.findings",
        ),
        (
            format!(r#"{{"logEvents":[{{"id":"1","timestamp":1772672400000,"message":"{message}"}}]}}"#),
            "logEvents, EventBridge detail",
        ),
        (format!("2026-03-05T01:00:00.000Z {event}\n"), "CloudWatch export, EventBridge detail"),
    ] {
        let (shard, entry) = load(&content);
        assert_eq!(entry.format.as_deref(), Some("security_hub"), "{content}: {}", entry.reason);
        assert_eq!((entry.envelope.as_str(), entry.rejected), (envelope, 0), "{content}");
        let rows = content.matches("GeneratorId").count();
        assert_eq!(shown(&shard, &["Title", "@timestamp"]), vec!["t | 2026-03-05T01:00:00Z"; rows]);
    }
}

#[test]
fn summaries_begin_with_what_a_check_came_to() {
    for (members, expected) in [
        (r#","Title":"t","Compliance":{"Status":"FAILED"},"Severity":{"Label":"HIGH"}"#, "failed t (HIGH)"),
        (r#","Title":"t","Compliance":{"Status":"NOT_AVAILABLE"}"#, "not available t"),
        (
            r#","Title":"t","RecordState":"ARCHIVED","Workflow":{"Status":"NEW"},"Resources":[{"Id":"1"},{"Id":"2"}]"#,
            "t on 1 and 1 more, archived",
        ),
        (r#","ProductName":"GuardDuty","WorkflowState":"RESOLVED""#, "g, GuardDuty, resolved"),
    ] {
        let (shard, _) = load(&finding(members));
        let row = shard.tables[0].row(0).unwrap();
        let told: String = LOG.summary(&row).into_iter().map(|span| span.text).collect();
        assert_eq!(told, expected);
    }
}
