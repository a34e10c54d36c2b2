//! Records out of the carriers of JSON that a file has ([`Layer`]), one within the other; and the ways in which the records of a
//! file may be carried ([`Way`]), of which `choice` takes one.

use super::{
    Feed,
    carried::Carried,
    reader::{Decoding, HeadKind, Phase, Reader},
};
use crate::{
    formats::Framing,
    ingest::{
        carrier::{
            prefix::{PREFIXES, Prefix},
            wrapper::{self, Layer, Opened, Wrapper},
        },
        context::{Context, Location},
        detect::HEAD_RECORDS,
        framing,
        limits::KEPT_TEXT,
    },
};

/// Most carriers of lines, and of JSON, within each other.
const PREFIXES_DEEP: usize = 3;
const LAYERS_DEEP: usize = 4;

/// A way in which the records of a file may be carried, and its first records taken out of that.
pub(super) struct Way {
    pub(super) prefixes: Vec<&'static Prefix>,
    pub(super) layers: Vec<&'static Wrapper>,
    pub(super) records: Vec<Vec<u8>>,
    /// Events of EventBridge are whole, not their `detail`.
    pub(super) by_event: bool,
    /// The carrier is taken off whoever reads the records.
    pub(super) sure: bool,
    /// What else the carrier holds is made of the record.
    pub(super) converted: bool,
}

impl Way {
    /// The carriers' names, the outermost first.
    pub(super) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.prefixes.iter().map(|p| p.name).collect();
        names.extend(self.layers.iter().map(|w| w.name));
        names.dedup();
        names
    }
    /// All ways but the plain one, for a file that begins with `records`: those with prefixes of lines alone first.
    pub(super) fn all(records: &[&[u8]], cut: Framing, context: &mut Context) -> Vec<Way> {
        let mut ways = Vec::new();
        if cut == Framing::Lines {
            prefixed(records, &[], &mut ways);
        }
        let lines = ways.len();
        let mut wrapped = Vec::new();
        wrap(&[], records, &mut wrapped, context);
        for way in &ways[..lines] {
            let records: Vec<&[u8]> = way.records.iter().map(Vec::as_slice).collect();
            wrap(&way.prefixes, &records, &mut wrapped, context);
        }
        ways.append(&mut wrapped);
        ways
    }
}

