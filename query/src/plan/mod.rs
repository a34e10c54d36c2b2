//! From a tree to something that runs: names resolved to inputs, patterns compiled, constants folded, the pipeline cut
//! into stages. A plan knows no column number, so the same plan runs on every shard; it is deterministic, so every
//! worker makes it for itself from the query's text and the catalog.
//!
//! The first stage runs on shards, row by row; a `stats` ends a stage; what comes after runs once, on the merged
//! result. Inside the first stage everything up to the first `limit`, `dedup` or table step is order-free and runs on
//! shards; the steps from there on need all shards' rows in order and run after the merge on the rows that shards let
//! through. A table step that looks at one row at a time and whose rows are grouped runs on shards all the same.
//!
//! Reading order: [`node`] (expressions), `several` (the same over fields with several values), `window` (operators over
//! rows side by side), `lower`, `lower_source`, `lower_expression`, `lower_window`, `lower_over`, `lower_join`,
//! `lower_subquery` and `lower_diff` (tree to plan), [`catalog`] (names), `asked` (which of
//! them are read), `never_equal` (constants that a column never holds), `partitions` (how a query spells partition columns), `subquery` (bindings: what a query gets
//! beside the logs), `join_index` (sets and keys), [`pattern`], [`binning`].

pub mod asked;
pub mod binning;
pub mod catalog;
mod join_index;
mod lower;
mod lower_diff;
mod lower_expression;
mod lower_join;
mod lower_over;
mod lower_source;
mod lower_subquery;
mod lower_window;
mod never_equal;
pub mod node;
mod observed;
mod partitions;
pub mod pattern;
mod scope;
mod several;
mod subquery;
#[cfg(test)]
mod tests;
mod window;

pub use asked::Asked;
pub use catalog::Catalog;
pub use join_index::MOST_BESIDE;
pub use lower_subquery::{HeldQuery, UnboundAnswer};
pub use node::{Node, Op, Scope};
pub use several::combinations;
pub use subquery::{Bindings, subqueries};
pub use subquery::{TIMES, names_in};
pub use window::{Over, OverFunction, WindowOperator};

use logloupe_syntax::{Diagnostic, Severity, functions::AggregateKind, tree::Query};
use logloupe_table::Unit;

use crate::limits::Limits;

/// A query ready to run.
#[derive(Debug)]
pub struct Plan {
    /// The ids of the formats that are asked; all when `None`.
    pub sources: Option<Vec<String>>,
    /// At least one.
    pub stages: Vec<Stage>,
    /// The names that the first stage reads of rows.
    pub asked: Vec<Asked>,
    /// What is said where no row of the logs that are asked is loaded.
    pub absent: Option<Diagnostic>,
    /// What is shown: of the last stage.
    pub shown: Vec<Output>,
    /// It chooses its rows by time itself: the range that is asked and an earlier one.
    pub is_diff: bool,
    /// What running it may use.
    pub limits: Limits,
}

/// The steps between two `stats`.
#[derive(Debug, Default)]
pub struct Stage {
    /// What the stage reads: names of fields in the first stage, columns of the groups before it in others.
    pub inputs: Vec<String>,
    /// Computed fields; a definition only refers to earlier ones.
    pub defs: Vec<Node>,
    /// Which definitions only exist once a table step ran: those it makes, and those that depend on them.
    pub late: Vec<bool>,
    /// What happens to the rows.
    pub steps: Vec<Operator>,
    /// How the stage ends, if in groups.
    pub group: Option<Group>,
    /// A join adds rows to those of the events: whatever is computed from then on is computed behind it.
    pub adds_rows: bool,
    /// Of a plan that is written down before its subqueries ran: the queries that it joins.
    pub held: Vec<HeldQuery>,
    /// Other groups of the same rows, which stand beside those: as many keys, the same aggregates.
    pub also: Vec<Group>,
}

/// One operator over rows.
#[derive(Clone, Debug)]
pub enum Operator {
    /// Keeps the rows for which a condition holds.
    Filter(Node),
    /// Sorts by keys, each with whether it descends.
    Sort(Vec<(Node, bool)>),
    /// Keeps so many of the first rows.
    Limit(u64),
    /// Keeps the first row of each combination of values.
    Dedup(Vec<Node>),
    /// Looks at rows beside the row at hand.
    Window(WindowOperator),
}

/// Rows into groups. The next stage's inputs are the keys, then the aggregates.
#[derive(Debug, Default)]
pub struct Group {
    /// What a group has in common.
    pub keys: Vec<Node>,
    /// What is computed of each.
    pub aggregates: Vec<AggregateCall>,
}

/// One aggregate with its argument.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// Which one.
    pub kind: AggregateKind,
    /// `None` counts rows.
    pub arg: Option<Node>,
    /// Of percentiles.
    pub percent: f64,
    /// How it is called in the query, for remarks.
    pub label: String,
    /// The earlier call whose state answers this one too: percentiles of one field.
    pub same_as: Option<usize>,
}

impl AggregateCall {
    /// Whether the state of this call answers `other`.
    pub fn answers(&self, other: &AggregateCall) -> bool {
        let percentile = |kind| matches!(kind, AggregateKind::Percentile | AggregateKind::FixedPercentile(_));
        let same = match (&self.arg, &other.arg) {
            (Some(Node::Input(a)), Some(Node::Input(b))) | (Some(Node::Def(a)), Some(Node::Def(b))) => a == b,
            _ => false,
        };
        same && percentile(self.kind) && percentile(other.kind)
    }
}

