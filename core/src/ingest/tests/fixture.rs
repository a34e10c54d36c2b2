//! Two formats that exist only here, and what tests are written with.

use std::io::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, GzBuilder, write::DeflateEncoder};

use crate::{
    formats::{
        Decoded, Decoder, Family, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    },
    ingest::{Entry, Limits, Loader, Options},
};
use logloupe_table::{Cell, Field, Kind, Role, Row, RowWriter, Shard, time};

/// Lines of `n=<number> word=<text>`; a line `# …` is form, a line `digest` is put aside.
pub(super) struct Pairs;
/// JSON objects with `n` and perhaps `word` and `time`.
pub(super) struct Objects;

const META: Meta = Meta {
    id: "pairs",
    family: Family::Other,
    title: "Pairs",
    summary: "a format of tests",
    framing: Framing::Lines,
    page: "",
    versions: "one",
    not_read: "nothing",
    read_on: "2026-01-01",
    key_shape: "",
};
const OBJECTS: Meta = Meta { id: "objects", framing: Framing::Json, ..META };

fn fields() -> Vec<Field> {
    vec![Field::new("n", Kind::Int, Role::Measure), Field::new("word", Kind::Text, Role::Dimension)]
}

impl Format for Pairs {
    fn meta(&self) -> &Meta {
        &META
    }
    fn fields(&self) -> Vec<Field> {
        fields()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let known = |r: &&&[u8]| r.starts_with(b"n=") || r.starts_with(b"#");
        match head.records.iter().filter(known).count() {
            0 => Sniff::No,
            all if all == head.records.len() => Sniff::Certain("every line begins with n=".to_owned()),
            some => Sniff::Maybe(format!("{some} lines begin with n=")),
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        assert!(!head.records.is_empty());
        Box::new(Pairs)
    }
    fn summary(&self, _: &Row<'_>) -> Vec<Span> {
        Vec::new()
    }
    fn presets(&self) -> &'static [Preset] {
        &[]
    }
    fn samples(&self) -> &'static [Sample] {
        &[]
    }
}

impl Decoder for Pairs {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        if record.bytes.starts_with(b"#") {
            return Ok(Decoded::Form);
        }
        if record.bytes == b"digest" {
            return Ok(Decoded::Skipped("digest"));
        }
        let rest = record.bytes.strip_prefix(b"n=").ok_or(Fault::new(record.bytes, 0, "n="))?;
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let text = std::str::from_utf8(&rest[..digits]).unwrap_or_default();
        let n: i64 = text.parse().map_err(|_| Fault::new(record.bytes, 2, "a number"))?;
        row.set(0, Cell::Int(n));
        row.timestamp(record.envelope_time.unwrap_or(n * time::SECOND));
        if let Some(word) = rest[digits..].strip_prefix(b" word=") {
            row.set(1, Cell::Text(word));
        }
        Ok(Decoded::Row)
    }
}

impl Format for Objects {
    fn meta(&self) -> &Meta {
        &OBJECTS
    }
    fn fields(&self) -> Vec<Field> {
        fields()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        let known = |r: &&&[u8]| r.windows(3).any(|w| w == b"\"n\"");
        match head.records.iter().filter(known).count() {
            0 => Sniff::No,
            _ => Sniff::Certain("an object has n".to_owned()),
        }
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        Box::new(Objects)
    }
    fn summary(&self, _: &Row<'_>) -> Vec<Span> {
        Vec::new()
    }
    fn identity(&self) -> &'static [&'static str] {
        &["word"]
    }
    fn presets(&self) -> &'static [Preset] {
        &[]
    }
    fn samples(&self) -> &'static [Sample] {
        &[]
    }
}

impl Decoder for Objects {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let value: serde_json::Value = serde_json::from_slice(record.bytes)
            .map_err(|e| Fault::new(record.bytes, e.column().saturating_sub(1), "JSON"))?;
        let n = value["n"].as_i64().ok_or(Fault::new(record.bytes, 0, "a member n"))?;
        row.set(0, Cell::Int(n));
        row.timestamp(record.envelope_time.unwrap_or(n * time::SECOND));
        if let Some(word) = value["word"].as_str() {
            row.set(1, Cell::Text(word.as_bytes()));
        }
        Ok(Decoded::Row)
    }
}

pub(super) static FORMATS: &[&dyn Format] = &[&Pairs, &Objects];

/// A row as tests compare it: source, line, record, n, word, raw.
pub(super) type Told = (String, i64, i64, i64, String, String);

pub(super) fn rows(shard: &Shard) -> Vec<Told> {
    let mut told = Vec::new();
    for table in &shard.tables {
        let mut raw = Vec::new();
        for chunk in table.chunks() {
            chunk.raw.for_each(|_| true, |_, text| raw.push(String::from_utf8_lossy(text).into_owned()));
        }
        for (row, raw) in (0..table.rows()).filter_map(|row| table.row(row)).zip(raw) {
            let int = |name: &str| row.get(name).integer().unwrap_or(-1);
            let source = &shard.sources[int("@source") as usize];
            told.push((
                source.name.clone(),
                int("@line") + source.first_line as i64,
                int("@record") + source.first_record as i64,
                int("n"),
                row.show("word"),
                raw,
            ));
        }
    }
    told
}

