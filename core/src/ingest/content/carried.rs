//! What carriers say of a record beside its text: the fields `@log`, `@logStream`, `@ingestionTime` and `@carrier` of a row. Not
//! here: `@timestamp`, which the decoder gets with the record. `@ptr` and `@entity` are in results of Insights only.

use std::sync::Arc;

use crate::ingest::framing::keys::{Marks, Origin, micros, unescape};
use logloupe_table::{Cell, Kind, RowWriter};

/// What is known of where a record comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Carried {
    /// `account:group` as Insights writes it, the group alone where nothing says the account.
    log: Option<Arc<[u8]>>,
    stream: Option<Arc<[u8]>>,
    /// When CloudWatch took it, in microseconds.
    ingested: Option<i64>,
    /// Other fields of CloudWatch's own, by name.
    own: Vec<(Arc<str>, Arc<[u8]>)>,
    /// When the record was written, in microseconds, for records that get no time with them.
    pub(super) time: Option<i64>,
    /// The carriers that it was taken out of, the outermost first.
    carriers: [Option<&'static str>; CARRIERS],
}

/// How many carriers within each other are named.
const CARRIERS: usize = 4;

/// How many fields of its own an event has beside those: CloudWatch has fewer, and each is looked up by its name.
const MOST_OWN: usize = 16;

/// The places of the four fields in a table, looked up once per file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CarriedColumns([Option<usize>; 4]);

