//! Lines as Lambda wrote them over the years, and as nobody should have.

use super::*;
use crate::formats::Settings;
use crate::ingest::{Limits, Loader, Options};
use logloupe_table::{Shard, Value};

fn read(content: &str) -> Shard {
    let mut loader = Loader::new(vec![&Lambda], Limits::default(), 1);
    loader.open("x", Options { format: Some("lambda".to_owned()), ..Options::default() });
    loader.push(content.as_bytes());
    loader.into_parts().0
}

/// The values of these columns of the only row.
fn values(line: &str, names: &[&str]) -> Vec<String> {
    let shard = read(line);
    let table = &shard.tables[0];
    assert_eq!(table.rows(), 1, "{line}");
    let row = table.row(0).unwrap();
    names.iter().map(|name| row.show(name)).collect()
}

#[test]
fn columns_stand_where_their_constants_say() {
    let at = [
        (column::TYPE, "@type"),
        (column::OUTCOME, "event.outcome"),
        (column::MEMORY_SIZE, "@memorySize"),
        (column::MEMORY_USED, "@maxMemoryUsed"),
        (column::TRACE, "@xrayTraceId"),
        (column::REQUEST, "@requestId"),
        (column::LEVEL, "level"),
        (column::MESSAGE, "message"),
        (column::DURATION, "@duration"),
        (column::BILLED, "@billedDuration"),
        (column::INIT, "@initDuration"),
        (column::RESTORE, "@restoreDuration"),
        (column::BILLED_RESTORE, "@billedRestoreDuration"),
        (column::SEGMENT, "@xraySegmentId"),
        (column::STATUS, "status"),
        (column::ERROR_TYPE, "errorType"),
        (column::KIND, "type"),
        (column::VERSION, "version"),
        (column::RUNTIME, "runtimeVersion"),
        (column::RUNTIME_ARN, "runtimeVersionArn"),
        (column::PHASE, "phase"),
    ];
    assert_eq!(at.len(), FIELDS.iter().filter(|f| f.field.computed.is_none()).count());
    at.iter().for_each(|(column, name)| assert_eq!(FIELDS[*column].field.name, *name));
}

const ID: &str = "8edab1f8-7d34-4a8e-a965-15ccbbb78d4c";

#[test]
fn reports_of_every_age_give_the_same_columns() {
    let names = [
        "@type",
        "@requestId",
        "@duration",
        "@billedDuration",
        "@memorySize",
        "@maxMemoryUsed",
        "@initDuration",
    ];
    let tabs = format!(
        "REPORT RequestId: {ID}\tDuration: 0.81 ms\tBilled Duration: 100 ms\tMemory Size: 128 MB\tMax Memory Used: \
         90 MB\tInit Duration: 1234 ms\t"
    );
    let expected = ["REPORT", ID, "0.81", "100", "128000000", "90000000", "1234"];
    for line in [
        tabs.clone(),
        tabs.replace('\t', " "),
        tabs.replace('\t', "  "),
        tabs.replace('\t', "\\t"),
        tabs.replace("\tMemory", "\tNew Metric: 7 apples\tMemory"),
        format!("2026-03-05T01:30:00.123456+00:00 2026/03/05/[$LATEST]6f1d2c3b4a596877 {tabs}"),
        format!("2026-03-05T01:30:00+00:00 {tabs}"),
    ] {
        assert_eq!(values(&line, &names), expected, "{line}");
    }
}

#[test]
fn a_report_tells_a_cold_start() {
    let times = "Duration: 1.5 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t";
    for (line, cold) in [
        (format!("REPORT RequestId: {ID}\t{times}Init Duration: 120.5 ms\t"), "true"),
        (
            format!(
                "REPORT RequestId: {ID}\t{times}Restore Duration: 80 ms\tBilled Restore Duration: 1 ms\t"
            ),
            "true",
        ),
        (format!("REPORT RequestId: {ID}\t{times}"), "false"),
        (format!("START RequestId: {ID} Version: $LATEST"), ""),
        ("Init Duration: 120.5 ms".to_owned(), ""),
    ] {
        assert_eq!(values(&line, &["faas.coldstart"]), [cold], "{line}");
    }
}

#[test]
fn a_report_may_carry_trace_and_status() {
    let line = format!(
        "2026-03-05T01:30:00.000Z REPORT RequestId: {ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory \
         Size: 128 MB\tMax Memory Used: 35 MB\tStatus: timeout\nXRAY TraceId: \
         1-5d83c0ad-b8eb33a0b1de97d804fac890\tSegmentId: 31255c3b19bd3637\tSampled: true\t\n"
    );
    let names = ["@xrayTraceId", "@xraySegmentId", "status", "event.outcome", "@timestamp"];
    let expected = [
        "1-5d83c0ad-b8eb33a0b1de97d804fac890",
        "31255c3b19bd3637",
        "timeout",
        "failure",
        "2026-03-05T01:30:00Z",
    ];
    let shard = read(&line);
    let row = shard.tables[0].row(0).unwrap();
    assert_eq!(names.map(|n| row.show(n)), expected);
}

