//! Gzip, zip, tar, base64, and all of them within each other.

use logloupe_table::settings::{Rule, Settings};

use super::fixture::*;
use crate::ingest::{Entry, ErrorKind, Limits, Loader, Options, State};

fn failed(entry: &Entry) -> (ErrorKind, &str) {
    match &entry.state {
        State::Failed(error) => (error.kind, error.message.as_str()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn gzip_of_every_form_gives_the_same_rows() {
    let content = lines(3000);
    let plain = read("a.log", &content).0;
    let (one, two) = content.split_at(10_001);
    let mut padded = gzip(&content);
    padded.extend([0; 700]);
    for packed in [
        gzip(&content),
        [gzip(one), gzip_plain(two), gzip(b"")].concat(),
        [gzip(b""), gzip_plain(one), gzip(two)].concat(),
        padded,
    ] {
        let (rows, entry) = entry("a.log", &packed);
        assert_eq!(rows, plain);
        assert_eq!((entry.bytes, entry.bytes_stored), (content.len() as u64, packed.len() as u64));
        assert_eq!((entry.containers, entry.lines), (vec!["gzip".to_owned()], 3000));
        assert_eq!(entry.notes, Vec::<String>::new());
    }
    let (rows, entry_) = entry("a.log", &gzip(&gzip(&content)));
    assert_eq!((rows, entry_.containers.len()), (plain.clone(), 2));
    let (rows, entry_) = entry("a.log", base64(&gzip_plain(&content)).as_bytes());
    assert_eq!((rows, entry_.containers), (plain.clone(), vec!["base64".to_owned(), "gzip".to_owned()]));
    let mut trailing = gzip(&content);
    trailing.extend(b"\0\0what is this");
    let (rows, entry_) = entry("a.log", &trailing);
    assert_eq!((rows, entry_.state), (plain, State::Read));
    assert_eq!(entry_.notes, ["12 bytes behind the gzip data were ignored"]);
}

#[test]
fn rows_before_a_fault_are_kept_however_few_they_are() {
    let content = lines(6);
    assert!(content.len() < 512);
    let whole = read("a.log", &content).0;
    let packed = gzip(&content);
    for cut in 1..packed.len() {
        let (rows, entry_) = entry("a.log", &packed[..cut]);
        assert_eq!(rows, whole[..rows.len()], "{cut}");
        assert_eq!(
            (entry_.rows, entry_.records),
            (rows.len() as u64, entry_.rows + entry_.rejected),
            "{cut}"
        );
        assert!(cut < 20 || failed(&entry_).0 == ErrorKind::Truncated, "{cut}: {entry_:?}");
        // All that was inflated is a row but a last line without end.
        let lines = entry_.bytes as usize * whole.len() / content.len();
        assert!(rows.len() + 1 >= lines, "{cut}: {} of {lines}", rows.len());
    }
    for packed in [
        &packed[..packed.len() - 4],
        &gzip(&gzip(&content))[..],
        &[gzip_plain(&content), gzip(b"n=7")[..9].to_vec()].concat(),
        base64(&packed[..packed.len() - 3]).as_bytes(),
    ] {
        assert_eq!(entry("a.log", packed).0, whole);
    }
    let mut wrong = packed;
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    let (rows, entry_) = entry("a.log", &wrong);
    assert_eq!((rows, failed(&entry_).0), (whole, ErrorKind::Corrupt));
}

#[test]
fn rows_before_a_fault_of_gzip_are_kept() {
    let content = lines(3000);
    let packed = gzip(&content);
    let (rows, entry_) = entry("a.log", &packed[..packed.len() / 2]);
    assert_eq!(failed(&entry_), (ErrorKind::Truncated, "its gzip data ends too early"));
    assert!(rows.len() > 500 && rows.len() as u64 == entry_.rows);
    // The line that was cut is not taken for a whole one.
    assert_eq!(entry_.rejected, 1);
    assert_eq!(entry_.rejections[0].expected, "the rest of the line");
    assert_eq!(rows, read("a.log", &content).0[..rows.len()]);

    let mut wrong = packed.clone();
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    let (rows, entry_) = entry("a.log", &wrong);
    assert_eq!((rows.len(), failed(&entry_).0), (3000, ErrorKind::Corrupt));

    let mut damaged = packed.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 40].fill(0xff);
    let (rows, ledger) = read_in(100, "a.log", &damaged, Limits::default(), Options::default());
    assert_eq!(failed(&ledger[0]).0, ErrorKind::Corrupt);
    assert!(rows.len() > 500 && rows.len() < 3000);

    for end in 2..20 {
        let (rows, entry_) = entry("a.log", &packed[..end]);
        assert_eq!((rows.len(), failed(&entry_).0), (0, ErrorKind::Truncated), "{end}");
    }
}

/// Its length has no address where these have 32 bits, and zero was left of it there: nothing was taken, for ever.
#[test]
fn a_stored_member_of_four_gigabytes_is_read_as_far_as_it_goes() {
    let content = lines(100);
    let mut archive = zip(&[Zipped { method: 0, wide: true, ..zipped("a.log", &content) }]);
    let length = (content.len() as u64).to_le_bytes();
    let stated: Vec<usize> = (0..90).filter(|at| archive[*at..].starts_with(&length)).collect();
    assert_eq!(stated.len(), 2);
    stated.iter().for_each(|at| archive[*at..at + 8].copy_from_slice(&(1u64 << 32).to_le_bytes()));
    let start = archive.windows(content.len()).position(|bytes| bytes == content).unwrap_or_default();
    archive.truncate(start + content.len());
    let (rows, ledger) = read("a.zip", &archive);
    assert_eq!((rows.len(), failed(&ledger[0]).0), (100, ErrorKind::Truncated));
}

#[test]
fn zip_gives_an_entry_per_file() {
    let (a, b, packed) = (lines(500), lines(10), gzip(b"{\"Records\":[{\"n\":5}]}"));
    let archive = zip(&[
        Zipped { method: 0, ..zipped("logs/", b"") },
        zipped("logs/a.log", &a),
        Zipped { method: 0, ..zipped("logs/b.log", &b) },
        Zipped { descriptor: Some(4), ..zipped("c.log", &b) },
        Zipped { descriptor: Some(8), ..zipped("d.log", &a) },
        Zipped { wide: true, ..zipped("e.log", &a) },
        Zipped { method: 0, ..zipped("f.json.gz", &packed) },
        Zipped { method: 0, ..zipped("empty", b"") },
        Zipped { descriptor: Some(4), ..zipped("g.log", &a) },
    ]);
    let (rows, ledger) = read("all.zip", &archive);
    let told: Vec<(&str, u64)> = ledger.iter().map(|e| (e.source.as_str(), e.rows)).collect();
    let expected = [
        ("all.zip/logs/a.log", 500),
        ("all.zip/logs/b.log", 10),
        ("all.zip/c.log", 10),
        ("all.zip/d.log", 500),
        ("all.zip/e.log", 500),
        ("all.zip/f.json.gz", 1),
        ("all.zip/empty", 0),
        ("all.zip/g.log", 500),
    ];
    assert_eq!(told, expected);
    assert_eq!(rows.len(), 2021);
    assert_eq!((ledger[1].bytes_stored, ledger[1].bytes), (b.len() as u64, b.len() as u64));
    assert_eq!(ledger[0].bytes_stored, deflate(&a).len() as u64);
    assert_eq!(ledger[5].containers, ["zip", "gzip"]);
    assert_eq!(ledger[6].state, State::Skipped("an empty file".into()));
    assert!(ledger.iter().all(|e| e.rows == 0 || e.state == State::Read));
}

#[test]
fn a_bad_member_of_a_zip_is_named_and_the_next_is_read() {
    let content = lines(500);
    let build = |bad: Zipped<'_>| zip(&[zipped("a.log", &content), bad, zipped("z.log", &content)]);
    let mut cases = Vec::new();
    for descriptor in [None, Some(4)] {
        // Damage in the middle of the second member's data, or in its checksum.
        let mut damaged = build(Zipped { descriptor, ..zipped("bad.log", &content) });
        let middle = 40 + deflate(&content).len() + 400;
        damaged[middle..middle + 30].fill(0xff);
        cases.push((damaged, ErrorKind::Corrupt));
        cases.push((
            build(Zipped { descriptor, flags: 1, ..zipped("bad.log", &content) }),
            ErrorKind::Unsupported,
        ));
        cases.push((
            build(Zipped { descriptor, method: 93, ..zipped("bad.log", b"PKPK") }),
            ErrorKind::Unsupported,
        ));
    }
    let mut sum = build(Zipped { method: 0, ..zipped("bad.log", &content) });
    let at = sum.windows(4).rposition(|w| w == b"PK\x03\x04").unwrap() - 2;
    sum[at] ^= 1;
    cases.push((sum, ErrorKind::Corrupt));
    for (number, (archive, kind)) in cases.iter().enumerate() {
        let (_, ledger) = read("all.zip", archive);
        let names: Vec<&str> = ledger.iter().map(|e| e.source.as_str()).collect();
        assert_eq!(names, ["all.zip/a.log", "all.zip/bad.log", "all.zip/z.log"], "case {number}");
        assert_eq!(failed(&ledger[1]).0, *kind, "case {number}");
        assert_eq!((ledger[0].rows, ledger[2].rows), (500, 500), "case {number}");
    }
}

#[test]
fn an_incomplete_zip_says_so() {
    let content = lines(500);
    let archive = zip(&[zipped("a.log", &content), zipped("b.log", &content)]);
    let (rows, ledger) = read("all.zip", &archive[..archive.len() - 100 - deflate(&content).len() / 2]);
    let names: Vec<&str> = ledger.iter().map(|e| e.source.as_str()).collect();
    assert_eq!(names, ["all.zip/a.log", "all.zip/b.log", "all.zip"]);
    assert_eq!(failed(&ledger[1]).0, ErrorKind::Truncated);
    assert_eq!(failed(&ledger[2]).0, ErrorKind::Truncated);
    assert!(rows.len() > 500 && rows.len() < 1000);
    let (_, ledger) = read("all.zip", &archive[..archive.len() - 68]);
    assert_eq!((ledger.len(), ledger[1].rows, failed(&ledger[2]).0), (3, 500, ErrorKind::Truncated));
    let (_, entry_) = entry("none.zip", &zip(&[])[46..]);
    assert_eq!(entry_.state, State::Skipped("an archive without files".into()));
    let (_, entry_) = entry("x.xlsx", &zip(&[zipped("[Content_Types].xml", b"<x/>")]));
    assert_eq!(entry_.state, State::Skipped("an Office document".into()));
}

#[test]
fn tar_gives_an_entry_per_file() {
    let content = lines(100);
    let long = "folder/".repeat(30) + "long.log";
    let attributes = format!("{} path={long}\n", long.len() + 10);
    let archive = [
        tarred(b'5', "logs/", b""),
        tarred(b'0', "logs/a.log", &content),
        tarred(b'L', "././@LongLink", format!("{long}\0").as_bytes()),
        tarred(b'0', "folder", &content),
        tarred(b'g', "pax_global_header", b"52 comment=x\n"),
        tarred(b'x', "PaxHeaders/x", format!("20 ctime=1432826855\n{attributes}").as_bytes()),
        tarred(0, "cut", &gzip(&content)),
        tarred(b'2', "link", b""),
        tarred(b'0', "empty.log", b""),
        vec![0; 1024],
    ]
    .concat();
    let (rows, ledger) = read("all.tar", &archive);
    let names: Vec<&str> = ledger.iter().map(|e| e.source.as_str()).collect();
    let deep = format!("all.tar/{long}");
    assert_eq!(names, ["all.tar/logs/a.log", &deep, &deep, "all.tar/empty.log"]);
    assert_eq!((rows.len(), ledger[0].bytes_stored), (300, content.len() as u64));
    assert_eq!(ledger[2].containers, ["tar", "gzip"]);

    let (packed, ledger) = read("all.tgz", &gzip(&archive));
    assert_eq!((packed.len(), ledger[2].containers.len()), (300, 3));
    let (rows, ledger) = read("all.tar", &archive[..512 + 512 + 700]);
    assert!(rows.len() > 10 && rows.len() < 100);
    assert_eq!(failed(&ledger[0]).0, ErrorKind::Truncated);
    assert_eq!((ledger[1].source.as_str(), failed(&ledger[1]).0), ("all.tar", ErrorKind::Truncated));
    let mut damaged = archive.clone();
    let third = archive.windows(5).enumerate().filter(|(_, w)| w == b"ustar").nth(2).unwrap().0;
    damaged[third + 20] ^= 1;
    let (_, ledger) = read("all.tar", &damaged);
    assert!(ledger.iter().any(|e| e.source == "all.tar" && failed(e).0 == ErrorKind::Corrupt));
}

#[test]
fn containers_nest_to_a_stated_depth() {
    let content = lines(20);
    let inner = gzip(&tarred(b'0', "a.log", &content));
    let archive =
        zip(&[Zipped { method: 0, ..zipped("x.tgz", &inner) }, zipped("b.log.gz", &gzip(&content))]);
    let (rows, ledger) = read("all.zip.gz", &gzip(&archive));
    assert_eq!((rows.len(), ledger.len()), (40, 2));
    assert_eq!(ledger[0].containers, ["gzip", "zip", "gzip", "tar"]);
    let deep = (0..8).fold(content, |content, _| gzip(&content));
    let (_, entry_) = entry("deep", &deep);
    assert_eq!(failed(&entry_).0, ErrorKind::Limit);
}

#[test]
fn bombs_are_stopped() {
    let bomb = gzip(&vec![b'\n'; 8 << 20]);
    let limits = Limits { ratio: 50, ratio_from: 1 << 20, ..Limits::default() };
    for (name, file) in [
        ("bomb.gz", bomb.clone()),
        ("bomb.zip", zip(&[zipped("a.log", &lines(10)), zipped("bomb", &vec![b'\n'; 8 << 20])])),
        ("bomb.tgz", gzip(&tarred(b'0', "bomb", &vec![b'\n'; 8 << 20]))),
    ] {
        let mut loader = Loader::new(FORMATS.to_vec(), limits.clone(), 1);
        loader.open(name, Options::default());
        file.chunks(1000).for_each(|piece| loader.push(piece));
        assert!(loader.is_done(), "{name}");
        loader.finish();
        let last = loader.ledger().last().unwrap();
        assert_eq!(failed(last).0, ErrorKind::Limit, "{name}");
        // The next file is read as if nothing had happened.
        loader.open("a.log", Options::default());
        loader.push(b"n=1\n");
        loader.finish();
        assert_eq!(loader.ledger().last().unwrap().rows, 1);
    }
    // One that is shorter than what tells what a file is.
    let small = (0..3).fold(vec![b'\n'; 64 << 20], |content, _| gzip_plain(&content));
    assert!(small.len() < 512, "{}", small.len());
    let (_, ledger) = read_in(100, "a.gz", &small, limits, Options::default());
    assert_eq!(failed(&ledger[0]).0, ErrorKind::Limit);
    let limits = Limits { inflated: 100_000, ..Limits::default() };
    let (rows, ledger) = read_in(50, "a.gz", &gzip(&lines(20_000)), limits, Options::default());
    assert_eq!(failed(&ledger[0]).0, ErrorKind::Limit);
    assert!(!rows.is_empty());
    let many: Vec<String> = (0..20).map(|n| format!("{n}.log")).collect();
    let members: Vec<Zipped<'_>> = many.iter().map(|name| zipped(name, b"n=1")).collect();
    let limits = Limits { members: 10, ..Limits::default() };
    let (rows, ledger) = read_with("many.zip", &zip(&members), limits, Options::default());
    assert_eq!((rows.len(), failed(ledger.last().unwrap()).0), (10, ErrorKind::Limit));
}

/// `text` in UTF-16 with its mark.
fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn utf16_with_a_mark_becomes_utf8() {
    let text = "n=1 word=a\r\nn=2 word=B\u{fc}ro \u{20ac} \u{1d11e}\r\nn=3";
    let object = "[\r\n  {\"n\": 1, \"word\": \"\u{1f600}\"},\r\n  {\"n\": 2}\r\n]\r\n";
    for (text, words) in
        [(text, ["a", "B\u{fc}ro \u{20ac} \u{1d11e}", ""].as_slice()), (object, &["\u{1f600}", ""])]
    {
        for big in [false, true] {
            let content = utf16(text, big);
            for piece in [1, 2, 3, 7, content.len()] {
                let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
                loader.open("a.log", Options::default());
                content.chunks(piece).for_each(|bytes| loader.push(bytes));
                let (mut shard, ledger) = loader.into_parts();
                shard.seal();
                let found: Vec<String> = rows(&shard).into_iter().map(|row| row.4).collect();
                assert_eq!(found, words, "{:?}", ledger[0]);
                assert_eq!((&ledger[0].state, ledger[0].rejected), (&State::Read, 0));
                assert_eq!(ledger[0].containers, ["utf-16"]);
            }
        }
    }
    // Compressed afterwards, without content, with half a pair, and cut within a character.
    let (found, entry_) = entry("a.log.gz", &gzip(&utf16("n=7\n", false)));
    assert_eq!((numbers(&found), entry_.containers), (vec![7], vec!["gzip".to_owned(), "utf-16".to_owned()]));
    let (_, entry_) = entry("a.log", b"\xff\xfe");
    assert_eq!(entry_.state, State::Skipped("an empty file".to_owned()));
    let mut content = utf16("n=1 word=", false);
    content.extend(0xd834_u16.to_le_bytes());
    content.extend("\nn=2\n".encode_utf16().flat_map(u16::to_le_bytes));
    let (found, entry_) = entry("a.log", &content);
    assert_eq!((found[0].4.as_str(), found.len(), entry_.notes.len()), ("\u{fffd}", 2, 1), "{entry_:?}");
    content.push(b'n');
    let (found, entry_) = entry("a.log", &content);
    assert_eq!((found.len(), entry_.rejected, entry_.notes.len()), (2, 1, 1), "{entry_:?}");
    assert!(entry_.notes[0].ends_with("in the middle of one"), "{entry_:?}");
}

#[test]
fn what_aws_puts_beside_logs_is_skipped_by_name() {
    for (name, words) in [
        ("AWSLogs/111122223333/ELBAccessLogTestFile", "load balancer's access logs"),
        ("ELBConnectionLogTestFile", "connection logs"),
        ("logs\\AccessLogTestFile", "load balancer's access logs"),
        ("exports/aws-logs-write-test", "export from CloudWatch Logs"),
        ("AWSLogs/111122223333/Config/ConfigWritabilityCheckFile", "AWS Config"),
        ("AWSLogs/111122223333/", "marker of a folder"),
        ("AWSLogs/111122223333_$folder$", "marker of a folder"),
    ] {
        for content in [&b""[..], b"n=1\n", b"Permission Check Successful"] {
            let (found, entry) = entry(name, content);
            assert!(matches!(&entry.state, State::Skipped(why) if why.contains(words)), "{entry:?}");
            assert_eq!((found.len(), entry.records, entry.bytes), (0, 0, content.len() as u64));
            assert!(entry.reason.contains(words), "{entry:?}");
        }
    }
    for (content, what) in [
        (
            r#"{"sourceBucket":"a","destinationBucket":"arn:b","version":"2016-11-30","creationTimestamp":"1514944800000","fileFormat":"CSV","fileSchema":"Bucket, Key"}"#,
            "S3 Inventory",
        ),
        (
            r#"{"Format":"Report_CSV_20180820","ReportCreationDate":"2019-04-05T17:48:39.725Z","Results":[]}"#,
            "S3 Batch Operations",
        ),
    ] {
        let (_, ledger) = read("manifest.json", content.as_bytes());
        let found = &ledger[0].state;
        assert!(matches!(found, State::Skipped(is) if is.contains(what)), "{found:?}");
    }
    for name in ["ELBAccessLogTestFile.log", "my-aws-logs-write-test", "aws-logs-write-test/000000.log", "a"]
    {
        assert_eq!(entry(name, b"n=1\n").0.len(), 1, "{name}");
    }
    let forced = Options { format: Some("pairs".into()), ..Options::default() };
    let (found, _) = read_with("aws-logs-write-test", b"n=1\n", Limits::default(), forced);
    assert_eq!(found.len(), 1);
}

#[test]
fn a_rule_is_about_files_by_their_names_inside_archives_too() {
    let app = b"2026-03-05 01:29:37 first\n2026-03-05 01:29:38 second\n";
    let archive = zip(&[zipped("app-1.log", app), zipped("app-2.log", app), zipped("notes.log", app)]);
    let read = |rules: Vec<Rule>| {
        let mut loader = Loader::new(crate::formats::ALL.to_vec(), Limits::default(), 1);
        loader.open("x.zip", Options { rules: rules.into(), ..Options::default() });
        loader.push(&archive);
        let (shard, ledger) = loader.into_parts();
        let first = shard.tables[0].row(0).unwrap().show("@timestamp");
        let formats = ledger.iter().map(|e| e.format.clone().unwrap_or_default()).collect::<Vec<_>>();
        (first, formats, ledger.iter().map(|e| e.rejected).sum::<u64>())
    };
    let plain = ["plain_text", "plain_text", "plain_text"].map(str::to_owned);
    assert_eq!(read(Vec::new()), ("2026-03-05T01:29:37Z".to_owned(), plain.to_vec(), 0));
    let settings = Settings { ahead: 3600, ..Settings::NONE };
    let all = Rule { files: "x.zip/app-#.log".to_owned(), format: None, settings };
    assert_eq!(read(vec![all.clone()]), ("2026-03-05T00:29:37Z".to_owned(), plain.to_vec(), 0));
    // The last one about a file counts.
    let one =
        Rule { files: "x.zip/app-2.log".to_owned(), format: Some("lambda".to_owned()), ..Rule::default() };
    let (_, formats, _) = read(vec![all, one]);
    assert_eq!(formats, ["plain_text", "lambda", "plain_text"]);
    let unknown =
        Rule { files: "x.zip/notes.log".to_owned(), format: Some("none".to_owned()), ..Rule::default() };
    assert_eq!(read(vec![unknown]).1, ["plain_text", "plain_text", ""]);
}
