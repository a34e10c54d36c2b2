//! Lists and JSON text taken apart, for commands and for paths. Not here: functions that queries call.

use std::sync::Arc;

use super::json::from_json;
use logloupe_table::Value;

/// The items of a list, or of the JSON array in a text; each of several values; anything else is one item,
/// and a missing value none.
pub(crate) fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::List(items) => items.to_vec(),
        Value::Several(several) => several.values().cloned().collect(),
        Value::Text(text) if text.trim_start().starts_with('[') => {
            match serde_json::from_str::<Vec<serde_json::Value>>(text) {
                Ok(items) => items.iter().map(from_json).collect(),
                Err(_) => vec![value.clone()],
            }
        }
        other => vec![other.clone()],
    }
}

/// The value at a path: steps into lists are places from 0, steps into JSON objects are keys. A key that holds dots,
/// as steps were written without backticks, is found too.
pub(crate) fn at_path(value: &Value, steps: &[Arc<str>]) -> Value {
    match value {
        _ if steps.is_empty() => value.clone(),
        Value::List(items) => match steps[0].parse::<usize>().ok().and_then(|i| items.get(i)) {
            Some(item) => at_path(item, &steps[1..]),
            None => Value::Null,
        },
        Value::Text(text) if text.trim_start().starts_with(['{', '[']) => {
            let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
            json.as_ref().and_then(|json| step_in(json, steps)).map_or(Value::Null, from_json)
        }
        _ => Value::Null,
    }
}

/// The member of this name, letter case aside if none is written so.
fn member<'j>(
    object: &'j serde_json::Map<String, serde_json::Value>,
    key: &str,
) -> Option<&'j serde_json::Value> {
    let any_case = || object.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, value)| value);
    object.get(key).or_else(any_case)
}

pub(super) fn step_in<'j>(
    mut at: &'j serde_json::Value,
    mut steps: &[Arc<str>],
) -> Option<&'j serde_json::Value> {
    while let Some((step, rest)) = steps.split_first() {
        match at {
            serde_json::Value::Array(items) => {
                at = items.get(step.parse::<usize>().ok()?)?;
                steps = rest;
            }
            serde_json::Value::Object(object) => match member(object, step) {
                Some(next) => {
                    at = next;
                    steps = rest;
                }
                None => {
                    // `user.id` may be one key.
                    let mut key = step.to_string();
                    let mut used = 0;
                    at = rest.iter().take(8).find_map(|more| {
                        key = format!("{key}.{more}");
                        used += 1;
                        member(object, &key)
                    })?;
                    steps = &rest[used..];
                }
            },
            _ => return None,
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(value: &str, steps: &[&str]) -> String {
        let steps: Vec<Arc<str>> = steps.iter().map(|s| (*s).into()).collect();
        at_path(&Value::text(value), &steps).to_string()
    }

    #[test]
    fn paths_lead_into_json() {
        let json = r#"{"a":{"b":[1,{"c":"x"}]},"d.e":{"f":true},"n":null}"#;
        assert_eq!(path(json, &["a", "b", "0"]), "1");
        assert_eq!(path(json, &["a", "b", "1", "c"]), "x");
        assert_eq!(path(json, &["d", "e", "f"]), "true");
        assert_eq!(path(json, &["A", "B", "1", "C"]), "x");
        assert_eq!(path(json, &["d.e"]), r#"{"f":true}"#);
        for missing in [&["a", "x"][..], &["n"], &["n", "m"], &["a", "b", "9"], &["a", "b", "-1"]] {
            assert_eq!(path(json, missing), "", "{missing:?}");
        }
        assert_eq!(path("no json", &["a"]), "");
        assert_eq!(path("{broken", &["a"]), "");
    }

    #[test]
    fn items_of_anything() {
        let texts = |v: &Value| items(v).iter().map(Value::to_string).collect::<Vec<_>>();
        assert_eq!(
            texts(&Value::text(r#" [1, "a", {"b":2}, null, [3]]"#)),
            ["1", "a", r#"{"b":2}"#, "", "[3]"]
        );
        assert_eq!(texts(&Value::text("[broken")), ["[broken"]);
        assert_eq!(texts(&Value::text("plain")), ["plain"]);
        assert_eq!(texts(&Value::Int(3)), ["3"]);
        assert!(texts(&Value::Null).is_empty());
        assert!(texts(&Value::text("[]")).is_empty());
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(items(&Value::text(&deep)).len(), 1, "nested too deeply to be read is text");
    }
}
