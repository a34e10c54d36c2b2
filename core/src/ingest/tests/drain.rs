//! Rows that are handed on while a file is read: the same rows, in the memory of a few.

use std::fmt::Write;

use super::fixture::*;
use crate::ingest::{Limits, Loader, Options};
use logloupe_table::{CHUNK_ROWS, Row, Shard};

fn told(shard: &Shard, row: &Row<'_>, record: &[u8]) -> String {
    let source = row.chunk.column(logloupe_table::schema::SOURCE).int(row.index).unwrap_or(-1);
    let record = String::from_utf8_lossy(record);
    format!(
        "{} {} {} {} {record}",
        shard.sources[source as usize].name,
        row.show("@line"),
        row.show("n"),
        row.show("word")
    )
}

/// Two files of so many rows each, with words that do not repeat, read in pieces.
fn read(rows: usize, pieces: usize, mut after: impl FnMut(&mut Loader)) -> Loader {
    let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
    for name in ["a.log", "b.log"] {
        let mut text = String::new();
        (0..rows).for_each(|n| writeln!(text, "n={n} word={name}-{n}").expect("text"));
        loader.open(name, Options::default());
        for piece in text.as_bytes().chunks(pieces) {
            loader.push(piece);
            after(&mut loader);
        }
        loader.finish();
        after(&mut loader);
    }
    loader
}

#[test]
fn drained_rows_are_the_rows() {
    let rows = CHUNK_ROWS + 500;
    let mut whole = Vec::new();
    let mut loader = read(rows, 5000, |_| ());
    loader.drain(|shard, row, record| whole.push(told(shard, row, record)));
    assert_eq!(whole.len(), 2 * rows);
    let mut streamed = Vec::new();
    let loader = read(rows, 5000, |loader| {
        loader.drain(|shard, row, record| streamed.push(told(shard, row, record)));
    });
    assert!(streamed == whole, "the same rows in the same order");
    let entries: Vec<_> = loader.ledger().iter().map(|e| (e.source.as_str(), e.rows, e.rejected)).collect();
    assert_eq!(entries, [("a.log", rows as u64, 0), ("b.log", rows as u64, 0)]);
}

#[test]
fn memory_does_not_depend_on_the_size_of_the_file() {
    let most = |chunks: usize| {
        let (mut most, mut rows) = (0, 0);
        read(chunks * CHUNK_ROWS, 64 << 10, |loader| {
            most = most.max(loader.loaded().bytes());
            loader.drain(|_, _, _| rows += 1);
        });
        assert_eq!(rows, 2 * chunks * CHUNK_ROWS);
        most
    };
    let (two, eight) = (most(2), most(8));
    assert!(eight < two * 3 / 2, "{eight} bytes for eight chunks, {two} for two");
}

#[test]
fn what_waits_for_more_is_read_when_none_is_there_for_now() {
    let mut loader = Loader::new(crate::formats::ALL.to_vec(), Limits::default(), 1);
    loader.open("app.log", Options::default());
    loader.push(b"2026-05-02 10:00:00 ERROR no way\n  at one\n");
    assert!(loader.may_grow());
    assert_eq!(loader.shard().rows(), 0, "a format is told by more, and the record may go on");
    loader.settle(false);
    assert_eq!(loader.shard().rows(), 0, "the record may go on");
    loader.push(b"  at two\n2026-05-02 10:00:01 INFO on");
    loader.settle(true);
    assert_eq!(loader.shard().rows(), 1, "of the next record there is no line yet");
    loader.push(b" we go\n");
    loader.settle(true);
    assert_eq!(loader.shard().rows(), 2);
    loader.settle(true);
    loader.finish();
    assert!(!loader.may_grow());
    let entry = loader.ledger()[0].clone();
    assert_eq!((entry.format.as_deref(), entry.records, entry.rows), (Some("plain_text"), 2, 2));
    let first = loader.shard().tables[0].row(0).map(|row| row.raw()).expect("a row");
    assert_eq!(first, b"2026-05-02 10:00:00 ERROR no way\n  at one\n  at two");
    // A container ends when it says so.
    loader.open("x.gz", Options::default());
    loader.push(&gzip(b"n=1 word=a\n"));
    loader.settle(true);
    loader.finish();
    assert_eq!(loader.ledger()[1].rows, 1);
}
