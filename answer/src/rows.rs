//! Rows for the grid and one row in full: the few that are on screen, so plain code over values.

use logloupe_core::formats::{
    Format,
    field::json::{self, Json},
};
use logloupe_table::{
    Kind, Row, Shard, Value,
    builtin::{position, source},
    json_paths::IN_MESSAGE,
    schema::{BUILTINS, TIMESTAMP},
};
use logloupe_view::{Detail, DetailField, GridRow, RowId};

/// How many leaves of a JSON record are listed beside its columns.
const LEAVES: usize = 2_000;

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
    let part = format.json().of(&raw);
    // What is shown as JSON is a whole record, not a fragment of one.
    let json = part.is_some_and(|part| part.len() == raw.len());
    if let Some(part) = part {
        json::paths(part, LEAVES, &mut |path, value| {
            // What is a column was listed as one, also where an envelope stands around the event.
            let inside = path.strip_prefix("detail.").unwrap_or(path);
            let schema = row.table.schema();
            let value = leaf(value);
            let name = match schema.find(path).or_else(|| schema.find(inside)) {
                None => path.to_owned(),
                // Another name of a column, and a key of the record that holds something else.
                Some(column) if hides(&row, column, path, &value) => format!("{IN_MESSAGE}{path}"),
                Some(_) => return,
            };
            if !value.is_null() {
                fields.push(DetailField { name, value, ..DetailField::default() });
            }
        });
    }
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

/// Whether a key of the record is not what the column that answers to its name holds.
fn hides(row: &Row<'_>, column: usize, path: &str, value: &Value) -> bool {
    let field = row.table.schema().field(column);
    field.answers_to(path)
        && !field.name.eq_ignore_ascii_case(path)
        && field.kind != Kind::Time
        && row.value(column).compare(value) != Some(std::cmp::Ordering::Equal)
}

/// A leaf as a query would compare it: whole numbers as numbers, others as they are written.
fn leaf(value: Json<'_>) -> Value {
    match value {
        Json::Bool(truth) => Value::Bool(truth),
        // Empty ones: a leaf that is no value.
        Json::Object(_) | Json::Array(_) => Value::Null,
        value => {
            let Some(text) = value.text() else { return Value::Null };
            let text = String::from_utf8_lossy(&text);
            match (value, text.parse::<i64>()) {
                (Json::Number(_), Ok(number)) => Value::Int(number),
                _ => Value::text(&text),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_core::{
        formats::ALL,
        ingest::{Limits, Loader, Options},
    };

    #[test]
    fn every_leaf_of_a_json_record_is_a_field_once() {
        let event = r#"{"eventVersion":"1.11","eventTime":"2026-03-02T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","eventID":"1","requestParameters":{"bucketName":"b","big":9007199254740993,"part":2.50,"on":true,"none":null,"list":[1,{"deep":"ä"}],"empty":{}}}"#;
        let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
        loader.open("a.json", Options::default());
        loader.push(format!("{event}\n").as_bytes());
        let (shard, _) = loader.into_parts();
        let table = shard.tables.iter().position(|t| t.rows() == 1).expect("one event");
        let id = RowId { shard: 0, table: table as u32, row: 0 };
        let detail = detail(&shard, ALL, id).expect("the event");
        let paths: Vec<_> =
            detail.fields.iter().filter(|f| !f.column).map(|f| (f.name.as_str(), f.value.clone())).collect();
        assert_eq!(
            paths,
            [
                ("requestParameters.big", Value::Int(9_007_199_254_740_993)),
                ("requestParameters.part", Value::text("2.50")),
                ("requestParameters.on", Value::Bool(true)),
                ("requestParameters.list.0", Value::Int(1)),
                ("requestParameters.list.1.deep", Value::text("ä")),
            ]
        );
        let mut names: Vec<_> = detail.fields.iter().map(|f| &f.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
