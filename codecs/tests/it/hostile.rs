//! Files that are cut, damaged or mean harm: rows before the fault, a name for it, and no more memory than is stated.

use logloupe_core::ingest::{ErrorKind, Limits, Loader, Options, State};
use logloupe_sample::rng::Rng;

use crate::packed::{all, entry, failed, lines, read, run, told};

#[test]
fn a_file_that_is_cut_at_any_byte_gives_the_rows_before_the_cut() {
    let content = lines(30);
    let (plain, _) = read(&content, usize::MAX, Limits::default());
    for packed in all(&content) {
        let how = &packed.how;
        for cut in 0..packed.bytes.len() {
            let bytes = &packed.bytes[..cut];
            let (rows, ledger) = read(bytes, usize::MAX, Limits::default());
            assert!(plain.starts_with(&rows), "{how}, {cut}");
            assert_eq!(ledger.len(), 1, "{how}, {cut}");
            let entry = &ledger[0];
            let whole = entry.state == State::Read && how.contains("three streams") || how.contains("framed");
            match &entry.state {
                // Nothing, or too little to tell what it is.
                State::Skipped(_) => assert!(cut < 60, "{how}, {cut}: {entry:?}"),
                State::Failed(error) if error.kind == ErrorKind::Unknown => assert!(cut < 60, "{how}, {cut}"),
                State::Failed(error) => {
                    assert_eq!(error.kind, ErrorKind::Truncated, "{how}, {cut}: {error:?}")
                }
                // It was cut between two streams or chunks.
                other => assert!(whole || how.contains("Hadoop"), "{how}, {cut}: {other:?}"),
            }
            if cut % 5 == 0 {
                let (cut_rows, cut_ledger) = read(bytes, 61, Limits::default());
                assert_eq!((cut_rows, told(&cut_ledger)), (rows, told(&ledger)), "{how}, {cut}");
            }
        }
    }
}

#[test]
fn what_was_whole_before_the_cut_is_read() {
    let content = lines(20_000);
    for packed in all(&content) {
        // Of bzip2 and zstd whole blocks; of a zstd window nothing is held back.
        let (rows, ledger) = read(&packed.bytes[..packed.bytes.len() * 9 / 10], 50_000, Limits::default());
        let name = packed.container;
        let sentence = format!("its {name} data ends too early");
        assert_eq!(failed(&ledger[0]), (ErrorKind::Truncated, sentence.as_str()), "{}", packed.how);
        let least = if name == "bzip2" || packed.how.contains("streams") { 10_000 } else { 16_000 };
        assert!(rows.len() > least && rows.len() < 20_000, "{}: {} rows", packed.how, rows.len());
    }
}

#[test]
fn damage_is_named_and_the_same_in_any_pieces() {
    let content = lines(400);
    let files = all(&content);
    let mut rng = Rng::new(11);
    for round in 0..files.len() * 30 {
        let packed = &files[round % files.len()];
        let mut bytes = packed.bytes.clone();
        for _ in 0..1 + rng.index(3) {
            let at = rng.index(bytes.len());
            match rng.index(4) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes[at] = rng.index(256) as u8,
                2 => bytes[at] ^= 1 << rng.index(8),
                _ => drop(bytes.drain(at..(at + 1 + rng.index(20)).min(bytes.len() - 1).max(at))),
            }
        }
        let (rows, ledger) = read(&bytes, usize::MAX, Limits::default());
        let (cut, cut_ledger) = read(&bytes, 1 + rng.index(90), Limits::default());
        assert_eq!(told(&cut_ledger), told(&ledger), "{}", packed.how);
        assert!(rows == cut, "{}", packed.how);
    }
}

