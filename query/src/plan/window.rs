//! The steps that look at rows side by side or make other rows of them. Not here: how a command becomes a step (see
//! `lower_window`), and how a step runs (see [`exec`](crate::exec)).

use std::sync::Arc;

use super::{Node, binning::Binning};
use logloupe_syntax::{
    functions::AggregateKind,
    tree::{Outliers, Query, SetKind, WindowFrame},
};
use logloupe_table::Value;

/// One such step. Definitions that it makes have no expression; the step fills them.
#[derive(Clone, Debug)]
pub enum WindowOperator {
    /// A row for each item of a list; none for a row whose list is empty or missing. What is no list is one item.
    Unnest {
        /// The list.
        list: Node,
        /// The definition that is the item.
        into: usize,
    },
    /// Numbers from 1 for runs of rows that agree in `keys` and follow each other in time.
    Sessions {
        /// What they agree in; a row in which one is missing is in no session.
        keys: Vec<Node>,
        /// The longest time between two rows of a session, microseconds.
        pause: i64,
        /// The definition that is the number.
        into: usize,
    },
    /// Rows for the intervals between the first and the last that have none, for each combination of other keys.
    FillMissing {
        /// How many of the inputs are keys: the first ones.
        keys: usize,
        /// The key that is the beginning of an interval.
        bin: usize,
        /// Its intervals.
        binning: Binning,
        /// What new rows have in other columns.
        values: Vec<(Node, Value)>,
    },
    /// The last value that is not missing, of the row itself or of one before it.
    FillDown(Vec<(Node, usize)>),
    /// The sum of the rows so far.
    Accumulate {
        /// What is summed.
        of: Node,
        /// The definition that is the sum.
        into: usize,
    },
    /// The sums of rows and columns.
    Totals {
        /// What is summed. A column without numbers, or with anything else, only counts if the query names it.
        of: Vec<Node>,
        /// Whether the query names them.
        named: bool,
        /// The definition that is the sum of a row.
        rows: Option<usize>,
        /// Whether a last row holds the sums of columns.
        columns: bool,
    },
    /// Values of rows before.
    Lag {
        /// Whose values.
        of: Node,
        /// How many rows before, and the definition that is the value there.
        into: Vec<(u32, usize)>,
    },
    /// Shapes of texts and their counts, the two inputs, folded and in order.
    Shapes {
        /// The definition that is a shape's part of all texts.
        ratio: usize,
        /// The definition that says how bad texts of a shape are.
        severity: usize,
    },
    /// The rows so far together with those of another query. Rows are equal if all their values are, missing ones too.
    Set {
        /// Which rows are given.
        kind: SetKind,
        /// Equal rows stay several.
        all: bool,
        /// The columns of the rows so far.
        of: Vec<Node>,
        /// Their names.
        names: Vec<String>,
        /// The definitions that are the columns afterwards; no others are.
        into: Vec<usize>,
        /// The other rows.
        rows: Arc<[Vec<Value>]>,
        /// How often each of them counts; once if it is empty.
        times: Arc<[u64]>,
        /// The other query, where it has not run: the plan is written down.
        other: Option<Arc<Query>>,
    },
    /// Adds a row for each row of a join's other side that stands beside none.
    Unmatched {
        /// The definition that is the place of the row beside.
        row: usize,
        /// What the rows so far have, and added ones lack.
        left: Vec<Node>,
        /// The definition that is true for the rows so far.
        held: usize,
        /// How many rows the other side has.
        rows: usize,
        /// How often each of them counts; once if it is empty.
        times: Arc<[u64]>,
    },
    /// Values far from the quartiles.
    Outlier {
        /// What is looked at, and the definition that is the value moved to the bound, where rows stay.
        fields: Vec<(Node, Option<usize>)>,
        /// Which values, and what becomes of them.
        how: Outliers,
        /// The definition that says whether a row has one.
        mark: Option<usize>,
    },
    /// One row for each field, of rows of field, value, and two counts: see `relevantfields`.
    Relevance {
        /// The fields that are measures.
        measures: Vec<String>,
        /// The definitions that are score, contributors, and the medians inside and outside.
        into: [usize; 4],
    },
    /// A window function.
    Over(Box<Over>),
}

