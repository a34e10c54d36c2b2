//! Files in which records of several logs stand.

use super::fixture::{gzip, read_with};
use crate::{
    formats::{ALL, by_id},
    ingest::{Entry, Limits, Loader, Options, Part, is_splittable},
};
use logloupe_table::{Shard, ledger::OtherLog};

const ALB: &str = "https 2026-03-05T01:31:20.1Z app/shop/50dc6c495c0c9188 198.51.100.7:50599 10.0.0.2:8080 0.001 0.052 0.000 502 502 589 2084 \
    \"GET https://b.example.com:443/a HTTP/2.0\" \"curl/8\" TLS_AES TLSv1.3 arn \"Root=1-6\" \"b.example.com\" \"-\" 0 \
    2026-03-05T01:31:20.0Z \"forward\" \"-\" \"-\" \"10.0.0.2:8080\" \"502\" \"-\" \"-\" TID_2a1b";
const CLB: &str = "2026-03-05T01:31:21.000000Z lb 192.0.2.1:40122 10.0.0.3:80 0.001 0.002 0.003 200 200 0 29 \
    \"GET http://b.example.com:80/b HTTP/1.1\" \"curl/8\" - -";
const NLB: &str = "tls 2.0 2026-03-05T01:31:22 net/shop/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.9:51341 10.0.0.4:443 5 2 98 246 - \
    arn:aws:acm:eu-central-1:111122223333:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - b.example.com - - -";

/// Reads a file with all formats, in pieces of so many bytes; checks the accounting.
fn load(content: &[u8], piece: usize, format: Option<&str>) -> (Shard, Entry) {
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
    loader.open("x", Options { format: format.map(str::to_owned), ..Options::default() });
    content.chunks(piece).for_each(|bytes| loader.push(bytes));
    let (shard, mut ledger) = loader.into_parts();
    assert_eq!(ledger.len(), 1, "{ledger:?}");
    let entry = ledger.remove(0);
    assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{entry:?}");
    assert_eq!(entry.rows as usize, shard.rows(), "{entry:?}");
    (shard, entry)
}

/// Rows as format, line, record.
fn places(shard: &Shard) -> Vec<(String, i64, i64)> {
    let rows = shard.tables.iter().flat_map(|t| (0..t.rows()).filter_map(move |row| t.row(row)));
    let int = |row: &logloupe_table::Row<'_>, name: &str| row.get(name).integer().unwrap_or(-1);
    let mut all: Vec<_> =
        rows.map(|row| (row.table.format().to_owned(), int(&row, "@line"), int(&row, "@record"))).collect();
    all.sort_by_key(|place| place.1);
    all
}

fn other(format: &str, rows: u64, first_line: u64, last_line: u64) -> OtherLog {
    OtherLog { format: format.to_owned(), rows, first_line, last_line }
}

#[test]
fn balancers_logs_of_one_file_are_told_apart() {
    for (lines, format, others) in [
        // One has most of the file's head, and claims it.
        (
            vec![ALB, ALB, ALB, NLB, "x y", CLB, ALB, NLB],
            "alb",
            vec![other("nlb", 2, 4, 8), other("clb", 1, 6, 6)],
        ),
        // None has: the one with most of the records.
        (vec![CLB, NLB, ALB, NLB, CLB, NLB, ALB], "nlb", vec![other("clb", 2, 1, 5), other("alb", 2, 3, 7)]),
        // The head says nothing of what comes behind it.
        ([vec![CLB; 40], vec![ALB; 30]].concat(), "clb", vec![other("alb", 30, 41, 70)]),
    ] {
        let text = lines.join("\n") + "\n";
        let (shard, entry) = load(text.as_bytes(), usize::MAX, None);
        assert_eq!((entry.format.as_deref(), &entry.others), (Some(format), &others), "{}", entry.reason);
        let damaged = lines.iter().filter(|line| **line == "x y").count();
        assert_eq!((entry.rows as usize, entry.rejected as usize), (lines.len() - damaged, damaged));
        let expected = (1..).zip(&lines).filter(|(_, line)| **line != "x y").map(|(n, line)| {
            let format =
                [(ALB, "alb"), (CLB, "clb"), (NLB, "nlb")].into_iter().find(|(text, _)| text == line);
            (format.map(|f| f.1.to_owned()).unwrap_or_default(), n, n)
        });
        assert_eq!(places(&shard), expected.collect::<Vec<_>>());
        for piece in [1, 7, 4096] {
            let cut = load(text.as_bytes(), piece, None);
            assert_eq!((places(&cut.0), cut.1), (places(&shard), entry.clone()));
        }
        let packed = load(&gzip(text.as_bytes()), 100, None);
        assert_eq!((places(&packed.0), packed.1.others), (places(&shard), others));
    }
}

