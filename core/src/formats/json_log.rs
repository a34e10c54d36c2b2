//! A log of JSON records that is a description and nothing else: what its records are recognised by, its field table,
//! where its times stand. One decoder reads all of these.
//!
//! Not for logs whose decoder remembers something from record to record, or makes several kinds of rows of one table:
//! those implement [`Format`] themselves.

use super::{
    Decoded, Decoder, Fault, Format, Framing, Head, Meta, Precedence, Preset, Record, Sample, Sniff, Span,
    field::json::{self, Json, JsonColumns, JsonField, JsonRow, Reader, Values},
};
use logloupe_table::external::ExternalSchema;
use logloupe_table::{Field, Row, RowWriter, Unit};

/// A log of JSON records, described. Begin with [`JsonLog::new`] and set what it has:
///
/// ```text
/// pub static LOG: JsonLog = JsonLog { fields: &[FIELDS], marks: MARKS, time: &["timestamp"], …, ..JsonLog::new(META) };
/// ```
pub struct JsonLog {
    /// Who it is.
    pub meta: Meta,
    /// Its columns: tables that follow one another, so that logs can share some.
    pub fields: &'static [&'static [JsonField]],
    /// The paths by which its records are recognised. All records that count have the last part of the first one as a
    /// key: content without it is not looked at any closer.
    pub marks: &'static [&'static str],
    /// Whether a record with these values at `marks` is this log's. By default, if there is a value at each.
    pub is: fn(&Marks<'_>) -> bool,
    /// Why a record that is not this log's, told by its values at `marks`, is put aside: what the vendor delivers to the
    /// same place. By default none is.
    pub aside: fn(&Marks<'_>) -> Option<&'static str>,
    /// What is said of recognised records, in words that follow "5 of the first 7 records ".
    pub what: &'static str,
    /// See [`Format::precedence`].
    pub precedence: Precedence,
    /// Where a record's time stands, the best first: ISO 8601, or a number since 1970, whose size tells its unit.
    pub time: &'static [&'static str],
    /// The texts that stand for no value, besides the empty one: `-` of some logs.
    pub none: &'static [&'static str],
    /// How records may spell the paths: as the tables do, and in other ways ([`json::pascal`]).
    pub spellings: &'static [fn(&str) -> String],
    /// Paths of values that [`derive`](Self::derive) needs and no column has.
    pub extra: &'static [&'static str],
    /// The names of the columns that [`derive`](Self::derive) sets.
    pub derived: &'static [&'static str],
    /// Sets columns that are neither at a path nor to be computed from other columns when they are asked for: given the
    /// record's values ([`JsonRow::extra`]) and the places of the columns `derived`. A fault rejects the record.
    pub derive: fn(&mut JsonRow<'_>, &[usize], &mut RowWriter<'_>) -> Result<(), Fault>,
    /// See [`Format::pairs`].
    pub pairs: &'static [&'static str],
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

/// The values of a record at a log's [`marks`](JsonLog::marks).
#[derive(Clone, Copy, Debug)]
pub struct Marks<'a> {
    values: Values<'a>,
    from: usize,
    count: usize,
}

impl<'a> Marks<'a> {
    /// The value at mark `i`.
    pub fn get(&self, i: usize) -> Json<'a> {
        self.values.get(self.from + i)
    }
    /// Whether there is a value at each mark.
    pub fn all(&self) -> bool {
        (0..self.count).all(|i| self.get(i).is_some())
    }
}

impl JsonLog {
    /// A description with nothing but a name, to be completed.
    pub const fn new(meta: Meta) -> JsonLog {
        JsonLog {
            meta,
            fields: &[],
            marks: &[],
            is: |marks| marks.all(),
            aside: |_| None,
            what: "have its members",
            precedence: Precedence::Own,
            time: &[],
            none: &[],
            spellings: &[str::to_owned],
            extra: &[],
            derived: &[],
            derive: |_, _, _| Ok(()),
            pairs: &[],
            summary: |row| vec![Span::strong(row.show("@timestamp"))],
            identity: &[],
            sources: &[],
            external: None,
            presets: &[],
            samples: &[],
        }
    }
    /// A decoder that writes to the columns of `fields` in their order, in place of the log's own.
    pub(super) fn decoder_of(&self, fields: &[JsonField]) -> Box<dyn Decoder> {
        let extra: Vec<&str> = [self.extra, self.time, self.marks].concat();
        let place = |name: &&str| fields.iter().position(|f| f.field.name == *name).unwrap_or(usize::MAX);
        Box::new(JsonLogDecoder {
            forms: self
                .spellings
                .iter()
                .map(|spell| JsonColumns::spelled(fields, &extra, spell).without(self.none))
                .collect(),
            keys: self.keys().collect(),
            places: self.derived.iter().map(place).collect(),
            time: self.extra.len()..self.extra.len() + self.time.len(),
            marks: self.marks,
            is: self.is,
            aside: self.aside,
            derive: self.derive,
        })
    }
    /// The last part of the first mark in each spelling, as it stands in a record.
    fn keys(&self) -> impl Iterator<Item = String> {
        let last = self.marks.first().and_then(|mark| mark.rsplit('.').next()).unwrap_or_default();
        self.spellings.iter().map(move |spell| format!("\"{}\"", spell(last)))
    }
}

