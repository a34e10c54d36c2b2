//! Rows for the grid and one row in full: the few that are on screen, so plain code over values.

use super::{Detail, DetailField, GridRow, RowId};
use crate::{
    formats::{Format, Framing},
    table::{
        Row, Shard, Value,
        schema::{BUILTINS, LINE, RECORD, SOURCE, TIMESTAMP},
    },
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

/// The row `id` as the grid shows it; `cell` gives the value of a column.
pub fn grid_row(
    shard: &Shard,
    formats: &[&'static dyn Format],
    id: RowId,
    columns: &[String],
    cell: &dyn Fn(&Row<'_>, &str) -> Value,
) -> Option<GridRow> {
    let row = shard.tables.get(id.table as usize)?.row(id.row as usize)?;
    let format = formats.iter().find(|f| f.meta().id == row.table.format())?;
    Some(GridRow {
        id,
        time: row.chunk.column(TIMESTAMP).int(row.index),
        format: row.table.format().to_owned(),
        summary: format.summary(&row),
        outcome: row.show("event.outcome"),
        cells: columns.iter().map(|name| cell(&row, name)).collect(),
    })
}

/// The row `id` in full.
pub fn detail(shard: &Shard, formats: &[&'static dyn Format], id: RowId) -> Option<Detail> {
    let row = shard.tables.get(id.table as usize)?.row(id.row as usize)?;
    let format = formats.iter().find(|f| f.meta().id == row.table.format())?;
    let raw = row.raw();
    let mut fields: Vec<DetailField> = Vec::new();
    for (column, field) in row.table.schema().fields().iter().enumerate().skip(BUILTINS) {
        let value = row.value(column);
        if !value.is_null() {
            fields.push(DetailField {
                name: field.name.to_string(),
                value,
                doc: field.doc.to_owned(),
                unit: field.unit.symbol().to_owned(),
                column: true,
            });
        }
    }
    let json = format.meta().framing == Framing::Json;
    let (line, record) = position(shard, &row);
    Some(Detail {
        id,
        format: row.table.format().to_owned(),
        title: format.meta().title.to_owned(),
        time: row.chunk.column(TIMESTAMP).int(row.index),
        source: source(shard, &row).to_owned(),
        line,
        record,
        summary: format.summary(&row),
        fields,
        raw: String::from_utf8_lossy(&raw).into_owned(),
        json,
    })
}
