//! A column vector: the values of one expression over the rows of one chunk, in the encoding in which they are stored.
//! Dictionary codes stay codes, packed integers stay packed.

use std::borrow::Cow;

use logloupe_table::{Bitmap, Kind, Value, column::decimal, packed::Packed};

/// See the module's text. What stands at rows that were not selected means nothing.
pub(super) enum Vector<'t> {
    /// The same value in every row.
    Const(Value),
    /// A function of a dictionary column, or the column itself.
    Codes { codes: &'t Packed, valid: Option<&'t Bitmap>, of: CodeValues },
    /// Text that is not in a dictionary.
    Plain { ends: &'t Packed, bytes: &'t [u8], valid: Option<&'t Bitmap> },
    /// Integers, times or booleans as stored.
    Packed { kind: Kind, values: &'t Packed, valid: Option<&'t Bitmap> },
    /// Integers, times or booleans that were computed.
    Ints { kind: Kind, values: Vec<i64>, valid: Option<Cow<'t, Bitmap>> },
    /// Decimals as stored.
    Decimals { values: &'t Packed, digits: u8, valid: Option<&'t Bitmap> },
    /// Floats.
    Floats { values: Cow<'t, [f64]>, valid: Option<Cow<'t, Bitmap>> },
    /// Anything.
    Values(Vec<Value>),
}

/// What the codes of a [`Vector::Codes`] stand for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum CodeValues {
    /// The entries of this column's dictionary.
    Column(usize),
    /// The memoised values of a node over the column's entries.
    Memo { node: usize, column: usize },
}

/// An integer as a value of its kind.
pub(super) fn of_kind(kind: Kind, v: i64) -> Value {
    match kind {
        Kind::Bool => Value::Bool(v != 0),
        Kind::Time => Value::Time(v),
        _ => Value::Int(v),
    }
}

/// Row `i` of plain text.
pub(super) fn plain<'t>(ends: &Packed, bytes: &'t [u8], i: usize) -> &'t [u8] {
    let start = if i == 0 { 0 } else { ends.get(i - 1) as usize };
    bytes.get(start..ends.get(i) as usize).unwrap_or_default()
}

/// Text as a value, invalid bytes replaced.
pub(super) fn text(bytes: &[u8]) -> Value {
    Value::text(&String::from_utf8_lossy(bytes))
}

fn is_valid(valid: Option<&Bitmap>, i: usize) -> bool {
    valid.is_none_or(|v| v.get(i))
}

impl Vector<'_> {
    /// The value of row `i`; `None` for codes, which need their dictionary.
    pub(super) fn get(&self, i: usize) -> Option<Value> {
        Some(match self {
            Vector::Const(value) => value.clone(),
            Vector::Codes { .. } => return None,
            Vector::Plain { ends, bytes, valid } => {
                if is_valid(*valid, i) {
                    text(plain(ends, bytes, i))
                } else {
                    Value::Null
                }
            }
            Vector::Packed { kind, values, valid } => {
                if is_valid(*valid, i) {
                    of_kind(*kind, values.get(i))
                } else {
                    Value::Null
                }
            }
            Vector::Ints { kind, values, valid } => {
                if is_valid(valid.as_deref(), i) {
                    of_kind(*kind, values[i])
                } else {
                    Value::Null
                }
            }
            Vector::Decimals { values, digits, valid } => {
                if is_valid(*valid, i) {
                    Value::Float(decimal(values.get(i), *digits))
                } else {
                    Value::Null
                }
            }
            Vector::Floats { values, valid } => {
                if is_valid(valid.as_deref(), i) {
                    Value::Float(values[i])
                } else {
                    Value::Null
                }
            }
            Vector::Values(values) => values.get(i).cloned().unwrap_or_default(),
        })
    }
    /// Which rows have a value, for forms that know it; all when `None`.
    pub(super) fn valid(&self) -> Option<&Bitmap> {
        match self {
            Vector::Codes { valid, .. }
            | Vector::Plain { valid, .. }
            | Vector::Packed { valid, .. }
            | Vector::Decimals { valid, .. } => *valid,
            Vector::Ints { valid, .. } | Vector::Floats { valid, .. } => valid.as_deref(),
            Vector::Const(_) | Vector::Values(_) => None,
        }
    }
}