#[test]
fn what_runtimes_put_before_a_message_is_taken_off() {
    let names = ["level", "@requestId", "message", "@timestamp", "@type"];
    for (line, expected) in [
        (
            format!("2026-03-05T01:30:00.113Z\t{ID}\tWARN\tslow\tbut alive"),
            ["WARN", ID, "slow\tbut alive", "2026-03-05T01:30:00.113Z", ""],
        ),
        (
            "2026-03-05T01:30:00.113Z\tundefined\tERROR\tUncaught Exception".to_owned(),
            ["ERROR", "", "Uncaught Exception", "2026-03-05T01:30:00.113Z", ""],
        ),
        (
            format!("[INFO]\t2026-03-05T01:30:00.113Z\t{ID}\tstarted"),
            ["INFO", ID, "started", "2026-03-05T01:30:00.113Z", ""],
        ),
        (
            format!("2026-03-05 01:30:00 {ID} DEBUG Handler:12 - got 3"),
            ["DEBUG", ID, "Handler:12 - got 3", "2026-03-05T01:30:00Z", ""],
        ),
        (
            format!("2026-03-05T01:30:00.113Z {ID} Task timed out after 3.00 seconds"),
            ["ERROR", ID, "Task timed out after 3.00 seconds", "2026-03-05T01:30:00.113Z", ""],
        ),
        (
            format!("RequestId: {ID} Error: Runtime exited with error: signal: killed"),
            ["ERROR", ID, "Error: Runtime exited with error: signal: killed", "", ""],
        ),
        ("START of the day".to_owned(), ["", "", "START of the day", "", ""]),
        ("REPORT invalid report log line".to_owned(), ["", "", "REPORT invalid report log line", "", ""]),
        ("EXTENSION Name: x State: Ready".to_owned(), ["", "", "Name: x State: Ready", "", "EXTENSION"]),
    ] {
        assert_eq!(values(&line, &names), expected, "{line}");
    }
}

#[test]
fn the_json_format_feeds_the_columns_of_the_text() {
    let record = r#"{"time":"2024-10-18T19:38:39.661Z","type":"platform.report","record":{"requestId":"b441820a-ebe5-4d5f-93bc-f945707b0225","metrics":{"durationMs":30000.5,"billedDurationMs":30001,"memorySizeMB":128,"maxMemoryUsedMB":74,"initDurationMs":985.413},"tracing":{"spanId":"fe6","type":"X-Amzn-Trace-Id","value":"Root=1-2-3;Parent=4;Sampled=1"},"status":"timeout"}}"#;
    let names = [
        "@type",
        "type",
        "@duration",
        "@memorySize",
        "@maxMemoryUsed",
        "@initDuration",
        "@xrayTraceId",
        "@xraySegmentId",
        "event.outcome",
        "@timestamp",
    ];
    let expected = [
        "REPORT",
        "platform.report",
        "30000.5",
        "128000000",
        "74000000",
        "985.413",
        "1-2-3",
        "fe6",
        "failure",
        "2024-10-18T19:38:39.661Z",
    ];
    assert_eq!(values(record, &names), expected);
}

