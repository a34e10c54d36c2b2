//! What CloudWatch says beside a message: `@log`, `@logStream` and `@ingestionTime`, from every carrier that has them.

use super::fixture::*;
use crate::{
    formats::Format,
    ingest::{Entry, Limits, Loader, Options, State, is_splittable},
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
        const FIELDS: [&str; 6] = ["n", "@log", "@logStream", "@ingestionTime", "@ptr", "@entity.Name"];
        for row in (0..table.rows()).filter_map(|row| table.row(row)) {
            let cells = FIELDS.map(|name| row.show(name));
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

const CONSOLE: &str = "@timestamp,@message,@logStream,@log,@ptr,level,@ingestionTime,@entity.Name\r
2026-01-07 10:00:00.000,\"n=1 word=\"\"a,b\"\"\r\n\",s/1,111122223333:/aws/app,CmE=,INFO,2026-01-07 10:00:01.500,\"shop, web\"\r
\"2026-01-07 10:00:02.000\",n=2,,,,\"\",,\r
2026-01-07 10:00:03.000,,s,,,,,\r
\r
2026-01-07 10:00:04.000,\"n=3\nand more\",s,,,,,\r
2026-01-07 10:00:05.000,\"n=4\"x,s,,,,,\r
2026-01-07 10:00:06.000,n=5,s\r
yesterday,n=6,s,,,,,\r
1767780007000,CWL CONTROL MESSAGE: x,s,,,,,\r
1767780008000,\"n=7\",s,,,,,";

/// A file's entry in the ledger, the content pushed in pieces of `piece` bytes.
fn ledger(name: &str, bytes: &[u8], piece: usize) -> Entry {
    let mut loader = Loader::new(vec![&Pairs, &Objects], Limits::default(), 1);
    loader.open(name, Options::default());
    bytes.chunks(piece).for_each(|piece| loader.push(piece));
    loader.finish();
    loader.ledger()[0].clone()
}

#[test]
fn the_consoles_csv_is_a_carrier() {
    let rows = [
        "1 | 111122223333:/aws/app | s/1 | 2026-01-07T10:00:01.500Z | CmE= | shop, web",
        "2",
        "3 |  | s",
        "7 |  | s",
    ];
    for piece in [1, 7, 100, 1 << 20] {
        for (name, bytes) in [("x.csv", CONSOLE.as_bytes().to_vec()), ("logs", CONSOLE.into())] {
            assert_eq!(carried(name, &bytes, piece), rows, "{piece}");
        }
        let marked = [b"\xEF\xBB\xBF", CONSOLE.as_bytes()].concat();
        assert_eq!(carried("x.csv.gz", &gzip(&marked), piece), rows, "{piece}");
        let entry = ledger("x.csv", CONSOLE.as_bytes(), piece);
        assert_eq!((entry.records, entry.rows, entry.rejected, entry.skipped), (9, 4, 3, 2), "{entry:?}");
        assert_eq!((entry.envelope.as_str(), entry.lines), ("CloudWatch console CSV", 13));
        assert_eq!(entry.notes, ["columns that a query took out of the messages are not read: level"]);
        let rejections: Vec<String> = (entry.rejections.iter())
            .map(|r| format!("{}:{} {} | {}", r.line, r.column, r.expected, r.found))
            .collect();
        assert_eq!(
            rejections,
            [
                "9:30 `,` or the end of the row | x,s,,,,,",
                "10:30 8 cells, as the header has | 3 of them",
                "11:1 a time such as 2026-03-05 08:12:44.000 | yesterday",
            ]
        );
    }
}

#[test]
fn a_log_groups_csv_and_messages_of_json_are_read() {
    let events = "timestamp,message\n1767780000000,\"{\"\"n\"\":1,\"\"t\"\":\"\"a\nb\"\"}\"\n1767780001000,\"{\"\"n\"\":2}\n\"\n";
    assert_eq!(
        carried("log-events-viewer-result.csv", events.replace("a\nb", "a\\nb").as_bytes(), 5),
        ["1", "2"]
    );
    let named =
        "logStreamName,timestamp,message,ingestionTime,logGroup\ns,1767780000000,n=1,1767780001000,/g\n";
    assert_eq!(carried("x", named.as_bytes(), 3), ["1 | /g | s | 2026-01-07T10:00:01Z"]);
    // Counts are no events, whatever else the table has.
    for other in
        ["@timestamp,n\n2026-01-07 10:00:00.000,1\n", "message,x\nm=1,2\n", "bin(5m),count(*)\n1,2\n"]
    {
        assert_eq!(ledger("x.log", other.as_bytes(), 1 << 20).rows, 0, "{other}");
    }
    // A header alone, and one that the content ends in.
    let empty = ledger("x.csv", b"@timestamp,@message\n", 3);
    assert_eq!(empty.state, State::Skipped("an empty list of CloudWatch console CSV".to_owned()));
    let open = ledger(
        "x.csv",
        b"@timestamp,@message\n2026-01-07 10:00:00.000,n=1\n2026-01-07 10:00:00.000,\"n=2\nn=3\n",
        3,
    );
    assert_eq!((open.records, open.rows, open.rejected, open.rejections[0].line), (2, 1, 1, 3));
    assert!(!is_splittable(crate::formats::ALL, events.as_bytes()));
}

const RESULTS: &str = r#"{
    "queryLanguage": "CWLI",
    "results": [
        [
            {"field": "@timestamp", "value": "2026-01-07 10:00:00.000"},
            {"field": "@message", "value": "n=1 \"a\"\n"},
            {"field": "@logStream", "value": "s\/1"},
            {"field": "@ptr", "value": "CmE="}
        ],
        [
            {"field": "@message", "value": "other"}
        ],
        [{"field": "level", "value": "x"}], [],
        [{"field": "@log", "value": "1:g"}, {"field": "@message", "value": "n=2"}, {"field": "@timestamp", "value": "late"}],
        [{"field": "@log", "value": "1:g"}, {"field": "@message", "value": "n=3"}, {"field": "@timestamp", "value": ""}]
    ],
    "statistics": {"recordsMatched": 2.0},
    "status": "Complete"
}"#;

#[test]
fn query_results_are_a_carrier() {
    for piece in [1, 7, 1 << 20] {
        assert_eq!(
            carried("x.json", RESULTS.as_bytes(), piece),
            ["1 |  | s/1 |  | CmE=", "3 | 1:g"],
            "{piece}"
        );
        let entry = ledger("x.json", RESULTS.as_bytes(), piece);
        assert_eq!((entry.records, entry.rows, entry.rejected, entry.skipped), (6, 2, 2, 2), "{entry:?}");
        assert_eq!((entry.envelope.as_str(), entry.lines), ("query results", 19));
        assert_eq!(entry.rejections.iter().map(|r| r.line).collect::<Vec<_>>(), [10, 14]);
    }
    // Results without messages, and records that have something of that name.
    let counts = r#"{"results":[[{"field":"n","value":"1"}]],"status":"Complete"}"#;
    assert_eq!(ledger("x", counts.as_bytes(), 9).rows, 0);
    for record in [
        r#"{"n":1,"results":[[1]]}"#,
        r#"{"n":1,"results":[]}"#,
        r#"{"results":[[{"a":1}],2],"n":1}"#,
        r#"{"n":1,"results":"x"}"#,
    ] {
        assert_eq!(carried("x", record.as_bytes(), 4), ["1"], "{record}");
    }
}

#[test]
fn events_without_a_message_are_counted() {
    for (text, envelope) in [
        (
            r#"{"logEvents":[{"id":"1","timestamp":1000,"message":"n=1"},{"id":"2","timestamp":2000,"message":" \n"}]}"#,
            "logEvents",
        ),
        (
            "@timestamp,@message\n2026-01-07 10:00:00.000,n=1\n2026-01-07 10:00:00.000,\n",
            "CloudWatch console CSV",
        ),
    ] {
        let entry = ledger("x", text.as_bytes(), 7);
        assert_eq!((entry.rows, entry.skipped, entry.records), (1, 1, 2), "{entry:?}");
        assert_eq!(entry.envelope, envelope);
    }
}
