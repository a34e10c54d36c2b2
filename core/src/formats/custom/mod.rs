//! Formats that users describe: by a template of a record or by a regular expression with named groups, in a small file.
//!
//! Reading order: [`Custom`] (a description that was understood, as a [`Format`]), [`Registry`] (where they are kept),
//! [`template`] (what a record looks like), `scan` and `clock` (values and where they end), `expression`, [`file`](mod@file)
//! (the description as JSON).
//!
//! Not these: formats that are code ([`Format`] is implemented outside this crate too), and what a file's owner says of a log
//! that is known ([`Settings`]).
//!
//! Decisions: such a format claims files of which most records fit, before those that read any text and behind those that
//! know a log of their own; it is `Maybe` at most. A name that programs usually have for something (`user`, `msg`) is found
//! under that thing's common name too. The first time of a record is its `@timestamp`. What does not fit is rejected, with
//! the place at which it stopped fitting.

mod clock;
mod expression;
pub mod file;
mod registry;
mod scan;
mod template;
#[cfg(test)]
mod tests;

pub use registry::Registry;

use std::sync::{Arc, LazyLock};

use super::{
    Decoded, Decoder, Family, Fault, Format, Framing, Head, JsonPart, Meta, Precedence, Preset, Record,
    Sample, Settings, Sniff, Span,
    field::usual::{self, FIELDS, SOURCE_IP},
    program_log,
};
use expression::{Expression, States};
use logloupe_table::{
    Cell, Field, Kind, Role, Row, RowWriter, Unit,
    custom::{Definition, FieldKind, Problem, Shape},
    external::ExternalSchema,
};
use scan::Found;
use template::{Stop, Template, TemplateField};

/// The longest id, and the longest name.
const LONGEST_ID: usize = 40;
const LONGEST_NAME: usize = 120;
/// The most lines of samples, and the most bytes of them.
const MOST_SAMPLES: usize = 100;
const LONGEST_SAMPLES: usize = 64 << 10;

/// A description that was understood, without being kept.
#[derive(Debug)]
pub struct Custom {
    shape: Matcher,
    starts: Option<Matcher>,
    ahead: i32,
    year: Option<i32>,
}

#[derive(Debug)]
enum Matcher {
    Template(Template),
    Expression(Box<Expression>),
}

impl Matcher {
    fn new(shape: &Shape, part: &str, kinds: &[(String, String)]) -> Result<Matcher, Problem> {
        Ok(match shape {
            Shape::Template(text) => Matcher::Template(Template::new(text, part)?),
            Shape::Pattern(text) => Matcher::Expression(Box::new(Expression::new(text, part, kinds)?)),
        })
    }
    fn fields(&self) -> &[TemplateField] {
        match self {
            Matcher::Template(template) => &template.fields,
            Matcher::Expression(expression) => &expression.fields,
        }
    }
    fn walk<'a>(
        &self,
        text: &'a [u8],
        settings: &Settings,
        states: &mut States,
        found: &mut Vec<Option<Found<'a>>>,
    ) -> Result<(), Stop> {
        match self {
            Matcher::Template(template) => template.walk(text, settings, true, found),
            Matcher::Expression(expression) => expression.walk(text, settings, states, found),
        }
    }
    /// Whether a line begins like this.
    fn begins(&self, line: &[u8], settings: &Settings) -> bool {
        match self {
            Matcher::Template(template) => template.walk(line, settings, false, &mut Vec::new()).is_ok(),
            Matcher::Expression(expression) => expression.begins(line),
        }
    }
}

/// What is wrong with a part of a definition as a whole.
fn wrong(part: &str, text: &str, message: impl Into<String>, help: &str) -> Problem {
    Problem { part: part.to_owned(), from: 0, to: text.len(), message: message.into(), help: help.to_owned() }
}

