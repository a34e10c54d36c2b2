//! What is no log, or no longer one: named in the ledger with the reason, good records before the fault kept,
//! everything else loaded, memory bounded.

use logloupe_tests::command::{Folder, Said, run};
use serde_json::{Value, json};

use crate::{
    archives::{bomb, compress, gzip, zip},
    logloupe,
};

fn flows(rows: usize) -> Vec<u8> {
    let mut text = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for row in 0..rows {
        let (a, b) = (row / 250 % 250, row % 250);
        text.push_str(&format!(
            "2 123456789012 eni-0{row:x} 10.{a}.{b}.7 10.0.0.5 {} 443 6 {} {} {} {} ACCEPT OK\n",
            1024 + row * 7 % 60_000,
            row % 91,
            row * 131 % 99_991,
            1_772_496_000 + row,
            1_772_496_060 + row
        ));
    }
    text.into_bytes()
}

fn trail(events: usize) -> String {
    let event = |i: usize| {
        format!(
            r#"{{"eventVersion":"1.11","eventTime":"2026-03-03T00:00:{:02}Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.{i}","userAgent":"x","requestParameters":{{"bucketName":"b"}},"responseElements":null,"eventID":"e-{i}","userIdentity":{{"type":"IAMUser","userName":"ana"}}}}"#,
            i % 60
        )
    };
    format!(r#"{{"Records":[{}]}}"#, (0..events).map(event).collect::<Vec<_>>().join(","))
}

/// The ledger of one file beside a good one; the good one must be read whatever the other is.
#[track_caller]
fn entries(name: &str, content: &[u8]) -> (Said, Vec<Value>) {
    let folder = Folder::new();
    folder.write("zz-good.log", &flows(10));
    let path = folder.write(name, content);
    let said = logloupe(&["ledger", "--json", folder.arg()]);
    let mut all = said.json().as_array().expect("an array").clone();
    for entry in &all {
        let count = |key: &str| entry[key].as_u64().expect("a count");
        assert_eq!(count("records"), count("rows") + count("rejected") + count("aside"), "{entry}");
    }
    let good = all.pop().expect("the good file is last");
    assert_eq!((good["rows"].as_u64(), good["state"].as_str()), (Some(10), Some("read")), "{name}");
    let name = path.to_str().expect("a plain name");
    assert!(all.iter().all(|e| e["source"].as_str().is_some_and(|s| s.starts_with(name))), "{all:?}");
    assert!(!all.is_empty(), "{name} is named");
    // Nothing goes differently when the rows are wanted too.
    let rows: u64 = all.iter().filter_map(|e| e["rows"].as_u64()).sum::<u64>() + 10;
    assert_eq!(logloupe(&["convert", folder.arg()]).lines().len() as u64, rows, "{name}");
    (said, all)
}

/// As [`entries`], for what gives one entry.
#[track_caller]
fn entry(name: &str, content: &[u8]) -> (Said, Value) {
    let (said, all) = entries(name, content);
    assert_eq!(all.len(), 1, "{all:?}");
    (said, all[0].clone())
}

#[track_caller]
fn failed(entry: &Value, kind: &str) {
    assert_eq!((&entry["state"], &entry["error"]["kind"]), (&"failed".into(), &kind.into()), "{entry}");
    assert!(entry["error"]["message"].as_str().is_some_and(|m| !m.is_empty()), "{entry}");
}

#[test]
fn a_truncated_gzip_keeps_what_came_before() {
    let whole = gzip(&flows(5_000));
    let (said, entry) = entry("cut.log.gz", &whole[..whole.len() * 2 / 3]);
    failed(&entry, "truncated");
    let rows = entry["rows"].as_u64().expect("a count");
    assert!((1_000..5_000).contains(&rows), "{rows} rows");
    assert_eq!(said.status, 0, "it was read in part");
    assert!(said.err.contains("cut.log.gz"), "{}", said.err);
}

#[test]
fn what_other_programs_compress_is_read() {
    let content = flows(5_000);
    for name in ["zstd", "bzip2", "xz"] {
        let Some(packed) = compress(name, &content) else { continue };
        let (_, whole) = entry("whole", &packed);
        assert_eq!((whole["rows"].as_u64(), whole["state"].as_str()), (Some(5_000), Some("read")), "{whole}");
        assert_eq!(whole["containers"], serde_json::json!([name]));
        let (said, cut) = entry("cut", &[&packed, &packed[..packed.len() / 2]].concat());
        assert_eq!(cut["state"], "failed", "{cut}");
        assert!(cut["rows"].as_u64().is_some_and(|rows| rows >= 5_000), "{cut}");
        assert!(said.err.contains("ends too early"), "{}", said.err);
    }
}

#[test]
fn a_gzip_that_ends_in_its_header_is_named() {
    let (said, entry) = entry("cut.log.gz", &gzip(b"x")[..7]);
    failed(&entry, "truncated");
    assert_eq!(said.status, 1, "it could not be read at all");
    assert!(said.err.contains("cut.log.gz"), "{}", said.err);
}

#[test]
fn a_corrupt_gzip_is_named() {
    let mut bytes = gzip(&flows(5_000));
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xa5);
    let (_, entry) = entry("bad.log.gz", &bytes);
    failed(&entry, "corrupt");
}

