//! As what a file is read: the formats are asked about the records gathered, in each way in which they may be carried; or it is a
//! table to look things up in, or the description of a format.

use std::sync::Arc;

use super::{Decoding, HeadKind, Phase, Reader, lines::Lines, others::Others};
use crate::{
    formats::{Format, Framing, Head, Precedence, Settings, csv, custom::file as definition},
    ingest::{
        carrier::{
            prefix,
            wrapper::{self, Layer},
        },
        content::{
            carried::{Carried, CarriedColumns},
            choice::{Choice, Heads},
            events,
            wrapped::Way,
        },
        context::Context,
        detect::{HEAD_RECORDS, detect},
        framing::{self, bridge},
        ledger::{Error, ErrorKind, State},
    },
};
use logloupe_table::{lookup::Lookup, schema::BUILTINS};

/// How many descriptions of formats are taken.
const MOST_DEFINITIONS: usize = 256;

impl Reader {
    /// Asks the formats about the records gathered, and decodes them if one claims them. With `lookup`, a table that is no log
    /// is kept until it is known whether things can be looked up in it.
    pub(super) fn decide(&mut self, lookup: bool, context: &mut Context) {
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
    pub(super) fn table(&mut self, context: &mut Context) {
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
    pub(super) fn unknown(&mut self, message: String) {
        self.entry.reason = message.clone();
        // The fault is the whole file's, wherever it was met.
        self.entry.state = State::Failed(Error::new(ErrorKind::Unknown, 0, message));
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
pub(super) fn head<'a>(
    name: &'a str,
    records: &'a [&'a [u8]],
    cut: Framing,
    settings: &'a Settings,
) -> Head<'a> {
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