impl Custom {
    /// Understands a description; its id and its name are not looked at.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn new(definition: &Definition) -> Result<Custom, Problem> {
        let part = match definition.shape {
            Shape::Template(_) => "template",
            Shape::Pattern(_) => "pattern",
        };
        let shape = Matcher::new(&definition.shape, part, &definition.kinds)?;
        if part == "template" && !definition.kinds.is_empty() {
            let help = "a template says kinds itself: `%{int:name}`";
            return Err(wrong("kinds", "", "kinds are said of an expression's groups", help));
        }
        let starts = match definition.starts.as_deref().filter(|text| !text.trim().is_empty()) {
            None => None,
            Some(text) => {
                let starts = match definition.shape {
                    Shape::Template(_) => Shape::Template(text.to_owned()),
                    Shape::Pattern(_) => Shape::Pattern(text.to_owned()),
                };
                Some(Matcher::new(&starts, "starts", &[])?)
            }
        };
        Ok(Custom { shape, starts, ahead: definition.ahead, year: definition.year })
    }
    /// Its columns.
    pub fn fields(&self) -> Vec<Field> {
        self.kept().map(|(_, field)| column(field)).collect()
    }
    /// The fields that are columns, with their places.
    fn kept(&self) -> impl Iterator<Item = (usize, &TemplateField)> {
        self.shape.fields().iter().enumerate().filter(|(_, field)| !field.name.is_empty())
    }
    /// Whether records go over several lines.
    pub fn spans_lines(&self) -> bool {
        self.starts.is_some()
    }
    /// What the user says of a file, and what the description says where they do not.
    fn settings(&self, said: &Settings) -> Settings {
        let ahead = if said.ahead == 0 { self.ahead } else { said.ahead };
        Settings { ahead, year: said.year.or(self.year), ..said.clone() }
    }
    /// Records of lines.
    fn joined(&self, lines: &[&[u8]], settings: &Settings) -> Vec<Vec<u8>> {
        let Some(starts) = &self.starts else { return lines.iter().map(|line| line.to_vec()).collect() };
        let mut records: Vec<Vec<u8>> = Vec::new();
        for line in lines {
            match records.last_mut() {
                Some(record) if !starts.begins(line, settings) => {
                    record.push(b'\n');
                    record.extend_from_slice(line);
                }
                _ => records.push(line.to_vec()),
            }
        }
        records
    }
    /// How many of a head's records fit, and of how many.
    fn fits(&self, head: &Head<'_>) -> (usize, usize) {
        let settings = self.settings(head.settings);
        let mut records = self.joined(head.records, &settings);
        // The last one may go on behind the head.
        if self.starts.is_some() && records.len() > 1 && head.records.len() > 8 {
            records.pop();
        }
        let mut states = None;
        let fit =
            |record: &&Vec<u8>| self.shape.walk(record, &settings, &mut states, &mut Vec::new()).is_ok();
        (records.iter().filter(fit).count(), records.len())
    }
}

/// A decoder of a description, for a file of which the user says this.
pub(crate) fn decoder(custom: &Arc<Custom>, said: &Settings) -> Box<dyn Decoder> {
    let columns = custom.kept().enumerate().map(|(column, (place, _))| (place, column)).collect();
    Box::new(CustomDecoder {
        custom: custom.clone(),
        settings: custom.settings(said),
        columns,
        states: None,
        scratch: Vec::new(),
    })
}

/// The column of a field: its kind, how it is used, and the common name of what it is called.
fn column(field: &TemplateField) -> Field {
    use FieldKind as F;
    let (kind, role) = match field.kind {
        F::Int | F::Float | F::Duration | F::Bytes => {
            let kind = if matches!(field.kind, F::Int | F::Bytes) { Kind::Int } else { Kind::Float };
            (kind, Role::Measure)
        }
        F::Status => (Kind::Int, Role::Status),
        F::Level => (Kind::Text, Role::Status),
        F::Ip => (Kind::Ip, Role::Dimension),
        F::Time => (Kind::Time, Role::Timestamp),
        F::Word | F::Text => (Kind::Text, Role::Dimension),
        F::Json | F::Quoted | F::Rest | F::Skip => (Kind::Text, Role::Identifier),
    };
    let unit = match field.kind {
        F::Bytes => Unit::Bytes,
        F::Duration => Unit::Millis,
        _ => Unit::None,
    };
    let meant = match field.kind {
        F::Time => None,
        F::Level => Some(usual::LEVEL),
        F::Ip if usual::has(usual::ADDRESSES, field.name.as_bytes()) => Some(SOURCE_IP),
        _ => usual::place(field.name.as_bytes()),
    };
    let usual = meant.and_then(|place| FIELDS.get(place)).map(|f| &f.field);
    // A number called like a text is none of those.
    let usual = usual.filter(|usual| usual.kind == kind || kind == Kind::Text && usual.kind == Kind::Int);
    let role = match usual {
        Some(usual) if kind == Kind::Text && usual.role != Role::Measure => usual.role,
        _ => role,
    };
    let aliases = meant.filter(|_| usual.is_some()).and_then(|place| COMMON_NAMES.get(place)).copied();
    let own = |aliases: &&[&str]| !aliases.contains(&field.name.as_str());
    let described = Field::new("", kind, role).unit(unit).doc(field.kind.doc());
    Field {
        name: field.name.clone().into(),
        aliases: aliases.filter(own).unwrap_or_default(),
        made: true,
        ..described
    }
}

