//! Trying to read a few lines: as what they are recognised, or as a format that is being described, with what every
//! format says of them. For people who look for the right way to read a file; files themselves go through the
//! [`Loader`].

use std::sync::Arc;

use super::{
    Limits, Loader, Options, State,
    detect::{HEAD_RECORDS, describe},
    framing::{self, Damage, Sink, json::JsonCutter, keys::Marks},
    ledger::Rejection,
};
use crate::formats::{
    Decoded, Format, Framing, Head, Record, Settings, Sniff,
    custom::{self, Custom},
    shorten,
};
use logloupe_table::{
    Shard, Table, Value,
    custom::{Attempt, AttemptField, AttemptRow, Considered, Definition, Problem, Verdict},
    schema::{BUILTINS, LINE, TIMESTAMP},
};

/// How much text is tried.
pub const LONGEST: usize = 256 << 10;
/// The most rows and rejections that are shown.
const MOST_SHOWN: usize = 200;
/// The most fields that are shown.
const MOST_FIELDS: usize = 200;
/// How many records of a head are decoded to see why a format declined.
const DECODED: usize = 3;

/// What is tried.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// The description to read the text by; without one it is read as what it is recognised.
    pub definition: Option<&'a Definition>,
    /// The id of the format to read it as.
    pub format: Option<&'a str>,
    /// What the user says of it.
    pub settings: Settings,
}

/// Reads some text and says what came of it.
///
/// # Errors
/// What is wrong with the description.
pub fn attempt(text: &[u8], formats: &[&'static dyn Format], asked: &Asked<'_>) -> Result<Attempt, Problem> {
    let text = text.get(..text.len().min(LONGEST)).unwrap_or(text);
    let mut attempt = match asked.definition {
        Some(definition) => described(text, definition, &asked.settings)?,
        None => recognised(text, formats, asked),
    };
    let chosen = attempt.format.as_ref().map(|(id, _)| id.clone());
    let considered = consider(text, formats, &asked.settings, chosen.as_deref());
    // What is being described may be kept in an earlier form.
    let described = asked.definition.is_some();
    if let Some((id, title)) = attempt.format.as_ref().filter(|_| described) {
        let (id, title, reason) = (id.clone(), title.clone(), attempt.reason.clone());
        attempt.considered.push(Considered { id, title, verdict: Verdict::Chosen, reason });
    }
    let others = considered.into_iter().filter(|c| !described || Some(&c.id) != chosen.as_ref());
    attempt.considered.extend(others);
    Ok(attempt)
}

/// Text read by a description.
fn described(text: &[u8], definition: &Definition, settings: &Settings) -> Result<Attempt, Problem> {
    let custom = Arc::new(Custom::new(definition)?);
    let mut decoder = custom::decoder(&custom, settings);
    let mut table = Table::new(&definition.id, custom.fields(), 1);
    let mut attempt = Attempt::default();
    let mut records: Vec<(u64, Vec<u8>)> = Vec::new();
    for (number, line) in lines(text) {
        match records.last_mut() {
            Some((_, record)) if custom.spans_lines() && decoder.goes_on(line) => {
                record.push(b'\n');
                record.extend_from_slice(line);
            }
            _ if line.trim_ascii().is_empty() => {}
            _ => records.push((number, line.to_vec())),
        }
    }
    for (i, (line, bytes)) in records.iter().enumerate() {
        // Blank lines behind a record are no part of it.
        let bytes = bytes.trim_ascii_end();
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Row) => {
                row.commit(0, *line, i as u64 + 1, bytes);
                attempt.row_count += 1;
            }
            Ok(_) => attempt.skipped += 1,
            Err(fault) => {
                attempt.rejected += 1;
                if attempt.rejections.len() < MOST_SHOWN {
                    attempt.rejections.push(Rejection {
                        line: *line,
                        record: i as u64 + 1,
                        column: fault.at as u64 + 1,
                        expected: fault.expected,
                        found: fault.found,
                        text: bytes.to_vec(),
                    });
                }
            }
        }
    }
    table.seal();
    show(&[&table], &mut attempt);
    let name = if definition.name.is_empty() { &definition.id } else { &definition.name };
    attempt.format = Some((definition.id.clone(), name.clone()));
    attempt.reason = format!("{} of {} records are as described", attempt.row_count, records.len());
    Ok(attempt)
}

