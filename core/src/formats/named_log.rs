//! A log that is a description and nothing else: records whose fields, and the order of them, whoever set the log up chose, as
//! vended logs of version 2 have them. Lines behind a `#Fields` line or behind one with nothing but the names, with any
//! separator; JSON objects whose keys are the names; lines without names, if the user gives the names or the log can tell them.
//!
//! Not for logs whose fields are always the same (those are a [`TextLog`](super::TextLog) or a [`JsonLog`](super::JsonLog)),
//! nor for flow logs ([`FlowLog`](super::FlowLog)), whose names need no `#`.
//!
//! Decisions: lines shorter than a header in the file are kept as long as half of its columns are there; a line longer than it
//! is damage: some value holds the separator, and all behind it would stand in their neighbours' columns. Names that the
//! user gave are as many as the values, exactly. A record of JSON is read as a line whose values stand where its members do:
//! one table of fields serves both.

use super::{
    Decoded, Decoder, Fault, Format, Framing, Head, Meta, Preset, Record, Sample, Sniff, Span,
    field::{
        self, Layout, TokenField, Tokens,
        json::{self, Json},
    },
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Field, Row, RowWriter};

/// A log whose records' fields are named, described. Begin with [`NamedLog::new`] and set what it has.
#[derive(Clone, Copy)]
pub struct NamedLog {
    /// Who it is.
    pub meta: Meta,
    /// Its columns.
    pub fields: &'static [TokenField],
    /// Whether no other log has a field of that name.
    pub is_own: fn(&[u8]) -> bool,
    /// Whether a log that has a field of that name, with that value in its first record, is another one.
    pub is_foreign: fn(&[u8], &[u8]) -> bool,
    /// Words of which each of its records has one where it is JSON; none if it never is.
    pub json: &'static [&'static str],
    /// The way through lines without names, and how it was told ("5 of the first 7 lines have …").
    pub unnamed: fn(&Head<'_>) -> Option<(Layout, String)>,
    /// Whether a line without names may be this log's, in an order that cannot be told: for the advice to name the fields.
    pub is_record: fn(&[u8]) -> bool,
    /// The column that has a record's day, and those that have its time, the best first.
    pub day: &'static str,
    /// See [`day`](Self::day).
    pub time: &'static [&'static str],
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

/// How many names are read.
const MOST: usize = 200;
/// What may stand between the values of a line, where several would do in this order.
const SEPARATORS: [u8; 7] = [b'\t', b',', b'|', b';', b' ', b'^', b'~'];
/// How many lines are looked at for what stands between their values.
const LINES: usize = 8;

