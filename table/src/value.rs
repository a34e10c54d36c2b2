//! One value outside a column: as formats write it ([`Cell`]) and as queries and views see it ([`Value`]).
//!
//! How values compare is decided here once, for filters, sorting and grouping alike:
//! two sides are compared as numbers when both are numbers or text that parses as one, as times when one side is
//! a time and the other reads as one, else as text. A comparison with a missing value is no answer.

use std::{borrow::Cow, cmp::Ordering, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Several, time};

/// A value on its way into a column; text is borrowed from the record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Microseconds since 1970.
    Time(i64),
    /// Text, or an address that was checked to be one.
    Text(&'a [u8]),
}

impl Cell<'_> {
    /// The value that it is on its way out, invalid bytes of text replaced.
    pub fn to_value(self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Bool(v) => Value::Bool(v),
            Cell::Int(v) => Value::Int(v),
            Cell::Float(v) => Value::Float(v),
            Cell::Time(v) => Value::Time(v),
            Cell::Text(text) => Value::text(&String::from_utf8_lossy(text)),
        }
    }
}

/// A value on its way out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Microseconds since 1970.
    Time(i64),
    /// Text.
    Text(Arc<str>),
    /// A list, as `values()` and `split()` give it.
    List(Arc<[Value]>),
    /// Several values of one field. What holds for any of them holds for the row.
    Several(Arc<Several>),
}

impl Value {
    /// A text value.
    pub fn text(text: &str) -> Value {
        Value::Text(text.into())
    }
    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The number this is or reads as: text that parses as one included, times as milliseconds since 1970 as
    /// CloudWatch has them, booleans excluded.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Int(v) => Some(*v as f64),
            Value::Float(v) => Some(*v),
            Value::Time(v) => Some(*v as f64 / 1000.0),
            Value::Text(text) => parse_number(text.as_bytes()),
            _ => None,
        }
    }
    /// The integer this is or reads as without loss.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Value::Int(v) => Some(*v),
            Value::Float(v) if v.fract() == 0.0 && v.abs() < 9.2e18 => Some(*v as i64),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
    /// The point in time this is or reads as: ISO 8601 text, or a number of milliseconds since 1970.
    pub fn time(&self) -> Option<i64> {
        match self {
            Value::Time(v) => Some(*v),
            Value::Int(v) => v.checked_mul(1000),
            Value::Float(v) => Some((v * 1000.0) as i64),
            Value::Text(text) => time::parse_iso(text.as_bytes()),
            _ => None,
        }
    }
    /// How `self` stands to `other` in a comparison of a query; `None` when either is missing (or not a number).
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Null, _) | (_, Value::Null) => None,
            (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::Time(a), b) => {
                b.time().map(|b| a.cmp(&b)).or_else(|| Some(self.to_string().cmp(&b.to_string())))
            }
            (a, Value::Time(b)) => {
                a.time().map(|a| a.cmp(b)).or_else(|| Some(a.to_string().cmp(&other.to_string())))
            }
            (a, b) => {
                if let (Some(x), Some(y)) = (a.integer(), b.integer()) {
                    return Some(x.cmp(&y));
                }
                match (a.number(), b.number()) {
                    (Some(x), Some(y)) => x.partial_cmp(&y),
                    _ => match (a, b) {
                        (Value::Text(a), Value::Text(b)) => Some(a.as_ref().cmp(b.as_ref())),
                        _ => Some(a.to_string().as_str().cmp(b.to_string().as_str())),
                    },
                }
            }
        }
    }
    /// The single values that this has: each of several, none if it is missing.
    pub fn singles(&self) -> impl Iterator<Item = &Value> {
        let (several, single) = match self {
            Value::Null => (None, None),
            Value::Several(several) => (Some(several.values()), None),
            single => (None, Some(single)),
        };
        several.into_iter().flatten().chain(single)
    }
    /// The order of a `sort … asc`: missing first, then text, then numbers and times (the vendor sorts
    /// non-numbers before numbers). Of several values the first one counts. Total. To sort many values, make [`sort_key`](Self::sort_key)s of them once.
    pub fn sort_cmp(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Int(a), Value::Int(b)) | (Value::Time(a), Value::Time(b)) => a.cmp(b),
            _ => self.sort_key().cmp(&other.sort_key()),
        }
    }
    /// What the value is sorted by.
    pub fn sort_key(&self) -> SortKey<'_> {
        // Numbers are ordered by their float first and exactly within equal floats: comparing some pairs exactly
        // and others as floats would not be an order at all.
        let exact = match self {
            Value::Null => return SortKey::Missing,
            Value::Time(t) => Some(*t),
            Value::Several(several) => {
                return several
                    .items()
                    .iter()
                    .find(|item| !item.is_null())
                    .map_or(SortKey::Missing, Value::sort_key);
            }
            other => other.integer(),
        };
        match (self.number(), self) {
            // Adding zero makes one zero of two.
            (Some(n), _) => SortKey::Number(if n.is_nan() { f64::INFINITY } else { n + 0.0 }, exact),
            (None, Value::Text(text)) => SortKey::Text(Cow::Borrowed(text)),
            (None, other) => SortKey::Text(Cow::Owned(other.to_string())),
        }
    }
    /// The value as JSON: numbers and booleans keep their type, times are RFC 3339 text.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            Value::Bool(v) => (*v).into(),
            Value::Int(v) => (*v).into(),
            Value::Float(v) => {
                serde_json::Number::from_f64(*v + 0.0).map_or(serde_json::Value::Null, Into::into)
            }
            Value::Time(_) => self.to_string().into(),
            Value::Text(text) => text.as_ref().into(),
            Value::List(items) => items.iter().map(Value::to_json).collect(),
            Value::Several(several) => several.values().map(Value::to_json).collect(),
        }
    }
}

/// A value made ready for sorting: see [`Value::sort_cmp`] for the order.
#[derive(Clone, Debug)]
pub enum SortKey<'v> {
    /// No value.
    Missing,
    /// What is no number.
    Text(Cow<'v, str>),
    /// A number or a time, and its exact value where it has one.
    Number(f64, Option<i64>),
}

impl Ord for SortKey<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (SortKey::Number(a, x), SortKey::Number(b, y)) => a.total_cmp(b).then_with(|| x.cmp(y)),
            (SortKey::Text(a), SortKey::Text(b)) => a.cmp(b),
            (a, b) => a.class().cmp(&b.class()),
        }
    }
}

impl PartialOrd for SortKey<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortKey<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SortKey<'_> {}

impl SortKey<'_> {
    fn class(&self) -> u8 {
        match self {
            SortKey::Missing => 0,
            SortKey::Text(_) => 1,
            SortKey::Number(..) => 2,
        }
    }
}

/// As shown in a table cell; a missing value is empty.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Bool(v) => v.fmt(f),
            Value::Int(v) => v.fmt(f),
            // There is one zero: adding one makes it of -0.0, which equals it.
            Value::Float(v) => (v + 0.0).fmt(f),
            Value::Time(v) => f.write_str(&time::format_iso(*v)),
            Value::Text(text) => f.write_str(text),
            Value::Several(several) => several.fmt(f),
            Value::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
        }
    }
}

/// The number that text reads as: decimal, with sign, fraction and exponent. Not `inf`, `nan` or hexadecimal.
pub fn parse_number(text: &[u8]) -> Option<f64> {
    let first = *text.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b' ')) {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?.trim();
    if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E')) {
        text.parse().ok()
    } else {
        None
    }
}
