//! Flow records with and without a header.

use super::*;
use crate::formats::{Decoded, Format, Head, Record, Sniff, field::flow};

fn names(line: &str) -> Option<usize> {
    SHAPE.header(line.as_bytes()).map(|n| n.len())
}

#[test]
fn headers_are_known_by_their_names() {
    assert_eq!(names("version account-id interface-id srcaddr"), Some(4));
    assert_eq!(names("instance_id interface_id srcaddr dstaddr pkt_srcaddr pkt_dstaddr"), Some(6));
    assert_eq!(names("srcaddr dstaddr "), Some(2));
    assert_eq!(names("\u{feff}version srcaddr"), Some(2));
    assert_eq!(names("version srcaddr new-field-1 new-field-2"), Some(4));
    for no in [
        "the quick brown fox",
        "version",
        "",
        "type of the end",
        "version resource-type account-id tgw-id",
        "version account-id tgw-attachment-id srcaddr dstaddr",
        "i-01234567890123456 eni-1 10.0.0.1 10.0.0.2",
    ] {
        assert_eq!(names(no), None, "{no}");
    }
}

const DEFAULT: &str = "111122223333 eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772674177 1772674236 ACCEPT OK";
const V3: &str = "vpc-1 subnet-1 i-1 2 IPv4 192.0.2.1 192.0.2.2";
const V4: &str = "eu-central-1 euc1-az2 - -";
const V5: &str = "S3 - egress 8";
const V7: &str = "arn:aws:ecs:c web arn:aws:ecs:i 0a1 0b2 - shop arn:aws:ecs:d arn:aws:ecs:t 0c3";
const V11: &str = "a%20b - - - - - nat_gateway eni-2 subnet-2 euc1-az1 vpc-2 transit_gateway";

#[test]
fn tables_are_known_by_the_names_of_their_columns() {
    let is_header = |line: &str| LOG.is_header(line.as_bytes());
    assert!(is_header("version account_id interface_id srcaddr dstaddr action log_status"));
    // As this product converts it.
    assert!(is_header(
        "log_timestamp log_format log_source log_line log_message version srcaddr dstaddr action event"
    ));
    assert!(!is_header("log_timestamp log_format log_source log_line log_message time elb client_ip"));
    assert!(!is_header("time class_uid metadata src_endpoint action start_time end_time"));
}

#[test]
fn records_without_a_header_are_known_by_version_and_number() {
    for (line, form) in [
        (format!("2 {DEFAULT}"), Some(0)),
        (format!("2 {DEFAULT} "), Some(0)),
        ("2 111122223333 eni-1 - - - - - - - 1772674177 1772674236 - NODATA".to_owned(), Some(0)),
        ("2 unknown eni-1 - - - - - - - - - - NODATA".to_owned(), Some(0)),
        (format!("3 {DEFAULT} {V3}"), Some(1)),
        (format!("4 {DEFAULT} {V3} {V4}"), Some(2)),
        (format!("5 {DEFAULT} {V3} {V4} {V5}"), Some(3)),
        (format!("7 {DEFAULT} {V3} {V4} {V5} {V7}"), Some(4)),
        (format!("8 {DEFAULT} {V3} {V4} {V5} {V7} -"), Some(5)),
        (format!("9 {DEFAULT} {V3} {V4} {V5} {V7} - nat-1"), Some(6)),
        (format!("10 {DEFAULT} {V3} {V4} {V5} {V7} - - 1"), Some(7)),
        (format!("11 {DEFAULT} {V3} {V4} {V5} {V7} BPA - 1 {V11}"), Some(8)),
        // Another number of fields than the version has.
        (format!("2 {DEFAULT} more"), None),
        (format!("2 {DEFAULT} {V3}"), None),
        (format!("3 {DEFAULT}"), None),
        (format!("5 {DEFAULT} {V3} {V4}"), None),
        (format!("5 {DEFAULT} {V3} {V4} {V5} -"), None),
        (format!("6 {DEFAULT} {V3} {V4} {V5}"), None),
        (format!("12 {DEFAULT}"), None),
        // As many as it has, in another order.
        (format!("3 {DEFAULT} subnet-1 vpc-1 i-1 2 IPv4 192.0.2.1 192.0.2.2"), None),
        (format!("5 {V3} {DEFAULT} {V4} {V5}"), None),
        (format!("4 {DEFAULT} {V3} euc1-az2 eu-central-1 - -"), None),
        (format!("5 {DEFAULT} {V3} {V4} egress S3 - 8"), None),
        ("2 unknown eni-1 192.0.2.1 192.0.2.2 1 2 6 1 40 1772674177 1772674236 GET 200".to_owned(), None),
        ("2 111122223333 eni-1 192.0.2.1".to_owned(), None),
        (String::new(), None),
    ] {
        let told = format!("all {} fields", SHAPE.forms[form.unwrap_or_default()].1);
        let told = if form == Some(0) { "default format".to_owned() } else { told };
        match LOG.sniff(&Head::of(Framing::Lines, &[line.as_bytes()])) {
            Sniff::Certain(reason) => assert!(form.is_some() && reason.contains(&told), "{line}: {reason}"),
            other => assert_eq!((other, form), (Sniff::No, None), "{line}"),
        }
    }
    let all = FIELDS.iter().filter(|c| !c.again).count();
    assert_eq!(Some(all), SHAPE.forms.last().map(|form| form.1));
}

