//! The worst records of each of the three logs.

use super::*;
use crate::formats::{Decoded, Format, Head, Record};
use logloupe_table::Table;

/// The columns of a record, as text.
fn read(record: &str, columns: &[&str]) -> Vec<String> {
    let records = [record.as_bytes()];
    let mut decoder = LOG.decoder(&Head::of(Framing::Json, &records));
    let mut table = Table::new("network_firewall", LOG.fields(), 1);
    let mut row = table.begin();
    assert_eq!(
        decoder.decode(&Record { bytes: records[0], envelope_time: None }, &mut row),
        Ok(Decoded::Row)
    );
    row.commit(0, 1, 1, records[0]);
    table.seal();
    let row = table.row(0).expect("a row");
    columns.iter().map(|name| row.show(name)).collect()
}

fn event(event: &str) -> String {
    format!(r#"{{"firewall_name":"f","availability_zone":"z","event_timestamp":"1","event":{{{event}}}}}"#)
}

#[test]
fn requests_have_one_host_whatever_their_version() {
    let columns = ["url.domain", "http.request.method", "url.original", "user_agent.original"];
    for (http, expected) in [
        (
            r#""hostname":"a.example","url":"/x","http_method":"GET","http_user_agent":"c""#,
            ["a.example", "GET", "/x", "c"],
        ),
        (
            r#""request_headers":[{"name":":authority","value":"b.example"},{"name":":Method","value":"PUT"},{"name":"User-Agent","value":"\u0061"}]"#,
            ["b.example", "PUT", "", "a"],
        ),
        // The first of several, and the request's own before its headers.
        (
            r#""hostname":"a.example","request_headers":[{"name":":authority","value":"b"},{"name":":path","value":"/1"},{"name":":path","value":"/2"}]"#,
            ["a.example", "", "/1", ""],
        ),
        (r#""request_headers":[1,null,{},{"name":":path"},{"value":"x"},[]]"#, ["", "", "", ""]),
        (r#""request_headers":{"name":":path","value":"/"}"#, ["", "", "", ""]),
        (r#""hostname":"""#, ["", "", "", ""]),
    ] {
        assert_eq!(read(&event(&format!(r#""http":{{{http}}}"#)), &columns), expected, "{http}");
    }
}

#[test]
fn what_became_of_it() {
    for (members, action, outcome) in [
        (r#""alert":{"action":"blocked"},"verdict":{"action":"drop"}"#, "drop", "failure"),
        (r#""alert":{"action":"blocked"}"#, "blocked", "failure"),
        (r#""alert":{"action":"allowed"},"verdict":{"action":"alert"}"#, "alert", "success"),
        (r#""alert":{"action":"allowed"},"verdict":{"action":"reject"}"#, "reject", "failure"),
        (r#""revocation_check":{"action":"DROP","status":"REVOKED"}"#, "drop", "failure"),
        (r#""revocation_check":{"action":"PASS","status":"UNKNOWN"}"#, "pass", "success"),
        (r#""tls_error":{"error_message":"no name"}"#, "", "failure"),
        (r#""netflow":{"pkts":1}"#, "", "unknown"),
    ] {
        assert_eq!(read(&event(members), &["event.action", "event.outcome"]), [action, outcome], "{members}");
    }
}

#[test]
fn flags_regions_and_names() {
    for (flags, words) in
        [("1b", "fin, syn, psh, ack"), ("02", "syn"), ("00", ""), ("zz", ""), ("1ff", ""), ("", "")]
    {
        let record = event(&format!(r#""tcp":{{"tcp_flags":"{flags}"}}"#));
        assert_eq!(read(&record, &["tcp.flags"]), [words], "{flags}");
    }
    for (zone, region) in [
        ("eu-central-1a", "eu-central-1"),
        ("us-gov-west-1b", "us-gov-west-1"),
        ("us-west-2-lax-1a", "us-west-2-lax-1"),
        ("euc1-az1", ""),
        ("a", ""),
    ] {
        let record = event("").replace("\"z\"", &format!("\"{zone}\""));
        assert_eq!(read(&record, &["cloud.region"]), [region], "{zone}");
    }
    for (dns, names) in [
        (r#""query":[{"rrname":"a.example"},{"rrname":"b.example"}]"#, "a.example,b.example"),
        (r#""query":[{"rrname":"a.example"}]"#, "a.example"),
        (r#""queries":[{"rrname":"c.example"}]"#, "c.example"),
        (r#""rrname":"d.example""#, "d.example"),
        (r#""query":[]"#, ""),
    ] {
        let found = read(&event(&format!(r#""dns":{{{dns}}}"#)), &["dns.question.name"]);
        assert_eq!(found[0].replace(", ", ","), names, "{dns}");
    }
}

#[test]
fn times_in_every_form() {
    for (own, firewalls, expected) in [
        (r#""timestamp":"2026-03-05T01:30:02.123456+0000""#, "\"1772674200\"", "2026-03-05T01:30:02.123456Z"),
        (r#""timestamp":"2026-03-05T01:30:02.123456Z""#, "1772674200", "2026-03-05T01:30:02.123456Z"),
        (r#""timestamp":"2026-03-05T03:30:02+0200""#, "1", "2026-03-05T01:30:02Z"),
        ("", "\"1772674202\"", "2026-03-05T01:30:02Z"),
        ("", "1772674202", "2026-03-05T01:30:02Z"),
        ("", "\"2026-03-05T01:30:02Z\"", "2026-03-05T01:30:02Z"),
    ] {
        let record =
            event(own).replace("\"event_timestamp\":\"1\"", &format!("\"event_timestamp\":{firewalls}"));
        let [found, same] = &read(&record, &["@timestamp", "event_timestamp"])[..] else { panic!() };
        assert_eq!(found, expected, "{record}");
        assert!(!same.is_empty(), "{record}");
    }
}
