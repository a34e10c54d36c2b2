//! The walk from tree to plan for queries that hold others: `in (subquery)`, queries that are values, `EXISTS`, set
//! operations, and `VALUES`. Joins are in `lower_join`.

use std::{ops::Range, sync::Arc};

use super::{
    Node, Op, Operator, Output, WindowOperator,
    join_index::{JoinIndex, JoinKeys},
    lower::{Lower, counted, lower},
    lower_join::listed,
    node::Members,
    subquery::{self, TIMES, items_of},
};
use logloupe_syntax::tree::{Constants, E, Expr, JoinKind, Query, SetKind, SetOperation};
use logloupe_table::{Unit, Value};

/// More subqueries in a query than anybody writes.
const MOST_SUBQUERIES: usize = 100;

/// The answer of a subquery, or what is known of it before it ran.
pub(super) struct SubqueryResult {
    /// Its columns.
    pub(super) columns: Vec<(String, Unit)>,
    /// The rows; none before it ran.
    pub(super) rows: Vec<Vec<Value>>,
    /// Whether it ran.
    pub(super) is_bound: bool,
}

/// A query that is joined, in a plan that is written down before it ran.
#[derive(Clone, Debug)]
pub struct HeldQuery {
    /// The query.
    pub query: Query,
    /// How many steps of the stage stand before the join.
    pub step: usize,
    /// The definition that is true for rows that the join did not add, if something asks for it.
    pub marks: Option<usize>,
    /// Which rows stay without a partner.
    pub kind: JoinKind,
    /// What must be equal: over the rows so far, and columns of the answer.
    pub keys: Vec<(Node, String)>,
    /// The definition that is the place of the row beside.
    pub row: Node,
    /// The definitions that are its columns.
    pub cells: Vec<(Node, String)>,
    /// What it is called.
    pub name: String,
}

impl SubqueryResult {
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|c| c.0 == name);
        exact.or_else(|| self.columns.iter().position(|c| c.0.eq_ignore_ascii_case(name)))
    }
    pub(super) fn column(&self, at: usize) -> Vec<Value> {
        self.rows.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect()
    }
    /// How often each row occurs; nothing if each occurs once.
    pub(super) fn times(&self) -> Vec<u64> {
        let times = self.position(TIMES).map(|at| self.column(at)).unwrap_or_default();
        times.iter().map(|v| v.integer().and_then(|v| u64::try_from(v).ok()).unwrap_or(1)).collect()
    }
    /// How many rows there are.
    fn count(&self) -> u64 {
        let times = self.times();
        if times.is_empty() { self.rows.len() as u64 } else { times.iter().sum() }
    }
    /// The places of the columns of values.
    fn places(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().enumerate().filter(|(_, c)| c.0 != TIMES).map(|(at, _)| at)
    }
    pub(super) fn names(&self) -> String {
        listed(self.columns.iter().map(|c| c.0.as_str()).filter(|c| *c != TIMES))
    }
}