impl NamedLog {
    /// A description with nothing but a name, to be completed.
    pub const fn new(meta: Meta) -> NamedLog {
        NamedLog {
            meta,
            fields: &[],
            is_own: |_| false,
            is_foreign: |_, _| false,
            json: &[],
            unnamed: |_| None,
            is_record: |_| false,
            day: "",
            time: &[],
            summary: |row| vec![Span::strong(row.show("@timestamp"))],
            sources: &[],
            external: None,
            presets: &[],
            samples: &[],
        }
    }
    fn is_known(&self, name: &[u8]) -> bool {
        self.fields.iter().any(|c| !c.again && same_name(&c.field.name, name))
    }
    /// How many of the names are known, if they are those of this log; `sure` if they cannot be words or another log's by
    /// the way they stand there.
    fn known<'n>(&self, names: impl Iterator<Item = &'n [u8]> + Clone, sure: bool) -> Option<usize> {
        let (all, known) = (names.clone().count(), names.clone().filter(|n| self.is_known(n)).count());
        let own = names.clone().any(|n| (self.is_own)(n));
        let foreign = names.clone().any(|n| (self.is_foreign)(n, b""));
        (known > 0 && known * 2 >= all && !foreign && (own || sure && known == all)).then_some(known)
    }
    /// The names in a line that has nothing else, without `#Fields`.
    fn bare<'l>(&self, line: &'l [u8]) -> Option<Vec<&'l [u8]>> {
        // Nearly all records are told by their first byte: a number, a method in capitals.
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if !line.first().is_some_and(u8::is_ascii_alphabetic) || line.len() > MOST * 64 {
            return None;
        }
        let names: Vec<&[u8]> = split_names(line).collect();
        let is_name = |name: &&[u8]| name.iter().all(|b| b.is_ascii_alphanumeric() || b"-_()".contains(b));
        // A record may hold a name or two by chance: a header holds little else.
        let most = names.iter().filter(|n| self.is_known(n)).count() * 4 >= names.len() * 3;
        let is_header = names.len() >= 3 && most && names.iter().all(is_name);
        (is_header && self.known(names.iter().copied(), false).is_some()).then_some(names)
    }
    /// The way through lines with these names.
    fn layout<'n>(&self, names: impl Iterator<Item = &'n [u8]>) -> Layout {
        let layout = self.finish(Layout::new(self.fields, names, same_name));
        let half = layout.tokens().div_ceil(2);
        // Of a header that was cut off, longer lines are no fault.
        if layout.tokens() < MOST { layout.exact().at_least(half) } else { layout.at_least(half) }
    }
    /// The same for names that the user gave.
    fn given_layout(&self, head: &Head<'_>) -> Layout {
        self.finish(Layout::new(self.fields, given(head), same_name)).exact()
    }
    fn finish(&self, layout: Layout) -> Layout {
        layout.of_day(self.day).time_from(self.time)
    }
    /// Whether no value of the first record says that it is another log's.
    fn fits<'n>(&self, names: impl Iterator<Item = &'n [u8]>, line: &[u8], separator: u8) -> bool {
        let mut values = line.split(|b| *b == separator);
        !names.into_iter().any(|name| values.next().is_some_and(|value| (self.is_foreign)(name, value)))
    }
    fn sniff_lines(&self, head: &Head<'_>) -> Sniff {
        let data = || head.records.iter().copied().filter(|r| !r.starts_with(b"#"));
        let claim = |known: usize, all: usize, what: &str| {
            Sniff::Certain(format!("{what} {known} known columns of {all}"))
        };
        if let Some(names) = head.records.iter().find_map(|r| directive(r)) {
            let names: Vec<&[u8]> = names.collect();
            let separator = separator(data(), names.len());
            // Other servers write W3C logs with some of the same names, but with spaces between the values.
            let tabs = data().next().is_some() && separator == Some(b'\t');
            let fits = |line: &[u8]| self.fits(names.iter().copied(), line, separator.unwrap_or(b'\t'));
            return match self.known(names.iter().copied(), tabs) {
                Some(known) if data().next().is_none_or(fits) => claim(known, names.len(), "#Fields names"),
                _ => Sniff::No,
            };
        }
        if let Some(names) = head.records.first().and_then(|first| self.bare(first)) {
            let line = head.records.get(1).copied().unwrap_or_default();
            let separator = separator(data().skip(1), names.len()).unwrap_or(b'\t');
            return match self.known(names.iter().copied(), false) {
                Some(known) if self.fits(names.iter().copied(), line, separator) => {
                    claim(known, names.len(), "header names")
                }
                _ => Sniff::No,
            };
        }
        let count = given(head).count();
        if let Some(separator) = separator(data(), count)
            && self.known(given(head), true).is_some()
        {
            let what = format!("have the {count} fields whose names were given");
            let fits =
                |line: &[u8]| values(line, separator) == count && self.fits(given(head), line, separator);
            if let claim @ Sniff::Certain(_) = head.most(&what, fits) {
                return claim;
            }
        }
        (self.unnamed)(head).map_or(Sniff::No, |(_, reason)| Sniff::Certain(reason))
    }
    fn sniff_objects(&self, head: &Head<'_>) -> Sniff {
        let is = |record: &[u8]| {
            // Thirty logs are asked of each of ten thousand files: those that lack a word are not read.
            if !self.json.iter().any(|word| memchr::memmem::find(record, word.as_bytes()).is_some()) {
                return false;
            }
            let (mut known, mut all, mut own, mut foreign) = (0, 0, false, false);
            let read = json::members(record, |key, value, _| {
                let Json::Plain(name) = key else { return };
                (all, known) = (all + 1, known + self.is_known(name) as usize);
                own |= (self.is_own)(name);
                foreign |= (self.is_foreign)(name, &value.text().unwrap_or_default());
            });
            read.is_ok() && own && !foreign && known * 2 >= all
        };
        head.most("have its fields' names as keys", is)
    }
}

/// The names of a `#Fields` line.
fn directive(line: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
    let names = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).strip_prefix(b"#Fields:")?;
    split_names(names).next().is_some().then(|| split_names(names))
}

/// The names in a line, whatever stands between them.
fn split_names(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = |b: &u8| b.is_ascii_whitespace() || SEPARATORS.contains(b);
    line.split(ends).filter(|name| !name.is_empty()).take(MOST)
}

