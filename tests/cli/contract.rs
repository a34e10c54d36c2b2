//! What scripts rely on: exit status, shapes of answers, where remarks go, what a path may be.

use logloupe_tests::command::Folder;
use serde_json::{Value, json};

use crate::{
    archives::{gzip, zip},
    logloupe, logloupe_fed,
};

const FLOWS: &str = "\
version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 123456789012 eni-0a1 192.0.2.10 10.0.0.5 40000 443 6 10 840 1772496000 1772496060 ACCEPT OK
2 123456789012 eni-0a1 192.0.2.11 10.0.0.5 40001 22 6 1 40 1772496001 1772496061 REJECT OK
2 123456789012 eni-0a1 192.0.2.11 10.0.0.5 40002 23 6 1 40 1772496002 1772496062 REJECT OK
";

const TRAIL: &str = r#"{"Records":[
{"eventVersion":"1.11","eventTime":"2026-03-03T00:00:05Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"x","requestParameters":{"bucketName":"b1","key":"k"},"responseElements":null,"readOnly":true,"eventID":"e-1","userIdentity":{"type":"IAMUser","userName":"ana"}},
{"eventVersion":"1.11","eventTime":"2026-03-03T00:00:06Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"x","requestParameters":{"bucketName":"b2","key":"k"},"responseElements":null,"readOnly":false,"eventID":"e-2","userIdentity":{"type":"IAMUser","userName":"ana"}}
]}"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("b/flows.log", FLOWS.as_bytes());
    folder.write("a/trail.json.gz", &gzip(TRAIL.as_bytes()));
    folder
}

