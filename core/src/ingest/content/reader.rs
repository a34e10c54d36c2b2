//! The records of one file. The first ones are buffered until a format claims them; then all are decoded.

mod gathered;
mod others;

use std::{ops::Range, sync::Arc};

use super::{
    Feed,
    carried::{Carried, CarriedColumns},
    choice::{Choice, Heads},
    events,
    wrapped::Way,
};
use crate::{
    formats::{
        Decoded, Decoder, Format, Framing, Head, Precedence, Record, Settings, csv,
        custom::file as definition,
    },
    ingest::{
        carrier::{
            prefix::{self, Prefix, Stripped},
            wrapper::{self, Layer},
        },
        context::{Context, Location},
        detect::{HEAD_BYTES, HEAD_RECORDS, detect},
        framing::{self, bridge},
        ledger::{Entry, Error, ErrorKind, Rejection, State},
        limits::{KEPT_TEXT, Limits},
    },
};
pub(super) use gathered::{Gathered, HeadKind};
use logloupe_table::{
    lookup::{self, Lookup},
    schema::BUILTINS,
};
use others::Others;

/// How many blank lines within a record are kept.
const MOST_BLANK: usize = 1000;

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

/// How the lines of a file become records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    /// Each is one.
    Records,
    /// Those that begin with what their carrier writes begin one.
    Continued,
    /// The decoder says which go on the one before.
    Spanning,
}

struct Held {
    bytes: Vec<u8>,
    line: u64,
    /// The last of its lines.
    last: u64,
    time: Option<i64>,
    carried: Carried,
    layer: usize,
}

/// How many descriptions of formats are taken.
const MOST_DEFINITIONS: usize = 256;

/// How many records in pieces are kept at a time: a container has two streams.
const MOST_PENDING: usize = 8;

pub(super) struct Joined {
    pub(super) bytes: Vec<u8>,
    pub(super) line: u64,
    time: Option<i64>,
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

