//! The walk from tree to plan for `in (subquery)`, `join` and `lookup`: the bound answers of subqueries, and lookup tables.

use std::{ops::Range, sync::Arc};

use super::{
    Node, Op, Operator, Output, WindowOperator,
    join_index::{JoinIndex, JoinKeys, PrefixTable},
    lower::{Lower, lower},
    subquery::{self, TIMES},
};
use logloupe_syntax::{
    Diagnostic,
    diagnostic::suggest,
    functions,
    tree::{Command, E, Expr, Join, Lookup, Query, Spanned},
};
use logloupe_table::{Unit, Value, lookup::Lookup as Table};

/// The answer of a subquery, or what is known of it before it ran.
struct SubqueryResult {
    columns: Vec<(String, Unit)>,
    /// The rows; none before it ran.
    rows: Vec<Vec<Value>>,
}

impl SubqueryResult {
    fn position(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|c| c.0 == name);
        exact.or_else(|| self.columns.iter().position(|c| c.0.eq_ignore_ascii_case(name)))
    }
    fn column(&self, at: usize) -> Vec<Value> {
        self.rows.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect()
    }
    fn names(&self) -> String {
        listed(self.columns.iter().map(|c| c.0.as_str()).filter(|c| *c != TIMES))
    }
}

impl Lower<'_> {
    /// `item in (query)`
    pub(super) fn in_query(&mut self, span: &Range<usize>, negated: bool, item: &E, query: &Query) -> Node {
        let node = self.expr(item);
        let answer = self.answer(&subquery::in_subquery(&item.item, query));
        let same = match &item.item {
            Expr::Field(name) => answer.position(name),
            _ => None,
        };
        let Some(column) = same.or_else(|| answer.columns.iter().position(|c| c.0 != TIMES)) else {
            return self.error(span, "the subquery gives no values", "end it with `| fields id`");
        };
        Node::apply(Op::In(Arc::new(JoinIndex::new(answer.column(column))), negated), vec![node])
    }

    /// The answer of a subquery. Before it ran only its names are checked.
    fn answer(&mut self, query: &Query) -> SubqueryResult {
        let bindings = &self.catalog.bindings;
        let found = self.subqueries.iter().position(|q| q == query).and_then(|at| bindings.answers.get(at));
        if let Some(table) = found {
            let columns = table.columns.iter().map(|c| (c.name.clone(), c.unit)).collect();
            return SubqueryResult { columns, rows: table.rows.clone() };
        }
        if !subquery::subqueries(query).is_empty() {
            let span = query.commands.first().map_or(0..0, |c| c.span.clone());
            self.error(&span, "a subquery cannot hold another one", "");
            return SubqueryResult { columns: Vec::new(), rows: Vec::new() };
        }
        let (plan, diagnostics) = lower(query, self.catalog);
        // What is wrong with it is told once, however often it is used.
        for diagnostic in diagnostics {
            if !self.diagnostics.contains(&diagnostic) {
                self.diagnostics.push(diagnostic);
            }
        }
        let columns = plan.output().iter().map(|o| (o.name.clone(), o.unit)).collect();
        SubqueryResult { columns, rows: Vec::new() }
    }

    /// Puts rows beside the rows of another query; `after` are the commands behind the join.
    pub(super) fn join(&mut self, join: &Join, after: &[Spanned<Command>]) {
        let answer = self.answer(&subquery::join_subquery(join, after));
        let (mut operands, mut columns) = (Vec::new(), Vec::new());
        for (left, right) in &join.on {
            let node = self.field(&left.item, &left.span);
            operands.push(self.define(node));
            match answer.position(&right.item) {
                Some(at) => columns.push(answer.column(at)),
                None if answer.columns.is_empty() => {}
                None => {
                    let message = format!("the subquery has no field `{}`", right.item);
                    self.error(&right.span, message, format!("it gives {}", answer.names()));
                }
            }
        }
        let times = answer.position(TIMES).map(|at| answer.column(at)).unwrap_or_default();
        let times =
            times.iter().map(|v| v.integer().and_then(|v| u64::try_from(v).ok()).unwrap_or(1)).collect();
        let keys = JoinKeys::new(columns, times);
        let row = match keys.is_unique() {
            true => {
                let row = self.define(Node::apply(Op::Row(Arc::new(keys)), operands));
                if !join.outer {
                    let held = present(row.clone());
                    self.stage.steps.push(Operator::Filter(held));
                }
                row
            }
            false => {
                let rows = self.define(Node::apply(Op::Rows(Arc::new(keys), join.outer), operands));
                self.each_of(rows)
            }
        };
        for (at, (name, unit)) in answer.columns.iter().enumerate().filter(|(_, c)| c.0 != TIMES) {
            let cell = self.cell(answer.column(at), &row);
            if !self.names.is_known(name) {
                self.names.define(name, cell.clone(), *unit);
            }
            self.names.define(&format!("{}.{name}", join.right.item), cell, *unit);
        }
        self.names.add_side(&join.left.item);
    }

    /// A row for each item of a list, and what stands for the item.
    fn each_of(&mut self, list: Node) -> Node {
        let into = self.made();
        if self.fields.is_empty() && self.events.is_empty() {
            let node = self.field("@timestamp", &(0..0));
            self.events.push(Output { name: "@timestamp".to_owned(), unit: Unit::None, node });
        }
        self.stage.steps.push(Operator::Window(WindowOperator::Unnest { list, into }));
        Node::Def(into)
    }

    /// The value of a column of another table at a row that was found, as a definition.
    fn cell(&mut self, column: Vec<Value>, row: &Node) -> Node {
        self.define(Node::apply(Op::Cell(column.into()), vec![row.clone()]))
    }

    /// Adds columns of a lookup table.
    pub(super) fn lookup(&mut self, lookup: &Lookup) {
        let bindings = &self.catalog.bindings.lookups;
        let name = lookup.table.item.as_str();
        let any_case = || bindings.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, table)| table);
        let table = bindings.get(name).or_else(any_case).cloned();
        if table.is_none() && !self.catalog.is_open() {
            let near =
                suggest(name, bindings.keys().map(String::as_str)).map(|n| format!("did you mean `{n}`? "));
            let loaded = match bindings.is_empty() {
                true => String::new(),
                false => format!("; loaded are {}", listed(bindings.keys().map(String::as_str))),
            };
            let help = format!("{}drop a CSV file called `{name}.csv`{loaded}", near.unwrap_or_default());
            self.error(&lookup.table.span, format!("no lookup table `{name}` is loaded"), help);
        }
        let (mut operands, mut columns) = (Vec::new(), Vec::new());
        for (column, field) in &lookup.on {
            let node = self.field(&field.item, &field.span);
            operands.push(self.define(node));
            let Some(table) = &table else { continue };
            match column {
                Some(column) => columns.extend(self.column(table, column)),
                None => {
                    let networks = table.columns.iter().find(|c| !PrefixTable::new(&c.1).is_empty());
                    match networks {
                        Some(column) => columns.push(column.1.clone()),
                        None => {
                            let message = format!("the lookup table `{name}` has no column of networks");
                            let help = "networks are written as `10.0.0.0/8` or `2001:db8::/32`";
                            self.error(&lookup.table.span, message, help);
                        }
                    }
                }
            }
        }
        let complete = columns.len() == operands.len();
        let op = match (lookup.network, columns.first()) {
            (true, Some(column)) => Op::Network(Arc::new(PrefixTable::new(column))),
            _ => Op::Row(Arc::new(JoinKeys::new(if complete { columns } else { Vec::new() }, Vec::new()))),
        };
        let row = self.define(Node::apply(op, operands));
        for (column, alias) in &lookup.outputs {
            let values = table.as_ref().and_then(|table| self.column(table, column)).unwrap_or_default();
            let mut node = self.cell(values, &row);
            let name = &alias.as_ref().unwrap_or(column).item;
            if lookup.fill && self.names.is_known(name) {
                let held = self.field(name, &column.span);
                node = self.define(call("coalesce", vec![held, node]));
            }
            self.names.define(name, node.clone(), Unit::None);
            // What is shown shows these too; events that are shown whole stay so.
            let output = Output { name: name.clone(), unit: Unit::None, node };
            match self.fields.iter().position(|o| o.name == *name) {
                Some(held) => self.fields[held] = output,
                None if self.fields.is_empty() => {}
                None => self.fields.push(output),
            }
        }
    }

    /// The values of a column of a lookup table.
    fn column(&mut self, table: &Table, name: &Spanned<String>) -> Option<Vec<Value>> {
        if let Some((_, values)) = table.column(&name.item) {
            return Some(values.clone());
        }
        let names = || table.columns.iter().map(|c| c.0.as_str());
        let help = match suggest(&name.item, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", listed(names())),
        };
        let message = format!("the lookup table `{}` has no column `{}`", table.name, name.item);
        self.diagnostics.push(Diagnostic::error(name.span.clone(), message).help(help));
        None
    }
}

/// A call of a function that exists.
pub(super) fn call(name: &str, args: Vec<Node>) -> Node {
    match functions::find(name).and_then(Op::function) {
        Some(op) => Node::apply(op, args),
        None => Node::Const(Value::Null),
    }
}

fn present(node: Node) -> Node {
    call("ispresent", vec![node])
}

/// Names in backticks; of many, the first.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 8;
    let mut all: Vec<String> = names.take(MOST + 1).map(|n| format!("`{n}`")).collect();
    if all.len() > MOST {
        all[MOST] = "…".to_owned();
    }
    all.join(", ")
}
