//! What must hold of any bytes that are read as logs: no panic, every record accounted for, every row told, and the same
//! however the bytes are cut.

use logloupe_core::{
    formats::{ALL, Format, Framing, Head, Record, by_id},
    ingest::{Limits, Loader, Options},
};
use logloupe_table::{Shard, Table, ledger::Entry};

/// Reads a file in pieces of this size, as this format or as what it is taken for.
fn load(content: &[u8], piece: usize, format: Option<&str>) -> (Shard, Vec<Entry>) {
    let limits = Limits { inflated: 16 << 20, ..Limits::default() };
    let mut loader = Loader::new(ALL.to_vec(), limits, 1).with_codecs(logloupe_codecs::open);
    loader.open("x", Options { format: format.map(str::to_owned), ..Options::default() });
    content.chunks(piece.max(1)).for_each(|bytes| loader.push(bytes));
    loader.finish();
    loader.seal();
    loader.into_parts()
}

fn check(shard: &Shard, ledger: &[Entry]) {
    let rows: u64 = ledger.iter().map(|entry| entry.rows).sum();
    assert_eq!(rows as usize, shard.rows());
    for entry in ledger {
        assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{entry:#?}");
        for rejection in &entry.rejections {
            assert!((1..=rejection.text.len() as u64 + 1).contains(&rejection.column), "{rejection:?}");
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
    let (shard, ledger) = load(content, usize::MAX, format);
    check(&shard, &ledger);
    let (other, others) = load(content, *piece as usize + 1, format);
    assert_eq!((shard.rows(), ledger.len()), (other.rows(), others.len()));
    let told = |ledger: &[Entry]| -> Vec<(u64, u64, u64)> {
        ledger.iter().map(|entry| (entry.rows, entry.rejected, entry.skipped)).collect()
    };
    assert_eq!(told(&ledger), told(&others));
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
        for (i, bytes) in records.iter().enumerate() {
            let _ = decoder.goes_on(bytes);
            let mut row = table.begin();
            if decoder.decode(&Record { bytes, envelope_time: None }, &mut row).is_ok() {
                row.commit(0, i as u64 + 1, i as u64 + 1, bytes);
            }
        }
        table.seal();
        for row in (0..table.rows()).filter_map(|row| table.row(row)) {
            let _ = format.summary(&row);
        }
    }
}
