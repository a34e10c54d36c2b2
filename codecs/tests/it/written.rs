//! Whole files give the rows of what they hold.

use logloupe_core::ingest::{Limits, State};
use logloupe_sample::rng::Rng;

use crate::packed::{all, base64, entry, gzip, lines, read, run, snappy_framed, snappy_raw};

#[test]
fn every_container_gives_the_rows_of_its_content() {
    // Several blocks of zstd and of Snappy; more than a piece.
    let content = lines(3000);
    assert!(content.len() > 250_000);
    let (plain, _) = read(&content, usize::MAX, Limits::default());
    assert_eq!(plain.len(), 3000);
    for packed in all(&content) {
        let (rows, entry) = entry(&packed.bytes, &packed.how);
        assert_eq!((&entry.state, entry.notes.len()), (&State::Read, 0), "{}: {entry:?}", packed.how);
        assert!(rows == plain, "{}", packed.how);
        assert_eq!(entry.containers, [packed.container], "{}", packed.how);
        let sizes = (content.len() as u64, packed.bytes.len() as u64);
        assert_eq!((entry.bytes, entry.bytes_stored), sizes, "{}", packed.how);
    }
}

#[test]
fn they_nest_and_come_as_base64() {
    let content = lines(40);
    let (plain, _) = read(&content, usize::MAX, Limits::default());
    for packed in all(&content) {
        let how = &packed.how;
        for (bytes, outer) in [
            (gzip(&packed.bytes), vec!["gzip"]),
            (base64(&packed.bytes), vec!["base64"]),
            (snappy_framed(&packed.bytes), vec!["snappy"]),
            (gzip(&base64(&packed.bytes)), vec!["gzip", "base64"]),
        ] {
            let (rows, entry) = entry(&bytes, how);
            assert_eq!(entry.containers, [outer.as_slice(), &[packed.container]].concat(), "{how}");
            assert!(rows == plain, "{how}");
        }
    }
    let deep = (0..8).fold(content, |content, _| snappy_framed(&content));
    let (_, entry) = entry(&deep, "snappy in itself");
    assert!(entry.reason.contains("more than 6 containers"), "{entry:?}");
}

#[test]
fn what_does_not_compress_and_what_repeats() {
    let mut rng = Rng::new(3);
    // Stored blocks, then runs of one byte, far copies, and lines.
    let mut content = lines(50).repeat(20);
    content.extend((0..300_000).map(|_| b'!' + rng.below(90) as u8));
    content.push(b'\n');
    content.extend(lines(50).repeat(40));
    content.extend([b' '; 200_000]);
    content.push(b'\n');
    content.extend(lines(10));
    let (plain, ledger) = read(&content, usize::MAX, Limits::default());
    assert_eq!((plain.len(), ledger[0].rejected), (3010, 1), "{:?}", ledger[0].reason);
    for packed in all(&content).into_iter().filter(|packed| packed.how != "snappy, raw") {
        let (rows, entry) = entry(&packed.bytes, &packed.how);
        assert_eq!((&entry.state, entry.bytes), (&State::Read, content.len() as u64), "{}", packed.how);
        assert!(rows == plain, "{}", packed.how);
    }
    assert!(read(&snappy_raw(&content), 1000, Limits::default()).0 == plain);
}

#[test]
fn bytes_behind_the_data_are_ignored_with_a_note() {
    let content = lines(30);
    for packed in all(&content) {
        if packed.how.contains("Hadoop") || packed.how.contains("framed") {
            // Every byte of these belongs to a block.
            continue;
        }
        let raw = packed.how.contains("raw");
        for (behind, note) in
            [(&b"\0\0\0\0"[..], None), (b"\0\0\0\0what is this", Some(12)), (b"BZx", Some(3))]
        {
            if raw {
                // One raw block is recognised by that nothing is behind it, unless it is longer than the head.
                continue;
            }
            let (rows, entry) = entry(&[&packed.bytes, behind].concat(), &packed.how);
            let name = packed.container;
            let note: Vec<String> =
                note.iter().map(|n| format!("{n} bytes behind the {name} data were ignored")).collect();
            assert_eq!((rows.len(), &entry.state, entry.notes), (30, &State::Read, note), "{}", packed.how);
        }
    }
    let long = [snappy_raw(&lines(300)), b"what".to_vec()].concat();
    let (rows, entry) = entry(&long, "snappy, raw");
    assert_eq!((rows.len(), entry.notes.len()), (300, 1), "{entry:?}");
}

#[test]
fn frames_of_zstd_that_hold_nothing_are_skipped() {
    let skippable = |content: &[u8], number: u8| {
        [&[0x50 + number, 0x2a, 0x4d, 0x18], &(content.len() as u32).to_le_bytes()[..], content].concat()
    };
    let Some(packed) = run("zstd", &["-c", "-q"], &lines(30)) else { return };
    let (first, empty, long) = (skippable(b"n=1", 0), skippable(b"", 15), skippable(&[7; 5000], 9));
    let between = [first, packed.clone(), empty, long, packed].concat();
    let (rows, entry_) = entry(&between, "skippable frames");
    assert_eq!((rows.len(), &entry_.state, entry_.notes.len()), (60, &State::Read, 0), "{entry_:?}");
    let (_, entry_) = entry(&skippable(&[7; 600], 3), "a skippable frame");
    assert_eq!(entry_.state, State::Skipped("an empty file".to_owned()));
}
