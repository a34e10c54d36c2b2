//! Carriers of records: each form that the table of them knows, alone and within each other.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::fixture::*;
use crate::{
    formats::{Format, json_lines::JsonLines, plain_text::PlainText},
    ingest::{Entry, Limits, Loader, Options, carrier::kpl, is_splittable},
};
use logloupe_table::Row;

/// What became of `bytes`, pushed in pieces: of each row the number, time and what its carrier says, and the entry.
fn read(name: &str, bytes: &[u8], piece: usize) -> (Vec<String>, Entry) {
    let formats: Vec<&'static dyn Format> = vec![&Pairs, &Objects, &JsonLines, &PlainText];
    let mut loader = Loader::new(formats, Limits::default(), 1);
    loader.open(name, Options::default());
    bytes.chunks(piece).for_each(|piece| loader.push(piece));
    loader.finish();
    let mut rows = Vec::new();
    for table in &loader.shard().tables {
        for row in (0..table.rows()).filter_map(|row| table.row(row)) {
            let text = String::from_utf8_lossy(&row.raw()).replace('\n', "⏎");
            let cells = ["@log", "@logStream", "@carrier", "@line"].map(|name| row.show(name));
            rows.push(format!("{text} | {}", cells.join(" | ")));
        }
    }
    let entry = loader.ledger()[0].clone();
    assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{name}");
    (rows, entry)
}

#[track_caller]
fn check(name: &str, content: &[u8], format: &str, envelope: &str, expected: &[&str]) {
    for piece in [1, 7, 1 << 20] {
        let (rows, entry) = read(name, content, piece);
        assert_eq!(rows, expected, "{name}, {piece}: {entry:?}");
        let found = (entry.format.as_deref(), entry.envelope.as_str(), entry.rejected);
        assert_eq!(found, (Some(format), envelope, 0), "{name}, {piece}");
    }
    assert_eq!(read(name, &gzip(content), 1 << 20).0, expected, "{name}.gz");
}

fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

