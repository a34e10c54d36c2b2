//! Tables of events as CloudWatch hands them out: the CSV that its console saves, of Logs Insights or of a log group, and what
//! `get-query-results` gives. Each row is an event's message with what is known beside it; a table without messages (counts,
//! say) holds no events and is none of these.
//!
//! Source: user guide, `CWL_AnalyzeLogData-discoverable-fields` (the fields `@…` and that times are in UTC), API reference,
//! `API_GetQueryResults`, both read 2026-11.

use std::{borrow::Cow, sync::Arc};

use super::{Feed, carried::Carried, reader::HeadKind};
use crate::{
    formats::{
        field::{
            csv,
            json::{self, Json},
        },
        shorten,
    },
    ingest::{
        framing::{Damage, Sink, keys::Marks, without_mark},
        limits::KEPT_TEXT,
    },
};
use logloupe_table::time;

/// What the ledger calls the CSV.
pub(super) const CSV: &str = "CloudWatch console CSV";
/// What the ledger calls the JSON.
const RESULTS: &str = "query results";

/// What a column of such a table holds.
#[derive(Clone, Debug, PartialEq)]
enum Column {
    Message,
    Time,
    Log,
    Stream,
    Ingested,
    /// A field of CloudWatch's own that rows have under its name: `@ptr`, `@entity.…`.
    Own(Arc<str>),
    /// What a query took out of the message, where it still is.
    Other,
}

impl Column {
    fn of(name: &[u8]) -> Column {
        match name {
            b"@message" | b"message" => Column::Message,
            b"@timestamp" | b"timestamp" => Column::Time,
            b"@log" | b"logGroup" | b"logGroupName" => Column::Log,
            b"@logStream" | b"logStream" | b"logStreamName" => Column::Stream,
            b"@ingestionTime" | b"ingestionTime" => Column::Ingested,
            b"@ptr" => Column::Own("@ptr".into()),
            name if name.starts_with(b"@entity") => Column::Own(String::from_utf8_lossy(name).into()),
            _ => Column::Other,
        }
    }
}

/// Whether content that begins with `head` is a CSV of events: its header names `@message`, or `message` and `timestamp`
/// and nothing that CloudWatch does not.
pub(super) fn is_csv(head: &[u8]) -> bool {
    let head = without_mark(head);
    let end = memchr::memchr(b'\n', head);
    let line = head.get(..end.unwrap_or(head.len())).unwrap_or_default();
    // Most content is told by this alone.
    if memchr::memmem::find(line, b"message").is_none() {
        return false;
    }
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Ok(names) = csv::cells(line) else { return false };
    if names.len() < 2 {
        return false;
    }
    let columns = || names.iter().map(|name| Column::of(name));
    let has = |wanted: Column| columns().any(|column| column == wanted);
    // The last name may be cut where the head ends.
    let whole = end.is_some() && !columns().any(|column| column == Column::Other);
    names.iter().any(|name| **name == *b"@message") || whole && has(Column::Message) && has(Column::Time)
}

/// The columns of a CSV of events, once its header was read.
#[derive(Debug, Default)]
pub(super) struct EventTable {
    columns: Vec<Column>,
}

/// What a row says.
#[derive(Default)]
struct Event<'t> {
    message: Cow<'t, [u8]>,
    time: Cow<'t, [u8]>,
    carried: Carried,
}

impl<'t> Event<'t> {
    fn add(&mut self, column: &Column, text: Cow<'t, [u8]>) {
        match column {
            Column::Message => self.message = text,
            Column::Time => self.time = text,
            Column::Log => self.carried.log(&text),
            Column::Stream => self.carried.stream(&text),
            Column::Ingested => self.carried.ingested(point(&text)),
            Column::Own(name) => self.carried.own(name, &text),
            Column::Other => {}
        }
    }
}

/// A time as the tables have it: `2026-03-05 08:12:44.000` in UTC, or milliseconds since 1970.
fn point(text: &[u8]) -> Option<i64> {
    let millis = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<i64>().ok()?.checked_mul(1000);
    time::parse_iso(text).or_else(|| millis(text))
}

/// Takes the rows of a CSV of events.
pub(super) struct Rows<'a, 'f> {
    pub(super) table: &'a mut EventTable,
    pub(super) feed: Feed<'f>,
}