#[test]
fn unhandled_errors_have_level_type_and_outcome_in_text_and_json() {
    let time = "2026-03-05T01:30:00.113Z";
    let names = ["level", "errorType", "event.outcome", "@requestId"];
    for (line, expected) in [
        (
            "[ERROR] ValueError: no\rTraceback (most recent call last):\r\u{a0}\u{a0}File \"app.py\""
                .to_owned(),
            ["ERROR", "ValueError", "failure", ""],
        ),
        (
            format!(
                "{time}\t{ID}\tERROR\tInvoke Error \t{{\"errorType\":\"TypeError\",\"errorMessage\":\"no\"}}"
            ),
            ["ERROR", "TypeError", "failure", ID],
        ),
        (
            format!("{time}\t{ID}\t{{\"errorMessage\":\"no\",\"errorType\":\"Error\",\"stackTrace\":[]}}"),
            ["ERROR", "Error", "failure", ID],
        ),
        (format!("{time}\t{ID}\tfail\tSystem.Exception: no"), ["fail", "System.Exception", "failure", ID]),
        (
            format!("{time} {ID} Task timed out after 3.00 seconds"),
            ["ERROR", "Sandbox.Timedout", "failure", ID],
        ),
        (
            format!("RequestId: {ID} Error: Runtime exited with error: signal: killed"),
            ["ERROR", "Runtime.ExitError", "failure", ID],
        ),
        (
            "no: java.lang.IllegalStateException".to_owned(),
            ["ERROR", "java.lang.IllegalStateException", "failure", ""],
        ),
        (
            format!(
                r#"{{"timestamp":"{time}","level":"ERROR","errorMessage":"no","errorType":"ValueError","requestId":"{ID}","stackTrace":[]}}"#
            ),
            ["ERROR", "ValueError", "failure", ID],
        ),
        (
            format!(
                r#"{{"timestamp":"{time}","level":"ERROR","requestId":"{ID}","message":{{"errorType":"TypeError","errorMessage":"no","stackTrace":[]}}}}"#
            ),
            ["ERROR", "TypeError", "failure", ID],
        ),
        (
            format!(
                r#"{{"timestamp":"{time}","level":"UNDEFINED","AWSRequestId":"{ID}","message":"no: a.BadException\na.BadException: no\n\tat a.B"}}"#
            ),
            ["ERROR", "a.BadException", "failure", ID],
        ),
        (
            format!(
                r#"{{"time":"{time}","type":"platform.runtimeDone","record":{{"requestId":"{ID}","status":"error","errorType":"Runtime.ExitError"}}}}"#
            ),
            ["", "Runtime.ExitError", "failure", ID],
        ),
        (
            r#"{"errorType":"errorString","errorMessage":"no"}"#.to_owned(),
            ["ERROR", "errorString", "failure", ""],
        ),
        (
            format!(r#"{{"timestamp":"{time}","level":"INFO","requestId":"{ID}","message":"all is well"}}"#),
            ["INFO", "", "", ID],
        ),
    ] {
        assert_eq!(values(&line, &names), expected, "{line}");
    }
}

#[test]
fn half_an_object_is_text() {
    let shard = read(&format!("END RequestId: {ID}\n{{\"half\": \n"));
    assert_eq!(shard.tables[0].row(1).unwrap().show("message"), "{\"half\": ");
}

#[test]
fn json_inside_a_line_can_be_asked_for() {
    let line = format!("2026-03-05T01:30:00.113Z\t{ID}\tINFO\torder {{\"order\":{{\"total\":42.5}}}} done");
    let mut out = Vec::new();
    let part = JsonPart::Fragment.of(line.as_bytes()).unwrap();
    assert!(json::extract(part, "order.total", &mut out));
    assert_eq!(out, b"42.5");
    assert_eq!(JsonPart::Fragment.of(b"no brace"), None);
}

#[test]
fn other_text_is_not_claimed() {
    let sniff = |records: &[&str]| {
        let records: Vec<&[u8]> = records.iter().map(|r| r.as_bytes()).collect();
        Lambda.sniff(&Head {
            name: "aws/lambda/f",
            framing: Framing::Lines,
            records: &records,
            settings: &Settings::NONE,
        })
    };
    let start = format!("START RequestId: {ID} Version: $LATEST");
    for records in [
        &["START of the day", "END of it"][..],
        &["REPORT RequestId: unknown", "hello"],
        &["2026-03-05T01:30:00.113Z INFO hello", "2026-03-05T01:30:00.114Z WARN world"],
        &["one", "two", "three", "four", &start, "six"],
        &["{\"type\":\"platform.report\"}"],
        &["{\"time\":\"2024-10-18T19:38:39.661Z\",\"level\":\"INFO\",\"message\":\"m\"}"],
        &[],
    ] {
        assert_eq!(sniff(records), Sniff::No, "{records:?}");
    }
    assert!(matches!(sniff(&[&start, "one", "two", "three", "four", "five"]), Sniff::Certain(_)));
    let line = format!("2026-03-05T01:30:00.113Z\t{ID}\tINFO\thello");
    assert!(matches!(sniff(&[&line, "  at x (y.js)"]), Sniff::Maybe(_)));
}

#[test]
fn a_damaged_metric_is_a_fault_with_its_place() {
    let mut loader = Loader::new(vec![&Lambda], Limits::default(), 1);
    loader.open("x", Options::default());
    loader.push(format!("END RequestId: {ID}\nREPORT RequestId: {ID}\tDuration: fast ms\n").as_bytes());
    let (shard, ledger) = loader.into_parts();
    assert_eq!((shard.rows(), ledger[0].rejected), (1, 1));
    let rejection = &ledger[0].rejections[0];
    assert_eq!((rejection.column, rejection.expected.as_str()), (66, "number of milliseconds for Duration"));
    assert_eq!(shard.tables[0].row(0).unwrap().get("@timestamp"), Value::Null);
}