    /// Asks the formats about the records gathered, and decodes them if one claims them. With `lookup`, a table that is no log
    /// is kept until it is known whether things can be looked up in it.
    fn decide(&mut self, lookup: bool, context: &mut Context) {
        let Phase::Gather(gathered) = std::mem::replace(&mut self.phase, Phase::Ignore) else { return };
        if self.framing == Framing::Json
            && let Some(text) = gathered.definition()
            && context.definitions.len() < MOST_DEFINITIONS
        {
            let reason = match definition::read(text) {
                Ok(definition) => format!("it describes the format `{}`", definition.id),
                Err(problem) => format!("it describes a format, and cannot be read: {problem}"),
            };
            context.definitions.push(text.to_vec());
            self.skip_record(&reason);
            self.entry.reason = reason;
            return;
        }
        let given = context.head.take();
        let lines: Vec<&[u8]> = match &given {
            Some(head) => head_lines(head),
            None => gathered.records(context.limits.nesting).take(HEAD_RECORDS).collect(),
        };
        let name = self.entry.source.as_str();
        let (forced, settings) = context.said_of(name);
        let forced = forced.map(str::to_owned);
        let whole = head(name, &lines, self.framing, &settings);
        let events: Vec<&[u8]> = gathered.events();
        let claim = match &forced {
            None if !lines.is_empty() => detect(&context.formats, &whole),
            _ => None,
        };
        // No carrier's record outranks one that a log is certain of as it stands, but for one that was converted, and a trail is
        // thousands of small files. Lines may have something before them all the same.
        let is_known = self.framing == Framing::Json
            && claim.as_ref().is_some_and(|claim| claim.rank() == (true, Precedence::Own))
            && !lines.first().is_some_and(|first| wrapper::may_be_converted(first));
        let ways = match events.is_empty() && !is_known {
            true => Way::all(&lines, self.framing, context),
            false => Vec::new(),
        };
        let inner: Vec<Vec<&[u8]>> =
            ways.iter().map(|way| way.records.iter().map(Vec::as_slice).collect()).collect();
        let inside: Vec<Head<'_>> =
            inner.iter().map(|records| head(name, records, Framing::Lines, &settings)).collect();
        let prefixed = ways.first().filter(|way| way.layers.is_empty()).and(inner.first());
        let carried = prefixed.unwrap_or(&lines);
        let details = details(carried, context.limits.nesting);
        let bridge = head(name, &details, Framing::Lines, &settings);
        let event = head(name, &events, Framing::Json, &settings);
        let heads = Heads { whole, ways: &ways, inside, bridge, event };

        let is_forced = forced.is_some();
        let choice = match &forced {
            Some(id) => match context.formats.iter().find(|f| f.meta().id == id) {
                Some(&format) => heads.asked(format),
                None => {
                    let message = format!("there is no format called `{id}`");
                    return self.unknown(message);
                }
            },
            None => {
                let choice = heads.choose(claim, &context.formats, self.entry.envelope == events::CSV);
                let is_log = choice.as_ref().is_ok_and(|c| c.format.precedence() > Precedence::Form);
                let whole_file = given.is_none() && self.framing == Framing::Lines;
                if lookup
                    && whole_file
                    && !is_log
                    && Lookup::name_of(name).is_some()
                    && !is_log_export(&lines)
                    && csv::is_lookup(&heads.whole)
                {
                    self.phase = Phase::Table(gathered);
                    return;
                }
                match choice {
                    Ok(choice) => choice,
                    Err(message) => return self.unknown(message),
                }
            }
        };
        let Choice { format, own, reason, way, bridged, by_event } = choice;
        let meta = format.meta();
        if format.precedence() == Precedence::Custom && described_anew(format, context) {
            let message =
                format!("`{}` was described anew while its rows are loaded: open all files anew", meta.id);
            return self.unknown(message);
        }
        let inside = way.and_then(|way| heads.inside.get(way));
        let of_mixed = Head { records: &own, ..*inside.unwrap_or(&heads.whole) };
        let decoder = format.decoder(match (by_event, bridged, inside) {
            _ if !own.is_empty() => &of_mixed,
            (true, ..) => &heads.event,
            (false, true, _) => &heads.bridge,
            (false, false, inside) => inside.unwrap_or(&heads.whole),
        });
        let is_text = inside.unwrap_or(&heads.whole).framing == Framing::Lines;
        let way = way.and_then(|way| ways.get(way));
        context.shard.table(meta.id, format.fields());
        let table = context.shard.tables.iter().position(|t| t.format() == meta.id).unwrap_or_default();
        let source = context.shard.add_source(&self.entry.source);
        self.entry.reason = reason;
        self.entry.format = Some(meta.id.to_owned());
        if let Some(way) = way {
            self.entry.envelope = way.names().join(", ");
        }
        if bridged {
            let outer = std::mem::take(&mut self.entry.envelope);
            let between = if outer.is_empty() { "" } else { ", " };
            self.entry.envelope = format!("{outer}{between}EventBridge detail");
        }
        let columns = CarriedColumns::default();
        let prefixes = way.map(|way| way.prefixes.clone()).unwrap_or_default();
        self.layers = way.map(|way| way.layers.iter().copied().map(Layer::of).collect()).unwrap_or_default();
        let spans =
            format.spans_lines() && (self.framing == Framing::Lines || !self.layers.is_empty() && is_text);
        let lines_are = match (prefixes.iter().any(|prefix| prefix.continues), spans) {
            (true, _) => Lines::Continued,
            (false, true) => Lines::Spanning,
            (false, false) => Lines::Records,
        };
        let others = (!is_forced).then(|| Box::new(Others::than(meta.id, context)));
        let lined = lines_are != Lines::Records || !prefixes.is_empty();
        let by_event = by_event || way.is_some_and(|way| way.by_event);
        let exported = prefixes.first().is_some_and(|prefix| prefix.name == prefix::EXPORT);
        let word = prefix::first_word(&lines).to_vec();
        self.phase = Phase::Decode(Decoding {
            decoder,
            table,
            source,
            lines: lines_are,
            prefixes,
            word,
            lined,
            columns,
            bridged,
            events: by_event,
            others,
        });
        if exported {
            self.path = Carried::of_path(&self.entry.source);
        }
        let carried = std::mem::take(&mut self.carried);
        for item in gathered.items {
            let bytes = &gathered.bytes[item.range];
            self.carried = item.carried;
            match item.what {
                HeadKind::Record if lined => self.line(bytes, item.line, context),
                HeadKind::Record => self.record(bytes, item.line, item.time, context),
                HeadKind::Event(detail) => self.event(bytes, detail, item.line, context),
                other => self.other(bytes, item.line, other, context),
            }
        }
        self.carried = carried;
    }
    /// What was kept is a table to look things up in, or is read as what it is otherwise.
    fn table(&mut self, context: &mut Context) {
        let Phase::Table(gathered) = &self.phase else { return };
        let name = Lookup::name_of(&self.entry.source).unwrap_or_default();
        let mut lines = Vec::with_capacity(gathered.bytes.len());
        for item in &gathered.items {
            lines.extend_from_slice(gathered.bytes.get(item.range.clone()).unwrap_or_default());
            lines.push(b'\n');
        }
        match Lookup::parse(name, &lines) {
            Ok(table) => {
                let columns: Vec<String> = table.columns.iter().map(|c| c.0.clone()).collect();
                let rows = table.rows() as u64;
                let count = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
                self.entry.reason = format!(
                    "lookup table {name}: {}, {}: {}",
                    count(rows, "row"),
                    count(columns.len() as u64, "column"),
                    columns.join(", ")
                );
                self.entry.state = State::Table { rows, columns };
                context.lookups.push(Arc::new(table));
                self.phase = Phase::Ignore;
            }
            Err(why) => {
                let Phase::Table(gathered) = std::mem::replace(&mut self.phase, Phase::Ignore) else {
                    return;
                };
                self.phase = Phase::Gather(gathered);
                self.decide(false, context);
                match &mut self.entry.state {
                    State::Failed(error) => {
                        error.message.push_str(&format!("; as a lookup table: {why}"));
                        self.entry.reason = error.message.clone();
                    }
                    _ => self.entry.notes.push(format!("it is no lookup table: {why}")),
                }
            }
        }
    }
    fn unknown(&mut self, message: String) {
        self.entry.reason = message.clone();
        // The fault is the whole file's, wherever it was met.
        self.entry.state = State::Failed(Error::new(ErrorKind::Unknown, 0, message));
    }
    /// A line that may go on the one before.
    pub(super) fn line(&mut self, line: &[u8], number: u64, context: &mut Context) {
        let Phase::Decode(decoding) = &self.phase else {
            return self.record(line, number, None, context);
        };
        // What was taken out of JSON has no prefix.
        if decoding.prefixes.is_empty() || self.layer > 0 {
            return self.stripped(line, number, None, false, context);
        }
        let mut inner = Carried::default();
        let mut found = Stripped { text: line, ..Stripped::default() };
        let mut begins = true;
        for prefix in &decoding.prefixes {
            inner.carrier(prefix.name);
            let Some(next) = prefix.strip(found.text, &decoding.word) else {
                begins = false;
                break;
            };
            if !next.log.is_empty() {
                inner.log(next.log);
            }
            if !next.stream.is_empty() {
                inner.stream(next.stream);
            }
            let partial = found.partial || next.partial;
            let stream = if next.stream.is_empty() { found.stream } else { next.stream };
            found = Stripped { time: next.time.or(found.time), partial, stream, ..next };
        }
        let carried = self.carried.within(inner);
        let outer = std::mem::replace(&mut self.carried, carried);
        let Stripped { text, time, .. } = found;
        if begins && (found.partial || self.is_joining()) {
            let limit = context.limits.record;
            if let Some(whole) = self.join(found.stream, text, found.partial, number, time, limit) {
                self.stripped(&whole.bytes, whole.line, whole.time, true, context);
            }
        } else {
            self.stripped(text, number, time, begins, context);
        }
        self.carried = outer;
    }
    /// A line without what its carrier wrote; `begins` says that it had that.
    fn stripped(&mut self, text: &[u8], number: u64, time: Option<i64>, begins: bool, context: &mut Context) {
        let Phase::Decode(decoding) = &mut self.phase else { return };
        let begins = match decoding.lines {
            Lines::Continued if self.layer == 0 => begins,
            _ if text.trim_ascii().is_empty() => {
                let empty = HeadKind::Skipped("an event without a message");
                return self.other(text, number, empty, context);
            }
            Lines::Records | Lines::Continued => return self.record(text, number, time, context),
            // Asked of each line, as the decoder remembers.
            Lines::Spanning => !decoding.decoder.goes_on(text),
        };
        if begins {
            let (carried, layer) = (self.carried.clone(), self.layer);
            let held = Held { bytes: text.to_vec(), line: number, last: number, time, carried, layer };
            let before = self.held.replace(held);
            self.give(before, context);
        } else if let Some(held) = &mut self.held
            && held.bytes.len() + text.len() < context.limits.record
        {
            // Blank lines are not given on, and are part of it.
            let blank = usize::try_from(number.saturating_sub(held.last)).unwrap_or(1).clamp(1, MOST_BLANK);
            // Of a record that begins on the line behind its prefix, that line's end is no part.
            if !held.bytes.is_empty() {
                held.bytes.extend(std::iter::repeat_n(b'\n', blank));
            }
            held.bytes.extend_from_slice(text);
            held.last = number;
        } else {
            let before = self.held.take();
            self.give(before, context);
            self.record(text, number, time, context);
        }
    }
    fn give(&mut self, held: Option<Held>, context: &mut Context) {
        if let Some(held) = held {
            let carried = std::mem::replace(&mut self.carried, held.carried);
            let layer = std::mem::replace(&mut self.layer, held.layer);
            self.record(&held.bytes, held.line, held.time, context);
            (self.carried, self.layer) = (carried, layer);
        }
    }
    /// Whether pieces of records are kept.
    pub(super) fn is_joining(&self) -> bool {
        !self.pending.is_empty()
    }
    /// Adds `text` to the pieces of the record of this stream, and gives that if it is whole, or would be too long.
    pub(super) fn join(
        &mut self,
        stream: &[u8],
        text: &[u8],
        partial: bool,
        line: u64,
        time: Option<i64>,
        limit: usize,
    ) -> Option<Joined> {
        let known = self.pending.iter().position(|(of, _)| of == stream);
        let at = match known {
            Some(at) => at,
            None => {
                let (bytes, carried, layer) = (Vec::new(), self.carried.clone(), self.layer);
                let held = Held { bytes, line, last: line, time, carried, layer };
                self.pending.push((stream.to_vec(), held));
                self.pending.len() - 1
            }
        };
        let held = &mut self.pending.get_mut(at)?.1;
        held.bytes.extend_from_slice(text);
        held.last = line;
        if partial && held.bytes.len() < limit && self.pending.len() <= MOST_PENDING {
            return None;
        }
        let (_, Held { bytes, line, time, .. }) = self.pending.swap_remove(at);
        Some(Joined { bytes, line, time })
    }
    /// Gives what was kept for lines that may have come.
    pub(super) fn flush(&mut self, context: &mut Context) {
        for (_, held) in std::mem::take(&mut self.pending) {
            let before = self.held.take();
            self.give(before, context);
            self.give(Some(held), context);
        }
        let held = self.held.take();
        self.give(held, context);
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

/// Whether the rows that are there have other columns than the format of their id.
fn described_anew(format: &dyn Format, context: &Context) -> bool {
    let table = context.shard.tables.iter().find(|table| table.format() == format.meta().id);
    table.is_some_and(|table| {
        let columns = table.schema().fields().get(BUILTINS..).unwrap_or_default();
        let fields = format.fields();
        columns.len() < fields.len() || fields.iter().zip(columns).any(|(field, column)| field != column)
    })
}

/// Records as formats are shown them. Messages taken out of JSON or of an export may be lines or JSON themselves.
fn head<'a>(name: &'a str, records: &'a [&'a [u8]], cut: Framing, settings: &'a Settings) -> Head<'a> {
    let object = records.first().is_some_and(|first| framing::framing(first) == Framing::Json);
    let framing = match (object, cut) {
        (true, _) => Framing::Json,
        (false, _) => Framing::Lines,
    };
    Head { name, framing, records, settings }
}

/// `records` with the `detail` in place of each that is an event of EventBridge; nothing if none is.
fn details<'a>(records: &[&'a [u8]], nesting: usize) -> Vec<&'a [u8]> {
    let mut any = false;
    let details = records.iter().map(|&record| {
        let detail = bridge::detail(record, nesting).and_then(|range| record.get(range));
        any |= detail.is_some();
        detail.unwrap_or(record)
    });
    let details = details.collect();
    if any { details } else { Vec::new() }
}

/// Whether a CSV is events in a download's clothes: of CloudWatch's console, of Event history, or of this program.
fn is_log_export(lines: &[&[u8]]) -> bool {
    let header = lines.first().map(|l| String::from_utf8_lossy(l).to_ascii_lowercase()).unwrap_or_default();
    let cells: Vec<&str> = header.split(',').map(|c| c.trim().trim_matches('"')).collect();
    let has = |name: &str| cells.contains(&name);
    has("@timestamp") || has("@message") || has("timestamp") && has("message") || has("event time")
}

/// The complete lines that the head of a large file holds.
fn head_lines(head: &[u8]) -> Vec<&[u8]> {
    let end = memchr::memrchr(b'\n', head).unwrap_or(head.len());
    let lines = framing::without_mark(&head[..end]).split(|b| *b == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.trim_ascii().is_empty()).take(HEAD_RECORDS).collect()
}