#[test]
fn lines_are_read_behind_what_their_carrier_writes() {
    for (name, content, envelope, expected) in [
        (
            "detailed",
            "2021-06-03T10:23:45.123000+00:00 s/[$LATEST]1 n=1 word=a\n2021-06-03T10:23:46.000001+00:00 s/2 n=2\n\nmore\n",
            "aws logs tail",
            &["n=1 word=a |  | s/[$LATEST]1 | aws logs tail | 1", "n=2⏎⏎more |  | s/2 | aws logs tail | 2"][..],
        ),
        (
            "short",
            "2021-06-03T10:23:45 n=1\n2021-06-03T10:23:46 n=2\n",
            "aws logs tail",
            &["n=1 |  |  | aws logs tail | 1", "n=2 |  |  | aws logs tail | 2"],
        ),
        (
            "colours",
            "\x1b[32m2021-06-03T10:23:45.123000+00:00\x1b[0m \x1b[36ms\x1b[0m n=1\n",
            "aws logs tail",
            &["n=1 |  | s | aws logs tail | 1"],
        ),
        (
            "awslogs",
            "/aws/app s/1 n=1\n/aws/app s/2 2021-06-03T10:23:45.123Z n=2\nmore\n",
            "awslogs",
            &["n=1 | /aws/app | s/1 | awslogs | 1", "n=2⏎more | /aws/app | s/2 | awslogs | 2"],
        ),
        (
            "cri",
            "2016-10-06T00:17:09.669794202Z stdout P n=1 wo\n2016-10-06T00:17:09.669794203Z stderr F n=2\n\
             2016-10-06T00:17:09.669794204Z stdout P rd\n2016-10-06T00:17:09.7Z stdout F =x\n2016-10-06T00:17:09.8Z stdout F\n\
             2016-10-06T00:17:09.8Z stdout P n=3\n",
            "CRI",
            &["n=2 |  | stderr | CRI | 2", "n=1 word=x |  | stdout | CRI | 1", "n=3 |  | stdout | CRI | 6"],
        ),
        (
            "compose",
            "web-1  | n=1\n\x1b[36mdb-12   |\x1b[0m n=2\n",
            "docker compose",
            &["n=1 |  | web-1 | docker compose | 1", "n=2 |  | db-12 | docker compose | 2"],
        ),
        (
            "named",
            "postgres  | n=1\nredis     | n=2\n",
            "docker compose",
            &["n=1 |  | postgres | docker compose | 1", "n=2 |  | redis | docker compose | 2"],
        ),
        (
            "kubectl",
            "[pod/web-5d/app] n=1\n[pod/web-5d/app] n=2\n",
            "kubectl",
            &["n=1 |  | web-5d/app | kubectl | 1", "n=2 |  | web-5d/app | kubectl | 2"],
        ),
        (
            "kubectl --timestamps",
            "[pod/w/a] 2016-10-06T00:17:09.669794202Z n=1\n[pod/w/a] 2016-10-06T00:17:09.669794203Z n=2\n",
            "kubectl, log timestamps",
            &["n=1 |  | w/a | kubectl, log timestamps | 1", "n=2 |  | w/a | kubectl, log timestamps | 2"],
        ),
    ] {
        check(name, content.as_bytes(), "pairs", envelope, expected);
    }
    let json = "2021-06-03T10:23:45+00:00 s/1\n{\n    \"n\": 1\n}\n2021-06-03T10:23:46+00:00 s/1\n{\n    \"n\": 2\n}\n";
    check(
        "json",
        json.as_bytes(),
        "objects",
        "aws logs tail",
        &["{⏎    \"n\": 1⏎} |  | s/1 | aws logs tail | 1", "{⏎    \"n\": 2⏎} |  | s/1 | aws logs tail | 5"],
    );
    let syslog = "<14>1 2003-10-11T22:14:15.003Z web-1 app 12 - - {\"n\":1}\nMar  5 08:12:44 web-1 app[1]: @cee: {\"n\":2}\n";
    check(
        "syslog",
        syslog.as_bytes(),
        "objects",
        "syslog",
        &["{\"n\":1} | app | web-1 | syslog | 1", "{\"n\":2} | app | web-1 | syslog | 2"],
    );
    // Text of no format of its own: a carrier that is sure is taken off, others are not.
    check(
        "cri",
        b"2016-10-06T00:17:09.6Z stdout F hello there\n",
        "plain_text",
        "CRI",
        &["hello there |  | stdout | CRI | 1"],
    );
    check(
        "app",
        b"2021-06-03T10:23:45 hello\n",
        "plain_text",
        "",
        &["2021-06-03T10:23:45 hello |  |  |  | 1"],
    );
    check(
        "table",
        b"id  | name\n1  | x\n",
        "plain_text",
        "",
        &["id  | name |  |  |  | 1", "1  | x |  |  |  | 2"],
    );
}

#[test]
fn rows_that_were_converted_are_read_as_the_records_that_they_are_of() {
    let row = |n: u32, record: &str| {
        let record = record.replace('"', "\\\"");
        format!(
            "{{\"log_format\":\"x\",\"log_source\":\"a.log\",\"log_line\":{n},\"log_message\":\"{record}\",\"n\":{n}}}\n"
        )
    };
    // What the row says besides is the same log's, and its record is read all the same.
    let objects = row(1, "{\"n\":1}") + &row(2, "{\"n\":2}");
    let expected = ["{\"n\":1} | a.log |  | Logloupe | 1", "{\"n\":2} | a.log |  | Logloupe | 2"];
    check("objects", objects.as_bytes(), "objects", "Logloupe", &expected);
    let lines = row(1, "n=1 word=a") + &row(2, "n=2 word=b");
    let expected = ["n=1 word=a | a.log |  | Logloupe | 1", "n=2 word=b | a.log |  | Logloupe | 2"];
    check("pairs", lines.as_bytes(), "pairs", "Logloupe", &expected);
}

