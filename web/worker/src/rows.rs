//! Handlers of requests about rows.

use logloupe_answer::{job::Cells, rows};
use logloupe_protocol::{
    Handle, Reply,
    rows::{CsvColumns, Export, FullRow, GridRows, Window},
};
use logloupe_table::{Row, Shard, Value, builtin};
use logloupe_view::{Detail, GridRow, RowId, export as text, order::RowPosition};

use crate::session::Session;

impl<F> Handle<Window> for Session<F> {
    fn handle(&mut self, _: u32, Window { view, from, count }: Window) -> Reply<Vec<RowPosition>> {
        let Some(job) = self.job(view) else { return Reply::Dropped };
        Reply::Now(job.window(self.shard(), &self.timeline, from as usize, count as usize))
    }
}

impl<F> Handle<GridRows> for Session<F> {
    fn handle(&mut self, _: u32, GridRows { view, ids, columns }: GridRows) -> Reply<Vec<GridRow>> {
        let shard = self.shard();
        let cells = self.job(view).and_then(|job| job.cells(shard));
        let grid_row = |id: RowId| {
            let computed = cells.as_ref().map(|c| c.row(id)).unwrap_or_default();
            let cell = |row: &Row<'_>, name: &str| {
                let known = cells.as_ref().and_then(|c| c.get(&computed, name)).cloned();
                known.unwrap_or_else(|| builtin::value(shard, row, name))
            };
            rows::grid_row(shard, self.formats, id, &columns, &cell)
        };
        Reply::Now(ids.into_iter().filter_map(grid_row).collect())
    }
}

impl<F> Handle<FullRow> for Session<F> {
    fn handle(&mut self, _: u32, FullRow { id }: FullRow) -> Reply<Option<Box<Detail>>> {
        Reply::Now(rows::detail(self.shard(), self.formats, id).map(Box::new))
    }
}

impl<F> Handle<CsvColumns> for Session<F> {
    fn handle(&mut self, _: u32, _: CsvColumns) -> Reply<Vec<String>> {
        Reply::Now(text::csv_columns([self.shard()]))
    }
}

impl<F> Handle<Export> for Session<F> {
    fn handle(&mut self, _: u32, Export { view, ids, columns, csv }: Export) -> Reply<Vec<Vec<u8>>> {
        let shard = self.shard();
        let cells = self.job(view).and_then(|job| job.cells(shard));
        let text = |id| export(shard, cells.as_ref(), id, columns.as_deref(), csv);
        Reply::Now(ids.into_iter().map(text).collect())
    }
}

/// One row as text: all that it has, or only these columns.
fn export(
    shard: &Shard,
    cells: Option<&Cells<'_>>,
    id: RowId,
    columns: Option<&[String]>,
    csv: bool,
) -> Vec<u8> {
    let mut out = Vec::new();
    let Some(row) = shard.tables.get(id.table as usize).and_then(|t| t.row(id.row as usize)) else {
        return out;
    };
    let Some(columns) = columns else {
        text::ndjson(shard, &row, &mut out);
        return out;
    };
    let computed = cells.map(|c| c.row(id)).unwrap_or_default();
    let value = |name: &String| {
        let known = cells.and_then(|c| c.get(&computed, name)).cloned();
        known.unwrap_or_else(|| builtin::value(shard, &row, name))
    };
    let values: Vec<Value> = columns.iter().map(value).collect();
    match csv {
        true => text::csv(values, &mut out),
        false => text::ndjson_values(columns, &values, &mut out),
    }
    out
}
