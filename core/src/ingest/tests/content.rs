//! Framing, envelopes, detection.

use super::fixture::*;
use crate::formats::Framing;
use crate::ingest::{ErrorKind, Limits, Loader, Options, State};

#[test]
fn lines_end_in_every_way() {
    let (rows, entry) = entry("a.log", b"\xEF\xBB\xBF# form\r\nn=1 word=x\r\n\n  \nn=2 word=y z\nn=x\nn=3");
    assert_eq!(numbers(&rows), [1, 2, 3]);
    assert_eq!(rows[1], ("a.log".into(), 5, 2, 2, "y z".into(), "n=2 word=y z".into()));
    assert_eq!((entry.lines, entry.records, entry.rows, entry.rejected), (7, 4, 3, 1));
    assert_eq!((entry.first_time, entry.last_time), (Some(1_000_000), Some(3_000_000)));
    assert_eq!((entry.state, entry.format.as_deref()), (State::Read, Some("pairs")));
    let rejection = &entry.rejections[0];
    assert_eq!((rejection.line, rejection.record, rejection.column), (6, 3, 3));
    assert_eq!((rejection.expected.as_str(), rejection.found.as_str()), ("a number", "x"));
    assert_eq!(rejection.text, b"n=x");
}

#[test]
fn records_put_aside_are_counted_as_such() {
    let (_, entry) = entry("a.log", b"n=1\ndigest\n");
    assert_eq!((entry.records, entry.rows, entry.skipped), (2, 1, 1));
    assert_eq!(entry.state, State::Read);
}

#[test]
fn objects_are_cut_wherever_they_stand() {
    let all = [
        "{\"n\":1,\"word\":\"a\"}\n{\"n\":2,\"word\":\"}{\\\"\\\\\"}\n{\"n\":3}",
        "{\"n\":1}{\"n\":2}{\"n\":3}",
        "[{\"n\":1},\n {\"n\":2} , {\"n\":3}]\n",
        "\n\n[[{\"n\":1}],[{\"n\":2},{\"n\":3}]]",
        "{\n  \"n\": 1,\n  \"list\": [{}, {\"events\": [{}]}]\n}\n{\n  \"n\": 2\n}\n{ \"n\"\n:\n3 }",
        "{\"Records\":[{\"n\":1},{\"n\":2},{\"n\":3}]}",
        "{\"NextToken\":\"{\",\"Events\": [ {\"n\":1},{\"n\":2}\n],\"x\":{\"y\":[1]}}{\"Events\":[{\"n\":3}]}",
        "{\"requestId\":[1],\"configurationItems\":[{\"n\":1},{\"n\":2},{\"n\":3}],\"version\":1.0}",
        "{\"Findings\":[]}{\"Findings\":[{\"n\":1},{\"n\":2}],\"Records\":[{\"n\":3}]}",
        "[{\"Records\":[{\"n\":1}]},{\"Records\":[{\"n\":2}]},{\"n\":3}]",
        "{\"version\":\"0\",\"detail-type\":\"x\",\"detail\":{\"n\":1}}\n{\"detail\":{\"n\":2},\"detail-type\":\"x\"}{\"n\":3,\"detail\":4}",
        "{\"message\":\"{\\\"n\\\":1}\"}{\"message\":\"{\\\"n\\\":2}\\n\"}{\"message\":\"{\\\"n\\\":3}\"}",
        "{\"logEvents\":[{\"id\":\"3\",\"timestamp\":1000,\"message\":\"{\\\"n\\\":1}\"},{\"timestamp\":2000,\"message\":\"{\\\"n\\\":2}\",\"id\":\"1\",\"extractedFields\":{\"a\":\"b\"}},{\"n\":3}],\"messageType\":\"DATA_MESSAGE\"}",
        "{\"kind\":\"EventList\",\"items\":[{\"n\":1},{\"n\":2}]}{\"n\":3,\"items\":[{\"kind\":\"EventList\"}]}",
        "{\"n\":1,\"Records\":[]}{\"n\":2,\"message\":\"x\",\"timestamp\":5}{\"n\":3}",
    ];
    for text in &all[..all.len() - 1] {
        let (rows, entry) = entry("a.json", text.as_bytes());
        assert_eq!(numbers(&rows), [1, 2, 3], "{text}");
        assert_eq!((entry.records, entry.state), (3, State::Read), "{text}");
        let packed = read("a.json.gz", &gzip(text.as_bytes())).0;
        assert_eq!(numbers(&packed), [1, 2, 3], "{text}");
    }
}