#[test]
fn a_corrupt_zip_member_is_named_and_the_others_are_read() {
    let (mut bytes, places) = zip(&[("a.log", flows(100)), ("b.log", flows(3_000)), ("c.log", flows(200))]);
    let middle = (places[1] + places[2]) / 2;
    bytes[middle..middle + 64].fill(0xa5);
    let (_, all) = entries("three.zip", &bytes);
    let of = |name: &str| {
        let found = all.iter().find(|e| e["source"].as_str().is_some_and(|s| s.ends_with(name)));
        found.unwrap_or_else(|| panic!("{name} in {all:?}"))
    };
    assert_eq!((of("/a.log")["rows"].as_u64(), of("/c.log")["rows"].as_u64()), (Some(100), Some(200)));
    failed(of("/b.log"), "corrupt");
}

#[test]
fn a_truncated_zip_is_named_and_keeps_whole_members() {
    let (bytes, places) = zip(&[("a.log", flows(100)), ("b.log", flows(3_000))]);
    let (_, all) = entries("cut.zip", &bytes[..places[1] + 400]);
    assert_eq!(all[0]["rows"].as_u64(), Some(100), "{all:?}");
    assert!(all.iter().any(|e| e["error"]["kind"] == "truncated"), "{all:?}");
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let (said, entry) = entry("bomb.gz", &bomb());
    failed(&entry, "limit");
    assert_eq!((said.status, entry["rows"].as_u64()), (1, Some(0)));
}

/// The worst of all files, in an address space that holds none of them whole.
#[cfg(target_os = "linux")]
#[test]
fn memory_stays_bounded() {
    let folder = Folder::new();
    folder.write("bomb.gz", &bomb());
    folder.write("good.log", &flows(10));
    let mut long = flows(1);
    long.resize(long.len() + (400 << 20), b'x');
    folder.write("long.log", &long);
    drop(long);
    let program = env!("CARGO_BIN_EXE_logloupe-under-test");
    let script = format!("ulimit -v 400000; exec {program} ledger --json --threads 1 {}", folder.arg());
    let said = run("sh", &["-c", &script], b"");
    let ledger = said.json();
    assert_eq!(ledger.as_array().map(Vec::len), Some(3), "{}", said.err);
    assert_eq!(ledger[1]["rows"], 10);
}

#[test]
fn an_empty_file_is_set_aside() {
    let (said, entry) = entry("empty.log", b"");
    assert_eq!((said.status, &entry["state"]), (0, &"set aside".into()), "{entry}");
    assert!(entry["reason"].as_str().is_some_and(|r| r.contains("empty")), "{entry}");
}

#[test]
fn a_picture_is_named_as_one() {
    let (said, entry) = entry("cat.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0");
    assert_ne!(entry["state"], "read", "{entry}");
    assert!(entry["reason"].as_str().is_some_and(|r| r.to_lowercase().contains("png")), "{entry}");
    assert!(said.err.is_empty() || said.err.contains("cat.png"), "{}", said.err);
}

#[test]
fn a_line_of_fifty_megabytes_is_one_rejection() {
    let mut content = flows(100);
    content.resize(content.len() + (50 << 20), b'x');
    content.push(b'\n');
    content.extend(flows(100).split_inclusive(|b| *b == b'\n').skip(1).collect::<Vec<_>>().concat());
    let (_, entry) = entry("long.log", &content);
    assert_eq!(
        (entry["rows"].as_u64(), entry["rejected"].as_u64()),
        (Some(200), Some(1)),
        "{}",
        entry["reason"]
    );
    let rejection = &entry["rejections"][0];
    assert_eq!(rejection["line"], 102);
    assert!(rejection["text"].as_str().is_some_and(|t| t.len() <= 64 << 10), "its text is kept in part");
}

#[test]
fn invalid_text_is_kept_and_shown_replaced() {
    let mut content = flows(20);
    let at = content.windows(7).position(|w| w == b"eni-05 ").expect("row 5") + 4;
    content[at] = 0xff;
    let (_, entry) = entry("latin.log", &content);
    assert_eq!((entry["rows"].as_u64(), entry["state"].as_str()), (Some(20), Some("read")), "{entry}");
}

