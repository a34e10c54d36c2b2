//! The content of one file: cut into records, its format detected, its records decoded into rows, its entry written to
//! the ledger.
//!
//! [`Carried`] is what carriers say beside a record. [`Content`] cuts; [`Feed`] takes records out of what wraps them,
//! `wrapped` out of the carriers that the file is known to have, `events` out of tables of them; [`Reader`] keeps the first ones until a format has claimed them, then decodes.

mod carried;
mod choice;
mod events;
mod reader;
mod wrapped;

use super::{
    context::{Context, Location},
    framing::{
        Damage, Sink,
        csv::RowCutter,
        json::JsonCutter,
        keys::{Marks, Origin},
        lines::LineCutter,
    },
    integrity,
    ledger::State,
    limits::{KEPT_TEXT, Limits},
    payload,
};
use crate::formats::Framing;
use carried::Carried;
use events::{EventTable, Rows};
use reader::{Decoding, HeadKind, Phase, Reader};
use sha2::{Digest, Sha256};

/// One file's content.
pub(crate) struct Content {
    cutter: Cutter,
    reader: Reader,
    bytes: u64,
    last: u8,
    /// How much of a byte order mark has been met; 3 when it is past.
    mark: usize,
    /// Line feeds that were counted without cutting.
    feeds: u64,
    /// Its hash so far, if digest files may name it.
    hash: Option<Box<Sha256>>,
}

enum Cutter {
    Lines(LineCutter),
    Json(Box<JsonCutter>),
    /// Rows of a table of events.
    Events(RowCutter, EventTable),
}

/// Whether content that begins with `head` is a CSV of events, whose rows may go on over several lines.
pub(crate) fn is_event_table(head: &[u8]) -> bool {
    events::is_csv(head)
}

const MARK: &[u8; 3] = b"\xEF\xBB\xBF";

impl Content {
    /// The rows of a CSV of events.
    pub(crate) fn of_events(place: Location, context: &Context) -> Content {
        // Messages are shown to formats as those in JSON are: as they are.
        let content = Content::new(place, Framing::Json, context);
        let cutter = Cutter::Events(RowCutter::new(context.limits.record), EventTable::default());
        Content { cutter, ..content }
    }
    /// Content that is cut in this way.
    pub(crate) fn new(place: Location, framing: Framing, context: &Context) -> Content {
        let Limits { record, nesting, .. } = context.limits;
        Content {
            cutter: match framing {
                Framing::Lines => Cutter::Lines(LineCutter::new(record)),
                Framing::Json => Cutter::Json(Box::new(JsonCutter::new(record, nesting))),
            },
            reader: Reader::new(place, framing),
            bytes: 0,
            last: b'\n',
            mark: 0,
            feeds: 0,
            hash: None,
        }
    }
    pub(crate) fn push(&mut self, mut bytes: &[u8], context: &mut Context) {
        if let Some(last) = bytes.last() {
            self.last = *last;
        }
        if self.bytes == 0
            && context.head.is_none()
            && integrity::may_be_named(&self.reader.entry.source, bytes)
        {
            self.hash = Some(Box::default());
        }
        self.bytes += bytes.len() as u64;
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        if self.mark < MARK.len() {
            let met = bytes.iter().zip(&MARK[self.mark..]).take_while(|(a, b)| a == b).count();
            self.mark += met;
            bytes = &bytes[met..];
            if bytes.is_empty() {
                return;
            }
            self.end_of_mark(context);
        }
        self.cut(bytes, context);
    }
    /// What looked like a byte order mark and was none is content.
    fn end_of_mark(&mut self, context: &mut Context) {
        let met = std::mem::replace(&mut self.mark, MARK.len());
        if met < MARK.len() {
            self.cut(&MARK[..met], context);
        }
    }
    fn cut(&mut self, bytes: &[u8], context: &mut Context) {
        if self.is_done() {
            self.feeds += memchr::memchr_iter(b'\n', bytes).count() as u64;
            return;
        }
        let mut feed = Feed { reader: &mut self.reader, context };
        match &mut self.cutter {
            Cutter::Lines(lines) => lines.push(bytes, &mut feed),
            Cutter::Json(json) => json.push(bytes, &mut feed),
            Cutter::Events(rows, table) => rows.push(bytes, &mut Rows { table, feed }),
        }
    }
    /// Whether nothing more will be read from it.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.reader.phase, Phase::Ignore)
    }
    /// Reads what waits for more, but for a line or an object that has not ended.
    pub(crate) fn settle(&mut self, ends: bool, context: &mut Context) {
        self.reader.settle(ends, context);
    }
    /// The content ends; with `state`, before its time.
    pub(crate) fn finish(mut self, stored: u64, state: Option<State>, context: &mut Context) {
        self.end_of_mark(context);
        let feeds = self.feeds
            + match &self.cutter {
                Cutter::Lines(lines) => lines.feeds(),
                Cutter::Json(json) => json.feeds(),
                Cutter::Events(rows, _) => rows.feeds(),
            };
        if state != Some(State::Cancelled) && !self.is_done() {
            let mut feed = Feed { reader: &mut self.reader, context };
            let note = match &mut self.cutter {
                Cutter::Lines(lines) => {
                    lines.finish(state.is_some(), &mut feed);
                    None
                }
                Cutter::Json(json) => json.finish(&mut feed),
                Cutter::Events(rows, table) => {
                    rows.finish(state.is_some(), &mut Rows { table, feed });
                    None
                }
            };
            self.reader.entry.notes.extend(note);
        }
        // What no format claims need not have been pushed to its end.
        let whole = state.is_none() && !self.is_done();
        let entry = &mut self.reader.entry;
        entry.sha256 = self.hash.filter(|_| whole).map(|hash| hash.finalize().into());
        entry.bytes_stored = stored;
        entry.bytes = self.bytes;
        entry.lines = feeds + (self.last != b'\n') as u64;
        entry.notes.extend(context.note.take());
        self.reader.complete(state, context);
    }
}

