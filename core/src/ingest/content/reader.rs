//! The records of one file. The first ones are buffered until a format claims them; then all are decoded.
//!
//! Reading order: this file (one record), [`gathered`] (the first ones), [`mod@decide`] (as what all are read), [`mod@lines`] (lines that
//! are more or less than a record), [`others`] (records of other logs in the file).

mod decide;
mod gathered;
mod lines;
mod others;

use std::ops::Range;

use super::{
    Feed,
    carried::{Carried, CarriedColumns},
};
use crate::{
    formats::{Decoded, Decoder, Framing, Record},
    ingest::{
        carrier::{prefix::Prefix, wrapper::Layer},
        context::{Context, Location},
        detect::{HEAD_BYTES, HEAD_RECORDS},
        framing::bridge,
        ledger::{Entry, Error, ErrorKind, Rejection, State},
        limits::{KEPT_TEXT, Limits},
    },
};
pub(super) use gathered::{Gathered, HeadKind};
use lines::{Held, Lines};
use logloupe_table::lookup;
use others::Others;

/// Takes the records of one file.
pub(super) struct Reader {
    pub(super) entry: Entry,
    /// How the content is cut.
    framing: Framing,
    pub(super) phase: Phase,
    /// The record of a carrier or a log that spans lines, whose last line may not have come yet.
    held: Option<Held>,
    /// Records of which pieces have come, by their streams.
    pending: Vec<(Vec<u8>, Held)>,
    /// The carriers of JSON that records are taken out of, and how many the record at hand was taken out of.
    pub(super) layers: Vec<Layer>,
    pub(super) layer: usize,
    /// It only gathers records, to see what they are.
    pub(super) is_trial: bool,
    rejected_bytes: usize,
    /// The reason of the first record that was skipped.
    skipped: Option<String>,
    pub(super) scratch: Vec<u8>,
    /// What is known of the record at hand beside its text.
    pub(super) carried: Carried,
    /// What the path of the file says of all records.
    path: Carried,
    /// How many payloads within records are being read.
    pub(super) payloads: usize,
}

pub(super) enum Phase {
    /// The first records are kept until there are enough to tell the format by.
    Gather(Gathered),
    /// The format is known.
    Decode(Decoding),
    /// No log of its own claims the content, and it may be a table to look things up in: all its lines.
    Table(Gathered),
    /// No format claims the content.
    Ignore,
}

pub(super) struct Decoding {
    decoder: Box<dyn Decoder>,
    table: usize,
    source: u32,
    /// How lines are put together.
    lines: Lines,
    /// What carriers write before the record on its line.
    prefixes: Vec<&'static Prefix>,
    /// The first word of the file, by which a carrier may know its lines.
    word: Vec<u8>,
    /// Lines are more than records.
    pub(super) lined: bool,
    columns: CarriedColumns,
    /// Messages are events of EventBridge, of which the format reads the `detail`.
    bridged: bool,
    /// The format reads the events of EventBridge that stand in the file, not what is their `detail`.
    events: bool,
    /// What reads the records that are another log's; nothing where there can be none.
    others: Option<Box<Others>>,
}

impl Reader {
    pub(super) fn new(place: Location, framing: Framing) -> Reader {
        Reader {
            entry: Entry { source: place.name, containers: place.containers, ..Entry::default() },
            framing,
            phase: Phase::Gather(Gathered::default()),
            held: None,
            pending: Vec::new(),
            layers: Vec::new(),
            layer: 0,
            is_trial: false,
            rejected_bytes: 0,
            skipped: None,
            scratch: Vec::new(),
            carried: Carried::default(),
            path: Carried::default(),
            payloads: 0,
        }
    }

