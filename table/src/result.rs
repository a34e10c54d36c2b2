//! The answer of a query with `stats`: a small table of values.

use serde::{Deserialize, Serialize};

use crate::{Kind, Unit, Value};

/// Columns and rows, in the order of the query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResultTable {
    /// The columns: keys first, then aggregates, unless the query says otherwise.
    pub columns: Vec<ColumnInfo>,
    /// One value per column in each row.
    pub rows: Vec<Vec<Value>>,
    /// What is to be said of the answer, a sentence each: which of its numbers are not exact.
    pub remarks: Vec<String>,
}

/// A column of a [`ResultTable`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// What all its values are; text where they differ.
    pub kind: Kind,
    /// What its numbers mean, where that is known.
    pub unit: Unit,
}

/// The kind that fits all values.
pub fn kind_of<'v>(values: impl IntoIterator<Item = &'v Value>) -> Kind {
    let mut all: Option<Kind> = None;
    for value in values {
        let kind = match value {
            Value::Null => continue,
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) => Kind::Int,
            Value::Float(_) => Kind::Float,
            Value::Time(_) => Kind::Time,
            Value::Text(_) | Value::List(_) | Value::Several(_) => Kind::Text,
        };
        all = Some(match all {
            None => kind,
            Some(known) if known == kind => kind,
            Some(known) if known.is_number() && kind.is_number() => Kind::Float,
            Some(_) => return Kind::Text,
        });
    }
    all.unwrap_or(Kind::Text)
}