#[test]
fn json_that_was_cut_keeps_what_came_before() {
    let text = trail(20);
    let (said, entry) = entry("cut.json", &text.as_bytes()[..text.len() * 2 / 3]);
    let rows = entry["rows"].as_u64().expect("a count");
    assert!((8..20).contains(&rows), "{entry}");
    let told = entry["rejected"].as_u64() > Some(0) || entry["error"]["kind"] == "truncated";
    assert!(told && said.err.contains("logloupe: "), "the cut is told: {entry}\n{}", said.err);
}

#[test]
fn a_csv_is_told_from_a_log() {
    let (said, entry) = entry("people.csv", b"name,age,city\nana,44,lisbon\nben,31,oslo\n");
    assert_eq!((&entry["state"], said.status), (&"lookup table".into(), 0), "{entry}");
    assert_eq!(entry["reason"], "lookup table people: 2 rows, 3 columns: name, age, city");
    let (said, entry) = self::entry("log-events-viewer-result.csv", b"timestamp,message\n1772496000,x\n");
    assert_eq!((&entry["state"], &entry["format"], said.status), (&"read".into(), &"plain_text".into(), 0));
    assert!(entry["reason"].as_str().is_some_and(|r| r.contains("CSV")), "{entry}");
    assert_eq!(entry["rows"], 1, "{entry}");
}

#[test]
fn a_log_of_no_format_is_plain_text_and_is_named_with_its_first_line() {
    let (said, entry) = entry("app.log", b"12:01:33 worker-7 started\n12:01:34 worker-7 ready\n");
    assert_eq!((&entry["state"], &entry["format"], said.status), (&"read".into(), &"plain_text".into(), 0));
    let reason = entry["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("read as plain text") && reason.contains("12:01:33 worker-7"), "{entry}");
    assert_eq!(entry["rows"], 2, "{entry}");
}

#[test]
fn an_unknown_binary_file_is_named_with_its_first_bytes() {
    let (said, entry) = entry("app.bin", &[1, 2, 3, 4, 10, 5, 6, 7, 8, 10]);
    failed(&entry, "unknown");
    assert!(entry["reason"].as_str().is_some_and(|r| r.contains("01 02 03 04")), "{entry}");
    assert!(said.err.contains("app.bin"), "{}", said.err);
    assert_eq!(said.status, 1);
}

#[test]
fn deeply_nested_json_neither_overflows_nor_stops_the_rest() {
    let deep = "[".repeat(200_000);
    let (_, all) = entries("deep.json", deep.as_bytes());
    assert!(all.iter().all(|e| e["rows"] == 0), "{all:?}");
    let event = format!(
        r#"{{"eventVersion":"1.11","eventTime":"2026-03-03T00:00:00Z","eventSource":"a.b","eventName":"X","eventID":"1","requestParameters":{}{}}}"#,
        "{\"a\":".repeat(100_000),
        "1".to_owned() + &"}".repeat(100_000)
    );
    let (_, all) = entries("deep-event.json", event.as_bytes());
    assert_eq!(all.len(), 1);
}

#[test]
fn an_archive_in_an_archive_in_an_archive_ends() {
    let mut bytes = flows(5);
    for level in 0..40 {
        bytes = match level % 2 {
            0 => gzip(&bytes),
            _ => zip(&[("in.gz", &bytes)]).0,
        };
    }
    let (_, all) = entries("onion.zip", &bytes);
    assert!(all.iter().any(|e| e["error"]["kind"] == "limit"), "{all:?}");
}

#[test]
fn the_ledger_says_which_lines_are_of_another_log() {
    let folder = Folder::new();
    let flow = String::from_utf8(flows(3)).expect("text");
    let clb = "2026-03-05T01:31:21.000000Z lb 192.0.2.1:40122 10.0.0.3:80 0.001 0.002 0.003 200 200 0 29 \
               \"GET http://b.example.com:80/b HTTP/1.1\" \"curl/8\" - -\n";
    let path = folder.write("mixed.log", format!("{flow}{clb}damaged\n{clb}").as_bytes());
    let entry = logloupe(&["ledger", "--json", folder.arg()]).json()[0].clone();
    let count = |key: &str| entry[key].as_u64().expect("a count");
    assert_eq!((count("records"), count("rows"), count("rejected")), (6, 5, 1));
    let others = json!([{"format": "clb", "rows": 2, "firstLine": 5, "lastLine": 7}]);
    assert_eq!((&entry["format"], &entry["others"]), (&json!("vpc_flow"), &others));
    let said = logloupe(&["ledger", folder.arg()]).out;
    let told = format!("{}: 2 records, from line 5 to 7, were read as clb\n", path.display());
    assert!(said.contains(&told), "{said}");
    let answer =
        logloupe(&["query", "--output", "json", "stats count(*) as n by @format | sort n", folder.arg()]);
    assert_eq!(answer.json(), json!([{"@format": "clb", "n": 2}, {"@format": "vpc_flow", "n": 3}]));
    assert_eq!(logloupe(&["convert", folder.arg()]).lines().len(), 5);
}
