//! What every format of [`ALL`](super::ALL) promises, checked on its own samples through the loader, as users read
//! them. Nobody writes these tests twice.

mod detection;
mod summaries;

use std::{collections::HashSet, io::Write, sync::OnceLock};

use flate2::{Compression, write::GzEncoder};

use super::{ALL, Format, Precedence, Sample, Settings, WEB_ACCESS, WEB_ACCESS_FIELDS};
use crate::ingest::{
    Limits, Loader, Options, history,
    ledger::{Entry, State},
};
use logloupe_sample::rng::Rng;
use logloupe_table::{
    Shard, Table, Value,
    schema::{BUILT_IN, BUILTINS},
};

/// Reads `content` in pieces of `piece` bytes, its name hidden, with these formats.
fn load(formats: &[&'static dyn Format], content: &[u8], piece: usize) -> (Shard, Entry) {
    let mut loader = Loader::new(formats.to_vec(), Limits::default(), 1);
    // Days without a year need somebody who knows what day it is, as programs do.
    let settings = Settings { now: Some(1_772_928_000_000_000), ..Settings::NONE }; // 2026-03-08
    loader.open("x", Options { settings, ..Options::default() });
    content.chunks(piece).for_each(|bytes| loader.push(bytes));
    loader.finish();
    history::fill_loaded(&mut loader, 1);
    let (shard, mut ledger) = loader.into_parts();
    assert_eq!(ledger.len(), 1, "{ledger:#?}");
    (shard, ledger.remove(0))
}

fn samples() -> impl Iterator<Item = (&'static dyn Format, &'static Sample)> {
    ALL.iter().flat_map(|f| f.samples().iter().map(move |s| (*f, s)))
}

fn table<'s>(shard: &'s Shard, format: &dyn Format) -> Option<&'s Table> {
    shard.tables.iter().find(|t| t.format() == format.meta().id)
}

/// Everything that a shard says, in an order of its own.
fn told(shard: &Shard) -> Vec<String> {
    let mut all = Vec::new();
    for table in &shard.tables {
        for row in (0..table.rows()).filter_map(|r| table.row(r)) {
            let fields = table.schema().fields().iter().enumerate();
            let values = fields.map(|(i, f)| format!("{}={:?}", f.name, row.value(i)));
            let raw = String::from_utf8_lossy(&row.raw()).into_owned();
            all.push(format!("{} {} {raw}", table.format(), values.collect::<Vec<_>>().join(" ")));
        }
    }
    all
}

/// The ledger's entry without what depends on the container.
fn counted(entry: &Entry) -> Entry {
    Entry { bytes_stored: 0, containers: Vec::new(), ..entry.clone() }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn ids_are_unique_and_speakable() {
    let mut ids = HashSet::new();
    for format in ALL {
        let meta = format.meta();
        let speakable = meta.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(ids.insert(meta.id) && speakable, "{}", meta.id);
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
                assert!(!BUILT_IN.contains(&name), "{id}: {name} is built in");
                let name = name.to_ascii_lowercase();
                match owners.iter().find(|(n, _)| *n == name) {
                    Some((_, owner)) => assert_eq!(*owner, field.name, "{id}: {name} means two columns"),
                    None => owners.push((name, field.name.to_string())),
                }
            }
        }
        let fields = format.fields();
        let computed = fields.iter().filter_map(|f| Some((f, f.computed?)));
        for (field, name) in computed.flat_map(|(f, c)| c.from.iter().map(move |name| (f, name))) {
            let from = fields.iter().find(|f| f.name == *name);
            assert!(
                from.is_some_and(|f| f.computed.is_none()),
                "{id} {}: {name} is no stored column",
                field.name
            );
        }
        for identity in format.identity() {
            assert!(format.fields().iter().any(|f| f.name == *identity), "{id}: no column {identity}");
        }
    }
}

#[test]
fn web_access_logs_answer_to_their_common_names() {
    let mut count = 0;
    for format in ALL.iter().filter(|f| f.sources().contains(&WEB_ACCESS)) {
        count += 1;
        for (name, kind) in WEB_ACCESS_FIELDS {
            let found = format.fields().into_iter().find(|f| f.answers_to(name));
            assert_eq!(found.map(|f| f.kind), Some(*kind), "{}: {name}", format.meta().id);
        }
    }
    assert!(count >= 2, "{count}");
}