impl Lower<'_> {
    /// The answer of a subquery. Before it ran only its names are checked.
    pub(super) fn answer(&mut self, query: &Query) -> SubqueryResult {
        let bindings = &self.catalog.bindings;
        let found = self.subqueries.iter().position(|q| q == query).and_then(|at| bindings.answers.get(at));
        if let Some(table) = found {
            let columns = table.columns.iter().map(|c| (c.name.clone(), c.unit)).collect();
            return SubqueryResult { columns, rows: table.rows.clone(), is_bound: true };
        }
        if self.subqueries.len() > MOST_SUBQUERIES {
            let message =
                format!("the query holds {} others, more than {MOST_SUBQUERIES}", self.subqueries.len());
            if self.diagnostics.iter().all(|d| d.message != message) {
                self.error(&(0..0), message, "");
            }
            return SubqueryResult { columns: Vec::new(), rows: Vec::new(), is_bound: false };
        }
        let (plan, diagnostics) = lower(query, self.catalog);
        // What is wrong with it is told once, however often it is used.
        for diagnostic in diagnostics {
            if !self.diagnostics.contains(&diagnostic) {
                self.diagnostics.push(diagnostic);
            }
        }
        let columns = plan.output().iter().map(|o| (o.name.clone(), o.unit)).collect();
        SubqueryResult { columns, rows: Vec::new(), is_bound: false }
    }

    /// `item in (query)`
    pub(super) fn in_query(
        &mut self,
        span: &Range<usize>,
        (negated, strict): (bool, bool),
        item: &E,
        query: &Query,
    ) -> Node {
        let items = items_of(item);
        let nodes: Vec<Node> = items.iter().map(|item| self.expr(item)).collect();
        let query = subquery::in_subquery(&item.item, query);
        let answer = self.answer(&query);
        let same = match &item.item {
            Expr::Field(name) => answer.position(name),
            _ => None,
        };
        let columns: Vec<usize> = match same {
            Some(column) => vec![column],
            None => answer.places().take(nodes.len()).collect(),
        };
        if columns.len() < nodes.len() {
            return match columns.len() {
                0 => self.error(span, "the subquery gives no values", "end it with `| fields id`"),
                n => {
                    let message = format!("the subquery gives {}, not {}", counted(n, "column"), nodes.len());
                    self.error(span, message, "")
                }
            };
        }
        if !answer.is_bound {
            let query = Arc::new(query);
            return Node::Apply(Op::Unbound(UnboundAnswer::In { query, negated, strict }), nodes);
        }
        if columns.len() > 1 {
            let columns = columns.iter().map(|c| answer.column(*c)).collect();
            let members = Members::new(columns, negated, strict);
            return Node::apply(Op::Members(Arc::new(members)), nodes);
        }
        let values = columns.first().map(|c| answer.column(*c)).unwrap_or_default();
        if strict && negated {
            if values.is_empty() {
                return Node::Const(Value::Bool(true));
            }
            if values.iter().any(Value::is_null) {
                return Node::Const(Value::Bool(false));
            }
        }
        Node::apply(Op::In(Arc::new(JoinIndex::new(values)), negated), nodes)
    }

    /// A query that is a value.
    pub(super) fn value_of_query(&mut self, span: &Range<usize>, query: &Query) -> Node {
        let query = subquery::value_subquery(query);
        let answer = self.answer(&query);
        let columns = answer.places().count();
        if columns != 1 {
            if !answer.columns.is_empty() {
                let message = format!("a query that is a value has one column, not {columns}");
                return self.error(span, message, "");
            }
            return Node::Const(Value::Null);
        }
        if !answer.is_bound {
            return Node::Apply(Op::Unbound(UnboundAnswer::Value(Arc::new(query))), Vec::new());
        }
        if answer.count() > 1 {
            let message = "the query that is a value gives more than one row";
            return self.error(span, message, "take one: `max(x)`, or `ORDER BY … LIMIT 1`");
        }
        let place = answer.places().next().unwrap_or_default();
        Node::Const(answer.rows.first().and_then(|row| row.get(place)).cloned().unwrap_or_default())
    }

    /// Whether a query has a row.
    pub(super) fn exists(&mut self, query: &Query) -> Node {
        let query = subquery::exists_subquery(query);
        let answer = self.answer(&query);
        match answer.is_bound {
            true => Node::Const(Value::Bool(answer.count() > 0)),
            false => Node::Apply(Op::Unbound(UnboundAnswer::Exists(Arc::new(query))), Vec::new()),
        }
    }

    /// The rows so far together with those of another query.
    pub(super) fn set(&mut self, set: &SetOperation, span: &Range<usize>) {
        let query = subquery::set_subquery(set);
        let answer = self.answer(&query);
        let shown = match self.display.take() {
            Some(shown) => shown,
            None => std::mem::take(&mut self.fields),
        };
        let (one, two) = (shown.len(), answer.places().count());
        if one != two && !answer.columns.is_empty() {
            let message = format!("the first query has {one} columns, the second {two}");
            self.error(span, message, "name the columns in both");
        }
        let places: Vec<usize> = answer.places().collect();
        let rows = answer.rows.iter().map(|row| places.iter().map(|at| cell(row, *at)).collect()).collect();
        let times = answer.times();
        let other = (!answer.is_bound).then(|| Arc::new(query));
        self.put_rows((set.kind, set.all), shown, rows, times, other);
    }

    /// Rows that stand in the query.
    pub(super) fn constants(&mut self, constants: &Constants) {
        self.sources = Some(Vec::new());
        let mut rows = Vec::new();
        for row in &constants.rows {
            let mut values = Vec::new();
            for e in row {
                match self.expr(e) {
                    Node::Const(value) => values.push(value),
                    _ => {
                        self.error(&e.span, "`VALUES` holds constants only", "");
                        values.push(Value::Null);
                    }
                }
            }
            rows.push(values);
        }
        let shown = constants.names.iter().map(|name| Output {
            name: name.item.clone(),
            unit: Unit::None,
            node: Node::Const(Value::Null),
        });
        self.put_rows((SetKind::Union, true), shown.collect(), rows, Vec::new(), None);
    }

    fn put_rows(
        &mut self,
        (kind, all): (SetKind, bool),
        shown: Vec<Output>,
        rows: Vec<Vec<Value>>,
        times: Vec<u64>,
        other: Option<Arc<Query>>,
    ) {
        let of = shown.iter().map(|o| o.node.clone()).collect();
        let into: Vec<usize> = shown.iter().map(|_| self.made()).collect();
        let mut names = self.names.behind();
        let mut outputs = Vec::new();
        for (output, into) in shown.into_iter().zip(&into) {
            let node = Node::Def(*into);
            names.define(&output.name, node.clone(), output.unit);
            outputs.push(Output { node, ..output });
        }
        let given = outputs.iter().map(|o: &Output| o.name.clone()).collect();
        let step = WindowOperator::Set {
            kind,
            all,
            of,
            names: given,
            into,
            rows: rows.into(),
            times: times.into(),
            other,
        };
        self.stage.steps.push(Operator::Window(step));
        self.names = names;
        (self.fields, self.display) = (outputs, None);
        self.events.clear();
        self.bins.clear();
    }
}