/// A column of the answer.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name: the alias, the field's name as written, or the expression's text.
    pub name: String,
    /// What its numbers mean, where that is known.
    pub unit: Unit,
    /// Its value.
    pub node: Node,
}

/// A key of the order of rows.
#[derive(Clone, Debug)]
pub struct SortBy<'p> {
    /// Largest first.
    pub descending: bool,
    /// The name of the field, if it is a plain one.
    pub field: Option<&'p str>,
}

/// What is wrong with a query, given what exists, for one who does not run it: of names that perhaps no row has, a guess.
pub fn check(query: &Query, catalog: &Catalog) -> Vec<Diagnostic> {
    let (plan, mut found) = lower::lower(query, catalog);
    found.extend(plan.absent);
    found.extend(plan.asked.iter().filter_map(Asked::guessed));
    found
}

/// What is wrong with a query for certain; what becomes of doubtful names says [`presence`](crate::exec::presence).
pub fn remarks(query: &Query, catalog: &Catalog) -> Vec<Diagnostic> {
    lower::lower(query, catalog).1
}

/// What commands leave for the ones behind them.
#[derive(Clone, Debug, Default)]
pub struct Defined {
    /// The names that they define, in order.
    pub names: Vec<String>,
    /// Only these exist: there was a `stats`.
    pub closed: bool,
}

/// The names that a query's commands leave, as far as they can be understood.
pub fn defined(query: &Query, catalog: &Catalog) -> Defined {
    lower::defined(query, catalog)
}

/// The plan of a query; all errors if it has any. Warnings come from [`remarks`].
///
/// # Errors
/// What is wrong with the query.
pub fn plan(query: &Query, catalog: &Catalog) -> Result<Plan, Vec<Diagnostic>> {
    let (plan, diagnostics) = lower::lower(query, catalog);
    if diagnostics.iter().any(|d| d.severity == Severity::Error) { Err(diagnostics) } else { Ok(plan) }
}

impl Plan {
    /// What running it may use.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
    /// Whether the answer is events: there is neither `stats` nor a step that makes other rows of them.
    pub fn is_rows(&self) -> bool {
        self.stages.len() == 1 && !self.stages[0].steps.iter().any(|s| matches!(s, Operator::Window(_)))
    }
    /// Whether the answer is all selected events: neither `stats` nor `limit` nor `dedup`.
    pub fn is_selection(&self) -> bool {
        self.is_rows() && self.cut().is_none()
    }
    /// The columns of the answer; empty for events when neither `fields` nor `display` names any.
    pub fn output(&self) -> &[Output] {
        &self.shown
    }
    /// The formats asked; `None` for all.
    pub fn sources(&self) -> Option<&[String]> {
        self.sources.as_deref()
    }
    /// Whether rows of this format are asked.
    pub fn asks(&self, format: &str) -> bool {
        self.sources.as_ref().is_none_or(|ids| ids.iter().any(|id| id == format))
    }
    /// The order of events asked for by the last `sort`; empty for the default (newest first). Ties are in order of
    /// file name and place in the file.
    pub fn sort(&self) -> Vec<SortBy<'_>> {
        let stage = &self.stages[0];
        let keys = self.last_sort(stage.steps.len());
        keys.iter()
            .map(|(node, descending)| SortBy {
                descending: *descending,
                field: match node {
                    Node::Input(n) => stage.inputs.get(*n).map(String::as_str),
                    _ => None,
                },
            })
            .collect()
    }
    /// The smallest `limit` on events.
    pub fn limit(&self) -> Option<u64> {
        let limits = self.stages[0]
            .steps
            .iter()
            .filter_map(|s| if let Operator::Limit(n) = s { Some(*n) } else { None });
        limits.min()
    }
    /// The names of the fields that the plan reads from events.
    pub fn fields(&self) -> &[String] {
        &self.stages[0].inputs
    }
    /// The steps of the first stage that shards do not run begin here, if there are any.
    pub fn cut(&self) -> Option<usize> {
        let cuts = |s: &Operator| matches!(s, Operator::Limit(_) | Operator::Dedup(_) | Operator::Window(_));
        self.stages[0].steps.iter().position(cuts)
    }
    /// Whether shards run the steps after the cut themselves, as each row is for itself and the rows end in groups.
    pub fn is_cut_on_shards(&self) -> bool {
        let own = |s: &Operator| match s {
            Operator::Filter(_) | Operator::Sort(_) => true,
            Operator::Window(table) => table.is_row_by_row(),
            Operator::Limit(_) | Operator::Dedup(_) => false,
        };
        self.stages[0].group.is_some()
            && self.cut().is_some_and(|cut| self.stages[0].steps[cut..].iter().all(own))
    }
    /// The last `sort` of the first stage before step `end`.
    pub fn last_sort(&self, end: usize) -> &[(Node, bool)] {
        let sorts = self.stages[0].steps[..end].iter().rev();
        sorts
            .filter_map(|s| if let Operator::Sort(keys) = s { Some(keys.as_slice()) } else { None })
            .next()
            .unwrap_or(&[])
    }
}
