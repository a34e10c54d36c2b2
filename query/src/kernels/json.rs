//! JSON that stands in a field as text.

use super::{Kernel, text};
use logloupe_syntax::functions::Json;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: Json) -> Kernel {
    match function {
        Json::JsonParse => Kernel::Scalar(parse),
        Json::JsonStringify => Kernel::Scalar(stringify),
        Json::JsonArraySize => Kernel::Scalar(size),
        Json::JsonArrayContains => Kernel::Scalar(contains),
        Json::JsonHas => Kernel::Scalar(|args| Value::Bool(args.iter().any(|a| !a.is_null()))),
        Json::JsonNull => Kernel::Scalar(|args| Value::Bool(kind(args) == Some("null"))),
        Json::JsonScalar => Kernel::Scalar(scalar),
    }
}

/// What a plan adds to the argument of a function about a field: which kind of value the record has there.
fn kind(args: &[Value]) -> Option<&str> {
    args.get(1).and_then(Value::as_text)
}

fn scalar(args: &[Value]) -> Value {
    match (&args[0], kind(args)) {
        (Value::List(_), _) | (_, Some("object" | "array")) => Value::Null,
        (value, _) => value.clone(),
    }
}

fn read(value: &Value) -> Option<serde_json::Value> {
    serde_json::from_str(&text(value)?).ok()
}

pub(super) fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(v) => Value::Bool(*v),
        serde_json::Value::Number(v) => match v.as_i64() {
            Some(v) => Value::Int(v),
            None => v.as_f64().map_or(Value::Null, Value::Float),
        },
        serde_json::Value::String(v) => Value::text(v),
        serde_json::Value::Array(items) => Value::List(items.iter().map(from_json).collect()),
        object => Value::text(&object.to_string()),
    }
}

fn parse(args: &[Value]) -> Value {
    let Some(json) = read(&args[0]) else { return Value::Null };
    let Some(path) = args.get(1) else { return from_json(&json) };
    let Some(path) = path.as_text() else { return Value::Null };
    let steps: Vec<std::sync::Arc<str>> = steps(path);
    super::list::step_in(&json, &steps).map_or(Value::Null, from_json)
}

/// The steps of a dotted path; a step with dots inside stands in backticks.
pub(crate) fn steps(path: &str) -> Vec<std::sync::Arc<str>> {
    let parts = logloupe_syntax::name_parts(path);
    let steps = |(part, quoted): (String, bool)| -> Vec<std::sync::Arc<str>> {
        if quoted { vec![part.into()] } else { part.split('.').map(Into::into).collect() }
    };
    parts.into_iter().flat_map(steps).collect()
}

fn stringify(args: &[Value]) -> Value {
    if args[0].is_null() { Value::Null } else { super::made(&args[0].to_json().to_string()) }
}

fn list(value: &Value) -> Option<Value> {
    match value {
        Value::List(_) => Some(value.clone()),
        other => Some(from_json(&read(other)?)).filter(|v| matches!(v, Value::List(_))),
    }
}

fn size(args: &[Value]) -> Value {
    match list(&args[0]) {
        Some(Value::List(items)) => Value::Int(items.len() as i64),
        _ => Value::Null,
    }
}

fn contains(args: &[Value]) -> Value {
    match list(&args[0]) {
        Some(Value::List(items)) => {
            Value::Bool(items.iter().any(|i| i.compare(&args[1]) == Some(std::cmp::Ordering::Equal)))
        }
        _ => Value::Null,
    }
}