/// Hands what a cutter finds to the reader.
struct Feed<'a> {
    reader: &'a mut Reader,
    context: &'a mut Context,
}

impl Sink for Feed<'_> {
    #[inline]
    fn line(&mut self, bytes: &[u8], line: u64) {
        match self.reader.phase {
            Phase::Decode(Decoding { lined: true, .. }) => {
                self.reader.line(bytes, line, self.context);
            }
            _ => self.reader.record(bytes, line, None, self.context),
        }
    }
    #[inline]
    fn object(&mut self, bytes: &[u8], marks: &Marks, line: u64, control: bool) {
        if control {
            return self.reader.other(
                bytes,
                line,
                HeadKind::Skipped("CloudWatch control message"),
                self.context,
            );
        }
        if marks.is_plain() {
            return self.reader.record(bytes, line, None, self.context);
        }
        self.unwrap(bytes, marks, line);
    }
    fn damage(&mut self, damage: Damage<'_>) {
        let Damage { line, at, expected, found, text } = damage;
        self.reader.other(text, line, HeadKind::Damage { at, expected, found }, self.context);
    }
    fn envelope(&mut self, name: &'static str) {
        self.name_envelope(name);
    }
    fn origin(&mut self, origin: &Origin) {
        self.reader.carried = Carried::of(origin);
    }
}