/// The numbers of all rows.
pub(super) fn numbers(rows: &[Told]) -> Vec<i64> {
    rows.iter().map(|row| row.3).collect()
}

pub(super) fn read_in(
    pieces: usize,
    name: &str,
    content: &[u8],
    limits: Limits,
    options: Options,
) -> (Vec<Told>, Vec<Entry>) {
    let mut loader = Loader::new(FORMATS.to_vec(), limits, 1);
    loader.open(name, options);
    content.chunks(pieces).for_each(|piece| loader.push(piece));
    let (shard, ledger) = loader.into_parts();
    for entry in &ledger {
        assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{entry:?}");
    }
    (rows(&shard), ledger)
}

/// Reads a file whole and in pieces, checks that it makes no difference, and gives the rows and the ledger.
pub(super) fn read(name: &str, content: &[u8]) -> (Vec<Told>, Vec<Entry>) {
    read_with(name, content, Limits::default(), Options::default())
}

pub(super) fn read_with(
    name: &str,
    content: &[u8],
    limits: Limits,
    options: Options,
) -> (Vec<Told>, Vec<Entry>) {
    let whole = read_in(usize::MAX, name, content, limits.clone(), options.clone());
    for pieces in [1, 7, 63, 4096] {
        let cut = read_in(pieces, name, content, limits.clone(), options.clone());
        assert_eq!(cut.1, whole.1, "{name} in pieces of {pieces}");
        assert_eq!(cut.0.len(), whole.0.len(), "{name} in pieces of {pieces}");
        let differs = cut.0.iter().zip(&whole.0).find(|(a, b)| a != b);
        assert_eq!(differs, None, "{name} in pieces of {pieces}");
    }
    whole
}

/// The one entry of a file.
pub(super) fn entry(name: &str, content: &[u8]) -> (Vec<Told>, Entry) {
    let (rows, mut ledger) = read(name, content);
    assert_eq!(ledger.len(), 1, "{ledger:?}");
    (rows, ledger.remove(0))
}

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder =
        GzBuilder::new().filename("a name").extra(b"extra").write(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// `count` lines of [`Pairs`].
pub(super) fn lines(count: usize) -> Vec<u8> {
    (0..count).flat_map(|n| format!("n={n} word=w{}\n", n % 7).into_bytes()).collect()
}

/// Gzip without name and extra field.
pub(super) fn gzip_plain(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// A member of a zip as tests build it.
pub(super) struct Zipped<'a> {
    pub(super) name: &'a str,
    pub(super) content: &'a [u8],
    pub(super) method: u16,
    pub(super) flags: u16,
    /// Size and checksum follow the data; 4 or 8 bytes per size.
    pub(super) descriptor: Option<usize>,
    pub(super) wide: bool,
}

pub(super) fn zipped<'a>(name: &'a str, content: &'a [u8]) -> Zipped<'a> {
    Zipped { name, content, method: 8, flags: 0, descriptor: None, wide: false }
}

pub(super) fn zip(members: &[Zipped<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for member in members {
        let data = if member.method == 8 { deflate(member.content) } else { member.content.to_vec() };
        let mut crc = flate2::Crc::new();
        crc.update(member.content);
        let flags = member.flags | if member.descriptor.is_some() { 8 } else { 0 };
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(flags.to_le_bytes());
        out.extend(member.method.to_le_bytes());
        out.extend([0; 4]);
        let sizes = match (member.descriptor, member.wide) {
            (Some(_), _) => [0; 3],
            (_, true) => [crc.sum(), u32::MAX, u32::MAX],
            _ => [crc.sum(), data.len() as u32, member.content.len() as u32],
        };
        sizes.iter().for_each(|size| out.extend(size.to_le_bytes()));
        out.extend((member.name.len() as u16).to_le_bytes());
        out.extend((if member.wide { 29u16 } else { 0 }).to_le_bytes());
        out.extend(member.name.as_bytes());
        if member.wide {
            out.extend(b"UT\x05\0\0\0\0\0\0\x01\0\x10\0");
            out.extend((member.content.len() as u64).to_le_bytes());
            out.extend((data.len() as u64).to_le_bytes());
        }
        out.extend(&data);
        if let Some(width) = member.descriptor {
            out.extend(b"PK\x07\x08");
            out.extend(crc.sum().to_le_bytes());
            out.extend(&(data.len() as u64).to_le_bytes()[..width]);
            out.extend(&(member.content.len() as u64).to_le_bytes()[..width]);
        }
    }
    // The directory is not read, only that it is there.
    out.extend(b"PK\x01\x02");
    out.extend([0; 42]);
    out.extend(b"PK\x05\x06");
    out.extend([0; 18]);
    out
}

/// One entry of a tar: header, content, padding.
pub(super) fn tarred(kind: u8, name: &str, content: &[u8]) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..108].copy_from_slice(b"0000644\0");
    head[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    head[148..156].fill(b' ');
    head[156] = kind;
    head[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = head.iter().map(|b| *b as u32).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    head.extend(content);
    head.resize(head.len().next_multiple_of(512), 0);
    head
}
