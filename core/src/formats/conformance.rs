//! What every format of [`ALL`](super::ALL) promises, checked on its own samples. Nobody writes these tests twice.

use std::collections::HashSet;

use super::{ALL, Decoded, Decoder, Fault, Format, Framing, Head, Record, Sniff};
use crate::table::{Table, Value, schema::BUILTINS};

/// A sample read through its decoder, line by line: for formats of lines.
struct Outcome {
    table: Table,
    forms: usize,
    faults: Vec<(usize, Fault)>,
    records: usize,
}

fn lines(content: &[u8]) -> Vec<&[u8]> {
    content
        .split(|b| *b == b'\n')
        .map(|l| l.strip_suffix(b"\r").unwrap_or(l))
        .filter(|l| !l.iter().all(u8::is_ascii_whitespace))
        .collect()
}

fn head<'a>(format: &dyn Format, records: &'a [&'a [u8]]) -> Head<'a> {
    Head { name: "", framing: format.meta().framing, records: &records[..records.len().min(16)] }
}

fn decode(format: &dyn Format, content: &[u8]) -> Outcome {
    let records = lines(content);
    let mut decoder: Box<dyn Decoder> = format.decoder(&head(format, &records));
    let mut outcome = Outcome {
        table: Table::new(format.meta().id, format.fields(), 1),
        forms: 0,
        faults: Vec::new(),
        records: records.len(),
    };
    for (i, bytes) in records.iter().enumerate() {
        let mut row = outcome.table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Row) => row.commit(0, i as u64, i as u64, bytes),
            Ok(_) => outcome.forms += 1,
            Err(fault) => outcome.faults.push((i, fault)),
        }
    }
    outcome.table.seal();
    outcome
}

fn formats_of_lines() -> impl Iterator<Item = &'static dyn Format> {
    ALL.iter().copied().filter(|f| f.meta().framing == Framing::Lines)
}

#[test]
fn ids_are_unique_and_speakable() {
    let mut ids = HashSet::new();
    for format in ALL {
        let meta = format.meta();
        assert!(ids.insert(meta.id), "{} twice", meta.id);
        assert!(
            meta.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "{}",
            meta.id
        );
        assert!(meta.summary.ends_with('.') && meta.page.starts_with("https://"), "{}", meta.id);
        assert!(!format.presets().is_empty() && !format.samples().is_empty(), "{}", meta.id);
    }
}

#[test]
fn names_reach_one_column_each() {
    for format in ALL {
        let id = format.meta().id;
        let mut owners: Vec<(String, String)> = Vec::new();
        for field in format.fields() {
            assert!(
                !field.doc.is_empty() && !field.doc.ends_with('.'),
                "{id} {}: one sentence, no stop",
                field.name
            );
            for name in std::iter::once(field.name.as_ref()).chain(field.aliases.iter().copied()) {
                assert!(!name.starts_with('@'), "{id}: {name} looks built in");
                let name = name.to_ascii_lowercase();
                match owners.iter().find(|(n, _)| *n == name) {
                    Some((_, owner)) => assert_eq!(*owner, field.name, "{id}: {name} means two columns"),
                    None => owners.push((name, field.name.to_string())),
                }
            }
        }
        for identity in format.identity() {
            assert!(format.fields().iter().any(|f| f.name == *identity), "{id}: no column {identity}");
        }
    }
}

#[test]
fn every_sample_is_claimed_by_its_format_alone() {
    for owner in ALL {
        for sample in owner.samples().iter().filter(|_| owner.meta().framing == Framing::Lines) {
            let records = lines(sample.content);
            for format in ALL {
                let head = Head { framing: Framing::Lines, ..head(*owner, &records) };
                let sniff = format.sniff(&head);
                let own = owner.meta().id == format.meta().id;
                assert_eq!(
                    matches!(sniff, Sniff::Certain(_)),
                    own,
                    "{} on {}: {sniff:?}",
                    format.meta().id,
                    sample.name
                );
                assert!(own || sniff == Sniff::No, "{} on {}: {sniff:?}", format.meta().id, sample.name);
            }
        }
    }
}

