//! Fields and schemas: the names, kinds, units and roles of columns. Not the data.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Cell;

/// What a column holds.
///
/// A duration is a [`Kind::Float`] or [`Kind::Int`] with a time [`Unit`]: the number that stands in the log
/// keeps its value, so that a pasted `target_processing_time > 1` means what it means at the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// UTF-8 text (invalid bytes are kept and shown replaced).
    Text,
    /// 64-bit signed integer.
    Int,
    /// 64-bit float; packed as decimals where that is exact.
    Float,
    /// True or false.
    Bool,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Time,
    /// An IPv4 or IPv6 address, kept as written.
    Ip,
}

impl Kind {
    /// The word for this kind on screen and in `formats --json`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Int => "integer",
            Kind::Float => "float",
            Kind::Bool => "boolean",
            Kind::Time => "time",
            Kind::Ip => "ip",
        }
    }
    /// Whether values are numbers that may be summed.
    pub fn is_number(self) -> bool {
        matches!(self, Kind::Int | Kind::Float)
    }
}

/// What a number counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// A plain number, or no number at all.
    None,
    /// Bytes.
    Bytes,
    /// Network packets.
    Packets,
    /// Seconds of a duration.
    Seconds,
    /// Milliseconds of a duration.
    Millis,
    /// Seconds since 1970 (a point in time written as a number).
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
}

impl Unit {
    /// The unit's symbol, empty for [`Unit::None`].
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::None => "",
            Unit::Bytes => "B",
            Unit::Packets => "packets",
            Unit::Seconds => "s",
            Unit::Millis => "ms",
            Unit::EpochSeconds => "s since 1970",
            Unit::EpochMillis => "ms since 1970",
        }
    }
}

/// How a column is used: chooses default facets, charts and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Few distinct values that people group and filter by.
    Dimension,
    /// A number that is summed, averaged, charted.
    Measure,
    /// Many distinct values, looked up one at a time (request ids, URLs).
    Identifier,
    /// A point in time.
    Timestamp,
    /// The outcome: status codes, error codes, ACCEPT and REJECT.
    Status,
}

/// One column's name and meaning. The same line serves schema, documentation and name resolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The vendor's own name in the log, or the common (ECS) name of a derived column.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    /// What its number means.
    pub unit: Unit,
    /// How it is used.
    pub role: Role,
    /// Other names that reach it: CloudWatch Insights, Athena, ECS.
    pub aliases: &'static [&'static str],
    /// One sentence for people.
    pub doc: &'static str,
    /// Where records of JSON may have its value besides the path that its name is, in the order in which they are asked.
    pub also: &'static [&'static str],
    /// Its value as an expression over the columns of Athena's table, NULL where it has none; needed only where the
    /// column that [the table](crate::external::AthenaTable::column_of) has for it is not enough.
    pub athena: Option<&'static str>,
    /// Its name in CloudWatch Logs Insights where that is another one, with all that leads to it.
    pub insights: Option<&'static str>,
    /// The log has nothing of that name: its format makes the column of other fields. No other engine is asked for it.
    pub made: bool,
    /// How its values follow from those of other columns of the row, if they do; see [`Computed`].
    pub computed: Option<&'static Computed>,
    /// The list of the record of which each item may have a value of this field, by its path or another name: a row then
    /// has [several](crate::several). Only for text, addresses and numbers.
    pub each: Option<&'static str>,
}

/// How a column's values follow from those of other columns of the same row. Nothing is stored when a row is read: a
/// chunk's values are made when a query first asks for the column, and stay.
#[derive(Debug)]
pub struct Computed {
    /// The names of the columns that it is computed from, none of them computed itself.
    pub from: &'static [&'static str],
    /// The value, given those of `from` in that order; text may be put together in the buffer, which is empty.
    pub value: for<'a> fn(&[Cell<'a>], &'a mut Vec<u8>) -> Cell<'a>,
}

impl PartialEq for Computed {
    fn eq(&self, other: &Computed) -> bool {
        self.from == other.from && std::ptr::fn_addr_eq(self.value, other.value)
    }
}

