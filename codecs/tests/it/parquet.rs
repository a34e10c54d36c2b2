//! Parquet files of other programs (`fixtures/parquet`, with the script that wrote them) give the rows that pyarrow reads in
//! them; cut, damaged and refused ones give those before the fault and a name for it.

use std::{fs, path::PathBuf};

use logloupe_core::{
    formats::ALL,
    ingest::{
        ErrorKind, Limits, Loader, Options, State,
        codec::{CodecKind, Fault, PIECE},
    },
};
use logloupe_sample::rng::Rng;

use crate::packed::{entry, failed, gzip, read};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parquet")
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).expect("it is there")
}

/// The files that are read: name, bytes, and the lines that they give.
fn all() -> Vec<(String, Vec<u8>, String)> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .expect("there are fixtures")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".parquet") && !name.starts_with("refused."))
        .collect();
    names.sort();
    let lines = |name: &String| {
        let rows = name.split('.').next().expect("it has a name");
        fs::read_to_string(folder().join(format!("{rows}.jsonl"))).expect("each has its lines")
    };
    names.iter().map(|name| (name.clone(), fixture(name), lines(name))).collect()
}

/// What the codec makes of a file that is pushed in pieces, as JSON or as lines with a header.
fn text(file: &[u8], piece: usize, lines: bool) -> (String, Result<(), Fault>) {
    let mut codec = logloupe_codecs::open(CodecKind::Parquet).expect("it is there");
    let mut out = Vec::new();
    let pieces = file.chunks(piece).map(|bytes| (bytes, false)).chain([(&[][..], true)]);
    for (bytes, end) in pieces {
        loop {
            let before = out.len();
            match codec.decode(bytes, end, &mut out) {
                Ok(step) if step.more => assert!(out.len() - before < 2 * PIECE),
                Ok(step) => {
                    assert_eq!(step.taken, bytes.len());
                    break;
                }
                Err(fault) => return (String::from_utf8_lossy(&out).into_owned(), Err(fault)),
            }
            if lines && codec.header().is_some() {
                codec.give_lines();
            }
        }
    }
    (String::from_utf8_lossy(&out).into_owned(), Ok(()))
}

#[test]
fn every_file_gives_the_rows_that_pyarrow_reads() {
    let all = all();
    assert!(all.len() > 20, "{}", all.len());
    for (name, bytes, expected) in all {
        for piece in [usize::MAX, 4096, 7] {
            let (found, end) = text(&bytes, piece, false);
            let differs = found
                .lines()
                .zip(expected.lines())
                .enumerate()
                .find(|(_, (found, expected))| found != expected);
            assert_eq!(differs, None, "{name}");
            assert_eq!(found.len(), expected.len(), "{name}: {end:?}");
            assert_eq!(end, Ok(()), "{name}");
        }
    }
}

#[test]
fn a_flow_log_is_read_as_its_format_reads_lines() {
    for name in ["flows.gzip.parquet", "flows.doubles.parquet", "flows.duckdb_snappy.parquet"] {
        let (rows, entry) = entry(&fixture(name), name);
        let told = (entry.format.as_deref(), &entry.state, entry.containers.as_slice());
        assert_eq!(told, (Some("vpc_flow"), &State::Read, &["Parquet".to_owned()][..]), "{name}: {entry:?}");
        assert_eq!((entry.records, entry.rows, rows.len()), (150, 150, 150), "{name}");
    }
}

