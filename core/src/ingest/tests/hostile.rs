//! Input that is wrong, or means harm.

use logloupe_sample::rng::Rng;

use super::fixture::*;
use crate::{
    formats::ALL,
    ingest::{ErrorKind, Limits, Loader, Options, State},
};

#[test]
fn what_is_no_log_is_named() {
    for (content, skipped) in [
        (&b""[..], "an empty file"),
        (b" \n\n\t", "only blank lines"),
        (b"\xEF\xBB\xBF", "only blank lines"),
        (b"[]", "JSON without records"),
        (b"{\"Records\":[]}", "an empty list of Records"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
    ] {
        let (rows, entry) = entry("a", content);
        assert_eq!((rows.len(), entry.state), (0, State::Skipped(skipped.into())));
        assert_eq!((entry.reason.as_str(), entry.bytes), (skipped, content.len() as u64));
    }
    for (content, words) in [
        (&b"PAR1\x15\x04"[..], "a Parquet file"),
        (b"\x28\xb5\x2f\xfd\x04", "zstd"),
        (b"BZh91AY&SY", "bzip2-compressed data, which is not read here"),
        (b"\xfd7zXZ\0\0", "xz"),
        (b"\xff\x06\0\0sNaPpY", "snappy"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7-Zip archive"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        (b"\x04\x22\x4d\x18\x60", "LZ4"),
        (b"\xff\xfe\0\0n\0\0\0", "UTF-32"),
    ] {
        let (_, entry) = entry("a", content);
        let State::Failed(error) = entry.state else { panic!("{entry:?}") };
        assert_eq!(error.kind, ErrorKind::Unsupported);
        assert!(error.message.contains(words), "{}", error.message);
    }
}

#[test]
fn records_that_are_too_long_are_cut_out() {
    let limits = Limits { record: 100_000, ..Limits::default() };
    for at in [0, 1, 40] {
        let mut content = lines(at);
        content.extend(b"n=".iter().chain([b'7'; 300_000].iter()).chain(b"\n"));
        content.extend(lines(50));
        let (rows, ledger) = read_with("a.log", &content, limits.clone(), Options::default());
        let entry = &ledger[0];
        assert_eq!((rows.len(), entry.rejected, entry.records), (at + 50, 1, at as u64 + 51));
        assert_eq!((entry.rejections[0].text.len(), entry.rejections[0].line), (64 << 10, at as u64 + 1));
        assert!(entry.rejections[0].expected.contains("at most 100000 bytes"));
        assert_eq!(rows[at].1, at as i64 + 2);
    }
    let long = format!("{{\"n\":1}}\n{{\"n\":2,\"word\":\"{}\"}}\n{{\"n\":3}}", "x".repeat(300_000));
    let (rows, ledger) = read_with("a.json", long.as_bytes(), limits.clone(), Options::default());
    assert_eq!((numbers(&rows), ledger[0].rejected), (vec![1, 3], 1));
    // Too long and then damaged: still one rejection.
    let both = format!("{{\"n\":1}}\n{{\"n\":2,\"word\":\"{}\n{{\"n\":3}}", "x".repeat(300_000));
    let (rows, ledger) = read_with("a.json", both.as_bytes(), limits, Options::default());
    assert_eq!((numbers(&rows), ledger[0].rejected), (vec![1, 3], 1));
}

#[test]
fn a_line_of_fifty_megabytes_does_not_fill_memory() {
    let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
    loader.open("a.log", Options::default());
    loader.push(b"n=1\n");
    (0..50).for_each(|_| loader.push(&[b'x'; 1 << 20]));
    loader.push(b"\nn=2\n");
    let (shard, ledger) = loader.into_parts();
    assert_eq!((shard.rows(), ledger[0].rejected, ledger[0].rejections[0].text.len()), (2, 1, 64 << 10));
}

#[test]
fn invalid_text_is_kept_as_it_is() {
    let (rows, entry) = entry("a.log", b"n=1 word=\xff\xfe\x80\nn=\xc3\x28\nn=2 word=\0\n");
    assert_eq!((numbers(&rows), entry.rejected), (vec![1, 2], 1));
    assert_eq!(entry.rejections[0].text, b"n=\xc3\x28");
}

#[test]
fn content_without_a_whole_record_is_failed_with_its_place() {
    for text in ["{\"Records\":[{\"n\":1,\"word\":\"x", "{\"n\":", "[{\"n\""] {
        let (rows, entry) = entry("a.json", text.as_bytes());
        let State::Failed(error) = &entry.state else { panic!("{entry:?}") };
        assert_eq!((rows.len(), error.kind), (0, ErrorKind::Corrupt));
        assert_eq!((entry.records, entry.rejections[0].found.as_str()), (1, "end of the readable content"));
    }
    let (rows, entry_) = entry("a.json", b"{\"Records\":[{\"n\":1},");
    assert_eq!((rows.len(), entry_.state), (1, State::Read));
    assert_eq!(entry_.notes, ["the content ends inside its list of records"]);
}

#[test]
fn rejections_are_bounded() {
    let content = b"n=1\n".iter().copied().chain(b"n=x\n".repeat(30)).collect::<Vec<u8>>();
    let limits = Limits { rejections: 10, ..Limits::default() };
    let (_, ledger) = read_with("a.log", &content, limits, Options::default());
    assert_eq!((ledger[0].rejected, ledger[0].rejections.len()), (30, 10));
    let limits = Limits { rejected_bytes: 100, ..Limits::default() };
    let (_, ledger) = read_with("a.log", &content, limits, Options::default());
    assert!(ledger[0].rejected == 30 && ledger[0].rejections.len() < 20);
}

/// Time must grow with the length of hostile input, not with its square: each case is a quarter of a megabyte, and a quadratic
/// cutter would need minutes for any of them.
#[test]
fn hostile_input_is_read_in_linear_time() {
    const LENGTH: usize = 1 << 18;
    let long = |unit: &str| unit.repeat(LENGTH / unit.len());
    for unit in [
        "{",
        "[",
        "\"",
        "\\",
        "{\"a\":",
        "[{",
        "{\"",
        "}",
        "]",
        ",",
        "{ ",
        "[[{}],",
        "\n{",
        "{\"a\":1},{",
        "{}",
        "\n",
    ] {
        for before in ["", "{\"n\":1}\n", "{\"n\":1,\"w\":\"", "{\"Records\":[{\"n\":1,\"l\":[", "[{\"n\":1}"]
        {
            let text = before.to_owned() + &long(unit);
            for pieces in [usize::MAX, 4096, 61] {
                let (_, ledger) =
                    read_in(pieces, "a.json", text.as_bytes(), Limits::default(), Options::default());
                assert_eq!(ledger.len(), 1, "{before} {unit}");
            }
        }
    }
}

/// A header that spells a name of times in thousands of ways, letter case aside: whether the table has times is seen without
/// cutting its rows once per column, which would need minutes.
#[test]
fn a_header_of_times_alone_is_read_in_linear_time() {
    const COLUMNS: usize = 16_000;
    let name = |n: usize| -> String {
        let letters = "_source_realtime_timestamp".chars();
        let cased =
            letters.enumerate().map(|(i, c)| if n >> i & 1 == 1 { c.to_ascii_uppercase() } else { c });
        cased.collect()
    };
    // The letters after the underscores that the bits of a number reach.
    let names: Vec<String> = (0..COLUMNS).map(|n| name((n & 0x3f) << 1 | (n >> 6) << 8)).collect();
    let row = format!("{}x", "x,".repeat(COLUMNS - 1));
    let text = [names.join(","), [row.as_str(); 8].join("\n")].join("\n");
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
    loader.open("hosts.csv", Options::default());
    loader.push(text.as_bytes());
    let (_, ledger) = loader.into_parts();
    assert!(matches!(ledger[0].state, State::Table { rows: 8, .. } | State::Read | State::Failed(_)));
    assert!(ledger[0].reason.contains("16000 columns"), "{}", ledger[0].reason);
}

#[test]
fn nothing_is_left_of_a_file_that_is_given_up() {
    let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
    let content = lines(1000);
    loader.open("a.log", Options { size: Some(1 << 30), ..Options::default() });
    loader.push(&content[..5005]);
    assert_eq!(loader.progress().bytes, 5005);
    loader.cancel();
    loader.open("b.log", Options::default());
    loader.push(&content[..5005]);
    loader.fail("the file was moved");
    loader.open("c.log", Options::default());
    loader.push(&content);
    loader.open("d.log", Options::default());
    let (shard, ledger) = loader.into_parts();
    assert_eq!(
        (&ledger[0].state, ledger[0].rejected, ledger[0].bytes_stored),
        (&State::Cancelled, 0, 1 << 30)
    );
    assert!(matches!(&ledger[1].state, State::Failed(e) if e.kind == ErrorKind::Io));
    assert_eq!((ledger[2].rows, &ledger[2].state), (1000, &State::Read));
    assert_eq!(ledger[3].state, State::Skipped("an empty file".into()));
    assert_eq!(shard.rows() as u64, ledger.iter().map(|e| e.rows).sum::<u64>());
    assert!(ledger[0].rows > 300 && ledger[0].rows == ledger[1].rows);
}

/// Reads a file in pieces of any sizes: no panic, the sums are right, and it is the same as read whole.
fn read_raggedly(rng: &mut Rng, content: &[u8]) {
    let (rows, ledger) = read_in(usize::MAX, "a", content, Limits::default(), Options::default());
    let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
    loader.open("a", Options::default());
    let mut rest = content;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at((1 + rng.index(90)).min(rest.len()));
        loader.push(piece);
        rest = after;
    }
    let (shard, cut) = loader.into_parts();
    // Where inflating meets a fault depends on how much it was given.
    let told = |entries: &[crate::ingest::Entry]| -> Vec<_> {
        entries
            .iter()
            .map(|e| (e.source.clone(), e.reason.clone(), e.records, e.rejections.clone()))
            .collect()
    };
    assert_eq!(told(&cut), told(&ledger), "{:?}", String::from_utf8_lossy(content));
    assert_eq!(super::fixture::rows(&shard), rows, "{:?}", String::from_utf8_lossy(content));
}

#[test]
fn nonsense_in_any_pieces_gives_the_same() {
    const WORDS: [&str; 24] = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\n",
        ",",
        ":",
        " ",
        "{\"n\":1}",
        "{\"n\":2,\"word\":\"x\"}",
        "\"Records\":[",
        "\"events\":[]",
        "{\"Records\":[",
        "]}",
        "},{",
        "\"message\":\"n=1\"",
        "\"timestamp\":7,",
        "\"detail\":{",
        "\"detail-type\":\"\"",
        "\"data\":\"H4sI",
        "\n  {\"n\":3",
        "é",
    ];
    let mut rng = Rng::new(11);
    for _ in 0..1500 {
        let mut text = String::from(["", "{\"n\":1}\n", "[", "{\"Records\":[{\"n\":1},"][rng.index(4)]);
        (0..rng.index(60)).for_each(|_| text.push_str(WORDS[rng.index(WORDS.len())]));
        read_raggedly(&mut rng, text.as_bytes());
    }
}

#[test]
fn damaged_archives_in_any_pieces_give_the_same() {
    let content = lines(60);
    let packed = gzip(&content);
    let archives = [
        packed.clone(),
        zip(&[
            zipped("a.log", &content),
            Zipped { descriptor: Some(4), ..zipped("b.log", &content) },
            Zipped { method: 0, wide: true, ..zipped("c.gz", &packed) },
        ]),
        [tarred(b'0', "a.log", &content), tarred(b'x', "x", b"14 path=b.log\n"), tarred(b'0', "b", &packed)]
            .concat(),
        base64(&gzip_plain(&content)).into_bytes(),
    ];
    let mut rng = Rng::new(5);
    for round in 0..600 {
        let mut archive = archives[round % archives.len()].clone();
        for _ in 0..1 + rng.index(3) {
            let at = rng.index(archive.len());
            match rng.index(4) {
                0 => archive.truncate(at.max(1)),
                1 => archive[at] = rng.index(256) as u8,
                2 => archive[at] ^= 1 << rng.index(8),
                _ => drop(archive.drain(at..(at + 1 + rng.index(20)).min(archive.len()))),
            }
            if archive.is_empty() {
                break;
            }
        }
        read_raggedly(&mut rng, &archive);
    }
}