/// How many rows and which faults these lines give.
fn read(lines: &[String]) -> (usize, Vec<(usize, String)>) {
    let records: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
    let head = Head::of(Framing::Lines, &records);
    let mut decoder = LOG.decoder(&head);
    let mut table = logloupe_table::Table::new("vpc_flow", LOG.fields(), 1);
    let (mut rows, mut faults) = (0, Vec::new());
    for bytes in records {
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Row) => {
                row.commit(0, 1, 1, bytes);
                rows += 1;
            }
            Ok(_) => {}
            Err(fault) => faults.push((fault.at, fault.expected)),
        }
    }
    (rows, faults)
}

#[test]
fn each_record_is_read_by_its_own_version() {
    let lines = [
        format!("5 {DEFAULT} {V3} {V4} {V5}"),
        format!("2 {DEFAULT}"),
        format!("5 {DEFAULT} {V3} {V4} {V5}"),
        format!("3 {DEFAULT} {V3}"),
        format!("2 {DEFAULT} "),
    ];
    assert_eq!(read(&lines), (5, vec![]));
    let lines = [
        format!("2 {DEFAULT}"),
        format!("2 {DEFAULT} more"),
        format!("5 {DEFAULT} {V3}"),
        format!("3 {DEFAULT} {V3}"),
        format!("3 {DEFAULT} subnet-1 vpc-1 i-1 2 IPv4 192.0.2.1 192.0.2.2"),
        format!("6 {DEFAULT}"),
        format!("2 {}", DEFAULT.replace("ACCEPT OK", "OK ACCEPT")),
    ];
    let (rows, faults) = read(&lines);
    let expected: Vec<&str> = faults.iter().map(|f| f.1.as_str()).collect();
    assert_eq!(rows, 2, "{faults:?}");
    assert_eq!(
        expected,
        [
            "end of the record after 14 fields",
            "all 29 fields up to version 5, or a line before it with the names of its fields",
            "a value of vpc-id",
            "a line before it with the names of its fields",
            "a value of action",
        ]
    );
}

#[test]
fn more_fields_than_the_header_names_are_damage() {
    let header = "srcaddr dstaddr account-id".to_owned();
    let line = |line: &str| line.to_owned();
    let lines = [
        header,
        line("192.0.2.1 192.0.2.2 111122223333"),
        line("192.0.2.1 192.0.2.2 111122223333 "),
        line("192.0.2.1 192.0.2.2 111122223333 x"),
        line("192.0.2.1 192.0.2.2 111122223333  x"),
        line("192.0.2.1  192.0.2.2 111122223333"),
        line("192.0.2.1 192.0.2.2"),
    ];
    let more = "end of the record after 3 fields".to_owned();
    let (rows, faults) = read(&lines);
    assert_eq!(rows, 2);
    assert_eq!(faults[..2], [(33, more.clone()), (34, more)]);
    assert_eq!(faults.len(), 4, "{faults:?}");
}

#[test]
fn orders_that_cannot_be_told_are_advised_on() {
    let advice = |lines: &[&str]| {
        let records: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
        LOG.advice(&Head::of(Framing::Lines, &records))
    };
    for line in [
        format!("5 {DEFAULT} {V3}"),
        format!("2 {DEFAULT} more"),
        "eni-1 192.0.2.1 192.0.2.2 ACCEPT OK".to_owned(),
        "192.0.2.1 192.0.2.2 443 REJECT i-1 OK".to_owned(),
    ] {
        let count = line.split(' ').count();
        let told = advice(&[&line]).unwrap_or_default();
        assert!(told.contains(&format!("of {count} fields")) && told.contains("names"), "{line}: {told}");
    }
    for line in ["", "eni-1 is OK", "GET 192.0.2.1 192.0.2.2 OK", "the interface eni-1 was deleted"] {
        assert_eq!(advice(&[line]), None, "{line}");
    }
}

