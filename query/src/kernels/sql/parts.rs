//! What SQL takes out of something: matches of a text, values of JSON, items of lists, the value of a pair, parts of a
//! URL.

use ::regex::bytes::Regex;

use crate::kernels::{LONGEST_TEXT, encoding::url_decode, made, num, regex, text};
use logloupe_table::Value;

pub(super) fn regexp_extract(regex: &Regex, args: &[Value]) -> Value {
    let Some(subject) = text(&args[0]) else { return Value::Null };
    let group = match args.get(1).map(Value::integer) {
        None => 0,
        Some(group) => match group.and_then(|g| usize::try_from(g).ok()) {
            Some(group) => group,
            None => return Value::Null,
        },
    };
    let found = regex.captures(subject.as_bytes()).and_then(|c| c.get(group).map(|m| m.range()));
    // Patterns match bytes; values are text.
    let found = found.and_then(|range| subject.get(regex::whole(&subject, range)));
    found.map_or(Value::Null, made)
}

/// The value at a path such as `$.a[0]["b c"]`; a key in brackets may stand in either kind of quotes.
fn at_path(args: &[Value]) -> Option<serde_json::Value> {
    let json: serde_json::Value = serde_json::from_str(&text(&args[0])?).ok()?;
    let path = text(&args[1])?;
    let mut rest = path.trim().strip_prefix('$')?;
    let mut at = &json;
    while !rest.is_empty() {
        let (key, after) = match rest.strip_prefix('[') {
            Some(inner) => match inner.chars().next() {
                Some('"') => inner[1..].split_once("\"]")?,
                Some('\'') => inner[1..].split_once("']")?,
                _ => inner.split_once(']')?,
            },
            None => {
                let inner = rest.strip_prefix('.')?;
                inner.split_at(inner.find(['.', '[']).unwrap_or(inner.len()))
            }
        };
        at = match at {
            serde_json::Value::Array(items) => items.get(key.parse::<usize>().ok()?)?,
            other => member(other, key)?,
        };
        rest = after;
    }
    Some(at.clone())
}

/// An object's member of that name, in another letter case if there is none: the reader that Athena's tables of JSON logs
/// use writes all names in small letters, and queries are written for that.
fn member<'j>(object: &'j serde_json::Value, key: &str) -> Option<&'j serde_json::Value> {
    let any_case = || object.as_object()?.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v);
    object.get(key).or_else(any_case)
}

pub(super) fn json_extract(args: &[Value]) -> Value {
    at_path(args).map_or(Value::Null, |json| made(&json.to_string()))
}

pub(super) fn json_extract_scalar(args: &[Value]) -> Value {
    match at_path(args) {
        Some(serde_json::Value::String(text)) => made(&text),
        Some(scalar @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_))) => {
            made(&scalar.to_string())
        }
        _ => Value::Null,
    }
}

pub(super) fn element_at(args: &[Value]) -> Value {
    let (Value::List(items), Some(place)) = (&args[0], args[1].integer()) else { return Value::Null };
    let index = match usize::try_from(place.unsigned_abs()) {
        Ok(n) if place > 0 => Some(n - 1),
        Ok(n) if place < 0 => items.len().checked_sub(n),
        _ => None,
    };
    index.and_then(|i| items.get(i)).cloned().unwrap_or_default()
}

pub(super) fn array_join(args: &[Value]) -> Value {
    let (Value::List(items), Some(between)) = (&args[0], text(&args[1])) else { return Value::Null };
    let mut out = String::new();
    for (i, item) in items.iter().filter(|i| !i.is_null()).enumerate() {
        if i > 0 {
            out.push_str(&between);
        }
        out.push_str(&item.to_string());
        if out.len() > LONGEST_TEXT {
            return Value::Null;
        }
    }
    made(&out)
}

/// Text that sorts as the order does: numbers and times by their bits, text as it is; then the value as JSON.
pub(super) fn pair(args: &[Value]) -> Value {
    let order = match &args[0] {
        Value::Null | Value::List(_) => return Value::Null,
        order => match (num(order), order) {
            (_, Value::Time(time)) => format!("t{:016x}", *time as u64 ^ 1 << 63),
            (Some(number), _) => {
                let bits = (number.float() + 0.0).to_bits();
                let bits = if bits >> 63 == 0 { bits ^ 1 << 63 } else { !bits };
                // Integers too large for floats are told apart by themselves.
                let exact = order.integer().unwrap_or(0) as u64 ^ 1 << 63;
                format!("n{bits:016x}{exact:016x}")
            }
            (None, other) => format!("a{other}"),
        },
    };
    match serde_json::to_string(&args[1]) {
        Ok(value) => made(&format!("{order}\u{0}{value}")),
        Err(_) => Value::Null,
    }
}

pub(super) fn of_pair(args: &[Value]) -> Value {
    let found = args[0].as_text().and_then(|t| t.rsplit_once('\u{0}'));
    found.and_then(|(_, value)| serde_json::from_str(value).ok()).unwrap_or_default()
}

/// A URL's parts; each is empty if it is not there.
struct Url<'u> {
    protocol: &'u str,
    host: &'u str,
    port: &'u str,
    path: &'u str,
    query: &'u str,
}

fn url(text: &str) -> Url<'_> {
    let (rest, _) = text.split_once('#').unwrap_or((text, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let Some((protocol, rest)) = rest.split_once("://") else {
        return Url { protocol: "", host: "", port: "", path: rest, query };
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // The colons of an IPv6 address stand in brackets.
    let colon = authority.rfind(':').filter(|at| !authority.get(*at..).unwrap_or("").contains(']'));
    let (host, port) = authority.split_at(colon.unwrap_or(authority.len()));
    Url { protocol, host, port: port.trim_start_matches(':'), path, query }
}

fn url_part(args: &[Value], part: impl for<'u> Fn(&Url<'u>) -> &'u str) -> Value {
    let Some(subject) = text(&args[0]) else { return Value::Null };
    match part(&url(&subject)) {
        "" => Value::Null,
        found => made(found),
    }
}

pub(super) fn url_host(args: &[Value]) -> Value {
    url_part(args, |u| u.host)
}

pub(super) fn url_path(args: &[Value]) -> Value {
    url_part(args, |u| u.path)
}

pub(super) fn url_query(args: &[Value]) -> Value {
    url_part(args, |u| u.query)
}

pub(super) fn url_protocol(args: &[Value]) -> Value {
    url_part(args, |u| u.protocol)
}

pub(super) fn url_port(args: &[Value]) -> Value {
    match url_part(args, |u| u.port) {
        Value::Text(port) => port.parse().map_or(Value::Null, Value::Int),
        _ => Value::Null,
    }
}

pub(super) fn url_parameter(args: &[Value]) -> Value {
    let (Some(subject), Some(name)) = (text(&args[0]), text(&args[1])) else { return Value::Null };
    let query = url(&subject).query;
    let decode = |text: &str| {
        let decoded = url_decode(&[Value::text(text)]);
        decoded.as_text().map_or_else(|| text.to_owned(), str::to_owned)
    };
    let parameters = query.split('&').map(|p| p.split_once('=').unwrap_or((p, "")));
    let found = parameters.into_iter().find(|(key, _)| decode(key) == *name);
    found.map_or(Value::Null, |(_, value)| made(&decode(value)))
}
