//! Window functions: what `window` and SQL's `OVER` compute beside aggregates, one value for each row. Here are their names
//! and meanings (Trino's page "Window functions", read 2026-11-26); they are computed in the query crate's
//! `exec::finalize`.

use super::{AggregateKind, SqlFunction};

/// What is known of a window function. SQL and Athena call it by its name; Insights has none of them.
#[derive(Debug)]
pub struct WindowFunction {
    /// Which one.
    pub kind: WindowKind,
    /// Its name, lower case.
    pub name: &'static str,
    /// How it is called.
    pub signature: &'static str,
    /// The smallest and the largest number of arguments.
    pub arity: (usize, usize),
    /// One sentence for people.
    pub doc: &'static str,
    /// The command that the documentation runs over five rows of `n`.
    pub example: &'static str,
}

/// The window functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowKind {
    /// The number of the row in its partition, from 1.
    RowNumber,
    /// The number of the first of its peers.
    Rank,
    /// How many groups of peers there are up to the row's own.
    DenseRank,
    /// The part of the other rows that stand before the row's peers.
    PercentRank,
    /// The part of all rows that stand before the row's peers or are peers.
    CumeDist,
    /// The number of the row's share, of so many of nearly equal size.
    Ntile,
    /// The value so many rows before.
    Lag,
    /// The value so many rows behind.
    Lead,
    /// The value of the frame's first row.
    FirstValue,
    /// The value of the frame's last row.
    LastValue,
    /// The value of the frame's row of this number.
    NthValue,
}

/// All window functions in the order of the documentation.
pub const WINDOW_FUNCTIONS: &[WindowFunction] = &[
    function(
        WindowKind::RowNumber,
        "row_number",
        "row_number()",
        (0, 0),
        "the number of the row in its partition, from 1",
        "window row_number() sort n",
    ),
    function(
        WindowKind::Rank,
        "rank",
        "rank()",
        (0, 0),
        "the place of the row, the same for peers; the places that they take are left out behind them",
        "window rank() sort n",
    ),
    function(
        WindowKind::DenseRank,
        "dense_rank",
        "dense_rank()",
        (0, 0),
        "the place of the row, the same for peers, without gaps",
        "window dense_rank() sort n",
    ),
    function(
        WindowKind::PercentRank,
        "percent_rank",
        "percent_rank()",
        (0, 0),
        "the part of the other rows that stand before the row and its peers, from 0 to 1",
        "window percent_rank() sort n",
    ),
    function(
        WindowKind::CumeDist,
        "cume_dist",
        "cume_dist()",
        (0, 0),
        "the part of all rows that stand before the row or are its peers, to 1",
        "window cume_dist() sort n",
    ),
    function(
        WindowKind::Ntile,
        "ntile",
        "ntile(n)",
        (1, 1),
        "the number of the row's share, where the partition is cut into `n` shares of nearly equal size",
        "window ntile(2) sort n",
    ),
    function(
        WindowKind::Lag,
        "lag",
        "lag(value [, rows [, default]])",
        (1, 3),
        "the value so many rows before, one if left out; the default where there is no such row",
        "window lag(n) sort n",
    ),
    function(
        WindowKind::Lead,
        "lead",
        "lead(value [, rows [, default]])",
        (1, 3),
        "the value so many rows behind, one if left out; the default where there is no such row",
        "window lead(n, 1, 0) sort n",
    ),
    function(
        WindowKind::FirstValue,
        "first_value",
        "first_value(value)",
        (1, 1),
        "the value of the frame's first row",
        "window first_value(n) sort n",
    ),
    function(
        WindowKind::LastValue,
        "last_value",
        "last_value(value)",
        (1, 1),
        "the value of the frame's last row, which is the row's last peer unless the frame says otherwise",
        "window last_value(n) sort n rows start to end",
    ),
    function(
        WindowKind::NthValue,
        "nth_value",
        "nth_value(value, n)",
        (2, 2),
        "the value of the frame's row number `n`, from 1",
        "window nth_value(n, 2) sort n",
    ),
];

const fn function(
    kind: WindowKind,
    name: &'static str,
    signature: &'static str,
    arity: (usize, usize),
    doc: &'static str,
    example: &'static str,
) -> WindowFunction {
    WindowFunction { kind, name, signature, arity, doc, example }
}

/// The names alone, as SQL has them.
pub static WINDOW_NAMES: [SqlFunction; WINDOW_FUNCTIONS.len()] = {
    let mut all = [SqlFunction { name: "", tree: "", least: 0, most: 0 }; WINDOW_FUNCTIONS.len()];
    let mut at = 0;
    while at < all.len() {
        let WindowFunction { name, arity: (least, most), .. } = WINDOW_FUNCTIONS[at];
        all[at] = SqlFunction { name, tree: name, least, most };
        at += 1;
    }
    all
};

/// The window function of this name in any letter case.
pub fn find(name: &str) -> Option<&'static WindowFunction> {
    WINDOW_FUNCTIONS.iter().find(|f| f.name.eq_ignore_ascii_case(name))
}

/// Whether a window function has this name.
pub fn is_window_function(name: &str) -> bool {
    WINDOW_NAMES.iter().any(|f| f.name.eq_ignore_ascii_case(name))
}

/// Whether an aggregate can be computed over a frame of rows that moves.
pub fn moves(kind: AggregateKind) -> bool {
    matches!(
        kind,
        AggregateKind::Count
            | AggregateKind::Sum
            | AggregateKind::Avg
            | AggregateKind::Min
            | AggregateKind::Max
    )
}

impl WindowKind {
    /// Whether the function looks at the rows of the frame.
    pub fn reads_frame(self) -> bool {
        matches!(self, WindowKind::FirstValue | WindowKind::LastValue | WindowKind::NthValue)
    }
    /// Whether a missing argument can be passed over: the functions that take the value of one row.
    pub fn takes_a_value(self) -> bool {
        self.reads_frame() || self.is_shift()
    }
    /// Whether it takes the value of a row at a distance.
    pub fn is_shift(self) -> bool {
        matches!(self, WindowKind::Lag | WindowKind::Lead)
    }
}
