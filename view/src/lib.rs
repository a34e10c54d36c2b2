//! What a screen shows of loaded logs: how many events when, which values how often, which rows in which order, one row
//! in full. Plain data in, plain data out; all of it merges over shards to exactly what one shard would have said.
//!
//! Reading order: this file (the data), [`coordinator`] (what to ask of the shards next), [`part`] (what travels between
//! the two), then what a view consists of: [`histogram`], [`facets`], [`order`] with [`sorting`] and [`window`]; and
//! [`export`], rows as text.
//!
//! Not here: pixels, colours, text of the page; formats and the query engine, which one shard needs to answer
//! (`logloupe-answer`). So the page links this crate, and what it must not link is not among its dependencies.

pub mod coordinator;
pub mod export;
pub mod facets;
pub mod histogram;
pub mod order;
pub mod part;
pub mod sorting;
pub mod window;

use serde::{Deserialize, Serialize};

use logloupe_syntax::{Diagnostic, Language};
use logloupe_table::{Span, Value};

/// Events per interval of time, stacked by format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Start of the first bar, microseconds since 1970.
    pub start: i64,
    /// Width of a bar, microseconds.
    pub step: i64,
    /// How many bars there are.
    pub bars: usize,
    /// One series per format that has an event, ordered by format id; each has `bars` counts.
    pub series: Vec<Series>,
    /// Matching events that have no time, or one outside the bars.
    pub outside: u64,
}

/// The bars of one format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The format's id.
    pub format: String,
    /// Events per bar.
    pub counts: Vec<u64>,
}

/// How often each value of a field occurs among the matching events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facet {
    /// The field's name as asked for.
    pub field: String,
    /// The commonest values, most frequent first (ties by text), with exact counts.
    pub values: Vec<(String, u64)>,
    /// How many different values there are; `None` where that is not known without a second look.
    pub distinct: Option<u64>,
    /// Matching events that have the field.
    pub present: u64,
    /// Matching events that do not.
    pub missing: u64,
}

/// Names a row for as long as the logs stay loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowId {
    /// The worker that holds it.
    pub shard: u32,
    /// The table there.
    pub table: u32,
    /// The row there.
    pub row: u32,
}

/// A row as the grid shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GridRow {
    /// Which row.
    pub id: RowId,
    /// `@timestamp`, microseconds since 1970.
    pub time: Option<i64>,
    /// `@format`.
    pub format: String,
    /// The row as a sentence.
    pub summary: Vec<Span>,
    /// `event.outcome` where the format has one: success, failure, unknown.
    pub outcome: String,
    /// The values of the columns asked for, in that order.
    pub cells: Vec<Value>,
}

/// A row in full.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Which row.
    pub id: RowId,
    /// `@format`.
    pub format: String,
    /// The format's title.
    pub title: String,
    /// `@timestamp`.
    pub time: Option<i64>,
    /// `@source`.
    pub source: String,
    /// `@line`.
    pub line: u64,
    /// `@record`.
    pub record: u64,
    /// The row as a sentence.
    pub summary: Vec<Span>,
    /// Every column that has a value, in table order, then every other leaf of a JSON record.
    pub fields: Vec<DetailField>,
    /// The raw record, invalid bytes replaced.
    pub raw: String,
    /// Whether the record is JSON.
    pub json: bool,
}

/// One field of a [`Detail`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetailField {
    /// Its name, as a query would say it.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// One sentence on the field, empty if unknown.
    pub doc: String,
    /// Its unit's symbol.
    pub unit: String,
    /// Whether it is a column of the format (else a path of the JSON record).
    pub column: bool,
}

/// What one view asks for; see the fields. Equal requests give equal answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewRequest {
    /// The query's text.
    pub query: String,
    /// The language that is switched on; a text that is clearly of another one is read in that.
    pub language: Language,
    /// Only events in `[from, to)`, microseconds: the brush.
    pub time: Option<(i64, i64)>,
    /// Start, step and number of the histogram's bars. The histogram ignores `time`, so that what lies outside the
    /// brush stays visible.
    pub bars: (i64, i64, usize),
    /// The fields whose values are counted.
    pub facets: Vec<String>,
    /// How many values of each are wanted.
    pub facet_values: usize,
}

impl ViewRequest {
    /// How many values of this field are wanted: which logs there are is told whole.
    pub fn values_of(&self, field: &str) -> usize {
        const LOGS: usize = 100;
        if field == "@format" { self.facet_values.max(LOGS) } else { self.facet_values }
    }
}

/// What a view answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Events loaded.
    pub total: u64,
    /// Events that match the query's filters and the brush.
    pub matched: u64,
    /// Events over time, brush ignored.
    pub histogram: Histogram,
    /// The facets in the order asked for.
    pub facets: Vec<Facet>,
    /// Remarks on names of which no row has a value: they explain an answer without rows.
    pub absent: Vec<Diagnostic>,
}