impl Carried {
    /// What an envelope says of all its events.
    pub(super) fn of(origin: &Origin) -> Carried {
        let text = |raw: &[u8]| {
            let mut out = Vec::new();
            unescape(raw, &mut out);
            out
        };
        let stream = (!origin.stream.is_empty()).then(|| text(&origin.stream).into());
        let log = (!origin.group.is_empty()).then(|| {
            let mut log = text(&origin.owner);
            if !log.is_empty() {
                log.push(b':');
            }
            log.extend_from_slice(&text(&origin.group));
            log.into()
        });
        let mut carried = Carried { log, stream, ..Carried::default() };
        if carried.log.is_some() {
            carried.carrier("CloudWatch subscription");
        }
        carried
    }
    /// Adds the name of a carrier within those that are named.
    pub(super) fn carrier(&mut self, name: &'static str) {
        if let Some(free) = self.carriers.iter_mut().find(|known| known.is_none_or(|known| known == name)) {
            *free = Some(name);
        }
    }
    /// Whether it was taken out of any carrier.
    pub(super) fn is_carried(&self) -> bool {
        self.carriers[0].is_some()
    }
    /// What is known of a record for which `inner` is said within what says this.
    pub(super) fn within(&self, inner: Carried) -> Carried {
        let mut carried = Carried { carriers: self.carriers, ..inner };
        carried.own.extend(self.own.iter().take(MOST_OWN.saturating_sub(carried.own.len())).cloned());
        carried.log = carried.log.or_else(|| self.log.clone());
        carried.stream = carried.stream.or_else(|| self.stream.clone());
        carried.ingested = carried.ingested.or(self.ingested);
        carried.time = carried.time.or(self.time);
        inner.carriers.into_iter().flatten().for_each(|name| carried.carrier(name));
        carried
    }
    /// The log stream that the path of an export to S3 names: `…/TASK-ID/STREAM/000000.gz`, in which `-` stands for `/`.
    pub(super) fn of_path(path: &str) -> Carried {
        let mut parts = path.rsplit(['/', '\\']);
        let (file, stream, task) = (parts.next(), parts.next(), parts.next());
        let number = file.map(|f| f.trim_end_matches(".gz"));
        let numbered = number.is_some_and(|n| n.len() == 6 && n.bytes().all(|b| b.is_ascii_digit()));
        let is_task = |t: &str| {
            let lengths: Vec<usize> = t.split('-').map(str::len).collect();
            lengths == [8, 4, 4, 4, 12] && t.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        };
        let stream = stream.filter(|s| numbered && !s.is_empty() && task.is_some_and(is_task));
        Carried { stream: stream.map(|s| s.as_bytes().into()), ..Carried::default() }
    }
    /// Sets the log, as Insights writes it; nothing where there is no text, as for the other fields.
    pub(super) fn log(&mut self, text: &[u8]) {
        self.log = (!text.is_empty()).then(|| text.into());
    }
    /// Sets the log stream.
    pub(super) fn stream(&mut self, text: &[u8]) {
        self.stream = (!text.is_empty()).then(|| text.into());
    }
    /// Sets when CloudWatch took it, in microseconds.
    pub(super) fn ingested(&mut self, time: Option<i64>) {
        self.ingested = time;
    }
    /// Adds another field of CloudWatch's own.
    pub(super) fn own(&mut self, name: &Arc<str>, text: &[u8]) {
        if !text.is_empty() && self.own.len() < MOST_OWN {
            self.own.push((name.clone(), text.into()));
        }
    }
    /// Adds what an event's own wrapper says.
    pub(super) fn of_event(&mut self, record: &[u8], marks: &Marks) {
        if let Some(raw) = marks.stream.clone().and_then(|range| record.get(range)) {
            let mut stream = Vec::new();
            unescape(raw, &mut stream);
            self.stream = Some(stream.into());
        }
        self.ingested = marks.ingested.and_then(|end| micros(record, end));
    }
    /// Writes what is known into a row; what is not known is taken from `path`.
    #[inline]
    pub(super) fn write(&self, path: &Carried, columns: &mut CarriedColumns, row: &mut RowWriter<'_>) {
        for (name, text) in &self.own {
            if let Some(column) = row.column_of(name, Kind::Text) {
                row.set(column, Cell::Text(text));
            }
        }
        let stream = self.stream.as_ref().or(path.stream.as_ref());
        if self.log.is_none() && stream.is_none() && self.ingested.is_none() && !self.is_carried() {
            return;
        }
        let joined: Vec<u8>;
        let carrier = match self.carriers {
            [only, None, ..] => only.map(str::as_bytes),
            carriers => {
                let names: Vec<&str> = carriers.into_iter().flatten().collect();
                joined = names.join(", ").into_bytes();
                Some(joined.as_slice())
            }
        };
        let cells = [
            ("@carrier", Kind::Text, carrier.map(Cell::Text)),
            ("@log", Kind::Text, self.log.as_deref().map(Cell::Text)),
            ("@logStream", Kind::Text, stream.map(|s| Cell::Text(s))),
            ("@ingestionTime", Kind::Time, self.ingested.map(Cell::Time)),
        ];
        for ((name, kind, cell), column) in cells.into_iter().zip(&mut columns.0) {
            let Some(cell) = cell else { continue };
            *column = column.or_else(|| row.column_of(name, kind));
            if let Some(column) = *column {
                row.set(column, cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_exports_name_the_stream() {
        let stream = |path: &str| {
            Carried::of_path(path)
                .stream
                .map(|s| String::from_utf8_lossy(&s).into_owned())
                .unwrap_or_default()
        };
        let task = "0a1b2c3d-0000-4a70-8b91-a2b3c4d5e6f7";
        assert_eq!(
            stream(&format!("logs/{task}/2026-05-02-[$LATEST]0a1b/000000.gz")),
            "2026-05-02-[$LATEST]0a1b"
        );
        assert_eq!(stream(&format!("a.zip/{task}/i-0abc/000012")), "i-0abc");
        assert_eq!(stream(&format!("C:\\x\\{task}\\eni-1-all\\000001.gz")), "eni-1-all");
        for other in
            ["000000.gz", "x/y/000000.gz", &format!("{task}/s/00000.gz"), &format!("{task}/s/log.gz"), ""]
        {
            assert_eq!(stream(other), "", "{other}");
        }
    }
}