impl Sink for Rows<'_, '_> {
    fn line(&mut self, row: &[u8], line: u64) {
        let cells = match csv::cells(row) {
            Ok(cells) => cells,
            Err(at) => return self.reject(row, line, at, "`,` or the end of the row".to_owned()),
        };
        if self.table.columns.is_empty() {
            return self.header(&cells);
        }
        let wanted = self.table.columns.len();
        if cells.len() != wanted {
            let expected = format!("{wanted} cells, as the header has");
            let found = format!("{} of them", cells.len());
            let text = row.get(..KEPT_TEXT).unwrap_or(row);
            return self.feed.damage(Damage { line, at: row.len(), expected, found, text });
        }
        let mut event = Event::default();
        for (column, cell) in self.table.columns.iter().zip(cells) {
            event.add(column, cell);
        }
        self.feed.event(event, row, line);
    }
    fn object(&mut self, _: &[u8], _: &Marks, _: u64, _: bool) {}
    fn damage(&mut self, damage: Damage<'_>) {
        self.feed.damage(damage);
    }
    fn envelope(&mut self, _: &'static str) {}
}

impl Rows<'_, '_> {
    fn header(&mut self, names: &[Cow<'_, [u8]>]) {
        const MOST: usize = 8;
        self.table.columns = names.iter().map(|name| Column::of(name)).collect();
        self.feed.name_envelope(CSV);
        let others = names.iter().filter(|name| Column::of(name) == Column::Other);
        let mut others: Vec<String> = others.map(|name| shorten(name)).collect();
        if others.len() > MOST {
            others.truncate(MOST);
            others.push("…".to_owned());
        }
        if !others.is_empty() {
            let note =
                format!("columns that a query took out of the messages are not read: {}", others.join(", "));
            self.feed.reader.entry.notes.push(note);
        }
    }
    fn reject(&mut self, row: &[u8], line: u64, at: usize, expected: String) {
        let found = match row.get(at..).filter(|rest| !rest.is_empty()) {
            Some(rest) => shorten(rest),
            None => "the end of the row".to_owned(),
        };
        let text = row.get(..KEPT_TEXT).unwrap_or(row);
        self.feed.damage(Damage { line, at, expected, found, text });
    }
}

impl Feed<'_> {
    /// A row of a table of events.
    fn event(&mut self, event: Event<'_>, row: &[u8], line: u64) {
        let text = row.get(..KEPT_TEXT).unwrap_or(row);
        let time = point(event.time.trim_ascii());
        if time.is_none() && !event.time.trim_ascii().is_empty() {
            let expected = "a time such as 2026-03-05 08:12:44.000".to_owned();
            let found = shorten(&event.time);
            let at = memchr::memmem::find(row, &event.time).unwrap_or(0);
            return self.damage(Damage { line, at, expected, found, text });
        }
        if event.message.trim_ascii().is_empty() {
            return self.reader.other(
                text,
                line,
                HeadKind::Skipped("an event without a message"),
                self.context,
            );
        }
        let outer = std::mem::replace(&mut self.reader.carried, event.carried);
        self.message(&event.message, line, time);
        self.reader.carried = outer;
    }
    /// The events of what `get-query-results` gave: `record`, which begins at `line`, with the list `results`. Says
    /// `false`, and takes nothing, if there are no messages in it.
    pub(super) fn results(&mut self, record: &[u8], results: &[u8], line: u64) -> bool {
        let mut reader = json::Reader::new(&["field", "value"]);
        let mut cells = |row: Json<'_>, each: &mut dyn FnMut(Column, Cow<'_, [u8]>)| {
            let Json::Array(row) = row else { return };
            json::each(row, |cell| {
                if let Json::Object(cell) = cell
                    && let Ok(pair) = reader.read(cell)
                    && let Some(name) = pair.get(0).text()
                {
                    each(Column::of(&name), pair.get(1).text().unwrap_or_default());
                }
                true
            });
        };
        let mut any = false;
        json::each(results, |row| {
            cells(row, &mut |column, _| any |= column == Column::Message);
            false
        });
        if !any {
            return false;
        }
        self.name_envelope(RESULTS);
        // The rows stand in the record in order: each at the line that so many line feeds come before.
        let (mut counted, mut feeds) = (0, 0);
        json::each(results, |row| {
            let Json::Array(text) = row else { return true };
            let at = (text.as_ptr() as usize).saturating_sub(record.as_ptr() as usize);
            feeds += record.get(counted..at).map_or(0, |rest| memchr::memchr_iter(b'\n', rest).count());
            counted = at.max(counted);
            let mut event = Event::default();
            cells(row, &mut |column, value| event.add(&column, Cow::Owned(value.into_owned())));
            self.event(event, text, line + feeds as u64);
            true
        });
        true
    }
}