impl Feed<'_> {
    fn name_envelope(&mut self, name: &str) {
        if self.reader.entry.envelope.is_empty() {
            self.reader.entry.envelope = name.to_owned();
        }
    }
    /// A record that may be no more than a wrapper around another.
    #[inline(never)]
    fn unwrap(&mut self, bytes: &[u8], marks: &Marks, line: u64) {
        if marks.detail_type
            && let Some(detail) = marks.detail.clone()
        {
            return self.reader.event(bytes, detail, line, self.context);
        }
        if let Some((event, is_text)) = marks.notification(bytes) {
            self.name_envelope("SNS notification");
            let outer = self.reader.carried.clone();
            self.reader.carried.carrier("SNS notification");
            if is_text {
                let mut message = Vec::new();
                super::framing::keys::unescape(event, &mut message);
                self.document(&message, line);
            } else {
                self.document(event, line);
            }
            self.reader.carried = outer;
            return;
        }
        if let Some((text, time)) = marks.wrapped(bytes) {
            let mut message = std::mem::take(&mut self.reader.scratch);
            message.clear();
            super::framing::keys::unescape(text, &mut message);
            let carried = self.reader.carried.clone();
            self.reader.carried.of_event(bytes, marks);
            if time.is_some() && !self.reader.carried.is_carried() {
                self.reader.carried.carrier("CloudWatch events");
            }
            self.message(&message, line, time);
            self.reader.carried = carried;
            self.reader.scratch = message;
            return;
        }
        if let Some(results) = marks.results.clone().and_then(|range| bytes.get(range))
            && self.results(bytes, results, line)
        {
            return;
        }
        let payload = marks.aws_logs.clone().or(marks.data.clone()).and_then(|range| bytes.get(range));
        if let Some(text) = payload.and_then(payload::find)
            && self.reader.payloads == 0
        {
            let limit = self.context.limits.record;
            match payload::open(text, limit) {
                Ok(content) => {
                    self.context.inflate(content.len());
                    self.payload(&content, line);
                }
                Err(expected) => self.damage(Damage {
                    line,
                    at: 0,
                    expected,
                    found: crate::formats::shorten(text),
                    text: &bytes[..bytes.len().min(KEPT_TEXT)],
                }),
            }
            return;
        }
        self.reader.record(bytes, line, None, self.context);
    }
    /// The text that a wrapper carried.
    fn message(&mut self, message: &[u8], line: u64, time: Option<i64>) {
        if message.starts_with(b"CWL CONTROL MESSAGE") {
            return self.reader.other(
                message,
                line,
                HeadKind::Skipped("CloudWatch control message"),
                self.context,
            );
        }
        let message = message.trim_ascii_end();
        if message.is_empty() {
            let empty = HeadKind::Skipped("an event without a message");
            return self.reader.other(message, line, empty, self.context);
        }
        self.reader.record(message, line, time, self.context);
    }
    /// A payload that was compressed within a record.
    fn payload(&mut self, content: &[u8], line: u64) {
        self.reader.payloads += 1;
        self.cut(content, line);
        self.reader.payloads -= 1;
    }
    /// Cuts the records out of content that stood in a record.
    fn cut(&mut self, content: &[u8], line: u64) {
        let Limits { record, nesting, .. } = self.context.limits;
        let outer = self.reader.carried.clone();
        let base = outer.clone();
        let mut within = Within { feed: Feed { reader: self.reader, context: self.context }, line, base };
        match super::framing::framing(content) {
            Framing::Json => {
                let mut json = JsonCutter::new(record, nesting);
                json.push(content, &mut within);
                json.finish(&mut within);
            }
            Framing::Lines => {
                let mut lines = LineCutter::new(record);
                lines.push(content, &mut within);
                lines.finish(false, &mut within);
            }
        }
        self.reader.carried = outer;
    }
}

/// What is found within a record stands at that record's line.
struct Within<'a> {
    feed: Feed<'a>,
    line: u64,
    /// What is known of all of it.
    base: Carried,
}

impl Sink for Within<'_> {
    fn line(&mut self, bytes: &[u8], _: u64) {
        self.feed.line(bytes, self.line);
    }
    fn object(&mut self, bytes: &[u8], marks: &Marks, _: u64, control: bool) {
        self.feed.object(bytes, marks, self.line, control);
    }
    fn damage(&mut self, damage: Damage<'_>) {
        self.feed.damage(Damage { line: self.line, ..damage });
    }
    fn envelope(&mut self, name: &'static str) {
        self.feed.envelope(name);
    }
    fn origin(&mut self, origin: &Origin) {
        self.feed.reader.carried = self.base.within(Carried::of(origin));
    }
}