#[test]
fn objects_keep_their_place_and_text() {
    let text = "[\n  {\n    \"n\": 1\n  },\n  {\"n\":2}, {\"n\":3}\n]\n";
    let (rows, entry) = entry("a.json", text.as_bytes());
    let places: Vec<_> = rows.iter().map(|r| (r.1, r.2, r.5.as_str())).collect();
    assert_eq!(places, [(2, 1, "{\n    \"n\": 1\n  }"), (5, 2, "{\"n\":2}"), (5, 3, "{\"n\":3}")]);
    assert_eq!((entry.lines, entry.bytes), (6, text.len() as u64));
}

#[test]
fn records_keep_members_named_like_lists() {
    let text = r#"{"n":1,"events":[],"word":"a"}{"n":2,"word":"b","events":[1,{}]}"#;
    let (rows, _) = entry("a.json", text.as_bytes());
    assert_eq!(numbers(&rows), [1, 2]);
}

#[test]
fn subscriptions_give_their_messages() {
    let text = r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":"31953106606966983378809025079804211143289615424298221568","timestamp":1432826855000,"message":"n=7 word=\"q\"\n"},{"id":"1","timestamp":1432826856000,"message":"n=8 word=\u00e9"}]}"#;
    let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1432826850000,"message":"CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."}]}"#;
    let (rows, entry_) = entry("a", format!("{control}{text}{text}").as_bytes());
    assert_eq!(numbers(&rows), [7, 8, 7, 8]);
    assert_eq!(rows[0].5, "n=7 word=\"q\"");
    assert_eq!((rows[1].4.as_str(), rows[1].2), ("é", 3));
    assert_eq!((entry_.records, entry_.skipped, entry_.envelope.as_str()), (5, 1, "logEvents"));
    assert_eq!(entry_.first_time, Some(1_432_826_855_000_000));
    let (_, only) = entry("control", control.as_bytes());
    assert_eq!(only.state, State::Skipped("CloudWatch control message".into()));

    let base64 = base64(&gzip_plain(text.as_bytes()));
    let (rows, entry_) = entry("lambda", format!(r#"{{"awslogs":{{"data":"{base64}"}}}}"#).as_bytes());
    assert_eq!((numbers(&rows), entry_.records), (vec![7, 8], 2));
    let records =
        format!(r#"{{"records":[{{"recordId":"1","data":"{base64}"}},{{"recordId":"2","data":"H4sIxx"}}]}}"#);
    let (rows, entry_) = entry("firehose", records.as_bytes());
    assert_eq!((numbers(&rows), entry_.records, entry_.rejected), (vec![7, 8], 3, 1));
}

#[test]
fn exports_lose_their_times_and_join_their_lines() {
    let text = "2026-03-05T01:29:37.123Z n=1 word=a\n2026-03-05T01:29:38.000Z n=2 word=b\n  more\n\n2026-03-05T01:29:39.000Z n=3";
    let (rows, entry_) = entry("000000", text.as_bytes());
    assert_eq!(numbers(&rows), [1, 2, 3]);
    assert_eq!((rows[1].1, rows[1].5.as_str()), (2, "n=2 word=b\n  more"));
    assert_eq!((entry_.envelope.as_str(), entry_.lines), ("CloudWatch export", 5));
    assert_eq!(entry_.first_time, Some(1_772_674_177_123_000));
    let pretty = "2026-03-05T01:29:37.123Z {\n  \"n\": 1\n}\n2026-03-05T01:29:37.123Z {\"n\":2}\n";
    assert_eq!(numbers(&entry("000000", pretty.as_bytes()).0), [1, 2]);
}

#[test]
fn events_of_eventbridge_are_told_by_their_detail_wherever_they_are_carried() {
    let event = |n: u32| format!(r#"{{"version":"0","detail-type":"x","source":"s","detail":{{"n":{n}}}}}"#);
    let text = format!(
        "2026-03-05T01:29:37.123Z {}\n2026-03-05T01:29:38.123Z {}\n2026-03-05T01:29:39.123Z {{\"n\":3}}\n",
        event(1),
        event(2)
    );
    let message = |n: u32| event(n).replace('"', "\\\"");
    let wrapped = |n: u32| format!(r#"{{"id":"1","timestamp":177267417712{n},"message":"{}"}}"#, message(n));
    let subscription = format!(
        r#"{{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{},{}]}}{{"logEvents":[{}]}}"#,
        wrapped(1),
        wrapped(2),
        wrapped(3)
    );
    let events = format!(r#"{{"events":[{},{},{}]}}"#, wrapped(1), wrapped(2), wrapped(3));
    let lambda = format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, base64(&gzip_plain(subscription.as_bytes())));
    for (content, envelope) in [
        (text.as_str(), "CloudWatch export, EventBridge detail"),
        (&subscription, "logEvents, EventBridge detail"),
        (&events, "events, EventBridge detail"),
        (&lambda, "logEvents, EventBridge detail"),
    ] {
        let (rows, entry) = entry("a", content.as_bytes());
        assert_eq!(numbers(&rows), [1, 2, 3], "{content}");
        assert_eq!((entry.records, entry.rejected, entry.envelope.as_str()), (3, 0, envelope), "{content}");
        assert!(entry.first_time.is_some_and(|time| time / 1_000_000 == 1_772_674_177), "{entry:?}");
        // The message stays what the log group has.
        assert_eq!(rows[0].5, event(1));
    }
    // A fault has its place in the message.
    let text = format!("{text}2026-03-05T01:29:40.123Z {}\n", event(4).replace(":4", ":x"));
    let (rows, entry) = entry("a", text.as_bytes());
    assert_eq!((numbers(&rows), entry.rejected), (vec![1, 2, 3], 1));
    assert!(entry.rejections[0].column > event(4).find("detail\":").unwrap() as u64, "{entry:?}");
}

#[test]
fn every_json_log_is_read_inside_eventbridge_inside_cloudwatch() {
    let by_detail = |f: &&&dyn crate::formats::Format| {
        f.meta().framing == Framing::Json && f.precedence() == crate::formats::Precedence::Own
    };
    for format in crate::formats::ALL.iter().filter(by_detail) {
        let id = format.meta().id;
        // Records as the log's files hold them; what the API gives is in other letters.
        let sample = format.samples()[0].content;
        let (shard, _) = load(sample, crate::formats::ALL);
        let table = &shard.tables[0];
        let record = table.row(0).unwrap().raw();
        let record = String::from_utf8(record).unwrap().replace('\n', " ");
        let event = format!(r#"{{"version":"0","id":"1","detail-type":"x","time":"t","detail":{record}}}"#);
        let text = format!("2026-03-05T01:29:37.123Z {event}\n2026-03-05T01:29:38.123Z {event}\n");
        let message = serde_json::to_string(&event).unwrap();
        let wrapped = format!(r#"{{"id":"1","timestamp":1772674177123,"message":{message}}}"#);
        let subscription = format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{wrapped},{wrapped}]}}"#);
        for content in [text, subscription, format!("{event}\n{event}"), format!("[{event},{event}]")] {
            let (shard, ledger) = load(content.as_bytes(), crate::formats::ALL);
            assert_eq!((ledger[0].format.as_deref(), ledger[0].rows), (Some(id), 2), "{content}");
            let row = shard.tables[0].row(1).unwrap();
            for field in format.fields() {
                assert_eq!(
                    row.show(&field.name),
                    table.row(0).unwrap().show(&field.name),
                    "{id}: {}",
                    field.name
                );
            }
        }
    }
}

#[test]
fn events_are_read_by_their_detail_before_they_are_read_as_events() {
    let finding = r#"{"schemaVersion":"2.0","accountId":"111122223333","type":"a","severity":2,"resource":{},"service":{},"id":"1"}"#;
    let event = |kind: &str, detail: &str| {
        format!(
            r#"{{"detail-type":"{kind}","source":"aws.x","time":"2026-03-05T01:30:00Z","detail":{detail}}}"#
        )
    };
    let (known, other) = (event("GuardDuty Finding", finding), event("x", r#"{"a":{"b":1}}"#));
    let in_log_group = |event: &str| format!("2026-03-05T01:29:37.123Z {event}\n");
    for (content, format, records, envelope) in [
        (known.clone(), "guardduty", finding, "EventBridge detail"),
        (other.clone(), "eventbridge", &other, ""),
        // Where most details are read, the events that carry something else are rejected.
        (format!("{known}{known}{other}"), "guardduty", finding, "EventBridge detail"),
        (format!("{other}{other}{known}"), "eventbridge", &other, ""),
        (in_log_group(&known), "guardduty", &known, "CloudWatch export, EventBridge detail"),
        (in_log_group(&other), "eventbridge", &other, "CloudWatch export"),
    ] {
        let (shard, ledger) = load(content.as_bytes(), crate::formats::ALL);
        let found = (ledger[0].format.as_deref(), ledger[0].envelope.as_str());
        assert_eq!(found, (Some(format), envelope), "{content}");
        assert_eq!(String::from_utf8_lossy(&shard.tables[0].row(0).unwrap().raw()), records);
        assert_eq!(ledger[0].records, ledger[0].rows + ledger[0].rejected, "{content}");
    }
    let mut loader = Loader::new(crate::formats::ALL.to_vec(), Limits::default(), 1);
    loader.open("x", Options { format: Some("eventbridge".to_owned()), ..Options::default() });
    loader.push(known.as_bytes());
    let (shard, ledger) = loader.into_parts();
    assert_eq!((ledger[0].rows, shard.tables[0].format()), (1, "eventbridge"));
}

#[test]
fn what_a_function_prints_of_its_events_stays_its_log() {
    let id = "8edab1f8-7d34-4a8e-a965-15ccbbb78d4c";
    let finding = r#"{"schemaVersion":"2.0","accountId":"111122223333","type":"a","severity":2,"resource":{},"service":{},"id":"1"}"#;
    let lines = [
        format!("START RequestId: {id} Version: 1"),
        format!(r#"{{"detail-type":"GuardDuty Finding","detail":{finding}}}"#),
        format!("END RequestId: {id}"),
    ];
    let text: String = lines.iter().map(|line| format!("2026-03-05T01:29:37.123Z {line}\n")).collect();
    let (_, ledger) = load(text.as_bytes(), crate::formats::ALL);
    assert_eq!((ledger[0].format.as_deref(), ledger[0].rows), (Some("lambda"), 3));
}

fn load(
    content: &[u8],
    formats: &[&'static dyn crate::formats::Format],
) -> (logloupe_table::Shard, Vec<crate::ingest::Entry>) {
    let mut loader = Loader::new(formats.to_vec(), Limits::default(), 1);
    loader.open("x", Options::default());
    loader.push(content);
    loader.into_parts()
}

#[test]
fn a_broken_record_is_one_rejection_and_the_next_one_is_read() {
    for (text, good, place, expected) in [
        // Cut inside a string, inside an object, inside a name; then the next line.
        ("{\"n\":1}\n{\"n\":2,\"word\":\"x\n{\"n\":3}\n", vec![1, 3], (2, 2, 17), "end of a string"),
        ("{\"n\":1}\n{\"n\":2,\"a\":{\"b\":1\n{\"n\":3}\n", vec![1, 3], (2, 2, 19), "before a bracket"),
        ("{\"n\":1}\n{\"n\":2,\"a\n{\"n\":3}\n", vec![1, 3], (2, 2, 10), "end of a string"),
        // In a list on one line: the next record begins with the same name.
        (
            "{\"Records\":[{\"n\":1,\"a\":[]},{\"n\":2,\"a\":[{\"b\":1},{\"c\":\"x]},{\"n\":3},\n{\"n\":4}]}",
            vec![1, 4],
            (1, 2, 39),
            "end of a string",
        ),
        ("{\"Records\":[{\"n\":1},{\"n\":2,\"a\":{\"b\"]},{\"n\":3}]}", vec![1, 3], (1, 2, 16), "`}`"),
        // Pretty-printed: the next one is indented as the damaged one was.
        (
            "[\n  {\n    \"n\": 1,\n    \"l\": [\n      \"x\n    {\n \"n\": 9}\n  },\n  {\n    \"n\": 2\n  }\n]\n",
            vec![2],
            (2, 1, 34),
            "end of a string",
        ),
        // Something else between records.
        ("{\"n\":1}\nERROR { what }\n{\"n\":2}\n", vec![1, 2], (2, 2, 1), "a JSON object"),
        ("[{\"n\":1},nonsense\n,{\"n\":2}]", vec![1], (1, 2, 1), "a JSON object"),
        ("{\"n\":1} ]\n{\"n\":2}", vec![1, 2], (1, 2, 1), "a JSON object"),
        ("{\"n\":1}{\"n\":2,\"word\":\"the end", vec![1], (1, 2, 23), "the rest of the record"),
        // The damage swallowed the end of its envelope.
        (
            "{\"Records\":[{\"n\":1},{\"n\":2,\"w\":\"]}\n{\"Records\":[{\"n\":3}]}\n{\"n\":4}",
            vec![1, 3, 4],
            (1, 2, 15),
            "end of a string",
        ),
    ] {
        let (rows, entry) = entry("a.json", text.as_bytes());
        assert_eq!(numbers(&rows), good, "{text}");
        assert_eq!(entry.rejected, 1, "{text} {:?}", entry.rejections);
        let rejection = &entry.rejections[0];
        assert_eq!((rejection.line, rejection.record, rejection.column), place, "{text}");
        assert!(rejection.expected.contains(expected), "{text}: {}", rejection.expected);
        assert_eq!(entry.state, State::Read);
    }
}

#[test]
fn detection_gives_its_reason() {
    let (_, entry_) = entry("a", b"n=1\nother\n");
    assert_eq!(entry_.reason, "1 lines begin with n=");
    let forced = Options { format: Some("pairs".into()), ..Options::default() };
    let (_, ledger) = read_with("a", b"other\nn=1", Limits::default(), forced);
    assert_eq!((ledger[0].reason.as_str(), ledger[0].rows, ledger[0].rejected), ("asked for", 1, 1));
    let forced = Options { format: Some("nothing".into()), ..Options::default() };
    let (_, ledger) = read_with("a", b"n=1", Limits::default(), forced);
    assert!(matches!(&ledger[0].state, State::Failed(e) if e.message.contains("`nothing`")));
}

#[test]
fn what_no_format_claims_is_described() {
    for (text, words) in [
        (&b"timestamp,message\n1,\"x\"\n"[..], "a CSV file of events, text whose first line is x"),
        (b"timestamp,message,x\n1,\"x\",2\n", "a CSV file with the header timestamp,message,x"),
        (b"User name;Event time\na;b", "a CSV (with semicolons) file"),
        (b"hello world\n", "text whose first line is hello world"),
        (b"[INFO] hello\n", "text whose first line is [INFO] hello"),
        (b"<!DOCTYPE html><p>", "an HTML page"),
        (b"<?xml version=\"1.0\"?>", "XML beginning with"),
        (b"{\"level\":1,\"at\":2}", "JSON objects with the members"),
        (b"{\"level\":1 x}", "JSON that cannot be read, beginning with {"),
        (b"\x01\x02\x03\x04", "binary data beginning with the bytes 01 02 03 04"),
    ] {
        let (rows, entry) = entry("a", text);
        let State::Failed(error) = &entry.state else { panic!("{entry:?}") };
        // The fault is the whole file's: no place in it, wherever the pieces end.
        assert_eq!((rows.len(), entry.records, error.kind, error.at), (0, 0, ErrorKind::Unknown, 0));
        assert!(entry.reason.contains(words), "{}", entry.reason);
    }
}

#[test]
fn a_csv_that_is_no_log_is_a_table_to_look_things_up_in() {
    let text = b"address,owner\r\n10.0.0.1,\"a, \"\"b\"\"\"\r\n10.0.0.2,\"two\nlines\"\r\n";
    for cut in [1, 7, text.len()] {
        let mut loader = Loader::new(FORMATS.to_vec(), Limits::default(), 1);
        loader.open("x/owners.csv", Options::default());
        text.chunks(cut).for_each(|piece| loader.push(piece));
        loader.finish();
        let entry = &loader.ledger()[0];
        let columns = vec!["address".to_owned(), "owner".to_owned()];
        assert_eq!(entry.state, State::Table { rows: 2, columns }, "{entry:?}");
        assert_eq!(entry.reason, "lookup table owners: 2 rows, 2 columns: address, owner");
        assert_eq!((entry.records, entry.rows, loader.sources()[0]), (0, 0, None));
        let table = &loader.lookups()[0];
        assert_eq!((table.name.as_str(), table.rows()), ("owners", 2));
        assert_eq!(table.columns[1].1[1].to_string(), "two\nlines");
    }
    // Many rows, in a compression or not.
    let many: String = (0..5000).map(|i| format!("{i},n{i}\n")).collect();
    let (_, entry_) = entry("many.csv", format!("id,name\n{many}").as_bytes());
    assert!(matches!(entry_.state, State::Table { rows: 5000, .. }), "{entry_:?}");
    // What is an export of events, broken, or too long stays what no format claims.
    let long = format!("id,name\n{}", "1234567,abcdefgh\n".repeat(700_000));
    for (name, text, words) in [
        (
            "log-events.csv",
            "timestamp,message\n1,\"x\"\n",
            "a CSV file of events, text whose first line is x",
        ),
        ("event_history.csv", "Event name,Event time\nGet,2026\n", "a CSV file with the header Event name"),
        ("mine.csv", "@timestamp,a\n1,2\n", "a CSV file with the header @timestamp,a"),
        ("t.csv", "a,b\n1,2\n3\n", "as a lookup table: line 3 has 1 cells and the header has 2"),
        ("long.csv", &long, "as a lookup table: a lookup table has at most 10 MB"),
    ] {
        let (_, entry) = entry(name, text.as_bytes());
        assert!(matches!(entry.state, State::Failed(_)), "{entry:?}");
        assert!(entry.reason.contains(words), "{}", entry.reason);
    }
}