/// The names that the user gave.
fn given<'h>(head: &'h Head<'_>) -> impl Iterator<Item = &'h [u8]> + Clone {
    head.settings.fields.iter().map(|name| name.trim().as_bytes()).filter(|name| !name.is_empty()).take(MOST)
}

/// How many values a line has. One that is empty at its end is none.
fn values(line: &[u8], separator: u8) -> usize {
    let line = line.strip_suffix(&[separator]).unwrap_or(line);
    memchr::memchr_iter(separator, line).count() + 1
}

/// What stands between the values of these lines, of which each has `count`: what gives that number most often, else the first
/// that gives half of it.
fn separator<'l>(lines: impl Iterator<Item = &'l [u8]>, count: usize) -> Option<u8> {
    let lines: Vec<&[u8]> = lines.take(LINES).collect();
    let first = lines.first()?;
    let exact = |s: u8| lines.iter().filter(|line| values(line, s) == count).count();
    let best = SEPARATORS.into_iter().rev().max_by_key(|s| exact(*s)).filter(|s| exact(*s) > 0);
    let half = |s: &u8| values(first, *s) > 1 && values(first, *s) >= count.div_ceil(2);
    best.filter(|_| count > 1).or_else(|| SEPARATORS.into_iter().find(half))
}

/// Whether a name is the column's, letter case aside; or is what Parquet has for it: `cs_user_agent` for `cs(User-Agent)`.
fn same_name(column: &str, name: &[u8]) -> bool {
    let column = column.as_bytes();
    if column.eq_ignore_ascii_case(name) {
        return true;
    }
    let column = column.strip_suffix(b")").unwrap_or(column);
    let same = |(column, name): (&u8, &u8)| match column {
        b'-' | b'(' => *name == b'_',
        _ => column.eq_ignore_ascii_case(name),
    };
    column.len() == name.len() && column.iter().zip(name).all(same)
}

