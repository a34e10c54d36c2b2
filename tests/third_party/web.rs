//! Logs of web servers and proxies, with the expected results that lie beside some.

use std::fs;

use serde_json::Value;

use crate::{count, ledger, logloupe, samples};

const PLASO: &str = "log2timeline__plaso/test_data";
const LNAV: &str = "w3c_and_generic/tstack__lnav/test";
const CASES: &str = "vectordotdev__vrl";

/// Which log each file is, how many rows it has and how many lines that are damaged.
#[test]
fn logs_of_web_servers_are_read_by_their_format() {
    let Some(folder) = samples() else { return };
    for (file, format, rows, rejected) in [
        (format!("httpd_nginx/{PLASO}/apache_access.log"), "http_access", 15, 0),
        (
            "httpd_nginx/elastic__examples/Common Data Formats/apache_logs/apache_logs".to_owned(),
            "http_access",
            10_000,
            0,
        ),
        (format!("{LNAV}/logfile_shop_access_log.0"), "http_access", 1000, 0),
        (format!("{LNAV}/logfile_access_log.1"), "http_access", 1, 0),
        (format!("{LNAV}/logfile_bad_access_log.0"), "http_access", 2, 1),
        (format!("{LNAV}/logfile_regexp_access_log.0"), "http_access", 2, 0),
        (format!("iis_w3c/{PLASO}/iis/iis10.log"), "w3c", 1, 0),
        (format!("iis_w3c/{PLASO}/iis/iis7_owa.log"), "w3c", 3, 0),
        (format!("iis_w3c/{PLASO}/iis/iis7_sqli.log"), "w3c", 2, 0),
        (format!("iis_w3c/{PLASO}/iis/iis6.log"), "w3c", 12, 0),
        (format!("iis_w3c/{PLASO}/iis/iis_without_date.log"), "w3c", 11, 0),
        (format!("iis_w3c/{PLASO}/iis/iis10_cookies.log"), "w3c", 3, 0),
        (format!("iis_w3c/{PLASO}/iis/iis10_edge_cases.log"), "w3c", 15, 0),
        (format!("{LNAV}/logfile_w3c.0"), "w3c", 1, 0),
        (format!("{LNAV}/logfile_w3c.1"), "w3c", 1, 0),
        (format!("{LNAV}/logfile_w3c.2"), "w3c", 14, 0),
        // A status that is text.
        (format!("{LNAV}/logfile_w3c.3"), "w3c", 2, 1),
        (format!("{LNAV}/logfile_w3c.4"), "w3c", 2, 0),
        // Sixteen values, of which six have names.
        (format!("{LNAV}/logfile_w3c.5"), "w3c", 0, 1),
        (format!("{LNAV}/logfile_w3c.6"), "w3c", 1, 0),
        ("haproxy/tstack__lnav/test/logfile_haproxy.0".to_owned(), "haproxy", 17, 0),
        ("envoy_istio".to_owned(), "envoy", 2, 0),
    ] {
        let entry = &ledger(&folder.join(&file))[0];
        let found = (&entry["format"], count(entry, "rows"), count(entry, "rejected"));
        assert_eq!(found, (&format.into(), rows, rejected), "{file}: {entry}");
    }
}

#[test]
fn users_of_iis_stand_where_their_names_say() {
    let Some(folder) = samples() else { return };
    let file = folder.join(format!("iis_w3c/{PLASO}/iis/iis10_edge_cases.log"));
    let query = "filter `s-port` = 444 and ispresent(`cs-username`) | stats count(*) as n, count_distinct(`c-ip`) as clients";
    let said = logloupe(&["query", "--output", "json", query, file.to_str().expect("a plain name")], b"");
    assert_eq!(said.json()[0], serde_json::json!({ "n": 9, "clients": 1 }));
}

