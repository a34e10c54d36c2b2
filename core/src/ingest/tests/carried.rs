//! What CloudWatch says beside a message: `@log`, `@logStream` and `@ingestionTime`, from every carrier that has them.

use super::fixture::*;
use crate::{
    formats::Format,
    ingest::{Limits, Loader, Options},
};

/// The number, log, stream and time of ingestion of each row, the content pushed in pieces of `piece` bytes.
fn carried(name: &str, bytes: &[u8], piece: usize) -> Vec<String> {
    let formats: Vec<&'static dyn Format> = vec![&Pairs, &Objects];
    let mut loader = Loader::new(formats, Limits::default(), 1);
    loader.open(name, Options::default());
    bytes.chunks(piece).for_each(|piece| loader.push(piece));
    loader.finish();
    let shard = loader.shard();
    let mut rows = Vec::new();
    for table in &shard.tables {
        for row in (0..table.rows()).filter_map(|row| table.row(row)) {
            let cells = ["n", "@log", "@logStream", "@ingestionTime"].map(|name| row.show(name));
            rows.push(cells.join(" | ").trim_end_matches([' ', '|']).to_owned());
        }
    }
    rows
}

const SUBSCRIPTION: &str = r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"\/aws\/app","logStream":"a\"1",
    "subscriptionFilters":["x"],"logEvents":[{"id":"1","timestamp":1000,"message":"{\"n\":1}"},
    {"id":"2","timestamp":2000,"message":"{\"n\":2}"}]}
{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{"id":"3","timestamp":1000,"message":"{\"n\":3}"}]}
{"n":4}"#;

const FILTERED: &str = r#"{
    "events": [
        {"logStreamName": "s\/1", "timestamp": 1000, "message": "n=1", "ingestionTime": 1772698364000, "eventId": "7"},
        {"timestamp": 2000, "message": "n=2", "ingestionTime" : 1772698365000, "logStreamName": "s2"},
        {"timestamp": 3000, "message": "n=3"}
    ],
    "searchedLogStreams": []
}"#;

#[test]
fn every_carrier_gives_what_it_has() {
    let task = "0a1b2c3d-0000-4a70-8b91-a2b3c4d5e6f7";
    let export = "2026-03-05T08:12:44.000Z n=1 word=a\n2026-03-05T08:12:45.000Z n=2 word=b\n";
    let got = r#"{"events":[{"timestamp":1000,"message":"n=5","ingestionTime":1772698364000}],"nextForwardToken":"f/1"}"#;
    let path = format!("logs/{task}/web-1/000000");
    let cases: [(&str, &str, &[&str]); 6] = [
        (
            "subscription.json",
            SUBSCRIPTION,
            &["1 | 111122223333:/aws/app | a\"1", "2 | 111122223333:/aws/app | a\"1", "3 | g", "4"],
        ),
        (
            "filter-log-events.json",
            FILTERED,
            &["1 |  | s/1 | 2026-03-05T08:12:44Z", "2 |  | s2 | 2026-03-05T08:12:45Z", "3"],
        ),
        ("get-log-events.json", got, &["5 |  |  | 2026-03-05T08:12:44Z"]),
        (&path, export, &["1 |  | web-1", "2 |  | web-1"]),
        ("000000", export, &["1", "2"]),
        // Members of a record that is no wrapper are its own.
        ("own.json", r#"{"n":1,"logGroup":"g","logStream":"s","owner":"o"}"#, &["1"]),
    ];
    for (name, content, expected) in cases {
        for piece in [1, 7, 1 << 20] {
            assert_eq!(carried(name, content.as_bytes(), piece), expected, "{name}, {piece}");
        }
        assert_eq!(carried(&format!("{name}.gz"), &gzip(content.as_bytes()), 1 << 20), expected, "{name}.gz");
    }
}

#[test]
fn many_records_and_long_names_change_nothing() {
    let long = "s".repeat(512);
    let event = |n: usize| format!(r#"{{"id":"{n}","timestamp":{n},"message":"{{\"n\":{n}}}"}}"#);
    let list = |from: usize| (from..from + 300).map(event).collect::<Vec<_>>().join(",");
    let text = format!(
        r#"{{"logGroup":"a","logStream":"{long}","logEvents":[{}]}}{{"logGroup":"b","logEvents":[{}]}}"#,
        list(0),
        list(300)
    );
    for piece in [3, 100, 1 << 20] {
        let rows = carried("x.json", text.as_bytes(), piece);
        assert_eq!(rows.len(), 600);
        assert_eq!(
            (rows[0].as_str(), rows[299].as_str()),
            (&*format!("0 | a | {long}"), &*format!("299 | a | {long}"))
        );
        assert_eq!((rows[300].as_str(), rows[599].as_str()), ("300 | b", "599 | b"));
    }
}