#[test]
fn names_of_logs_are_lower_case_and_no_other_id() {
    for format in ALL {
        for name in format.sources() {
            assert_eq!(*name, name.to_ascii_lowercase(), "{}", format.meta().id);
            let taken = ALL
                .iter()
                .filter(|f| f.meta().id != format.meta().id)
                .any(|f| f.meta().id == *name || *name != WEB_ACCESS && f.sources().contains(name));
            assert!(!taken, "{}: {name} means two logs", format.meta().id);
        }
    }
}

/// The words of an expression of SQL that are columns: neither text, nor calls, nor types, nor what SQL writes in capitals.
fn columns_in(sql: &str) -> Vec<String> {
    let outside_quotes: String = sql.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '"');
    let mut columns = Vec::new();
    let mut before = "";
    for (at, _) in outside_quotes
        .char_indices()
        .filter(|(at, c)| is_word(*c) && !outside_quotes[..*at].ends_with(is_word))
    {
        let rest = &outside_quotes[at..];
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        let is_call = rest[word.len()..].starts_with('(');
        // What a lambda expression names stands for an item, and what follows a call is a member.
        let first = word.split('.').next().unwrap_or_default();
        let of_item = first.is_empty() || outside_quotes.contains(&format!("{first} ->"));
        if word.contains(|c: char| c.is_ascii_lowercase()) && !is_call && before != "AS" && !of_item {
            columns.push(word.replace('"', ""));
        }
        before = word;
    }
    columns
}

#[test]
fn expressions_for_athena_name_columns_of_the_table() {
    let sql = "CASE WHEN \"end\" > 1E3 THEN nullif(a.b, 'no col''umn') ELSE CAST(c AS varchar) END";
    assert_eq!(columns_in(sql), ["end", "a.b", "c"]);
    assert_eq!(columns_in("element_at(filter(list, it -> lower(it.name) = 'x'), 1).value"), ["list"]);
    for format in ALL {
        let Some(Ok(table)) = format.external().map(|e| e.athena) else {
            // Nothing would read them.
            assert!(format.fields().iter().all(|f| f.athena.is_none()), "{}", format.meta().id);
            continue;
        };
        let fields = format.fields();
        let own = fields.iter().filter_map(|f| f.athena);
        for column in own.chain([table.time]).flat_map(columns_in) {
            assert!(table.column(&column).is_some(), "{}: {} has no {column}", format.meta().id, table.name);
        }
    }
}

#[test]
fn every_column_of_athenas_table_is_some_field() {
    for format in ALL {
        let Some(Ok(table)) = format.external().map(|e| e.athena) else { continue };
        let mut reached: Vec<String> = table.roots.iter().map(|root| root.column().to_owned()).collect();
        let mut same = HashSet::new();
        for field in format.fields() {
            match field.athena {
                Some(sql) => reached.extend(columns_in(sql)),
                None => {
                    let own = if field.made { None } else { table.column_of(&field) };
                    if let Some(own) = &own {
                        // Two fields that are one column there would be told apart here only.
                        assert!(same.insert(own.sql.clone()), "{}: {}", format.meta().id, own.sql);
                    }
                    let also = field.also.iter().filter_map(|path| table.column(path));
                    reached.extend(own.into_iter().chain(also).map(|c| c.sql.replace('"', "")));
                }
            }
        }
        let mut count = 0;
        for (name, _) in table.columns() {
            let name = name.trim_matches('`');
            let is_reached = reached.iter().any(|r| r.split('.').next() == Some(name));
            assert!(is_reached, "{}: no field is {name} of {}", format.meta().id, table.name);
            count += 1;
        }
        assert!(count > 3, "{}: the statement has {count} columns", format.meta().id);
    }
}

#[test]
fn names_in_insights_reach_their_fields() {
    for format in ALL {
        for field in format.fields() {
            let Some(name) = field.insights else { continue };
            let named = !field.made && field.answers_to(name);
            assert!(named, "{}: {} is not reached by {name}", format.meta().id, field.name);
        }
    }
}

/// Of each sample, the formats that claim it when they are asked alone: all samples read by all formats, once for all tests.
fn claimed_alone() -> &'static [Vec<&'static str>] {
    static CLAIMS: OnceLock<Vec<Vec<&'static str>>> = OnceLock::new();
    CLAIMS.get_or_init(|| {
        let claims = |sample: &Sample, format: &'static dyn Format| {
            let (shard, entry) = load(&[format], sample.content, 4096);
            let claims = entry.format.as_deref() == Some(format.meta().id);
            assert!(claims || shard.rows() == 0, "{} on {}", format.meta().id, sample.name);
            claims
        };
        let of = |sample| ALL.iter().filter(|f| claims(sample, **f)).map(|f| f.meta().id).collect();
        samples().map(|(_, sample)| of(sample)).collect()
    })
}