#[test]
fn lines_of_pieces_are_read_whole() {
    let formats: &[&'static dyn Format] = &[&Pairs, &Objects];
    for (lines, splittable) in [
        ("n=1\nn=2\n", true),
        ("2021-06-03T10:23:45.123000+00:00 s n=1\nn=2\nn=3\n", false),
        ("2016-10-06T00:17:09.6Z stdout P n=1\n2016-10-06T00:17:09.6Z stdout F n=1\nx\n", false),
        ("web-1 | n=1\nweb-1 | n=2\n", true),
        ("{\"log\":\"n=1\",\"time\":\"x\"}\n{\"log\":\"n=1\\n\",\"time\":\"x\"}\n", false),
        ("{\"n\":1}\n{\"n\":2}\n", true),
    ] {
        assert_eq!(is_splittable(formats, lines.as_bytes()), splittable, "{lines}");
    }
}

#[test]
fn json_of_containers_is_a_carrier() {
    let docker = "{\"log\":\"n=1 \",\"stream\":\"stdout\",\"time\":\"2016-01-07T16:49:10.0\"}\n\
        {\"log\":\"n=2\\r\\n\",\"stream\":\"stderr\",\"time\":\"2016-01-07T16:49:10.2Z\"}\n\
        {\"log\":\"word=x\\n\",\"stream\":\"stdout\",\"time\":\"2016-01-07T16:49:10.2Z\"}\n\
        {\"log\":\"\\n\",\"stream\":\"stdout\",\"time\":\"2016-01-07T16:49:10.2Z\"}\n\
        {\"log\":\"n=3\",\"stream\":\"stdout\",\"time\":\"2016-01-07T16:49:10.2Z\"}\n";
    check(
        "x-json.log",
        docker.as_bytes(),
        "pairs",
        "Docker",
        &[
            "n=2 |  | stderr | Docker | 2",
            "n=1 word=x |  | stdout | Docker | 1",
            "n=3 |  | stdout | Docker | 5",
        ],
    );
    let json = r#"{"log":"{\"n\":1}\n","stream":"stdout","time":"2016-01-07T16:49:10.2Z"}"#;
    check("x-json.log", json.as_bytes(), "objects", "Docker", &["{\"n\":1} |  | stdout | Docker | 1"]);
    let text = r#"{"log":"hello there\n","stream":"stdout","time":"2016-01-07T16:49:10.2Z"}"#;
    check("x-json.log", text.as_bytes(), "plain_text", "Docker", &["hello there |  | stdout | Docker | 1"]);
    // In CloudWatch's own carriers, each within the other.
    let export = r#"2026-03-05T08:12:44.000Z {"time":"2026-03-05T08:12:44.1Z","stream":"stderr","log":"n=1\n","kubernetes":{"pod_name":"p","namespace_name":"shop"}}"#;
    check(
        "000000",
        export.as_bytes(),
        "pairs",
        "CloudWatch export, Fluent Bit",
        &["n=1 | shop | p | CloudWatch export, Fluent Bit | 1"],
    );
}

#[test]
fn exports_of_tools_are_carriers() {
    for (content, envelope, expected) in [
        (
            r#"{"_raw":"n=1","_time":"2026-03-05T08:12:44.000+00:00","sourcetype":"st","source":"/s","host":"h"}"#,
            "Splunk",
            "n=1 | st | /s | Splunk | 1",
        ),
        (
            r#"{"preview":false,"offset":0,"result":{"_raw":"n=1","sourcetype":"st","source":"/s"}}"#,
            "Splunk",
            "n=1 | st | /s | Splunk | 1",
        ),
        (
            r#"{"event":"n=1","time":1772698364.5,"sourcetype":"st"}"#,
            "Splunk HEC",
            "n=1 | st |  | Splunk HEC | 1",
        ),
        (
            r#"{"_raw":"n=1","_time":1772698364.5,"cribl_pipe":"p","host":"h"}"#,
            "Cribl",
            "n=1 |  | h | Cribl | 1",
        ),
        (
            r#"{"_index":"i","_id":"1","_source":{"message":"n=1","@timestamp":"2026-03-05T08:12:44Z","agent":{"type":"filebeat"},"log":{"file":{"path":"/f"}}}}"#,
            "Elastic",
            "n=1 | filebeat | /f | Elastic | 1",
        ),
        (
            r#"{"took":1,"hits":{"total":1,"hits":[{"_index":"i","_source":{"event":{"original":"n=1"},"@timestamp":"2026-03-05T08:12:44Z"}}]}}"#,
            "Elastic search, Elastic",
            "n=1 | i |  | Elastic search, Elastic | 1",
        ),
        (
            r#"{"message":"n=1","@timestamp":"2026-03-05T08:12:44Z","@version":"1","host":{"name":"h"}}"#,
            "Logstash",
            "n=1 |  | h | Logstash | 1",
        ),
        (
            r#"{"message":"n=1","source_type":"file","file":"/f","timestamp":"2026-03-05T08:12:44Z","host":"h"}"#,
            "Vector",
            "n=1 | file | /f | Vector | 1",
        ),
        (
            r#"{"container_name":"c","container_id":"1","log":"n=1","source":"stdout"}"#,
            "Fluent Bit",
            "n=1 |  | c | Fluent Bit | 1",
        ),
        (
            r#"{"_id":"a","date":"2026-03-05T08:12:44Z","service":"s","host":"h","attributes":{},"source":"x","message":"n=1","status":"info","tags":[]}"#,
            "Datadog",
            "n=1 | s | h | Datadog | 1",
        ),
        (
            r#"{"data":[{"id":"a","type":"log","attributes":{"message":"n=1","service":"s","host":"h"}}]}"#,
            "Datadog",
            "n=1 | s | h | Datadog | 1",
        ),
        (
            r#"{"streams":[{"stream":{"job":"j","filename":"/f"},"values":[["1772698364000000000","n=1"]]}]}"#,
            "Loki",
            "n=1 | j | /f | Loki | 1",
        ),
        (
            r#"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"job":"j"},"values":[["1772698364000000000","n=1"]]}]}}"#,
            "Loki",
            "n=1 | j |  | Loki | 1",
        ),
        (
            r#"{"labels":{"job":"j"},"line":"n=1","timestamp":"2026-03-05T08:12:44Z"}"#,
            "Loki",
            "n=1 | j |  | Loki | 1",
        ),
        (
            r#"[{"@timestamp":"2026-03-05 08:12:44.000","@message":"n=1","@logStream":"s","@log":"1:g"}]"#,
            "Logs Insights",
            "n=1 | 1:g | s | Logs Insights | 1",
        ),
        (
            r#"{"sessionUpdate":{"sessionMetadata":{"sampled":false},"sessionResults":[{"logGroupIdentifier":"1:g","logStreamName":"s","message":"n=1","timestamp":1772698364000,"ingestionTime":1772698364000}]}}"#,
            "Live Tail",
            "n=1 | 1:g | s | Live Tail | 1",
        ),
    ] {
        check(content, content.as_bytes(), "pairs", envelope, &[expected]);
    }
}

#[test]
fn a_programs_own_json_is_no_carrier() {
    for content in [
        r#"{"level":"info","message":"n=1","timestamp":"2026-03-05T08:12:44Z"}"#,
        r#"{"message":"hello","timestamp":"2026-03-05T08:12:44Z"}"#,
        r#"{"log":"n=1","level":"info"}"#,
        r#"{"event":"hello","time":"2026-03-05T08:12:44Z"}"#,
        r#"{"message":"hello","source_type":"file"}"#,
        r#"{"data":"n=1 no base64","other":1}"#,
    ] {
        let (rows, entry) = read("app.log", content.as_bytes(), 1 << 20);
        assert_eq!((rows.len(), entry.format.as_deref()), (1, Some("json_lines")), "{content}: {entry:?}");
        assert_eq!(rows[0], format!("{content} |  |  |  | 1"));
        assert_eq!(entry.envelope, "");
    }
}

#[test]
fn queues_and_topics_are_taken_off_one_within_the_other() {
    let quote = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let event = r#"{"Records":[{"n":1},{"n":2}]}"#;
    let sns = format!(
        r#"{{"Type":"Notification","TopicArn":"arn:t","Message":{},"Timestamp":"2024-01-15T12:00:00.000Z"}}"#,
        quote(event)
    );
    let sqs = |body: &str| {
        format!(
            "{{\"messageId\":\"m\",\"receiptHandle\":\"r\",\"body\":{},\"attributes\":{{\"SentTimestamp\":\"1545082649636\"}},\
             \"eventSourceARN\":\"arn:q\"}}",
            quote(body)
        )
    };
    let lambda = format!("{{\"Records\":[\n{},\n{}]}}", sqs(&sns), sqs(event));
    check(
        "sqs.json",
        lambda.as_bytes(),
        "objects",
        "SQS",
        &[
            "{\"n\":1} | arn:q | m | SQS, SNS notification | 2",
            "{\"n\":2} | arn:q | m | SQS, SNS notification | 2",
            "{\"n\":1} | arn:q | m | SQS | 3",
            "{\"n\":2} | arn:q | m | SQS | 3",
        ],
    );
    let received = format!(
        r#"{{"Messages":[{{"MessageId":"m","ReceiptHandle":"r","MD5OfBody":"x","Body":{}}}]}}"#,
        quote(event)
    );
    check(
        "receive-message.json",
        received.as_bytes(),
        "objects",
        "SQS",
        &["{\"n\":1} |  | m | SQS | 1", "{\"n\":2} |  | m | SQS | 1"],
    );
    let called = r#"{"Records":[{"EventSource":"aws:sns","Sns":{"MessageId":"m","TopicArn":"arn:t","Message":"n=1","Timestamp":"2024-01-15T12:00:00.000Z"}}]}"#;
    check("sns.json", called.as_bytes(), "pairs", "SNS", &["n=1 | arn:t | m | SNS | 1"]);
    // A program's own messages in a queue.
    let own = sqs(r#"{"order":7}"#);
    check("own.json", own.as_bytes(), "json_lines", "SQS", &["{\"order\":7} | arn:q | m | SQS | 1"]);
    // An event of EventBridge is told by its detail, and one that no format knows is read whole or as JSON.
    let bridged = sqs(r#"{"detail-type":"x","source":"y","replay-name":"r","detail":{"n":1}}"#);
    check("bridged.json", bridged.as_bytes(), "objects", "SQS", &["{\"n\":1} | arn:q | m | SQS | 1"]);
}

#[test]
fn streams_hold_bytes_gzip_and_aggregates() {
    let subscription = br#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{"id":"1","timestamp":1000,"message":"n=1"},{"id":"2","timestamp":1000,"message":"n=2"}]}"#;
    let control = br#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health."}]}"#;
    let kinesis = |data: &[u8]| {
        format!(
            r#"{{"kinesis":{{"partitionKey":"k","data":"{}","approximateArrivalTimestamp":1480641523.477}},"eventSource":"aws:kinesis","eventSourceARN":"arn:k"}}"#,
            base64(data)
        )
    };
    let kafka = |value: &str| {
        format!(
            r#"{{"topic":"t","partition":0,"offset":15,"timestamp":1545084650987,"key":"YQ==","value":{value}}}"#
        )
    };
    let lists = format!(
        r#"{{"eventSource":"aws:kafka","eventSourceArn":"arn:k","bootstrapServers":"b:9092","records":{{"t-0":[{},{}],"t-1":[{}]}}}}"#,
        kafka(&format!("\"{}\"", base64(b"n=1"))),
        kafka("null"),
        kafka(&format!("\"{}\"", base64(b"n=2\nn=3"))),
    );
    let (rows, entry) = read("kafka.json", lists.as_bytes(), 7);
    assert_eq!(
        rows,
        ["n=1 | arn:k |  | Kafka | 1", "n=2 | arn:k |  | Kafka | 1", "n=3 | arn:k |  | Kafka | 1"]
    );
    assert_eq!(
        (entry.records, entry.rows, entry.skipped),
        (4, 3, 1),
        "a record without a value is set aside"
    );
    let otlp = r#"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"pid","value":{"intValue":"7"}}]},"scopeLogs":[
{"scope":{"name":"s","attributes":[{"key":"lib","value":{"boolValue":true}}]},"logRecords":[{"n":1},{"n":2}]},{"logRecords":[]}]},
{"scopeLogs":[{"logRecords":[{"n":3}]},{"logRecords":[{"n":4}]}]}]}"#;
    let mut loader = Loader::new(vec![&JsonLines], Limits::default(), 1);
    loader.open("otlp.json", Options::default());
    otlp.as_bytes().chunks(5).for_each(|piece| loader.push(piece));
    loader.finish();
    let row = |row: Row<'_>| {
        let shared = ["service.name", "pid", "lib", "@carrier"].map(|name| row.show(name)).join(" | ");
        format!("{} | {shared}", String::from_utf8_lossy(&row.raw()))
    };
    let table = &loader.shard().tables[0];
    let rows: Vec<String> = (0..table.rows()).filter_map(|at| table.row(at)).map(row).collect();
    let expected = [
        "{\"n\":1} | shop | 7 | true | OTLP",
        "{\"n\":2} | shop | 7 | true | OTLP",
        "{\"n\":3} |  |  |  | OTLP",
        "{\"n\":4} |  |  |  | OTLP",
    ];
    assert_eq!(rows, expected);
    assert_eq!(loader.ledger()[0].skipped, 1, "a scope without records");
    let event = |records: &[String]| format!("{{\"Records\":[{}]}}", records.join(",\n"));
    let plain = event(&[kinesis(b"n=1"), kinesis(b"n=2\nn=3\n"), kinesis(&gzip(b"n=4"))]);
    check(
        "kinesis.json",
        plain.as_bytes(),
        "pairs",
        "Kinesis",
        &[
            "n=1 | arn:k | k | Kinesis | 1",
            "n=2 | arn:k | k | Kinesis | 2",
            "n=3 | arn:k | k | Kinesis | 2",
            "n=4 | arn:k | k | Kinesis | 3",
        ],
    );
    let twice = gzip(&gzip(subscription));
    let aggregate = kpl::aggregate(&[&gzip(subscription), b"n=3", &twice]);
    check(
        "kpl.json",
        event(&[kinesis(&aggregate)]).as_bytes(),
        "pairs",
        "Kinesis",
        &[
            "n=1 | 1:g | s | Kinesis, CloudWatch subscription | 1",
            "n=2 | 1:g | s | Kinesis, CloudWatch subscription | 1",
            "n=3 | arn:k | k | Kinesis | 1",
            "n=1 | 1:g | s | Kinesis, CloudWatch subscription | 1",
            "n=2 | 1:g | s | Kinesis, CloudWatch subscription | 1",
        ],
    );
    let firehose = format!(
        r#"{{"invocationId":"i","deliveryStreamArn":"d","records":[{{"recordId":"1","approximateArrivalTimestamp":1507217624302,"data":"{}"}},{{"recordId":"2","approximateArrivalTimestamp":1507217624302,"data":"{}"}}]}}"#,
        base64(br#"{"n":1}{"n":2}"#),
        base64(b"{\"n\":3}\n{\"n\":4}\n")
    );
    check(
        "firehose.json",
        firehose.as_bytes(),
        "objects",
        "Firehose",
        &[
            "{\"n\":1} |  |  | Firehose | 1",
            "{\"n\":2} |  |  | Firehose | 1",
            "{\"n\":3} |  |  | Firehose | 1",
            "{\"n\":4} |  |  | Firehose | 1",
        ],
    );
    let delivery =
        format!(r#"{{"requestId":"r","timestamp":1,"records":[{{"data":"{}"}}]}}"#, base64(b"n=1"));
    check("http.json", delivery.as_bytes(), "pairs", "Firehose", &["n=1 |  |  | Firehose | 1"]);
    let failed = format!(
        r#"{{"attemptsMade":1,"arrivalTimestamp":1507217624302,"errorCode":"Lambda.X","rawData":"{}"}}"#,
        base64(b"n=1")
    );
    check("failed", failed.as_bytes(), "pairs", "Firehose error", &["n=1 |  |  | Firehose error | 1"]);

    // Damage is one rejection, a control message is set aside, and all is accounted for.
    let mixed = event(&[
        kinesis(b"n=1"),
        kinesis(b"n=2"),
        kinesis(b"n=3"),
        kinesis(b"n=4"),
        kinesis(b"n=5"),
        kinesis(b"n=6"),
        kinesis(&gzip(control)),
        kinesis(&gzip(b"n=7")[..15]),
        kinesis(b""),
    ]);
    for piece in [1, 100, 1 << 20] {
        let (rows, entry) = read("mixed.json", mixed.as_bytes(), piece);
        assert_eq!(rows.len(), 6);
        assert_eq!((entry.records, entry.rejected, entry.skipped), (9, 1, 2), "{entry:?}");
        assert_eq!(entry.rejections[0].line, 8);
    }
}

#[test]
fn hostile_carriers_end() {
    // SQS in SQS, deeper than is looked.
    let mut body = "n=1".to_owned();
    for _ in 0..7 {
        let text = serde_json::to_string(&body).unwrap_or_default();
        body = format!(r#"{{"messageId":"m","receiptHandle":"r","body":{text}}}"#);
    }
    let (rows, entry) = read("deep", body.as_bytes(), 1 << 20);
    assert_eq!((rows.len(), entry.rejected), (1, 0));
    assert_eq!(entry.envelope, "SQS");
    // Pieces of more streams than containers have.
    let lines: String =
        (0..100).map(|n| format!("2016-10-06T00:17:09.6Z stdout P n={n}\n")).collect::<Vec<_>>().concat();
    assert_eq!(read("pieces", lines.as_bytes(), 1 << 20).0.len(), 1);
    let lines: String =
        (0..100).map(|n| format!("{{\"log\":\"n={n}\",\"stream\":\"{n}\",\"time\":\"x\"}}\n")).collect();
    assert_eq!(read("streams", lines.as_bytes(), 1 << 20).0.len(), 100);
}