#[test]
fn a_wrong_checksum_is_told_and_the_rows_are_kept() {
    let content = lines(100);
    for packed in all(&content) {
        let how = packed.how.as_str();
        // Where the checksum of the content stands: at the end, or in the header of the first chunk.
        let at = match how {
            "zstd -1" | "zstd -19" => packed.bytes.len() - 1,
            "snappy, framed" => 14,
            _ => continue,
        };
        let mut bytes = packed.bytes;
        bytes[at] ^= 1;
        let (rows, entry) = entry(&bytes, how);
        let sentence = format!("the checksum of its {} data does not match", packed.container);
        assert_eq!((rows.len(), failed(&entry)), (100, (ErrorKind::Corrupt, sentence.as_str())), "{how}");
    }
}

#[test]
fn bombs_are_stopped() {
    let bomb = vec![b'\n'; 16 << 20];
    let limits = Limits { ratio: 15, ratio_from: 1 << 20, ..Limits::default() };
    for packed in all(&bomb) {
        let formats = logloupe_core::formats::ALL.to_vec();
        let mut loader = Loader::new(formats, limits.clone(), 1).with_codecs(logloupe_codecs::open);
        loader.open("bomb", Options::default());
        packed.bytes.chunks(1000).for_each(|piece| loader.push(piece));
        loader.finish();
        let last = loader.ledger().last().expect("the file is accounted for");
        assert_eq!(failed(last).0, ErrorKind::Limit, "{}", packed.how);
        assert!(last.bytes < 4 << 20, "{}: {}", packed.how, last.bytes);
        // The next file is read as if nothing had happened.
        loader.open("a.log", Options::default());
        loader.push(&lines(3));
        loader.finish();
        assert_eq!(loader.ledger().last().map(|entry| entry.rows), Some(3));
    }
    let limits = Limits { inflated: 100_000, ..Limits::default() };
    for packed in all(&lines(5000)) {
        let (rows, ledger) = read(&packed.bytes, 50, limits.clone());
        assert_eq!(failed(&ledger[0]).0, ErrorKind::Limit, "{}", packed.how);
        assert!(!rows.is_empty(), "{}", packed.how);
    }
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    // A window of 512 MiB; a dictionary by its number; a frame of one block of a kind that is reserved.
    for (bytes, kind, words) in [
        (&b"\x28\xb5\x2f\xfd\x00\x98\x01\0\0"[..], ErrorKind::Limit, "a window of more than 128 MiB"),
        (b"\x28\xb5\x2f\xfd\x21\x05\x00\x01\0\0", ErrorKind::Unsupported, "a dictionary that is not in it"),
        (b"\x28\xb5\x2f\xfd\x00\x58\x07\0\0", ErrorKind::Corrupt, "its zstd data is damaged"),
        (b"\x28\xb5\x2f\xfd\x00\x58\xf9\xff\xff", ErrorKind::Corrupt, "its zstd data is damaged"),
        (b"\xff\x06\0\0sNaPpY\x02\x01\0\0x", ErrorKind::Corrupt, "its snappy data is damaged"),
    ] {
        let (_, entry) = entry(bytes, words);
        assert_eq!(failed(&entry).0, kind, "{entry:?}");
        assert!(entry.reason.contains(words), "{entry:?}");
    }
    if let Some(bytes) = run("xz", &["-c", "--x86", "--lzma2=preset=1"], &lines(10)) {
        let (_, entry) = entry(&bytes, "xz --x86");
        assert_eq!(
            failed(&entry),
            (ErrorKind::Unsupported, "its xz data uses a filter that is not read here")
        );
    }
    // 40 copies that reach back over all that came before.
    let mut far = vec![0xff, 0xff, 0xff, 0x01];
    far.extend([0xf8, 0xff, 0xff, 0x0f]);
    far.extend(lines(12_000).into_iter().take(0x10_0000));
    far.extend([0xff, 0xff, 0xff, 0x0f, 0x00]);
    let (_, entry) = entry(&far, "snappy that refers far back");
    assert_eq!(failed(&entry).0, ErrorKind::Limit, "{entry:?}");
}