/// Text read as what it is recognised, or as what was asked for.
fn recognised(text: &[u8], formats: &[&'static dyn Format], asked: &Asked<'_>) -> Attempt {
    let mut attempt = Attempt::default();
    if text.trim_ascii().is_empty() {
        attempt.reason = "there is no text".to_owned();
        return attempt;
    }
    let mut loader = Loader::new(formats.to_vec(), Limits::default(), 1);
    let format = asked.format.map(str::to_owned);
    loader.open("", Options { format, settings: asked.settings.clone(), ..Options::default() });
    loader.push(text);
    let (shard, ledger) = loader.into_parts();
    for entry in ledger {
        attempt.row_count += entry.rows;
        attempt.rejected += entry.rejected;
        attempt.skipped += entry.skipped;
        let left = MOST_SHOWN.saturating_sub(attempt.rejections.len());
        attempt.rejections.extend(entry.rejections.into_iter().take(left));
        attempt.reason = match entry.state {
            State::Failed(error) => error.message,
            State::Skipped(reason) => reason,
            _ => entry.reason,
        };
        if let Some(id) = entry.format {
            let title = formats.iter().find(|f| f.meta().id == id).map_or("", |f| f.meta().title);
            attempt.format = Some((id, title.to_owned()));
        }
    }
    let Shard { tables, .. } = &shard;
    show(&tables.iter().collect::<Vec<_>>(), &mut attempt);
    attempt
}

/// The first rows of tables, with the fields that they have.
fn show(tables: &[&Table], attempt: &mut Attempt) {
    for table in tables {
        let shown = table.rows().min(MOST_SHOWN.saturating_sub(attempt.rows.len()));
        let schema = table.schema();
        let rows: Vec<_> = (0..shown).filter_map(|row| table.row(row)).collect();
        let own = (TIMESTAMP..TIMESTAMP + 1).chain(BUILTINS..schema.fields().len());
        let filled = own.filter(|column| rows.iter().any(|row| !row.value(*column).is_null()));
        let columns: Vec<usize> = filled.take(MOST_FIELDS).collect();
        // Of several logs, each has its own fields: they stand beside one another.
        let before = attempt.fields.len();
        for row in &rows {
            let line = row.value(LINE).integer().unwrap_or(0) as u64;
            let own = columns.iter().map(|column| row.value(*column));
            let values = std::iter::repeat_n(Value::Null, before).chain(own).collect();
            attempt.rows.push(AttemptRow { line, values });
        }
        attempt.fields.extend(columns.iter().filter_map(|column| schema.fields().get(*column)).map(
            |field| {
                let name = field.name.to_string();
                AttemptField { name, kind: field.kind, unit: field.unit, role: field.role }
            },
        ));
    }
    let fields = attempt.fields.len();
    attempt.rows.iter_mut().for_each(|row| row.values.resize(fields, Value::Null));
    logloupe_table::sort::by_key(&mut attempt.rows, |row| row.line);
}

/// The lines of a text, numbered from 1.
fn lines(text: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let text = framing::without_mark(text);
    let lines = text.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    (1..).zip(lines)
}

/// The first records of a text.
fn records(text: &[u8], framing: Framing) -> Vec<Vec<u8>> {
    let mut objects = Objects::default();
    match framing {
        Framing::Lines => {
            let lines = lines(text).filter(|(_, line)| !line.trim_ascii().is_empty());
            return lines.take(HEAD_RECORDS).map(|(_, line)| line.to_vec()).collect();
        }
        Framing::Json => {
            let Limits { record, nesting, .. } = Limits::default();
            let mut cutter = JsonCutter::new(record, nesting);
            cutter.push(framing::without_mark(text), &mut objects);
            cutter.finish(&mut objects);
        }
    }
    objects.0
}

/// The first objects of a text.
#[derive(Default)]
struct Objects(Vec<Vec<u8>>);

impl Sink for Objects {
    fn line(&mut self, _: &[u8], _: u64) {}
    fn object(&mut self, bytes: &[u8], _: &Marks, _: u64, _: bool) {
        if self.0.len() < HEAD_RECORDS {
            self.0.push(bytes.to_vec());
        }
    }
    fn damage(&mut self, _: Damage<'_>) {}
    fn envelope(&mut self, _: &'static str) {}
}

/// What each format says of a text, the one that was chosen first, then those that may be, then those that came furthest.
fn consider(
    text: &[u8],
    formats: &[&'static dyn Format],
    settings: &Settings,
    chosen: Option<&str>,
) -> Vec<Considered> {
    let framing = framing::framing(framing::without_mark(text));
    let owned = records(text, framing);
    let records: Vec<&[u8]> = owned.iter().map(Vec::as_slice).collect();
    if records.is_empty() {
        return Vec::new();
    }
    let head = Head { name: "", framing, records: &records, settings };
    let mut all: Vec<(Considered, usize)> = Vec::with_capacity(formats.len());
    for &format in formats {
        let meta = format.meta();
        let (said, reason, reach) = match format.reads(framing) {
            false => {
                let reads = if framing == Framing::Json { "lines" } else { "JSON" };
                (Verdict::Declined, format!("it reads {reads}, and this is not"), 0)
            }
            true => match format.sniff(&head) {
                Sniff::Certain(reason) | Sniff::Maybe(reason) => (Verdict::Possible, reason, 0),
                Sniff::No => {
                    let (reason, reach) = declined(format, &head);
                    (Verdict::Declined, reason, reach)
                }
            },
        };
        let verdict = if chosen == Some(meta.id) { Verdict::Chosen } else { said };
        let considered = Considered { id: meta.id.to_owned(), title: meta.title.to_owned(), verdict, reason };
        all.push((considered, reach));
    }
    logloupe_table::sort::by_key(&mut all, |(considered, reach)| {
        std::cmp::Reverse((considered.verdict, *reach))
    });
    all.into_iter().map(|(considered, _)| considered).collect()
}

/// Why a format that reads records cut like this does not claim them, and how far its decoder came in the first ones.
fn declined(format: &'static dyn Format, head: &Head<'_>) -> (String, usize) {
    if let Some(advice) = format.advice(head) {
        return (advice, usize::MAX);
    }
    let mut decoder = format.decoder(head);
    let mut table = Table::new(format.meta().id, format.fields(), 1);
    let mut reach = 0;
    for (i, &bytes) in head.records.iter().take(DECODED).enumerate() {
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Form) => {}
            Ok(Decoded::Skipped(reason)) => return (format!("record {} is no event: {reason}", i + 1), 0),
            Ok(Decoded::Row) => {
                reach = 0;
                break;
            }
            Err(fault) => {
                reach = fault.at;
                let (expected, found) = (fault.expected, fault.found);
                let place = format!("record {}, column {}", i + 1, fault.at + 1);
                return (format!("{place}: expected {expected}, found {found}"), reach);
            }
        }
    }
    let first = head.records.first().copied().unwrap_or_default();
    let what = if head.framing == Framing::Json { describe(head) } else { shorten(first) };
    (format!("nothing that it is recognised by: {what}"), reach)
}