#[test]
fn samples_give_the_rows_and_rejections_they_state() {
    for format in formats_of_lines() {
        for sample in format.samples() {
            assert!(sample.content.len() < 6 << 10, "{} is too large", sample.name);
            let outcome = decode(format, sample.content);
            let stated = (sample.rows, sample.rejected);
            assert_eq!(
                (outcome.table.rows(), outcome.faults.len()),
                stated,
                "{}: {:#?}",
                sample.name,
                outcome.faults
            );
            assert_eq!(outcome.records, outcome.table.rows() + outcome.faults.len() + outcome.forms);
        }
    }
}

#[test]
fn every_column_is_fed_by_a_sample() {
    for format in formats_of_lines() {
        let mut fed = vec![false; format.fields().len()];
        for sample in format.samples() {
            let table = decode(format, sample.content).table;
            for row in 0..table.rows() {
                let row = table.row(row).unwrap();
                fed.iter_mut().enumerate().for_each(|(i, f)| *f |= row.value(i + BUILTINS) != Value::Null);
            }
        }
        for (field, fed) in format.fields().iter().zip(fed) {
            assert!(fed, "{}: no sample has a {}", format.meta().id, field.name);
        }
    }
}

#[test]
fn every_row_has_a_summary_and_a_time() {
    for format in formats_of_lines() {
        for sample in format.samples() {
            let table = decode(format, sample.content).table;
            for row in 0..table.rows() {
                let row = table.row(row).unwrap();
                let spans = format.summary(&row);
                assert!(spans.iter().any(|s| s.strong), "{}: {spans:?}", sample.name);
                assert!(spans.iter().all(|s| !s.text.is_empty()), "{}: {spans:?}", sample.name);
                assert_ne!(row.get("@timestamp"), Value::Null, "{}", String::from_utf8_lossy(&row.raw()));
            }
        }
    }
}

#[test]
fn damage_is_a_fault_never_a_panic_and_every_record_is_accounted_for() {
    // A small deterministic generator: the same mutations on every machine.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let splinters: [&[u8]; 16] = [
        b" ",
        b"\t",
        b"\"",
        b"\\",
        b"-",
        b"%",
        b"%25",
        b":",
        b"]",
        b"[",
        b"\xff",
        b"\0",
        b"999999999999999999999",
        b"#Fields: ",
        b"\n",
        b"\r",
    ];
    for format in formats_of_lines() {
        for sample in format.samples() {
            for _ in 0..400 {
                let mut content = sample.content.to_vec();
                for _ in 0..1 + random(6) {
                    let at = random(content.len());
                    match random(5) {
                        0 => content[at] = random(256) as u8,
                        1 => content.truncate(at.max(1)),
                        2 => drop(content.drain(at..(at + random(40)).min(content.len()))),
                        3 => {
                            let splinter = splinters[random(splinters.len())];
                            content.splice(at..at, splinter.iter().copied());
                        }
                        _ => {
                            let to = random(content.len());
                            let piece = content[at..(at + random(60)).min(content.len())].to_vec();
                            content.splice(to..to, piece);
                        }
                    }
                    if content.is_empty() {
                        content.push(b' ');
                    }
                }
                let outcome = decode(format, &content);
                assert_eq!(outcome.records, outcome.table.rows() + outcome.faults.len() + outcome.forms);
                let records = lines(&content);
                for (i, fault) in &outcome.faults {
                    assert!(fault.at <= records[*i].len(), "{fault:?} in {:?}", records[*i]);
                    assert!(!fault.expected.is_empty() && !fault.found.is_empty());
                }
                for row in 0..outcome.table.rows() {
                    format.summary(&outcome.table.row(row).unwrap());
                }
            }
        }
    }
}