#[test]
fn every_sample_is_claimed_by_its_format_alone() {
    for ((owner, sample), claimed) in samples().zip(claimed_alone()) {
        for format in ALL {
            let own = owner.meta().id == format.meta().id;
            // A whole file may be put aside (a digest); its owner says so by claiming it.
            assert!(
                claimed.contains(&format.meta().id) == own || format.precedence() < Precedence::Own,
                "{} on {}",
                format.meta().id,
                sample.name
            );
        }
        let (_, entry) = load(ALL, sample.content, 4096);
        assert_eq!(entry.format.as_deref(), Some(owner.meta().id), "{}: {}", sample.name, entry.reason);
        assert!(!entry.reason.is_empty());
    }
}

#[test]
fn samples_give_the_rows_and_rejections_they_state() {
    for (_, sample) in samples() {
        let (shard, entry) = load(ALL, sample.content, 4096);
        let found = (entry.rows as usize, entry.rejected as usize);
        assert_eq!(found, (sample.rows, sample.rejected), "{}: {:#?}", sample.name, entry.rejections);
        assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{}", sample.name);
        assert_eq!(shard.rows(), sample.rows);
        assert!(matches!(entry.state, State::Read | State::Skipped(_)), "{}: {:?}", sample.name, entry.state);
        for rejection in &entry.rejections {
            assert!(!rejection.expected.is_empty() && !rejection.found.is_empty(), "{rejection:?}");
            assert!(rejection.line > 0 && rejection.record > 0 && rejection.column > 0, "{rejection:?}");
        }
    }
}

#[test]
fn pieces_and_containers_make_no_difference() {
    for (_, sample) in samples() {
        let (shard, entry) = load(ALL, sample.content, usize::MAX);
        let rows = told(&shard);
        let half = sample.content.len() / 2;
        let members = [gzip(&sample.content[..half]), gzip(&sample.content[half..])].concat();
        let forms = [
            ("plain", sample.content.to_vec()),
            ("gzip", gzip(sample.content)),
            ("two gzip members", members),
        ];
        for (form, content) in &forms {
            for piece in [1, 7, 4096] {
                let (other, other_entry) = load(ALL, content, piece);
                assert_eq!(told(&other), rows, "{} as {form} in pieces of {piece}", sample.name);
                assert_eq!(
                    counted(&other_entry),
                    counted(&entry),
                    "{} as {form} in pieces of {piece}",
                    sample.name
                );
            }
        }
    }
}

/// The records of a shard, in order of their text.
fn raw(shard: &Shard) -> Vec<String> {
    let rows = shard.tables.iter().flat_map(|table| (0..table.rows()).filter_map(|row| table.row(row)));
    let mut all: Vec<String> =
        rows.map(|row| String::from_utf8_lossy(row.raw().trim_ascii_end()).into_owned()).collect();
    all.sort_unstable();
    all
}

#[test]
fn events_in_a_table_of_cloudwatch_are_rows_of_their_format() {
    // Formats whose records say what they are without a header, as they stand in log groups.
    const CARRIED: &[&str] = &[
        "client_vpn",
        "cloudtrail",
        "eks_audit",
        "elasticache",
        "guardduty",
        "lambda",
        "network_firewall",
        "opensearch_audit",
        "postgresql",
        "rds_audit",
        "redshift",
        "route53",
        "route53_resolver",
        "verified_access",
        "vpc_lattice",
        "vpn",
        "waf",
    ];
    let carried = |format: &dyn Format| CARRIED.contains(&format.meta().id);
    let mut read = 0;
    let carried = |(format, sample): &(&'static dyn Format, &Sample)| {
        carried(*format) && sample.rows > 0 && !sample.name.ends_with(".csv")
    };
    for (format, sample) in samples().filter(carried) {
        let (shard, _) = load(ALL, sample.content, 4096);
        let records = raw(&shard);
        let mut csv = "@timestamp,@message,@logStream\n".to_owned();
        let mut results = Vec::new();
        for record in &records {
            csv.push_str(&format!("2026-01-07 10:00:00.000,\"{}\n\",a/1\n", record.replace('"', "\"\"")));
            let cell = |field, value: &str| serde_json::json!({"field": field, "value": value});
            let time = cell("@timestamp", "2026-01-07 10:00:00.000");
            results.push(vec![time, cell("@message", record), cell("@logStream", "a/1")]);
        }
        let json = serde_json::json!({"results": results, "status": "Complete"}).to_string();
        for content in [csv, json] {
            let (other, entry) = load(ALL, content.as_bytes(), 1000);
            assert_eq!((entry.rejected, raw(&other)), (0, records.clone()), "{}", sample.name);
            let table = table(&other, format).unwrap();
            assert_eq!(table.rows(), records.len(), "{}", sample.name);
            assert!((0..table.rows()).all(|row| table.row(row).unwrap().show("@logStream") == "a/1"));
        }
        read += records.len();
    }
    assert!(read > 50, "{read}");
}