#[test]
fn other_logs_are_read_as_json() {
    for (name, format, count) in [
        ("requests.parquet", "cloudfront", 30),
        ("nested.gzip_v1.parquet", "json_lines", 60),
        ("duckdb_types.parquet", "json_lines", 30),
    ] {
        let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1).with_codecs(logloupe_codecs::open);
        loader.open(name, Options::default());
        loader.push(&fixture(name));
        loader.finish();
        let entry = &loader.ledger()[0];
        assert_eq!((entry.format.as_deref(), &entry.state), (Some(format), &State::Read), "{name}");
        assert_eq!((entry.records, entry.rows, entry.rejected), (count, count, 0), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_at_any_byte_is_refused_by_name() {
    for (name, bytes, _) in all() {
        let step = 1 + bytes.len() / 300;
        for cut in (0..bytes.len()).step_by(step).chain(bytes.len() - 12..bytes.len()) {
            let (found, end) = text(&bytes[..cut], usize::MAX, false);
            let fault = end.expect_err("it has no footer");
            assert_eq!((found.as_str(), fault.kind), ("", ErrorKind::Truncated), "{name}, {cut}: {fault:?}");
        }
    }
}

#[test]
fn damage_gives_the_rows_before_it_and_the_same_in_any_pieces() {
    let mut rng = Rng::new(5);
    let all = all();
    let rounds = 200;
    let mut faults = std::collections::BTreeSet::new();
    for (name, bytes, expected) in &all {
        for _ in 0..rounds {
            let mut bytes = bytes.clone();
            for _ in 0..1 + rng.index(3) {
                let at = rng.index(bytes.len());
                match rng.index(4) {
                    0 => bytes[at] = rng.index(256) as u8,
                    1 => bytes[at] ^= 1 << rng.index(8),
                    // Where sizes and counts stand.
                    2 => {
                        let end = bytes.len();
                        bytes[end - 9 - rng.index(end / 2)] ^= 1 << rng.index(8);
                    }
                    _ => drop(bytes.drain(at..(at + 1 + rng.index(20)).min(bytes.len() - 1).max(at))),
                }
            }
            let lines = rng.index(2) == 0;
            let whole = text(&bytes, usize::MAX, lines);
            if let Err(fault) = &whole.1 {
                faults.insert(fault.message.split(": ").last().map(str::to_owned));
            }
            assert!(whole.0.is_empty() || whole.0.ends_with('\n'), "{name}: rows are whole");
            assert_eq!(text(&bytes, 1 + rng.index(900), lines), whole, "{name}");
            let _ = expected;
        }
    }
    // Damage is found in all of its parts, not only by what is compressed.
    assert!(faults.len() > 15, "{faults:#?}");
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    for (name, kind, words) in [
        ("refused.brotli.parquet", ErrorKind::Unsupported, "compressed with Brotli"),
        ("refused.encrypted.parquet", ErrorKind::Unsupported, "an encrypted Parquet file"),
        ("refused.encrypted_column.parquet", ErrorKind::Unsupported, "column text: it is encrypted"),
    ] {
        let (rows, entry) = entry(&fixture(name), name);
        assert_eq!((rows.len(), failed(&entry).0), (0, kind), "{name}: {entry:?}");
        assert!(entry.reason.contains(words), "{name}: {}", entry.reason);
    }
    for (bytes, name) in
        [(&b"Obj\x01\x04\x14avro.codec"[..], "an Avro file"), (b"ORC\x00\x0a\x0b", "an ORC file")]
    {
        let (_, entry) = entry(bytes, name);
        assert_eq!(
            failed(&entry),
            (ErrorKind::Unsupported, format!("{name}, which is not read here").as_str())
        );
    }
}

#[test]
fn a_file_in_a_container_and_one_without_rows() {
    let (rows, entry_) = entry(&gzip(&fixture("flows.gzip.parquet")), "gzip");
    assert_eq!((rows.len(), entry_.containers), (150, vec!["gzip".to_owned(), "Parquet".to_owned()]));
    for name in ["no_rows.parquet", "no_groups.parquet"] {
        let (_, entry) = entry(&fixture(name), name);
        assert_eq!(entry.state, State::Skipped("an empty file".to_owned()), "{name}");
    }
}

#[test]
fn bombs_are_stopped() {
    for (name, words) in [
        (
            "refused.bomb_pages.parquet",
            "row group 11, column t, page 1: its pages inflate to more than 200 times its size",
        ),
        ("refused.bomb_rows.parquet", "row group 1, column t, page 2: a row of more than 64 MiB"),
        ("refused.bomb_nulls.parquet", "it inflates to more than 1000000 bytes"),
    ] {
        let limits = Limits { inflated: 1_000_000, ..Limits::default() };
        let (_, ledger) = read(&fixture(name), 100_000, limits);
        let (kind, message) = failed(&ledger[0]);
        assert_eq!(kind, ErrorKind::Limit, "{name}: {message}");
        assert!(message.ends_with(words), "{name}: {message}");
    }
}
