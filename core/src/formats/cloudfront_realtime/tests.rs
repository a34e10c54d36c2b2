//! Lines without names: which are known, and what is said of the others.

use super::*;
use crate::formats::Settings;
use crate::formats::{Decoded, Format, Record, Sniff};
use logloupe_table::Table;

const SAMPLE: &str = include_str!("../samples/cloudfront_realtime.log");

/// A line with these fields of the sample's first.
fn line(names: impl Iterator<Item = &'static TokenField>) -> String {
    let all: Vec<&str> = FIELDS.iter().filter(|c| !c.again).map(|c| c.field.name.as_ref()).collect();
    let values: Vec<&str> = SAMPLE.lines().next().unwrap().split('\t').collect();
    let value = |c: &TokenField| values[all.iter().position(|n| *n == c.field.name).unwrap()];
    names.map(value).collect::<Vec<_>>().join("\t")
}

fn sniff(lines: &[&str], fields: &[&str]) -> Sniff {
    let records: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
    let fields: Vec<String> = fields.iter().map(|f| (*f).to_owned()).collect();
    LOG.sniff(&Head {
        settings: &Settings { fields: fields.to_vec(), ..Settings::NONE },
        ..Head::of(Framing::Lines, &records)
    })
}

/// What a column shows of each line, or where and why it was rejected.
fn read(lines: &[&str], fields: &[&str], column: &str) -> Vec<Result<String, (usize, String)>> {
    let records: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
    let fields: Vec<String> = fields.iter().map(|f| (*f).to_owned()).collect();
    let mut decoder = LOG.decoder(&Head {
        settings: &Settings { fields: fields.to_vec(), ..Settings::NONE },
        ..Head::of(Framing::Lines, &records)
    });
    let mut out = Vec::new();
    for bytes in records {
        let mut table = Table::new("cloudfront_realtime", Format::fields(&LOG), 1);
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Row) => {
                row.commit(0, 1, 1, bytes);
                table.seal();
                out.push(Ok(table.row(0).unwrap().show(column)));
            }
            Ok(_) => {}
            Err(fault) => out.push(Err((fault.at, fault.expected))),
        }
    }
    out
}

#[test]
fn all_fields_of_any_time_are_told_by_their_number_and_kind() {
    let forms = WITHOUT_SERVER.map(|(count, primary)| (count, false, primary));
    let with = WITH_SERVER.map(|(count, primary)| (count, true, primary));
    for (count, server, primary) in forms.into_iter().chain(with) {
        let record = line(names(count, server, primary));
        assert_eq!(record.split('\t').count(), count);
        assert_eq!(form(record.as_bytes()), Some((count, server, primary)), "{count}");
        for (column, value) in [("sc-status", "200"), ("time-taken", "1 ms"), ("c-country", "DE")] {
            let found = read(&[&record], &[], column).remove(0);
            let shown = found.unwrap_or_else(|(at, why)| panic!("{count}: {at} {why}"));
            assert!(
                shown == value || column == "time-taken" && !shown.is_empty(),
                "{count} {column}: {shown}"
            );
        }
    }
}

#[test]
fn other_numbers_and_other_fields_are_not_guessed_at() {
    for count in [39, 42, 47, 62, 68, 12] {
        let record = line(names(count, true, true));
        assert_eq!(form(record.as_bytes()), None, "{count}");
    }
    // As many as there were once, but others: the countries would be methods.
    let chosen = names(47, true, true).filter(|c| c.field.name != "sc-status");
    let record = line(chosen);
    assert_eq!(sniff(&[&record], &[]), Sniff::No);
    let advice = LOG.advice(&Head::of(Framing::Lines, &[record.as_bytes()])).unwrap();
    assert!(advice.contains("give their names, such as `timestamp c-ip s-ip …`"), "{advice}");
}

const CHOSEN: [&str; 5] = ["timestamp", "c-ip", "sc-status", "x-edge-location", "cs-user-agent"];
const RECORD: &str = "1772674274.123\t203.0.113.66\t200\tFRA56-P5\tcurl/8.5.0";

#[test]
fn names_that_were_given_tell_the_order() {
    assert_ne!(sniff(&[RECORD], &CHOSEN), Sniff::No);
    assert_eq!(sniff(&[RECORD], &[]), Sniff::No);
    assert_eq!(sniff(&[RECORD], &CHOSEN[..4]), Sniff::No, "one too few");
    assert_eq!(
        sniff(&[RECORD], &["date", "time", "c-ip", "sc-status", "x-edge-location"]),
        Sniff::No,
        "a standard log's"
    );
    assert_eq!(read(&[RECORD], &CHOSEN, "cs-user-agent"), [Ok("curl/8.5.0".to_owned())]);
    // A file that names its fields itself is read by what it says.
    let header = "timestamp\tc-ip\tx-edge-location\tsc-status\tcs-user-agent";
    let record = "1772674274.123\t203.0.113.66\tFRA56-P5\t200\tcurl/8.5.0";
    assert_eq!(read(&[header, record], &CHOSEN, "sc-status"), [Ok("200".to_owned())]);
}

#[test]
fn names_that_do_not_fit_are_told_with_each_line() {
    for (given, (at, expected)) in [
        (&CHOSEN[..4], (41, "end of the record after 4 fields")),
        (
            &["timestamp", "c-ip", "sc-status", "x-edge-location", "cs-host", "asn"][..],
            (RECORD.len(), "1 more field, asn first"),
        ),
        (
            &["timestamp", "c-ip", "x-edge-location", "sc-status", "cs-host"][..],
            (32, "status code for sc-status"),
        ),
        (
            &["time", "sourceip", "status", "agent"][..],
            (0, "names of its fields to be given, of which `time` is none"),
        ),
        (&[][..], (0, "a line with the names of its fields before it, or the names to be given")),
    ] {
        let found = read(&[RECORD], given, "c-ip").remove(0).unwrap_err();
        assert_eq!((found.0, found.1.as_str()), (at, expected), "{given:?}");
    }
    for (given, said) in [
        (
            &CHOSEN[..4],
            "5 values in its first line; the names of 4 fields of CloudFront real-time logs were given",
        ),
        (
            &["timestamp", "sourceip", "status"][..],
            "CloudFront real-time logs, 5 values in its first line; 3 names of fields were given, of which `sourceip` is none",
        ),
    ] {
        let fields: Vec<String> = given.iter().map(|f| (*f).to_owned()).collect();
        let records = [RECORD.as_bytes()];
        let head = Head {
            settings: &Settings { fields: fields.to_vec(), ..Settings::NONE },
            ..Head::of(Framing::Lines, &records)
        };
        assert_eq!(LOG.advice(&head).as_deref(), Some(said));
    }
}

#[test]
fn a_standard_log_is_another_one() {
    for header in [
        "#Fields: date time c-ip x-edge-location sc-status",
        "#Fields: timestamp DistributionId c-ip x-edge-location",
        "#Fields: timestamp(ms) c-ip x-edge-location",
        "timestamp c-ip cs(Host) x-edge-location",
    ] {
        assert_eq!(sniff(&[header], &[]), Sniff::No, "{header}");
    }
    let header = "#Fields: timestamp c-ip sc-status x-edge-location cs-method";
    assert_ne!(sniff(&[header, RECORD], &[]), Sniff::No);
    assert_eq!(sniff(&[header, &RECORD.replace(".123", "")], &[]), Sniff::No, "whole seconds");
}