impl Field {
    /// A field, for static tables.
    pub const fn new(name: &'static str, kind: Kind, role: Role) -> Field {
        Field {
            name: Cow::Borrowed(name),
            kind,
            unit: Unit::None,
            role,
            aliases: &[],
            doc: "",
            also: &[],
            athena: None,
            insights: None,
            made: false,
            computed: None,
            each: None,
        }
    }
    /// Sets the unit.
    pub const fn unit(mut self, unit: Unit) -> Field {
        self.unit = unit;
        self
    }
    /// Sets the other names.
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Field {
        self.aliases = aliases;
        self
    }
    /// Sets the sentence for people.
    pub const fn doc(mut self, doc: &'static str) -> Field {
        self.doc = doc;
        self
    }
    /// Sets further paths.
    pub const fn also(mut self, paths: &'static [&'static str]) -> Field {
        self.also = paths;
        self
    }
    /// Sets the expression over Athena's table.
    pub const fn athena(mut self, sql: &'static str) -> Field {
        self.athena = Some(sql);
        self
    }
    /// Sets the name in CloudWatch Logs Insights.
    pub const fn insights(mut self, name: &'static str) -> Field {
        self.insights = Some(name);
        self
    }
    /// Says that the log has nothing of that name.
    pub const fn made(mut self) -> Field {
        self.made = true;
        self
    }
    /// Has its values computed from other columns. No log has them under this name.
    pub const fn computed(mut self, computed: &'static Computed) -> Field {
        self.computed = Some(computed);
        self.made = true;
        self
    }
    /// Says that each item of the list at this path may have a value.
    pub const fn each(mut self, list: &'static str) -> Field {
        self.each = Some(list);
        self
    }
    /// A text field found in the data, such as an unknown column of a header.
    pub fn found(name: &str) -> Field {
        Field {
            name: Cow::Owned(name.to_owned()),
            doc: "found in the log, not in the format's table of fields",
            ..Field::new("", Kind::Text, Role::Identifier)
        }
    }
    /// Whether `name` is this field's name or one of its aliases, letter case aside.
    pub fn answers_to(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
    }
}

/// The columns of a table: the built-in ones first, then the format's, then those found in the data.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    fields: Vec<Field>,
}

/// Column index of `@timestamp`: when the event happened, in every table.
pub const TIMESTAMP: usize = 0;
/// Column index of `@source`: the index of the file in the shard's sources.
pub const SOURCE: usize = 1;
/// Column index of `@line`: where in the inflated file the record begins, from 1.
pub const LINE: usize = 2;
/// Column index of `@record`: the record's place in its file, from 1.
pub const RECORD: usize = 3;
/// How many built-in columns stand before a format's own.
pub const BUILTINS: usize = 4;

impl Schema {
    /// The built-in columns followed by the format's.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Schema {
        let mut all = vec![
            Field::new("@timestamp", Kind::Time, Role::Timestamp).doc("when the event happened, UTC"),
            Field::new("@source", Kind::Text, Role::Dimension)
                .doc("the file, with the path inside an archive"),
            Field::new("@line", Kind::Int, Role::Identifier)
                .doc("the line at which the record begins, from 1"),
            Field::new("@record", Kind::Int, Role::Identifier).doc("the record's place in its file, from 1"),
        ];
        all.extend(fields);
        Schema { fields: all }
    }
    /// All fields in column order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
    /// The field of a column.
    pub fn field(&self, column: usize) -> &Field {
        &self.fields[column]
    }
    /// The column that `name` means: exact name, then alias, then either in another letter case.
    pub fn find(&self, name: &str) -> Option<usize> {
        let exact = |f: &Field| f.name == name || f.aliases.contains(&name);
        (self.fields.iter().position(|f| f.name == name))
            .or_else(|| self.fields.iter().position(exact))
            .or_else(|| self.fields.iter().position(|f| f.answers_to(name)))
    }
    pub(crate) fn push(&mut self, field: Field) -> usize {
        self.fields.push(field);
        self.fields.len() - 1
    }
}

/// Names that every row answers to, and names that the vendor's logs service gives to every event.
pub const BUILT_IN: &[&str] = &[
    "@timestamp",
    "@message",
    "@format",
    "@source",
    "@line",
    "@record",
    "@duplicate",
    "@logStream",
    "@log",
    "@ingestionTime",
    "@carrier",
    "@ptr",
    "@entity",
];
