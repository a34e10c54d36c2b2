//! The commands that look at rows side by side or make other rows of them.

use super::{E, Period, PeriodUnit, Spanned, WindowCall};
use logloupe_table::Value;

/// A command over rows or over a table of results.
#[derive(Clone, Debug, PartialEq)]
pub enum TableCommand {
    /// `unnest list into name`: a row for each item of a list.
    Unnest {
        /// The list.
        list: E,
        /// What an item is called; the list's own name if left out (`expand`).
        name: Option<Spanned<String>>,
    },
    /// `pattern field`: how often each shape of text occurs.
    Pattern(E),
    /// `sessionize a, b maxspan 30m as id`: which rows follow each other closely.
    Sessionize {
        /// What the rows of a session have in common.
        keys: Vec<E>,
        /// The longest pause inside a session; [`PAUSE`] if left out.
        pause: Option<Period>,
        /// What the session's number is called; [`SESSION`] if left out.
        name: Option<Spanned<String>>,
    },
    /// `countFrequent a, b`: how often each combination occurs, the most frequent first.
    CountFrequent(Vec<E>),
    /// `fillmissing with 0 for n`: rows for the intervals that a `stats … by bin(…)` has none for.
    FillMissing(Vec<(Spanned<Value>, Spanned<String>)>),
    /// `filldown a b*`: the last value in place of a missing one.
    FillDown(Vec<Spanned<FieldNames>>),
    /// `accum field as name`: the sum so far.
    Accumulate {
        /// What is summed.
        field: E,
        /// What the sum is called.
        name: Option<Spanned<String>>,
    },
    /// `addtotals fieldname=Sum col=true a, b`: the sums of rows and of columns.
    AddTotals {
        /// What is summed; every column of numbers if there are none.
        fields: Vec<E>,
        /// What the sum of a row is called; [`TOTAL`] if left out.
        name: Option<Spanned<String>>,
        /// Whether each row gets a sum.
        rows: bool,
        /// Whether a last row holds the sum of each column.
        columns: bool,
    },
    /// `autoregress field p=1-3`: values of the rows before.
    Autoregress {
        /// Whose values.
        field: E,
        /// What they are called.
        name: Option<Spanned<String>>,
        /// How many rows before: from, to.
        lags: (u32, u32),
    },
    /// `outlier action=remove a b`: values far from most others.
    Outlier {
        /// The fields that are looked at.
        fields: Vec<E>,
        /// How they are looked at.
        how: Outliers,
    },
    /// `window rank() by a sort b desc as n`: one value for each row, of that row and of rows around it.
    Window(WindowCall),
}

/// Which values are outliers and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outliers {
    /// Their rows go; else they are moved to the nearest value that is none.
    pub remove: bool,
    /// How many interquartile ranges from the quartile they begin.
    pub factor: f64,
    /// Values that are too small count too.
    pub lower: bool,
    /// A column says whether the row had one.
    pub mark: bool,
}

impl Default for Outliers {
    fn default() -> Self {
        Outliers { remove: false, factor: 2.5, lower: false, mark: false }
    }
}

/// A field, or all fields whose names fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldNames {
    /// The field of this name.
    One(String),
    /// Those whose names have this form, `*` standing for anything.
    Like(String),
}

/// The longest pause inside a session if the query names none.
pub const PAUSE: Period = Period { count: 30, unit: PeriodUnit::Minute };
/// The name of a session's number if the query gives none.
pub const SESSION: &str = "session_id";
/// The name of the sum of a row if the query gives none.
pub const TOTAL: &str = "Total";

impl TableCommand {
    /// Its expressions, in the order of the text.
    pub fn expressions(&self) -> Vec<&E> {
        match self {
            TableCommand::Unnest { list: field, .. }
            | TableCommand::Pattern(field)
            | TableCommand::Accumulate { field, .. }
            | TableCommand::Autoregress { field, .. } => vec![field],
            TableCommand::Sessionize { keys: fields, .. }
            | TableCommand::CountFrequent(fields)
            | TableCommand::AddTotals { fields, .. }
            | TableCommand::Outlier { fields, .. } => fields.iter().collect(),
            TableCommand::Window(window) => window.expressions().collect(),
            TableCommand::FillMissing(_) | TableCommand::FillDown(_) => Vec::new(),
        }
    }
    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            TableCommand::Sessionize { keys: fields, .. }
            | TableCommand::CountFrequent(fields)
            | TableCommand::Outlier { fields, .. } => fields.is_empty(),
            _ => false,
        }
    }
}