/// A window function: one value for each row, of that row and of rows around it.
#[derive(Clone, Debug)]
pub struct Over {
    /// What is computed.
    pub function: OverFunction,
    /// Of what; `None` counts rows.
    pub arg: Option<Node>,
    /// What stands for a row that there is not.
    pub default: Option<Node>,
    /// Rows without a value are passed over.
    pub ignore_nulls: bool,
    /// What the rows of a partition have in common.
    pub by: Vec<Node>,
    /// The order inside a partition, and whether the largest comes first; peers stand in the order in which rows came.
    pub order: Vec<(Node, bool)>,
    /// The rows that are looked at, unless those up to the last peer.
    pub frame: Option<WindowFrame>,
    /// The definition that is the value.
    pub into: usize,
}

/// What a window function computes, with the numbers that the query gives it: see `WindowKind` and `AggregateKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverFunction {
    /// `row_number()`.
    RowNumber,
    /// `rank()`.
    Rank,
    /// `dense_rank()`.
    DenseRank,
    /// `percent_rank()`.
    PercentRank,
    /// `cume_dist()`.
    CumeDist,
    /// `ntile(n)`.
    Ntile(u64),
    /// `lag(x, n)`.
    Lag(u64),
    /// `lead(x, n)`.
    Lead(u64),
    /// `first_value(x)`.
    FirstValue,
    /// `last_value(x)`.
    LastValue,
    /// `nth_value(x, n)`.
    NthValue(u64),
    /// `count(x)`.
    Count,
    /// `sum(x)`.
    Sum,
    /// `avg(x)`.
    Avg,
    /// `min(x)`.
    Min,
    /// `max(x)`.
    Max,
}

impl OverFunction {
    /// The function of an aggregate that can be computed over a frame.
    pub fn of(kind: AggregateKind) -> Option<OverFunction> {
        Some(match kind {
            AggregateKind::Count => OverFunction::Count,
            AggregateKind::Sum => OverFunction::Sum,
            AggregateKind::Avg => OverFunction::Avg,
            AggregateKind::Min => OverFunction::Min,
            AggregateKind::Max => OverFunction::Max,
            _ => return None,
        })
    }
}

impl WindowOperator {
    /// Everything that the step reads, each an input or a definition.
    pub fn reads(&self) -> Vec<&Node> {
        match self {
            WindowOperator::Unnest { list: node, .. }
            | WindowOperator::Accumulate { of: node, .. }
            | WindowOperator::Lag { of: node, .. } => vec![node],
            WindowOperator::Sessions { keys: nodes, .. } | WindowOperator::Totals { of: nodes, .. } => {
                nodes.iter().collect()
            }
            WindowOperator::Shapes { .. } => vec![&Node::Input(0), &Node::Input(1)],
            WindowOperator::FillMissing { values, .. } => values.iter().map(|(node, _)| node).collect(),
            WindowOperator::FillDown(fields) => fields.iter().map(|(node, _)| node).collect(),
            WindowOperator::Outlier { fields, .. } => fields.iter().map(|(node, _)| node).collect(),
            WindowOperator::Set { of, .. } => of.iter().collect(),
            WindowOperator::Unmatched { left, .. } => left.iter().collect(),
            WindowOperator::Relevance { .. } => Vec::new(),
            WindowOperator::Over(over) => {
                let keys = over.by.iter().chain(over.order.iter().map(|(node, _)| node));
                over.arg.iter().chain(&over.default).chain(keys).collect()
            }
        }
    }
    /// Whether what becomes of a row depends on that row alone.
    pub fn is_row_by_row(&self) -> bool {
        matches!(self, WindowOperator::Unnest { .. })
    }
}
