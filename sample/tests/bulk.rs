//! The bulk streams: shapes, determinism, and the distributions that benchmarks rely on.

mod read;

use logloupe_sample::bulk;
use read::{fingerprint, inflate, tokens};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

fn whole(chunks: impl Iterator<Item = Vec<u8>>) -> String {
    String::from_utf8(chunks.flatten().collect()).expect("UTF-8")
}

fn pinned(chunks: impl Iterator<Item = Vec<u8>>) -> String {
    let text = whole(chunks);
    format!("{:016x}", fingerprint([text.as_bytes()]))
}

#[test]
fn same_bytes_every_time() {
    assert_eq!(pinned(bulk::vpc(5_000, 1)), "8d1637bd348dddaf");
    assert_eq!(pinned(bulk::alb(2_000, 1)), "7a93e0cc69d9cbf1");
    assert_eq!(pinned(bulk::cloudfront(2_000, 1)), "5c412aff61f64c20");
    assert_eq!(pinned(bulk::lambda(2_000, 1)), "374c736472ab9822");
    assert_eq!(pinned(bulk::cloudtrail(2_000, 1)), "4158867aac108c3e");
    assert_ne!(pinned(bulk::vpc(500, 1)), pinned(bulk::vpc(500, 2)));
}

#[test]
fn chunks_end_with_records() {
    let chunks: Vec<Vec<u8>> = bulk::vpc(30_000, 3).collect();
    assert!(chunks.len() > 2);
    assert!(chunks.iter().all(|chunk| chunk.ends_with(b"\n") && chunk.len() < bulk::CHUNK_BYTES + 300));
    assert_eq!(whole(bulk::vpc(0, 3)).lines().count(), 1, "no rows: the header alone");
    assert_eq!(whole(bulk::cloudtrail(0, 3)), "{\"Records\":[]}");
}

#[test]
fn vpc_rows() {
    let text = whole(bulk::vpc(60_000, 4));
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(' ').collect()).collect();
    assert_eq!(rows.len(), 60_000);
    assert!(rows.iter().all(|row| row.len() == 14));
    let mut sources: HashMap<&str, u32> = HashMap::new();
    rows.iter().for_each(|row| *sources.entry(row[3]).or_default() += 1);
    assert!(sources.len() > 10_000, "{} different sources", sources.len());
    let most =
        sources.iter().filter(|(source, _)| !source.starts_with("10.")).map(|(_, n)| *n).max().unwrap();
    assert!(most > 300, "the busiest source has {most}");
    let starts: Vec<u64> = rows.iter().map(|row| row[10].parse().unwrap()).collect();
    assert!(starts.is_sorted() && starts[0] == 1_772_409_600 && starts[59_999] > 1_772_409_600 + 604_780);
    let rejected = rows.iter().filter(|row| row[12] == "REJECT").count();
    assert!((3_000..6_500).contains(&rejected), "{rejected}");
    for row in rows.iter().filter(|row| row[13] == "OK") {
        let (packets, bytes): (u64, u64) = (row[8].parse().unwrap(), row[9].parse().unwrap());
        assert!(packets >= 1 && bytes >= 40 && row[3].split('.').count() == 4);
    }
}

#[test]
fn alb_rows() {
    let text = whole(bulk::alb(5_000, 5));
    let mut traces = HashSet::new();
    for line in text.lines() {
        let tokens = tokens(line);
        assert_eq!(tokens.len(), 34, "{line}");
        assert!(traces.insert(tokens[17].clone()));
        assert!(tokens[1].ends_with('Z') && tokens[1].len() == 27);
        assert_eq!(tokens[5] == "-1", tokens[9] == "-", "{line}");
        assert_eq!(tokens[12].split(' ').count(), 3);
    }
    assert_eq!(traces.len(), 5_000);
    assert!((700..850).contains(&(text.len() / 5_000)), "{}", text.len());
}

#[test]
fn cloudfront_rows() {
    let text = whole(bulk::cloudfront(5_000, 6));
    let mut lines = text.lines().skip(1);
    assert_eq!(lines.next().unwrap().split(' ').count(), 34, "#Fields: and 33 names");
    assert!(lines.clone().all(|line| line.split('\t').count() == 33));
    assert_eq!(lines.count(), 5_000);
}

#[test]
fn lambda_rows() {
    let text = whole(bulk::lambda(5_000, 8));
    // A line without a time goes on with the record before it.
    let records: Vec<&str> = text.lines().filter(|line| line.starts_with("2026-03-")).collect();
    assert_eq!(records.len(), 5_000);
    let count = |word: &str| records.iter().filter(|record| record[25..].starts_with(word)).count();
    let (started, ended, reported) = (count("START "), count("END "), count("REPORT "));
    assert!((500..1_000).contains(&started), "{started}");
    assert!(started - ended <= 1 && ended - reported <= 1, "{started} {ended} {reported}");
    assert!(text.contains("\nXRAY TraceId: 1-") && text.contains("\tInit Duration: "));
}

#[test]
fn cloudtrail_events() {
    let text = whole(bulk::cloudtrail(10_000, 7));
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let events = file["Records"].as_array().unwrap();
    assert_eq!(events.len(), 10_000);
    let different = |path: &str| {
        let values =
            events.iter().map(|event| path.split('.').fold(event, |value, name| &value[name]).to_string());
        values.collect::<HashSet<_>>().len()
    };
    assert_eq!((different("eventID"), different("requestID")), (10_000, 10_000));
    assert!((230..330).contains(&different("eventName")), "{}", different("eventName"));
    assert!(different("userIdentity") > 350, "{}", different("userIdentity"));
    assert!(different("userAgent") > 200);
    let mean = text.len() / 10_000;
    assert!((1_000..2_500).contains(&mean), "{mean}");
}

#[test]
fn small_files_hold_the_promised_events() {
    let files: Vec<_> = bulk::small_files(40).collect();
    let (mut ids, mut paths) = (HashSet::new(), HashSet::new());
    for file in &files {
        assert!((1_500..6_000).contains(&file.bytes.len()), "{}", file.bytes.len());
        let content: Value = serde_json::from_str(&inflate(&file.bytes)).expect("JSON");
        let events = content["Records"].as_array().unwrap();
        assert_eq!(events.len() as u64, bulk::SMALL_FILE_EVENTS);
        for event in events {
            assert!(file.path.contains(event["awsRegion"].as_str().unwrap()));
            ids.insert(event["eventID"].to_string());
        }
        paths.insert(file.path.clone());
    }
    assert_eq!((ids.len() as u64, paths.len()), (40 * bulk::SMALL_FILE_EVENTS, 40));
}
