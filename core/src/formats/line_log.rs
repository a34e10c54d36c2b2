//! A log of lines that has a decoder of its own and is a description otherwise: lines of several kinds, records over
//! several lines. What such formats would all write again stands here once.
//!
//! Not for lines that are cut into tokens of one table: those are a [`TextLog`](super::TextLog).

use std::borrow::Cow;

use super::{Decoder, Format, Framing, Head, JsonPart, Meta, Preset, Sample, Sniff, Span};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row};

/// A log of lines, described. Begin with [`LineLog::new`] and set what it has.
pub struct LineLog {
    /// Who it is.
    pub meta: Meta,
    /// Its columns; the decoder has their places from [`place`].
    pub fields: &'static [Field],
    /// Whether a line begins a record of this log. Must be cheap, and `false` for every other log's.
    pub is: fn(&[u8]) -> bool,
    /// What is said of recognised lines, in words that follow "5 of the first 7 lines ".
    pub what: &'static str,
    /// Whether such lines can be nothing else.
    pub certain: bool,
    /// See [`Format::spans_lines`]. The first line tells such a log as well as many, since others may go on it.
    pub spans_lines: bool,
    /// See [`Format::json`].
    pub json: JsonPart,
    /// Makes a decoder for one file.
    pub decoder: fn(&Head<'_>) -> Box<dyn Decoder>,
    /// A row told in one sentence.
    pub summary: fn(&Row<'_>) -> Vec<Span>,
    /// See [`Format::sources`].
    pub sources: &'static [&'static str],
    /// See [`Format::external`].
    pub external: Option<&'static ExternalSchema>,
    /// See [`Format::presets`].
    pub presets: &'static [Preset],
    /// See [`Format::samples`].
    pub samples: &'static [Sample],
}

impl LineLog {
    /// A description with nothing but a name and a decoder, to be completed.
    pub const fn new(meta: Meta, decoder: fn(&Head<'_>) -> Box<dyn Decoder>) -> LineLog {
        LineLog {
            meta,
            fields: &[],
            is: |_| false,
            what: "begin as its records do",
            certain: true,
            spans_lines: false,
            json: JsonPart::None,
            decoder,
            summary: |row| vec![Span::strong(row.show("@timestamp"))],
            sources: &[],
            external: None,
            presets: &[],
            samples: &[],
        }
    }
}

/// The place of a column in its table, found when the program is compiled: a name that there is not stops that.
///
/// # Panics
/// When no field has this name.
pub const fn place(fields: &[Field], name: &str) -> usize {
    let mut at = 0;
    while at < fields.len() {
        if let Cow::Borrowed(own) = &fields[at].name
            && same(own.as_bytes(), name.as_bytes())
        {
            return at;
        }
        at += 1;
    }
    panic!("no field has this name")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// A text column.
pub(super) const fn text(name: &'static str, role: Role) -> Field {
    Field::new(name, Kind::Text, role)
}

/// Whether all of a text is an address.
pub(super) fn is_address(host: &[u8]) -> bool {
    std::str::from_utf8(host).is_ok_and(|host| host.parse::<std::net::IpAddr>().is_ok())
}

/// The first of the cells as an address, if it is one: for columns of hosts, which may be names.
pub(super) fn address<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells.first() {
        Some(Cell::Text(host)) => {
            let host = host.strip_prefix(b"::ffff:").unwrap_or(host);
            if is_address(host) { Cell::Text(host) } else { Cell::Null }
        }
        _ => Cell::Null,
    }
}

/// [`address`] of the column `host`.
pub(super) static ADDRESS_OF_HOST: Computed = Computed { from: &["host"], value: address };

impl Format for LineLog {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    fn fields(&self) -> Vec<Field> {
        self.fields.to_vec()
    }
    fn spans_lines(&self) -> bool {
        self.spans_lines
    }
    fn json(&self) -> JsonPart {
        self.json
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        let first = head.records.first().is_some_and(|line| (self.is)(line));
        let sniff = match self.spans_lines && first {
            true => Sniff::Certain(format!("its records {}", self.what)),
            false => head.most(self.what, |line| (self.is)(line)),
        };
        match sniff {
            Sniff::Certain(reason) if !self.certain => Sniff::Maybe(reason),
            sniff => sniff,
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        (self.decoder)(head)
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        (self.summary)(row)
    }
    fn sources(&self) -> &'static [&'static str] {
        self.sources
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        self.external
    }
    fn presets(&self) -> &'static [Preset] {
        self.presets
    }
    fn samples(&self) -> &'static [Sample] {
        self.samples
    }
}

/// What a format makes of one record, for tests: what columns show (`-` without a value), or where it is damaged and what
/// was expected there.
#[cfg(test)]
pub(super) fn shown(
    log: &dyn Format,
    record: &str,
    columns: &[&str],
) -> Result<Vec<String>, (usize, String)> {
    use super::{Decoded, Record};
    let mut decoder = log.decoder(&Head::of(Framing::Lines, &[record.as_bytes()]));
    let mut table = logloupe_table::Table::new(log.meta().id, log.fields(), 1);
    let mut row = table.begin();
    let record = Record { bytes: record.as_bytes(), envelope_time: None };
    match decoder.decode(&record, &mut row).map_err(|fault| (fault.at, fault.expected))? {
        Decoded::Row => row.commit(0, 1, 1, record.bytes),
        other => return Ok(vec![format!("{other:?}")]),
    }
    table.seal();
    let row = table.row(0).unwrap();
    let show = |name: &&str| Some(row.show(name)).filter(|v| !v.is_empty()).unwrap_or_else(|| "-".to_owned());
    Ok(columns.iter().map(show).collect())
}
