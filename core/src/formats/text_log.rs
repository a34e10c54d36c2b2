//! A log of lines cut into tokens that is a description and nothing else: how a line is recognised and cut, its field
//! table, where its times stand. One decoder reads all of these.
//!
//! Not for logs whose file names its fields, or whose lines are of several kinds: those implement [`Format`] themselves.

use super::{
    Decoded, Decoder, Fault, Format, Framing, Head, JsonLog, Meta, Preset, Record, Sample, Sniff, Span,
    field::{self, Layout, TokenField, Tokens},
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Cell, Field, Row, RowWriter};

/// How a line is cut into at most so many tokens; where it cannot be, the place and what was expected there.
pub type Cut = fn(&[u8], &mut Tokens, usize) -> Result<(), (usize, &'static str)>;

/// A log of lines, described. Begin with [`TextLog::new`] and set what it has.
pub struct TextLog {
    /// Who it is.
    pub meta: Meta,
    /// Its columns, in the order of the tokens.
    pub fields: &'static [TokenField],
    /// How a line is cut: [`quoted`], [`spaces`] or a cut of its own.
    pub cut: Cut,
    /// How many tokens lines have had over the years, the least first; any other number up to the most is damage, and more
    /// are left alone. None: as many as the table has.
    pub counts: &'static [usize],
    /// Whether a line is this log's. Must be cheap, and `false` for every other log's.
    pub is: fn(&[u8]) -> bool,
    /// What is said of recognised lines, in words that follow "5 of the first 7 lines ".
    pub what: &'static str,
    /// Whether a line is no record but form: a header, a comment.
    pub form: fn(&[u8]) -> bool,
    /// What tokens behind the table's are called, with their number (`extra` makes `extra.1`, `extra.2`): columns that are found in
    /// the log. Empty: they are left alone.
    pub extra: &'static str,
    /// The columns that have a record's time, the best first.
    pub time: &'static [&'static str],
    /// The log as records of JSON, if it is also delivered so: how those are recognised and where their time stands. Its
    /// columns are this log's, whose names are the paths.
    pub json: Option<&'static JsonLog>,
    /// A row told in one sentence.
    pub summary: fn(&Row<'_>) -> Vec<Span>,
    /// See [`Format::identity`].
    pub identity: &'static [&'static str],
    /// See [`Format::sources`].
    pub sources: &'static [&'static str],
    /// See [`Format::external`].
    pub external: Option<&'static ExternalSchema>,
    /// See [`Format::presets`].
    pub presets: &'static [Preset],
    /// See [`Format::samples`].
    pub samples: &'static [Sample],
}

/// At spaces outside quotes: [`Tokens::split_quoted`].
///
/// # Errors
/// Where a quote was opened and never closed.
pub fn quoted(line: &[u8], tokens: &mut Tokens, most: usize) -> Result<(), (usize, &'static str)> {
    match tokens.split_quoted(line, most) {
        Some(open) => Err((open, "closing quote")),
        None => Ok(()),
    }
}

/// At every space.
///
/// # Errors
/// Never; it is a [`Cut`].
pub fn spaces(line: &[u8], tokens: &mut Tokens, most: usize) -> Result<(), (usize, &'static str)> {
    tokens.split(line, b' ', most);
    Ok(())
}

impl TextLog {
    /// A description with nothing but a name, to be completed.
    pub const fn new(meta: Meta) -> TextLog {
        TextLog {
            meta,
            fields: &[],
            cut: quoted,
            counts: &[],
            is: |_| false,
            what: "have its fields",
            form: |_| false,
            extra: "",
            time: &[],
            json: None,
            summary: |row| vec![Span::strong(row.show("@timestamp"))],
            identity: &[],
            sources: &[],
            external: None,
            presets: &[],
            samples: &[],
        }
    }
}

impl Format for TextLog {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    fn fields(&self) -> Vec<Field> {
        field::fields(self.fields)
    }
    fn reads(&self, framing: Framing) -> bool {
        framing == Framing::Lines || self.json.is_some()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing == Framing::Json {
            return self.json.map_or(Sniff::No, |json| json.sniff(head));
        }
        head.most(self.what, |line| (self.is)(line))
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        if let (Framing::Json, Some(json)) = (head.framing, self.json) {
            return json.decoder_of(&field::json_fields(self.fields));
        }
        let layout = Layout::fixed(self.fields, usize::MAX).time_from(self.time);
        let layout = if self.counts.is_empty() { layout } else { layout.only(self.counts) };
        Box::new(TextLogDecoder {
            layout,
            tokens: Tokens::default(),
            cut: self.cut,
            form: self.form,
            extra: self.extra,
            extras: Vec::new(),
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
    fn identity(&self) -> &'static [&'static str] {
        self.identity
    }
    fn presets(&self) -> &'static [Preset] {
        self.presets
    }
    fn samples(&self) -> &'static [Sample] {
        self.samples
    }
}

/// The decoder of all these logs.
struct TextLogDecoder {
    layout: Layout,
    tokens: Tokens,
    cut: Cut,
    form: fn(&[u8]) -> bool,
    extra: &'static str,
    /// The columns of tokens behind the table's, once a row has asked for them; `None` where the table is full.
    extras: Vec<Option<usize>>,
}

/// How many tokens behind the table's are kept.
const MOST_EXTRA: usize = 32;

impl TextLogDecoder {
    /// Writes the tokens behind the table's.
    fn extras(&mut self, bytes: &[u8], row: &mut RowWriter<'_>) {
        for i in 0.. {
            let Some((_, token)) = self.tokens.get(bytes, self.layout.tokens() + i) else { return };
            if matches!(token, b"" | b"-") {
                continue;
            }
            while self.extras.len() <= i {
                let name = format!("{}.{}", self.extra, self.extras.len() + 1);
                self.extras.push(row.column(&name));
            }
            if let Some(Some(column)) = self.extras.get(i) {
                row.set(*column, Cell::Text(token));
            }
        }
    }
}

impl Decoder for TextLogDecoder {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let bytes = record.bytes;
        if (self.form)(bytes) {
            return Ok(Decoded::Form);
        }
        let extra = if self.extra.is_empty() { 0 } else { MOST_EXTRA };
        if let Err((at, expected)) = (self.cut)(bytes, &mut self.tokens, self.layout.cut() + extra) {
            return Err(Fault::new(bytes, at, expected));
        }
        let time = self.layout.read(bytes, &self.tokens, row)?;
        if extra > 0 && self.tokens.len() > self.layout.tokens() {
            self.extras(bytes, row);
        }
        if let Some(micros) = time.or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}
