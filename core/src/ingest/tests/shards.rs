//! What has to be the same however files are dealt out: parts of large files, duplicates over shards.

use super::fixture::*;
use crate::ingest::{Entry, Limits, Loader, Options, Part, duplicates, is_splittable};
use logloupe_table::Shard;

/// Reads `content` in parts that end at `cuts`, each with a loader of its own, and sets the sources' bases as a page
/// does.
fn in_parts(content: &[u8], cuts: &[usize], pieces: usize) -> (Vec<Told>, Vec<Entry>) {
    let (mut all, mut entries, mut start) = (Vec::new(), Vec::<Entry>::new(), 0);
    for &end in cuts.iter().chain([&content.len()]) {
        let head = content[..content.len().min(2000)].to_vec();
        let part = Part { head, first: start == 0, length: (end - start) as u64 };
        let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
        loader.open("a.log", Options { part: Some(part), ..Options::default() });
        for piece in content[start..].chunks(pieces) {
            if loader.is_done() {
                break;
            }
            loader.push(piece);
        }
        let (mut shard, ledger) = loader.into_parts();
        let sum = |f: fn(&Entry) -> u64| entries.iter().map(f).sum::<u64>();
        for source in &mut shard.sources {
            (source.first_line, source.first_record) = (sum(|e| e.lines), sum(|e| e.records));
        }
        all.extend(rows(&shard));
        entries.extend(ledger);
        start = end;
    }
    (all, entries)
}

#[test]
fn parts_own_each_line_once_wherever_they_are_cut() {
    let mut text = lines(40);
    text.extend(b"\r\nn=x\n# form\nn=99");
    for content in [text, b"{\"n\":1}\n\n{\"n\":2}\n{\"n\":3}".to_vec()] {
        let whole = rows_of(&content);
        let length = content.len();
        for cut in 1..length {
            let (rows, entries) = in_parts(&content, &[cut], 17);
            assert_eq!(rows, whole, "cut at {cut}");
            let bytes: u64 = entries.iter().map(|e| e.bytes).sum();
            let stored: u64 = entries.iter().map(|e| e.bytes_stored).sum();
            assert_eq!((bytes, stored), (length as u64, length as u64), "cut at {cut}");
        }
        for step in [1, 3, 10, 50] {
            let cuts: Vec<usize> = (1..length).step_by(step).collect();
            let (rows, entries) = in_parts(&content, &cuts, usize::MAX);
            assert_eq!(rows, whole, "cut every {step}");
            let lines: u64 = entries.iter().map(|e| e.lines).sum();
            assert_eq!(lines, content.split(|b| *b == b'\n').count() as u64);
        }
    }
}

fn rows_of(content: &[u8]) -> Vec<Told> {
    read("a.log", content).0
}

#[test]
fn only_lines_are_split() {
    let flow = "2 111122223333 eni-0a1b 10.0.0.1 10.0.0.2 443 49152 6 1 40 1772674177 1772674237 ACCEPT OK\n";
    assert!(is_splittable(crate::formats::ALL, flow.repeat(10).as_bytes()));
    assert!(is_splittable(super::fixture::FORMATS, &lines(10)));
    // Text may go on over lines, and so may quoted values of a table.
    assert!(!is_splittable(crate::formats::ALL, &lines(10)));
    assert!(!is_splittable(crate::formats::ALL, b"a,b\n1,2\n3,4\n"));
    assert!(is_splittable(crate::formats::ALL, b"{\"n\":1}\n{\"n\":2}\n{\"n\":"));
    assert!(!is_splittable(crate::formats::ALL, b"{\n\"n\":1}\n{\n\"n\":2}\n"));
    assert!(!is_splittable(crate::formats::ALL, b"{\"Records\":[{\"n\":1},\n{\"n\":2}]}\n"));
    assert!(!is_splittable(crate::formats::ALL, &gzip(&lines(10))));
    assert!(!is_splittable(
        crate::formats::ALL,
        b"2026-03-05T01:29:37.123Z n=1\n2026-03-05T01:29:37.123Z n=2\n"
    ));
    assert!(!is_splittable(crate::formats::ALL, b"\x89PNG\r\n\x1a\n\n\n"));
    assert!(!is_splittable(crate::formats::ALL, b""));
}

/// The rows that are not marked, and the ledger's count of those that are.
fn kept(shard: &Shard) -> Vec<Told> {
    let marked = shard.tables.iter().flat_map(|t| (0..t.rows()).map(|r| t.duplicates().unwrap().get(r)));
    let mut kept: Vec<Told> =
        rows(shard).into_iter().zip(marked).filter(|(_, marked)| !marked).map(|(row, _)| row).collect();
    kept.sort();
    kept
}

#[test]
fn the_same_rows_are_kept_in_any_order_and_any_shards() {
    let files = [
        (
            "b.json",
            "{\"n\":1,\"word\":\"x\"}{\"n\":2,\"word\":\"y\"}{\"n\":3,\"word\":\"x\"}{\"n\":8}{\"n\":8}",
        ),
        ("a.json", "{\"n\":4,\"word\":\"z\"}{\"n\":5,\"word\":\"y\"}"),
        ("c.json", "{\"n\":6,\"word\":\"z\"}{\"n\":7,\"word\":\"w\"}"),
    ];
    let load = |names: &[usize]| {
        let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 9);
        for &i in names {
            loader.open(files[i].0, Options::default());
            loader.push(files[i].1.as_bytes());
            loader.finish();
        }
        loader
    };
    let mut one = load(&[0, 1, 2]);
    duplicates::mark_all(&mut one, 3);
    let counts: Vec<u64> = one.ledger().iter().map(|e| e.duplicates).collect();
    assert_eq!(counts, [2, 0, 1]);
    let expected = kept(one.shard());
    assert_eq!(numbers(&expected), [4, 5, 1, 8, 8, 7]);

    for deal in [[vec![2, 1], vec![0]], [vec![1], vec![0, 2]], [vec![2, 0, 1], vec![]]] {
        let mut loaders = deal.map(|names| load(&names));
        let found: Vec<_> = loaders
            .iter_mut()
            .map(|loader| {
                let shard = loader.shard();
                (shard.sources.clone(), duplicates::identities(shard, FORMATS, 3))
            })
            .collect();
        let shards: Vec<_> = found.iter().map(|(s, i)| (s.as_slice(), i.as_slice())).collect();
        let repeats = duplicates::find(&shards);
        let mut all = Vec::new();
        for (loader, repeats) in loaders.iter_mut().zip(&repeats) {
            duplicates::mark(loader.shard(), repeats);
            all.extend(kept(loader.shard()));
        }
        all.sort();
        assert_eq!(all, expected);
    }
}
