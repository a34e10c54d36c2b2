//! Fields that every row has beside its columns: the file it came from, its place there, its raw record; and the value of
//! a field by any name.

use super::{
    Row, Shard, Value,
    schema::{LINE, RECORD, SOURCE},
};

/// The value of a field of one row by any name that a query could use, built-in ones included.
pub fn value(shard: &Shard, row: &Row<'_>, name: &str) -> Value {
    match name {
        "@message" => Value::text(&String::from_utf8_lossy(&row.raw())),
        "@format" => Value::text(row.table.format()),
        "@source" => Value::text(source(shard, row)),
        "@line" => Value::Int(position(shard, row).0 as i64),
        "@record" => Value::Int(position(shard, row).1 as i64),
        "@duplicate" => {
            Value::Bool(row.table.duplicates().is_some_and(|d| d.get(row.chunk.first_row + row.index)))
        }
        _ => match row.table.derived(name) {
            Some(column) => row.value(column),
            None => row.get(name),
        },
    }
}

/// The file that a row came from.
pub fn source<'s>(shard: &'s Shard, row: &Row<'_>) -> &'s str {
    let source = row.chunk.column(SOURCE).int(row.index).and_then(|s| shard.sources.get(s as usize));
    source.map_or("", |s| &s.name)
}

/// Line and record in that file, from 1.
pub fn position(shard: &Shard, row: &Row<'_>) -> (u64, u64) {
    let source = row.chunk.column(SOURCE).int(row.index).and_then(|s| shard.sources.get(s as usize));
    let number = |column| row.chunk.column(column).int(row.index).unwrap_or(0).max(0) as u64;
    let (line, record) = (number(LINE), number(RECORD));
    source.map_or((line, record), |s| (line + s.first_line, record + s.first_record))
}