#[test]
fn every_column_is_fed_by_a_sample() {
    for format in ALL {
        let mut fed = vec![false; format.fields().len()];
        for sample in format.samples() {
            let (shard, _) = load(ALL, sample.content, 4096);
            let Some(table) = table(&shard, *format) else { continue };
            for row in (0..table.rows()).filter_map(|r| table.row(r)) {
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
    for (format, sample) in samples() {
        let (shard, _) = load(ALL, sample.content, 4096);
        let Some(table) = table(&shard, format) else { continue };
        for row in (0..table.rows()).filter_map(|r| table.row(r)) {
            let spans = format.summary(&row);
            assert!(spans.iter().any(|s| s.strong), "{}: {spans:?}", sample.name);
            assert!(spans.iter().all(|s| !s.text.is_empty()), "{}: {spans:?}", sample.name);
            // What reads anything reads records without one too.
            if format.precedence() >= Precedence::Carrier {
                assert_ne!(row.get("@timestamp"), Value::Null, "{}", String::from_utf8_lossy(&row.raw()));
            }
        }
    }
}

/// Breaks `content` in a few places.
fn mutate(rng: &mut Rng, content: &mut Vec<u8>) {
    const SPLINTERS: [&[u8]; 18] = [
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
        b"{",
        b"}",
        b"\xff",
        b"\0",
        b"999999999999999999999",
        b"#Fields: ",
        b"\n",
        b"\r",
    ];
    for _ in 0..=rng.index(6) {
        if content.is_empty() {
            content.push(b' ');
        }
        let at = rng.index(content.len());
        match rng.index(5) {
            0 => content[at] = rng.index(256) as u8,
            1 => content.truncate(at),
            2 => drop(content.drain(at..(at + rng.index(40)).min(content.len()))),
            3 => drop(content.splice(at..at, SPLINTERS[rng.index(SPLINTERS.len())].iter().copied())),
            _ => {
                let piece = content[at..(at + rng.index(60)).min(content.len())].to_vec();
                let to = rng.index(content.len());
                content.splice(to..to, piece);
            }
        }
    }
}

#[test]
fn damage_is_never_a_panic_and_every_record_is_accounted_for() {
    let mut rng = Rng::new(1);
    for (format, sample) in samples() {
        for _ in 0..150 {
            let mut content = sample.content.to_vec();
            mutate(&mut rng, &mut content);
            // Also with the format forced, or damage to the first line would spare the decoder.
            for forced in [None, Some(format.meta().id.to_owned())] {
                let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
                loader.open("x", Options { format: forced, ..Options::default() });
                content.chunks(1 + rng.index(500)).for_each(|bytes| loader.push(bytes));
                let (shard, ledger) = loader.into_parts();
                let rows: u64 = ledger.iter().map(|e| e.rows).sum();
                assert_eq!(rows as usize, shard.rows());
                for entry in &ledger {
                    assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{entry:#?}");
                    for rejection in &entry.rejections {
                        let end = rejection.text.len() as u64 + 1;
                        assert!((1..=end).contains(&rejection.column), "{rejection:?}");
                        assert!(
                            !rejection.expected.is_empty() && !rejection.found.is_empty(),
                            "{rejection:?}"
                        );
                    }
                }
                for table in &shard.tables {
                    let format = super::by_id(table.format()).unwrap();
                    (0..table.rows()).filter_map(|r| table.row(r)).for_each(|r| drop(format.summary(&r)));
                }
            }
        }
    }
}