#[test]
fn outcomes() {
    assert_eq!(outcome(b"ACCEPT"), Ok((&b""[..], Cell::Text(b"success"))));
    assert_eq!(outcome(b"REJECT"), Ok((&b""[..], Cell::Text(b"failure"))));
    for other in [&b"MAYBE"[..], b"ACCEPTED", b"accept", b"-"] {
        assert_eq!(outcome(other), Ok((&b""[..], Cell::Null)));
    }
}

#[test]
fn the_ledger_says_how_to_give_the_order() {
    use crate::ingest::{Limits, Loader, Options};
    let ledger = |content: &str| {
        let mut loader = Loader::new(crate::formats::ALL.to_vec(), Limits::default(), 1);
        loader.open("flows.log", Options::default());
        loader.push(content.as_bytes());
        let entry = loader.into_parts().1.remove(0);
        (entry.rows, entry.rejected, entry.reason)
    };
    let time = "2026-03-05T01:30:00.000Z ";
    let own = format!("5 eni-1 {V3} 192.0.2.1 192.0.2.2 REJECT OK");
    let names = "version interface-id vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr srcaddr dstaddr action log-status";
    for content in [format!("{own}\n{own}\n"), format!("{time}{own}\n{time}{own}\n")] {
        let (rows, _, reason) = ledger(&content);
        assert!(rows == 0 && reason.contains("of 13 fields without a header"), "{reason}");
    }
    // What it says helps, before records and before an export of them.
    for content in [
        format!("{names}\n{own}\n{own}\n"),
        format!("{names}\n{time}{own}\n{time}{own}\n"),
        format!("{time}{names}\n{time}{own}\n{time}{own}\n"),
    ] {
        let (rows, rejected, reason) = ledger(&content);
        assert_eq!((rows, rejected), (2, 0), "{reason}");
    }
    let (rows, rejected, reason) = ledger(&format!("{time}5 {DEFAULT} {V3} {V4} {V5}\n"));
    assert_eq!((rows, rejected), (1, 0), "{reason}");
    assert!(reason.contains("all 29 fields up to version 5"), "{reason}");
}

#[test]
fn what_follows_from_other_columns() {
    let columns =
        ["network.transport", "network.type", "network.direction", "tcp.flags", "network.community_id"];
    let header = "srcaddr dstaddr srcport dstport protocol type tcp-flags flow-direction start";
    let out = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=";
    for (record, expected) in [
        (
            "128.232.110.120 66.35.250.204 34855 80 6 IPv4 18 egress 1",
            ["tcp", "ipv4", "egress", "syn, ack", out],
        ),
        (
            "66.35.250.204 128.232.110.120 80 34855 6 - 3 ingress 1",
            ["tcp", "ipv4", "ingress", "fin, syn", out],
        ),
        ("66.35.250.204 128.232.110.120 80 34855 6 - 0 - 1", ["tcp", "ipv4", "", "", out]),
        ("10.0.0.1 10.0.0.2 0 0 1 - - - 1", ["icmp", "ipv4", "internal", "", ""]),
        ("2001:db8::1 fd00::1 0 0 58 IPv6 - - 1", ["ipv6-icmp", "ipv6", "inbound", "", ""]),
        (
            "10.0.0.1 10.0.0.2 5 6 253 EFA 2 - 1",
            ["", "efa", "internal", "syn", "1:9JGvaJKbyhma+x6M/Vp6P7CK7ro="],
        ),
        ("- - - - - - - - 1", ["", "", "", "", ""]),
    ] {
        let records = [header.as_bytes(), record.as_bytes()];
        let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &records));
        let mut table = logloupe_table::Table::new("vpc_flow", LOG.fields(), 1);
        for bytes in records {
            let mut row = table.begin();
            if decoder.decode(&Record { bytes, envelope_time: None }, &mut row) == Ok(Decoded::Row) {
                row.commit(0, 1, 1, bytes);
            }
        }
        table.seal();
        for _ in 0..2 {
            let row = table.row(0).expect("a row");
            assert_eq!(columns.map(|name| row.show(name)), expected, "{record}");
            for name in columns {
                let column = table.uncomputed(name);
                assert!(column.is_none_or(|column| table.compute(column, 1)));
            }
        }
    }
}

#[test]
fn athena_knows_the_same_protocols() {
    let fields = LOG.fields();
    let sql =
        fields.iter().find(|f| f.name == "network.transport").and_then(|f| f.athena).unwrap_or_default();
    for number in 0..=255 {
        let found =
            sql.split_once(&format!(" WHEN {number} THEN '")).map(|(_, rest)| rest.split('\'').next());
        assert_eq!(found.flatten(), flow::protocol_name(number), "{number}");
    }
}
