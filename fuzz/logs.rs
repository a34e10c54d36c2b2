//! What must hold of any bytes that are read as logs: no panic, every record accounted for, every row told, and the same
//! however the bytes are cut.

use logloupe_core::{
    formats::{ALL, Decoded, Format, Framing, Head, Record, by_id},
    ingest::{
        Limits, Loader, Options,
        codec::{CodecKind, Fault},
    },
};
use logloupe_table::{Shard, Table, ledger::{Entry, State}};

/// How much of a rejected record is kept.
const KEPT: usize = 64 << 10;

/// Names that mean something: a table to look things up in, a log with the account in its path, a stream's export.
const NAMES: [&str; 4] = [
    "hosts.csv",
    "AWSLogs/123456789012/CloudTrail/us-east-1/2026/03/05/a.json.gz",
    "aws/lambda/fn/2026-03-05-[$LATEST]0f/000000.gz",
    "x",
];

/// Reads a file in pieces of this size, as this format or as what it is taken for.
fn load(name: &str, content: &[u8], piece: usize, format: Option<&str>) -> (Shard, Vec<Entry>) {
    let limits = Limits { inflated: 16 << 20, ..Limits::default() };
    let mut loader = Loader::new(ALL.to_vec(), limits, 1).with_codecs(logloupe_codecs::open);
    loader.open(name, Options { format: format.map(str::to_owned), ..Options::default() });
    content.chunks(piece.max(1)).for_each(|bytes| loader.push(bytes));
    loader.finish();
    loader.seal();
    let (shard, mut ledger) = loader.into_parts();
    for entry in &mut ledger {
        // A place in the stored file is as near as the pieces tell.
        if let State::Failed(error) = &mut entry.state {
            error.at = 0;
        }
    }
    (shard, ledger)
}

fn check(shard: &Shard, ledger: &[Entry]) {
    let rows: u64 = ledger.iter().map(|entry| entry.rows).sum();
    assert_eq!(rows as usize, shard.rows());
    for entry in ledger {
        assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{entry:#?}");
        for rejection in &entry.rejections {
            // Of a long record only the beginning is kept.
            let end = if rejection.text.len() < KEPT { rejection.text.len() } else { usize::MAX - 1 };
            assert!((1..=end as u64 + 1).contains(&rejection.column), "{rejection:?}");
            assert!(!rejection.expected.is_empty() && !rejection.found.is_empty(), "{rejection:?}");
        }
    }
    for table in &shard.tables {
        let Some(format) = by_id(table.format()) else { continue };
        for row in (0..table.rows().min(200)).filter_map(|row| table.row(row)) {
            let spans = format.summary(&row);
            assert!(spans.iter().any(|span| !span.text.is_empty()));
            for field in table.schema().fields() {
                let _ = row.show(&field.name);
            }
        }
    }
}

/// The first two bytes choose how the others are given.
pub fn ingest(bytes: &[u8]) {
    let [how, piece, content @ ..] = bytes else { return };
    let format = ALL.get(*how as usize).map(|format| format.meta().id);
    let name = NAMES[*piece as usize % NAMES.len()];
    let (shard, ledger) = load(name, content, usize::MAX, format);
    check(&shard, &ledger);
    let (other, others) = load(name, content, *piece as usize + 1, format);
    assert_eq!(ledger, others);
    assert_eq!(rows(&shard), rows(&other));
}

/// A Parquet file: the same text and the same fault in any pieces, as JSON and as lines. What rows make of the text is the
/// matter of [`ingest`].
pub fn parquet(bytes: &[u8]) {
    let [piece, content @ ..] = bytes else { return };
    for lines in [false, true] {
        let whole = decoded(content, usize::MAX, lines);
        assert_eq!(decoded(content, *piece as usize + 1, lines), whole);
        // A row is given whole or not at all.
        assert!(whole.0.last().is_none_or(|last| *last == b'\n'));
    }
}

/// What the codec gives of a file, up to a few megabytes, and its fault.
fn decoded(content: &[u8], piece: usize, lines: bool) -> (Vec<u8>, Option<Fault>) {
    let mut out = Vec::new();
    let mut codec = logloupe_codecs::open(CodecKind::Parquet).expect("it is there");
    for (bytes, end) in content.chunks(piece).map(|bytes| (bytes, false)).chain([(&[][..], true)]) {
        loop {
            match codec.decode(bytes, end, &mut out) {
                Err(fault) => return (out, Some(fault)),
                Ok(step) if !step.more || out.len() > 4 << 20 => break,
                Ok(_) if lines && codec.header().is_some() => codec.give_lines(),
                Ok(_) => {}
            }
        }
    }
    (out, None)
}

/// The first rows of every table: the record, and its line and columns as they are shown.
fn rows(shard: &Shard) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for table in &shard.tables {
        for row in (0..table.rows().min(50)).filter_map(|row| table.row(row)) {
            let mut told = vec![format!("{:?}", row.raw())];
            told.extend(table.schema().fields().iter().map(|field| row.show(&field.name)));
            rows.push(told);
        }
        rows.push(vec![format!("{}: {}", table.format(), table.rows())]);
    }
    rows
}

/// Lines or records of one log, given to its decoder as they are: for tokenizers, without what stands before them.
pub fn decode(format: &'static dyn Format, bytes: &[u8]) {
    let records: Vec<&[u8]> = bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()).take(64).collect();
    if records.is_empty() {
        return;
    }
    for framing in [Framing::Lines, Framing::Json].into_iter().filter(|framing| format.reads(*framing)) {
        let head = Head::of(framing, &records);
        let _ = format.sniff(&head);
        let mut decoder = format.decoder(&head);
        let mut table = Table::new(format.meta().id, format.fields(), 1);
        // Lines that go on a record are put to it, as ingest does.
        let mut whole: Vec<Vec<u8>> = Vec::new();
        for line in &records {
            let goes_on = format.spans_lines() && decoder.goes_on(line);
            match whole.last_mut().filter(|_| goes_on) {
                Some(record) => record.extend([b"\n", *line].concat()),
                None => whole.push(line.to_vec()),
            }
        }
        for (i, bytes) in whole.iter().enumerate() {
            let mut row = table.begin();
            match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
                Ok(Decoded::Row) => row.commit(0, i as u64 + 1, i as u64 + 1, bytes),
                Ok(_) => {}
                Err(fault) => assert!(fault.at <= bytes.len() && !fault.expected.is_empty(), "{fault:?}"),
            }
        }
        table.seal();
        for row in (0..table.rows()).filter_map(|row| table.row(row)) {
            let _ = format.summary(&row);
        }
    }
}
