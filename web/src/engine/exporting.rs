//! Exports: windows of rows written by the workers, put together in order, handed out as a file made in memory.

use logloupe_protocol::rows::{CsvColumns, Export};
use logloupe_table::Value;
use logloupe_view::{RowId, export, window::by_shard};

use super::{Event, ExportAs, host::Output, model::Exporting, state::State};

/// Rows per round; small enough that the page stays quick.
const ROWS: usize = 4_000;

impl State {
    pub(super) fn export(&mut self, view: u32, form: ExportAs) {
        let Some(current) = self.viewing.current.as_ref().filter(|c| c.view == view) else { return };
        let mut output = self.host.output();
        if let Some(table) = &current.table {
            let names: Vec<String> = table.columns.iter().map(|c| c.0.clone()).collect();
            output.push(&table_text(&names, &table.rows, form));
            let total = table.rows.len() as u64;
            let file = finish(&mut *output, form);
            return self.tell(Event::Exporting { done: total, total, file });
        }
        let (total, columns) = (current.rows, current.columns.clone());
        let number = self.number();
        let chosen = !columns.is_empty();
        self.exporting = Some(Exporting {
            number,
            view,
            form,
            columns,
            done: 0,
            total,
            ids: Vec::new(),
            texts: Vec::new(),
            left: 0,
            output,
        });
        if form == ExportAs::Csv && !chosen {
            self.gather(&CsvColumns, move |state, columns| state.on_csv_columns(number, columns));
        } else {
            self.export_begin();
        }
    }
    pub(super) fn cancel_export(&mut self) {
        self.exporting = None;
    }
    /// The export of this number, if it goes on.
    fn export_of(&mut self, number: u32) -> Option<&mut Exporting> {
        self.exporting.as_mut().filter(|e| e.number == number)
    }
    fn on_csv_columns(&mut self, number: u32, columns: Vec<Vec<String>>) {
        let Some(export) = self.export_of(number) else { return };
        for column in columns.into_iter().flatten() {
            if !export.columns.contains(&column) {
                export.columns.push(column);
            }
        }
        self.export_begin();
    }
    fn export_begin(&mut self) {
        let Some(export) = &mut self.exporting else { return };
        if export.form == ExportAs::Csv {
            let mut header = Vec::new();
            export::csv(export.columns.iter().map(|c| Value::text(c)), &mut header);
            export.output.push(&header);
        }
        self.export_round();
    }
    /// Asks for the next rows, or ends.
    fn export_round(&mut self) {
        let Some(export) = &mut self.exporting else { return };
        let (view, done, total) = (export.view, export.done, export.total);
        if done >= total {
            let file = finish(&mut *export.output, export.form);
            self.exporting = None;
            return self.tell(Event::Exporting { done, total, file });
        }
        self.tell(Event::Exporting { done, total, file: None });
        if self.viewing.current.as_ref().is_none_or(|c| c.view != view) {
            // Another view has taken the place of the one that was being written.
            self.exporting = None;
            return;
        }
        self.window(view, done, ROWS, Vec::new(), true);
    }
    pub(super) fn export_placed(&mut self, ids: Vec<RowId>) {
        let Some(export) = &mut self.exporting else { return };
        export.texts = vec![Vec::new(); ids.len()];
        let csv = export.form == ExportAs::Csv;
        let columns = (csv || !export.columns.is_empty()).then(|| export.columns.clone());
        let (number, view) = (export.number, export.view);
        let asks = by_shard(&ids, self.workers.len());
        export.left = asks.len();
        export.ids = ids;
        if asks.is_empty() {
            export.done = export.total;
            return self.export_round();
        }
        for (shard, ids) in asks {
            let request = Export { view, ids, columns: columns.clone(), csv };
            self.ask(shard, request, move |state, rows| state.on_export(shard, number, rows));
        }
    }
    fn on_export(&mut self, shard: u32, number: u32, rows: Vec<Vec<u8>>) {
        let Some(export) = self.export_of(number) else { return };
        let places = export.ids.iter().enumerate().filter(|(_, id)| id.shard == shard).map(|(i, _)| i);
        for (at, text) in places.zip(rows) {
            export.texts[at] = text;
        }
        export.left = export.left.saturating_sub(1);
        if export.left > 0 {
            return;
        }
        let text: Vec<u8> = std::mem::take(&mut export.texts).concat();
        export.output.push(&text);
        export.done += export.ids.len() as u64;
        self.export_round();
    }
}

/// A result table as text.
fn table_text(names: &[String], rows: &[Vec<Value>], form: ExportAs) -> Vec<u8> {
    let mut out = Vec::new();
    match form {
        ExportAs::Csv => {
            export::csv(names.iter().map(|n| Value::text(n)), &mut out);
            rows.iter().for_each(|row| export::csv(row.iter().cloned(), &mut out));
        }
        ExportAs::Ndjson => rows.iter().for_each(|row| export::ndjson_values(names, row, &mut out)),
    }
    out
}

/// The finished file: its address and its name.
fn finish(output: &mut dyn Output, form: ExportAs) -> Option<(String, String)> {
    let (media_type, name) = match form {
        ExportAs::Csv => ("text/csv", "logloupe.csv"),
        ExportAs::Ndjson => ("application/x-ndjson", "logloupe.ndjson"),
    };
    Some((output.finish(media_type)?, name.to_owned()))
}