    /// One record, taken out of every envelope but the carriers that the file is known to have.
    #[inline]
    pub(super) fn record(&mut self, bytes: &[u8], line: u64, time: Option<i64>, context: &mut Context) {
        if self.layer < self.layers.len() && (Feed { reader: self, context }).layer(bytes, line, time) {
            return;
        }
        self.bare(bytes, line, time, context);
    }
    /// One record, taken out of everything.
    #[inline]
    fn bare(&mut self, bytes: &[u8], line: u64, time: Option<i64>, context: &mut Context) {
        let time = time.or(self.carried.time);
        let decoding = match &mut self.phase {
            Phase::Decode(decoding) => decoding,
            Phase::Ignore => return,
            Phase::Table(gathered) => {
                gathered.add(bytes, line, time, self.carried.clone(), HeadKind::Record);
                // Too long for a table: it is read as what it is otherwise.
                if gathered.bytes.len() > lookup::MOST_BYTES {
                    self.table(context);
                }
                return;
            }
            Phase::Gather(_) => return self.gather(bytes, line, time, HeadKind::Record, context),
        };
        let detail = if decoding.bridged { bridge::detail(bytes, context.limits.nesting) } else { None };
        let start = detail.as_ref().map_or(0, |detail| detail.start);
        let inner = detail.and_then(|detail| bytes.get(detail)).unwrap_or(bytes);
        let entry = &mut self.entry;
        // A format made its table when it was chosen, and tables are never taken away.
        let mut row = context.shard.tables[decoding.table].begin();
        match decoding.decoder.decode(&Record { bytes: inner, envelope_time: time }, &mut row) {
            Ok(Decoded::Row) => {
                entry.count_row(row.time());
                self.carried.write(&self.path, &mut decoding.columns, &mut row);
                row.commit(decoding.source, line, entry.records, bytes);
                context.records += 1;
            }
            Ok(Decoded::Form) => {}
            Ok(Decoded::Skipped(reason)) => {
                drop(row);
                self.skip_record(reason);
            }
            Err(fault) => {
                drop(row);
                // Not where the record was taken out of one that would be kept in its place.
                if inner.len() == bytes.len() && self.of_other(bytes, line, time, context) {
                    return;
                }
                let text = &bytes[..bytes.len().min(KEPT_TEXT)];
                self.reject(line, start + fault.at, fault.expected, fault.found, text, &context.limits);
            }
        }
    }
    /// An event of EventBridge that stands in the file: itself or its `detail` is the record.
    pub(super) fn event(&mut self, bytes: &[u8], detail: Range<usize>, line: u64, context: &mut Context) {
        match &self.phase {
            Phase::Gather(_) => self.gather(bytes, line, None, HeadKind::Event(detail), context),
            Phase::Decode(Decoding { events: true, .. }) => self.record(bytes, line, None, context),
            _ => {
                let start = detail.start;
                let detail = bytes.get(detail).unwrap_or(bytes);
                let findings = bridge::findings(detail, context.limits.nesting);
                if self.entry.envelope.is_empty() {
                    let list = if findings.is_empty() { "" } else { ".findings" };
                    self.entry.envelope = format!("EventBridge detail{list}");
                }
                if findings.is_empty() {
                    return self.record(detail, line, None, context);
                }
                // Each at the line that so many line feeds come before.
                let (mut counted, mut line) = (0, line);
                for finding in findings {
                    let at = start + finding.start;
                    let feeds = bytes.get(counted..at).map(|rest| memchr::memchr_iter(b'\n', rest).count());
                    line += feeds.unwrap_or(0) as u64;
                    counted = at;
                    self.record(detail.get(finding).unwrap_or(detail), line, None, context);
                }
            }
        }
    }
    /// Keeps a record until there are enough to tell the format by.
    fn gather(&mut self, bytes: &[u8], line: u64, time: Option<i64>, what: HeadKind, context: &mut Context) {
        let Phase::Gather(gathered) = &mut self.phase else { return };
        if self.is_trial && gathered.records >= HEAD_RECORDS {
            return;
        }
        gathered.add(bytes, line, time, self.carried.clone(), what);
        gathered.records += 1;
        if self.is_trial {
            return;
        }
        if gathered.records >= HEAD_RECORDS || gathered.bytes.len() >= HEAD_BYTES {
            self.decide(true, context);
        }
    }
    fn skip_record(&mut self, reason: &str) {
        self.entry.records += 1;
        self.entry.skipped += 1;
        self.skipped.get_or_insert_with(|| reason.to_owned());
    }
    fn reject(
        &mut self,
        line: u64,
        at: usize,
        expected: String,
        found: String,
        text: &[u8],
        limits: &Limits,
    ) {
        let entry = &mut self.entry;
        entry.records += 1;
        entry.rejected += 1;
        if entry.rejections.len() < limits.rejections && self.rejected_bytes < limits.rejected_bytes {
            self.rejected_bytes += text.len() + expected.len() + found.len();
            let (record, column, text) = (entry.records, at as u64 + 1, text.to_vec());
            entry.rejections.push(Rejection { line, record, column, expected, found, text });
        }
    }
    /// Something other than a record.
    pub(super) fn other(&mut self, text: &[u8], line: u64, what: HeadKind, context: &mut Context) {
        match &mut self.phase {
            Phase::Ignore => {}
            Phase::Table(gathered) => gathered.add(text, line, None, Carried::default(), what),
            Phase::Gather(gathered) => {
                gathered.add(text, line, None, Carried::default(), what);
                // So much damage and no record: there is nothing to wait for.
                if self.is_trial {
                    return;
                }
                if gathered.bytes.len() > context.limits.rejected_bytes || gathered.items.len() > 4096 {
                    self.decide(true, context);
                }
            }
            Phase::Decode(_) => match what {
                HeadKind::Damage { at, expected, found } => {
                    self.reject(line, at, expected, found, text, &context.limits);
                }
                HeadKind::Skipped(reason) => self.skip_record(reason),
                HeadKind::Record | HeadKind::Event(_) => {}
            },
        }
    }

