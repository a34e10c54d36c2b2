//! Headers, separators and lines that are not these.

use super::*;
use crate::formats::Settings;
use crate::formats::{Decoded, Format, Record, Sniff};
use logloupe_table::{Table, table::MOST_COLUMNS};

#[track_caller]
fn claims(records: &[&str], expected: bool) {
    let records: Vec<&[u8]> = records.iter().map(|r| r.as_bytes()).collect();
    let sniff = LOG.sniff(&Head::of(Framing::Lines, &records));
    assert_eq!(sniff != Sniff::No, expected, "{sniff:?}");
}

#[test]
fn headers_made_to_fill_memory_add_few_columns() {
    let mut table = Table::new("cloudfront", Format::fields(&LOG), 1);
    let head = Head::of(Framing::Lines, &[b"#Fields: x-edge-location"]);
    let mut decoder = LOG.decoder(&head);
    for i in 0..40 {
        let names: Vec<String> = (0..500).map(|n| format!("made-up-{i}-{n}")).collect();
        for line in [format!("#Fields: {}", names.join(" ")), "v\t".repeat(499) + "v"] {
            let mut row = table.begin();
            let record = Record { bytes: line.as_bytes(), envelope_time: None };
            if decoder.decode(&record, &mut row) == Ok(Decoded::Row) {
                row.commit(0, 1, 1, record.bytes);
            }
        }
    }
    table.seal();
    assert_eq!((table.rows(), table.schema().fields().len()), (40, MOST_COLUMNS));
}

#[test]
fn other_w3c_logs_are_not_claimed() {
    let iis =
        "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status sc-bytes cs-bytes time-taken";
    claims(&["#Software: Microsoft Internet Information Services 10.0", iis], false);
    claims(&[iis, "2026-03-05 01:31:14 192.0.2.1 GET / - 200 1 1 15"], false);
    claims(&[iis, "2026-03-05\t01:31:14\t192.0.2.1\tGET\t/\t-\t200\t1\t1\t0.015"], true);
    claims(&["#Fields: time x-edge-location sc-status"], true);
    claims(&["#Fields:"], false);
    claims(&["#Version: 1.0"], false);
}

/// How many of these lines are read, and where and why the others are not.
fn read(lines: &[String]) -> (usize, Vec<(usize, String)>) {
    let records: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
    let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &records));
    let mut table = Table::new("cloudfront", Format::fields(&LOG), 1);
    let (mut rows, mut faults) = (0, Vec::new());
    for bytes in records {
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut table.begin()) {
            Ok(decoded) => rows += (decoded == Decoded::Row) as usize,
            Err(fault) => faults.push((fault.at, fault.expected)),
        }
    }
    (rows, faults)
}

#[test]
fn more_values_than_the_header_names_are_damage() {
    for separator in ["\t", " ", ","] {
        let line = |values: &[&str]| values.join(separator);
        let (rows, faults) = read(&[
            "#Fields: c-ip x-edge-location sc-status".to_owned(),
            line(&["192.0.2.1", "FRA56-P5", "200"]),
            line(&["192.0.2.1", "FRA56-P5", "200", ""]),
            line(&["192.0.2.1", "FRA56-P5", "200", "", ""]),
            line(&["192.0.2.1", "FRA56-P5"]),
            line(&["192.0.2.1", "FRA56-P5", "200", "x"]),
            line(&["192.0.2.1", "FRA56-P5", "200", "", "x"]),
            line(&["192.0.2.1, 192.0.2.2".replace(", ", separator).as_str(), "FRA56-P5", "200"]),
        ]);
        let more = "end of the record after 3 fields".to_owned();
        assert_eq!(rows, 4, "{faults:?}");
        assert_eq!(faults[..2], [(23, more.clone()), (24, more.clone())]);
        // The value that holds the separator is found by what it pushed out, or by whom it displaced.
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}

#[test]
fn without_a_header_only_numbers_of_values_that_the_log_has_had_are_read() {
    let sample = include_str!("../samples/cloudfront_legacy.log").lines().nth(2).unwrap();
    let values: Vec<&str> = sample.split('\t').collect();
    let line = |count: usize| values[..count].join("\t");
    let counts = |tail: &str| {
        let read = |n: &usize| read(&[line(33), format!("{}{tail}", line(*n))]).0 == 2;
        (1..=33).filter(read).collect::<Vec<_>>()
    };
    assert_eq!(counts(""), [23, 24, 26, 33]);
    // An empty value at the end is none, or the last of all.
    assert_eq!(counts("\t"), [23, 24, 26, 32, 33]);
    assert_eq!(read(&[line(33), line(33) + "\tnew\tnewer"]), (2, vec![]));
    let (_, faults) = read(&[line(33), line(25)]);
    assert_eq!(faults, [(line(25).len(), "1 more field, fle-encrypted-fields first".to_owned())]);
}

/// What a column shows of each record of JSON, or where and why it was rejected.
fn read_json(records: &[&str], column: &str) -> Vec<Result<String, (usize, String)>> {
    let bytes: Vec<&[u8]> = records.iter().map(|r| r.as_bytes()).collect();
    let mut decoder = LOG.decoder(&Head::of(Framing::Json, &bytes));
    let mut out = Vec::new();
    for bytes in bytes {
        let mut table = Table::new("cloudfront", Format::fields(&LOG), 1);
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(_) => {
                row.commit(0, 1, 1, bytes);
                table.seal();
                out.push(Ok(table.row(0).unwrap().show(column)));
            }
            Err(fault) => out.push(Err((fault.at, fault.expected))),
        }
    }
    out
}

