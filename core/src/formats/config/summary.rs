//! An item in one sentence.

use serde_json::Value;

use super::super::Span;
use crate::formats::shorten;
use logloupe_table::Row;

pub(super) fn sentence(row: &Row<'_>) -> Vec<Span> {
    let what = match row.said("resourceName").or(row.said("resourceId")).or(row.said("ARN")) {
        Some(name) => format!("{} {name}", kind(&row.show("resourceType"))),
        None => kind(&row.show("resourceType")),
    };
    let action = row.said("event.action").unwrap_or_default();
    match action.as_str() {
        "evaluated" => return compliance(row, &what),
        "delivery" => {
            let file = row.said("s3ObjectKey").or(row.said("s3DeliverySummary.s3BucketLocation"));
            let mut spans = vec![Span::strong("delivery failed")];
            if let Some(why) = row.said("errorMessage").or(row.said("errorCode")).or(file) {
                spans.push(Span::plain(format!(": {why}")));
            }
            return spans;
        }
        _ => {}
    }
    let mut spans = vec![Span::plain(format!("{what} "))];
    let changes: Value = serde_json::from_str(&row.show("changes")).unwrap_or_default();
    let changes = changes.as_array().map_or(&[][..], Vec::as_slice);
    if let Some((word, rule)) = changes.iter().find_map(gate) {
        spans.push(Span::strong(word));
        spans.push(Span::plain(rule));
        return spans;
    }
    spans.push(Span::strong(action.clone()));
    if action == "recorded"
        && let Some(verdict) = row.said("newEvaluationResult.complianceType")
    {
        spans.push(Span::plain(": "));
        spans.push(Span::strong(verdict));
    }
    if let (Some(first), false) = (changes.first(), action == "deleted") {
        let path = first["path"].as_str().unwrap_or_default();
        let path = path.strip_prefix("configuration.").unwrap_or(path);
        let change = match (shown(&first["before"]), shown(&first["after"])) {
            (Some(before), Some(after)) => format!(": {path} {before} → {after}"),
            (None, Some(after)) => format!(": {path} + {after}"),
            (Some(before), None) => format!(": {path} − {before}"),
            (None, None) => format!(": {path}"),
        };
        spans.push(Span::plain(change));
        match changes.len() {
            0 | 1 => {}
            2 => spans.push(Span::plain(" and another change")),
            more => spans.push(Span::plain(format!(" and {} other changes", more - 1))),
        }
    }
    spans
}

fn compliance(row: &Row<'_>, what: &str) -> Vec<Span> {
    let verdict = row.said("newEvaluationResult.complianceType").unwrap_or_else(|| "evaluated".to_owned());
    let mut spans = vec![Span::strong(verdict), Span::plain(format!(": {what}"))];
    if let Some(rule) = row.said("configRuleName") {
        spans.push(Span::plain(format!(", rule {rule}")));
    }
    if let Some(before) = row.said("oldEvaluationResult.complianceType") {
        spans.push(Span::plain(format!(", was {before}")));
    }
    spans
}

/// A value in few characters.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => Some("\"\"".to_owned()),
        Value::String(text) => Some(shorten(text.as_bytes())),
        other => Some(shorten(other.to_string().as_bytes())),
    }
}

/// Whether a change lets the world into a security group, or keeps it out again, and through which ports.
fn gate(change: &Value) -> Option<(&'static str, String)> {
    const ALL: [&str; 2] = ["0.0.0.0/0", "::/0"];
    let path = change["path"].as_str()?;
    let below = path.strip_prefix("configuration.ipPermissions")?;
    if !below.is_empty() && !below.starts_with('.') {
        return None;
    }
    let (before, after) = (&change["before"], &change["after"]);
    let world = |value: &Value| {
        let text = value.to_string();
        ALL.into_iter().find(|all| text.contains(&format!("\"{all}\"")))
    };
    let (word, whom, rule) = match (world(before), world(after)) {
        (None, Some(whom)) => ("opened", whom, after),
        (Some(whom), None) => ("closed", whom, before),
        _ => return None,
    };
    let mut parts: Vec<String> = match change["item"].as_str() {
        Some(item) => item.split(' ').map(str::to_owned).collect(),
        None => ["ipProtocol", "fromPort", "toPort"].iter().filter_map(|name| shown(&rule[*name])).collect(),
    };
    if let [.., from, to] = parts.as_slice()
        && from == to
    {
        parts.pop();
    }
    let ports = match parts.as_slice() {
        [all] if all == "-1" => "everything".to_owned(),
        [protocol, from, to] => format!("{protocol} {from}-{to}"),
        parts => parts.join(" "),
    };
    Some((word, format!(": {ports} {} {whom}", if word == "opened" { "to" } else { "from" })))
}

/// A type in words: `AWS::EC2::SecurityGroup` as "security group", `AWS::RDS::DBInstance` as "RDS DB instance".
fn kind(kind: &str) -> String {
    let mut parts = kind.split("::").skip(1);
    let (service, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if name.is_empty() {
        return if kind.is_empty() { "resource".to_owned() } else { kind.to_owned() };
    }
    let mut out = String::new();
    if !service.is_empty() && service != "EC2" {
        out.push_str(service);
    }
    let letters: Vec<char> = name.chars().collect();
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(i + 1);
        let small = |c: Option<&char>| c.is_some_and(char::is_ascii_lowercase);
        let begins = i == 0 || letter.is_ascii_uppercase() && (small(before) || small(after));
        if begins && !out.is_empty() {
            out.push(' ');
        }
        match begins && small(after) {
            true => out.push(letter.to_ascii_lowercase()),
            false => out.push(*letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_words() {
        for (name, words) in [
            ("AWS::EC2::SecurityGroup", "security group"),
            ("AWS::RDS::DBInstance", "RDS DB instance"),
            ("AWS::EC2::VPC", "VPC"),
            ("AWS::EC2::EIP", "EIP"),
            ("AWS::S3::Bucket", "S3 bucket"),
            ("AWS::EC2::VPCEndpoint", "VPC endpoint"),
            ("AWS::::Account", "account"),
            ("AWS::EC2::VOLUME", "VOLUME"),
            ("", "resource"),
            ("x", "x"),
            ("::", "::"),
        ] {
            assert_eq!(kind(name), words, "{name}");
        }
    }
}
