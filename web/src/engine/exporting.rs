//! Exports: windows of rows written by the workers, put together in order, handed out as a file made in memory.

use js_sys::{Array, Uint8Array};
use logloupe_table::Value;
use logloupe_view::{RowId, export, window::by_shard};
use web_sys::{Blob, BlobPropertyBag, Url};

use super::{Event, ExportAs, state::State};
use crate::protocol::Request;

/// Rows per round; small enough that the page stays quick.
const ROWS: usize = 4_000;

/// An export that goes on.
pub(super) struct Exporting {
    view: u32,
    form: ExportAs,
    /// Columns of a CSV once every worker has named its own.
    columns: Vec<String>,
    naming: usize,
    done: u64,
    total: u64,
    /// The rows of this round in order, and each one's text.
    ids: Vec<RowId>,
    texts: Vec<Vec<u8>>,
    left: usize,
    ask: u32,
    pieces: Array,
}

impl State {
    pub(super) fn export(&mut self, view: u32, form: ExportAs) {
        let Some(current) = self.viewing.current.as_ref().filter(|c| c.view == view) else { return };
        if let Some(table) = &current.table {
            let names: Vec<String> = table.columns.iter().map(|c| c.0.clone()).collect();
            let bytes = table_text(&names, &table.rows, form);
            let total = table.rows.len() as u64;
            let pieces = Array::of1(&Uint8Array::from(bytes.as_slice()));
            let file = file(&pieces, form);
            return self.tell(Event::Exporting { done: total, total, file });
        }
        let (total, columns) = (current.rows, current.columns.clone());
        let ask = self.number();
        let chosen = !columns.is_empty();
        self.exporting = Some(Exporting {
            view,
            form,
            columns,
            naming: 0,
            done: 0,
            total,
            ids: Vec::new(),
            texts: Vec::new(),
            left: 0,
            ask,
            pieces: Array::new(),
        });
        if form == ExportAs::Csv && !chosen {
            let workers = self.workers.len();
            if let Some(export) = &mut self.exporting {
                export.naming = workers;
            }
            self.ask_all(&Request::CsvColumns { ask });
        } else {
            self.export_begin();
        }
    }
    pub(super) fn cancel_export(&mut self) {
        self.exporting = None;
    }
    pub(super) fn on_csv_columns(&mut self, ask: u32, columns: Vec<String>) {
        let Some(export) = self.exporting.as_mut().filter(|e| e.ask == ask) else { return };
        for column in columns {
            if !export.columns.contains(&column) {
                export.columns.push(column);
            }
        }
        export.naming = export.naming.saturating_sub(1);
        if export.naming == 0 {
            self.export_begin();
        }
    }
    fn export_begin(&mut self) {
        let Some(export) = &mut self.exporting else { return };
        if export.form == ExportAs::Csv {
            let mut header = Vec::new();
            export::csv(export.columns.iter().map(|c| Value::text(c)), &mut header);
            export.pieces.push(&Uint8Array::from(header.as_slice()));
        }
        self.export_round();
    }
    /// Asks for the next rows, or ends.
    fn export_round(&mut self) {
        let Some(export) = &mut self.exporting else { return };
        let (view, done, total) = (export.view, export.done, export.total);
        if done >= total {
            let file = file(&export.pieces, export.form);
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
        let ask = self.number();
        let Some(export) = &mut self.exporting else { return };
        export.ask = ask;
        export.texts = vec![Vec::new(); ids.len()];
        let columns =
            (export.form == ExportAs::Csv || !export.columns.is_empty()).then(|| export.columns.clone());
        let csv = export.form == ExportAs::Csv;
        let view = export.view;
        let ask_of =
            |(shard, ids)| (shard, Request::Export { ask, view, ids, columns: columns.clone(), csv });
        let asks: Vec<(u32, Request)> = by_shard(&ids, self.workers.len()).into_iter().map(ask_of).collect();
        export.left = asks.len();
        export.ids = ids;
        if asks.is_empty() {
            export.done = export.total;
            return self.export_round();
        }
        asks.into_iter().for_each(|(shard, ask)| self.ask(shard, ask));
    }
    pub(super) fn on_export(&mut self, shard: u32, ask: u32, rows: Vec<Vec<u8>>) {
        let Some(export) = self.exporting.as_mut().filter(|e| e.ask == ask) else { return };
        let places = export.ids.iter().enumerate().filter(|(_, id)| id.shard == shard).map(|(i, _)| i);
        for (at, text) in places.zip(rows) {
            export.texts[at] = text;
        }
        export.left = export.left.saturating_sub(1);
        if export.left > 0 {
            return;
        }
        let text: Vec<u8> = std::mem::take(&mut export.texts).concat();
        export.pieces.push(&Uint8Array::from(text.as_slice()));
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

/// The file: its object URL and its name.
fn file(pieces: &Array, form: ExportAs) -> Option<(String, String)> {
    let (kind, name) = match form {
        ExportAs::Csv => ("text/csv", "logloupe.csv"),
        ExportAs::Ndjson => ("application/x-ndjson", "logloupe.ndjson"),
    };
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_u8_array_sequence_and_options(pieces, &options).ok()?;
    Some((Url::create_object_url_with_blob(&blob).ok()?, name.to_owned()))
}