#[test]
fn records_of_json_are_read_as_lines_are() {
    let ok = |text: &str| Ok(text.to_owned());
    let records = [
        r#"{"date":"2026-03-05","time":"01:31:14","c-ip":"192.0.2.1","x-edge-location":"FRA","sc-status":"200"}"#,
        r#"{ "x-edge-location" : "a\"b\\", "sc-status" : 404 , "c-ip":null, "time":"01:31:14", "date":"2026-03-05"}"#,
        r#"{"date":"2026-03-05","time":"01:31:14","x-edge-location":"-","sc-status":"-"}"#,
        r#"{"\u0064ate":"2026-03-05","time":"01:31:14","sc-status":"000","later":[1]}"#,
    ];
    assert_eq!(read_json(&records, "sc-status"), [ok("200"), ok("404"), ok(""), ok("0")]);
    assert_eq!(read_json(&records, "x-edge-location"), [ok("FRA"), ok("a\"b\\"), ok(""), ok("")]);
    assert_eq!(
        read_json(&records, "event.outcome"),
        [ok("success"), ok("failure"), ok("unknown"), ok("failure")]
    );
    let times = read_json(&records, "@timestamp");
    assert!(times.iter().all(|t| t.as_ref().is_ok_and(|t| t.starts_with("2026-03-05"))), "{times:?}");
}

#[test]
fn damage_in_json_is_told_with_its_place() {
    let title = "CloudFront standard logs";
    for (record, at, expected) in [
        (r#"{"c-ip":"192.0.2.1","sc-status":"4x"}"#, 34, "integer for sc-status".to_owned()),
        (
            r#"{"c-ip":"192.0.2.1","sc-status":"4x","cs-uri-stem":"a\"b"}"#,
            33,
            "integer for sc-status".to_owned(),
        ),
        (r#"{"c-ip":"192.0.2.1","other":1,"another":2}"#, 0, format!("keys that are fields of {title}")),
        (r#"{}"#, 0, format!("keys that are fields of {title}")),
        (r#"{"c-ip":"192.0.2.1""#, 19, "a comma or a closing brace".to_owned()),
    ] {
        let found = read_json(&[record], "c-ip").remove(0).unwrap_err();
        assert_eq!(found.0, at, "{record}: {}", found.1);
        assert!(found.1 == expected || at == 19, "{record}: {}", found.1);
    }
}

#[test]
fn names_may_stand_in_a_header_of_any_kind_or_be_given() {
    let names = ["c-ip", "sc-status", "x-edge-location", "cs(User-Agent)"];
    let values = ["192.0.2.1", "200", "FRA56-P5", "curl%2f8"];
    for separator in ["\t", ",", "|", ";", " ", "^", "~"] {
        let line = values.join(separator);
        let header = names.join(separator);
        for lines in [vec![header.as_str(), &line], vec![&format!("#Fields: {}", names.join(" ")), &line]] {
            claims(&lines, true);
            assert_eq!(
                read(&lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>()),
                (1, vec![]),
                "{lines:?}"
            );
        }
        let fields = names.map(str::to_owned);
        let records = [line.as_bytes()];
        let head = Head {
            settings: &Settings { fields: fields.to_vec(), ..Settings::NONE },
            ..Head::of(Framing::Lines, &records)
        };
        assert_ne!(LOG.sniff(&head), Sniff::No, "{line}");
        assert_eq!(LOG.sniff(&Head::of(Framing::Lines, &records)), Sniff::No, "{line}");
    }
}

#[test]
fn text_is_no_header() {
    for line in [
        "status time date",
        "uri host method status",
        "date time c-ip",
        "a b x-edge-location",
        "x-edge-location sc-status",
    ] {
        claims(&[line, "1 2 3"], false);
    }
}