/// The common name of each usual field, as a list of other names. Made once and kept: some twenty names.
static COMMON_NAMES: LazyLock<Vec<&'static [&'static str]>> = LazyLock::new(|| {
    let name = |field: &super::field::json::JsonField| -> &'static [&'static str] {
        let name: &'static str = Box::leak(field.field.name.to_string().into_boxed_str());
        Box::leak(Box::new([name]))
    };
    FIELDS.iter().map(name).collect()
});

/// The decoder.
struct CustomDecoder {
    custom: Arc<Custom>,
    settings: Settings,
    /// The place of each field that is kept, and its column.
    columns: Vec<(usize, usize)>,
    states: States,
    scratch: Vec<u8>,
}

impl Decoder for CustomDecoder {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        self.custom.starts.as_ref().is_some_and(|starts| !starts.begins(line, &self.settings))
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let text = record.bytes;
        let mut found = Vec::with_capacity(self.columns.len());
        self.custom
            .shape
            .walk(text, &self.settings, &mut self.states, &mut found)
            .map_err(|Stop { at, expected }| Fault::new(text, at, expected))?;
        let mut time = None;
        for (place, column) in &self.columns {
            let Some(Some(value)) = found.get(*place) else { continue };
            match value {
                Found::Cell(cell) => {
                    if let Cell::Time(micros) = cell {
                        time = time.or(Some(*micros));
                    }
                    row.set(*column, *cell);
                }
                Found::Escaped(inside, mark) => {
                    self.scratch.clear();
                    scan::unescape(inside, *mark, &mut self.scratch);
                    row.set(*column, Cell::Text(&self.scratch));
                }
            }
        }
        if let Some(micros) = time.or(record.envelope_time) {
            row.timestamp(micros);
        }
        Ok(Decoded::Row)
    }
}

/// A format that is kept for as long as the program runs.
#[derive(Debug)]
struct CustomFormat {
    meta: Meta,
    custom: Arc<Custom>,
    presets: &'static [Preset],
    samples: &'static [Sample],
}

impl Format for CustomFormat {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    fn fields(&self) -> Vec<Field> {
        self.custom.fields()
    }
    fn precedence(&self) -> Precedence {
        Precedence::Custom
    }
    fn spans_lines(&self) -> bool {
        self.custom.spans_lines()
    }
    fn json(&self) -> JsonPart {
        let json = |field: &TemplateField| field.kind == FieldKind::Json;
        if self.custom.shape.fields().iter().any(json) { JsonPart::Fragment } else { JsonPart::None }
    }
    fn sniff(&self, head: &Head<'_>) -> Sniff {
        if head.framing != Framing::Lines {
            return Sniff::No;
        }
        match self.custom.fits(head) {
            (0, _) => Sniff::No,
            (fit, all) if fit * 2 < all => Sniff::No,
            (1, 1) => Sniff::Maybe("the first record is as its description says".to_owned()),
            (fit, all) => {
                Sniff::Maybe(format!("{fit} of the first {all} records are as its description says"))
            }
        }
    }
    fn decoder(&self, head: &Head<'_>) -> Box<dyn Decoder> {
        decoder(&self.custom, head.settings)
    }
    fn summary(&self, row: &Row<'_>) -> Vec<Span> {
        program_log::summary(row)
    }
    fn external(&self) -> Option<&'static ExternalSchema> {
        Some(&program_log::EXTERNAL)
    }
    fn presets(&self) -> &'static [Preset] {
        self.presets
    }
    fn samples(&self) -> &'static [Sample] {
        self.samples
    }
}

/// Questions to a log with these columns.
fn presets(fields: &[Field]) -> Vec<(String, String)> {
    let written = |field: &Field| match field.name.contains('-') {
        true => format!("`{}`", field.name),
        false => field.name.to_string(),
    };
    let mut asked = Vec::new();
    let of = |role: Role| fields.iter().filter(move |field| field.role == role);
    if let Some(status) = of(Role::Status).next() {
        let (name, by) = (&status.name, written(status));
        asked.push((
            format!("Records over time, by {name}"),
            format!("stats count(*) as records by bin(5m), {by}"),
        ));
    } else {
        asked.push(("Records over time".to_owned(), "stats count(*) as records by bin(5m)".to_owned()));
    }
    for field in of(Role::Dimension).take(3) {
        let (name, by) = (&field.name, written(field));
        asked.push((
            format!("Records by {name}"),
            format!("stats count(*) as records by {by} | sort records desc | limit 50"),
        ));
    }
    if let Some(field) = of(Role::Measure).next() {
        let (name, of) = (&field.name, written(field));
        asked.push((
            format!("How {name} changes over time"),
            format!("stats avg({of}) as average, pct({of}, 95) as p95, max({of}) as most by bin(5m)"),
        ));
    }
    asked
}