#[test]
fn help_and_version_are_answers() {
    for args in [&["--help"][..], &["help"], &["query", "--help"], &["convert", "-h"]] {
        let said = logloupe(args);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{args:?}");
        assert!(said.out.contains("logloupe "), "{args:?}");
    }
    assert_eq!(logloupe(&["--version"]).out, format!("logloupe {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn bad_usage_is_two_and_says_why() {
    for (args, why) in [
        (&[][..], "no command given"),
        (&["quarry"], "no command `quarry`"),
        (&["query", "stats count(*)"], "no file given"),
        (&["convert", "--to", "xml", "-"], "--to is one of ndjson, csv"),
        (&["convert", "--format", "nope", "-"], "no format `nope`"),
        (&["explain", "--to", "mars", "stats count(*)"], "--to is one of plan, athena, insights"),
        (&["explain"], "no query given"),
        (&["explain", "filter bytes >"], "error: "),
        (&["ledger", "--verbose", "-"], "--verbose"),
    ] {
        let said = logloupe(args);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args:?}");
        assert!(said.err.contains(why), "{args:?}: {}", said.err);
    }
}

#[test]
fn formats_are_listed_for_people_and_programs() {
    let table = logloupe(&["formats"]).out;
    assert!(table.starts_with("id "), "{table}");
    assert!(table.lines().any(|line| line.starts_with("cloudtrail ")), "{table}");
    let all = logloupe(&["formats", "--json"]).json();
    let all = all.as_array().expect("an array");
    assert_eq!(all.len() + 2, table.lines().count(), "the same formats");
    for format in all {
        for key in ["id", "title", "summary"] {
            assert!(format[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {format}");
        }
        let columns = format["columns"].as_array().expect("columns");
        assert!(
            columns.iter().all(|c| c["name"].is_string() && c["kind"].is_string() && c["aliases"].is_array())
        );
        let samples = format["samples"].as_array().expect("samples");
        assert!(!samples.is_empty(), "{}", format["id"]);
        for sample in samples {
            // A listed sample is a file that this very program reads as it says.
            let content = sample["content"].as_str().expect("text");
            let ledger = logloupe_fed(&["ledger", "--json", "-"], content.as_bytes()).json();
            assert_eq!(ledger[0]["format"], format["id"], "{}", sample["name"]);
            assert_eq!(ledger[0]["rows"], sample["rows"], "{}", sample["name"]);
        }
    }
}

#[test]
fn convert_gives_one_typed_object_per_row_in_the_order_of_the_files() {
    let folder = folder();
    let said = logloupe(&["convert", folder.arg()]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let rows = said.lines();
    assert_eq!(rows.len(), 5);
    let formats: Vec<&Value> = rows.iter().map(|row| &row["@format"]).collect();
    assert_eq!(formats, ["cloudtrail", "cloudtrail", "vpc_flow", "vpc_flow", "vpc_flow"]);
    let trail = &rows[0];
    assert_eq!(trail["@timestamp"], "2026-03-03T00:00:05Z");
    assert_eq!(trail["@source"], folder.file("a/trail.json.gz"));
    assert_eq!((&trail["@line"], &trail["readOnly"]), (&json!(2), &json!(true)));
    assert!(trail.get("errorCode").is_none(), "a missing value is left out: {trail}");
    let message: Value = serde_json::from_str(trail["@message"].as_str().expect("text")).expect("JSON");
    assert_eq!(message["requestParameters"]["bucketName"], "b1");
    let flow = &rows[3];
    assert_eq!(flow["@message"], FLOWS.lines().nth(2).expect("a line"));
    assert_eq!((&flow["bytes"], &flow["action"], &flow["@line"]), (&json!(40), &json!("REJECT"), &json!(3)));
}

#[test]
fn convert_to_csv_has_one_header_for_all_files() {
    let folder = folder();
    let said = logloupe(&["convert", "--to", "csv", folder.arg()]);
    let lines: Vec<&str> = said.out.split_terminator("\r\n").collect();
    assert!(lines[0].starts_with("@timestamp,@format,@source,@line,@message,"), "{}", lines[0]);
    for column in ["eventName", "srcaddr"] {
        assert!(lines[0].split(',').any(|name| name == column), "{column} in {}", lines[0]);
    }
    assert_eq!(lines.iter().filter(|line| line.starts_with("2026-03-0")).count(), 5);
    let one = logloupe_fed(&["convert", "--to=csv", "-"], FLOWS.as_bytes());
    assert_eq!(one.out.lines().count(), 4, "stdin can be read only once: {}", one.out);
}

#[test]
fn a_query_is_answered_in_every_form() {
    let folder = folder();
    let query = "filter action = \"REJECT\" | stats count(*) as n, sum(bytes) as total by srcAddr";
    let ask = |form: &str| logloupe(&["query", "--output", form, query, folder.arg()]).out;
    assert_eq!(
        logloupe(&["query", "--output", "json", query, folder.arg()]).json(),
        json!([{ "srcAddr": "192.0.2.11", "n": 2, "total": 80 }])
    );
    assert_eq!(ask("ndjson"), "{\"srcAddr\":\"192.0.2.11\",\"n\":2,\"total\":80}\n");
    assert_eq!(ask("csv"), "srcAddr,n,total\r\n192.0.2.11,2,80\r\n");
    let table = logloupe(&["query", query, folder.arg()]).out;
    assert_eq!(table, "srcAddr     n  total\n──────────  ─  ─────\n192.0.2.11  2     80\n");
    assert_eq!(table, ask("table"));
}

#[test]
fn a_query_looks_at_other_rows_and_at_tables() {
    let folder = folder();
    folder.write("owners.csv", b"network,owner\n192.0.2.0/24,lab\n0.0.0.0/0,world\n");
    let ask = |query: &str| {
        let said = logloupe(&["query", "--output", "json", query, folder.arg()]);
        assert_eq!(said.status, 0, "{query}: {}", said.err);
        said.json()
    };
    assert_eq!(
        ask(
            "filter action = \"REJECT\" | cidrlookup owners srcAddr OUTPUT owner | stats count(*) as n by owner"
        ),
        json!([{ "owner": "lab", "n": 2 }])
    );
    let rejected = "SOURCE vpc_flow | filter action = \"REJECT\"";
    assert_eq!(
        ask(&format!("filter srcAddr in ({rejected} | fields srcAddr) | stats count(*) as n by srcAddr")),
        ask("filter srcAddr = \"192.0.2.11\" | stats count(*) as n by srcAddr")
    );
    assert_eq!(
        ask(&format!(
            "stats count(*) as n by srcAddr | join left=all right=bad where all.srcAddr = bad.srcAddr \
             ({rejected} | stats count(*) as n by srcAddr) | display srcAddr, bad.n"
        )),
        json!([{ "srcAddr": "192.0.2.11", "bad.n": 2 }])
    );
    let said = logloupe(&["query", "lookup owner x OUTPUT y", folder.arg()]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("did you mean `owners`?"), "{}", said.err);
}

#[test]
fn nothing_found_is_an_answer() {
    let folder = folder();
    let said = logloupe(&["query", "--output", "json", "filter srcAddr = \"203.0.113.1\"", folder.arg()]);
    assert_eq!((said.status, said.json()), (0, json!([])));
}

#[test]
fn a_bad_query_is_two_with_the_place_underlined() {
    let folder = folder();
    for (query, underlined, words) in [
        ("filter toUper(action) = \"X\"", "toUper", "did you mean `toupper`"),
        ("filter action == ", "", ""),
        ("filtr action = \"x\" | limit 1", "filtr", "did you mean `filter`"),
    ] {
        let said = logloupe(&["query", query, folder.arg()]);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{query}: {}", said.err);
        assert!(said.err.contains(&format!("1 | {query}").trim_end().to_owned()), "{}", said.err);
        let carets = said.err.lines().find(|line| line.contains('^')).expect("underlined");
        if !underlined.is_empty() {
            let at = query.find(underlined).expect("part of the query");
            assert_eq!(carets.find('^'), Some(at + 4), "{}", said.err);
            assert_eq!(carets.matches('^').count(), underlined.len(), "{}", said.err);
        }
        assert!(said.err.contains(words), "{}", said.err);
    }
}

#[test]
fn a_name_that_nothing_has_is_a_warning_with_a_suggestion() {
    let folder = folder();
    let said = logloupe(&["query", "--output", "json", "filter srcAdr = \"x\"", folder.arg()]);
    assert_eq!((said.status, said.json()), (0, json!([])), "any name may be a key of some JSON event");
    assert!(said.err.contains("did you mean `srcaddr`?"), "{}", said.err);
}

#[test]
fn a_mistake_in_sql_is_underlined() {
    let folder = folder();
    let said = logloupe(&["query", "--sql", "SELECT srcaddr", folder.arg()]);
    assert_eq!(said.status, 2);
    assert!(said.err.contains("the query has no `FROM`"), "{}", said.err);
}

#[test]
fn stdin_is_a_path_and_has_no_other_rules() {
    let packed = gzip(TRAIL.as_bytes());
    let said = logloupe_fed(&["query", "--output", "json", "stats count(*) as n by eventName", "-"], &packed);
    assert_eq!(said.status, 0, "{}", said.err);
    let mut names: Vec<Value> = said.json().as_array().expect("an array").clone();
    names.sort_by_key(|row| row["eventName"].to_string());
    assert_eq!(names, [json!({"eventName":"GetObject","n":1}), json!({"eventName":"PutObject","n":1})]);
    assert_eq!(logloupe_fed(&["convert", "-"], &packed).lines()[0]["@source"], "-");
}

#[test]
fn a_folder_is_everything_below_it_sorted() {
    let folder = folder();
    folder.write("a/deep/er/second.log", FLOWS.as_bytes());
    let ledger = logloupe(&["ledger", "--json", folder.arg()]).json();
    let sources: Vec<&str> =
        ledger.as_array().expect("an array").iter().filter_map(|e| e["source"].as_str()).collect();
    let expected = ["a/deep/er/second.log", "a/trail.json.gz", "b/flows.log"].map(|name| folder.file(name));
    assert_eq!(sources, expected);
}

#[test]
fn an_archive_is_the_files_in_it() {
    let folder = Folder::new();
    let (bytes, _) = zip(&[("in/flows.log", FLOWS.as_bytes()), ("trail.json.gz", &gzip(TRAIL.as_bytes()))]);
    folder.write("all.zip", &bytes);
    let ledger = logloupe(&["ledger", "--json", &folder.file("all.zip")]).json();
    assert_eq!(ledger[0]["source"], format!("{}/in/flows.log", folder.file("all.zip")));
    assert_eq!((&ledger[0]["rows"], &ledger[0]["containers"]), (&json!(3), &json!(["zip"])));
    assert_eq!((&ledger[1]["rows"], &ledger[1]["containers"]), (&json!(2), &json!(["zip", "gzip"])));
}

#[test]
fn the_ledger_says_where_and_why() {
    let broken = FLOWS.replace(" 40001 22 6 ", " 40001 twenty-two 6 ");
    let said = logloupe_fed(&["ledger", "--json", "-"], broken.as_bytes());
    assert_eq!(said.status, 0, "rejected records do not change the status");
    assert!(said.err.contains("1 of 3 records rejected"), "{}", said.err);
    let entry = &said.json()[0];
    assert_eq!((&entry["records"], &entry["rows"], &entry["rejected"]), (&json!(3), &json!(2), &json!(1)));
    let rejection = &entry["rejections"][0];
    assert_eq!((&rejection["line"], &rejection["record"]), (&json!(3), &json!(2)));
    let line = broken.lines().nth(2).expect("a line");
    assert_eq!(rejection["text"], line);
    assert_eq!(rejection["column"], line.find("twenty").map(|at| at + 1).expect("there"));
    let table = logloupe_fed(&["ledger", "-"], broken.as_bytes()).out;
    assert!(table.contains("-:3:") && table.contains("twenty-two"), "{table}");
}

#[test]
fn a_file_that_is_not_there_is_one_and_named_and_the_others_are_answered() {
    let folder = folder();
    let gone = folder.file("gone.log");
    let said = logloupe(&["query", "--output", "json", "stats count(*) as n", &gone, folder.arg()]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains(&gone), "{}", said.err);
    assert_eq!(said.json(), json!([{ "n": 5 }]));
    assert_eq!(logloupe(&["convert", &gone, folder.arg()]).lines().len(), 5);
    let ledger = logloupe(&["ledger", "--json", &gone, folder.arg()]);
    assert_eq!((ledger.status, ledger.json().as_array().map(Vec::len)), (1, Some(3)));
}

#[test]
fn a_format_can_be_forced() {
    let line = "5 eni-1 ACCEPT\n";
    let said = logloupe_fed(&["ledger", "--json", "--format", "vpc_flow", "-"], line.as_bytes());
    let entry = &said.json()[0];
    assert_eq!((&entry["format"], &entry["records"]), (&json!("vpc_flow"), &json!(1)), "{entry}");
}

#[test]
fn answers_are_the_same_for_any_number_of_threads() {
    let folder = Folder::incident();
    for query in [
        "stats count(*) as n by @format",
        "stats count_distinct(source.ip) as sources, avg(bytes) as mean, pct(bytes, 95) as p95 by bin(1d) as day | sort day asc",
        "fields @timestamp, @source, @line, event.action | sort @timestamp desc | limit 300",
        "filter event.outcome = \"failure\" | dedup source.ip | fields @timestamp, source.ip, event.action",
        "filter @message like /(?i)admin/ | stats count(*) as n, earliest(@timestamp) as first by @format",
    ] {
        let ask = |threads| {
            let said = logloupe(&["query", "--output", "json", "--threads", threads, query, folder.arg()]);
            assert_eq!(said.status, 0, "{query}: {}", said.err);
            said.json()
        };
        let one = ask("1");
        assert!(one.as_array().is_some_and(|rows| !rows.is_empty()), "{query}");
        for threads in ["2", "3", "7"] {
            assert_eq!(ask(threads), one, "{threads} threads: {query}");
        }
    }
    let ledger = |threads| logloupe(&["ledger", "--json", "--threads", threads, folder.arg()]).json();
    assert_eq!(ledger("1"), ledger("5"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_enough_is_no_fault() {
    use std::process::{Command, Stdio};
    let folder = Folder::incident();
    let mut child = Command::new(env!("CARGO_BIN_EXE_logloupe-under-test"))
        .args(["convert", folder.arg()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn the_sample_is_written_and_read() {
    let folder = Folder::new();
    let target = folder.file("incident");
    let said = logloupe(&["sample", &target]);
    assert_eq!(said.status, 0, "{}", said.err);
    let ledger = logloupe(&["ledger", "--json", &target]).json();
    let entries = ledger.as_array().expect("an array");
    assert_eq!(entries.len(), logloupe_sample::incident().len());
    let sum = |key: &str| entries.iter().filter_map(|e| e[key].as_u64()).sum::<u64>();
    assert_eq!(sum("records"), sum("rows") + sum("rejected") + sum("aside"));
    assert!(sum("rejected") == 3 && sum("rows") > 7_000, "{} rows", sum("rows"));
    assert!(entries.iter().all(|e| e["state"] == "read"));
}

#[test]
fn what_attackers_typed_reaches_neither_terminal_nor_spreadsheet() {
    let evil = FLOWS.replace("eni-0a1 192.0.2.10", "=1+1\u{1b}[2J 192.0.2.10");
    let said =
        logloupe_fed(&["query", "filter interfaceId like \"=\" | fields interfaceId", "-"], evil.as_bytes());
    assert!(said.out.contains("=1+1␣[2J") && !said.out.contains('\u{1b}'), "{:?}", said.out);
    let csv = logloupe_fed(&["convert", "--to", "csv", "-"], evil.as_bytes());
    assert!(csv.out.contains("\"'=1+1"), "{}", csv.out);
}

#[test]
fn an_ipv6_address_has_one_spelling_in_every_log_and_question() {
    let folder = Folder::new();
    let flows = "srcaddr dstaddr bytes log-status\n\
                 2001:0db8:0000:0000:0000:0000:0000:000A 2001:db8::b 1 OK\n\
                 2001:DB8:0:0::a 192.0.2.1 2 OK\n\
                 2001:db8::a 192.0.2.1 4 OK\n\
                 2001:db8::c 192.0.2.1 8 OK\n";
    folder.write("flows.log", flows.as_bytes());
    folder.write("trail.json", TRAIL.replace("192.0.2.10", "2001:DB8::000a").as_bytes());
    let ask = |query: &str| logloupe(&["query", "--output", "json", query, folder.arg()]).json();
    let grouped = ask("stats count(*) as n by source.ip as a | sort n desc");
    assert_eq!(grouped, json!([{ "a": "2001:db8::a", "n": 5 }, { "a": "2001:db8::c", "n": 1 }]));
    for question in [
        "source.ip = \"2001:db8::a\"",
        "source.ip = \"2001:0DB8::000A\"",
        "source.ip in [\"2001:db8:0::a\", \"192.0.2.9\"]",
        "source.ip != \"2001:db8:0::c\"",
        "source.ip not in [\"2001:db8::0:c\"]",
        "isIpv6InSubnet(source.ip, \"2001:db8::a/128\")",
    ] {
        assert_eq!(
            ask(&format!("filter {question} | stats count(*) as n")),
            json!([{ "n": 5 }]),
            "{question}"
        );
    }
    let joined = "SELECT count(*) AS n FROM vpc_flow f JOIN cloudtrail c ON f.srcaddr = c.sourceIPAddress";
    assert_eq!(ask(joined), json!([{ "n": 6 }]));
    let said = ask("SOURCE vpc_flow | filter bytes = 1 | fields srcaddr, @message");
    assert_eq!(said[0]["srcaddr"], json!("2001:db8::a"));
    assert_eq!(said[0]["@message"], json!(flows.lines().nth(1)));
}

/// Logs that do not name their fields are read by the names that are given, from stdin and from within an archive.
#[test]
fn names_of_fields_may_be_given() {
    let real_time =
        "1772674274.123\t203.0.113.66\t403\tFRA56-P5\n1772674275.5\t203.0.113.67\t200\tFRA56-P5\n";
    let flow = "192.0.2.1 198.51.100.7 443 ACCEPT OK eni-0a1b2c3d 1772674200 2\n";
    for (fields, content, format, name, value) in [
        ("timestamp c-ip sc-status x-edge-location", real_time, "cloudfront_realtime", "sc-status", "403"),
        (
            "timestamp,c-ip,sc-status,x-edge-location",
            real_time,
            "cloudfront_realtime",
            "c-ip",
            "203.0.113.66",
        ),
        (
            "${srcaddr} ${dstaddr} ${dstport} ${action} ${log-status} ${interface-id} ${start} ${version}",
            flow,
            "vpc_flow",
            "dstport",
            "443",
        ),
    ] {
        let said = logloupe_fed(&["convert", "--fields", fields, "-"], content.as_bytes());
        let row = &said.lines()[0];
        assert_eq!(row["@format"], format, "{}", said.err);
        let found = row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned);
        assert_eq!(found, value, "{row}");
    }
    // Names that do not fit are told.
    for (fields, told) in [
        (
            "timestamp c-ip sc-status",
            "4 values in its first line; the names of 3 fields of CloudFront real-time logs were given",
        ),
        ("timestamp sourceip status x", "of which `sourceip` is none"),
    ] {
        let said = logloupe_fed(&["ledger", "--json", "--fields", fields, "-"], real_time.as_bytes());
        assert!(
            said.json()[0]["reason"].as_str().is_some_and(|reason| reason.contains(told)),
            "{}",
            said.out
        );
    }
    let said = logloupe_fed(
        &["ledger", "--json", "--format", "cloudfront_realtime", "--fields", "timestamp c-ip sc-status", "-"],
        real_time.as_bytes(),
    );
    assert_eq!(
        said.json()[0]["rejections"][0]["expected"],
        "end of the record after 3 fields",
        "{}",
        said.out
    );
    let said = logloupe_fed(&["ledger", "--json", "-"], real_time.as_bytes());
    let reason = said.json()[0]["reason"].clone();
    assert!(reason.as_str().is_some_and(|reason| reason.contains("`--fields`")), "{reason}");
}