impl Format for JsonLog {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    fn fields(&self) -> Vec<Field> {
        self.fields.iter().copied().flatten().map(|f| f.field.clone()).collect()
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Json {
            return Sniff::No;
        }
        // Thirty logs are asked of each of ten thousand files: those that lack a word are not read.
        let has =
            |key: &str| head.most("", |r| memchr::memmem::find(r, key.as_bytes()).is_some()) != Sniff::No;
        if !self.keys().any(|key| has(&key)) {
            return Sniff::No;
        }
        let reader = |spell: &fn(&str) -> String| {
            let marks: Vec<String> = self.marks.iter().map(|mark| spell(mark)).collect();
            Reader::new(&marks.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let mut readers: Vec<Reader> = self.spellings.iter().map(reader).collect();
        let sniff = head.most(self.what, |record| {
            readers.iter_mut().any(|reader| {
                let count = self.marks.len();
                reader.read(record).is_ok_and(|values| (self.is)(&Marks { values, from: 0, count }))
            })
        });
        match sniff {
            Sniff::Certain(reason) if self.precedence < Precedence::Own => Sniff::Maybe(reason),
            other => other,
        }
    }
    fn precedence(&self) -> Precedence {
        self.precedence
    }
    fn decoder(&self, _: &Head<'_>) -> Box<dyn Decoder> {
        let fields: Vec<JsonField> = self.fields.iter().copied().flatten().cloned().collect();
        self.decoder_of(&fields)
    }
    fn pairs(&self) -> &'static [&'static str] {
        self.pairs
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
struct JsonLogDecoder {
    /// One per spelling, and the key that tells which.
    forms: Vec<JsonColumns>,
    keys: Vec<String>,
    /// The places of derived columns.
    places: Vec<usize>,
    /// The places of the times among the extra values; marks stand behind them.
    time: std::ops::Range<usize>,
    marks: &'static [&'static str],
    is: fn(&Marks<'_>) -> bool,
    aside: fn(&Marks<'_>) -> Option<&'static str>,
    derive: fn(&mut JsonRow<'_>, &[usize], &mut RowWriter<'_>) -> Result<(), Fault>,
}

impl JsonLogDecoder {
    /// Decodes a record in this spelling; `None` if it is not the log's in it, before anything is written.
    fn decode_as(
        &mut self,
        form: usize,
        record: &Record<'_>,
        row: &mut RowWriter<'_>,
    ) -> Result<Option<Decoded>, Fault> {
        let (first, count) = (self.time.end, self.marks.len());
        let mut read = self.forms[form].read(record.bytes)?;
        let (values, from) = read.values(first);
        let marks = Marks { values, from, count };
        if !(self.is)(&marks) {
            return Ok((self.aside)(&marks).map(Decoded::Skipped));
        }
        for i in self.time.clone() {
            let Some(text) = read.extra(i).text().filter(|_| !read.stands_for_none(read.extra(i))) else {
                continue;
            };
            let Some(micros) = json::point(&text, Unit::None) else {
                let what = "a time: ISO 8601, or a number since 1970";
                return Err(Fault::new(record.bytes, read.extra_at(i), what));
            };
            row.timestamp(micros);
            break;
        }
        if let Some(micros) = record.envelope_time
            && row.time().is_none()
        {
            row.timestamp(micros);
        }
        (self.derive)(&mut read, &self.places, row)?;
        read.write(row);
        Ok(Some(Decoded::Row))
    }
}

impl Decoder for JsonLogDecoder {
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        // Told by a word, so that most records are read once; the word may stand elsewhere in one of another spelling.
        let spelled = |key: &String| memchr::memmem::find(record.bytes, key.as_bytes()).is_some();
        let told = if self.keys.len() > 1 { self.keys.iter().position(spelled).unwrap_or(0) } else { 0 };
        let others = (0..self.forms.len()).filter(|form| *form != told);
        for form in std::iter::once(told).chain(others) {
            if let Some(decoded) = self.decode_as(form, record, row)? {
                return Ok(decoded);
            }
        }
        Err(unlike(record.bytes, self.marks))
    }
}

#[cold]
fn unlike(record: &[u8], marks: &[&str]) -> Fault {
    Fault::new(record, 0, format!("a record with {}", marks.join(", ")))
}
