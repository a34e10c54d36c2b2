//! A window function: one value for each row, of that row and of rows around it.

use super::{E, Expr, SortKey, Spanned};

/// `window rank() by a, b sort c desc rows -2 to 0 as n`; in SQL
/// `rank() OVER (PARTITION BY a, b ORDER BY c DESC ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS n`.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowCall {
    /// The window function or aggregate, lower case.
    pub function: Spanned<String>,
    /// Its arguments; `count(*)` has the star.
    pub args: Vec<E>,
    /// Rows whose first argument is missing are passed over.
    pub ignore_nulls: bool,
    /// What the rows of a partition have in common; a missing value is one like any other. All rows are one partition if
    /// there are none.
    pub by: Vec<E>,
    /// The order inside a partition, missing values as the smallest; rows that are equal by it are peers.
    pub order: Vec<SortKey>,
    /// The rows around the current one that are looked at. If left out: with an order those from the partition's first to
    /// the current one's last peer, without one all of the partition.
    pub frame: Option<WindowFrame>,
    /// What the column is called; the call's text if left out.
    pub name: Option<Spanned<String>>,
}

/// The rows of a partition that a window function looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowFrame {
    /// What the bounds count.
    pub unit: FrameUnit,
    /// The first row.
    pub from: FrameBound,
    /// The last row.
    pub to: FrameBound,
}

/// What the bounds of a frame count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Values: the current row stands for its peers; other distances are not offered.
    Range,
    /// Groups of peers.
    Groups,
}

/// Where a frame begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameBound {
    /// At the partition's first row.
    Start,
    /// So many units behind the current row; before it if negative.
    At(i64),
    /// At the partition's last row.
    End,
}

/// The largest distance of a bound: more rows than any table has.
pub const FURTHEST: i64 = u32::MAX as i64;

impl FrameUnit {
    /// All units.
    pub const ALL: [FrameUnit; 3] = [FrameUnit::Rows, FrameUnit::Range, FrameUnit::Groups];

    /// As it is written, lower case.
    pub fn word(self) -> &'static str {
        match self {
            FrameUnit::Rows => "rows",
            FrameUnit::Range => "range",
            FrameUnit::Groups => "groups",
        }
    }
}

impl WindowFrame {
    /// What is wrong with it, and what to write instead.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let far = |bound: FrameBound| matches!(bound, FrameBound::At(n) if n != 0);
        match (self.from, self.to) {
            (FrameBound::End, _) | (_, FrameBound::Start) => {
                Some(("a frame begins before the partition's end and ends behind its start", ""))
            }
            (FrameBound::At(a), FrameBound::At(b)) if a > b => {
                Some(("the frame ends before it begins", "put the earlier bound first"))
            }
            _ if self.unit == FrameUnit::Range && (far(self.from) || far(self.to)) => Some((
                "a frame of `range` by a distance of values is not offered",
                "count rows or groups of equal values instead: `rows`, `groups`",
            )),
            _ => None,
        }
    }
}

impl WindowCall {
    /// The call alone: `rank()`.
    pub fn call(&self) -> Expr {
        Expr::Call { name: self.function.clone(), args: self.args.clone() }
    }
    /// Its expressions, in the order of the text.
    pub fn expressions(&self) -> impl Iterator<Item = &E> {
        self.args.iter().chain(&self.by).chain(self.order.iter().map(|key| &key.expr))
    }
}