#[test]
fn parts_of_a_mixed_file_give_the_rows_of_the_whole() {
    let lines: Vec<&str> = (0..300).map(|i| [CLB, NLB, ALB, "damaged"][i * 7 % 11 % 4]).collect();
    let text = lines.join("\n") + "\n";
    assert!(is_splittable(ALL, text.as_bytes()));
    let whole = load(text.as_bytes(), usize::MAX, None);
    for count in [2, 3, 7] {
        let length = text.len().div_ceil(count);
        let (mut rows, mut rejected, mut others) = (Vec::new(), 0, Vec::new());
        let mut before = 0;
        for start in (0..text.len()).step_by(length) {
            let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
            let end = (start + length).min(text.len());
            let head = text.as_bytes()[..text.len().min(64 << 10)].to_vec();
            let part = Part { head, first: start == 0, length: (end - start) as u64 };
            loader.open("x", Options { part: Some(part), ..Options::default() });
            loader.push(&text.as_bytes()[start..]);
            let (shard, ledger) = loader.into_parts();
            rows.extend(places(&shard).into_iter().map(|(format, line, _)| (format, line + before)));
            rejected += ledger[0].rejected;
            for mut found in ledger[0].others.clone() {
                found.first_line += before as u64;
                found.last_line += before as u64;
                OtherLog::add(&mut others, found);
            }
            before += ledger[0].lines as i64;
        }
        let expected: Vec<_> = places(&whole.0).into_iter().map(|(format, line, _)| (format, line)).collect();
        assert_eq!((rows, rejected), (expected, whole.1.rejected), "{count}");
        others.sort_by(|a, b| a.format.cmp(&b.format));
        let mut of_whole = whole.1.others.clone();
        of_whole.sort_by(|a, b| a.format.cmp(&b.format));
        assert_eq!(others, of_whole);
    }
}

#[test]
fn what_the_caller_named_is_not_read_as_anything_else() {
    let text = [ALB, NLB, ALB].join("\n");
    let (_, entry) = load(text.as_bytes(), usize::MAX, Some("alb"));
    assert_eq!((entry.rows, entry.rejected, entry.others), (2, 1, Vec::new()));
    // Nor do a few lines of some log make a file of something else that log's.
    let text = [ALB, "a", "b", "c", NLB].join("\n");
    let (shard, entry) = load(text.as_bytes(), usize::MAX, None);
    assert_eq!((shard.rows(), entry.format.as_deref()), (5, Some("plain_text")));
    // A record of JSON among lines.
    let (_, ledger) = read_with("x", b"n=1\nn=2\n{\"n\":3}\n", Limits::default(), Options::default());
    assert_eq!((ledger[0].rows, ledger[0].rejected, ledger[0].others.len()), (3, 0, 1));
}

/// The raw records of the rows that the samples of a format give.
fn records(id: &str) -> Vec<String> {
    let mut all = Vec::new();
    for sample in by_id(id).unwrap().samples() {
        let (shard, _) = load(sample.content, usize::MAX, None);
        let rows = shard.tables.iter().flat_map(|t| (0..t.rows()).filter_map(move |row| t.row(row)));
        all.extend(rows.map(|row| String::from_utf8_lossy(row.raw().trim_ascii_end()).into_owned()));
    }
    all
}

#[test]
fn any_two_logs_may_be_joined() {
    for (first, whole) in [
        ("alb", ["alb_health", "clb", "global_accelerator", "nlb", "route53", "s3_access"].as_slice()),
        (
            "waf",
            ["config", "eks_audit", "network_firewall", "route53_resolver", "verified_access", "vpc_lattice"]
                .as_slice(),
        ),
    ] {
        let own = records(first);
        let own: Vec<&str> = own.iter().cycle().take(own.len().max(40)).map(String::as_str).collect();
        let framing = by_id(first).unwrap().meta().framing;
        for other in ALL.iter().map(|f| f.meta()).filter(|m| m.framing == framing && m.id != first) {
            let more = records(other.id);
            let all: Vec<&str> = own.iter().copied().chain(more.iter().map(String::as_str)).collect();
            let (_, entry) = load(all.join("\n").as_bytes(), 4096, None);
            assert_eq!(entry.format.as_deref(), Some(first), "{}", other.id);
            let read: u64 = entry.others.iter().map(|o| o.rows).sum();
            // What needs the lines around it is not known by itself; what is, is no other log's.
            assert_eq!(entry.rows, own.len() as u64 + read, "{first} and {}: {:?}", other.id, entry.others);
            assert!(
                entry.others.iter().all(|o| o.format == other.id),
                "{first} and {}: {:?}",
                other.id,
                entry.others
            );
            if whole.contains(&other.id) {
                assert_eq!((read as usize, entry.rejected), (more.len(), 0), "{first} and {}", other.id);
            }
        }
    }
}