impl Format for NamedLog {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    fn fields(&self) -> Vec<Field> {
        field::fields(self.fields)
    }
    fn reads(&self, framing: Framing) -> bool {
        framing == Framing::Lines || !self.json.is_empty()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        match head.framing {
            Framing::Lines => self.sniff_lines(head),
            Framing::Json => self.sniff_objects(head),
        }
    }
    fn advice(&self, head: &Head<'_>) -> Option<String> {
        let title = self.meta.title;
        if head.framing != Framing::Lines {
            return None;
        }
        let count = given(head).count();
        let alike = head.most("", self.is_record) != Sniff::No;
        if self.known(given(head), false).is_some() || alike && count > 0 {
            let record = head.records.first().copied().unwrap_or_default();
            let found = separator(head.records.iter().copied(), count).map_or(1, |s| values(record, s));
            return Some(match given(head).find(|name| !self.is_known(name)) {
                Some(name) if alike => format!(
                    "{title}, {found} values in its first line; {count} names of fields were given, of which `{}` is none",
                    String::from_utf8_lossy(name)
                ),
                _ => format!(
                    "{found} values in its first line; the names of {count} fields of {title} were given"
                ),
            });
        }
        alike.then(|| {
            let names: Vec<&str> = self.fields.iter().take(3).map(|c| c.field.name.as_ref()).collect();
            format!(
                "{title} without a header, with fields whose order cannot be told; give their names, such as `{} …` (`--fields`), or put a \
                 line with the names in front of it",
                names.join(" ")
            )
        })
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        let data = || head.records.iter().copied().filter(|r| !r.starts_with(b"#"));
        let header = head.records.iter().find_map(|r| directive(r)).map(|names| self.layout(names));
        let bare = || head.records.first().and_then(|first| self.bare(first));
        let named = header.or_else(|| Some(self.layout(bare()?.into_iter())));
        let given_known = self.known(given(head), true).is_some();
        let unnamed = || (self.unnamed)(head).map(|(layout, _)| layout);
        // Names that were given count where the values are as many, and where nothing else is known of them.
        let count = given(head).count();
        let fits =
            separator(data(), count).is_some_and(|s| head.most("", |l| values(l, s) == count) != Sniff::No);
        let layout =
            match named {
                Some(layout) => Ok(layout),
                None if given_known && fits => Ok(self.given_layout(head)),
                None => unnamed().or_else(|| given_known.then(|| self.given_layout(head))).ok_or_else(|| {
                    match given(head).find(|name| !self.is_known(name)) {
                        Some(name) => {
                            format!(
                                "names of its fields to be given, of which `{}` is none",
                                String::from_utf8_lossy(name)
                            )
                        }
                        None => "a line with the names of its fields before it, or the names to be given"
                            .to_owned(),
                    }
                }),
            };
        let count = layout.as_ref().map_or(0, Layout::tokens);
        let separator = separator(data(), count).unwrap_or(b'\t');
        Box::new(NamedLogDecoder {
            log: *self,
            layout,
            separator,
            keys: Vec::new(),
            tokens: Tokens::default(),
            scratch: Vec::new(),
        })
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

/// The decoder of all these logs.
struct NamedLogDecoder {
    log: NamedLog,
    /// The way through a record, or what is missing to know it.
    layout: Result<Layout, String>,
    separator: u8,
    /// The keys of the last record of JSON, in their order: that of `layout`.
    keys: Vec<Box<[u8]>>,
    tokens: Tokens,
    /// The values of a record of JSON in which some are escaped.
    scratch: Vec<u8>,
}

impl Decoder for NamedLogDecoder {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        let time = match bytes.first() {
            Some(b'#') => {
                if let Some(names) = directive(bytes) {
                    self.layout = Ok(self.log.layout(names));
                }
                return Ok(Decoded::Form);
            }
            Some(b'{') => self.object(bytes, row)?,
            _ => {
                if let Some(names) = self.log.bare(bytes) {
                    self.layout = Ok(self.log.layout(names.into_iter()));
                    return Ok(Decoded::Form);
                }
                let layout = self.layout.as_mut().map_err(|what| Fault::new(bytes, 0, what.as_str()))?;
                self.tokens.split(bytes, self.separator, layout.cut());
                layout.read(bytes, &self.tokens, row)?
            }
        };
        if let Some(micros) = time.or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

impl NamedLogDecoder {
    /// Reads a record of JSON as a line whose values stand where its members do.
    fn object(&mut self, bytes: &[u8], row: &mut RowWriter<'_>) -> Result<Option<i64>, Fault> {
        let (keys, tokens) = (&self.keys, &mut self.tokens);
        tokens.clear();
        let (mut same, mut escaped) = (true, false);
        json::members(bytes, |key, value, at| {
            if tokens.len() < MOST {
                same = same && keys.get(tokens.len()).is_some_and(|known| key == Json::Plain(known));
                escaped |= matches!(value, Json::Escaped(_));
                tokens.push(if value == Json::Null { at.start..at.start } else { at });
            }
        })?;
        if !same || tokens.len() != self.keys.len() || self.keys.is_empty() {
            self.learn(bytes)?;
        }
        let layout = self.layout.as_mut().map_err(|what| Fault::new(bytes, 0, what.as_str()))?;
        if escaped {
            return unescaped(layout, bytes, &self.tokens, &mut self.scratch, row);
        }
        layout.read(bytes, &self.tokens, row)
    }
    /// Makes the way through records with the keys that this one has.
    #[cold]
    fn learn(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.keys.clear();
        json::members(bytes, |key, _, _| {
            if self.keys.len() < MOST {
                self.keys.push(key.text().unwrap_or_default().into_owned().into());
            }
        })?;
        let names = || self.keys.iter().map(|key| &**key);
        let known = names().filter(|name| self.log.is_known(name)).count();
        if known == 0 || known * 2 < self.keys.len() {
            self.keys.clear();
            return Err(Fault::new(bytes, 0, format!("keys that are fields of {}", self.log.meta.title)));
        }
        self.layout = Ok(self.log.layout(names()));
        Ok(())
    }
}

/// Reads the record of JSON whose values are `tokens` by what they mean.
#[cold]
fn unescaped(
    layout: &mut Layout,
    bytes: &[u8],
    tokens: &Tokens,
    scratch: &mut Vec<u8>,
    row: &mut RowWriter<'_>,
) -> Result<Option<i64>, Fault> {
    scratch.clear();
    let mut meant = Tokens::default();
    for (_, raw) in (0..tokens.len()).filter_map(|i| tokens.get(bytes, i)) {
        let start = scratch.len();
        json::unescape(raw, scratch);
        meant.push(start..scratch.len());
    }
    layout.read(scratch, &meant, row).map_err(|mut fault| {
        let within =
            |i: &usize| meant.get(scratch, *i).is_some_and(|(start, text)| fault.at <= start + text.len());
        let place = (0..meant.len()).find(within).and_then(|i| tokens.get(bytes, i));
        fault.at = place.map_or(bytes.len(), |(start, _)| start);
        fault
    })
}
