//! Rows as text for other programs: newline-delimited JSON and CSV. The command line and the page write the same.
//!
//! CSV cells that a spreadsheet would run as a formula are defused with a leading apostrophe: log content is what
//! attackers typed.

use serde::Serializer;
use serde::ser::SerializeMap;

use logloupe_table::{Row, Shard, Value, builtin::value, schema::BUILTINS};

/// The built-in fields that every exported row has, in order.
pub const BUILT_IN: [&str; 5] = ["@timestamp", "@format", "@source", "@line", "@message"];

/// Appends the row as one JSON object and a line end: built-in fields, then every column that has a value, by its
/// vendor name and with its JSON type. A missing value is left out.
pub fn ndjson(shard: &Shard, row: &Row<'_>, out: &mut Vec<u8>) {
    ndjson_of(shard, row, &row.raw(), out);
}

/// As [`ndjson`], for whoever has the row's raw text at hand.
pub fn ndjson_of(shard: &Shard, row: &Row<'_>, record: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let mut serializer = serde_json::Serializer::new(&mut *out);
    let written = serializer.serialize_map(None).and_then(|mut map| {
        for name in BUILT_IN {
            let value = built_in(shard, row, record, name);
            if !value.is_null() {
                map.serialize_entry(name, &value.to_json())?;
            }
        }
        for (column, field) in row.table.schema().fields().iter().enumerate().skip(BUILTINS) {
            let value = row.value(column);
            if !value.is_null() {
                map.serialize_entry(&field.name, &value.to_json())?;
            }
        }
        map.end()
    });
    // Writing JSON to memory does not fail; should it ever, no half line is left behind.
    if written.is_err() {
        out.truncate(start);
        return;
    }
    out.push(b'\n');
}

/// Appends one JSON object and a line end: the values by their names, missing ones left out.
pub fn ndjson_values(names: &[String], values: &[Value], out: &mut Vec<u8>) {
    let object: serde_json::Map<String, serde_json::Value> = (names.iter().zip(values))
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.to_json()))
        .collect();
    // Writing JSON to memory does not fail.
    out.extend(serde_json::to_vec(&object).unwrap_or_default());
    out.push(b'\n');
}

/// The columns of a CSV of these shards: built-in ones, then each table's that has a value somewhere, without repeats.
pub fn csv_columns<'s>(shards: impl IntoIterator<Item = &'s Shard>) -> Vec<String> {
    let mut columns = CsvColumns::default();
    for shard in shards {
        let mut filled = FilledColumns::default();
        filled.add(shard);
        columns.add(shard, &filled);
    }
    columns.names
}

/// The columns of a CSV: built-in ones, then those that have a value somewhere, without repeats.
#[derive(Clone, Debug)]
pub struct CsvColumns {
    /// Their names in order.
    pub names: Vec<String>,
}

impl Default for CsvColumns {
    fn default() -> CsvColumns {
        CsvColumns { names: BUILT_IN.map(str::to_owned).to_vec() }
    }
}

impl CsvColumns {
    /// Adds the columns of the shard's tables that are filled.
    pub fn add(&mut self, shard: &Shard, filled: &FilledColumns) {
        for (table, filled) in shard.tables.iter().zip(&filled.tables) {
            for (field, _) in table.schema().fields().iter().zip(filled).filter(|(_, filled)| **filled) {
                if !self.names.iter().any(|c| *c == field.name) {
                    self.names.push(field.name.to_string());
                }
            }
        }
    }
}

/// Which columns of a shard's tables have a value, over all rows that it had so far.
#[derive(Clone, Debug, Default)]
pub struct FilledColumns {
    /// Per table, per column; false for the built-in ones.
    tables: Vec<Vec<bool>>,
}

impl FilledColumns {
    /// Adds the rows that the shard has now.
    pub fn add(&mut self, shard: &Shard) {
        self.tables.resize_with(shard.tables.len(), Vec::new);
        for (table, filled) in shard.tables.iter().zip(&mut self.tables) {
            filled.resize(table.schema().fields().len(), false);
            for (column, filled) in filled.iter_mut().enumerate().skip(BUILTINS) {
                *filled = *filled || table.has_values(column);
            }
        }
    }
}

/// Appends the values as one CSV line.
pub fn csv(values: impl IntoIterator<Item = Value>, out: &mut Vec<u8>) {
    for (i, value) in values.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        csv_cell(&value, out);
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends the row's values of `columns` as one CSV line.
pub fn csv_row(shard: &Shard, row: &Row<'_>, columns: &[String], out: &mut Vec<u8>) {
    csv(columns.iter().map(|name| value(shard, row, name)), out);
}

/// As [`csv_row`], for whoever has the row's raw text at hand.
pub fn csv_row_of(shard: &Shard, row: &Row<'_>, record: &[u8], columns: &[String], out: &mut Vec<u8>) {
    csv(columns.iter().map(|name| built_in(shard, row, record, name)), out);
}

/// As [`value`], without decompressing the raw text again.
fn built_in(shard: &Shard, row: &Row<'_>, record: &[u8], name: &str) -> Value {
    match name {
        "@message" => Value::text(&String::from_utf8_lossy(record)),
        _ => value(shard, row, name),
    }
}

fn csv_cell(value: &Value, out: &mut Vec<u8>) {
    let text = value.to_string();
    let formula = matches!(value, Value::Text(_) | Value::List(_))
        && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    // A lone dash is what logs write for "none".
    // The names of built-in fields stand in headers, where scripts look for them; no spreadsheet runs them.
    let formula = formula && text != "-" && !BUILT_IN.contains(&text.as_str());
    let quoted = formula || text.contains([',', '"', '\n', '\r']);
    if !quoted {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    if formula {
        out.push(b'\'');
    }
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_defused() {
        let mut out = Vec::new();
        csv(
            [
                Value::text("=cmd|' /C calc'!A0"),
                Value::text("a,\"b\""),
                Value::Int(-1),
                Value::text("-"),
                Value::Null,
            ],
            &mut out,
        );
        csv(BUILT_IN.map(Value::text), &mut out);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "\"'=cmd|' /C calc'!A0\",\"a,\"\"b\"\"\",-1,-,\r\n\
            @timestamp,@format,@source,@line,@message\r\n"
        );
    }
}
