//! Reads a log that the crate does not know, without touching the crate: `cargo run --example own_format`.
//!
//! The log is a door's: `2026-03-05T08:12:44Z main ana opened`. Everything of the crate works on it: detection,
//! rejections, queries, names that it shares with other logs.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the core's bans are not its users': an example is one of them"
)]

use logloupe_core::table::{Cell, Field, Kind, Role, Row, RowWriter, time::parse_iso};
use logloupe_core::{
    formats::{
        ALL, Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff,
        Span,
    },
    ingest::{Limits, Loader, Options},
};

/// The door's log.
struct Door;

static META: Meta = Meta {
    id: "door",
    family: Family::Other,
    title: "Door openings",
    summary: "Who went through which door, one line per opening.",
    framing: Framing::Lines,
    page: "https://doors.example/log",
    read_on: "2026-03-01",
    key_shape: "doors/{yyyy}/{mm}/{dd}.log",
    versions: "the one there is",
    not_read: "windows",
};

const DOOR: usize = 0;
const USER: usize = 1;
const ACTION: usize = 2;

impl Format for Door {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        vec![
            Field::new("door", Kind::Text, Role::Dimension).doc("which door"),
            // The common name joins this log with all others that know users.
            Field::new("user", Kind::Text, Role::Dimension).aliases(&["user.name"]).doc("whose badge it was"),
            Field::new("action", Kind::Text, Role::Status)
                .aliases(&["event.action"])
                .doc("opened or refused"),
        ]
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let fits = head.records.iter().filter(|line| parts(line).is_ok()).count();
        match fits * 2 > head.records.len() {
            true => Sniff::Certain(format!("{fits} of the first {} lines are openings", head.records.len())),
            false => Sniff::No,
        }
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(DoorDecoder)
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        vec![Span::plain(format!("{} ", row.show("user"))), Span::strong(row.show("action"))]
    }
    fn presets(&self) -> &'static [Preset] {
        &[Preset {
            title: "Who was refused",
            query: "filter action = \"refused\" | stats count(*) as times by user",
        }]
    }
    fn samples(&self) -> &'static [Sample] {
        const { &[Sample { name: "05.log", content: LOG.as_bytes(), rows: 3, rejected: 1 }] }
    }
}

/// Nothing needs to be remembered from line to line.
struct DoorDecoder;

impl Decoder for DoorDecoder {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let (time, [door, user, action]) = parts(record.bytes)?;
        row.timestamp(time);
        row.set(DOOR, Cell::Text(door));
        row.set(USER, Cell::Text(user));
        row.set(ACTION, Cell::Text(action));
        Ok(Decoded::Row)
    }
}

/// The four parts of a line, or where it went wrong.
fn parts(line: &[u8]) -> Result<(i64, [&[u8]; 3]), Fault> {
    let mut parts = line.splitn(4, |byte| *byte == b' ');
    let first = parts.next().unwrap_or_default();
    let time = parse_iso(first).ok_or_else(|| Fault::new(line, 0, "time in ISO 8601"))?;
    let mut next = |what| parts.next().ok_or_else(|| Fault::new(line, line.len(), what));
    Ok((time, [next("door")?, next("user")?, next("action")?]))
}

const LOG: &str = "\
2026-03-05T08:12:44Z main ana opened
2026-03-05T08:13:02Z main ben refused
2026-03-05T08:13
2026-03-05T08:13:09Z main ben refused
";

static DOORS: Door = Door;

fn main() {
    // Beside the crate's own formats; the first in the list wins a tie.
    let mut formats: Vec<&'static dyn Format> = vec![&DOORS];
    formats.extend(ALL);
    let mut loader = Loader::new(formats.clone(), Limits::default(), 0);
    loader.open("05.log", Options::default());
    loader.push(LOG.as_bytes());
    loader.finish();

    let entry = &loader.ledger()[0];
    println!("{}: {}, {} rows, because {}", entry.source, META.id, entry.rows, entry.reason);
    for rejection in &entry.rejections {
        println!("line {}: expected {}, found {}", rejection.line, rejection.expected, rejection.found);
    }
    assert_eq!((entry.rows, entry.rejected), (3, 1));

    let mut refused = Vec::new();
    loader.drain(|_, row, _| {
        if row.show("action") == "refused" {
            refused.push(row.show("user.name"));
        }
    });
    println!("refused: {refused:?}");
    assert_eq!(refused, ["ben", "ben"]);
}

#[test]
fn it_reads() {
    main();
}