fn cell(row: &[Value], at: usize) -> Value {
    row.get(at).cloned().unwrap_or_default()
}

/// The answer of a subquery that has not run, in a plan that is written down.
#[derive(Clone, Debug)]
pub enum UnboundAnswer {
    /// The operands among its first columns.
    In {
        /// The subquery.
        query: Arc<Query>,
        /// Whether they are not.
        negated: bool,
        /// With SQL's rules for missing values.
        strict: bool,
    },
    /// Its only value.
    Value(Arc<Query>),
    /// Whether it has a row.
    Exists(Arc<Query>),
}

impl Members {
    /// Rows of these columns.
    pub(super) fn new(columns: Vec<Vec<Value>>, negated: bool, strict: bool) -> Members {
        let rows = columns.first().map_or(0, Vec::len);
        let row = |at: usize| -> Vec<Value> {
            columns.iter().map(|c| c.get(at).cloned().unwrap_or_default()).collect()
        };
        // Rows that hold a missing value equal nothing, and leave open whether they do.
        let (whole, open): (Vec<Vec<Value>>, Vec<Vec<Value>>) =
            (0..rows).map(row).partition(|row| row.iter().all(|v| !v.is_null()));
        let column = |at: usize| whole.iter().map(|row| cell(row, at)).collect();
        let keys = JoinKeys::new((0..columns.len()).map(column).collect(), Vec::new());
        Members { keys, whole, open, negated, strict }
    }
}