    /// The first records, with the `detail` of events of EventBridge, and with those events whole, if there are any.
    pub(super) fn gathered(&self, nesting: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let Phase::Gather(gathered) = &self.phase else { return Default::default() };
        let owned = |records: &mut dyn Iterator<Item = &[u8]>| {
            records.take(HEAD_RECORDS).map(<[u8]>::to_vec).collect::<Vec<_>>()
        };
        (owned(&mut gathered.records(nesting)), owned(&mut gathered.events().into_iter()))
    }

    /// What waits for more is read as it stands.
    pub(super) fn settle(&mut self, ends: bool, context: &mut Context) {
        if matches!(&self.phase, Phase::Gather(gathered) if gathered.records > 0) {
            // What grows is no table to look things up in.
            self.decide(false, context);
        }
        if ends {
            self.flush(context);
        }
    }
    /// The content has ended: the entry is completed and goes to the ledger.
    pub(super) fn complete(mut self, state: Option<State>, context: &mut Context) {
        self.flush(context);
        if let Phase::Gather(gathered) = &self.phase {
            if gathered.records > 0 {
                self.decide(true, context);
                self.flush(context);
            } else {
                self.nothing(context);
            }
        }
        if state.is_none() {
            self.table(context);
            self.flush(context);
        }
        let source = match &self.phase {
            Phase::Decode(decoding) => Some(decoding.source),
            _ => None,
        };
        let entry = &mut self.entry;
        if let Some(state) = state {
            entry.state = state;
        } else if entry.state == State::Reading {
            entry.state = match self.skipped {
                Some(reason) if entry.skipped == entry.records => State::Skipped(reason),
                _ => State::Read,
            };
        }
        context.complete(self.entry, source);
    }
    /// Nothing was met that a format could be asked about.
    fn nothing(&mut self, context: &mut Context) {
        let Phase::Gather(gathered) = std::mem::replace(&mut self.phase, Phase::Ignore) else { return };
        let (mut damaged, mut control) = (0u64, None);
        for item in gathered.items {
            match item.what {
                HeadKind::Damage { at, expected, found } => {
                    damaged += 1;
                    let text = &gathered.bytes[item.range];
                    self.reject(item.line, at, expected, found, text, &context.limits);
                }
                HeadKind::Skipped(reason) => {
                    self.skip_record(reason);
                    control = Some(reason);
                }
                HeadKind::Record | HeadKind::Event(_) => {}
            }
        }
        self.entry.state = if damaged > 0 {
            let message = "it holds no complete record";
            State::Failed(context.error(ErrorKind::Corrupt, message))
        } else if let Some(reason) = control {
            State::Skipped(reason.to_owned())
        } else if !self.entry.envelope.is_empty() {
            State::Skipped(format!("an empty list of {}", self.entry.envelope))
        } else if self.framing == Framing::Json {
            State::Skipped("JSON without records".to_owned())
        } else {
            State::Skipped("only blank lines".to_owned())
        };
        self.entry.reason = match &self.entry.state {
            State::Failed(Error { message: reason, .. }) | State::Skipped(reason) => reason.clone(),
            _ => String::new(),
        };
    }
}
