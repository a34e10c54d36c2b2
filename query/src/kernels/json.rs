//! JSON that stands in a field as text.

use std::cmp::Ordering;

use super::{Kernel, text};
use regex::bytes::Regex;

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
        Json::JsonAny => Kernel::Scalar(any),
        Json::JsonAnyMatch => Kernel::Pattern(any_match),
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
pub fn steps(path: &str) -> Vec<std::sync::Arc<str>> {
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

/// Calls `fits` for the values at a path until one does. A step `*` is every key and every place.
fn any_at(
    json: &serde_json::Value,
    steps: &[Step],
    fits: &mut impl FnMut(&serde_json::Value) -> bool,
) -> bool {
    let Some((step, rest)) = steps.split_first() else { return fits(json) };
    match (json, step) {
        (serde_json::Value::Object(object), Step::Any) => object.values().any(|v| any_at(v, rest, fits)),
        (serde_json::Value::Array(items), Step::Any) => items.iter().any(|v| any_at(v, rest, fits)),
        (serde_json::Value::Object(object), Step::Key(key)) => {
            object.get(key).is_some_and(|v| any_at(v, rest, fits))
        }
        (serde_json::Value::Array(items), Step::Key(key)) => {
            key.parse::<usize>().ok().and_then(|i| items.get(i)).is_some_and(|v| any_at(v, rest, fits))
        }
        _ => false,
    }
}

enum Step {
    Any,
    Key(String),
}

fn any_steps(path: &str) -> Vec<Step> {
    let step = |(part, quoted): (String, bool)| -> Vec<Step> {
        let plain = |part: &str| if part == "*" { Step::Any } else { Step::Key(part.to_owned()) };
        if quoted { vec![Step::Key(part)] } else { part.split('.').map(plain).collect() }
    };
    logloupe_syntax::name_parts(path).into_iter().flat_map(step).collect()
}

/// The value in place that a condition may be about: text, a number or a boolean.
fn single(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
        json => Some(from_json(json)),
    }
}

fn any(args: &[Value]) -> Value {
    let (Some(json), Some(path)) = (read(&args[0]), args[1].as_text()) else { return Value::Bool(false) };
    let steps = any_steps(path);
    let (Some(comparison), Some(wanted)) = (args.get(2).and_then(Value::as_text), args.get(3)) else {
        return Value::Bool(any_at(&json, &steps, &mut |_| true));
    };
    let ordered = |item: &serde_json::Value, fits: fn(std::cmp::Ordering) -> bool| {
        // `<` and its like hold for numbers only.
        let number = single(item).filter(|v| v.number().is_some());
        number.and_then(|v| v.compare(wanted)).is_some_and(fits)
    };
    let equal = |item: &serde_json::Value| single(item).map(|v| v.compare(wanted) == Some(Ordering::Equal));
    let mut fits = |item: &serde_json::Value| match comparison {
        "=" => equal(item) == Some(true),
        "!=" => equal(item) == Some(false),
        "<" => ordered(item, Ordering::is_lt),
        "<=" => ordered(item, Ordering::is_le),
        ">" => ordered(item, Ordering::is_gt),
        ">=" => ordered(item, Ordering::is_ge),
        "is" => match (item, wanted) {
            (serde_json::Value::Null, Value::Null) => true,
            (serde_json::Value::Bool(found), Value::Bool(wanted)) => found == wanted,
            _ => false,
        },
        _ => false,
    };
    Value::Bool(any_at(&json, &steps, &mut fits))
}

fn any_match(regex: &Regex, args: &[Value]) -> Value {
    let (Some(json), Some(path)) = (read(&args[0]), args[1].as_text()) else { return Value::Bool(false) };
    let wanted = args.get(2) != Some(&Value::Bool(false));
    let mut fits = |item: &serde_json::Value| {
        single(item).and_then(|v| text(&v).map(|text| regex.is_match(text.as_bytes()) == wanted))
            == Some(true)
    };
    Value::Bool(any_at(&json, &any_steps(path), &mut fits))
}