/// A line's row, and what another parser makes of the line.
fn each(file: &str, kinds: &[&str], format: &str, check: impl Fn(&str, &Value, &Value)) -> usize {
    let Some(folder) = samples() else { return usize::MAX };
    let text = fs::read_to_string(folder.join(file)).expect("the samples are complete");
    let mut read = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("a JSON object per line");
        let kind = case["args"]["format"].as_str().unwrap_or_default();
        let (Some(input), true) = (case["args"]["value"].as_str(), kinds.contains(&kind)) else { continue };
        // What has no time, or one of a form that the caller names, is no record here.
        if !case["expected"]["timestamp"].is_string() || case["args"]["timestamp_format"].is_string() {
            continue;
        }
        let said = logloupe(&["convert", "--format", format, "-"], input.as_bytes());
        let rows = said.lines();
        assert_eq!(rows.len(), 1, "{input}\n{}", said.err);
        check(input, &rows[0], &case["expected"]);
        read += 1;
    }
    read
}

/// Theirs and ours: nothing and a dash are the same.
fn same(input: &str, ours: &Value, theirs: &Value) {
    let plain = |value: &Value| match value {
        Value::String(text) if text == "-" => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        Value::Number(n) => n.as_f64().unwrap_or_default().to_string(),
        other => other.to_string(),
    };
    assert_eq!(plain(ours), plain(theirs), "{input}");
}

#[test]
fn access_lines_as_vector_reads_them() {
    let names = [
        ("client", "remote_addr"),
        ("remote_addr", "remote_addr"),
        ("host", "remote_addr"),
        ("user", "remote_user"),
        ("remote_user", "remote_user"),
        ("identity", "ident"),
        ("request", "request"),
        ("message", "request"),
        ("method", "http.request.method"),
        ("status", "status"),
        ("size", "body_bytes_sent"),
        ("body_bytes_size", "body_bytes_sent"),
        ("referer", "http_referer"),
        ("referrer", "http_referer"),
        ("http_referer", "http_referer"),
        ("agent", "http_user_agent"),
        ("http_user_agent", "http_user_agent"),
        ("http_x_forwarded_for", "http_x_forwarded_for"),
        ("compression", "extra.1"),
        ("timestamp", "time_local"),
        ("request_length", "request_length"),
        ("request_time", "request_time"),
        ("proxy_upstream_name", "proxy_upstream_name"),
        ("proxy_alternative_upstream_name", "proxy_alternative_upstream_name"),
        ("upstream_addr", "upstream_addr"),
        ("upstream_response_length", "upstream_response_length"),
        ("upstream_response_time", "upstream_response_time"),
        ("upstream_status", "upstream_status"),
        ("req_id", "req_id"),
    ];
    let check = |input: &str, row: &Value, expected: &Value| {
        for (theirs, ours) in names.iter().filter(|(theirs, _)| expected.get(theirs).is_some()) {
            same(input, &row[ours], &expected[theirs]);
        }
    };
    let file = |name: &str| format!("httpd_nginx/{CASES}/parse_{name}_log.cases.jsonl");
    let kinds = ["combined", "common", "main", "ingress_upstreaminfo", ""];
    for (name, least) in [("nginx", 14), ("apache", 3), ("common", 1)] {
        let read = each(&file(name), &kinds, "http_access", check);
        assert!(read >= least, "{name}: {read}");
    }
}

#[test]
fn error_lines_as_vector_reads_them() {
    let names = [
        ("severity", "level"),
        ("module", "module"),
        ("pid", "pid"),
        ("tid", "tid"),
        ("thread", "tid"),
        ("cid", "connection"),
        ("client", "client"),
        ("server", "server"),
        ("request", "request"),
        ("upstream", "upstream"),
        ("host", "host"),
        ("referer", "referrer"),
        ("timestamp", "@timestamp"),
    ];
    let check = |input: &str, row: &Value, expected: &Value| {
        // An address of eight parts and a port, which they join.
        for (theirs, ours) in names.iter().filter(|(theirs, _)| expected.get(theirs).is_some()) {
            same(input, &row[ours], &expected[theirs]);
        }
        // They take the code and the limits of rates out of it.
        if let Some(message) = expected["message"].as_str() {
            let ours = row["message"].as_str().unwrap_or_default();
            assert!(ours.starts_with(message), "{input}\n{row}");
        }
    };
    for (name, least) in [("nginx", 7), ("apache", 3)] {
        let file = format!("httpd_nginx/{CASES}/parse_{name}_log.cases.jsonl");
        let read = each(&file, &["error"], "http_error", check);
        assert!(read >= least, "{name}: {read}");
    }
}