fn prefixed(lines: &[&[u8]], outer: &[&'static Prefix], ways: &mut Vec<Way>) {
    let mut last = "";
    for prefix in PREFIXES {
        if prefix.name == last || outer.iter().any(|p| p.name == prefix.name) {
            continue;
        }
        let Some(records) = prefix.records(lines) else { continue };
        last = prefix.name;
        let prefixes = [outer, &[prefix]].concat();
        let inner = records.clone();
        ways.push(Way {
            prefixes: prefixes.clone(),
            layers: Vec::new(),
            records,
            by_event: false,
            sure: prefix.sure,
            converted: false,
        });
        if prefixes.len() < PREFIXES_DEEP {
            let inner: Vec<&[u8]> = inner.iter().map(Vec::as_slice).collect();
            prefixed(&inner, &prefixes, ways);
        }
    }
}

fn wrap(prefixes: &[&'static Prefix], whole: &[&[u8]], ways: &mut Vec<Way>, context: &mut Context) {
    let mut layers: Vec<&'static Wrapper> = Vec::new();
    let mut records: Vec<Vec<u8>> = Vec::new();
    while layers.len() < LAYERS_DEEP {
        let outer: Vec<&[u8]> = match layers.is_empty() {
            true => whole.to_vec(),
            false => records.iter().map(Vec::as_slice).collect(),
        };
        if !outer.first().is_some_and(|first| first.trim_ascii_start().starts_with(b"{")) {
            return;
        }
        let Some(wrapper) = wrapper::of(&outer, context.limits.record) else { return };
        layers.push(wrapper);
        let trial = Reader::trial(layers.iter().copied().map(Layer::of).collect(), whole, context);
        let (inner, events) = trial.gathered(context.limits.nesting);
        let way = |records, by_event, sure| Way {
            prefixes: prefixes.to_vec(),
            layers: layers.clone(),
            records,
            by_event,
            sure,
            converted: wrapper.converted,
        };
        if inner.is_empty() {
            return;
        }
        ways.push(way(inner.clone(), false, wrapper.sure));
        if !events.is_empty() {
            ways.push(way(events, true, false));
        }
        records = inner;
    }
}

impl Reader {
    /// A reader that has gathered what `layers` give of `records`, and decides nothing.
    fn trial(layers: Vec<Layer>, records: &[&[u8]], context: &mut Context) -> Reader {
        let mut reader = Reader::new(Location::default(), Framing::Json);
        (reader.is_trial, reader.layers) = (true, layers);
        for record in records.iter().take(HEAD_RECORDS) {
            reader.record(record, 1, None, context);
        }
        reader.flush(context);
        reader
    }
}

impl Feed<'_> {
    /// Takes the records out of the carrier whose turn it is. Says `false`, and takes nothing, if `bytes` is not that carrier's.
    #[inline(never)]
    pub(super) fn layer(&mut self, bytes: &[u8], line: u64, time: Option<i64>) -> bool {
        let at = self.reader.layer;
        let limit = self.context.limits.record;
        let Some(layer) = self.reader.layers.get_mut(at) else { return false };
        let wrapper = layer.wrapper;
        let Some(opened) = layer.open(bytes, limit) else { return false };
        let Opened { records, bytes: are_bytes, log, stream, ingested, fault, attributes, .. } = opened;
        let time = opened.time.or(time);
        let mut inner = Carried::default();
        inner.log(&log);
        inner.stream(&stream);
        inner.ingested(ingested);
        inner.time = time;
        for (name, text) in &attributes {
            inner.own(&name.as_str().into(), text);
        }
        inner.carrier(wrapper.name);
        let carried = self.reader.carried.within(inner);
        let outer = std::mem::replace(&mut self.reader.carried, carried);
        self.reader.layer = at + 1;
        let text = &bytes[..bytes.len().min(KEPT_TEXT)];
        if records.is_empty() && fault.is_none() {
            self.reader.other(text, line, HeadKind::Skipped("a carrier without a record"), self.context);
        }
        for (record, own) in records {
            self.reader.carried.time = own.or(time);
            if wrapper.joins && (!record.ends_with(b"\n") || self.reader.is_joining()) {
                let partial = !record.ends_with(b"\n");
                if let Some(whole) = self.reader.join(&stream, &record, partial, line, own.or(time), limit) {
                    self.document(&whole.bytes, whole.line);
                }
            } else if are_bytes && record.is_empty() {
                let nothing = HeadKind::Skipped("a carrier without a record");
                self.reader.other(text, line, nothing, self.context);
            } else if are_bytes {
                self.context.inflate(record.len());
                self.payload(&record, line);
            } else {
                self.document(&record, line);
            }
        }
        if let Some((expected, found)) = fault {
            let damage = HeadKind::Damage { at: 0, expected, found };
            self.reader.other(text, line, damage, self.context);
        }
        (self.reader.layer, self.reader.carried) = (at, outer);
        true
    }
    /// Text that a carrier held: JSON, in which several records may stand, or one record.
    pub(super) fn document(&mut self, text: &[u8], line: u64) {
        let trimmed = text.trim_ascii();
        let time = self.reader.carried.time;
        let whole = matches!(trimmed, [b'{', .., b'}'] | [b'[', .., b']']);
        if whole && framing::framing(trimmed) == Framing::Json {
            return self.cut(trimmed, line);
        }
        let is_lined = matches!(self.reader.phase, Phase::Decode(Decoding { lined: true, .. }));
        if is_lined && self.reader.layer > 0 && !trimmed.is_empty() {
            return self.reader.line(text.trim_ascii_end(), line, self.context);
        }
        self.message(text, line, time);
    }
}
